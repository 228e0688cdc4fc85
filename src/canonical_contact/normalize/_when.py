# Points in time (RFC 3339) and days (RFC 6350's partial dates): no order of day and month is guessed, no year and no zone invented.
from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final, NamedTuple, TypeVar

from canonical_contact.errors import Problem
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import clean, is_blank, unfold_width
from canonical_contact.normalize._when_clock import Clock, iana_of, offset_of, take_clock
from canonical_contact.normalize._when_day import Hints, exists, read_day
from canonical_contact.normalize._when_number import NUMBER, Point, Reading, read_number_date
from canonical_contact.normalize._when_order import date_order, order_of_header, tells_date
from canonical_contact.normalize._when_plain import in_zone, iso_moment, plain_birthday, plain_timestamp
from canonical_contact.normalize._when_problems import problem
from canonical_contact.normalize._when_words import bare, tables

__all__ = ["birthday", "date_order", "timestamp"]

_LIMIT: Final = 100  # a longer text is no date
_EMPTY: Final = re.compile(r"0{1,4}([-/.])0{1,2}\1(?:0{1,4})(?:[ T]0?0:00(?::00)?Z?)?\Z")
_NET: Final = re.compile(r"\\?/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?/\Z")
_EXIF: Final = re.compile(r"(\d{4}):(\d\d):(\d\d) (?=\d\d:)")
_APACHE: Final = re.compile(r"(?<=\d{4}):(?=\d\d:\d\d:\d\d)")
_COMPACT: Final = re.compile(
    r"(\d{4})(-?)(\d\d)\2(\d\d)[t ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?(z|[+-]\d\d(?::?\d\d)?)?\Z"
)
_DAY_ZONE: Final = re.compile(r"(\d{4}-\d\d-\d\d)(z|[+-]\d\d:\d\d)\Z")
_FLOAT: Final = re.compile(r"(\d{1,14})[.,]0{1,6}\Z")  # what a table of numbers makes of a whole one
_MONTH_YEAR: Final = re.compile(r"\d{1,2}\.(?:19|20)\d\d\Z")
_NO_YEAR_STANDS_FOR: Final = 1604  # what Apple's address book writes where no year is known
_BARE: Final = 10  # characters of a day without a time
_UTC: Final = frozenset({None, "", "UTC"})
_DAY: Final = 86_400_000_000
_ASSUMED: Final = 0.9  # confidence in a moment whose zone is not stated


def birthday(raw: str, *, region: str = "", language: str = "", column: str = "", order: str = "") -> Normalized[str]:
    """Read a birthday, or another day that returns (RFC 9553, section 2.8.1; RFC 6350, section 4.3.1).

    Args:
        raw: the text of a cell: `1958-07-12`, `12.07.1958`, `07/12/1958`, `--07-12`, `12/25`, `12 July 1958`, `1958年7月12日`, `21378`.
        region: ISO 3166-1 alpha-2 of the person's country; it settles the order where the file does not.
        language: BCP 47 tag of the person or of the file; it settles the order where neither file nor country do.
        column: the column's name; a pattern in it (`Birthday (MM/DD/YYYY)`) settles the order.
        order: `dmy` or `mdy` where the file's order is known (`date_order` finds it).

    Returns:
        `YYYY-MM-DD`, or `--MM-DD` where there is no year; `1985-04`, `1985`, `--03` or `---15` where more is missing, which
        `date.partial` says. No value and the readings as alternatives where day and month cannot be told apart (`date.ambiguous`);
        `date.invalid` where there is no such day, `date.unreadable`, `date.empty`, `date.other_calendar`, `date.number`.

    >>> birthday("12.07.1958").value, birthday("07/12/1958", order="mdy").value, birthday("12/25").value
    ('1958-07-12', '1958-07-12', '--12-25')
    >>> birthday("03/04/1970").alternatives, birthday("31/02/2023").problems[0].code
    (('1970-04-03', '1970-03-04'), 'date.invalid')
    """
    if len(raw) == 10 and raw[:2] in ("19", "20") and raw[4] == raw[7] == "-" and raw.isascii():
        try:
            date.fromisoformat(raw)
        except ValueError:
            pass
        else:
            return Normalized(raw, (), 1.0, (), (), raw)
    return plain_birthday(raw, (region, language, column, order)) or thorough_birthday(
        raw, region=region, language=language, column=column, order=order
    )


