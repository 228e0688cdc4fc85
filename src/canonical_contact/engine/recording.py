"""Record live acts: what a person, an agent or a host does about consent now, written into the ledger and folded at once.

The machine decides on the joined state of the contact, before anything is written. An act hangs on source records: a permission on the one
that owns the endpoint and on every one that blocks it, a refusal on every one. Each call is one transaction.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from attrs import evolve, frozen

from canonical_contact.engine._asking import check_asking
from canonical_contact.engine._person import COUPLED, REFUSING, Person, folded, is_one, streams_of
from canonical_contact.engine.folding import fold_contacts, holders_of
from canonical_contact.engine.gate import Gate, open_gate
from canonical_contact.engine.stages import event_row
from canonical_contact.errors import ConfigError, InputError
from canonical_contact.model import (
    ANY_PURPOSE,
    Channel,
    ConsentEvent,
    ConsentProof,
    ConsentRecord,
    ConsentState,
    EventType,
    SuppressionKind,
    digest,
)
from canonical_contact.model.moment import in_utc
from canonical_contact.normalize import mailbox_names
from canonical_contact.ports import ContactStore

__all__ = [
    "Recorded",
    "import_events",
    "record_consent",
    "record_stop",
    "record_suppression",
    "record_unsuppression",
    "sweep_expiries",
]

Word = TypeVar("Word", bound=StrEnum)

_E = EventType
_ELSEWHERE: Final = {
    _E.SUPPRESS: "record_suppression",
    _E.UNSUPPRESS: "record_unsuppression",
    _E.ERASE: "the erasure of the person, which leaves nothing behind",
    _E.IMPORT_LEGACY: "unify, which reads it from a file",
}
_LIFTABLE: Final = frozenset(
    {
        SuppressionKind.HARD_BOUNCE,
        SuppressionKind.DNC_REGISTRY,
        SuppressionKind.LEGAL_HOLD,
        SuppressionKind.MANUAL,
        SuppressionKind.LITIGATOR,
    }
)


@frozen
class Recorded:
    """What came of a live act.

    Args:
        contact_ids: the contacts that it is about; others that share a blocked endpoint are folded again, too.
        events: the events of the act in the ledger, those of its couplings included; all there already where `new` is False.
        record: the joined state of the key afterwards; None for a suppression.
        folded: how many contacts have changed.
        new: whether anything was written; False where the same call was made before.
        left_out: events that were not taken, since they are about people who were erased.
    """

    contact_ids: tuple[str, ...]
    events: tuple[ConsentEvent, ...] = ()
    record: ConsentRecord | None = None
    folded: int = 0
    new: bool = True
    left_out: int = 0


def record_consent(
    store: ContactStore,
    contact_id: str,
    type: EventType | str,  # noqa: A002  the word of the model
    channel: Channel | str,
    purpose: str = "marketing",
    *,
    at: datetime,
    recorded_at: datetime | None = None,
    endpoint: str = "",
    controller: str = "",
    actor: str = "subject",
    method: str = "host",
    source: str = "",
    legal_basis: str = "",
    reason: str = "",
    expires_at: datetime | None = None,
    evidence: str = "",
    target: ConsentState | None = None,
    proof: ConsentProof | None = None,
    request_id: str = "",
    couple: bool = True,
) -> Recorded:
    """Record what happened to one consent of a contact.

    Args:
        store: where the contacts live.
        contact_id: the contact; a retired id leads to its heir.
        type: what happened.
        channel: for which channel.
        purpose: for which purpose; `any` for all.
        at: when it happened, with a time zone.
        recorded_at: when the ledger learned of it; None: `at`.
        endpoint: address or number that it is bound to; empty: that of the consent on record, else the contact's first on the channel.
            A refusal holds for the person, whatever endpoint it came by.
        controller: brand or legal entity; empty for the host itself.
        actor: `subject`, `agent`, `controller`, `system`. Only the subject's own act leaves a refusal.
        method: how, such as `web_form`, `double_opt_in`, `paper`, `phone_call`; it decides how strong an opt-in is. A request by
            `message`, `campaign` or `re_permission` is refused where `may_ask` forbids to send it.
        source: form, campaign or file that shows it.
        legal_basis: `consent` where it is empty and the act gives one.
        reason: stable reason code.
        expires_at: until when it holds; for `opt_in_unconfirmed` until when it may be confirmed.
        evidence: the raw text.
        target: for `correct`: the state that it sets.
        proof: notice, wording, language, token and where the evidence is; jurisdiction, regime and the consent's id are filled in where
            they are empty.
        request_id: the host's id of the call. The same call with the same id and time writes nothing twice.
        couple: whether a refusal also blocks the person's endpoints, for everybody who shares them. A host that lets people refuse
            one purpose and keep others says False for that purpose.

    Returns:
        The events and the joined state.

    Raises:
        IllegalTransitionError: the joined state does not take the event; nothing was written.
        NotFoundError: no such contact.
        InputError: no time zone, an endpoint that the contact does not hold, or an event that is recorded in another way.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> record_consent(MemoryStore(), "nobody", "withdraw", "email", at=datetime(2026, 7, 1, tzinfo=UTC))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.NotFoundError: There is no such contact. Give an id from links.csv, or one that was retired.
    """
    from canonical_contact.consent import apply

    kind, on = _word(EventType, type, "type"), _word(Channel, channel, "channel")
    _readable(endpoint)
    if kind in _ELSEWHERE:
        raise InputError(f"The event {kind} is not recorded as a consent.", path="type", hint=f"Use {_ELSEWHERE[kind]}.")
    moment, learned = in_utc(at), in_utc(recorded_at or at, "recorded_at")
    with store.transaction():
        person = Person(store, contact_id)
        act = digest(  # of the call as it was made: a second one is known though the person's addresses have changed since
            "act", request_id, kind, on, purpose, controller, endpoint, moment.isoformat(), actor, method, reason, evidence,
            str(target or ""),
        )  # fmt: skip
        ids = {key: digest(act, key) for key in person.keys}
        if known := [event for event in person.events if event.event_id in ids.values()]:
            return Recorded(
                (person.contact_id,), tuple(known), person.cell(on, purpose, controller, known[0].endpoint), new=False
            )
        bound = endpoint if kind in REFUSING else person.endpoint(on, purpose, controller, endpoint, kind)
        place = "" if kind in REFUSING else bound
        state = person.cell(on, purpose, controller, place)
        if state is None and kind in REFUSING:  # said of what stands at an endpoint, such as a request there
            state = person.somewhere(on, purpose, controller, kind)
        event = ConsentEvent(
            act,
            kind,
            on,
            purpose=purpose,
            controller=controller,
            endpoint=place,
            effective_at=moment,
            recorded_at=learned,
            actor=actor,
            method=method,
            source=source,
            legal_basis=legal_basis,
            reason=reason,
            expires_at=None if expires_at is None else in_utc(expires_at, "expires_at"),
            evidence=evidence,
            target=target,
            proof=person.proof(proof, state, act, kind),
        )
        apply(state, event)  # raises where the machine refuses it
        if kind is _E.REQUEST:
            check_asking(person, state, event, bound)
        made = [evolve(event, event_id=ids[key], record=key) for key in person.reached(event)]
        if kind in COUPLED and couple:
            made += [block for one in made for block in person.blocks(one, endpoint)]
        elif kind is _E.CONFIRM and actor == "subject":
            made += person.freed(event)
        folded = _write(store, made, [person.contact_id], learned)
        after = Person(store, person.contact_id)
        return Recorded((person.contact_id,), tuple(made), after.cell(on, purpose, controller, place), folded)


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

    Raises:
        InputError: neither endpoint nor contact, or no time zone.
        NotFoundError: no such contact.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> done = record_suppression(MemoryStore(), "dnc_registry", "sms", endpoint="+493012345678", at=datetime(2026, 7, 1, tzinfo=UTC))
    >>> [str(event.suppression) for event in done.events]
    ['dnc_registry']
    """
    why, on = _word(SuppressionKind, kind, "kind"), _word(Channel, channel, "channel")
    moment, learned = in_utc(at), in_utc(recorded_at or at, "recorded_at")
    if not endpoint and not contact_id:
        raise InputError("A suppression needs an endpoint or a contact.", path="endpoint", hint="Give one of them.")
    _readable(endpoint)
    with store.transaction():
        ids = [contact_id] if contact_id else holders_of(store, [endpoint])
        people = [Person(store, one) for one in ids]
        keys = [key for person in people for key in (person.owners(on, endpoint) if endpoint else person.keys)] or [""]
        event = ConsentEvent(
            "", _E.SUPPRESS, on, purpose=ANY_PURPOSE, endpoint=endpoint, effective_at=moment, recorded_at=learned, actor=actor,
            method=method, source=source, reason=reason or why.value, evidence=evidence, suppression=why, proof=proof,
        )  # fmt: skip
        act = ("suppress", request_id, why, on, endpoint, moment.isoformat(), actor, method)
        made = [evolve(event, event_id=digest(*act, key), record=key) for key in keys]
        if keys == [""] and (gate := _gate(store, learned)) and not gate.take_events(made):
            return Recorded(
                (), folded=_write(store, gate.finish(), [], learned), new=False, left_out=len(made)
            )  # nobody has it now
        return _put(store, made, [person.contact_id for person in people], learned)


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
) -> Recorded:
    """End the blocks of a kind on an endpoint or person; that never makes consent.

    An opt-out is lifted by the person's own confirmed opt-in alone, a complaint by nothing, and what looks like an opt-out in a file by
    mapping or dismissing its column. Arguments as for `record_suppression`.

    Returns:
        The events; none where no such block stands.

    Raises:
        InputError: blocks of that kind are not lifted by hand, or neither endpoint nor contact is given.
        NotFoundError: no such contact.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> record_unsuppression(MemoryStore(), "manual", "sms", endpoint="+493012345678", at=datetime(2026, 7, 1, tzinfo=UTC)).events
    ()
    """
    from canonical_contact.schema import from_json

    why, on = _word(SuppressionKind, kind, "kind"), _word(Channel, channel, "channel")
    moment, learned = in_utc(at), in_utc(recorded_at or at, "recorded_at")
    if why not in _LIFTABLE:
        raise InputError(
            f"A block of the kind {why} is not lifted by hand.",
            path="kind",
            hint="An opt-out ends by the person's own confirmed opt-in; a complaint never; an unmapped column by mapping it.",
        )
    if not endpoint and not contact_id:
        raise InputError("Lifting a block needs an endpoint or a contact.", path="endpoint", hint="Give one of them.")
    _readable(endpoint)
    with store.transaction():
        people = [Person(store, one) for one in ([contact_id] if contact_id else holders_of(store, [endpoint]))]
        if contact_id:
            events = list(people[0].events)
        else:
            names = set(mailbox_names(endpoint))
            rows = (row for row in store.events(blocking=True) if not names.isdisjoint(mailbox_names(row.endpoint)))
            events = [from_json(ConsentEvent, row.document) for row in rows]
        event = ConsentEvent(
            "", _E.UNSUPPRESS, on, purpose=ANY_PURPOSE, effective_at=moment, recorded_at=learned, actor=actor,
            method=method, source=source, reason=reason or why.value, evidence=evidence, suppression=why, proof=proof,
        )  # fmt: skip
        made = []
        for key, stream in streams_of(events).items():
            for block in folded(stream).suppressions:
                if block.kind is why and block.channel is on and is_one(block.endpoint, endpoint):
                    name = digest("unsuppress", request_id, why, on, block.endpoint, moment.isoformat(), actor, key)
                    made.append(evolve(event, event_id=name, record=key, endpoint=block.endpoint))
        return _put(store, made, [person.contact_id for person in people], learned)


