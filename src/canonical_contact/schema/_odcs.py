"""The dictionary as a data contract of the Open Data Contract Standard (ODCS 3.1.0), for the catalogues that read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["odcs"]

_TYPES = {"string": "string", "boolean": "boolean", "integer": "integer", "number": "number", "time": "timestamp", "date": "date"}
# What the standard has no word for goes under customProperties by these names.
_CUSTOM = (
    *("cardinality", "since", "normalizer", "validation", "survivorship", "jscontact", "vcard", "sources"),
    *("deprecated_since", "remove_in", "replaced_by"),
)


def odcs(dictionary: Mapping[str, Any], *, status: str = "active", name: str = "canonical-contact") -> dict[str, Any]:
    """Turn a dictionary into a data contract: one object for each document, nested as the documents are.

    Args:
        dictionary: what `dictionary` or `published_dictionary` gave.
        status: `proposed`, `draft`, `active`, `deprecated` or `retired`.
        name: the name of the contract.

    Returns:
        The contract as plain dicts and lists; JSON of it is a valid file, since YAML holds JSON.

    >>> from canonical_contact.schema import dictionary
    >>> odcs(dictionary(version="1.0"))["schema"][0]["name"]
    'Contact'
    """
    words = {one["name"]: one["words"] for one in dictionary["words"]}
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": dictionary.get("id", f"{dictionary['schema']}:with-extensions"),
        "name": name,
        "version": dictionary["version"],
        "status": status,
        "schema": [
            {
                "name": document["name"],
                "logicalType": "object",
                "description": document["meaning"],
                "properties": _properties(document["fields"], "$", words),
            }
            for document in dictionary["documents"]
        ],
    }


def _properties(rows: Sequence[Mapping[str, Any]], under: str, words: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    own = [row for row in rows if row["path"] == f"{under}.{row['name']}"]
    return [_property(row, rows, words) for row in own]


def _property(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], words: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    told = {
        "name": row["name"],
        "description": row["meaning"],
        "required": row["required"],
        "classification": row["pii"],
        "examples": [row["example"]],
    }
    custom = [{"property": key, "value": row[key]} for key in _CUSTOM if row.get(key)]
    if row["type"] in words or "words" in row:
        custom.append({"property": "words", "value": list(row.get("words") or words[row["type"]])})
    if row["cardinality"] == "map":
        inner = _properties(rows, row["path"], words)  # a host's own fields
        told |= {"logicalType": "object"} | ({"properties": inner} if inner else {})
    elif row["cardinality"] == "0..n":
        told |= {"logicalType": "array", "items": _shape(row, f"{row['path']}[]", rows, words)}
    else:
        told |= _shape(row, row["path"], rows, words)
    return told | {"customProperties": custom}


def _shape(
    row: Mapping[str, Any], path: str, rows: Sequence[Mapping[str, Any]], words: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    inner = _properties(rows, path, words)
    if inner:
        return {"logicalType": "object", "properties": inner}
    return {"logicalType": _TYPES.get(row["type"], "string")}
