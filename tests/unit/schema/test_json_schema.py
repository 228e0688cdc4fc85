"""The published schema: valid, complete, strict about what it does not know, and never changed once it is published."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import Any

import attrs
import jsonschema
import pytest

from canonical_contact.errors import InputError, NotFoundError
from canonical_contact.model import SCHEMA_VERSION, Contact
from canonical_contact.schema import json_schema, published_schema, published_versions
from canonical_contact.schema._json_schema import DOCUMENTS
from canonical_contact.schema._published import published_status

SCHEMA = json_schema()
MINIMAL = {"contact_id": "019f1af9-b400-7708-9871-081bf9502cb8", "schema_version": SCHEMA_VERSION}


def check(document: dict[str, Any]) -> None:
    jsonschema.validate(document, SCHEMA, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("version", published_versions())
def test_every_published_schema_is_valid_json_schema(version: str) -> None:
    jsonschema.Draft202012Validator.check_schema(published_schema(version))


def test_the_file_of_the_present_version_is_fresh() -> None:
    assert published_schema(SCHEMA_VERSION) == SCHEMA


def test_a_published_version_is_sealed() -> None:
    folder = files("canonical_contact.schema") / "published"
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    assert index["1.0"]["files"]["contact-1.0.json"] == "affd17931880cbd2dc6b8bb60c8e6f3f5da60e03707ab117b5bb4fe95f9c9c01"
    for version, entry in index.items():
        assert published_status(version) == entry["status"]
        for name, digest in entry.get("files", {}).items():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_every_field_says_what_is_known_of_it() -> None:
    objects = [SCHEMA, *SCHEMA["$defs"].values()]
    fields = [kind for shape in objects for kind in shape.get("properties", {}).values()]
    assert len(fields) > 200
    assert [kind for kind in fields if not {"examples", "x-pii", "x-since"} <= set(kind)] == []
    assert {kind["x-since"] for kind in fields} == set(published_versions())


def test_what_will_go_says_since_when_until_when_and_what_instead() -> None:
    owner = SCHEMA["properties"]["owner"]
    assert owner["deprecated"] is True
    assert (owner["x-deprecated-since"], owner["x-remove-in"], owner["x-replaced-by"]) == ("1.1", "2.0", "owners")
    assert "deprecated" not in SCHEMA["properties"]["owners"]


def test_rules_and_strategies_are_named_where_there_are_any() -> None:
    assert SCHEMA["properties"]["birthday"]["x-normalizer"] == "birthday"
    assert SCHEMA["properties"]["birthday"]["x-survivorship"] == "most_frequent"
    assert "x-normalizer" not in SCHEMA["properties"]["claims"]


def test_every_document_and_field_is_described() -> None:
    objects = {"Contact": SCHEMA, **SCHEMA["$defs"]}
    assert {cls.__name__ for cls in DOCUMENTS} <= set(objects)
    assert [name for name, shape in objects.items() if not shape["description"]] == []
    bare = [
        f"{name}.{field}"
        for name, shape in objects.items()
        for field, kind in shape.get("properties", {}).items()
        if not kind["description"]
    ]
    assert bare == []


def test_every_field_of_a_contact_is_in_the_schema() -> None:
    assert set(SCHEMA["properties"]) == {attribute.name for attribute in attrs.fields(Contact)}


def test_the_smallest_contact_is_an_id_and_a_version() -> None:
    check(MINIMAL)


@pytest.mark.parametrize(
    "change",
    [
        {"contact_id": 1},
        {"schema_version": "0.9"},
        {"nickname": "Ana"},
        {"emails": [{"adress": "ana@example.org"}]},
        {"emails": [{}]},
        {"emails": None},
        {"updated_at": "2026-07-01 12:00"},
        {"updated_at": "2026-07-01T12:00:00+02:00"},
        {"lifecycle": {"stage": "friend"}},
        {"extensions": {"hubspot.Age": 41}},
        {"consent": [{"channel": "voice", "purpose": "marketing", "state": "granted"}]},
        {"revision": "3"},
    ],
    ids=str,
)
def test_what_the_version_does_not_know_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        check(MINIMAL | change)


@pytest.mark.parametrize("missing", MINIMAL)
def test_a_contact_without_id_or_version_is_refused(missing: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        check({name: value for name, value in MINIMAL.items() if name != missing})


def test_what_a_host_adds_goes_to_extensions() -> None:
    check(MINIMAL | {"extensions": {"acme.loyalty_card": "17"}})


def test_the_classes_speak_for_their_own_version_only() -> None:
    with pytest.raises(InputError, match="published_schema"):
        json_schema(version="0.1")


def test_an_unknown_version_says_which_there_are() -> None:
    with pytest.raises(NotFoundError, match=r"1\.0"):
        published_schema("7.7")