def record_stop(
    store: ContactStore,
    channel: Channel | str,
    endpoint: str,
    *,
    at: datetime,
    purpose: str = ANY_PURPOSE,
    recorded_at: datetime | None = None,
    source: str = "",
) -> Recorded:
    """Record that somebody at an endpoint wants no more messages: everybody who holds it withdraws, and the endpoint is blocked.

    Args:
        store: where the contacts live.
        channel: on which channel.
        endpoint: address or number in canonical form; where nobody holds it, it is blocked for whoever will.
        at: when, with a time zone.
        purpose: of which purpose; `any` by default.
        recorded_at: when the ledger learned of it; None: `at`.
        source: what shows it.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> done = record_stop(MemoryStore(), "email", "ana@example.org", at=datetime(2026, 7, 1, tzinfo=UTC))
    >>> [(str(event.type), event.endpoint) for event in done.events]
    [('suppress', 'ana@example.org')]
    """
    with store.transaction():
        ids = holders_of(store, [endpoint])
        done = [
            record_consent(
                store, one, _E.WITHDRAW, channel, purpose, at=at, recorded_at=recorded_at, endpoint=endpoint, method="stop_request",
                source=source,
            )
            for one in ids
        ]  # fmt: skip
        if not done:
            return record_suppression(
                store, SuppressionKind.GLOBAL_OPT_OUT, channel, at=at, recorded_at=recorded_at, endpoint=endpoint, actor="subject",
                method="stop_request", source=source,
            )  # fmt: skip
        events = tuple(event for one in done for event in one.events)
        return Recorded(tuple(ids), events, folded=sum(one.folded for one in done), new=any(one.new for one in done))


