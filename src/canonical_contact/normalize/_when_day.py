# The day in a text: numbers with marks between them, names of months and weekdays in any order, parts of a date, eras.
from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from canonical_contact.normalize._when_number import Reading, ordinal
from canonical_contact.normalize._when_words import Words

__all__ = ["Day", "Hints", "exists", "orders", "read_day"]

_YEAR_MONTH: Final = re.compile(r"(\d{4})[-/.](\d{1,2})\Z|(?P<m>\d{1,2})[/.](?P<y>\d{4})\Z")
_NO_YEAR: Final = re.compile(r"--(\d\d)(?:-?(\d\d))?\Z|---(\d\d)\Z")
_WEEK: Final = re.compile(r"(\d{4})-?w(\d\d)(?:-?([1-7]))?\Z")
_ORDINAL: Final = re.compile(r"(\d{4})-(\d{3})\Z")
_THREE: Final = re.compile(r"(\d{1,4})\s?([-/. ])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{1,2})\.?\Z")
_TWO: Final = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\.?\Z")
_TOKEN: Final = re.compile(r"\d+|[^\s\d.,/()\[\]:;+\-–—'\"|]+")
_ERA_LETTER: Final = re.compile(r"([mtshr])\.?(\d{1,2})[./-](\d{1,2})[./-](\d{1,2})\Z")
_ERA_OF: Final = {"m": "明治", "t": "大正", "s": "昭和", "h": "平成", "r": "令和"}
_LIVED: Final = range(1850, 2101)
_PIVOT: Final = 30  # two-digit years from here on belong to the 1900s; the other century stays an alternative
_BUDDHIST: Final = 543
_BUDDHIST_YEARS: Final = range(2443, 2644)
_HIJRI_YEARS: Final = range(1300, 1500)  # of the sun or of the moon


class Day(NamedTuple):
    """The readings of a day, the likeliest first."""

    readings: list[Reading]
    code: str = ""  # what is in doubt
    sure: bool = True  # whether the first may be taken where there is one
    weekday: int = -1  # Monday is 0


class Hints(NamedTuple):
    """What is known beside the text."""

    order: str  # the order that the file shows or states; it holds for every date
    usual: str  # the order of the country or of the language
    region: str  # ISO 3166-1 alpha-2, upper case
    language: str  # BCP 47, lower case


class _Told(NamedTuple):
    """What the words of a text say that its numbers are."""

    months: dict[int, str]
    place: int  # how many numbers stand before the month
    numbers: list[str]
    parts: dict[str, str]  # what a mark says that a number is
    era: str
    weekday: int


def exists(reading: Reading) -> bool:
    """Tell whether there is such a day; what is not told is taken as possible."""
    year, month, day = reading
    try:
        date(year or 2000, month or 1, day or 1)  # a leap year, so that --02-29 may stand
    except ValueError:
        return False
    return True


def orders(year: int, first: int, second: int, order: str) -> list[Reading]:
    """List what two numbers of day and month may be.

    >>> orders(1970, 3, 4, ""), orders(1970, 3, 14, "dmy")
    ([(1970, 4, 3), (1970, 3, 4)], [(1970, 3, 14)])
    """
    day_first, month_first = (year, second, first), (year, first, second)
    if first == second:
        return [day_first]
    if order in ("dmy", "mdy"):
        preferred, other = (month_first, day_first) if order == "mdy" else (day_first, month_first)
        return [preferred] if exists(preferred) or not exists(other) else [other]
    return [reading for reading in (day_first, month_first) if exists(reading)] or [day_first]


def read_day(text: str, words: Words, hints: Hints) -> Day:
    """Read a folded text without its time of day.

    Args:
        text: the text.
        words: the tables.
        hints: what is known beside it.
    """
    if day := _fixed(text):
        return day if not all(day.readings[0]) else _calendar(day.readings, hints)
    if found := _THREE.match(text):
        return _calendar(_numbers((found[1], found[3], found[4]), found[2], hints), hints)
    if found := _TWO.match(text):
        return _two(int(found[1]), int(found[3]), found[2], hints.order or hints.usual)
    if (hints.region == "JP" or hints.language.startswith("ja")) and (found := _ERA_LETTER.match(text)):
        return _of_era(_ERA_OF[found[1]], (int(found[2]), int(found[3]), int(found[4])), words)
    return _worded(text.replace("元年", "1年"), words, hints)  # the first year of an era


