"""Receipts out of a store and into it: one for each key of a contact, with the history of its channel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, frozen

from canonical_contact.engine._person import Person, is_one
from canonical_contact.engine.folding import holders_of
from canonical_contact.engine.importing import import_events
from canonical_contact.errors import ConfigError, Problem
from canonical_contact.model import (
    ANY_PURPOSE,
    Channel,
    ConsentEvent,
    ConsentEvidence,
    ConsentRecord,
    ConsentState,
    EvidenceKind,
    SuppressionKind,
    digest,
)
from canonical_contact.model.moment import check_zone
from canonical_contact.ports import ContactStore

if TYPE_CHECKING:
    from canonical_contact.consent.receipts import Claim, Party, Terms

__all__ = ["FORMS", "ReceiptsImported", "export_receipts", "import_receipts"]

FORMS: Final = ("kantara", "iso27560")


@frozen
class ReceiptsImported:
    """What came of reading receipts.

    Args:
        events: what the ledger holds of them now.
        new: how many of those are new.
        folded: how many contacts have changed.
        own: how many receipts were our own.
        foreign: how many were another's.
        problems: what could not be read, or not be used; the path begins with the receipt's place, from 0.
        left_out: events that were not taken, since they are about people who were erased.
    """

    events: tuple[ConsentEvent, ...] = ()
    new: int = 0
    folded: int = 0
    own: int = 0
    foreign: int = 0
    problems: tuple[Problem, ...] = ()
    left_out: int = 0


def export_receipts(
    store: ContactStore,
    contact_id: str,
    *,
    controllers: Party | Mapping[str, Party],
    terms: Terms | Mapping[str, Terms] | None = None,
    form: str = "kantara",
    at: datetime | None = None,
    seal: bytes | None = None,
) -> tuple[dict[str, Any], ...]:
    """Write the consent of a contact as receipts, one for each key.

    Args:
        store: where the contacts live.
        contact_id: the contact; a retired id leads to its heir.
        controllers: who is responsible, or the party by the controller's name in the ledger (empty for the house).
        terms: what the ledger does not know, for all purposes or by purpose (empty for all others).
        form: `kantara` or `iso27560`.
        at: the time that they speak of; None: as the records stand.
        seal: secret that seals them; see `kantara_receipt`.

    Returns:
        The receipts in the order of the records; a channel with nothing but blocks has one in the state `unknown`. Together they hold
        every event of the contact, and no event of anybody else.

    Raises:
        ConfigError: there is no such form, or no party for a controller.
        NotFoundError: no such contact.

    >>> from canonical_contact.consent.receipts import Party
    >>> from canonical_contact.store import MemoryStore
    >>> export_receipts(MemoryStore(), "nobody", controllers=Party("Example Ltd"))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.NotFoundError: There is no such contact. Give an id from links.csv, or one that was retired.
    """
    from canonical_contact.consent.receipts import Terms, iso27560_record, kantara_receipt

    if form not in FORMS:
        raise ConfigError(f"There is no form {form!r} of receipts.", path="form", hint=f"Forms: {', '.join(FORMS)}.")
    write = kantara_receipt if form == "kantara" else iso27560_record
    person = Person(store, contact_id)
    made = []
    for record in (*person.folded.records, *_overlaid(person)):
        events = [event for event in person.events if event.channel is record.channel]
        told = terms.get(record.purpose, terms.get("", Terms())) if isinstance(terms, Mapping) else terms or Terms()
        party = _party(controllers, record.controller)
        made.append(write(record, events, principal=person.contact_id, controller=party, terms=told, at=at, seal=seal))
    return tuple(made)


def _overlaid(person: Person) -> Iterator[ConsentRecord]:
    """Say of a channel with blocks and no consent that nobody was asked."""
    spoken = {record.channel for record in person.folded.records}
    for channel in sorted({event.channel for event in person.events} - spoken):
        yield ConsentRecord(channel, ANY_PURPOSE, ConsentState.UNKNOWN, reason="never_asked")


def _party(controllers: Party | Mapping[str, Party], name: str) -> Party:
    if not isinstance(controllers, Mapping):
        return controllers
    if name not in controllers:
        raise ConfigError(
            f"There is no party for the controller {name!r}.",
            path="controllers",
            hint="Name one for each controller in the ledger; the empty name is the house.",
        )
    return controllers[name]


def import_receipts(
    store: ContactStore,
    documents: Iterable[object],
    *,
    at: datetime,
    contact_id: str = "",
    channel: Channel | str = "",
    purposes: Mapping[str, str] | None = None,
    controllers: Mapping[str, str] | None = None,
    region: str = "",
    seal: bytes | None = None,
    key: bytes | None = None,
) -> ReceiptsImported:
    """Read receipts into the ledger, all or nothing.

    Our own come back as the events that they were. Another's is evidence: a refusal always counts; a yes counts by the evidence rules
    (its time, id, method and policy are stated, its end is none, and the person is named by an address that the contact holds), and is
    `unknown` with the reason `legacy_import` else. It lifts no block.

    Args:
        store: where the contacts live.
        documents: what a JSON library read.
        at: the time of the import, with a time zone.
        contact_id: whom another's receipts are about; empty: who holds the address or number that they name.
        channel: the channel of another's receipts, which name none; empty: e-mail where the person is named by an address. A refusal
            without a channel is one on every channel.
        purposes: another's word for a purpose → ours.
        controllers: another's name of a controller → ours (empty for the house). A yes to a controller that is not named here is kept
            under its own name and permits the house nothing.
        region: country of numbers without a country code.
        seal: the secret that seals our own; without it their block is believed as it is, by the rules of `import_events`.
        key: the privacy key, where the host keeps it; see `import_events`.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> import_receipts(MemoryStore(), [{}], at=datetime(2026, 7, 1, tzinfo=UTC)).problems[0].code
    'consent.receipt_malformed'
    """
    from canonical_contact.consent.receipts import read_receipt

    check_zone(at)
    asked = _Asked(at, contact_id, channel, purposes or {}, controllers or {}, region)
    found: dict[ConsentEvent, int] = {}  # the receipt that each came in first: those of one channel hold the same history
    problems: list[Problem] = []
    own = foreign = 0
    with store.transaction():
        for place, document in enumerate(documents):
            read = read_receipt(document, seal=seal)
            problems += [_at(place, problem) for problem in read.problems]
            own, foreign = own + read.own, foreign + bool(read.claims)
            for event in read.events:
                found.setdefault(event, place)
            for claim in read.claims:
                made, problem = _judged(store, claim, asked)
                for event in made:
                    found.setdefault(event, place)
                problems += [_at(place, problem)] if problem is not None else []
        events, places = list(found), list(found.values())
        done = import_events(store, events, at=at, key=key)
    for problem in done.problems:
        number = int(problem.path.removeprefix("$[").removesuffix("]"))
        problems.append(evolve(problem, path=f"$[{places[number]}]"))
    return ReceiptsImported(done.events, done.added, done.folded, own, foreign, tuple(problems), done.left_out)


@frozen
class _Asked:
    """What the caller knows of another's receipts."""

    at: datetime
    contact_id: str
    channel: Channel | str
    purposes: Mapping[str, str]
    controllers: Mapping[str, str]
    region: str


