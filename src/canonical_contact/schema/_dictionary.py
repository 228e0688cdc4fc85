"""The data dictionary: every field of every document with all that is known of it, as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

import attrs

from canonical_contact.model import SCHEMA_VERSION
from canonical_contact.model.about import About
from canonical_contact.schema._fields import Field, fields_of, plain, shape_of, summary
from canonical_contact.schema._json_schema import DOCUMENTS, schema_id
from canonical_contact.schema._published import published_dictionary

if TYPE_CHECKING:
    from canonical_contact.schema.extensions import Extensions

__all__ = ["dictionary", "dictionary_id", "in_force"]

Names = Mapping[str, Mapping[str, Sequence[str]]]

_TYPES: dict[object, str] = {str: "string", bool: "boolean", int: "integer", float: "number", datetime: "time"}
# What a row says beyond its place, in this order; empty ones are left out.
_TOLD = ("validation", "survivorship", "jscontact", "vcard")
_END = {"deprecated_since": "deprecated", "remove_in": "remove_in", "replaced_by": "replaced_by"}


def dictionary_id(version: str) -> str:
    """Name the dictionary of a version.

    >>> dictionary_id("1.1")
    'urn:canonical-contact:dictionary:contact:1.1'
    """
    return f"urn:canonical-contact:dictionary:contact:{version}"


def dictionary(
    *, version: str = SCHEMA_VERSION, names: Names | None = None, extensions: Extensions | None = None
) -> dict[str, Any]:
    """Make the data dictionary of a version.

    Args:
        version: `SCHEMA_VERSION` is made from the classes; an earlier one is the published file, to which `extensions` are added.
        names: preset → raw path (`emails[].address`) → its columns; `formats.preset_columns()` gives them. Without it none are told;
            `published_dictionary` has those of the presets.
        extensions: the fields of a host, which are listed after those of the contact.

    Returns:
        `documents` with their `fields`, and `words`, the closed lists. A field has its `path` such as `$.emails[].address`, the `class`
        that it is of, `type` (`string`, `integer`, `number`, `boolean`, `time`, or the name of a class or list of words),
        `cardinality` (`1`: always there or counts as its default, `0..1`, `0..n`, `map`), `meaning`, `example`, `pii`, `since`, and
        where there are such `normalizer` (with its version), `validation`, `survivorship`, `jscontact` and `vcard` (`x` and `JSPROP`: a
        property of our own), `sources` (columns by preset), `deprecated_since`, `remove_in`, `replaced_by`.

    Raises:
        NotFoundError: there is no such version.

    >>> told = dictionary()["documents"][0]["fields"]
    >>> address = next(row for row in told if row["path"] == "$.emails[].address")
    >>> address["cardinality"], address["pii"], address["normalizer"]
    ('1', 'contact', 'email/2')
    """
    made = dict(published_dictionary(version)) if version != SCHEMA_VERSION else in_force(version, names=names or {})
    if extensions is None:
        return made
    first, *others = made["documents"]
    rows = [*first["fields"], *(_extension_row(one) for one in extensions)]
    del made["id"]  # that name is of the dictionary as it was published
    return {**made, "documents": [{**first, "fields": rows}, *others]}


def in_force(version: str, *, names: Names) -> dict[str, Any]:
    """Make the dictionary from the classes, as far as a version has their fields."""
    words: dict[str, dict[str, Any]] = {}
    documents = [
        {"name": cls.__name__, "meaning": summary(cls), "fields": list(_rows(cls, "$", version, names, words))}
        for cls in DOCUMENTS
    ]
    return {
        "id": dictionary_id(version),
        "version": version,
        "schema": schema_id(version),
        "documents": documents,
        "words": [words[name] for name in sorted(words)],
    }


def _rows(cls: type, path: str, version: str, names: Names, words: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in fields_of(cls):
        if _order(one.known.since) > _order(version):
            continue
        place = f"{path}.{one.name}"
        how, what = shape_of(one.hint)
        yield _row(one, cls, place, version, names)
        if isinstance(what, type) and issubclass(what, Enum):
            words[what.__name__] = {"name": what.__name__, "meaning": summary(what), "words": [word.value for word in what]}
        elif attrs.has(what):
            yield from _rows(what, f"{place}[]" if how == "list" else place, version, names, words)


def _row(one: Field, cls: type, path: str, version: str, names: Names) -> dict[str, Any]:
    how, what = shape_of(one.hint)
    sources = _sources(one.known.raw, path, names)
    ends = bool(one.known.deprecated) and _order(one.known.deprecated) <= _order(version)
    return {
        "path": path,
        "name": one.name,
        "class": cls.__name__,
        "type": _TYPES.get(what) or what.__name__,
        "cardinality": {"list": "0..n", "map": "map"}.get(how) or ("1" if one.required or _counts(one.default) else "0..1"),
        "required": one.required,
        "meaning": one.meaning,
        "example": version if one.name == "schema_version" else plain(one.known.example),
        "pii": one.known.pii.value,
        "since": one.known.since,
        **_normalizer(one.known),
        **{key: value for key in _TOLD if (value := getattr(one.known, key))},
        **({"sources": sources} if sources else {}),
        **({key: value for key, name in _END.items() if (value := getattr(one.known, name))} if ends else {}),
    }


def _extension_row(one: Any) -> dict[str, Any]:  # noqa: ANN401  an ExtensionField
    known = one.known
    return {
        "path": f"$.extensions.{one.name}",
        "name": one.name,
        "class": "extensions",
        "type": one.kind,
        "cardinality": "0..1",
        "required": False,
        "meaning": one.meaning,
        "example": known.example,
        "pii": known.pii.value,
        "since": known.since,
        **({"words": list(one.words)} if one.words else {}),
        **{key: value for key in _TOLD if (value := getattr(known, key))},
        **{key: value for key, name in _END.items() if (value := getattr(known, name))},
    }


def _normalizer(known: About) -> dict[str, str]:
    if not known.normalizer:
        return {}
    from canonical_contact.normalize.profile import RULES

    return {"normalizer": RULES[known.normalizer]}


def _counts(default: object) -> bool:
    """Whether an absent field counts as a value: a state, a word, no."""
    return isinstance(default, (bool, Enum)) or attrs.has(type(default)) or (isinstance(default, str) and default != "")


def _sources(raw: Sequence[str], path: str, names: Names) -> dict[str, list[str]]:
    """Find the columns of each preset."""
    own = own_paths(raw, path)
    found = {
        preset: [
            name
            for one in own
            for path, columns in known.items()
            if path == one or path.startswith(f"{one}.")
            for name in columns
        ]
        for preset, known in names.items()
    }
    return {preset: list(dict.fromkeys(columns)) for preset, columns in found.items() if columns}


def own_paths(raw: Sequence[str], path: str) -> list[str]:
    """Leave out the raw paths of another list: those of a check of an e-mail, under a phone."""
    steps = path.replace("[]", "").split(".")
    return [one for one in raw if "[]" not in one or one.partition("[]")[0] in steps]


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
