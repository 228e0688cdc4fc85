"""The levels of a pair in words, as a store keeps them: `given=exact email=same`."""

from __future__ import annotations

from collections.abc import Sequence

from canonical_contact.match.comparisons import Comparison

__all__ = ["in_words", "of_words", "vector_of"]


def in_words(comparisons: Sequence[Comparison], vector: bytes) -> str:
    """Put a vector in words; what is missing is left out.

    Args:
        comparisons: those of the vector, in its order.
        vector: one level a comparison.
    """
    return " ".join(
        f"{one.name.replace(' ', '_')}={one.words[level]}"
        for one, level in zip(comparisons, vector, strict=True)
        if level != one.missing
    )


def of_words(text: str) -> dict[str, str]:
    """Read comparison → level; a text of another kind gives nothing.

    >>> of_words("given=exact email=same"), of_words("0102ff")
    ({'given': 'exact', 'email': 'same'}, {})
    """
    parts = [part.partition("=") for part in text.split()]
    return {name: level for name, sign, level in parts if sign}


def vector_of(comparisons: Sequence[Comparison], text: str) -> bytes:
    """Read a vector back; a comparison or level that there is not is missing.

    Args:
        comparisons: those of the vector, in its order.
        text: what `in_words` wrote.
    """
    told = of_words(text)
    levels = ((one, told.get(one.name.replace(" ", "_"), "")) for one in comparisons)
    return bytes(one.words.index(level) if level in one.words else max(one.missing, 0) for one, level in levels)
