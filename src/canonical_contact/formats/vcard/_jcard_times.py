"""Dates and times in the extended form of jCard (RFC 7095, section 3.5) and in the basic form of vCard (RFC 6350, section 4.3)."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["basic", "extended"]

_DATE: Final = re.compile(r"(?:(\d{4})(\d\d)(\d\d)|(\d{4}-\d\d)|(\d{4})|--(\d\d)(\d\d)|(--\d\d)|(---\d\d))\Z", re.ASCII)
_TIME: Final = re.compile(r"(\d\d|-)?(\d\d|-)?(\d\d)?(Z|[+-]\d\d(?:\d\d)?)?\Z", re.ASCII)
_OFFSET: Final = re.compile(r"([+-]\d\d)(\d\d)?\Z", re.ASCII)
_LONG_DATE: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)\Z|--(\d\d)-(\d\d)\Z", re.ASCII)


def extended(text: str, kind: str) -> str | None:
    """Write a date or time of a vCard as jCard does; None where it is none, or has no such form.

    >>> [extended(text, "date-and-or-time") for text in ("19850412", "--0412", "1985-04", "19850412T102200-0800", "T-2200", "soon")]
    ['1985-04-12', '--04-12', '1985-04', '1985-04-12T10:22:00-08:00', 'T-22:00', None]
    """
    if kind == "utc-offset":
        match = _OFFSET.match(text)
        return ":".join(filter(None, match.groups())) if match else None
    if kind == "time":
        return _long_time(text)
    date, mark, time = text.partition("T")
    found = _long_date(date) if date else ""
    if found is None or (not date and not mark):
        return None
    if not mark:
        return found
    clock = _long_time(time)
    return None if clock is None else f"{found}T{clock}"


def basic(text: str, kind: str) -> str:
    """Write a date or time of jCard as vCard does; any other text stays as it is.

    >>> [basic(text, "date-and-or-time") for text in ("1985-04-12", "--04-12", "1985-04", "1985-04-12T10:22:00-08:00", "T-22:00")]
    ['19850412', '--0412', '1985-04', '19850412T102200-0800', 'T-2200']
    """
    if kind in ("utc-offset", "time"):
        return text.replace(":", "")
    date, mark, time = text.partition("T")
    match = _LONG_DATE.match(date)
    if match:
        date = "".join(filter(None, match.groups()))
        date = date if match[1] else f"--{date}"
    return date + mark + time.replace(":", "")


def _long_date(text: str) -> str | None:
    match = _DATE.match(text)
    if match is None:
        return None
    year, month, day, first, second, alone, date, *others = match.groups()
    if year:
        return f"{year}-{month}-{day}"
    return f"--{alone}-{date}" if alone else first or second or others[0] or others[1]


def _long_time(text: str) -> str | None:
    """`HHMMSS` with parts that are missing at the end, or at the beginning as hyphens."""
    match = _TIME.match(text)
    if match is None:
        return None
    hour, minute, second, zone = match.groups()
    if hour is None or (hour == "-" and minute is None) or (minute == "-" and (second is None or hour != "-")):
        return None
    if hour == "-":
        clock = f"-{minute}" + (second if minute == "-" else f":{second}" if second else "")
    else:
        clock = ":".join(filter(None, (hour, minute, second)))
    if zone and len(zone) == 5:
        zone = f"{zone[:3]}:{zone[3:]}"
    return clock + (zone or "")
