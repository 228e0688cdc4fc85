"""From the odds that a model states to odds that come true: a monotone map, learned from pairs whose truth is known."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from attrs import field, frozen

__all__ = ["STEEPEST_END", "Calibration", "calibrate", "logit_of", "probability_of", "thousandths"]

STEEPEST_END = 0.25  # beyond the outermost knots nothing was seen, so confidence grows slowly there
_FLATTEST = 0.02  # keeps what the model ranks apart apart
_LIMIT = 12.0
_UNSURE = 1e-7  # below what six digits of a probability tell


def logit_of(probability: float) -> float:
    """The natural logarithm of the odds; certainty counts as one in ten million short of it.

    >>> logit_of(0.5), round(logit_of(1.0), 3)
    (0.0, 16.118)
    """
    probability = min(max(probability, _UNSURE), 1.0 - _UNSURE)
    return math.log(probability / (1.0 - probability))


def probability_of(logit: float) -> float:
    """The probability that belongs to a logit, to six digits.

    >>> probability_of(0.0), probability_of(-800.0)
    (0.5, 0.0)
    """
    return round(1.0 / (1.0 + math.exp(-logit)), 6) if logit > -700.0 else 0.0


def thousandths(value: float) -> float:
    """Round to three digits, halves up: the same steps that `match.columns.scoring` takes over arrays.

    >>> thousandths(1.2345), thousandths(-1.2346)
    (1.235, -1.235)
    """
    return math.floor(value * 1000.0 + 0.5) / 1000.0


@frozen
class Calibration:
    """A rising line through knots: stated logit → logit that comes true.

    Args:
        knots: (stated, true) in natural-log odds, both ascending; without knots nothing changes, one knot shifts.

    >>> Calibration(((-2.0, -3.0), (2.0, 1.0))).logit(0.0)
    -1.0
    """

    knots: tuple[tuple[float, float], ...] = ()
    _pieces: tuple[tuple[float, float, float], ...] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        slopes = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in zip(self.knots, self.knots[1:], strict=False)]
        if self.knots:
            first, *rest = zip(self.knots, [*slopes, STEEPEST_END], strict=True)
            before = (*first[0], STEEPEST_END)
            pieces = tuple((x, y, slope) for (x, y), slope in (first, *rest))
            object.__setattr__(self, "_pieces", (before, *pieces))
        else:
            object.__setattr__(self, "_pieces", ((0.0, 0.0, 1.0),))

    @property
    def pieces(self) -> tuple[tuple[float, float, float], ...]:
        """(stated, true, slope) of each piece: the one before the first knot, then the one after each knot."""
        return self._pieces

    def logit(self, stated: float) -> float:
        """Give the logit that comes true where the model states another, to three digits."""
        x, y, slope = self._pieces[bisect_right(self.knots, stated, key=lambda knot: knot[0])]
        return thousandths(y + slope * (stated - x))


def calibrate(
    points: Iterable[tuple[float, bool, float]], *, prior: Calibration | None = None, strength: float = 100.0, bins: int = 30
) -> Calibration:
    """Learn the map from pairs whose truth is known.

    Pool-adjacent-violators over bins of equal weight (Ayer et al. 1955; Zadrozny and Elkan 2002), each bin blended with what was believed.

    Args:
        points: (stated logit, whether it is one person, weight); any order.
        prior: the map to start from; None is the one that changes nothing.
        strength: how many pairs the prior counts for, over all bins.
        bins: at most so many knots.

    Returns:
        The map; with no points the prior.

    >>> seen = [(0.0, place % 4 == 0, 1.0) for place in range(4000)]  # stated one in two, true one in four
    >>> round(probability_of(calibrate(seen, strength=0.0).logit(0.0)), 2)
    0.25
    """
    prior = prior or Calibration()
    rows = sorted((round(stated, 3), true, weight) for stated, true, weight in points if weight > 0)
    total = math.fsum(weight for _, _, weight in rows)
    if not rows:
        return prior
    blocks: list[list[float]] = []  # weight, weight of the true, weighted stated logits; pseudo-pairs included
    for group in _bins(rows, bins):
        weight = math.fsum(row[2] for row in group)
        stated = math.fsum(row[0] * row[2] for row in group) / weight
        belief = 1.0 / (1.0 + math.exp(-max(-_LIMIT, min(_LIMIT, prior.logit(stated)))))
        pseudo = strength * weight / total
        true = math.fsum(row[2] for row in group if row[1])
        blocks.append([weight + pseudo, true + pseudo * belief, stated * (weight + pseudo)])
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][0] >= blocks[-1][1] * blocks[-2][0]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    knots: list[tuple[float, float]] = []
    for weight, true, stated in blocks:
        x = round(stated / weight, 3)
        y = round(max(-_LIMIT, min(_LIMIT, logit_of((true + 1e-6) / (weight + 2e-6)))), 3)
        if knots and x > knots[-1][0]:
            knots.append((x, max(y, round(knots[-1][1] + _FLATTEST * (x - knots[-1][0]), 3))))
        elif not knots:
            knots.append((x, y))
    return Calibration(tuple(knots))


def _bins(rows: Sequence[tuple[float, bool, float]], bins: int) -> Iterable[list[tuple[float, bool, float]]]:
    """Bins of about equal weight of the doubtful: most pairs are plainly the one or the other, and what decides lies between them."""
    doubt = [weight * (0.02 + 1.0 / (1.0 + math.exp(min(abs(stated), 60.0) / 3.0))) for stated, _, weight in rows]
    size, group, filled = math.fsum(doubt) / bins, list[tuple[float, bool, float]](), 0.0
    for row, amount in zip(rows, doubt, strict=True):
        if group and filled >= size and row[0] > group[-1][0]:
            yield group
            group, filled = [], 0.0
        group.append(row)
        filled += amount
    if group:
        yield group
