"""Who of a million records shares a key with one more: a hash for every value of every key, ascending, and a binary search."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from canonical_contact.match.columns.blocks import part_rows, product_rows, refinement
from canonical_contact.match.features import Features
from canonical_contact.match.keys import REFINEMENTS, Key, KeyMaker
from canonical_contact.match.table import Bools, Codes, FeatureTable

__all__ = ["KeyLookup"]

_MASK = (1 << 64) - 1
_MIX = 0x9E3779B97F4A7C15
_Hashes = NDArray[np.uint64]


@frozen(eq=False)
class _Values:
    """The values of one key as hashes, ascending, and the record that has each. Python's own hash of a text holds within a process."""

    hashes: _Hashes
    records: Codes

    def members(self, value: int) -> Codes:
        wanted = np.uint64(value)
        start, stop = np.searchsorted(self.hashes, wanted, "left"), np.searchsorted(self.hashes, wanted, "right")
        return self.records[start:stop]


class KeyLookup:
    """Finds the records of a table that share a key with a record that is not among them.

    Args:
        table: the records.
        keys: the blocking keys.
    """

    def __init__(self, table: FeatureTable, keys: Sequence[Key]) -> None:
        self._maker, self._keys = KeyMaker(keys), tuple(keys)
        self._values = [_hashed(table, key) for key in keys]
        self._splits = [refinement(table, source) for source in REFINEMENTS]
        self._codes = [{text: code for code, text in enumerate(split.pool)} for split in self._splits]

    def candidates(self, record: Features, *, without: Bools | None = None) -> dict[int, int]:
        """Find the records that share a key with one that is not in the table.

        Args:
            record: its features.
            without: records of the table that no longer count.

        Returns:
            Place → the keys, one bit a key, that name the pair.
        """
        found: dict[int, int] = {}
        splits = [self._maker.refinement(source, record) for source in REFINEMENTS]
        for bit, (key, values) in enumerate(zip(self._keys, self._values, strict=True)):
            for value in self._maker.values(key, record):
                members = values.members(_hash(value))
                if without is not None and len(members):
                    members = members[~without[members]]
                for place in self._within(members, key, splits):
                    found[place] = found.get(place, 0) | 1 << bit
        return found

    def _within(self, members: Codes, key: Key, splits: Sequence[str]) -> list[int]:
        """Those of a block who would be in a small enough part of it together with the new record."""
        if len(members) < key.cap:
            return [int(place) for place in members]
        if not key.refines:
            return []
        for at, value in enumerate(splits):
            column = self._splits[at].codes[members]
            part = members[column == self._codes[at].get(value, -1)] if value else members[column == 0]
            whole = len(part) == len(members)
            if not value and len(part) >= key.cap and not whole:
                return []
            members = part
            if len(members) < key.cap:
                return [int(place) for place in members]
        return []


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
