# What a source writes beside an endpoint: which context, which features, which is preferred.
from __future__ import annotations

from typing import Final, NamedTuple

from canonical_contact.normalize._text import clean, plain

__all__ = ["Label", "read_label"]


class Label(NamedTuple):
    """A label taken apart."""

    contexts: tuple[str, ...]
    features: tuple[str, ...]
    text: str
    pref: int


_CONTEXTS: Final = {
    "home": "private", "private": "private", "privat": "private", "personal": "private", "domicile": "private", "casa": "private",
    "work": "work", "business": "work", "office": "work", "company": "work", "arbeit": "work", "dienstlich": "work", "geschaftlich": "work",
    "travail": "work", "trabajo": "work", "lavoro": "work",
}  # fmt: skip
_FEATURES: Final = {
    "mobile": "mobile", "cell": "mobile", "mobil": "mobile", "handy": "mobile", "iphone": "mobile", "movil": "mobile", "portable": "mobile",
    "voice": "voice", "text": "text", "sms": "text", "whatsapp": "text", "fax": "fax", "telefax": "fax", "pager": "pager", "video": "video",
}  # fmt: skip
_SILENT: Final = frozenset({"internet", "smtp", "x-internet", "other", "msg", "intl", "dom", "parcel", "postal", "homepage", ""})
_FIRST: Final = frozenset({"pref", "*", "primary", "preferred"})


def read_label(text: str, pref: str = "") -> Label:
    """Sort the words of a label.

    >>> read_label("* Work,Fax"), read_label("Ferienhaus", "2")
    (Label(contexts=('work',), features=('fax',), text='', pref=1), Label(contexts=(), features=(), text='Ferienhaus', pref=2))
    """
    contexts: dict[str, None] = {}
    features: dict[str, None] = {}
    rest: list[str] = []
    place = (
        int(pref)
        if pref.isascii() and pref.isdecimal() and 0 < len(pref) < 4
        else 1
        if plain(pref) in {"true", "yes", "x", "pref"}
        else 0
    )
    for part in clean(text).replace(";", ",").split(","):
        word = part.strip()
        if word.startswith("* "):
            word, place = word[2:].strip(), place or 1
        key = plain(word)
        if key in _FIRST:
            place = place or 1
            continue
        known = False
        for token in key.replace("_", " ").split():
            if token in _CONTEXTS:
                contexts[_CONTEXTS[token]] = None
                known = True
            elif token in _FEATURES:
                features[_FEATURES[token]] = None
                known = True
        if not known and key not in _SILENT:
            rest.append(word)
    return Label(tuple(contexts), tuple(features), ", ".join(rest), min(place, 100))
