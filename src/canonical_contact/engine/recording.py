"""Record live acts: what a person, an agent or a host does about consent now, written into the ledger and folded at once.

The machine decides on the joined state of the contact, before anything is written. An act hangs on source records: a permission on the one
that owns the endpoint and on every one that blocks it, a refusal on every one. Each call is one transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import evolve

from canonical_contact.engine._asking import check_actor, check_asking, check_campaign
from canonical_contact.engine._endpoint import canonical_endpoint
from canonical_contact.engine._person import COUPLED, REFUSING, Person
from canonical_contact.engine._suppressing import record_suppression, record_unsuppression
from canonical_contact.engine._writing import Recorded, purpose_of, word, write
from canonical_contact.engine.folding import holders_of
from canonical_contact.engine.importing import import_events
from canonical_contact.errors import InputError
from canonical_contact.model import (
    ANY_PURPOSE,
    Channel,
    ConsentEvent,
    ConsentProof,
    ConsentState,
    EventType,
    SuppressionKind,
    digest,
)
from canonical_contact.model.moment import in_utc
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

_E = EventType
_ELSEWHERE: Final = {
    _E.SUPPRESS: "record_suppression",
    _E.UNSUPPRESS: "record_unsuppression",
    _E.ERASE: "the erasure of the person, which leaves nothing behind",
    _E.IMPORT_LEGACY: "unify, which reads it from a file",
}
_AGREEING: Final = frozenset({_E.OPT_IN, _E.OPT_IN_UNCONFIRMED, _E.CONFIRM})


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
    region: str = "",
    controller: str = "",
    actor: str = "",
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

    What has run out of the same consent before is put on record first, as `sweep_expiries` does.

    Args:
        store: where the contacts live.
        contact_id: the contact; a retired id leads to its heir.
        type: what happened.
        channel: for which channel.
        purpose: for which purpose; `any` for all. An empty one is refused.
        at: when it happened, with a time zone.
        recorded_at: when the ledger learned of it; None: `at`.
        endpoint: address or number that it is bound to; empty: that of the consent on record, else the contact's first on the channel.
            A refusal holds for the person, whatever endpoint it came by.
        region: country (ISO 3166-1 alpha-2) of a number that does not name its own.
        controller: brand or legal entity; empty for the host itself.
        actor: `subject`, `agent`, `controller`, `system`. Only the subject's own act leaves a refusal. Empty: not said; the act counts as
            the subject's, but it leaves no refusal.
        method: how, such as `web_form`, `double_opt_in`, `paper`, `phone_call`; it decides how strong an opt-in is. A request by any
            method that may send something (all but `consent.UNSENT`) is refused where `may_ask` forbids to send it.
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
        InputError: no purpose, no time zone, an endpoint that cannot be read or that the contact does not hold, an event that is
            recorded in another way, or one that would leave a refusal and does not say who acted.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> record_consent(MemoryStore(), "nobody", "withdraw", "email", at=datetime(2026, 7, 1, tzinfo=UTC))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.NotFoundError: There is no such contact. Give an id from links.csv, or one that was retired.
    """
    from canonical_contact.consent import apply

    kind, on = word(EventType, type, "type"), word(Channel, channel, "channel")
    purpose, controller = purpose_of(purpose), controller.strip()
    given, endpoint = endpoint, canonical_endpoint(endpoint, region)
    if kind in _ELSEWHERE:
        raise InputError(f"The event {kind} is not recorded as a consent.", path="type", hint=f"Use {_ELSEWHERE[kind]}.")
    moment, learned = in_utc(at), in_utc(recorded_at or at, "recorded_at")
    said, actor = bool(actor), actor or "subject"
    with store.transaction():
        person = Person(store, contact_id)
        act = digest(  # of the call as it was made: a second one is known though the person's addresses have changed since
            "act", request_id, kind, on, purpose, controller, given, moment.isoformat(), actor, method, reason, evidence,
            str(target or ""),
        )  # fmt: skip
        ids = {key: digest(act, key) for key in person.keys}
        if known := [event for event in person.events if event.event_id in ids.values()]:
            return Recorded(
                (person.contact_id,), tuple(known), person.cell(on, purpose, controller, known[0].endpoint), new=False
            )
        if due := person.due(kind, (on, purpose, controller), moment, learned):  # what has run out stands in nobody's way
            write(store, due, [person.contact_id], learned)
            person = Person(store, person.contact_id)
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
            legal_basis=legal_basis or ("consent" if kind in _AGREEING else ""),
            reason=reason,
            expires_at=None if expires_at is None else in_utc(expires_at, "expires_at"),
            evidence=evidence,
            target=target,
            proof=person.proof(proof, state, act, kind),
        )
        apply(state, event)  # raises where the machine refuses it
        if kind is _E.REQUEST:
            check_asking(person, state, event, bound)
        elif kind is _E.REQUEST_TIMEOUT:
            check_campaign(person, state)
        freed = person.freed(event) if kind is _E.CONFIRM and actor == "subject" else []
        if not said:
            check_actor(state, event, freed)
        made = [evolve(event, event_id=ids[key], record=key) for key in person.reached(event)]
        if kind in COUPLED and couple:
            made += [block for one in made for block in person.blocks(one, endpoint)]
        made += freed
        folded = write(store, made, [person.contact_id], learned)
        after = Person(store, person.contact_id)
        return Recorded((person.contact_id,), tuple(made), after.cell(on, purpose, controller, place), folded)


