"""Who parts from a contact takes refusals along: all of them where only rules changed, for rules say nothing about what a person wants.

And who had refused before says it again, where only a permission lifted it that came from an endpoint which was not theirs alone.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from canonical_contact.engine.matching import Identified
from canonical_contact.engine.stages import event_row
from canonical_contact.model import (
    Channel,
    ConsentEvent,
    ConsentRecord,
    ConsentState,
    Contact,
    EventType,
    SourceRecord,
    Suppression,
    SuppressionKind,
    digest,
)
from canonical_contact.ports import ContactStore

if TYPE_CHECKING:
    from canonical_contact.engine.reading import Intake

__all__ = ["repeat_refusals", "take_refusals_along"]

_MOMENT: Final = timedelta(microseconds=1)
_SAYING: Final = {ConsentState.ERASED: EventType.ERASE, ConsentState.INVALIDATED: EventType.INVALIDATE}


def take_refusals_along(store: ContactStore, intake: Intake, found: Identified, *, at: datetime) -> None:
    """Let refusals that reached a record through its contact stay with it, where the contact falls apart.

    A record whose own cells changed leaves as another person: its source says so. Then each part takes along only what was refused while
    they were one (`consent.part`). Where the cells are the same and only the rules that read them are others, nobody said so, and every
    refusal of the contact goes along. Either way a part says again what a permission lifted that another part may have given.

    Args:
        store: inside of a run, with the records written and the contacts as they were.
        intake: told which records have new events.
        found: clusters and ids.
        at: the run's start.
    """
    from canonical_contact.schema import from_json

    for contact_id, document, parts in _fallen_apart(store, found):
        keys = [key for one in parts for key in one]
        known = _known(store, keys, at)
        if any(key in intake.fresh and not _says_the_same(store, key) for key in keys):
            events = _said_of_each_two(store, contact_id, parts, known, at, along=True)
        else:
            contact = from_json(Contact, document)
            from_whom = {one.event_id: one.record for one in store.events(keys)}
            events = [event for one in parts for event in _taken_along(contact, one, from_whom, at)]
            events += _said_of_each_two(store, contact_id, parts, [*known, *events], at)
        _write(store, intake, events)


def repeat_refusals(store: ContactStore, intake: Intake, found: Identified, *, at: datetime) -> None:
    """Let each part of a contact that falls apart say again what only a permission lifted that another part may have given.

    For a run that frees nobody of a block by other means, and so takes no refusals along.

    Args:
        store: inside of a run, with the records written and the contacts as they were.
        intake: told which records have new events.
        found: clusters and ids.
        at: the run's start.
    """
    for contact_id, _, parts in _fallen_apart(store, found):
        known = _known(store, [key for one in parts for key in one], at)
        _write(store, intake, _said_of_each_two(store, contact_id, parts, known, at))


def _fallen_apart(store: ContactStore, found: Identified) -> Iterator[tuple[str, str, list[list[str]]]]:
    """Find the contacts whose records are no longer one: id, document, and the keys of each part in order."""
    if not found.assignment.split:
        return
    members: defaultdict[str, list[str]] = defaultdict(list)
    for key, contact_id in found.known.items():
        if contact_id in found.assignment.split:
            members[contact_id].append(key)
    home = {key: place for place, keys in enumerate(found.clusters) for key in keys}
    for contact_id, keys in sorted(members.items()):
        row = store.contact(contact_id)
        if row is None:
            continue
        parts: defaultdict[int, list[str]] = defaultdict(list)
        for key in sorted(keys):
            parts[home[key]].append(key)
        yield contact_id, row.document, list(parts.values())


def _known(store: ContactStore, keys: list[str], at: datetime) -> list[ConsentEvent]:
    """List the events of before; what a record says now is its own."""
    from canonical_contact.schema import from_json

    events = [from_json(ConsentEvent, one.document) for one in store.events(sorted(keys))]
    return [event for event in events if event.recorded_at is None or event.recorded_at < at]


def _write(store: ContactStore, intake: Intake, events: list[ConsentEvent]) -> None:
    store.put_events([event_row(event) for event in events])
    intake.touched.update(event.record for event in events)


def _said_of_each_two(
    store: ContactStore,
    contact_id: str,
    parts: list[list[str]],
    events: list[ConsentEvent],
    at: datetime,
    *,
    along: bool = False,
) -> list[ConsentEvent]:
    """Make what each two parts say again and, if they are to, take along from each other, since the time at which they came together."""
    from canonical_contact.consent.unmerge import part, say_again

    made: dict[str, ConsentEvent] = {}
    held = {keys[0]: _held(store, keys) for keys in parts}
    history = [json.loads(text) for text in store.history(contact_id)]
    for left, right in combinations(parts, 2):
        since = _together_since(history, left, right)
        if since is not None:
            theirs = [held[left[0]], held[right[0]]]
            if along:
                said = part([*events, *made.values()], [left, right], merged_at=since, at=at, endpoints=theirs)
                made |= {event.event_id: event for event in said}
            # A live act in the moment of the merge comes after it; and no permission that a file brought then lifts anything.
            known = [*events, *made.values()]
            said = say_again(known, [left, right], merged_at=since - _MOMENT, at=at, endpoints=theirs)
            made |= {event.event_id: event for event in said}
    return list(made.values())


def _held(store: ContactStore, keys: list[str]) -> set[str]:
    """List every endpoint that records hold or have held: a permission may have come from one that they have given up since."""
    from canonical_contact.consent import endpoint_keys
    from canonical_contact.schema import from_json

    cards = [from_json(SourceRecord, version.document).card for key in keys for version in store.record_versions(key)]
    return {endpoint for card in cards for channel in Channel for endpoint in endpoint_keys(card, channel)}


def _together_since(history: list[dict[str, Any]], left: list[str], right: list[str]) -> datetime | None:
    """Tell since when records of two parts have been one contact without a break; None where they never were."""
    since: str | None = None
    for event in history:
        told = str(event.get("detail", {}).get("records", "")).split(" ")
        if told == [""]:
            continue
        if set(left).isdisjoint(told) or set(right).isdisjoint(told):
            since = None
        elif since is None:
            since = str(event["at"])
    return None if since is None else datetime.fromisoformat(since)


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
