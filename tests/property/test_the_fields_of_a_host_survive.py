"""Law: a typed field of a host reads the same after a migration and after any format; what has no place for it names it."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact.formats import PRESET_NAMES, read_contacts, write_contacts
from canonical_contact.model import Contact, ContactKind, EmailAddress
from canonical_contact.schema import ExtensionField, Extensions, converter, from_dict, migrate, published_versions, to_dict
from property_strategies import texts, times


class Tier(StrEnum):
    SILVER = "silver"
    GOLD = "gold"


FIELDS = {
    "acme.note": (str, "", texts),
    "acme.loyalty/tier~1": (Tier, Tier.GOLD, st.sampled_from(Tier)),
    "acme.visits": (int, 3, st.integers()),
    "acme.rate": (float, 1.5, st.floats(allow_nan=False, allow_infinity=False)),
    "acme.vip": (bool, True, st.booleans()),
    "acme.seen_at": (datetime, datetime(2026, 6, 30, tzinfo=UTC), times),
    "acme.since": (date, date(2026, 6, 30), st.dates()),
}
OURS = Extensions(
    ExtensionField(name=name, type=kind, meaning="Of the host.", example=example) for name, (kind, example, _) in FIELDS.items()
)
FORMATS: list[tuple[str, dict[str, Any]]] = [
    ("jsonl", {}),
    ("jsonl", {"version": "1.0"}),
    ("parquet", {}),
    ("parquet", {"version": "1.0"}),
    ("vcard", {}),
    ("jcard", {}),
    ("jscontact", {}),
    ("jscontact", {"version": "1.0"}),
]
stated = st.fixed_dictionaries({}, optional={name: drawn for name, (_, _, drawn) in FIELDS.items()})


def with_fields(values: dict[str, Any]) -> Contact:
    contact = Contact(contact_id="1", kind=ContactKind.ORG, extensions={"crm.Colour": "teal"})
    for name, value in values.items():
        contact = OURS.write(contact, name, value)
    return contact


def fields_of(contact: Contact) -> dict[str, Any]:
    return {one.name: value for one in OURS if (value := OURS.read(contact, one.name)) is not None}


@given(values=stated)
def test_through_every_version(values: dict[str, Any]) -> None:
    contact = with_fields(values)
    for version in published_versions():
        older = migrate(to_dict(contact), version)
        assert {name: older["extensions"][name] for name in values} == {name: contact.extensions[name] for name in values}
        assert fields_of(from_dict(Contact, older)) == values
        pinned = converter(version=version)
        assert fields_of(pinned.loads(Contact, pinned.dumps(contact))) == values


@pytest.mark.parametrize(("format_name", "options"), FORMATS, ids=str)
@given(values=stated)
@settings(max_examples=40)
def test_through_every_format_that_carries_all(format_name: str, options: dict[str, Any], values: dict[str, Any]) -> None:
    stream = io.BytesIO()
    write_contacts([with_fields(values)], stream, format=format_name, **options)
    stream.seek(0)
    (read,) = read_contacts(stream, format=format_name)
    assert fields_of(read) == values


@pytest.mark.parametrize("preset", PRESET_NAMES)
@given(values=stated)
@settings(max_examples=20)
def test_a_file_that_another_system_imports_names_them(preset: str, values: dict[str, Any]) -> None:
    contact = evolve(with_fields(values), emails=(EmailAddress("ana@example.org"),))
    options: dict[str, Any] = {"status": "nonsubscribed"} if preset == "mailchimp" else {}
    losses = write_contacts([contact], io.BytesIO(), format=preset, **options)
    assert losses.left_out == {}
    assert {f"$.extensions.{name}" for name in values} <= {loss.path for loss in losses}
