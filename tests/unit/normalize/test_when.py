from __future__ import annotations

from datetime import UTC, datetime

import pytest

from canonical_contact.errors import Severity
from canonical_contact.normalize import birthday, timestamp
from canonical_contact.normalize._when import date_order


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
        ("0000-00-00", "date.empty"), ("soon", "date.unreadable"), ("03/04/1970", "date.ambiguous"),
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
    "text",
    ["2021-08-15 12:26", "2021-08-15T12:26:00", "15.08.2021 12:26", "15. August 2021, 12:26", "44423.51806", "20210815122600"],
)
def test_a_time_of_day_without_a_zone_says_so(text: str) -> None:
    found = timestamp(text, order="dmy")
    assert found.value is not None
    assert [problem.code for problem in found.problems][-1:] == ["date.zone_assumed"]
    assert found.problems[-1].severity is Severity.INFO
    assert found.confidence <= 0.9
    told = timestamp(text, order="dmy", zone="UTC")
    assert (told.value, told) == (found.value, timestamp(text, order="dmy", zone=""))
    assert all(problem.code != "date.zone_assumed" for problem in told.problems)


@pytest.mark.parametrize(
    "text", ["2021-08-15", "15.08.2021", "20210815", "2021-08-15T12:26Z", "15.08.2021 12:26 GMT", "1629030360"]
)
def test_a_bare_day_and_a_stated_zone_need_no_word(text: str) -> None:
    assert (timestamp(text).confidence, timestamp(text).problems) == (1.0, ())


def test_what_only_the_standard_library_takes_for_a_zone_is_none() -> None:
    assert timestamp("2021-08-15 12:26:00xZ").value is None
    assert timestamp("2021-08-15T12:26:00+05:99").value is None
    afternoon = timestamp("2021-08-15 02:26:00.1234567 PM +02:00")
    assert afternoon.value == datetime(2021, 8, 15, 12, 26, 0, 123456, tzinfo=UTC)
    assert (
        timestamp("2021-08-15T122600Z").value == timestamp("20210815T12:26Z").value == datetime(2021, 8, 15, 12, 26, tzinfo=UTC)
    )
    assert timestamp("2021-08-15T12Z").value == datetime(2021, 8, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("garbage", "date.unreadable"),
        ("2020-W01", "date.partial"),
        ("2021-08-15 25:26", "date.invalid"),
        ("0001-01-01T00:00:00+05:00", "date.invalid"),
        ("03/04/2020", "date.ambiguous"),
    ],
)
def test_no_timestamp(text: str, code: str) -> None:
    found = timestamp(text)
    assert (found.value, found.problems[0].code) == (None, code)


# --- more of days ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "partial"),
    [
        ("1985-04", ("1985-04",)), ("1985", ("1985",)), ("---15", ("---15",)), ("--04", ("--04",)), ("April 1985", ("1985-04",)),
        ("04/1985", ("1985-04",)), ("4.1985", ("1985-04",)), ("1990年5月", ("1990-05",)), ("May", ("--05",)), ("04/85", ("1985-04", "2085-04")),
    ],
)  # fmt: skip
def test_what_is_missing_is_not_made_up(text: str, partial: tuple[str, ...]) -> None:
    found = birthday(text)
    read = (found.value,) if found.value else found.alternatives
    assert (read, found.problems[0].code, found.raw) == (partial, "date.partial", text)
    assert (found.value is not None) == (len(partial) == 1)
    assert birthday(partial[0]).value == partial[0]
    assert timestamp(text).value is None


@pytest.mark.parametrize(
    "text",
    [
        "1. März 2024", "1 mars 2024", "1er mars 2024", "1 de marzo de 2024", "1 marzo 2024", "1º de março de 2024", "1 maart 2024", "1 марта 2024 г.",
        "1 marca 2024", "1. maaliskuuta 2024", "1 Mart 2024", "1 martie 2024", "1 березня 2024", "1 Μαρτίου 2024", "2024. március 1.", "1 مارس 2024",
        "1 มีนาคม 2024", "1 मार्च 2024", "ngày 1 tháng 3 năm 2024", "2024年3月1日", "2024년 3월 1일", "２０２４年３月１日", "٢٠٢٤/٠٣/٠١", "Friday, March 1st, 2024",
        "the 1st of March, 2024", "01-Mar-2024", "2024-Mar-01", "1.3.2024.", "2024. 03. 01.", "20240301", "20240301.0", "2024-W09-5", "2024-061",
        "1 de març de 2024", "令和6年3月1日", "พ.ศ. 2567 มีนาคม 1", "民國113年3月1日",
    ],
)  # fmt: skip
def test_one_day_in_many_languages(text: str) -> None:
    assert birthday(text).value == "2024-03-01"


