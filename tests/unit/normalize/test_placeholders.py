"""What people and spreadsheets write where there is no value is no value, whatever the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from canonical_contact.normalize import Normalized, address, country, email, language, name, phone
from canonical_contact.normalize._text import NO_VALUE


@pytest.mark.parametrize("raw", sorted(NO_VALUE))
@pytest.mark.parametrize("read", [email, phone, name, address, country, language], ids=lambda read: read.__name__)
def test_a_placeholder_is_no_value_in_any_case(read: Callable[[str], Normalized[Any]], raw: str) -> None:
    for text in (raw, raw.upper(), f" {raw} "):
        found = read(text)
        if not (read is language and raw == "nan"):  # Min Nan, as ISO 639-3 has it
            assert found.value is None
            assert found.problems


def test_a_part_that_is_none_is_left_out_of_an_address() -> None:
    found = address({"street": "keine Angabe", "region": "#N/A", "locality": "Ulm"}).value
    assert found is not None
    assert (found.street, found.region, found.locality) == ("", "", "Ulm")
