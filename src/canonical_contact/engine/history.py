"""The consent of a stored contact on another day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import frozen

from canonical_contact.engine._reach import asked_of, names_of
from canonical_contact.errors import NotFoundError
from canonical_contact.match.features import features_from_text
from canonical_contact.model import ConsentEvent, Suppression
from canonical_contact.ports import ContactStore, RecordRow
from canonical_contact.store.view import was_erased

if TYPE_CHECKING:
    from canonical_contact.consent import Folded

__all__ = ["PastConsent", "consent_at"]


@frozen
class PastConsent:
    """The consent of a contact at a time, or as it was known at a time.

    Args:
        contact_id: its present id.
        consent: the folded states and blocks.
        events: the contact's own events that count, the oldest first and those without a date before all.
    """

    contact_id: str
    consent: Folded
    events: tuple[ConsentEvent, ...]


def consent_at(
    store: ContactStore,
    contact_id: str,
    *,
    at: datetime | None = None,
    known_at: datetime | None = None,
    policy: str = "blocking_first",
) -> PastConsent:
    """Say what a contact's consent was at a time, and what was known of it at a time.

    The contact is the one of today: the records that are its members now, and the blocks of others on endpoints that it holds now.
    Who was erased since has left nothing that could be asked.

    Args:
        store: where the contacts live.
        contact_id: the contact; a retired id leads to its heir.
        at: what was true then, by all that is known now; see `consent.history.state_at`.
        known_at: what the ledger had learned by then; with `at`, of that time.
        policy: as for `consent.fold`.

    Raises:
        NotFoundError: no such contact.
        InputError: a time bears no zone.

    >>> from canonical_contact.store import MemoryStore
    >>> consent_at(MemoryStore(), "nobody")
    Traceback (most recent call last):
    ...
    canonical_contact.errors.NotFoundError: There is no such contact. Give an id from links.csv, or one that was retired.
    """
    from canonical_contact.consent import fold
    from canonical_contact.consent.history import events_at, state_at
    from canonical_contact.consent.history import known_at as known
    from canonical_contact.schema import from_json

    row = store.contact(contact_id)
    if row is None:
        raise was_erased(store, contact_id) or NotFoundError(
            "There is no such contact.", path="contact_id", hint="Give an id from links.csv, or one that was retired."
        )
    events = [from_json(ConsentEvent, one.document) for one in store.events(row.members)]
    records = list(store.records(row.members))
    holds = [from_json(Suppression, text) for record in records if record.holds for text in json.loads(record.holds)]
    foreign = list(_foreign(store, records))
    if at is not None:
        consent = state_at(events, at, known_at=known_at, holds=holds, foreign=foreign, policy=policy)
    elif known_at is not None:
        consent = known(events, known_at, holds=holds, foreign=foreign, policy=policy)
    else:
        consent = fold(events, holds, foreign, policy=policy)
    counted = sorted(
        events_at(events, at=at, known_at=known_at),
        key=lambda event: (event.effective_at is not None, event.effective_at, event.event_id),
    )
    return PastConsent(row.contact_id, consent, tuple(counted))


def _foreign(store: ContactStore, records: Sequence[RecordRow]) -> Iterator[ConsentEvent | Suppression]:
    """Blocks by others on endpoints that these records hold: their events, and provisional ones."""
    from canonical_contact.schema import from_json

    own = {record.key for record in records}
    names = {name for record in records for name in asked_of(features_from_text(record.features))}
    for event in store.events(blocking=True):
        if event.record not in own and not names.isdisjoint(names_of(event.endpoint)):
            yield from_json(ConsentEvent, event.document)
    for key, texts in store.holds():
        if key not in own:
            for text in json.loads(texts):
                hold = from_json(Suppression, text)
                if hold.endpoint and not names.isdisjoint(names_of(hold.endpoint)):
                    yield hold
