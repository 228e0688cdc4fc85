"""Record live acts: what a person, an agent or a host does about consent now, written into the ledger and folded at once.

The machine decides on the joined state of the contact, before anything is written. An act hangs on source records: a permission on the one
that owns the endpoint and on every one that blocks it, a refusal on every one. Each call is one transaction.
"""

from __future__ import annotations

import builtins
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import evolve, frozen

from canonical_contact.engine.folding import fold_contacts, holders_of
from canonical_contact.engine.stages import event_row
from canonical_contact.errors import InputError, NotFoundError
from canonical_contact.model import (
    ANY_PURPOSE,
    Channel,
    ConsentEvent,
    ConsentProof,
    ConsentRecord,
    ConsentState,
    Contact,
    EventType,
    SourceRecord,
    SuppressionKind,
    digest,
)
from canonical_contact.normalize import mailbox_names
from canonical_contact.ports import ContactStore

if TYPE_CHECKING:
    from canonical_contact.consent import Folded

__all__ = ["Recorded", "record_consent", "record_suppression", "record_unsuppression", "sweep_expiries"]

Word = TypeVar("Word", bound=StrEnum)

_E = EventType
_REFUSING: Final = frozenset({_E.WITHDRAW, _E.OBJECT, _E.COMPLAINT, _E.DECLINE, _E.INVALIDATE})
_COUPLED: Final = frozenset({_E.WITHDRAW, _E.OBJECT, _E.COMPLAINT})  # these reach every endpoint of the person
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
    """

    contact_ids: tuple[str, ...]
    events: tuple[ConsentEvent, ...] = ()
    record: ConsentRecord | None = None
    folded: int = 0
    new: bool = True


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
        method: how, such as `web_form`, `double_opt_in`, `paper`, `phone_call`; it decides how strong an opt-in is.
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

    >>> from canonical_contact.store import MemoryStore
    >>> record_consent(MemoryStore(), "nobody", "withdraw", "email", at=datetime(2026, 7, 1, tzinfo=UTC))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.NotFoundError: There is no such contact. Give an id from links.csv, or one that was retired.
    """
    kind, on = _word(EventType, type, "type"), _word(Channel, channel, "channel")
    if kind in _ELSEWHERE:
        raise InputError(f"The event {kind} is not recorded as a consent.", path="type", hint=f"Use {_ELSEWHERE[kind]}.")
    moment, learned = _utc(at, "at"), _utc(recorded_at or at, "recorded_at")
    with store.transaction():
        person = _Person(store, contact_id)
        bound = endpoint if kind in _REFUSING else person.endpoint(on, purpose, controller, endpoint, kind)
        place = "" if kind in _REFUSING else bound
        act = digest(
            "act", request_id, kind, on, purpose, controller, bound, moment.isoformat(), actor, method, reason, evidence,
            str(target or ""),
        )  # fmt: skip
        ids = {key: digest(act, key) for key in person.keys}
        if known := [event for event in person.events if event.event_id in ids.values()]:
            return Recorded((person.contact_id,), tuple(known), person.cell(on, purpose, controller, place), new=False)
        state = person.cell(on, purpose, controller, place)
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
            expires_at=None if expires_at is None else _utc(expires_at, "expires_at"),
            evidence=evidence,
            target=target,
            proof=person.proof(proof, state, act, kind),
        )
        _allowed(state, event)
        made = [evolve(event, event_id=ids[key], record=key) for key in person.reached(event)]
        if kind in _COUPLED and couple:
            made += [block for one in made for block in person.blocks(one, endpoint)]
        elif kind is _E.CONFIRM and actor == "subject":
            made += person.freed(event)
        folded = _write(store, made, [person.contact_id], learned)
        after = _Person(store, person.contact_id)
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

    >>> from canonical_contact.store import MemoryStore
    >>> done = record_suppression(MemoryStore(), "dnc_registry", "sms", endpoint="+493012345678", at=datetime(2026, 7, 1, tzinfo=UTC))
    >>> [str(event.suppression) for event in done.events]
    ['dnc_registry']
    """
    why, on = _word(SuppressionKind, kind, "kind"), _word(Channel, channel, "channel")
    moment, learned = _utc(at, "at"), _utc(recorded_at or at, "recorded_at")
    if not endpoint and not contact_id:
        raise InputError("A suppression needs an endpoint or a contact.", path="endpoint", hint="Give one of them.")
    with store.transaction():
        ids = [contact_id] if contact_id else holders_of(store, [endpoint])
        people = [_Person(store, one) for one in ids]
        keys = [key for person in people for key in (person.owners(on, endpoint) if endpoint else person.keys[:1])] or [""]
        event = ConsentEvent(
            "", _E.SUPPRESS, on, purpose=ANY_PURPOSE, endpoint=endpoint, effective_at=moment, recorded_at=learned, actor=actor,
            method=method, source=source, reason=reason or why.value, evidence=evidence, suppression=why, proof=proof,
        )  # fmt: skip
        act = ("suppress", request_id, why, on, endpoint, moment.isoformat(), actor, method)
        made = [evolve(event, event_id=digest(*act, key), record=key) for key in keys]
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

    >>> from canonical_contact.store import MemoryStore
    >>> record_unsuppression(MemoryStore(), "manual", "sms", endpoint="+493012345678", at=datetime(2026, 7, 1, tzinfo=UTC)).events
    ()
    """
    from canonical_contact.schema import from_json

    why, on = _word(SuppressionKind, kind, "kind"), _word(Channel, channel, "channel")
    moment, learned = _utc(at, "at"), _utc(recorded_at or at, "recorded_at")
    if why not in _LIFTABLE:
        raise InputError(
            f"A block of the kind {why} is not lifted by hand.",
            path="kind",
            hint="An opt-out ends by the person's own confirmed opt-in; a complaint never; an unmapped column by mapping it.",
        )
    if not endpoint and not contact_id:
        raise InputError("Lifting a block needs an endpoint or a contact.", path="endpoint", hint="Give one of them.")
    with store.transaction():
        people = [_Person(store, one) for one in ([contact_id] if contact_id else holders_of(store, [endpoint]))]
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
        for key, stream in _streams(events).items():
            for block in _fold(stream).suppressions:
                if block.kind is why and block.channel is on and _is_one(block.endpoint, endpoint):
                    name = digest("unsuppress", request_id, why, on, block.endpoint, moment.isoformat(), actor, key)
                    made.append(evolve(event, event_id=name, record=key, endpoint=block.endpoint))
        return _put(store, made, [person.contact_id for person in people], learned)


