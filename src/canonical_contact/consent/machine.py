"""The consent machine at work: one event on one record, by the tables of `states`.

What a move demands beyond the state stands in `GUARDS`. A refused event changes nothing: `apply` raises, `step` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from hmac import compare_digest
from typing import Final

from attrs import evolve

from canonical_contact.consent.states import (
    BLOCKING,
    BLOCKING_EVENTS,
    NEVER_LIFTED,
    OPEN,
    RANK,
    STRENGTHS,
    TRANSITIONS,
    Move,
    legal_events,
    rank,
)
from canonical_contact.errors import IllegalTransitionError, InputError
from canonical_contact.model import ConsentEvent, ConsentRecord, ConsentState, EventType

__all__ = ["GUARDS", "apply", "blocked_by", "later_block", "step"]

_S = ConsentState
_E = EventType


def blocked_by(record: ConsentRecord | None) -> ConsentState | None:
    """Tell which blocking state holds a record: its own, or the one behind an open request or confirmation.

    >>> from canonical_contact.model import Channel
    >>> blocked_by(ConsentRecord(Channel.EMAIL, "marketing", ConsentState.REQUESTED, resume_state=ConsentState.INVALIDATED))
    <ConsentState.INVALIDATED: 'invalidated'>
    """
    if record is None:
        return None
    if record.state in BLOCKING:
        return record.state
    return record.resume_state if record.state in OPEN and record.resume_state in BLOCKING else None


def _own_act(record: ConsentRecord | None, event: ConsentEvent) -> str:
    """Only the person leaves a refusal; an import that reports an act of the person is not that act."""
    return "only the person's own act leaves a refusal" if event.actor != "subject" and blocked_by(record) else ""


def _may_be_lifted(record: ConsentRecord | None, _event: ConsentEvent) -> str:
    if record is None or record.reason not in NEVER_LIFTED or not blocked_by(record):
        return ""
    return "a complaint is on record" if record.reason == "complaint" else "a note that says no is on record"


def _dated(_record: ConsentRecord | None, event: ConsentEvent) -> str:
    return "a grant needs the time at which it was given" if event.effective_at is None else ""


def _same_token(record: ConsentRecord | None, event: ConsentEvent) -> str:
    """Whoever bears another token than the one that was sent has not read the mail that it was sent in."""
    if record is None or not record.token_hash:
        return ""
    given = event.proof.token_hash if event.proof else ""
    return "" if compare_digest(record.token_hash.encode(), given.encode()) else "its token is not the one that was sent"


def _in_time(record: ConsentRecord | None, event: ConsentEvent) -> str:
    if record is None or record.confirm_by is None or event.effective_at is None or event.effective_at <= record.confirm_by:
        return ""
    return "the time for the confirmation is over"


def _based(_record: ConsentRecord | None, event: ConsentEvent) -> str:
    return "" if event.legal_basis else "an implied consent needs the basis that it rests on"


def _nothing_refused(record: ConsentRecord | None, _event: ConsentEvent) -> str:
    return "a refusal stands behind the open request" if blocked_by(record) else ""


def _sound_correction(record: ConsentRecord | None, event: ConsentEvent) -> str:
    shown = bool(event.evidence) and event.effective_at is not None
    held = blocked_by(record)
    if event.target is None or event.target is _S.ERASED or event.target in OPEN:  # an open one comes by its own event
        return "it names no state that a correction can set"
    if event.target is _S.GRANTED and not shown:
        return "a grant needs dated evidence"
    if held and rank(event.target) < RANK[held] and not (shown and event.actor == "subject"):
        return "a refusal is softened only by the person's own dated evidence"
    return "" if event.target in BLOCKING else _may_be_lifted(record, event)


Guard = Callable[[ConsentRecord | None, ConsentEvent], str]

GUARDS: Final[Mapping[EventType, tuple[Guard, ...]]] = {
    _E.OPT_IN_UNCONFIRMED: (_own_act,),
    _E.CONFIRM: (_dated, _own_act, _may_be_lifted, _same_token, _in_time),
    _E.OPT_IN: (_dated, _own_act, _may_be_lifted),
    _E.IMPLY: (_nothing_refused, _based),
    _E.CORRECT: (_sound_correction,),
}
"""What a move demands beyond the state: each guard returns what speaks against it, or nothing."""


def apply(record: ConsentRecord | None, event: ConsentEvent) -> ConsentRecord:
    """Apply one event to the record of its key.

    Args:
        record: the record so far; None where nothing is known of the key.
        event: an event of the same channel, purpose and controller; a record's purpose may be narrower than an event for `any`.

    Returns:
        The new record. An event that the record already stands on changes nothing.

    Raises:
        IllegalTransitionError: the state or a guard refuses the event.
        InputError: the event is about another key.

    >>> from datetime import UTC
    >>> from canonical_contact.model import Channel
    >>> left = apply(None, ConsentEvent("e1", EventType.WITHDRAW, Channel.EMAIL, effective_at=datetime(2026, 3, 1, tzinfo=UTC)))
    >>> left.state
    <ConsentState.WITHDRAWN: 'withdrawn'>
    >>> apply(left, ConsentEvent("e2", EventType.REQUEST, Channel.EMAIL))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.IllegalTransitionError: A consent in the state withdrawn does not take request: ...
    """
    if record is not None and (event.channel is not record.channel or event.controller not in ("", record.controller)):
        raise InputError(
            f"The event {event.type} is about another channel or controller than the record.",
            path="event",
            hint="Apply an event to the record of its own key.",
        )
    moved = step(record, event)
    if isinstance(moved, ConsentRecord):
        return moved
    state = None if record is None else record.state
    raise IllegalTransitionError(state or "none", event.type, tuple(str(e) for e in legal_events(state)), moved)


def step(record: ConsentRecord | None, event: ConsentEvent) -> ConsentRecord | str:
    """Do as `apply` does, but return what speaks against an event: the fold meets refused events often."""
    if record is not None and event.event_id in record.events:
        return record
    move = TRANSITIONS[event.type].get(None if record is None else record.state)
    if move is None:
        return "the table has no such move"
    for guard in GUARDS.get(event.type, ()):
        if refusal := guard(record, event):
            return refusal
    if move is Move.IF_MATERIAL:
        move = _S.REQUESTED if event.reason == "material" else Move.STAY
    if record is None:
        return _start(event, _S((event.target or _S.UNKNOWN) if move is Move.TARGET else move))
    if move is Move.STAY:
        return _stay(record, event)
    if move is Move.RESUME:
        state = record.resume_state or _S.UNKNOWN
        return _closed(evolve(record, state=state, resume_state=None, events=(*record.events, event.event_id)))
    if move is Move.TARGET:
        return _reached(record, event, event.target or _S.UNKNOWN)
    held = blocked_by(record)
    if held and move in BLOCKING and RANK[held] > RANK[move]:
        move = held  # a lesser refusal over an open confirmation does not soften the one behind it
    return _reached(record, event, _S(move))


def _strength(event: ConsentEvent, before: str) -> str:
    if event.type is _E.CONFIRM:
        return "double"
    if event.type is _E.RENEW:
        return before
    strength = STRENGTHS.get(event.method, "single")
    shown = event.proof is not None and event.proof.confirmed_at is not None
    return strength if strength != "double" or shown else "single"  # a second step that nothing shows is none


def _worse(left: str, right: str) -> str:
    """Keep the reason that can never be lifted; else the second."""
    if left in NEVER_LIFTED or right in NEVER_LIFTED:
        order = ("", *NEVER_LIFTED)
        return max(left if left in order else "", right if right in order else "", key=order.index)
    return right


def _reason(event: ConsentEvent) -> str:
    return "complaint" if event.type is _E.COMPLAINT else event.reason


def _start(event: ConsentEvent, state: ConsentState) -> ConsentRecord:
    overlay = event.type in (_E.SUPPRESS, _E.UNSUPPRESS)
    granted, waits = state is _S.GRANTED, state in OPEN
    return ConsentRecord(
        event.channel,
        event.purpose,
        state,
        event.controller,
        resume_state=_S.UNKNOWN if waits else None,
        strength=_strength(event, "") if granted else "",
        endpoint="" if overlay else event.endpoint,
        legal_basis=event.legal_basis or ("consent" if granted else ""),
        effective_at=None if overlay else event.effective_at,
        expires_at=None if waits else event.expires_at,
        reason="never_asked" if overlay else _reason(event),
        events=(event.event_id,),
        token_hash=_token(event) if waits else "",
        confirm_by=event.expires_at if waits else None,
    )


def _token(event: ConsentEvent) -> str:
    return event.proof.token_hash if event.proof and event.type is _E.OPT_IN_UNCONFIRMED else ""


def _closed(record: ConsentRecord) -> ConsentRecord:
    """What only an open request or confirmation has is gone with it."""
    return evolve(record, token_hash="", confirm_by=None) if record.token_hash or record.confirm_by else record


def _reached(record: ConsentRecord, event: ConsentEvent, state: ConsentState) -> ConsentRecord:
    events = (*record.events, event.event_id)
    if state in OPEN:
        behind = (record.resume_state if record.state in OPEN else record.state) or _S.UNKNOWN
        if event.type is _E.NOTICE_SUPERSEDED:
            behind = _S.EXPIRED  # the old consent does not cover the new notice and never comes back by itself
        waiting = evolve(
            record,
            state=state,
            resume_state=behind,
            strength="",
            events=events,
            token_hash=_token(event),
            confirm_by=event.expires_at,
        )
        if behind is _S.UNKNOWN:
            return evolve(waiting, reason=_reason(event), effective_at=event.effective_at, endpoint=event.endpoint)
        # What stands behind keeps its date, reason and end: a request neither softens a refusal nor stretches an implied consent.
        return waiting if behind in BLOCKING else evolve(waiting, endpoint=event.endpoint or record.endpoint)
    record, held = _closed(record), blocked_by(record)
    if state in BLOCKING:
        return evolve(
            record,
            state=state,
            resume_state=None,
            strength="",
            endpoint=_wider(record.endpoint, event.endpoint) if held else event.endpoint,
            legal_basis="",
            effective_at=later_block(record.effective_at, event.effective_at) if held else event.effective_at,
            expires_at=None,
            reason=_worse(record.reason, _reason(event)) if held else _reason(event),
            events=events,
        )
    granted, renewed = state is _S.GRANTED, event.type is _E.RENEW
    return evolve(
        record,
        state=state,
        resume_state=None,
        strength=_strength(event, record.strength) if granted else "",
        endpoint=event.endpoint or (record.endpoint if renewed or not granted else ""),
        legal_basis=event.legal_basis or ("consent" if granted else ""),
        effective_at=event.effective_at or (record.effective_at if renewed else None),
        expires_at=event.expires_at or (record.expires_at if renewed else None),
        reason=_reason(event),
        events=events,
    )


def _stay(record: ConsentRecord, event: ConsentEvent) -> ConsentRecord:
    events = (*record.events, event.event_id)
    if event.type in BLOCKING_EVENTS:
        return evolve(
            record,
            events=events,
            reason=_worse(record.reason, _reason(event)),
            effective_at=later_block(record.effective_at, event.effective_at),
            endpoint=_wider(record.endpoint, event.endpoint),
        )
    if event.type is not _E.IMPLY or record.state is not _S.IMPLIED:
        return evolve(record, events=events)
    ends, since = record.expires_at, record.effective_at
    if ends and event.expires_at:
        ends = max(ends, event.expires_at)
    if since and event.effective_at and event.legal_basis == record.legal_basis:
        since = max(since, event.effective_at)  # where a regime counts from the basis event, it counts from the latest
    return evolve(record, events=events, expires_at=ends, effective_at=since)


def later_block(left: datetime | None, right: datetime | None) -> datetime | None:
    """Date a block that was said twice: at the later time, and not at all once one of them bears no date."""
    return None if left is None or right is None else max(left, right)


def _wider(left: str, right: str) -> str:
    return left if left == right else ""
