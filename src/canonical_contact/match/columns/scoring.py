"""Counting, term frequencies and scores over columns: the answers of `match.model.scoring`, for millions of pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.columns._texts import halves, places_in
from canonical_contact.match.columns.pairs import Levels, first_of_each, numbered
from canonical_contact.match.comparisons._base import Comparison
from canonical_contact.match.model.frequencies import COMMON, PARTS, TENTHS, Term, TermFrequencies, relative, terms_for
from canonical_contact.match.model.mixture import SCALE, Model
from canonical_contact.match.table import Codes, FeatureTable, Lists, Places, Values, texts_at

__all__ = ["ColumnScorer", "Scores", "TermColumns", "distinct_vectors", "term_frequencies", "vector_counts"]

Whole = NDArray[np.int32]
Numbers = NDArray[np.float64]
_ROWS = 1 << 17  # pairs that are weighed at once: what is between stays in the cache
_PACKED = 1 << 62


def distinct_vectors(levels: Sequence[Levels], sizes: Sequence[int]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give a pair that has each distinct vector, and for each pair which vector it has.

    Args:
        levels: one array for each comparison.
        sizes: how many levels each has.
    """
    _, first, which = np.unique(_packed(levels, sizes), return_index=True, return_inverse=True)
    return first, which


def _packed(levels: Sequence[Levels], sizes: Sequence[int]) -> NDArray[np.int64]:
    """Each vector as one number."""
    packed, width = np.zeros(len(levels[0]), np.int64), 1
    for column, size in zip(levels, sizes, strict=True):
        if width * size > _PACKED:
            found, packed = np.unique(packed, return_inverse=True)
            width = max(len(found), 1)
        packed = packed * size + column
        width *= size
    return packed


def vector_counts(levels: Sequence[Levels], comparisons: Sequence[Comparison]) -> dict[bytes, float]:
    """Count the distinct vectors of some pairs, in the form that `match.model.em.fit` takes.

    Args:
        levels: one array for each comparison.
        comparisons: their comparisons.

    Returns:
        Vector → pairs. Counts of chunks may be added up.
    """
    if not levels or not len(levels[0]):
        return {}
    first, which = distinct_vectors(levels, [len(one.levels) for one in comparisons])
    vectors = np.stack([column[first] for column in levels], axis=1)
    return {vector.tobytes(): float(count) for vector, count in zip(vectors, np.bincount(which).tolist(), strict=True)}


class _Parts(NamedTuple):
    """For each owner (a code of a pool, or a record) the parts of its values, each once, and the distinct parts."""

    offsets: Places
    codes: Codes
    pool: Sequence[str]


class _Agreed(NamedTuple):
    """What records may agree on: for each owner (a code of a pool, or a record) some values, and what each value weighs."""

    offsets: Places
    values: Codes
    weights: NDArray[np.int16]


