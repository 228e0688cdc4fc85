"""Fields of a host: typed, described, kept as text, and in the host's own schema and dictionary."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import jsonschema
import pytest

from canonical_contact.errors import ConfigError, InputError, Problem
from canonical_contact.model import SCHEMA_VERSION, Card, Contact
from canonical_contact.model.about import Pii
from canonical_contact.schema import from_json, json_schema, to_dict, to_json
from canonical_contact.schema._dictionary import dictionary
from canonical_contact.schema._dictionary_page import dictionary_page
from canonical_contact.schema._odcs import odcs
from canonical_contact.schema.extensions import ExtensionField, Extensions


class Tier(StrEnum):
    SILVER = "silver"
    GOLD = "gold"


AT = datetime(2026, 6, 30, 12, tzinfo=UTC)
EXAMPLES: dict[str, tuple[type, Any]] = {
    "acme.tier": (Tier, Tier.GOLD),
    "acme.visits": (int, 17),
    "acme.distance": (float, 1.5),
    "acme.member": (bool, True),
    "acme.seen_at": (datetime, AT),
    "acme.joined": (date, date(2024, 2, 29)),
    "acme.card": (str, "AB-1234"),
}
OURS = Extensions(
    [
        ExtensionField(
            name=name,
            type=kind,
            meaning=f"What {name} means.",
            example=example,
            pii=Pii.PERSONAL,
            pattern=r"[A-Z]{2}-\d{4}" if name == "acme.card" else "",
        )
        for name, (kind, example) in EXAMPLES.items()
    ],
    schema_id="urn:acme:contact:1",
)
ANA = Contact(contact_id="019f1af9-b400-7708-9871-081bf9502cb8", extensions={"hubspot.Age": "41"})


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_value_is_read_as_it_was_written(name: str) -> None:
    value = EXAMPLES[name][1]
    written = OURS.write(ANA, name, value)
    read = OURS.read(written, name)
    assert read == value
    assert type(read) is type(value)
    assert written.extensions["hubspot.Age"] == "41"
    assert name not in ANA.extensions
    assert OURS.read(from_json(Contact, to_json(written)), name) == value
    assert OURS.write(written, name, None) == ANA


def test_a_card_of_a_record_has_them_too() -> None:
    card: Card = OURS.write(Card(), "acme.visits", 3)
    assert card.extensions == {"acme.visits": "3"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("acme.tier", "Gold"),
        ("acme.visits", "17.0"),
        ("acme.visits", "017"),
        ("acme.visits", "17\n"),
        ("acme.visits", "١٧"),
        ("acme.visits", "9" * 10_000),
        ("acme.distance", "1,5"),
        ("acme.distance", "nan"),
        ("acme.distance", "1e999"),
        ("acme.member", "yes"),
        ("acme.seen_at", "2026-06-30 12:00"),
        ("acme.seen_at", "2026-02-31T12:00:00Z"),
        ("acme.joined", "2026-02-29"),
        ("acme.card", "ab-1234"),
        ("acme.card", "AB-1234 "),
    ],
)
def test_a_text_of_another_form_is_a_problem_and_the_text_stays(name: str, text: str) -> None:
    contact = Contact(contact_id="c", extensions={name: text})
    found = OURS.read(contact, name)
    assert isinstance(found, Problem)
    assert (found.code, found.path, found.raw) == ("extension.not_in_form", f"$.extensions.{name}", text[:200])
    assert found.hint
    assert OURS.problems(contact) == (found,)
    if len(text) < 100 and name != "acme.seen_at":  # a validator does not know every month
        check = jsonschema.Draft202012Validator(
            {"properties": OURS.properties()}, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        )
        assert not check.is_valid({name: text}) or text in ("1e999", "17\n")


def test_what_is_absent_is_none_and_what_was_not_declared_raises() -> None:
    assert OURS.read(ANA, "acme.visits") is None
    assert OURS.problems(ANA) == ()
    with pytest.raises(ConfigError, match="no such field"):
        OURS.read(ANA, "hubspot.Age")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("acme.visits", "17"),
        ("acme.visits", True),
        ("acme.member", 1),
        ("acme.tier", "gold"),
        ("acme.distance", float("inf")),
        ("acme.joined", AT),
        ("acme.card", "secret"),
    ],
)
def test_a_value_of_another_type_is_not_written_nor_quoted(name: str, value: Any) -> None:
    with pytest.raises(InputError) as caught:
        OURS.write(ANA, name, value)
    assert caught.value.path == name
    assert "secret" not in str(caught.value)


def test_a_time_is_written_in_utc() -> None:
    summer = AT.astimezone(timezone(timedelta(hours=2)))
    assert OURS.write(ANA, "acme.seen_at", summer).extensions["acme.seen_at"] == "2026-06-30T12:00:00Z"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "tier"},
        {"name": ".tier"},
        {"name": "acme."},
        {"name": "canonical_contact.tier"},
        {"type": list},
        {"type": list[str]},
        {"type": int, "example": "3"},
        {"pattern": "["},
        {"pattern": "x"},
        {"type": int, "example": 3, "pattern": "3"},
    ],
    ids=str,
)
def test_a_field_that_contradicts_itself_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        ExtensionField(**{"name": "acme.tier", "meaning": "A tier.", "example": "gold", **wrong})


def test_no_name_twice() -> None:
    one = ExtensionField(name="acme.tier", meaning="A tier.", example="gold")
    with pytest.raises(ConfigError, match="two fields"):
        Extensions([one, one])


def test_the_schema_of_the_host_knows_them_and_lets_others_be() -> None:
    schema = json_schema(extensions=OURS)
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    full = ANA
    for name, (_, example) in EXAMPLES.items():
        full = OURS.write(full, name, example)
    assert check.is_valid(to_dict(full))
    assert check.is_valid(to_dict(ANA))
    assert not check.is_valid(to_dict(Contact(contact_id="c", extensions={"acme.visits": "many"})))
    assert schema["$id"] == "urn:acme:contact:1"
    told = schema["properties"]["extensions"]["properties"]["acme.tier"]
    assert told["enum"] == ["silver", "gold"]
    assert (told["x-pii"], told["x-since"], told["x-type"], told["examples"]) == ("personal", "1", "Tier", ["gold"])
    assert schema["$defs"]["Card"]["properties"]["extensions"]["properties"].keys() == EXAMPLES.keys()
    assert "$id" not in json_schema(extensions=Extensions([]))
    assert json_schema()["$id"].endswith(f"contact:{SCHEMA_VERSION}")


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_the_dictionary_of_the_host_lists_them(version: str) -> None:
    told = dictionary(version=version, extensions=OURS)
    rows = {row["path"]: row for row in told["documents"][0]["fields"]}
    assert rows["$.extensions.acme.tier"]["words"] == ["silver", "gold"]
    assert rows["$.extensions.acme.visits"]["type"] == "integer"
    assert "acme.visits" in dictionary_page(told)
    assert "id" not in told
    plain = next(one for one in odcs(told)["schema"][0]["properties"] if one["name"] == "extensions")
    assert {one["name"] for one in plain["properties"]} == EXAMPLES.keys()
    assert "acme.visits" not in str(dictionary(version=version))


def test_what_will_go_is_marked() -> None:
    one = ExtensionField(
        name="acme.tier", meaning="A tier.", example="gold", since="1", deprecated="3", remove_in="4", replaced_by="acme.level"
    )
    told = Extensions([one]).properties()["acme.tier"]
    assert (told["deprecated"], told["x-deprecated-since"], told["x-remove-in"], told["x-replaced-by"]) == (
        True,
        "3",
        "4",
        "acme.level",
    )
