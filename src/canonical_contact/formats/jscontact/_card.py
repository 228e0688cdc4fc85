"""A contact to a card of JSContact."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from canonical_contact.formats.jscontact._dates import partial_date, time_text
from canonical_contact.formats.jscontact._entries import write_email, write_organization, write_phone, write_service
from canonical_contact.formats.jscontact._ours import ALWAYS
from canonical_contact.formats.jscontact._person import write_address, write_name
from canonical_contact.formats.jscontact._values import FIELDS, UUID, VENDOR, Json
from canonical_contact.formats.jscontact._words import ID, PREFIXES, UNCLEAN, ZONE
from canonical_contact.model import SCHEMA_VERSION, Anniversary, Contact, ContactKind, contact_id
from canonical_contact.schema import to_dict

__all__ = [
    "GENDERS",
    "LANGUAGE",
    "OTHER_DAY",
    "PRODUCT",
    "fresh_card",
    "gender_of",
    "gender_property",
    "languages_card",
    "write_anniversary",
]

PRODUCT: Final = "canonical-contact"
OTHER_DAY: Final = f"{VENDOR}other"
LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*\Z")
GENDERS: Final = frozenset({"animate", "common", "feminine", "inanimate", "masculine", "neuter"})
_SEXES: Final = frozenset({"M", "F", "O", "N", "U"})
_DAYS: Final = frozenset({"wedding", "death"})
_NONE: Final[dict[str, Sequence[str]]] = {}
_EMPTY: Final = Contact(contact_id="")
_DEFAULTS: Final = tuple([(name, getattr(_EMPTY, name), f"{VENDOR}{name}") for name in ALWAYS if name != "schema_version"])
_PLAIN: Final = frozenset({"owner", "source_channel", "score", "deleted", "revision"})


def fresh_card(
    contact: Contact, extensions: Mapping[str, str], ids: Mapping[str, Sequence[str]] = _NONE, version: str = "2.0"
) -> Json:
    """Write a contact; of its extensions those that are given, and under the ids that are given for its maps."""
    it = contact
    card: Json = {"@type": "Card", "version": version}
    if UUID.match(it.contact_id):
        card["uid"] = f"urn:uuid:{it.contact_id}"
    elif it.contact_id and not (it.contact_id.startswith("urn:uuid:") and UUID.match(it.contact_id, 9)):
        card["uid"] = it.contact_id
    else:
        card[f"{VENDOR}contact_id"] = it.contact_id
        if version == "1.0":
            from datetime import UTC, datetime

            card["uid"] = f"urn:uuid:{contact_id(it.created_at or datetime(1970, 1, 1, tzinfo=UTC), it.contact_id)}"
    card["prodId"] = PRODUCT
    if it.kind is not ContactKind.INDIVIDUAL:
        card["kind"] = it.kind.value
    if it.created_at is not None:
        card["created"] = time_text(it.created_at)
    if it.updated_at is not None:
        card["updated"] = time_text(it.updated_at)
    if it.name is not None:
        card["name"] = write_name(it.name)
    if it.nicknames:
        card["nicknames"] = _map(ids, "nicknames", [{"name": text} for text in it.nicknames])
    if it.organizations:
        card["organizations"] = _map(ids, "organizations", [write_organization(one) for one in it.organizations])
    if it.titles or it.roles:
        card["titles"] = _map(ids, "titles", [{"name": text} for text in it.titles]) | _map(
            ids, "roles", [{"kind": "role", "name": text} for text in it.roles], PREFIXES["ROLE"]
        )
    if it.grammatical_gender or it.pronouns:
        _speak_to_as(it, card, ids)
    if it.emails:
        card["emails"] = _map(ids, "emails", [write_email(one) for one in it.emails])
    if it.phones:
        card["phones"] = _map(ids, "phones", [write_phone(one) for one in it.phones])
    if it.online_services:
        _services(it, card, ids)
    if it.addresses or it.time_zone:
        _addresses(it, card, ids)
    if it.preferred_languages:
        languages = languages_card(it.preferred_languages)
        if len(languages) != len(it.preferred_languages):
            card[f"{VENDOR}preferred_languages"] = list(it.preferred_languages)
        if languages:
            card["preferredLanguages"] = _map(ids, "preferredLanguages", languages)
    if it.birthday or it.anniversaries:
        _days(it, card, ids)
    if it.tags:
        card["keywords"] = dict.fromkeys(it.tags, True)
        if len(card["keywords"]) != len(it.tags):
            card[f"{VENDOR}tags"] = list(it.tags)
    if it.notes:
        card["notes"] = _map(ids, "notes", [{"note": text} for text in it.notes])
    if it.gender:
        plain = gender_property(it.gender)
        if plain is None:
            card[f"{VENDOR}gender"] = it.gender
        else:
            card["vCardProps"] = [plain]
    card[f"{VENDOR}schema_version"] = it.schema_version or SCHEMA_VERSION
    if not it.schema_version:
        card[f"{VENDOR}schema_version"] = ""
    for name, default, place in _DEFAULTS:
        value = getattr(it, name)
        if value != default:
            card[place] = value if name in _PLAIN else to_dict(value)
    if extensions:
        card[f"{VENDOR}extensions"] = dict(extensions)
    return card


def _map(ids: Mapping[str, Sequence[str]], name: str, entries: Sequence[Json], prefix: str = "") -> Json:
    prefix = prefix or PREFIXES[name]
    if name not in ids:
        return {f"{prefix}{number}": entry for number, entry in enumerate(entries, 1)}
    keys = [key for key in dict.fromkeys(ids[name]) if ID.match(key)][: len(entries)]
    number = 1
    while len(keys) < len(entries):
        key = f"{prefix}{number}"
        if key not in keys:
            keys.append(key)
        number += 1
    return dict(zip(keys, entries, strict=True))


def _speak_to_as(it: Contact, card: Json, ids: Mapping[str, Sequence[str]]) -> None:
    speak: Json = {}
    if it.grammatical_gender in GENDERS:
        speak["grammaticalGender"] = it.grammatical_gender
    elif it.grammatical_gender:
        card[f"{VENDOR}grammatical_gender"] = it.grammatical_gender
    if it.pronouns:
        speak["pronouns"] = _map(ids, "pronouns", [{"pronouns": text} for text in it.pronouns])
    if speak:
        card["speakToAs"] = speak


def _services(it: Contact, card: Json, ids: Mapping[str, Sequence[str]]) -> None:
    """Write online services and links; where they are mixed, their ids count through both maps."""
    written = [write_service(one) for one in it.online_services]
    services = [entry for place, entry in written if place == "onlineServices"]
    links = [entry for place, entry in written if place == "links"]
    if "onlineServices" in ids or "links" in ids or all(place == "onlineServices" for place, _ in written[: len(services)]):
        if services:
            card["onlineServices"] = _map(ids, "onlineServices", services)
        if links:
            card["links"] = _map(ids, "links", links)
        return
    for number, (place, entry) in enumerate(written, 1):
        card.setdefault(place, {})[f"{PREFIXES[place]}{number}"] = entry


def _addresses(it: Contact, card: Json, ids: Mapping[str, Sequence[str]]) -> None:
    """Write addresses; the person's own time zone is an address that says nothing else."""
    entries = _map(ids, "addresses", [write_address(one) for one in it.addresses])
    if it.time_zone and ZONE.match(it.time_zone):
        entries |= _map(ids, "time_zone", [{"timeZone": it.time_zone}], PREFIXES["TZ"])
    elif it.time_zone:
        card[f"{VENDOR}time_zone"] = it.time_zone
    if entries:
        card["addresses"] = entries


