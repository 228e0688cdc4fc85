"""Every value of one list beside every value of another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.table import Codes, Lists, Places

__all__ = ["Product", "product"]


class Product(NamedTuple):
    """Pairs of values, one a row.

    `pairs` are the given pairs of lists that have any, `starts` where the rows of each begin, `owner` the given pair of each row, `a` and
    `b` the values.
    """

    pairs: Places
    starts: Places
    owner: Places
    a: Codes
    b: Codes

    def least(self, levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The least level of each of `pairs`."""
        found: NDArray[np.uint8] = np.minimum.reduceat(levels, self.starts) if len(levels) else levels
        return found


def product(left: Lists, a: Places, right: Lists, b: Places) -> Product:
    """Lay out every value of `left` at `a[i]` beside every value of `right` at `b[i]`.

    >>> lists = Lists.of([("x", "y"), ("z",)])
    >>> found = product(lists, np.array([0]), lists, np.array([1]))
    >>> found.a.tolist(), found.b.tolist(), found.owner.tolist()
    ([1, 2], [3, 3], [0, 0])
    """
    count_a, count_b = left.counts_at(a), right.counts_at(b)
    numbers = count_a * count_b
    pairs = np.flatnonzero(numbers)
    numbers = numbers[pairs]
    starts = np.cumsum(numbers) - numbers
    owner = np.repeat(pairs, numbers)
    place_a, place_b = left.offsets[a[owner]], right.offsets[b[owner]]
    several = np.flatnonzero(np.repeat(numbers > 1, numbers))
    if len(several):
        inside = several - np.repeat(starts, numbers)[several]
        more_a, more_b = np.divmod(inside, count_b[owner[several]])
        place_a[several] += more_a
        place_b[several] += more_b
    return Product(pairs, starts, owner, left.codes[place_a], right.codes[place_b])
