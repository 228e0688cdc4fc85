"""A ledger is checked while others append to it, and nothing that was put behind its head goes unseen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from canonical_contact.consent.ledger import anchor, seal
from canonical_contact.engine.ledger import verify_ledger
from canonical_contact.errors import InputError
from canonical_contact.ports import EventRow, LedgerEntry, LedgerHead
from canonical_contact.store import MemoryStore, SQLiteStore


def row(name: str) -> EventRow:
    return EventRow(name, "a:1", "email", "ana@x.es", False, f'{{"event_id":"{name}","type":"withdraw"}}')


class InUse(MemoryStore):
    """Somebody appends whenever the head was read."""

    busy = True

    def ledger_head(self) -> LedgerHead:
        head = super().ledger_head()
        if self.busy:
            self.busy = False
            self.put_events([row(f"late {head.seq}")])
            self.busy = True
        return head


def test_what_is_appended_meanwhile_is_no_fault() -> None:
    store = InUse()
    assert [(found.ok, found.entries) for found in (verify_ledger(store), verify_ledger(store), verify_ledger(store))] == [
        (True, 0),
        (True, 2),
        (True, 4),
    ]


def test_a_store_that_another_handle_writes_to_verifies(tmp_path: Path) -> None:
    with SQLiteStore(tmp_path / "contacts.db") as store, SQLiteStore(tmp_path / "contacts.db") as other:
        store.put_events([row(f"e{n}") for n in range(5)])

        class Reader:
            def ledger_head(self) -> LedgerHead:
                head = store.ledger_head()
                other.put_events([row(f"late {head.seq}")])
                return head

            def entries(self, after: int = 0) -> Iterator[LedgerEntry]:
                return store.entries(after)

        for count in (5, 7, 9):  # the head is read twice a check
            found = verify_ledger(Reader())  # type: ignore[arg-type]  # all that it asks for
            assert (found.ok, found.entries) == (True, count)


def test_what_was_put_behind_a_head_that_nobody_moved_is_found() -> None:
    store = MemoryStore()
    store.put_events([row("e1"), row("e2")])
    noted = anchor(store.ledger_head())
    assert verify_ledger(store, [noted]).entries == 2
    store._tables["ledger"][3] = seal(store.ledger_head(), row("e3"), "00" * 16)
    found = verify_ledger(store, [noted])
    assert (found.ok, found.entries) == (False, 3)
    assert [(fault.seq, fault.code) for fault in found.faults] == [(3, "ledger.inserted")]


def test_anchors_reach_the_check() -> None:
    store = MemoryStore()
    store.put_events([row("e1")])
    assert [fault.code for fault in verify_ledger(store, [LedgerHead(1, "ab"), "consent-ledger 7 cd"]).faults] == [
        "ledger.anchor",
        "ledger.removed",
    ]
    with pytest.raises(InputError, match="no anchor"):
        verify_ledger(store, ["7 cd"])
