"""Clusters over NumPy arrays (extra [batch]): components, what is missing of them, and all but the unusual ones settled in stacks."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from canonical_contact.errors import InputError
from canonical_contact.identity._links import MOST, UNIT, Cut, EdgeColumns, Judge, JudgeColumns, Judged, Limits, Pair, chance
from canonical_contact.identity._settle import BATCH, Component, settle
from canonical_contact.identity._stacks import REASONS, WIDEST, Settled, settle_stack

__all__ = ["settle_columns"]

Array = np.ndarray[Any, np.dtype[Any]]
Columns = tuple[Array, Array, Array, Array]  # log-odds in units, left, right, apart
_MISSING = np.iinfo(np.int32).min


def settle_columns(
    edges: EdgeColumns, limits: Limits, judge: JudgeColumns | None, labels: array[int], confidence: array[float]
) -> tuple[list[Cut], list[Component]]:
    """Settle components; the usual ones in arrays.

    Args:
        edges: compared pairs.
        limits: constraints and thresholds.
        judge: see `cluster`.
        labels: first record of each cluster, as for `Clustering`; is written to.
        confidence: as for `Clustering`; is written to.

    Returns:
        What was cut in them, and the settled components that are large or that people have a say in: not yet written.
    """
    size = len(labels)
    columns = _columns(edges, size)
    if not size:
        return [], []
    root = _components(size, *_links(columns, limits))
    columns = _inside(columns, root)
    pairs = _Pairs(root, limits.largest)
    rest = _large(columns, root, pairs)
    pairs.fill(columns)
    del columns
    pairs.ask(judge, limits)
    source = None
    if limits.source:
        source = np.full(size, -1)
        source[np.fromiter(limits.source, np.int64)] = np.fromiter(limits.source.values(), np.int64)
    held = np.zeros(size, np.bool_)
    held[root[np.fromiter([*limits.atom, *limits.cannot], np.int64)]] = True
    label, sure = np.frombuffer(labels, np.int64), np.frombuffer(confidence, np.float64)
    cuts: list[Cut] = []
    for stack in pairs.stacks:
        alone = held[stack.places[:, 0]] | (stack.places.shape[1] > WIDEST)
        rest += stack.components(np.flatnonzero(alone))
        usual = slice(None) if not alone.any() else ~alone
        for settled in settle_stack(stack.places[usual], stack.logit[usual], stack.apart[usual], source, limits):
            label[settled.places] = settled.label
            sure[settled.places] = _chances(settled)
            cuts += _told(settled.cuts)
    settle(rest, limits, None if judge is None else _one_by_one(judge))
    return cuts, rest


class _Stack(NamedTuple):
    """Components of one size, see `settle_stack`."""

    places: Array
    logit: Array
    apart: Array

    def components(self, which: Array) -> Iterator[Component]:
        """Some of them as the pure form has them."""
        one, other = (numbers.tolist() for numbers in np.triu_indices(self.places.shape[1], 1))
        for places, logit, apart in zip(*(column[which].tolist() for column in self), strict=True):
            pairs = ((places[a], places[b]) for a, b in zip(one, other, strict=True))
            yield Component(places, dict(zip(pairs, zip(logit, apart, strict=True), strict=True)))


class _Pairs:
    """A cell for each pair of records in one component, the components stacked by size.

    Args:
        root: for each record the first of its component.
        largest: records that are compared with each other all to all.
    """

    def __init__(self, root: Array, largest: int) -> None:
        many = np.bincount(root, minlength=len(root))[root]
        at = np.flatnonzero((many > 1) & (many <= largest))
        order = at[np.argsort(many[at] * len(root) + root[at], kind="stable")]
        number, self._row = np.zeros(len(root), np.int32), np.full(len(root), -1)
        wides, starts = np.unique(many[order], return_index=True)
        layout, cells = [], 0
        for wide, start, end in zip(wides.tolist(), starts.tolist(), [*starts.tolist(), len(order)][1:], strict=True):
            places, a, each = order[start:end].reshape(-1, wide), np.arange(wide), wide * (wide - 1) // 2
            number[places] = a
            self._row[places] = cells + np.arange(len(places))[:, None] * each + (a * (2 * wide - a - 1) // 2 - a)
            layout.append((places, cells, each))
            cells += len(places) * each
        self._number = number
        logit, apart = np.full(cells, _MISSING, np.int32), np.zeros(cells, np.bool_)
        self._logit, self._apart = logit, apart
        self.stacks = [
            _Stack(places, *(column[start : start + len(places) * each].reshape(-1, each) for column in (logit, apart)))
            for places, start, each in layout
        ]

    def covers(self, place: Array) -> Array:
        """Which of the records are in a component whose pairs have cells."""
        return self._row[place] >= 0

    def fill(self, columns: Columns) -> None:
        """Write what is known; of a pair given twice the higher log-odds count, and the rule against it."""
        logit, left, right, apart = columns
        cell = self._row[left] + self._number[right] - 1
        mine = self._row[left] >= 0
        np.maximum.at(self._logit, cell[mine], logit[mine])
        self._apart[cell[mine & apart]] = True

    def ask(self, judge: JudgeColumns | None, limits: Limits) -> None:
        """Have the judge say what it thinks of all pairs that nobody compared."""
        if judge is None:
            self._logit[self._logit == _MISSING] = limits.unseen
            return
        cells, lefts, rights = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        start = 0
        for places, logit, _ in self.stacks:
            one, other = np.triu_indices(places.shape[1], 1)
            cell = np.flatnonzero(logit == _MISSING)
            where, pair = np.divmod(cell, len(one))
            cells.append(cell + start)
            lefts.append(places[where, one[pair]])
            rights.append(places[where, other[pair]])
            start += logit.size
        every, left, right = np.concatenate(cells), np.concatenate(lefts), np.concatenate(rights)
        for at in range(0, len(every), BATCH):
            piece = slice(at, at + BATCH)
            said, apart = judge(left[piece], right[piece])
            self._logit[every[piece]], self._apart[every[piece]] = _units(said), apart


def _columns(edges: EdgeColumns, size: int) -> Columns:
    """Check the columns and bring them into the form of `Known`: smaller place left."""
    logit, apart = np.asarray(edges.logit, np.float64), np.asarray(edges.apart, np.bool_)
    one, other = np.asarray(edges.left, np.int64), np.asarray(edges.right, np.int64)
    if not len(logit) == len(one) == len(other) == len(apart):
        raise InputError(
            "The columns of edges differ in length.", path="edges", hint="Give one logit and one mark for each pair."
        )
    if np.isnan(logit).any():
        raise InputError("A logit is no number.", path="edges", hint="Give log-odds, such as log(p / (1 - p)).")
    left, right = (one, other) if (one <= other).all() else (np.minimum(one, other), np.maximum(one, other))
    if len(left) and (left.min() < 0 or right.max() >= size):
        raise InputError("A pair names a record that is not there.", path="edges", hint="Places go from 0 to size-1.")
    return _units(logit), left, right, apart


def _units(logit: Array) -> Array:
    units: Array = np.rint(np.clip(logit, -MOST, MOST) * UNIT).astype(np.int32)
    return units


def _links(columns: Columns, limits: Limits) -> tuple[Array, Array]:
    """Matched pairs, and those that people joined."""
    logit, left, right, apart = columns
    matched = np.flatnonzero((logit >= limits.match_at) & ~apart)
    left, right, never = left[matched], right[matched], _keys(left[apart], right[apart])
    if len(never):  # a pair may be given twice, once with a rule against it
        suspects = np.flatnonzero(np.isin(left, columns[1][apart]))
        again = suspects[np.isin(_keys(left[suspects], right[suspects]), never)]
        left, right = np.delete(left, again), np.delete(right, again)
    joined = np.array(list(limits.atom.items()), np.int64).reshape(-1, 2)
    return np.concatenate([left, joined[:, 0]]), np.concatenate([right, joined[:, 1]])


def _keys(left: Array, right: Array) -> Array:
    return left << 32 | right


def _components(size: int, left: Array, right: Array) -> Array:
    """The smallest place that each record is connected with: roots hook on to smaller ones, then all paths are cut short."""
    root = np.arange(size)
    while True:
        a, b = root[left], root[right]
        apart = a != b
        if not apart.any():
            return root
        left, right = a[apart], b[apart]
        np.minimum.at(root, np.maximum(left, right), np.minimum(left, right))
        while not np.array_equal(shorter := root[root], root):
            root = shorter


def _inside(columns: Columns, root: Array) -> Columns:
    """The pairs within a component."""
    logit, left, right, apart = columns
    inside = np.flatnonzero((root[left] == root[right]) & (left != right))
    return logit[inside], left[inside], right[inside], apart[inside]


def _large(columns: Columns, root: Array, pairs: _Pairs) -> list[Component]:
    """Components without cells as the pure form has them."""
    found: dict[int, Component] = {}
    many = np.bincount(root, minlength=len(root))[root]
    places = np.flatnonzero((many > 1) & ~pairs.covers(np.arange(len(root))))
    for first, place in zip(root[places].tolist(), places.tolist(), strict=True):
        found.setdefault(first, Component([], {})).places.append(place)
    if found:
        at = np.flatnonzero(~pairs.covers(columns[1]))
        logit, left, right, apart = (column[at] for column in columns)
        rows = (root[left].tolist(), left.tolist(), right.tolist(), logit.tolist(), apart.tolist())
        for first, one, other, value, never in zip(*rows, strict=True):
            known = found[first].known
            before = known.get((one, other), (value, never))
            known[one, other] = max(value, before[0]), never or before[1]
    return list(found.values())


def _chances(settled: Settled) -> Array:
    """See `chance`: each average once."""
    others = settled.others > 0
    average = np.rint(settled.total[others] / settled.others[others]).astype(np.int64)
    known, which = np.unique(average, return_inverse=True)
    sure = np.ones(others.shape)
    sure[others] = np.array([chance(value, 1) for value in known.tolist()])[which] if len(known) else 1.0
    return sure


def _told(cuts: tuple[Array, Array, Array, Array]) -> Iterator[Cut]:
    for left, right, reason, logit in zip(*(column.tolist() for column in cuts), strict=True):
        yield Cut(left, right, REASONS[reason], logit / UNIT)


def _one_by_one(judge: JudgeColumns) -> Judge:
    def ask(pairs: Sequence[Pair]) -> list[Judged]:
        logit, apart = judge(*np.array(pairs, np.int64).T)
        return list(map(Judged, np.asarray(logit).tolist(), np.asarray(apart).tolist()))

    return ask
