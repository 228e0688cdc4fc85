"""A card of JSContact to a contact; nothing in a card raises, and what has no field is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from attrs import frozen

from canonical_contact.errors import InputError, Problem, Severity
from canonical_contact.formats.jscontact._card import (
    GENDERS,
    LANGUAGE,
    OTHER_DAY,
    PRODUCT,
    gender_of,
    languages_card,
    write_anniversary,
)
from canonical_contact.formats.jscontact._dates import date_text, read_time
from canonical_contact.formats.jscontact._entries import (
    read_email,
    read_organization,
    read_phone,
    read_service,
    read_text,
    write_email,
    write_organization,
    write_phone,
    write_service,
)
from canonical_contact.formats.jscontact._extras import JSCONTACT, keep_ids, keep_properties, left_over
from canonical_contact.formats.jscontact._ours import ALWAYS, BESIDE
from canonical_contact.formats.jscontact._person import read_address, read_name, sorted_parts, write_address, write_name
from canonical_contact.formats.jscontact._values import UUID, VENDOR, Faults, Json, Own, json_text, token, untyped
from canonical_contact.formats.jscontact._words import ADDRESS_ORDER, ID, NAME_KINDS, PREFIXES, ZONE
from canonical_contact.model import Anniversary, Contact, ContactKind, contact_id, digest
from canonical_contact.schema import from_dict

__all__ = ["contact_of"]

_UUID_PREFIX: Final = "urn:uuid:"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN: Final = (str, int, bool)
_VERSIONS: Final = frozenset({"1.0", "2.0"})
_KINDS: Final = {kind.value: kind for kind in ContactKind}


def contact_of(card: Mapping[str, Any], tell: Callable[[Problem], None]) -> Contact:
    """Read a card of version 1.0 or 2.0.

    Args:
        card: what a JSON library read.
        tell: called with each Problem: `jscontact.wrong_type`, `jscontact.version`, `jscontact.date`, `jscontact.time`,
            `jscontact.uid_missing`, `jscontact.own_property`.

    Returns:
        The contact. What it has no field for is among its extensions, and is put back by `card_of`.

    >>> contact_of({"@type": "Card", "version": "2.0", "uid": "x@example.org", "emails": {"home": {"address": "a@example.org"}}}, print)
    ... # doctest: +ELLIPSIS
    Contact(...extensions={'jscontact.ids.emails': '["home"]'}...contact_id='x@example.org'...)
    """
    return _Reader(card, tell).read()


@frozen
class _Map:
    """How a map of entries is read: into which field, under which name its ids are kept, where it stands, and by what."""

    field: str
    ids: str
    pointer: str
    prefix: str
    read: Callable[[Json, Faults, str], Any]
    write: Callable[[Any], Json]


class _Reader:
    """Reads one card."""

    def __init__(self, card: Mapping[str, Any], tell: Callable[[Problem], None]) -> None:
        self._card, self._faults = card, Faults(tell)
        self._fields: dict[str, Any] = {}
        self._extras: dict[str, str] = {}
        self._beside: set[str] = set()

    def read(self) -> Contact:
        """Read all."""
        for name in BESIDE:  # these win, so they come first
            if f"{VENDOR}{name}" in self._card and self._ours(f"{VENDOR}{name}", self._card[f"{VENDOR}{name}"]):
                self._beside.add(name)
        for name, value in self._card.items():
            handler = _HANDLERS.get(name)
            if handler is not None:
                handler(self, value)
            elif name in _MAPS and name != "pronouns":
                self._list(value, _MAPS[name])
            elif name.startswith(VENDOR):
                if name[len(VENDOR) :] not in BESIDE:
                    self._ours(name, value)
            else:
                self._keep(f"/{token(name)}", value)
        if "contact_id" not in self._fields:
            self._fields["contact_id"] = self._minted()
        own = self._fields.get("extensions")
        if self._extras or own:
            self._fields["extensions"] = {**(own or {}), **self._extras}
        return Contact(**self._fields)

    def _keep(self, pointer: str, value: object) -> None:
        self._extras[f"{JSCONTACT}{pointer}"] = json_text(untyped(pointer, value))

    def _minted(self) -> str:
        """Make an id of the content, so that the same card gets it again."""
        if not isinstance(self._card.get("uid"), str):
            hint = "The card has no uid; an id was made of its content."
            self._faults.say("jscontact.uid_missing", "$.uid", "", hint, Severity.INFO)
        from json import dumps

        at = self._fields.get("created_at") or _EPOCH
        return contact_id(max(at, _EPOCH), digest(dumps(self._card, sort_keys=True)))

    def _ours(self, name: str, value: object) -> bool:
        """Read a property of ours; False where it is not what the schema says, and was kept."""
        field = name[len(VENDOR) :]
        kind = ALWAYS.get(field) or BESIDE.get(field)
        if field == "extensions" and isinstance(value, dict) and all(type(one) is str for one in value.values()):
            self._fields["extensions"] = value
            return True
        if kind in _PLAIN and type(value) is kind:
            self._fields[field] = value
            return True
        if kind is not None and kind not in _PLAIN:
            try:
                self._fields[field] = from_dict(kind, value)
            except InputError:
                pass
            else:
                return True
        hint = "It is not what the schema says for this property. It is kept as it is, and not read."
        self._faults.say("jscontact.own_property", f"$.{name}", value, hint)
        self._keep(f"/{token(name)}", value)
        return False

    def _set(self, name: str, value: object) -> None:
        """Set a field that the standard's word states, unless a property of ours states it too."""
        if name not in self._beside:
            self._fields[name] = value

    # --- metadata ----------------------------------------------------------------------------------------------------------------------
    def on_type(self, value: object) -> None:
        if value != "Card":
            self._faults.wrong_type("$.@type", value, "Card")

    def on_version(self, value: object) -> None:
        if not isinstance(value, str) or value not in _VERSIONS:
            hint = "It is no version that is known; the card was read as one of version 2.0."
            self._faults.say("jscontact.version", "$.version", value, hint)

    def on_uid(self, value: object) -> None:
        if type(value) is not str or not value:
            self._faults.wrong_type("$.uid", value, "a text")
            return
        bare = value[len(_UUID_PREFIX) :] if value.startswith(_UUID_PREFIX) else ""
        self._set("contact_id", bare if UUID.match(bare) else value)

    def on_product(self, value: object) -> None:
        if value != PRODUCT:
            self._keep("/prodId", value)

    def on_kind(self, value: object) -> None:
        kind = _KINDS.get(value) if isinstance(value, str) else None
        if kind is not None:
            self._fields["kind"] = kind
        else:
            self._keep("/kind", value)

    def on_created(self, value: object) -> None:
        self._time("created", "created_at", value)

    def on_updated(self, value: object) -> None:
        self._time("updated", "updated_at", value)

    def _time(self, name: str, field: str, value: object) -> None:
        found = read_time(value) if isinstance(value, str) else None
        if found is None:
            self._faults.say("jscontact.time", f"$.{name}", value, "It is no time in UTC. It is kept as it is, and not read.")
        else:
            self._fields[field] = found[0]
        if found is None or not found[1]:
            self._keep(f"/{name}", value)

    # --- the person --------------------------------------------------------------------------------------------------------------------
    def on_name(self, value: object) -> None:
        if type(value) is not dict:
            self._faults.wrong_type("$.name", value, "an object")
            self._keep("/name", value)
            return
        name = read_name(value, self._faults)
        self._fields["name"] = name
        left_over(self._extras, "/name", sorted_parts(value, NAME_KINDS), write_name(name))

    def on_speak_to_as(self, value: object) -> None:
        if type(value) is not dict:
            self._faults.wrong_type("$.speakToAs", value, "an object")
            self._keep("/speakToAs", value)
            return
        gender = value.get("grammaticalGender")
        known = isinstance(gender, str) and gender in GENDERS
        if known:
            self._set("grammatical_gender", gender)
        for name, one in value.items():
            if name == "pronouns" and type(one) is dict:
                self._list(one, _MAPS["pronouns"])
            elif name != "@type" and not (name == "grammaticalGender" and known):
                self._keep(f"/speakToAs/{token(name)}", one)

    def on_titles(self, value: object) -> None:
        if type(value) is not dict:
            self._no_map("titles", value)
            return
        titles = {key: one for key, one in value.items() if not (type(one) is dict and one.get("kind") == "role")}
        roles = {key: one for key, one in value.items() if key not in titles}
        if titles:
            self._list(titles, _TITLES)
        if roles:
            self._list(roles, _ROLES)

    def on_keywords(self, value: object) -> None:
        if type(value) is not dict:
            self._no_map("keywords", value)
            return
        tags = tuple([text for text, flag in value.items() if flag is True])
        self._set("tags", tags)
        for text, flag in value.items():
            if flag is not True:
                self._keep(f"/keywords/{token(text)}", flag)

    # --- maps --------------------------------------------------------------------------------------------------------------------------
    def _no_map(self, name: str, value: object) -> None:
        self._faults.wrong_type(f"$.{name}", value, "an object")
        self._keep(f"/{name}", value)

    def _list(self, value: object, kind: _Map) -> None:
        if type(value) is not dict:
            self._no_map(kind.pointer[1:], value)
            return
        found = _in_order(self._read_entries(value, kind.pointer, kind.read, kind.write), kind.prefix, kind.ids, self._extras)
        if found:
            self._set(kind.field, tuple(found))

    def _read_entries(
        self, value: Mapping[str, Any], pointer: str, read: Callable[[Json, Faults, str], Any], write: Callable[[Any], Json]
    ) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        dotted = "$" + pointer.replace("/", ".")
        for key, entry in value.items():
            path = f"{dotted}.{key}"
            if type(entry) is not dict:
                self._faults.wrong_type(path, entry, "an object")
                self._keep(f"{pointer}/{token(key)}", entry)
                continue
            one = read(entry, self._faults, path)
            if one is None or not ID.match(key):
                self._keep(f"{pointer}/{token(key)}", entry)
                if one is not None:
                    self._faults.wrong_type(path, key, "an id of letters, digits, - and _")
                continue
            found.append((key, one))
            told = sorted_parts(entry, ADDRESS_ORDER) if pointer == "/addresses" else entry
            left_over(self._extras, f"{pointer}/{token(key)}", told, write(one))
        return found

    def on_links(self, value: object) -> None:
        if "onlineServices" not in self._card:  # else they are read with these
            self.on_services(value)

    def on_services(self, _: object) -> None:
        """Read online services and links together, since the model has one list of both."""
        tables: list[list[tuple[str, Any]]] = []
        for name in ("onlineServices", "links"):
            table = self._card.get(name, {})
            if type(table) is not dict:
                self._no_map(name, table)
                table = {}

            def read(one: Json, faults: Faults, path: str, *, link: bool = name == "links") -> object:
                return read_service(one, faults, path, link=link)

            tables.append(self._read_entries(table, f"/{name}", read, lambda one: write_service(one)[1]))
        services, links = tables
        numbers = {int(key[1:]) for key, _ in services if _numbered(key, "s")} | {
            int(key[1:]) for key, _ in links if _numbered(key, "l")
        }
        count = len(services) + len(links)
        if services and links and numbers == set(range(1, count + 1)):
            found = [one for _, one in sorted([*services, *links], key=lambda pair: int(pair[0][1:]))]
        else:
            found = [
                *_in_order(services, PREFIXES["onlineServices"], "onlineServices", self._extras),
                *_in_order(links, PREFIXES["links"], "links", self._extras),
            ]
        if found:
            self._fields["online_services"] = tuple(found)

    def on_addresses(self, value: object) -> None:
        if type(value) is not dict:
            self._no_map("addresses", value)
            return
        rest = value
        for key, entry in value.items():
            if type(entry) is dict and "timeZone" in entry and not entry.keys() - {"timeZone", "@type"} and ID.match(key):
                zone = entry["timeZone"]
                if type(zone) is str and ZONE.match(zone):
                    self._set("time_zone", zone)
                    rest = {other: one for other, one in value.items() if other != key}
                    if key != f"{PREFIXES['TZ']}1":
                        keep_ids(self._extras, "time_zone", [key])
                    break
        if rest or not value:
            self._list(rest, _MAPS["addresses"])

    def on_languages(self, value: object) -> None:
        if type(value) is not dict:
            self._no_map("preferredLanguages", value)
            return
        found = self._read_entries(
            value,
            "/preferredLanguages",
            _language,
            lambda one: {"language": one},
        )
        for key, _ in found:
            self._extras.pop(f"{JSCONTACT}/preferredLanguages/{token(key)}/pref", None)
        ranked = sorted(_numbers_first(found, PREFIXES["preferredLanguages"]), key=lambda pair: _rank(value[pair[0]]))
        written = languages_card([one for _, one in ranked])
        for place, (key, _) in enumerate(ranked):
            pref = value[key].get("pref")
            if "pref" in value[key] and (place >= len(written) or written[place].get("pref") != pref):
                self._keep(f"/preferredLanguages/{token(key)}/pref", pref)
        texts = _in_order(ranked, PREFIXES["preferredLanguages"], "preferredLanguages", self._extras, keep_order=True)
        if texts:
            self._set("preferred_languages", tuple(texts))

    def on_anniversaries(self, value: object) -> None:
        if type(value) is not dict:
            self._no_map("anniversaries", value)
            return
        rest: dict[str, Any] = {}
        for key, entry in value.items():
            if type(entry) is dict and entry.get("kind") == "birth" and ID.match(key) and "birthday" not in self._fields:
                one = _day(entry, self._faults, f"$.anniversaries.{key}")
                if one is None:
                    self._keep(f"/anniversaries/{token(key)}", entry)
                    continue
                self._fields["birthday"] = one.date
                left_over(self._extras, f"/anniversaries/{token(key)}", entry, _birth(one))
                if key != f"{PREFIXES['BDAY']}1":
                    keep_ids(self._extras, "birthday", [key])
            else:
                rest[key] = entry
        if rest:
            self._list(rest, _MAPS["anniversaries"])

    def on_properties(self, value: object) -> None:
        """Read properties of a vCard that JSContact has no word for."""
        if type(value) is not list:
            self._no_map("vCardProps", value)
            return
        rest: list[object] = []
        for one in value:
            gender = gender_of(one)
            if gender and "gender" not in self._fields:
                self._fields["gender"] = gender
            else:
                rest.append(one)
        if rest:
            rest = keep_properties(self._extras, rest)
        if rest:
            self._keep("/vCardProps", sorted(rest, key=json_text))


