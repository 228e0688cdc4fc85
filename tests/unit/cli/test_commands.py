from __future__ import annotations

import csv
import json
from pathlib import Path

import click
import pytest

from canonical_contact.cli._app import COMMANDS, app
from canonical_contact.cli._exit import MEANINGS, Exit
from canonical_contact.cli.schema import COMMANDS as SCHEMA
from canonical_contact.formats._cells import restore
from canonical_contact.model import Contact
from canonical_contact.schema import from_json
from command_line import ANA_ID, EVE_ID, Call

STARTS = tuple("=+-@\t\r\n＝＋－＠")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_may_contact_writes_the_columns_that_scripts_rely_on(call: Call, store: Path, tmp_path: Path) -> None:
    target = tmp_path / "allowed.csv"
    done = call("may-contact", "--store", store, "--channel", "email", "--purpose", "marketing", "-o", target)
    assert done.code == 0
    assert done.out == ""
    assert target.read_text("utf-8").splitlines()[0] == "contact_id,channel,purpose,allowed,reasons,until"
    by_id = {row["contact_id"]: row for row in rows(target)}
    assert by_id[ANA_ID]["allowed"] == "false"
    assert by_id[ANA_ID]["reasons"].split(";")[0] == "withdrawn"
    assert by_id[EVE_ID]["allowed"] == "false"


def test_may_contact_goes_to_standard_output_without_a_file(call: Call, store: Path) -> None:
    for more in ((), ("-o", "-")):
        done = call("may-contact", "--store", store, "--channel", "voice", "--purpose", "marketing", *more)
        assert done.out.startswith("contact_id,channel,purpose,allowed,reasons,until\n")
        assert len(done.out.splitlines()) == 3


def test_may_contact_as_json(call: Call, store: Path) -> None:
    done = call("may-contact", "--store", store, "--channel", "email", "--purpose", "marketing", "--json")
    answers = json.loads(done.out)["answers"]
    assert [answer["contact_id"] for answer in answers] == [ANA_ID, EVE_ID]
    assert answers[0]["reasons"][0] == "withdrawn"


def test_a_regime_that_does_not_exist_is_wrong_usage(call: Call, store: Path) -> None:
    done = call("may-contact", "--store", store, "--channel", "email", "--purpose", "marketing", "--regime", "mars")
    assert done.code == Exit.USAGE
    assert done.err.startswith("error: ")
    assert len(done.err.splitlines()) == 1


def test_a_regime_that_needs_no_consent_allows_whom_it_knows_nothing_against(call: Call, store: Path) -> None:
    asked = ("--channel", "email", "--purpose", "marketing", "--regime", "can_spam", "--json")
    answers = json.loads(call("may-contact", "--store", store, *asked).out)["answers"]
    assert [answer["allowed"] for answer in answers] == [False, True]


def test_export_to_csv_has_no_cell_that_a_spreadsheet_runs(call: Call, store: Path, tmp_path: Path) -> None:
    target = tmp_path / "golden.csv"
    assert call("export", "--store", store, "-o", target).code == 0
    found = {row["contact_id"]: row for row in rows(target)}
    assert not any(cell.startswith(STARTS) for row in found.values() for cell in row.values())
    assert found[ANA_ID]["phone"] == "'+493012345678"
    assert restore(found[ANA_ID]["phone"]) == "+493012345678"
    assert restore(found[EVE_ID]["name"]) == '=HYPERLINK("http://x")'
    assert restore(found[EVE_ID]["tags"]) == "@home; x"
    assert found[ANA_ID]["other_emails"] == "ana.2@example.com"
    assert found[ANA_ID]["records"] == "hubspot:17; outlook:3"


def test_export_to_json_lines_holds_whole_documents(call: Call, store: Path, tmp_path: Path) -> None:
    target = tmp_path / "golden.jsonl"
    done = call("export", "--store", store, "-o", target, "--json")
    said = json.loads(done.out)
    assert (said["contacts"], said["output"], said["exact"]) == (2, str(target), True)
    contacts = [from_json(Contact, line) for line in target.read_text("utf-8").splitlines()]
    assert [contact.contact_id for contact in contacts] == [ANA_ID, EVE_ID]
    assert contacts[0].revision == 1
    assert contacts[0].claims[1].value == "A. Nunez"


def test_export_to_another_ending_is_wrong_usage(call: Call, store: Path) -> None:
    assert call("export", "--store", store, "-o", "golden.xlsx").code == Exit.USAGE


@pytest.mark.parametrize("who", [ANA_ID, ANA_ID.upper(), "Ana@Example.com", "+49 30 12345678"])
def test_show_finds_by_id_address_and_number(call: Call, store: Path, who: str) -> None:
    done = call("show", who, "--store", store)
    assert done.code == 0
    for said in ("Ana Núñez", "ana@example.com", "+493012345678", "A. Nunez", "less_complete", "withdrawn", "hubspot", "17"):
        assert said in done.out
    assert "Firma [bold]GmbH[/bold]" in done.out  # data is text, not markup


def test_show_finds_a_national_number_with_its_region(call: Call, store: Path) -> None:
    assert call("show", "030 12345678", "--region", "DE", "--store", store).code == 0


