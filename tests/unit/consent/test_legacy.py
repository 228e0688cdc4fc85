"""The rules of the legacy programme: every cell of the table, every guard, every limit."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact.consent import REASONS, Rule
from canonical_contact.consent.evidence import UNDELIVERABLE
from canonical_contact.consent.legacy import (
    DETAILS,
    ENDPOINT_FAULTS,
    GUARDS,
    LEGACY_REASONS,
    NEVER_ASKABLE,
    RISKS,
    SEGMENTS,
    Engagement,
    LegacyFacts,
    LegacyPolicy,
    Risk,
    Segment,
    engagement_of,
    engages,
    risk_of,
    rules_let_ask,
    segment_of,
)
from canonical_contact.errors import ConfigError
from canonical_contact.model import SuppressionKind

NOW = datetime(2026, 7, 1, tzinfo=UTC)

# An answer of may_contact for each risk, and until when it is allowed.
ANSWERS: dict[Risk, tuple[tuple[str, ...], datetime | None]] = {
    Risk.BLOCKED: (("withdrawn",), None),
    Risk.ASKED: (("requested",), None),
    Risk.UNREACHABLE: (("no_endpoint",), None),
    Risk.UNCONFIRMED: (("confirmation_needed",), None),
    Risk.EXPIRED: (("expired",), None),
    Risk.CLAIMED: (("no_consent", "legacy_import"), None),
    Risk.NEVER_ASKED: (("no_consent", "never_asked"), None),
    Risk.OPT_OUT_ONLY: (("opt_out_regime", "never_asked"), None),
    Risk.IMPLIED_ENDING: (("implied_consent",), NOW + timedelta(days=30)),
    Risk.IMPLIED: (("implied_consent",), NOW + timedelta(days=300)),
    Risk.EVIDENCED: (("express_consent",), None),
}
LAST: dict[Engagement, datetime | None] = {
    Engagement.ACTIVE: NOW - timedelta(days=30),
    Engagement.LAPSING: NOW - timedelta(days=500),
    Engagement.DORMANT: NOW - timedelta(days=2000),
    Engagement.NO_ACTIVITY: None,
}
ACTIVE = LAST[Engagement.ACTIVE]
BLOCKS = {
    *(kind.value for kind in SuppressionKind), *UNDELIVERABLE.values(), "erased", "restricted", "deleted", "withdrawn", "denied",
    "invalidated", "shared_endpoint",
}  # fmt: skip


@pytest.mark.parametrize(("risk", "engagement"), list(itertools.product(Risk, Engagement)))
def test_every_cell_of_the_table_is_reached(risk: Risk, engagement: Engagement) -> None:
    reasons, until = ANSWERS[risk]
    said = segment_of(LegacyFacts(reasons, until, LAST[engagement]), at=NOW)
    assert (said.risk, said.engagement) == (risk, engagement)
    assert (said.segment, said.reasons) == (SEGMENTS[risk][engagement], (risk.value, engagement.value))


def test_every_reason_of_a_permission_has_its_place() -> None:
    assert set(REASONS) <= {*RISKS, *DETAILS}
    assert set(RISKS.values()) >= set(Risk) - {Risk.UNREACHABLE, Risk.CLAIMED, Risk.IMPLIED_ENDING}
    assert {*Risk, *Engagement, *GUARDS} <= set(LEGACY_REASONS)


@pytest.mark.parametrize("block", sorted(BLOCKS))
def test_no_block_is_ever_asked_whatever_else_is_said(block: str) -> None:
    for other in ("", "no_consent", "opt_out_regime", "implied_consent", "express_consent", "requested"):
        for reasons in ((block, other), (other, block)):
            risk = risk_of(tuple(filter(None, reasons)), at=NOW)
            if block in ENDPOINT_FAULTS and other:
                assert risk is not Risk.UNREACHABLE  # another address of the person may be asked at
            else:
                assert risk is Risk.BLOCKED


def test_a_reason_that_is_not_known_blocks() -> None:
    assert risk_of(("a_new_block", "no_consent", "never_asked"), at=NOW) is Risk.BLOCKED


def test_of_several_endpoints_the_best_counts() -> None:
    assert risk_of(("confirmation_needed", "no_consent", "never_asked"), at=NOW) is Risk.NEVER_ASKED
    assert risk_of(("requested", "no_consent", "never_asked"), at=NOW) is Risk.ASKED


@pytest.mark.parametrize(
    ("facts", "segment", "code"),
    [
        (LegacyFacts(("no_consent", "never_asked"), last_act=ACTIVE, may_ask=False), Segment.SUPPRESS, "asking_not_allowed"),
        (LegacyFacts(("opt_out_regime",), last_act=ACTIVE, failed=True), Segment.ARCHIVE, "address_failed"),
        (LegacyFacts(("opt_out_regime",), last_act=ACTIVE, role=True), Segment.ARCHIVE, "role_mailbox"),
        (
            LegacyFacts(("opt_out_regime",), last_act=ACTIVE, asked_at=NOW - timedelta(days=364)),
            Segment.ARCHIVE,
            "asked_lately",
        ),
    ],
)
def test_a_guard_takes_an_ask_back(facts: LegacyFacts, segment: Segment, code: str) -> None:
    said = segment_of(facts, at=NOW)
    assert (said.segment, said.reasons[-1]) == (segment, code)


def test_a_guard_that_does_not_hold_leaves_the_ask() -> None:
    facts = LegacyFacts(("opt_out_regime",), last_act=ACTIVE, asked_at=NOW - timedelta(days=366), role=True)
    assert segment_of(facts, at=NOW, policy=LegacyPolicy(role_mailboxes=True)).segment is Segment.RE_PERMISSION


def test_the_ends_of_the_bands_are_sharp() -> None:
    policy = LegacyPolicy(active="P10D", lapsing="P20D", verified="P5D")

    def band(days: float | None, checked: float | None = None, *, failed: bool = False) -> Engagement:
        last = None if days is None else NOW - timedelta(days=days)
        check = None if checked is None else NOW - timedelta(days=checked)
        return engagement_of(LegacyFacts((), last_act=last, checked_at=check, failed=failed), policy, NOW)

    assert [band(9.9), band(10), band(19.9), band(20), band(None)] == [
        Engagement.ACTIVE, Engagement.LAPSING, Engagement.LAPSING, Engagement.DORMANT, Engagement.NO_ACTIVITY,
    ]  # fmt: skip
    assert [band(30, 4), band(None, 4), band(30, 5), band(30, 4, failed=True)] == [
        Engagement.LAPSING, Engagement.LAPSING, Engagement.DORMANT, Engagement.DORMANT,
    ]  # fmt: skip


def test_only_acts_of_the_person_count() -> None:
    assert [engages("interaction", "inbound"), engages("interaction", ""), engages("deal_won", ""), engages("verification", "")] == [
        True, False, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("risk", sorted(NEVER_ASKABLE))
def test_no_policy_asks_whom_nobody_may_ask(risk: Risk) -> None:
    table = {**SEGMENTS, risk: dict.fromkeys(Engagement, Segment.RE_PERMISSION)}
    with pytest.raises(ConfigError, match="The table asks"):
        LegacyPolicy(segments=table)
    assert not rules_let_ask(Rule("opt_out", request=("unknown",)), risk, at=NOW, allowed=True)


def test_a_policy_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ConfigError, match="as long as active"):
        LegacyPolicy(active="P2Y", lapsing="P1Y")
    with pytest.raises(ConfigError, match="no time for an answer"):
        LegacyPolicy(deadline="P0D")
    with pytest.raises(ConfigError, match="lacks a cell"):
        LegacyPolicy(segments={})
    with pytest.raises(ConfigError, match="period"):
        LegacyPolicy(verified="six months")


def test_the_rules_decide_whether_we_may_ask() -> None:
    open_ = Rule("opt_out", request=("unknown", "expired"), ask_again="P12M")
    assert rules_let_ask(open_, Risk.CLAIMED, at=NOW, allowed=False)
    assert not rules_let_ask(Rule("opt_in"), Risk.CLAIMED, at=NOW, allowed=False)  # asking is marketing itself
    assert rules_let_ask(Rule("opt_in"), Risk.IMPLIED, at=NOW, allowed=True)  # a message is allowed, and so is one that asks
    lately = NOW - timedelta(days=100)
    assert not rules_let_ask(open_, Risk.OPT_OUT_ONLY, at=NOW, allowed=True, asked_at=lately)
    assert not rules_let_ask(open_, Risk.EXPIRED, at=NOW, allowed=False, asked_at=lately)
    assert rules_let_ask(open_, Risk.OPT_OUT_ONLY, at=NOW, allowed=True, asked_at=NOW - timedelta(days=400))


def test_the_page_shows_the_table_the_reasons_and_the_limits() -> None:
    page = (Path(__file__).parents[3] / "docs" / "legacy.md").read_text("utf-8")
    for risk, row in SEGMENTS.items():
        assert f"| `{risk}` | {' | '.join(row[engagement] for engagement in Engagement)} |" in page
    for code, sentence in LEGACY_REASONS.items():
        assert f"| `{code}` | {sentence} |" in page
    usual = LegacyPolicy()
    for name in ("active", "lapsing", "verified", "renew_before", "ask_again", "deadline", "role_mailboxes"):
        assert f"| `{name}` | `{getattr(usual, name)}` |" in page