def import_events(store: ContactStore, events: Sequence[ConsentEvent], *, at: datetime, key: bytes | None = None) -> Recorded:
    """Put events of another ledger of ours into this one, as they are, and fold whom they are about.

    Events about people who were erased stay outside; what they block on an endpoint that others hold is kept for these.

    Args:
        store: where the contacts live.
        events: the events; an id that is known is not written again, and an event of a record that is not here waits for it.
        at: the time of the import, with a time zone.
        key: the privacy key, where the host keeps it.

    Raises:
        ConfigError: people were erased with a key that the host keeps, and it was not given.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> import_events(MemoryStore(), [], at=datetime(2026, 7, 1, tzinfo=UTC)).new
    False
    """
    moment = in_utc(at)
    with store.transaction():
        known = {row.event_id for row in store.events(sorted({event.record for event in events}))}
        fresh = [event for event in events if event.event_id not in known]
        if not fresh:
            return Recorded((), tuple(events), new=False)
        gate = open_gate(store, key, at=moment)
        taken = gate.take_events(fresh) if gate else fresh
        kept = [*taken, *(gate.finish() if gate else ())]
        records = {event.record for event in kept}
        ids = sorted({contact_id for record, contact_id in store.members() if record in records})
        names = {event.event_id for event in fresh} - {event.event_id for event in taken}
        there = tuple(event for event in events if event.event_id not in names)
        return Recorded(
            tuple(ids), there, folded=_write(store, kept, ids, moment) if kept else 0, new=bool(kept), left_out=len(names)
        )


