# Dates as most files write them, read at once. What is in any doubt here is left to the thorough way of `_when.py`, which answers the
# same; tests/property/test_plain_dates_are_read_as_the_thorough_way_reads_them.py holds the two together.
from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeVar

from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._when_order import order_of_header
from canonical_contact.normalize._when_problems import problem
from canonical_contact.normalize._when_words import tables

__all__ = ["in_zone", "iso_moment", "plain_birthday", "plain_timestamp"]

_FORM: Final = re.compile(
    r"(\d{4}|\d\d?)([-./])(\d\d?)\2(\d{4}|\d\d?)"
    r"(?:(?:,? |T)(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?([AaPp])[Mm](?![A-Z]))?(?: ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?)?\Z",
    re.ASCII,
).match
_DAY_AND_MONTH: Final = re.compile(r"(\d\d?)[-/](\d\d?)\Z", re.ASCII).match
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SERIAL: Final = date(1899, 12, 30)  # spreadsheets count from here
_MAC: Final = timedelta(1462)  # and some from so many days later
_FIRST, _LAST = 1605, 2441  # the years that no other calendar is thought of for
_STAMPED: Final = range(1850, 2101)  # years of dates without marks
_ORDERS: Final = frozenset({"dmy", "mdy", "ymd"})
_OF_UTC: Final = frozenset({None, "", "UTC"})
# Length of a text → where its marks end, of which each third character is one, what they are, and how it tells its zone.
_SHAPES: Final = {10: (10, ("--",), "")} | {
    size + more: (stop, tuple(f"--{mark}{marks}" for mark in "T "), zoned)
    for size, stop, marks in ((16, 14, ":"), (19, 17, "::"), (23, 20, "::."), (26, 20, "::."))
    for zoned, more in (("", 0), ("Z", 1), ("+", 6))
}
_BARE: Final = 10  # characters of a day without a time
_MINUTE: Final = timedelta(minutes=1)
_MIDNIGHT: Final = (0, 0, 0, 0)
_NOON: Final = 12
T = TypeVar("T")


_Hints = tuple[str, str, str, str]  # region, language, column, order
# What a text says: the days that it may mean, the likeliest first (several where the century or the order is open); hour, minute, second
# and microsecond; minutes east of UTC.
_Clock = tuple[int, int, int, int]
_Plain = tuple[list[date], _Clock | None, int | None]


