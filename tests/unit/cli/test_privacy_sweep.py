"""`privacy sweep` on the command line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from canonical_contact.store import SQLiteStore, find_contacts
from command_line import Call

ROWS = (
    "Record ID,First Name,Last Name,Email,Create Date,Last Modified Date\n"
    "1,Ana,[bold]Gil[/bold],ana@x.es,2015-05-01 10:00,2019-05-01\n2,Zoe,Sol,zoe@x.es,2026-05-01 10:00,2026-05-02\n"
)
RULES = """
version = "7"
[[rule]]
name = "[bold]old"
keep = "P3Y"
from = "created"
then = "erase"
basis = "Three years."
[[rule]]
name = "new"
keep = "P1D"
from = "created"
then = "archive_suppress"
"""


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def book(unified: Callable[[str], Path], tmp_path: Path) -> Path:
    (tmp_path / "rules.toml").write_text(RULES, "utf-8")
    return unified(ROWS)


def ids(book: Path) -> list[str]:
    with SQLiteStore(book, readonly=True) as store:
        return [row.contact_id for row in store.contacts()]


def test_a_sweep_lists_first_and_does_it_when_told(call: Call, book: Path, tmp_path: Path) -> None:
    before = ids(book)
    listed = call("privacy", "sweep", book, "--rules", tmp_path / "rules.toml")
    assert listed.code == 0, listed.err
    assert "[bold]old" in listed.out
    assert "Three years." in listed.out
    assert "--apply" in listed.err
    assert ids(book) == before
    done = call("privacy", "sweep", book, "--rules", tmp_path / "rules.toml", "--apply", "--yes")
    assert done.code == 0, done.err
    assert "erased 1 people, archived 1" in done.err
    with SQLiteStore(book, readonly=True) as store:
        assert find_contacts(store, "ana@x.es") == []
        (zoe,) = find_contacts(store, "zoe@x.es")
        assert zoe.suppressions
    words = ("--rules", tmp_path / "rules.toml", "--apply", "--yes", "--json")
    told = json.loads(call("privacy", "sweep", "--store", book, *words).out)
    assert (told["due"], told["erased"], told["proofs"], told["rules"]) == ([], 0, [], "7")


def test_a_dry_run_may_ask_about_another_time_and_reads_only(call: Call, book: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    early = json.loads(call("privacy", "sweep", book, "--rules", rules, "--at", "2016-01-01", "--json").out)
    assert [(one["rule"], one["held"]) for one in early["due"]] == [("new", [])]
    assert call("privacy", "sweep", book, "--rules", rules, "--at", "2016-01-01", "--apply").code == 2


def test_faulty_rules_change_nothing(call: Call, book: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "none.toml", bad):
        refused = call("privacy", "sweep", book, "--rules", path, "--apply", "--yes")
        assert refused.code != 0
        assert "cannot be read" in refused.err
    bad.write_text(RULES.replace("P3Y", "three years"), "utf-8")
    refused = call("privacy", "sweep", book, "--rules", bad, "--apply", "--yes")
    assert "bad.toml, the rule '[bold]old': 'three years' is no period" in refused.err
    bad.write_text("#" * (1 << 20) + RULES, "utf-8")
    assert "larger than 1 MiB" in call("privacy", "sweep", book, "--rules", bad, "--apply", "--yes").err
    assert len(ids(book)) == 2
    assert call("privacy", "sweep", book).code == 2


def test_a_sweep_asks_before_it_erases(call: Call, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("privacy", "sweep", book, "--rules", tmp_path / "rules.toml", "--apply")
    refused = call(*words)
    assert (refused.code, "--yes" in refused.err, len(ids(book))) == (2, True, 2)
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    denied = call(*words)
    assert (denied.code, len(ids(book))) == (130, 2)
    assert "erase 1 person, archive suppress 1 person" in denied.err
    assert "nothing was done" in denied.err
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    done = call(*words)
    assert (done.code, "erased 1 people" in done.err, len(ids(book))) == (0, True, 1)


def test_listing_and_doing_count_the_same_people(call: Call, book: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES.replace("[bold]old", "one") + RULES.partition("[[rule]]")[2].join(("[[rule]]", "")), "utf-8")
    rules.write_text(rules.read_text("utf-8").replace('name = "new"', 'name = "other"', 1), "utf-8")
    listed = call("privacy", "sweep", book, "--rules", rules)
    done = call("privacy", "sweep", book, "--rules", rules, "--apply", "--yes")
    assert "due: erase 1 person, archive suppress 1 person; 0 held" in listed.err
    assert "done: erase 1 person, archive suppress 1 person; 0 held" in done.err
    assert "erased 1 people, archived 1" in done.err
