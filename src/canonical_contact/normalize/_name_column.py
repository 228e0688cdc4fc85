# What the header of a column, or a raw path, says about the names in it.
from __future__ import annotations

import re
from typing import Final

from canonical_contact.normalize import _name_tables as tables
from canonical_contact.normalize._text import plain

__all__ = ["column_holds"]

_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORDS: Final = re.compile(r"[^\W_]+")
_PATHS: Final = {
    "name.given": "given",
    "name.given2": "given",
    "name.surname": "surname",
    "name.surname2": "surname",
    "name.full": "full",
    "name.sort_as": "last_first",
}
_LIMIT: Final = 60
_AND: Final = frozenset(["e", "y", "i", "a", "et", "und", "och", "og", "and"])
_GENERIC: Final = frozenset(["name", "names", "nom", "namn", "navn", "naam", "nome", "nev", "jmeno", "imie", "имя", "nume"])


def column_holds(column: str) -> str:
    """Tell whether a column holds surnames, given names, both with the surname first, or whole names; empty where it does not say.

    >>> [column_holds(it) for it in ("Nachname", "First name", "Name, Vorname", "Kunde", "name.surname", "???")]
    ['surname', 'given', 'last_first', 'full', 'surname', '']
    """
    if column in _PATHS:
        return _PATHS[column]
    text = plain(_CAMEL.sub(" ", column[:_LIMIT]))
    if text in tables.HEADERS["last_first"]:
        return "last_first"
    words = _WORDS.findall(text)
    if not words:
        return ""
    joined = "".join(words)
    found = [
        kind
        for word in (words if len(words) > 1 else [joined])
        for kind in ("given", "surname")
        if word in tables.HEADERS[kind] and not (len(words) > 1 and word in _GENERIC)
    ]
    if found == ["surname"] and (
        late := [place for place, word in enumerate(words) if word in _GENERIC & tables.HEADERS["given"]]
    ):
        if words[late[0] - 1] in tables.HEADERS["surname"] or words[late[0] - 1] in _AND:
            return "last_first"  # Cognome e nome
        return "full" if not _AND.isdisjoint(words) else "surname"
    if found:
        if "surname" in found and "given" in found:
            return "last_first" if found.index("surname") < found.index("given") else "full"
        if (
            len(words) > 1
            and words[0] in _GENERIC
            and found[0] == "given"
            and words[0] != words[-1]
            and words[1] not in {"given", "first"}
        ):
            return "last_first"  # Nom, Prénom
        return found[0]
    return "full" if any(word in tables.HEADERS["full"] for word in (*words, joined)) else ""
