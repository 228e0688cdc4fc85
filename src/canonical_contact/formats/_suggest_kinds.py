"""What a header says of a column that no canonical field is for: which kind of evidence it is, by words of many languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import NamedTuple

from canonical_contact.formats._fold import words_of

__all__ = ["Hint", "KindWords"]


class Hint(NamedTuple):
    """What a header says.

    Args:
        kind: a key of `[kinds]` in data/suggest.toml.
        words: the words that say it.
        whole: whether the header says nothing else.
    """

    kind: str
    words: str
    whole: bool


class KindWords:
    """The words of `[kinds]` and `[national]`.

    >>> KindWords().look("soc_sec_id"), KindWords().look("Mother's maiden name").kind, KindWords().look("Vorname")
    (Hint(kind='id', words='soc sec', whole=True), 'name', None)
    """

    def __init__(self) -> None:
        text = (resources.files("canonical_contact.formats") / "data" / "suggest.toml").read_text(encoding="utf-8")
        data = tomllib.loads(text)
        kinds: Mapping[str, list[str]] = data["kinds"]
        self._national = {words: name for name, lists in data["national"].items() for words in lists}
        self._known = {words: kind for kind, lists in kinds.items() for words in lists} | dict.fromkeys(self._national, "id")
        self._fillers = frozenset(data["fillers"])

    def look(self, header: str) -> Hint | None:
        """The longest run of words that says a kind; None where none does."""
        tokens = words_of(header).split()
        bare = [token for token in tokens if token not in self._fillers and not token.isdecimal()]
        for words in (tokens, bare):
            if kind := self._known.get(" ".join(words)):
                return Hint(kind, " ".join(words), whole=True)
        for size in range(len(tokens) - 1, 0, -1):
            for start in range(len(tokens) - size + 1):
                run = tokens[start : start + size]
                if kind := self._known.get(" ".join(run)):
                    rest = [token for token in (*tokens[:start], *tokens[start + size :]) if token in bare]
                    return Hint(kind, " ".join(run), whole=not rest)
        return None

    def national(self, hint: Hint | None) -> str:
        """What an id is called of which a person has one for life, whatever words a header has for it; empty for anything else.

        >>> kinds = KindWords()
        >>> kinds.national(kinds.look("SSN")), kinds.national(kinds.look("Last 4 SSN")), kinds.national(kinds.look("passport"))
        ('social security number', '', '')
        """
        return self._national.get(hint.words, "") if hint is not None and hint.whole else ""
