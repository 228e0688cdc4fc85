from __future__ import annotations

import numpy as np
import pytest
from match.oracle import Oracle, cell_of, reached, teacher_of

# Name, mailbox: what two people of one name without a mailbox look like, one person looks like as well.
SEEN = cell_of([np.array([1, 1, 1, 1, 1, 0]), np.array([1, 1, 0, 0, 0, 0])])
TRUE = np.array([True, True, True, False, False, False])
ONES = np.ones(6)


def test_the_same_levels_are_one_cell_in_every_set() -> None:
    again = cell_of([np.array([1, 0], np.uint8), np.array([0, 0], np.int16)])
    assert again.tolist() == [SEEN[2], SEEN[5]]
    assert len(set(SEEN.tolist())) == 3


def test_an_oracle_knows_which_share_of_a_cell_is_one_person() -> None:
    oracle = Oracle([SEEN], TRUE, ONES, strength=0.0)
    assert oracle.shares([SEEN], np.full(6, 0.5)) == pytest.approx([1, 1, 1 / 3, 1 / 3, 1 / 3, 0])
    pairs, true = oracle.seen([SEEN[[0, 2]]])
    assert (pairs.tolist(), true.tolist()) == ([2, 3], [2, 1])


def test_what_was_seen_once_is_not_certain_and_what_was_never_seen_stays_as_it_was_said() -> None:
    new = cell_of([np.array([7]), np.array([7])])
    oracle = Oracle([SEEN[-1:]], TRUE[:1], ONES[:1], strength=3.0)
    assert oracle.shares([SEEN[-1:]], np.array([0.2])) == pytest.approx([(1 + 3 * 0.2) / 4])
    for known in (oracle, Oracle([SEEN[:0]], TRUE[:0], ONES[:0])):
        assert known.shares([new], np.array([0.2])) == pytest.approx([0.2])


def test_a_finer_cell_outweighs_a_coarser_one() -> None:
    coarse = np.zeros(6, np.uint64)
    oracle = Oracle([coarse, SEEN], TRUE, ONES, strength=1.0)
    first, *_, last = oracle.shares([coarse, SEEN], np.full(6, 0.5))
    assert first == pytest.approx((2 + 0.5) / 3)
    assert last == pytest.approx((0 + 0.5) / 2)


def test_pairs_are_weighed_by_what_they_stand_for() -> None:
    oracle = Oracle([SEEN], TRUE, np.array([1, 1, 1, 9, 9, 1.0]), strength=0.0)
    assert oracle.shares([SEEN], np.zeros(6))[2] == pytest.approx(1 / 19)


def test_the_ceiling_ends_where_no_rule_can_tell() -> None:
    shares = Oracle([SEEN], TRUE, ONES, strength=0.0).shares([SEEN], np.zeros(6))
    assert reached(shares, TRUE, ONES, 0.98) == pytest.approx((1.0, 1.0, 2 / 3))
    assert reached(shares, TRUE, ONES, 0.6) == pytest.approx((1 / 3, 3 / 5, 1.0))  # equal pairs come together


def test_where_nothing_is_right_often_enough_nothing_is_joined() -> None:
    assert reached(np.array([0.9, 0.8]), np.array([False, True]), np.ones(2), 0.98) == (np.inf, 1.0, 0.0)


@pytest.mark.parametrize(
    ("judged", "teacher"),
    [("10k-8", "10k-9"), ("100k-8", "100k-9"), ("10k-9-hard", "10k-8-hard"), ("crm", "100k-9"), ("febrl1", "febrl3")],
)
def test_an_oracle_never_learns_from_the_set_that_it_judges(judged: str, teacher: str) -> None:
    assert teacher_of(judged) == teacher
