"""The question of a campaign over a whole store: from the columns of consent, in one process or several."""

from __future__ import annotations

from collections.abc import Iterator

from canonical_contact.consent import Answers, Decide, consent_column
from canonical_contact.engine.local import Executor, chunked
from canonical_contact.model import Contact
from canonical_contact.ports import ContactStore

__all__ = ["decide_all"]

CHUNK = 5_000  # contacts that are decided together


def decide_all(store: ContactStore, decide: Decide, executor: Executor | None = None) -> Iterator[Answers]:
    """Decide about every contact of a store.

    Args:
        store: its columns of consent are read; a contact that has none yet is read whole.
        decide: the question.
        executor: where it is decided; None for this process.

    Returns:
        Answers chunk by chunk, in the order of the contacts' ids.

    >>> from datetime import UTC, datetime
    >>> from canonical_contact.ports import ContactRow
    >>> from canonical_contact.store import MemoryStore
    >>> store = MemoryStore()
    >>> _ = store.put_contacts([ContactRow("1", '{"contact_id":"1"}', "d", ())])
    >>> [answers.reasons for answers in decide_all(store, Decide("email", at=datetime(2026, 7, 1, tzinfo=UTC)))]
    [[('no_endpoint',)]]
    """
    return (executor or Executor()).run(decide, chunked(_columns(store), CHUNK))


def _columns(store: ContactStore) -> Iterator[tuple[str, str]]:
    from canonical_contact.schema import from_json

    for contact_id, text in store.consent_columns():
        if not text:
            row = store.contact(contact_id)
            if row is None:  # it was removed while the stream was read
                continue
            text = consent_column(from_json(Contact, row.document))
        yield contact_id, text