def thorough_birthday(raw: str, *, region: str = "", language: str = "", column: str = "", order: str = "") -> Normalized[str]:
    """Read a day however it is written; as `birthday`, which reads plain forms at once, with the same outcome."""
    found = _read(raw, region, language, column, order)
    days = [_iso((0 if it.day[0] == _NO_YEAR_STANDS_FOR else it.day[0], *it.day[1:])) for it in found.points]
    whole = [day for day in days if len(day) == 10 or (len(day) == 7 and day[0] == "-")]
    if days and any(days) and not whole:
        parts = tuple(dict.fromkeys(filter(None, days)))
        if len(parts) == 1 and (parts[0][0] == "-" or parts[0][:2] in ("19", "20")):
            return Normalized(parts[0], (), 1.0, (), (problem("date.partial", raw),), raw)
        return Normalized(None, (), 0.5, parts, (problem("date.partial", raw),), raw)
    result = _choose(found, list(dict.fromkeys(filter(None, days))), raw, _without_century)
    if result.value is None or all(it.micros <= 0 for it in found.points):
        return result
    beside = [_iso(day) for day in _beside(found)]
    problems = (*result.problems, problem("date.time_dropped", raw))
    return Normalized(result.value, (), min(result.confidence, 0.8), (*result.alternatives, *beside), problems, raw)


def timestamp(
    raw: str, *, region: str = "", language: str = "", column: str = "", zone: str | None = None, order: str = ""
) -> Normalized[datetime]:
    """Read a point in time (RFC 3339, ISO 8601, RFC 5322, and what people and spreadsheets write).

    Args:
        raw: the text of a cell: ISO 8601, `2021-08-15 12:26`, `20.04.2025 12:30`, `Thu, 01 Mar 2024 10:00 +0100`, a spreadsheet's count
            of days, seconds or milliseconds since 1970.
        region: ISO 3166-1 alpha-2 of the file's or the person's country; it settles the order of day and month, and `EST`.
        language: BCP 47 tag of the file; it settles the order where neither file nor country do.
        column: the column's name; it tells whether a number is a date.
        zone: IANA name of the zone of a text that states none. None: not known; UTC is taken for a time of day, and a problem says so
            (`date.zone_assumed`, 0.9; a bare day has no need of one). Empty: UTC without a word, for who tells it of a whole file.
        order: `dmy` or `mdy` where the file's order is known (`date_order` finds it).

    Returns:
        An aware datetime in UTC; a bare date is its first moment. No value where the text leaves open which day or which zone is
        meant (`date.ambiguous`, `date.zone_ambiguous`), with what it may be as alternatives. Problems as for `birthday`.

    >>> timestamp("2021-08-15 12:26").value.isoformat(), timestamp("20.04.2025").value.isoformat()
    ('2021-08-15T12:26:00+00:00', '2025-04-20T00:00:00+00:00')
    >>> timestamp("--03-01").value, timestamp("--03-01").problems[0].code
    (None, 'date.partial')
    """
    quick: Normalized[datetime] | None
    if len(raw) == _BARE and zone in _UTC and "1605" <= raw < "2442" and raw[4] == raw[7] == "-":
        try:
            return Normalized(datetime.fromisoformat(f"{raw} 00Z"), (), 1.0, (), (), raw)
        except ValueError:
            pass
    if when := iso_moment(raw):
        if when.tzinfo is UTC:
            return Normalized(when, (), 1.0, (), (), raw)
        if when.tzinfo is not None:
            return Normalized(when.astimezone(UTC), (), 1.0, (), (), raw)
        if zone in _UTC:
            when = when.replace(tzinfo=UTC)
            if zone is not None:
                return Normalized(when, (), 1.0, (), (), raw)
            return Normalized(when, (), _ASSUMED, (), (problem("date.zone_assumed", raw),), raw)
        quick = in_zone(raw, when, zone or "")
    else:
        quick = plain_timestamp(raw, (region, language, column, order), zone)
    return quick or thorough_timestamp(raw, region=region, language=language, column=column, zone=zone, order=order)