def sweep_expiries(store: ContactStore, at: datetime) -> tuple[Recorded, ...]:
    """Write down what has run out by a time: grants and implied consents, and double opt-ins that nobody confirmed.

    A question needs no sweep, since an end is derived when it is asked; the sweep puts it on record.

    Args:
        store: where the contacts live.
        at: the time, with a time zone.

    Returns:
        One entry a contact with something due. A second sweep at the same time finds nothing.

    >>> from canonical_contact.store import MemoryStore
    >>> sweep_expiries(MemoryStore(), datetime(2026, 7, 1, tzinfo=UTC))
    ()
    """
    moment = _utc(at, "at")
    done = []
    with store.transaction():
        due = [row.contact_id for row in store.contacts() if _may_be_due(row.document)]
        for contact_id in due:
            person = _Person(store, contact_id)
            made = [event for record in person.folded.records for event in person.ended(record, moment)]
            if made:
                folded = _write(store, made, [contact_id], moment)
                done.append(Recorded((contact_id,), tuple(made), folded=folded))
    return tuple(done)


def _may_be_due(document: str) -> bool:
    return '"expires_at"' in document or '"confirm_by"' in document


class _Person:
    """A contact with its records and events, as a live act needs them."""

    def __init__(self, store: ContactStore, contact_id: str) -> None:
        from canonical_contact.schema import from_json

        row = store.contact(contact_id)
        if row is None:
            raise NotFoundError(
                "There is no such contact.", path="contact_id", hint="Give an id from links.csv, or one that was retired."
            )
        self.contact_id = row.contact_id
        self.contact = from_json(Contact, row.document)
        self.keys: Sequence[str] = sorted(row.members)
        self.records = {one.key: from_json(SourceRecord, one.document) for one in store.records(self.keys)}
        self.events = [from_json(ConsentEvent, one.document) for one in store.events(self.keys)]
        self.streams = _streams(self.events)
        self.folded = _fold(self.events)

    def endpoint(self, channel: Channel, purpose: str, controller: str, given: str, kind: EventType) -> str:
        """Find the endpoint, as the contact's records spell it, that a permission is bound to."""
        from canonical_contact.consent import endpoint_keys

        held = endpoint_keys(self.contact, channel)
        if given:
            same = next((key for key in held if _is_one(key, given)), None)
            if same is None and not (kind is _E.CORRECT or any(self.owners(channel, given, strict=True))):
                raise InputError(
                    "The contact does not hold this endpoint.", path="endpoint", hint="Give one of its addresses or numbers."
                )
            return same or given
        cells = {
            record.endpoint
            for record in self.folded.records
            if (record.channel, record.purpose, record.controller) == (channel, purpose, controller) and record.endpoint
        }
        if len(cells) == 1:
            return cells.pop()
        return held[0] if held else ""

    def owners(self, channel: Channel, endpoint: str, *, strict: bool = False) -> list[str]:
        """List the records that hold an endpoint; the first record where none does."""
        from canonical_contact.consent import endpoint_keys

        found = [
            key
            for key in self.keys
            if key in self.records and any(_is_one(name, endpoint) for name in endpoint_keys(self.records[key].card, channel))
        ]
        return found if found or strict else list(self.keys[:1])

    def cell(self, channel: Channel, purpose: str, controller: str, endpoint: str) -> ConsentRecord | None:
        """Give the joined state of a key."""
        return _cell(self.folded, channel, purpose, controller, endpoint)

    def proof(self, given: ConsentProof | None, state: ConsentRecord | None, act: str, kind: EventType) -> ConsentProof:
        """Fill in what a proof leaves open: the consent that it belongs to, and the rules that bind."""
        from canonical_contact.consent import countries_of, resolve
        from canonical_contact.consent.regimes import REGIMES

        proof = given or ConsentProof()
        if not proof.consent_id:
            known = {event.event_id: event.proof.consent_id for event in self.events if event.proof and event.proof.consent_id}
            begins = kind in (_E.OPT_IN, _E.OPT_IN_UNCONFIRMED, _E.IMPLY, _E.REQUEST)
            older = [] if begins or state is None else [known[name] for name in state.events if name in known]
            proof = evolve(proof, consent_id=older[-1] if older else act)
        if not proof.jurisdiction:
            countries = sorted(countries_of(self.contact))
            proof = evolve(proof, jurisdiction=countries[0] if len(countries) == 1 and countries != ["ZZ"] else "")
        if not proof.regime:
            proof = evolve(proof, regime="+".join(f"{regime.id}/{regime.version}" for regime in resolve(self.contact, REGIMES)))
        return proof

    def reached(self, event: ConsentEvent) -> list[str]:
        """List the records whose streams take an act: all for a refusal, else the owner's and those that block or wait."""
        from canonical_contact.consent import blocked_by
        from canonical_contact.consent.machine import step

        if event.type in _REFUSING:
            return list(self.keys)
        owners = self.owners(event.channel, event.endpoint)[:1]
        found = []
        for key in self.keys:
            cell = _cell(_fold(self.streams.get(key, ())), event.channel, event.purpose, event.controller, event.endpoint)
            concerned = (
                key in owners or blocked_by(cell) or (cell is not None and cell.state is ConsentState.PENDING_CONFIRMATION)
            )
            if not concerned and event.type not in (_E.OPT_IN, _E.OPT_IN_UNCONFIRMED, _E.IMPLY, _E.REQUEST):
                concerned = cell is not None  # what ends or renews a consent reaches every stream that has it
            if concerned and isinstance(step(cell, event), ConsentRecord):
                found.append(key)
        return found or owners

    def blocks(self, refusal: ConsentEvent, endpoint: str) -> Iterator[ConsentEvent]:
        """Say what a refusal brings along: its record's endpoints are blocked for everybody who holds them."""
        from canonical_contact.consent import follow

        record = self.records[refusal.record]
        said = refusal if refusal.type is _E.COMPLAINT else evolve(refusal, type=_E.WITHDRAW)
        made = follow(record, [said], refusal.recorded_at)
        yield from made
        if endpoint and refusal.record == self.keys[0] and not any(_is_one(endpoint, block.endpoint) for block in made):
            kind = SuppressionKind.COMPLAINT if refusal.type is _E.COMPLAINT else SuppressionKind.GLOBAL_OPT_OUT
            yield evolve(
                refusal,
                event_id=digest(refusal.event_id, endpoint, _E.SUPPRESS),
                type=_E.SUPPRESS,
                endpoint=endpoint,
                reason=kind.value,
                suppression=kind,
            )

    def freed(self, confirm: ConsentEvent) -> list[ConsentEvent]:
        """Lift the contact's own opt-outs at the endpoint that the person confirmed; no complaint, and no other person's block."""
        return [
            evolve(
                confirm,
                event_id=digest(confirm.event_id, key, block.endpoint, _E.UNSUPPRESS),
                type=_E.UNSUPPRESS,
                purpose=ANY_PURPOSE,
                record=key,
                endpoint=block.endpoint,
                suppression=block.kind,
                reason=block.kind.value,
                expires_at=None,
            )
            for key, stream in self.streams.items()
            for block in _fold(stream).suppressions
            if block.kind is SuppressionKind.GLOBAL_OPT_OUT
            and block.channel is confirm.channel
            and _is_one(block.endpoint, confirm.endpoint)
        ]

    def ended(self, record: ConsentRecord, at: datetime) -> Iterator[ConsentEvent]:
        """Say what is due of one key."""
        kind, end = None, record.expires_at
        if record.state in (ConsentState.GRANTED, ConsentState.IMPLIED):
            kind = _E.EXPIRE
        elif record.state is ConsentState.PENDING_CONFIRMATION:
            kind, end = _E.CONFIRM_TIMEOUT, record.confirm_by
        elif record.state is ConsentState.REQUESTED and record.resume_state in (None, ConsentState.UNKNOWN):
            kind = _E.REQUEST_TIMEOUT
        if kind is None or end is None or end > at:
            return
        event = ConsentEvent(
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
        for key in self.reached(event):
            yield evolve(event, event_id=digest(event.event_id, key), record=key)


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


def _allowed(state: ConsentRecord | None, event: ConsentEvent) -> None:
    """Raise where the machine refuses the event on the joined state."""
    from canonical_contact.consent import apply

    apply(state, event)


def _cell(folded: Folded, channel: Channel, purpose: str, controller: str, endpoint: str) -> ConsentRecord | None:
    """Find what a fold says of one key: the cell itself, else the refusals of wider cells that reach into it."""
    from canonical_contact.consent import blocked_by, join

    found: ConsentRecord | None = None
    for record in folded.records:
        if (
            record.channel is not channel
            or record.controller not in (controller, "")
            or record.purpose not in (purpose, ANY_PURPOSE)
        ):
            continue
        if record.endpoint and not _is_one(record.endpoint, endpoint):
            continue
        placed = evolve(record, purpose=purpose, controller=controller, endpoint=endpoint)
        if (record.purpose, record.controller, record.endpoint) == (purpose, controller, endpoint):
            return record  # the fold has drawn the wider refusals into it already
        if blocked_by(record) or (record.purpose == purpose and record.controller == controller):
            found = placed if found is None else join(found, placed)
    return found


def _streams(events: Iterable[ConsentEvent]) -> dict[str, list[ConsentEvent]]:
    streams: defaultdict[str, list[ConsentEvent]] = defaultdict(list)
    for event in events:
        streams[event.record].append(event)
    return dict(streams)


def _fold(events: Iterable[ConsentEvent]) -> Folded:
    from canonical_contact.consent import fold

    return fold(events)


def _is_one(left: str, right: str) -> bool:
    return left == right or (bool(left and right) and not set(mailbox_names(left)).isdisjoint(mailbox_names(right)))


def _utc(at: datetime, path: str) -> datetime:
    if at.tzinfo is None:
        raise InputError("The time has no time zone.", path=path, hint="Pass a datetime with tzinfo, such as datetime.now(UTC).")
    return at.astimezone(UTC)


def _word(kind: builtins.type[Word], value: str, path: str) -> Word:
    try:
        return kind(value)
    except ValueError:
        raise InputError(f"There is no {path} of that name.", path=path, hint=f"Known: {', '.join(kind)}.") from None
