"""Stores that earlier versions wrote get a chain, and a chain survives other versions of the schema."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from canonical_contact.consent.ledger import anchor, verify
from canonical_contact.errors import StoreError
from canonical_contact.model import Event, EventName
from canonical_contact.ports import ContactStore, EventRow, LedgerHead, ProofRow
from canonical_contact.schema import from_json
from canonical_contact.store import MemoryStore, SQLiteStore, _sql, migrate_store

TEXTS = [
    '{"event_id":"e%03d","type":"withdraw","channel":"email","record":"a:%d","endpoint":"ana@x.es","schema_version":"1.0"}',
    '{"event_id":"e%03d","type":"opt_in","channel":"email","record":"a:%d","evidence":"12:00","schema_version":"1.1","proof":{"wording":"Yes"}}',
    '{"event_id": "e%03d", "type": "object", "channel": "sms", "record": "a:%d", "schema_version": "1.0"}',  # not in the form that the store writes now
    "no JSON %03d %d",
]
PROOF = (
    '{"name":"contact.changed","contact_id":"c1","at":"2026-07-01T12:00:00Z","detail":{"act":"exported"},"schema_version":"1.2"}'
)


def rows(count: int) -> list[EventRow]:
    return [
        EventRow(f"e{n:03}", f"a:{n}", "email", "ana@x.es" if n % 4 == 0 else "", n % 4 == 0, TEXTS[n % 4] % (n, n))
        for n in range(count)
    ]


def written_before(path: Path, version: int, events: list[EventRow]) -> None:
    """Make a store as an earlier version made it, before there was a chain."""
    with closing(sqlite3.connect(path)) as db:
        for step in _sql.MIGRATIONS[:version]:
            for statement in step:
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {_sql.APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {version}")
        db.executemany(
            "INSERT INTO consent_event (event_id, record, channel, endpoint, blocking, document) VALUES (?, ?, ?, ?, ?, ?)",
            events,
        )
        db.commit()


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("count", [0, 1, 40])
def test_a_store_from_before_the_ledger_is_chained_in_the_order_it_was_written_in(
    tmp_path: Path, version: int, count: int
) -> None:
    path = tmp_path / "contacts.db"
    events = rows(count)[::-1]  # not in the order of their ids
    written_before(path, version, events)
    with SQLiteStore(path) as store:
        assert verify(store.entries(), store.ledger_head()).ok
        assert [EventRow(*entry[2:8]) for entry in store.entries()] == events
        assert list(store.events()) == sorted(events)
        assert store.ledger_head().seq == count
        noted = anchor(store.ledger_head())
        assert store.put_events([*events, EventRow("late", "a:1", "email", "", False, "late")]) == (1, 0, count)
        assert store.forget([event.event_id for event in events[:3]]) == min(count, 3)
        assert verify(store.entries(), store.ledger_head(), [noted]).ok
    with SQLiteStore(path) as store:
        assert verify(store.entries(), store.ledger_head(), [noted]).ok


def test_a_store_from_before_the_ledger_that_cannot_be_brought_up_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "contacts.db"
    written_before(path, 2, rows(10))

    def fail(_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("canonical_contact.store._connection.chain", fail)
        with pytest.raises(RuntimeError):
            SQLiteStore(path)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
        assert db.execute("SELECT count(*) FROM consent_event").fetchone() == (10,)
    with SQLiteStore(path) as store:
        assert verify(store.entries(), store.ledger_head()).entries == 10


@pytest.fixture(params=["memory", "sqlite", "sqlite of version 2"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ContactStore]:
    path = tmp_path / "contacts.db"
    if request.param == "sqlite of version 2":
        written_before(path, 2, rows(40))
    made: ContactStore = MemoryStore() if request.param == "memory" else SQLiteStore(path)
    made.put_events(rows(40))
    made.put_proofs([ProofRow("p1", PROOF)])
    made.forget(["e001", "e002"])
    yield made
    made.close()


def versions(store: ContactStore) -> set[str]:
    return {json.loads(row.document).get("schema_version", "1.0") for row in store.events() if row.document[0] == "{"}


def test_a_chain_verifies_in_every_version_of_the_schema(store: ContactStore) -> None:
    head, documents = store.ledger_head(), [row.document for row in store.events()]
    for to in ("1.0", "1.1", "1.2", "1.0", "1.2"):
        migrate_store(store, to, batch=7)
        assert versions(store) == {to}
        assert store.ledger_head() == head
        found = verify(store.entries(), head)
        assert (found.ok, found.entries, found.forgotten) == (True, 41, 2)
    assert [json.loads(text).get("type") for text in documents if text[0] == "{"] == [
        json.loads(row.document)["type"] for row in store.events() if row.document[0] == "{"
    ]


def test_what_is_appended_between_versions_verifies_too(store: ContactStore) -> None:
    migrate_store(store, "1.0")
    store.put_events([EventRow("late", "a:1", "email", "", False, TEXTS[1] % (99, 99))])
    store.forget(["e005"])
    migrate_store(store, "1.2")
    assert verify(store.entries(), store.ledger_head()).ok


def test_a_change_shows_in_every_version(store: ContactStore) -> None:
    migrate_store(store, "1.0")
    entries = list(store.entries())
    place = next(n for n, entry in enumerate(entries) if '"opt_in"' in entry.document and entry.salt)
    entries[place] = entries[place]._replace(document=entries[place].document.replace("12:00", "12:01"))
    assert [fault.seq for fault in verify(entries, store.ledger_head()).faults] == [place + 1]


def test_proofs_stay_in_the_version_that_they_were_sealed_in(store: ContactStore) -> None:
    """Nobody reads them but audits, which read every version; and they are no consent events of a record that a migration would find."""
    migrate_store(store, "1.0")
    (proof,) = (entry for entry in store.entries() if entry.kind == "event" and entry.event_id)
    assert proof.document == PROOF
    assert from_json(Event, proof.document).name is EventName.CONTACT_CHANGED


def test_a_head_that_is_gone_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "contacts.db"
    with SQLiteStore(path) as store:
        store.put_events(rows(3))
        store._writer.execute("DELETE FROM ledger_head")
        assert store.ledger_head() == LedgerHead()
        assert [fault.code for fault in verify(store.entries(), store.ledger_head()).faults] == ["ledger.inserted"]
        with pytest.raises(StoreError, match="lost its head") as caught:
            store.put_events([EventRow("late", "a:1", "email", "", False, "late")])
        assert caught.value.hint
        assert store.counts()["events"] == 3