def thorough_timestamp(
    raw: str, *, region: str = "", language: str = "", column: str = "", zone: str | None = None, order: str = ""
) -> Normalized[datetime]:
    """Read a moment however it is written; as `timestamp`, which reads plain forms at once, with the same outcome."""
    found = _read(raw, region, language, column, order)
    notes: list[Problem] = []
    moments: dict[datetime, None] = {}
    whole = [it for it in found.points if all(it.day) and it.day[0] != _NO_YEAR_STANDS_FOR]
    if found.points and not whole:
        code = "date.partial" if any(exists(it.day) for it in found.points) else "date.invalid"
        return Normalized(None, (), 0.0, (), (problem(code, raw),), raw)
    for point in whole:
        for shift in (UTC,) if point.utc else found.zones or (None,):
            moments |= dict.fromkeys(_moments(point, shift, found.iana or zone or "", notes, raw))
    twice = [note for note in notes if note.code in _CLOCK_CHANGES]
    code = "date.zone_ambiguous" if len(found.zones) > 1 and len(whole) == 1 else ""
    if twice and len(whole) == 1:
        first, second = moments
        return Normalized(first, (), 0.5, (second,), tuple(dict.fromkeys(notes)), raw)
    result = _choose(found, list(moments), raw, _in_its_year, code)
    if result.value is not None and not (found.iana or found.zones or whole[0].utc) and zone is None and whole[0].micros >= 0:
        notes.append(problem("date.zone_assumed", raw))
    if not notes:
        return result
    confidence = min(result.confidence, _ASSUMED)
    return Normalized(result.value, (), confidence, result.alternatives, (*result.problems, *dict.fromkeys(notes)), raw)


class _Found(NamedTuple):
    """What a text says."""

    points: list[Point]
    code: str = ""
    sure: bool = True
    zones: tuple[tzinfo, ...] = ()
    iana: str = ""
    differs: bool = False  # the weekday is another
    blank: bool = False


def _read(raw: str, region: str, language: str, column: str, order: str) -> _Found:
    text = clean(unfold_width(raw)).strip(" '\",;`")
    if not text:
        return _Found([], blank=True) if is_blank(raw) else _Found([], "date.unreadable")
    if len(text) > _LIMIT:
        return _Found([], "date.unreadable")
    if not text.isascii():
        text = "".join([str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text]).replace("−", "-")
    if text[0] == "0" and _EMPTY.match(text):
        return _Found([], "" if text == "0/0/00" else "date.empty", blank=text == "0/0/00")  # Outlook's field that was left blank
    order = order or order_of_header(column)
    order = order if order in ("dmy", "mdy", "ymd") else ""
    if found := _FLOAT.match(text):
        text = found[1]
    if found := _NET.match(text):
        text = found[1] if len(found[1].lstrip("-")) > 8 else found[1].zfill(13)
    if NUMBER.match(text) and not _MONTH_YEAR.match(text):
        words = tables()
        usual = order or words.order_of(region, language)
        made = read_number_date(text, told=tells_date(column), order=usual)
        return _Found(made.points, made.code, made.sure) if made else _Found([], "date.unreadable")
    text, iana = iana_of(text)
    return _written(text, iana, region, language, order)


def _written(text: str, iana: str, region: str, language: str, order: str) -> _Found:
    words = tables()
    folded = bare(text).strip()
    if ":" in folded:
        folded = _APACHE.sub(" ", _EXIF.sub(r"\1-\2-\3 ", folded))
    if found := _COMPACT.match(folded):
        hour, minute, second = int(found[5]), int(found[6] or 0), int(found[7] or 0)
        shift = None if not found[9] else UTC if found[9] == "z" else offset_of(found[9])
        clock: Clock | None = Clock(
            hour * 3600 + minute * 60 + second,
            int((found[8] or "0").ljust(6, "0")[:6]),
            (shift,) if shift else (),
            minute < 60 and second < 61 and (hour < 24 or (hour == 24 and minute == second == 0)) and bool(shift or not found[9]),
        )
        rest = f"{found[1]}-{found[3]}-{found[4]}"
    elif found := _DAY_ZONE.match(folded):
        shift = UTC if found[2] == "z" else offset_of(found[2])
        rest, clock = found[1], Clock(0, 0, (shift,) if shift else (), shift is not None)
    else:
        rest, clock = take_clock(folded, words, region, language)
    hints = Hints(order, words.order_of(region, language), region.upper(), language.lower())
    day = read_day(" ".join(rest.split()).strip(" ,;"), words, hints)
    if clock is not None and not day.readings and not day.code:  # what looked like a time may be a part of the date
        day, clock = read_day(folded, words, hints), None
    if not day.readings:
        return _Found([], day.code or "date.unreadable")
    if clock is not None and not clock.legal:
        return _Found([Point((1, 0, 99))])
    micros = -1 if clock is None else clock.seconds * 1_000_000 + clock.micros
    readings, differs = day.readings, False
    if day.weekday >= 0:
        fitting = [it for it in readings if all(it) and exists(it) and date(*it).weekday() == day.weekday]
        differs = not fitting and any(all(it) and exists(it) for it in readings)
        readings = fitting or readings
    points = [Point(it, micros) for it in readings]
    return _Found(points, day.code, day.sure, clock.zones if clock else (), iana, differs)


