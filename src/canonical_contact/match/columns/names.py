"""Names compared over columns: each distinct pair of texts once, and what given name and surname say together from tables."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.columns._name_texts import NameTexts, Pairs, Parts, Texts
from canonical_contact.match.columns.pairs import Levels
from canonical_contact.match.comparisons import names as single
from canonical_contact.match.table import WORDS, Bools, Codes, FeatureTable, Places, Values

if TYPE_CHECKING:
    from canonical_contact.match.comparisons.names import Names

__all__ = ["NameColumns"]

POOLS = 16  # pools that are remembered; a run has five
READINGS = (("given", "surname"), ("read_given", "read_surname"))
# Outcomes as one number, the best least: the preference of the single form, then the levels themselves.
ORDERED = np.array(
    [
        [single.preference((given, surname))[0] << 8 | given << 4 | surname for surname in range(len(single.SURNAME.levels))]
        for given in range(len(single.GIVEN.levels))
    ],
    np.uint16,
)
NONE = np.uint16(0xFFFF)
CONTRADICTIONS, WEAK = (
    np.array(
        [[judge((given, surname)) for surname in range(len(single.SURNAME.levels))] for given in range(len(single.GIVEN.levels))],
        np.uint8,
    )
    for judge in (single.contradictions, single.weak_half)
)
Outcomes: TypeAlias = NDArray[np.uint16]
Side: TypeAlias = dict[str, Codes]
Pools: TypeAlias = dict[str, Texts]


class NameColumns:
    """The column form of `Names`, with what is remembered of the pools of a run.

    Args:
        names: the single form.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._texts = NameTexts(names)
        self._lock = Lock()
        self._pools: dict[int, Texts] = {}
        self._parted: dict[int, Parts] = {}

    def compare(self, table: FeatureTable, left: Places, right: Places) -> list[Levels]:
        """Compare record `left[i]` with `right[i]`: the levels of `given`, `surname` and `order`."""
        values = {field: table.values[field] for field in WORDS}
        a, b = ({field: column.codes[places] for field, column in values.items()} for places in (left, right))
        pools = {field: self._pool(column) for field, column in values.items()}
        best = self._straight(pools, (0, 0), a, b)
        for one, other, rows in _read_too(a, b, np.arange(len(left))):
            best[rows] = np.minimum(best[rows], self._straight(pools, (one, other), _rows(a, rows), _rows(b, rows)))
        order = np.where(_has_both(a) & _has_both(b), np.uint8(single.O_STRAIGHT), np.uint8(single.O_MISSING))
        lacking = np.flatnonzero((order == single.O_MISSING) & (best > ORDERED[single.G_EXACT, single.S_EXACT]))
        for one, other, rows in ((0, 0, lacking), *_read_too(a, b, lacking)):
            best[rows] = np.minimum(best[rows], self._in_one_field(pools, (one, other), _rows(a, rows), _rows(b, rows)))
        self._exchange(pools, a, b, best, order)
        given, surname = (best >> 4 & 15).astype(np.uint8), (best & 15).astype(np.uint8)
        given[self._called(pools, a, b, np.flatnonzero(given == single.G_DIFFERENT))] = single.G_NICKNAME
        found = [given, surname, order]
        silent = (given == single.G_DIFFERENT) | (surname == single.S_DIFFERENT)
        rows = np.flatnonzero(silent & (given != single.G_EXACT) & (surname != single.S_EXACT))
        han_a, han_b = table.han[left[rows]], table.han[right[rows]]
        rows = rows[(han_a != han_b) & ~np.where(han_a, _read(_rows(a, rows)), _read(_rows(b, rows)))]
        for levels, asked in zip(found, self._names.comparisons, strict=True):
            levels[rows] = asked.missing
        return found

    def _straight(self, pools: Pools, read: tuple[int, int], a: Side, b: Side) -> Outcomes:
        """Compare given name with given name and surname with surname in two readings."""
        (given_a, surname_a), (given_b, surname_b) = (READINGS[place] for place in read)
        given = self._levels(pools[given_a], pools[given_b], a[given_a], b[given_b], as_given=True)
        surname = self._levels(pools[surname_a], pools[surname_b], a[surname_a], b[surname_b], as_given=False)
        outcomes: Outcomes = ORDERED[given, surname]
        return outcomes

    def _in_one_field(self, pools: Pools, read: tuple[int, int], a: Side, b: Side) -> Outcomes:
        """The best outcome if one side has the whole name in one field, for each way to part it that agrees."""
        best = np.full(len(a["given"]), NONE)
        fields = [READINGS[place] for place in read]
        for (x, own), (y, others) in (((a, fields[0]), (b, fields[1])), ((b, fields[1]), (a, fields[0]))):
            full = (y[others[0]] > 0) & (y[others[1]] > 0)
            for field, empty in (own, own[::-1]):
                rows = np.flatnonzero(full & (x[field] > 0) & (x[empty] == 0))
                if not len(rows):
                    continue
                parts = self._parts(pools[field])
                of, front, back = parts.at(x[field][rows])
                rows = rows[of]
                for one, rest in ((front, back), (back, front)):
                    given = self._levels(parts.texts, pools[others[0]], one, y[others[0]][rows], as_given=True)
                    surname = self._levels(parts.texts, pools[others[1]], rest, y[others[1]][rows], as_given=False)
                    agree = (given < single.G_SIMILAR) & (surname < single.S_SIMILAR)
                    np.minimum.at(best, rows[agree], ORDERED[given[agree], surname[agree]])
        return best

    def _exchange(self, pools: Pools, a: Side, b: Side, best: Outcomes, order: Levels) -> None:
        """Exchange given name and surname where straight reading fails and this contradicts less."""
        limit = CONTRADICTIONS[best >> 4 & 15, best & 15]
        limit[best == ORDERED[single.G_MISSING, single.S_MISSING]] = 1
        failed = np.flatnonzero(limit)
        swapped = np.full(len(best), NONE)
        for one, other, rows in ((0, 0, failed), *_read_too(a, b, failed)):
            (given_a, surname_a), (given_b, surname_b) = READINGS[one], READINGS[other]
            fields = ((surname_a, given_b), (given_a, surname_b))
            rows = rows[self._may_cross(pools, fields, (a, b), rows, half=limit[rows] > 1)]
            crossed = [
                [self._levels(pools[x], pools[y], a[x][rows], b[y][rows], as_given=as_given) for as_given in (True, False)]
                for x, y in fields
            ]
            for given, surname in ((crossed[0][0], crossed[1][1]), (crossed[1][0], crossed[0][1])):
                fewer = (CONTRADICTIONS[given, surname] < limit[rows]) & (WEAK[given, surname] == 0)
                swapped[rows] = np.where(fewer, np.minimum(swapped[rows], ORDERED[given, surname]), swapped[rows])
        taken = swapped < NONE
        best[taken] = swapped[taken]
        order[taken] = np.maximum(order[taken], single.O_SWAPPED)

    def _may_cross(
        self, pools: Pools, fields: tuple[tuple[str, str], ...], sides: tuple[Side, Side], rows: Places, *, half: Bools
    ) -> Bools:
        """Whether exchanged names may contradict less: both must be open to agree, or one where it is enough (`half`)."""
        found = ~half
        for x, y in fields:
            unclear = np.flatnonzero(found ^ half)
            a, b = sides[0][x][rows[unclear]], sides[1][y][rows[unclear]]
            found[unclear] = (a == 0) | (b == 0) | self._texts.may_agree(Pairs(pools[x], pools[y], a, b))
        return found

    def _levels(self, left: Texts, right: Texts, a: Codes, b: Codes, *, as_given: bool) -> Levels:
        """The levels of texts of one or two fields, taken as given names or as surnames."""
        different, compare = (single.G_DIFFERENT, self._texts.given) if as_given else (single.S_DIFFERENT, self._texts.surname)
        present = (a > 0) & (b > 0)
        result = np.where(present, np.uint8(different), np.uint8(different + 1))  # or missing
        if left is right:
            same = a == b
            result[present & same] = 0  # exact
            present &= ~same
            a, b = np.minimum(a, b), np.maximum(a, b)
        rows = np.flatnonzero(present)
        pairs = Pairs(left, right, a[rows], b[rows])
        open_ = np.flatnonzero(self._texts.may_agree(pairs, given=as_given, surname=not as_given))
        if len(open_):
            order, which, pairs = _distinct(pairs.at(open_))
            result[rows[open_[order]]] = compare(pairs)[which]
        return result

    def _called(self, pools: Pools, a: Side, b: Side, rows: Places) -> Places:
        """Those of some rows in which one side's given name is among the nicknames that the other states."""
        found = np.zeros(len(rows), np.bool_)
        for one, other in ((a, b), (b, a)):
            x, y = one["nicknames"][rows], other["given"][rows]
            some = np.flatnonzero((x > 0) & (y > 0))
            found[some] |= self._texts.share(Pairs(pools["nicknames"], pools["given"], x[some], y[some]))
        return rows[found]

    def _pool(self, values: Values) -> Texts:
        known = self._pools.get(id(values.pool))
        if known is None or len(known.counts) != len(values.pool):  # a pool may have grown
            with self._lock:
                if len(self._pools) >= POOLS:
                    self._pools.clear()
                known = self._pools[id(values.pool)] = self._texts.read(values.pool)
        return known

    def _parts(self, whole: Texts) -> Parts:
        known = self._parted.get(id(whole))
        if known is None or known.whole is not whole:
            with self._lock:
                if len(self._parted) >= POOLS:
                    self._parted.clear()
                known = self._parted[id(whole)] = self._texts.part(whole)
        return known


