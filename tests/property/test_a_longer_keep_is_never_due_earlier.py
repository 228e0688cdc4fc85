"""Law: a rule that keeps longer is never due earlier, what is due stays due, and a hold never hastens anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.privacy.retention import (
    NO_STAGE,
    RetentionAction,
    RetentionFacts,
    RetentionRule,
    RetentionRules,
    RetentionStart,
    due,
)

TIMES = st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds have no zone
PURPOSES = st.sampled_from(("marketing", "billing", "any"))
STAGES = st.sampled_from(("lead", "customer", ""))
FACTS = st.builds(
    RetentionFacts,
    st.just("id-1"),
    created=st.none() | TIMES,
    stage=STAGES,
    purposes=st.frozensets(PURPOSES),
    last_activity=st.none() | TIMES,
    oldest_activity=st.none() | TIMES,
    last_consent=st.dictionaries(PURPOSES, TIMES),
    withdrawn=st.dictionaries(PURPOSES, TIMES),
    legal_hold=st.booleans(),
    proof_until=st.none() | TIMES,
)
RULES = st.lists(
    st.builds(
        RetentionRule,
        st.text("abcdef", min_size=1),
        st.integers(1, 40).map(lambda years: f"P{years}Y"),
        st.sampled_from(RetentionStart),
        st.sampled_from(RetentionAction),
        PURPOSES,
        st.sampled_from((("any",), ("lead",), ("customer", NO_STAGE))),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda rule: rule.name,
).map(lambda rules: RetentionRules(tuple(rules)))


@given(RULES, FACTS, TIMES, st.timedeltas(timedelta(0), timedelta(3000)))
def test_what_is_due_stays_due(rules: RetentionRules, facts: RetentionFacts, at: datetime, later: timedelta) -> None:
    before = {one.rule for one in due(rules, facts, at)}
    assert before <= {one.rule for one in due(rules, facts, at + later)}


@given(RULES, FACTS, TIMES, st.integers(0, 10))
def test_a_longer_keep_is_never_due_earlier(rules: RetentionRules, facts: RetentionFacts, at: datetime, more: int) -> None:
    first, *rest = rules.rules
    longer = RetentionRules((evolve(first, keep=f"P{int(first.keep[1:-1]) + more}Y"), *rest))
    assert {one.rule for one in due(longer, facts, at)} <= {one.rule for one in due(rules, facts, at)}
    # and who is kept longer is not erased sooner by another rule either
    ready = {one.rule for one in due(rules, facts, at) if not one.held and one.then is RetentionAction.ERASE}
    now = {one.rule for one in due(longer, facts, at) if not one.held and one.then is RetentionAction.ERASE}
    if first.then in (RetentionAction.ERASE, RetentionAction.DROP_ACTIVITIES, RetentionAction.ARCHIVE_SUPPRESS):
        assert now <= ready


@given(RULES, FACTS, TIMES)
def test_a_hold_only_holds(rules: RetentionRules, facts: RetentionFacts, at: datetime) -> None:
    free = evolve(facts, legal_hold=False, proof_until=None)
    held, loose = due(rules, facts, at), due(rules, free, at)
    assert [one.rule for one in held] == [one.rule for one in loose]
    assert {one.rule for one in held if not one.held} <= {one.rule for one in loose if not one.held}
    if facts.legal_hold:
        assert not [one for one in held if one.then in (RetentionAction.ERASE, RetentionAction.DROP_ACTIVITIES) and not one.held]
