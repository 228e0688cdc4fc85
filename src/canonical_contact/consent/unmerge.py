"""Consent after an un-merge: every record keeps its own events, and what the person refused while they were one holds for both halves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from attrs import evolve

from canonical_contact.consent.states import BLOCKING_EVENTS
from canonical_contact.model import ConsentEvent, EventType, digest

__all__ = ["PARTED", "part"]

PARTED = "parted"
"""The method of the events that a half takes along."""


def part(
    events: Iterable[ConsentEvent], halves: Sequence[Collection[str]], *, merged_at: datetime, at: datetime
) -> tuple[ConsentEvent, ...]:
    """Make the events that the halves of an un-merge take along from each other.

    Events stay with the record that they came with, so what was there before the merge is parted by itself. Of what was recorded after
    it, a refusal may have been about either half and reaches both; a permission stays where the endpoint's owner is. What blocks an
    endpoint needs no copy: it holds for whoever has the endpoint.

    Args:
        events: the events of the contact, in any order.
        halves: the keys of the records of each half; two or more, without overlap.
        merged_at: since when the halves were one, with a time zone.
        at: the time of the un-merge, with a time zone.

    Returns:
        New events, of each half's first record; none where nothing was refused in between, or where they are in `events` already. They
        bear no date: what a half had agreed to before it knew of the refusal does not lift it.

    >>> from datetime import UTC
    >>> from canonical_contact.model import Channel
    >>> may, june, july = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6, 7))
    >>> stop = ConsentEvent("1", EventType.WITHDRAW, Channel.EMAIL, record="crm:1", effective_at=june, recorded_at=june)
    >>> [(event.record, str(event.type)) for event in part([stop], [["crm:1"], ["list:7"]], merged_at=may, at=july)]
    [('list:7', 'withdraw')]
    >>> part([stop], [["crm:1"], ["list:7"]], merged_at=june, at=july)
    ()
    """
    place = {key: number for number, keys in enumerate(halves) for key in keys}
    known: set[str] = set()
    said: list[set[tuple[object, ...]]] = [set() for _ in halves]
    later: list[tuple[int, ConsentEvent]] = []
    for event in sorted(events, key=lambda event: event.event_id):
        known.add(event.event_id)
        half = place.get(event.record)
        if half is None or not _refuses(event):
            continue
        said[half].add(_act(event))
        if event.recorded_at is not None and event.recorded_at > merged_at and event.method != PARTED:
            later.append((half, event))
    made: list[ConsentEvent] = []
    for number, keys in enumerate(halves):
        for half, event in later:
            if half != number and keys and _act(event) not in said[number]:
                said[number].add(_act(event))
                made.append(_taken(event, min(keys), at))
    return tuple(event for event in made if event.event_id not in known)


def _refuses(event: ConsentEvent) -> bool:
    return event.type in BLOCKING_EVENTS or (event.type is EventType.SUPPRESS and not event.endpoint)


def _act(event: ConsentEvent) -> tuple[object, ...]:
    """What tells one refusal from another, whichever record bears it."""
    return (
        event.type, event.channel, event.purpose, event.controller, event.endpoint, event.effective_at, event.reason, event.suppression,
    )  # fmt: skip


def _taken(event: ConsentEvent, key: str, at: datetime) -> ConsentEvent:
    return evolve(
        event,
        event_id=digest(PARTED, key, event.event_id),
        record=key,
        effective_at=None,
        recorded_at=at,
        actor="system",
        method=PARTED,
        evidence="",
        proof=None,
    )
