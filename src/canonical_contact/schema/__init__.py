"""The published contract: how values of the model become JSON documents and come back, and the JSON Schema they follow."""

from canonical_contact.schema._convert import from_dict, from_json, make_converter, to_dict, to_json
from canonical_contact.schema._published import published_schema, published_versions
from canonical_contact.schema.json_schema import json_schema

__all__ = [
    "from_dict",
    "from_json",
    "json_schema",
    "make_converter",
    "published_schema",
    "published_versions",
    "to_dict",
    "to_json",
]
