"""`unify` over a pipeline that only pretends: what the command line makes of its result."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from canonical_contact.cli._exit import Exit
from canonical_contact.errors import InputError, MissingExtraError, Problem, StoreBusyError
from canonical_contact.pipeline import FileOutcome, UnifyResult
from canonical_contact.ports import RunInfo, Written
from command_line import AT, Call, fill


def result(**changes: Any) -> UnifyResult:
    fields: dict[str, Any] = {
        "run": RunInfo("r1", AT, False),
        "files": (
            FileOutcome("hub.csv", "hubspot", "hubspot/1", 2),
            FileOutcome("truth.csv", "", "", skipped="It holds no contacts."),
        ),
        "records": Written(2, 0, 0),
        "contacts": Written(1, 0, 0),
        "pairs": 1,
        "matched": 1,
        "review": 2,
        "retired": 0,
        "problems": {"email.syntax": 2},
        "examples": {"email.syntax": (Problem("email.syntax", "$.emails[0]", "ana@[red]", "No domain."),)},
        "stages": (),
        "links": (("hubspot", "17", "c1"), ("hubspot", "=18", "c1")),
    }
    return UnifyResult(**(fields | changes))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """Put a pretended pipeline in place and catch what it is asked."""
    told: dict[str, Any] = {"answer": result()}

    def unify(paths: list[str], store: object, **options: object) -> object:
        told.update(options, paths=paths, store=store)
        if isinstance(told["answer"], Exception):
            raise told["answer"]
        return told["answer"]

    monkeypatch.setattr("canonical_contact.pipeline.unify", unify)
    monkeypatch.chdir(tmp_path)
    return told


def test_every_option_reaches_the_pipeline(call: Call, asked: dict[str, Any]) -> None:
    done = call(
        *("unify", "a.csv", "folder", "--store", "c.db", "--system", "crm=b.csv", "--mapping", "m.toml", "--region", "DE"),
        *("--workers", "3", "--wait", "5", "--at", "2026-06-01T00:00:00Z", "--refit"),
        *("--own", "acme.example", "--own", "ana@example.org"),
    )
    assert done.code == 0
    assert asked["paths"] == ["a.csv", "folder"]
    assert asked["systems"] == [("crm", "b.csv")]
    assert (asked["mapping"], asked["region"], asked["workers"], asked["wait"]) == (Path("m.toml"), "DE", 3, 5.0)
    assert (asked["now"], asked["refit"], asked["own"]) == (AT, True, ("acme.example", "ana@example.org"))


def test_links_have_the_columns_that_scripts_rely_on_and_no_formula(call: Call, asked: dict[str, Any]) -> None:
    assert call("unify", "a.csv", "--store", "c.db", "--links", "links.csv").code == 0
    with Path("links.csv").open(newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["system", "record_id", "contact_id"],
            ["hubspot", "17", "c1"],
            ["hubspot", "'=18", "c1"],
        ]


def test_the_review_list_puts_both_records_side_by_side(call: Call, asked: dict[str, Any], tmp_path: Path) -> None:
    fill(tmp_path / "c.db")
    assert call("unify", "a.csv", "--store", "c.db", "--review", "review.csv").code == 0
    with Path("review.csv").open(newline="") as stream:
        likely, other = csv.DictReader(stream)
    assert (likely["score"], likely["reason"], likely["same_person"]) == ("0.7200", "rule.same_name", "")
    assert (likely["left_system"], likely["left_record_id"], likely["right_record_id"]) == ("outlook", "3", "a")
    assert other["evidence"] == "given nickname; email different; system other"
    assert likely["evidence"] == "[]"  # what cannot be put in words is shown as it is
    assert other["left_name"] == "Ana Núñez"
    assert other["left_address"] == "Weg 1, 10115 Berlin, DE"
    assert other["right_name"].startswith("'=")
    assert other["left_phones"] == "'+493012345678"


def test_the_report_tells_of_the_run(call: Call, asked: dict[str, Any], tmp_path: Path) -> None:
    fill(tmp_path / "c.db")
    assert call("unify", "a.csv", "--store", "c.db", "--report", "report.html").code == 0
    page = Path("report.html").read_text("utf-8")
    assert "hub.csv" in page
    assert "It holds no contacts." in page
    assert "ana@[red]" in page


def test_json_is_all_that_stands_on_standard_output(call: Call, asked: dict[str, Any]) -> None:
    done = call("unify", "a.csv", "--store", "c.db", "--links", "links.csv", "--json")
    told = json.loads(done.out)
    assert told["records"] == {"new": 2, "changed": 0, "same": 0}
    assert told["run"]["started_at"] == "2026-06-01T00:00:00Z"
    assert told["problems"] == {"email.syntax": 2}
    assert told["outputs"] == {"store": "c.db", "links": "links.csv"}
    assert "truth.csv" in done.err


def test_people_get_a_summary_and_every_file_that_was_not_read(call: Call, asked: dict[str, Any]) -> None:
    done = call("unify", "a.csv", "--store", "c.db")
    assert done.out == ""
    assert "not read: truth.csv: It holds no contacts.\n" in done.err
    for said in ("hubspot/1", "2 new", "email.syntax", "ana@[red]", "2 to review"):
        assert said in done.err


def test_nothing_read_is_one(call: Call, asked: dict[str, Any]) -> None:
    asked["answer"] = result(
        files=(FileOutcome("empty.csv", "", "", skipped="The file is empty; export it again."),), problems={}
    )
    done = call("unify", "empty.csv", "--store", "c.db")
    assert done.code == Exit.NOTHING_READ
    assert done.err.splitlines()[0] == "not read: empty.csv: The file is empty; export it again."


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("Nothing could be read.", hint="no.csv: there is no such file."), Exit.NOTHING_READ),
        (StoreBusyError("Another run holds the store.", hint="Wait, or raise --wait."), Exit.STORE),
        (MissingExtraError("cp037 text", "encoding"), Exit.MISSING_EXTRA),
        (PermissionError(13, "Permission denied", "links.csv"), Exit.OUTPUT),
        (KeyboardInterrupt(), Exit.INTERRUPTED),
    ],
)
def test_an_error_is_one_clear_line(call: Call, asked: dict[str, Any], error: BaseException, code: Exit) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    sys.modules["canonical_contact.pipeline"].unify = fail  # type: ignore[attr-defined]
    done = call("unify", "a.csv", "--store", "c.db")
    assert done.code == code
    assert done.out == ""
    assert len(done.err.splitlines()) == 1


def test_a_fault_of_ours_is_not_taken_for_nothing_read(call: Call, asked: dict[str, Any]) -> None:
    asked["answer"] = ZeroDivisionError()
    done = call("unify", "a.csv", "--store", "c.db")
    assert done.code == Exit.FAULT
    assert "fault of canonical-contact" in done.err


def test_a_missing_extra_is_told_before_the_work(
    call: Call, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch, without: Callable[..., None]
) -> None:
    without("jinja2")
    done = call("unify", "a.csv", "--store", "c.db", "--report", "report.html")
    assert done.code == Exit.MISSING_EXTRA
    assert done.err.count("\n") == 1
    assert "canonical-contact[report]" in done.err
    assert "paths" not in asked
    assert not Path("c.db").exists()


@pytest.mark.parametrize("name", ["click", "rich"])
def test_without_the_extra_the_command_says_what_to_install(call: Call, without: Callable[..., None], name: str) -> None:
    without(name)
    done = call("--help")
    assert done.code == Exit.MISSING_EXTRA
    assert done.err.count("\n") == 1
    assert "canonical-contact[cli]" in done.err


@pytest.mark.parametrize("text", ["crm", "=a.csv", "crm=", "a:b=c.csv"])
def test_a_system_without_name_or_file_is_wrong_usage(call: Call, asked: dict[str, Any], text: str) -> None:
    assert call("unify", "--system", text, "--store", "c.db").code == Exit.USAGE


def test_a_region_that_is_no_country_is_wrong_usage(call: Call, asked: dict[str, Any]) -> None:
    assert call("unify", "a.csv", "--region", "xx", "--store", "c.db").code == Exit.USAGE
    assert call("unify", "a.csv", "--region", "de", "--store", "c.db").code == 0
    assert asked["region"] == "DE"


def test_no_file_at_all_is_wrong_usage_and_makes_no_store(call: Call, asked: dict[str, Any]) -> None:
    assert call("unify", "--store", "c.db").code == Exit.USAGE
    assert not Path("c.db").exists()
