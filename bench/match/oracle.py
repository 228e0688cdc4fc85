"""An oracle: who knows of every kind of pair how many of it were one person, and joins the likeliest first, can do no better than this.

A pair is known by its features alone, as numbers of cells, from coarse to fine. The share of true pairs in a cell is drawn towards that of
the coarser cell, and at last towards what the matcher says itself, as if that had been seen so often (`strength`); else a cell with one
pair would be certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

STRENGTH = 60.0  # pairs that the coarser cell counts for; of 1 to 200 the one with which the oracle reaches most
TEACHERS = {"febrl1": "febrl3", "febrl2": "febrl3", "febrl3": "febrl2", "febrl4": "febrl3", "crm": "100k-9"}
SEEDS = {"8": "9", "9": "8"}
_PRIME = np.uint64(0x9E3779B97F4A7C15)


def teacher_of(name: str) -> str:
    """The world whose truth the oracle knows: of another seed, and no smaller."""
    if name in TEACHERS:
        return TEACHERS[name]
    size, _, rest = name.partition("-")
    seed, dash, hard = rest.partition("-")
    return f"{size}-{SEEDS[seed]}{dash}{hard}"


def cell_of(columns: Sequence[NDArray[np.generic]]) -> Cells:
    """Number the combinations of some columns of whole numbers; the same combination has the same number in every set.

    >>> cells = cell_of([np.array([1, 1, 2]), np.array([3, 3, 3])])
    >>> bool(cells[0] == cells[1] != cells[2])
    True
    """
    found = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        found = (found ^ column.astype(np.int64).astype(np.uint64)) * _PRIME
        found ^= found >> np.uint64(29)
    return found


class _Level(NamedTuple):
    """Distinct cells, ascending, with how many pairs each has and how many of them are true."""

    cells: Cells
    pairs: Floats
    true: Floats

    def at(self, cells: Cells) -> tuple[Floats, Floats]:
        """Pairs and true pairs of some cells; nothing of those that were never seen."""
        if not len(self.cells):
            return np.zeros(len(cells)), np.zeros(len(cells))
        place = np.minimum(np.searchsorted(self.cells, cells), len(self.cells) - 1)
        known = self.cells[place] == cells
        return np.where(known, self.pairs[place], 0.0), np.where(known, self.true[place], 0.0)


class Oracle:
    """What is known of kinds of pairs.

    Args:
        cells: for each depth, from coarse to fine, the cell of each pair.
        true: whether it is one person.
        weights: how many pairs each stands for.
        strength: how many pairs the coarser cell counts for; 0 believes the finest cell in which a pair was seen.
    """

    def __init__(self, cells: Sequence[Cells], true: Bools, weights: Floats, strength: float = STRENGTH) -> None:
        self._strength, self._levels = strength, list[_Level]()
        for depth in cells:
            distinct, which = np.unique(depth, return_inverse=True)
            pairs, right = (
                np.bincount(which, counted, len(distinct)).astype(np.float64) for counted in (weights, weights * true)
            )
            self._levels.append(_Level(distinct, pairs, right))

    def shares(self, cells: Sequence[Cells], start: Floats) -> Floats:
        """Which share of the pairs of such cells is one person.

        Args:
            cells: for each depth the cell of each pair.
            start: how probable each pair is where no cell was ever seen.
        """
        found = start
        for level, depth in zip(self._levels, cells, strict=True):
            pairs, true = level.at(depth)
            whole = pairs + self._strength
            found = np.where(whole > 0, (true + self._strength * found) / np.where(whole > 0, whole, 1.0), found)
        return found

    def seen(self, cells: Sequence[Cells]) -> tuple[Floats, Floats]:
        """How many pairs of the finest cells were seen, and how many of them were one person."""
        return self._levels[-1].at(cells[-1])


class Reached(NamedTuple):
    """How far the likeliest pairs can be joined: the share of the last one, the precision and the recall until there."""

    cut: float
    precision: float
    recall: float


def reached(shares: Floats, true: Bools, weights: Floats, precision: float) -> Reached:
    """Join from the likeliest pair on for as long as enough are right; equal ones come together.

    Args:
        shares: how probable each pair is.
        true: whether it is one person.
        weights: how many pairs each stands for.
        precision: which share of the joined pairs has to be right.

    >>> reached(np.array([0.9, 0.9, 0.5]), np.array([True, True, False]), np.ones(3), 0.98)
    Reached(cut=0.9, precision=1.0, recall=1.0)
    """
    order = np.argsort(-shares, kind="stable")
    ordered = shares[order]
    right, given = np.cumsum((weights * true)[order]), np.cumsum(weights[order])
    enough = np.r_[ordered[1:] != ordered[:-1], True] & (right >= precision * given) if len(order) else np.zeros(0, bool)
    if not enough.any():
        return Reached(np.inf, 1.0, 0.0)
    last = int(np.flatnonzero(enough)[-1])
    return Reached(float(ordered[last]), float(right[last] / given[last]), float(right[last] / max(right[-1], 1e-9)))
