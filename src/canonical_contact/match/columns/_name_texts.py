"""Given names and surnames over columns: the answers of `Names.given` and `Names.surname` for many pairs of texts at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, product
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.columns._vocabulary import Masks, Outline, Rows, Vocabulary, may_be_one, share
from canonical_contact.match.columns.pairs import Levels
from canonical_contact.match.comparisons import names as single
from canonical_contact.match.features import PARTICLES
from canonical_contact.match.table import Bools, Codes, Places

if TYPE_CHECKING:
    from canonical_contact.match.comparisons.names import Names

__all__ = ["NameTexts", "Pairs", "Parts", "Texts"]

Compare: TypeAlias = Callable[[tuple[str, ...], tuple[str, ...]], int]
Cells: TypeAlias = NDArray[np.uint16]
WIDTH = 4  # words of a name that are looked at here; a longer name goes to the single form
_AS_GIVEN = np.array((single.G_TYPO, single.G_SOUNDS, single.G_SIMILAR, single.G_DIFFERENT), np.uint8)
_AS_SURNAME = np.array((single.S_TYPO, single.S_SOUNDS, single.S_SIMILAR, single.S_DIFFERENT), np.uint8)

_CELLS: Cells = (
    (1 << np.arange(WIDTH * WIDTH)).astype(np.uint16).reshape(WIDTH, WIDTH)
)  # a bit for each word of one beside each of another


class Texts(NamedTuple):
    """The distinct texts of a field, as numbers of words.

    `whole` is the text without gaps, `head` its first word, `words` the first of its words, `telling` those that are no particles,
    `initials` the first letters of several words. `counts` and `telling_counts` are numbers of words; `masks` has a bit for each class of
    nicknames of the first word and of the whole. `singly` are texts that the single form compares.
    """

    texts: Sequence[str]
    whole: Codes
    head: Codes
    words: Codes
    telling: Codes
    initials: Codes
    counts: NDArray[np.int32]
    telling_counts: NDArray[np.int32]
    outline: Outline
    masks: Masks
    singly: Bools


class Parts(NamedTuple):
    """The ways to part each text with gaps in two: where those of a text begin, and the texts of both parts."""

    whole: Texts
    offsets: Places
    front: Codes
    back: Codes
    texts: Texts

    def at(self, codes: Codes) -> tuple[Places, Codes, Codes]:
        """The ways to part some texts: of each the place in `codes`, the front and the back."""
        starts = self.offsets[codes]
        counts = self.offsets[codes + 1] - starts
        of = np.repeat(np.arange(len(codes)), counts)
        ways = np.arange(len(of)) + np.repeat(starts - np.cumsum(counts) + counts, counts)
        return of, self.front[ways], self.back[ways]


class Pairs(NamedTuple):
    """Pairs of texts of one or two fields, by their places."""

    left: Texts
    right: Texts
    a: Codes
    b: Codes

    def at(self, rows: Rows) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.left, self.right, self.a[rows], self.b[rows])

    def turned(self) -> Pairs:
        """The pairs the other way round."""
        return Pairs(self.right, self.left, self.b, self.a)

    def wholes(self) -> tuple[Codes, Codes]:
        """Both texts without gaps."""
        return self.left.whole[self.a], self.right.whole[self.b]

    def several(self) -> Bools:
        """Whether one has several words."""
        found: Bools = (self.left.counts[self.a] > 1) | (self.right.counts[self.b] > 1)
        return found

    def singly(self) -> Bools:
        """Whether the single form compares them."""
        return self.left.singly[self.a] | self.right.singly[self.b]

    def split(self) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        """The words of both, as the single form has them."""
        for x, y in zip(self.a.tolist(), self.b.tolist(), strict=True):
            yield tuple(self.left.texts[x].split()), tuple(self.right.texts[y].split())


class NameTexts:
    """Compares texts of names.

    Args:
        names: the single form.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._vocabulary = Vocabulary(names.nicknames, names.given_names)

    def read(self, pool: Sequence[str]) -> Texts:
        """Make the texts of a field ready for comparison by their places."""
        vocabulary = self._vocabulary
        parts = [text.split() for text in pool]
        counts = np.fromiter(map(len, parts), np.int64, len(parts))
        owners = np.repeat(np.arange(len(parts)), counts)
        codes = vocabulary.add(list(chain.from_iterable(parts)))
        words = _matrix(owners, codes, counts)
        whole, initials = words[:, 0].copy(), np.zeros(len(parts), np.int32)
        several = np.flatnonzero(counts > 1)
        longer = [parts[place] for place in several.tolist()]
        whole[several] = vocabulary.add(list(map("".join, longer)))
        initials[several] = vocabulary.add(["".join([word[0] for word in found]) for found in longer])
        tells = ~np.isin(codes, vocabulary.add(sorted(PARTICLES)))
        telling_counts = np.bincount(owners[tells], minlength=len(parts))
        strange = np.bincount(owners, ~vocabulary.plain[codes], len(parts)) > 0
        return Texts(
            pool,
            whole,
            np.ascontiguousarray(words[:, 0]),
            words,
            _matrix(owners[tells], codes[tells], telling_counts),
            initials,
            counts.astype(np.int32),
            telling_counts.astype(np.int32),
            vocabulary.outline.take(whole),
            vocabulary.masks[whole] | vocabulary.masks[words[:, 0]],
            strange | (counts > WIDTH),
        )

    def part(self, whole: Texts) -> Parts:
        """Part each text of a field at each of its gaps."""
        places, fronts, backs = {"": 0}, list[int](), list[int]()
        for text in map(whole.texts.__getitem__, np.flatnonzero(whole.counts > 1).tolist()):
            words = text.split()
            for at in range(1, len(words)):
                fronts.append(places.setdefault(" ".join(words[:at]), len(places)))
                backs.append(places.setdefault(" ".join(words[at:]), len(places)))
        offsets = np.concatenate(([0], np.cumsum(np.maximum(whole.counts, 1) - 1)))
        return Parts(whole, offsets, np.array(fronts, np.int32), np.array(backs, np.int32), self.read(list(places)))

    def given(self, pairs: Pairs) -> Levels:
        """Compare given names; none may be empty."""
        found = self._given_words(pairs.left.head[pairs.a], pairs.right.head[pairs.b])
        several = np.flatnonzero(pairs.several())
        same = found[several] == single.G_EXACT
        alike, others = several[same], several[~same]
        if len(alike):
            found[alike] = self._second_given(pairs.at(alike))
        if len(others):
            found[others] = np.minimum(found[others], self._of_several(pairs.at(others)))
        return _with_single(found, pairs, self._names.given)

    def surname(self, pairs: Pairs) -> Levels:
        """Compare surnames; none may be empty."""
        vocabulary = self._vocabulary
        whole_a, whole_b = pairs.wholes()
        found = _AS_SURNAME[vocabulary.spelling(whole_a, whole_b, single.TWO_SLIPS_SURNAME)]
        several = np.flatnonzero(pairs.several())
        if len(several):
            words_a, words_b = pairs.left.telling[pairs.a[several]], pairs.right.telling[pairs.b[several]]
            held = np.flatnonzero((found[several] > single.S_SOUNDS) & ((words_a[:, 1] > 0) | (words_b[:, 1] > 0)))
            held = held[self._holds(words_a[held], words_b[held])]
            found[several[held]] = single.S_PART
            found[several[(words_a[:, 0] > 0) & (words_a == words_b).all(axis=1)]] = single.S_EXACT
        rows = np.flatnonzero(found == single.S_DIFFERENT)
        x, y = whole_a[rows], whole_b[rows]
        begins = (np.minimum(vocabulary.lengths[x], vocabulary.lengths[y]) != 2) & vocabulary.either_begins(x, y)
        found[rows[begins]] = single.S_SIMILAR
        return _with_single(found, pairs, self._names.surname)

    def may_agree(self, pairs: Pairs, *, given: bool = True, surname: bool = True) -> Bools:
        """Whether two texts may agree as given names, as surnames or as either; false only where they are different."""
        left, right, a, b = pairs
        found = may_be_one(left.outline, right.outline, a, b)
        if given:
            found |= (left.masks[a] & right.masks[b]) > 0
        rows = np.flatnonzero(~found & pairs.several())
        some = pairs.at(rows)
        more = some.singly()
        for wanted, look in ((given, self._may_given), (surname, self._may_surname)):
            if wanted:
                unclear = np.flatnonzero(~more)
                more[unclear] = look(some.at(unclear))
        found[rows] = more
        return found

    def _may_given(self, pairs: Pairs) -> Bools:
        """Whether given names of several words may agree that are not alike as wholes."""
        left, right, a, b = pairs
        (whole_a, whole_b), head_a, head_b = pairs.wholes(), left.head[a], right.head[b]
        found: Bools = (left.initials[a] == whole_b) | (right.initials[b] == whole_a)
        for column in range(1, WIDTH):
            found |= (left.words[a, column] == head_b) | (right.words[b, column] == head_a)
        outline = self._vocabulary.outline
        for x, y in ((head_a, head_b), (whole_a, head_b), (head_a, whole_b)):
            unclear = np.flatnonzero(~found)
            found[unclear] = may_be_one(outline, outline, x[unclear], y[unclear])
        return found

    def _may_surname(self, pairs: Pairs) -> Bools:
        """Whether surnames of several words may agree that are not alike as wholes."""
        left, right, a, b = pairs
        words_a, words_b = left.telling[a], right.telling[b]
        counts_a, counts_b = left.telling_counts[a], right.telling_counts[b]
        found = share(words_a, words_b)
        uneven = np.flatnonzero(~found & (counts_a != counts_b))
        words_a, words_b, swap = words_a[uneven], words_b[uneven], (counts_a > counts_b)[uneven]
        few, more = np.where(swap, words_b[:, 0], words_a[:, 0]), np.zeros(len(uneven), np.bool_)
        outline = self._vocabulary.outline
        for column in range(WIDTH):
            word = np.where(swap, words_a[:, column], words_b[:, column])
            both = np.flatnonzero((few > 0) & (word > 0))
            more[both] |= may_be_one(outline, outline, few[both], word[both])
        found[uneven] = more
        return found

    def share(self, pairs: Pairs) -> Bools:
        """Whether two texts have a word in common."""
        left, right, a, b = pairs
        found = share(left.words[a], right.words[b])
        rows = np.flatnonzero(~found & ((left.counts[a] > WIDTH) | (right.counts[b] > WIDTH)))
        found[rows] = [not set(x).isdisjoint(y) for x, y in pairs.at(rows).split()]
        return found

    def _given_words(self, a: Codes, b: Codes) -> Levels:
        """Compare words of given names."""
        vocabulary = self._vocabulary
        found = np.full(len(a), single.G_DIFFERENT, np.uint8)
        found[a == b] = single.G_EXACT
        lengths_a, lengths_b = vocabulary.lengths[a], vocabulary.lengths[b]
        shorter = np.minimum(lengths_a, lengths_b)
        found[(shorter == 1) & (a != b) & (vocabulary.firsts[a] == vocabulary.firsts[b])] = single.G_INITIAL
        rows = np.flatnonzero((shorter > 1) & (a != b))
        a, b, shorter = a[rows], b[rows], shorter[rows]
        spelled = vocabulary.spelling(a, b, single.TWO_SLIPS_GIVEN)
        levels = _AS_GIVEN[spelled]
        near = np.flatnonzero(spelled <= single.SOUNDS)
        levels[near[vocabulary.but_for_a_last_vowel(a[near], b[near])]] = single.G_SIMILAR
        far = np.flatnonzero((spelled > single.SOUNDS) & (shorter > 2))
        levels[far[vocabulary.either_begins(a[far], b[far])]] = single.G_NICKNAME
        levels[vocabulary.one_class(a, b)] = single.G_NICKNAME
        known = near[vocabulary.known[a[near]] & vocabulary.known[b[near]]]  # few, and the single form remembers them
        pairs = zip(vocabulary.words[a[known]].tolist(), vocabulary.words[b[known]].tolist(), strict=True)
        levels[known] = [self._names.given((x,), (y,)) for x, y in pairs]
        found[rows] = levels
        return found

    def _second_given(self, pairs: Pairs) -> Levels:
        """Compare what follows the same first word."""
        a, b = pairs.left.words[pairs.a, 1:], pairs.right.words[pairs.b, 1:]
        found = np.full(len(a), single.G_EXACT, np.uint8)
        rows = np.flatnonzero((a[:, 0] > 0) & (b[:, 0] > 0) & (a[:, 0] != b[:, 0]))
        a, b = a[rows], b[rows]
        levels = self._given_words(a[:, 0], b[:, 0])
        part = (levels < single.G_SIMILAR) | (a[:, :1] == b).any(axis=1) | (b[:, :1] == a).any(axis=1)
        found[rows] = np.where(levels == single.G_INITIAL, single.G_EXACT, np.where(part, single.G_PART, single.G_SIMILAR))
        return found

    def _of_several(self, pairs: Pairs) -> Levels:
        """What several words say together."""
        vocabulary = self._vocabulary
        found = np.full(len(pairs.a), single.G_DIFFERENT, np.uint8)
        whole_a, whole_b = pairs.wholes()
        uneven = pairs.left.counts[pairs.a] != pairs.right.counts[pairs.b]
        uneven &= (vocabulary.firsts[whole_a] == vocabulary.firsts[whole_b]) & (whole_a != whole_b)
        rows = np.flatnonzero(uneven)
        found[rows] = _AS_GIVEN[vocabulary.spelling(whole_a[rows], whole_b[rows], single.TWO_SLIPS_GIVEN)]
        for way in (pairs, pairs.turned()):
            rows = np.flatnonzero(way.left.counts[way.a] > 1)
            found[rows] = np.minimum(found[rows], self._across(way.at(rows)))
        return found

    def _across(self, pairs: Pairs) -> Levels:
        """What the several words on the left say of the first, or of all, on the right."""
        vocabulary = self._vocabulary
        head, (whole, other) = pairs.right.head[pairs.b], pairs.wholes()
        found = np.full(len(head), single.G_DIFFERENT, np.uint8)
        found[pairs.left.initials[pairs.a] == other] = single.G_INITIAL
        found[vocabulary.one_class(whole, head)] = single.G_NICKNAME
        lengths = vocabulary.lengths[head]
        part = (pairs.left.words[pairs.a, 1:] == head[:, None]).any(axis=1) & (lengths > 1)
        long = np.flatnonzero(lengths > 3)
        part[long] |= vocabulary.begins(whole[long], head[long])
        found[part] = single.G_PART
        return found

    def _holds(self, a: Codes, b: Codes) -> Bools:
        """Whether each word of the surname with fewer words is in the other."""
        vocabulary = self._vocabulary
        counts_a, counts_b = np.count_nonzero(a, axis=1), np.count_nonzero(b, axis=1)
        found: Bools = np.minimum(counts_a, counts_b) > 0
        even = counts_a == counts_b
        found[even] &= share(a[even], b[even])
        rows = np.flatnonzero(found)
        swap = (counts_a > counts_b)[rows, None]
        few, many = np.where(swap, b[rows], a[rows]), np.where(swap, a[rows], b[rows])
        if not len(rows):
            return found
        same, maybe = np.zeros((2, len(few)), np.uint16)
        unclear = []
        for cell, one, other, at in _cells(few, many):
            shorter = np.minimum(vocabulary.lengths[one], vocabulary.lengths[other])
            equal = (one == other) | ((shorter == 1) & (vocabulary.firsts[one] == vocabulary.firsts[other]))
            same[at[equal]] |= cell
            near = np.flatnonzero(~equal & (shorter > 4))
            near = near[vocabulary.near(one[near], other[near])]
            maybe[at[near]] |= cell
            unclear.append((np.full(len(near), cell), at[near], one[near], other[near]))
        cells, at, one, other = map(np.concatenate, zip(*unclear, strict=True))
        long = np.logical_or.reduce([vocabulary.lengths[column] > 1 for column in few.T])
        asked = (long & _within(same | maybe, few, many, even[rows]))[at]
        cells, at, one, other = cells[asked], at[asked], one[asked], other[asked]
        sound = vocabulary.spelling(one, other, single.TWO_SLIPS_SURNAME) <= single.SOUNDS
        np.bitwise_or.at(same, at[sound], cells[sound])
        found[rows] = long & _within(same, few, many, even[rows])
        return found