class ColumnScorer:
    """Turns columns of levels into scores; the same as `match.model.scoring.Scorer`.

    Args:
        comparisons: those of the vectors, in their order.
        model: the weights.
        frequencies: how common values are.
        table: the records.
        terms: the values of the table's terms, if they are there already.
    """

    def __init__(
        self,
        comparisons: Sequence[Comparison],
        model: Model,
        frequencies: TermFrequencies,
        table: FeatureTable,
        *,
        terms: TermColumns | None = None,
    ) -> None:
        terms = terms or TermColumns(table)
        self.comparisons, self.model = tuple(comparisons), model
        self.terms = terms_for(comparisons)
        places = {one.name: place for place, one in enumerate(comparisons)}
        self._sizes = [len(one.levels) for one in comparisons]
        self._bases = model.bases()
        self._weights = [[np.array(row, np.int32) for row in rows] for rows in model.weights(comparisons)]
        self._where: list[tuple[int, NDArray[np.bool_]]] = []
        for term in self.terms:
            words = comparisons[places[term.comparison]].words
            self._where.append((places[term.comparison], np.array([word in term.levels for word in words])))
        self._owners = [_owners(table, term.field) for term in self.terms]
        self._agreed = [terms.weighed(term, frequencies) for term in self.terms]
        self._corrections = [np.array(row, np.int32) for row in model.corrections(comparisons)]
        self._shares = [round(SCALE / TENTHS * model.correction.terms.get(term.name, 0.0)) for term in self.terms]
        self._factors = [[SCALE // TENTHS * (kind in term.chance) for term in self.terms] for kind in model.kinds]

    def chances(self, levels: Sequence[Levels], left: Places, right: Places) -> list[NDArray[np.int16]]:
        """How common the agreed values are, in tenths of a logarithm: one array for each of `terms`."""
        found = []
        for (place, wanted), owners, agreed in zip(self._where, self._owners, self._agreed, strict=True):
            chance = np.zeros(len(left), np.int16)
            rows = np.flatnonzero(wanted[levels[place]])
            a, b = left[rows], right[rows]
            chance[rows] = _rarest(agreed, a if owners is None else owners[a], b if owners is None else owners[b])
            found.append(chance)
        return found

    def scores(self, levels: Sequence[Levels], left: Places, right: Places) -> Scores:
        """Weigh pairs.

        Args:
            levels: one array for each comparison.
            left: places of records.
            right: places of the others.

        Returns:
            Calibrated odds and probabilities.
        """
        logits = calibrated(self.model, self.stated(levels, left, right))
        return Scores(logits, np.where(logits > -700.0, np.round(1.0 / (1.0 + np.exp(-np.maximum(logits, -700.0))), 6), 0.0))

    def stated(self, levels: Sequence[Levels], left: Places, right: Places) -> Numbers:
        """The natural-log odds before calibration, to three digits."""
        found = np.zeros(len(left), np.float64)
        if not len(left):
            return found
        for start in range(0, len(left), _ROWS):
            rows = slice(start, start + _ROWS)
            found[rows] = self._stated([column[rows] for column in levels], left[rows], right[rows])
        return found

    def _stated(self, levels: Sequence[Levels], left: Places, right: Places) -> Numbers:
        found, which = numbered(_packed(levels, self._sizes))
        first = np.empty(len(found), np.int64)
        first[which] = np.arange(len(which))  # any pair that has the vector
        vectors = [column[first] for column in levels]
        chances = self.chances(levels, left, right)

        def summed(base: int, rows: Sequence[Whole], factors: Sequence[int]) -> Whole:
            total = np.full(len(first), base, np.int32)
            for row, column in zip(rows, vectors, strict=True):
                total += row[column]
            spread: Whole = total[which]
            for chance, factor in zip(chances, factors, strict=True):
                if factor:
                    spread += np.int32(factor) * chance
            return spread

        raw = [summed(*each) for each in zip(self._bases, self._weights, self._factors, strict=True)]
        mine, others = [raw[kind] for kind in self.model.persons], [raw[kind] for kind in self.model.others]
        corrected = summed(0, self._corrections, self._shares)
        return _thousandths(self.model.correction.scale * (_log_sum(mine) - _log_sum(others)) + corrected / SCALE)


class Scores(NamedTuple):
    """Calibrated natural-log odds and probabilities of pairs."""

    logits: Numbers
    probabilities: Numbers


def calibrated(model: Model, stated: Numbers) -> Numbers:
    """Give the logits that come true where the model states others."""
    x, y, slope = (np.array(column) for column in zip(*model.calibration.pieces, strict=True))
    piece = np.searchsorted([knot for knot, _ in model.calibration.knots], stated, side="right")
    return _thousandths(y[piece] + slope[piece] * (stated - x[piece]))


def term_frequencies(
    table: FeatureTable, comparisons: Sequence[Comparison], *, terms: TermColumns | None = None
) -> TermFrequencies:
    """Count the values that the terms of these comparisons ask for; see `match.model.frequencies.term_frequencies`."""
    terms = terms or TermColumns(table)
    tables, rares = dict[str, dict[str, int]](), dict[str, int]()
    for field, part in dict.fromkeys((term.field, term.part) for term in terms_for(comparisons)):
        owners = _owners(table, field)
        offsets, codes, values = terms.parts(field, part)
        records = np.arange(len(table)) if owners is None else owners
        held = np.zeros(len(values), np.int64)
        for _, own in _entries(offsets, codes, records):
            held += np.bincount(own, minlength=len(values))
        common = np.flatnonzero(held > COMMON)
        tables[f"{field}/{part}"], rares[f"{field}/{part}"] = relative(
            dict(zip(texts_at(values, common), held[common].tolist(), strict=True)),
            int(held.sum()),
            int((held * held).sum()),
        )
    return TermFrequencies(tables, rares)


class TermColumns:
    """The values of a table's terms, each made once.

    Args:
        table: the records.
    """

    def __init__(self, table: FeatureTable) -> None:
        self._table = table
        self._made: dict[tuple[str, str], _Parts] = {}
        self._weighed: dict[str, tuple[TermFrequencies, _Agreed]] = {}

    def parts(self, field: str, part: str) -> _Parts:
        """For each owner the parts of its values, each once, as codes."""
        if (field, part) not in self._made:
            self._made[field, part] = _parts(self._table, field, part)
        return self._made[field, part]

    def weighed(self, term: Term, frequencies: TermFrequencies) -> _Agreed:
        """For each owner the values that another may agree on, and what these weigh."""
        known = self._weighed.get(term.name)
        if known is None or known[0] is not frequencies:
            known = self._weighed[term.name] = frequencies, _agreed(self.parts(term.field, term.part), term, frequencies)
        return known[1]


def _owners(table: FeatureTable, field: str) -> Codes | None:
    """For each record the code of its value; None where records own their values themselves."""
    if field in table.lists:
        return None
    column = table.extensions.get(field[2:]) if field.startswith("x.") else table.values[field]
    return column.codes if column is not None else np.zeros(len(table), np.int32)


def _parts(table: FeatureTable, field: str, part: str) -> _Parts:
    """For each owner the parts of its values, each once, as codes."""
    if field in table.lists:
        column = table.lists[field]
        if part == "whole":
            return _Parts(column.offsets, column.codes, column.pool)
        made = (
            halves(column.pool)[0]
            if part == "local part"
            else Values.of(next(iter(PARTS[part](text)), "") for text in column.pool)
        )
        owners, codes = column.owners(), made.codes[column.codes]
        # one part may come from several values of a record, and counts once
        once = first_of_each(owners, codes) & (codes > 0)
        counts = np.bincount(owners[once], minlength=len(table))
        return _Parts(np.concatenate(([0], np.cumsum(counts))).astype(np.int64), codes[once], made.pool)
    values = table.extensions.get(field[2:]) if field.startswith("x.") else table.values[field]
    pool = values.pool if values is not None else [""]
    if part == "whole":
        return _Parts(np.maximum(np.arange(-1, len(pool)), 0), np.arange(1, len(pool), dtype=np.int32), pool)
    lists = Lists.of(map(PARTS[part], pool))
    return _Parts(lists.offsets, lists.codes, lists.pool)


def _agreed(parts: _Parts, term: Term, frequencies: TermFrequencies) -> _Agreed:
    common, rare = frequencies.tables.get(term.name, {}), frequencies.rare.get(term.name, 0)
    weights = np.full(len(parts.pool), rare, np.int16)
    if common:
        places = places_in(parts.pool, list(common))
        seen = np.flatnonzero(places >= 0)
        weights[seen] = np.array(list(common.values()), np.int16)[places[seen]]
    return _Agreed(parts.offsets, parts.codes, weights)


def _entries(offsets: Places, values: Codes, owners: NDArray[np.integer]) -> Iterator[tuple[NDArray[np.intp], Codes]]:
    """The first values of some owners, then their second ones, and so on: which of the owners have one, and the values."""
    start, stop = offsets[owners], offsets[owners.astype(np.int64) + 1]
    which = np.flatnonzero(stop > start)
    step = 0
    while len(which):
        yield which, values[start[which] + step]
        step += 1
        which = which[stop[which] > start[which] + step]


def _rarest(agreed: _Agreed, left: NDArray[np.integer], right: NDArray[np.integer]) -> NDArray[np.int16]:
    """What the rarest value weighs that the owners of each pair have in common; 0 for none."""
    none = np.int16(np.iinfo(np.int16).max)
    found = np.full(len(left), none, np.int16)
    for rows, mine in _entries(agreed.offsets, agreed.values, left):
        for among, theirs in _entries(agreed.offsets, agreed.values, right[rows]):
            same = np.flatnonzero(mine[among] == theirs)
            at = rows[among[same]]
            found[at] = np.minimum(found[at], agreed.weights[theirs[same]])
    found[found == none] = 0
    return found


def _thousandths(values: Numbers) -> Numbers:
    rounded: Numbers = np.floor(values * 1000.0 + 0.5) / 1000.0
    return rounded


def _log_sum(raw: Sequence[Whole]) -> Numbers:
    top = raw[0]
    for each in raw[1:]:
        top = np.maximum(top, each)
    total = np.zeros(len(top), np.float64)
    for each in raw:
        total += np.exp((each - top) / SCALE)
    result: Numbers = top / SCALE + np.log(total)
    return result
