"""Comparing extension fields over columns: the answers of `comparisons/extensions.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np

from canonical_contact.match.columns._dates import Dates
from canonical_contact.match.columns._near import Changed, Memo, Near, Words, fill, pairwise
from canonical_contact.match.columns.pairs import Levels
from canonical_contact.match.comparisons.extensions import (
    C_DIFFERENT,
    C_MISSING,
    C_SAME,
    I_DIFFERENT,
    I_DIGIT,
    I_EXACT,
    I_MISSING,
    N_DIFFERENT,
    N_EXACT,
    N_MISSING,
    N_NEAR,
    SHORT_ID,
    T_DIFFERENT,
    T_EXACT,
    T_MISSING,
    T_PART,
    T_SIMILAR,
    W_DIFFERENT,
    W_EXACT,
    W_MISSING,
    W_PART,
    W_SIMILAR,
    W_TYPO,
    compare_names,
    compare_texts,
    joined_words,
    name_words,
    number_of,
)
from canonical_contact.match.table import Codes, FeatureTable, Places

__all__ = ["ExtensionColumns"]


class _Kind(Protocol):
    """The values of one field, ready for comparison by codes."""

    def compare(self, left: Codes, right: Codes) -> Levels: ...


class _Ids:
    def __init__(self, pool: Sequence[str]) -> None:
        self._near = Near(pool)

    def compare(self, left: Codes, right: Codes) -> Levels:
        levels = _known(left, right, I_EXACT, I_MISSING)
        rows = np.flatnonzero((left > 0) & (right > 0) & (left != right))
        a, b = left[rows], right[rows]
        lengths = np.minimum(self._near.lengths[a], self._near.lengths[b])
        levels[rows] = np.where((lengths >= SHORT_ID) & self._near.one_off(a, b), I_DIGIT, I_DIFFERENT)
        return levels


class _Numbers:
    def __init__(self, pool: Sequence[str]) -> None:
        found = [number_of(text) for text in pool]
        self._values = np.array([np.nan if value is None else value for value in found])
        self._whole = np.array([value is not None and value.is_integer() for value in found])

    def compare(self, left: Codes, right: Codes) -> Levels:
        levels = _known(left, right, N_EXACT, N_MISSING)
        rows = np.flatnonzero((left > 0) & (right > 0) & (left != right))
        a, b = left[rows], right[rows]
        x, y = self._values[a], self._values[b]
        apart, most = np.abs(x - y), 0.02 * np.maximum(np.abs(x), np.abs(y))
        near = (self._whole[a] & self._whole[b] & (apart <= 1)) | (apart <= most)  # NaN is near nothing
        levels[rows] = np.select([x == y, near], [N_EXACT, N_NEAR], N_DIFFERENT)
        return levels


class _Categories:
    def __init__(self, pool: Sequence[str]) -> None:
        del pool

    def compare(self, left: Codes, right: Codes) -> Levels:
        levels = _known(left, right, C_SAME, C_MISSING)
        levels[(left > 0) & (right > 0) & (left != right)] = C_DIFFERENT
        return levels


class _Names:
    def __init__(self, pool: Sequence[str]) -> None:
        self._joined, self._words = Changed([joined_words(text) for text in pool]), Words(pool, name_words)
        self._pure = pairwise(pool, compare_names)

    def compare(self, left: Codes, right: Codes) -> Levels:
        levels = _known(left, right, W_EXACT, W_MISSING)
        fill(levels, np.flatnonzero((left > 0) & (right > 0) & (left != right)), left, right, self._distinct)
        return levels

    def _distinct(self, a: Codes, b: Codes) -> Levels:
        near, x, y = self._joined.near, self._joined.codes[a], self._joined.codes[b]
        levels = np.select(
            [(x == y) & (x > 0), self._words.shared(a, b) > 0, near.typo(x, y), near.alike(x, y)],
            [W_EXACT, W_PART, W_TYPO, W_SIMILAR],
            W_DIFFERENT,
        ).astype(np.uint8)
        fill(levels, self._words.beyond(a, b), a, b, self._pure)
        return levels


class _Texts:
    def __init__(self, pool: Sequence[str]) -> None:
        self._joined, self._words = Changed([joined_words(text) for text in pool]), Words(pool)
        self._pure = pairwise(pool, compare_texts)

    def compare(self, left: Codes, right: Codes) -> Levels:
        levels = _known(left, right, T_EXACT, T_MISSING)
        fill(levels, np.flatnonzero((left > 0) & (right > 0) & (left != right)), left, right, self._distinct)
        return levels

    def _distinct(self, a: Codes, b: Codes) -> Levels:
        near, x, y = self._joined.near, self._joined.codes[a], self._joined.codes[b]
        shared, count_a, count_b = self._words.shared(a, b), self._words.counts[a], self._words.counts[b]
        fewer, more = np.minimum(count_a, count_b), np.maximum(count_a, count_b)
        levels = np.select(
            [
                ((x == y) & (x > 0)) | ((shared == more) & (shared > 0)),
                (shared > 0) & ((shared == fewer) | (2 * shared > more)),
                near.typo(x, y) | near.alike(x, y),
            ],
            [T_EXACT, T_PART, T_SIMILAR],
            T_DIFFERENT,
        ).astype(np.uint8)
        fill(levels, self._words.beyond(a, b), a, b, self._pure)
        return levels


_KINDS: dict[str, Callable[[Sequence[str]], _Kind]] = {
    "id": _Ids,
    "date": Dates,
    "number": _Numbers,
    "category": _Categories,
    "name": _Names,
    "text": _Texts,
}


class ExtensionColumns:
    """Makes the comparisons of an `Extensions` over arrays of places; what it learns of a pool it keeps for the next chunk.

    Args:
        fields: name of a field and its kind.
    """

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self._fields = tuple((name, Memo(_KINDS[kind])) for name, kind in fields)

    def compare(self, table: FeatureTable, left: Places, right: Places) -> list[Levels]:
        """As `Extensions.levels`, an array for each field; a field that the table lacks is missing in all records."""
        nothing, no_pool = np.zeros(len(left), np.int32), ("",)
        found = list[Levels]()
        for name, kinds in self._fields:
            values = table.extensions.get(name)
            if values is None:
                found.append(kinds.of(no_pool).compare(nothing, nothing))
            else:
                found.append(kinds.of(values.pool).compare(values.codes[left], values.codes[right]))
        return found


def _known(left: Codes, right: Codes, equal: int, missing: int) -> Levels:
    return np.where((left > 0) & (right > 0), equal, missing).astype(np.uint8)
