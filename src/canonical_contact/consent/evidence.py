"""From what a source record shows to ledger events: the evidence rules as a table.

Refusals are always believed. Permissions are believed as far as the record shows when they were given and for which endpoint; what it
merely claims is kept as `unknown`, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from attrs import evolve

from canonical_contact.consent.couplings import COUPLINGS, Cause, Scope
from canonical_contact.consent.jurisdiction import countries_of
from canonical_contact.errors import ConfigError
from canonical_contact.model import (
    ANY_PURPOSE,
    Card,
    Channel,
    ConsentEvent,
    ConsentEvidence,
    ConsentProof,
    EmailStatus,
    EventType,
    EvidenceKind,
    Restriction,
    SourceRecord,
    Suppression,
    SuppressionKind,
    VerificationStatus,
    digest,
)
from canonical_contact.normalize import loose_phones

__all__ = [
    "CHANNEL_WORDS",
    "FORBIDDING",
    "LEGAL_BASES",
    "PERSONAL",
    "UNDELIVERABLE",
    "channels_of",
    "endpoint_keys",
    "event_of",
    "events_of",
    "follow",
    "holds_of",
]

PERSONAL: Final = frozenset({Channel.POST, Channel.PUSH, Channel.ADS})
"""Channels whose consent is the person's and bound to no endpoint that the library knows."""

CHANNEL_WORDS: Final[Mapping[str, tuple[Channel, ...]]] = {
    "voice": (Channel.VOICE_LIVE, Channel.VOICE_AUTOMATED),
    "any": tuple(Channel),
    **{channel.value: (channel,) for channel in Channel},
}
"""What a channel's name stands for in questions and imports."""

CAUSES: Final[Mapping[EvidenceKind, Cause]] = {
    EvidenceKind.OPT_OUT: Cause.OPT_OUT,
    EvidenceKind.COMPLAINT: Cause.COMPLAINT,
    EvidenceKind.BOUNCE: Cause.HARD_BOUNCE,
}

FORBIDDING: Final = frozenset({Restriction.FORGET, Restriction.DO_NOT_PROCESS, Restriction.DO_NOT_SOLICIT})
"""Restrictions that forbid every channel and every purpose; the others say nothing of messages."""

UNDELIVERABLE: Final[Mapping[EmailStatus, str]] = {
    EmailStatus.BAD: "hard_bounce",
    EmailStatus.BOUNCED: "hard_bounce",
    EmailStatus.QUARANTINED: "quarantined",
}
"""Statuses of an address that nothing may be sent to, and the reason that they give."""

_FOLLOWED: Final[Mapping[EventType, SuppressionKind]] = {
    EventType.WITHDRAW: SuppressionKind.GLOBAL_OPT_OUT,
    EventType.OBJECT: SuppressionKind.GLOBAL_OPT_OUT,
    EventType.DECLINE: SuppressionKind.GLOBAL_OPT_OUT,
    EventType.COMPLAINT: SuppressionKind.COMPLAINT,
}

LEGAL_BASES: Final = (
    ("legitimate", "legitimate_interest"),
    ("berechtigt", "legitimate_interest"),
    ("contract", "contract"),
    ("vertrag", "contract"),
    ("customer", "existing_customer"),
    ("consent", "consent"),
    ("einwilligung", "consent"),
)
"""Word in the source's text → the basis that it claims; the first that fits."""


def channels_of(word: str) -> tuple[Channel, ...]:
    """Resolve a channel's name to channels: `voice` is both voices, `any` is all.

    Raises:
        ConfigError: there is no such channel.

    >>> [str(channel) for channel in channels_of("voice")]
    ['voice_live', 'voice_automated']
    """
    try:
        return CHANNEL_WORDS[word]
    except KeyError:
        raise ConfigError(
            f"There is no channel {word!r}.", path="channel", hint=f"Channels: {', '.join(CHANNEL_WORDS)}."
        ) from None


