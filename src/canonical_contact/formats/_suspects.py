"""Columns that no mapping knows and that look like consent."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from canonical_contact.formats._fold import folded, words_of

__all__ = ["Suspect", "Suspects"]


class Suspect(NamedTuple):
    """What an unknown column seems to say: `maybe_opt_out`, `maybe_opt_in` or `maybe`, for which channel."""

    says: str
    channel: str


class Suspects:
    """The patterns of data/suspects.toml."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._harmless = self._pattern(data["harmless"])
        self._polarity = [
            (self._pattern(data[name]), says)
            for name, says in (("unclear", "maybe"), ("negative", "maybe_opt_out"), ("positive", "maybe_opt_in"))
        ]
        self._channels = [(self._pattern(patterns), channel) for channel, patterns in data["channels"].items()]

    @staticmethod
    def _pattern(patterns: list[str]) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{folded(pattern)})" for pattern in patterns))

    def look(self, header: str) -> Suspect | None:
        """Tell whether a column's name looks like consent.

        Args:
            header: the name as it stands in the file.
        """
        words = words_of(header[:200])
        says = next((says for pattern, says in self._polarity if pattern.search(words)), None)
        if says is None or self._harmless.search(words):
            return None
        return Suspect(says, next((channel for pattern, channel in self._channels if pattern.search(words)), "any"))
