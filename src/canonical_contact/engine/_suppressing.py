"""Blocks by hand, of a registry or of a court, and their ends: what lies over the consent, whatever it says."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import evolve

from canonical_contact.engine._endpoint import canonical_endpoint
from canonical_contact.engine._person import Person, folded, is_one, streams_of
from canonical_contact.engine._writing import Recorded, put, word, write
from canonical_contact.engine.folding import holders_of
from canonical_contact.engine.gate import Gate, open_gate
from canonical_contact.errors import ConfigError, InputError
from canonical_contact.model import ANY_PURPOSE, Channel, ConsentEvent, ConsentProof, EventType, SuppressionKind, digest
from canonical_contact.model.moment import in_utc
from canonical_contact.normalize import mailbox_names
from canonical_contact.ports import ContactStore

__all__ = ["LIFTABLE", "record_suppression", "record_unsuppression"]

_E = EventType
LIFTABLE: Final = frozenset(
    {
        SuppressionKind.HARD_BOUNCE,
        SuppressionKind.DNC_REGISTRY,
        SuppressionKind.LEGAL_HOLD,
        SuppressionKind.MANUAL,
        SuppressionKind.LITIGATOR,
    }
)


def record_suppression(
    store: ContactStore,
    kind: SuppressionKind | str,
    channel: Channel | str,
    *,
    at: datetime,
    endpoint: str = "",
    contact_id: str = "",
    recorded_at: datetime | None = None,
    actor: str = "agent",
    method: str = "host",
    source: str = "",
    reason: str = "",
    evidence: str = "",
    proof: ConsentProof | None = None,
    request_id: str = "",
    region: str = "",
) -> Recorded:
    """Block an endpoint, or a whole person, whatever the consent says.

    Args:
        store: where the contacts live.
        kind: why: `manual`, `dnc_registry`, `legal_hold`, `litigator`, `hard_bounce` … A complaint and an opt-out of a known contact are
            acts of `record_consent`.
        channel: on which channel.
        at: from when, with a time zone.
        endpoint: address or number; everybody who holds it is blocked, today or later. Empty: the person of `contact_id`.
        contact_id: the contact; empty: whoever holds the endpoint, and nobody is fine too.
        recorded_at: when the ledger learned of it; None: `at`.
        actor: who acted.
        method: how.
        source: what shows it, such as the registry's file.
        reason: stable reason code; empty: the kind.
        evidence: the raw text.
        proof: further proof.
        request_id: see `record_consent`.
        region: see `record_consent`.

    Raises:
        InputError: neither endpoint nor contact, an endpoint that cannot be read or that the channel has not, or no time
            zone.
        NotFoundError: no such contact.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> done = record_suppression(MemoryStore(), "dnc_registry", "sms", endpoint="+493012345678", at=datetime(2026, 7, 1, tzinfo=UTC))
    >>> [str(event.suppression) for event in done.events]
    ['dnc_registry']
    """
    why, on = word(SuppressionKind, kind, "kind"), word(Channel, channel, "channel")
    moment, learned = in_utc(at), in_utc(recorded_at or at, "recorded_at")
    endpoint = canonical_endpoint(endpoint, region)
    if not endpoint and not contact_id:
        raise InputError("A suppression needs an endpoint or a contact.", path="endpoint", hint="Give one of them.")
    with store.transaction():
        ids = [contact_id] if contact_id else holders_of(store, [endpoint])
        if ids:  # where nobody holds it, it reaches the whole channel of whoever will
            _fitting(on, endpoint)
        people = [Person(store, one) for one in ids]
        owners = {key: person for person in people for key in (person.owners(on, endpoint) if endpoint else person.keys)}
        keys = list(owners) or [""]
        event = ConsentEvent(
            "", _E.SUPPRESS, on, purpose=ANY_PURPOSE, endpoint=endpoint, effective_at=moment, recorded_at=learned, actor=actor,
            method=method, source=source, reason=reason or why.value, evidence=evidence, suppression=why,
        )  # fmt: skip
        act = ("suppress", request_id, why, on, endpoint, moment.isoformat(), actor, method)
        made = [_proved(evolve(event, event_id=digest(*act, key), record=key), proof, owners.get(key)) for key in keys]
        if keys == [""] and (gate := _gate(store, learned)) and not gate.take_events(made):
            return Recorded(
                (), folded=write(store, gate.finish(), [], learned), new=False, left_out=len(made)
            )  # nobody has it now
        return put(store, made, [person.contact_id for person in people], learned)


def record_unsuppression(
    store: ContactStore,
    kind: SuppressionKind | str,
    channel: Channel | str,
    *,
    at: datetime,
    endpoint: str = "",
    contact_id: str = "",
    recorded_at: datetime | None = None,
    actor: str = "agent",
    method: str = "host",
    source: str = "",
    reason: str = "",
    evidence: str = "",
    proof: ConsentProof | None = None,
    request_id: str = "",
    region: str = "",
) -> Recorded:
    """End the blocks of a kind on an endpoint or person; that never makes consent.

    An opt-out is lifted by the person's own confirmed opt-in alone, a complaint by nothing, and what looks like an opt-out in a file by
    mapping or dismissing its column. Arguments as for `record_suppression`.

    Returns:
        The events; none where no such block stands.

    Raises:
        InputError: blocks of that kind are not lifted by hand, neither endpoint nor contact is given, or an endpoint cannot be read.
        NotFoundError: no such contact.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> record_unsuppression(MemoryStore(), "manual", "sms", endpoint="+493012345678", at=datetime(2026, 7, 1, tzinfo=UTC)).events
    ()
    """
    from canonical_contact.schema import from_json

    why, on = word(SuppressionKind, kind, "kind"), word(Channel, channel, "channel")
    moment, learned = in_utc(at), in_utc(recorded_at or at, "recorded_at")
    if why not in LIFTABLE:
        raise InputError(
            f"A block of the kind {why} is not lifted by hand.",
            path="kind",
            hint="An opt-out ends by the person's own confirmed opt-in; a complaint never; an unmapped column by mapping it.",
        )
    endpoint = canonical_endpoint(endpoint, region)
    if not endpoint and not contact_id:
        raise InputError("Lifting a block needs an endpoint or a contact.", path="endpoint", hint="Give one of them.")
    with store.transaction():
        people = [Person(store, one) for one in ([contact_id] if contact_id else holders_of(store, [endpoint]))]
        if contact_id:
            events = list(people[0].events)
        else:
            names = set(mailbox_names(endpoint))
            rows = (row for row in store.events(blocking=True) if not names.isdisjoint(mailbox_names(row.endpoint)))
            events = [from_json(ConsentEvent, row.document) for row in rows]
        owners = {key: person for person in people for key in person.keys}
        event = ConsentEvent(
            "", _E.UNSUPPRESS, on, purpose=ANY_PURPOSE, effective_at=moment, recorded_at=learned, actor=actor,
            method=method, source=source, reason=reason or why.value, evidence=evidence, suppression=why,
        )  # fmt: skip
        made = []
        for key, stream in streams_of(events).items():
            for block in folded(stream).suppressions:
                if block.kind is why and block.channel is on and is_one(block.endpoint, endpoint):
                    name = digest("unsuppress", request_id, why, on, block.endpoint, moment.isoformat(), actor, key)
                    ended = evolve(event, event_id=name, record=key, endpoint=block.endpoint)
                    begun = next((one.proof for one in stream if one.event_id == block.event_id), None)
                    made.append(_proved(ended, proof, owners.get(key), begun))
        ids = [person.contact_id for person in people]
        if others := {event.record for event in made} - owners.keys():  # who bears a block need not hold its endpoint
            ids += sorted({contact for key, contact in store.members() if key in others})
        return put(store, made, ids, learned)


def _proved(
    event: ConsentEvent, given: ConsentProof | None, person: Person | None, begun: ConsentProof | None = None
) -> ConsentEvent:
    """Fill in the proof: the id of the block's own, the person's jurisdiction and the rules in force."""
    proof = given or ConsentProof()
    if begun is not None and begun.consent_id and not proof.consent_id:
        proof = evolve(proof, consent_id=begun.consent_id)
    if person is not None:
        proof = person.proof(proof, None, event.event_id, event.type)
    return evolve(event, proof=proof if given is not None or proof != ConsentProof() else None)


def _fitting(channel: Channel, endpoint: str) -> None:
    """Refuse an endpoint of another channel: nothing is sent there, so that its block would keep nobody from anything."""
    from canonical_contact.consent.evidence import PERSONAL

    if endpoint and (channel in PERSONAL or ("@" in endpoint) is not (channel is Channel.EMAIL)):
        raise InputError(
            f"On the channel {channel} nothing is sent to such an endpoint.",
            path="endpoint",
            hint="Give the contact instead, or an endpoint of the channel.",
        )


def _gate(store: ContactStore, at: datetime) -> Gate | None:
    """Open the gate where the store keeps the key itself; a live refusal must never wait for a key."""
    try:
        return open_gate(store, None, at=at)
    except ConfigError:
        return None
