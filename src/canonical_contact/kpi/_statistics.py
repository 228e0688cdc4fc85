"""The two formulas behind the figures: Wilson's interval and the percentile of type 7."""

from __future__ import annotations

from collections.abc import Sequence

from canonical_contact.match.evaluate import wilson as interval

__all__ = ["percentile", "wilson"]


def wilson(numerator: int, denominator: int) -> tuple[float, float] | None:
    """Wilson's score interval (95 %) of a proportion; None where the denominator is empty.

    >>> tuple(round(end, 4) for end in wilson(9, 10))
    (0.5958, 0.9821)
    """
    return interval(numerator / denominator, denominator) if denominator > 0 else None


def percentile(ordered: Sequence[float], fraction: float) -> float | None:
    """The percentile of type 7 (linear interpolation, as `statistics.quantiles(method="inclusive")`) of sorted values.

    >>> percentile([1.0, 2.0, 4.0], 0.5), percentile([1.0, 2.0], 0.9), percentile([], 0.5)
    (2.0, 1.9, None)
    """
    if not ordered:
        return None
    place = (len(ordered) - 1) * fraction
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
