"""What a source knows beyond the canonical fields, compared by the kind of its values: ids, dates, numbers, categories, names, texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from canonical_contact.errors import InputError
from canonical_contact.match.comparisons._base import Comparison, Level
from canonical_contact.match.comparisons._dates import compare_dates, date_levels
from canonical_contact.match.comparisons._near import alike, one_off, typo, words_of
from canonical_contact.match.features import PARTICLES, Features

if TYPE_CHECKING:
    from canonical_contact.match.columns.extensions import ExtensionColumns
    from canonical_contact.match.columns.pairs import Levels
    from canonical_contact.match.table import FeatureTable, Places

__all__ = ["KINDS", "Extensions"]

I_EXACT, I_DIGIT, I_DIFFERENT, I_MISSING = range(4)
N_EXACT, N_NEAR, N_DIFFERENT, N_MISSING = range(4)
C_SAME, C_DIFFERENT, C_MISSING = range(3)
W_EXACT, W_PART, W_TYPO, W_SIMILAR, W_DIFFERENT, W_MISSING = range(6)
T_EXACT, T_PART, T_SIMILAR, T_DIFFERENT, T_MISSING = range(5)

SHORT_ID = 5  # a shorter id is one slip from too many others
_DIFFERENT = Level("different", "The values differ.")
_MISSING = Level("missing", "The value is not known in both records.")
_LEVELS: dict[str, tuple[Level, ...]] = {
    "id": (
        Level("exact", "The numbers are equal."),
        Level("digit", "One character of the numbers is wrong, missing or too many, or two neighbours changed places."),
        _DIFFERENT,
        _MISSING,
    ),
    "date": date_levels("The dates"),
    "number": (
        Level("exact", "The numbers are equal."),
        Level("near", "The numbers are near: at most 1 apart where they are whole, or at most 2 % of the larger."),
        _DIFFERENT,
        _MISSING,
    ),
    "category": (Level("same", "The values are equal."), _DIFFERENT, _MISSING),
    "name": (
        Level("exact", "The names are equal but for gaps."),
        Level("part", "The names share a word."),
        Level("typo", "The names differ by a slip: one character or two, by length."),
        Level("similar", "The names are similar as a whole."),
        _DIFFERENT,
        _MISSING,
    ),
    "text": (
        Level("exact", "The texts have the same words."),
        Level("part", "One text holds all words of the other, or they share more than half of them."),
        Level("similar", "The texts are similar as a whole."),
        _DIFFERENT,
        _MISSING,
    ),
}
KINDS = tuple(_LEVELS)


class Extensions:
    """Compares extension fields; the values come folded.

    Args:
        fields: name of a field and its kind, one of `KINDS`.

    Raises:
        InputError: a kind that does not exist.

    >>> columns = Extensions([("born_in", "name"), ("member", "id")])
    >>> left = Features("a:1", "a", extensions=(("born_in", "valladolid"), ("member", "1234567")))
    >>> right = Features("b:1", "b", extensions=(("born_in", "valadolid"), ("member", "1243567")))
    >>> [comparison.words[level] for comparison, level in zip(columns.comparisons, columns.levels(left, right))]
    ['typo', 'digit']
    """

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self.fields = tuple(fields)
        for name, kind in self.fields:
            if kind not in _LEVELS:
                raise InputError(f"{name} cannot be compared as {kind!r}", hint=f"a kind is one of {', '.join(KINDS)}")
        self.comparisons = tuple(
            Comparison(f"x.{name}", _LEVELS[kind], f"Do they have the same {name}?") for name, kind in self.fields
        )
        self._memo: dict[tuple[str, str, str], int] = {}
        self._columns: ExtensionColumns | None = None

    def levels(self, left: Features, right: Features) -> tuple[int, ...]:
        """Compare two records: one level for each of `comparisons`; symmetric."""
        a, b = dict(left.extensions), dict(right.extensions)
        return tuple(self._level(kind, a.get(name, ""), b.get(name, "")) for name, kind in self.fields)

    def _level(self, kind: str, a: str, b: str) -> int:
        asked = (kind, a, b) if a < b else (kind, b, a)
        level = self._memo.get(asked)
        if level is None:
            level = self._memo[asked] = COMPARE[kind](*asked[1:])
        return level

    def columns(self, table: FeatureTable, left: Places, right: Places) -> list[Levels]:
        """Compare record `left[i]` with `right[i]`: one array for each of `comparisons`."""
        if self._columns is None:
            from canonical_contact.match.columns.extensions import ExtensionColumns

            self._columns = ExtensionColumns(self.fields)
        return self._columns.compare(table, left, right)


def compare_ids(a: str, b: str) -> int:
    """Compare two numbers that stand for one person or thing.

    >>> [compare_ids("5860195", b) for b in ("5860195", "5860159", "586195", "2534242", "")]
    [0, 1, 1, 2, 3]
    """
    if not a or not b:
        return I_MISSING
    if a == b:
        return I_EXACT
    return I_DIGIT if min(len(a), len(b)) >= SHORT_ID and one_off(a, b) else I_DIFFERENT


_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(\.[0-9]{1,15})?")


def number_of(text: str) -> float | None:
    """Read a number of up to 15 digits, so that it is exact; None is no number."""
    return float(text) if _NUMBER.fullmatch(text) else None


def compare_numbers(a: str, b: str) -> int:
    """Compare two numbers; what is no number is equal or different.

    >>> [compare_numbers("34", b) for b in ("34.0", "35", "36", "n/a")]
    [0, 1, 2, 2]
    """
    if not a or not b:
        return N_MISSING
    if a == b:
        return N_EXACT
    x, y = number_of(a), number_of(b)
    if x is None or y is None:
        return N_DIFFERENT
    if x == y:
        return N_EXACT
    apart, whole = abs(x - y), x.is_integer() and y.is_integer()
    return N_NEAR if (whole and apart <= 1) or apart <= 0.02 * max(abs(x), abs(y)) else N_DIFFERENT


def compare_categories(a: str, b: str) -> int:
    """Compare two values out of a few."""
    return C_MISSING if not a or not b else C_SAME if a == b else C_DIFFERENT


def name_words(text: str) -> list[str]:
    """The words of a name that say something: no particles and no initials."""
    return [word for word in words_of(text) if len(word) > 1 and word not in PARTICLES]


def joined_words(text: str) -> str:
    """The words of a text without gaps."""
    return "".join(words_of(text))


def compare_names(a: str, b: str) -> int:
    """Compare two names of people or places.

    >>> [compare_names("san sebastian", b) for b in ("sansebastian", "donostia sebastian", "san sebatsian", "sansebastopol", "bilbao")]
    [0, 1, 2, 3, 4]
    """
    if not a or not b:
        return W_MISSING
    x, y = joined_words(a), joined_words(b)
    if a == b or (x == y and x):
        return W_EXACT
    if not set(name_words(a)).isdisjoint(name_words(b)):
        return W_PART
    return W_TYPO if typo(x, y) else W_SIMILAR if alike(x, y) else W_DIFFERENT


def compare_texts(a: str, b: str) -> int:
    """Compare two texts of a few words.

    >>> [compare_texts("sales manager", b) for b in ("manager, sales", "senior sales manager", "sales manger", "sales clerk", "nurse")]
    [0, 1, 2, 3, 3]
    """
    if not a or not b:
        return T_MISSING
    words_a, words_b, x, y = set(words_of(a)), set(words_of(b)), joined_words(a), joined_words(b)
    if a == b or (x == y and x) or (words_a == words_b and words_a):
        return T_EXACT
    shared, fewer, more = len(words_a & words_b), *sorted((len(words_a), len(words_b)))
    if shared and (shared == fewer or 2 * shared > more):
        return T_PART
    return T_SIMILAR if typo(x, y) or alike(x, y) else T_DIFFERENT


COMPARE: dict[str, Callable[[str, str], int]] = {
    "id": compare_ids,
    "date": compare_dates,
    "number": compare_numbers,
    "category": compare_categories,
    "name": compare_names,
    "text": compare_texts,
}