def sweep_expiries(store: ContactStore, at: datetime) -> tuple[Recorded, ...]:
    """Write down what has run out by a time: grants, implied consents, double opt-ins without a confirmation, unanswered requests.

    A question needs no sweep, since an end is derived when it is asked; the sweep puts it on record.

    Args:
        store: where the contacts live.
        at: the time, with a time zone.

    Returns:
        One entry a contact with something due. A second sweep at the same time finds nothing.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> sweep_expiries(MemoryStore(), datetime(2026, 7, 1, tzinfo=UTC))
    ()
    """
    moment = in_utc(at)
    done = []
    with store.transaction():
        due = [row.contact_id for row in store.contacts() if _may_be_due(row.document)]
        for contact_id in due:
            person = Person(store, contact_id)
            made = [event for record in person.folded.records for event in person.ended(record, moment)]
            if made:
                folded = _write(store, made, [contact_id], moment)
                done.append(Recorded((contact_id,), tuple(made), folded=folded))
    return tuple(done)


def _may_be_due(document: str) -> bool:
    return '"expires_at"' in document or '"confirm_by"' in document


def _write(store: ContactStore, events: Sequence[ConsentEvent], contact_ids: Iterable[str], at: datetime) -> int:
    from canonical_contact.consent import blocks_endpoint

    store.put_events([event_row(event) for event in events])
    shared = holders_of(store, sorted({event.endpoint for event in events if blocks_endpoint(event)}))
    done = fold_contacts(store, sorted({*contact_ids, *shared}), at=at)
    return done.new + done.changed


def _put(store: ContactStore, events: list[ConsentEvent], contact_ids: list[str], at: datetime) -> Recorded:
    """Write suppressions, unless they are all there."""
    known = {row.event_id for row in store.events(sorted({event.record for event in events}))}
    if all(event.event_id in known for event in events):
        return Recorded(tuple(contact_ids), tuple(events), new=False)
    return Recorded(tuple(contact_ids), tuple(events), folded=_write(store, events, contact_ids, at))


def _gate(store: ContactStore, at: datetime) -> Gate | None:
    """Open the gate where the store keeps the key itself; a live refusal must never wait for a key."""
    try:
        return open_gate(store, None, at=at)
    except ConfigError:
        return None


def _readable(endpoint: str) -> None:
    """Refuse a number that is not whole: a block on it would reach nobody."""
    if endpoint and "@" not in endpoint and not endpoint.startswith(("+", "~")):
        raise InputError(
            "The endpoint is no address and no number in E.164.",
            path="endpoint",
            hint="Normalise it first; numbers begin with +.",
        )


def _word(kind: builtins.type[Word], value: str, path: str) -> Word:
    try:
        return kind(value)
    except ValueError:
        raise InputError(f"There is no {path} of that name.", path=path, hint=f"Known: {', '.join(kind)}.") from None
