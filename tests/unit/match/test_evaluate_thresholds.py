"""Threshold sweep and reliability: small cases by hand, and what is refused."""

from __future__ import annotations

import json

import pytest

from canonical_contact.errors import InputError
from canonical_contact.match.evaluate import Judged, Measures, evaluate, reliability, sweep

SCORED = [(0.9, True), (0.8, True), (0.8, False), (0.3, True), (0.1, False)]


def test_each_score_is_a_threshold_and_ties_stand_together() -> None:
    found = sweep(SCORED)
    assert [(round(point.threshold, 3), point.wrong, point.missed) for point in found.points] == [
        (0.1, 2, 0),
        (0.3, 1, 0),
        (0.8, 1, 1),
        (0.9, 0, 2),
        (0.9, 0, 3),
    ]
    assert found.points[-1].threshold > 0.9
    assert found.best.threshold == 0.3
    assert found.best.f1 == pytest.approx(6 / 7)


def test_what_a_mistake_costs_moves_the_cheapest_point() -> None:
    assert sweep(SCORED, cost_wrong=10).cheapest.threshold == 0.9
    assert sweep(SCORED, cost_missed=10).cheapest.threshold == 0.3
    assert sweep(SCORED, cost_wrong=10).cheapest.cost == 2


def test_true_pairs_that_were_never_compared_count_as_missed() -> None:
    found = sweep(SCORED, 6)
    assert found.points[0].recall == 0.5
    assert found.points[0].missed == 3
    with pytest.raises(InputError):
        sweep(SCORED, 2)


def test_the_point_of_a_wanted_precision() -> None:
    found = sweep(SCORED)
    point = found.precise(1.0)
    assert point is not None
    assert point.threshold == 0.9
    assert sweep([(0.5, False)]).precise(0.9) is None


def test_weights_count_as_so_many_pairs() -> None:
    whole = sweep([*SCORED, (0.8, False)])
    weighted = sweep([(score, match, 2.0 if (score, match) == (0.8, False) else 1.0) for score, match in SCORED])
    assert weighted == whole
    assert sweep([Judged(*pair) for pair in SCORED]) == sweep(SCORED)


def test_many_scores_are_thinned_and_the_best_is_kept() -> None:
    found = sweep([(at / 10_000, at > 7_777) for at in range(10_000)])
    assert len(found.points) < 420
    assert found.best.f1 == 1.0
    assert found.best in found.points
    assert found.best.threshold == 0.7778
    assert [point.threshold for point in found.points] == sorted(point.threshold for point in found.points)


def test_a_sweep_of_nothing_and_of_weights_instead_of_probabilities() -> None:
    assert sweep([]).best.f1 is None
    assert sweep([(-12.5, False), (30.0, True)]).best.threshold == 30.0
    for score in (float("nan"), float("inf")):
        with pytest.raises(InputError):
            sweep([(score, True)])


def test_bins_by_number_and_by_edges() -> None:
    rows = [(0.0, False), (0.25, True), (0.5, False), (1.0, True)]
    assert [(entry.start, entry.end, entry.pairs) for entry in reliability(rows, 2).bins] == [(0, 0.5, 2), (0.5, 1, 2)]
    found = reliability(rows, (0.9, 0.1, 0.1))
    assert [(entry.start, entry.end, entry.pairs) for entry in found.bins] == [(0, 0.1, 1), (0.1, 0.9, 2), (0.9, 1, 1)]
    assert found.bins[1].stated == 0.375
    assert found.bins[1].observed == 0.5
    assert found.error == pytest.approx(2 * 0.125 / 4)
    assert found.brier == pytest.approx((0.75**2 + 0.5**2) / 4)


def test_reliability_of_nothing_and_what_is_refused() -> None:
    assert str(reliability([])) == "no judged pairs"
    refused: list[tuple[list[tuple[float, bool, float]], int | tuple[float, ...]]] = [
        ([(1.2, True, 1.0)], 10),
        ([], 0),
        ([], (2.0,)),
        ([(0.5, True, 0.0)], 10),
    ]
    for rows, bins in refused:
        with pytest.raises(InputError):
            reliability(rows, bins)


def test_a_share_that_is_not_whole_is_never_written_as_one() -> None:
    assert "precision 0.9999," in str(Measures.count("pairs", 999_999, 1_000_000, 1_000_000))


def test_values_become_json() -> None:
    told = evaluate({"a": 1, "b": 1}, {"a": 1, "b": 2, "c": 3})
    plain = json.loads(json.dumps([told.to_dict(), sweep(SCORED).to_dict(), reliability(SCORED).to_dict()]))
    assert plain[0]["pairs"] == {
        "of": "pairs",
        "precision": 0.0,
        "recall": None,
        "f1": 0.0,
        "right": 0,
        "found": 1,
        "true": 0,
    }
    assert plain[0]["unlinked"] == 1
    assert "1 records of the truth are not in the result" in str(told)
    assert plain[1]["best"]["threshold"] == 0.3
    assert len(plain[2]["bins"]) == 4
