"""Times of the caller's: each bears a time zone, and the ledger has them in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from canonical_contact.errors import InputError

__all__ = ["check_zone", "in_utc"]


def check_zone(at: datetime, path: str = "at") -> None:
    """Refuse a time without a time zone.

    Args:
        at: the time.
        path: the argument that it came in.

    Raises:
        InputError: it bears none.

    >>> check_zone(datetime(2026, 7, 1))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.InputError: The time has no time zone. Pass a datetime with tzinfo, such as datetime.now(UTC).
    """
    if at.utcoffset() is None:
        raise InputError("The time has no time zone.", path=path, hint="Pass a datetime with tzinfo, such as datetime.now(UTC).")


def in_utc(at: datetime, path: str = "at") -> datetime:
    """Bring a time into UTC; arguments and errors as for `check_zone`.

    >>> in_utc(datetime.fromisoformat("2026-07-01T14:00:00+02:00")).isoformat()
    '2026-07-01T12:00:00+00:00'
    """
    check_zone(at, path)
    return at.astimezone(UTC)
