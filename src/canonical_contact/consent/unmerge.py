"""Consent after an un-merge: every record keeps its own events, and what the person refused while they were one holds for both halves.

What was permitted while they were one lifts no refusal of a half, unless it came from an endpoint that is that half's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Final

from attrs import evolve

from canonical_contact.consent._streams import Cell, said_of
from canonical_contact.consent.fold import fold
from canonical_contact.consent.machine import blocked_by
from canonical_contact.consent.states import BLOCKING_EVENTS, RANK
from canonical_contact.model import (
    ANY_PURPOSE,
    Channel,
    ConsentEvent,
    ConsentProof,
    ConsentRecord,
    ConsentState,
    EventType,
    Suppression,
    digest,
)
from canonical_contact.normalize import mailbox_names

__all__ = ["PARTED", "part", "say_again"]

PARTED = "parted"
"""The method of the events that a half takes along, and of those that it says again."""

_LIFTING: Final = frozenset(
    {EventType.OPT_IN, EventType.OPT_IN_UNCONFIRMED, EventType.CONFIRM, EventType.CORRECT, EventType.UNSUPPRESS}
)
_OVERLAYS: Final = frozenset({EventType.SUPPRESS, EventType.UNSUPPRESS})
_SAYING: Final[Mapping[ConsentState, EventType]] = {
    ConsentState.ERASED: EventType.ERASE,
    ConsentState.INVALIDATED: EventType.INVALIDATE,
    ConsentState.DENIED: EventType.DECLINE,
    ConsentState.WITHDRAWN: EventType.WITHDRAW,
}


def part(
    events: Iterable[ConsentEvent],
    halves: Sequence[Collection[str]],
    *,
    merged_at: datetime,
    at: datetime,
    endpoints: Sequence[Collection[str]] = (),
) -> tuple[ConsentEvent, ...]:
    """Make the events that the halves of an un-merge take along from each other, and those that they say again.

    Events stay with the record that they came with, so what was there before the merge is parted by itself. Of what was recorded after
    it, a refusal may have been about either half and reaches both; a permission stays where the endpoint's owner is. What blocks an
    endpoint needs no copy: it holds for whoever has the endpoint.

    A permission of that time lies in every stream that refused, too, for it was to count for one person. It counts only for the half
    that alone holds its endpoint; every other half says again what it lifts there (`say_again`).

    Args:
        events: the events of the contact, in any order.
        halves: the keys of the records of each half; two or more, without overlap.
        merged_at: since when the halves were one, with a time zone.
        at: the time of the un-merge, with a time zone.
        endpoints: what each half holds or has held, as `endpoint_keys` spells it; empty where it is not known, and then nobody holds
            an endpoint alone.

    Returns:
        New events, of each half's first record; none where nothing was refused or lifted in between, or where they are in `events`
        already. They bear no date: what a half had agreed to before it knew of the refusal does not lift it.

    >>> from datetime import UTC
    >>> from canonical_contact.model import Channel
    >>> may, june, july = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6, 7))
    >>> stop = ConsentEvent("1", EventType.WITHDRAW, Channel.EMAIL, record="crm:1", effective_at=june, recorded_at=june)
    >>> [(event.record, str(event.type)) for event in part([stop], [["crm:1"], ["list:7"]], merged_at=may, at=july)]
    [('list:7', 'withdraw')]
    >>> part([stop], [["crm:1"], ["list:7"]], merged_at=june, at=july)
    ()
    """
    events = list(events)
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
    made = [event for event in made if event.event_id not in known]
    again = say_again([*events, *made], halves, merged_at=merged_at, at=at, endpoints=endpoints)
    return (*made, *again)


def say_again(
    events: Iterable[ConsentEvent],
    halves: Sequence[Collection[str]],
    *,
    merged_at: datetime,
    at: datetime,
    endpoints: Sequence[Collection[str]] = (),
) -> tuple[ConsentEvent, ...]:
    """Say the refusals of each half once more that only a permission lifted which may have been another half's.

    Args:
        events: the events of the contact, in any order.
        halves: as for `part`.
        merged_at: as for `part`; permissions that were recorded later are in doubt.
        at: as for `part`.
        endpoints: as for `part`.

    Returns:
        New events without a date, of each half's first record; each refuses in the cell that was lifted and in no wider one.

    >>> from datetime import UTC
    >>> from canonical_contact.model import Channel
    >>> day = lambda number: datetime(2026, 5, number, tzinfo=UTC)
    >>> no = ConsentEvent("1", EventType.WITHDRAW, Channel.POST, record="bob:1", effective_at=day(1), recorded_at=day(1))
    >>> yes = ConsentEvent("2", EventType.OPT_IN, Channel.POST, record="bob:1", effective_at=day(5), recorded_at=day(5))
    >>> made = say_again([no, yes], [["ana:1"], ["bob:1"]], merged_at=day(3), at=day(9))
    >>> [(event.record, str(event.type), event.effective_at) for event in made]
    [('bob:1', 'withdraw', None)]
    """
    ledger = {event.event_id: event for event in events}
    held = [frozenset(name for one in keys for name in mailbox_names(one)) for keys in endpoints]
    made: list[ConsentEvent] = []
    for number, keys in enumerate(halves):
        own = [event for event in ledger.values() if event.record in keys]
        doubtful = [
            event
            for event in own
            if event.type in _LIFTING
            and event.recorded_at is not None
            and event.recorded_at > merged_at
            and _alone(held, event.endpoint) != number
        ]
        if doubtful:
            names = {event.event_id for event in doubtful}
            before = [event for event in own if event.event_id not in names]
            said = [*_cells_again(before, own, min(keys), at)]
            said += _blocks_again(before, own, min(keys), at, settled=lambda block: _settled(block, held, ledger, merged_at))
            made += said
    return tuple(event for event in made if event.event_id not in ledger)


def _alone(held: Sequence[frozenset[str]], endpoint: str) -> int | None:
    """Tell which half alone holds an endpoint; None where no half does, or several."""
    names = mailbox_names(endpoint) if endpoint else ()
    found = [number for number, theirs in enumerate(held) if not theirs.isdisjoint(names)]
    return found[0] if len(found) == 1 else None


def _cells_again(before: list[ConsentEvent], own: list[ConsentEvent], key: str, at: datetime) -> Iterator[ConsentEvent]:
    """Refuse in each cell that was refused without the permissions in doubt, the widest first: they cover narrower ones."""
    now = list(own)
    for cell in sorted(_cells(own), key=_narrowness):
        was = said_of(before, cell)
        held = blocked_by(was)
        if was is None or held is None:
            continue
        stands = blocked_by(said_of(now, cell))
        if stands is None or RANK[stands] < RANK[held]:
            event = _refusal(was, held, cell, key, at=at, consent=_consent_of(was, before))
            now.append(event)
            yield event


def _blocks_again(
    before: list[ConsentEvent], own: list[ConsentEvent], key: str, at: datetime, *, settled: Callable[[Suppression], bool]
) -> Iterator[ConsentEvent]:
    """Say each suppression again that has ended, or counts for fewer questions, by the permissions in doubt."""
    by_id = {event.event_id: event for event in before}
    stands = {(block.kind, block.channel, block.endpoint): block for block in fold(own).suppressions}
    for block in fold(before).suppressions:
        left = stands.get((block.kind, block.channel, block.endpoint))
        if (left is None or not set(left.lifted_for) <= set(block.lifted_for)) and not settled(block):
            yield _taken(by_id[block.event_id], key, at)


def _settled(block: Suppression, held: Sequence[frozenset[str]], ledger: Mapping[str, ConsentEvent], merged_at: datetime) -> bool:
    """Tell whether a block was about an endpoint of one half alone all the time, whichever record bears it: its end counts, too."""
    said = ledger[block.event_id].recorded_at
    return _alone(held, block.endpoint) is not None and said is not None and said > merged_at


def _cell(event: ConsentEvent) -> Cell:
    return (event.channel, event.controller, event.purpose, event.endpoint)


def _cells(events: Iterable[ConsentEvent]) -> set[Cell]:
    """List the cells that some events are about, and those where two of them meet: what one refuses everywhere, the other lifts here."""
    said: dict[Channel, list[Cell]] = {}
    for event in events:
        if event.type not in _OVERLAYS:
            said.setdefault(event.channel, []).append(_cell(event))
    parts = (map(set, zip(*cells, strict=True)) for cells in said.values())
    return {cell for columns in parts for cell in product(*columns)}


def _narrowness(cell: Cell) -> tuple[int, Cell]:
    _, controller, purpose, endpoint = cell
    return (bool(controller) + (purpose != ANY_PURPOSE) + bool(endpoint), cell)


def _refusal(was: ConsentRecord, held: ConsentState, cell: Cell, key: str, *, at: datetime, consent: str) -> ConsentEvent:
    channel, controller, purpose, endpoint = cell
    return ConsentEvent(
        digest(PARTED, key, *cell, held, *was.events),
        _SAYING[held],
        channel,
        purpose=purpose,
        controller=controller,
        record=key,
        endpoint=endpoint,
        recorded_at=at,
        actor="system",
        method=PARTED,
        source=PARTED,
        reason=was.reason,
        proof=ConsentProof(supersedes=consent) if consent else None,
    )


def _consent_of(was: ConsentRecord, events: Iterable[ConsentEvent]) -> str:
    """Tell the consent that a refusal of the half's own ended, by its latest event that says so."""
    names = set(was.events)
    said = [event for event in events if event.event_id in names and event.proof and event.proof.consent_id]
    last = max(said, key=lambda event: (str(event.recorded_at or ""), event.event_id), default=None)
    return last.proof.consent_id if last is not None and last.proof is not None else ""


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
