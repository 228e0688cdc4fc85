from __future__ import annotations

from pathlib import Path

import pytest

from canonical_contact.ports import ContactStore
from canonical_contact.store import MemoryStore, SQLiteStore
from canonical_contact.store.testing import DurableStoreConformance, StoreConformance


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