def _distinct(pairs: Pairs) -> tuple[Places, Places, Pairs]:
    """The distinct ones of some pairs: an order of all, for each in that order its place among the distinct, and these."""
    width = len(pairs.right.texts)
    codes = pairs.a.astype(np.int64) * width + pairs.b
    bits = len(codes).bit_length()
    if int(codes.max()) >> 63 - bits:
        order = np.argsort(codes, kind="stable")
        codes = codes[order]
    else:  # to sort numbers is quicker than to find their order
        codes = np.sort(codes << bits | np.arange(len(codes)))
        order = codes & (1 << bits) - 1
        codes >>= bits
    first = np.diff(codes, prepend=-1) > 0
    a, b = (found.astype(np.int32) for found in np.divmod(codes[first], width))
    return order, np.cumsum(first) - 1, Pairs(pairs.left, pairs.right, a, b)


def _rows(side: Side, rows: Places) -> Side:
    return {field: codes[rows] for field, codes in side.items()}


def _read(side: Side) -> Bools:
    """Whether a reading of the name is known."""
    found: Bools = (side["read_given"] > 0) | (side["read_surname"] > 0)
    return found


def _has_both(side: Side) -> Bools:
    """Whether a given name and a surname are known."""
    found: Bools = ((side["given"] > 0) | (side["read_given"] > 0)) & ((side["surname"] > 0) | (side["read_surname"] > 0))
    return found


def _read_too(a: Side, b: Side, rows: Places) -> Iterator[tuple[int, int, Places]]:
    """For each pair of readings, but for both as written, the rows that have both."""
    read_a, read_b = _read(a)[rows], _read(b)[rows]
    for one, other, have in ((0, 1, read_b), (1, 0, read_a), (1, 1, read_a & read_b)):
        if have.any():
            yield one, other, rows[have]
