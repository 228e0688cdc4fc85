from __future__ import annotations

import statistics

import pytest

from canonical_contact.kpi._statistics import percentile, wilson


@pytest.mark.parametrize("values", [[1.0, 5.0], [1.0, 2.0, 9.0, 11.0], [float(n * n % 97) for n in range(50)]])
def test_percentiles_are_those_of_the_standard_library(values: list[float]) -> None:
    ordered = sorted(values)
    tenths = statistics.quantiles(ordered, n=10, method="inclusive")
    assert percentile(ordered, 0.5) == pytest.approx(statistics.median(ordered))
    assert percentile(ordered, 0.9) == pytest.approx(tenths[8])


def test_one_value_is_every_percentile_and_none_is_none() -> None:
    assert percentile([7.0], 0.9) == 7.0
    assert percentile([], 0.9) is None


def test_wilson_holds_the_share_and_stays_between_none_and_all() -> None:
    for below in (1, 3, 50, 10_000):
        for above in {0, 1, below // 2, below}:
            ends = wilson(above, below)
            assert ends is not None
            assert 0.0 <= ends[0] <= above / below <= ends[1] <= 1.0
    assert wilson(0, 0) is None


def test_wilson_agrees_with_a_published_example() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263.
    ends = wilson(81, 263)
    assert ends is not None
    assert ends == pytest.approx((0.2553, 0.3662), abs=5e-5)
