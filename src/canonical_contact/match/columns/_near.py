"""When two texts are nearly equal, for many pairs of codes at once: the answers of `comparisons/_near.py`.

Most pairs differ by more than a slip and are told apart by length and by which characters they hold; RapidFuzz measures the rest. It
counts code points where jellyfish counts graphemes, so what is not printable ASCII goes through the pure form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np
from jellyfish import damerau_levenshtein_distance
from numpy.typing import NDArray
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler
from rapidfuzz.process import cpdist

from canonical_contact.match.columns._texts import points_of
from canonical_contact.match.columns.pairs import distinct
from canonical_contact.match.comparisons import _near
from canonical_contact.match.table import Bools, Codes, Values, texts_at

__all__ = ["Changed", "Memo", "Near", "Words", "answer", "fill", "of_lines", "pairwise"]

_AT_ONCE = 1 << 16  # texts
_WORDS = 6  # words of a text that are held in a row; a text with more goes through the pure form
T = TypeVar("T")
A = TypeVar("A", bound=np.generic)
Rows: TypeAlias = NDArray[np.intp]
Bulk: TypeAlias = Callable[[list[str], list[str], Rows], Bools]


class Memo(Generic[T]):
    """What was made of pools or tables, kept while the same ones come again.

    Args:
        make: makes it.
    """

    def __init__(self, make: Callable[..., T]) -> None:
        self._make = make
        self._known: tuple[tuple[Sized, ...], tuple[int, ...], T] | None = None

    def of(self, *sources: Sized) -> T:
        """Make it of these, or give what was made of them before."""
        lengths = tuple(map(len, sources))  # a pool may have grown
        known = self._known
        if known is None or known[1] != lengths or any(old is not new for old, new in zip(known[0], sources, strict=True)):
            known = self._known = sources, lengths, self._make(*sources)
        return known[2]


class Near:
    """The texts of a pool, made ready for comparison by codes.

    Args:
        pool: the distinct texts.
    """

    def __init__(self, pool: Sequence[str]) -> None:
        self.pool = pool
        points, self.lengths = points_of(pool)
        ends = np.cumsum(self.lengths, dtype=np.int64)
        filled = np.flatnonzero(self.lengths)
        starts = (ends - self.lengths)[filled]
        self.bags, self.firsts = _bags(points, self.lengths), np.zeros(len(pool), np.uint32)
        self.plain = np.ones(len(pool), np.bool_)
        if len(filled):
            self.firsts[filled] = points[starts]
            self.plain[filled] = np.logical_and.reduceat((points >= 32) & (points < 127), starts)

    def one_off(self, a: Codes, b: Codes) -> Bools:
        """As `_near.one_off`."""
        return self._within(a, b, np.abs(self.lengths[a] - self.lengths[b]) < 2, 1, _near.one_off)

    def within(self, a: Codes, b: Codes, most: int) -> Bools:
        """Whether two texts that differ do so by so many slips at most; 2 is the most."""
        fit = np.abs(self.lengths[a] - self.lengths[b]) <= most
        return self._within(a, b, fit, most, lambda x, y: damerau_levenshtein_distance(x, y) <= most)

    def typo(self, a: Codes, b: Codes) -> Bools:
        """As `_near.typo`."""
        left, right = self.lengths[a], self.lengths[b]
        shorter, longer = np.minimum(left, right), np.maximum(left, right)
        slips = np.where(longer < 8, 1, 2)
        fit = (shorter >= 3) & (longer - shorter <= slips) & ((shorter > 3) | (self.firsts[a] == self.firsts[b]))
        return self._within(a, b, fit, slips, _near.typo)

    def alike(self, a: Codes, b: Codes) -> Bools:
        """As `_near.alike`."""
        left, right = self.lengths[a], self.lengths[b]
        fit = (left > 0) & (right > 0) & (a != b)
        # a character that only one text holds, or holds more often, finds no other: so many at most do, which bounds the similarity
        most = np.minimum(
            left - np.bitwise_count(self.bags[a] & ~self.bags[b]), right - np.bitwise_count(self.bags[b] & ~self.bags[a])
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            bound = (most / left + most / right + 1) / 3
        bound = np.where(self.firsts[a] == self.firsts[b], bound + 0.4 * (1 - bound), bound)
        fit &= bound > _near.ALIKE - 1e-6
        found = self._measure(a, b, fit, _near.alike, self._alike)
        found |= (a == b) & (left > 0)
        return found

    def begins(self, a: Codes, b: Codes) -> Bools:
        """Whether the shorter of two texts begins the longer; an empty one begins none."""
        left, right = self.lengths[a], self.lengths[b]
        both = self.bags[a] & self.bags[b]
        fit = (left > 0) & (right > 0) & (self.firsts[a] == self.firsts[b])
        fit &= np.where(left < right, both == self.bags[a], both == self.bags[b])
        found = np.zeros(len(a), np.bool_)
        rows = np.flatnonzero(fit)
        pairs = zip(texts_at(self.pool, a[rows]), texts_at(self.pool, b[rows]), strict=True)
        found[rows] = [y.startswith(x) if len(x) < len(y) else x.startswith(y) for x, y in pairs]
        return found

    def _within(self, a: Codes, b: Codes, fit: Bools, slips: NDArray[np.int64] | int, pure: Callable[[str, str], bool]) -> Bools:
        # a slip takes one character at most and brings another
        fit = fit & (np.bitwise_count(self.bags[a] ^ self.bags[b]) <= 2 * slips) & (a != b)
        allowed = np.broadcast_to(np.asarray(slips), a.shape)

        def measure(left: list[str], right: list[str], rows: Rows) -> Bools:
            return cpdist(left, right, scorer=DamerauLevenshtein.distance, score_cutoff=2, workers=1) <= allowed[rows]

        return self._measure(a, b, fit, pure, measure)

    def _measure(self, a: Codes, b: Codes, fit: Bools, pure: Callable[[str, str], bool], bulk: Bulk) -> Bools:
        found, rows = np.zeros(len(a), np.bool_), np.flatnonzero(fit)
        plain = self.plain[a[rows]] & self.plain[b[rows]]
        known, others = rows[plain], rows[~plain]
        if len(known):
            found[known] = bulk(texts_at(self.pool, a[known]), texts_at(self.pool, b[known]), known)
        if len(others):
            pairs = zip(texts_at(self.pool, a[others]), texts_at(self.pool, b[others]), strict=True)
            found[others] = [pure(x, y) for x, y in pairs]
        return found

    @staticmethod
    def _alike(left: list[str], right: list[str], _rows: Rows) -> Bools:
        cutoff = _near.ALIKE - 1e-6
        return cpdist(left, right, scorer=JaroWinkler.similarity, score_cutoff=cutoff, dtype=np.float64, workers=1) >= _near.ALIKE


def _bags(points: NDArray[np.unsignedinteger[Any]], lengths: Codes) -> NDArray[np.uint64]:
    """Which characters each text holds, in 32 classes: whether one of the class, and whether two, one bit each."""
    bags, begin = np.zeros(len(lengths), np.uint64), 0
    for start in range(0, len(lengths), _AT_ONCE):
        part = lengths[start : start + _AT_ONCE]
        end = begin + int(part.sum())
        owners = np.repeat(np.arange(len(part)), part)
        counts = np.bincount(owners << 5 | (points[begin:end] & 31), minlength=len(part) << 5).reshape(len(part), 32)
        bits = np.packbits(np.concatenate((counts > 0, counts > 1), axis=1), axis=1)
        bags[start : start + _AT_ONCE] = np.ascontiguousarray(bits).view(np.uint64).ravel()
        begin = end
    return bags


class Changed:
    """The texts of a pool in another form: for each code the place of its new text, and the new texts ready for comparison.

    Args:
        texts: the new text of each code.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        values = Values.of(texts)
        self.codes, self.near = values.codes, Near(values.pool)


