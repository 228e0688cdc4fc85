"""Law: any contact written as JSContact is a good card, and is read back equal."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.errors import Problem
from canonical_contact.formats.exchange import read_contacts, write_contacts
from canonical_contact.model import Contact
from jscontact_rules import faults
from property_strategies import contacts


def no(problem: Problem) -> None:
    raise AssertionError(problem)


@pytest.mark.parametrize("options", [{}, {"array": True}, {"version": "1.0"}], ids=str)
@given(written=st.lists(contacts, max_size=2))
def test_written_and_read(written: list[Contact], options: dict[str, Any]) -> None:
    stream = io.BytesIO()
    losses = write_contacts(written, stream, format="jscontact", **options)
    assert (losses.exact, losses.contacts) == (True, len(written))
    text = stream.getvalue().decode()
    cards = json.loads(text) if "array" in options else [json.loads(line) for line in text.split("\n") if line]
    assert [faults(card) for card in cards] == [[]] * len(written)
    stream.seek(0)
    assert list(read_contacts(stream, format="jscontact", tell=no)) == written
