"""`consent verify`: a sound ledger, one that was touched, and heads that were noted before."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from canonical_contact.ports import EventRow, ProofRow
from canonical_contact.store import SQLiteStore
from command_line import Call

DOCUMENT = '{"event_id":"%s","type":"withdraw","channel":"email","record":"a:1","endpoint":"ana@x.es","schema_version":"1.2"}'


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "contacts.db"
    with SQLiteStore(path) as store:
        store.put_events(EventRow(f"e{n}", "a:1", "email", "ana@x.es", False, DOCUMENT % f"e{n}") for n in range(5))
    return path


def edit(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def told(call: Call, path: Path, *more: str) -> tuple[int, dict[str, Any]]:
    outcome = call("consent", "verify", "--store", path, "--json", *more)
    return outcome.code, json.loads(outcome.out)


def test_a_sound_ledger_ends_with_0_and_tells_its_head(call: Call, book: Path) -> None:
    code, found = told(call, book)
    assert (code, found["ok"], found["entries"], found["faults"]) == (0, True, 5, [])
    outcome = call("consent", "verify", "--store", book)
    assert outcome.code == 0
    assert f"5 entries, unbroken; head 5:{found['head']['hash']}" in outcome.out


def test_a_ledger_that_was_touched_ends_with_1_and_says_where_and_what_helps(call: Call, book: Path) -> None:
    edit(book, "UPDATE consent_event SET document = replace(document, 'withdraw', 'opt_in') WHERE seq = 3")
    code, found = told(call, book)
    assert (code, found["ok"]) == (1, False)
    assert [(fault["seq"], fault["code"]) for fault in found["faults"]] == [(3, "ledger.changed")]
    outcome = call("consent", "verify", "--store", book)
    assert outcome.code == 1
    assert "entry 3: ledger.changed: " in outcome.out
    assert "BROKEN" in outcome.out
    assert "ana@x.es" not in outcome.out + outcome.err


def test_a_missing_entry_is_named_by_its_number(call: Call, book: Path) -> None:
    edit(book, "DELETE FROM consent_event WHERE seq = 2")
    code, found = told(call, book)
    assert (code, [(fault["seq"], fault["code"]) for fault in found["faults"]]) == (1, [(2, "ledger.removed")])


def test_a_head_that_was_noted_stays_while_the_ledger_grows(call: Call, book: Path) -> None:
    _, found = told(call, book)
    noted = f"{found['head']['seq']}:{found['head']['hash']}"
    with SQLiteStore(book) as store:
        store.put_events([EventRow("late", "a:1", "email", "", False, DOCUMENT % "late")])
    code, found = told(call, book, "--anchor", noted)
    assert (code, found["ok"], found["entries"]) == (0, True, 6)
    assert told(call, book, "--anchor", f"consent-ledger {noted.replace(':', ' ')}")[0] == 0  # as consent.ledger.anchor writes it


def test_an_end_that_was_cut_together_with_the_head_shows_by_a_head_that_was_noted(call: Call, book: Path) -> None:
    _, found = told(call, book)
    noted = f"{found['head']['seq']}:{found['head']['hash']}"
    edit(
        book,
        "DELETE FROM consent_event WHERE seq > 3",
        "UPDATE ledger_head SET seq = 3, hash = (SELECT hash FROM consent_event WHERE seq = 3)",
    )
    assert told(call, book)[0] == 0  # nothing in the file shows it
    code, found = told(call, book, "--anchor", noted)
    assert (code, [(fault["seq"], fault["code"]) for fault in found["faults"]]) == (1, [(4, "ledger.removed")])
    outcome = call("consent", "verify", "--store", book, "--anchor", f"2:{'0' * 64}")
    assert (outcome.code, "entry 2: ledger.anchor" in outcome.out) == (1, True)


def test_an_event_that_was_made_to_look_forgotten_shows_by_the_proof_that_is_missing(call: Call, book: Path) -> None:
    with SQLiteStore(book) as store:
        store.forget(["e2"])  # as somebody could do with the file alone, and without a proof
    code, found = told(call, book)
    assert (code, found["ok"], found["forgotten"], found["unproved"]) == (1, True, 1, 1)
    outcome = call("consent", "verify", "--store", book)
    assert "1 event from entry 3 on lost their fields" in outcome.out
    with SQLiteStore(book) as store:
        store.put_proofs([ProofRow("p", '{"name":"contact.changed","detail":{"act":"erased","events":"1"}}')])
    code, found = told(call, book)
    assert (code, found["forgotten"], found["unproved"]) == (0, 1, 0)


@pytest.mark.parametrize(
    "text", ["5", "x:ab", "5:", ":ab", "5:ab", f"5:{'g' * 64}", f"5:{'0' * 65}", f"\u00b2:{'0' * 64}", f"-1:{'0' * 64}"]
)
def test_what_is_no_head_is_a_mistake_of_the_call(call: Call, book: Path, text: str) -> None:
    outcome = call("consent", "verify", "--store", book, "--anchor", text)
    assert (outcome.code, "17:9f86" in outcome.err) == (2, True)
