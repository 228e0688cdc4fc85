"""Notes that ask to be left alone."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from canonical_contact.formats._fold import plain

__all__ = ["NoteScanner", "StopPhrase"]

_SCAN_CHARS = 20_000
_MEMO_ENTRIES = 8192
_SENTENCE = re.compile(r"[.!?;:,\n\r()/|]+")


class StopPhrase(NamedTuple):
    """A phrase that was found: for which channel and purpose, the words, and whether a condition hangs on it."""

    channel: str
    purpose: str
    words: str
    conditional: bool


class NoteScanner:
    """The phrases of data/phrases.toml."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._triggers = frozenset(data["triggers"])
        conditions = "|".join(data["conditions"])
        self._conditions = re.compile(f" (?:{conditions}) ")
        self._patterns = [
            (re.compile(" (?:" + "|".join(map(self._compile, group["patterns"])) + ") "), group["channel"], group["purpose"])
            for group in data["phrases"]
        ]
        self._memo: dict[str, tuple[StopPhrase, ...]] = {}

    @staticmethod
    def _compile(pattern: str) -> str:
        """Spell out "…": at most three words, so that a search stays linear."""
        return "(?:" + pattern.replace(" … ", r"(?: \w+){0,3} ").replace("(… )?", r"(?:\w+ ){0,3}") + ")"

    def scan(self, text: str) -> tuple[StopPhrase, ...]:
        """Find what a note asks for; one phrase for each channel at most.

        Args:
            text: the note; its first 20,000 characters are searched.

        Returns:
            The phrases; empty for a note that asks for nothing.
        """
        found = self._memo.get(text)
        if found is None:
            found = self._search(text[:_SCAN_CHARS])
            if len(text) <= 200 and len(self._memo) < _MEMO_ENTRIES:
                self._memo[text] = found
        return found

    def _search(self, text: str) -> tuple[StopPhrase, ...]:
        # Sentence ends become a sign that no gap of a pattern can cross.
        parts = [plain(part) for part in _SENTENCE.split(text.replace("e-mail", "email"))]
        if all(self._triggers.isdisjoint(part.split()) for part in parts):
            return ()
        folded = " " + " . ".join(part for part in parts if part) + " "
        found: list[StopPhrase] = []
        for pattern, channel, purpose in self._patterns:
            match = pattern.search(folded)
            if match is None or any(one.channel == channel for one in found):
                continue
            rest = folded[match.end() - 1 : match.end() + 40].partition(" . ")[0]
            found.append(StopPhrase(channel, purpose, match[0].strip(), bool(self._conditions.match(rest + " "))))
        return tuple(found)
