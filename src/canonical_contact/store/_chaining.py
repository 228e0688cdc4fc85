"""The consent ledger of the SQLite store: what is appended to the chain, what is forgotten, and how an old store is chained."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from canonical_contact.consent.ledger import forgotten, keeps, seal
from canonical_contact.errors import StoreError
from canonical_contact.ports import EventRow, LedgerEntry, LedgerHead, ProofRow, Written
from canonical_contact.store import _common, _sql
from canonical_contact.store._paths import look_up

__all__ = ["LedgerInSQLite", "chain", "check_kept"]

_FLAGS = {0: False, 1: True}


class LedgerInSQLite:
    """The methods of `ports.ConsentLedger` that concern the chain."""

    _erased: bool

    def _writing(self) -> AbstractContextManager[sqlite3.Connection]:
        raise NotImplementedError

    def _stream(self, sql: str, values: tuple[object, ...] = ()) -> Iterator[Any]:
        raise NotImplementedError

    def _one(self, sql: str, values: tuple[object, ...] = ()) -> Any:  # noqa: ANN401  a row of that statement, or None
        raise NotImplementedError

    def put_events(self, rows: Iterable[EventRow]) -> Written:
        """Append consent events to the chain; an id that is known is not written again."""
        return self._chain(EventRow(*row) for row in rows)

    def put_proofs(self, rows: Iterable[ProofRow]) -> Written:
        """Append domain events to the chain; an id that is known is not written again."""
        return self._chain(ProofRow(*row) for row in rows)

    def entries(self, after: int = 0) -> Iterator[LedgerEntry]:
        """Stream the entries of the chain in the order of their numbers, forgotten ones too, from behind a number on."""
        return map(_entry, self._stream(_sql.ENTRIES, (after,)))

    def ledger_head(self) -> LedgerHead:
        """Tell where the chain ends."""
        row = self._one(_sql.LEDGER_HEAD)
        return LedgerHead(*row) if row else LedgerHead()

    def forget(self, event_ids: Iterable[str]) -> int:
        """Delete the personal fields and salts of entries, and count them; the chain still verifies."""
        count = 0
        with self._writing() as db:
            for event_id in event_ids:
                row = db.execute(_sql.ENTRY_OF, (event_id,)).fetchone()
                if row:
                    self._erased = True  # the log beside the file is emptied, too
                    entry = forgotten(_entry(row))
                    db.execute(_sql.FORGET, (entry.document, entry.seq))
                    count += 1
        return count

    def _chain(self, rows: Iterable[EventRow | ProofRow]) -> Written:
        new = same = 0
        with self._writing() as db:
            begun = head = _head(db)
            for batch in _common.batches(rows, _sql.CHUNK, lambda row: row.event_id):
                known = {event_id for (event_id,) in look_up(db, _sql.KNOWN_EVENTS, [row.event_id for row in batch])}
                entries = []
                for row in batch:
                    if row.event_id in known:
                        same += 1
                        continue
                    entry = seal(head, row, os.urandom(16).hex())
                    head = LedgerHead(entry.seq, entry.hash)
                    entries.append(_values(entry))
                db.executemany(_sql.PUT_ENTRY, entries)
                new += len(entries)
            if new and db.execute(_sql.MOVE_HEAD, (*head, *begun)).rowcount != 1:
                raise StoreError(
                    "The consent ledger was continued by somebody else at the same time.",
                    hint="Nothing was written; write again.",
                )
        return Written(new, 0, same)


def _head(db: sqlite3.Connection) -> LedgerHead:
    row = db.execute(_sql.LEDGER_HEAD).fetchone()
    if row is None:
        raise StoreError(
            "The consent ledger has lost its head, so nothing can be appended.",
            hint="Somebody wrote to the file by other means; go back to the last good copy. consent verify tells what is left.",
        )
    return LedgerHead(*row)


def chain(db: sqlite3.Connection) -> None:
    """Move the consent events of a store of version 1 into a chain, in the order in which they were written."""
    head = LedgerHead()
    for event_id, record, channel, endpoint, blocking, document in db.execute(_sql.UNCHAINED):
        row = EventRow(event_id, record, channel, endpoint, bool(blocking), document)
        entry = seal(head, row, os.urandom(16).hex())
        head = LedgerHead(entry.seq, entry.hash)
        db.execute(_sql.PUT_ENTRY, _values(entry))
    db.execute(_sql.BEGIN_HEAD, head)


def check_kept(db: sqlite3.Connection, kind: str, place: str, document: str) -> None:
    """Check that a consent event in another version of the schema is the one that was sealed."""
    if kind != "consent_event":
        return
    row = db.execute(_sql.ENTRY_AT, (int(place),)).fetchone()
    old = _entry(row)
    if keeps(old) and not keeps(old._replace(document=document)):
        raise _common.breaks_chain(place)


def _values(entry: LedgerEntry) -> tuple[object, ...]:
    """Make the columns of an entry; a proof has no record, by which it is known from consent events."""
    return (*entry[:3], None if entry.kind == "event" else entry.record, *entry[4:])


def _entry(row: tuple[Any, ...]) -> LedgerEntry:
    seq, kind, event_id, record, channel, endpoint, blocking, document, version, salt, *rest = row
    return LedgerEntry(
        seq, kind, _text(event_id, not salt), _text(record, not salt or kind == "event"), channel, endpoint,
        _FLAGS.get(blocking, blocking), document, version, salt, *rest,
    )  # fmt: skip


def _text(held: str | None, none: bool) -> str:
    """Read a column that is empty in some entries; one that is empty where it must not be, or is not where it must, was changed."""
    return (held or "") if (held is None) == none else f"\0{held}"
