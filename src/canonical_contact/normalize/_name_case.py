# Names in capitals or in small letters get the case that people write; what is mixed is left as it is.
from __future__ import annotations

import re
from typing import Final

from canonical_contact.normalize._name_tables import CAPITAL_FIRST, MAC, PARTICLES
from canonical_contact.normalize._text import plain

__all__ = ["is_one_case", "recase"]

_INITIALS: Final = re.compile(r"(?:\w\.)+-?(?:\w\.?)?\Z")
_ROMAN: Final = re.compile(r"[IVX]{2,4}\Z")
_IJ: Final = re.compile(r"ij(?![aeou])[a-z]")  # IJsbrand, IJzerman; Ijaz and Ijeoma are no Dutch names
_O_SURNAME: Final = re.compile(r"[oó]'\w\w")
_TURKISH: Final = re.compile("[İĞğ]|ı")
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
        key = plain(token)
        leading = not (surname or place) or place == last
        if key in PARTICLES and not leading and not (place == 0 and key in CAPITAL_FIRST) and not _is_irish(token):
            neat.append(_small(token, turkish=turkish))
        elif _ROMAN.match(token) and place:
            neat.append(token)
        else:
            neat.append("-".join([_word(part, turkish=turkish) for part in token.split("-")]))
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
