"""The JSON Schema (2020-12) of the documents, generated from the attrs classes, so that the two cannot differ.

Content model: closed. A document of a version holds only what that version knows; what a host or a source adds goes under
`extensions`. (The reader passes over fields that it does not know, so a program may read documents of a later minor version.)
"""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs

from canonical_contact.errors import InputError
from canonical_contact.model import SCHEMA_VERSION, Activity, ConsentEvent, Contact, Event, SourceRecord

__all__ = ["DIALECT", "DOCUMENTS", "json_schema", "schema_id"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DOCUMENTS = (Contact, SourceRecord, ConsentEvent, Activity, Event)

_TIME = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$",
    "description": "A time in UTC (RFC 3339).",
}
_PLAIN: dict[object, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime: {"$ref": "#/$defs/Time"},
}


def schema_id(version: str) -> str:
    """Name the schema of a version; the name never changes its meaning.

    >>> schema_id("1.0")
    'urn:canonical-contact:schema:contact:1.0'
    """
    return f"urn:canonical-contact:schema:contact:{version}"


def json_schema(*, version: str = SCHEMA_VERSION) -> dict[str, Any]:
    """Make the JSON Schema of all documents: a contact is the root, the others stand under `$defs` by the names of their classes.

    Args:
        version: the schema version; only the one that the classes are of, `SCHEMA_VERSION`. Earlier ones: `published_schema`.

    Returns:
        A schema in the 2020-12 dialect, as plain dicts and lists.

    Raises:
        InputError: `version` is another one.

    >>> json_schema()["$defs"]["ConsentEvent"]["required"]
    ['event_id', 'type', 'channel', 'schema_version']
    """
    if version != SCHEMA_VERSION:
        raise InputError(
            f"The classes are of schema {SCHEMA_VERSION}, not of {version}.",
            code="input.schema_version",
            path="version",
            hint="Earlier versions are kept as they were published: see published_schema().",
        )
    definitions: dict[str, Any] = {"Time": _TIME}
    root = _object(Contact, definitions)
    for document in DOCUMENTS[1:]:
        _reference(document, definitions)
    return {
        "$schema": DIALECT,
        "$id": schema_id(version),
        "title": "Contact",
        **root,
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


def _reference(cls: type, definitions: dict[str, Any]) -> dict[str, Any]:
    if cls.__name__ not in definitions:
        definitions[cls.__name__] = {}  # holds the place: a class may refer to itself
        definitions[cls.__name__] = _words(cls) if issubclass(cls, Enum) else _object(cls, definitions)
    return {"$ref": f"#/$defs/{cls.__name__}"}


def _words(cls: type[Enum]) -> dict[str, Any]:
    return {"description": _summary(cls), "type": "string", "enum": [member.value for member in cls]}


def _object(cls: type, definitions: dict[str, Any]) -> dict[str, Any]:
    hints, meanings = get_type_hints(cls), _meanings(cls)
    properties, required = {}, []
    for attribute in attrs.fields(cls):
        properties[attribute.name] = {
            **_type(hints[attribute.name], definitions),
            "description": meanings[attribute.name],
            **_default(attribute.default),
        }
        if attribute.default is attrs.NOTHING:
            required.append(attribute.name)
    if "schema_version" in properties:
        properties["schema_version"]["const"] = properties["schema_version"].pop("default")
        required.append("schema_version")
    return {
        "description": _summary(cls),
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _type(hint: object, definitions: dict[str, Any]) -> dict[str, Any]:
    if (plain := _PLAIN.get(hint)) is not None:
        return dict(plain)
    origin, inner = get_origin(hint), get_args(hint)
    if origin is tuple and inner[1:] == (...,):
        return {"type": "array", "items": _type(inner[0], definitions)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _type(inner[1], definitions)}
    if origin in (Union, types.UnionType):  # `X | None`: what is unknown is absent, never null
        (known,) = (part for part in inner if part is not type(None))
        return _type(known, definitions)
    if isinstance(hint, type) and (attrs.has(hint) or issubclass(hint, Enum)):
        return _reference(hint, definitions)
    raise TypeError(f"The schema has no word for {hint}")


def _default(value: object) -> dict[str, Any]:
    """State what a field counts as where it is absent, if that is anything."""
    if value is attrs.NOTHING or value is None:
        return {}
    if isinstance(value, attrs.Factory):  # type: ignore[arg-type]  # a class at runtime, a function to type checkers
        return {"default": {}}
    if isinstance(value, tuple):
        return {"default": list(value)}
    if attrs.has(type(value)):
        return {"default": {}}
    return {"default": value.value if isinstance(value, Enum) else value}


def _summary(cls: type) -> str:
    return re.sub(r"\s+", " ", inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0])


def _meanings(cls: type) -> dict[str, str]:
    """Read the `Args:` of a class and of those it is derived from."""
    meanings: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        lines = inspect.cleandoc(base.__dict__.get("__doc__") or "").partition("Args:\n")[2]
        for name, meaning in re.findall(r"^    (\w+): (.+(?:\n {8,}.+)*)", lines, re.MULTILINE):
            meanings[name] = re.sub(r"\s+", " ", meaning)
    return meanings
