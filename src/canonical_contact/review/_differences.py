"""What in the values of two contacts differs, so that the eye finds it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

__all__ = ["Part", "marked"]

_ALIKE = 0.75  # from here on two values are one that was written in two ways, and only what differs in it is marked
_LONGEST = 300  # characters; looking for differences takes the product of both lengths
_MOST = 30  # values of the other contact that one is held against


class Part(NamedTuple):
    """A piece of a value, and whether the other contact does not have it."""

    text: str
    differs: bool


def marked(sides: Sequence[Sequence[str]], contacts: Sequence[str]) -> list[list[list[Part]]]:
    """Split the values of each record into what the records of other contacts have and what they do not.

    Args:
        sides: the values of each record.
        contacts: the contact of each record.

    Returns:
        For each record, for each value, its pieces. Nothing is marked against a contact that says nothing, nor for capitals alone.

    >>> marked([["Ana Ruiz"], ["Ana Ruis"], []], ["A", "B", "B"])[1]
    [[Part(text='Ana Rui', differs=False), Part(text='s', differs=True)]]
    """
    found = []
    for values, contact in zip(sides, contacts, strict=True):
        others = [text for side, other in zip(sides, contacts, strict=True) if other != contact for text in side]
        found.append([_parts(value, others) for value in values])
    return found


def _parts(value: str, others: Sequence[str]) -> list[Part]:
    if not others or any(value.casefold() == other.casefold() for other in others):
        return [Part(value, differs=False)]
    likeness, closest = max((_likeness(value, other), other) for other in others[:_MOST])
    if likeness < _ALIKE:
        return [Part(value, differs=True)]
    steps = SequenceMatcher(None, closest, value, autojunk=False).get_opcodes()
    return [Part(value[start:end], differs=kind != "equal") for kind, _, _, start, end in steps if start < end]


def _likeness(left: str, right: str) -> float:
    if max(len(left), len(right)) > _LONGEST:
        return 0.0
    return SequenceMatcher(None, left, right, autojunk=False).ratio()