class Words:
    """The distinct words of each text of a pool as rows of codes.

    Args:
        pool: the distinct texts.
        split: gives the words of a text.
    """

    def __init__(self, pool: Sequence[str], split: Callable[[str], Sequence[str]] = _near.words_of) -> None:
        places: dict[str, int] = {}
        rows, counts = np.full((len(pool), _WORDS), -1, np.int32), np.zeros(len(pool), np.int32)
        for place, text in enumerate(pool):
            words = dict.fromkeys(split(text))
            counts[place] = len(words)
            for column, word in zip(range(_WORDS), words, strict=False):
                rows[place, column] = places.setdefault(word, len(places))
        self.rows, self.counts = rows, counts
        self._many = counts > _WORDS

    def beyond(self, a: Codes, b: Codes) -> Rows:
        """The rows in which a text has more words than are held."""
        return np.flatnonzero(self._many[a] | self._many[b])

    def shared(self, a: Codes, b: Codes) -> NDArray[np.int32]:
        """How many distinct words two texts share; wrong in the rows `beyond`."""
        found = np.zeros(len(a), np.int32)
        left, right = self.rows[a], self.rows[b]
        widths = [int(self.counts[codes].max(initial=0)) for codes in (a, b)]
        for x in range(min(widths[0], _WORDS)):
            for y in range(min(widths[1], _WORDS)):
                found += (left[:, x] == right[:, y]) & (left[:, x] >= 0)
        return found


def of_lines(change: Callable[[str], str], texts: Sequence[str]) -> list[str]:
    """Change many texts at once by a function that leaves the ends of lines alone and sees no further than them.

    >>> of_lines(_near.letters_of, ["12highstreet", "57", ""])
    ['highstreet', '', '']
    """
    found = change("\n".join(texts)).split("\n")
    return found if len(found) == len(texts) else [change(text) for text in texts]  # a text with more than one line


def answer(found: NDArray[A], rows: Rows, left: Codes, right: Codes, compare: Callable[[Codes, Codes], NDArray[A]]) -> None:
    """Set what is found in some rows by their codes."""
    if len(rows):
        found[rows] = compare(left[rows], right[rows])


def fill(found: NDArray[A], rows: Rows, left: Codes, right: Codes, compare: Callable[[Codes, Codes], NDArray[A]]) -> None:
    """Set what is found in some rows by their codes, comparing each distinct pair once; `compare` must be symmetric."""
    if len(rows):
        a, b, which = distinct(left[rows], right[rows])
        found[rows] = compare(a, b)[which]


def pairwise(pool: Sequence[str], compare: Callable[[str, str], int]) -> Callable[[Codes, Codes], NDArray[np.uint8]]:
    """A comparison of texts as one of codes, pair by pair: for what is left after the quick answers."""

    def compared(a: Codes, b: Codes) -> NDArray[np.uint8]:
        pairs = zip(texts_at(pool, a), texts_at(pool, b), strict=True)
        return np.fromiter((compare(x, y) for x, y in pairs), np.uint8, len(a))

    return compared
