"""The entries of the consent ledger in SQLite: their columns, where the chain ends, and how an old store is chained."""

from __future__ import annotations

import os
import sqlite3
from typing import Any

from canonical_contact.consent.ledger import keeps, seal
from canonical_contact.errors import StoreError
from canonical_contact.ports import EventRow, LedgerEntry, LedgerHead
from canonical_contact.store import _common, _sql

__all__ = ["chain", "check_kept", "columns_of", "entry_of", "head_of"]

_FLAGS = {0: False, 1: True}


def head_of(db: sqlite3.Connection) -> LedgerHead:
    """Read where the chain ends."""
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
        db.execute(_sql.PUT_ENTRY, columns_of(entry))
    db.execute(_sql.BEGIN_HEAD, head)


def check_kept(db: sqlite3.Connection, kind: str, place: str, document: str) -> None:
    """Check that a consent event in another version of the schema is the one that was sealed."""
    if kind != "consent_event":
        return
    row = db.execute(_sql.ENTRY_AT, (int(place),)).fetchone()
    old = entry_of(row)
    if keeps(old) and not keeps(old._replace(document=document)):
        raise _common.breaks_chain(place)


def columns_of(entry: LedgerEntry) -> tuple[object, ...]:
    """Make the columns of an entry; a proof has no record, by which it is known from consent events."""
    return (*entry[:3], None if entry.kind == "event" else entry.record, *entry[4:])


def entry_of(row: tuple[Any, ...]) -> LedgerEntry:
    """Read the columns of an entry."""
    seq, kind, event_id, record, channel, endpoint, blocking, document, version, salt, *rest = row
    return LedgerEntry(
        seq, kind, _text(event_id, not salt), _text(record, not salt or kind == "event"), channel, endpoint,
        _FLAGS.get(blocking, blocking), document, version, salt, *rest,
    )  # fmt: skip


def _text(held: str | None, none: bool) -> str:
    """Read a column that is empty in some entries; one that is empty where it must not be, or is not where it must, was changed."""
    return (held or "") if (held is None) == none else f"\0{held}"
