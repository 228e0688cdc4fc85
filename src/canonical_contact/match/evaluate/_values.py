"""What every figure of this package is made of: values that become JSON, an interval around a share, one way to write a share."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import Any

import attrs
from attrs import frozen

from canonical_contact.errors import InputError

__all__ = ["Figure", "Value", "check_share", "harmonic", "ratio", "share_text", "wilson"]


@frozen
class Value:
    """A result that can be written as JSON."""

    def to_dict(self) -> dict[str, Any]:
        """Turn the value, with all that it holds, into what JSON has."""
        return attrs.asdict(self)


@frozen
class Figure(Value):
    """An estimated share with its interval.

    Args:
        value: the estimate, 0 to 1; None where there is nothing to measure.
        low: lower end of the interval.
        high: upper end of it.

    >>> print(Figure(0.9812, 0.9634, 0.9907))
    0.981 (0.963 to 0.991)
    """

    value: float | None
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return share_text(self.value)
        return f"{share_text(self.value)} ({self.low:.3f} to {self.high:.3f})"

    def times(self, factor: float) -> Figure:
        """Scale value and interval by a number that is taken as known."""
        return Figure(*(None if part is None else part * factor for part in (self.value, self.low, self.high)))


def share_text(share: float | None, places: int = 3) -> str:
    """Write a share, or a dash where there is none; what is not 1 is never written as 1.

    >>> share_text(0.99996), share_text(1.0), share_text(None)
    ('0.999', '1.000', '–')
    """
    if share is None:
        return "–"
    rounded = f"{share:.{places}f}"
    return f"{1 - 10**-places:.{places}f}" if share < 1 and float(rounded) >= 1 else rounded


def ratio(part: float, whole: float) -> float | None:
    """Divide; None where there is nothing to divide by."""
    return part / whole if whole else None


def harmonic(first: float | None, second: float | None) -> float | None:
    """The harmonic mean of two shares; None where one of them is."""
    if first is None or second is None:
        return None
    return 2 * first * second / (first + second) if first + second else 0.0


def wilson(share: float, number: float, *, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a share (Wilson 1927, J. Amer. Stat. Assoc. 22).

    Args:
        share: what was observed, 0 to 1.
        number: of how many; an effective number where the observations bear weights.
        level: how often such intervals hold the true share.

    Returns:
        lower and upper end; from 0 to 1 where nothing was observed.

    >>> tuple(round(end, 4) for end in wilson(0.9, 10))
    (0.5958, 0.9821)
    """
    if number <= 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = share + z * z / (2 * number)
    spread = z * sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    scale = 1 + z * z / number
    # At the edges the formula gives 0 and 1 exactly, which floating point would miss by a hair.
    return (0.0 if share <= 0 else (middle - spread) / scale), (1.0 if share >= 1 else (middle + spread) / scale)


def check_share(value: float, path: str, what: str) -> float:
    """Let a number from 0 to 1 pass.

    Raises:
        InputError: it is none.
    """
    if not 0 <= value <= 1:  # false for NaN, too
        raise InputError(f"{what} lies outside 0 to 1.", path=path, hint="Give a probability, not a weight or a per cent figure.")
    return float(value)
