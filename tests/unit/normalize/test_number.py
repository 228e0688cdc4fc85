from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.normalize._number import read_currency, read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12.0),
        ("1234.5", 1234.5),
        ("1.234,50", 1234.5),
        ("1,234.50", 1234.5),
        ("1'234.50 CHF", 1234.5),
        ("1 234,50 kr", 1234.5),
        ("1\u202f234,50 €", 1234.5),
        ("€1.234,50", 1234.5),
        ("US$ 12.50", 12.5),
        ("12,- €", 12.0),
        ("-5", -5.0),
        ("−5", -5.0),
        ("(1,234.50)", -1234.5),
        ("1.234.567,89", 1234567.89),
        ("0,125", 0.125),
        ("1E+06", 1e6),
        ("３", 3.0),
    ],
)
def test_one_number_in_many_spellings(text: str, number: float) -> None:
    found = read_number(text)
    assert (found.value, found.problems) == (number, ())


@pytest.mark.parametrize(("text", "number"), [("1,234", 1234.0), ("1.234", 1.234), ("1.234 €", 1234.0), ("$1,234", 1234.0)])
def test_one_mark_before_three_digits_is_told(text: str, number: float) -> None:
    found = read_number(text)
    assert (found.value, [problem.code for problem in found.problems]) == (number, ["number.ambiguous"])


@pytest.mark.parametrize("text", ["many", "12,34,567", "4 of 5", "nan", "inf", "1e999", "9" * 70, "-", "1..2", "5-", "10/10"])
def test_what_is_no_number_is_named(text: str) -> None:
    found = read_number(text)
    assert (found.value, [(problem.code, problem.raw) for problem in found.problems]) == (None, [("number.unreadable", text)])


def test_blank_is_nothing() -> None:
    assert read_number("  ") == read_number("")


@given(st.text(alphabet="0123456789.,-+()€$ eE'kr\u00a0x", max_size=14))
def test_a_number_that_was_read_is_read_again(text: str) -> None:
    value = read_number(text).value
    assert value is None or read_number(repr(value)).value == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("EUR", "EUR"),
        ("eur", "EUR"),
        ("12,50 €", "EUR"),
        ("£5", "GBP"),
        ("$ 5", ""),
        ("CHF 12", "CHF"),
        ("12", ""),
        ("Euros", ""),
    ],
)
def test_currencies(text: str, code: str) -> None:
    assert read_currency(text) == code