def test_show_as_json_has_the_contact_and_the_answers(call: Call, store: Path) -> None:
    entries = json.loads(call("show", "eve@example.com", "--store", store, "--json").out)
    assert entries[0]["contact"]["contact_id"] == EVE_ID
    assert entries[0]["may_contact"]["email"]["allowed"] is False


@pytest.mark.parametrize("who", ["nobody@example.com", "019f1af9-b400-7708-9871-ffffffffffff", "+4930999999", "", "gibberish"])
def test_show_of_nobody_says_so_in_one_line(call: Call, store: Path, who: str) -> None:
    done = call("show", who, "--store", store)
    assert done.code == Exit.NOT_FOUND
    assert done.out == ""
    assert len(done.err.splitlines()) == 1


def test_kpi_shows_and_explains_every_figure(call: Call, store: Path) -> None:
    done = call("kpi", "--store", store, "--as-of", "2026-07-01")
    assert "Duplicate rate" in done.out
    figures = {(kpi["name"], kpi["scope"]): kpi for kpi in json.loads(call("kpi", "--store", store, "--json").out)}
    assert figures["duplicate_rate", ""]["value"] == pytest.approx(1 / 3)
    assert figures["verification_attempted_rate", "email"]["value"] is None
    assert "Source records" in figures["duplicate_rate", ""]["definition"]["denominator"]


def test_report_as_page_text_and_json(call: Call, store: Path, tmp_path: Path) -> None:
    page, text = tmp_path / "report.html", tmp_path / "report.txt"
    assert call("report", "--store", store, "-o", page).code == 0
    assert "<h1>Contact report</h1>" in page.read_text("utf-8")
    assert call("report", "--store", store, "-o", text).code == 0
    assert call("report", "--store", store, "--as-of", "2026-07-01").out.startswith("Contact report as of 2026-07-01")
    assert json.loads(call("report", "--store", store, "--json").out)["contacts"] == 2


@pytest.mark.parametrize(
    "command", ["kpi", "report", "show x", "export -o x.csv", "may-contact --channel email --purpose marketing"]
)
def test_a_store_that_is_not_there_is_not_made(call: Call, tmp_path: Path, command: str) -> None:
    path = tmp_path / "none.db"
    done = call(*command.split(), "--store", path)
    assert done.code == Exit.STORE
    assert len(done.err.splitlines()) == 1
    assert not path.exists()


def test_a_file_that_is_no_store_is_refused_in_one_line(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "contacts.db"
    path.write_text("name,email\n" * 500)
    done = call("kpi", "--store", path)
    assert done.code == Exit.STORE
    assert done.err.startswith("error: ")
    assert len(done.err.splitlines()) == 1


def test_an_output_appears_whole_or_not_at_all(call: Call, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "golden.csv"
    target.write_text("as it was")

    def broken(_contact: Contact) -> list[str]:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr("canonical_contact.cli.export.row_of_contact", broken)
    done = call("export", "--store", store, "-o", target)
    assert done.code == Exit.OUTPUT
    assert done.err == f"error: {target}: No space left on device\n"
    assert target.read_text() == "as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["contacts.db", "golden.csv"]


def test_a_device_is_written_to_and_not_replaced(call: Call, store: Path) -> None:
    assert call("may-contact", "--store", store, "--channel", "email", "--purpose", "marketing", "-o", "/dev/null").code == 0
    assert not Path("/dev/null").is_file()


def test_a_folder_that_is_not_there_is_told_before_the_work(call: Call, store: Path, tmp_path: Path) -> None:
    done = call("export", "--store", store, "-o", tmp_path / "none" / "golden.csv")
    assert done.code == Exit.USAGE
    assert "does not exist" in done.err


def test_help_names_every_command_and_every_exit_code(call: Call) -> None:
    done = call("--help")
    assert done.code == 0
    for command in ("unify", "may-contact", "normalize", "show", "export", "kpi", "report"):
        assert command in done.out
        assert call(command, "--help").code == 0
    for code in MEANINGS:
        assert f"  {int(code)} " in done.out


def test_the_page_lists_every_exit_code_and_command(call: Call) -> None:
    page = (Path(__file__).parents[3] / "docs" / "cli.md").read_text("utf-8")
    for code, meaning in MEANINGS.items():
        assert f"| {int(code)} | {meaning} |" in page
    for command in ("unify", "may-contact", "normalize", "show", "export", "kpi", "report"):
        assert f"## `{command}`" in page


@pytest.mark.parametrize("name", [*COMMANDS, *(f"schema {name}" for name in SCHEMA)])
def test_the_page_names_every_option(name: str) -> None:
    page = (Path(__file__).parents[3] / "docs" / "cli.md").read_text("utf-8")
    section = page.split(f"## `{name.split(maxsplit=1)[0]}`\n")[1].split("\n## ")[0]
    command: click.Command = app
    for word in name.split():
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    options = {
        option for one in command.params if isinstance(one, click.Option) for option in one.opts if option.startswith("--")
    }
    assert {option for option in options - {"--help", "--json", "--output"} if option not in section} == set()


def test_wrong_usage_is_two(call: Call) -> None:
    assert call("unify").code == Exit.USAGE
    assert call("nonsense").code == Exit.USAGE
    assert call("kpi", "--store", "x", "--as-of", "yesterday").code == Exit.USAGE
