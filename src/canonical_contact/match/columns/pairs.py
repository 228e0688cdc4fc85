"""Distinct pairs of values, and distinct values: work is done for each once."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from canonical_contact.match.table import Bools, Codes, Places

__all__ = ["Levels", "among", "distinct", "first_of_each", "numbered", "once", "sorted_by"]

Levels = NDArray[np.uint8]
Numbers = TypeVar("Numbers", NDArray[np.int64], NDArray[np.uint64])


def numbered(values: NDArray[np.int64]) -> tuple[NDArray[np.int64], Codes]:
    """The distinct values as they come, and for each value which one it is; quicker than `numpy.unique`, which sorts.

    >>> [column.tolist() for column in numbered(np.array([3, 1, 3]))]
    [[3, 1], [0, 1, 0]]
    """
    encoded = pa.array(values).dictionary_encode()
    return encoded.dictionary.to_numpy(), encoded.indices.to_numpy()


def distinct(left: Codes, right: Codes) -> tuple[Codes, Codes, Codes]:
    """The distinct unordered pairs of codes, and for each given pair which one it is.

    >>> a, b, which = distinct(np.array([3, 1, 2], np.int32), np.array([1, 3, 2], np.int32))
    >>> a.tolist(), b.tolist(), which.tolist()
    ([1, 2], [3, 2], [0, 0, 1])
    """
    low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right).astype(np.int64)
    found, which = numbered(low << 32 | high)
    return (found >> 32).astype(np.int32), (found & 0xFFFFFFFF).astype(np.int32), which


def once(values: Numbers) -> Numbers:
    """The distinct values, ascending; by sorting, which is several times faster here than what `numpy.unique` does for such numbers.

    >>> once(np.array([3, 1, 3]))
    array([1, 3])
    """
    ordered = np.sort(values)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))]


def first_of_each(owners: Places, codes: Codes) -> Bools:
    """Which values are the first of their kind with their owner; owners ascend.

    >>> first_of_each(np.array([0, 0, 0, 1]), np.array([7, 8, 7, 7], np.int32)).tolist()
    [True, True, False, True]
    """
    packed = owners.astype(np.int64) << 32 | codes
    found = np.ones(len(codes), np.bool_)
    if len(once(packed)) < len(packed):  # rare, and to find out which takes longer
        found[:] = False
        found[np.unique(packed, return_index=True)[1]] = True
    return found


def among(values: Numbers, others: Numbers) -> Bools:
    """Which values are among others, which ascend.

    >>> among(np.array([3, 1]), np.array([1, 2])).tolist()
    [False, True]
    """
    if not len(others):
        return np.zeros(len(values), np.bool_)
    places = np.searchsorted(others, values)
    places[places == len(others)] = 0
    found: Bools = others[places] == values
    return found


def sorted_by(values: NDArray[np.integer[Any]], records: Codes, size: int) -> tuple[NDArray[np.int64], Codes]:
    """Values and the records that have them, by value and then by record; to sort numbers is several times quicker than to find their order.

    Args:
        values: at least 0.
        records: as many, at least 0; those of one value ascend.
        size: bounds the values.

    >>> [column.tolist() for column in sorted_by(np.array([7, 1, 7]), np.array([2, 5, 4], np.int32), 8)]
    [[1, 7, 7], [5, 2, 4]]
    """
    wide = values.astype(np.int64, copy=False)
    bits = int(records.max(initial=0)).bit_length()
    if size <= 1 << 63 - bits:
        packed = np.sort(wide << bits | records)
        return packed >> bits, (packed & (1 << bits) - 1).astype(np.int32)
    order = np.argsort(wide, kind="stable")
    return wide[order], records[order]
