"""Take events of another ledger of ours into a store: those that it would have taken itself, and of nobody who was erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from attrs import evolve

from canonical_contact.consent.fold import ERASED_HOLDER
from canonical_contact.engine._blocks import streams_in
from canonical_contact.engine._person import folded, is_one
from canonical_contact.engine._suppressing import LIFTABLE
from canonical_contact.engine._writing import Recorded, settle
from canonical_contact.engine.gate import open_gate
from canonical_contact.engine.stages import event_row
from canonical_contact.errors import Problem
from canonical_contact.model import ConsentEvent, EventType, SuppressionKind
from canonical_contact.model.moment import in_utc
from canonical_contact.ports import ContactStore

__all__ = ["import_events"]

_E = EventType
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_REFUSED: Final = "consent.event_refused"
_CHANGED: Final = "consent.event_changed"
_BY_HAND: Final = "It ends a block of a kind that is not lifted by hand; the block stands."
_UNCONFIRMED: Final = (
    "It ends an opt-out without the person's own confirmation on that record and endpoint. Let the person confirm; or where the "
    "confirmation is on another record of the person, import again once unify has read both."
)
_OTHER: Final = (
    "An event of that id is there with another content, or on another record; compare the two ledgers, and verify both."
)


def import_events(store: ContactStore, events: Sequence[ConsentEvent], *, at: datetime, key: bytes | None = None) -> Recorded:
    """Put events of another ledger of ours into this one, as they are, and fold whom they are about.

    Events about people who were erased stay outside; what they block on an endpoint that others hold is kept for these. The end of a
    block is taken only where a live act could have written it: of the kinds that `record_unsuppression` lifts, or of an opt-out that
    the person's own confirmation has lifted, which this file or this ledger must show.

    Args:
        store: where the contacts live.
        events: the events; an id that is known is not written again, and an event of a record that is not here waits for it.
        at: the time of the import, with a time zone. It does not become the events' `recorded_at`, which is the other ledger's.
        key: the privacy key, where the host keeps it.

    Returns:
        `events` holds what the ledger has of them now; `problems` what was not taken, each with the event's place (`$[0]` …) and id:
        `consent.event_refused`, and `consent.event_changed` where the id is known with another content or on another record.

    Raises:
        ConfigError: people were erased with a key that the host keeps, and it was not given.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> import_events(MemoryStore(), [], at=datetime(2026, 7, 1, tzinfo=UTC)).new
    False
    """
    moment = in_utc(at)
    with store.transaction():
        known = _known(store, events)
        fresh: dict[str, ConsentEvent] = {}
        refused: dict[int, tuple[str, str]] = {}  # by place: code and hint
        for place, event in enumerate(events):
            before = known.get(event.event_id) or fresh.setdefault(event.event_id, event)
            if before is not event and not _is_same(before, event):
                refused[place] = (_CHANGED, _OTHER)
        if not fresh:
            return Recorded((), _rest(events, refused), new=False, problems=_problems(events, refused))
        gate = open_gate(store, key, at=moment)
        taken = gate.take_events(fresh.values()) if gate else list(fresh.values())
        outside = fresh.keys() - {event.event_id for event in taken}
        home = dict(store.members())
        lifts = [event for event in taken if _needs_a_reason(event)]
        judged = {event.event_id for event in lifts}
        kept, elsewhere = _put(store, [event for event in taken if event.event_id not in judged])
        unfounded = _unfounded(store, lifts, home)
        more, also = _put(store, [event for event in lifts if event.event_id not in unfounded])
        elsewhere |= also
        for place, event in enumerate(events):
            if event.event_id in elsewhere:
                refused[place] = (_CHANGED, _OTHER)
            elif event.event_id in unfounded and place not in refused:
                refused[place] = (_REFUSED, unfounded[event.event_id])
        kept += more
        written = [*kept, *(gate.finish() if gate else ())]
        ids = sorted({home[event.record] for event in written if event.record in home})
        return Recorded(
            tuple(ids),
            tuple(event for event in _rest(events, refused) if event.event_id not in outside),
            folded=settle(store, written, ids, moment) if written else 0,
            new=bool(written),
            left_out=sum(event.event_id in outside for place, event in enumerate(events) if place not in refused),
            problems=_problems(events, refused),
            added=len(kept),
        )


def _known(store: ContactStore, events: Sequence[ConsentEvent]) -> dict[str, ConsentEvent]:
    """Read which of the events their records have already."""
    from canonical_contact.schema import from_json, to_json

    asked = {event.event_id: event for event in events}
    found = {}
    for row in store.events(sorted({event.record for event in events})):
        event = asked.get(row.event_id)
        if event is not None:
            found[row.event_id] = event if to_json(event) == row.document else from_json(ConsentEvent, row.document)
    return found


def _is_same(left: ConsentEvent, right: ConsentEvent) -> bool:
    """Tell whether two events are one: each ledger may have learned of it at its own time, and keep it in its own version."""
    alike = evolve(left, recorded_at=right.recorded_at, schema_version=right.schema_version)
    if left.schema_version != right.schema_version:  # an older version keeps less of a proof
        alike = evolve(alike, proof=right.proof)
    if left.reason == ERASED_HOLDER and left.type == _E.SUPPRESS:  # each ledger says it when it needs it
        alike = evolve(alike, effective_at=right.effective_at)
    return alike == right


def _put(store: ContactStore, events: Sequence[ConsentEvent]) -> tuple[list[ConsentEvent], set[str]]:
    """Write events; those whose ids stand elsewhere in the ledger are not, and are named."""
    if not events or not store.put_events(map(event_row, events)).same:
        return list(events), set()
    record = {event.event_id: event.record for event in events}
    there = {row.event_id for row in store.events() if record.get(row.event_id) == row.record}
    return [event for event in events if event.event_id in there], record.keys() - there


def _rest(events: Sequence[ConsentEvent], refused: Mapping[int, object]) -> tuple[ConsentEvent, ...]:
    return tuple(event for place, event in enumerate(events) if place not in refused)


def _problems(events: Sequence[ConsentEvent], refused: Mapping[int, tuple[str, str]]) -> tuple[Problem, ...]:
    return tuple(
        Problem(code, f"$[{place}]", raw=events[place].event_id, hint=hint) for place, (code, hint) in sorted(refused.items())
    )


def _needs_a_reason(event: ConsentEvent) -> bool:
    return event.type == _E.UNSUPPRESS and event.suppression is not None and event.suppression not in LIFTABLE


def _unfounded(store: ContactStore, lifts: Sequence[ConsentEvent], home: Mapping[str, str]) -> dict[str, str]:
    """Tell of which ends of blocks nothing shows that the person confirmed: by their ids, with the hint."""
    found = {lift.event_id: _BY_HAND for lift in lifts if lift.suppression != SuppressionKind.GLOBAL_OPT_OUT}
    asked = [lift for lift in lifts if lift.event_id not in found]
    if not asked:
        return found
    wanted = {home[lift.record] for lift in asked if lift.record in home}
    together: dict[str, list[str]] = {}
    for record, contact_id in home.items():
        if contact_id in wanted:
            together.setdefault(contact_id, []).append(record)
    persons = {lift.record: together.get(home.get(lift.record, ""), [lift.record]) for lift in asked if lift.record}
    streams = streams_in(store.events(sorted({record for records in persons.values() for record in records})))
    for lift in asked:
        own = [(record, streams[record]) for record in persons.get(lift.record, ()) if record in streams]
        if not any(_is_lifted_by(confirm, lift, streams) for _, stream in own for confirm in _confirms(stream)):
            found[lift.event_id] = _UNCONFIRMED
    return found


def _confirms(stream: Iterable[ConsentEvent]) -> Iterator[ConsentEvent]:
    """List the person's confirmations that the stream's own state took."""
    stream = list(stream)
    for confirm in stream:
        if confirm.type == _E.CONFIRM and confirm.actor == "subject" and confirm.effective_at is not None:
            before = folded([event for event in stream if event is confirm or _stands(event) <= _stands(confirm)])
            if any(confirm.event_id in record.events for record in before.records):
                yield confirm


def _is_lifted_by(confirm: ConsentEvent, lift: ConsentEvent, streams: Mapping[str, Sequence[ConsentEvent]]) -> bool:
    """Tell whether a confirmation lifted what an event ends: the same endpoint, before it, and no opt-out in between."""
    if confirm.channel != lift.channel or not is_one(confirm.endpoint, lift.endpoint) or _stands(confirm) > _stands(lift):
        return False
    if (lift.purpose, lift.controller) != (confirm.purpose, confirm.controller):  # for all purposes only where all were confirmed
        return False
    return not any(
        event.type == _E.SUPPRESS
        and (event.channel, event.endpoint, event.suppression) == (lift.channel, lift.endpoint, lift.suppression)
        and _stands(confirm) < (event.effective_at or event.recorded_at or _EARLIEST) <= _stands(lift)
        for event in streams.get(lift.record, ())
    )


def _stands(event: ConsentEvent) -> datetime:
    """Tell from when an event counts: what is no refusal never before it was known."""
    times = [time for time in (event.effective_at, event.recorded_at) if time is not None]
    return min(times, default=_EARLIEST)
