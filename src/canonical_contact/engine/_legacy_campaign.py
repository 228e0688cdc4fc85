"""The acts of a re-permission campaign: ask those of a plan, and suppress the silent at the deadline. What it counts is beside this."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from attrs import evolve

from canonical_contact.consent import blocked_by, fold, last_asked, may_ask
from canonical_contact.consent.legacy import LEGACY_BLOCKS, NO_ANSWER, RE_PERMISSION, Risk, Segment, blocks_person
from canonical_contact.consent.machine import step
from canonical_contact.consent.regimes import later
from canonical_contact.engine._legacy_outcome import (
    About,
    Answer,
    Campaign,
    CampaignRow,
    Closed,
    Request,
    about_of,
    answers_of,
    campaigns_of,
    find_campaign,
    outcome_of,
    put_campaigns,
    requests_of,
)
from canonical_contact.engine._legacy_plan import Asking, LegacyPlan, LegacyRow, endpoint_names, sort_contacts
from canonical_contact.engine._person import Person, is_one, streams_of
from canonical_contact.engine.folding import fold_contacts
from canonical_contact.engine.local import chunked
from canonical_contact.engine.reading import Progress
from canonical_contact.engine.stages import event_row
from canonical_contact.errors import ConfigError
from canonical_contact.model import (
    Channel,
    ConsentEvent,
    ConsentProof,
    ConsentRecord,
    ConsentState,
    Contact,
    EventType,
    SuppressionKind,
    digest,
)
from canonical_contact.model.moment import in_utc
from canonical_contact.ports import ContactStore

__all__ = ["close_campaign", "start_campaign", "suppress_rest"]

_CHUNK: Final = 1_000  # people whose contacts are folded together
_S = ConsentState


def start_campaign(
    store: ContactStore,
    plan: LegacyPlan,
    *,
    campaign: str,
    at: datetime | None = None,
    deadline: datetime | None = None,
    proof: ConsentProof | None = None,
    progress: Progress | None = None,
) -> Campaign:
    """Write a request for everybody whom a plan wants to ask, and return the list to send to.

    Everybody is looked at again first: who was blocked, asked or erased since the plan was made is left out, and so is whose endpoint
    somebody holds who is blocked. All is one transaction. A request over an open consent keeps that state behind it.

    Args:
        store: where the contacts live.
        plan: a plan whose rows of `re_permission` were kept.
        campaign: its name; letters, digits, `.`, `_`, `-`.
        at: when the requests are made; None: the time of the plan.
        deadline: until when an answer counts; None: the policy's.
        proof: notice, version and wording of the question.
        progress: told how far it is.

    Returns:
        The campaign. Started a second time, it writes nothing and returns the same list.

    Raises:
        ConfigError: the name cannot be one, belongs to another campaign, or the deadline is not after the start.

    >>> from canonical_contact.engine.legacy import plan_legacy
    >>> from canonical_contact.store import MemoryStore
    >>> store = MemoryStore()
    >>> start_campaign(store, plan_legacy(store, at=datetime(2026, 7, 1, tzinfo=UTC)), campaign="spring").deadline.isoformat()
    '2026-07-31T00:00:00+00:00'
    """
    asking = plan.asking if at is None else evolve(plan.asking, at=at)
    _check_name(campaign)
    with store.transaction():
        known = campaigns_of(store)
        if campaign in known:
            return _again(store, campaign, known[campaign], asking, deadline)
        ends = (deadline or later(asking.at, asking.policy.deadline)).astimezone(UTC)
        if ends <= asking.at:
            raise ConfigError(
                "The deadline is not after the start.", path="deadline", hint="Give a later one, or none for the policy's."
            )
        asks = plan.asks
        if progress is not None:
            progress.stage("asking", len(asks))
        order = _Order(campaign, ends, proof or ConsentProof())
        rows: list[CampaignRow] = []
        left_out: Counter[str] = Counter()
        taken: set[str] = set()
        for chunk in chunked(asks, _CHUNK):
            events: list[ConsentEvent] = []
            folded = []
            for ask in chunk:
                made = _ask(store, ask, asking, order, taken)
                if isinstance(made, str):
                    left_out[made] += 1
                    continue
                row, requests = made
                rows.append(row)
                events += requests
                folded.append(row.contact_id)
            store.put_events([event_row(event) for event in events])
            fold_contacts(store, folded, at=asking.at)
            if progress is not None:
                progress.advance(len(chunk))
        known[campaign] = {
            "channel": asking.channel.value,
            "purpose": asking.purpose,
            "controller": asking.controller,
            "started_at": asking.at.astimezone(UTC).isoformat(),
            "deadline": ends.isoformat(),
            "asked": len(rows),
            "closed_at": "",
        }
        put_campaigns(store, known)
    return Campaign(
        campaign, asking.channel, asking.purpose, asking.controller, asking.at, ends, tuple(rows), dict(sorted(left_out.items()))
    )


def suppress_rest(
    store: ContactStore, plan: LegacyPlan, *, campaign: str, at: datetime | None = None, progress: Progress | None = None
) -> int:
    """Block whom a plan suppresses or archives, until they confirm a new opt-in themselves. Who is blocked already stays as they are.

    Args:
        store: where the contacts live.
        plan: a plan whose rows of `suppress` and `archive` were kept.
        campaign: name of the campaign that the plan belongs to.
        at: when; None: the time of the plan.
        progress: told how far it is.

    Returns:
        How many people were blocked by this call; a second one blocks nobody.

    >>> from canonical_contact.engine.legacy import plan_legacy
    >>> from canonical_contact.store import MemoryStore
    >>> store = MemoryStore()
    >>> suppress_rest(store, plan_legacy(store, at=datetime(2026, 7, 1, tzinfo=UTC)), campaign="spring")
    0
    """
    _check_name(campaign)
    moment = at or plan.asking.at
    rows = [row for row in plan.rows if row.segment in (Segment.SUPPRESS, Segment.ARCHIVE) and row.reasons[0] != Risk.BLOCKED]
    if progress is not None:
        progress.stage("suppressing", len(rows))
    number = 0
    with store.transaction():
        for chunk in chunked(rows, _CHUNK):
            events: list[ConsentEvent] = []
            ids = []
            for row in chunk:
                held = store.contact(row.contact_id)
                if held is not None:
                    reason = f"legacy_{row.segment}"
                    events += _blocks(held.members, plan.asking, campaign, reason, moment)
                    ids.append(held.contact_id)
            if store.put_events([event_row(event) for event in events]).new:
                number += fold_contacts(store, ids, at=moment).changed
            if progress is not None:
                progress.advance(len(chunk))
    return number


def close_campaign(store: ContactStore, campaign: str, *, at: datetime, progress: Progress | None = None) -> Closed:
    """Suppress at the deadline who did not answer, until they confirm a new opt-in themselves.

    Their request times out, and a suppression `manual` with the reason `legacy_no_answer` is written for the person into every one of
    their records. Who signed up and may still confirm is left, until their time is up. All is one transaction.

    Args:
        store: where the contacts live.
        campaign: its name.
        at: the time, with a time zone.
        progress: told how far it is.

    Returns:
        What it did; a second call at the same time does nothing.

    Raises:
        NotFoundError: there is no such campaign.
        ConfigError: the deadline is not over yet.

    >>> from datetime import timedelta
    >>> from canonical_contact.engine.legacy import plan_legacy
    >>> from canonical_contact.store import MemoryStore
    >>> store, now = MemoryStore(), datetime(2026, 7, 1, tzinfo=UTC)
    >>> _ = start_campaign(store, plan_legacy(store, at=now), campaign="spring")
    >>> close_campaign(store, "spring", at=now + timedelta(days=30)).suppressed
    0
    """
    moment = in_utc(at)
    with store.transaction():
        about = find_campaign(store, campaign)
        if moment < about.deadline:
            raise ConfigError(
                f"The campaign runs until {about.deadline.isoformat()}.", path="at", hint="Close it then, or later."
            )
        answers = answers_of(store, about, moment)
        silent = [request for request, answer in answers if answer in (Answer.NO_ANSWER, Answer.BOUNCED)]
        if progress is not None:
            progress.stage("suppressing", len(silent))
        suppressed = folded = 0
        for chunk in chunked(silent, _CHUNK):
            made = {event.event_id: (event, one.contact_id) for one in chunk for event in _ended(store, one, about, moment)}
            known = {row.event_id for row in store.events(sorted({event.record for event, _ in made.values()}))}
            fresh = [one for event_id, one in made.items() if event_id not in known]
            store.put_events([event_row(event) for event, _ in fresh])
            suppressed += len({contact_id for event, contact_id in fresh if event.type is EventType.SUPPRESS})
            folded += fold_contacts(store, sorted({contact_id for _, contact_id in fresh}), at=moment).changed
            if progress is not None:
                progress.advance(len(chunk))
        found = outcome_of(about, answers, moment)
        if about.closed_at is None:
            campaigns = campaigns_of(store)
            campaigns[campaign]["closed_at"] = moment.isoformat()
            put_campaigns(store, campaigns)
            found = evolve(found, closed_at=moment)
    return Closed(campaign, suppressed, found.counts[Answer.PENDING], folded, found)


def _check_name(campaign: str) -> None:
    if not campaign or not all(char.isascii() and (char.isalnum() or char in "._-") for char in campaign):
        raise ConfigError("A campaign has no such name.", path="campaign", hint="Use letters, digits, '.', '_' and '-'.")


def _again(store: ContactStore, name: str, told: Mapping[str, Any], asking: Asking, deadline: datetime | None) -> Campaign:
    """Give a campaign that was started before."""
    about = about_of(name, told)
    same = (about.channel, about.purpose, about.controller) == (asking.channel, asking.purpose, asking.controller)
    if not same or (deadline is not None and deadline != about.deadline):
        raise ConfigError(
            "A campaign of that name asks something else, or has another deadline.", path="campaign", hint="Choose another name."
        )
    rows = tuple(
        CampaignRow(
            one.contact_id, _address(store, one.contact_id, about.channel, one.endpoint), one.consent_id, one.deadline, one.regime
        )
        for one in requests_of(store, name)
        if one.contact_id
    )
    return Campaign(name, about.channel, about.purpose, about.controller, about.started_at, about.deadline, rows, new=False)


def _address(store: ContactStore, contact_id: str, channel: Channel, key: str) -> str:
    """Give an endpoint as it is sent to; consent is bound to its match key."""
    row = store.contact(contact_id)
    if row is None or channel is not Channel.EMAIL:
        return key
    emails = json.loads(row.document).get("emails", ())
    return next((str(one["address"]) for one in emails if key in (one.get("key"), one["address"])), key)


class _Order(NamedTuple):
    """What is alike in all requests of a campaign."""

    campaign: str
    deadline: datetime
    proof: ConsentProof


def _ask(
    store: ContactStore, ask: LegacyRow, asking: Asking, order: _Order, taken: set[str]
) -> tuple[CampaignRow, list[ConsentEvent]] | str:
    """Make the request for one person, or say why they are not asked."""
    row = store.contact(ask.contact_id)
    if row is None or row.contact_id != ask.contact_id:
        return "not_askable"
    person = Person(store, row.contact_id)
    now = next(iter(sort_contacts(store, asking, [(row, asking.decide(person.contact))])))
    if now.segment is not Segment.RE_PERMISSION:
        return now.reasons[-1]
    if now.endpoint != ask.endpoint:
        return "not_askable"
    names = endpoint_names(now.endpoint) if now.endpoint else ()
    if not taken.isdisjoint(names):
        return "endpoint_asked"
    if _is_shared_with_blocked(store, asking, row.contact_id, names):
        return "shared_endpoint"
    before = last_asked(person.events, asking.channel, asking.purpose, asking.controller)
    last = may_ask(
        person.contact, asking.channel, asking.purpose, at=asking.at, regime=asking.regime, endpoint=now.endpoint or None,
        controller=asking.controller or None, asked_at=before,
    )  # fmt: skip
    if not last.allowed:
        return last.reasons[0]
    made = _requested(person, now, asking, order)
    if not made:
        return "not_askable"
    taken.update(names)
    shown = made[-1].proof
    assert shown is not None
    return CampaignRow(row.contact_id, now.endpoint, shown.consent_id, order.deadline, now.regime), made


def _is_shared_with_blocked(store: ContactStore, asking: Asking, contact_id: str, names: Sequence[str]) -> bool:
    from canonical_contact.schema import from_json

    kind = "email" if asking.channel is Channel.EMAIL else "phone"
    others = {row.contact_id: row for name in names for row in store.find(kind, name) if row.contact_id != contact_id}
    return any(blocks_person(asking.decide(from_json(Contact, row.document)).reasons) for row in others.values())


def _requested(person: Person, ask: LegacyRow, asking: Asking, order: _Order) -> list[ConsentEvent]:
    """Make the events of a request, after those of what has run out; none where the machine refuses it."""
    channel, purpose, controller = asking.channel, asking.purpose, asking.controller
    due = [
        event
        for record in person.folded.records
        if (record.channel, record.purpose, record.controller) == (channel, purpose, controller)
        for event in person.ended(record, asking.at)
    ]
    if due:  # an end that was only derived so far
        person.events = [*person.events, *due]
        person.streams, person.folded = streams_of(person.events), fold(person.events)
    bound = person.endpoint(channel, purpose, controller, ask.endpoint, EventType.REQUEST)
    cell = person.cell(channel, purpose, controller, bound)
    act = digest("legacy", order.campaign, "request", channel, purpose, controller, bound, *person.keys)
    event = ConsentEvent(
        act,
        EventType.REQUEST,
        channel,
        purpose=purpose,
        controller=controller,
        endpoint=bound,
        effective_at=asking.at.astimezone(UTC),
        recorded_at=asking.at.astimezone(UTC),
        actor="controller",
        method=RE_PERMISSION,
        source=f"campaign:{order.campaign}",
        reason=cell.reason if cell else "never_asked",
        expires_at=order.deadline,
        proof=person.proof(evolve(order.proof, consent_id=act), cell, act, EventType.REQUEST),
    )
    if blocked_by(cell) or not isinstance(step(cell, event), ConsentRecord):
        return []
    made = [evolve(event, event_id=digest(act, key), record=key) for key in person.reached(event)]
    after = [
        record
        for record in fold([*person.events, *made]).records
        if (record.channel, record.purpose, record.controller, record.endpoint) == (channel, purpose, controller, bound)
    ]
    return [*due, *made] if [(one.state, blocked_by(one)) for one in after] == [(_S.REQUESTED, None)] else []


def _ended(store: ContactStore, request: Request, about: About, at: datetime) -> list[ConsentEvent]:
    """Make the events of an ask that was not answered: the request times out, and the person is blocked."""
    person = Person(store, request.contact_id)
    made: list[ConsentEvent] = []
    for record in person.folded.records:
        if (record.channel, record.purpose, record.controller) != (about.channel, about.purpose, about.controller):
            continue
        if record.state is _S.REQUESTED and is_one(record.endpoint, request.endpoint):
            made += _timed_out(person, record, request, about, at)
        elif record.state is _S.PENDING_CONFIRMATION:
            made += person.ended(record, at)
    asked = person.proof(ConsentProof(consent_id=request.consent_id), None, request.consent_id, EventType.SUPPRESS)
    return [*made, *_blocks(person.keys, about, about.name, NO_ANSWER, at, proof=asked)]


def _timed_out(person: Person, record: ConsentRecord, request: Request, about: About, at: datetime) -> Iterator[ConsentEvent]:
    act = digest("legacy", about.name, "timeout", request.consent_id)
    event = ConsentEvent(
        act,
        EventType.REQUEST_TIMEOUT,
        record.channel,
        purpose=record.purpose,
        controller=record.controller,
        endpoint=record.endpoint,
        effective_at=about.deadline,
        recorded_at=at,
        actor="system",
        method=RE_PERMISSION,
        source=f"campaign:{about.name}",
        reason=NO_ANSWER,
        proof=person.proof(ConsentProof(consent_id=request.consent_id), record, act, EventType.REQUEST_TIMEOUT),
    )
    for key in person.reached(event):
        yield evolve(event, event_id=digest(act, key), record=key)


def _blocks(
    keys: Iterable[str], about: About | Asking, campaign: str, reason: str, at: datetime, *, proof: ConsentProof | None = None
) -> list[ConsentEvent]:
    """Make the block of a person: one in the stream of every record, so that it reaches both halves of an un-merge.

    It names what the campaign asks about; like every block it holds for all purposes.
    """
    assert reason in LEGACY_BLOCKS
    return [
        ConsentEvent(
            digest("legacy", campaign, reason, about.channel, key),
            EventType.SUPPRESS,
            about.channel,
            purpose=about.purpose,
            controller=about.controller,
            record=key,
            effective_at=at,
            recorded_at=at,
            actor="controller",
            method=RE_PERMISSION,
            source=f"campaign:{campaign}",
            reason=reason,
            suppression=SuppressionKind.MANUAL,
            proof=proof,
        )
        for key in keys
    ]
