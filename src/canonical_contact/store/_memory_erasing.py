"""Erasing in the store in memory, and its tombstones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from canonical_contact.model import Tombstone, TombstoneKind
from canonical_contact.ports import ErasedRows
from canonical_contact.store import _common
from canonical_contact.store._memory_ledger import LedgerInMemory

__all__ = ["ErasingInMemory"]


class ErasingInMemory(LedgerInMemory):
    """The methods of `ports.ContactStore` that concern erasure: what the ledger forgets, and what goes from the other tables."""

    def erase(self, contact_ids: Iterable[str], records: Iterable[str], events: Iterable[str] = ()) -> ErasedRows:
        """Delete people for good, with nothing left of them in any table of the store."""
        ids, keys = set(contact_ids), set(records)
        with self._writing():
            ids |= {alias for alias, (_, end) in self._read("alias").items() if end in ids}
            names = ids | keys
            kept = {key for key in self._read("record") if " " in key} - names
            theirs = [name for name, (row,) in self._read("consent_event").items() if row.record in keys]
            forgotten = self.forget(dict.fromkeys((*theirs, *events)))
            self.forget([name for name, (row,) in self._read("proof").items() if _common.is_about(row.document, names, kept)])
            erased = ErasedRows(
                self._drop("record", lambda key, _: key in keys),
                forgotten,
                self._drop("activity", lambda _, rows: rows[0].record in keys),
                self._drop("decision", lambda pair, _: not keys.isdisjoint(pair)),
                self._drop("contact", lambda key, _: key in ids),
                self._drop("event", lambda _, row: row[0] in ids),
            )
            self._drop("answer", lambda pair, _: not keys.isdisjoint(pair))
            self._drop("verdict", lambda _, row: not keys.isdisjoint(row[:2]))
            self._drop("member", lambda key, end: key in keys or end in ids)
            self._drop("alias", lambda key, row: key in ids or row[1] in ids)
            endpoints = self._write("endpoint")
            for name, holders in list(endpoints.items()):
                if not holders.isdisjoint(ids):
                    endpoints[name] = holders - ids
                    if not endpoints[name]:
                        del endpoints[name]
            log = self._write("event")
            for place, (of, document) in log.items():
                log[place] = (of, _common.without(document, names, kept))
            return erased

    def drop_activities(self, activity_ids: Iterable[str]) -> int:
        """Delete activities for good, and count them; unknown ids are left out."""
        gone = set(activity_ids)
        with self._writing():
            return self._drop("activity", lambda key, _: key in gone)

    def put_tombstones(self, tombstones: Iterable[Tombstone]) -> int:
        """Write tombstones, and count the new ones; one of a kind, hash and reason that is known stays as it is."""
        new = 0
        with self._writing():
            for each in tombstones:
                name = (each.kind.value, each.hash, each.why)
                if name not in self._read("tombstone"):
                    self._write("tombstone")[name] = each
                    new += 1
        return new

    def tombstones(self) -> Iterator[Tombstone]:
        """Stream all tombstones in the order of kind, hash and reason."""
        yield from [each for _, each in sorted(self._read("tombstone").items())]

    def drop_tombstones(self, names: Iterable[tuple[TombstoneKind, str]]) -> int:
        """Delete the tombstones of some (kind, hash), and count them."""
        gone = {(kind.value, name) for kind, name in names}
        with self._writing():
            return self._drop("tombstone", lambda key, _: key[:2] in gone)

    def _drop(self, name: str, gone: Callable[[Any, Any], bool]) -> int:
        table = self._write(name)
        keys = [key for key, row in table.items() if gone(key, row)]
        for key in keys:
            del table[key]
        return len(keys)
