"""A ledger is checked while others append to it, and nothing that was put behind its head goes unseen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact.consent.ledger import anchor, seal
from canonical_contact.engine.erasing import erase_all
from canonical_contact.engine.ledger import verify_ledger
from canonical_contact.engine.recording import record_consent, record_suppression
from canonical_contact.errors import InputError
from canonical_contact.pipeline import unify
from canonical_contact.ports import EventRow, LedgerEntry, LedgerHead
from canonical_contact.store import MemoryStore, SQLiteStore, iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)


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


def test_every_erasure_accounts_for_what_it_forgot(tmp_path: Path) -> None:
    """Shared endpoints, proofs about the person, two at once, somebody without events, somebody who is gone already."""
    (tmp_path / "people.csv").write_text(
        "Nr,First name,Last name,E-mail,Unsubscribed\n1,Ana,Gil,ana@x.es,yes\n2,Zoe,Sol,ana@x.es,yes\n3,Bo,Berg,bo@x.es,\n4,Ed,Ek,ed@x.es,yes\n",
        "utf-8",
    )
    store = MemoryStore()
    unify([tmp_path / "people.csv"], store, now=NOW)
    ids = {contact.name.given: contact.contact_id for contact in iter_contacts(store) if contact.name}
    record_consent(store, ids["Ed"], "withdraw", "email", at=NOW)
    record_suppression(store, "dnc_registry", "email", endpoint="ed@x.es", at=NOW)
    record_suppression(store, "dnc_registry", "email", endpoint="nobody@x.es", at=NOW)
    assert verify_ledger(store).unproved == 0
    for gone in ([ids["Ana"]], [ids["Bo"], ids["Ed"]], [ids["Ana"]]):
        erase_all(store, gone, at=NOW, actor="agent", reason="request")
        found = verify_ledger(store)
        assert (found.ok, found.unproved, found.unproved_from) == (True, 0, 0)
    assert found.forgotten
    store.forget([next(row.event_id for row in store.events())])
    assert verify_ledger(store).unproved == 1
