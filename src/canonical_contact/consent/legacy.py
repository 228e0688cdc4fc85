"""The legacy programme: whom of the old contacts to keep, to ask again, to suppress and to archive.

One table says it: how well a consent is shown (`Risk`) × how long ago the person last did something (`Engagement`) → `Segment`. What an
ask demands besides stands in `GUARDS`. Engineering defaults, not legal advice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from canonical_contact.consent.regimes import Rule, later, may_request
from canonical_contact.consent.regimes._rules import EPOCH
from canonical_contact.errors import ConfigError

__all__ = [
    "ENGAGING",
    "LEGACY_BLOCKS",
    "LEGACY_REASONS",
    "RISKS",
    "SEGMENTS",
    "Engagement",
    "LegacyFacts",
    "LegacyPolicy",
    "Risk",
    "Segment",
    "Sorted",
    "blocks_person",
    "engagement_of",
    "engages",
    "risk_of",
    "rules_let_ask",
    "segment_of",
]


class Segment(StrEnum):
    """What becomes of a contact."""

    KEEP = "keep"
    RE_PERMISSION = "re_permission"
    SUPPRESS = "suppress"
    ARCHIVE = "archive"


class Risk(StrEnum):
    """How well it is shown that the person may be contacted, the worst first."""

    BLOCKED = "blocked"
    ASKED = "asked"
    UNREACHABLE = "unreachable"
    UNCONFIRMED = "unconfirmed"
    EXPIRED = "expired"
    CLAIMED = "claimed"
    NEVER_ASKED = "never_asked"
    OPT_OUT_ONLY = "opt_out_only"
    IMPLIED_ENDING = "implied_ending"
    IMPLIED = "implied"
    EVIDENCED = "evidenced"


class Engagement(StrEnum):
    """How long ago the person last did something with us."""

    ACTIVE = "active"
    LAPSING = "lapsing"
    DORMANT = "dormant"
    NO_ACTIVITY = "no_activity"


LEGACY_REASONS: Final[Mapping[str, str]] = {
    Risk.BLOCKED: "A refusal, a suppression or a restriction stands, or another person's block on a shared endpoint.",
    Risk.ASKED: "The person was asked, or signed up, and the answer is open.",
    Risk.UNREACHABLE: "The contact has no endpoint on this channel.",
    Risk.UNCONFIRMED: "A consent is on record that is not strong enough under the rules.",
    Risk.EXPIRED: "The consent has ended, or the rules do not accept what it rests on.",
    Risk.CLAIMED: "A source claims consent and shows no evidence of it.",
    Risk.NEVER_ASKED: "The rules need consent, and the person was never asked.",
    Risk.OPT_OUT_ONLY: "Nothing but rules that need no consent permits it.",
    Risk.IMPLIED_ENDING: "The consent is implied and ends soon.",
    Risk.IMPLIED: "The consent is implied.",
    Risk.EVIDENCED: "A consent with its evidence is on record.",
    Engagement.ACTIVE: "The person did something lately.",
    Engagement.LAPSING: "The person did something some time ago, or the address was shown to work lately.",
    Engagement.DORMANT: "The person has been silent for long.",
    Engagement.NO_ACTIVITY: "Nothing on record tells when the person last did something.",
    "role_mailbox": "The address is one of a role, so that nobody can answer for themselves.",
    "address_failed": "The latest check says that the address does not work.",
    "asking_not_allowed": "The rules do not let us ask on this channel.",
    "asked_lately": "The person was asked, or refused, too short a time ago.",
    "shared_endpoint": "Somebody who holds the same endpoint is blocked.",
    "endpoint_asked": "Another contact is asked at the same endpoint.",
    "not_askable": "The consent of the contact does not take a request any more.",
}
"""Code → one sentence. Codes are stable."""

RE_PERMISSION: Final = "re_permission"
"""The method of the programme's events."""

NO_ANSWER: Final = "legacy_no_answer"

LEGACY_BLOCKS: Final[Mapping[str, str]] = {
    NO_ANSWER: "Asked again, and no answer by the deadline.",
    "legacy_suppress": "Sorted into the segment suppress.",
    "legacy_archive": "Sorted into the segment archive.",
}
"""Reasons of the blocks that the programme sets; the person's own confirmed opt-in ends them, and nothing else that is on record does."""

