"""Law: a document taken a version down and up again is the same document, whatever it holds; so is one taken up and down again."""

from __future__ import annotations

import copy

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.schema import published_schema
from canonical_contact.schema.migrations import explain_migration, migrate
from document_strategies import KINDS, PAIRS, documents


@pytest.mark.parametrize(("older_version", "newer_version"), PAIRS)
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_newer_document_comes_back_exactly(kind: str, older_version: str, newer_version: str, data: st.DataObject) -> None:
    newer = data.draw(documents(kind, newer_version))
    before = copy.deepcopy(newer)
    older = migrate(newer, older_version, kind=kind)
    assert newer == before
    assert older["schema_version"] == older_version
    assert migrate(older, newer_version, kind=kind) == newer


@pytest.mark.parametrize(("older_version", "newer_version"), PAIRS)
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_an_older_document_comes_back_exactly(kind: str, older_version: str, newer_version: str, data: st.DataObject) -> None:
    older = data.draw(documents(kind, older_version))
    before = copy.deepcopy(older)
    newer = migrate(older, newer_version, kind=kind)
    assert older == before
    again = migrate(newer, older_version, kind=kind)
    # A hand-made text that restricts a person and names no block gets the block: no text may take one away.
    assert again == older or migrate(again, newer_version, kind=kind) == newer
    if "restrictions" not in str(older) and "deleted" not in str(older):
        assert again == older


@pytest.mark.parametrize(("older_version", "newer_version"), PAIRS)
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_what_comes_down_follows_the_older_schema(kind: str, older_version: str, newer_version: str, data: st.DataObject) -> None:
    newer = data.draw(documents(kind, newer_version))
    newer.pop("acme.unknown", None)
    newer.pop("_parked", None)
    schema, name = published_schema(older_version), KINDS[kind].__name__
    if name != schema["title"]:
        schema = {"$schema": schema["$schema"], "$ref": f"#/$defs/{name}", "$defs": schema["$defs"]}
    told = explain_migration(newer, older_version, kind=kind, strict=True)
    jsonschema.Draft202012Validator(schema).validate(told.document)
    if not told.dropped:
        assert migrate(told.document, newer_version, kind=kind) == newer
