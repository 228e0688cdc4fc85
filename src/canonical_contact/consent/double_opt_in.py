"""Double opt-in without a store: the two steps as events, the hash by which a token is known, and what has run out by a time.

The library draws no token: who sends the message draws one (32 bytes of `secrets` are plenty), puts it into the link, and keeps its hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from attrs import evolve

from canonical_contact.errors import InputError
from canonical_contact.model import Channel, ConsentEvent, ConsentProof, ConsentRecord, ConsentState, EventType, digest
from canonical_contact.model.moment import check_zone

__all__ = ["DOUBLE_OPT_IN", "confirm", "due_expiries", "hash_of_token", "is_token", "start"]

DOUBLE_OPT_IN: Final = "double_opt_in"
"""The method of both steps."""

_CHANNELS: Final = tuple(channel.value for channel in Channel)
_S = ConsentState
_E = EventType


def hash_of_token(token: str) -> str:
    """Give the hash by which the ledger knows a token (SHA-256; a token is random and long, so it needs no salt).

    >>> hash_of_token("1.x")[:8]
    '6e2bdcfd'
    """
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def is_token(token: str, token_hash: str) -> bool:
    """Tell whether a token is the one of a hash, in a time that does not hang on where they differ.

    >>> is_token("1.x", hash_of_token("1.x")), is_token("1.y", hash_of_token("1.x")), is_token("", "")
    (True, False, False)
    """
    return compare_digest(hash_of_token(token).encode(), token_hash.encode("utf-8", "surrogatepass"))


def start(
    token: str,
    channel: Channel | str,
    purpose: str = "marketing",
    *,
    endpoint: str,
    at: datetime,
    confirm_by: datetime,
    controller: str = "",
    record: str = "",
    source: str = "",
    proof: ConsentProof | None = None,
) -> ConsentEvent:
    """Make the event of the first step: the person signed up, and must confirm from the endpoint.

    Args:
        token: what the confirmation link will bear; only its hash goes into the event.
        channel: for which channel.
        purpose: for which purpose.
        endpoint: the address or number, in canonical form, that the token is sent to.
        at: when they signed up, with a time zone.
        confirm_by: until when they may confirm.
        controller: brand or legal entity; empty for the host itself.
        record: key of the source record whose stream it joins.
        source: the form.
        proof: notice, wording, language … as shown.

    Raises:
        InputError: no such channel, a time without a zone, an empty token, or no time to confirm in.

    >>> from datetime import UTC
    >>> day = datetime(2026, 7, 1, tzinfo=UTC)
    >>> begun = start("1.x", "email", endpoint="ana@example.org", at=day, confirm_by=day.replace(day=8))
    >>> (str(begun.type), begun.proof.token_hash[:8], begun.expires_at.day)
    ('opt_in_unconfirmed', '6e2bdcfd', 8)
    """
    if channel not in _CHANNELS:
        raise InputError("There is no such channel.", path="channel", hint=f"Known: {', '.join(_CHANNELS)}.")
    if not token:
        raise InputError("The token is empty.", path="token", hint="Draw one with secrets.token_urlsafe(24).")
    check_zone(at)
    check_zone(confirm_by)
    if confirm_by <= at:
        raise InputError("Nobody can confirm in no time.", path="confirm_by", hint="Give a later time; a week is usual.")
    known = hash_of_token(token)
    return ConsentEvent(
        digest(_E.OPT_IN_UNCONFIRMED, record, known),
        _E.OPT_IN_UNCONFIRMED,
        Channel(channel),
        purpose=purpose,
        controller=controller,
        record=record,
        endpoint=endpoint,
        effective_at=at,
        recorded_at=at,
        method=DOUBLE_OPT_IN,
        source=source,
        expires_at=confirm_by,
        proof=evolve(proof or ConsentProof(), token_hash=known),
    )


def confirm(
    begun: ConsentEvent, token: str, *, at: datetime, source: str = "", click: ConsentProof | None = None
) -> ConsentEvent:
    """Make the event of the second step. The machine refuses it where the token is another, or the time is over.

    Args:
        begun: the event of the first step.
        token: what came back.
        at: when it came back, with a time zone.
        source: the address of the link.
        click: IP, user agent, time zone and evidence of the click; notice and wording are those of the first step.

    Raises:
        InputError: `begun` is no first step, or the time bears no zone.

    >>> from datetime import UTC
    >>> from canonical_contact.consent import apply
    >>> day = datetime(2026, 7, 1, tzinfo=UTC)
    >>> begun = start("1.x", "email", endpoint="ana@example.org", at=day, confirm_by=day.replace(day=8))
    >>> apply(apply(None, begun), confirm(begun, "1.x", at=day.replace(day=2))).strength
    'double'
    >>> apply(apply(None, begun), confirm(begun, "1.y", at=day.replace(day=2)))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.IllegalTransitionError: A consent in the state pending_confirmation does not take confirm: ...
    """
    if begun.type is not _E.OPT_IN_UNCONFIRMED:
        raise InputError(
            "Only the first step of a double opt-in is confirmed.", path="begun", hint="Give the event that `start` made."
        )
    check_zone(at)
    known = hash_of_token(token)
    return evolve(
        begun,
        event_id=digest(_E.CONFIRM, begun.event_id, known),
        type=_E.CONFIRM,
        effective_at=at,
        recorded_at=at,
        source=source,
        expires_at=None,
        proof=confirmed(begun.proof, click, at=at, token_hash=known),
    )


def confirmed(shown: ConsentProof | None, click: ConsentProof | None, *, at: datetime, token_hash: str) -> ConsentProof:
    """Join the proofs of both steps: what was shown at the first, and how the second came."""
    shown, click = shown or ConsentProof(), click or ConsentProof()
    evidence = click if click.evidence_refs or click.evidence_hash else shown  # a hash is one of its own references
    return evolve(
        shown,
        token_hash=token_hash,
        ip=click.ip,
        user_agent=click.user_agent,
        time_zone=click.time_zone or shown.time_zone,
        captured_at=click.captured_at,
        confirmed_at=at,
        evidence_refs=evidence.evidence_refs,
        evidence_hash=evidence.evidence_hash,
    )


def due_expiries(records: Iterable[ConsentRecord], at: datetime) -> Iterator[ConsentEvent]:
    """Say what has run out by a time: grants and implied consents, double opt-ins that nobody confirmed, requests that nobody answered.

    A question needs none of it, since an end is derived when it is asked; a sweep puts it on record.

    Args:
        records: folded consent.
        at: the time, with a time zone.

    Returns:
        One event for each record that has ended, effective at its end; it names no source record yet.

    >>> from datetime import UTC
    >>> end = datetime(2026, 7, 1, tzinfo=UTC)
    >>> asked = ConsentRecord(Channel.EMAIL, "news", ConsentState.REQUESTED, resume_state=ConsentState.UNKNOWN, confirm_by=end)
    >>> [str(event.type) for event in due_expiries([asked], end)]
    ['request_timeout']
    >>> list(due_expiries([asked], datetime(2026, 6, 30, tzinfo=UTC)))
    []
    """
    for record in records:
        kind, end = _ENDS.get(record.state), record.confirm_by
        if kind is _E.EXPIRE:
            end = record.expires_at
        if kind is None or end is None or end > at:
            continue
        yield ConsentEvent(
            digest("due", kind, record.channel, record.purpose, record.controller, record.endpoint, end.isoformat()),
            kind,
            record.channel,
            purpose=record.purpose,
            controller=record.controller,
            endpoint=record.endpoint,
            effective_at=end,
            recorded_at=at,
            actor="system",
            method="sweep",
        )


_ENDS: Final = {
    _S.GRANTED: _E.EXPIRE,
    _S.IMPLIED: _E.EXPIRE,
    _S.PENDING_CONFIRMATION: _E.CONFIRM_TIMEOUT,
    _S.REQUESTED: _E.REQUEST_TIMEOUT,
}
