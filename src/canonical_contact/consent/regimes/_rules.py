"""The values of a regime, the rule in force at a time, and what several regimes allow together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from attrs import evolve, field, frozen

from canonical_contact.errors import ConfigError
from canonical_contact.model import Channel

__all__ = [
    "NOTICE",
    "Implied",
    "Override",
    "Regime",
    "Rule",
    "Subdivision",
    "Withdrawal",
    "conjunction",
    "ends",
    "later",
    "may_request",
    "strictest_rule",
    "withdrawal_due",
]

NOTICE: Final = "Engineering defaults, not legal advice."
EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)  # to compare periods
_MARKS: Final = ("", "H", "M", "L")
_PERIOD: Final = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?")
_DAYS: Final = re.compile(r"P(\d+)D")


@frozen
class Implied:
    """A ground on which consent is implied.

    Args:
        basis: the legal basis that an `imply` event must name, such as `purchase`.
        within: ISO 8601 period of years and months (`P2Y`, `P18M`) after which it ends; empty where nothing ends it.
        since: the relationship must have begun on this day or later; None where older ones count too.
    """

    basis: str
    within: str = ""
    since: date | None = None


@frozen
class Rule:
    """What a regime says about one channel.

    Args:
        default: `opt_in` (consent before the first message) or `opt_out` (allowed until the person objects).
        strength: which strengths of a grant count (`double`, `written` …); empty means any.
        implied: on which grounds consent is implied.
        registry: a do-not-call registry that a number must be screened against before a call without consent; empty for none.
        note: what the file says about it.
        valid_from: since when the rule is in force; None for as long as the regime is.
        until: the first day on which it is no longer in force; None for no end.
        screening: ISO 8601 period for which a screening against the registry holds (`P31D`).
        request: states of a key in which a message that only asks for consent may be sent; none where asking is marketing itself.
        ask_again: ISO 8601 period after a refusal before one may ask again (`P90D`, `P12M`).
        confidence: `H`, `M` or `L`; how sure the file is of this rule.
        open: what is not verified or not agreed about it.
    """

    default: str
    strength: tuple[str, ...] = ()
    implied: tuple[Implied, ...] = ()
    registry: str = ""
    note: str = ""
    valid_from: date | None = None
    until: date | None = None
    screening: str = ""
    request: tuple[str, ...] = ()
    ask_again: str = ""
    confidence: str = ""
    open: str = ""


@frozen
class Withdrawal:
    """How long a withdrawal may take, and how far it reaches.

    Args:
        days: how many.
        unit: `immediate`, `days` or `business_days`.
        valid_from: since when.
        scope: `topic` (what was withdrawn) or `all` (every message of the sender on the channel).
    """

    days: int = 0
    unit: str = "immediate"
    valid_from: date | None = None
    scope: str = "topic"


@frozen
class Subdivision:
    """A part of a country with rules of its own, and how addresses name it.

    Args:
        code: ISO 3166-2, such as `US-CA`.
        names: how an address writes the region.
        postcodes: first and last prefix of its postcodes, of equal length.
    """

    code: str
    names: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()

    def holds(self, region: str, postcode: str) -> bool:
        """Whether an address of the country lies in it, by its region or else its postcode.

        >>> california = Subdivision("US-CA", ("CA", "California"), ("900", "961"))
        >>> california.holds("california", ""), california.holds("", "94110"), california.holds("NV", "89501")
        (True, True, False)
        """
        if region.strip().casefold() in {name.casefold() for name in (self.code, *self.names)}:
            return True
        return bool(self.postcodes) and self.postcodes[0] <= postcode.strip()[: len(self.postcodes[0])] <= self.postcodes[1]


@frozen
class Override:
    """What a host changed in the rule of one channel; see `overrides`.

    Args:
        change: the fields of the rule that it replaces.
        valid_from: since when.
        until: the first day on which it no longer counts; None for no end.
        loosens: whether it allows what the shipped rule does not.
    """

    change: Mapping[str, Any]
    valid_from: date
    until: date | None = None
    loosens: bool = True


@frozen
class Regime:
    """The rules of one legal order.

    Args:
        id: such as `gdpr_eprivacy`.
        version: of the data, such as `2026.1`; every decision names it.
        channels: a rule for every channel.
        countries: ISO 3166-1 alpha-2 codes that it applies to.
        title: in words.
        effective_from: since when the law is as described.
        reviewed: when somebody last looked.
        confidence: how sure the data is.
        sources: the laws and decisions it rests on.
        withdrawal_days: how many days a withdrawal may take.
        withdrawal_unit: `immediate`, `days` or `business_days`.
        double_opt_in: what is customary.
        retention: how long proof is kept.
        notice: what the data is, and is not.
        history: the rules of a channel by date, the newest last, where there is more than the one in `channels`.
        withdrawals: withdrawal by date, the newest last; empty means `withdrawal_days` and `withdrawal_unit`.
        keep: ISO 8601 period for which proof is kept at least; empty where the law names none.
        keep_from: from when it runs, and on which basis.
        subdivisions: parts of a country that it applies to, besides the country's own regime.
        parts: the regimes that this one combines.
        opt_in: opt-in is demanded on every channel, whatever the parts say.
        overrides: what the host changed, by channel.
    """

    id: str
    version: str
    channels: Mapping[Channel, Rule]
    countries: tuple[str, ...] = ()
    title: str = ""
    effective_from: date | None = None
    reviewed: date | None = None
    confidence: str = ""
    sources: tuple[str, ...] = ()
    withdrawal_days: int = 0
    withdrawal_unit: str = "immediate"
    double_opt_in: str = ""
    retention: str = ""
    notice: str = NOTICE
    history: Mapping[Channel, tuple[Rule, ...]] = field(factory=dict, repr=False)
    withdrawals: tuple[Withdrawal, ...] = ()
    keep: str = ""
    keep_from: str = ""
    subdivisions: tuple[Subdivision, ...] = ()
    parts: tuple[Regime, ...] = field(default=(), repr=False)
    opt_in: bool = False
    overrides: Mapping[Channel, tuple[Override, ...]] = field(factory=dict, repr=False)

    def rule(self, channel: Channel, at: datetime) -> Rule:
        """Get the rule that was in force at a time (its day in UTC); before the oldest that is known, the oldest.

        Args:
            channel: which channel.
            at: a time with a zone.

        >>> from canonical_contact.consent.regimes import REGIMES
        >>> from datetime import UTC
        >>> france = REGIMES.get("fr_cpce")
        >>> [france.rule(Channel.VOICE_LIVE, datetime(2026, 8, day, tzinfo=UTC)).default for day in (10, 11)]
        ['opt_out', 'opt_in']
        """
        if self.parts:
            return strictest_rule(self.parts, channel, opt_in=self.opt_in, at=at)
        day = at.astimezone(UTC).date()
        rules = self.history.get(channel) or (self.channels[channel],)
        rule = next((one for one in reversed(rules) if one.valid_from is None or one.valid_from <= day), rules[0])
        for one in self.overrides.get(channel, ()):
            if one.valid_from <= day and (one.until is None or day < one.until):
                rule = evolve(rule, **one.change)
        return rule

    def withdrawal(self, at: datetime) -> Withdrawal:
        """Get what was in force at a time for withdrawals.

        >>> from canonical_contact.consent.regimes import REGIMES
        >>> from datetime import UTC
        >>> us = REGIMES.get("can_spam")
        >>> us.withdrawal(datetime(2026, 7, 1, tzinfo=UTC)).scope, us.withdrawal(datetime(2027, 2, 1, tzinfo=UTC)).scope
        ('topic', 'all')
        """
        day, known = at.astimezone(UTC).date(), self.withdrawals or (Withdrawal(self.withdrawal_days, self.withdrawal_unit),)
        return next((one for one in reversed(known) if one.valid_from is None or one.valid_from <= day), known[0])

    @property
    def label(self) -> str:
        """Id and version, as decisions name it: `casl/2026.1`."""
        return f"{self.id}/{self.version}"


def conjunction(regimes: Iterable[Regime], *, opt_in: bool = False, name: str = "") -> Regime:
    """Combine regimes to one that allows only what each of them allows.

    Args:
        regimes: at least one.
        opt_in: demand opt-in on every channel, whatever they say.
        name: the id of the result; else the parts' labels are its version's.
    """
    parts = tuple(sorted(regimes, key=lambda regime: regime.id))
    if len(parts) == 1 and not opt_in:
        return parts[0]
    return Regime(
        id=name or "strictest_of",
        version="+".join(part.label for part in parts),
        channels={channel: strictest_rule(parts, channel, opt_in=opt_in) for channel in Channel},
        title="Allows only what each of these allows: " + "; ".join(part.title for part in parts),
        parts=parts,
        opt_in=opt_in,
    )


def strictest_rule(regimes: Iterable[Regime], channel: Channel, *, opt_in: bool = False, at: datetime | None = None) -> Rule:
    """Combine what several regimes say about a channel: it allows only what each of them allows.

    Args:
        regimes: at least one.
        channel: which channel.
        opt_in: demand opt-in whatever they say.
        at: use what was in force at this time (with a zone); None means the newest rules known.
    """
    rules = [regime.channels[channel] if at is None else regime.rule(channel, at) for regime in regimes]
    if len(rules) == 1 and not opt_in:
        return rules[0]
    strengths: set[str] | None = None
    grounds: dict[str, Implied] | None = None
    for rule in rules:
        if rule.strength:
            strengths = set(rule.strength) if strengths is None else strengths & set(rule.strength)
        if rule.default == "opt_in":  # an opt-out rule needs no ground
            own = {ground.basis: ground for ground in rule.implied}
            grounds = own if grounds is None else {b: _narrower(grounds[b], own[b]) for b in grounds if b in own}
    closed = opt_in or any(rule.default == "opt_in" for rule in rules)
    if strengths is not None and not strengths:
        strengths = {"double"}
    return Rule(
        "opt_in" if closed else "opt_out",
        tuple(sorted(strengths or ())),
        tuple(ground for _, ground in sorted((grounds or {}).items())) if not opt_in else (),
        "/".join(dict.fromkeys(rule.registry for rule in rules if rule.registry)),
        screening=min((rule.screening for rule in rules if rule.screening), key=_length, default=""),
        request=tuple(sorted(set(rules[0].request).intersection(*(rule.request for rule in rules)))) if not opt_in else (),
        ask_again=max((rule.ask_again for rule in rules if rule.ask_again), key=_length, default=""),
        confidence=max((rule.confidence for rule in rules), key=_MARKS.index),
    )


def may_request(rule: Rule, state: str, *, at: datetime, refused_at: datetime | None = None) -> bool:
    """Whether a message that only asks for consent may be sent.

    Args:
        rule: the rule of the channel at the time.
        state: the state of the key; `unknown` where nothing is on record.
        at: when it would be sent.
        refused_at: when the person last refused, withdrew or was asked in vain; None where they never were.

    >>> from datetime import UTC
    >>> rule = Rule("opt_out", request=("unknown", "expired"), ask_again="P90D")
    >>> now = datetime(2026, 7, 1, tzinfo=UTC)
    >>> may_request(rule, "unknown", at=now), may_request(rule, "expired", at=now, refused_at=datetime(2026, 6, 1, tzinfo=UTC))
    (True, False)
    """
    if state not in rule.request:
        return False
    return refused_at is None or not rule.ask_again or later(refused_at, rule.ask_again) <= at


def withdrawal_due(regime: Regime | Iterable[Regime], at: datetime, *, holidays: Collection[date] = ()) -> datetime:
    """By when a withdrawal must be carried out: the earliest of all regimes that bind.

    Args:
        regime: one regime, or all that bind.
        at: when the person withdrew, in the sender's time zone. The day itself is not counted.
        holidays: days besides Saturday and Sunday that are no business days, of the sender's place; none are known here.

    Returns:
        A time on the last day that is allowed, at the hour of `at`; `at` itself where there is no grace.

    >>> from canonical_contact.consent.regimes import REGIMES
    >>> from datetime import UTC
    >>> casl, friday = REGIMES.get("casl"), datetime(2026, 7, 3, 12, tzinfo=UTC)
    >>> withdrawal_due(casl, friday).date().isoformat()
    '2026-07-17'
    >>> withdrawal_due(casl, friday, holidays=[date(2026, 7, 13)]).date().isoformat()
    '2026-07-20'
    """
    if not isinstance(regime, Regime):
        return min((withdrawal_due(one, at, holidays=holidays) for one in regime), default=at)
    if regime.parts:
        return withdrawal_due(regime.parts, at, holidays=holidays)
    told = regime.withdrawal(at)
    if told.unit == "days":
        return at + timedelta(days=told.days)
    due, left = at, told.days if told.unit == "business_days" else 0
    while left:
        due += timedelta(days=1)
        left -= due.weekday() < 5 and due.date() not in holidays
    return due


def later(since: datetime, period: str) -> datetime:
    """Add a period of days (`P31D`), or of years and months, to a time.

    >>> from datetime import UTC
    >>> later(datetime(2026, 1, 1, tzinfo=UTC), "P31D").date().isoformat()
    '2026-02-01'
    """
    found = _DAYS.fullmatch(period)
    return since + timedelta(days=int(found[1])) if found else ends(since, period)


def ends(since: datetime, within: str) -> datetime:
    """Add a period of years and months to a time; a day that the month lacks becomes its last.

    >>> from datetime import UTC
    >>> ends(datetime(2026, 8, 31, tzinfo=UTC), "P6M").date().isoformat()
    '2027-02-28'
    """
    found = _PERIOD.fullmatch(within)
    if not found or not any(found.groups()):
        raise ConfigError(f"{within!r} is not a period of years and months.", path="within", hint="Write it as P2Y or P18M.")
    years, months = (int(part or 0) for part in found.groups())
    total = since.month - 1 + months
    year, month = since.year + years + total // 12, total % 12 + 1
    for day in range(since.day, 27, -1):
        try:
            return since.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    return since.replace(year=year, month=month, day=min(since.day, 28))


def _length(period: str) -> datetime:
    return later(EPOCH, period)


def _narrower(left: Implied, right: Implied) -> Implied:
    since = max((one.since for one in (left, right) if one.since), default=None)
    return Implied(left.basis, _shorter(left.within, right.within), since)


def _shorter(left: str, right: str) -> str:
    """Take the earlier of two ends; none is the latest."""
    if not left or not right:
        return left or right
    return min(left, right, key=_length)
