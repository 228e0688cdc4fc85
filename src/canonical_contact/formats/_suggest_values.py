"""What the cells of a column say about what it holds: shares of a sample that look like an address, a number or a day."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from canonical_contact.formats._consent import Vocabulary
from canonical_contact.formats._fold import plain

__all__ = ["CellTables", "Cells", "Fit", "masked", "shape"]

_EMAIL = re.compile(r"(?<![^\s@,;<>])[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]{2,}")
_URL = re.compile(
    r"(?:https?://|www\.)\S+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|de|eu|io|co\.uk|fr|es|it|nl)(?:/\S*)?", re.IGNORECASE
)
_PHONE = re.compile(r"\(?[+0-9(][0-9 ()./\-–]{4,24}[0-9)](?: ?(?:x|ext\.?|dw) ?\d{1,6})?", re.IGNORECASE)
_DAY = re.compile(
    r"(?P<y>\d{4})[-/.](?P<a>\d{1,2})[-/.](?P<b>\d{1,2})|(?P<c>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<e>\d{4}|\d\d)|--\d\d-\d\d|(?P<f>\d{1,2})/(?P<g>\d{1,2})"
)
_COMPACT_DAY = re.compile(r"(?P<y>1[5-9]\d\d|20[0-3]\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_CLOCK = re.compile(r"[ T]\d{1,2}:\d\d")
_POSTCODE = re.compile(
    r"(?:[A-Z]{1,2}-)?\d{4,6}(?:-\d{3,4})?|[A-Z]{1,2}\d[A-Z0-9]? ?\d[A-Z]{2}|\d{3} ?\d{2}|\d{4} ?[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{2}-\d{3}|\d{3}-\d{4}",
    re.IGNORECASE,
)
_HOUSE = re.compile(r"\d{1,4} ?[a-zA-Z]?(?:[-/]\d{1,4} ?[a-zA-Z]?)?")
_WORD = re.compile(r"[^\W\d_]+(?:[ '’.-]+[^\W\d_]+)*\.?")
_ZONE = re.compile(r"[A-Z][A-Za-z_]+/[A-Z][A-Za-z_]+(?:/[A-Za-z_]+)?|UTC|GMT")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,39}")
_SEPARATORS = (";", "|", " ::: ", ",")
_SHOWN = 3
_COMMON = 20


class Fit(NamedTuple):
    """How well cells fit a key, from 0 to 1; `sure`: whether they could tell at all, and not only do not speak against it."""

    share: float
    sure: bool
    reason: str = ""


class CellTables:
    """The word lists that cells are held against.

    Args:
        vocabulary: words of consent and flag columns.
        words: lists of data/suggest.toml.
    """

    def __init__(self, vocabulary: Vocabulary, words: Mapping[str, frozenset[str]]) -> None:
        from canonical_contact.normalize import _name_tables as names
        from canonical_contact.normalize import country, language
        from canonical_contact.normalize._lifecycle import read_lifecycle
        from canonical_contact.normalize._organization import has_legal_form

        self.vocabulary, self.words, self.titles = vocabulary, words, names.TITLES
        self.has_legal_form = has_legal_form
        self._country, self._language, self._lifecycle = country, language, read_lifecycle
        self.given = frozenset(word for pair in names.COMPOUNDS for word in pair) | names.HUNGARIAN_GIVEN | names.DEVOTION
        self.surnames = names.IBERIAN | names.ROMAN_CHINESE | names.VIETNAMESE

    def is_country(self, text: str) -> bool:
        """Whether it names a country."""
        return self._country(text).value is not None

    def is_language(self, text: str) -> bool:
        """Whether it names a language."""
        return self._language(text).value is not None

    def is_stage(self, text: str) -> bool:
        """Whether it is a lifecycle stage that a system has."""
        return not self._lifecycle(text, "", None, "")[1]


class Cells:
    """The filled cells of one column in a sample.

    Args:
        texts: the cells, stripped.
        rows: how many rows the sample has.
        tables: word lists.
    """

    def __init__(self, texts: Sequence[str], rows: int, tables: CellTables) -> None:
        self.texts, self.rows, self._tables = texts, rows, tables

    @cached_property
    def counts(self) -> Counter[str]:
        """Every text with how often it is there."""
        return Counter(self.texts)

    @property
    def filled(self) -> float:
        """The share of rows that have something."""
        return len(self.texts) / self.rows if self.rows else 0.0

    @property
    def unique(self) -> bool:
        """Whether every row has another text."""
        return self.rows > 1 and len(self.counts) == len(self.texts) == self.rows

    @property
    def constant(self) -> bool:
        """Whether all rows say the same."""
        return len(self.counts) == 1 and len(self.texts) > 4

    def share(self, test: Callable[[str], object]) -> float:
        """The share of the filled cells that pass."""
        if not self.texts:
            return 0.0
        return sum(count for text, count in self.counts.items() if test(text)) / len(self.texts)

    @cached_property
    def classes(self) -> Counter[str]:
        """How many cells are words for yes, no, stop, go, blank."""
        found: Counter[str] = Counter()
        for text, count in self.counts.items():
            found[self._tables.vocabulary.word_class(text)] += count
        return found

    @cached_property
    def says_stop(self) -> float:
        """The share of cells that are words such as `unsubscribed`, where all are few words."""
        if not self.texts or len(self.counts) > 12 or not self.classes["stop"]:
            return 0.0
        return (self.classes["stop"] + self.classes["go"]) / len(self.texts)

    @cached_property
    def flags(self) -> float:
        """The share of cells that say yes or no."""
        return (self.classes["yes"] + self.classes["no"]) / len(self.texts) if self.texts and len(self.counts) < 8 else 0.0

    @property
    def split(self) -> str:
        """What divides several entries in a cell; empty where nothing does."""
        for separator in _SEPARATORS:
            if self.share(lambda text, separator=separator: separator in text) > 0.1:  # type: ignore[misc]
                return separator
        return ""

    @cached_property
    def date_order(self) -> str:
        """`dmy` or `mdy`, where a day above twelve tells."""
        first = second = 0
        for text in self.counts:
            found = _DAY.match(text)
            if found and found["c"]:
                first, second = max(first, int(found["c"])), max(second, int(found["d"]))
            elif found and found["f"]:
                first, second = max(first, int(found["f"])), max(second, int(found["g"]))
        return "dmy" if first > 12 >= second else "mdy" if second > 12 >= first else ""

    def fit(self, stem: str) -> Fit | None:
        """Hold the cells against a key; None where nothing can be said."""
        test = _TESTS.get(stem)
        return test(self, self._tables) if test is not None and self.texts else None

    @cached_property
    def typed(self) -> list[tuple[str, Fit]]:
        """Keys that the cells alone suggest, the best first."""
        found = [(stem, fit) for stem in _ALONE if (fit := self.fit(stem)) is not None and fit.sure and fit.share >= 0.6]
        return sorted(found, key=lambda one: -one[1].share)


def masked(counts: Counter[str]) -> tuple[str, ...]:
    """Show what cells look like without their content: letters as x, digits as 9."""
    shapes = dict.fromkeys(shape(text) for text, _ in counts.most_common(20))
    return tuple(shapes)[:_SHOWN]


def shape(text: str) -> str:
    """Write letters as x and digits as 9.

    >>> shape("Ana.Sá@example.org 12")
    'Xxx.Xx@xxxxxxx.xxx 99'
    """
    text = " ".join(text.split())
    return "".join(
        "9" if char.isdigit() else ("X" if char.isupper() else "x") if char.isalpha() else char for char in text[:30]
    ) + ("…" if len(text) > 30 else "")


# -- tests: each gives the share that fits, and whether that is telling ----------------------------------------------------------------


def _is_phone(text: str) -> bool:
    digits = sum(char.isdigit() for char in text)
    return 6 <= digits <= 17 and _PHONE.fullmatch(text.strip("'")) is not None and _DAY.match(text) is None


def _year(text: str) -> int:
    if compact := _COMPACT_DAY.fullmatch(text):
        return int(compact["y"])
    found = _DAY.match(text)
    year = found and (found["y"] or found["e"])
    if not year:
        return 0
    return int(year) if len(year) == 4 else 1900 + int(year) if int(year) > 30 else 2000 + int(year)


def _is_day(text: str) -> bool:
    if text.isdecimal():
        return _COMPACT_DAY.fullmatch(text) is not None  # of any eight digits one in forty looks so
    return _DAY.match(text) is not None and len(text) < 36


def _email(cells: Cells, _: CellTables) -> Fit:
    return Fit(cells.share(_EMAIL.search), True, "its cells are e-mail addresses")


def _phone(cells: Cells, _: CellTables) -> Fit:
    share = cells.share(_is_phone)
    formatted = cells.share(lambda text: _is_phone(text) and any(char in text for char in "+ (/-"))
    # Bare digits may be anything; a number that begins with a zero or stands in few forms is more likely one.
    sure = formatted > 0.2 or cells.share(lambda text: text.startswith("0") and text.isdecimal() and len(text) > 8) > 0.5
    return Fit(share, sure or share < 0.3, "its cells are phone numbers")


def _url(cells: Cells, _: CellTables) -> Fit:
    return Fit(cells.share(_URL.fullmatch), True, "its cells are web addresses")


def _birthday(cells: Cells, _: CellTables) -> Fit:
    share = cells.share(_is_day)
    years = [year for text in cells.counts if (year := _year(text))]
    old = sum(1500 <= year <= 2012 for year in years) / len(years) if years else 1.0
    clock = cells.share(_CLOCK.search)
    wide = bool(years) and max(years) - min(years) > 15
    return Fit(share * (0.3 + 0.7 * old) * (1 - clock), share < 0.3 or (old > 0.8 and wide), "its cells are days of many years")


def _moment(cells: Cells, _: CellTables) -> Fit:
    share = cells.share(lambda text: _is_day(text) or (text.isdecimal() and len(text) in (10, 13) and text.startswith("1")))
    years = [year for text in cells.counts if (year := _year(text))]
    recent = sum(year >= 1995 for year in years) / len(years) if years else 1.0
    clock = cells.share(_CLOCK.search)
    return Fit(share * (0.4 + 0.6 * recent), share < 0.3 or clock > 0.8, "its cells are points in time")


def _postcode(cells: Cells, _: CellTables) -> Fit:
    share = cells.share(_POSTCODE.fullmatch)
    return Fit(share, share < 0.3 or (share > 0.8 and not cells.unique), "its cells look like postcodes")


def _country(cells: Cells, tables: CellTables) -> Fit:
    # Reading a text as a country is slow where it is none; a column of countries has one among its most common texts.
    if not any(tables.is_country(text) for text, _ in cells.counts.most_common(_COMMON)):
        return Fit(0.0, False)
    share = cells.share(tables.is_country)
    return Fit(share, share > 0.8 and len(cells.counts) < max(3, len(cells.texts) / 2), "its cells name countries")


def _language(cells: Cells, tables: CellTables) -> Fit:
    return Fit(cells.share(tables.is_language), False, "its cells name languages")


def _gender(cells: Cells, tables: CellTables) -> Fit:
    share = cells.share(lambda text: plain(text) in tables.words["gender"])
    return Fit(share, (share > 0.9 and 1 < len(cells.counts) < 6) or share < 0.3, "its cells are words for a gender")


def _title(cells: Cells, tables: CellTables) -> Fit:
    share = cells.share(lambda text: all(word in tables.titles for word in plain(text).replace(".", "").split()))
    return Fit(share, share > 0.8 and len(cells.counts) < 20, "its cells are forms of address")


def _zone(cells: Cells, _: CellTables) -> Fit:
    return Fit(cells.share(_ZONE.fullmatch), True, "its cells are time zones")


def _stage(cells: Cells, tables: CellTables) -> Fit:
    share = cells.share(tables.is_stage) if len(cells.counts) < 20 else 0.0
    return Fit(share, share > 0.8 and len(cells.counts) > 2, "its cells are stages of a lifecycle")


def _given(cells: Cells, tables: CellTables) -> Fit:
    share = cells.share(lambda text: _WORD.fullmatch(text) is not None and text.count(" ") < 3 and len(text) < 40)
    known = cells.share(lambda text: plain(text).split(" ")[0] in tables.given)
    return Fit(min(1.0, share * 0.9 + known), share < 0.5, "its cells look like names")


def _surname(cells: Cells, tables: CellTables) -> Fit:
    share = cells.share(lambda text: _WORD.fullmatch(text) is not None and text.count(" ") < 4 and len(text) < 50)
    known = cells.share(lambda text: bool(tables.surnames.intersection(plain(text).split(" "))))
    return Fit(min(1.0, share * 0.9 + known), share < 0.5, "its cells look like names")


def _full_name(cells: Cells, tables: CellTables) -> Fit:
    cased = any(char.isupper() for text in cells.counts for char in text)
    share = cells.share(
        lambda text: (
            _WORD.fullmatch(text.replace(",", "")) is not None
            and 0 < text.count(" ") < 5
            and (text[0].isupper() or not cased)  # a table in small letters throughout has names in small letters
            and not tables.has_legal_form(text)
        )
    )
    return Fit(share, share < 0.3, "its cells look like names")


def _organization(cells: Cells, tables: CellTables) -> Fit:
    share = cells.share(lambda text: any(char.isalpha() for char in text) and "@" not in text and len(text) < 100)
    firms = cells.share(tables.has_legal_form)
    return Fit(min(1.0, share * 0.8 + firms), firms > 0.3 or share < 0.3, "its cells are names of firms")


def _street(cells: Cells, tables: CellTables) -> Fit:
    def fits(text: str) -> bool:
        words = plain(text).split()
        streets = tables.words["street"]
        return any(char.isalpha() for char in text) and (
            any(char.isdigit() for char in text) or any(word in streets for word in words)
        )

    share = cells.share(fits)
    worded = cells.share(
        lambda text: any(
            word in tables.words["street"] or word.endswith(("strasse", "str", "weg", "straat", "gatan"))
            for word in plain(text).split()
        )
    )
    return Fit(share, (share > 0.7 and worded > 0.3) or share < 0.2, "its cells look like streets")


def _house(cells: Cells, _: CellTables) -> Fit:
    share = cells.share(_HOUSE.fullmatch)
    return Fit(share, share < 0.3, "its cells are house numbers")


def _full_address(cells: Cells, _: CellTables) -> Fit:
    share = cells.share(
        lambda text: len(text) > 12 and any(char.isdigit() for char in text) and any(mark in text for mark in (",", "  ", "\n"))
    )
    return Fit(share, share < 0.2, "its cells hold whole addresses")


def _town(cells: Cells, _: CellTables) -> Fit:
    share = cells.share(
        lambda text: _WORD.fullmatch(text.replace("/", " ").replace("(", "").replace(")", "")) is not None and len(text) < 50
    )
    return Fit(share, share < 0.5, "its cells look like places")


def _text(cells: Cells, _: CellTables) -> Fit:
    return Fit(cells.share(lambda text: any(char.isalpha() for char in text) and "@" not in text), False)


def _notes(cells: Cells, _: CellTables) -> Fit:
    long = cells.share(lambda text: len(text) > 40 or text.count(" ") > 4)
    return Fit(0.6 + 0.4 * long, long > 0.6, "its cells hold sentences")


def _number(cells: Cells, _: CellTables) -> Fit:
    share = cells.share(_NUMBER.fullmatch)
    return Fit(share, share < 0.3, "its cells are numbers")


def _identity(cells: Cells, _: CellTables) -> Fit:
    share = cells.share(lambda text: _ID.fullmatch(text) is not None and any(char.isdigit() for char in text))
    return Fit(
        share if cells.unique else 0.0,
        cells.unique and share > 0.9 and not cells.share(_EMAIL.search),
        "every row has another, and it looks like an id",
    )


_TESTS: dict[str, Callable[[Cells, CellTables], Fit]] = {
    "email": _email,
    "phone": _phone,
    "url": _url,
    "birthday": _birthday,
    "created_at": _moment,
    "updated_at": _moment,
    "address.postcode": _postcode,
    "address.country": _country,
    "address.street": _street,
    "address.house": _house,
    "address.full": _full_address,
    "address.locality": _town,
    "address.region": _text,
    "language": _language,
    "gender": _gender,
    "time_zone": _zone,
    "lifecycle.stage": _stage,
    "name.title": _title,
    "name.given": _given,
    "name.surname": _surname,
    "name.full": _full_name,
    "organization": _organization,
    "titles": _text,
    "unit": _text,
    "owner": _text,
    "notes": _notes,
    "score": _number,
    "id": _identity,
}
# What cells can tell without a name.
_ALONE = ("email", "url", "time_zone", "phone", "address.country", "birthday", "updated_at", "gender", "name.title", "address.street", "address.postcode", "organization", "lifecycle.stage", "notes", "name.full", "id")  # fmt: skip
