"""Which names are spelt in which mailboxes, for many records at once: the answers of `comparisons/_mailbox.py`.

A million names have several millions of spellings, of which few are in a mailbox: they are formed as hashes of 64 bits, and no text is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.columns._product import product
from canonical_contact.match.columns._texts import points_of
from canonical_contact.match.columns.pairs import among, numbered, once
from canonical_contact.match.comparisons._mailbox import MEETING, Forms, first_forms, last_forms
from canonical_contact.match.table import Bools, Codes, FeatureTable, Lists, Places

__all__ = ["Spelt"]

Hashes = NDArray[np.uint64]

_NAMES = ("given", "surname", "read_given", "read_surname", "nicknames")
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it has an inverse
_UNBASE = np.uint64(pow(int(_BASE), -1, 1 << 64))
_AT_ONCE = 1 << 18  # readings of names


class _Hashed:
    """Texts as polynomials of their characters modulo 2**64, which can be joined without the texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        points, lengths = points_of(texts)
        filled = np.flatnonzero(lengths)
        ends = np.cumsum(lengths, dtype=np.int64)
        starts = (ends - lengths)[filled]
        powers = np.full(int(lengths.max(initial=0)) + 1, _BASE)
        powers[0] = 1
        powers = np.cumprod(powers)
        self.hashes, self.firsts, self.lasts = (np.zeros(len(texts), np.uint64) for _ in range(3))
        if len(filled):
            inside = np.arange(len(points)) - np.repeat(starts, lengths[filled])
            self.hashes[filled] = np.add.reduceat(points * powers[inside], starts)  # powers are of 64 bits, so the product is
            self.firsts[filled], self.lasts[filled] = points[starts], points[ends[filled] - 1]
        self.powers, self.rests = powers[lengths], (self.hashes - self.firsts) * _UNBASE
        self.long = lengths > 1

    def met(self, a: Codes, b: Codes) -> Hashes:
        """Two words joined, as `_mailbox.met`."""
        last, first = self.lasts[a], self.firsts[b]
        lost = last == first
        for pair in MEETING:
            lost |= (last == ord(pair[0])) & (first == ord(pair[1]))
        found: Hashes = self.hashes[a] + self.powers[a] * np.where(lost, self.rests[b], self.hashes[b])
        return found

    def with_initial(self, a: Codes, b: Codes) -> Hashes:
        """A word and the first letter of another."""
        found: Hashes = self.hashes[a] + self.powers[a] * self.firsts[b]
        return found


class _Readings(NamedTuple):
    """The names that records bear: several a name, of each the place of its given name's and its surname's forms."""

    owners: Places
    firsts: Places
    lasts: Places


class Spelt:
    """For each record which letters of mailboxes spell its names.

    Args:
        table: the records.
        letters: the letters of mailboxes; only these matter.
    """

    def __init__(self, table: FeatureTable, letters: Sequence[str]) -> None:
        values = [table.values[name] for name in _NAMES]
        self._names, examples = _distinct([column.codes for column in values])
        codes = [column.codes[examples].astype(np.int64) for column in values]
        pools = [column.pool for column in values]
        words = dict[str, int]()
        nicknames, single = _split(pools[4])
        firsts = _encoded(words, [(first_forms, pool) for pool in (pools[0], pools[2], single)])
        lasts = _encoded(words, [(last_forms, pool) for pool in (pools[1], pools[3])])
        hashed, known = _Hashed(list(words)), _Known(letters)
        number = len(examples)
        self._named = np.zeros(number, np.bool_)
        full, alone = list[Hashes](), list[Hashes]()
        for part in _parts(_readings(codes, nicknames, len(pools[0]), len(pools[2]), len(pools[1]))):
            self._named[part.owners[(firsts.words.counts[part.firsts] > 0) & (lasts.words.counts[part.lasts] > 0)]] = True
            pairs = product(firsts.words, part.firsts, lasts.words, part.lasts)
            owners = part.owners[pairs.owner]
            full += [known.of(owners, hashed.met(pairs.a, pairs.b)), known.of(owners, hashed.met(pairs.b, pairs.a))]
            whole = hashed.long[pairs.a]
            full.append(known.of(owners[whole], hashed.with_initial(pairs.a[whole], pairs.b[whole])))
            pairs = product(firsts.initials, part.firsts, lasts.words, part.lasts)
            owners = part.owners[pairs.owner]
            full += [known.of(owners, hashed.met(pairs.a, pairs.b)), known.of(owners, hashed.met(pairs.b, pairs.a))]
            for forms, places in ((firsts, part.firsts), (lasts, part.lasts)):
                one = forms.words.take(places)
                alone.append(known.of(part.owners[one.owners()], hashed.hashes[one.codes]))
        either, both = once(np.concatenate(alone)), once(np.concatenate(full))
        self._alone, self._full = _Rows(either, number), _Rows(both[~among(both, either)], number)

    def named(self, places: Places) -> Bools:
        """Whether the records have a given name and a surname."""
        return self._named[self._names[places]]

    def full(self, places: Places, letters: Codes) -> Bools:
        """Whether the letters spell the record's name with something of given name and surname."""
        return self._full.hold(self._names[places], letters)

    def alone(self, places: Places, letters: Codes) -> Bools:
        """Whether the letters are one word of the record's name."""
        return self._alone.hold(self._names[places], letters)