def _beside(found: _Found) -> Iterator[Reading]:
    """Give the day beside one whose time is of a stated zone: another zone may have moved it there."""
    point = found.points[0]
    if len(found.points) == 1 and (found.zones or point.utc) and point.micros > 0:
        try:
            beside = date(*point.day) + timedelta(1 if point.micros >= _DAY // 2 else -1)
        except (OverflowError, ValueError):
            return
        yield (beside.year, beside.month, beside.day)


def _moments(point: Point, shift: tzinfo | None, zone: str, notes: list[Problem], raw: str) -> list[datetime]:
    """Give the moment of a reading in UTC, or both where the clock showed the time twice; none where there is no such day."""
    if not exists(point.day):
        return []
    local = datetime(*point.day)  # noqa: DTZ001 - the zone comes below
    try:
        local += timedelta(microseconds=max(point.micros, 0))
        if shift is None and zone and zone != "UTC":
            from zoneinfo import ZoneInfo

            try:
                shift = ZoneInfo(zone)
            except (ValueError, LookupError, OSError):
                notes.append(problem("time_zone.unknown", zone))
        if shift is None or not hasattr(shift, "key"):
            return [local.replace(tzinfo=shift or UTC).astimezone(UTC)]
        first = local.replace(tzinfo=shift, fold=0).astimezone(UTC)
        second = local.replace(tzinfo=shift, fold=1).astimezone(UTC)
    except (OverflowError, ValueError):  # the first or last day that there is
        return []
    if first == second:
        return [first]
    notes.append(problem("date.time_repeated" if first < second else "date.time_skipped", raw))
    return [first, second]


def _iso(reading: Reading) -> str:
    """Write a reading, with the parts that it has.

    >>> [_iso(it) for it in ((1985, 4, 3), (0, 4, 3), (1985, 4, 0), (1985, 0, 0), (0, 0, 15), (0, 4, 0), (1985, 2, 30))]
    ['1985-04-03', '--04-03', '1985-04', '1985', '---15', '--04', '']
    """
    year, month, day = reading
    if not exists(reading) or (year and day and not month):
        return ""
    if year:
        return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")
    return (f"--{month:02d}" + (f"-{day:02d}" if day else "")) if month else f"---{day:02d}"


def _without_century(text: str) -> object:
    return text[2:] if len(text) == 10 else text


def _in_its_year(when: datetime) -> object:
    return (when.year % 100, when.month, when.day, when.time())


T = TypeVar("T")


def _choose(found: _Found, values: list[T], raw: str, without_century: Callable[[T], object], code: str = "") -> Normalized[T]:
    """Take the only reading, or the first of several where that is safe; else say what is open.

    Args:
        found: what the text says.
        values: its readings that there are, the likeliest first, each once.
        raw: the text.
        without_century: what is left of a reading without its century.
        code: what is open between several readings, where it is not day and month.
    """
    if found.blank:
        return Normalized(None, raw=raw)
    if not values:
        return Normalized(None, (), 0.0, (), (problem("date.invalid" if found.points else found.code, raw),), raw)
    if not found.sure:
        return Normalized(None, (), 0.5, tuple(values), (problem(found.code, raw),), raw)
    problems = [problem(found.code, raw)] if found.code else []
    confidence = 0.8 if found.code else 1.0
    if found.differs:
        problems.append(problem("date.weekday_differs", raw))
        confidence = 0.7
    if len(values) > 1 and found.code != "date.serial":
        if len({without_century(it) for it in values}) > 1:
            problems.append(problem(code or "date.ambiguous", raw))
            return Normalized(None, (), 0.5, tuple(values), tuple(problems), raw)
        problems.append(problem("date.century_guessed", raw))
        confidence = 0.6
    return Normalized(values[0], (), confidence, tuple(values[1:]), tuple(problems), raw)


_CLOCK_CHANGES: Final = ("date.time_repeated", "date.time_skipped")