def _birth(one: Anniversary) -> Json:
    written = write_anniversary(Anniversary(one.date, "wedding"))
    return {**written, "kind": "birth"} if written else {}


def _language(entry: Json, faults: Faults, path: str) -> str | None:
    text = read_text(entry, faults, path, "language")
    if text is not None and not LANGUAGE.match(text):
        faults.wrong_type(f"{path}.language", text, "a tag of a language, such as de-AT")
        return None
    return text


def _rank(entry: Mapping[str, Any]) -> int:
    pref = entry.get("pref")
    return pref if type(pref) is int and 1 <= pref <= 100 else 101


def _numbered(key: str, prefix: str) -> bool:
    number = key[len(prefix) :]
    return key.startswith(prefix) and number.isascii() and number.isdecimal() and number[0] != "0" and len(number) < 9


def _numbers_first(found: list[tuple[str, Any]], prefix: str) -> list[tuple[str, Any]]:
    """Put entries in the order of their numbers, where their ids are those that are made here."""
    keys = [key for key, _ in found]
    own = [f"{prefix}{number}" for number in range(1, len(keys) + 1)]
    if keys == own or set(keys) != set(own):
        return found
    return sorted(found, key=lambda pair: int(pair[0][len(prefix) :]))


def _in_order(
    found: list[tuple[str, Any]], prefix: str, name: str, extras: dict[str, str], *, keep_order: bool = False
) -> Iterable[Any]:
    """Give the values in their order; ids that would not be made here are kept."""
    if not keep_order:
        found = _numbers_first(found, prefix)
    if any(key != f"{prefix}{number}" for number, (key, _) in enumerate(found, 1)):
        keep_ids(extras, name, [key for key, _ in found])
    return [one for _, one in found]