def _at(place: int, problem: Problem) -> Problem:
    return evolve(problem, path=f"$[{place}]{problem.path.removeprefix('$')}")


def _judged(store: ContactStore, claim: Claim, asked: _Asked) -> tuple[list[ConsentEvent], Problem | None]:
    """Turn a claim into events by the rules of evidence, on the records that it is about."""
    refusal = claim.evidence.kind is EvidenceKind.OPT_OUT
    known = bool(claim.principal) and store.contact(claim.principal) is not None  # by an id of ours
    endpoint = "" if known else _endpoint(claim.principal, asked.region)
    named = asked.contact_id or (claim.principal if known else "")
    held = [named] if named else holders_of(store, [endpoint]) if endpoint else []
    on = str(asked.channel) or ("any" if refusal else "email" if "@" in endpoint else "")
    if not on:
        hint = "Name the channel that it is about: it names none, and no address."
        return [], Problem("consent.receipt_without_channel", "$", hint=hint)
    name = next((asked.purposes[one] for one in claim.names if one in asked.purposes), claim.evidence.purpose)
    evidence = evolve(claim.evidence, channel=on, purpose=name)
    if not held:
        if refusal and endpoint:
            return list(_waiting(evidence, endpoint, asked.at)), None
        hint = "Nobody is known by the id, address or number that it names; name the contact."
        return [], Problem("consent.receipt_of_nobody", "$", hint=hint)
    house = "" if refusal else asked.controllers.get(claim.controller, claim.controller)
    made = [event for one in held for event in _events(Person(store, one), evidence, endpoint, at=asked.at, alone=len(held) == 1)]
    if house:
        made = [evolve(event, event_id=digest(event.event_id, house), controller=house) for event in made]
    return made, None