def test_a_month_that_is_another_one_elsewhere_is_not_guessed() -> None:
    assert birthday("1 listopada 2020").alternatives == ("2020-10-01", "2020-11-01")
    assert birthday("1 listopada 2020", language="pl").value == "2020-11-01"
    assert birthday("1 listopada 2020", language="hr-HR").value == "2020-10-01"


def test_a_weekday_tells_day_and_month_apart() -> None:
    assert birthday("Thu 05/03/2020").value == "2020-03-05"
    wrong = birthday("Monday, 1 March 2024")
    assert (wrong.value, wrong.problems[0].code) == ("2024-03-01", "date.weekday_differs")


@pytest.mark.parametrize(
    ("hints", "day"),
    [
        ({"region": "US"}, "1970-03-04"), ({"region": "DE"}, "1970-04-03"), ({"region": "us"}, "1970-03-04"), ({"language": "en-US"}, "1970-03-04"),
        ({"language": "de"}, "1970-04-03"), ({"column": "Birthday (MM/DD/YYYY)"}, "1970-03-04"), ({"column": "Geburtstag TT/MM/JJJJ"}, "1970-04-03"),
        ({"region": "CA"}, None), ({"region": "JP"}, None), ({"language": "en"}, None), ({"region": "nowhere", "language": "??", "column": "\0"}, None),
        ({"region": "US", "order": "dmy"}, "1970-04-03"), ({"order": "nonsense"}, None),
    ],
)  # fmt: skip
def test_hints_settle_the_order_or_leave_it_open(hints: dict[str, str], day: str | None) -> None:
    found = birthday("03/04/1970", **hints)
    assert found.value == day
    assert day is not None or found.alternatives == ("1970-04-03", "1970-03-04")


def test_dots_stand_behind_days_unless_the_file_says_otherwise() -> None:
    assert birthday("03.04.1970").value == "1970-04-03"
    assert birthday("03.04.1970", order="mdy").value == "1970-03-04"
    assert birthday("12.30.1980").value == "1980-12-30"
    assert birthday("03.04.1970", region="US").value is None


@pytest.mark.parametrize(
    ("text", "day", "other"),
    [
        ("45292", "2024-01-01", ("2028-01-02",)), ("29952", "1982-01-01", ("1986-01-02",)), ("45292.0", "2024-01-01", ("2028-01-02",)),
    ],
)  # fmt: skip
def test_a_count_of_days_is_told(text: str, day: str, other: tuple[str, ...]) -> None:
    found = birthday(text)
    assert (found.value, found.alternatives, found.problems[0].code) == (day, other, "date.serial")


def test_a_small_number_is_a_day_only_where_its_column_says_so() -> None:
    assert (birthday("1000").value, birthday("1000", column="Date").value) == (None, "1902-09-26")
    assert [birthday(text, column="Geburtsdatum").value for text in ("9132", "12")] == ["1924-12-31", None]


@pytest.mark.parametrize(
    ("text", "alternatives"),
    [
        ("9132", ("1924-12-31", "1929-01-01")), ("030485", ("1985-04-03", "2085-04-03", "1985-03-04", "2085-03-04")),
        ("03041985", ("1985-04-03", "1985-03-04")), ("Mar-24", ("--03-24", "2024-03")), ("2567-03-01", ("2024-03-01", "2567-03-01")),
        ("1403/01/15", ("1403-01-15",)),
    ],
)  # fmt: skip
def test_what_may_be_several_days_is_none(text: str, alternatives: tuple[str, ...]) -> None:
    found = birthday(text)
    assert (found.value, found.alternatives) == (None, alternatives)
    assert found.problems


def test_a_time_beside_a_birthday_is_told() -> None:
    found = birthday("1985-04-02T22:00:00Z")
    assert (found.value, found.alternatives, found.problems[0].code) == ("1985-04-02", ("1985-04-03",), "date.time_dropped")
    assert birthday("1985-04-02 00:00:00").problems == ()
    assert birthday("-361497600000").value == "1958-07-19"


def test_years_of_other_calendars() -> None:
    assert birthday("2567-03-01", region="TH").alternatives == ("2024-03-01",)
    assert birthday("15 فروردین 1403").problems[0].code == "date.other_calendar"
    assert birthday("昭和99年3月1日").value is None