def plain_birthday(raw: str, hints: _Hints) -> Normalized[str] | None:
    """Read a day; None where that takes the thorough way."""
    size = len(raw)
    if size < 6:
        return _serial(raw, date.isoformat) if size == 5 and raw.isdigit() else _of_any_year(raw, hints)
    if size == 7 and raw[:2] == "--" and raw[4] == "-":
        month, day = raw[2:4], raw[5:]
        if not (month + day).isdecimal() or not raw.isascii() or not _made(2000, int(month), int(day)):
            return None
        return Normalized(raw, (), 1.0, (), (), raw)
    found: _Plain | None
    if when := iso_moment(raw):
        clock = None if size == _BARE else (when.hour, when.minute, when.second, when.microsecond)
        shift = when.utcoffset()
        found = ([when.date()], clock, None if shift is None else shift // _MINUTE)
    else:
        found = _read(raw, hints)
    if found is None:
        return None
    days, clock, offset = found
    value = days[0].isoformat()
    timed = clock is not None and clock != _MIDNIGHT
    if len(days) == 1:
        if not timed:
            return Normalized(value, (), 1.0, (), (), raw)
        beside = () if offset is None or clock is None else (_beside(days[0], clock[0]),)
        return Normalized(value, (), 0.8, beside, (problem("date.time_dropped", raw),), raw)
    if _differ(days):
        return Normalized(None, (), 0.5, tuple(map(date.isoformat, days)), (problem("date.ambiguous", raw),), raw)
    notes = (problem("date.century_guessed", raw), problem("date.time_dropped", raw))
    return Normalized(value, (), 0.6, (days[1].isoformat(),), notes[: 1 + timed], raw)


def plain_timestamp(raw: str, hints: _Hints, zone: str | None) -> Normalized[datetime] | None:
    """Read a point in time that is not written as `iso_moment` reads it; None where that takes the thorough way."""
    size = len(raw)
    if size < 6:
        return _serial(raw, _midnight) if size == 5 and raw.isdigit() and zone in _OF_UTC else None
    found = _read(raw, hints)
    if found is None:
        return None
    days, clock, offset = found
    if len(days) == 1:
        day = days[0]
        hour, minute, second, micro = clock or _MIDNIGHT
        if offset is None and zone and zone != "UTC":
            return in_zone(raw, datetime(day.year, day.month, day.day, hour, minute, second, micro), zone)  # noqa: DTZ001
        value = datetime(day.year, day.month, day.day, hour, minute, second, micro, UTC)
        if offset:
            value -= timedelta(minutes=offset)
        if clock and offset is None and zone is None:
            return Normalized(value, (), 0.9, (), (problem("date.zone_assumed", raw),), raw)
        return Normalized(value, (), 1.0, (), (), raw)
    if offset is not None or zone not in _OF_UTC:
        return None
    moments = [datetime(day.year, day.month, day.day, *(clock or _MIDNIGHT), tzinfo=UTC) for day in days]
    if _differ(days):
        return Normalized(None, (), 0.5, tuple(moments), (problem("date.ambiguous", raw),), raw)
    notes = (problem("date.century_guessed", raw), problem("date.zone_assumed", raw))
    return Normalized(moments[0], (), 0.6, tuple(moments[1:]), notes if clock and zone is None else notes[:1], raw)


def _read(raw: str, hints: _Hints) -> _Plain | None:
    shown = _FORM(raw)
    if shown is None:
        return _without_marks(raw) if raw[:8].isdecimal() and raw.isascii() else None
    a, mark, b, c, hour, minute, second, fraction, half, zone = shown.groups()
    clock, offset = None, None
    if hour is not None:
        hours = int(hour)
        if half is not None:
            if not 0 < hours <= _NOON:
                return None
            hours = hours % _NOON + (_NOON if half in "Pp" else 0)
        if hours > 23 or minute > "59" or (second or "00") > "59":
            return None
        clock = (hours, int(minute), int(second or 0), int(fraction.ljust(6, "0")[:6]) if fraction else 0)
        if zone is not None:
            offset = _minutes(zone)
            if offset is None:
                return None
    if len(a) < 4:
        days = _days(int(a), int(b), c, mark, hints)
    elif len(c) < 3 and "1605" <= a < "2442":
        days = _made(int(a), int(b), int(c))
    else:
        return None
    return (days, clock, offset) if days else None


def iso_moment(raw: str) -> datetime | None:
    """Read an instant of RFC 3339, one without a zone, or a bare day; None for what is written in another way.

    The standard library's reader takes more than ISO 8601 has (`10:00xZ`, `+05:99`), so that the marks are looked at first.

    >>> iso_moment("2024-03-01T10:00:00.250+01:00").isoformat(), iso_moment("2024-03-01 10:00").isoformat(), iso_moment("1.3.2024")
    ('2024-03-01T10:00:00.250000+01:00', '2024-03-01T10:00:00', None)
    """
    shape = _SHAPES.get(len(raw))
    if shape is None:
        return None
    stop, marks, zoned = shape
    if raw[4:stop:3] not in marks or not "1605" <= raw < "2442" or raw[11:13] == "24":
        return None
    if zoned == "Z":
        if raw[-1] != "Z":
            return None
    elif zoned and (raw[-6] not in "+-" or raw[-3] != ":" or raw[-5:-3] > "15" or raw[-2] > "5"):
        return None
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        return None


def _days(first: int, second: int, c: str, mark: str, hints: _Hints) -> list[date]:
    """List what a day, a month and a year behind them may be; nothing where that takes the thorough way."""
    told = "?"
    if len(c) == 4:
        if not "1605" <= c < "2442":
            return []
        year, other = int(c), 0
    elif len(c) == 2 and first < 32:
        year = int(c)
        told = _order(first, second, mark, hints)
        if told == "ymd" or (told == "" and year < 32):
            return []  # the year may stand in front
        year, other = (1900 + year, 2000 + year) if year >= 30 else (2000 + year, 1900 + year)
    else:
        return []
    if second > 12:
        day_first = False
    elif first > 12 or first == second:
        day_first = True
    else:
        told = _order(first, second, mark, hints) if told == "?" else told
        if told not in ("dmy", "mdy"):
            years = (year, other) if other else (year,)
            return [made for it in years for made in (*_made(it, second, first), *_made(it, first, second))]
        day_first = told == "dmy"
    month, day = (second, first) if day_first else (first, second)
    return _made(year, month, day) + _made(other, month, day) if other else _made(year, month, day)


def _order(first: int, second: int, mark: str, hints: _Hints) -> str:
    """Tell the order: what the file says, else what is usual; dots stand behind days, but where the month is usually first."""
    region, language, column, order = hints
    if column and not order:
        order = order_of_header(column)
    if order in _ORDERS:
        return order
    usual = tables().order_of(region, language) if region or language else ""
    if mark != ".":
        return usual
    if usual in ("mdy", "ymd"):
        return ""
    return "dmy" if second <= 12 or first > 12 else "mdy"


def _without_marks(raw: str) -> _Plain | None:
    """Read `20240301`, `20240301090000`, `20240301T090000Z`, and seconds or thousandths of them since 1970."""
    size = len(raw)
    if raw.isdecimal():
        if size == 13 or (size == 10 and raw < "18"):  # 1850010100 and later may be a day and an hour
            at = _EPOCH + timedelta(milliseconds=int(raw)) if size == 13 else _EPOCH + timedelta(seconds=int(raw))
            if at.year not in _STAMPED:
                return None
            return ([at.date()], (at.hour, at.minute, at.second, at.microsecond), 0)
        year = int(raw[:4])
        if size not in (8, 12, 14) or year not in _STAMPED:
            return None
        time, offset = raw[8:], None
    else:
        year, time, offset = int(raw[:4]), raw[9:15], None if size == 15 else 0
        if not (raw[8] == "T" and len(time) == 6 and time.isdecimal() and raw[15:] in ("", "Z") and _FIRST <= year <= _LAST):
            return None
    days = _made(year, int(raw[4:6]), int(raw[6:8]))
    if not days or not time:
        return (days, None, None) if days else None
    clock = (int(time[:2]), int(time[2:4]), int(time[4:] or 0), 0)
    return (days, clock, offset) if clock[0] <= 23 and clock[1] <= 59 and clock[2] <= 59 else None


def _of_any_year(raw: str, hints: _Hints) -> Normalized[str] | None:
    """Read a day and a month."""
    found = _DAY_AND_MONTH(raw)
    if found is None:
        return None
    first, second = int(found[1]), int(found[2])
    if first == second or first > 12 or second > 12:
        if first > 12:
            first, second = second, first
        return Normalized(f"--{first:02d}-{second:02d}", (), 1.0, (), (), raw) if _made(2000, first, second) else None
    if not first or not second:
        return None
    told = _order(first, second, "/", hints)
    if not told:
        both = (f"--{second:02d}-{first:02d}", f"--{first:02d}-{second:02d}")
        return Normalized(None, (), 0.5, both, (problem("date.ambiguous", raw),), raw)
    if told == "dmy":
        first, second = second, first
    return Normalized(f"--{first:02d}-{second:02d}", (), 1.0, (), (), raw)


def _serial(raw: str, write: Callable[[date], T]) -> Normalized[T] | None:
    """Read a spreadsheet's count of days."""
    if not "15000" <= raw <= "60000" or not raw.isascii():
        return None
    day = _SERIAL + timedelta(int(raw))
    return Normalized(write(day), (), 0.8, (write(day + _MAC),), (problem("date.serial", raw),), raw)


def in_zone(raw: str, local: datetime, zone: str) -> Normalized[datetime] | None:
    """Read a time in a named zone, where its clocks showed it once."""
    from zoneinfo import ZoneInfo

    try:
        shift = ZoneInfo(zone)
    except (ValueError, LookupError, OSError):
        return None
    value = local.replace(tzinfo=shift).astimezone(UTC)
    if local.replace(tzinfo=shift, fold=1).astimezone(UTC) != value:
        return None
    return Normalized(value, (), 1.0, (), (), raw)


def _differ(days: list[date]) -> bool:
    """Tell whether they differ in more than the century."""
    first, second, *_ = days
    return first.month != second.month or first.day != second.day


def _made(year: int, month: int, day: int) -> list[date]:
    """Give the day, if there is such a one."""
    try:
        return [date(year, month, day)]
    except ValueError:
        return []


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _minutes(zone: str) -> int | None:
    """Read an offset from UTC."""
    if zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 15 or minutes > 59:
        return None
    return -(hours * 60 + minutes) if zone[0] == "-" else hours * 60 + minutes


def _beside(day: date, hour: int) -> str:
    """Give the day beside one whose time is of a stated zone: another zone may have moved it there."""
    return (day + timedelta(1 if hour >= _NOON else -1)).isoformat()