RISKS: Final[Mapping[str, Risk]] = {
    **dict.fromkeys(
        (
            "erased", "restricted", "deleted", "withdrawn", "denied", "invalidated", "hard_bounce", "quarantined", "complaint",
            "dnc_registry", "legal_hold", "global_opt_out", "manual", "litigator", "unmapped_opt_out", "shared_endpoint",
            "later_opt_in_on_record", "endpoint_not_held", "not_in_store",
        ),
        Risk.BLOCKED,
    ),
    "requested": Risk.ASKED,
    "pending_confirmation": Risk.ASKED,
    "confirmation_needed": Risk.UNCONFIRMED,
    "expired": Risk.EXPIRED,
    "implied_not_accepted": Risk.EXPIRED,
    "evidence_incomplete": Risk.CLAIMED,
    "no_consent": Risk.NEVER_ASKED,
    "registry_not_screened": Risk.NEVER_ASKED,
    "not_yet_effective": Risk.ASKED,
    "opt_out_regime": Risk.OPT_OUT_ONLY,
    "implied_consent": Risk.IMPLIED,
    "express_consent": Risk.EVIDENCED,
    "latest_subject_act": Risk.EVIDENCED,
}  # fmt: skip
"""Reason of a permission → risk. Details (`never_asked`, `legacy_import` …) are no reasons of their own; see `CLAIMS`."""

CLAIMS: Final = frozenset({"legacy_import", "legal_basis_claimed", "lost_evidence", "not_bound_to_endpoint"})
"""Details that make a missing consent one that somebody claims."""

DETAILS: Final = frozenset(
    {*CLAIMS, "never_asked", "no_endpoint", "quiet_hours", "frequency_cap", "zone_unknown", "asking_not_allowed", "asked_lately"}
)
"""Reasons that decide nothing here. A code that is neither in this set nor in `RISKS` counts as a block: what is not known is not asked."""

ENDPOINT_FAULTS: Final = frozenset({"hard_bounce", "quarantined"})
"""Blocks that are about one address alone, so that another address of the person may still be asked at."""

_PASSED: Final = DETAILS | ENDPOINT_FAULTS
_ORDER: Final = {risk: place for place, risk in enumerate(Risk)}
_S, _R = Segment, Risk
_COLUMNS: Final = tuple(Engagement)


def _row(*segments: Segment) -> Mapping[Engagement, Segment]:
    return dict(zip(_COLUMNS, segments, strict=True))


SEGMENTS: Final[Mapping[Risk, Mapping[Engagement, Segment]]] = {
    # consent              active            lapsing           dormant     no activity
    _R.EVIDENCED:      _row(_S.KEEP,          _S.KEEP,          _S.ARCHIVE,  _S.KEEP),
    _R.IMPLIED:        _row(_S.KEEP,          _S.RE_PERMISSION, _S.ARCHIVE,  _S.ARCHIVE),
    _R.IMPLIED_ENDING: _row(_S.RE_PERMISSION, _S.RE_PERMISSION, _S.ARCHIVE,  _S.ARCHIVE),
    _R.OPT_OUT_ONLY:   _row(_S.RE_PERMISSION, _S.RE_PERMISSION, _S.ARCHIVE,  _S.ARCHIVE),
    _R.NEVER_ASKED:    _row(_S.RE_PERMISSION, _S.RE_PERMISSION, _S.ARCHIVE,  _S.ARCHIVE),
    _R.CLAIMED:        _row(_S.RE_PERMISSION, _S.RE_PERMISSION, _S.SUPPRESS, _S.SUPPRESS),
    _R.EXPIRED:        _row(_S.RE_PERMISSION, _S.RE_PERMISSION, _S.SUPPRESS, _S.SUPPRESS),
    _R.UNCONFIRMED:    _row(_S.SUPPRESS,      _S.SUPPRESS,      _S.SUPPRESS, _S.SUPPRESS),
    _R.UNREACHABLE:    _row(_S.ARCHIVE,       _S.ARCHIVE,       _S.ARCHIVE,  _S.ARCHIVE),
    _R.ASKED:          _row(_S.KEEP,          _S.KEEP,          _S.KEEP,     _S.KEEP),
    _R.BLOCKED:        _row(_S.SUPPRESS,      _S.SUPPRESS,      _S.SUPPRESS, _S.SUPPRESS),
}  # fmt: skip
"""Risk × engagement → segment. What is asked must pass the guards besides."""

NEVER_ASKABLE: Final = frozenset({Risk.BLOCKED, Risk.ASKED, Risk.UNREACHABLE, Risk.UNCONFIRMED})
"""Risks that no policy may send an ask to; the last one holds a grant, which takes a confirmation and no request."""

ENGAGING: Final[Mapping[str, str]] = {
    "interaction": "inbound",
    "deal_won": "",
    "nps_score": "",
    "lead_created": "",
}
"""Kind of an activity that is the person's own act → the direction that it must have; what we do ourselves shows no interest of theirs."""


def engages(kind: str, direction: str) -> bool:
    """Tell whether an activity is an act of the person.

    >>> engages("interaction", "inbound"), engages("interaction", "outbound"), engages("assigned", "")
    (True, False, False)
    """
    wanted = ENGAGING.get(kind)
    return wanted is not None and wanted in ("", direction)


