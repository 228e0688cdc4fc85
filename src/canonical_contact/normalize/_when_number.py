# Dates that are one number: a spreadsheet's count of days, seconds since 1970, digits without marks. A number may be anything; what is
# not plain comes back as readings that nobody takes.
from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

__all__ = ["NUMBER", "Point", "Points", "read_number_date"]

NUMBER: Final = re.compile(r"-?\d{1,20}(?:[.,]\d{1,12})?\Z")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLAUSIBLE: Final = range(15_000, 60_001)  # days of a spreadsheet from 1941 to 2064: a number that comes alone counts as a date
_FEW: Final = 1_000  # a smaller number is no date, whatever the column says
_DAYS: Final = range(1, 2_958_466)  # all that a spreadsheet knows
_YEARS: Final = range(1850, 2101)
_MAC: Final = 1462  # days between a spreadsheet's epochs of 1900 and of 1904

Reading = tuple[int, int, int]  # year, month, day; 0 where there is none


class Point(NamedTuple):
    """A reading of a text."""

    day: Reading
    micros: int = -1  # since midnight; -1 where no time is told
    utc: bool = False  # whether it is in UTC by its nature


class Points(NamedTuple):
    """The readings of a text, the likeliest first."""

    points: list[Point]
    code: str = ""  # what is in doubt
    sure: bool = True  # whether the first may be taken


def read_number_date(text: str, *, told: bool, order: str) -> Points | None:
    """Read a number as a date; None where it cannot be one.

    Args:
        text: digits, with a sign and a fraction or without.
        told: whether the column's name says that it holds dates.
        order: `dmy`, `mdy` or `ymd` where it is known.

    >>> read_number_date("45292", told=False, order="").points[0].day
    (2024, 1, 1)
    """
    whole, _, fraction = text.replace(",", ".").partition(".")
    negative, digits = whole.startswith("-"), whole.lstrip("-")
    part = float(f"0.{fraction}") if fraction else 0.0
    size = len(digits)
    if negative:
        return _since(-int(digits), part, size, told=told) if size in (9, 10, 11, 12, 13) else None
    if size == 4 and not part and int(digits) in _YEARS:
        return Points([Point((int(digits), 0, 0))])
    if size <= 5 or (size <= 7 and told and part):
        return _serial(int(digits), part, told=told)
    if part and size not in (9, 10, 13):
        return None
    if size in (9, 10, 11, 13, 16, 19):
        found = _since(int(digits), part, size, told=told)
        if found and size == 10 and (stamp := _stamp(digits)):
            return Points([*found.points, *stamp], "date.number", sure=False)
        return found
    if size in (12, 14):
        if stamp := _stamp(digits):
            return Points(stamp)
        return _since(int(digits), part, size, told=told) if size == 12 else None
    return _digits(digits, order)


def _serial(days: int, part: float, *, told: bool) -> Points | None:
    """Read a spreadsheet's count of days: from 1900, with the 29 February of that year that never was, or from 1904."""
    points = [_of_serial(days, part), _of_serial(days + _MAC, part)]
    found = [point for point in points if point is not None]
    if not found or days < _FEW:
        return None
    sure = told or days in _PLAUSIBLE
    return Points(found, "date.serial" if sure else "date.number", sure=sure)


def _of_serial(days: int, part: float) -> Point | None:
    if days not in _DAYS or days == 60:
        return None
    day = date(1899, 12, 31 if days < 60 else 30) + timedelta(days)
    micros = round(part * 86_400) * 1_000_000
    if micros >= 86_400_000_000:
        day, micros = day + timedelta(1), 0
    return Point((day.year, day.month, day.day), micros if part else -1)


def _since(number: int, part: float, size: int, *, told: bool) -> Points | None:
    """Read seconds, or thousandths, millionths or milliardths of them, since 1970."""
    unit = 1 if size <= 10 else 10**3 if size <= 13 else 10**6 if size == 16 else 10**9
    try:
        at = _EPOCH + timedelta(microseconds=number * 1_000_000 // unit + round(part * 1_000_000 / unit))
    except OverflowError:
        return None
    if at.year not in _YEARS:
        return None
    micros = ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond
    point = Point((at.year, at.month, at.day), micros, utc=True)
    sure = told or size in (10, 13, 16, 19) or (number < 0 and size > 10)
    return Points([point], "" if sure else "date.number", sure=sure)


def _stamp(digits: str) -> list[Point]:
    """Read `YYYYMMDDhh`, `YYYYMMDDhhmm`, `YYYYMMDDhhmmss`."""
    hour, minute, second = int(digits[8:10]), int(digits[10:12] or 0), int(digits[12:14] or 0)
    day = (int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    if day[0] not in _YEARS or hour > 23 or minute > 59 or second > 59 or not _exists(day):
        return []
    return [Point(day, ((hour * 60 + minute) * 60 + second) * 1_000_000)]


def _digits(digits: str, order: str) -> Points | None:
    """Read six, seven or eight digits without marks."""
    if len(digits) == 8:
        first = (int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        if first[0] in _YEARS:
            return Points([Point(first)])
        day_first = (int(digits[4:]), int(digits[2:4]), int(digits[:2]))
        month_first = (day_first[0], day_first[2], day_first[1])
        if day_first[0] not in _YEARS:
            return None
        wanted = [month_first] if order == "mdy" else [day_first] if order == "dmy" else [day_first, month_first]
        return Points([Point(day) for day in wanted if _exists(day)] or [Point(day_first)])
    if len(digits) == 7:  # YYYYDDD
        year, number = int(digits[:4]), int(digits[4:])
        found = ordinal(year, number) if year in _YEARS else None
        return Points([Point(found)], "date.number", sure=False) if found else None
    if len(digits) != 6:
        return None
    a, b, c = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    forms = {"dmy": (c, b, a), "mdy": (c, a, b), "ymd": (a, b, c)}
    points = [
        Point((year + century, month, day))
        for name, (year, month, day) in forms.items()
        if order in ("", name)
        for century in ((1900, 2000) if year >= 30 else (2000, 1900))
        if _exists((year + century, month, day))
    ]
    return Points(points, "" if order else "date.number", sure=bool(order)) if points else None


def ordinal(year: int, number: int) -> Reading | None:
    """Give the day of a year by its number."""
    try:
        day = date(year, 1, 1) + timedelta(number - 1)
    except (OverflowError, ValueError):
        return None
    return (day.year, day.month, day.day) if day.year == year and number > 0 else None


def _exists(day: Reading) -> bool:
    try:
        date(*day)
    except ValueError:
        return False
    return True
