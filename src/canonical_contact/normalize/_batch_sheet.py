# One table on its way, step by step in the order in which the parts give each other hints; each step is that of `record.py`.
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from canonical_contact.errors import Problem
from canonical_contact.model.contact import ContactKind
from canonical_contact.model.source import SourceRecord
from canonical_contact.normalize import _words as words
from canonical_contact.normalize._batch_base import NAMES
from canonical_contact.normalize._batch_layout import LIFECYCLE, NAME, Flat, flat, flat_lifecycle, flat_name
from canonical_contact.normalize._batch_lists import Countries, ListColumns, Rows
from canonical_contact.normalize._batch_names import join_names
from canonical_contact.normalize._fold import fold
from canonical_contact.normalize._lifecycle import read_lifecycle
from canonical_contact.normalize._memo import NAME_PARTS, placeholder, read_birthday
from canonical_contact.normalize._number import read_number
from canonical_contact.normalize._text import clean_lines
from canonical_contact.normalize._when import timestamp
from canonical_contact.normalize.record import is_organization, unnamed

__all__ = ["Sheet"]

_NOBODY: Final = (None,) * len(NAME)
_JOINED: Final = ("name.full", "name.given", "name.given2", "name.surname", "name.title")
_NO_LIFECYCLE: Final = (None,) * len(LIFECYCLE)
_ODD: Final[tuple[Any, ...]] = (None, (), None)  # only the row-wise form says what this is
_Problems = tuple[Problem, ...]