class _Known:
    """The letters of mailboxes by their hashes."""

    def __init__(self, letters: Sequence[str]) -> None:
        hashes = _Hashed(letters).hashes
        self._order = np.argsort(hashes)
        self._sorted = hashes[self._order]

    def of(self, owners: Places, hashes: Hashes) -> Hashes:
        """For what is found the owner and the code of the letters, as one number."""
        places = np.searchsorted(self._sorted, hashes)
        places[places == len(self._sorted)] = 0
        hits = np.flatnonzero(self._sorted[places] == hashes)
        found: Hashes = owners[hits].astype(np.uint64) << np.uint64(32) | self._order[places[hits]].astype(np.uint64)
        return found


class _Rows:
    """The codes that each owner holds, in columns."""

    def __init__(self, found: Hashes, number: int) -> None:
        owners, codes = (found >> np.uint64(32)).astype(np.int64), (found & np.uint64(0xFFFFFFFF)).astype(np.int32)
        widths = np.bincount(owners, minlength=number)
        inside = np.arange(len(owners)) - np.repeat(np.cumsum(widths) - widths, widths)
        self._widths = widths.astype(np.int16)
        self._columns = np.full((int(widths.max(initial=0)), number), -1, np.int32)
        self._columns[inside, owners] = codes

    def hold(self, owners: Codes, codes: Codes) -> Bools:
        found = np.zeros(len(owners), np.bool_)
        rows = np.flatnonzero(self._widths[owners])
        for place, column in enumerate(self._columns):
            if place:
                rows = rows[~found[rows] & (self._widths[owners[rows]] > place)]
            found[rows] = column[owners[rows]] == codes[rows]
        return found


class _Encoded(NamedTuple):
    """The forms of the names of some pools, one pool after the other, as codes of words."""

    words: Lists
    initials: Lists


def _encoded(words: dict[str, int], pools: Iterable[tuple[Callable[[tuple[str, ...]], Forms], Sequence[str]]]) -> _Encoded:
    forms = [change(tuple(text.split())) for change, pool in pools for text in pool]
    lists = []
    for texts in ([one.words for one in forms], [one.initials for one in forms]):
        offsets = np.cumsum([0, *map(len, texts)])
        codes = np.fromiter((words.setdefault(text, len(words)) for some in texts for text in some), np.int32)
        lists.append(Lists(offsets, codes, []))
    return _Encoded(*lists)


def _split(pool: Sequence[str]) -> tuple[Lists, Sequence[str]]:
    """The single words of each text, and all of them."""
    found = Lists.of([text.split() for text in pool])
    return found, found.pool


def _readings(codes: Sequence[Places], nicknames: Lists, given: int, read_given: int, surname: int) -> _Readings:
    """Names as written; as read, where there is a reading; and with each nickname."""
    every = np.arange(len(codes[0]))
    read = np.flatnonzero((codes[2] > 0) | (codes[3] > 0))
    called = nicknames.take(codes[4])
    owners = called.owners()
    return _Readings(
        np.concatenate((every, read, owners)),
        np.concatenate((codes[0], given + codes[2][read], given + read_given + called.codes)),
        np.concatenate((codes[1], surname + codes[3][read], codes[1][owners])),
    )


def _parts(readings: _Readings) -> Iterable[_Readings]:
    for start in range(0, max(len(readings.owners), 1), _AT_ONCE):
        yield _Readings(*(column[start : start + _AT_ONCE] for column in readings))


def _distinct(columns: Sequence[Codes]) -> tuple[Codes, Places]:
    """For each record the place of its combination of codes among the distinct ones, and for each of these a record that has it."""
    which, size = np.zeros(len(columns[0]), np.int64), 1
    for codes in columns:
        more = int(codes.max(initial=0)) + 1
        if size * more >= 1 << 62:
            which = np.unique(which, return_inverse=True)[1]
            size = len(which)
        which, size = which * more + codes, size * more
    found, names = numbered(which)
    examples = np.empty(len(found), np.int64)
    examples[names] = np.arange(len(names))
    return names, examples
