"""Every strategy of the table on candidates: what it picks, and what decides between equals."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from canonical_contact.errors import ConfigError
from canonical_contact.merge.policy import (
    INVALID,
    KINDS,
    STRATEGIES,
    UNKNOWN,
    VALID,
    VERIFIED,
    Candidate,
    Rule,
    Survivorship,
    decide,
    pick,
)
from canonical_contact.model import Name, Revenue

DAY = 86_400.0


def said(source: str, value: Any, day: float = -1, **more: Any) -> Candidate[Any]:
    more.setdefault("form", str(value).casefold())
    return Candidate(value, source, day * DAY if day >= 0 else -1.0, **more)


def decided(rule: str | Rule, *candidates: Candidate[Any], sources: Sequence[str] = ()) -> tuple[Any, str]:
    """Decide in every order, which must give the same: the value, and whose it is."""
    rule = Rule.of(rule, "")
    found = {
        (str(won.value), won.source, won.reason, won.sources) if won else None
        for won in (decide(rule, order, sources) for order in itertools.permutations(candidates))
    }
    assert len(found) == 1
    won = decide(rule, candidates, sources)
    return (None, "") if won is None else (won.value, won.source)


def test_the_most_recent_value_stands_and_one_without_a_time_stands_last() -> None:
    assert decided("most_recent", said("a:1", "x", 3), said("b:1", "y", 9), said("c:1", "z"))[0] == "y"


def test_of_equal_times_the_source_that_ranks_first_then_the_first_record() -> None:
    both = said("a:1", "x", 3), said("b:1", "y", 3)
    assert decided("most_recent", *both)[0] == "x"
    assert decided("most_recent", *both, sources=["b", "a"])[0] == "y"
    assert decided("most_recent", *both, sources=["b"])[0] == "y"


def test_what_was_taken_back_later_wins_as_nothing_under_most_recent_alone() -> None:
    gone = Candidate(None, "b:1", 9 * DAY, cleared=True)
    assert decided("most_recent", said("a:1", "x", 3), gone) == (None, "b:1")
    assert decided("most_recent", said("a:1", "x", 9), gone) == ("x", "a:1")
    others = [name for name, one in STRATEGIES.items() if one.rank and not one.needs and name != "most_recent"]
    assert {decided(name, said("a:1", "7", 3), gone)[0] for name in others} <= {"7", "7.0"}
    assert decided("most_recent", gone) == (None, "b:1")


def test_the_oldest_value_stands_and_one_without_a_time_stands_last() -> None:
    assert decided("oldest", said("a:1", "x", 3), said("b:1", "y", 9), said("c:1", "z"))[0] == "x"


def test_the_source_that_ranks_first_stands_and_an_unknown_one_last() -> None:
    rule = Rule("source_priority", {"sources": ["erp", "crm"]})
    assert decided(rule, said("crm:1", "x", 9), said("erp:1", "y", 1), said("web:1", "z", 20))[0] == "y"
    assert decided(rule, said("crm:1", "x", 1), said("web:1", "z", 20))[0] == "x"
    assert decided(rule, said("shop:1", "x", 1), said("web:1", "z", 20))[0] == "z"
    assert decided(rule, said("crm:1", "x", 1), said("crm:2", "z", 20))[0] == "z"


def test_trust_decays_with_age() -> None:
    rule = Rule("trust_decay", {"trust": {"erp": 0.9, "crm": 0.6}, "half_life": "365d"})
    assert decided(rule, said("erp:1", "x", 0), said("crm:1", "y", 100))[0] == "x", "0.9 halves to 0.74 in 100 days"
    assert decided(rule, said("erp:1", "x", 0), said("crm:1", "y", 365))[0] == "y"
    assert decided(rule, said("erp:1", "x"), said("crm:1", "y", 1))[0] == "y", "nobody knows how old it is"
    assert decided(rule, said("web:1", "x", 365), said("crm:1", "y", 365))[0] == "y", "who is not named is trusted half"


def test_trust_has_a_floor_and_loses_by_faults() -> None:
    floor = Rule("trust_decay", {"trust": {"erp": 0.9, "crm": 0.2}, "half_life": "1d", "floor": 0.3})
    assert decided(floor, said("erp:1", "x", 0), said("crm:1", "y", 50))[0] == "y", "both at the floor: the recent one"
    faults = Rule("trust_decay", {"trust": {"erp": 0.9, "crm": 0.6}, "half_life": "365d", "penalty": 0.2})
    assert decided(faults, said("erp:1", "x", 9, faults=2), said("crm:1", "y", 9))[0] == "y"
    assert decided(faults, said("erp:1", "x", 9, faults=1), said("crm:1", "y", 9))[0] == "x"


def test_what_was_verified_stands_before_what_is_valid_unknown_and_invalid() -> None:
    standing = {"x": INVALID, "y": UNKNOWN, "z": VALID, "v": VERIFIED}
    found = [said(f"{value}:1", value, 30 - place, standing=its) for place, (value, its) in enumerate(standing.items())]
    for count, expected in ((4, "v"), (3, "z"), (2, "y"), (1, "x")):
        assert decided("verified_first", *found[:count])[0] == expected
    assert decided("verified_first", said("a:1", "x", 3, standing=VERIFIED), said("b:1", "y", 9, standing=VERIFIED))[0] == "y"


def test_a_verification_that_is_too_old_or_has_expired_counts_as_none() -> None:
    old = said("a:1", "x", 3, standing=VERIFIED, checked_at=3 * DAY)
    fresh = said("b:1", "y", 40, standing=UNKNOWN)
    assert decided("verified_first", old, fresh)[0] == "x"
    assert decided(Rule("verified_first", {"ttl": "30d"}), old, fresh)[0] == "y"
    assert decided(Rule("verified_first", {"ttl": "60d"}), old, fresh)[0] == "x"
    expired = said("a:1", "x", 3, standing=VERIFIED, checked_at=3 * DAY, expires_at=10 * DAY)
    assert decided("verified_first", expired, fresh)[0] == "y"


def test_the_most_complete_value_stands() -> None:
    assert decided("most_complete", said("a:1", "x", 1, completeness=8), said("b:1", "y", 9, completeness=4))[0] == "x"


def test_length_counts_characters_as_people_do() -> None:
    family, word = said("a:1", "👩‍👩‍👧", 1), said("b:1", "ab", 1)
    assert decided("longest", family, word)[0] == "ab"
    assert decided("shortest", family, word)[0] == family.value
    accents = said("a:1", "e\u0301e\u0301", 1), said("b:1", "abc", 1)
    assert decided("longest", *accents)[0] == "abc"
    assert decided("longest", said("a:1", "a    b", 1), said("b:1", "a bc", 1))[0] == "a bc"
    names = said("a:1", Name(full="Ana María Gil"), 1), said("b:1", Name(given="Ana", surname="Gil"), 1)
    assert decided("longest", *names)[0].full == "Ana María Gil"


def test_the_value_of_most_systems_stands_however_many_records_one_has() -> None:
    found = [said("a:1", "x", 9), said("a:2", "x", 9), said("a:3", "x", 9), said("b:1", "y", 1), said("c:1", "Y", 2)]
    assert decided("most_frequent", *found)[0] == "Y"
    assert decided("most_frequent", said("a:1", "x", 1), said("b:1", "y", 2))[0] == "y", "of a tie the recent one"


@pytest.mark.parametrize("values", [("3", "20", "1.5"), (3, 20, 1.5), ("2026-01-03", "2026-01-20", "2026-01-01")])
def test_smallest_and_largest_of_numbers_and_days(values: tuple[Any, ...]) -> None:
    found = [said(f"{name}:1", value, 1) for name, value in zip("abc", values, strict=True)]
    assert (decided("min", *found)[0], decided("smallest", *found)[0]) == (values[2], values[2])
    assert decided("max", *found)[0] == values[1]


def test_smallest_and_largest_of_times() -> None:
    times = [datetime(2026, 6, day, tzinfo=UTC) for day in (3, 1, 2)]
    found = [said(f"{name}:1", time) for name, time in zip("abc", times, strict=True)]
    assert (decided("min", *found)[0].day, decided("max", *found)[0].day) == (1, 3)


def test_sums_and_averages_leave_out_what_is_no_number() -> None:
    found = [said("a:1", "10", 1), said("b:1", "2.5", 2), said("c:1", "many", 3)]
    assert decided("sum", *found) == ("12.5", "")
    assert decided("avg", *found) == ("6.25", "")
    assert decided("sum", said("a:1", 10.0, 1), said("b:1", 2.0, 2))[0] == 12.0
    assert decided("sum", said("a:1", "few", 1), said("b:1", "many", 2)) == ("many", "b:1")
    assert decided("sum", said("a:1", "nan", 1), said("b:1", "1", 2)) == ("1", "b:1")


def test_sums_of_money_need_one_currency() -> None:
    march, june = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    one = Revenue(100.0, "EUR", 1, march, march, 100.0)
    two = Revenue(50.0, "EUR", None, june, june, 50.0)
    dollars = Revenue(70.0, "USD", 1)
    assert decided("sum", said("a:1", one, 1), said("b:1", two, 2))[0] == Revenue(150.0, "EUR", 1, march, june, 50.0)
    assert decided("avg", said("a:1", one, 1), said("b:1", two, 2))[0].total == 75.0
    assert decided("sum", said("a:1", one, 1), said("b:1", dollars, 2)) == (dollars, "b:1"), "the latest stands"
    assert decided("max", said("a:1", one, 1), said("b:1", two, 2))[0] == one


def test_texts_are_joined_each_once_the_latest_first() -> None:
    found = [said("a:1", "x", 1), said("b:1", "Y", 3), said("c:1", "y", 2)]
    assert decided("concat", *found)[0] == "Y; x"
    assert decided(Rule("concat", {"separator": " | "}), *found)[0] == "Y | x"


def test_the_first_rule_that_finds_a_value_decides() -> None:
    rule = Rule("coalesce", {"rules": [{"strategy": "most_recent", "only": ["erp"]}, "most_frequent"]})
    assert decided(rule, said("erp:1", "x", 1), said("b:1", "y", 9))[0] == "x"
    assert decided(rule, said("a:1", "x", 1), said("b:1", "y", 9), said("c:1", "x", 1))[0] == "x"
    assert decided(Rule("coalesce", {"rules": [Rule("most_recent", {"only": ["erp"]})]}), said("a:1", "x", 1))[0] is None


def test_only_some_systems_may_be_in_the_race() -> None:
    rule = Rule("most_recent", {"only": ["crm"]})
    assert decided(rule, said("crm:1", "x", 1), said("web:1", "y", 9))[0] == "x"
    assert decided(rule, said("web:1", "y", 9))[0] is None


def test_without_a_pin_a_manual_value_stands_where_all_agree() -> None:
    assert decided("manual", said("a:1", "X", 1), said("b:1", "x", 9))[0] == "x"
    assert decided("manual", said("a:1", "x", 1), said("b:1", "y", 9))[0] is None
    assert decided("pinned", said("a:1", "x", 1))[0] is None


def shortest_key(candidates: Sequence[Candidate[Any]]) -> Candidate[Any] | None:
    found = [one for one in candidates if one.value != "never"]
    return min(found, key=lambda one: len(one.source)) if found else None


def an_own_value(candidates: Sequence[Candidate[Any]]) -> Candidate[Any]:
    return Candidate("made up", candidates[0].source, 0.0)


def test_a_function_of_the_host_chooses() -> None:
    rule = Rule("custom", {"function": shortest_key})
    assert rule.options["function"] == f"{__name__}:shortest_key"
    assert decided(rule, said("long:17", "x", 1), said("b:1", "y", 9))[0] == "y"
    assert decided(rule, said("b:1", "never", 9))[0] is None
    with pytest.raises(ConfigError, match="gives no candidate"):
        decided(Rule("custom", {"function": an_own_value}), said("b:1", "y", 9))


@pytest.mark.parametrize(
    "function",
    [lambda candidates: candidates[0], "no_module_of_that_name:best", "__main__:best", f"{__name__}:nothing", "plain", 7],
)
def test_a_function_that_others_cannot_find_is_refused(function: object) -> None:
    with pytest.raises(ConfigError):
        decided(Rule("custom", {"function": function}), said("b:1", "y", 9))


def test_pick_is_the_choice_among_candidates_by_a_strategy_alone() -> None:
    assert pick([], "most_recent") is None
    assert pick([said("a:1", "x", 1)], "pinned") is None
    won = pick([said("a:1", "x", 1), said("b:1", "y", 2)], "most_recent")
    assert won is not None
    assert won.value == "y"


def test_every_strategy_says_why_and_fits_a_field() -> None:
    kinds = set(KINDS.values())
    for name, one in STRATEGIES.items():
        assert one.why, name
        assert one.fits & kinds, name
        assert set(one.needs) <= set(one.options), name


def test_what_a_policy_does_not_state_is_as_shipped() -> None:
    policy = Survivorship("mine/1")
    told = {
        path: policy.rule(path).strategy for path in ("name", "birthday", "owners.enrichment", "extensions.crm.x", "lifecycle")
    }
    assert told == {
        "name": "most_complete",
        "birthday": "most_frequent",
        "owners.enrichment": "most_recent",
        "extensions.crm.x": "most_recent",
        "lifecycle": "furthest_stage",
    }
