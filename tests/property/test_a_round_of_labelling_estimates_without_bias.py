"""Law: what a judged round says is, on the mean over rounds, what is true of all candidate pairs, and its intervals hold that."""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import sqrt
from statistics import fmean, stdev

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact.match.evaluate import Answer, Label, Round, ScoredPair, estimate, judged_pairs, sample_round

ROUNDS = 100


def population(seed: int) -> tuple[list[ScoredPair], dict[str, bool]]:
    """Pairs as a matcher scores them: most near 0 or 1, a few between; scores are a little too sure."""
    chance = random.Random(seed)
    pairs: list[ScoredPair] = []
    truth: dict[str, bool] = {}
    for at, (low, high) in enumerate([(0.05, 30.0)] * 1500 + [(0.6, 0.6)] * 200 + [(12.0, 0.2)] * 600):
        score = chance.betavariate(low, high)
        pairs.append(ScoredPair(f"a{at}", f"b{at}", score, score + chance.gauss(0, 0.01) > 0.95))
        truth[f"a{at}"] = chance.random() < 0.02 + 0.94 * score
    return pairs, truth


def answered(drawn: Round, truth: dict[str, bool]) -> list[Label]:
    return [Label(pair.left, pair.right, Answer.MATCH if truth[pair.left] else Answer.NO_MATCH) for pair in drawn.pairs]


@frozen
class Outcome:
    """What many rounds said: distances from the truth, and whether the intervals held it."""

    errors: list[list[float]]
    held: list[list[bool]]
    matches: list[float]  # the weights of all matches, less the number of true pairs


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    pairs, truth = population(5)
    right = sum(truth[pair.left] for pair in pairs if pair.merged)
    merged, true = sum(bool(pair.merged) for pair in pairs), sum(truth.values())
    facts = (right / merged, right / true, 2 * right / (merged + true))
    found = Outcome([], [], [])
    for seed in range(ROUNDS):
        drawn = sample_round(pairs, 200, seed)
        labels = answered(drawn, truth)
        told = estimate(drawn, labels, draws=200)
        figures = (told.precision, told.recall, told.f1)
        found.errors.append([(figure.value or 0.0) - fact for figure, fact in zip(figures, facts, strict=True)])
        found.held.append(
            [(figure.low or 0.0) <= fact <= (figure.high or 0.0) for figure, fact in zip(figures, facts, strict=True)]
        )
        found.matches.append(sum(pair.weight for pair in judged_pairs(drawn, labels) if pair.match) - true)
    return found


def unbiased(errors: Sequence[float]) -> bool:
    return abs(fmean(errors)) < 3.5 * stdev(errors) / sqrt(len(errors))


def test_what_is_a_sum_of_weights_has_no_bias(outcome: Outcome) -> None:
    assert unbiased(outcome.matches)
    assert unbiased([precision for precision, _, _ in outcome.errors])  # how many are merged is known


def test_what_is_a_ratio_of_sums_has_next_to_none(outcome: Outcome) -> None:
    for figure in zip(*outcome.errors, strict=True):
        assert abs(fmean(figure)) < 0.012
        assert abs(fmean(figure)) < 0.4 * stdev(figure)


def test_intervals_hold_the_truth_as_often_as_they_say(outcome: Outcome) -> None:
    for figure in zip(*outcome.held, strict=True):
        assert fmean(figure) >= 0.91  # 95 in 100, less two standard errors


@given(st.randoms(use_true_random=False), st.integers(0, 2**40), st.integers(20, 200))
@settings(max_examples=40)
def test_a_round_hangs_on_its_pairs_and_seed_alone(chance: random.Random, seed: int, size: int) -> None:
    pairs = [ScoredPair(f"a{at}", f"b{at}", at / 300) for at in range(300)]
    mixed = [pair if chance.random() < 0.5 else pair._replace(left=pair.right, right=pair.left) for pair in pairs]
    chance.shuffle(mixed)
    drawn = sample_round(pairs, size, seed, match_at=0.9)
    assert sample_round(mixed, size, seed, match_at=0.9) == drawn
    assert Round.from_text(drawn.to_text()) == drawn
    assert len(drawn.pairs) == sum(stratum.drawn for stratum in drawn.strata) == size
    assert drawn.candidates == 300


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.booleans()), min_size=1, max_size=60), st.floats(0.01, 1))
def test_a_full_count_is_no_estimate(rows: list[tuple[float, bool, bool]], blocking: float) -> None:
    pairs = [ScoredPair(f"a{at}", f"b{at}", score, merged) for at, (score, merged, _) in enumerate(rows)]
    truth = {f"a{at}": true for at, (_, _, true) in enumerate(rows)}
    drawn = sample_round(pairs, 1000, 1)
    told = estimate(drawn, answered(drawn, truth), draws=40, blocking_recall=blocking)
    merged, true = sum(row[1] for row in rows), sum(row[2] for row in rows)
    right = sum(row[1] and row[2] for row in rows)
    for figure, part, whole in (
        (told.precision, right, merged),
        (told.recall, right, true),
        (told.f1, 2 * right, merged + true),
        (told.recall_overall, right * blocking, true),
    ):
        assert figure is not None
        if not whole:
            assert figure.value is None
        else:
            assert figure.value == figure.low == figure.high == pytest.approx(part / whole)
