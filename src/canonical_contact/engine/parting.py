"""Who parts from a contact by other rules alone takes its refusals along: rules say nothing about what a person wants."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from canonical_contact.engine.matching import Identified
from canonical_contact.engine.stages import event_row
from canonical_contact.model import (
    ConsentEvent,
    ConsentRecord,
    ConsentState,
    Contact,
    EventType,
    Suppression,
    SuppressionKind,
    digest,
)
from canonical_contact.ports import ContactStore

if TYPE_CHECKING:
    from canonical_contact.engine.reading import Intake

__all__ = ["take_refusals_along"]

_SAYING: Final = {ConsentState.ERASED: EventType.ERASE, ConsentState.INVALIDATED: EventType.INVALIDATE}


def take_refusals_along(store: ContactStore, intake: Intake, found: Identified, *, at: datetime) -> None:
    """Let refusals that reached a record through its contact stay with it, where the contact falls apart and no record says another thing.

    A record whose own cells changed may leave a contact as it likes: its source says that it is somebody else. Where the cells are the
    same and only the rules that read them are others, nobody said so.

    Args:
        store: inside of a run, with the records written and the contacts as they were.
        intake: told which records have new events.
        found: clusters and ids.
        at: the run's start.
    """
    if not found.assignment.split:
        return
    from canonical_contact.schema import from_json

    members: defaultdict[str, list[str]] = defaultdict(list)
    for key, contact_id in found.known.items():
        if contact_id in found.assignment.split:
            members[contact_id].append(key)
    home = {key: place for place, keys in enumerate(found.clusters) for key in keys}
    for contact_id, keys in sorted(members.items()):
        row = store.contact(contact_id)
        if row is None or any(key in intake.fresh and not _says_the_same(store, key) for key in keys):
            continue
        contact = from_json(Contact, row.document)
        from_whom = {event.event_id: event.record for event in store.events(keys)}
        parts: defaultdict[int, list[str]] = defaultdict(list)
        for key in sorted(keys):
            parts[home[key]].append(key)
        events = [event for part in parts.values() for event in _taken_along(contact, part, from_whom, at)]
        store.put_events([event_row(event) for event in events])
        intake.touched.update(event.record for event in events)


def _says_the_same(store: ContactStore, key: str) -> bool:
    """Whether the cells of a record's version are those of the version before it."""
    last: list[object] = []
    for version in store.record_versions(key):
        last = [*last[-1:], json.loads(version.document).get("raw")]
    return len(last) == 2 and last[0] == last[1]


def _taken_along(contact: Contact, part: list[str], from_whom: dict[str, str], at: datetime) -> Iterator[ConsentEvent]:
    """Say the refusals of the contact that no record of the part has by itself once more, of its first record."""
    from canonical_contact.consent import blocked_by

    for record in contact.consent:
        state = blocked_by(record)
        if state is not None and not any(from_whom.get(name) in part for name in record.events):
            yield _refusal(record, state, part[0], at)
    for block in contact.suppressions:
        if not block.endpoint and block.record not in part:  # what is bound to an endpoint reaches everybody who holds it
            yield _hold(block, part[0], at)


def _refusal(record: ConsentRecord, state: ConsentState, key: str, at: datetime) -> ConsentEvent:
    return ConsentEvent(
        digest(key, record.channel, record.controller, record.purpose, record.endpoint, state, *record.events),
        _SAYING.get(state, EventType.WITHDRAW),
        record.channel,
        purpose=record.purpose,
        controller=record.controller,
        record=key,
        endpoint=record.endpoint,
        effective_at=record.effective_at,
        recorded_at=at,
        actor="system",
        method="parted",
        reason=record.reason,
    )


def _hold(block: Suppression, key: str, at: datetime) -> ConsentEvent:
    return ConsentEvent(
        digest(key, block.channel, block.kind, block.event_id),
        EventType.SUPPRESS,
        block.channel,
        record=key,
        effective_at=block.since,
        recorded_at=at,
        actor="system",
        method="parted",
        reason=block.kind.value,
        suppression=SuppressionKind(block.kind),
    )
