"""Who of a million records shares a key with one more: the values of every key, ascending, and a binary search."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import reduce
from typing import TypeAlias

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from canonical_contact.match.columns.blocks import part_rows, product_rows, ranked, refinement
from canonical_contact.match.keys import REFINEMENTS, Key
from canonical_contact.match.table import Codes, FeatureTable, Places

__all__ = ["KeyLookup", "Neighbour"]

_MASK = (1 << 64) - 1
_MIX = 0x9E3779B97F4A7C15
_Hashes = NDArray[np.uint64]
Neighbour: TypeAlias = tuple[tuple[str, ...], str, int]  # a value, the key of the record that has it, and its place


@frozen(eq=False)
class _Values:
    """The values of one key as hashes, ascending, and the record that has each. Python's own hash of a text holds within a process."""

    hashes: _Hashes
    records: Codes

    def members(self, value: int) -> Codes:
        wanted = np.uint64(value)
        start, stop = np.searchsorted(self.hashes, wanted, "left"), np.searchsorted(self.hashes, wanted, "right")
        return self.records[start:stop]


@frozen(eq=False)
class _Ordered:
    """The values of one key in the order of their texts, and the record that has each.

    Args:
        texts: for each part its texts, ascending; a value counts its parts through them.
        values: the values, ascending.
        records: who has each, ascending among equal values.
    """

    texts: tuple[list[str], ...]
    values: Places
    records: Codes

    def place(self, value: Sequence[str]) -> int:
        """Where a value stands first, or would stand."""
        number, known = 0, True
        for text, texts in zip(value, self.texts, strict=True):
            at = bisect_left(texts, text) if known else 0
            known = known and at < len(texts) and texts[at] == text
            number = number * len(texts) + at
        return int(np.searchsorted(self.values, number, "left"))

    def at(self, place: int) -> tuple[tuple[str, ...], int]:
        """The value in a place, and who has it."""
        number, found = int(self.values[place]), list[str]()
        for texts in reversed(self.texts):
            number, at = divmod(number, len(texts))
            found.append(texts[at])
        return tuple(reversed(found)), int(self.records[place])


class KeyLookup:
    """Finds the records of a table that share a key with a record that is not among them.

    Args:
        table: the records.
        keys: the blocking keys.
    """

    def __init__(self, table: FeatureTable, keys: Sequence[Key]) -> None:
        self._keys, self._known = tuple(keys), table.keys
        self._values = {bit: _hashed(table, key) for bit, key in enumerate(keys) if not key.window}
        self._orders = {bit: _ordered(table, key) for bit, key in enumerate(keys) if key.window}
        self._splits = [refinement(table, source) for source in REFINEMENTS]
        self._codes = [{text: code for code, text in enumerate(split.pool)} for split in self._splits]

    def block(self, bit: int, value: tuple[str, ...]) -> Codes:
        """Find the records that have a value.

        Args:
            bit: the place of a key without a window among the keys.
            value: what the key makes of a record.
        """
        return self._values[bit].members(_hash(value))

    def having(self, members: Codes, at: int, value: str) -> Codes:
        """Those of some records that have a value for what splits a block; the empty one where they lack it.

        Args:
            members: places of records.
            at: which of `REFINEMENTS`.
            value: what it makes of a record.
        """
        kept: Codes = members[self._splits[at].codes[members] == (self._codes[at].get(value, -1) if value else 0)]
        return kept

    def around(self, bit: int, value: tuple[str, ...]) -> tuple[list[Neighbour], list[Neighbour]]:
        """Find what stands on both sides of a value of a record that is not in the table.

        Args:
            bit: the place of a key with a window among the keys.
            value: what the key makes of the record.

        Returns:
            Those with smaller values, and those with the same and larger ones, in their order; as many of each as the key reaches.
        """
        ordered, reach = self._orders[bit], self._keys[bit].reach
        at = ordered.place(value)
        first, last = max(0, at - reach), min(len(ordered.records), at + reach)
        near = [(text, self._known[owner], owner) for text, owner in map(ordered.at, range(first, last))]
        return near[: at - first], near[at - first :]


def _hash(value: Sequence[str]) -> int:
    if len(value) == 1:
        return hash(value[0]) & _MASK
    return reduce(_mixed, sorted(hash(text) & _MASK for text in value))


def _mixed(left: int, right: int) -> int:
    return (left * _MIX + right) & _MASK


def _hashed(table: FeatureTable, key: Key) -> _Values:
    parts = []
    for part in key.parts:
        rows, texts = part_rows(table, part)
        parts.append((rows, np.fromiter((hash(text) & _MASK for text in texts), np.uint64, len(texts))))
    rows = parts[0][0]
    either_order = len(parts) == 2 and key.parts[0] == key.parts[1]
    for other, _ in parts[1:]:
        rows = product_rows(rows, other, len(table), either_order=either_order)
    left, codes = rows.values, list[NDArray[np.int64]]()
    for other, _ in reversed(parts[1:]):
        left, code = np.divmod(left, other.size)
        codes.append(code)
    hashes = np.sort(np.stack([texts[code] for code, (_, texts) in zip([left, *reversed(codes)], parts, strict=True)]), axis=0)
    value = hashes[0]
    for more in hashes[1:]:
        value = value * np.uint64(_MIX) + more
    order = np.argsort(value, kind="stable")
    return _Values(value[order], rows.records[order])


def _ordered(table: FeatureTable, key: Key) -> _Ordered:
    made = [part_rows(table, part) for part in key.parts]
    rows, *others = [ranked(*part) for part in made]
    for other in others:
        rows = product_rows(rows, other, len(table), either_order=False)
    order = np.lexsort((rows.records, rows.values))
    return _Ordered(tuple(sorted(texts) for _, texts in made), rows.values[order].astype(np.int64), rows.records[order])
