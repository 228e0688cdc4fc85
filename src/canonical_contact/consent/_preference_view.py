"""How a contact looks in the preference centre: its answers, what may be chosen, and what is locked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from canonical_contact.consent._lifted import is_lifted
from canonical_contact.consent._preference_model import (
    BLOCKED,
    LOCKS,
    SAYS,
    STOP,
    Answer,
    Held,
    Preference,
    PreferenceView,
    Shown,
    Topic,
)
from canonical_contact.consent.evidence import FORBIDDING, PERSONAL, UNDELIVERABLE
from canonical_contact.consent.fold import ERASED_HOLDER, SHARED_ENDPOINT
from canonical_contact.consent.machine import blocked_by
from canonical_contact.consent.permission import is_of, may_contact, rulebooks_of
from canonical_contact.consent.regimes import Regime, Regimes, strictest_rule
from canonical_contact.consent.states import NEVER_LIFTED, legal_events
from canonical_contact.errors import ConfigError
from canonical_contact.model import (
    ANY_PURPOSE,
    Channel,
    ConsentEvent,
    ConsentRecord,
    ConsentState,
    Contact,
    EventType,
    Permission,
    Suppression,
    SuppressionKind,
    digest,
)
from canonical_contact.normalize import mailbox_names

__all__ = ["preferences"]

_S = ConsentState


class _Cell(NamedTuple):
    """What the contact's consent says about one topic at one endpoint."""

    exact: ConsentRecord | None
    refusals: tuple[ConsentRecord, ...]
    own: tuple[Suppression, ...]
    shared: bool
    broken: bool


def preferences(
    contact: Contact,
    *,
    at: datetime,
    topics: Iterable[Topic],
    events: Iterable[ConsentEvent] = (),
    regime: str | Regime | Regimes = "auto",
) -> PreferenceView:
    """Say what a person may see and change.

    Args:
        contact: the contact with its folded consent.
        at: the time, with a time zone.
        topics: what the host asks about.
        events: the contact's own ledger, for what the person was shown; without it that stays empty.
        regime: as for `may_contact`.

    Returns:
        One entry for each topic and endpoint. A no is open on every one, and is given in the same single choice as a yes (GDPR,
        Art. 7(3)). A block that comes from another person is shown as an address that cannot be written to, and no more.

    Raises:
        ConfigError: two topics are the same, a topic's purpose is `any` or empty, or `at` bears no time zone.

    >>> from datetime import UTC
    >>> from canonical_contact.model import EmailAddress
    >>> ana = Contact(contact_id="1", emails=(EmailAddress("ana@example.com"),))
    >>> view = preferences(ana, at=datetime(2026, 7, 1, tzinfo=UTC), topics=[Topic(Channel.EMAIL, "newsletter")])
    >>> view.preferences[0].says, view.preferences[0].choices
    ('You were not asked.', ('yes', 'no'))
    """
    listed = tuple(topics)
    _check(listed)
    known = {event.event_id: event for event in events}
    found: list[Preference] = []
    labels: dict[str, None] = {}
    for place, topic in enumerate(listed):
        for bound, written in _endpoints(contact, topic.channel):
            asked = may_contact(
                contact, topic.channel, topic.purpose, at=at, regime=regime, endpoint=bound or None, controller=topic.controller or None
            )  # fmt: skip
            labels[asked.regime] = None
            found.append(_entry(contact, topic, (bound, written), asked, known, at=at, regime=regime, place=place))
    held = tuple(Held(channel, bound) for channel in Channel for bound, _ in _endpoints(contact, channel) if bound)
    stopped = {
        record.channel
        for record in contact.consent
        if record.purpose == ANY_PURPOSE and not record.controller and not record.endpoint and record.state in _ENDED
    }
    stopped -= {record.channel for record in contact.consent if record.state not in _ENDED}  # such as a yes that is still open
    gone = any(record.state is _S.ERASED for record in contact.consent)
    left = () if gone else tuple(channel for channel in Channel if channel not in stopped)
    return PreferenceView(
        contact.contact_id, at, "; ".join(labels), tuple(found), listed, (STOP,) if left else (), left, held
    )  # fmt: skip


_ENDED = frozenset({_S.WITHDRAWN, _S.DENIED, _S.ERASED})


