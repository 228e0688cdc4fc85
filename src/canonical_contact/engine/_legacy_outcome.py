"""What a re-permission campaign is and what came of it: its values, its requests in the ledger, the answers by a time.

All that a campaign knows of people stands in the ledger: its requests bear its name as their source. The setting `legacy.campaigns` holds
its name, dates and numbers alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from canonical_contact.consent import blocked_by
from canonical_contact.consent.evidence import FORBIDDING, UNDELIVERABLE
from canonical_contact.consent.legacy import RE_PERMISSION
from canonical_contact.engine._person import is_one
from canonical_contact.errors import NotFoundError
from canonical_contact.model import (
    ANY_PURPOSE,
    Channel,
    ConsentEvent,
    ConsentProof,
    ConsentState,
    Contact,
    EventType,
    SuppressionKind,
)
from canonical_contact.model.moment import in_utc
from canonical_contact.ports import ContactStore

__all__ = [
    "About",
    "Answer",
    "Campaign",
    "CampaignOutcome",
    "CampaignRow",
    "Closed",
    "Request",
    "about_of",
    "answers_of",
    "campaign_outcome",
    "campaigns_of",
    "find_campaign",
    "outcome_of",
    "put_campaigns",
    "requests_of",
]

_SETTING: Final = "legacy.campaigns"
_S = ConsentState


class Answer(StrEnum):
    """What came of an ask."""

    CONFIRMED = "confirmed"
    PENDING = "pending"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    BOUNCED = "bounced"
    NO_ANSWER = "no_answer"
    GONE = "gone"


@frozen
class CampaignRow:
    """One person who is asked.

    Args:
        contact_id: the contact, as it is called today.
        endpoint: where to ask; empty on a channel without endpoints.
        consent_id: the consent that the request began; the answer's proof should name it.
        deadline: until when an answer counts.
        regime: the rules that were applied.
    """

    contact_id: str
    endpoint: str
    consent_id: str
    deadline: datetime
    regime: str = ""


@frozen
class Campaign:
    """A campaign that was started.

    Args:
        name: its name.
        channel: the channel.
        purpose: the purpose.
        controller: brand or legal entity; empty for the host itself.
        started_at: when the requests were written.
        deadline: until when an answer counts.
        rows: the list to send to.
        left_out: reason → how many of the plan were not asked, since something has changed since it was made.
        new: False where it was started before.
    """

    name: str
    channel: Channel
    purpose: str
    controller: str
    started_at: datetime
    deadline: datetime
    rows: tuple[CampaignRow, ...] = field(default=(), repr=False)
    left_out: Mapping[str, int] = field(factory=dict)
    new: bool = True


@frozen
class CampaignOutcome:
    """What came of a campaign by a time.

    Args:
        name: the campaign.
        at: the time of the count.
        deadline: until when an answer counts.
        closed_at: when it was closed; None while it is open.
        asked: how many were asked.
        counts: answer → how many; they add up to `asked`.
        rows: (contact id, endpoint, answer) of everybody who is still in the store.
    """

    name: str
    at: datetime
    deadline: datetime
    closed_at: datetime | None
    asked: int
    counts: Mapping[Answer, int]
    rows: tuple[tuple[str, str, Answer], ...] = field(default=(), repr=False)


@frozen
class Closed:
    """What closing a campaign did.

    Args:
        name: the campaign.
        suppressed: how many people were suppressed by this call.
        open: how many signed up and may still confirm; close again when their time is up.
        folded: how many contacts changed.
        outcome: what came of the campaign.
    """

    name: str
    suppressed: int
    open: int
    folded: int
    outcome: CampaignOutcome


@frozen
class About:
    """A campaign as the setting has it."""

    name: str
    channel: Channel
    purpose: str
    controller: str
    started_at: datetime
    deadline: datetime
    asked: int
    closed_at: datetime | None


@frozen
class Request:
    """A request of a campaign, and whom it is about today."""

    contact_id: str
    record: str
    endpoint: str
    consent_id: str
    deadline: datetime
    regime: str
    asked_at: datetime


def campaign_outcome(store: ContactStore, campaign: str, *, at: datetime) -> CampaignOutcome:
    """Count what the people of a campaign answered.

    Args:
        store: where the contacts live.
        campaign: its name.
        at: the time of the count, with a time zone.

    Returns:
        `confirmed`: a consent is on record. `pending`: they signed up and have not confirmed. `declined`, `withdrawn`: they said no.
        `bounced`: the endpoint does not work. `gone`: nothing of them is left in the store. `no_answer`: everybody else.

    Raises:
        NotFoundError: there is no such campaign.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> campaign_outcome(MemoryStore(), "spring", at=datetime(2026, 7, 1, tzinfo=UTC))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.NotFoundError: There is no campaign of that name. None was started yet; start one first.
    """
    about, moment = find_campaign(store, campaign), in_utc(at)
    return outcome_of(about, answers_of(store, about, moment), moment)


def campaigns_of(store: ContactStore) -> dict[str, dict[str, Any]]:
    """Read the campaigns, by their names."""
    found: dict[str, dict[str, Any]] = json.loads(store.setting(_SETTING) or "{}")
    return found


def put_campaigns(store: ContactStore, campaigns: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the campaigns down, by their names."""
    store.put_setting(_SETTING, json.dumps(campaigns, sort_keys=True))