def endpoint_keys(card: Card, channel: Channel) -> tuple[str, ...]:
    """List the endpoints of a person on a channel, as consent is bound to them; best first.

    E-mail: the match key of each address (equal keys reach one mailbox), the address where it has none. Telephone channels, fax and
    messaging: every number in E.164, whatever its type, because a refusal must reach each. Post, push and ads: none; their consent is
    the person's.

    Args:
        card: a record's draft or a contact.
        channel: which channel.

    >>> from canonical_contact.model import PhoneNumber
    >>> endpoint_keys(Card(phones=(PhoneNumber("+493012345678"),)), Channel.SMS)
    ('+493012345678',)
    """
    if channel is Channel.EMAIL:
        keys = [email.key or email.address for email in card.emails]
    elif channel in PERSONAL:
        return ()
    else:
        keys = [phone.dialled for phone in card.phones]
    return tuple(keys) if len(keys) < 2 else tuple(dict.fromkeys(keys))


def events_of(record: SourceRecord, recorded_at: datetime | None = None) -> tuple[ConsentEvent, ...]:
    """Turn a record's consent evidence into ledger events.

    Args:
        record: the source record.
        recorded_at: when the ledger learns of it; it has no part in the ids, so that the same record makes the same events again.

    Returns:
        The events in the order of the evidence, then those of what the card forbids (`restrictions`) and of addresses that its system
        cannot deliver to, where no evidence says so; ids are unique and depend on the content alone. What looks like an opt-out and is not
        mapped makes no event: see `holds_of`.

    >>> from canonical_contact.model import EmailAddress
    >>> card = Card(emails=(EmailAddress("ana@example.com"),))
    >>> row = SourceRecord("crm:1", "crm", "1", "1", "crm.csv", 2, card, evidence=(ConsentEvidence(EvidenceKind.OPT_OUT, "email"),))
    >>> [(str(event.type), event.endpoint) for event in events_of(row)]
    [('withdraw', ''), ('suppress', 'ana@example.com')]
    """
    evidence = (*record.evidence, *_told_by_the_card(record))
    if not evidence:
        return ()
    events: dict[str, ConsentEvent] = {}
    for shown in evidence:
        if shown.kind is EvidenceKind.UNMAPPED_OPT_OUT:
            continue
        for channel in channels_of(shown.channel):
            made = _effects if shown.kind in CAUSES else _permission
            for event in made(record, shown, channel, recorded_at):
                events.setdefault(event.event_id, event)
    return tuple(events.values())


def _told_by_the_card(record: SourceRecord) -> Iterator[ConsentEvidence]:
    """What the card itself refuses and no evidence shows: a mapping or a host may fill the field and name no consent column."""
    card, evidence = record.card, record.evidence
    if card.restrictions:
        said = any(it.kind is EvidenceKind.OPT_OUT and it.channel == "any" and it.purpose == ANY_PURPOSE for it in evidence)
        forbidden = sorted(FORBIDDING.intersection(card.restrictions))
        if forbidden and not said:
            raw = ", ".join(forbidden)
            yield ConsentEvidence(EvidenceKind.OPT_OUT, "any", ANY_PURPOSE, record.observed_at, raw, "restrictions")
    for email in card.emails:
        if email.status in UNDELIVERABLE and not any(
            it.kind is EvidenceKind.BOUNCE and it.channel in ("email", "any") for it in evidence
        ):
            at = email.verification.checked_at if email.verification.status is VerificationStatus.FAILED else None
            yield ConsentEvidence(EvidenceKind.BOUNCE, "email", ANY_PURPOSE, at, email.status.value, "status")
            return


def holds_of(record: SourceRecord) -> tuple[Suppression, ...]:
    """List the blocks that stand on columns and notes which look like an opt-out and are not mapped yet.

    They are not in the ledger: they last as long as the record's evidence says so, which keeps what looked like an opt-out until
    somebody maps or dismisses the column.

    Args:
        record: the current version of the source record.

    Returns:
        One block for the person on each channel, and one for each endpoint, so that others who share it are blocked too.

    >>> row = SourceRecord("crm:1", "crm", "1", "1", "crm.csv", 2, Card(),
    ...     evidence=(ConsentEvidence(EvidenceKind.UNMAPPED_OPT_OUT, "post", column="No letters"),))
    >>> [(str(hold.kind), str(hold.channel)) for hold in holds_of(row)]
    [('unmapped_opt_out', 'post')]
    """
    kind = SuppressionKind.UNMAPPED_OPT_OUT
    holds: dict[str, Suppression] = {}
    for shown in record.evidence:
        if shown.kind is EvidenceKind.UNMAPPED_OPT_OUT:
            for channel in channels_of(shown.channel):
                for endpoint in ("", *_reach(record, channel)):
                    known_as = _event_id(shown, record.key, channel, _iso(shown.at), endpoint, EventType.SUPPRESS)
                    holds[known_as] = Suppression(kind, channel, endpoint, shown.at, known_as, record.key, kind.value)
    return tuple(holds.values())


