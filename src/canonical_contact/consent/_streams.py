"""One record's stream of events, run through the machine for one cell; and the join of what several records say of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from attrs import evolve

from canonical_contact.consent.machine import blocked_by, later_block, step
from canonical_contact.consent.states import BLOCKING, BLOCKING_EVENTS, NEVER_LIFTED, OPEN, RANK, rank
from canonical_contact.model import ANY_PURPOSE, Channel, ConsentEvent, ConsentRecord, ConsentState, EventType

__all__ = ["WIDE", "Cell", "join", "said_in", "said_of", "stands", "when"]

Cell = tuple[Channel, str, str, str]  # channel, controller, purpose, endpoint

_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_YES: Final = frozenset({EventType.OPT_IN, EventType.OPT_IN_UNCONFIRMED, EventType.CONFIRM})
_PERMITTING: Final = frozenset({ConsentState.GRANTED, ConsentState.IMPLIED})
_REFUSALS: Final = frozenset({*BLOCKING_EVENTS, EventType.SUPPRESS})
WIDE: Final = frozenset({*BLOCKING_EVENTS, EventType.CORRECT})

# Events of one moment, the more restrictive last; the steps of a double opt-in in their order.
_ORDER: Final = {
    kind: place
    for place, kind in enumerate(
        (
            EventType.IMPORT_LEGACY,
            EventType.REQUEST,
            EventType.REQUEST_TIMEOUT,
            EventType.IMPLY,
            EventType.OPT_IN,
            EventType.OPT_IN_UNCONFIRMED,
            EventType.CONFIRM,
            EventType.RENEW,
            EventType.CONFIRM_TIMEOUT,
            EventType.NOTICE_SUPERSEDED,
            EventType.EXPIRE,
            EventType.CORRECT,
            EventType.INVALIDATE,
            EventType.DECLINE,
            EventType.OBJECT,
            EventType.WITHDRAW,
            EventType.COMPLAINT,
            EventType.UNSUPPRESS,
            EventType.SUPPRESS,
            EventType.ERASE,
        )
    )
}


def join(left: ConsentRecord, right: ConsentRecord, policy: str = "blocking_first") -> ConsentRecord:
    """Join what two records of one person say about one cell: blocking first.

    The order is `JOIN_ORDER` (under the policy `most_restrictive` the one of that name), on the state or, behind an open request or confirmation, on the state that still blocks. Two refusals
    keep the stronger state, the later date, and no date once one has none; of two equal permissions the later stands; either way on the
    events of both.
    Commutative, associative, idempotent.

    >>> from canonical_contact.model import Channel
    >>> yes = ConsentRecord(Channel.EMAIL, "marketing", ConsentState.GRANTED)
    >>> asked = ConsentRecord(Channel.EMAIL, "marketing", ConsentState.PENDING_CONFIRMATION, resume_state=ConsentState.WITHDRAWN)
    >>> join(yes, asked).resume_state
    <ConsentState.WITHDRAWN: 'withdrawn'>
    """
    if left == right:
        return left
    held_left, held_right = blocked_by(left), blocked_by(right)
    if (held_left is None) is not (held_right is None):
        return right if held_left is None else left
    events = left.events if left.events == right.events else tuple(sorted({*left.events, *right.events}))
    if held_left is None:
        stands = max(left, right, key=lambda record: _strongest(record, policy))
        return stands if stands.events == events else evolve(stands, events=events)
    ends = max(left.expires_at or _EARLIEST, right.expires_at or _EARLIEST)
    return evolve(
        max(left, right, key=_most_blocking),
        strength="",
        legal_basis=max(left.legal_basis, right.legal_basis),
        endpoint=left.endpoint if left.endpoint == right.endpoint else "",
        effective_at=later_block(left.effective_at, right.effective_at),
        expires_at=None if ends is _EARLIEST else ends,
        reason=max(left.reason, right.reason, key=_reason_rank),
        events=events,
        lifted_by="",
    )


def _strongest(record: ConsentRecord, policy: str) -> tuple[int, datetime, str]:
    detail = (
        record.strength,
        record.legal_basis,
        record.reason,
        str(record.resume_state),
        record.endpoint,
        str(record.expires_at),
        str(record.confirm_by),
        record.token_hash,
    )
    return (rank(record.state, record.strength, policy), record.effective_at or _EARLIEST, "\0".join(detail))


def _most_blocking(record: ConsentRecord) -> tuple[int, int, str, datetime, str]:
    held = blocked_by(record) or record.state
    return (RANK[held], 0 if record.state in OPEN else 1, record.state, record.confirm_by or _EARLIEST, record.token_hash)


def _reason_rank(reason: str) -> tuple[int, str]:
    return (NEVER_LIFTED.index(reason) + 1 if reason in NEVER_LIFTED else 0, reason)


def when(event: ConsentEvent) -> tuple[datetime, bool, datetime, int, datetime, str]:
    return (
        stands(event) or _EARLIEST,
        _refuses(event),
        event.effective_at or _EARLIEST,
        _ORDER[event.type],
        event.recorded_at or _EARLIEST,
        event.event_id,
    )


def _refuses(event: ConsentEvent) -> bool:
    return event.type in _REFUSALS or event.target in BLOCKING


def stands(event: ConsentEvent) -> datetime | None:
    """Say where an event stands in its stream: what permits stands no later than the ledger knew of it, or it would outlast a refusal after it."""
    at, known = event.effective_at, event.recorded_at
    return known if at is not None and known is not None and known < at and not _refuses(event) else at


def said_of(events: Iterable[ConsentEvent], cell: Cell) -> ConsentRecord | None:
    """Give what the records of some events say of one cell together, also of a cell that no event is exactly about."""
    streams: dict[str, list[ConsentEvent]] = {}
    for event in sorted({event.event_id: event for event in events}.values(), key=when):
        if event.channel is cell[0] and event.type not in (EventType.SUPPRESS, EventType.UNSUPPRESS):
            streams.setdefault(event.record, []).append(event)
    found: ConsentRecord | None = None
    for stream in streams.values():
        said = said_in(stream, cell)
        if said is not None:
            found = said if found is None else join(found, said)
    return found


def said_in(stream: list[ConsentEvent], cell: Cell) -> ConsentRecord | None:
    """Run one record's events through the machine for one cell."""
    _, controller, purpose, endpoint = cell
    record: ConsentRecord | None = None
    refused: list[ConsentEvent] = []
    undated = stream[0].effective_at is None
    for event in _settled(stream) if undated else stream:
        if event.purpose != purpose or event.endpoint != endpoint or event.controller != controller:
            if event.type not in WIDE:
                continue
            if (
                event.purpose not in (purpose, ANY_PURPOSE)
                or event.endpoint not in (endpoint, "")
                or event.controller not in (controller, "")
            ):
                continue
            if event.target in _PERMITTING:  # what was corrected elsewhere takes a refusal back and gives no permission here
                if not blocked_by(record):
                    continue
                event = evolve(event, target=ConsentState.UNKNOWN)
        if undated and event.effective_at is None and event.type in BLOCKING_EVENTS and not _came_before_a_yes(event, stream):
            refused.append(event)  # nobody knows that anything came after it
            continue
        moved = step(record, event)
        if isinstance(moved, ConsentRecord):
            record = moved
        elif event.type in BLOCKING_EVENTS:
            record = _refused(record, event, cell)  # a refusal is not lost for a formality
    for event in refused:
        record = _refused(record, event, cell)
    return None if record is None else _placed(record, cell)


