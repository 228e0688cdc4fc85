"""When two texts are nearly equal: a slip of the finger, or alike as a whole. The column form is `columns/_near.py`."""

from __future__ import annotations

import re

from jellyfish import damerau_levenshtein_distance, jaro_winkler_similarity

__all__ = ["ALIKE", "alike", "letters_of", "numbers_of", "one_off", "slips", "typo", "words_of"]

ALIKE = 0.88 - 1e-9  # libraries round the last bits of Jaro–Winkler differently
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"[0-9]+")


def one_off(a: str, b: str) -> bool:
    """Whether one character is wrong, missing or too many, or two neighbours are swapped.

    >>> one_off("1234567", "1234576"), one_off("123456", "1234567"), one_off("12", "21x")
    (True, True, False)
    """
    return a != b and abs(len(a) - len(b)) < 2 and damerau_levenshtein_distance(a, b) == 1


def slips(length: int) -> int:
    """How many slips a text of that length may hold and still be the same: two from eight letters on."""
    return 1 if length < 8 else 2


def typo(a: str, b: str) -> bool:
    """Whether two words differ by no more than `slips`; words of three letters must begin alike, shorter ones never do.

    >>> typo("kowalski", "kovalsky"), typo("bern", "bonn"), typo("ulm", "elm")
    (True, False, False)
    """
    shorter, longer = sorted((len(a), len(b)))
    if shorter < 3 or longer - shorter > 2 or a == b or (shorter == 3 and a[0] != b[0]):
        return False
    return damerau_levenshtein_distance(a, b) <= slips(longer)


def alike(a: str, b: str) -> bool:
    """Whether two texts are similar as a whole, by Jaro–Winkler (Winkler 1990), which hangs on their order in rare cases."""
    if a > b:
        a, b = b, a
    return bool(a) and jaro_winkler_similarity(a, b) >= ALIKE


def words_of(text: str) -> list[str]:
    """The words of a text."""
    return _WORD.findall(text)


def letters_of(text: str) -> str:
    """A text without its digits."""
    return _NUMBER.sub("", text)


def numbers_of(text: str) -> list[str]:
    """The whole numbers in a text, in its order."""
    return _NUMBER.findall(text)
