"""Cards that programs wrote: each is read, and what it says is there; docs/vcard.md shows the table that is made of them."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import pytest
import vcard_table

from canonical_contact.errors import Problem
from canonical_contact.formats.exchange import read_contacts, write_contacts
from canonical_contact.formats.vcard.kinds import default_kind
from canonical_contact.formats.vcard.properties import Property
from canonical_contact.formats.vcard.upgrade import Upgrade
from canonical_contact.formats.vcard.wire import open_cards
from canonical_contact.formats.vcard.write import card_bytes
from canonical_contact.model import Contact

ROOT = Path(__file__).parents[3]
CARDS = sorted((ROOT / "tests" / "data" / "vcards").glob("*.vcf"))


def cards(data: bytes) -> list[list[Property]]:
    upgrade = Upgrade()
    return [upgrade.properties(card, lambda _: None) for card in open_cards(io.BytesIO(data), lambda _: None)]


def one(name: str) -> tuple[Contact, list[Property]]:
    path = ROOT / "tests" / "data" / "vcards" / f"{name}.vcf"
    (contact,) = read_contacts(path)
    (properties,) = cards(path.read_bytes())
    return contact, properties


def values(properties: list[Property], name: str) -> list[str]:
    return [one.value for one in properties if one.name == name]


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_written_as_version_4_the_card_says_the_same(path: Path) -> None:
    read = cards(path.read_bytes())
    written = b"".join([card_bytes(properties, lambda *what: pytest.fail(str(what))) for properties in read])
    assert cards(written) == read
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
@pytest.mark.parametrize("format_name", ["vcard", "jcard", "jscontact"])
def test_unknown_properties_survive_a_contact(path: Path, format_name: str) -> None:
    contacts = list(read_contacts(path))
    stream = io.BytesIO()
    assert write_contacts(contacts, stream, format=format_name).exact
    stream.seek(0)
    again = list(read_contacts(stream, format=format_name))
    assert again == contacts
    unknown = [unknown_of(properties) for properties in cards(path.read_bytes())]
    stream = io.BytesIO()
    write_contacts(again, stream, format="vcard")
    assert [unknown_of(properties) for properties in cards(stream.getvalue())] == unknown


def unknown_of(properties: list[Property]) -> Counter[str]:
    """Extensions, but for the labels of Apple, which are read into the values that they stand at."""
    return Counter(
        repr((one.name, one.value, dict(one.params)))
        for one in properties
        if default_kind(one.name) == "unknown" and one.name != "X-ABLABEL"
    )


def test_the_table_of_the_page_is_what_the_command_prints() -> None:
    assert vcard_table.table(CARDS) in (ROOT / "docs" / "vcard.md").read_text()


def test_outlook_2003() -> None:
    contact, properties = one("outlook-2003")
    assert list(contact.notes) == ["This is the note field!!\nSecond line\n\nThird line is empty\n"]
    assert values(properties, "ORG") == ["Company\\, The;TheDepartment"]
    (address,) = [line for line in properties if line.name == "ADR"]
    assert address.params["LABEL"] == ("TheOffice\n123 Main St\nAustin, TX 12345\nUnited States of America",)
    (key,) = values(properties, "KEY")
    assert key.startswith("data:application/pkix-cert;base64,MIIDITCC")
    assert values(properties, "BDAY") == ["19800321"]
    (email,) = [line for line in properties if line.name == "EMAIL"]
    assert email.params == {"PREF": ("1",)}


def test_outlook_2007() -> None:
    contact, properties = one("outlook-2007")
    (note,) = contact.notes
    assert note.startswith("This is the NOTE field\t\nI assume it encodes this text inside a NOTE vCard type.\nBut")
    (photo,) = values(properties, "PHOTO")
    assert photo.startswith("data:image/jpeg;base64,/9j/4AAQSkZJRg")
    assert "X-MS-OL-DESIGN" in {line.name for line in properties}


def test_gmail() -> None:
    contact, properties = one("gmail-single2")
    assert "https" not in values(properties, "URL")[0]
    assert values(properties, "URL")[0] == "http://www.example1.com"
    labels = {line.group: line.value for line in properties if line.name == "X-ABLABEL"}
    assert labels["item7"] == "_$!<HomePage>!$_"
    assert len(contact.emails) == 5
    assert len(contact.phones) == 11


def test_thunderbird() -> None:
    contact, properties = one("thunderbird-MoreFunctionsForAddressBook-extension")
    assert [(phone.number, phone.features) for phone in contact.phones][2] == ("555-555-5555", ("mobile", "voice"))
    assert values(properties, "CATEGORIES") == ["category1\\, category2\\, category3"]
    (photo,) = values(properties, "PHOTO")
    assert photo.startswith("data:image/jpeg;base64,")


def test_fullcontact() -> None:
    problems: list[Problem] = []
    (contact,) = read_contacts(ROOT / "tests" / "data" / "vcards" / "fullcontact.vcf", tell=problems.append)
    assert contact.name is not None
    assert (contact.name.given, contact.name.surname) == ("FirstName", "LastName")
    assert len(contact.emails) == 5
    assert {problem.code for problem in problems} == {"jscontact.uid_missing"}
