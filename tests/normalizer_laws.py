"""The laws of the normalisers, as functions of a kind and a text: the property tests and the fuzzer hold the same ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from canonical_contact import normalize
from canonical_contact.errors import Problem
from canonical_contact.normalize import Normalized

NAME_PARTS = (
    "full", "given", "given2", "surname", "surname2", "title", "generation", "credential", "phonetic_given", "phonetic_surname", "sort_as",
)  # fmt: skip
ADDRESS_PARTS = ("full", "street", "extended", "po_box", "locality", "region", "postcode", "country", "country_code")


def _parts(names: tuple[str, ...]) -> Callable[[Any], Mapping[str, str]]:
    return lambda value: {part: text for part in names if (text := getattr(value, part))}


# A value → what it is written as, to be read again.
WRITTEN: dict[str, Callable[[Any], str | Mapping[str, str]]] = {
    "address": _parts(ADDRESS_PARTS),
    "birthday": lambda value: value if isinstance(value, str) else value.isoformat(),
    "country": str,
    "email": lambda value: str(value.address),
    "language": str,
    "name": _parts(NAME_PARTS),
    "organization": lambda value: str(value.name),
    "subdivision": lambda value: str(value.code),
    "phone": lambda value: f"{value.number};ext={value.extension}" if value.extension else str(value.number),
    "time_zone": str,
    "timestamp": lambda value: value if isinstance(value, str) else value.isoformat(),
}


def kinds() -> dict[str, Callable[..., Normalized[Any]]]:
    """Give the public normalisers by name."""
    return {name: getattr(normalize, name) for name in (*WRITTEN, "street_parts") if name in normalize.__all__}


def is_blank(text: str) -> bool:
    """Whether nothing can be seen of a text: white space, controls, halves of characters and others without a shape."""
    return all(char.isspace() or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp") for char in text)


def read(kind: str, raw: str | Mapping[str, str], **hints: str) -> Normalized[Any]:
    """Read a raw value, and hold what is true of every answer."""
    found = kinds()[kind](raw, **hints)
    assert type(found) is Normalized
    assert 0.0 <= found.confidence <= 1.0
    assert all("." in problem.code for problem in found.problems)
    assert all(found.keys)
    assert {type(one) for one in (*found.keys, *found.problems)} <= {str, Problem}
    return found


def is_recoverable(kind: str, raw: str | Mapping[str, str], **hints: str) -> None:
    """What was given is there again, whole."""
    assert read(kind, raw, **hints).raw == raw


def is_not_emptied_in_silence(kind: str, text: str, **hints: str) -> None:
    """A text that is not blank has a value, or a problem says why there is none."""
    found = read(kind, text, **hints)
    assert found.value is not None or found.problems or is_blank(text)


def is_idempotent(kind: str, text: str, **hints: str) -> None:
    """What a value is written as is read as that value."""
    value = read(kind, text, **hints).value
    if value is not None and kind in WRITTEN:
        repeated = read(kind, WRITTEN[kind](value), **hints).value
        assert repeated is not None
        if kind == "phone":  # the hints that a source gives (label, features) are not part of the number
            seen = ("number", "extension", "line_type")
            assert [getattr(repeated, part) for part in seen] == [getattr(value, part) for part in seen]
        else:
            assert repeated == value


LAWS: tuple[Callable[..., None], ...] = (is_recoverable, is_not_emptied_in_silence, is_idempotent)