def _check(topics: Sequence[Topic]) -> None:
    seen = set()
    for place, topic in enumerate(topics):
        name = (topic.channel, topic.purpose, topic.controller)
        if name in seen:
            raise ConfigError("Two topics are the same.", path=f"topics[{place}]", hint="List each channel and purpose once.")
        if not topic.purpose.strip() or topic.purpose == ANY_PURPOSE:
            raise ConfigError(
                "A topic needs a purpose of its own.", path=f"topics[{place}]", hint="Name one, such as newsletter."
            )
        seen.add(name)


def _endpoints(contact: Contact, channel: Channel) -> list[tuple[str, str]]:
    """List what consent is bound to, each with how it is written."""
    if channel is Channel.EMAIL:
        pairs = [(email.key or email.address, email.address) for email in contact.emails]
    elif channel in PERSONAL:
        pairs = [("", "")] if channel is not Channel.POST or contact.addresses else []
    else:
        pairs = [(phone.dialled, phone.number) for phone in contact.phones]
    return list({bound: (bound, written) for bound, written in reversed(pairs)}.values())[::-1]


def _entry(
    contact: Contact,
    topic: Topic,
    endpoint: tuple[str, str],
    asked: Permission,
    known: dict[str, ConsentEvent],
    *,
    at: datetime,
    regime: str | Regime | Regimes,
    place: int,
) -> Preference:
    bound, written = endpoint
    cell = _cell(contact, topic, bound, written)
    exact = cell.exact
    answer, code = _answer(cell, asked, at)
    rule = strictest_rule(rulebooks_of(contact, regime), topic.channel, at=at)
    confirm = topic.confirm or answer is Answer.NO or bool(rule.strength and "single" not in rule.strength)
    writing = bool(rule.strength) and not {"single", "double"} & set(rule.strength)
    locked = _locked(contact, cell) or ("in_writing" if writing else "") or _stuck(exact, answer, at)
    erased = locked == "erased"
    said = answer in (Answer.YES, Answer.PENDING)  # what stands may be sent again as it is
    choices = () if erased else ("no",) if locked and not said else ("yes", "no")
    stands = exact if answer in (Answer.YES, Answer.PENDING) or code in ("expired", "unconfirmed") else None
    return Preference(
        digest("preference", contact.contact_id, topic.channel, topic.purpose, topic.controller, bound, size=8),
        topic.channel,
        topic.purpose,
        answer,
        SAYS[code],
        choices,
        controller=topic.controller,
        title=topic.title or topic.purpose,
        wording=topic.wording,
        endpoint=written,
        bound=bound,
        state=exact.state if exact is not None else cell.refusals[0].state if cell.refusals else None,
        since=_since(cell, answer),
        until=stands.expires_at if stands is not None else None,
        confirm_by=exact.confirm_by if exact is not None else None,
        allowed=asked.allowed,
        shown=_shown(stands or exact, known),
        blocks=tuple(dict.fromkeys(LOCKS[name] for name in _standing(cell))),
        confirm=confirm,
        locked=locked,
        why=LOCKS.get(locked, ""),
        topic=place,
    )


def _cell(contact: Contact, topic: Topic, bound: str, written: str) -> _Cell:
    names = {*mailbox_names(bound), *mailbox_names(written)}
    exact: ConsentRecord | None = None
    refusals: list[ConsentRecord] = []
    for record in contact.consent:
        if record.channel is not topic.channel or record.purpose not in (topic.purpose, ANY_PURPOSE):
            continue
        if record.controller not in (topic.controller, "") or (record.endpoint and not is_of(record.endpoint, names)):
            continue
        if blocked_by(record):
            refusals.append(record)
        if record.purpose == topic.purpose and record.controller == topic.controller:
            if exact is None or (record.endpoint and not exact.endpoint):
                exact = record
    if exact is not None and not blocked_by(exact):
        overcome = frozenset(exact.events)
        refusals = [record for record in refusals if not (record.events and overcome.issuperset(record.events))]
    on = [
        block
        for block in contact.suppressions
        if block.channel is topic.channel and not is_lifted(block, topic.purpose, topic.controller)
    ]
    own = tuple(block for block in on if block.reason != SHARED_ENDPOINT and (not block.endpoint or is_of(block.endpoint, names)))
    shared = any(
        block.reason in (SHARED_ENDPOINT, ERASED_HOLDER)
        and (block.kind is not SuppressionKind.HARD_BOUNCE or is_of(block.endpoint, names))
        for block in on
    )
    broken = topic.channel is Channel.EMAIL and any(
        email.status in UNDELIVERABLE and not names.isdisjoint(mailbox_names(email.key or email.address))
        for email in contact.emails
    )
    return _Cell(exact, tuple(refusals), own, shared, broken)


