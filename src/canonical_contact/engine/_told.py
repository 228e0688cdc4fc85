"""What events tell of records: their keys, one after the other in one text, where a key may itself hold spaces."""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["keys_told"]


def keys_told(text: str, known: Collection[str]) -> frozenset[str]:
    """Read which of some records a text names; where one key begins like another, the longer one is meant.

    Args:
        text: keys, with a space between every two.
        known: the keys that are looked for.

    >>> sorted(keys_told("crm:1 2 crm:3", {"crm:1", "crm:1 2", "crm:3"}))
    ['crm:1 2', 'crm:3']
    """
    names = frozenset(known)
    longest = max((name.count(" ") for name in names), default=0) + 1
    words, found, place = text.split(" "), set[str](), 0
    while place < len(words):
        ends = range(min(place + longest, len(words)), place, -1)
        end = next((end for end in ends if " ".join(words[place:end]) in names), 0)
        if end:
            found.add(" ".join(words[place:end]))
        place = end or place + 1
    return frozenset(found)
