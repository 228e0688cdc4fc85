"""The date of a sign: read cheaply, and None rather than guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

__all__ = ["sign_time"]

_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*([AaPp])\.?[Mm]\.?)?)?\Z")


def sign_time(text: str, order: str = "") -> datetime | None:
    """Read a date or time as UTC; a time without a zone is taken as UTC, an ambiguous day without an order is not guessed.

    Args:
        text: ISO 8601, or day, month and year in digits.
        order: `dmy` or `mdy`, where the source is known to use it.

    >>> sign_time("2025-11-06 14:16"), sign_time("06.11.2025"), sign_time("06/11/2025")
    (datetime.datetime(2025, 11, 6, 14, 16, tzinfo=datetime.timezone.utc), datetime.datetime(2025, 11, 6, 0, 0, tzinfo=datetime.timezone.utc), None)
    """
    text = text.strip()
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" UTC", "Z"))
    except ValueError:
        match = _NUMERIC.match(text)
        if match is None:
            return None
        return _numeric(match, order)
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None


def _numeric(match: re.Match[str], order: str) -> datetime | None:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if match[2] == "." or first > 12 or (order == "dmy" and second <= 12):
        day, month = first, second
    elif second > 12 or order == "mdy" or first == second:
        month, day = first, second
    else:
        return None
    hour = int(match[5] or 0)
    if match[8]:
        hour = hour % 12 + (12 if match[8] in "pP" else 0)
    try:
        return datetime(year, month, day, hour, int(match[6] or 0), int(match[7] or 0), tzinfo=UTC)
    except ValueError:
        return None