def _fixed(text: str) -> Day | None:
    """Read what ISO 8601 and vCard write, whole or in part."""
    if found := _NO_YEAR.match(text):
        return Day([(0, int(found[1] or 0), int(found[2] or found[3] or 0))])
    if found := _YEAR_MONTH.match(text):
        return Day([(int(found[1] or found["y"]), int(found[2] or found["m"]), 0)])
    if found := _WEEK.match(text):
        if not found[3]:
            return Day([(int(found[1]), 0, 0)], "date.partial", sure=False)
        try:
            day = date.fromisocalendar(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return Day([(1, 0, 99)])
        return Day([(day.year, day.month, day.day)])
    if found := _ORDINAL.match(text):
        return Day([ordinal(int(found[1]), int(found[2])) or (1, 0, 99)])
    return None


def _years(text: str) -> list[int]:
    if len(text) > 2:
        return [int(text)]
    year = int(text)
    return [1900 + year, 2000 + year] if year >= _PIVOT else [2000 + year, 1900 + year]


def _numbers(numbers: Sequence[str], mark: str, hints: Hints) -> list[Reading]:
    a, b, c = numbers
    if len(a) >= 3:
        return [(int(a), int(b), int(c))] if len(c) <= 2 else []
    first, second = int(a), int(b)
    if len(c) == 4:
        return orders(int(c), first, second, _of_mark(mark, hints, first, second))
    if first > 31:
        return [(year, second, int(c)) for year in _years(a.zfill(2))]
    told = _of_mark(mark, hints, first, second)
    behind = (
        [] if not hints.order and told == "ymd" else [r for year in _years(c.zfill(2)) for r in orders(year, first, second, told)]
    )
    before = [(year, second, int(c)) for year in _years(a.zfill(2))] if told in ("", "ymd") and int(c) <= 31 else []
    found = (
        [reading for reading in (*before, *behind) if exists(reading)]
        if told == "ymd"
        else [reading for reading in (*behind, *before) if exists(reading)]
    )
    return found or behind or before


def _of_mark(mark: str, hints: Hints, first: int, second: int) -> str:
    """Tell the order of a date: dots stand behind days, but where the file or the country puts the month first."""
    if hints.order or mark != ".":
        return hints.order or hints.usual
    if hints.usual in ("mdy", "ymd"):
        return ""
    return "dmy" if second <= 12 or first > 12 else "mdy"


def _two(first: int, second: int, mark: str, order: str) -> Day:
    """Read two numbers: day and month, or month and a year of two digits."""
    if first <= 12 and second > 31:
        return Day([(year, first, 0) for year in _years(f"{second:02d}")])
    told = {"ymd": "mdy"}.get(order, order) or ("dmy" if mark == "." else "")
    return Day(orders(0, first, second, told))


def _calendar(readings: list[Reading], hints: Hints) -> Day:
    """Put years of other calendars in doubt."""
    year = readings[0][0] if readings else 0
    if year in _BUDDHIST_YEARS:
        local = [(year - _BUDDHIST, month, day) for year, month, day in readings]
        thai = hints.region == "TH" or hints.language.startswith("th")
        return Day(
            [reading for reading in local if exists(reading)] + ([] if thai else readings), "date.other_calendar", sure=False
        )
    if year in _HIJRI_YEARS:
        return Day(readings, "date.other_calendar", sure=False)
    return Day(readings)


def _of_era(era: str, parts: Reading, words: Words) -> Day:
    before, last = words.eras[era]
    year, month, day = parts
    reading = (before + year, month, day)
    inside = year > 0 and before < reading[0] <= last and reading[0] in _LIVED
    return Day([reading if inside else (1, 0, 99)], "date.other_calendar", sure=True)


def _worded(text: str, words: Words, hints: Hints) -> Day:
    """Read a text with words in it."""
    months: list[dict[int, str]] = []
    place = -1  # how many numbers stand before the month
    numbers: list[str] = []
    parts: dict[str, str] = {}  # what a mark says that a number is
    era, weekday, foreign, expected = "", -1, "", ""
    tokens = list(_TOKEN.finditer(text))
    if len(tokens) > _MOST:
        return Day([])
    for token in tokens:
        word = token[0]
        if word[0].isdecimal():
            if expected:
                parts[expected], expected = word, ""
            elif text[token.start() - 1 : token.start()] == "'" and len(word) == 2 and token.start():
                parts["year"] = word
            else:
                numbers.append(word)
            continue
        if word in words.marks and numbers and text[token.start() - 1 : token.start()].strip() != "":
            parts[words.marks[word]] = numbers.pop()
        elif word in words.marks and words.marks[word] in parts:
            pass  # what stands before the number has said it
        elif word in words.eras and (word != "be" or numbers):
            era = word
            expected = "" if word == "be" else "year"
        elif word in words.before and not (word == "th" and numbers):
            expected = words.before[word]
        elif (day := words.days.get(word)) is not None and (word not in words.months or _is_weekday(token, tokens, words)):
            weekday = day if isinstance(day, int) else -1
        elif (month := words.months.get(word)) is not None:
            months.append(_months(month, hints.language))
            place = len(numbers)
        elif word in words.foreign:
            foreign = words.foreign[word]
        elif word not in words.fillers or (len(word) == 1 and text[token.end() : token.end() + 1].isdecimal()):
            return Day([])
    if foreign:
        return Day([], "date.other_calendar") if numbers and not months else Day([])
    if expected or len(months) > 1 or len(numbers) > 3 or any(len(number) > 4 for number in (*numbers, *parts.values())):
        return Day([])
    told = _Told(months[0] if months else {}, place, numbers, parts, era, weekday)
    return _assemble(told, text, words, hints)._replace(weekday=weekday)


_MOST: Final = 16  # words of a date


def _is_weekday(token: re.Match[str], tokens: list[re.Match[str]], words: Words) -> bool:
    """Tell `mar` the Tuesday from `mar` the March: another month stands in the text."""
    return any(other is not token and other[0] in words.months and other[0] not in words.days for other in tokens) or any(
        other.start() > token.start() and other[0] in words.months for other in tokens
    )


def _months(month: int | dict[str, str], language: str) -> dict[int, str]:
    if isinstance(month, int):
        return {month: ""}
    tag = language.partition("-")[0]
    told = {int(number): "" for number, languages in month.items() if tag and tag in languages.split()}
    return told or {int(number): "" for number in month}


def _assemble(told: _Told, text: str, words: Words, hints: Hints) -> Day:
    months, place, numbers, parts, era, _ = told
    if not months and not parts and not era:
        if len(numbers) == 3:
            return _calendar(_numbers(numbers, _mark_of(text), hints), hints)
        if len(numbers) == 2 and len(numbers[0]) <= 2 and len(numbers[1]) <= 2:
            return _two(int(numbers[0]), int(numbers[1]), _mark_of(text), hints.order or hints.usual)
        return Day([])
    if months and "month" not in parts and not era and len(numbers) == 1 and not parts:
        return _month_and_number(list(months), place, numbers[0], text)
    year, month, day = parts.get("year", ""), parts.get("month", ""), parts.get("day", "")
    rest = list(numbers)
    if era and year and len(rest) == 2 and not months and not month and not day:
        month, day = rest.pop(0), rest.pop()
    if not day and rest and (months or month or era) and (year or len(rest) == 2 or era):
        day_place = 1 if len(rest) > 1 and (len(rest[0]) > 2 or int(rest[0]) > 31) else 0
        if era and not year and len(rest) >= 2 and not months:
            year, rest = rest[0], rest[1:]
            if len(rest) == 2 and not month:
                month, rest = rest[0], rest[1:]
            day_place = 0
        elif era and not year and len(rest) == 2:
            day_place = 0
        day = rest.pop(day_place) if rest else ""
    if not year and rest:
        year = rest.pop(0)
    if rest or (not months and not month and not year):
        return Day([])
    found_months = list(months) or ([int(month)] if month else [0])
    if len(day) > 2 or len(month) > 2:
        return Day([])
    number = int(day or 0)
    if day and not number:
        return Day([(1, 0, 99)])
    if era:
        if not year:
            return Day([])
        return _of_era(era, (int(year), found_months[0], number), words)
    years = _years(year) if year else [0]
    return _calendar([(y, m, number) for y in years for m in found_months], hints)


def _month_and_number(months: list[int], place: int, number: str, text: str) -> Day:
    """Read `March 24`, `24 March`, `March 1985`, and `Mar-24`, which a spreadsheet shows for a month of a year."""
    value = int(number)
    if len(number) > 2 or value > 31:
        return Day([(year, month, 0) for year in _years(number) for month in months])
    if not value:
        return Day([(1, 0, 99)])
    readings = [(0, month, value) for month in months]
    if place == 0 and "-" in text:
        readings += [(year, month, 0) for year in _years(number)[:1] for month in months]
    return Day(readings)


def _mark_of(text: str) -> str:
    found = re.search(r"\d\s?([-/.])", text)
    return found[1] if found else " "
