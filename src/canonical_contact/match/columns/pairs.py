"""Work per distinct pair of values instead of per pair of records."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.table import Codes

__all__ = ["Levels", "by_distinct", "distinct", "once"]

Levels = NDArray[np.uint8]


def distinct(left: Codes, right: Codes) -> tuple[Codes, Codes, NDArray[np.intp]]:
    """The distinct unordered pairs of codes, and for each given pair which one it is.

    >>> a, b, which = distinct(np.array([3, 1, 2], np.int32), np.array([1, 3, 2], np.int32))
    >>> a.tolist(), b.tolist(), which.tolist()
    ([1, 2], [3, 2], [0, 0, 1])
    """
    low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right).astype(np.int64)
    found, which = np.unique(low << 32 | high, return_inverse=True)
    return (found >> 32).astype(np.int32), (found & 0xFFFFFFFF).astype(np.int32), which


def by_distinct(left: Codes, right: Codes, compare: Callable[[Codes, Codes], Levels]) -> Levels:
    """Compare each distinct unordered pair once; `compare` must be symmetric."""
    if not len(left):
        return np.zeros(0, np.uint8)
    a, b, which = distinct(left, right)
    return compare(a, b)[which]


def once(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The distinct values, ascending; by sorting, which is several times faster here than what `numpy.unique` does for such numbers.

    >>> once(np.array([3, 1, 3]))
    array([1, 3])
    """
    ordered = np.sort(values)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))]


def texts(pool: Sequence[str], codes: Codes) -> list[str]:
    """The texts of some codes."""
    return [pool[code] for code in codes.tolist()]
