"""Erasing in the SQLite store: rows out of every table, their bytes out of the file and its log, and the tombstones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from operator import itemgetter

from canonical_contact.model import Tombstone, TombstoneKind
from canonical_contact.ports import ErasedRows
from canonical_contact.store import _common, _sql
from canonical_contact.store._ledger import LedgerInSQLite

__all__ = ["ErasingInSQLite"]


class ErasingInSQLite(LedgerInSQLite):
    """The methods of `ports.ContactStore` that concern erasure: what the ledger forgets, and what goes from the other tables."""

    def erase(self, contact_ids: Iterable[str], records: Iterable[str], events: Iterable[str] = ()) -> ErasedRows:
        """Delete people for good, with nothing left of them in any table or file of the store.

        SQLite overwrites what it deletes (`secure_delete`), and the log beside the file is emptied as soon as the transaction has
        ended and nobody reads it any more.
        """
        with self._writing() as db:
            self._erased = True
            db.execute(_sql.BEGIN_GONE)
            db.executemany(_sql.PUT_GONE, (("contact", name) for name in contact_ids))
            db.executemany(_sql.PUT_GONE, (("record", name) for name in records))
            db.execute(_sql.GONE_ALIASES)
            names = set(map(itemgetter(0), db.execute(_sql.GONE_NAMES)))
            kept = set(map(itemgetter(0), db.execute(_sql.KEYS_OF_WORDS))) - names
            forgotten = self.forget([*map(itemgetter(0), db.execute(_sql.GONE_EVENTS).fetchall()), *events])
            proofs = db.execute(_sql.PROOFS).fetchall()
            self.forget([event_id for event_id, document in proofs if _common.is_about(document, names, kept)])
            counts = [
                db.execute(sql).rowcount
                for sql in (
                    _sql.ERASE_RECORDS,
                    _sql.ERASE_ACTIVITIES,
                    _sql.ERASE_DECISIONS,
                    _sql.ERASE_CONTACTS,
                    _sql.ERASE_LOG,
                )
            ]
            for sql in _sql.ERASE_REST:
                db.execute(sql)
            told = [(text, seq) for seq, _, old in db.execute(_sql.LOGGED) if (text := _common.without(old, names, kept)) != old]
            db.executemany(_sql.RELOG, told)
            db.execute(_sql.END_GONE)
        of_records, activities, decisions, contacts, log = counts
        return ErasedRows(of_records, forgotten, activities, decisions, contacts, log)

    def drop_activities(self, activity_ids: Iterable[str]) -> int:
        """Delete activities for good, their bytes too, and count them; unknown ids are left out."""
        with self._writing() as db:
            self._erased = True
            return max(db.executemany(_sql.DROP_ACTIVITY, ((name,) for name in activity_ids)).rowcount, 0)

    def put_tombstones(self, tombstones: Iterable[Tombstone]) -> int:
        """Write tombstones, and count the new ones; one of a kind, hash and reason that is known stays as it is."""
        with self._writing() as db:
            rows = ((each.kind.value, each.hash, each.why, each.at.isoformat()) for each in tombstones)
            return max(db.executemany(_sql.PUT_TOMBSTONE, rows).rowcount, 0)

    def tombstones(self) -> Iterator[Tombstone]:
        """Stream all tombstones in the order of kind, hash and reason."""
        rows = self._stream(_sql.TOMBSTONES)
        return (Tombstone(TombstoneKind(kind), name, datetime.fromisoformat(at), why) for kind, name, at, why in rows)

    def drop_tombstones(self, names: Iterable[tuple[TombstoneKind, str]]) -> int:
        """Delete the tombstones of some (kind, hash), and count them."""
        with self._writing() as db:
            return max(db.executemany(_sql.DROP_TOMBSTONES, ((kind.value, name) for kind, name in names)).rowcount, 0)