def record_stop(
    store: ContactStore,
    channel: Channel | str,
    endpoint: str,
    *,
    at: datetime,
    purpose: str = ANY_PURPOSE,
    recorded_at: datetime | None = None,
    source: str = "",
    region: str = "",
    proof: ConsentProof | None = None,
) -> Recorded:
    """Record that somebody at an endpoint wants no more messages: everybody who holds it withdraws, and the endpoint is blocked.

    Args:
        store: where the contacts live.
        channel: on which channel.
        endpoint: address or number; where nobody holds it, it is blocked for whoever will.
        at: when, with a time zone.
        purpose: of which purpose; `any` by default.
        recorded_at: when the ledger learned of it; None: `at`.
        source: what shows it.
        region: see `record_consent`.
        proof: further proof.

    Raises:
        InputError: no endpoint, or one that cannot be read, or no time zone.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> done = record_stop(MemoryStore(), "email", "ana@example.org", at=datetime(2026, 7, 1, tzinfo=UTC))
    >>> [(str(event.type), event.endpoint) for event in done.events]
    [('suppress', 'ana@example.org')]
    """
    endpoint, purpose = canonical_endpoint(endpoint, region), purpose_of(purpose)
    if not endpoint:
        raise InputError("A stop needs the endpoint that it came by.", path="endpoint", hint="Give the address or number.")
    with store.transaction():
        ids = holders_of(store, [endpoint])
        done = [
            record_consent(
                store, one, _E.WITHDRAW, channel, purpose, at=at, recorded_at=recorded_at, endpoint=endpoint, actor="subject", method="stop_request",
                source=source, proof=proof,
            )
            for one in ids
        ]  # fmt: skip
        if not done:
            return record_suppression(
                store, SuppressionKind.GLOBAL_OPT_OUT, channel, at=at, recorded_at=recorded_at, endpoint=endpoint, actor="subject",
                method="stop_request", source=source, proof=proof,
            )  # fmt: skip
        events = tuple(event for one in done for event in one.events)
        return Recorded(tuple(ids), events, folded=sum(one.folded for one in done), new=any(one.new for one in done))


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
                folded = write(store, made, [contact_id], moment)
                done.append(Recorded((contact_id,), tuple(made), folded=folded))
    return tuple(done)


def _may_be_due(document: str) -> bool:
    return '"expires_at"' in document or '"confirm_by"' in document