def _refused(record: ConsentRecord | None, event: ConsentEvent, cell: Cell) -> ConsentRecord:
    blocked = _refusal(event, cell)
    return blocked if record is None else join(_placed(record, cell), blocked)


def _came_before_a_yes(block: ConsentEvent, stream: list[ConsentEvent]) -> bool:
    """Tell whether the person said yes, live, after a block without a date was known: then it is older, whenever it was made."""
    if block.recorded_at is None or block.reason in NEVER_LIFTED or block.type is EventType.COMPLAINT:
        return False
    return any(
        event.actor == "subject" and event.type in _YES and (stands(event) or _EARLIEST) > block.recorded_at for event in stream
    )


def _settled(stream: list[ConsentEvent]) -> list[ConsentEvent]:
    """Put blocks without a date where they became known."""
    return sorted(
        stream,
        key=lambda event: (
            (event.recorded_at, *when(event)[1:])
            if event.effective_at is None and event.recorded_at and event.type in BLOCKING_EVENTS
            else when(event)
        ),
    )


def _placed(record: ConsentRecord, cell: Cell) -> ConsentRecord:
    _, controller, purpose, endpoint = cell
    if record.purpose == purpose and record.endpoint == endpoint and record.controller == controller and len(record.events) == 1:
        return record
    return evolve(record, purpose=purpose, endpoint=endpoint, controller=controller, events=tuple(sorted(record.events)))


def _refusal(event: ConsentEvent, cell: Cell) -> ConsentRecord:
    channel, controller, purpose, endpoint = cell
    state = BLOCKING_EVENTS[event.type]
    reason = "complaint" if event.type is EventType.COMPLAINT else event.reason
    return ConsentRecord(
        channel,
        purpose,
        state,
        controller,
        endpoint=endpoint,
        effective_at=event.effective_at,
        reason=reason,
        events=(event.event_id,),
    )
