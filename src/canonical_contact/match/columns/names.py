"""Names compared over columns: NumPy settles what is certainly equal, missing or different; what may agree goes to the single form.

What is certain is known without any distance: a slip changes at most two of the letters that a word has, so words that differ in more
are not one word with slips. Few pairs of texts are left, and the single form looks at each distinct one once; so the answers are equal by
construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.columns.pairs import Levels, texts
from canonical_contact.match.comparisons import names as single
from canonical_contact.match.features import PARTICLES
from canonical_contact.match.sounds import sound_key
from canonical_contact.match.table import WORDS, Bools, Codes, FeatureTable, Places, Values

if TYPE_CHECKING:
    from canonical_contact.match.comparisons.names import Names

__all__ = ["NameColumns"]

WIDTH = 4  # words of a name that are looked at here; a longer name always goes to the single form
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
Masks: TypeAlias = NDArray[np.uint64]
Outcomes: TypeAlias = NDArray[np.uint16]
Side: TypeAlias = dict[str, Codes]


class Shapes(NamedTuple):
    """What is known of each of some words: enough to say of most pairs that they are not one word.

    `letters` has a bit for each letter that occurs and a further one if it occurs twice, `first` is the first letter, `start` the first
    three in one number. `sound` is a number for how a word of four or five letters sounds, else 0.
    """

    letters: Masks
    length: NDArray[np.uint8]
    first: Codes
    start: NDArray[np.int64]
    sound: NDArray[np.int64]

    def take(self, places: NDArray[np.integer]) -> Shapes:
        """The shapes of some of the words."""
        return Shapes(self.letters[places], self.length[places], self.first[places], self.start[places], self.sound[places])

    def and_(self, more: Shapes) -> Shapes:
        """These words and further ones."""
        return Shapes(
            np.concatenate((self.letters, more.letters)),
            np.concatenate((self.length, more.length)),
            np.concatenate((self.first, more.first)),
            np.concatenate((self.start, more.start)),
            np.concatenate((self.sound, more.sound)),
        )


class Pool(NamedTuple):
    """The distinct texts of a field: each whole without gaps, its first word, its words as numbers, all and but for particles.

    `counts` are words, `telling_counts` those that are no particles; `classes` has a bit for each class of nicknames of the first word
    and of the whole.
    """

    whole: Shapes
    head: Shapes
    words: Codes
    telling: Codes
    counts: NDArray[np.uint8]
    telling_counts: NDArray[np.uint8]
    classes: Masks


def _shapes(words: Sequence[str], sounds: dict[str, int]) -> Shapes:
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    width = max(3, int(lengths.max(initial=0)))
    chars = np.array(words, f"U{width}").view(np.uint32).reshape(len(words), width)
    once, twice = np.zeros(len(words), np.uint64), np.zeros(len(words), np.uint64)
    for column in chars.T:
        bit = np.where(column > 0, np.uint64(1) << (column & 31).astype(np.uint64), np.uint64(0))
        twice |= once & bit
        once |= bit
    start = chars[:, :3].astype(np.int64)
    return Shapes(
        once | twice << np.uint64(32),
        np.minimum(lengths, 255).astype(np.uint8),
        chars[:, 0].astype(np.int32),
        start[:, 0] << 42 | start[:, 1] << 21 | start[:, 2],
        np.fromiter(
            (sounds.setdefault(sound_key(word), len(sounds)) if 3 < len(word) < 6 else 0 for word in words), np.int64, len(words)
        ),
    )


def _near(a: Shapes, b: Shapes) -> Bools:
    """Whether two words may be one with slips: false only where the single form finds none."""
    longer, shorter = np.maximum(a.length, b.length), np.minimum(a.length, b.length)
    slips = 1 + (longer > 5).astype(np.uint8) + (longer > 7)
    found: Bools = (np.bitwise_count(a.letters ^ b.letters) <= 2 * slips) & (longer - shorter <= slips) & (shorter > 2)
    found |= (a.sound == b.sound) & (a.sound > 0)
    return found


def _begins(a: Shapes, b: Shapes) -> Bools:
    """Whether they may be equal, or one begin with the other, which has one letter or at least three."""
    found: Bools = (a.start == b.start) | ((a.first == b.first) & (np.minimum(a.length, b.length) == 1))
    return found


def _share(a: Codes, b: Codes) -> Bools:
    """Whether two lists of words have one in common."""
    found = np.zeros(len(a), np.bool_)
    for one in a.T:
        if one.any():
            for other in b.T:
                found |= (one == other) & (one > 0)
    return found


class NameColumns:
    """The column form of `Names`, with what is remembered of the pools of a run.

    Args:
        names: the single form.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._vocabulary: dict[str, int] = {"": 0}
        self._sounds: dict[str, int] = {"": 0}
        self._shapes = _shapes([""], self._sounds)
        classes = sorted({one for found in names.nicknames.values() for one in found})
        bits = {one: 1 << (place & 63) for place, one in enumerate(classes)}
        self._classes = {word: sum({bits[one] for one in found}) for word, found in names.nicknames.items()}
        self._pools: dict[int, tuple[list[str], Pool]] = {}

    def compare(self, table: FeatureTable, left: Places, right: Places) -> list[Levels]:
        """Compare record `left[i]` with `right[i]`: the levels of `given`, `surname` and `order`."""
        values = {field: table.values[field] for field in WORDS}
        a, b = ({field: column.codes[places] for field, column in values.items()} for places in (left, right))
        best = np.full(len(left), NONE)
        for one, other, rows in _readings(a, b, np.arange(len(left))):
            best[rows] = np.minimum(best[rows], self._straight(values, (one, other), _rows(a, rows), _rows(b, rows)))
        both = _has_both(a) & _has_both(b)
        order = np.where(both, single.O_STRAIGHT, single.O_MISSING).astype(np.uint8)
        singly = self._in_one_field(values, a, b) | self._long(values, a) | self._long(values, b)
        self._exchange(values, a, b, best, order)
        given, surname = (best >> 4 & 15).astype(np.uint8), (best & 15).astype(np.uint8)
        given[(given == single.G_DIFFERENT) & self._called(values, a, b)] = single.G_NICKNAME
        found = [given, surname, order]
        silent = (given == single.G_DIFFERENT) | (surname == single.S_DIFFERENT)
        silent &= (given != single.G_EXACT) & (surname != single.S_EXACT)
        silent &= (table.han[left] & ~_read(a) & ~table.han[right]) | (table.han[right] & ~_read(b) & ~table.han[left])
        for levels, asked in zip(found, self._names.comparisons, strict=True):
            levels[silent] = asked.missing
        rows = np.flatnonzero(singly)
        if len(rows):
            names = (_words(values, _rows(side, rows)) for side in (a, b))
            hans = (table.han[places[rows]].tolist() for places in (left, right))
            answers = [self._names.of_words(x, y, han=han) for x, y, han in zip(*names, zip(*hans, strict=True), strict=True)]
            for levels, column in zip(found, np.array(answers, np.uint8).T, strict=True):
                levels[rows] = column
        return found

    def _straight(self, values: dict[str, Values], read: tuple[int, int], a: Side, b: Side) -> Outcomes:
        """Compare given name with given name and surname with surname in two readings."""
        (given_a, surname_a), (given_b, surname_b) = (READINGS[place] for place in read)
        outcomes: Outcomes = ORDERED[
            self._levels(values, (given_a, given_b), (a[given_a], b[given_b]), as_given=True),
            self._levels(values, (surname_a, surname_b), (a[surname_a], b[surname_b]), as_given=False),
        ]
        return outcomes

    def _exchange(self, values: dict[str, Values], a: Side, b: Side, best: Outcomes, order: Levels) -> None:
        """Exchange given name and surname where straight reading fails and this contradicts less."""
        against = CONTRADICTIONS[best >> 4 & 15, best & 15]
        nothing = best == ORDERED[single.G_MISSING, single.S_MISSING]
        limit = np.where(nothing, np.uint8(1), against)
        swapped = np.full(len(best), NONE)
        for one, other, rows in _readings(a, b, np.flatnonzero(limit)):
            (given_a, surname_a), (given_b, surname_b) = READINGS[one], READINGS[other]
            fields = ((surname_a, given_b), (given_a, surname_b))
            rows = rows[self._may_cross(values, fields, _rows(a, rows), _rows(b, rows), limit[rows] > 1)]
            x, y = _rows(a, rows), _rows(b, rows)
            crossed = [
                [self._levels(values, pair, (x[pair[0]], y[pair[1]]), as_given=as_given) for as_given in (True, False)]
                for pair in fields
            ]
            for given, surname in ((crossed[0][0], crossed[1][1]), (crossed[1][0], crossed[0][1])):
                fewer = (CONTRADICTIONS[given, surname] < limit[rows]) & (WEAK[given, surname] == 0)
                swapped[rows] = np.where(fewer, np.minimum(swapped[rows], ORDERED[given, surname]), swapped[rows])
        taken = swapped < NONE
        best[taken] = swapped[taken]
        order[taken] = np.maximum(order[taken], single.O_SWAPPED)

    def _may_cross(
        self, values: dict[str, Values], fields: tuple[tuple[str, str], tuple[str, str]], a: Side, b: Side, half: Bools
    ) -> Bools:
        """Whether exchanged names may contradict less: both must be open to agree, or one firmly where it is enough (`half`)."""
        firm, loose = [], []
        for x, y in fields:
            firmly, loosely = self._open(values, (x, y), a[x], b[y])
            firm.append(firmly)
            loose.append(loosely)
        found: Bools = (loose[0] & loose[1]) | (half & (firm[0] | firm[1]))
        return found

    def _open(self, values: dict[str, Values], fields: tuple[str, str], a: Codes, b: Codes) -> tuple[Bools, Bools]:
        """Whether two texts may agree as given names or as surnames: as the same name with a slip at most, and in any way."""
        left, right = (self._pool(values[field]) for field in fields)
        firm = _near(left.head.take(a), right.head.take(b)) | _near(left.whole.take(a), right.whole.take(b))
        firm |= _begins(left.whole.take(a), right.whole.take(b)) & (left.whole.length[a] == right.whole.length[b])
        firm |= left.words[a, 0] == right.words[b, 0]
        firm |= (left.telling[a, 0] == right.telling[b, 0]) & (left.telling_counts[a] == right.telling_counts[b])
        firm |= (left.whole.length[a] == 0) | (right.whole.length[b] == 0)
        rest = np.flatnonzero(~firm)
        loose = firm.copy()
        loose[rest] = self._given(left, right, a[rest], b[rest]) | self._surname(left, right, a[rest], b[rest])
        return firm, loose

    def _levels(
        self, values: dict[str, Values], fields: tuple[str, str], codes: tuple[Codes, Codes], *, as_given: bool
    ) -> Levels:
        """The levels of texts of one or two fields, taken as given names or as surnames."""
        different, maybe, compare = (
            (single.G_DIFFERENT, self._given, self._names.given)
            if as_given
            else (single.S_DIFFERENT, self._surname, self._names.surname)
        )
        (left, right), (a, b) = (values[field] for field in fields), codes
        result = np.full(len(a), different, np.uint8)
        result[(a == 0) | (b == 0)] = different + 1  # missing
        present = (a > 0) & (b > 0)
        if left.pool is right.pool:
            result[present & (a == b)] = 0  # exact
            present &= a != b
            a, b = np.minimum(a, b), np.maximum(a, b)
        rows = np.flatnonzero(present)
        rows = rows[maybe(self._pool(left), self._pool(right), a[rows], b[rows])]
        found, which = np.unique(a[rows].astype(np.int64) << 32 | b[rows], return_inverse=True)
        pairs = zip(texts(left.pool, found >> 32), texts(right.pool, found & 0xFFFFFFFF), strict=True)
        result[rows] = np.fromiter((compare(tuple(x.split()), tuple(y.split())) for x, y in pairs), np.uint8, len(found))[which]
        return result

    def _in_one_field(self, values: dict[str, Values], a: Side, b: Side) -> Bools:
        """Whether one side has the whole name in one field and the other has two."""
        found = np.zeros(len(a["given"]), np.bool_)
        for one, other in product(READINGS, READINGS):
            for (x, fields), (y, others) in (((a, one), (b, other)), ((b, other), (a, one))):
                several = np.zeros(len(found), np.bool_)
                for field in fields:
                    several |= self._pool(values[field]).counts[x[field]] > 1
                found |= several & ((x[fields[0]] == 0) | (x[fields[1]] == 0)) & (y[others[0]] > 0) & (y[others[1]] > 0)
        return found

    def _long(self, values: dict[str, Values], side: Side) -> Bools:
        """Whether nicknames or given names are more than are looked at here."""
        nicknames, given = self._pool(values["nicknames"]), self._pool(values["given"])
        found: Bools = (nicknames.counts[side["nicknames"]] > WIDTH) | (given.counts[side["given"]] > WIDTH)
        return found

    def _called(self, values: dict[str, Values], a: Side, b: Side) -> Bools:
        """Whether one side's given name is among the nicknames that the other states."""
        found = np.zeros(len(a["given"]), np.bool_)
        nicknames, given = self._pool(values["nicknames"]), self._pool(values["given"])
        for one, other in ((a, b), (b, a)):
            rows = np.flatnonzero(one["nicknames"])
            found[rows] |= _share(nicknames.words[one["nicknames"][rows]], given.words[other["given"][rows]])
        return found

    def _given(self, left: Pool, right: Pool, a: Codes, b: Codes) -> Bools:
        """Whether two texts may agree as given names."""
        head_a, head_b = left.head.take(a), right.head.take(b)
        found = _near(head_a, head_b) | _begins(head_a, head_b) | ((left.classes[a] & right.classes[b]) > 0)
        rows = np.flatnonzero(~found & ((left.counts[a] > 1) | (right.counts[b] > 1)))
        a, b, head_a, head_b = a[rows], b[rows], head_a.take(rows), head_b.take(rows)
        whole_a, whole_b = left.whole.take(a), right.whole.take(b)
        more = _begins(whole_a, head_b) | _begins(head_a, whole_b)
        same = head_a.first == head_b.first
        more |= same & (_near(whole_a, whole_b) | (whole_a.length == right.counts[b]) | (whole_b.length == left.counts[a]))
        more |= _share(left.words[a], right.words[b]) | (left.counts[a] > WIDTH) | (right.counts[b] > WIDTH)
        found[rows] = more
        return found

    def _surname(self, left: Pool, right: Pool, a: Codes, b: Codes) -> Bools:
        """Whether two texts may agree as surnames."""
        whole_a, whole_b = left.whole.take(a), right.whole.take(b)
        found = _near(whole_a, whole_b) | _begins(whole_a, whole_b)
        rows = np.flatnonzero(~found & ((left.counts[a] > 1) | (right.counts[b] > 1)))
        a, b = a[rows], b[rows]
        counts_a, counts_b = left.telling_counts[a], right.telling_counts[b]
        words_a, words_b = left.telling[a], right.telling[b]
        more = _share(words_a, words_b) | (counts_a > WIDTH) | (counts_b > WIDTH)
        # two words beside two: if one is shared, the others must agree, too
        double = np.flatnonzero(more & (counts_a == 2) & (counts_b == 2))
        pairs = [
            (words_a[double, x], words_b[double, y], words_a[double, 1 - x], words_b[double, 1 - y])
            for x in (0, 1)
            for y in (0, 1)
        ]
        more[double] = np.logical_or.reduce([(x == y) & self._one_word(p, q) for x, y, p, q in pairs])
        uneven = np.flatnonzero(~more & (counts_a != counts_b))
        swap = (counts_a > counts_b)[uneven, None]
        few, many = np.where(swap, words_b[uneven], words_a[uneven]), np.where(swap, words_a[uneven], words_b[uneven])
        for column in many.T:
            more[uneven] |= self._one_word(few[:, 0], column)
        found[rows] = more
        return found

    def _one_word(self, a: Codes, b: Codes) -> Bools:
        """Whether two words of surnames may be one, or one the initial of the other."""
        x, y = self._shapes.take(a), self._shapes.take(b)
        found: Bools = (a == b) | _near(x, y) | ((x.first == y.first) & (np.minimum(x.length, y.length) == 1))
        return found

    def _pool(self, values: Values) -> Pool:
        known = self._pools.get(id(values.pool))
        if known is None or len(known[0]) != len(values.pool):
            if len(self._pools) == POOLS:
                self._pools.clear()
            known = self._pools[id(values.pool)] = values.pool, self._make(values.pool)
        return known[1]

    def _make(self, pool: list[str]) -> Pool:
        before = len(self._vocabulary)
        parts = [text.split() for text in pool]
        counts = np.fromiter(map(len, parts), np.int64, len(parts))
        vocabulary = self._vocabulary
        codes = np.fromiter(
            (vocabulary.setdefault(word, len(vocabulary)) for words in parts for word in words), np.int32, int(counts.sum())
        )
        if len(vocabulary) > before:
            added = _shapes(list(islice(vocabulary, before, None)), self._sounds)
            self._shapes = self._shapes.and_(added)
        particles = np.array(sorted(vocabulary[word] for word in PARTICLES if word in vocabulary), np.int32)
        owners = np.repeat(np.arange(len(parts)), counts)
        tells = ~np.isin(codes, particles)
        whole = ["".join(words) for words in parts]
        words = _matrix(owners, codes, counts)
        telling_counts = np.bincount(owners[tells], minlength=len(parts))
        found = self._classes.get
        classes = np.fromiter(
            (found(words[0], 0) | found(joined, 0) if words else 0 for words, joined in zip(parts, whole, strict=True)),
            np.uint64,
            len(parts),
        )
        return Pool(
            _shapes(whole, self._sounds),
            self._shapes.take(words[:, 0]),
            words,
            _matrix(owners[tells], codes[tells], telling_counts),
            np.minimum(counts, 255).astype(np.uint8),
            np.minimum(telling_counts, 255).astype(np.uint8),
            classes,
        )


def _matrix(owners: Places, codes: Codes, counts: Places) -> Codes:
    """The first words of each text, a row a text; 0 where there are fewer."""
    starts = np.cumsum(counts) - counts
    at = np.arange(len(codes)) - np.repeat(starts, counts)
    kept = at < WIDTH
    result = np.zeros((len(counts), WIDTH), np.int32)
    result[owners[kept], at[kept]] = codes[kept]
    return result


def _words(values: dict[str, Values], side: Side) -> Iterator[tuple[tuple[str, ...], ...]]:
    """The names of a side in the form in which single ones are compared."""
    return zip(*([tuple(text.split()) for text in texts(values[field].pool, side[field])] for field in WORDS), strict=True)


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


def _readings(a: Side, b: Side, rows: Places) -> Iterator[tuple[int, int, Places]]:
    """For each pair of readings the rows that have both."""
    read_a, read_b = _read(a)[rows], _read(b)[rows]
    yield 0, 0, rows
    for one, other, have in ((0, 1, read_b), (1, 0, read_a), (1, 1, read_a & read_b)):
        if have.any():
            yield one, other, rows[have]
