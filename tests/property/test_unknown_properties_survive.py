"""Law: what a card says that neither vCard, nor JSContact, nor the schema has a word for is there again when its contact is written."""

from __future__ import annotations

import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.formats.exchange import read_contacts, write_contacts
from canonical_contact.formats.vcard.properties import Property, unescape
from canonical_contact.formats.vcard.upgrade import Upgrade
from canonical_contact.formats.vcard.wire import open_cards
from canonical_contact.formats.vcard.write import card_bytes

CLEAN = st.text(
    st.characters(codec="utf-8", exclude_characters=[chr(code) for code in (*range(9), *range(10, 32), 127)]), max_size=8
)
VALUES = st.lists(st.sampled_from(["\\n", "\\,", ";", ",", "data:,", "=", "a"]) | CLEAN, max_size=4).map("".join)
NAMES = st.sampled_from(["X-SHOE", "X-A", "VND-THING", "MAILER", "CLASS", "X-JSPROP", "X-EVOLUTION-SPOUSE"])
PARAMS = st.dictionaries(
    st.sampled_from(["X-P", "PREF", "LABEL", "LANGUAGE", "ALTID", "PROP-ID"]),
    st.lists(CLEAN, min_size=1, max_size=2).map(tuple),
    max_size=2,
)
TYPES = st.sampled_from([{}, {"TYPE": ("home",)}, {"TYPE": ("x-boat", "work")}, {"VALUE": ("text",)}, {"VALUE": ("uri",)}])
PROPERTIES = st.lists(
    st.builds(lambda name, value, params, types, group: Property(name, value, {**params, **types}, group), NAMES, VALUES, PARAMS, TYPES, st.sampled_from(["", "item1"])),
    max_size=5,
)  # fmt: skip


def read(data: bytes) -> list[Property]:
    (card,) = open_cards(io.BytesIO(data), lambda _: None)
    return Upgrade().properties(card, lambda _: None)


def counted(properties: list[Property]) -> Counter[str]:
    """Two texts are the same where they are without their escapes."""
    return Counter(
        repr(
            (
                one.name,
                unescape(one.value) if "text" in one.params.get("VALUE", ()) else one.value,
                sorted(one.params.items()),
                one.group,
            )
        )
        for one in properties
        if one.name not in ("FN", "UID")
    )


@pytest.mark.parametrize("format_name", ["vcard", "jscontact", "jcard"])
@pytest.mark.parametrize("ids", [("urn:uuid:x", "urn:uuid:y"), ("", ""), ("", "urn:uuid:X", "a"), (f"urn:uuid:{'x' * 36}", "b")])
def test_several_ids(ids: tuple[str, ...], format_name: str) -> None:
    data = card_bytes([Property("FN", "A"), *[Property("UID", one) for one in ids]], lambda *what: pytest.fail(str(what)))
    contacts = list(read_contacts(io.BytesIO(data), format="vcard"))
    between = io.BytesIO()
    write_contacts(contacts, between, format=format_name)
    between.seek(0)
    again = list(read_contacts(between, format=format_name))
    assert again == contacts
    written = io.BytesIO()
    write_contacts(again, written, format="vcard")
    found = [one.value for one in read(written.getvalue()) if one.name == "UID"]
    assert sorted({*ids} - {*found}) == []
    assert len(found) >= len(ids)


@pytest.mark.parametrize("format_name", ["vcard", "jcard"])
@given(properties=PROPERTIES)
def test_read_written_read(properties: list[Property], format_name: str) -> None:
    known = [Property("FN", "A"), Property("UID", "urn:uuid:00000000-0000-7000-8000-000000000001")]
    data = card_bytes([*known, *properties], lambda *what: pytest.fail(str(what)))
    contacts = list(read_contacts(io.BytesIO(data), format="vcard"))
    between = io.BytesIO()
    write_contacts(contacts, between, format=format_name)
    between.seek(0)
    written = io.BytesIO()
    write_contacts(read_contacts(between, format=format_name), written, format="vcard")
    again = [one for one in read(written.getvalue()) if one.name not in ("PRODID", "JSPROP")]
    assert counted(again) == counted(properties)
