"""A sheet of contacts that is read again and again into a store, and whose rows are told by their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from canonical_contact import unify
from canonical_contact.pipeline import UnifyResult
from canonical_contact.ports import ContactStore

__all__ = ["START", "SheetWorld"]

START = datetime(2026, 7, 1, tzinfo=UTC)


class SheetWorld:
    """A store, and the sheet that is read into it a day after the other; tests change its rows in between."""

    system = "hubspot"

    def __init__(self, store: ContactStore, folder: Path, header: str, rows: Mapping[str, str]) -> None:
        self.store, self.folder, self.header, self.rows, self.days = store, folder, header, dict(rows), 0

    def tick(self) -> datetime:
        self.days += 1
        return START + timedelta(days=self.days)

    def run(self, *, refit: bool = False) -> UnifyResult:
        path = self.folder / f"{self.system}.csv"
        path.write_text("\n".join((self.header, *self.rows.values(), "")), "utf-8")
        return unify([path], self.store, now=self.tick(), refit=refit)

    def id(self, name: str) -> str:
        return dict(self.store.members())[f"{self.system}:{name}"]

    def documents(self) -> dict[str, tuple[object, ...]]:
        return {
            row.contact_id: (row.document, row.members, row.endpoints, row.retired, row.consent) for row in self.store.contacts()
        }

    def homes(self) -> list[set[str]]:
        found: dict[str, set[str]] = {}
        for key, contact_id in self.store.members():
            found.setdefault(contact_id, set()).add(key.partition(":")[2])
        return sorted(found.values(), key=min)
