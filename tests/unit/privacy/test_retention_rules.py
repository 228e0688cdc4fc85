"""Retention rules: what they read, from when they count, and what holds a deletion back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from canonical_contact.errors import ConfigError, InputError
from canonical_contact.privacy.retention import (
    HOLDS,
    Due,
    RetentionAction,
    RetentionFacts,
    RetentionRule,
    RetentionRules,
    RetentionStart,
    due,
    parse_rules,
    proof_until,
)

NOW = datetime(2026, 7, 1, tzinfo=UTC)
_A, _S = RetentionAction, RetentionStart


def years_ago(years: int) -> datetime:
    return NOW.replace(year=NOW.year - years)


def asked(*rules: RetentionRule, at: datetime = NOW, **facts: object) -> tuple[Due, ...]:
    known: dict[str, object] = {"created": years_ago(10), **facts}
    return due(RetentionRules(rules), RetentionFacts("id-1", **known), at)  # type: ignore[arg-type]


def rule(
    name: str = "r", keep: str = "P3Y", start: RetentionStart = _S.CREATED, then: RetentionAction = _A.ERASE, **more: object
) -> RetentionRule:
    return RetentionRule(name, keep, start, then, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "facts"),
    [
        (_S.CREATED, {"created": years_ago(3)}),
        (_S.LAST_ACTIVITY, {"last_activity": years_ago(3)}),
        (_S.LAST_CONSENT, {"last_consent": {"marketing": years_ago(3)}}),
        (_S.WITHDRAWN, {"withdrawn": {"marketing": years_ago(3)}}),
    ],
)
def test_a_rule_is_due_when_its_time_is_over_and_not_before(start: RetentionStart, facts: dict[str, Any]) -> None:
    (one,) = asked(rule(start=start), **facts)
    assert (one.since, one.until, one.held) == (years_ago(3), NOW, ())
    assert asked(rule(start=start), at=NOW - timedelta(seconds=1), **facts) == ()


def test_who_has_no_such_time_counts_from_the_first_record_but_only_a_no_starts_withdrawn() -> None:
    for start in (_S.LAST_ACTIVITY, _S.LAST_CONSENT):
        assert asked(rule(start=start))[0].since == years_ago(10)
    assert asked(rule(start=_S.WITHDRAWN)) == ()
    (one,) = asked(rule(), created=None)
    assert (one.held, one.until) == (("no_date",), None)


def test_a_rule_is_for_its_purpose_and_its_category() -> None:
    news = rule(purpose="newsletter")
    assert asked(news) == ()
    assert asked(news, purposes=frozenset({"newsletter"}))
    assert asked(news, purposes=frozenset({"any"}))
    assert asked(news, purposes=frozenset({"billing"})) == ()
    leads = rule(category=("lead", "none"))
    assert asked(leads)
    assert asked(leads, stage="lead")
    assert asked(leads, stage="customer") == ()


def test_a_consent_for_another_purpose_does_not_count() -> None:
    news = rule(start=_S.LAST_CONSENT, purpose="newsletter")
    times = {"newsletter": years_ago(4), "billing": years_ago(1)}
    assert asked(news, purposes=frozenset(times), last_consent=times)[0].since == years_ago(4)
    assert asked(rule(start=_S.LAST_CONSENT), last_consent=times) == ()  # any purpose: the latest


def test_a_legal_hold_and_a_proof_stop_an_erasure() -> None:
    (one,) = asked(rule(), legal_hold=True, proof_until=NOW + timedelta(days=9))
    assert (one.held, one.held_until) == (("legal_hold", "proof"), None)
    (one,) = asked(rule(), proof_until=NOW + timedelta(days=9))
    assert (one.held, one.held_until) == (("proof",), NOW + timedelta(days=9))
    assert asked(rule(), proof_until=NOW)[0].held == ()
    assert asked(rule(hold=()), legal_hold=True, proof_until=NOW + timedelta(days=9))[0].held == ()
    assert asked(rule(then=_A.ARCHIVE_SUPPRESS), legal_hold=True)[0].held == ()


def test_the_longest_rule_keeps_a_person() -> None:
    short, long = rule("short"), rule("long", "P20Y")
    (one,) = asked(short, long)
    assert (one.rule, one.held, one.held_until) == ("short", ("kept_by:long",), years_ago(-10))
    assert [entry.held for entry in asked(short, rule("long", "P9Y"))] == [(), ()]


def test_where_a_person_decides_nothing_is_erased() -> None:
    found = asked(rule(), rule("look", "P5Y", then=_A.REVIEW))
    assert [(one.then, one.held) for one in found] == [(_A.ERASE, ("review:look",)), (_A.REVIEW, ())]
    assert [one.held for one in asked(rule(), rule("look", "P20Y", then=_A.REVIEW))] == [("kept_by:look",)]


def test_activities_count_by_their_own_time_and_a_legal_hold_keeps_them() -> None:
    drop = rule(start=_S.LAST_ACTIVITY, then=_A.DROP_ACTIVITIES)
    assert asked(drop) == ()
    assert asked(drop, oldest_activity=years_ago(4), last_activity=NOW)[0].since == years_ago(4)
    assert asked(drop, oldest_activity=years_ago(4), legal_hold=True)[0].held == ("legal_hold",)
    assert asked(drop, oldest_activity=years_ago(4), proof_until=NOW + timedelta(days=1))[0].held == ()


def test_who_is_archived_is_not_due_again() -> None:
    archive = rule(then=_A.ARCHIVE_SUPPRESS)
    assert asked(archive)
    assert asked(archive, archived=frozenset({"r"})) == ()


@pytest.mark.parametrize(
    ("known", "until"),
    [
        ({}, None),
        ({"retain_until": NOW}, NOW),
        ({"regime": "de_uwg/2026.1", "since": NOW}, NOW.replace(year=2031)),
        ({"regime": "de_uwg/2026.1", "since": NOW, "retain_until": NOW.replace(year=2040)}, NOW.replace(year=2040)),
        ({"regime": "gdpr_eprivacy/2026.1", "since": NOW}, None),
        ({"regime": "ours/1", "since": NOW, "keep": "P90D"}, NOW + timedelta(days=90)),
        ({"regime": "casl/2026.1", "keep": "P9Y"}, None),
    ],
)
def test_a_proof_is_kept_as_long_as_whoever_asks_for_most(known: dict[str, object], until: datetime | None) -> None:
    assert proof_until(**known) == until  # type: ignore[arg-type]


TEXT = """
version = "7"
[proof]
keep = "P5Y"
[[rule]]
name = "prospects"
purpose = "marketing"
category = ["lead", "mql"]
keep = "P3Y"
from = "last_activity"
then = "erase"
hold = ["legal_hold"]
basis = "Three years after the last contact."
[[rule]]
name = "old calls"
category = "any"
keep = "P90D"
from = "last_activity"
then = "drop_activities"
"""


def test_rules_are_read_from_toml() -> None:
    rules = parse_rules(TEXT)
    one, two = rules.rules
    assert (rules.version, rules.proof_keep) == ("7", "P5Y")
    assert (one.purpose, one.category, one.hold) == ("marketing", ("lead", "mql"), ("legal_hold",))
    assert (two.then, two.hold, two.purpose) == (_A.DROP_ACTIVITIES, HOLDS, "any")
    assert parse_rules(TEXT).digest == rules.digest != parse_rules(TEXT.replace("P90D", "P91D")).digest


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("[[rule]]", "[[rule", "rules"),
        ('version = "7"', "verson = 7", "rules"),
        ('name = "prospects"', "", "rules.rule[0].name"),
        ('name = "prospects"', 'name = "old calls"', "rule.name"),
        ('"P3Y"', '"three years"', "prospects.keep"),
        ('"P3Y"', '""', "rules.rule[0].keep"),
        ('"P3Y"', '"P99999Y"', "prospects.keep"),
        ('"P5Y"', '"P5"', "proof.keep"),
        ('from = "last_activity"\nthen = "erase"', 'from = "birth"\nthen = "erase"', "rules.rule[0].from"),
        ('then = "erase"', 'then = "burn"', "rules.rule[0].then"),
        ('["lead", "mql"]', '["led"]', "prospects.category"),
        ('["lead", "mql"]', "[1]", "rules.rule[0].category"),
        ('["legal_hold"]', '["whim"]', "prospects.hold"),
        ('basis = "', 'bases = "', "rules.rule[0]"),
    ],
)
def test_what_is_wrong_with_rules_is_said(old: str, new: str, path: str) -> None:
    assert old in TEXT
    with pytest.raises(ConfigError) as caught:
        parse_rules(TEXT.replace(old, new, 1))
    assert caught.value.path == path
    assert caught.value.hint


def test_an_error_names_the_file_and_the_rule() -> None:
    with pytest.raises(ConfigError, match=r"house\.toml, the rule 'prospects': 'three years' is no period"):
        parse_rules(TEXT.replace('"P3Y"', '"three years"', 1), source="house.toml")
    with pytest.raises(ConfigError, match=r"house\.toml, rule 1: it has no name"):
        parse_rules(TEXT.replace('name = "prospects"', "", 1), source="house.toml")


@pytest.mark.parametrize("keep", ["P0D", "P0Y", "P0Y0M"])
def test_a_rule_that_erases_at_once_is_refused(keep: str) -> None:
    with pytest.raises(ConfigError, match="at once"):
        rule(keep=keep, then=_A.ERASE)
    assert rule(keep=keep, then=_A.REVIEW).keep == keep


@pytest.mark.parametrize("text", ["", "rule = 1", "rule = [1]", "proof = 1\n[[rule]]"])
def test_rules_without_a_rule_are_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_rules(text)


def test_a_time_needs_a_zone() -> None:
    with pytest.raises(InputError, match="time zone"):
        asked(rule(), at=datetime(2026, 7, 1))  # noqa: DTZ001  that is the test


def test_the_rules_in_the_docs_can_be_read() -> None:
    text = (Path(__file__).parents[3] / "docs" / "retention.md").read_text("utf-8")
    rules = parse_rules(text.split("```toml\n")[1].split("```")[0])
    assert {one.then for one in rules.rules} >= {_A.ERASE, _A.REVIEW, _A.DROP_ACTIVITIES}
    assert rules.proof_keep == "P3Y"
    assert "not legal advice" in text
