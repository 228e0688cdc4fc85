"""Law: no cell of a written file, header included, begins like a formula, whatever stands in the contact."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact.formats import PRESET_NAMES
from canonical_contact.formats.exchange import write_contacts
from canonical_contact.model import Contact, EmailAddress, Name, Organization, PhoneNumber
from csv_worlds import STATUSES, contacts

STARTS = tuple("=+-@\t\r\n＝＋－＠")
dangerous = st.builds(
    lambda before, start, rest: f"{before}{start}{rest}",
    st.sampled_from(["", " ", "'", "\u200b", "\ufeff", "\x00", "\n", "''"]),
    st.sampled_from(STARTS),
    st.sampled_from(["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x","y")', "49 30 1", ""]),
)
attacks = st.builds(
    lambda text, more: Contact(
        contact_id="1",
        name=Name(full=text, given=text, surname=text, title=text),
        emails=(EmailAddress(f"{text}@example.com"), EmailAddress("x@example.com", label=text)),
        phones=(PhoneNumber(text, label=text), PhoneNumber("+493012345678")),
        organizations=(Organization(text, (text,)),),
        notes=(text,),
        tags=(text, more),
        owner=text,
        extensions={f"{name}.{text}": more for name in PRESET_NAMES},
    ),
    dangerous,
    dangerous,
)


@pytest.mark.parametrize("preset", PRESET_NAMES)
@given(contact=attacks | contacts, encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]), status=st.sampled_from(STATUSES))
@settings(max_examples=50)
def test_in_any_preset_s_file(preset: str, contact: Contact, encoding: str, status: str) -> None:
    stream = io.BytesIO()
    options: dict[str, Any] = {"status": status} if preset == "mailchimp" else {}
    write_contacts([contact], stream, format=preset, encoding=encoding, **options)
    for row in csv.reader(io.StringIO(stream.getvalue().decode(encoding), newline="")):
        for cell in row:
            assert not cell.lstrip(" \u200b\ufeff").startswith(STARTS)
