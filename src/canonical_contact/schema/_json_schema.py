"""The JSON Schema (2020-12) of the documents, generated from the attrs classes, so that the two cannot differ.

Content model: closed. A document of a version holds only what that version knows; what a host or a source adds goes under
`extensions`. (The reader passes over fields that it does not know, so a program may read documents of a later minor version.)

Beside the standard's keywords each field bears `x-` keys with what is known of it: `x-pii`, `x-since`, `x-normalizer`,
`x-survivorship`, and for one that will go `x-deprecated-since`, `x-remove-in`, `x-replaced-by`. A validator passes over them.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

import attrs

from canonical_contact.errors import InputError
from canonical_contact.model import SCHEMA_VERSION, Activity, ConsentEvent, Contact, Event, SourceRecord
from canonical_contact.model.about import About
from canonical_contact.schema._fields import Field, fields_of, plain, shape_of, summary

if TYPE_CHECKING:
    from canonical_contact.schema.extensions import Extensions

__all__ = ["DIALECT", "DOCUMENTS", "TIME_PATTERN", "json_schema", "metadata_of", "schema_id"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DOCUMENTS = (Contact, SourceRecord, ConsentEvent, Activity, Event)
TIME_PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$"

_TIME = {"type": "string", "format": "date-time", "pattern": TIME_PATTERN, "description": "A time in UTC (RFC 3339)."}
_PLAIN: dict[object, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime: {"$ref": "#/$defs/Time"},
}
# key of the schema → what it is read from; left out where that is empty
_METADATA = {
    "x-pii": "pii",
    "x-since": "since",
    "x-deprecated-since": "deprecated",
    "x-remove-in": "remove_in",
    "x-replaced-by": "replaced_by",
    "x-normalizer": "normalizer",
    "x-survivorship": "survivorship",
}


def schema_id(version: str) -> str:
    """Name the schema of a version; the name never changes its meaning.

    >>> schema_id("1.0")
    'urn:canonical-contact:schema:contact:1.0'
    """
    return f"urn:canonical-contact:schema:contact:{version}"


def json_schema(*, version: str = SCHEMA_VERSION, extensions: Extensions | None = None) -> dict[str, Any]:
    """Make the JSON Schema of all documents: a contact is the root, the others stand under `$defs` by the names of their classes.

    Args:
        version: the schema version; only the one that the classes are of, `SCHEMA_VERSION`. Earlier ones: `published_schema`.
        extensions: the fields of a host, which are then described under `extensions`; the schema is the host's and bears its `$id`.

    Returns:
        A schema in the 2020-12 dialect, as plain dicts and lists.

    Raises:
        InputError: `version` is another one.

    >>> json_schema()["$defs"]["ConsentEvent"]["required"]
    ['event_id', 'type', 'channel', 'schema_version']
    >>> json_schema()["properties"]["owner"]["x-replaced-by"]
    'owners'
    """
    if version != SCHEMA_VERSION:
        raise InputError(
            f"The classes are of schema {SCHEMA_VERSION}, not of {version}.",
            code="input.schema_version",
            path="version",
            hint="Earlier versions are kept as they were published: see published_schema().",
        )
    definitions: dict[str, Any] = {"Time": dict(_TIME)}
    root = _object(Contact, definitions)
    for document in DOCUMENTS[1:]:
        _reference(document, definitions)
    schema = {
        "$schema": DIALECT,
        "$id": schema_id(version),
        "title": "Contact",
        **root,
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }
    return schema if extensions is None else _extended(schema, extensions)


def metadata_of(known: About, *, example: object = None) -> dict[str, Any]:
    """Put what is known of a field into keys of its JSON Schema.

    Args:
        known: the metadata.
        example: the example, where a document has it in another form.
    """
    return {
        "examples": [plain(known.example if example is None else example)],
        **({"deprecated": True} if known.deprecated else {}),
        **{key: str(value) for key, name in _METADATA.items() if (value := getattr(known, name))},
    }


def _extended(schema: dict[str, Any], extensions: Extensions) -> dict[str, Any]:
    """Describe a host's fields wherever a document has extensions."""
    named = {"$id": extensions.schema_id} if extensions.schema_id else {}
    del schema["$id"]  # that name is of the schema as it was published, without any extension
    shapes = [schema, *schema["$defs"].values()]
    for shape in shapes:
        place = shape.get("properties", {}).get("extensions")
        if place is not None:
            place["properties"] = extensions.properties()
    comment = f"{schema_id(SCHEMA_VERSION)} with the extensions of a host"
    return {"$schema": schema.pop("$schema"), **named, "$comment": comment, **schema}


def _reference(cls: type, definitions: dict[str, Any]) -> dict[str, Any]:
    if cls.__name__ not in definitions:
        definitions[cls.__name__] = {}  # holds the place: a class may refer to itself
        definitions[cls.__name__] = _words(cls) if issubclass(cls, Enum) else _object(cls, definitions)
    return {"$ref": f"#/$defs/{cls.__name__}"}


def _words(cls: type[Enum]) -> dict[str, Any]:
    return {"description": summary(cls), "type": "string", "enum": [member.value for member in cls]}


def _object(cls: type, definitions: dict[str, Any]) -> dict[str, Any]:
    known = fields_of(cls)
    required = [one.name for one in known if one.required and one.name != "schema_version"]
    if any(one.name == "schema_version" for one in known):
        required.append("schema_version")
    return {
        "description": summary(cls),
        "type": "object",
        "properties": {one.name: _property(one, definitions) for one in known},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _property(one: Field, definitions: dict[str, Any]) -> dict[str, Any]:
    shape = {**_type(one.hint, definitions), "description": one.meaning, **_default(one.default), **metadata_of(one.known)}
    if one.name == "schema_version":
        shape["const"] = shape.pop("default")
    return shape


def _type(hint: object, definitions: dict[str, Any]) -> dict[str, Any]:
    if (known := _PLAIN.get(hint)) is not None:
        return dict(known)
    how, what = shape_of(hint)
    if how == "list":
        return {"type": "array", "items": _type(what, definitions)}
    if how == "map":
        return {"type": "object", "additionalProperties": _type(what, definitions)}
    if isinstance(hint, type) and (attrs.has(hint) or issubclass(hint, Enum)):
        return _reference(hint, definitions)
    raise TypeError(f"The schema has no word for {hint}")


def _default(value: object) -> dict[str, Any]:
    """State what a field counts as where it is absent, if that is anything."""
    if value is attrs.NOTHING or value is None:
        return {}
    if isinstance(value, tuple):
        return {"default": list(value)}
    if isinstance(value, dict) or attrs.has(type(value)):
        return {"default": {}}
    return {"default": value.value if isinstance(value, Enum) else value}
