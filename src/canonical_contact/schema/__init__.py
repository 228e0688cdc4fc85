"""The published contract: documents in JSON, the versions of their schema, what is to be known of each field, and how versions go together."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from canonical_contact.schema._convert import from_dict, from_json, make_converter, to_dict, to_json

if TYPE_CHECKING:
    from canonical_contact.schema._dictionary import dictionary
    from canonical_contact.schema._dictionary_page import dictionary_page
    from canonical_contact.schema._json_schema import json_schema
    from canonical_contact.schema._odcs import odcs
    from canonical_contact.schema._published import published_dictionary, published_schema, published_status, published_versions
    from canonical_contact.schema._tally import MigrationSummary
    from canonical_contact.schema.bulk import migrate_file
    from canonical_contact.schema.extensions import ExtensionField, Extensions, ExtensionValue
    from canonical_contact.schema.migrations import Migrated, explain_migration, migrate
    from canonical_contact.schema.pinned import PinnedConverter, converter

__all__ = [
    "ExtensionField",
    "ExtensionValue",
    "Extensions",
    "Migrated",
    "MigrationSummary",
    "PinnedConverter",
    "converter",
    "dictionary",
    "dictionary_page",
    "explain_migration",
    "from_dict",
    "from_json",
    "json_schema",
    "make_converter",
    "migrate",
    "migrate_file",
    "odcs",
    "published_dictionary",
    "published_schema",
    "published_status",
    "published_versions",
    "to_dict",
    "to_json",
]

# The documents of the main job need the converter alone; the rest is loaded when it is first used.
_HOMES = {
    "_published": ("published_dictionary", "published_schema", "published_status", "published_versions"),
    "_tally": ("MigrationSummary",),
    "bulk": ("migrate_file",),
    "_dictionary": ("dictionary",),
    "_dictionary_page": ("dictionary_page",),
    "extensions": ("ExtensionField", "Extensions", "ExtensionValue"),
    "_json_schema": ("json_schema",),
    "migrations": ("Migrated", "explain_migration", "migrate"),
    "_odcs": ("odcs",),
    "pinned": ("PinnedConverter", "converter"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Load a public name on its first use (PEP 562)."""
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value: object = getattr(import_module(f"canonical_contact.schema.{_HOME[name]}"), name)
        globals()[name] = value  # the next use finds it at once
        return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