def _endpoint(principal: str, region: str) -> str:
    from canonical_contact import normalize

    if "@" in principal:
        email = normalize.email(principal).value
        return (email.key or email.address) if email is not None else ""
    phone = normalize.phone(principal, region=region).value if any(char.isdigit() for char in principal) else None
    return phone.dialled if phone is not None and principal.lstrip().startswith(("+", "0")) else ""


def _events(person: Person, evidence: ConsentEvidence, endpoint: str, *, at: datetime, alone: bool) -> Iterator[ConsentEvent]:
    from canonical_contact.consent import channels_of, endpoint_keys, events_of

    refusal = evidence.kind is EvidenceKind.OPT_OUT
    for channel in channels_of(evidence.channel):
        for key in person.keys if refusal else person.owners(channel, endpoint)[:1]:
            record, shown = person.records.get(key), evolve(evidence, channel=channel.value)
            if record is None:
                continue
            card = record.card
            if not refusal:  # a yes is bound to the endpoint that is named, and to no other
                card = evolve(
                    card,
                    emails=tuple(one for one in card.emails if is_one(one.key or one.address, endpoint)),
                    phones=tuple(one for one in card.phones if is_one(one.dialled, endpoint)),
                )
                named = alone and bool(endpoint_keys(card, channel))
                if shown.kind is EvidenceKind.OPT_IN and not (named and shown.at is not None and shown.at <= at):
                    shown = evolve(shown, kind=EvidenceKind.CLAIMED_OPT_IN)
            for event in events_of(evolve(record, card=card, evidence=(shown,)), at):
                if event.source == shown.column:  # what the card itself says is in the ledger already
                    yield event


def _waiting(evidence: ConsentEvidence, endpoint: str, at: datetime) -> Iterator[ConsentEvent]:
    """Block an endpoint for whoever will hold it: its refusal names somebody who is not here."""
    from canonical_contact.consent import channels_of
    from canonical_contact.model import EventType

    mail = "@" in endpoint
    for channel in channels_of(evidence.channel):
        if channel in (Channel.POST, Channel.PUSH, Channel.ADS) or mail is not (channel is Channel.EMAIL):
            continue
        yield ConsentEvent(
            digest("receipt", endpoint, channel, evidence.column, "" if evidence.at is None else evidence.at.isoformat()),
            EventType.SUPPRESS,
            channel,
            purpose=ANY_PURPOSE,
            endpoint=endpoint,
            effective_at=evidence.at or at,
            recorded_at=at,
            source=evidence.column,
            suppression=SuppressionKind.GLOBAL_OPT_OUT,
        )
