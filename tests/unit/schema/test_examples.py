"""What is known of each field: all of them say it, their examples are valid, and a normaliser leaves its examples as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from canonical_contact.formats._paths import parse_path
from canonical_contact.merge.policy import STRATEGIES
from canonical_contact.model import Card, Contact, RawRecord
from canonical_contact.model.about import About, abouts
from canonical_contact.normalize import Normalizer
from canonical_contact.normalize.profile import RULES
from canonical_contact.schema import json_schema, published_schema, published_versions, to_dict
from canonical_contact.schema._dictionary import dictionary, own_paths
from canonical_contact.schema._fields import plain
from canonical_contact.schema._published import published_dictionary

SCHEMA = json_schema()
OBJECTS = {"Contact": SCHEMA, **{name: shape for name, shape in SCHEMA["$defs"].items() if "properties" in shape}}
ROWS = {row["class"] + "." + row["name"]: row for document in dictionary()["documents"] for row in document["fields"]}
FIELDS = sorted(ROWS)


def faults(example: Any, schema: dict[str, Any], definitions: dict[str, Any]) -> list[str]:
    validator = jsonschema.Draft202012Validator(
        {"$schema": SCHEMA["$schema"], **schema, "$defs": definitions},
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )
    return [error.message for error in validator.iter_errors(example)]


def test_every_example_is_valid_in_its_field() -> None:
    assert {name for name in ROWS if faults(ROWS[name]["example"], field_of(OBJECTS, name), SCHEMA["$defs"])} == set()
    assert {name for name in ROWS if field_of(OBJECTS, name)["examples"] != [ROWS[name]["example"]]} == set()


def field_of(objects: dict[str, Any], name: str) -> dict[str, Any]:
    cls, _, field = name.partition(".")
    found: dict[str, Any] = objects[cls]["properties"][field]
    return found


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_the_examples_of_a_class_make_a_valid_document(name: str) -> None:
    document = {field: shape["examples"][0] for field, shape in OBJECTS[name]["properties"].items()}
    shape = {
        key: OBJECTS[name][key] for key in ("type", "properties", "required", "additionalProperties") if key in OBJECTS[name]
    }
    assert faults(document, shape, SCHEMA["$defs"]) == []


@pytest.mark.parametrize("version", published_versions())
def test_the_examples_of_every_version_are_valid_in_it(version: str) -> None:
    schema = published_schema(version)
    objects = {"Contact": schema, **schema["$defs"]}
    rows = {row["class"] + "." + row["name"]: row for one in published_dictionary(version)["documents"] for row in one["fields"]}
    assert {name for name in rows if faults(rows[name]["example"], field_of(objects, name), schema["$defs"])} == set()


def known() -> Iterator[tuple[str, About]]:
    classes = {type_of(name) for name in FIELDS}
    for cls in classes:
        yield from ((f"{cls.__name__}.{name}", one) for name, one in abouts(cls).items())


def type_of(name: str) -> type:
    from canonical_contact import errors, model

    cls = name.partition(".")[0]
    found: type = getattr(model, cls, None) or getattr(errors, cls)
    return found


def test_every_rule_path_and_strategy_that_a_field_names_exists() -> None:
    lists = {"union", "fold", "follow(name)", ""}
    for name, one in known():
        assert not one.normalizer or one.normalizer in RULES, name
        assert one.survivorship in lists | set(STRATEGIES), name
        assert [path for path in one.raw if not exists(path)] == [], name
        assert one.since in published_versions(), name


def exists(path: str) -> bool:
    return path in ("id", "consent") or parse_path(path) is not None or parse_path(f"{path}.number") is not None


def test_every_card_field_says_how_it_is_merged_and_where_other_formats_have_it() -> None:
    silent = [name for name, one in abouts(Contact).items() if not (one.survivorship and one.jscontact and one.vcard)]
    assert silent == ["schema_version", "revision"]
    assert {name for name, one in abouts(Card).items() if one.deprecated} == {"owner"}
    assert abouts(Card)["owner"].replaced_by == "owners"


APART = {
    "$.addresses[].full": "empty where the address is in parts",
    "$.addresses[].country": "empty where the country was recognised",
}


def test_what_a_normaliser_made_it_makes_again() -> None:
    """The examples, put back where a record would hold them, come out as they are."""
    rows = read_by_rules()
    values = {raw: text for row, one in rows for raw, text in cells(row["example"], own_paths(one.raw, row["path"])[0])}
    values |= {"addresses[0].country": "Germany", "phones[0].number": "+493023125017 ext. 12"}
    record = Normalizer().record(RawRecord("hubspot", "17", 1, "h.csv", 2, values), "hubspot:17", "17")
    card = to_dict(record.card)
    wrong = {row["path"]: look(card, row["path"]) for row, _ in rows if look(card, row["path"]) not in (row["example"], None)}
    silent = {row["path"] for row, _ in rows if look(card, row["path"]) is None}
    assert (wrong, record.problems) == ({}, ())
    # An individual is the default and left out; the others are times of the record, not of its card.
    assert silent == {"$.kind", "$.updated_at", "$.sources[].observed_at"}


def read_by_rules() -> list[tuple[dict[str, Any], About]]:
    """The fields of a contact that a normaliser makes from a raw path of their own."""
    rows = [row for row in dictionary()["documents"][0]["fields"] if row.get("normalizer") and row["path"] not in APART]
    found = [(row, abouts(type_of(f"{row['class']}."))[row["name"]]) for row in rows if not isinstance(row["example"], dict)]
    return [(row, one) for row, one in found if own_paths(one.raw, row["path"])]


def cells(example: Any, path: str) -> list[tuple[str, str]]:
    if isinstance(example, list) and path.endswith("[]"):
        return [(f"{path[:-2]}[{number}]", str(one)) for number, one in enumerate(example)]
    return [(path.replace("[]", "[0]"), str(example[0] if isinstance(example, list) else example))]


def look(card: dict[str, Any], path: str) -> Any:
    value: Any = card
    for step in path.removeprefix("$.").replace("[]", ".0").split("."):
        value = value[int(step)] if isinstance(value, list) else (value or {}).get(step)
    return value


def test_an_example_is_copied_so_that_nobody_changes_the_metadata() -> None:
    one = abouts(Card)["emails"]
    plain(one.example)[0]["address"] = "other@example.org"
    json_schema()["properties"]["emails"]["examples"][0][0]["address"] = "other@example.org"
    assert one.example[0]["address"] == "ana@example.org"
