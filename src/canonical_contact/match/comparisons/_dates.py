"""Dates as people give them: whole, in part, mistyped. The column form is `columns/_dates.py`."""

from __future__ import annotations

import re
from typing import NamedTuple

from canonical_contact.match.comparisons._base import Level
from canonical_contact.match.comparisons._near import one_off

__all__ = [
    "D_DIFFERENT",
    "D_DIGIT",
    "D_EXACT",
    "D_MISSING",
    "D_PART",
    "D_SWAPPED",
    "Parts",
    "compare_dates",
    "date_levels",
    "date_parts",
]

D_EXACT, D_SWAPPED, D_DIGIT, D_PART, D_DIFFERENT, D_MISSING = range(6)
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        r"(?P<year>\d{4})-?(?P<month>\d\d)-?(?P<day>\d\d)",
        r"(?P<year>\d{4})(-(?P<month>\d\d))?",
        r"--(?P<month>\d\d)-?(?P<day>\d\d)",
    )
)
_OTHER = re.compile(r"[^0-9]+")


class Parts(NamedTuple):
    """What a date states; empty is unknown. `digits` are all of them, in a text that is no date in another way."""

    year: str = ""
    month: str = ""
    day: str = ""
    digits: str = ""

    @property
    def whole(self) -> bool:
        """Whether year, month and day are known."""
        return bool(self.year and self.day)


def date_levels(what: str) -> tuple[Level, ...]:
    """The levels of a comparison of two dates; `what` begins each sentence."""
    return (
        Level("exact", f"{what} are equal."),
        Level("swapped", f"{what} have day and month exchanged."),
        Level("digit", f"{what} differ by one digit, or by two neighbours that changed places."),
        Level("part", f"{what} agree as far as both are known, or in two of year, month and day."),
        Level("different", f"{what} differ."),
        Level("missing", f"{what} are not both known, or have nothing in common to compare."),
    )


def date_parts(text: str) -> Parts:
    """Read `1980-02-01`, `19800201`, `1980-02`, `1980` or `--02-01`; numbers out of range are taken as they are.

    >>> date_parts("19155111"), date_parts("--02-01")
    (Parts(year='1915', month='51', day='11', digits='19155111'), Parts(year='', month='02', day='01', digits='0201'))
    """
    digits = _OTHER.sub("", text)
    for form in _FORMS:
        if found := form.fullmatch(text):
            return Parts(**{name: value or "" for name, value in found.groupdict().items()}, digits=digits)
    return Parts(digits=digits)


def compare_dates(a: str, b: str) -> int:
    """Compare two dates in any of the forms of `date_parts`.

    >>> [compare_dates("1980-02-01", b) for b in ("19800201", "1980-01-02", "1980-02-07", "1980", "1975-02-01", "1975")]
    [0, 1, 2, 3, 3, 4]
    """
    if not a or not b:
        return D_MISSING
    x, y = date_parts(a), date_parts(b)
    if not (x.year or x.day) or not (y.year or y.day):  # not a date: nothing but its digits
        if a == b:
            return D_EXACT
        return D_DIGIT if min(len(x.digits), len(y.digits)) > 5 and one_off(x.digits, y.digits) else D_DIFFERENT
    if x.whole and y.whole:
        if x == y:
            return D_EXACT
        if x.year == y.year and (x.month, x.day) == (y.day, y.month):
            return D_SWAPPED
        if one_off(x.digits, y.digits):
            return D_DIGIT
        return D_PART if (x.year == y.year) + (x.month == y.month) + (x.day == y.day) > 1 else D_DIFFERENT
    both = [(p, q) for p, q in zip(x[:3], y[:3], strict=True) if p and q]
    if not both:
        return D_MISSING
    if all(p == q for p, q in both):
        return D_PART
    return D_SWAPPED if x.day and (x.month, x.day) == (y.day, y.month) else D_DIFFERENT