def event_of(hold: Suppression, recorded_at: datetime | None = None) -> ConsentEvent:
    """Turn a provisional block into an event of the ledger.

    For a block whose row does not become the record's present version, so that nothing else would keep it.

    Args:
        hold: of `holds_of`.
        recorded_at: when the ledger learns of it.
    """
    return ConsentEvent(
        hold.event_id,
        EventType.SUPPRESS,
        hold.channel,
        purpose=ANY_PURPOSE,
        record=hold.record,
        endpoint=hold.endpoint,
        effective_at=hold.since,
        recorded_at=recorded_at,
        actor="system",
        reason=hold.reason,
        suppression=hold.kind,
    )


def follow(record: SourceRecord, events: Iterable[ConsentEvent], recorded_at: datetime | None = None) -> tuple[ConsentEvent, ...]:
    """List the blocks by which a record's refusals reach the endpoints that it has gained since.

    Args:
        record: the present version, which may no longer show the refusal.
        events: what the ledger holds of the record.
        recorded_at: when the ledger learns of it.

    Returns:
        A suppression for each endpoint that a refusal of the person covers and no event of this record has blocked or freed yet.

    >>> from canonical_contact.model import EmailAddress
    >>> row = SourceRecord("crm:1", "crm", "1", "1", "crm.csv", 2, Card(emails=(EmailAddress("new@example.com"),)))
    >>> left = ConsentEvent("1", EventType.WITHDRAW, Channel.EMAIL, record="crm:1")
    >>> [(str(event.type), event.endpoint) for event in follow(row, [left])]
    [('suppress', 'new@example.com')]
    """
    own = [event for event in events if event.record == record.key]
    settled = {(event.suppression, event.channel, event.endpoint) for event in own if event.suppression}
    of_one_topic = {event.event_id for event in own if event.type is EventType.DECLINE and not _reached_endpoints(event, own)}
    made: dict[str, ConsentEvent] = {}
    for event in own:
        kind = _FOLLOWED.get(event.type)
        if kind is None or event.endpoint or event.event_id in of_one_topic:
            continue
        for endpoint in _reach(record, event.channel):
            if (kind, event.channel, endpoint) not in settled:
                name = digest(event.event_id, endpoint, EventType.SUPPRESS)
                made[name] = evolve(
                    event,
                    event_id=name,
                    type=EventType.SUPPRESS,
                    endpoint=endpoint,
                    recorded_at=recorded_at,
                    reason=kind.value,
                    suppression=kind,
                )
    return tuple(made.values())


def _reached_endpoints(refusal: ConsentEvent, own: list[ConsentEvent]) -> bool:
    """Tell whether a no reached endpoints when it was said: a no to one topic of many does not."""
    return any(
        event.type is EventType.SUPPRESS and event.event_id == digest(refusal.event_id, event.endpoint, EventType.SUPPRESS)
        for event in own
    )


def _reach(record: SourceRecord, channel: Channel) -> tuple[str, ...]:
    """Every endpoint that a refusal must reach: also numbers that could not be read in full, by their last digits (`~` before them)."""
    keys = endpoint_keys(record.card, channel)
    if channel is Channel.EMAIL or channel in PERSONAL or not record.problems:
        return keys
    return (*keys, *loose_phones(record.problems))


def _effects(
    record: SourceRecord, shown: ConsentEvidence, channel: Channel, recorded_at: datetime | None
) -> Iterator[ConsentEvent]:
    for effect in COUPLINGS[CAUSES[shown.kind]]:
        if effect.scope is Scope.PERSON:
            endpoints: tuple[str, ...] = ("",)
        elif effect.scope is Scope.ENDPOINT:
            endpoints = _bounced(record.card, channel)
        else:
            endpoints = _reach(record, channel)
        for endpoint in endpoints:
            yield _event(
                record,
                shown,
                channel,
                effect.type,
                recorded_at,
                endpoint=endpoint,
                actor="system" if shown.kind is EvidenceKind.BOUNCE else "subject",
                reason=shown.reason if effect.type is EventType.WITHDRAW else (effect.suppression or effect.type).value,
                suppression=effect.suppression,
            )


