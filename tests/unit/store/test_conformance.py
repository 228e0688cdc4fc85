from __future__ import annotations

from pathlib import Path

import pytest

from canonical_contact.ports import ConsentLedger, ContactStore
from canonical_contact.store import MemoryStore, SQLiteStore
from canonical_contact.store.testing import DurableStoreConformance, LedgerConformance, StoreConformance


class TestMemoryStore(StoreConformance):
    @pytest.fixture(autouse=True)
    def _one(self) -> None:
        self.one = MemoryStore()

    def make_store(self) -> ContactStore:
        return self.one


class TestSQLiteStore(DurableStoreConformance):
    @pytest.fixture(autouse=True)
    def _file(self, tmp_path: Path) -> None:
        self.path = tmp_path / "contacts.db"

    def make_store(self) -> ContactStore:
        return SQLiteStore(self.path)


class OnlyALedger:
    """An adapter of the ledger's port alone: it has nothing else, not even a way to be closed."""

    def __init__(self, store: MemoryStore) -> None:
        self.put_events = store.put_events
        self.put_proofs = store.put_proofs
        self.events = store.events
        self.entries = store.entries
        self.ledger_head = store.ledger_head
        self.forget = store.forget


class TestOnlyALedger(LedgerConformance):
    @pytest.fixture(autouse=True)
    def _one(self) -> None:
        self.one = OnlyALedger(MemoryStore())

    def make_ledger(self) -> ConsentLedger:
        return self.one
