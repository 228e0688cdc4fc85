"""The schemas and dictionaries as they were published: read from files that never change."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from canonical_contact.errors import NotFoundError

__all__ = ["published_dictionary", "published_end", "published_schema", "published_status", "published_versions"]


def published_versions() -> tuple[str, ...]:
    """List the versions of the schema, oldest first.

    >>> "1.0" in published_versions()
    True
    """
    return tuple(sorted(_index(), key=lambda version: tuple(map(int, version.split(".")))))


def published_status(version: str) -> str:
    """Tell whether a version is `published` (its files never change) or a `draft`.

    Raises:
        NotFoundError: there is no such version.

    >>> published_status("1.0")
    'published'
    """
    return str(_known(version)["status"])


def published_end(version: str) -> str:
    """Tell when a version goes, in words; empty for one that stays.

    Its entry in the index says so: `"deprecated": "1.2", "remove_in": "2.0"`.

    Raises:
        NotFoundError: there is no such version.

    >>> published_end("1.0")
    ''
    """
    entry = _known(version)
    if "deprecated" not in entry:
        return ""
    return f"deprecated since {entry['deprecated']}" + (f" and goes with {entry['remove_in']}" if "remove_in" in entry else "")


def published_schema(version: str) -> dict[str, Any]:
    """Read the JSON Schema of a version as it was published.

    Args:
        version: such as `1.0`.

    Raises:
        NotFoundError: there is no such version.

    >>> published_schema("1.0")["$id"]
    'urn:canonical-contact:schema:contact:1.0'
    """
    _known(version)
    schema: dict[str, Any] = _json(f"contact-{version}.json")
    return schema


def published_dictionary(version: str) -> dict[str, Any]:
    """Read the data dictionary of a version as it was published; `dictionary` says what it holds.

    Args:
        version: such as `1.0`.

    Raises:
        NotFoundError: there is no such version.

    >>> published_dictionary("1.0")["version"]
    '1.0'
    """
    _known(version)
    told: dict[str, Any] = _json(f"dictionary-{version}.json")
    return told


def _known(version: str) -> dict[str, Any]:
    index = _index()
    if version not in index:
        raise NotFoundError(
            f"There is no schema {version}.", path="version", hint=f"Published are: {', '.join(published_versions())}."
        )
    return index[version]


def _index() -> dict[str, dict[str, Any]]:
    index: dict[str, dict[str, Any]] = _json("index.json")
    return index


def _json(name: str) -> Any:  # noqa: ANN401  what JSON has
    return json.loads((files("canonical_contact.schema") / "published" / name).read_text(encoding="utf-8"))