def _day(entry: Json, faults: Faults, path: str) -> Anniversary | None:
    kind, date = entry.get("kind"), entry.get("date")
    if type(kind) is not str or type(date) is not dict:
        faults.wrong_type(path, entry, "an object with a kind and a date")
        return None
    text: str | None = None
    if date.get("@type") == "Timestamp" or "utc" in date:
        found = read_time(date["utc"]) if type(date.get("utc")) is str else None
        text = found[0].date().isoformat() if found else None
    elif date.get("calendarScale", "gregorian") == "gregorian":
        text = date_text(date)
    if text is None:
        hint = "It is no date that a contact has a form for. It is kept as it is, and not read."
        faults.say("jscontact.date", f"{path}.date", date, hint)
        return None
    own = Own(faults, entry, path)
    return Anniversary(text, own.get("kind", str, "") if kind == OTHER_DAY else kind, own.get("label", str, ""))


def _texts(field: str, main: str, pointer: str = "", kind: str = "", prefix: str = "") -> _Map:
    """A map whose entries are one text."""
    implied = {"kind": kind} if kind else {}

    def read(entry: Json, faults: Faults, path: str) -> str | None:
        return read_text(entry, faults, path, main)

    def write(text: str) -> Json:
        return {main: text, **implied}

    return _Map(field, field, pointer or f"/{field}", prefix or PREFIXES[field], read, write)


