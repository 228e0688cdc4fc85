"""`export`, `convert` and `map`: formats by ending and by name, losses, mailing lists."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact.cli._exit import Exit
from canonical_contact.formats import load_mapping, read
from canonical_contact.formats.exchange import read_contacts
from canonical_contact.model import Channel, ConsentRecord, ConsentState, Contact, EmailAddress, Name
from command_line import ANA, ANA_ID, EVE, EVE_ID, Call, fill

GRANTED = ConsentRecord(
    Channel.EMAIL,
    "marketing",
    ConsentState.GRANTED,
    strength="double",
    endpoint="ben@example.com",
    effective_at=datetime(2026, 1, 1, tzinfo=UTC),
    events=("e",),
)
BEN = Contact(
    contact_id="019f1af9-b400-7708-9871-081bf9502cba",
    name=Name("Ben", given="Ben"),
    emails=(EmailAddress("ben@example.com", "ben@example.com"), EmailAddress("ben2@example.com", "ben2@example.com")),
    notes=("ben2@example.com",),
    consent=(GRANTED,),
)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.db"
    fill(path, (ANA, EVE, BEN))
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("name", ["x.vcf", "x.jcard", "x.jscontact.json", "x.jsonl", "x.parquet"])
def test_the_ending_tells_the_format(call: Call, store: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    done = call("export", "--store", store, "-o", target)
    assert done.code == 0, done.err
    assert done.err.startswith(f"2 contacts written to {target}")
    assert sorted(one.contact_id for one in read_contacts(target)) == [ANA_ID, EVE_ID]


def test_a_system_s_file_by_its_name(call: Call, store: Path, tmp_path: Path) -> None:
    target, losses = tmp_path / "hubspot.csv", tmp_path / "losses.json"
    done = call("export", "--store", store, "-o", target, "--format", "hubspot", "--losses", losses)
    assert done.code == 0
    assert "not carried: $.claims 2 (no_place)" in done.err
    assert rows(target)[0]["Unsubscribed from all email"] == "true"
    assert read(target).preset == "hubspot"
    told = json.loads(losses.read_text("utf-8"))
    assert {"$.tags[0]", "$.tags[1]"} <= {one["path"] for one in told["values"]}


def test_the_document_for_a_script_names_no_value(call: Call, store: Path, tmp_path: Path) -> None:
    done = call("export", "--store", store, "-o", tmp_path / "o.csv", "--format", "outlook", "--json")
    said = json.loads(done.out)
    assert (said["target"], said["contacts"], said["exact"]) == ("outlook", 2, False)
    assert "example.com" not in done.out
    assert done.err == ""


def test_mailchimp_s_folder_and_one_of_its_files(call: Call, people: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mc"
    folder.mkdir()
    assert call("export", "--store", people, "-o", folder, "--format", "mailchimp").code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["cleaned_members.csv", "nonsubscribed_members.csv", "subscribed_members.csv", "unsubscribed_members.csv"]  # fmt: skip
    assert [row["Email Address"] for row in rows(folder / "subscribed_members.csv")] == ["ben@example.com"]
    one = tmp_path / "one.csv"
    assert call("export", "--store", people, "-o", one, "--format", "mailchimp", "--status", "unsubscribed").code == 0
    assert [row["Email Address"] for row in rows(one)] == ["ana@example.com"]
    done = call("export", "--store", people, "-o", one, "--format", "mailchimp")
    assert done.code == Exit.USAGE
    assert "--status" in done.err


@pytest.mark.parametrize("format_", ["csv", "hubspot", "salesforce_contact", "google", "outlook", "mailchimp"])
def test_a_mailing_list_holds_who_may_be_contacted_alone(call: Call, people: Path, tmp_path: Path, format_: str) -> None:
    target = tmp_path / "list.csv"
    done = call(
        "export",
        "--store",
        people,
        "-o",
        target,
        "--format",
        format_,
        "--mailing-list",
        "--channel",
        "email",
        "--purpose",
        "marketing",
        "--at",
        "2026-07-01",
    )
    assert done.code == 0, done.err
    text = target.read_text("utf-8")
    assert "ben@example.com" in text
    for absent in ("ben2@", "ana@", "núñez", "eve@", "3012345678"):
        assert absent not in text.lower()
    assert "left out: " in done.err
    assert "consent.withdrawn 1" in done.err


def test_a_list_under_the_rules_that_are_asked_for(call: Call, people: Path, tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    arguments = ("export", "--store", people, "-o", target, "--mailing-list", "--channel", "email", "--purpose", "marketing")
    assert call(*arguments, "--regime", "can_spam", "--at", "2026-07-01").code == 0
    assert {row["email"] for row in rows(target)} == {"eve@example.com", "ben@example.com"}
    assert call(*arguments, "--regime", "none").code == Exit.USAGE


@pytest.mark.parametrize(
    "arguments",
    [
        "-o x.xlsx",
        "-o x.csv --format nonsense",
        "-o x.csv --mailing-list",
        "-o x.csv --channel email",
        "-o x.vcf --mailing-list --channel email --purpose marketing",
        "-o x.csv --status subscribed",
        "-o x.csv --format hubspot --style new",
        "-o x.vcf --phones zeros",
        "-o x.csv --format hubspot --version 1.0",
        "-o - --json",
    ],
)
def test_wrong_usage_of_export(call: Call, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str) -> None:
    monkeypatch.chdir(tmp_path)
    done = call("export", "--store", store, *arguments.split())
    assert done.code == Exit.USAGE
    assert len(done.err.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == [store.name]


def test_export_in_an_earlier_version(call: Call, store: Path, tmp_path: Path) -> None:
    target = tmp_path / "x.jsonl"
    assert call("export", "--store", store, "-o", target, "--version", "1.0").code == 0
    assert json.loads(target.read_text("utf-8").splitlines()[0])["schema_version"] == "1.0"


def test_no_output_takes_the_place_of_the_store(call: Call, store: Path) -> None:
    before = store.read_bytes()
    assert call("export", "--store", store, "-o", store, "--format", "hubspot").code == Exit.USAGE
    assert store.read_bytes() == before


# -- convert ------------------------------------------------------------------------------------------------------------------------


def test_convert_there_and_back(call: Call, store: Path, tmp_path: Path) -> None:
    lines, cards, again = tmp_path / "a.jsonl", tmp_path / "a.vcf", tmp_path / "b.jsonl"
    call("export", "--store", store, "-o", lines)
    assert call("convert", lines, cards).code == 0
    assert cards.read_text("utf-8").startswith("BEGIN:VCARD")
    assert call("convert", cards, again, "--from", "vcard", "--to", "jsonl").code == 0
    assert [one.contact_id for one in read_contacts(again)] == [one.contact_id for one in read_contacts(lines)]


def test_convert_tells_what_is_wrong_with_the_input_and_what_is_not_carried(call: Call, store: Path, tmp_path: Path) -> None:
    lines, target, losses = tmp_path / "a.jsonl", tmp_path / "a.csv", tmp_path / "l.json"
    call("export", "--store", store, "-o", lines)
    lines.write_text(lines.read_text("utf-8") + "{broken\n", encoding="utf-8")
    done = call("convert", lines, target, "--to", "google", "--losses", losses, "--json")
    said = json.loads(done.out)
    assert (done.code, said["contacts"], sum(said["problems"].values())) == (0, 2, 1)
    assert "note: " in done.err
    assert json.loads(losses.read_text("utf-8"))["values"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("none.jsonl x.vcf", Exit.NOTHING_READ),
        ("a.jsonl a.jsonl", Exit.USAGE),
        ("a.jsonl x.unknown", Exit.USAGE),
        ("a.unknown x.vcf", Exit.USAGE),
        ("a.jsonl -", Exit.USAGE),
        ("a.jsonl x.csv --to mailchimp", Exit.USAGE),
        ("a.jsonl x.csv --from hubspot", Exit.USAGE),
        ("a.jsonl none/x.vcf", Exit.USAGE),
    ],
)
def test_wrong_usage_of_convert(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str, code: Exit) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text("", encoding="utf-8")
    done = call("convert", *arguments.split())
    assert done.code == code
    assert len(done.err.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


# -- map ------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "verein.csv"
    path.write_text("Mitgl.-Nr.;Vorname;E-Mail;Newsletter\n1;Ana;ana@x.org;ja\n2;Ben;ben@x.org;abgemeldet\n", encoding="utf-8")
    return path


def test_map_writes_a_mapping_beside_the_table_and_never_over_one(call: Call, table: Path) -> None:
    done = call("map", table)
    target = table.with_name("verein.mapping.toml")
    assert done.code == 0
    assert (
        done.err
        == f"3 of 4 columns recognised; to be decided by a person, since it is about consent: Newsletter; written to {target}\n"
    )
    assert load_mapping(target).columns["Vorname"].path == "name.given"
    target.write_text("mine", encoding="utf-8")
    assert call("map", table).code == Exit.USAGE
    assert target.read_text("utf-8") == "mine"
    assert call("map", table, "--force").code == 0
    assert load_mapping(target).columns


def test_map_to_standard_output_and_as_json(call: Call, table: Path) -> None:
    assert "[columns]" in call("map", table, "-o", "-").out
    said = json.loads(call("map", table, "--json").out)
    assert said["columns"][1]["path"] == "name.given"
    assert said["columns"][3]["consent"]["words"] == [["ja", 1, "yes"], ["abgemeldet", 1, "stop"]]
    assert [path.name for path in table.parent.iterdir()] == ["verein.csv"]


def test_map_leaves_a_file_that_a_preset_knows_alone(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "hubspot.csv"
    path.write_text("Record ID,First Name,Email,Lifecycle Stage\n1,Ana,a@x.org,lead\n", encoding="utf-8")
    done = call("map", path)
    assert done.code == Exit.USAGE
    assert "hubspot" in done.err
    assert call("map", path, "-o", tmp_path / "mine.toml").code == 0


def test_map_of_no_table(call: Call, tmp_path: Path) -> None:
    done = call("map", tmp_path / "none.csv")
    assert done.code == Exit.NOTHING_READ
    assert len(done.err.splitlines()) == 1
