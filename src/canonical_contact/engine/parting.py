"""Who parts from a contact takes refusals along: all of them where only rules changed, for rules say nothing about what a person wants.

And who had refused before says it again, where only a permission lifted it that came from an endpoint which was not theirs alone.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations, product
from typing import TYPE_CHECKING, Any, Final

from canonical_contact.engine._reach import asked_of, names_of
from canonical_contact.engine._told import keys_told
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

__all__ = ["refusals_of_parts", "repeat_refusals", "take_refusals_along"]

_MOMENT: Final = timedelta(microseconds=1)
_PARTED, _SHARED = "parted", "shared_endpoint"  # a method of events, and a reason of blocks
_SAYING: Final = {ConsentState.ERASED: EventType.ERASE, ConsentState.INVALIDATED: EventType.INVALIDATE}


def take_refusals_along(store: ContactStore, intake: Intake, found: Identified, *, started_at: datetime) -> None:
    """Let refusals that reached a record through its contact stay with it, where the contact falls apart.

    A record that says something else of who it is leaves as another person: its source says so. Then each part takes along only what was
    refused while they were one (`consent.part`). Where no record does, or where other rules judged the pairs, nobody said so, and every
    refusal of the contact goes along. Either way a part says again what a permission lifted that another part may have given.

    Args:
        store: inside of a run, with the records written and the contacts as they were.
        intake: told which records and endpoints have new events.
        found: clusters and ids.
        started_at: the run's start.
    """
    from canonical_contact.schema import from_json

    for contact_id, document, parts in _fallen_apart(store, found):
        keys = [key for one in parts for key in one]
        known, at = _known(store, keys, started_at)
        if not found.other_rules and any(key in intake.before and _is_another(store, key, intake.before[key]) for key in keys):
            events = _said_of_each_two(store, contact_id, parts, known, at, along=True)
        else:
            contact = from_json(Contact, document)
            from_whom = {one.event_id: one.record for one in store.events(keys)}
            events = [event for one in parts for event in _taken_along(contact, one, found, from_whom, at)]
            events += _said_of_each_two(store, contact_id, parts, [*known, *events], at)
        _write(store, intake, events)


def repeat_refusals(store: ContactStore, intake: Intake, found: Identified, *, started_at: datetime) -> None:
    """Let each part of a contact that falls apart say again what only a permission lifted that another part may have given.

    For a run that frees nobody of a block by other means, and so takes no refusals along.

    Args:
        store: inside of a run, with the records written and the contacts as they were.
        intake: told which records have new events.
        found: clusters and ids.
        started_at: the run's start.
    """
    for contact_id, _, parts in _fallen_apart(store, found):
        known, at = _known(store, [key for one in parts for key in one], started_at)
        _write(store, intake, _said_of_each_two(store, contact_id, parts, known, at))


def refusals_of_parts(
    store: ContactStore, contact_id: str, parts: Sequence[Sequence[str]], *, at: datetime
) -> list[ConsentEvent]:
    """Make what the parts of a contact that a person parts take along from each other, and what they say again.

    Args:
        store: with the contact as it was.
        contact_id: the contact.
        parts: keys of the records of each part.
        at: when it is parted.

    Returns:
        The events, which are not written.
    """
    from canonical_contact.schema import from_json

    kept = [sorted(keys) for keys in parts]
    events = [from_json(ConsentEvent, one.document) for one in store.events(sorted(key for keys in kept for key in keys))]
    return _said_of_each_two(store, contact_id, kept, events, _learned(events, at), along=True)


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


def _known(store: ContactStore, keys: list[str], started_at: datetime) -> tuple[list[ConsentEvent], datetime]:
    """List the events but for those of this run, for what a record says now is its own; and tell when the run learned of them.

    That is its start, or later where a live act came first: a run waits for the store.
    """
    from canonical_contact.schema import from_json

    found = (from_json(ConsentEvent, one.document) for one in store.events(sorted(keys)))
    events = [event for event in found if event.recorded_at != started_at]
    return events, _learned(events, started_at)


def _learned(events: Iterable[ConsentEvent], at: datetime) -> datetime:
    """Tell when somebody learns of what they do at a time: then, or later where a live act came first."""
    return max([at, *(min(one.effective_at, one.recorded_at) for one in events if one.effective_at and one.recorded_at)])


def _write(store: ContactStore, intake: Intake, events: list[ConsentEvent]) -> None:
    from canonical_contact.consent import blocks_endpoint

    store.put_events([event_row(event) for event in events])
    intake.touched.update(event.record for event in events)
    intake.blocking.update(event.endpoint for event in events if blocks_endpoint(event))


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
    streams: defaultdict[str, list[ConsentEvent]] = defaultdict(list)
    home = {key: keys[0] for keys in parts for key in keys}
    for event in events:
        streams[home[event.record]].append(event)
    held: dict[str, set[str]] = {}
    history = _history(store, contact_id)
    for left, right in combinations(parts, 2):
        if left[0] not in streams and right[0] not in streams:  # nobody said anything
            continue
        since = _together_since(history, left, right)
        if since is not None:
            for keys in (left, right):
                if keys[0] not in held:
                    held[keys[0]] = _held(store, keys)
            theirs = [held[left[0]], held[right[0]]]
            if along:
                known = [*streams[left[0]], *streams[right[0]]]
                said = part(known, [left, right], merged_at=since, at=at, endpoints=theirs)
                made |= {event.event_id: event for event in said}
                for event in said:
                    streams[home[event.record]].append(event)
            # A live act in the moment of the merge comes after it; and no permission that a file brought then lifts anything.
            known = [*streams[left[0]], *streams[right[0]]]
            said = say_again(known, [left, right], merged_at=since - _MOMENT, at=at, endpoints=theirs)
            made |= {event.event_id: event for event in said}
            for event in said:
                streams[home[event.record]].append(event)
    return list(made.values())


def _held(store: ContactStore, keys: list[str]) -> set[str]:
    """List every endpoint that records hold or have held: a permission may have come from one that they have given up since."""
    from canonical_contact.consent import endpoint_keys
    from canonical_contact.schema import from_json

    cards = [from_json(SourceRecord, version.document).card for key in keys for version in store.record_versions(key)]
    return {endpoint for card in cards for channel in Channel for endpoint in endpoint_keys(card, channel)}


def _history(store: ContactStore, contact_id: str) -> list[tuple[datetime, str]]:
    """List which records were one contact from when on, oldest first: of this contact, and of those that its records came from."""
    events, look, seen = dict[str, Any](), [contact_id], set[str]()
    while look:
        name = look.pop()
        if name not in seen:
            seen.add(name)
            told = {text: json.loads(text) for text in store.history(name)}
            events = told | events
            look += [one for event in told.values() for one in str(event.get("detail", {}).get("of", "")).split()]
    found = ((event["at"], str(event.get("detail", {}).get("records", ""))) for event in events.values())
    times = [(datetime.fromisoformat(at), records) for at, records in found if records]
    return sorted(times, key=lambda one: one[0])


def _together_since(history: Sequence[tuple[datetime, str]], left: Iterable[str], right: Iterable[str]) -> datetime | None:
    """Tell since when a record of each of two parts have been one contact without a break; None where they never were."""
    left, right = frozenset(left), frozenset(right)
    since: dict[tuple[str, str], datetime] = {}
    for at, records in history:
        told = keys_told(records, left | right)
        ours, theirs = told & left, told & right
        for pair in [pair for pair in since if (pair[0] in ours) != (pair[1] in theirs)]:
            del since[pair]
        for pair in product(ours, theirs):
            since.setdefault(pair, at)
    return min(since.values(), default=None)


def _is_another(store: ContactStore, key: str, before: str) -> bool:
    """Tell whether a record's source says something else of who it is than in the version before; reading alone is none of its words."""
    *_, now = store.record_versions(key)
    was = next((version for version in store.record_versions(key) if version.digest == before), now)
    if was.features == now.features:
        return False
    one, other = json.loads(was.document), json.loads(now.document)
    ours, theirs = _rules(one), _rules(other)
    return one.get("raw") != other.get("raw") and all(theirs.get(kind, rules) == rules for kind, rules in ours.items())


