from __future__ import annotations

from canonical_contact.match.keys import Key
from canonical_contact.match.plan import Seen, plan_keys

A, B, C = (Key(name, ()) for name in "abc")


def test_a_key_whose_matches_others_find_is_dropped_and_said_why() -> None:
    plan = plan_keys([A, B], {0b01: Seen(50, 40.0), 0b11: Seen(100, 90.0), 0b10: Seen(10_000, 0.2)}, records=10_000)
    assert plan.keys == (A,)
    assert [choice.why for choice in plan.choices] == [
        "130 matches that no other key finds",
        "others find nearly all of its matches",
    ]


def test_over_the_budget_the_key_with_the_fewest_matches_a_pair_goes_first() -> None:
    seen = {0b001: Seen(100, 90.0), 0b010: Seen(600, 60.0), 0b100: Seen(600, 6.0)}
    plan = plan_keys([A, B, C], seen, records=100, budget=8)
    assert plan.keys == (A, B)
    assert plan.expected == 7.0
    assert plan.choices[2].why == "over the budget of pairs"


def test_one_key_is_always_kept() -> None:
    assert plan_keys([A], {0b1: Seen(1_000_000, 1.0)}, records=10, budget=1).keys == (A,)


def test_the_plan_reads_as_lines() -> None:
    plan = plan_keys([A, B], {0b01: Seen(50, 40.0), 0b10: Seen(50_000, 0.2)}, records=100)
    assert [line[0] for line in plan.lines()] == ["+", "-"]
