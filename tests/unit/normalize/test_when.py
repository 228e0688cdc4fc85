from __future__ import annotations

from datetime import UTC, datetime

import pytest

from canonical_contact.normalize import birthday, timestamp


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1958-07-12", "1958-07-12"), ("12.07.1958", "1958-07-12"), ("12.7.1958", "1958-07-12"), ("19580712", "1958-07-12"), ("--07-12", "--07-12"),
        ("--0712", "--07-12"), ("1604-07-12", "--07-12"), ("12/25", "--12-25"), ("25/12", "--12-25"), ("25.12.", "--12-25"), ("30/12/1980", "1980-12-30"),
        ("12/30/1980", "1980-12-30"), ("1958/07/12", "1958-07-12"), ("12 July 1958", "1958-07-12"), ("Jul 12, 1958", "1958-07-12"),
        ("12. Juli 1958", "1958-07-12"), ("12 de julio de 1958", "1958-07-12"), ("1958-07-12T00:00:00Z", "1958-07-12"), ("07/07/1958", "1958-07-07"),
        ("--02-29", "--02-29"),
    ],
)  # fmt: skip
def test_birthday(text: str, day: str) -> None:
    assert birthday(text).value == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31/02/2023", "date.invalid"), ("1985-13-45", "date.invalid"), ("Feb 30 1990", "date.invalid"), ("29.02.1985", "date.invalid"),
        ("0000-00-00", "date.empty"), ("1985-04", "date.partial"), ("soon", "date.unreadable"), ("03/04/1970", "date.ambiguous"),
    ],
)  # fmt: skip
def test_no_birthday(text: str, code: str) -> None:
    found = birthday(text)
    assert (found.value, found.problems[0].code, found.problems[0].raw) == (None, code, text)


def test_an_empty_field_of_outlook_is_missing() -> None:
    assert birthday("0/0/00").value is None
    assert birthday("0/0/00").problems == ()


def test_order_comes_from_the_file_or_the_country() -> None:
    assert birthday("03/04/1970", order="mdy").value == "1970-03-04"
    assert birthday("03/04/1970", order="dmy").value == "1970-04-03"
    assert birthday("03/04/1970", region="US").value == "1970-03-04"
    assert birthday("03/04/1970", region="GB").value == "1970-04-03"
    assert birthday("30/04/1970", order="mdy").value == "1970-04-30"
    assert birthday("08/06", order="mdy").value == "--08-06"


def test_both_readings_are_alternatives() -> None:
    found = birthday("03/04/1970")
    assert (found.alternatives, found.confidence) == (("1970-04-03", "1970-03-04"), 0.5)


def test_the_century_of_two_digits_is_a_guess() -> None:
    found = birthday("06.07.58")
    assert (found.value, found.alternatives, found.confidence) == ("1958-07-06", ("2058-07-06",), 0.6)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-08-15 12:26", datetime(2021, 8, 15, 12, 26, tzinfo=UTC)),
        ("2021-11-22T20:02:48.000Z", datetime(2021, 11, 22, 20, 2, 48, tzinfo=UTC)),
        ("20260101T101010Z", datetime(2026, 1, 1, 10, 10, 10, tzinfo=UTC)),
        ("2020-01-01T10:00:00+02:00", datetime(2020, 1, 1, 8, tzinfo=UTC)),
        ("20.04.2025", datetime(2025, 4, 20, tzinfo=UTC)),
        ("20.04.2025 12:30", datetime(2025, 4, 20, 12, 30, tzinfo=UTC)),
        ("4/27/2020, 3:04 PM", datetime(2020, 4, 27, 15, 4, tzinfo=UTC)),
        ("1596240000000", datetime(2020, 8, 1, tzinfo=UTC)),
        (" 2021-08-15 12:26 ", datetime(2021, 8, 15, 12, 26, tzinfo=UTC)),
    ],
)
def test_timestamp(text: str, moment: datetime) -> None:
    assert timestamp(text).value == moment


def test_the_zone_of_the_file_counts_where_the_text_has_none() -> None:
    assert timestamp("2021-08-15 12:26", zone="Europe/Berlin").value == datetime(2021, 8, 15, 10, 26, tzinfo=UTC)
    assert timestamp("2021-08-15 12:26Z", zone="Europe/Berlin").value == datetime(2021, 8, 15, 12, 26, tzinfo=UTC)
    found = timestamp("2021-08-15 12:26", zone="Nowhere/Land")
    assert (found.value, found.problems[0].code) == (datetime(2021, 8, 15, 12, 26, tzinfo=UTC), "time_zone.unknown")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("garbage", "date.unreadable"),
        ("2020-W01", "date.unreadable"),
        ("2021-08-15 25:26", "date.invalid"),
        ("0001-01-01T00:00:00+05:00", "date.invalid"),
        ("03/04/2020", "date.ambiguous"),
    ],
)
def test_no_timestamp(text: str, code: str) -> None:
    found = timestamp(text)
    assert (found.value, found.problems[0].code) == (None, code)
