"""Law: contacts written as vCard 4.0 or as jCard are read back equal, whatever they hold, and nothing is lost."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.errors import Problem
from canonical_contact.formats.exchange import read_contacts, write_contacts
from canonical_contact.model import Contact
from property_strategies import contacts


def no(problem: Problem) -> None:
    raise AssertionError(problem)


@pytest.mark.parametrize("format_name", ["vcard", "jcard"])
@given(written=st.lists(contacts, max_size=3))
def test_written_and_read(written: list[Contact], format_name: str) -> None:
    stream = io.BytesIO()
    losses = write_contacts(written, stream, format=format_name)
    assert (losses.exact, losses.contacts) == (True, len(written))
    stream.seek(0)
    assert list(read_contacts(stream, format=format_name, tell=no)) == written
