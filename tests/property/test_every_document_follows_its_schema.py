"""Law: what the library writes of any contact, record or consent event follows the published schema."""

from __future__ import annotations

from typing import Any

import jsonschema
from hypothesis import given

from canonical_contact.model import ConsentEvent, Contact, SourceRecord
from canonical_contact.schema import json_schema, to_dict
from property_strategies import consent_events, contacts, source_records

SCHEMA = json_schema()
VALIDATORS = {
    cls: jsonschema.Draft202012Validator(
        SCHEMA if cls is Contact else {"$schema": SCHEMA["$schema"], "$ref": f"#/$defs/{cls.__name__}", "$defs": SCHEMA["$defs"]}
    )
    for cls in (Contact, SourceRecord, ConsentEvent)
}


def faults(value: Any) -> list[str]:
    return [error.message for error in VALIDATORS[type(value)].iter_errors(to_dict(value))]


@given(contacts)
def test_contacts(contact: Contact) -> None:
    assert faults(contact) == []


@given(source_records)
def test_source_records(record: SourceRecord) -> None:
    assert faults(record) == []


@given(consent_events)
def test_consent_events(event: ConsentEvent) -> None:
    assert faults(event) == []
