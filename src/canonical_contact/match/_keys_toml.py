"""Blocking keys from TOML: one table for each key, one table for each of its parts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from canonical_contact.errors import ConfigError
from canonical_contact.match.features import Features
from canonical_contact.match.keys import BLOCK_CAP, TRANSFORMS, Key, Source

__all__ = ["keys_of"]

_FIELDS = frozenset(Features._fields) - {"key", "system", "han", "extensions"}
_OPTIONS: dict[str, tuple[type, Any]] = {
    "cap": (int, BLOCK_CAP),
    "window": (int, 0),
    "refines": (bool, True),
    "family": (str, "name"),
}
_HINT = "docs/matching.md has an example."


def keys_of(text: str, source: str) -> tuple[Key, ...]:
    """Read keys, and say where they are wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source} is not TOML: {error}", path=source, hint=_HINT) from None
    told = data.get("key")
    if not isinstance(told, list) or not told or set(data) != {"key"}:
        raise ConfigError(f"{source} is no list of keys.", path=source, hint="Begin each key with [[key]].")
    found = tuple(_key(one, f"key[{place}]") for place, one in enumerate(told))
    names = [one.name for one in found]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise ConfigError(f"Two keys are called {twice!r}.", path=source, hint="Give each a name of its own.")
    return found


def _key(told: object, where: str) -> Key:
    if (
        not isinstance(told, dict)
        or not {"name", "parts"} <= told.keys()
        or not told["name"]
        or not isinstance(told["name"], str)
    ):
        raise ConfigError("A key lacks its name or its parts.", path=where, hint=f"State name and parts. {_HINT}")
    if unknown := sorted(told.keys() - _OPTIONS.keys() - {"name", "parts"}):
        raise ConfigError(f"A key has no {unknown[0]!r}.", path=f"{where}.{unknown[0]}", hint=f"It has {', '.join(_OPTIONS)}.")
    options = {name: told.get(name, usual) for name, (_, usual) in _OPTIONS.items()}
    for name, (kind, _) in _OPTIONS.items():
        if type(options[name]) is not kind or (kind is int and options[name] < (2 if name == "cap" else 0)):
            raise ConfigError(
                f"This is no {name} of a key.", path=f"{where}.{name}", hint="cap is at least 2, window at least 0."
            )
    if not isinstance(told["parts"], list) or not told["parts"]:
        raise ConfigError("A key has no part.", path=f"{where}.parts", hint=_HINT)
    parts = tuple(tuple(_sources(part, f"{where}.parts[{place}]")) for place, part in enumerate(told["parts"]))
    return Key(told["name"], parts, **options)


def _sources(told: object, where: str) -> Iterator[Source]:
    if not isinstance(told, dict) or not told:
        raise ConfigError("A part of a key names no field.", path=where, hint='Such as { surname = "lasts" }.')
    for field, transform in told.items():
        if field not in _FIELDS and not (field.startswith("x.") and len(field) > 2):
            hint = f"Fields are {', '.join(sorted(_FIELDS))}; a column of a table's own is x.NAME."
            raise ConfigError(f"There is no field {field!r}.", path=where, hint=hint)
        if not isinstance(transform, str) or transform not in TRANSFORMS:
            raise ConfigError(
                f"Nothing is made of a field by {transform!r}.", path=where, hint=f"It is one of {', '.join(TRANSFORMS)}."
            )
        yield Source(field, transform)
