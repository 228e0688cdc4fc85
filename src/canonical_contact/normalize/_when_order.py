# The order of day and month: what a column's values show, and what its name says.
from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from canonical_contact.normalize._text import plain, unfold_width
from canonical_contact.normalize._when_words import tables

__all__ = ["date_order", "order_of_header", "tells_date"]

_DAY: Final = re.compile(r"[\s'\"]*(\d{1,2})\s?([-/.])\s?(\d{1,2})(?:\s?\2\s?(\d{4}|\d\d)?)?(?!\d)")
_MONTHS: Final = 12
_DAYS: Final = 31
# The letters of day, month and year in Germanic, Romance, Slavic and Baltic languages.
_DAY_FIRST: Final = re.compile(r"(?<![^\W\d_])[dtjgд]{1,2}[-/. ]?[mм]{1,2}(?:[-/. ]?[yjaråг]{1,4})?(?![^\W\d_])")
_MONTH_FIRST: Final = re.compile(r"(?<![^\W\d_])m{1,2}[-/. ]?[dtj]{1,2}(?:[-/. ]?[yja]{1,4})?(?![^\W\d_])")
_WORD: Final = re.compile(r"[^\W\d_]+")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def date_order(values: Iterable[str]) -> str:
    """Tell the order of day and month that the values of a column show.

    A value that only fits one order decides; where values contradict each other, nothing is decided.

    Args:
        values: the texts of the cells; other texts than dates tell nothing.

    Returns:
        `dmy`, `mdy`, or empty.

    >>> date_order(["03/04/1970", "25/12/1999"]), date_order(["03/04/1970"]), date_order(["25/12/1999", "12/25/1999"])
    ('dmy', '', '')
    """
    shown = set[str]()
    for value in values:
        found = _DAY.match(value if value.isascii() else unfold_width(value))
        if found is None:
            continue
        first, second = int(found[1]), int(found[3])
        if first > _DAYS or second > _DAYS:
            if found[4] and first > _DAYS:
                return ""  # the year is first
        elif first > _MONTHS >= second > 0:
            shown.add("dmy")
        elif second > _MONTHS >= first > 0:
            shown.add("mdy")
        if len(shown) > 1:
            return ""
    return next(iter(shown), "")


def order_of_header(column: str) -> str:
    """Tell the order that a pattern in a column's name states.

    >>> order_of_header("Birthday (MM/DD/YYYY)"), order_of_header("Geburtstag TT.MM.JJJJ"), order_of_header("Date")
    ('mdy', 'dmy', '')
    """
    if not column or len(column) > 200 or ("m" not in column.lower() and "м" not in column.lower()):
        return ""
    text = column.lower()
    return "dmy" if _is_pattern(_DAY_FIRST.search(text)) else "mdy" if _is_pattern(_MONTH_FIRST.search(text)) else ""


def _is_pattern(found: re.Match[str] | None) -> bool:
    """A pattern has two letters for each part, or marks between them."""
    return found is not None and (len(found[0]) > 3 or not found[0].isalpha())


def tells_date(column: str) -> bool:
    """Tell whether a column's name, or a raw path, says that it holds dates.

    >>> tells_date("Geburtsdatum"), tells_date("created_at"), tells_date("LastModifiedDate"), tells_date("Score")
    (True, True, True, False)
    """
    if not column or len(column) > 200:
        return False
    headers = tables().headers
    words = _WORD.findall(plain(_CAMEL.sub(" ", column)).replace("_", " "))
    return any(
        word in headers or (word > "\u2e80" and any(known in word for known in headers if known > "\u2e80")) for word in words
    )
