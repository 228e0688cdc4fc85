"""Law: the card of any contact is the same card again after it was the properties of a vCard."""

from __future__ import annotations

from hypothesis import given

from canonical_contact.errors import Problem
from canonical_contact.formats.jscontact.codec import card_of, contact_of
from canonical_contact.formats.jscontact.vcard import from_properties, to_properties
from canonical_contact.model import Contact
from property_strategies import contacts


def no(problem: Problem) -> None:
    raise AssertionError(problem)


@given(contacts)
def test_there_and_back(contact: Contact) -> None:
    card = card_of(contact)
    properties = to_properties(card)
    assert not any(sign < " " and sign != "\t" for one in properties for sign in one.value)
    back = from_properties(properties)
    assert back == card
    assert contact_of(back, no) == contact
