"""A store that somebody or something damaged: one line with the place and code 4, and no traceback."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from command_line import Call

ROWS = (
    "Record ID,First Name,Last Name,Email,Unsubscribed from all email,Last Modified Date\n"
    "1,Ana,Gil,ana@x.es,true,2026-05-01\n2,Zoe,Sol,zoe@x.es,false,2026-05-02\n"
)
RULES = '[[rule]]\nname = "old"\nkeep = "P3Y"\nfrom = "created"\nthen = "review"\n'


def damaged(book: Path, statement: str) -> None:
    with closing(sqlite3.connect(book)) as db:
        db.execute(statement)
        db.commit()


def commands(book: Path, folder: Path) -> dict[str, tuple[str | Path, ...]]:
    (folder / "rules.toml").write_text(RULES, "utf-8")
    return {
        "show": ("show", "ana@x.es", "--store", book),
        "consent show": ("consent", "show", "ana@x.es", "--store", book),
        "record": ("consent", "record", "ana@x.es", "withdraw", "--channel", "email", "--store", book),
        "consent export": ("consent", "export", "--store", book, "-o", folder / "events.jsonl"),
        "may-contact": ("may-contact", "--store", book, "--channel", "email", "--purpose", "marketing", "-o", folder / "may.csv"),
        "export": ("export", "--store", book, "-o", folder / "golden.csv"),
        "kpi": ("kpi", "--store", book),
        "plan": ("legacy", "plan", book),
        "sweep": ("privacy", "sweep", book, "--rules", folder / "rules.toml"),
    }


@pytest.mark.parametrize(
    ("statement", "place", "hit"),
    [
        (
            "UPDATE contact SET document = '{broken'",
            "the contact ",
            ("show", "consent show", "record", "export", "kpi", "plan", "sweep"),
        ),
        (
            """UPDATE contact SET document = '{"consent":7}'""",
            "the contact ",
            ("show", "consent show", "record", "export", "kpi", "plan", "sweep"),
        ),
        (
            "UPDATE consent_event SET document = '{broken'",
            "the consent event ",
            ("consent show", "record", "consent export", "sweep"),
        ),
        ("UPDATE record_document SET document = '{'", "the record hubspot:1", ("record",)),
        ("UPDATE contact_consent SET consent = 'zzz'", "the consent column of the contact ", ("may-contact", "plan")),
        (
            "DROP TABLE contact_consent",
            "no such table: contact_consent",
            ("show", "consent show", "may-contact", "export", "kpi", "plan", "sweep", "record"),
        ),
    ],
)
def test_a_damaged_store_is_one_clear_error(
    call: Call, unified: Callable[[str], Path], tmp_path: Path, statement: str, place: str, hit: tuple[str, ...]
) -> None:
    book = unified(ROWS)
    damaged(book, statement)
    for name, arguments in commands(book, tmp_path).items():
        done = call(*arguments)
        assert done.code == (4 if name in hit else 0), (name, done.err)
        if name in hit:
            (line,) = done.err.splitlines()
            assert "is damaged" in line
            assert place in line
            assert "good copy" in line
            assert "ana@x.es" not in line


def test_a_mistake_of_the_caller_stays_one(call: Call, unified: Callable[[str], Path]) -> None:
    book = unified(ROWS)
    damaged(book, "UPDATE contact SET document = '{broken' WHERE contact_id = (SELECT max(contact_id) FROM contact)")
    outcome = call("consent", "show", "nobody@x.es", "--store", book)
    assert outcome.code == 5
