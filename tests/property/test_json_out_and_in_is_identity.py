"""Law: what is written as JSON and read again is the same value, for every class of the model."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.errors import Problem
from canonical_contact.model import (
    Activity,
    ConsentEvent,
    Contact,
    Event,
    PairDecision,
    Permission,
    RawRecord,
    SourceRecord,
)
from canonical_contact.schema import from_dict, from_json, to_dict, to_json
from property_strategies import contacts, source_records, values


@given(contacts)
def test_of_contacts(contact: Contact) -> None:
    assert from_json(Contact, to_json(contact)) == contact


@given(source_records)
def test_of_source_records(record: SourceRecord) -> None:
    assert from_json(SourceRecord, to_json(record)) == record


@pytest.mark.parametrize("cls", [Activity, ConsentEvent, Event, PairDecision, Permission, Problem, RawRecord])
@given(data=st.data())
def test_of_every_other_class(cls: type, data: st.DataObject) -> None:
    value = data.draw(values(cls))
    assert from_json(cls, to_json(value)) == value


@given(contacts)
def test_a_document_is_plain_and_can_be_stored(contact: Contact) -> None:
    text = to_json(contact)
    text.encode()
    assert json.loads(text) == to_dict(contact)
    assert from_dict(Contact, to_dict(contact)) == contact
    assert to_json(from_json(Contact, text)) == text