def languages_card(languages: Sequence[str]) -> list[Json]:
    """Write languages that are written as tags (BCP 47), with their ranks where there are several."""
    good = [one for one in languages if LANGUAGE.match(one)]
    if len(good) == 1:
        return [{"language": good[0]}]
    return [{"language": one, "pref": place} if place <= 100 else {"language": one} for place, one in enumerate(good, 1)]


def _days(it: Contact, card: Json, ids: Mapping[str, Sequence[str]]) -> None:
    days: Json = {}
    if it.birthday:
        date = partial_date(it.birthday)
        if date is None:
            card[f"{VENDOR}birthday"] = it.birthday
        else:
            days = _map(ids, "birthday", [{"kind": "birth", "date": date}], PREFIXES["BDAY"])
    written = [entry for entry in map(write_anniversary, it.anniversaries) if entry is not None]
    if len(written) != len(it.anniversaries):
        card[f"{VENDOR}anniversaries"] = to_dict(it.anniversaries)
    days |= _map(ids, "anniversaries", written)
    if days:
        card["anniversaries"] = days


def write_anniversary(it: Anniversary) -> Json | None:
    """Write a day that returns; None where its date has no form in JSContact."""
    date = partial_date(it.date)
    if date is None:
        return None
    if it.kind in _DAYS:
        own: Json = {"label": it.label} if it.label else {}
        entry: Json = {"kind": it.kind, "date": date}
    else:
        own = {"kind": it.kind, "label": it.label}
        entry = {"kind": OTHER_DAY, "date": date}
    if own:
        entry[FIELDS] = own
    return entry


def gender_property(gender: str) -> list[Any] | None:
    """Write a gender as property of a vCard (RFC 6350, section 6.2.7): a sex, or an identity in words.

    >>> gender_property("F"), gender_property("female")
    (['gender', {}, 'text', 'F'], ['gender', {}, 'text', ['', 'female']])
    """
    if gender in _SEXES:
        return ["gender", {}, "text", gender]
    return None if UNCLEAN.search(gender) else ["gender", {}, "text", ["", gender]]


def gender_of(plain: object) -> str:
    """Read a gender from its property; empty where it is another one, or says more than one text."""
    if not isinstance(plain, list) or len(plain) != 4 or plain[:3] != ["gender", {}, "text"]:
        return ""
    value = plain[3]
    found = value[1] if isinstance(value, list) and len(value) == 2 and value[0] == "" else value
    return found if isinstance(found, str) and gender_property(found) == plain else ""
