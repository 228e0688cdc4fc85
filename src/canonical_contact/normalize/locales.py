"""What a form or an export needs to know of a locale, as data: names of fields, order of names, salutations, dates and numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from string import Formatter
from typing import Any, Final

from attrs import frozen

from canonical_contact.errors import InputError
from canonical_contact.normalize._tables import load

__all__ = ["LocaleTable", "header", "locale_table", "locales"]

_DEFAULT: Final = "en"
_PART: Final = re.compile(r"\[(?:\d+|)\]")
_FORMS: Final = ("female", "male", "unknown", "informal", "nobody")
_NAME: Final = ("title", "given", "given2", "surname")


@frozen
class LocaleTable:
    """What is known of a locale. Addresses and calling codes are those of a country: `region` leads to them.

    Args:
        tag: the locale that was asked for, as BCP 47 writes it.
        found: field of this table → the locale that it is from; `de-CH` falls back to `de`, and that to `en`.
        region: ISO 3166-1 alpha-2 of the country that the locale is about, or that most of its speakers live in.
        direction: `ltr` or `rtl`.
        fields: raw path without numbers → what a form calls it; a mobile number is `phones[mobile].number`.
        name_order: parts of a name in the order in which they are written.
        sort_order: parts of a name in the order of a list.
        name_joined: whether no space stands between them.
        salutations: `female`, `male`, `unknown`, `informal`, `nobody` → text with {title}, {given}, {given2}, {surname}.
        date_order: `dmy`, `mdy` or `ymd`.
        date_pattern: a short date (UTS 35, such as `dd.MM.yy`).
        date_pattern_long: a date with the month's name.
        time_pattern: a time of day.
        decimal_mark: what stands before decimals.
        group_mark: what stands between thousands.
        first_day: the first day of a week; Monday is 1 (ISO 8601).
    """

    tag: str
    found: Mapping[str, str]
    region: str
    direction: str
    fields: Mapping[str, str]
    name_order: tuple[str, ...]
    sort_order: tuple[str, ...]
    name_joined: bool
    salutations: Mapping[str, str]
    date_order: str
    date_pattern: str
    date_pattern_long: str
    time_pattern: str
    decimal_mark: str
    group_mark: str
    first_day: int

    def salutation(self, name: Mapping[str, str], *, gender: str = "", informal: bool = False) -> str:
        """Begin a letter.

        Args:
            name: parts of the name: title, given, given2, surname; what a form needs and the name lacks takes the form to a weaker one.
            gender: `female` or `male` as the person states it; anything else is not known, and never guessed from a name.
            informal: as to a friend.

        >>> locale_table("de").salutation({"title": "Dr.", "given": "Ana", "surname": "Gil"}, gender="female")
        'Sehr geehrte Frau Dr. Gil'
        >>> locale_table("de").salutation({"given": "Ana", "surname": "Gil"})
        'Guten Tag Ana Gil'
        """
        wanted = ["informal"] if informal else [gender] if gender in ("female", "male") else []
        for form in (*wanted, "unknown", "nobody"):
            text = self.salutations[form]
            parts = [part for _, part, _, _ in Formatter().parse(text) if part]
            need = [part for part in parts if part == "surname" or (part == "given" and "surname" not in parts)]
            if all(name.get(part, "").strip() for part in need):
                filled = text.format_map({part: name.get(part, "").strip() for part in _NAME})
                return " ".join(filled.split())
        return self.salutations["nobody"]


class _Tables:
    """The tables, read when the first locale is asked for."""

    def __init__(self) -> None:
        self.cldr: dict[str, dict[str, Any]] = json.loads(
            (files(__package__) / "data" / "locales.json").read_text(encoding="utf-8")
        )["locales"]
        names = load("field_names")
        self.fields: dict[str, dict[str, str]] = {
            tag: dict(zip(names["paths"], texts, strict=True)) for tag, texts in names["names"].items()
        }
        self.salutations: dict[str, dict[str, Any]] = load("salutations")
        self.made: dict[str, LocaleTable] = {}


_READ: list[_Tables] = []  # constant once it is read


def _tables() -> _Tables:
    if not _READ:
        _READ.append(_Tables())
    return _READ[0]


def _chain(tag: str) -> list[str]:
    """List the locales to look into: zh-TW → zh-TW, zh-Hant, zh, en."""
    parts = [part for part in re.split(r"[-_]", tag.strip()) if part]
    if not parts or not all(part.isascii() and part.isalnum() for part in parts) or not parts[0].isalpha():
        return [_DEFAULT]
    language, *rest = [part.lower() for part in parts]
    language = {"no": "nb", "iw": "he", "in": "id"}.get(language, language)
    script = next((part.title() for part in rest if len(part) == 4 and part.isalpha()), "")
    region = next((part.upper() for part in rest if len(part) == 2 or (len(part) == 3 and part.isdigit())), "")
    if language == "zh" and not script and region in ("TW", "HK", "MO"):
        script = "Hant"
    if language == "zh" and script == "Hans":
        script = ""
    found = [
        "-".join(filter(None, some)) for some in ((language, script, region), (language, region), (language, script), (language,))
    ]
    return list(dict.fromkeys((*found, _DEFAULT)))


def locale_table(tag: str) -> LocaleTable:
    """Give what is known of a locale; what it lacks comes from its language, and then from English.

    Args:
        tag: BCP 47, such as `de-CH`; a tag that is none is taken as English.

    Returns:
        The table; `found` names the locale that each part is from.

    >>> table = locale_table("de-CH")
    >>> table.fields["addresses[].street"], table.found["fields"], table.found["salutations"], table.date_order
    ('Strasse', 'de-CH', 'de', 'dmy')
    """
    data = _tables()
    known = data.made.get(tag)
    if known is not None:
        return known
    chain = _chain(tag)
    cldr = next(one for one in chain if one in data.cldr)
    fields = next(one for one in chain if one in data.fields)
    letters = next(one for one in chain if "female" in data.salutations.get(one, {}))
    order = next((one for one in chain if one in data.salutations), letters)
    shape, words = data.cldr[cldr], data.salutations[letters]
    surname_first = bool(data.salutations[order].get("surname_first"))
    region = next((part for part in chain[0].split("-")[1:] if len(part) == 2), "") or shape["region"]
    made = LocaleTable(
        chain[0],
        {"fields": fields, "salutations": letters, "name_order": order, "formats": cldr},
        region,
        shape["direction"],
        data.fields[fields],
        ("surname", "given") if surname_first else ("given", "surname"),
        ("surname", "given"),
        bool(data.salutations[order].get("joined")),
        {form: words[form] for form in _FORMS},
        shape["order"],
        shape["date"],
        shape["long"],
        shape["time"],
        shape["decimal"],
        shape["group"],
        shape["first_day"],
    )
    if len(data.made) < 1_000:
        data.made[tag] = made
    return made


def header(locale: str, path: str) -> str:
    """Give what a form or an export calls a field.

    Args:
        locale: BCP 47 tag.
        path: a raw path, with numbers or without: `emails[0].address`, `phones[mobile].number`.

    Raises:
        InputError: no table names the field.

    >>> header("fr", "emails[0].address"), header("ja", "name.surname"), header("en-US", "addresses[].postcode")
    ('E-mail', '姓', 'ZIP code')
    """
    fields = locale_table(locale).fields
    wanted = _PART.sub("[]", path.removeprefix("$."))
    if wanted not in fields:
        raise InputError(f"No form names the field {path!r}.", path=path, hint=f"Fields: {', '.join(fields)}.")
    return fields[wanted]


def locales() -> tuple[str, ...]:
    """List the locales with names of fields of their own.

    >>> "de-CH" in locales(), len(locales()) > 30
    (True, True)
    """
    return tuple(sorted(_tables().fields))
