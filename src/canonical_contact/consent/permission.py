"""May we speak to them? The decision, pure, from the folded consent of one contact.

The order (first found decides): erased, restricted, deleted, an address that does not work, suppression, refusal (also one behind an open
request), refusal at a shared endpoint, grant, implied consent, no consent where the rules need none, deny.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from canonical_contact.consent import regimes as _regimes
from canonical_contact.consent._lifted import is_lifted
from canonical_contact.consent.evidence import FORBIDDING, PERSONAL, UNDELIVERABLE, channels_of
from canonical_contact.consent.fold import ERASED_HOLDER, POLICIES, SHARED_ENDPOINT, lifts
from canonical_contact.consent.jurisdiction import resolve
from canonical_contact.consent.machine import blocked_by
from canonical_contact.consent.reasons import REASONS
from canonical_contact.consent.regimes import Regime, Regimes, Rule, ends, strictest_rule
from canonical_contact.consent.states import rank
from canonical_contact.errors import ConfigError
from canonical_contact.model import (
    ANY_PURPOSE,
    Channel,
    ConsentRecord,
    ConsentState,
    Contact,
    Permission,
    Suppression,
    SuppressionKind,
)
from canonical_contact.normalize import mailbox_names, one_line

__all__ = ["LIFTING", "check_question", "is_of", "may_contact", "rulebooks_of"]

_S = ConsentState
LIFTING: Final = "latest_subject_act"


class _Question(NamedTuple):
    """What does not change from endpoint to endpoint."""

    contact: Contact
    purpose: str
    at: datetime
    controller: str | None
    lifting: bool


class _Verdict(NamedTuple):
    allowed: bool
    reasons: tuple[str, ...]
    events: tuple[str, ...] = ()
    until: datetime | None = None  # of a denial: when it ends by itself
    remedy: str = ""


def may_contact(
    contact: Contact,
    channel: str,
    purpose: str = "marketing",
    *,
    at: datetime,
    regime: str | Regime | Regimes = "auto",
    endpoint: str | None = None,
    controller: str | None = None,
    policy: str = "blocking_first",
) -> Permission:
    """Decide whether we may speak to a person on a channel for a purpose.

    Args:
        contact: the contact with its folded consent and suppressions.
        channel: a `Channel`, or `voice` for both voices, which is denied if either is.
        purpose: such as `marketing`. Every purpose follows the same logic; a refusal for `any` covers it.
        at: the time of the question, with a time zone.
        regime: `auto` (the strictest of those that the contact's countries point to), an id such as `casl`, `strictest`, a `Regime`
            of the host's own, or a set of them (`apply_overrides`), of which those that bind are taken as under `auto`.
        endpoint: ask about this address or number alone; None means the first endpoint that is allowed.
        controller: brand or legal entity; None means the host itself, and then a refusal towards any brand blocks.
        policy: `blocking_first`, or `latest_subject_act`.

    Returns:
        Allowed or not, with reason codes (see `REASONS`), the events that it stands on, until when, and what would help.

    Raises:
        ConfigError: there is no such channel, regime or policy; the purpose is empty or `any`; `at` bears no time zone.

    >>> from datetime import UTC
    >>> from canonical_contact.model import EmailAddress, PostalAddress
    >>> ana = Contact(contact_id="1", emails=(EmailAddress("ana@example.com"),), addresses=(PostalAddress(country_code="US"),))
    >>> now = datetime(2026, 7, 1, tzinfo=UTC)
    >>> may_contact(ana, "email", at=now).reasons
    ('opt_out_regime', 'never_asked')
    >>> may_contact(ana, "email", at=now, regime="gdpr_eprivacy").reasons
    ('no_consent', 'never_asked')
    """
    channels = check_question(channel, purpose, at, policy)
    rulebooks = rulebooks_of(contact, regime)
    label = "+".join([book.label for book in rulebooks])
    gone = [record for record in contact.consent if record.state is _S.ERASED]
    if gone:
        return Permission(False, ("erased",), _ids(gone), regime=label, remedy="nothing")
    barred = _barred(contact)
    if barred:
        return Permission(False, (barred,), regime=label, remedy="nothing")
    question = _Question(contact, purpose, at, controller, policy == LIFTING)
    rules = [strictest_rule(rulebooks, one, at=at) for one in channels]
    candidates, lacking = _candidates(contact, channels[0], endpoint)
    broken = _broken(contact) if channels[0] is Channel.EMAIL else []
    denied: list[_Verdict] = []
    for key, address in candidates:
        verdicts = [_decide(question, one, key, rule) for one, rule in zip(channels, rules, strict=True)]
        refused = [verdict for verdict in verdicts if not verdict.allowed]
        if broken:
            names = _names(contact, Channel.EMAIL, key)
            refused[:0] = [verdict for faulty, verdict in broken if not names.isdisjoint(faulty)][:1]
        if not refused and not lacking:
            return _allowed(verdicts, label, address)
        denied += refused
    reasons = [reason for verdict in denied for reason in verdict.reasons]
    if lacking:  # a refusal is still said first
        blocks = [verdict for verdict in denied if verdict.remedy == "nothing"]
        reasons = [reason for verdict in blocks for reason in verdict.reasons] + [lacking]
        denied = blocks
    return Permission(
        False,
        tuple(dict.fromkeys(reasons)),
        tuple(dict.fromkeys(event for verdict in denied for event in verdict.events)),
        regime=label,
        remedy=denied[0].remedy if denied else "",
        not_before=denied[0].until if denied else None,
    )


def check_question(channel: str, purpose: str, at: datetime, policy: str) -> tuple[Channel, ...]:
    """Check a question, and resolve its channel.

    Raises:
        ConfigError: there is no such channel or policy; the purpose is empty or `any`; `at` bears no time zone.
    """
    channels = channels_of(channel)
    if channel == "any":
        raise ConfigError("`any` is no channel to ask about.", path="channel", hint="Ask about one channel, or `voice`.")
    if not purpose.strip() or purpose == ANY_PURPOSE:
        raise ConfigError(f"{purpose!r} is no purpose to ask about.", path="purpose", hint="Name one, such as marketing.")
    if at.utcoffset() is None:
        raise ConfigError("The time of the question bears no time zone.", path="at", hint="Use datetime.now(UTC) or the like.")
    if policy not in POLICIES:
        raise ConfigError(f"There is no policy {policy!r}.", path="policy", hint=f"Policies: {', '.join(POLICIES)}.")
    return channels


def rulebooks_of(contact: Contact, regime: str | Regime | Regimes) -> tuple[Regime, ...]:
    """Find the regimes that a question is decided by: the one that is named, or those that bind."""
    if isinstance(regime, Regime):
        return (regime,)
    if isinstance(regime, Regimes):
        return resolve(contact, regime)
    if regime == "auto":
        return resolve(contact, _regimes.REGIMES)
    return (_regimes.REGIMES.get(regime),)


def _barred(contact: Contact) -> str:
    """The reason that forbids every channel and purpose: what the person forbade, or that all their records are deleted."""
    if contact.restrictions and not FORBIDDING.isdisjoint(contact.restrictions):
        return "restricted"
    return "deleted" if contact.deleted else ""


def _broken(contact: Contact) -> list[tuple[frozenset[str], _Verdict]]:
    """The addresses that a sending system says cannot be delivered to: the names that blocks are bound to, and the verdict."""
    return [
        (frozenset(mailbox_names(email.key or email.address)), _Verdict(False, (UNDELIVERABLE[email.status],), remedy="nothing"))
        for email in contact.emails
        if email.status in UNDELIVERABLE
    ]


def _candidates(contact: Contact, channel: Channel, endpoint: str | None) -> tuple[list[tuple[str, str]], str]:
    """List (key that consent is bound to, what to send to), and the reason where there is nothing to send to."""
    if channel is Channel.EMAIL:
        held = [(email.key or email.address, email.address) for email in contact.emails]
    elif channel in PERSONAL:
        return [("", "")], "no_endpoint" if channel is Channel.POST and not contact.addresses else ""
    else:
        held = [(phone.dialled, phone.number) for phone in contact.phones]
    if endpoint is not None:
        wanted = endpoint.casefold()
        asked = [pair for pair in held if wanted in (pair[0].casefold(), pair[1].casefold())]
        return (asked, "") if asked else ([(endpoint, endpoint)], "endpoint_not_held")
    return (held, "") if held else ([("", "")], "no_endpoint")


def _allowed(verdicts: list[_Verdict], label: str, address: str) -> Permission:
    ending = [verdict.until for verdict in verdicts if verdict.until is not None]
    return Permission(
        True,
        tuple(dict.fromkeys(reason for verdict in verdicts for reason in verdict.reasons)),
        tuple(dict.fromkeys(event for verdict in verdicts for event in verdict.events)),
        until=min(ending) if ending else None,
        regime=label,
        endpoint=address,
    )


def _decide(question: _Question, channel: Channel, key: str, rule: Rule) -> _Verdict:
    contact = question.contact
    exact, wider, elsewhere = _cells(question, channel, key) if contact.consent else (None, [], False)
    lifted = question.lifting and exact is not None and _is_lifted(exact, question.at)
    if contact.suppressions or exact or wider:
        names = _names(contact, channel, key)
        blocks = [
            block
            for block in contact.suppressions
            if block.channel is channel and _reaches(block, names) and not is_lifted(block, question.purpose, question.controller)
        ]
        if lifted and exact is not None:
            blocks = [block for block in blocks if not lifts(exact, block)]
        refusals = _refusals(exact, wider, lifted=lifted)
        own = [block for block in blocks if block.reason != SHARED_ENDPOINT]
        if own or refusals:
            later = exact is not None and bool(exact.lifted_by) and exact in refusals
            return _forbidden(own, refusals, *(("later_opt_in_on_record",) if later else ()))
        if blocks:
            return _forbidden(blocks, (), SHARED_ENDPOINT)
    if lifted and exact is not None:
        return _Verdict(True, (LIFTING, "express_consent"), (*exact.events, exact.lifted_by))
    if exact is None:
        exact = max(
            (record for record in wider if record.purpose == question.purpose),
            key=lambda record: rank(record.state),
            default=None,
        )
        if exact is not None and exact.state in (_S.GRANTED, _S.IMPLIED):
            exact, elsewhere = None, True
    if exact is None or exact.state is _S.UNKNOWN:
        return _unknown(rule, exact, elsewhere=elsewhere)
    if exact.state is _S.GRANTED:
        return _granted(exact, rule, question.at)
    if exact.state is _S.IMPLIED:
        return _implied(exact, rule, question.at)
    return _Verdict(
        False, (exact.state.value,), exact.events, remedy=_asking(rule, exact.state) if exact.state is _S.EXPIRED else "confirm"
    )


def _names(contact: Contact, channel: Channel, key: str) -> set[str]:
    """Every spelling of an endpoint: its key, and its address as written; a host may have bound a refusal to either."""
    names = {key}
    if channel is Channel.EMAIL:
        names |= {email.address for email in contact.emails if key in (email.key, email.address)}
        return {name for spelt in names for name in mailbox_names(spelt)}
    return names | {phone.number for phone in contact.phones if key == phone.dialled}


def is_of(endpoint: str, names: set[str]) -> bool:
    """Whether what a refusal is bound to is one of the names: consent outlives the rules by which endpoints are written."""
    if "@" in endpoint:
        return not names.isdisjoint(mailbox_names(endpoint))
    return endpoint in names or any(one_line(endpoint, name) for name in names)


def _reaches(block: Suppression, names: set[str]) -> bool:
    """Whether a suppression forbids an endpoint: its own, all of the person's, or one that another record refuses on.

    Who shares an endpoint with somebody who refused may well be that person, only not linked yet; so the refusal reaches the whole
    channel, also when who refused was erased since. A bounce is a fault of one address and stays there.
    """
    if not block.endpoint or is_of(block.endpoint, names):
        return True
    return block.reason in (SHARED_ENDPOINT, ERASED_HOLDER) and block.kind is not SuppressionKind.HARD_BOUNCE


def _is_lifted(record: ConsentRecord, at: datetime) -> bool:
    return bool(record.lifted_by and blocked_by(record) and record.effective_at is not None and record.effective_at < at)


def _cells(question: _Question, channel: Channel, key: str) -> tuple[ConsentRecord | None, list[ConsentRecord], bool]:
    """Find the cell that is exactly about the question, the wider ones, and whether another endpoint has a permission."""
    exact: ConsentRecord | None = None
    wider: list[ConsentRecord] = []
    elsewhere = False
    house = question.controller or ""
    names: set[str] = set()
    for record in question.contact.consent:
        if record.channel is not channel or record.purpose not in (question.purpose, ANY_PURPOSE):
            continue
        if record.endpoint not in (key, ""):
            names = names or _names(question.contact, channel, key)
        if record.endpoint not in (key, "") and not (blocked_by(record) and is_of(record.endpoint, names)):
            elsewhere = elsewhere or record.state in (_S.GRANTED, _S.IMPLIED)
        elif record.controller == house and record.purpose == question.purpose and record.endpoint == key:
            exact = record
        elif record.controller in (house, "") or question.controller is None:
            wider.append(record)
    return exact, wider, elsewhere


def _refusals(exact: ConsentRecord | None, wider: list[ConsentRecord], *, lifted: bool) -> list[ConsentRecord]:
    """Collect what refuses. A wider refusal counts unless the narrower permission stands on all its events, and so came after it."""
    overcome: frozenset[str] = frozenset()
    found: list[ConsentRecord] = []
    if exact is not None:
        if blocked_by(exact) is None or lifted:
            overcome = frozenset(exact.events)
        else:
            found.append(exact)
    found += [record for record in wider if blocked_by(record) and not (record.events and overcome.issuperset(record.events))]
    return found


def _forbidden(blocks: Iterable[Suppression], refusals: Iterable[ConsentRecord], *more: str) -> _Verdict:
    reasons = [block.kind.value for block in blocks]
    events = [block.event_id for block in blocks if block.event_id]
    for record in refusals:
        reasons.append((blocked_by(record) or record.state).value)
        events += record.events
    return _Verdict(False, (*dict.fromkeys(reasons), *more), tuple(dict.fromkeys(events)), remedy="nothing")


def _asking(rule: Rule, state: ConsentState = _S.UNKNOWN) -> str:
    """What helps who gave no consent: a message that asks, or, where such a message is marketing itself, only their own sign-up."""
    return "ask" if state in rule.request else "sign_up"


def _unknown(rule: Rule, record: ConsentRecord | None, *, elsewhere: bool) -> _Verdict:
    detail = record.reason if record is not None and record.reason in REASONS else "never_asked"
    if elsewhere:
        detail = "not_bound_to_endpoint"
    events = record.events if record is not None else ()
    if rule.default == "opt_in":
        return _Verdict(False, ("no_consent", detail), events, remedy=_asking(rule))
    if rule.registry:
        return _Verdict(False, ("registry_not_screened", detail), events, remedy=_asking(rule))
    return _Verdict(True, ("opt_out_regime", detail), events)


def _granted(record: ConsentRecord, rule: Rule, at: datetime) -> _Verdict:
    if record.effective_at is None or not record.events:
        return _Verdict(False, ("evidence_incomplete",), record.events, remedy=_asking(rule))
    if record.effective_at > at:
        return _Verdict(False, ("not_yet_effective",), record.events, record.effective_at, "wait")
    if record.expires_at is not None and record.expires_at <= at:
        return _Verdict(False, ("expired",), record.events, remedy=_asking(rule, _S.EXPIRED))
    if rule.strength and record.strength not in rule.strength:
        return _Verdict(False, ("confirmation_needed",), record.events, remedy="confirm")
    more = (record.reason,) if record.reason == LIFTING else ()
    return _Verdict(True, ("express_consent", *more), record.events, record.expires_at)


def _implied(record: ConsentRecord, rule: Rule, at: datetime) -> _Verdict:
    until = record.expires_at
    if record.effective_at is not None and record.effective_at > at:
        return _Verdict(False, ("not_yet_effective",), record.events, record.effective_at, "wait")
    if rule.default == "opt_in" or rule.registry:
        ground = next((ground for ground in rule.implied if ground.basis == record.legal_basis), None)
        if ground is None:
            return _Verdict(False, ("implied_not_accepted",), record.events, remedy=_asking(rule))
        if ground.since and (record.effective_at is None or record.effective_at.date() < ground.since):  # an older relationship
            return _Verdict(False, ("implied_not_accepted",), record.events, remedy=_asking(rule))
        if ground.within:
            if record.effective_at is None:
                return _Verdict(False, ("evidence_incomplete",), record.events, remedy=_asking(rule))
            end = ends(record.effective_at.astimezone(UTC), ground.within)
            until = end if until is None else min(until, end)
    if until is not None and until <= at:
        return _Verdict(False, ("expired",), record.events, remedy=_asking(rule, _S.EXPIRED))
    return _Verdict(True, ("implied_consent",), record.events, until)


def _ids(records: Iterable[ConsentRecord]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(event for record in records for event in record.events))
