"""The form of a contact as columns need it: read from the JSON Schema of a version, so that a version has one form for ever."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, field, frozen

from canonical_contact.model import SCHEMA_VERSION
from canonical_contact.schema import json_schema, published_schema

__all__ = ["ARROW", "Shape", "contact_shape", "shape_text"]

# The kinds of single values, and the type of Arrow that holds each.
ARROW = {
    "text": "string",
    "word": "string",
    "whole": "int64",
    "number": "double",
    "flag": "bool",
    "time": "timestamp[us, tz=UTC]",
}
_PLAIN = {"string": "text", "integer": "whole", "number": "number", "boolean": "flag"}


@frozen
class Shape:
    """The form of one value.

    Args:
        kind: a key of `ARROW`, or `object`, `list`, `map` (of text to text).
        name: of an object or word: the name of its class.
        fields: of an object: name and form of each field, in the order of the schema.
        item: of a list: the form of its items.
        optional: whether the value may be unknown; it is null then.
        default: what an absent value counts as.
    """

    kind: str
    name: str = ""
    fields: tuple[tuple[str, Shape], ...] = field(default=(), repr=False)
    item: Shape | None = None
    optional: bool = False
    default: Any = None


def contact_shape(version: str = SCHEMA_VERSION) -> Shape:
    """Read the form of a contact in a version of the schema.

    Args:
        version: a published one.

    Raises:
        NotFoundError: there is no such version.

    >>> [name for name, _ in contact_shape("1.0").fields][:3]
    ['name', 'nicknames', 'emails']
    """
    schema = json_schema() if version == SCHEMA_VERSION else published_schema(version)
    return _object(schema, "Contact", schema["$defs"])


def _object(schema: Mapping[str, Any], name: str, definitions: Mapping[str, Any]) -> Shape:
    required = schema.get("required", ())
    fields = []
    for key, stated in schema["properties"].items():
        shape = _shape(stated, definitions)
        default = stated.get("default", stated.get("const"))
        absent = key not in required and default is None
        fields.append((key, evolve(shape, optional=absent, default=default)))
    return Shape("object", name, tuple(fields))


def _shape(stated: Mapping[str, Any], definitions: Mapping[str, Any]) -> Shape:
    if reference := stated.get("$ref"):
        name = reference.rpartition("/")[2]
        if name == "Time":
            return Shape("time")
        found = definitions[name]
        return Shape("word", name) if "enum" in found else _object(found, name, definitions)
    if stated["type"] == "array":
        return Shape("list", item=_shape(stated["items"], definitions))
    if stated["type"] == "object":
        return Shape("map")
    return Shape(_PLAIN[stated["type"]])


def shape_text(shape: Shape) -> str:
    """Write the Arrow schema as people read it: one field a line; `?` marks what may be null.

    >>> print(shape_text(Shape("object", fields=(("tags", Shape("list", item=Shape("text"))), ("at", Shape("time", optional=True))))))
    tags: list<string>
    at: timestamp[us, tz=UTC]?
    """
    return "\n".join(line for name, one in shape.fields for line in _lines(name, one))


def _lines(name: str, shape: Shape) -> Iterator[str]:
    mark = "?" if shape.optional else ""
    item = shape.item if shape.item is not None else shape
    is_list = item is not shape
    if item.kind == "object":
        yield f"{name}: {'list<struct>' if is_list else 'struct'}{mark}"
        yield textwrap.indent(shape_text(item), "    ")
    else:
        word = ARROW.get(item.kind, "map<string, string>")
        yield f"{name}: {f'list<{word}>' if is_list else word}{mark}"