class Sheet(ListColumns):
    """The columns of one batch: made by `fill`, read by `Records`."""

    def fill(self, record: Callable[[int], SourceRecord], key: Callable[[int], str]) -> None:
        """Make the canonical columns.

        Args:
            record: makes the record of a row that only the row-wise form reads.
            key: gives the key of a row's record.
        """
        self._scalar("created_at", self._timed("created_at"), "time", _time)
        self._scalar("updated_at", self._timed("updated_at"), "time", _time, into="observed_at")
        languages = self.texts("preferred_languages", self._language)
        addresses = self.addresses()
        firms = self.organizations()
        emails = self.emails()
        countries = self.countries(addresses)
        phones = self.phones(countries, emails, languages)
        nations = _nations(countries, phones)
        self._person(firms, languages, nations)
        if owner := self._scalar("owner", self._cells("owner"), "text", self._short):
            self.out["owners[0].role"], self.out["owners[0].who"] = [text and "record" for text in owner], list(owner)
        self._words()
        self.texts("titles", self._short)
        self._birthday(nations)
        self._scalar("gender", self._cells("gender"), "text", self._short)
        if zones := self._cells("time_zone"):
            self._scalar("time_zone", list(zip(zones, nations, strict=True)), "time_zone", self._zone)
        self._lifecycle(key)
        self._scalar("source_channel", self._cells("source_channel"), "text", self._short)
        self.texts("tags", self._short)
        self.texts("notes", lambda text: (clean_lines(text), ()))
        for row in sorted(self.odd) if self.normalizer.plain else range(self.size):  # settings of fields: one by one
            self._take(row, record(row))

    def _take(self, row: int, record: SourceRecord) -> None:
        """Take a row from the row-wise form."""
        self.more.pop(row, None)
        self.troubles.pop(row, None)
        found = flat(record)
        for path in self.extensions:  # they stand there as they were read
            found.pop(path, None)
        for path in self.known.intersection((*found, *self.out)):
            column = self.out.get(path)
            if type(column) is not list:
                column = self.out[path] = list(self.none if column is None else column)
            column[row] = found.pop(path, None)
        if found:
            self.more[row] = found
        if record.problems:
            self.troubles[row] = [(it, "", "") for it in record.problems]

    # --- scalars -------------------------------------------------------------------------------------------------------------------------
    def _cells(self, path: str) -> list[Any]:
        return self.scalars.get(path, [])

    def _timed(self, path: str) -> list[Any]:
        """The keys of a column of times: text, zone, order."""
        get = self.scalars.get
        column = get(path)
        return list(zip(column, get("zone", self.none), get("date_order", self.none), strict=True)) if column else []

    def _scalar(
        self, path: str, keys: list[Any], memo: str, make: Callable[[Any], tuple[Any, _Problems]], *, into: str = ""
    ) -> list[Any]:
        """Read a column of single values; an empty list stands for a table without it."""
        if not keys:
            return []
        found = self.look(memo, keys, make)
        self.note_all(found, f"$.{path}", path)
        values = self.out[into or path] = [None if it[0] == () else it[0] for it in found]
        return values

    def _short(self, text: str) -> tuple[str | None, _Problems]:
        value = self.readers.text.make(text)
        return value or None, () if value else placeholder(text)

    def _language(self, text: str) -> tuple[str | None, _Problems]:
        found = self.readers.language.make(text)
        return found.value, found.problems

    def _zone(self, key: tuple[str | None, str]) -> tuple[str | None, _Problems]:
        text, nation = key
        if text is None:
            return None, ()
        found = self.readers.time_zone.make((text, nation))
        return found.value, found.problems

    def _birthday(self, nations: list[str]) -> None:
        column = self.scalars.get("birthday")
        if column:
            keys = list(zip(column, self.scalars.get("date_order", self.none), nations, strict=True))
            self._scalar("birthday", keys, "birthday", _birthday)

    def _words(self) -> None:
        """Read what kind of record it is, and its score; what is no plain word or number goes the row-wise way."""
        for path, make in (("kind", _kind), ("score", _score)):
            if column := self.scalars.get(path):
                found = self.look(path, column, make)
                self.odd.update([row for row, it in enumerate(found) if it is _ODD])
                self.out[path] = [None if it[0] == () else it[0] for it in found]

    def _lifecycle(self, key: Callable[[int], str]) -> None:
        stage, status, _ = columns = [
            self.scalars.get(f"lifecycle.{part}", self.none) for part in ("stage", "status", "converted_at")
        ]
        if all(column is self.none for column in columns):
            return
        at = self._scalar("lifecycle.converted_at", self._timed("lifecycle.converted_at"), "time", _time) or self.none
        self.out.pop("lifecycle.converted_at", None)
        found = self.look("lifecycle", list(zip(stage, status, at, strict=True)), _stage, (None,) * 3)
        self.note_all(found, "$.lifecycle", "lifecycle.stage")
        parts = list(zip(*[it[0] or _NO_LIFECYCLE for it in found], strict=True))
        self.out.update((f"lifecycle.{part}", column) for part, column in zip(LIFECYCLE, parts, strict=True))
        self.out["lifecycle.history[0].source"] = [it and key(row) for row, it in enumerate(parts[2])]

    # --- the name ------------------------------------------------------------------------------------------------------------------------
    def _person(self, firms: Rows, languages: list[tuple[str, ...]], nations: list[str]) -> None:
        columns = [self.scalars.get(path, self.none) for path in NAMES]
        if all(column is self.none for column in columns):
            self.texts("nicknames", self._short)
            return
        tags = [it[0] if it else "" for it in languages] if languages else [""] * self.size
        chosen = [columns[NAMES.index(path)] for path in _JOINED]
        rare = [column for path, column in zip(NAMES, columns, strict=True) if path not in _JOINED and column is not self.none]
        found = join_names(self.look, chosen, rare, tags)
        whole = [row for row, it in enumerate(found) if it is None]
        keys = [(*[column[row] for column in columns], tags[row], nations[row]) for row in whole]
        for row, it in zip(whole, self.look("name", keys, self._name), strict=True):
            found[row] = it
        for row in [row for row in whole if found[row][1]]:
            where = next((path for path in NAME_PARTS[1:] if self.scalars.get(path, self.none)[row] is not None), "name.full")
            self.note(row, found[row][1], "$.name", where)
        if "name.full" in self.scalars:
            self._without_firms(found, firms)
        parts = zip(*[it[0] or _NOBODY for it in found], strict=True)
        self.out.update((f"name.{part}", column) for part, column in zip(NAME, parts, strict=True))
        others = self.texts("nicknames", self._short)
        if others:
            self.out["nicknames"] = [
                tuple(dict.fromkeys((*it[2], *more))) or None for it, more in zip(found, others, strict=True)
            ]
        else:
            self.out["nicknames"] = [it[2] or None for it in found]

    def _name(self, key: tuple[str | None, ...]) -> tuple[Flat | None, _Problems, tuple[str, ...], str]:
        """Read a name: its parts, the problems, the nicknames found in it, and the folded text of one that may be a company's."""
        texts = tuple([text or "" for text in key])
        if not any(texts[:-2]):
            return None, (), (), ""
        more = texts[10:12]
        found = self.readers.name.make((*texts[:10], *texts[12:], *more) if any(more) else (*texts[:10], *texts[12:]))
        nicknames = tuple(dict.fromkeys([it.raw for it in found.problems if it.code == "name.nickname_found"]))
        problems = found.problems or (unnamed(texts[:12]) if found.value is None else ())
        alone = fold(texts[0]) if found.value and texts[0] and not (texts[1] or texts[3]) else ""
        return (flat_name(found.value) if found.value else None), problems, nicknames, alone

    def _without_firms(self, found: list[Any], firms: Rows) -> None:
        """A name that is that of the row's company is none."""
        for row in [row for row, it in enumerate(found) if it[3]]:
            _, problems, nicknames, alone = found[row]
            if firms[row] and alone == fold(firms[row][0][0]):
                self.note(row, (is_organization(self.scalars["name.full"][row]),), "$.name", "name.full")
                found[row] = (None, problems, nicknames, alone)


def _nations(countries: Countries, phones: Rows) -> list[str]:
    """The country of each row: that of its addresses, else of its first number."""
    return [
        codes[0] if codes else (numbers[0][2] or "") if numbers else "" for codes, numbers in zip(countries, phones, strict=True)
    ]


def _time(key: tuple[str | None, str | None, str | None]) -> tuple[datetime | None, _Problems]:
    text, zone, order = key
    if text is None:
        return None, ()
    found = timestamp(text, zone=zone or "", order=order or "")
    return found.value, found.problems


def _birthday(key: tuple[str | None, str | None, str]) -> tuple[str | None, _Problems]:
    text, order, nation = key
    if text is None:
        return None, ()
    found = read_birthday((text, order or "", nation, ""))
    return found.value or None, found.problems


def _stage(key: tuple[str | None, str | None, datetime | None]) -> tuple[Flat | None, _Problems]:
    value, problems = read_lifecycle(key[0] or "", key[1] or "", key[2], "")
    return (flat_lifecycle(value) if value else None), problems


def _kind(text: str) -> tuple[Any, ...]:
    value = words.look_up(words.KINDS, text)
    if value is None:
        return _ODD
    return (None if value is ContactKind.INDIVIDUAL else value.value), ()


def _score(text: str) -> tuple[Any, ...]:
    found = read_number(text)
    return _ODD if found.problems or found.value is None else (found.value, ())