def _rules(document: dict[str, Any]) -> dict[str, set[str]]:
    """Group the rules that read a record by the kind of value: by which of them a cell is another one, nobody can tell."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for claim in document.get("claims", ()):
        rule = str(claim.get("rule", ""))
        found[rule.partition("/")[0]].add(rule)
    return found


def _taken_along(
    contact: Contact, part: list[str], found: Identified, from_whom: dict[str, str], at: datetime
) -> Iterator[ConsentEvent]:
    """Say the refusals of the contact that no record of the part has by itself once more, of its first record.

    They bear no date: what the part had agreed to before it knew of them does not lift them.
    """
    from canonical_contact.consent import blocked_by
    from canonical_contact.consent.fold import ERASED_HOLDER

    for record in contact.consent:
        state = blocked_by(record)
        if state is not None and not any(from_whom.get(name) in part for name in record.events):
            yield _refusal(record, state, part[0], at)
    held = {name for key in part for name in asked_of(found.features[key])}
    for block in contact.suppressions:
        if block.endpoint:  # what is bound to an endpoint reaches everybody who holds it; of another's, all that a contact holds
            wide = block.reason in (_SHARED, ERASED_HOLDER) and block.kind != SuppressionKind.HARD_BOUNCE
            stays = not wide or not held.isdisjoint(names_of(block.endpoint))
        else:
            stays = False
        if not stays and block.record not in part:
            yield _hold(block, part[0], at)


def _refusal(record: ConsentRecord, state: ConsentState, key: str, at: datetime) -> ConsentEvent:
    return ConsentEvent(
        digest(key, at.isoformat(), record.channel, record.controller, record.purpose, record.endpoint, state, *record.events),
        _SAYING.get(state, EventType.WITHDRAW),
        record.channel,
        purpose=record.purpose,
        controller=record.controller,
        record=key,
        endpoint=record.endpoint,
        recorded_at=at,
        actor="system",
        method=_PARTED,
        reason=record.reason,
    )


def _hold(block: Suppression, key: str, at: datetime) -> ConsentEvent:
    return ConsentEvent(
        digest(key, at.isoformat(), block.channel, block.kind, block.endpoint, block.event_id),
        EventType.SUPPRESS,
        block.channel,
        record=key,
        recorded_at=at,
        actor="system",
        method=_PARTED,
        reason=block.kind.value,
        suppression=SuppressionKind(block.kind),
    )