# --- more of moments -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 01 Mar 2024 10:00:00 +0100", "Fri Mar 01 2024 10:00:00 GMT+0100 (Mitteleuropäische Zeit)", "Fri Mar  1 10:00:00 CET 2024",
        "01/Mar/2024:10:00:00 +0100", "2024-03-01 10:00:00+01", "2024-03-01T10:00:00+01:00[Europe/Berlin]", "2024-03-01 10:00 Europe/Berlin",
        "20240301T100000+0100", "2024:03:01 09:00:00", "20240301090000", "202403010900", "1709283600", "1709283600000", "1709283600000000",
        "/Date(1709283600000)/", "1.3.2024 9:00 Uhr", "1.3.2024 um 9.00 Uhr", "1 mars 2024 à 9h00", "1 mars 2024, 9 h", "Mar 1, 2024 9:00 a.m.",
        "2024年3月1日 午前9時", "2024年3月1日上午9:00", "2024. 3. 1. 오전 9:00", "1 March 2024 at 9 am", "01-MAR-2024 09.00.00.000000 AM", "45352.375",
        "2024-03-01T09:00Z", "2024-03-01 09:00:00 +0000 UTC", "2024-W09-5T09:00Z", "01-03-2024 09:00 ", "2024/03/01 09:00:00.000",
    ],
)  # fmt: skip
def test_one_moment_in_many_forms(text: str) -> None:
    assert timestamp(text, region="DE").value == datetime(2024, 3, 1, 9, tzinfo=UTC)


def test_the_end_of_a_day_and_a_leap_second() -> None:
    assert timestamp("2024-03-01 24:00").value == timestamp("2024-03-01T23:59:60Z").value == datetime(2024, 3, 2, tzinfo=UTC)


def test_a_zones_abbreviation_that_several_countries_use() -> None:
    found = timestamp("1 Mar 2024 10:00 EST")
    assert (found.value, found.problems[0].code) == (None, "date.zone_ambiguous")
    assert found.alternatives == (datetime(2024, 3, 1, 15, tzinfo=UTC), datetime(2024, 3, 1, 0, tzinfo=UTC))
    assert timestamp("1 Mar 2024 10:00 EST", region="US").value == datetime(2024, 3, 1, 15, tzinfo=UTC)
    assert timestamp("1 Mar 2024 10:00 EST", region="AU").value == datetime(2024, 3, 1, 0, tzinfo=UTC)
    assert timestamp("1 Mar 2024 10:00 XYZT").value is None


def test_a_time_that_the_clocks_showed_twice_or_never() -> None:
    twice = timestamp("2024-10-27 02:30", zone="Europe/Berlin")
    assert (twice.value, twice.alternatives) == (
        datetime(2024, 10, 27, 0, 30, tzinfo=UTC),
        (datetime(2024, 10, 27, 1, 30, tzinfo=UTC),),
    )
    assert (twice.confidence, twice.problems[0].code) == (0.5, "date.time_repeated")
    assert timestamp("2024-03-31 02:30", zone="Europe/Berlin").problems[0].code == "date.time_skipped"
    assert timestamp("2024-10-27 02:30+01:00", zone="Europe/Berlin").problems == ()


def test_both_readings_of_a_moment_are_alternatives() -> None:
    found = timestamp("03/04/2024 10:00")
    assert found.alternatives == (datetime(2024, 4, 3, 10, tzinfo=UTC), datetime(2024, 3, 4, 10, tzinfo=UTC))


@pytest.mark.parametrize(  # what dateutil makes a day of this month, of this year, or of another zone of
    "text",
    ["--03-01", "1", "10", "12", "10:00", "3 pm", "May", "Friday", "March", "1985", "2024-02-30", "a", "at", "T", "99", "1985-04", "10h", "00", "0", "X",
     "+01:00", "UTC", "10.5", "1 2", "mar", "13/13/2024", "12.2024.12", "2024-03-01 10:00 PST8", "10/09/03/04"],
)  # fmt: skip
def test_nothing_is_made_up_where_other_readers_do(text: str) -> None:
    found = timestamp(text)
    assert found.value is None
    assert found.problems


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\n"])
def test_a_blank_cell_is_no_problem(text: str) -> None:
    assert (birthday(text).value, birthday(text).problems, timestamp(text).problems) == (None, (), ())


def test_the_raw_text_is_kept_whole() -> None:
    text = "soon " * 100
    assert (birthday(text).raw, timestamp(text).raw, birthday("1985-04-03").raw) == (text, text, "1985-04-03")


# --- order -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["03/04/1970", "25/12/1999"], "dmy"), (["03/04/1970", "12/25/1999 10:00"], "mdy"), (["03/04/1970"], ""), ([], ""),
        (["25/12/1999", "12/25/1999"], ""), (["1999-12-25", "soon", "25.12."], "dmy"), (["99/12/25", "12/25/99"], ""), (["２５／１２／１９９９"], "dmy"),
        (["40/13/1999"], ""), (["13/13/1999"], ""),
    ],
)  # fmt: skip
def test_the_order_that_a_column_shows(values: list[str], order: str) -> None:
    assert date_order(values) == order