def _permission(
    record: SourceRecord, shown: ConsentEvidence, channel: Channel, recorded_at: datetime | None
) -> Iterator[ConsentEvent]:
    """Believe what is shown, keep what is claimed. The actor is the system: an import reports the person's act, it is not that act."""
    bound = endpoint_keys(record.card, channel)[:1] or (("",) if channel in PERSONAL else ())
    kind = shown.kind
    if kind is EvidenceKind.CONFIRMED_OPT_IN and shown.at is not None and shown.started_at is None:
        kind = EvidenceKind.OPT_IN  # one step of the two is not on record
    ordered = shown.at is not None and (shown.started_at is None or shown.started_at <= shown.at)
    if kind is EvidenceKind.LEGAL_BASIS:
        text = f"{shown.reason} {shown.raw}".lower()
        basis = next((name for word, name in LEGAL_BASES if word in text), "")
        yield _event(
            record, shown, channel, EventType.IMPORT_LEGACY, recorded_at, reason="legal_basis_claimed", legal_basis=basis
        )
    elif kind is EvidenceKind.CLAIMED_OPT_IN or not ordered or not bound:
        reason = "legacy_import" if bound else "no_endpoint"
        yield _event(record, shown, channel, EventType.IMPORT_LEGACY, recorded_at, reason=reason)
    elif kind is EvidenceKind.OPT_IN:
        proof = _proof(record, shown, channel)
        yield _event(record, shown, channel, EventType.OPT_IN, recorded_at, endpoint=bound[0], legal_basis="consent", proof=proof)
    else:
        first, second, proof = EventType.OPT_IN_UNCONFIRMED, EventType.CONFIRM, _proof(record, shown, channel)
        yield _event(record, shown, channel, first, recorded_at, endpoint=bound[0], at=shown.started_at, proof=proof)
        yield _event(
            record, shown, channel, second, recorded_at, endpoint=bound[0], legal_basis="consent", method="double_opt_in",
            proof=evolve(proof, confirmed_at=shown.at),
        )  # fmt: skip


def _proof(record: SourceRecord, shown: ConsentEvidence, channel: Channel) -> ConsentProof:
    """Tell of a permission what a file can tell: which consent it is, where that stands, and whose law it was given under."""
    countries = countries_of(record.card)
    return ConsentProof(
        consent_id=digest("consent", record.key, channel, shown.purpose),
        captured_at=f"{record.file}:{record.line}",
        jurisdiction=next(iter(countries)) if len(countries) == 1 and "ZZ" not in countries else "",
    )


def _bounced(card: Card, channel: Channel) -> tuple[str, ...]:
    """Tell which endpoint bounced: the one whose check says so, else the first, which is the one that a system sends to."""
    if channel is Channel.EMAIL:
        failed = [
            e.key or e.address
            for e in card.emails
            if e.verification.status is VerificationStatus.FAILED or e.status in UNDELIVERABLE
        ]
        if failed:
            return tuple(dict.fromkeys(failed))
    return endpoint_keys(card, channel)[:1]


def _event_id(shown: ConsentEvidence, *rest: str) -> str:
    return digest(shown.kind, shown.purpose, shown.column, shown.raw, shown.reason, *rest)


def _iso(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()


def _event(
    record: SourceRecord,
    shown: ConsentEvidence,
    channel: Channel,
    kind: EventType,
    recorded_at: datetime | None,
    *,
    endpoint: str = "",
    at: datetime | None = None,
    actor: str = "system",
    method: str = "import",
    reason: str = "",
    legal_basis: str = "",
    suppression: SuppressionKind | None = None,
    proof: ConsentProof | None = None,
) -> ConsentEvent:
    at = at or shown.at
    return ConsentEvent(
        _event_id(shown, record.key, channel, _iso(at), endpoint, kind),
        kind,
        channel,
        purpose=shown.purpose or ANY_PURPOSE,
        record=record.key,
        endpoint=endpoint,
        effective_at=at,
        recorded_at=recorded_at,
        actor=actor,
        method=shown.reason if shown.reason == "free_text_note" else method,
        source=shown.column,
        legal_basis=legal_basis,
        reason=reason,
        suppression=suppression,
        evidence=shown.raw,
        proof=proof,
    )
