"""Compare two names: given name and surname, each in its own field or exchanged, in any reading, in one field or in two."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from canonical_contact.match.comparisons._base import Comparison, Level, Lookups
from canonical_contact.match.features import PARTICLES, Features
from canonical_contact.match.sounds import sound_key

if TYPE_CHECKING:
    from canonical_contact.match.columns.names import NameColumns
    from canonical_contact.match.columns.pairs import Levels
    from canonical_contact.match.table import FeatureTable, Places

__all__ = ["Names"]

Words: TypeAlias = tuple[str, ...]
Reading: TypeAlias = tuple[Words, Words]  # given name, surname
Readings: TypeAlias = list[Reading]

GIVEN = Comparison(
    "given",
    (
        Level("exact", "the given names are the same"),
        Level("part", "the given names share a word, or one begins with the other"),
        Level("nickname", "one given name is a short or pet form of the other"),
        Level("typo", "the given names differ as by a slip of the hand"),
        Level("initial", "one given name is an initial of the other"),
        Level("sounds", "the given names are spelled differently and sound alike"),
        Level("similar", "the given names are alike, but so are those of two people"),
        Level("different", "the given names are different"),
        Level("missing", "one side has no given name"),
    ),
    "Is it the same given name?",
)
SURNAME = Comparison(
    "surname",
    (
        Level("exact", "the surnames are the same"),
        Level("part", "the words of one surname are all in the other"),
        Level("typo", "the surnames differ as by a slip of the hand"),
        Level("sounds", "the surnames are spelled differently and sound alike"),
        Level("similar", "the surnames are alike, or one is cut short"),
        Level("different", "the surnames are different"),
        Level("missing", "one side has no surname"),
    ),
    "Is it the same surname?",
)
ORDER = Comparison(
    "order",
    (
        Level("straight", "given name and surname are compared each with its own kind"),
        Level("swapped", "given name and surname are exchanged on one side"),
        Level("missing", "one side has no given name or no surname"),
    ),
    "Are given name and surname in their own fields?",
)
G_EXACT, G_PART, G_NICKNAME, G_TYPO, G_INITIAL, G_SOUNDS, G_SIMILAR, G_DIFFERENT, G_MISSING = range(9)
S_EXACT, S_PART, S_TYPO, S_SOUNDS, S_SIMILAR, S_DIFFERENT, S_MISSING = range(7)
O_STRAIGHT, O_SWAPPED, O_MISSING = range(3)

# How the spellings of two different words relate; each comparison has levels of its own for these.
TYPO, SOUNDS, SIMILAR, OTHER = range(4)
_AS_GIVEN = (G_TYPO, G_SOUNDS, G_SIMILAR, G_DIFFERENT)
_AS_SURNAME = (S_TYPO, S_SOUNDS, S_SIMILAR, S_DIFFERENT)

# Letters from which two slips in one word are believed. Short given names that differ in two letters are rather two names.
TWO_SLIPS_GIVEN, TWO_SLIPS_SURNAME = 8, 6
VOWELS = frozenset("aeio")
_CONSONANTS = re.compile("[^aeiou]")


class Names:
    """Compares names of one run; remembers the outcome for each distinct pair of words, and goes with the run.

    Args:
        lookups: the nicknames and the known given names of the run.

    >>> names = Names(Lookups())
    >>> left, right = Features("a:1", "a", ("jon",), ("smith",)), Features("b:2", "b", ("smyth",), ("jon",))
    >>> [asked.words[level] for asked, level in zip(names.comparisons, names.levels(left, right))]
    ['exact', 'sounds', 'swapped']
    """

    comparisons = (GIVEN, SURNAME, ORDER)

    def __init__(self, lookups: Lookups) -> None:
        import jellyfish

        self._distance = jellyfish.damerau_levenshtein_distance
        self.nicknames, self.given_names = lookups.nicknames, lookups.given_names
        self._forms: defaultdict[str, set[str]] = defaultdict(set)  # a class of names → the words that may stand for it
        for word, classes in self.nicknames.items():
            for one in classes:
                self._forms[one].add(word)
        self._keys: dict[str, str] = {}
        self._given_words: dict[tuple[str, str], int] = {}
        self._spellings: dict[tuple[str, str, int], int] = {}
        self._columns: NameColumns | None = None

    def levels(self, left: Features, right: Features) -> tuple[int, ...]:
        """Compare two records: one level for each of `comparisons`."""
        words = ((x.given, x.surname, x.read_given, x.read_surname, x.nicknames) for x in (left, right))
        return self.of_words(*words, han=(left.han, right.han))

    def columns(self, table: FeatureTable, left: Places, right: Places) -> list[Levels]:
        """Compare record `left[i]` with `right[i]`: one array for each of `comparisons`."""
        if self._columns is None:
            from canonical_contact.match.columns.names import NameColumns

            self._columns = NameColumns(self)
        return self._columns.compare(table, left, right)

    def of_words(self, left: Sequence[Words], right: Sequence[Words], *, han: tuple[bool, bool]) -> tuple[int, int, int]:
        """Compare two names.

        Args:
            left: the words of given name and surname, as written and as read, and of the nicknames.
            right: those of the other record.
            han: whether each is written in Chinese characters.

        Returns:
            The levels of `given`, `surname` and `order`.
        """
        a, b = _readings(left), _readings(right)
        order = O_STRAIGHT if _has_both(a) and _has_both(b) else O_MISSING
        best = min((self._pair(x, y) for x in a for y in b), key=preference)
        if best == (G_EXACT, S_EXACT):
            return *best, order
        if order == O_MISSING:
            best = min((best, *(pair for x in a for y in b for pair in self._in_one_field(x, y))), key=preference)
        against = contradictions(best)
        if against or best == (G_MISSING, S_MISSING):
            # the two fields of one record exchanged; which side erred is open; worth a look only where straight reading fails
            swapped = (pair for x in a for y in b for pair in (self._pair(x[::-1], y), self._pair(x, y[::-1])))
            fewer = [pair for pair in swapped if contradictions(pair) < (against or 1) and not weak_half(pair)]
            if fewer:
                best, order = min(fewer, key=preference), max(order, O_SWAPPED)
        if best[0] == G_DIFFERENT and (_called(left, right) or _called(right, left)):
            best = G_NICKNAME, best[1]
        if (
            han[0] != han[1]
            and contradictions(best)
            and best[0] != G_EXACT
            and best[1] != S_EXACT
            and len(a if han[0] else b) == 1
        ):
            return G_MISSING, S_MISSING, O_MISSING  # one name in two scripts, without a reading, says nothing
        return *best, order

    def _pair(self, a: Reading, b: Reading) -> tuple[int, int]:
        """Compare given name with given name and surname with surname."""
        return self.given(a[0], b[0]), self.surname(a[1], b[1])

    def _in_one_field(self, a: Reading, b: Reading) -> Iterator[tuple[int, int]]:
        """The comparisons if one side has the whole name in one field, for each way to part it that agrees."""
        for whole, other in ((a, b), (b, a)):
            words = whole[0] or whole[1]
            if all(other) and not all(whole):
                parts = ((words[:at], words[at:]) for at in range(1, len(words)))
                for one, rest in parts:
                    for pair in (self._pair((one, rest), other), self._pair((rest, one), other)):
                        if pair[0] < G_SIMILAR and pair[1] < S_SIMILAR:
                            yield pair

    def given(self, a: Words, b: Words) -> int:
        """Compare two given names, word by word."""
        if not a or not b:
            return G_MISSING
        if a == b:
            return G_EXACT
        joined_a, joined_b = "".join(a), "".join(b)
        if joined_a == joined_b:
            return G_EXACT
        first = self._given_word(a[0], b[0])
        if len(a) + len(b) == 2:
            return first
        if first == G_EXACT:
            return self._second_given(a[1:], b[1:])
        found = [first, *self._across(a, joined_b, b), *self._across(b, joined_a, a)]
        if len(a) != len(b) and a[0][0] == b[0][0]:
            found.append(_AS_GIVEN[self._spelling(joined_a, joined_b, TWO_SLIPS_GIVEN)])
        return min(found)

    def _across(self, a: Words, joined_b: str, b: Words) -> Iterator[int]:
        """What several words say together: `maria jose` of `mariajo`, of `jose` and of `mj`."""
        if len(a) > 1:
            joined_a, head = "".join(a), b[0]
            if (joined_a.startswith(head) and len(head) > 3) or (head in a[1:] and len(head) > 1):
                yield G_PART
            if self._one_class(joined_a, head):
                yield G_NICKNAME
            if "".join(word[0] for word in a) == joined_b:
                yield G_INITIAL

    def _second_given(self, a: Words, b: Words) -> int:
        """Compare what follows the same first word."""
        if not a or not b or a[0] == b[0]:
            return G_EXACT
        level = self._given_word(a[0], b[0])
        if level == G_INITIAL:
            return G_EXACT
        return G_PART if level < G_SIMILAR or a[0] in b or b[0] in a else G_SIMILAR

    def _given_word(self, a: str, b: str) -> int:
        if a == b:
            return G_EXACT
        pair = (a, b) if a < b else (b, a)
        level = self._given_words.get(pair)
        if level is None:
            level = self._given_words[pair] = self._compare_given(*pair)
        return level

    def _compare_given(self, a: str, b: str) -> int:
        if len(a) == 1 or len(b) == 1:
            return G_INITIAL if a[0] == b[0] else G_DIFFERENT
        if self._one_class(a, b):
            return G_NICKNAME
        if len(a) > 2 and a[:-1] == b[:-1] and a[-1] in VOWELS and b[-1] in VOWELS:
            return G_SIMILAR  # Paola and Paolo
        spelling = self._spelling(a, b, TWO_SLIPS_GIVEN)
        if spelling > SOUNDS and min(len(a), len(b)) > 2 and (a.startswith(b) or b.startswith(a)):
            return G_NICKNAME
        return G_SIMILAR if spelling <= SOUNDS and self.two_names(a, b) else _AS_GIVEN[spelling]

    def two_names(self, a: str, b: str) -> bool:
        """Whether two words are two known given names, neither a form of the other nor another spelling of it.

        Names that sound alike are two if one vowel tells them apart, as Paul and Paula; Sofia and Sophia are one.
        """
        if not (a in self.given_names and b in self.given_names) or self._related(a, b):
            return False
        return self._key(a) != self._key(b) or (_vowels(a) != _vowels(b) and self._distance(a, b) == 1)

    def _related(self, a: str, b: str) -> bool:
        """Whether two names have a short or pet form in common, as Christina and Christine have Chris."""
        forms, others = ({form for one in self.nicknames.get(name, ()) for form in self._forms[one]} for name in (a, b))
        return not forms.isdisjoint(others)

    def _one_class(self, a: str, b: str) -> bool:
        return not self.nicknames.get(a, frozenset()).isdisjoint(self.nicknames.get(b, frozenset()))

    def surname(self, a: Words, b: Words) -> int:
        """Compare two surnames, word by word and joined; particles count only where there is nothing else."""
        if not a or not b:
            return S_MISSING
        if a == b:
            return S_EXACT
        joined_a, joined_b = "".join(a), "".join(b)
        long_a, long_b = _telling(a), _telling(b)
        if joined_a == joined_b or (long_a == long_b and long_a):
            return S_EXACT
        level = _AS_SURNAME[self._spelling(joined_a, joined_b, TWO_SLIPS_SURNAME)]
        if level > S_SOUNDS and len(long_a) + len(long_b) > 2 and self._holds(long_a, long_b):
            return S_PART
        if level == S_DIFFERENT and min(len(joined_a), len(joined_b)) != 2:
            if joined_a.startswith(joined_b) or joined_b.startswith(joined_a):
                return S_SIMILAR
        return level

    def _holds(self, a: Words, b: Words) -> bool:
        """Whether each word of the shorter surname is in the longer; who shares one of two surnames is a relative rather."""
        few, many = (a, b) if len(a) < len(b) else (b, a)
        if max(map(len, few), default=0) < 2 or (len(a) == len(b) and set(a).isdisjoint(b)):
            return False
        return self._within(few, many) and (len(few) < len(many) or self._within(many, few))

    def _within(self, few: Words, many: Words) -> bool:
        return all(any(self._same_surname_word(x, y) for y in many) for x in few)

    def _same_surname_word(self, a: str, b: str) -> bool:
        if a == b or len(a) == 1 or len(b) == 1:
            return a[0] == b[0]
        return min(len(a), len(b)) > 4 and self._spelling(a, b, TWO_SLIPS_SURNAME) <= SOUNDS

    def _spelling(self, a: str, b: str, two_slips: int) -> int:
        if abs(len(a) - len(b)) > 3:
            return OTHER
        case = (a, b, two_slips) if a < b else (b, a, two_slips)
        known = self._spellings.get(case)
        if known is None:
            known = self._spellings[case] = self._compare_spelling(*case)
        return known

    def _compare_spelling(self, a: str, b: str, two_slips: int) -> int:
        shorter, longer = sorted((len(a), len(b)))
        same_first = a[0] == b[0]
        if shorter < 3 or (shorter == 3 and not same_first):
            return OTHER
        slips = self._distance(a, b)
        if slips > (3 if longer > 7 else 2):
            return OTHER
        if shorter > 3:
            key = self._key(a)
            if key == self._key(b) and (slips == 1 or len(key) > 2):
                return SOUNDS
        if slips == 1 or (slips == 2 and same_first and longer >= two_slips):
            return TYPO
        return SIMILAR if longer > 5 and (slips == 2 or same_first) else OTHER

    def _key(self, word: str) -> str:
        key = self._keys.get(word)
        if key is None:
            key = self._keys[word] = sound_key(word)
        return key


def _vowels(word: str) -> str:
    return _CONSONANTS.sub("", word.replace("y", "i"))


def _readings(name: Sequence[Words]) -> Readings:
    """The name as it is written and, where it is known, as it is read."""
    written, read = (name[0], name[1]), (name[2], name[3])
    return [written, read] if any(read) else [written]


def _has_both(name: Readings) -> bool:
    return any(given for given, _ in name) and any(surname for _, surname in name)


def _called(a: Sequence[Words], b: Sequence[Words]) -> bool:
    return any(nickname in b[0] for nickname in a[4])


def contradictions(pair: tuple[int, int]) -> int:
    """How many of given name and surname are different."""
    return (pair[0] == G_DIFFERENT) + (pair[1] == S_DIFFERENT)


def weak_half(pair: tuple[int, int]) -> bool:
    """Whether one of two exchanged names contradicts and the other agrees no better than names of strangers do by chance."""
    return contradictions(pair) > 0 and not (pair[0] in _FIRM_GIVEN or pair[1] in _FIRM_SURNAME)


def _telling(surname: Words) -> Words:
    return surname if PARTICLES.isdisjoint(surname) else tuple(word for word in surname if word not in PARTICLES)


_FIRM_GIVEN, _FIRM_SURNAME = (G_EXACT, G_TYPO, G_SOUNDS), (S_EXACT, S_TYPO, S_SOUNDS)
# Fewer contradictions first, then the stronger agreement; what is missing counts between them. A lone
# name that is one's given name or surname is a surname: that says less.
_GIVEN_RANKS = (0, 1, 2, 3, 4, 5, 6, 20, 7)
_SURNAME_RANKS = (0, 1, 2, 3, 6, 20, 8)


def preference(pair: tuple[int, int]) -> tuple[int, tuple[int, int]]:
    """The order in which outcomes are preferred, the best first."""
    return _GIVEN_RANKS[pair[0]] + _SURNAME_RANKS[pair[1]], pair
