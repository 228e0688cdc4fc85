# The words of dates: months and weekdays in many languages, halves of the day, zones' abbreviations, eras; and the order of a country.
from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any, Final

from canonical_contact.normalize._tables import load
from canonical_contact.normalize._text import plain

__all__ = ["Words", "bare", "tables"]

_DOTS: Final = re.compile(r"(?<=[^\s\d.,/\-])\.(?=[^\s\d.,/\-])")


def bare(text: str) -> str:
    """Fold a name and take its dots away, as they are taken from the text in which it is looked up.

    >>> bare("Sept."), bare("ม.ค."), bare("d’abril")
    ('sept', 'มค', 'abril')
    """
    name = plain(text)
    if "." in name:
        name = _DOTS.sub("", name).strip(".")
    for article in ("d'", "de "):
        name = name.removeprefix(article)
    return name


class Words:
    """The tables, read once when the first date comes that is not plain ISO 8601."""

    def __init__(self) -> None:
        data = json.loads((files(__package__) / "data" / "dates.json").read_text(encoding="utf-8"))
        own = load("dates")
        self.months: dict[str, int | dict[str, str]] = data["months"] | own["months"]
        self.days: dict[str, int | dict[str, str]] = data["days"] | own["days"]
        self.regions: dict[str, str] = data["regions"]
        self.languages: dict[str, str] = data["languages"]
        self.fillers: frozenset[str] = frozenset(map(bare, own["words"]["fillers"]))
        self.marks: dict[str, str] = _turned(own["marks"])
        self.before: dict[str, str] = _turned(own["before"])
        self.foreign: dict[str, str] = _turned(own["foreign"])
        self.eras: dict[str, tuple[int, int]] = {bare(word): (first, last) for word, (first, last) in own["eras"].items()}
        self.zones: dict[str, dict[str, str]] = own["zones"]
        self.headers: dict[str, str] = _turned(own["headers"])
        halves: dict[str, Any] = own["halves"]
        self.halves: dict[str, tuple[str, str]] = {
            bare(word): (half, language) for language, pair in halves.items() for half, words in pair.items() for word in words
        }

    def order_of(self, region: str, language: str) -> str:
        """Tell how dates are written in a country, or where a language is spoken: `dmy`, `mdy`, `ymd`; empty where that is not known."""
        found = self.regions.get(region.upper()) if region else None
        if found is None and language:
            tag, *more = re.split(r"[-_]", language)
            place = next((part.upper() for part in more if len(part) == 2), "")
            found = self.regions.get(place, "") if place else self.languages.get(tag.lower())
        return found or ""


def _turned(groups: dict[str, list[str]]) -> dict[str, str]:
    return {bare(word): name for name, words in groups.items() for word in words}


_READ: list[Words] = []  # constant once it is read


def tables() -> Words:
    """Give the tables."""
    if not _READ:
        _READ.append(Words())
    return _READ[0]
