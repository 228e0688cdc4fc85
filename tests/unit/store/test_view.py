from __future__ import annotations

import pytest

from canonical_contact.errors import NotFoundError
from canonical_contact.model import Contact, EmailAddress, PhoneNumber
from canonical_contact.ports import ContactRow
from canonical_contact.schema import to_json
from canonical_contact.store import MemoryStore, find_contacts, get_contact, iter_contacts

ANA = Contact(contact_id="019f1af9-b400-7708-9871-081bf9502cb8", emails=(EmailAddress("ana+x@example.org", "ana@example.org"),))
BEN = Contact(contact_id="019f1af9-b400-7708-9871-081bf9502cb9", phones=(PhoneNumber("+442079460018"),), aliases=("old-1",))


def row(contact: Contact, *endpoints: tuple[str, str], retired: tuple[str, ...] = ()) -> ContactRow:
    return ContactRow(contact.contact_id, to_json(contact), "digest", (), endpoints, retired)


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    shared = ("email", "info@example.org")
    store.put_contacts(
        [row(ANA, ("email", "ana@example.org"), shared), row(BEN, ("phone", "+442079460018"), shared, retired=("old-1", "old-2"))]
    )
    return store


def test_a_contact_is_read_with_its_revision_and_aliases(store: MemoryStore) -> None:
    ben = get_contact(store, "old-2")
    assert (ben.contact_id, ben.revision, ben.aliases) == (BEN.contact_id, 1, ("old-1", "old-2"))
    assert ben.phones == BEN.phones
    assert [contact.contact_id for contact in iter_contacts(store)] == [ANA.contact_id, BEN.contact_id]


def test_an_unknown_id_is_named_as_such(store: MemoryStore) -> None:
    with pytest.raises(NotFoundError) as caught:
        get_contact(store, "ana@example.org")
    assert "ana" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ANA.contact_id, [ANA]),
        (f" {ANA.contact_id.upper()} ", [ANA]),
        ("old-1", [BEN]),
        ("Ana@Example.org", [ANA]),
        ("Ana <ana@example.org>", [ANA]),
        ("+44 20 7946 0018", [BEN]),
        ("info@example.org", [ANA, BEN]),
        ("nobody@example.org", []),
        ("+44 20 7946 0019", []),
        ("", []),
        ("'; DROP TABLE contact", []),
    ],
)
def test_contacts_are_found_by_id_address_or_number(store: MemoryStore, text: str, found: list[Contact]) -> None:
    assert [contact.contact_id for contact in find_contacts(store, text)] == [contact.contact_id for contact in found]


def test_a_national_number_needs_a_region(store: MemoryStore) -> None:
    assert find_contacts(store, "020 7946 0018") == []
    assert [contact.contact_id for contact in find_contacts(store, "020 7946 0018", region="GB")] == [BEN.contact_id]
