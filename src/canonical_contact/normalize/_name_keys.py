# Match keys of names, apart from the value: folded, by sound, by nickname, transliterated.
from __future__ import annotations

import re
from functools import cache
from typing import Final

from canonical_contact.model.name import Name
from canonical_contact.normalize._fold import fold
from canonical_contact.normalize._tables import load

__all__ = ["name_keys", "nickname_classes"]

_LETTERS: Final = re.compile(r"[a-z]+")
_LEADING: Final = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "di",
        "da",
        "do",
        "du",
        "dos",
        "das",
        "del",
        "della",
        "la",
        "le",
        "las",
        "los",
        "ten",
        "ter",
        "te",
        "zu",
        "zum",
        "zur",
        "vom",
        "und",
        "af",
        "av",
        "y",
        "e",
        "i",
        "al",
        "el",
        "bin",
        "ibn",
        "bint",
    ]
)


@cache
def nickname_classes() -> dict[str, tuple[str, ...]]:
    """Give the given names that a folded name or nickname may stand for; a table, so it is made once in a process."""
    found: dict[str, dict[str, None]] = {}
    for names in load("nicknames").values():
        for root, forms in names.items():
            root = root.replace("-", "")
            for form in (root, *forms):
                found.setdefault(fold(form).replace(" ", "").replace("-", ""), {})[root] = None
    return {form: tuple(sorted(roots)) for form, roots in found.items()}


def name_keys(value: Name) -> tuple[str, ...]:
    """Give the match keys of a name.

    The folded name comes first. `sound:` is the Metaphone code of the surname with the first letter of the given name; `nick:` has a key
    for each name that the given name may be short for; `latin:` is there for names in other scripts, and for their written readings.
    """
    given, surname = value.given, f"{value.surname} {value.surname2}" if value.surname2 else value.surname
    latin = given.isascii() and surname.isascii()
    first, last = fold(given), fold(surname)
    exact = f"{first} {last}".strip()
    if not exact:
        return ()
    keys = [exact]
    if not latin:
        read_first, read_last = _latin(first), _latin(last)
    else:
        read_first, read_last = first, last
    from jellyfish import metaphone

    if " " in read_last or "-" in read_last:
        words = read_last.replace("-", " ").split()
        while len(words) > 1 and words[0] in _LEADING:
            del words[0]
        joined = "".join(words)
    else:
        joined = read_last
    if not joined.isalpha():
        joined = "".join(_LETTERS.findall(joined))
    if joined:
        if code := metaphone(joined.replace("y", "i").replace("dt", "t")):  # Meyer and Maier, Schmidt and Schmitt
            keys.append(f"sound:{code}|{read_first[:1]}" if read_first[:1].isalpha() else f"sound:{code}")
    elif read_first and (code := metaphone("".join(_LETTERS.findall(read_first)))):
        keys.append(f"sound:|{code}")
    classes = nickname_classes()
    if last and first:
        roots = classes.get(first.replace(" ", "").replace("-", "")) or classes.get(first.split(" ")[0])
        if roots:
            keys += [f"nick:{root} {last}" for root in roots]
    if not latin and not _is_latin(given + surname):
        keys.append(f"latin:{f'{read_first} {read_last}'.strip()}")
    if value.phonetic_given or value.phonetic_surname:
        reading = f"{_latin(fold(value.phonetic_given))} {_latin(fold(value.phonetic_surname))}".strip()
        if reading and f"latin:{reading}" not in keys:
            keys.append(f"latin:{reading}")
    return tuple(keys)


def _is_latin(text: str) -> bool:
    return all(char < "\u0370" or "\u1e00" <= char <= "\u1eff" or not char.isalpha() for char in text)


def _latin(folded: str) -> str:
    if folded.isascii():
        return folded
    from anyascii import anyascii

    return " ".join(anyascii(folded).lower().split())
