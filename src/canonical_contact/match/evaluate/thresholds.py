"""What another threshold would do: precision, recall and the cost of wrong and missed merges at each one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import isfinite
from typing import NamedTuple

from attrs import frozen

from canonical_contact.errors import InputError
from canonical_contact.match.evaluate._values import Value, ratio, share_text

__all__ = ["Judged", "Sweep", "SweepPoint", "sweep"]


class Judged(NamedTuple):
    """A scored pair of which is known whether it is one person.

    Args:
        score: what the matcher said.
        match: whether it is one person.
        weight: how many pairs it stands for, where it was drawn as a sample.
    """

    score: float
    match: bool
    weight: float = 1.0


@frozen
class SweepPoint(Value):
    """What one threshold does: pairs that score at least so much count as one person.

    Args:
        threshold: the least score that counts.
        precision: None where no pair scores so much.
        recall: of all true pairs; None where there are none.
        f1: their harmonic mean.
        wrong: pairs that would be merged and are not one person.
        missed: pairs of one person that would not be merged.
        cost: of both, by what one of each costs.
    """

    threshold: float
    precision: float | None
    recall: float | None
    f1: float | None
    wrong: float
    missed: float
    cost: float

    def __str__(self) -> str:
        return (
            f"{self.threshold:.4f}: precision {share_text(self.precision, 4)}, recall {share_text(self.recall, 4)}, "
            f"F1 {share_text(self.f1, 4)}, {self.wrong:,.0f} wrong, {self.missed:,.0f} missed, cost {self.cost:,.0f}"
        )


@frozen
class Sweep(Value):
    """All thresholds worth a look.

    Args:
        points: from the lowest threshold to the highest; at most about 400 where more scores differ.
        best: the point with the best F1; among equals the one with the highest threshold.
        cheapest: the point of the least cost; likewise.
        true_pairs: what recall counts against.
        cost_wrong: what one wrong merge costs.
        cost_missed: what one missed merge costs.
    """

    points: tuple[SweepPoint, ...]
    best: SweepPoint
    cheapest: SweepPoint
    true_pairs: float
    cost_wrong: float
    cost_missed: float

    def precise(self, least: float) -> SweepPoint | None:
        """Find the point that misses least among those of at least this precision; None where there is none."""
        able = [point for point in self.points if point.precision is not None and point.precision >= least]
        return min(able, key=lambda point: (point.missed, -point.threshold), default=None)

    def __str__(self) -> str:
        return f"best F1 at {self.best}\nleast cost at {self.cheapest}"


_SHOWN = 200


def sweep(
    scored: Iterable[tuple[float, bool] | tuple[float, bool, float]],
    true_pairs: float | None = None,
    *,
    cost_wrong: float = 1.0,
    cost_missed: float = 1.0,
) -> Sweep:
    """Measure what each threshold would do. Pairs count as they are scored: rules and clustering are not run again.

    Args:
        scored: `Judged`, or tuples of score and whether it is one person, with a weight where the pairs are a sample.
        true_pairs: how many true pairs there are, with those that were never scored; those in `scored` if None.
        cost_wrong: what a wrong merge costs.
        cost_missed: what a missed merge costs, in the same unit.

    Returns:
        a point for each distinct score (thinned where there are many; the best and the cheapest are kept), and one above them all.
        Time is linear in the pairs and n log n in the distinct scores.

    Raises:
        InputError: a score is not a finite number, or there are fewer true pairs than `scored` holds.

    >>> found = sweep([(0.99, True), (0.9, True), (0.8, False), (0.6, True), (0.1, False)], cost_wrong=5)
    >>> print(found)
    best F1 at 0.6000: precision 0.7500, recall 1.0000, F1 0.8571, 1 wrong, 0 missed, cost 5
    least cost at 0.9000: precision 1.0000, recall 0.6667, F1 0.8000, 0 wrong, 1 missed, cost 1
    """
    counts: defaultdict[float, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for pair in scored:
        judged = Judged(*pair)
        if not isfinite(judged.score):
            raise InputError("A score is not a finite number.", path="scored", hint="Leave out pairs that have no score.")
        counts[judged.score][judged.match] += judged.weight
    within = sum(true for _, true in counts.values())
    total = within if true_pairs is None else true_pairs
    if total < within:
        raise InputError(
            "There are fewer true pairs in all than among the scored ones.",
            path="true_pairs",
            hint="Count all of them, or leave it out.",
        )
    costs = cost_wrong, cost_missed
    top = max(counts, default=1.0)
    rows = [(top + max(abs(top), 1.0) * 1e-6, 0.0, 0.0)]  # threshold, right, wrong
    for score in sorted(counts, reverse=True):
        false, true = counts[score]
        rows.append((score, rows[-1][1] + true, rows[-1][2] + false))
    # Rows come from the highest threshold down, and the first of equals is taken.
    best = max(range(len(rows)), key=lambda place: 2 * rows[place][1] / (sum(rows[place][1:]) + total or 1.0))
    cheapest = min(range(len(rows)), key=lambda place: cost_missed * (total - rows[place][1]) + cost_wrong * rows[place][2])
    kept = sorted({*range(0, len(rows), max(1, len(rows) // _SHOWN)), len(rows) - 1, best, cheapest}, reverse=True)
    points = {place: _point(rows[place], total, costs) for place in kept}
    return Sweep(tuple(points.values()), points[best], points[cheapest], total, cost_wrong, cost_missed)


def _point(row: tuple[float, float, float], total: float, costs: tuple[float, float]) -> SweepPoint:
    threshold, right, wrong = row
    missed = max(total - right, 0.0)  # sums of weights may miss 0 by a hair
    found = right + wrong
    return SweepPoint(
        threshold,
        ratio(right, found),
        ratio(right, total),
        ratio(2 * right, found + total),
        wrong,
        missed,
        costs[0] * wrong + costs[1] * missed,
    )
