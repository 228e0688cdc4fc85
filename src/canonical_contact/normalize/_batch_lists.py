# The lists of a table: where people are reached and where they work. Each step is that of `_record_lists.py`, for all rows at once.
from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from canonical_contact.errors import Problem
from canonical_contact.model.channels import EmailAddress, EmailStatus
from canonical_contact.model.source import RawRecord
from canonical_contact.normalize._address_text import part as cleaned
from canonical_contact.normalize._batch_base import EMAIL_PARTS, FIRM_PARTS, PLACE_PARTS, Base, Cells
from canonical_contact.normalize._batch_layout import (
    ADDRESS,
    EMAIL,
    ORGANIZATION,
    PHONE,
    Flat,
    flat_address,
    flat_email,
    flat_organization,
)
from canonical_contact.normalize._email import plain_email, split_emails
from canonical_contact.normalize._phone import phone, split_phones
from canonical_contact.normalize._postcode import postcode_in
from canonical_contact.normalize._record_lists import Lists, organization_of, place_of_problem, region_hints
from canonical_contact.normalize._region import region_of_email, region_of_language
from canonical_contact.normalize._text import has_lost_characters, is_blank

__all__ = ["ListColumns"]

Rows = list[tuple[Flat, ...]]
Countries = list[tuple[str, ...]]

_CODE = ADDRESS.index("country_code")
_NONE: tuple[Any, ...] = ()
_NOTHING: tuple[Any, ...] = ((), ())
_NO_EMAIL_LABEL: Flat = (None, None, None)


class Checks(Lists):
    """Reads what was found out of an address, whichever it is."""

    def flat(self, parts: dict[str, str], zone: str | None) -> Flat:
        """Lay status and verification flat."""
        self.scalars = {"zone": zone} if zone else {}
        status = EmailStatus.BOUNCED if "bounced" in parts or "bounced_at" in parts else EmailStatus.UNKNOWN
        return flat_email(EmailAddress("", verification=self._verification(parts, status, first=False), status=status))[6:]