@frozen
class LegacyPolicy:
    """The limits of the programme. Periods are ISO 8601: days (`P30D`), or years and months (`P12M`, `P1Y6M`).

    Args:
        active: since the person's last act; an engineering default.
        lapsing: since the person's last act; beyond it they are dormant. Three years of silence is after what the French CNIL wants
            prospects purged.
        verified: so long a check of an address counts as a sign of life; an engineering default.
        renew_before: an implied consent that ends within it is asked for in time; an engineering default.
        ask_again: nobody is asked who was asked, or refused, within it; the twelve months of California (CCPA), the longest term of the
            shipped regimes. A regime's own longer term counts besides.
        deadline: how long the person has for an answer; an engineering default.
        role_mailboxes: whether to ask at addresses of a role; by default not, since nobody there answers for themselves.
        segments: the table.

    Raises:
        ConfigError: a period cannot be read, `lapsing` is shorter than `active`, or the table asks somebody who must not be asked or
            lacks a cell.

    >>> LegacyPolicy(deadline="P14D").deadline
    'P14D'
    """

    active: str = "P12M"
    lapsing: str = "P36M"
    verified: str = "P6M"
    renew_before: str = "P3M"
    ask_again: str = "P12M"
    deadline: str = "P30D"
    role_mailboxes: bool = False
    segments: Mapping[Risk, Mapping[Engagement, Segment]] = field(default=SEGMENTS, repr=False)

    def __attrs_post_init__(self) -> None:
        """Check what a host has written."""
        ends = {
            name: later(EPOCH, getattr(self, name))
            for name in ("active", "lapsing", "verified", "renew_before", "ask_again", "deadline")
        }
        if ends["lapsing"] < ends["active"]:
            raise ConfigError(
                "Lapsing ends before active does.", path="lapsing", hint="Give it a period as long as active, or longer."
            )
        if ends["deadline"] <= EPOCH:
            raise ConfigError("There is no time for an answer.", path="deadline", hint="Give a day at least: P1D.")
        if any(engagement not in self.segments.get(risk, {}) for risk in Risk for engagement in Engagement):
            raise ConfigError("The table of segments lacks a cell.", path="segments", hint="Change a copy of SEGMENTS.")
        for risk in sorted(NEVER_ASKABLE):
            if Segment.RE_PERMISSION in self.segments[risk].values():
                raise ConfigError(
                    f"The table asks people whose consent is {risk}.", path="segments", hint="Keep, suppress or archive them."
                )


@frozen
class LegacyFacts:
    """What the programme needs to know of one contact.

    Args:
        reasons: those of `may_contact`'s answer.
        until: until when it is allowed.
        last_act: the person's last own act; without one the day on which they came to us.
        may_ask: whether the rules let us ask.
        asked_at: when the person was last asked or refused.
        checked_at: when the address was last shown to work.
        failed: whether the latest check says that it does not.
        role: whether the address is one of a role.
    """

    reasons: tuple[str, ...]
    until: datetime | None = None
    last_act: datetime | None = None
    may_ask: bool = True
    asked_at: datetime | None = None
    checked_at: datetime | None = None
    failed: bool = False
    role: bool = False


@frozen
class Sorted:
    """Where a contact belongs, and why.

    Args:
        segment: the segment.
        risk: how well the consent is shown.
        engagement: how long the person has been silent.
        reasons: codes of `LEGACY_REASONS`: the risk, the engagement, and what speaks against asking.
    """

    segment: Segment
    risk: Risk
    engagement: Engagement
    reasons: tuple[str, ...]


Guard = Callable[[LegacyFacts, LegacyPolicy, datetime], bool]

GUARDS: Final[Mapping[str, tuple[Segment, Guard]]] = {
    "asking_not_allowed": (_S.SUPPRESS, lambda facts, _policy, _at: not facts.may_ask),
    "address_failed": (_S.ARCHIVE, lambda facts, _policy, _at: facts.failed),
    "role_mailbox": (_S.ARCHIVE, lambda facts, policy, _at: facts.role and not policy.role_mailboxes),
    "asked_lately": (
        _S.ARCHIVE,
        lambda facts, policy, at: facts.asked_at is not None and later(facts.asked_at, policy.ask_again) > at,
    ),
}
"""What speaks against an ask → the segment instead, and the test; the first that holds decides."""


def blocks_person(reasons: Iterable[str]) -> bool:
    """Tell whether the reasons of an answer block the person, and not one address alone.

    >>> blocks_person(("hard_bounce", "no_consent")), blocks_person(("hard_bounce", "withdrawn"))
    (False, True)
    """
    return any(RISKS.get(reason, Risk.BLOCKED) is Risk.BLOCKED for reason in reasons if reason not in _PASSED)


