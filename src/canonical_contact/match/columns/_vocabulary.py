"""Words of names as numbers, and how two of them are spelled: the answers of `Names` for many pairs of words at once.

Most pairs are told apart by length and by which letters they hold; RapidFuzz counts the slips of the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from threading import Lock
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import cpdist

from canonical_contact.match.columns._near import Near
from canonical_contact.match.columns.pairs import Levels
from canonical_contact.match.comparisons import names as single
from canonical_contact.match.sounds import sound_key
from canonical_contact.match.table import Bools, Codes

__all__ = ["Masks", "Outline", "Rows", "Vocabulary", "may_be_one", "share"]

Masks: TypeAlias = NDArray[np.uint64]
Rows: TypeAlias = NDArray[np.intp]
# Letters each of which stands for itself: RapidFuzz counts code points where the single form counts what is read as one character.
_PLAIN = re.compile(r"[!-~ß-öø-žΆ-ώЀ-ҁҊ-ԯԱ-Ֆա-ևא-תء-يა-ჰぁ-ゖァ-ヺー㐀-䶿一-鿿가-힣]*")
_UNHEARD, _LONG = -1, 1  # numbers of sounds; the bit says that the key has more than two letters


class Outline(NamedTuple):
    """What is known of each of some words: enough to say of most pairs that they are not one.

    `bags` say which letters occur, `firsts` are the first letters, `limits` how far the bags of words of this length may differ.
    """

    bags: Masks
    firsts: Codes
    limits: NDArray[np.uint8]

    def take(self, places: Codes) -> Outline:
        """The outlines of some of the words."""
        return Outline(self.bags.take(places), self.firsts.take(places), self.limits.take(places))


class Vocabulary:
    """The words of a run; 0 is no word.

    Words are only added, so that numbers stay good while another thread adds.

    Args:
        nicknames: word → the classes of names that it may stand for.
        given_names: words that are known as given names.
    """

    def __init__(self, nicknames: Mapping[str, frozenset[str]], given_names: AbstractSet[str]) -> None:
        numbers = {one: place + 1 for place, one in enumerate(sorted({one for found in nicknames.values() for one in found}))}
        self._rows = {word: place + 1 for place, word in enumerate(nicknames)}
        self._classes = np.zeros((len(nicknames) + 1, max(map(len, nicknames.values()), default=1)), np.int32)
        for word, row in self._rows.items():
            self._classes[row, : len(nicknames[word])] = [numbers[one] for one in nicknames[word]]
        bits = np.where(self._classes > 0, np.uint64(1) << (self._classes & 63).astype(np.uint64), np.uint64(0))
        self._masks: Masks = np.bitwise_or.reduce(bits, axis=1, initial=np.uint64(0))
        self._given_names = given_names
        self._places: dict[str, int] = {}
        self._sounds: dict[str, int] = {}
        self._lock = Lock()
        self.words = np.zeros(0, object)
        self.bags, self.masks = np.zeros(0, np.uint64), np.zeros(0, np.uint64)
        self.lengths, self.firsts, self.class_rows, self.sounds = (np.zeros(0, np.int32) for _ in range(4))
        self.plain, self.known = np.zeros((2, 0), np.bool_)
        self.outline = Outline(self.bags, self.firsts, np.zeros(0, np.uint8))
        self.add([""])

    def add(self, words: Sequence[str]) -> Codes:
        """Number words."""
        with self._lock:
            before, places = len(self._places), self._places
            for word in dict.fromkeys(words):
                places.setdefault(word, len(places))
            if len(places) > before:
                self._describe(list(islice(places, before, None)))
        return np.fromiter(map(places.__getitem__, words), np.int32, len(words))

    def _describe(self, words: list[str]) -> None:
        near = Near(words)
        rows = np.fromiter((self._rows.get(word, 0) for word in words), np.int32, len(words))
        texts = np.empty(len(words), object)
        texts[:] = words
        plain = near.plain.copy()
        plain[[place for place in np.flatnonzero(~plain).tolist() if _PLAIN.fullmatch(words[place])]] = True
        self.words, self.plain = np.concatenate((self.words, texts)), np.concatenate((self.plain, plain))
        known = np.fromiter(map(self._given_names.__contains__, words), np.bool_, len(words))
        self.known = np.concatenate((self.known, known))
        self.bags, self.masks = np.concatenate((self.bags, near.bags)), np.concatenate((self.masks, self._masks[rows]))
        self.lengths = np.concatenate((self.lengths, near.lengths))
        self.firsts = np.concatenate((self.firsts, near.firsts.astype(np.int32)))
        self.class_rows = np.concatenate((self.class_rows, rows))
        self.sounds = np.concatenate((self.sounds, np.full(len(words), _UNHEARD, np.int32)))
        self.outline = Outline(self.bags, self.firsts, np.where(self.lengths > 7, 6, 4).astype(np.uint8))

    def near(self, a: Codes, b: Codes) -> Bools:
        """Whether two different words may be one with slips; false only where they are not."""
        left, right = self.lengths.take(a), self.lengths.take(b)
        shorter = np.minimum(left, right)
        most = 2 + (np.maximum(left, right) > 7).astype(np.int32)
        found: Bools = np.bitwise_count(self.bags.take(a) ^ self.bags.take(b)) <= 2 * most
        found &= (np.abs(left - right) <= most) & (shorter > 2)
        return found

    def may_begin(self, a: Codes, b: Codes) -> Bools:
        """Whether one of two words may begin the other; false only where it does not."""
        left, right = self.bags.take(a), self.bags.take(b)
        both = left & right
        found: Bools = ((both == left) | (both == right)) & (self.firsts.take(a) == self.firsts.take(b))
        return found

    def begins(self, a: Codes, b: Codes) -> Bools:
        """Whether the first of two words begins with the second."""
        found = (self.lengths.take(a) >= self.lengths.take(b)) & self.may_begin(a, b)
        rows = np.flatnonzero(found)
        pairs = zip(self.words.take(a[rows]).tolist(), self.words.take(b[rows]).tolist(), strict=True)
        found[rows] = [x.startswith(y) for x, y in pairs]
        return found

    def either_begins(self, a: Codes, b: Codes) -> Bools:
        """Whether one of two words begins with the other."""
        swap = self.lengths.take(a) < self.lengths.take(b)
        return self.begins(np.where(swap, b, a), np.where(swap, a, b))

    def one_class(self, a: Codes, b: Codes) -> Bools:
        """Whether two words may stand for one name."""
        found: Bools = (self.masks.take(a) & self.masks.take(b)) > 0
        rows = np.flatnonzero(found)
        left, right = (self._classes[self.class_rows[codes[rows]]] for codes in (a, b))
        found[rows] = share(left, right)
        return found

    def but_for_a_last_vowel(self, a: Codes, b: Codes) -> Bools:
        """Whether two words differ only by which vowel is the last letter."""
        found: Bools = self.lengths.take(a) == self.lengths.take(b)
        rows = np.flatnonzero(found)
        pairs = zip(self.words.take(a[rows]).tolist(), self.words.take(b[rows]).tolist(), strict=True)
        vowels = single.VOWELS
        found[rows] = [x[-1] in vowels and y[-1] in vowels and x[:-1] == y[:-1] for x, y in pairs]
        return found

    def spelling(self, a: Codes, b: Codes, two_slips: int) -> Levels:
        """How the spellings of two different plain words relate, as the single form has it."""
        found = np.full(len(a), single.OTHER, np.uint8)
        rows = np.flatnonzero(self.near(a, b))
        if not len(rows):
            return found
        rows, slips = self._slips(a, b, rows)
        a, b = a[rows], b[rows]
        left, right = self.lengths[a], self.lengths[b]
        shorter, longer = np.minimum(left, right), np.maximum(left, right)
        same_first = self.firsts[a] == self.firsts[b]
        levels = np.full(len(rows), single.OTHER, np.uint8)
        levels[(longer > 5) & ((slips == 2) | same_first)] = single.SIMILAR
        levels[(slips == 1) | ((slips == 2) & same_first & (longer >= two_slips))] = single.TYPO
        levels[(shorter == 3) & ~same_first] = single.OTHER
        levels[self._alike(a, b, slips, np.flatnonzero(shorter > 3))] = single.SOUNDS
        found[rows] = levels
        return found

    def _slips(self, a: Codes, b: Codes, rows: Rows) -> tuple[Rows, NDArray[np.uint8]]:
        """Which of some pairs are few slips apart, and how many."""
        pairs = (self.words.take(codes[rows]).tolist() for codes in (a, b))
        slips = cpdist(*pairs, scorer=DamerauLevenshtein.distance, score_cutoff=3, dtype=np.uint8, workers=1)
        longer = np.maximum(self.lengths[a[rows]], self.lengths[b[rows]])
        few = slips <= 2 + (longer > 7)
        return rows[few], slips[few]

    def _alike(self, a: Codes, b: Codes, slips: NDArray[np.uint8], rows: Rows) -> Rows:
        """Which of some pairs sound alike."""
        a, b, slips = a[rows], b[rows], slips[rows]
        with self._lock:
            self._hear(a)
            self._hear(b)
            sounds = self.sounds
        left = sounds[a]
        found: Rows = rows[(left == sounds[b]) & ((slips == 1) | (left & _LONG > 0))]
        return found

    def _hear(self, codes: Codes) -> None:
        """Number how words sound; a key is found only for words that need one, as it takes long."""
        unheard = np.unique(codes[self.sounds[codes] == _UNHEARD])
        keys = [sound_key(word) for word in self.words[unheard].tolist()]
        numbers = [self._sounds.setdefault(key, len(self._sounds)) << 1 | (len(key) > 2) for key in keys]
        self.sounds[unheard] = np.array(numbers, np.int32)


def may_be_one(left: Outline, right: Outline, a: Codes, b: Codes) -> Bools:
    """Whether two words may be one with slips, or one begin the other; false only where neither is so."""
    bags_a, bags_b = left.bags.take(a), right.bags.take(b)
    found: Bools = np.bitwise_count(bags_a ^ bags_b) <= np.maximum(left.limits.take(a), right.limits.take(b))
    both = bags_a & bags_b
    found |= ((both == bags_a) | (both == bags_b)) & (left.firsts.take(a) == right.firsts.take(b))
    return found


def share(a: Codes, b: Codes) -> Bools:
    """Whether two lists of numbers have one in common; 0 is none."""
    found = np.zeros(len(a), np.bool_)
    for place, one in enumerate(a.T):
        rows = np.flatnonzero(one) if place else slice(None)
        one, others = one[rows], b[rows]
        some = np.zeros(len(one), np.bool_)
        for other in others.T:
            some |= one == other
        found[rows] |= some & (one > 0)
    return found
