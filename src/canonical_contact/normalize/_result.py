"""What every normaliser returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from attrs import frozen

from canonical_contact.errors import Problem

__all__ = ["Normalized"]

T = TypeVar("T")


@frozen
class Normalized(Generic[T]):
    """The outcome for one raw value: a canonical value, or the problems that say why there is none.

    Args:
        value: the canonical value; None where the text is empty or cannot be read.
        keys: match keys, apart from the value.
        confidence: 1.0 where the text says it plainly, less where it was read with a guess that the problems name.
        alternatives: other readings of an ambiguous text.
        problems: what was repaired or could not be read, with the raw text.
        raw: the text, or the parts, as they were given.
    """

    value: T | None
    keys: tuple[str, ...] = ()
    confidence: float = 1.0
    alternatives: tuple[T, ...] = ()
    problems: tuple[Problem, ...] = ()
    raw: str | Mapping[str, str] = ""
