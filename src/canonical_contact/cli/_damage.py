"""What a store that was damaged says: one line with the place, in place of a fault of the program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from canonical_contact.errors import ContactError, InputError, StoreError
from canonical_contact.ports import ContactStore

__all__ = ["diagnosed"]

_FAULTS = (ValueError, TypeError, LookupError, AttributeError, RecursionError)  # what a document of another shape leads to


@contextmanager
def diagnosed(store: ContactStore, path: str) -> Iterator[None]:
    """Look through the store where something in it cannot have been read, and say where.

    Args:
        store: the store.
        path: its file.

    Raises:
        StoreError: a document in the store cannot be read.
    """
    try:
        yield
    except _FAULTS as error:
        if _of_a_document(store, error) and (place := _damaged(store)):
            raise StoreError(
                f"The store {path} is damaged at {place}, which cannot be read.",
                path=path,
                hint="Restore the last good copy, or unify the sources into a new store and read in there what consent export still writes.",
            ) from error
        raise


def _of_a_document(store: ContactStore, error: BaseException) -> bool:
    """Tell whether an error may be that of a document: not of what the caller said, and nothing that is about somebody else."""
    if not isinstance(error, ContactError):
        return True
    return isinstance(error, InputError) and (error.path.startswith("$") or store.contact(error.path) is not None)


def _damaged(store: ContactStore) -> str:
    """Find the first document that cannot be read; empty where all can."""
    from canonical_contact.model import Activity, ConsentEvent, Contact, SourceRecord
    from canonical_contact.schema import from_json

    kinds: tuple[tuple[str, type[Any], Iterator[tuple[str, str]]], ...] = (
        ("contact", Contact, ((row.contact_id, row.document) for row in store.contacts())),
        ("consent event", ConsentEvent, ((row.event_id, row.document) for row in store.events())),
        ("record", SourceRecord, ((row.key, row.document) for row in store.records())),
        ("activity", Activity, ((row.activity_id, row.document) for row in store.activities())),
    )
    for what, kind, rows in kinds:
        for name, document in rows:
            try:
                from_json(kind, document)
            except ContactError:
                return f"the {what} {name}"
    return _damaged_column(store)


def _damaged_column(store: ContactStore) -> str:
    from canonical_contact.consent import Decide

    decide = Decide("email", "marketing", at=datetime(2026, 1, 1, tzinfo=UTC))
    for contact_id, text in store.consent_columns():
        try:
            decide([(contact_id, text)]) if text else None
        except ContactError:
            return f"the consent column of the contact {contact_id}"
    return ""
