# Names in capitals or in small letters get the case that people write; what is mixed is left as it is.
from __future__ import annotations

import re
from typing import Final

from canonical_contact.normalize._fold import quick_plain
from canonical_contact.normalize._name_tables import (
    CAPITAL_FIRST,
    CREDENTIALS,
    GENERATIONS,
    GIVEN,
    MAC,
    PARTICLES,
    SURNAMES,
    TITLES,
    TITLES_ALONE,
    TITLES_INNER,
)

__all__ = ["is_one_case", "recase", "spread"]

_INITIALS: Final = re.compile(r"(?:\w\.)+-?(?:\w\.?)?\Z")
_ROMAN: Final = re.compile(r"[IVX]{2,4}\Z")
_IJ: Final = re.compile(r"ij(?![aeou])[a-z]")  # IJsbrand, IJzerman; Ijaz and Ijeoma are no Dutch names
_TURKISH: Final = re.compile("[İĞğ]|ı")
_VOWEL: Final = re.compile("[aeiouy]")
_NUMERALS: Final = frozenset({"ii", "iii", "iv", "v", "vi", "vii", "viii"})
_SHORT: Final = SURNAMES | GIVEN | TITLES | TITLES_ALONE | TITLES_INNER | GENERATIONS | PARTICLES | {"st", "mc"}
_DOTTED: Final = "i\u0307"


def is_one_case(text: str) -> bool:
    """Tell whether a text is all capitals or all small letters, and long enough to say so."""
    return (text.isupper() or text.islower()) and sum(map(str.isalpha, text)) > 1


def recase(text: str, *, surname: bool = False, language: str = "") -> str:
    """Give a name of one case the case that people write.

    >>> recase("JOHN MCDONALD"), recase("van der berg", surname=True), recase("d'angelo"), recase("JEAN-PIERRE")
    ('John McDonald', 'van der Berg', "D'Angelo", 'Jean-Pierre')
    >>> recase("AYŞE IŞIK", language="tr"), recase("IJSSELMUIDEN"), recase("ΝΙΚΟΣ")
    ('Ayşe Işık', 'IJsselmuiden', 'Νικος')
    """
    turkish = language[:2] in {"tr", "az"} or (not text.isascii() and bool(_TURKISH.search(text)))
    found = text.split(" ")
    last = len(found) - 1
    neat = []
    for place, token in enumerate(found):
        key = quick_plain(token)
        leading = not (surname or place) or place == last
        if (
            key in PARTICLES
            and _is_bare(token, key)
            and key.rstrip(".") != "st"  # St. John
            and not leading
            and not (place == 0 and key in CAPITAL_FIRST)
            and not _is_irish(token)
        ):
            neat.append(_small(token, turkish=turkish))
        elif _ROMAN.match(token) and place:
            neat.append(token)
        else:
            neat.append("-".join([_word(part, turkish=turkish) for part in token.split("-")]))
    return " ".join(neat)


def _is_bare(token: str, key: str) -> bool:
    """Văn is no van."""
    return token.isascii() or token.lower() == key or len(key) < 3


def spread(text: str, *, language: str = "") -> str:
    """Give a whole name of one case the case by which its parts are told apart: numerals, degrees and initials stay in capitals.

    >>> spread("JANE DOE MD"), spread("thurston howell iii"), spread("VAN DER MEER, VINCENT"), spread("jk rowling")
    ('Jane Doe MD', 'Thurston Howell III', 'van der Meer, Vincent', 'JK Rowling')
    """
    head, comma, rest = text.partition(",")
    if comma:
        tokens = _spread(rest, language).split(" ")
        place = len(tokens) - 1
        while place > 1 and quick_plain(tokens[place]) in PARTICLES:  # Beethoven, Ludwig van
            tokens[place] = tokens[place].lower()
            place -= 1
        return f"{_spread(head, language, surname=True)},{' '.join(tokens)}"
    return _spread(text, language)


def _spread(text: str, language: str, *, surname: bool = False) -> str:
    tokens = text.split(" ")
    neat = recase(text, surname=surname, language=language).split(" ")
    keys = [quick_plain(token).strip(",.") for token in tokens]
    if len(keys) > 2 and keys[0] in PARTICLES and keys[1] in PARTICLES and tokens[0].isascii():
        neat[0] = neat[0].lower()
    count = len(tokens)
    for place, key in enumerate(keys):
        degree = key in CREDENTIALS and count - place < 4 and (place == count - 1 or key not in PARTICLES)
        if (place > 1 and (key in _NUMERALS or degree)) or (
            1 < len(key) < 4 and key.isalpha() and key.isascii() and not _VOWEL.search(key) and key not in _SHORT
        ):
            neat[place] = tokens[place].upper()
    return " ".join(neat)


def _is_irish(token: str) -> bool:
    return token in {"Ó", "ó", "NÍ", "ní", "UÍ", "uí"}


def _small(token: str, *, turkish: bool) -> str:
    if turkish:
        token = token.replace("I", "ı").replace("İ", "i")
    return token.lower().replace(_DOTTED, "i")


def _word(token: str, *, turkish: bool) -> str:
    if _INITIALS.match(token):
        return token.upper()
    head, mark, tail = token.partition("'")
    if mark and len(head) == 1 and len(tail) > 1:
        return f"{head.upper()}'{_capital(tail, turkish=turkish)}"
    if mark and not head:  # 't Hoff
        return token.lower()
    return _capital(token, turkish=turkish)


def _capital(token: str, *, turkish: bool) -> str:
    low = _small(token, turkish=turkish)
    if low.startswith("mc") and len(low) > 3:
        return "Mc" + low[2:3].upper() + low[3:]
    if low in MAC:
        return "Mac" + low[3:4].upper() + low[4:]
    if _IJ.match(low):
        return "IJ" + low[2:]
    for place, char in enumerate(low):  # what stands before the first letter, such as a bracket, keeps its place
        if char == "?":  # where the first letter was lost
            break
        if char.isalpha():
            large = "İ" if turkish and char == "i" else char.title()
            return low[:place] + large + low[place + 1 :]
    return low
