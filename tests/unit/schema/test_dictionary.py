"""The dictionary holds every field of the schema, with the columns of every preset, and the published ones do not change."""

from __future__ import annotations

from typing import Any

import pytest

from canonical_contact.errors import NotFoundError
from canonical_contact.formats._preset_columns import preset_columns
from canonical_contact.schema import published_schema, published_versions
from canonical_contact.schema._dictionary import dictionary
from canonical_contact.schema._dictionary_page import dictionary_page
from canonical_contact.schema._odcs import odcs
from canonical_contact.schema._published import published_dictionary


def rows(told: dict[str, Any], document: str = "Contact") -> dict[str, dict[str, Any]]:
    (fields,) = [one["fields"] for one in told["documents"] if one["name"] == document]
    return {row["path"]: row for row in fields}


def paths(schema: dict[str, Any], name: str, path: str = "$") -> dict[str, tuple[str, bool]]:
    """Every field of a document of a schema: path → its description, and whether it is required."""
    shape = schema if name == schema["title"] else schema["$defs"][name]
    found: dict[str, tuple[str, bool]] = {}
    for field, kind in shape["properties"].items():
        found[f"{path}.{field}"] = (kind["description"], field in shape.get("required", ()))
        target = (kind.get("$ref") or kind.get("items", {}).get("$ref") or "").rpartition("/")[2]
        if "properties" in schema["$defs"].get(target, {}):
            found |= paths(schema, target, f"{path}.{field}" + ("[]" if "items" in kind else ""))
    return found


@pytest.mark.parametrize("version", published_versions())
def test_a_dictionary_says_what_the_schema_of_its_version_says(version: str) -> None:
    schema, told = published_schema(version), published_dictionary(version)
    assert (told["version"], told["schema"]) == (version, schema["$id"])
    for document in told["documents"]:
        assert {row["path"]: (row["meaning"], row["required"]) for row in document["fields"]} == paths(schema, document["name"])
    lists = {name: shape["enum"] for name, shape in schema["$defs"].items() if "enum" in shape}
    assert {one["name"]: one["words"] for one in told["words"]} == lists


def test_an_earlier_version_knows_nothing_of_a_later_one() -> None:
    early, late = rows(published_dictionary("1.0")), rows(dictionary())
    assert {row["since"] for row in early.values()} == {"1.0"}
    assert {path for path in late if late[path]["since"] == "1.0"} == set(early)
    assert "deprecated_since" not in early["$.owner"]
    assert late["$.owner"]["deprecated_since"] == "1.1"
    assert dictionary(version="1.0") == published_dictionary("1.0")
    with pytest.raises(NotFoundError):
        dictionary(version="7.7")


@pytest.mark.parametrize(
    ("path", "kind", "cardinality"),
    [
        ("$.contact_id", "string", "1"),
        ("$.name", "Name", "0..1"),
        ("$.emails", "EmailAddress", "0..n"),
        ("$.emails[].address", "string", "1"),
        ("$.emails[].status", "EmailStatus", "1"),
        ("$.emails[].pref", "integer", "0..1"),
        ("$.emails[].verification.checked_at", "time", "0..1"),
        ("$.tags", "string", "0..n"),
        ("$.extensions", "string", "map"),
        ("$.score", "number", "0..1"),
        ("$.deleted", "boolean", "1"),
        ("$.schema_version", "string", "1"),
    ],
)
def test_types_and_cardinalities(path: str, kind: str, cardinality: str) -> None:
    row = rows(dictionary())[path]
    assert (row["type"], row["cardinality"]) == (kind, cardinality)


def test_columns_come_from_the_presets_and_go_where_they_belong() -> None:
    told = rows(dictionary(names=preset_columns()))
    assert told["$.emails[].address"]["sources"]["hubspot"][:2] == ["Email", "email"]
    assert told["$.emails[].address"]["sources"]["google"] == ["E-mail {n} - Value"]
    assert "courriel" in told["$.emails[].address"]["sources"]["sheet"]
    assert told["$.emails[].verification.checked_at"]["sources"]["mailchimp"] == ["CONFIRM_TIME", "CLEAN_TIME"]
    assert "sources" not in told["$.phones[].verification.checked_at"]
    assert told["$.birthday"]["sources"]["salesforce_contact"] == ["Birthdate"]
    assert "HasOptedOutOfEmail" in told["$.consent"]["sources"]["salesforce_lead"]


def test_every_column_of_a_preset_is_told_of() -> None:
    names = preset_columns()
    told = dictionary(names=names)
    shown: dict[str, set[str]] = {}
    for document in told["documents"]:
        for row in document["fields"]:
            for preset, columns in row.get("sources", {}).items():
                shown.setdefault(preset, set()).update(columns)
    unmodelled = ("extensions", "custom[].label", "custom[].value", "emails[].type", "updated_at")
    for preset, table in names.items():
        for path, columns in table.items():
            assert path in unmodelled or set(columns) <= shown[preset], (preset, path)


def test_the_page_has_every_class_once_and_a_target_for_each_link() -> None:
    page = dictionary_page(published_dictionary("1.1"))
    heads = [line.lstrip("# ") for line in page.splitlines() if line.startswith(("## ", "### "))]
    assert len(heads) == len(set(heads))
    assert {"Contact", "Card", "SourceRecord", "EmailAddress", "ConsentProof", "Words"} <= set(heads)
    targets = {head.lower() for head in heads} | {part.partition("'")[0] for part in page.split("<a id='")[1:]}
    assert {part.partition(")")[0] for part in page.split("](#")[1:]} <= targets


def test_a_contract_in_the_open_standard_has_every_field() -> None:
    contract = odcs(published_dictionary("1.1"), status="draft")
    assert (contract["apiVersion"], contract["kind"], contract["version"], contract["status"]) == (
        "v3.1.0",
        "DataContract",
        "1.1",
        "draft",
    )
    contact = contract["schema"][0]
    by_name = {one["name"]: one for one in contact["properties"]}
    assert set(by_name) == {path.removeprefix("$.") for path in rows(dictionary()) if path.count(".") == 1}
    emails = by_name["emails"]
    assert (emails["logicalType"], emails["items"]["logicalType"]) == ("array", "object")
    address = next(one for one in emails["items"]["properties"] if one["name"] == "address")
    assert (address["logicalType"], address["required"], address["classification"]) == ("string", True, "contact")
    assert by_name["created_at"]["logicalType"] == "timestamp"
    assert by_name["name"]["logicalType"] == "object"
