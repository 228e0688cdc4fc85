# The normalisers of one run, each with a memo of what it has read; a memo is bounded and goes with the run.
from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Final, Generic, NamedTuple, TypeVar

from canonical_contact.errors import Problem, Severity
from canonical_contact.model.channels import EmailAddress, PhoneNumber, PostalAddress
from canonical_contact.model.contact import OwnerRole
from canonical_contact.model.name import Name
from canonical_contact.model.organization import Organization
from canonical_contact.normalize._address import read_address
from canonical_contact.normalize._country import country
from canonical_contact.normalize._email import email
from canonical_contact.normalize._labels import Label, read_label
from canonical_contact.normalize._language import language
from canonical_contact.normalize._name import read_name
from canonical_contact.normalize._organization import organization
from canonical_contact.normalize._phone import phone
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import NO_VALUE, clean, plain
from canonical_contact.normalize._time_zone import time_zone
from canonical_contact.normalize._when import birthday
from canonical_contact.normalize.profile import Profile

__all__ = ["ADDRESS_PARTS", "NAME_PARTS", "Memo", "Plan", "Readers", "placeholder", "read_birthday"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# Raw paths in the order in which the readers below take their texts.
NAME_PARTS: Final = (
    "name.full", "name.given", "name.given2", "name.surname", "name.surname2", "name.title", "name.suffix", "name.sort_as",
    "name.phonetic.given", "name.phonetic.surname",
)  # fmt: skip
ADDRESS_PARTS: Final = ("full", "street", "extended", "po_box", "locality", "region", "postcode", "country")
# What is read, wherever it stands; anything else is kept as an extension, under its path.
_SCALARS: Final = frozenset(
    {*NAME_PARTS, "name.generation", "name.credential", "name.phonetic.given2", "name.phonetic.system", "birthday", "gender",
     "time_zone", "owner", "source_channel", "created_at", "updated_at", "lifecycle.stage", "lifecycle.status",
     "lifecycle.converted_at", "zone", "date_order", "kind", "grammatical_gender", "score", "deleted",
     *(f"owners.{role}" for role in OwnerRole if role is not OwnerRole.RECORD),
     *(f"revenue.{part}" for part in ("total", "last_deal_amount", "currency", "deals", "first_deal_at", "last_deal_at"))}
)  # fmt: skip
_LISTS: Final = {
    **{
        kind: frozenset({""})
        for kind in ("nicknames", "titles", "notes", "tags", "preferred_languages", "same_as", "pronouns", "roles",
                     "preferred_channels", "restrictions")
    },
    **{
        kind: frozenset(parts.split())
        for kind, parts in {
            "emails": "address label pref type verified_at verified_method bounced bounced_at status",
            "phones": "number label pref",
            "addresses": f"{' '.join(ADDRESS_PARTS)} label pref coordinates time_zone",
            "organizations": "name units external_id",
            "online_services": "uri user label pref",
            "anniversaries": "date label kind",
            "external_ids": "system id",
            "nps": "score at",
        }.items()
    },
}  # fmt: skip
_LIMIT: Final = 200_000  # distinct values that a memo holds before it begins anew
_NO_TEXT: Final = frozenset(map(plain, NO_VALUE))
_INDEXED: Final = re.compile(r"(\w+)\[(\d{1,6})\](?:\.(.+))?\Z", re.DOTALL)


class Memo(Generic[K, V]):
    """A function of one argument that remembers what it has answered."""

    __slots__ = ("known", "limit", "make")

    def __init__(self, make: Callable[[K], V], limit: int = _LIMIT) -> None:
        self.make, self.limit = make, limit
        self.known: dict[K, V] = {}

    def __call__(self, key: K) -> V:
        """Answer from memory, or make the answer."""
        try:
            return self.known[key]
        except KeyError:
            if len(self.known) >= self.limit:
                self.known.clear()
            made = self.known[key] = self.make(key)
            return made


class Plan(NamedTuple):
    """Where the texts of a record go that has certain paths; each with its place among them."""

    scalars: list[tuple[str, int]]
    groups: list[tuple[str, list[tuple[int, list[tuple[str, int]]]]]]  # kind → places in their order → parts
    extensions: list[tuple[str, int]]
    listed: str


class Readers:
    """One memo for each kind of value."""

    __slots__ = (
        "address", "birthday", "country", "email", "home", "label", "language", "name", "organization", "phone", "plan", "slot", "text",
        "time_zone",
    )  # fmt: skip

    def __init__(self, profile: Profile) -> None:
        told = profile.settings
        self.home = told("addresses[]", "address").get("region", "")
        self.slot: Memo[str, tuple[str, int, str]] = Memo(_slot)
        self.plan: Memo[tuple[str, ...], Plan] = Memo(self._plan, 10_000)
        self.birthday: Memo[tuple[str, str, str, str], Normalized[str]] = Memo(read_birthday)
        self.time_zone: Memo[tuple[str, str], Normalized[str]] = Memo(_time_zone)
        self.text: Memo[str, str] = Memo(_text)
        self.label: Memo[tuple[str, str], Label] = Memo(_label)
        self.email: Memo[str, Normalized[EmailAddress]] = Memo(email)
        self.phone: Memo[tuple[str, str, tuple[str, ...]], Normalized[PhoneNumber]] = Memo(_phone)
        self.name: Memo[tuple[str, ...], Normalized[Name]] = Memo(_name)
        self.address: Memo[tuple[str, ...], Normalized[PostalAddress]] = Memo(self._address)
        self.country: Memo[str, Normalized[str]] = Memo(_with(country, told("addresses[].country", "country")))
        self.organization: Memo[str, Normalized[Organization]] = Memo(
            _with(organization, told("organizations[].name", "organization"))
        )
        self.language: Memo[str, Normalized[str]] = Memo(_with(language, told("preferred_languages[]", "language")))

    def _plan(self, paths: tuple[str, ...]) -> Plan:
        scalars: list[tuple[str, int]] = []
        extensions: list[tuple[str, int]] = []
        groups: dict[str, dict[int, list[tuple[str, int]]]] = {}
        for at, path in enumerate(paths):
            kind, place, part = self.slot(path)
            if place == -1:
                scalars.append((kind, at))
            elif place == -2:
                extensions.append((part, at))
            else:
                groups.setdefault(kind, {}).setdefault(place, []).append((part, at))
        return Plan(
            scalars, [(kind, sorted(entries.items())) for kind, entries in groups.items()], extensions, " ".join(sorted(paths))
        )

    def _address(self, key: tuple[str, ...]) -> Normalized[PostalAddress]:
        return read_address(key[0], key[1:-1], self.country(key[-1]) if key[-1] else _NO_COUNTRY, self.home)


def _slot(path: str) -> tuple[str, int, str]:
    """Take a raw path apart: `emails[0].address` → emails, 0, address; a scalar has place -1, what nobody reads -2."""
    if path.startswith("extensions."):
        return "", -2, path[11:]
    if found := _INDEXED.match(path):
        kind, part = found[1], found[3] or ""
        if part in _LISTS.get(kind, ()) or (kind == "addresses" and part.startswith("part.")):
            return kind, int(found[2]), part
    return (path, -1, "") if path in _SCALARS else ("", -2, path)


def _text(raw: str) -> str:
    """Clean a short text; what only says that there is none is none."""
    text = clean(raw)
    return "" if plain(text) in _NO_TEXT else text


def placeholder(raw: str) -> tuple[Problem, ...]:
    """Say that a text only says that there is none; a blank cell needs no word."""
    if not clean(raw):
        return ()
    hint = "The text says that there is none; it is kept here."
    return (Problem("text.placeholder", raw=raw[:200], hint=hint, severity=Severity.INFO),)


def _with(read: Callable[..., Normalized[V]], settings: Mapping[str, str]) -> Callable[[str], Normalized[V]]:
    """A reader with the settings of its field."""
    return partial(read, **settings) if settings else read


def read_birthday(key: tuple[str, str, str, str]) -> Normalized[str]:
    """Read a day; its text, the order of its file, the country and the language of the person.

    The schema knows days with and without a year; of a part of one the problem tells, and the raw text stays with the record.
    """
    found = birthday(key[0], order=key[1], region=key[2], language=key[3])
    value = found.value
    if value is None or len(value) == 10 or (len(value) == 7 and value[0] == "-"):
        return found
    return Normalized(None, (), 0.5, (value,), found.problems, found.raw)


def _time_zone(key: tuple[str, str]) -> Normalized[str]:
    return time_zone(key[0], region=key[1])


def _label(key: tuple[str, str]) -> Label:
    return read_label(*key)


def _phone(key: tuple[str, str, tuple[str, ...]]) -> Normalized[PhoneNumber]:
    return phone(key[0], region=key[1], other_regions=key[2])


def _name(key: tuple[str, ...]) -> Normalized[Name]:
    full, given, given2, surname, surname2, title, suffix, sort_as, phonetic_given, phonetic_surname, tag, place, *more = key
    generation, credential = more or ("", "")  # few records have them
    return read_name(
        (
            full,
            given,
            given2,
            surname,
            surname2,
            title,
            suffix,
            generation,
            credential,
            phonetic_given,
            phonetic_surname,
            sort_as,
        ),
        tag,
        place,
    )


_NO_COUNTRY: Final = Normalized[str](None)
