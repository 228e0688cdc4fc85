"""Comparing dates by codes: the answers of `comparisons/_dates.py`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.columns._near import answer, fill, pairwise
from canonical_contact.match.columns.pairs import Levels
from canonical_contact.match.comparisons._dates import (
    D_DIFFERENT,
    D_DIGIT,
    D_EXACT,
    D_MISSING,
    D_PART,
    D_SWAPPED,
    compare_dates,
    date_parts,
)
from canonical_contact.match.table import Bools, Codes

__all__ = ["Dates"]


class Dates:
    """The dates of a pool, read once.

    Args:
        pool: the distinct texts.
    """

    def __init__(self, pool: Sequence[str]) -> None:
        self.pool = pool
        self.parts = np.full((len(pool), 3), -1, np.int16)
        self.digits = np.zeros((len(pool), 8), np.uint8)
        self.read, self.whole = np.zeros(len(pool), np.bool_), np.zeros(len(pool), np.bool_)
        for place, text in enumerate(pool):
            parts = date_parts(text)
            self.parts[place] = [int(part) if part else -1 for part in parts[:3]]
            self.read[place], self.whole[place] = bool(parts.year or parts.day), parts.whole
            if parts.whole:
                self.digits[place] = list(parts.digits.encode())

    def compare(self, left: Codes, right: Codes) -> Levels:
        """As `compare_dates`."""
        levels = np.full(len(left), D_MISSING, np.uint8)
        both = (left > 0) & (right > 0)
        read = self.read[left] & self.read[right]
        whole = self.whole[left] & self.whole[right]
        levels[both & (left == right) & (whole | ~read)] = D_EXACT
        fill(levels, np.flatnonzero(both & ~read & (left != right)), left, right, pairwise(self.pool, compare_dates))
        answer(levels, np.flatnonzero(whole & (left != right)), left, right, self._wholes)
        answer(levels, np.flatnonzero(both & read & ~whole), left, right, self._partial)
        return levels

    def _wholes(self, left: Codes, right: Codes) -> Levels:
        a, b = self.parts[left], self.parts[right]
        same = a == b
        differ = self.digits[left] != self.digits[right]
        return np.select(
            [
                same.all(axis=1),
                same[:, 0] & _crossed(a, b),
                _one_off(self.digits[left], self.digits[right], differ),
                same.sum(axis=1) > 1,
            ],
            [D_EXACT, D_SWAPPED, D_DIGIT, D_PART],
            D_DIFFERENT,
        ).astype(np.uint8)

    def _partial(self, left: Codes, right: Codes) -> Levels:
        a, b = self.parts[left], self.parts[right]
        known = (a >= 0) & (b >= 0)
        return np.select(
            [~known.any(axis=1), ((a == b) | ~known).all(axis=1), (a[:, 2] >= 0) & _crossed(a, b)],
            [D_MISSING, D_PART, D_SWAPPED],
            D_DIFFERENT,
        ).astype(np.uint8)


def _crossed(a: NDArray[np.int16], b: NDArray[np.int16]) -> Bools:
    crossed: Bools = (a[:, 1] == b[:, 2]) & (a[:, 2] == b[:, 1])
    return crossed


def _one_off(a: NDArray[np.uint8], b: NDArray[np.uint8], differ: Bools) -> Bools:
    number = differ.sum(axis=1)
    swapped = differ[:, :-1] & differ[:, 1:] & (a[:, :-1] == b[:, 1:]) & (a[:, 1:] == b[:, :-1])
    off: Bools = (number == 1) | ((number == 2) & swapped.any(axis=1))
    return off