def _with_single(found: Levels, pairs: Pairs, compare: Compare) -> Levels:
    """Set that texts are the same if only gaps part them, and what the single form says of those that are not looked at here."""
    whole_a, whole_b = pairs.wholes()
    found[whole_a == whole_b] = 0  # exact
    rows = np.flatnonzero(pairs.singly())
    found[rows] = [compare(x, y) for x, y in pairs.at(rows).split()]
    return found


def _within(same: Cells, few: Codes, many: Codes, even: Bools) -> Bools:
    """Whether each word of the one is the same as some of the other, and, where they are as many, the other way round."""
    found, every = np.ones((2, len(few)), np.bool_)
    for place in range(WIDTH):
        found &= (same & _CELLS[place].sum(dtype=np.uint16) > 0) | (few[:, place] == 0)
        every &= (same & _CELLS[:, place].sum(dtype=np.uint16) > 0) | (many[:, place] == 0)
    found &= ~even | every
    return found


def _cells(a: Codes, b: Codes) -> Iterator[tuple[np.uint16, Codes, Codes, Rows]]:
    """Each word beside each of the other text: the bit of the two places, the words, and in which rows both are."""
    for (x, one), (y, other) in product(enumerate(a.T), enumerate(b.T)):
        rows = np.flatnonzero((one > 0) & (other > 0))
        if len(rows):
            yield _CELLS[x, y], one[rows], other[rows], rows


def _matrix(owners: Places, codes: Codes, counts: Places) -> Codes:
    """The first words of each text, a row a text; 0 where there are fewer."""
    starts = np.cumsum(counts) - counts
    at = np.arange(len(codes)) - np.repeat(starts, counts)
    kept = at < WIDTH
    result = np.zeros((len(counts), WIDTH), np.int32)
    result[owners[kept], at[kept]] = codes[kept]
    return result
