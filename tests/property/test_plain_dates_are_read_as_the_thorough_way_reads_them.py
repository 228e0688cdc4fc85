"""Dates in the forms of most files are read at once, with the outcome of the way that reads all forms."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from canonical_contact.normalize import birthday, timestamp
from canonical_contact.normalize._when import thorough_birthday, thorough_timestamp
from canonical_contact.normalize._when_plain import plain_birthday, plain_timestamp

_years = (
    st.integers(1600, 2450)
    | st.integers(1930, 2030)
    | st.integers(0, 99)
    | st.sampled_from([0, 3, 1604, 1605, 2441, 2442, 2567, 9999])
)
_small = st.integers(0, 32) | st.integers(0, 13) | st.sampled_from([0, 1, 12, 13, 29, 31, 99])
_marks = st.sampled_from(["-", ".", "/", "/", ""])
_hints = st.fixed_dictionaries(
    {},
    optional={
        "region": st.sampled_from(["", "DE", "US", "JP", "TH", "CA", "zz"]),
        "language": st.sampled_from(["", "de", "en-US", "hu", "th"]),
        "column": st.sampled_from(["", "Birthday (MM/DD/YYYY)", "Geburtstag TT.MM.JJJJ", "Geburtsdatum"]),
        "order": st.sampled_from(["", "dmy", "mdy", "ymd", "x"]),
    },
)
_zones = st.sampled_from([None, "", "UTC", "Europe/Berlin", "America/New_York", "Nowhere/Land", "../etc"])


@st.composite
def _dates(draw: st.DrawFn) -> str:
    year, month, day = draw(_years), draw(_small), draw(_small)
    wide, mark = draw(st.booleans()), draw(_marks)
    written = [f"{number:02d}" if wide else str(number) for number in (month, day)]
    years = f"{year:02d}" if year < 100 else str(year)
    parts = draw(st.sampled_from([[years, *written], [*written, years], [*reversed(written), years], written]))
    return mark.join(parts)


@st.composite
def _clocks(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.integers(0, 23) | st.integers(0, 62), min_size=2, max_size=3))
    text = draw(st.sampled_from([":", ":", ""])).join(f"{part:02d}" for part in parts)
    text = text.removeprefix("0") if draw(st.booleans()) else text
    text += draw(st.sampled_from(["", "", ".5", ".000", ",123456789", ".1234567"]))
    text += draw(st.sampled_from(["", "", " AM", "PM", " pm", " a.m."]))
    return text + draw(
        st.sampled_from(
            ["", "", "Z", " Z", "+02:00", " -0530", "-11", "+16:00", "+05:99", "+02:00:30", " UTC", " GMT", " EST", "z"]
        )
    )


_numbers = (
    st.integers(0, 99_999).map(str)
    | st.integers(0, 99_999_999).map(lambda number: f"{number:08d}")
    | st.integers(10**9, 10**10 - 1).map(str)
    | st.integers(0, 10**13 - 1).map(lambda number: f"{number:013d}")
    | st.tuples(st.integers(1800, 2110), _small, _small, _small, st.integers(0, 61), st.integers(0, 61)).map(
        lambda parts: "".join(f"{part:02d}" for part in parts)
    )
    | st.tuples(st.integers(1800, 2110), _small, _small, _small, st.integers(0, 61)).map(
        lambda parts: "".join(f"{part:02d}" for part in parts)
    )
)
_texts = (
    _dates()
    | st.tuples(_dates(), st.sampled_from([" ", " ", "T", "T", ", ", "  ", "t", ","]), _clocks()).map("".join)
    | _numbers
    | st.tuples(_small, _small).map(lambda it: f"--{it[0]:02d}-{it[1]:02d}")
    | st.tuples(_dates(), st.text(st.characters(), max_size=3)).map("".join)
    | st.text(st.sampled_from("0123456789-/.:TZ +٣３²"), max_size=20)
)


@given(text=_texts, hints=_hints, zone=_zones)
@settings(max_examples=600, deadline=None)
@example(text="29.02.00", hints={}, zone=None)
@example(text="28.02.00 23:30", hints={}, zone=None)
@example(text="28.02.00 23:30 -0500", hints={}, zone=None)
@example(text="2024-10-27 02:30", hints={}, zone="Europe/Berlin")
@example(text="1959-12-31T23:00:00+15:59", hints={}, zone=None)
@example(text="1800000000", hints={}, zone=None)
@example(text="4133980800000", hints={}, zone=None)
@example(text="45292", hints={}, zone=None)
@example(text="6/21/21", hints={}, zone=None)
def test_they_are_equal(text: str, hints: dict[str, Any], zone: str | None) -> None:
    assert birthday(text, **hints) == thorough_birthday(text, **hints)
    assert timestamp(text, zone=zone, **hints) == thorough_timestamp(text, zone=zone, **hints)


def test_the_forms_of_most_files_take_the_short_way() -> None:
    for text in (
        "21.06.2021", "21/06/2021", "06/21/2021", "2021/06/21", "21-06-2021", "20210621", "21.06.2021 12:30", "6/21/2021, 3:04 PM", "20210621T143838Z",
        "2021-06-21 14:38:38 UTC", "2021-06-21T14:38:38.000+0200", "1624286318000", "1624286318", "20210621143838", "44368", "21.06.21",
    ):  # fmt: skip
        assert plain_birthday(text, ("", "", "", "")) is not None
        assert plain_timestamp(text, ("", "", "", ""), "") is not None
    assert plain_birthday("12/25", ("", "", "", "")) is not None
    assert plain_birthday("--12-25", ("", "", "", "")) is not None
    assert plain_timestamp("21.06.2021 12:30", ("", "", "", ""), "Europe/Berlin") is not None
