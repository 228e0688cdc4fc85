"""Contacts in SQLite, and the tables by which they are found: members, endpoints, retired ids."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from canonical_contact.ports import ContactRow
from canonical_contact.store import _common, _sql

__all__ = ["chunks", "contact_row", "drop_paths", "look_up", "padded", "retire", "write_contacts"]


def chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    """Cut keys into lists of the size of one look-up."""
    rest = iter(keys)
    while chunk := list(islice(rest, _sql.CHUNK)):
        yield chunk


def padded(keys: list[str]) -> list[str]:
    """Fill up a list to the size of one look-up by repeating its last key."""
    return keys + keys[-1:] * (_sql.CHUNK - len(keys))


def look_up(db: sqlite3.Connection, sql: str, keys: list[str]) -> sqlite3.Cursor:
    """Ask for the rows of at most one list of keys."""
    return db.execute(sql, padded(keys))


def contact_row(row: tuple[Any, ...]) -> ContactRow:
    """Make a contact's row of what `CONTACT` and its like select."""
    contact_id, document, digest, members, endpoints, aliases, revision, consent = row
    retired = tuple(sorted(json.loads(aliases)))
    return ContactRow(contact_id, document, digest, *read_paths(members, endpoints), retired, revision, consent)


def read_paths(members: str, endpoints: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Unpack members and endpoints as a contact's row stores them."""
    return tuple(json.loads(members)), tuple((kind, key) for kind, key in json.loads(endpoints))


def write_contacts(db: sqlite3.Connection, rows: list[ContactRow]) -> None:
    """Write contacts and what they are found by."""
    pack = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    db.executemany(
        _sql.PUT_CONTACT, ((r.contact_id, r.digest, r.revision, pack(r.members), pack(r.endpoints), r.document) for r in rows)
    )
    db.executemany(_sql.PUT_CONSENT, ((row.contact_id, row.consent) for row in rows))  # an old one must not outlive its document
    db.executemany(_sql.PUT_MEMBER, ((record, row.contact_id) for row in rows for record in row.members))
    db.executemany(_sql.PUT_ENDPOINT, ((kind, key, row.contact_id) for row in rows for kind, key in row.endpoints))


def drop_paths(db: sqlite3.Connection, heads: Iterable[tuple[str, str, str]]) -> None:
    """Remove what contacts could be found by, given (id, members, endpoints) as they are stored."""
    for contact_id, members, endpoints in heads:
        records, keys = read_paths(members, endpoints)
        db.executemany(_sql.DROP_MEMBER, ((record, contact_id) for record in records))  # not those that moved to another contact
        db.executemany(_sql.DROP_ENDPOINT, ((kind, key, contact_id) for kind, key in keys))


def retire(db: sqlite3.Connection, alias: str, wanted: str) -> None:
    """Let one id lead to another, and remove its contact."""
    held = db.execute(_sql.ALIAS, (alias,)).fetchone()
    further = db.execute(_sql.ALIAS, (wanted,)).fetchone()
    end = further[0] if further else wanted
    if alias == end or (held and held[0] != end):
        raise _common.alias_is_for_ever(alias, held[0] if held else end, wanted)
    if held:
        return
    head = db.execute(_sql.CONTACT_PATHS, (alias,)).fetchone()
    if head:
        drop_paths(db, [head])
        db.execute(_sql.DROP_CONTACT, (alias,))
        db.execute(_sql.DROP_CONSENT, (alias,))
    db.execute(_sql.MOVE_ALIASES, (end, alias))
    db.execute(_sql.PUT_ALIAS, (alias, wanted, end))