def _answer(cell: _Cell, asked: Permission, at: datetime) -> tuple[Answer, str]:
    """Say what stands, and the code of its words."""
    exact = cell.exact
    if exact is not None and exact.state is _S.ERASED:
        return Answer.NO, "erased"
    if exact is not None and exact.state is _S.PENDING_CONFIRMATION and not _past(exact.confirm_by, at):
        return Answer.PENDING, "pending"
    if cell.refusals:
        only = all((blocked_by(record) or record.state) is _S.INVALIDATED for record in cell.refusals)
        return Answer.NO, "invalidated" if only else "refused"
    if any(block.kind is SuppressionKind.GLOBAL_OPT_OUT for block in cell.own):
        return Answer.NO, "refused"
    if exact is not None and exact.state in (_S.GRANTED, _S.IMPLIED):
        if _past(exact.expires_at, at) or "expired" in asked.reasons:
            return Answer.UNSET, "expired"
        if "confirmation_needed" in asked.reasons:
            return Answer.UNSET, "unconfirmed"
        if "implied_not_accepted" in asked.reasons:
            return Answer.UNSET, "unknown"
        return Answer.YES, str(exact.state)
    if asked.allowed and "opt_out_regime" in asked.reasons:
        return Answer.UNSET, "opt_out_regime"
    if exact is None or exact.state is _S.UNKNOWN:
        return Answer.UNSET, "legacy_import" if exact is not None and exact.reason == "legacy_import" else "unknown"
    if exact.state is _S.EXPIRED:
        return Answer.UNSET, "expired"
    return Answer.UNSET, "requested" if exact.state is _S.REQUESTED else "unknown"


def _past(end: datetime | None, at: datetime) -> bool:
    return end is not None and end <= at


def _standing(cell: _Cell) -> list[str]:
    """The locks of what blocks the endpoint, the person's own first."""
    found = [BLOCKED[block.kind] for block in cell.own if block.kind in BLOCKED]
    return found + ["bounced"] * cell.broken + ["unavailable"] * cell.shared


def _locked(contact: Contact, cell: _Cell) -> str:
    if any(record.state is _S.ERASED for record in contact.consent):
        return "erased"
    if not FORBIDDING.isdisjoint(contact.restrictions):
        return "restricted"
    if contact.deleted:
        return "unavailable"
    reasons = {record.reason for record in cell.refusals} & set(NEVER_LIFTED)
    found = _standing(cell)
    if "complaint" in reasons or "complaint" in found:
        return "complaint"
    return "note" if reasons else next(iter(found), "")


def _stuck(exact: ConsentRecord | None, answer: Answer, at: datetime) -> str:
    """A yes that the rules do not accept and the machine does not let be confirmed."""
    if exact is None or answer is not Answer.UNSET or _past(exact.expires_at, at):
        return ""
    open_ = legal_events(exact.state)
    return "" if EventType.OPT_IN_UNCONFIRMED in open_ or exact.state is _S.PENDING_CONFIRMATION else "withdraw_first"


def _since(cell: _Cell, answer: Answer) -> datetime | None:
    if answer is Answer.NO:
        dates = [record.effective_at for record in cell.refusals]
        dates += [block.since for block in cell.own if block.kind is SuppressionKind.GLOBAL_OPT_OUT and not dates]
        known = [at for at in dates if at is not None]
        return max(known) if known and len(known) == len(dates) else None
    return cell.exact.effective_at if cell.exact is not None else None


def _shown(record: ConsentRecord | None, known: dict[str, ConsentEvent]) -> Shown | None:
    """What the latest of the record's events proves to have been shown."""
    if record is None:
        return None
    found = [known[name] for name in record.events if name in known and known[name].proof is not None]
    found = [event for event in found if event.proof and (event.proof.wording or event.proof.notice_id)]
    if not found:
        return None
    event = max(found, key=lambda one: (one.effective_at is not None, one.effective_at or one.recorded_at, one.event_id))
    proof = event.proof
    assert proof is not None
    return Shown(
        proof.wording, proof.notice_id, proof.notice_version, proof.notice_language, event.method, event.effective_at
    )  # fmt: skip
