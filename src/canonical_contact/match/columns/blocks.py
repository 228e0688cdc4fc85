"""Candidate pairs over columns: sorted key values, blocks of equal ones, pairs by block size; what exceeds the memory goes to disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.blocks import BlockReport, reports
from canonical_contact.match.columns._same_as import same_as
from canonical_contact.match.columns._texts import first_number, halves, last, points_of
from canonical_contact.match.columns.pairs import once, sorted_by
from canonical_contact.match.keys import ONE_VALUE, REFINEMENTS, TRANSFORMS, Key, Part, Source
from canonical_contact.match.table import Bools, Codes, FeatureTable, Lists, Places, Values, arrow_of

__all__ = ["Blocker", "Found", "PairSink", "Rows", "column_of", "copies", "part_rows", "product_rows", "ranked", "refinement"]

BITS = 6  # of a packed pair that name its key: at most 62 keys, `same_as` and exact copies
BUCKETS = 1 << 24  # values that fall into a bucket of their own have no partner and are not sorted
PIECE = 1 << 21  # pairs that are made at once
_ROWS = 1 << 20  # values that are combined with others at once
_MIX = np.uint64(0x9E3779B97F4A7C15)


Numbers: TypeAlias = NDArray[np.integer[Any]]


class Rows(NamedTuple):
    """Values of a key, by record: `records[i]` has `values[i]`; ascending by record, each once; `size` bounds the values."""

    records: Codes
    values: Numbers
    size: int


class Found(NamedTuple):
    """Some candidate pairs, ascending: `left[i] < right[i]`, and the keys that name each, one bit a key."""

    left: Places
    right: Places
    masks: NDArray[np.int64]


class PairSink:
    """Takes packed pairs in any order; sealed, it gives them back ascending and once, part by part. Beyond `memory` it writes to disk.

    Args:
        size: number of records.
        parts: into how many ranges of left records the pairs are split; one part is in memory at a time.
        memory: bytes of pairs that are kept beside it.
        folder: where it spills to; a temporary folder if None.
    """

    def __init__(self, size: int, *, parts: int = 1, memory: int = 1 << 29, folder: Path | None = None) -> None:
        self._size, self._parts, self._memory, self._folder = size, parts, memory, folder
        self._kept: list[list[NDArray[np.int64]]] = [[] for _ in range(parts)]
        self._bytes, self.pairs, self._bits = 0, 0, -1
        self._temporary: TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._kept = []
        if self._temporary is not None:
            self._temporary.cleanup()

    def add(self, left: NDArray[np.int64], right: NDArray[np.int64], bit: int) -> None:
        """Take pairs that a key names."""
        packed = (left * self._size + right) << BITS | bit
        if self._parts == 1:
            self._kept[0].append(packed)
        else:
            part = (left * self._parts // self._size).astype(np.uint16)
            order = np.argsort(part, kind="stable")
            bounds = np.searchsorted(part[order], np.arange(self._parts + 1))
            packed = packed[order]
            for place in range(self._parts):
                if bounds[place] < bounds[place + 1]:
                    self._kept[place].append(packed[bounds[place] : bounds[place + 1]])
        self._bytes += packed.nbytes
        if self._bytes > self._memory:
            self._spill()

    def seal(self) -> Counter[int]:
        """Sort and merge what was added; from now on the pairs can be read, as often as needed.

        Returns:
            How many pairs each set of keys names.
        """
        counts = Counter[int]()
        for part in range(self._parts):
            packed = self._whole(part)
            packed.sort()
            pairs = packed >> BITS
            starts = np.flatnonzero(np.diff(pairs, prepend=-1))
            if len(starts):
                masks = np.bitwise_or.reduceat(np.left_shift(1, packed & ((1 << BITS) - 1)), starts)
                pairs = pairs[starts]
                found, named = np.unique(masks, return_counts=True)
                counts.update(dict(zip(found.tolist(), named.tolist(), strict=True)))
                self._kept[part] = [pairs, masks]
                self.pairs += len(pairs)
                self._bytes += pairs.nbytes + masks.nbytes
                if self._bytes > self._memory:
                    self._spill()
        return counts

    def keep(self, bits: int) -> None:
        """Give from now on only pairs that one of these keys names."""
        self._bits = bits

    def __iter__(self) -> Iterator[Found]:
        """Give the pairs of a sealed sink, ascending; a part at a time."""
        for part, kept in enumerate(self._kept):
            pairs, masks = kept or (None, None)
            if pairs is None or masks is None:
                file = self._file(part) if self._folder is not None else None
                if file is None or not file.exists():
                    continue
                pairs, masks = np.fromfile(file, np.int64).reshape(2, -1)
            if self._bits >= 0:
                kept_pairs = (masks & self._bits) != 0
                pairs, masks = pairs[kept_pairs], masks[kept_pairs]
            left, right = np.divmod(pairs, self._size)
            yield Found(left, right, masks)

    def _file(self, part: int) -> Path:
        if self._folder is None:
            self._temporary = self._temporary or TemporaryDirectory(prefix="canonical-contact-")
            self._folder = Path(self._temporary.name)
        return self._folder / f"pairs-{part}.bin"

    def _whole(self, part: int) -> NDArray[np.int64]:
        """All that a part has, taken out."""
        kept, self._kept[part] = self._kept[part], []
        self._bytes -= sum(packed.nbytes for packed in kept)
        if self._folder is not None and self._file(part).exists():
            kept.append(np.fromfile(self._file(part), np.int64))
            self._file(part).unlink()
        return np.concatenate(kept) if kept else np.zeros(0, np.int64)

    def _spill(self) -> None:
        for part, kept in enumerate(self._kept):
            if kept:
                with self._file(part).open("ab") as file:
                    for packed in kept:
                        packed.tofile(file)
                kept.clear()
        self._bytes = 0


class Blocker:
    """Names the candidate pairs of a table.

    Args:
        table: the features.
        keys: the blocking keys.
        fresh: for each record whether it is new or changed; only pairs with one of them are named. None means all.
    """

    def __init__(self, table: FeatureTable, keys: Sequence[Key], *, fresh: Bools | None = None) -> None:
        self._table, self._fresh, self.keys = table, fresh, tuple(keys)
        self._uses = Counter(part for key in keys for part in key.parts)
        self._parts: dict[Part, Rows] = {}
        self._refined: dict[Source, Values] = {}
        self.counts: list[Counter[str]] = []

    def fill(self, sink: PairSink) -> None:
        """Put the pairs of every key, and what sources call the same, into the sink."""
        for bit, key in enumerate(self.keys):
            count = Counter[str]()
            for left, right in self._blocks(key, count):
                sink.add(left, right, bit)
            self.counts.append(count)
        left, right = self._same_as()
        sink.add(left, right, len(self.keys))
        left, right = copies(self._table)
        if self._fresh is not None:
            new = self._fresh[left] | self._fresh[right]
            left, right = left[new], right[new]
        sink.add(left, right, len(self.keys) + 1)
        self._refined.clear()

    def reports(self, masks: Counter[int]) -> tuple[BlockReport, ...]:
        """The reports, given how many pairs each set of keys named."""
        return reports(self.keys, self.counts, masks)

    def rows(self, key: Key) -> Rows:
        """The values of a key."""
        first, *others = [self._part(part) for part in key.parts]
        for part in key.parts:
            self._uses[part] -= 1
            if not self._uses[part]:
                self._parts.pop(part, None)
        either_order = len(key.parts) == 2 and key.parts[0] == key.parts[1]
        for other in others:
            first = product_rows(first, other, len(self._table), either_order=either_order)
        return first

    def _part(self, part: Part) -> Rows:
        if part not in self._parts:
            self._parts[part], _ = part_rows(self._table, part)
        return self._parts[part]

    def _blocks(self, key: Key, count: Counter[str]) -> Iterator[tuple[Places, Places]]:
        if key.window:
            yield from self._neighbours(key)
            return
        members, sizes = _grouped(self.rows(key))
        if self._fresh is not None:
            touched = np.logical_or.reduceat(self._fresh[members], _starts(sizes)) if len(sizes) else np.zeros(0, np.bool_)
            members, sizes = members[np.repeat(touched, sizes)], sizes[touched]
        count["blocks"] = len(sizes)
        count["refined"] = int((sizes > key.cap).sum())
        count["left_out"] = int((sizes * (sizes - 1) // 2).sum())
        for small, small_sizes in self._within(members, sizes, key):
            count["left_out"] -= int((small_sizes * (small_sizes - 1) // 2).sum())
            for left, right in _pairs_of(small, small_sizes):
                if self._fresh is None:
                    yield left, right
                else:
                    new = self._fresh[left] | self._fresh[right]
                    yield left[new], right[new]

    def _neighbours(self, key: Key) -> Iterator[tuple[Places, Places]]:
        parts = [ranked(*part_rows(self._table, part)) for part in key.parts]
        rows = parts[0]
        for other in parts[1:]:
            rows = product_rows(rows, other, len(self._table), either_order=False)
        values, members = sorted_by(rows.values, rows.records, rows.size)
        starts = np.flatnonzero(np.diff(values, prepend=-1))
        sizes = np.diff(starts, append=len(values))
        for left, right in _beside(members, starts, sizes, key):
            real = left != right
            if self._fresh is not None:
                real &= self._fresh[left] | self._fresh[right]
            left, right = left[real], right[real]
            yield np.minimum(left, right), np.maximum(left, right)

    def _within(self, members: Codes, sizes: Places, key: Key) -> Iterator[tuple[Codes, Places]]:
        """Blocks of at most the key's cap; too large ones are split by one further part after the other."""
        for depth in range(len(REFINEMENTS) + 1):
            small = sizes <= key.cap
            if small.any():
                yield members[np.repeat(small, sizes)], sizes[small]
            if small.all() or depth == len(REFINEMENTS) or not key.refines:
                return
            members, sizes = members[np.repeat(~small, sizes)], sizes[~small]
            refined = self._refinement(REFINEMENTS[depth])
            width = len(refined.pool)
            block = np.repeat(np.arange(len(sizes)), sizes)
            split, members = sorted_by(block * width + refined.codes[members], members, len(sizes) * width)
            starts = np.flatnonzero(np.diff(split, prepend=-1))
            found, parts = split[starts], np.diff(starts, append=len(split))
            whole = np.bincount(found // width, minlength=len(sizes))[found // width] == 1
            keep = (parts > 1) & ((found % width > 0) | (parts <= key.cap) | whole)
            members, sizes = members[np.repeat(keep, parts)], parts[keep]

    def _refinement(self, source: Source) -> Values:
        if source not in self._refined:
            self._refined[source] = refinement(self._table, source)
        return self._refined[source]

    def _same_as(self) -> tuple[Places, Places]:
        left, right = same_as(self._table)
        real = left != right
        if self._fresh is not None:
            real &= self._fresh[left] | self._fresh[right]
        left, right = left[real], right[real]
        return np.minimum(left, right), np.maximum(left, right)


def refinement(table: FeatureTable, source: Source) -> Values:
    """The one value a record that splits a block which is too large."""
    column = column_of(table, source.field)
    assert isinstance(column, Values)
    return column.map(lambda text: next(iter(TRANSFORMS[source.transform](text)), ""))


def copies(table: FeatureTable) -> tuple[Places, Places]:
    """Each record with the next one that says the very same, by a hash of all that it says."""
    said = table.han.astype(np.uint64)
    for column in (*table.values.values(), *table.extensions.values()):
        said = said * _MIX + column.codes.astype(np.uint64)
    for name, several in table.lists.items():
        if name != "same_as":
            place = np.arange(len(several.codes)) - np.repeat(several.offsets[:-1], several.counts)
            spread = (several.codes.astype(np.uint64) + np.uint64(1)) * (_MIX + place.astype(np.uint64) * np.uint64(2))
            total = np.concatenate((np.zeros(1, np.uint64), np.cumsum(spread)))
            said = said * _MIX + (total[several.offsets[1:]] - total[several.offsets[:-1]])
    order = np.argsort(said, kind="stable")
    same = np.flatnonzero(said[order[1:]] == said[order[:-1]])
    return order[same], order[same + 1]


def column_of(table: FeatureTable, field: str) -> Values | Lists:
    """The column of a field; an extension that the table lacks is missing everywhere."""
    if field.startswith("x."):
        return table.extensions.get(field[2:]) or Values(np.zeros(len(table), np.int32), [""])
    return table.lists[field] if field in table.lists else table.values[field]


def part_rows(table: FeatureTable, part: Part) -> tuple[Rows, Sequence[str]]:
    """The values that a part gives each record, as codes, and the texts of the codes."""
    if len(part) == 1:
        return _source_rows(table, part[0])
    places: dict[str, int] = {}
    found: list[tuple[Codes, Codes]] = []
    for source in part:
        owners, codes, pool = _entries(table, source.field)
        counts, made = _transformed(pool, source.transform, places)
        spread = Lists(np.concatenate(([0], np.cumsum(counts))), made, [])
        found.append((np.repeat(owners, counts[codes]), spread.take(codes.astype(np.int64)).codes))
    owners, codes = (np.concatenate(column) for column in zip(*found, strict=True))
    return Rows(*_once(owners, codes), max(len(places), 1)), list(places)


def _source_rows(table: FeatureTable, source: Source) -> tuple[Rows, Sequence[str]]:
    owners, codes, pool = _entries(table, source.field)
    if source.transform == "value":
        return Rows(owners, codes, len(pool)), pool
    if at_once := _AT_ONCE.get(source.transform):
        made = at_once(pool)
        codes, pool = made.codes[codes], made.pool
        owners, codes = owners[codes > 0], codes[codes > 0]
    else:
        places: dict[str, int] = {}
        counts, spread = _transformed(pool, source.transform, places)
        lists = Lists(np.concatenate(([0], np.cumsum(counts))), spread, [])
        owners, codes, pool = np.repeat(owners, counts[codes]), lists.take(codes.astype(np.int64)).codes, list(places)
    single = source.transform in ONE_VALUE and source.field not in table.lists
    return Rows(*((owners, codes) if single else _once(owners, codes)), max(len(pool), 1)), pool


def _entries(table: FeatureTable, field: str) -> tuple[Codes, Codes, Sequence[str]]:
    """The records that have a value, the code of each, and the pool."""
    column = column_of(table, field)
    if isinstance(column, Values):
        owners = np.flatnonzero(column.codes).astype(np.int32)
        return owners, column.codes[owners], column.pool
    return column.owners().astype(np.int32), column.codes, column.pool


def _once(owners: Codes, codes: Codes) -> tuple[Codes, Codes]:
    """The values of each record, each once: two of its values may be made one."""
    packed = once(owners.astype(np.int64) << 32 | codes)
    return (packed >> 32).astype(np.int32), packed.astype(np.int32)  # the lower half


def ranked(rows: Rows, texts: Sequence[str]) -> Rows:
    """The same values numbered in the order of their texts."""
    import pyarrow.compute as pc

    order = pc.array_sort_indices(arrow_of(texts)).to_numpy()
    ranks = np.empty(len(texts), np.int32)
    ranks[order] = np.arange(len(texts), dtype=np.int32)
    return rows._replace(values=ranks[rows.values])


def _transformed(pool: Sequence[str], transform: str, places: dict[str, int]) -> tuple[Places, Codes]:
    """What a transform makes of each text of a pool: how many values, and their codes; `places` learns new ones."""
    make, counts, made = TRANSFORMS[transform], np.zeros(len(pool), np.int64), list[int]()
    for place, text in enumerate(pool):
        if text:
            values = [places.setdefault(value, len(places)) for value in make(text)]
            counts[place] = len(values)
            made += values
    return counts, np.array(made, np.int32)


def _local_parts(mails: Sequence[str]) -> Values:
    return _longer(halves(mails)[0], 4)


def _last_eight(numbers: Sequence[str]) -> Values:
    return _longer(last(numbers, 8), 7)


def _longer(values: Values, least: int) -> Values:
    """The same without those of so few characters."""
    _, lengths = points_of(values.pool)
    return Values(np.where(lengths > least, np.arange(len(lengths)), 0).astype(np.int32)[values.codes], values.pool)


# transforms that make one value at most of each text, over all texts of a pool at once: what `TRANSFORMS` makes of each
_AT_ONCE: dict[str, Callable[[Sequence[str]], Values]] = {
    "local part": _local_parts,
    "last eight": _last_eight,
    "first number": first_number,
}


def product_rows(a: Rows, b: Rows, records: int, *, either_order: bool) -> Rows:
    """Every value of the one with every value of the other, within a record."""
    if a.size > (1 << 62) // b.size:
        kept, codes = np.unique(a.values, return_inverse=True)
        a = Rows(a.records, codes.astype(np.int32), len(kept))
    counts = np.bincount(b.records, minlength=records).astype(np.int32)
    starts = np.cumsum(counts, dtype=np.int64) - counts
    made = [
        _product(Rows(a.records[at : at + _ROWS], a.values[at : at + _ROWS], a.size), b, counts, starts, either_order)
        for at in range(0, max(len(a.records), 1), _ROWS)
    ]
    owners, values = (np.concatenate(column) for column in zip(*made, strict=True))
    return Rows(owners, values, a.size * b.size)


def _product(a: Rows, b: Rows, counts: Codes, starts: Places, either_order: bool) -> tuple[Codes, Numbers]:
    """The products of some values; `counts` and `starts` say how many values of `b` each record has and where they begin."""
    times = counts[a.records]
    ends = np.cumsum(times, dtype=np.int64)
    inside = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(starts[a.records] - (ends - times), times)
    owners, left, right = np.repeat(a.records, times), np.repeat(a.values, times), b.values[inside]
    if either_order:
        kept = left < right
        owners, left, right = owners[kept], left[kept], right[kept]
    return owners, left.astype(np.int64) * b.size + right


def _grouped(rows: Rows) -> tuple[Codes, Places]:
    """The members of blocks of two and more, block by block, ascending in each; and the sizes of the blocks."""
    records, values = rows.records, rows.values
    if len(values) > 1 << 16:
        # most values stand alone: a count by bucket finds them without sorting
        bucket = values if rows.size <= BUCKETS else (values.astype(np.int64) * 0x9E3779B97F4A7C1 & (1 << 62) - 1) >> 38
        several = np.bincount(bucket, minlength=1)[bucket] > 1
        del bucket
        records, values = records[several], values[several]
    values, records = sorted_by(values, records, rows.size)
    starts = np.flatnonzero(np.diff(values, prepend=-1))
    sizes = np.diff(starts, append=len(values))
    several = sizes > 1
    return records[np.repeat(several, sizes)], sizes[several]


def _starts(sizes: Places) -> Places:
    return np.concatenate(([0], np.cumsum(sizes)[:-1]))


def _beside(members: Codes, starts: Places, sizes: Places, key: Key) -> Iterator[tuple[Places, Places]]:
    """Who has a value, with each other and with those who have one beside it."""
    several = (sizes > 1) & (sizes <= key.cap)
    yield from _pairs_of(members[np.repeat(several, sizes)], sizes[several])
    piece = max(1, 4 * PIECE // key.cap**2)
    for step in range(1, min(key.window, len(sizes) - 1) + 1):
        between, together = starts[step:] - starts[:-step] - sizes[:-step], sizes[:-step] + sizes[step:]
        near = np.flatnonzero((between < key.window) & (together <= key.cap))
        for at in range(0, len(near), piece):
            one = near[at : at + piece]
            other = one + step
            times = sizes[one] * sizes[other]
            inside = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
            first, second = np.divmod(inside, np.repeat(sizes[other], times))
            left, right = np.repeat(starts[one], times) + first, np.repeat(starts[other], times) + second
            yield members[left].astype(np.int64), members[right].astype(np.int64)


def _pairs_of(members: Codes, sizes: Places) -> Iterator[tuple[Places, Places]]:
    """All pairs inside of each block, the smaller place first; blocks of one size at once."""
    starts = _starts(sizes)
    for size in np.unique(sizes).tolist():
        first, second = np.triu_indices(size, 1)
        of_size = starts[sizes == size]
        step = max(1, PIECE // len(first))
        for at in range(0, len(of_size), step):
            block = members[of_size[at : at + step, None] + np.arange(size)].astype(np.int64)
            yield block[:, first].ravel(), block[:, second].ravel()
