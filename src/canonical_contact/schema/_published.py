"""The schemas as they were published: read from files that never change."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from canonical_contact.errors import NotFoundError

__all__ = ["published_schema", "published_versions"]


def published_versions() -> tuple[str, ...]:
    """List the versions of the schema, oldest first.

    >>> "1.0" in published_versions()
    True
    """
    return tuple(sorted(_index(), key=lambda version: tuple(map(int, version.split(".")))))


def published_schema(version: str) -> dict[str, Any]:
    """Read the JSON Schema of a version as it was published.

    Args:
        version: such as `1.0`.

    Raises:
        NotFoundError: there is no such version.

    >>> published_schema("1.0")["$id"]
    'urn:canonical-contact:schema:contact:1.0'
    """
    if version not in _index():
        raise NotFoundError(
            f"There is no schema {version}.", path="version", hint=f"Published are: {', '.join(published_versions())}."
        )
    schema: dict[str, Any] = json.loads(_text(f"contact-{version}.json"))
    return schema


def _index() -> dict[str, dict[str, str]]:
    index: dict[str, dict[str, str]] = json.loads(_text("index.json"))
    return index


def _text(name: str) -> str:
    return (files("canonical_contact.schema") / "published" / name).read_text(encoding="utf-8")