def find_campaign(store: ContactStore, name: str) -> About:
    """Get a campaign.

    Raises:
        NotFoundError: there is none of that name.
    """
    known = campaigns_of(store)
    if name not in known:
        raise NotFoundError(
            "There is no campaign of that name.",
            path="campaign",
            hint=f"Start it first, or name one of: {', '.join(sorted(known))}."
            if known
            else "None was started yet; start one first.",
        )
    return about_of(name, known[name])


def about_of(name: str, told: Mapping[str, Any]) -> About:
    """Read what the setting says of a campaign."""
    closed = told["closed_at"]
    return About(
        name, Channel(told["channel"]), told["purpose"], told["controller"], datetime.fromisoformat(told["started_at"]),
        datetime.fromisoformat(told["deadline"]), told["asked"], datetime.fromisoformat(closed) if closed else None,
    )  # fmt: skip


def requests_of(store: ContactStore, campaign: str) -> Iterator[Request]:
    """Find the requests of a campaign in the ledger, one for each person who was asked; without a contact where none holds the record."""
    from canonical_contact.schema import from_json

    mark = json.dumps(f"campaign:{campaign}")
    found = [from_json(ConsentEvent, row.document) for row in store.events() if mark in row.document]
    found = [
        event
        for event in found
        if event.type is EventType.REQUEST and event.method == RE_PERMISSION and event.source == f"campaign:{campaign}"
    ]
    records = {event.record for event in found}
    owner = {key: contact_id for key, contact_id in store.members() if key in records}
    consents: set[str] = set()
    for event in sorted(found, key=lambda event: (event.record not in owner, owner.get(event.record, ""), event.record)):
        proof = event.proof or ConsentProof()
        if proof.consent_id not in consents and event.expires_at is not None:
            consents.add(proof.consent_id)
            yield Request(
                owner.get(event.record, ""),
                event.record,
                event.endpoint,
                proof.consent_id,
                event.expires_at,
                proof.regime,
                event.effective_at or event.expires_at,
            )


def answers_of(store: ContactStore, about: About, at: datetime) -> list[tuple[Request, Answer]]:
    """Read the answer to every request of a campaign whose person is still in the store."""
    from canonical_contact.schema import from_json

    found = []
    for request in requests_of(store, about.name):
        row = store.contact(request.contact_id) if request.contact_id else None
        if row is not None:
            found.append((request, _answer(from_json(Contact, row.document), request, about, at)))
    return found


def outcome_of(about: About, answers: Sequence[tuple[Request, Answer]], at: datetime) -> CampaignOutcome:
    """Count answers; who was asked and is not among them is gone."""
    counts = Counter(dict.fromkeys(Answer, 0))
    counts.update(answer for _, answer in answers)
    asked = max(about.asked, len(answers))  # a host may have asked more people under the same name
    counts[Answer.GONE] += asked - len(answers)
    rows = tuple((request.contact_id, request.endpoint, answer) for request, answer in answers if answer is not Answer.GONE)
    return CampaignOutcome(about.name, at, about.deadline, about.closed_at, asked, dict(counts), rows)


def _answer(contact: Contact, request: Request, about: About, at: datetime) -> Answer:
    """Read an answer from the folded consent of a contact; a refusal is looked for first."""
    cells = [
        record
        for record in contact.consent
        if record.channel is about.channel
        and record.purpose in (about.purpose, ANY_PURPOSE)
        and record.controller in (about.controller, "")
    ]
    refused = {blocked_by(record) for record in cells if not record.endpoint or is_one(record.endpoint, request.endpoint)}
    if _S.ERASED in refused:
        return Answer.GONE
    if not refused.isdisjoint({_S.WITHDRAWN, _S.INVALIDATED}) or not FORBIDDING.isdisjoint(contact.restrictions):
        return Answer.WITHDRAWN
    if _S.DENIED in refused:
        return Answer.DECLINED
    # A consent at another endpoint that was there before is no answer: that endpoint was not worth asking at.
    own = [
        record
        for record in cells
        if (record.purpose, record.controller) == (about.purpose, about.controller)
        and (is_one(record.endpoint, request.endpoint) or (record.effective_at and record.effective_at > request.asked_at))
    ]
    if any(record.state is _S.GRANTED and (record.expires_at is None or record.expires_at > at) for record in own):
        return Answer.CONFIRMED
    if any(record.state is _S.PENDING_CONFIRMATION and (record.confirm_by is None or record.confirm_by > at) for record in own):
        return Answer.PENDING
    bounced = [
        block.endpoint
        for block in contact.suppressions
        if block.kind is SuppressionKind.HARD_BOUNCE and block.channel is about.channel
    ]
    if about.channel is Channel.EMAIL:
        bounced += [email.key or email.address for email in contact.emails if email.status in UNDELIVERABLE]
    return Answer.BOUNCED if any(is_one(endpoint, request.endpoint) for endpoint in bounced) else Answer.NO_ANSWER
