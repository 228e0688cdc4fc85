"""Whether a score means what it says: of 100 pairs that are stated as 0.95, 95 should be one person."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from math import fsum

from attrs import frozen

from canonical_contact.errors import InputError
from canonical_contact.match.evaluate._values import Value, check_share, wilson
from canonical_contact.match.evaluate.thresholds import Judged

__all__ = ["Bin", "Reliability", "reliability"]


@frozen
class Bin(Value):
    """Pairs of about one score.

    Args:
        start: the least score in it.
        end: the score from which the next bin begins; the last one holds its end, too.
        pairs: how many were judged.
        weight: how many pairs these stand for.
        stated: their mean score.
        observed: the share of them that is one person.
        low: lower end of the interval around `observed` (95 %, Wilson; with weights by Kish's effective number of pairs).
        high: upper end of it.
    """

    start: float
    end: float
    pairs: int
    weight: float
    stated: float
    observed: float
    low: float
    high: float

    @property
    def agrees(self) -> bool:
        """Whether the stated probability lies within the interval around the observed one."""
        return self.low <= self.stated <= self.high

    def __str__(self) -> str:
        return (
            f"{self.start:.3f} to {self.end:.3f}: stated {self.stated:.3f}, observed {self.observed:.3f} "
            f"({self.low:.3f} to {self.high:.3f}) of {self.pairs:,} pairs{'' if self.agrees else ' *'}"
        )


@frozen
class Reliability(Value):
    """A reliability diagram in figures.

    Args:
        bins: those that hold pairs, from low scores to high ones.
        error: expected calibration error: the mean distance of stated and observed, weighted by pairs; None without pairs.
        brier: Brier score, the mean squared distance of score and outcome (Brier 1950); None without pairs.
        pairs: how many were judged.
    """

    bins: tuple[Bin, ...]
    error: float | None
    brier: float | None
    pairs: int

    def __str__(self) -> str:
        if self.error is None or self.brier is None:
            return "no judged pairs"
        lines = [str(entry) for entry in self.bins]
        return "\n".join([*lines, f"expected calibration error {self.error:.4f}, Brier score {self.brier:.4f}"])


def reliability(
    scored: Iterable[tuple[float, bool] | tuple[float, bool, float]], bins: int | Sequence[float] = 10
) -> Reliability:
    """Compare what scores state with what is observed.

    Args:
        scored: `Judged`, or tuples of probability and whether it is one person, with a weight where the pairs are a sample.
        bins: how many bins of one width from 0 to 1, or the edges between bins, such as (0.01, 0.1, 0.5, 0.9, 0.99) where most
            scores lie near 0 and 1.

    Returns:
        one bin for each part that holds pairs, and the errors over all.

    Raises:
        InputError: a score or an edge is not a probability, or there is no bin.

    >>> print(reliability([(0.9, True)] * 9 + [(0.9, False)] + [(0.2, False)] * 5, bins=2))
    0.000 to 0.500: stated 0.200, observed 0.000 (0.000 to 0.434) of 5 pairs
    0.500 to 1.000: stated 0.900, observed 0.900 (0.596 to 0.982) of 10 pairs
    expected calibration error 0.0667, Brier score 0.0733
    """
    inner = _edges(bins)
    sums = [_Sums() for _ in range(len(inner) + 1)]
    for pair in scored:
        judged = Judged(*pair)
        check_share(judged.score, "scored", "A score")
        sums[bisect_right(inner, judged.score)].add(judged)
    edges = [0.0, *inner, 1.0]
    made = tuple(part.bin(edges[place], edges[place + 1]) for place, part in enumerate(sums) if part.pairs)
    total = fsum(entry.weight for entry in made)
    if not made:
        return Reliability((), None, None, 0)
    error = fsum(entry.weight * abs(entry.stated - entry.observed) for entry in made) / total
    return Reliability(made, error, fsum(part.distance for part in sums) / total, sum(entry.pairs for entry in made))


def _edges(bins: int | Sequence[float]) -> list[float]:
    if isinstance(bins, int):
        if bins < 1:
            raise InputError("There is no bin to put pairs into.", path="bins", hint="Ask for 10.")
        return [place / bins for place in range(1, bins)]
    return sorted({check_share(edge, "bins", "An edge") for edge in bins} - {0.0, 1.0})


class _Sums:
    """What the pairs of one bin add up to."""

    def __init__(self) -> None:
        self.pairs = 0
        self.weight = self.squares = self.stated = self.matches = self.distance = 0.0

    def add(self, pair: Judged) -> None:
        if not pair.weight > 0:
            raise InputError("A pair has no weight.", path="scored", hint="Give each pair a weight above 0.")
        self.pairs += 1
        self.weight += pair.weight
        self.squares += pair.weight * pair.weight
        self.stated += pair.weight * pair.score
        self.matches += pair.weight * pair.match
        self.distance += pair.weight * (pair.score - pair.match) ** 2

    def bin(self, start: float, end: float) -> Bin:
        observed = self.matches / self.weight
        effective = self.weight * self.weight / self.squares  # Kish 1965
        return Bin(start, end, self.pairs, self.weight, self.stated / self.weight, observed, *wilson(observed, effective))