_MAPS: Final[dict[str, _Map]] = {
    "nicknames": _texts("nicknames", "name"),
    "notes": _texts("notes", "note"),
    "pronouns": _texts("pronouns", "pronouns", "/speakToAs/pronouns"),
    "emails": _Map("emails", "emails", "/emails", PREFIXES["emails"], read_email, write_email),
    "phones": _Map("phones", "phones", "/phones", PREFIXES["phones"], read_phone, write_phone),
    "organizations": _Map(
        "organizations", "organizations", "/organizations", PREFIXES["organizations"], read_organization, write_organization
    ),
    "addresses": _Map("addresses", "addresses", "/addresses", PREFIXES["addresses"], read_address, write_address),
    "anniversaries": _Map(
        "anniversaries",
        "anniversaries",
        "/anniversaries",
        PREFIXES["anniversaries"],
        _day,
        lambda one: write_anniversary(one) or {},
    ),
}
_TITLES: Final = _texts("titles", "name", kind="title")
_ROLES: Final = _texts("roles", "name", "/titles", "role", PREFIXES["ROLE"])
_HANDLERS: Final[dict[str, Callable[[_Reader, Any], None]]] = {
    "@type": _Reader.on_type,
    "version": _Reader.on_version,
    "uid": _Reader.on_uid,
    "prodId": _Reader.on_product,
    "kind": _Reader.on_kind,
    "created": _Reader.on_created,
    "updated": _Reader.on_updated,
    "name": _Reader.on_name,
    "speakToAs": _Reader.on_speak_to_as,
    "titles": _Reader.on_titles,
    "keywords": _Reader.on_keywords,
    "onlineServices": _Reader.on_services,
    "links": _Reader.on_links,
    "addresses": _Reader.on_addresses,
    "preferredLanguages": _Reader.on_languages,
    "anniversaries": _Reader.on_anniversaries,
    "vCardProps": _Reader.on_properties,
}
