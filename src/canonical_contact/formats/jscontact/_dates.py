"""Dates and times of JSContact (RFC 9553, section 1.4.5 and 2.8.1) and of vCard (RFC 6350, section 4.3) beside those of the model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

__all__ = ["date_text", "partial_date", "read_time", "stamp_of", "time_of_stamp", "time_text", "vcard_date", "vcard_day"]

_TEXT: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?\Z|--(\d\d)(?:-(\d\d))?\Z")
_UTC: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d*[1-9])?Z\Z")
_STAMP: Final = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)[Tt ](\d\d):?(\d\d):?(\d\d)(?:\.\d+)?[Zz]\Z")
_VCARD: Final = re.compile(
    r"(?:(\d{4})-?(\d\d)-?(\d\d)|(\d{4})-(\d\d)|(\d{4})|--(\d\d)-?(\d\d)|--(\d\d)|---(\d\d))\Z"
)  # no others: a time without a zone has no place in JSContact


def time_text(at: datetime) -> str:
    """Write a time as UTCDateTime, with a fraction only where there is one.

    >>> time_text(datetime(2026, 7, 1, 12, 0, 0, 500000, tzinfo=UTC))
    '2026-07-01T12:00:00.5Z'
    """
    if at.tzinfo is not UTC:
        at = at.replace(tzinfo=UTC) if at.utcoffset() is None else at.astimezone(UTC)
    text = at.isoformat()[:-6]
    return (text.rstrip("0") if at.microsecond else text) + "Z"


def read_time(text: str) -> tuple[datetime, bool] | None:
    """Read a UTCDateTime; the flag tells whether it is written as the standard asks.

    >>> read_time("2026-07-01T12:00:00Z")
    (datetime.datetime(2026, 7, 1, 12, 0, tzinfo=datetime.timezone.utc), True)
    """
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=UTC) if at.utcoffset() is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at, time_text(at) == text


def partial_date(text: str) -> dict[str, int] | None:
    """Make a PartialDate of `2001-06-30`, `--06-30`, `2001-06` or `2001`; None for any other text.

    >>> partial_date("--06-30")
    {'month': 6, 'day': 30}
    """
    match = _TEXT.match(text)
    if match is None or not text.isascii():
        return None
    year, month, day = match[1], match[2] or match[4], match[3] or match[5]
    found = {name: int(part) for name, part in (("year", year), ("month", month), ("day", day)) if part is not None}
    return found if _possible(found) and (year or day) else None


def date_text(date: Mapping[str, object]) -> str | None:
    """Write a PartialDate as text; None where the model has no form for it, such as a day alone.

    >>> date_text({"year": 2001, "month": 6, "day": 30})
    '2001-06-30'
    """
    year, month, day = date.get("year"), date.get("month"), date.get("day")
    parts = {"year": year, "month": month, "day": day}
    if any(part is not None and (not isinstance(part, int) or isinstance(part, bool)) for part in parts.values()):
        return None
    if not _possible({name: part for name, part in parts.items() if isinstance(part, int)}):
        return None
    if year is None:
        return f"--{month:02}-{day:02}" if month is not None and day is not None else None
    if month is None:
        return f"{year:04}" if day is None else None
    return f"{year:04}-{month:02}" if day is None else f"{year:04}-{month:02}-{day:02}"


def vcard_day(date: Mapping[str, int]) -> str | None:
    """Write a PartialDate as date of a vCard; None where it has no such form.

    >>> vcard_day({"year": 1953, "month": 4, "day": 15}), vcard_day({"month": 4, "day": 15}), vcard_day({"year": 1953, "month": 4})
    ('19530415', '--0415', '1953-04')
    """
    if not date or not date.keys() <= {"year", "month", "day"} or not all(type(one) is int for one in date.values()):
        return None
    if not _possible(date):
        return None
    year, month, day = date.get("year"), date.get("month"), date.get("day")
    if year is None:
        if day is None:
            return f"--{month:02}"
        return f"---{day:02}" if month is None else f"--{month:02}{day:02}"
    if month is None:
        return f"{year:04}" if day is None else None
    return f"{year:04}-{month:02}" if day is None else f"{year:04}{month:02}{day:02}"


def vcard_date(text: str) -> dict[str, int] | None:
    """Read a date of a vCard, of version 3.0 too; None for any other text.

    >>> vcard_date("1953-04-15"), vcard_date("--0415"), vcard_date("circa 1800")
    ({'year': 1953, 'month': 4, 'day': 15}, {'month': 4, 'day': 15}, None)
    """
    match = _VCARD.match(text)
    if match is None or not text.isascii():
        return None
    year, month, day = (
        match[1] or match[4] or match[6],
        match[2] or match[5] or match[7] or match[9],
        match[3] or match[8] or match[10],
    )
    found = {name: int(part) for name, part in (("year", year), ("month", month), ("day", day)) if part is not None}
    return found if _possible(found) else None


def stamp_of(text: str) -> str | None:
    """Write a UTCDateTime as timestamp of a vCard, to the second; None where it is none.

    >>> stamp_of("2022-09-30T14:35:10Z")
    '20220930T143510Z'
    """
    if not _UTC.match(text) or not text.isascii():
        return None
    return text[:19].replace("-", "").replace(":", "") + "Z"


def time_of_stamp(text: str) -> str | None:
    """Read a timestamp of a vCard in UTC, of version 3.0 too, as UTCDateTime.

    >>> time_of_stamp("20220930T143510Z")
    '2022-09-30T14:35:10Z'
    """
    match = _STAMP.match(text)
    if match is None or not text.isascii():
        return None
    year, month, day, hour, minute, second = match.groups()
    found = f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"
    return found if read_time(found) else None


def _possible(date: Mapping[str, int]) -> bool:
    return 1 <= date.get("year", 1) <= 9999 and 1 <= date.get("month", 1) <= 12 and 1 <= date.get("day", 1) <= 31
