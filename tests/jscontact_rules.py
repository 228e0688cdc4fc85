"""What RFC 9553 and RFC 9982 ask of a card, as one table and a check: tests hold what is written against it."""

from __future__ import annotations

import re
from typing import Any

Rule = Any  # a regular expression of a text, a type, a list of one rule, a set of words, or the name of an object
ID = re.compile(r"[A-Za-z0-9_-]{1,255}\Z")
VENDOR = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+:[^\x00-\x20\x7f]+\Z")
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")
UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d*[1-9])?Z\Z")
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*\Z")
ZONE = re.compile(r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)*\Z")
CONTEXTS = {"private", "work"}


def words(known: set[str]) -> tuple[str, set[str]]:
    return ("words", known)


def entries(name: str) -> tuple[str, str]:
    return ("map", name)


def one_of(known: set[str]) -> tuple[str, set[str]]:
    return ("one", known)


COMMON: dict[str, Rule] = {"contexts": words(CONTEXTS), "pref": range(1, 101), "label": str}
OBJECTS: dict[str, dict[str, Rule]] = {
    "Card": {
        "@type!": one_of({"Card"}), "version!": one_of({"1.0", "2.0"}), "uid": str, "kind": one_of({"individual", "group", "org", "location", "device", "application"}),
        "created": UTC, "updated": UTC, "language": LANGUAGE, "prodId": str, "members": ("set",), "keywords": ("set",), "name": "Name", "speakToAs": "SpeakToAs",
        "nicknames": entries("Nickname"), "organizations": entries("Organization"), "titles": entries("Title"), "emails": entries("EmailAddress"),
        "onlineServices": entries("OnlineService"), "phones": entries("Phone"), "preferredLanguages": entries("LanguagePref"), "addresses": entries("Address"),
        "links": entries("Link"), "anniversaries": entries("Anniversary"), "notes": entries("Note"), "vCardProps": list, "localizations": dict,
    },
    "Name": {"components": ["NameComponent"], "isOrdered": bool, "defaultSeparator": str, "full": str, "sortAs": ("sort",), "phoneticScript": re.compile(r"[A-Z][a-z]{3}\Z"), "phoneticSystem": one_of({"ipa", "jyut", "piny"})},
    "NameComponent": {"kind!": one_of({"title", "given", "given2", "surname", "surname2", "credential", "generation", "separator"}), "value!": str, "phonetic": str},
    "Nickname": {"name!": str, "contexts": words(CONTEXTS), "pref": range(1, 101)},
    "Organization": {"name": str, "units": ["OrgUnit"], "sortAs": str, "contexts": words(CONTEXTS)},
    "OrgUnit": {"name!": str, "sortAs": str},
    "Title": {"name!": str, "kind": one_of({"title", "role"}), "organizationId": ID},
    "SpeakToAs": {"grammaticalGender": one_of({"animate", "common", "feminine", "inanimate", "masculine", "neuter"}), "pronouns": entries("Pronouns")},
    "Pronouns": {"pronouns!": str, "contexts": words(CONTEXTS), "pref": range(1, 101)},
    "EmailAddress": {"address!": str, **COMMON},
    "OnlineService": {"service": str, "uri": URI, "user": str, **COMMON},
    "Phone": {"number!": str, "features": words({"mobile", "voice", "text", "video", "main-number", "textphone", "fax", "pager"}), **COMMON},
    "LanguagePref": {"language!": LANGUAGE, "contexts": words(CONTEXTS), "pref": range(1, 101)},
    "Address": {
        "components": ["AddressComponent"], "isOrdered": bool, "countryCode": re.compile(r"[A-Z]{2}\Z"), "coordinates": re.compile(r"geo:\S+\Z"), "timeZone": ZONE,
        "contexts": words({*CONTEXTS, "billing", "delivery"}), "full": str, "defaultSeparator": str, "pref": range(1, 101),
    },
    "AddressComponent": {"kind!": one_of({"room", "apartment", "floor", "building", "number", "name", "block", "subdistrict", "district", "locality", "region", "postcode", "country", "direction", "landmark", "postOfficeBox", "separator"}), "value!": str, "phonetic": str},
    "Link": {"uri!": URI, "kind": one_of({"contact"}), "mediaType": str, **COMMON},
    "Anniversary": {"kind!": one_of({"birth", "death", "wedding"}), "date!": "PartialDate", "place": "Address"},
    "PartialDate": {"year": range(10_000), "month": range(1, 13), "day": range(1, 32), "calendarScale": str},
    "Note": {"note!": str, "created": UTC, "author": dict},
}  # fmt: skip
# Of these an object has at least one.
SOME = {"Name": ("components", "full"), "Organization": ("name", "units"), "OnlineService": ("uri", "user"), "Address": ("components", "countryCode", "coordinates", "timeZone", "full"), "SpeakToAs": ("grammaticalGender", "pronouns")}  # fmt: skip


def faults(card: Any) -> list[str]:
    """Give what is against the rules, each with its path; nothing for a good card."""
    found: list[str] = []
    _object("Card", card, "$", found)
    if isinstance(card, dict) and card.get("version") == "1.0" and "uid" not in card:
        found.append("$.uid")
    return found


def _object(name: str, value: Any, path: str, found: list[str]) -> None:
    if not isinstance(value, dict):
        found.append(path)
        return
    rules = {key.rstrip("!"): rule for key, rule in OBJECTS[name].items()}
    found += [f"{path}.{key[:-1]} is missing" for key in OBJECTS[name] if key.endswith("!") and key[:-1] not in value]
    if name in SOME and not value.keys() & set(SOME[name]):
        found.append(f"{path} says nothing")
    for key, one in value.items():
        if key in rules:
            _value(rules[key], one, f"{path}.{key}", found)
        elif not VENDOR.match(key) and key != "@type":
            found.append(f"{path}.{key} is unknown")


def _value(rule: Rule, value: Any, path: str, found: list[str]) -> None:
    if isinstance(rule, str):
        _object(rule, value, path, found)
    elif isinstance(rule, list):
        good = isinstance(value, list) and value
        for place, one in enumerate(value if good else ()):
            _object(rule[0], one, f"{path}[{place}]", found)
        found += [] if good else [path]
    elif isinstance(rule, tuple):
        _table(rule, value, path, found)
    elif isinstance(rule, range):
        found += [] if type(value) is int and value in rule else [path]
    elif isinstance(rule, re.Pattern):
        found += [] if isinstance(value, str) and rule.match(value) else [path]
    elif not isinstance(value, rule):
        found.append(path)


def _table(rule: tuple[Any, ...], value: Any, path: str, found: list[str]) -> None:
    if rule[0] == "one":
        found += [] if isinstance(value, str) and (value in rule[1] or VENDOR.match(value)) else [path]
    elif not isinstance(value, dict):
        found.append(path)
    elif rule[0] == "map":
        for key, one in value.items():
            found += [] if ID.match(key) else [f"{path}: id"]
            _object(rule[1], one, f"{path}.{key}", found)
    elif rule[0] == "sort":
        found += [] if value and all(isinstance(one, str) for one in value.values()) else [path]
    else:
        known = rule[1] if len(rule) > 1 else None
        for key, flag in value.items():
            if flag is not True or (known is not None and key not in known and not VENDOR.match(key)):
                found.append(f"{path}.{key}")