class ListColumns(Base):
    """Makes the columns of the lists."""

    def texts(self, kind: str, make: Callable[[str], tuple[Any, tuple[Problem, ...]]]) -> list[tuple[str, ...]]:
        """Read a list of short texts, each once; an empty list stands for a table that has none."""
        entries = self.entries(kind)
        if not entries:
            return []

        def whole(key: tuple[str | None, ...]) -> tuple[tuple[str, ...], tuple[tuple[int, tuple[Problem, ...]], ...]]:
            values: dict[str, None] = {}
            troubles: list[tuple[int, tuple[Problem, ...]]] = []
            for at, text in enumerate(key):
                if text is not None:
                    value, problems = make(text)
                    if value:
                        values[value] = None
                    if problems:
                        troubles.append((at, problems))
            return tuple(values), tuple(troubles)

        keys = list(zip(*[parts[""] for _, parts in entries], strict=True))
        found = self.look(f"{kind}:{len(entries)}", keys, whole, (None,) * len(entries))
        for row in [row for row, it in enumerate(found) if it[1]]:
            for at, problems in found[row][1]:
                where = f"{kind}[{entries[at][0]}]"
                self.note(row, problems, f"$.{where}", where)
        values = [it[0] for it in found]
        self.out[kind] = [it or None for it in values]
        return values

    def organizations(self) -> Rows:
        rows: Rows = [_NONE] * self.size
        for place, columns in self.entries("organizations"):
            found = self.look("organization", self.keys(columns, FIRM_PARTS), self._organization, (None,) * 3)
            self.note_all(found, f"$.organizations[{place}].name", f"organizations[{place}].name")
            _join(rows, found, lambda one: one)
        self.lay("organizations", ORGANIZATION, rows)
        return rows

    def _organization(self, key: tuple[str | None, ...]) -> tuple[tuple[Flat, ...], tuple[Problem, ...]]:
        value, problems = organization_of(self.readers.organization.make, *[text or "" for text in key])
        return (flat_organization(value),) if value else (), problems

    def addresses(self) -> Rows:
        """Read addresses by their parts; those in one text, and those of which there is something to say, as a whole."""
        rows: Rows = [_NONE] * self.size
        for place, columns in self.entries("addresses"):
            found, whole = self._by_parts(columns)
            texts = [columns.get(name, self.none) for name in PLACE_PARTS]
            keys = [tuple([column[row] for column in texts]) for row in whole]
            for row, it in zip(whole, self.look("address", keys, self._address, (None,) * len(PLACE_PARTS)), strict=True):
                found[row] = it
                parts = {name for name, column in columns.items() if column[row] is not None} if it[1] else ()
                for problem in it[1]:
                    path = f"addresses[{place}].{place_of_problem(problem, parts)}"
                    self.note(row, (problem,), f"$.{path}", path)
            _join(rows, found, lambda one: one)
        self.lay("addresses", ADDRESS, rows)
        return rows

    def _by_parts(self, columns: Cells) -> tuple[list[Any], list[int]]:
        """Read addresses whose parts do not depend on each other, but for the postcode on the country; list the rows with others."""
        none, get = self.none, columns.get
        if self.readers.home:  # a country that is taken for granted is a matter of the whole
            return list(none), list(range(self.size))
        codes = self.look("country", get("country", none), self._country, "")
        postcodes = self.look("postcode", zip(codes, get("postcode", none), strict=True), _postcode, "")
        parts = [
            self.look("place", get(name, none), _place, "") for name in ("street", "extended", "po_box", "locality", "region")
        ]
        labels: Any = (none, none, none)
        if "label" in columns or "pref" in columns:
            keys = zip(get("label", none), get("pref", none), strict=True)
            labels = zip(*self.look("place label", keys, self._place_label, ""), strict=True)
        flats = zip(none, *parts, postcodes, none, codes, *labels, strict=True)
        some = list(map(any, zip(*parts, postcodes, strict=True)))
        found = [((flat,), _NONE) if there or flat[8] else _NOTHING for flat, there in zip(flats, some, strict=True)]
        whole = {row for column in (*parts, postcodes, codes) if False in column for row, it in enumerate(column) if it is False}
        whole.update([row for row, text in enumerate(get("full", none)) if text is not None and not some[row]])
        whole.update([row for row, it in enumerate(found) if it is _NOTHING])  # a part that says there is none
        return found, sorted(whole)

    def _country(self, text: str | None) -> str | Literal[False] | None:
        """Read a country; False where there is something to say of it."""
        if text is None:
            return None
        found = self.readers.country.make(text)
        return False if found.problems or not found.value else found.value

    def _place_label(self, key: tuple[str | None, str | None]) -> Flat:
        contexts, _, label, pref = self.readers.label((key[0] or "", key[1] or ""))
        return contexts or None, label or None, pref or None

    def _address(self, key: tuple[str | None, ...]) -> tuple[tuple[Flat, ...], tuple[Problem, ...]]:
        found = self.readers.address.make(tuple([text or "" for text in key[:-2]]))
        if found.value is None:
            return (), found.problems
        contexts, _, label, pref = self.readers.label((key[-2] or "", key[-1] or ""))
        return ((*flat_address(found.value)[:9], contexts or None, label or None, pref or None),), found.problems

    def countries(self, addresses: Rows) -> Countries:
        """The countries of each row's addresses, in their order."""
        return [
            () if not entries else _codes(entries) if len(entries) > 1 else (code,) if (code := entries[0][_CODE]) else ()
            for entries in addresses
        ]

    def emails(self) -> Rows:
        rows: Rows = [_NONE] * self.size
        for place, columns in self.entries("emails"):
            texts = columns.get("address", self.none)
            found = self.look("email text", texts, self._addresses_in)
            if "label" in columns or "pref" in columns:
                keys: Any = zip(columns.get("label", self.none), columns.get("pref", self.none), strict=True)
                found = [
                    it if label is _NO_EMAIL_LABEL else (tuple([_labelled(one, label) for one in it[0]]), it[1])
                    for it, label in zip(found, self.look("email label", keys, self._email_label, ""), strict=True)
                ]
            if any(part in columns for part in EMAIL_PARTS[3:]):
                zones = self.scalars.get("zone", self.none)
                keys = zip(*[columns.get(part, self.none) for part in EMAIL_PARTS[3:]], zones, strict=True)
                for row, shown in enumerate(self.look("email checks", keys, self._checks, "")):
                    if shown and found[row][0]:
                        found[row] = (tuple([(*one[:6], *shown) for one in found[row][0]]), found[row][1])
            self.note_all(found, f"$.emails[{place}].address", f"emails[{place}].address")
            same = _join(rows, found, lambda one: one[0])
            bounced = [columns.get(part, self.none) for part in EMAIL_PARTS[5:]]
            self.odd.update([row for row in same if any(column[row] is not None for column in bounced)])
        self.lay("emails", EMAIL, rows)
        return rows

    def _addresses_in(self, text: str) -> tuple[tuple[Flat, ...], tuple[Problem, ...]]:
        """Read the addresses of a cell."""
        if plain := plain_email(text):
            address, key, role = plain
            return ((address, key, None, None, None, role, None, None, None, None),), ()
        entries: dict[str, Flat] = {}
        problems: tuple[Problem, ...] = ()
        for part in split_emails(text) if text.count("@") > 1 else (text,):
            found = self.readers.email.make(part)
            problems += found.problems
            it = found.value
            if it is not None and it.address not in entries:
                entries[it.address] = (it.address, it.key or None, None, None, None, it.role, None, None, None, None)
        return tuple(entries.values()), problems

    def _email_label(self, key: tuple[str | None, str | None]) -> Flat:
        contexts, _, label, pref = self.readers.label((key[0] or "", key[1] or ""))
        return (contexts or None, label or None, pref or None) if contexts or label or pref else _NO_EMAIL_LABEL

    def _checks(self, key: tuple[str | None, ...]) -> Flat:
        """Read what was found out of an address; nothing where nothing was."""
        *texts, zone = key
        values = {part: text for part, text in zip(EMAIL_PARTS[3:], texts, strict=True) if text is not None}
        return Checks(self.normalizer, RawRecord("", "", 0, "", 0, {}), "", "").flat(values, zone) if values else ()

    def phones(self, countries: Countries, emails: Rows, languages: list[tuple[str, ...]]) -> Rows:
        """Read numbers; those that do not say their country take it from what the row says otherwise."""
        rows: Rows = [_NONE] * self.size
        entries = self.entries("phones")
        cells = [self.look("phone cell", columns.get("number", self.none), self._cell, "") for _, columns in entries]
        hints = self._hints(cells, countries, emails, languages)
        for (place, columns), found in zip(entries, cells, strict=True):
            path = f"phones[{place}].number"
            keys = zip(columns.get("label", self.none), columns.get("pref", self.none), strict=True)
            labels = self.look("phone label", keys, self._label, "")
            asked = [(text, *hints[row]) for row, it in enumerate(found) if it[1] for text, read in it[0] if read is None]
            told = iter(self.look("phone", asked, self._phone, ""))
            for row, ((parts, _, plain), label) in enumerate(zip(found, labels, strict=True)):
                if plain is not None and not rows[row]:  # one number of which there is nothing to say
                    rows[row] = (plain + label,)
                    continue
                for _, read in parts:
                    base, problems = next(told) if read is None else read
                    if problems:
                        self.note(row, problems, f"$.{path}", path)
                    if base is not None:
                        held = rows[row]
                        if not held or all(base[:2] != other[:2] for other in held):
                            rows[row] = (*held, base + label)
        self.lay("phones", PHONE, rows)
        return rows

    def _cell(self, text: str | None) -> tuple[tuple[tuple[str, Any], ...], bool, Flat | None]:
        """Take a cell apart, and read the numbers that need no hint."""
        if text is None:
            return (), False, None
        parts: list[tuple[str, Any]] = []
        for part in split_phones(text):
            read = None
            if "+" in part or part.lstrip().startswith("00"):
                read = self._phone((part, "", ()))
                if read[0] is None and not part.lstrip().startswith("+"):
                    read = None
            parts.append((part, read))
        first = parts[0][1] if len(parts) == 1 else None
        return tuple(parts), any(read is None for _, read in parts), first[0] if first and not first[1] else None

    def _phone(self, key: tuple[str, str, tuple[str, ...]]) -> tuple[Flat | None, tuple[Problem, ...]]:
        text, region, others = key
        found = phone(text, region=region, other_regions=others)
        it = found.value
        if it is None:
            return None, found.problems
        return (it.number, it.extension or None, it.country_code or None, it.line_type or None), found.problems

    def _label(self, key: tuple[str | None, str | None]) -> Flat:
        contexts, features, label, pref = self.readers.label((key[0] or "", key[1] or ""))
        return features or None, contexts or None, label or None, pref or None

    def _hints(
        self, cells: list[list[Any]], countries: Countries, emails: Rows, languages: list[tuple[str, ...]]
    ) -> dict[int, tuple[str, tuple[str, ...]]]:
        """Give the rows that have a number without its country what they say of it otherwise."""
        rows = sorted({row for found in cells for row, it in enumerate(found) if it[1]})
        keys = []
        for row in rows:
            abroad = [read[0][2] for found in cells for _, read in found[row][0] if read and read[0] and read[0][2]]
            weak = [region_of_email(it[0]) for it in emails[row]]
            if languages and languages[row]:
                weak += map(region_of_language, languages[row])
            keys.append((countries[row], tuple(abroad), tuple(weak)))
        return dict(zip(rows, self.look("phone hints", keys, self._regions, ""), strict=True))

    def _regions(self, key: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]) -> tuple[str, tuple[str, ...]]:
        return region_hints(key[0], key[1], key[2], self.normalizer.default_region)


def _labelled(it: Flat, label: Flat) -> Flat:
    return (*it[:2], *label, *it[5:])


def _place(text: str | None) -> str | Literal[False] | None:
    """Clean a part of an address; False where there is something to say of it."""
    if not text:
        return None
    neat = cleaned(text)
    return not has_lost_characters(neat) and (neat or (None if is_blank(text) else False))


def _postcode(key: tuple[str | Literal[False] | None, str | None]) -> str | Literal[False] | None:
    code, text = key
    if not text:
        return None
    neat, note = postcode_in(code or "", cleaned(text))
    return not note and (neat or (None if is_blank(text) else False))


def _codes(entries: tuple[Flat, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([code for it in entries if (code := it[_CODE])]))


def _join(rows: Rows, found: list[Any], same: Callable[[Flat], Any]) -> list[int]:
    """Add what a column holds to the entries of its rows, each once; give the rows in which an entry stands again."""
    again: list[int] = []
    for row in [row for row, it in enumerate(found) if it[0]]:
        entries, held = found[row][0], rows[row]
        if held:
            for one in entries:
                if same(one) in map(same, held):
                    again.append(row)
                else:
                    held = (*held, one)
            rows[row] = held
        else:
            rows[row] = entries
    return again
