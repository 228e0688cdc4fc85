# What may be wrong with a date, and what helps.
from __future__ import annotations

from typing import Final

from canonical_contact.errors import Problem, Severity

__all__ = ["problem"]

_HINTS: Final = {
    "date.ambiguous": "Day and month cannot be told apart: state the file's order (dmy or mdy) in its mapping.",
    "date.century_guessed": "The year has two digits; the likelier century was taken.",
    "date.empty": "The date is all zeros.",
    "date.invalid": "There is no such day.",
    "date.number": "A number that may be a date or something else; no reading was taken.",
    "date.other_calendar": "The year is counted in another calendar.",
    "date.partial": "A part of the date is missing; it was not made up.",
    "date.serial": "The number was read as a spreadsheet's count of days since 1900; one that counts from 1904 means the alternative.",
    "date.time_dropped": "A day was asked for; the time beside it was left out.",
    "date.time_repeated": "The clocks were set back and showed this time twice; the first was taken.",
    "date.time_skipped": "The clocks were set forward over this time; it was read as if they had not been.",
    "date.unreadable": "It is not written as a date.",
    "date.weekday_differs": "The weekday in the text is not that of the date; the date was taken.",
    "date.zone_ambiguous": "The zone's abbreviation is used in several countries: state the country or the zone.",
    "date.zone_assumed": "The text states no time zone; UTC was taken.",
    "time_zone.unknown": "No such time zone; UTC was taken.",
}
_INFO: Final = frozenset(
    [
        "date.century_guessed",
        "date.empty",
        "date.serial",
        "date.time_dropped",
        "date.time_repeated",
        "date.time_skipped",
        "date.zone_assumed",
        "time_zone.unknown",
    ]
)
_TOLD: Final = {code: (hint, Severity.INFO if code in _INFO else Severity.WARNING) for code, hint in _HINTS.items()}


def problem(code: str, raw: str) -> Problem:
    """Say what is wrong with a text."""
    hint, severity = _TOLD[code]
    return Problem(code, "", raw[:200], hint, severity)
