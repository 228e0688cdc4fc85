"""Law: scores that are right as often as they say lie within the intervals of their bins, and those that are not do not."""

from __future__ import annotations

import random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.match.evaluate import reliability, wilson

EDGES = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98)


def told(seed: int, *, spread: float = 1.0, weighted: bool = False) -> list[tuple[float, bool, float]]:
    """Pairs whose outcome follows their score; with a spread below 1 the scores are surer than the outcomes."""
    chance = random.Random(seed)
    rows = []
    for _ in range(1500):
        score = chance.betavariate(0.5, 0.5)
        rows.append((score, chance.random() < 0.5 + spread * (score - 0.5), chance.choice((1.0, 5.0)) if weighted else 1.0))
    return rows


def test_calibrated_scores_agree_in_95_of_100_bins() -> None:
    for weighted in (False, True):
        agrees = [entry.agrees for seed in range(30) for entry in reliability(told(seed, weighted=weighted), EDGES).bins]
        assert 0.925 <= fmean(agrees) <= 0.99


def test_scores_that_are_too_sure_are_found_out() -> None:
    for seed in range(10):
        found = reliability(told(seed, spread=0.6), EDGES)
        assert not any(entry.agrees for entry in (found.bins[0], found.bins[-1]))
        assert (found.error or 0.0) > 2 * (reliability(told(seed), EDGES).error or 0.0)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.floats(0.1, 100)), max_size=40),
    st.one_of(st.integers(1, 20), st.lists(st.floats(0, 1), max_size=6)),
)
def test_every_pair_is_in_one_bin_and_figures_are_shares(rows: list[tuple[float, bool, float]], bins: int | list[float]) -> None:
    found = reliability(rows, bins)
    assert sum(entry.pairs for entry in found.bins) == found.pairs == len(rows)
    for entry in found.bins:
        assert entry.start <= entry.stated + 1e-12
        assert entry.stated <= entry.end + 1e-12
        assert 0 <= entry.low <= entry.observed <= entry.high <= 1
    if rows:
        assert 0 <= (found.error or 0.0) <= 1
        assert 0 <= (found.brier or 0.0) <= 1


@given(st.integers(0, 200), st.integers(1, 200), st.floats(0.5, 0.999))
def test_an_interval_holds_what_was_observed(part: int, whole: int, level: float) -> None:
    share = min(part, whole) / whole
    low, high = wilson(share, whole, level=level)
    assert 0 <= low <= share <= high <= 1
    assert wilson(1 - share, whole, level=level)[0] == pytest.approx(1 - high, abs=1e-9)
