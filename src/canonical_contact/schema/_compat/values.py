"""Values of JSON: when two are equal, and whether a text matches a pattern that somebody else wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Mapping
from typing import Any

__all__ = ["atom", "equal_key", "matches", "short"]


def atom(value: object) -> str:
    """Name the type of a value; a number that is not whole is a `fraction`."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if value == int(value) else "fraction"
    return "null" if value is None else "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def equal_key(value: Any) -> Hashable:  # noqa: ANN401  any value of JSON
    """Make a key that two values share exactly if JSON Schema calls them equal: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, Mapping):
        return "object", frozenset((name, equal_key(entry)) for name, entry in value.items())
    if isinstance(value, list):
        return "array", tuple(map(equal_key, value))
    return ("boolean", value) if isinstance(value, bool) else value


def short(value: object) -> str:
    """Write a value for people, cut to a line."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."


# A pattern is somebody else's program. It runs only where it cannot take long: no repetition of what itself repeats or chooses, no
# references back, and few repetitions over short texts.
_REPEATED_GROUP = re.compile(r"(?<!\\)\)(?:[*+]|\{)")
_REPETITION = re.compile(r"(?<!\\)(?:[*+]|(?<!\()\?|\{\d*,\d*\})")
_REFERENCE = re.compile(r"\\[1-9]|\(\?P=")
_LIMITS = ((1, 10_000), (3, 256), (6, 32))  # so many repetitions over texts of that length


def matches(pattern: str, text: str) -> bool | None:
    """Tell whether a pattern is found in a text, or None where that could take long or is no regular expression of ours."""
    repetitions = len(_REPETITION.findall(pattern))
    nested = _REPEATED_GROUP.search(pattern) is not None and (repetitions > 1 or "|" in pattern)
    if nested or _REFERENCE.search(pattern) or not any(repetitions <= most and len(text) <= limit for most, limit in _LIMITS):
        return None
    try:
        return re.search(pattern, text) is not None
    except (re.error, RecursionError, OverflowError):
        return None