def risk_of(reasons: tuple[str, ...], *, until: datetime | None = None, at: datetime, policy: LegacyPolicy | None = None) -> Risk:
    """Tell from an answer of `may_contact` how well a consent is shown.

    Args:
        reasons: those of the answer, in their order; of several endpoints the best one counts, unless the person is blocked.
        until: until when it is allowed.
        at: the time of the question.
        policy: the limits.

    >>> from datetime import UTC
    >>> now = datetime(2026, 7, 1, tzinfo=UTC)
    >>> str(risk_of(("no_consent", "legacy_import"), at=now)), str(risk_of(("hard_bounce", "no_consent", "never_asked"), at=now))
    ('claimed', 'never_asked')
    """
    found = [RISKS.get(reason, Risk.BLOCKED) for reason in reasons if reason not in _PASSED]
    if Risk.BLOCKED in found:
        return Risk.BLOCKED
    if not found:
        return Risk.UNREACHABLE if ENDPOINT_FAULTS.isdisjoint(reasons) else Risk.BLOCKED
    if Risk.ASKED in found:
        return Risk.ASKED
    best = max(found, key=_ORDER.__getitem__)
    if best is Risk.NEVER_ASKED and not CLAIMS.isdisjoint(reasons):
        return Risk.CLAIMED
    if best is Risk.IMPLIED and until is not None and until <= later(at, (policy or LegacyPolicy()).renew_before):
        return Risk.IMPLIED_ENDING
    return best


def engagement_of(facts: LegacyFacts, policy: LegacyPolicy, at: datetime) -> Engagement:
    """Tell how long ago a person last did something; an address that was shown to work lately makes a silent person a lapsing one.

    >>> from datetime import UTC
    >>> now = datetime(2026, 7, 1, tzinfo=UTC)
    >>> str(engagement_of(LegacyFacts((), last_act=datetime(2024, 7, 1, tzinfo=UTC)), LegacyPolicy(), now))
    'lapsing'
    """
    last = facts.last_act
    if last is not None and later(last, policy.active) > at:
        return Engagement.ACTIVE
    if last is not None and later(last, policy.lapsing) > at:
        return Engagement.LAPSING
    if facts.checked_at is not None and not facts.failed and later(facts.checked_at, policy.verified) > at:
        return Engagement.LAPSING
    return Engagement.NO_ACTIVITY if last is None else Engagement.DORMANT


def segment_of(facts: LegacyFacts, *, at: datetime, policy: LegacyPolicy | None = None) -> Sorted:
    """Sort a contact into its segment.

    Args:
        facts: what is known of it.
        at: the time of the plan, with a time zone.
        policy: the limits; None for the defaults.

    Returns:
        The segment and the reasons for it.

    >>> from datetime import UTC
    >>> now, spring = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    >>> segment_of(LegacyFacts(("opt_out_regime", "legacy_import"), last_act=spring), at=now).reasons
    ('opt_out_only', 'active')
    >>> str(segment_of(LegacyFacts(("no_consent", "legacy_import"), last_act=spring, may_ask=False), at=now).segment)
    'suppress'
    """
    limits = policy or LegacyPolicy()
    risk = risk_of(facts.reasons, until=facts.until, at=at, policy=limits)
    engagement = engagement_of(facts, limits, at)
    segment = limits.segments[risk][engagement]
    reasons: tuple[str, ...] = (risk.value, engagement.value)
    if segment is Segment.RE_PERMISSION:
        for code, (instead, holds) in GUARDS.items():
            if holds(facts, limits, at):
                return Sorted(instead, risk, engagement, (*reasons, code))
    return Sorted(segment, risk, engagement, reasons)


_STATES: Final[Mapping[Risk, str]] = {
    Risk.EXPIRED: "expired",
    Risk.CLAIMED: "unknown",
    Risk.NEVER_ASKED: "unknown",
    Risk.OPT_OUT_ONLY: "unknown",
}
"""Risk → the state of the key, as `Rule.request` names it."""


def rules_let_ask(rule: Rule, risk: Risk, *, at: datetime, allowed: bool, asked_at: datetime | None = None) -> bool:
    """Tell whether the rules let us ask: a message that only asks may be sent, or any message may.

    Args:
        rule: the rule of the channel at the time.
        risk: how well the consent is shown.
        at: when the message would be sent.
        allowed: whether the person may be contacted for the purpose today.
        asked_at: when the person was last asked or refused.

    >>> from datetime import UTC
    >>> rules_let_ask(Rule("opt_in"), Risk.CLAIMED, at=datetime(2026, 7, 1, tzinfo=UTC), allowed=False)
    False
    """
    if risk in NEVER_ASKABLE:
        return False
    if not allowed:
        return may_request(rule, _STATES.get(risk, "unknown"), at=at, refused_at=asked_at)
    return asked_at is None or not rule.ask_again or later(asked_at, rule.ask_again) <= at
