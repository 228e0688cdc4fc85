"""The words of JSContact (RFC 9553) and what they are called in a vCard (RFC 9555): tables, no code."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from attrs import frozen

__all__ = [
    "ADDRESS_KINDS", "ADDRESS_ORDER", "ADDRESS_SLOTS", "CONTEXTS", "DAYS", "ENTRY_TYPES", "EXTENDED_SLOTS", "FAMILIES", "FEATURES", "ID", "IMPLIED", "LEVELS", "NAME_KINDS", "NAME_SLOTS",
    "PHONETIC_SYSTEMS", "PREFIXES", "STREET_SLOTS", "TYPES", "UNCLEAN", "URI", "ZONE", "Family",
]  # fmt: skip

ID: Final = re.compile(r"[A-Za-z0-9_-]{1,255}\Z")
URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\\]+\Z")
ZONE: Final = re.compile(r"(?:[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+|UTC|GMT)\Z")
UNCLEAN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # what a line of a vCard cannot hold

# --- names and addresses -----------------------------------------------------------------------------------------------------------------
NAME_KINDS: Final = (
    "title",
    "given",
    "given2",
    "surname",
    "surname2",
    "generation",
    "credential",
)  # as they are written without an order
NAME_SLOTS: Final = (
    "surname",
    "given",
    "given2",
    "title",
    "credential",
    "surname2",
    "generation",
)  # as N has them (RFC 9554, section 2.2)
PHONETIC_SYSTEMS: Final = frozenset({"ipa", "jyut", "piny"})
# As ADR has them (RFC 9554, section 2.1); the second and third hold what older programs read.
ADDRESS_SLOTS: Final = (
    "postOfficeBox", "", "", "locality", "region", "postcode", "country", "room", "apartment", "floor", "number", "name", "building", "block",
    "subdistrict", "district", "landmark", "direction",
)  # fmt: skip
ADDRESS_KINDS: Final = frozenset({*filter(None, ADDRESS_SLOTS), "separator"})
# Components without an order of their own are given in this one.
ADDRESS_ORDER: Final = (
    "number", "name", "block", "direction", "building", "floor", "apartment", "room", "landmark", "subdistrict", "district", "postOfficeBox",
    "locality", "region", "postcode", "country", "separator",
)  # fmt: skip
EXTENDED_SLOTS: Final = (7, 8, 9, 12)  # what is repeated in the second
STREET_SLOTS: Final = (10, 11, 13, 14, 15, 16, 17)  # and in the third

# --- words in sets -----------------------------------------------------------------------------------------------------------------------
CONTEXTS: Final = MappingProxyType({"private": "home", "work": "work", "billing": "billing", "delivery": "delivery"})
FEATURES: Final = MappingProxyType(
    {one: one for one in ("voice", "text", "video", "main-number", "textphone", "fax", "pager")} | {"mobile": "cell"}
)
TYPES: Final = MappingProxyType({other: one for one, other in CONTEXTS.items()})
LEVELS: Final = MappingProxyType(
    {"low": "beginner", "medium": "average", "high": "expert"}
)  # of EXPERTISE; others keep their words
DAYS: Final = MappingProxyType({"BDAY": "birth", "ANNIVERSARY": "wedding", "DEATHDATE": "death"})


@frozen
class Family:
    """How the entries of a map are written as a property.

    Args:
        map: the property of the card.
        main: the property of an entry that becomes the value.
        uri: whether the value is a URI, which is not escaped.
        kind: the entry's `kind`; empty where entries have none.
        label: whether entries have a label.
        media: whether they have a media type.
        index: whether they have a place in a list, and a level.
    """

    map: str
    main: str
    uri: bool = False
    kind: str = ""
    label: bool = False
    media: bool = False
    index: bool = False


def _resource(name: str, kind: str = "", *, index: bool = False) -> Family:
    return Family(name, "uri", uri=True, kind=kind, label=True, media=True, index=index)


FAMILIES: Final = MappingProxyType(
    {
        "NICKNAME": Family("nicknames", "name"),
        "EMAIL": Family("emails", "address", label=True),
        "TEL": Family("phones", "number", label=True),
        "LANG": Family("preferredLanguages", "language"),
        "TITLE": Family("titles", "name", kind="title"),
        "ROLE": Family("titles", "name", kind="role"),
        "CALURI": _resource("calendars", "calendar"),
        "FBURL": _resource("calendars", "freeBusy"),
        "CALADRURI": Family("schedulingAddresses", "uri", uri=True, label=True),
        "KEY": _resource("cryptoKeys"),
        "SOURCE": _resource("directories", "entry"),
        "ORG-DIRECTORY": _resource("directories", "directory", index=True),
        "URL": _resource("links"),
        "CONTACT-URI": _resource("links", "contact"),
        "PHOTO": _resource("media", "photo"),
        "SOUND": _resource("media", "sound"),
        "LOGO": _resource("media", "logo"),
        "EXPERTISE": Family("personalInfo", "value", kind="expertise", label=True, index=True),
        "HOBBY": Family("personalInfo", "value", kind="hobby", label=True, index=True),
        "INTEREST": Family("personalInfo", "value", kind="interest", label=True, index=True),
        "NOTE": Family("notes", "note"),
        "PRONOUNS": Family("pronouns", "pronouns"),
        "SOCIALPROFILE": Family("onlineServices", "uri", uri=True, label=True),
        "IMPP": Family("onlineServices", "uri", uri=True, label=True),
        "ORG": Family("organizations", "name"),
        "ADR": Family("addresses", ""),
        "BDAY": Family("anniversaries", "date", kind="birth"),
        "ANNIVERSARY": Family("anniversaries", "date", kind="wedding"),
        "DEATHDATE": Family("anniversaries", "date", kind="death"),
    }
)
# What `@type` says in the entries of a map; it may be left out.
ENTRY_TYPES: Final = MappingProxyType(
    {
        "nicknames": "Nickname", "emails": "EmailAddress", "phones": "Phone", "preferredLanguages": "LanguagePref", "titles": "Title",
        "calendars": "Calendar", "schedulingAddresses": "SchedulingAddress", "cryptoKeys": "CryptoKey", "directories": "Directory",
        "links": "Link", "media": "Media", "personalInfo": "PersonalInfo", "notes": "Note", "pronouns": "Pronouns",
        "onlineServices": "OnlineService", "organizations": "Organization", "addresses": "Address", "anniversaries": "Anniversary",
        "relatedTo": "Relation",
    }
)  # fmt: skip
# Types that go without saying where they stand in a card; that of a Timestamp does not.
IMPLIED: Final = frozenset(
    {*ENTRY_TYPES.values(), "Name", "NameComponent", "AddressComponent", "OrgUnit", "Author", "PartialDate", "SpeakToAs"}
)
# With which letter the ids begin that are made here.
PREFIXES: Final = MappingProxyType(
    {
        "nicknames": "k", "emails": "e", "phones": "p", "preferredLanguages": "g", "titles": "t", "calendars": "cal", "schedulingAddresses": "sch",
        "cryptoKeys": "key", "directories": "dir", "links": "l", "media": "m", "personalInfo": "i", "notes": "n", "pronouns": "q",
        "onlineServices": "s", "organizations": "o", "addresses": "a", "anniversaries": "d", "ROLE": "r", "BDAY": "b", "GEO": "a", "TZ": "z",
    }
)  # fmt: skip
