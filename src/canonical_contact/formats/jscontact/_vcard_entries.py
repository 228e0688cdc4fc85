"""Entries of a card's maps to properties of a vCard; what a property cannot say stays in the entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from canonical_contact.formats.jscontact._dates import stamp_of, vcard_day
from canonical_contact.formats.jscontact._jcard import fits, is_token
from canonical_contact.formats.jscontact._structured import address_fields, address_lines, address_parts, clean_parts
from canonical_contact.formats.jscontact._words import (
    ADDRESS_KINDS,
    CONTEXTS,
    ENTRY_TYPES,
    FAMILIES,
    FEATURES,
    LEVELS,
    UNCLEAN,
    URI,
    ZONE,
)
from canonical_contact.formats.vcard.properties import Property, escape

__all__ = ["Entries", "put_params"]

Json = dict[str, Any]
Params = dict[str, tuple[str, ...]]
_PLAIN_CONTEXTS: Final = {one: CONTEXTS[one] for one in ("private", "work")}
_NAMES: Final = {  # the property of an entry by its map and its kind
    (family.map, family.kind): name for name, family in FAMILIES.items() if name not in ("IMPP", "SOCIALPROFILE")
}
_DEFAULT_KIND: Final = {"titles": "title"}
_FIELDS: Final = "canonical-contact.dev:fields"


_LINES: Final = ("extended", "street")  # of the model, where they are not made of the components
_KNOWN_TYPES: Final = frozenset({*CONTEXTS.values(), *FEATURES.values()})


class Entries:
    """Writes the entries of one card.

    Args:
        card: the card.
        taken: groups that properties of the card have already.

    Attributes:
        referred: ids of organisations that titles name.
    """

    def __init__(self, card: Mapping[str, Any], taken: set[str]) -> None:
        titles = card.get("titles")
        found = (
            [one.get("organizationId") for one in titles.values() if isinstance(one, dict)] if isinstance(titles, dict) else []
        )
        self.referred: set[str] = {one for one in found if type(one) is str}
        self._card, self._taken, self._count = card, taken, 0
        self._organizations: dict[str, str] = {}

    def write(self, name: str, key: str, rest: Json) -> list[Property]:
        """Write an entry; takes out of it what is said. Nothing where it cannot be said at all."""
        if rest.get("@type") == ENTRY_TYPES.get(name):
            del rest["@type"]
        special = _SPECIAL.get(name)
        if special is not None:
            return special(self, key, rest)
        kind = rest.get("kind", _DEFAULT_KIND.get(name, ""))
        wanted = _NAMES.get((name, kind)) if isinstance(kind, str) else None
        if wanted is None:
            return []
        family = FAMILIES[wanted]
        value = rest.get(family.main)
        if type(value) is not str or not value or UNCLEAN.search(value) or (family.uri and ("\\" in value or "\n" in value)):
            return []
        del rest[family.main]
        rest.pop("kind", None)
        params: Params = {}
        if wanted in {"TITLE", "ROLE"}:
            group = self._organization_group(rest)
        else:
            group = ""
        return self._finish(wanted, value if family.uri else escape(value), rest, params, group)

    def _finish(self, wanted: str, value: str, rest: Json, params: Params, group: str) -> list[Property]:
        family = FAMILIES[wanted]
        if "contexts" in rest:
            put_types(rest, "contexts", CONTEXTS if wanted == "ADR" else _PLAIN_CONTEXTS, params)
        pref = rest.get("pref")
        if type(pref) is int and 1 <= pref <= 100:
            params["PREF"] = (str(pref),)
            del rest["pref"]
        if family.media and type(rest.get("mediaType")) is str and fits(rest["mediaType"]):
            params["MEDIATYPE"] = (rest.pop("mediaType"),)
        if family.index:
            place, level = rest.get("listAs"), rest.get("level")
            if type(place) is int and place > 0:
                params["INDEX"] = (str(place),)
                del rest["listAs"]
            if isinstance(level, str) and level in LEVELS:
                params["LEVEL"] = (LEVELS[level] if wanted == "EXPERTISE" else level,)
                del rest["level"]
        if wanted == "NOTE":
            _put_authorship(rest, params)
        if "vCardParams" in rest:
            group = put_params(rest, params, group)
        label = rest.get("label") if family.label else None
        if type(label) is str and label and not UNCLEAN.search(label):
            group = group or self._group()
            del rest["label"]
            return [Property(wanted, value, params, group), Property("X-ABLABEL", escape(label), {}, group)]
        return [Property(wanted, value, params, group)]

    def _group(self) -> str:
        """Give a name for a group that no property has."""
        if not self._count:
            for table in self._card.values():
                for entry in table.values() if isinstance(table, dict) else ():
                    params = entry.get("vCardParams") if isinstance(entry, dict) else None
                    if isinstance(params, dict) and isinstance(params.get("group"), str):
                        self._taken.add(params["group"].casefold())
        while True:
            self._count += 1
            name = f"item{self._count}"
            if name not in self._taken:
                return name

    def _organization_group(self, rest: Json) -> str:
        key = rest.get("organizationId")
        group = self._organizations.get(key, "") if type(key) is str else ""
        if group:
            del rest["organizationId"]
        return group

    # --- maps of their own form --------------------------------------------------------------------------------------------------------
    def on_phone(self, _: str, rest: Json) -> list[Property]:
        number = rest.get("number")
        if type(number) is not str or not number or UNCLEAN.search(number):
            return []
        del rest["number"]
        params: Params = {}
        if URI.match(number):
            params["VALUE"] = ("uri",)
        if "features" in rest:
            put_types(rest, "features", FEATURES, params)
        return self._finish("TEL", number if "VALUE" in params else escape(number), rest, params, "")

    def on_service(self, _: str, rest: Json) -> list[Property]:
        uri, user, service = rest.get("uri"), rest.get("user"), rest.get("service")
        params: Params = {}
        name = "SOCIALPROFILE"
        if type(uri) is str and URI.match(uri) and not UNCLEAN.search(uri):
            value = uri
            del rest["uri"]
            if rest.get("vCardName") == "impp":
                name = "IMPP"
                del rest["vCardName"]
            if type(user) is str and user and fits(user):
                params["USERNAME"] = (user,)
                del rest["user"]
        elif uri is None and type(user) is str and user and not UNCLEAN.search(user):
            params["VALUE"] = ("text",)
            value = escape(user)
            del rest["user"]
        else:
            return []
        if type(service) is str and service and fits(service):
            params["SERVICE-TYPE"] = (service,)
            del rest["service"]
        return self._finish(name, value, rest, params, "")

    def on_organization(self, key: str, rest: Json) -> list[Property]:
        name, units = rest.get("name"), rest.get("units")
        if name is not None and (type(name) is not str or UNCLEAN.search(name) or not name):
            return []
        texts = _units(units)
        sorts = [rest["sortAs"]] if type(rest.get("sortAs")) is str and rest["sortAs"] else []
        if not name and not texts:
            return []
        params: Params = {}
        if sorts and fits(sorts[0]) and "," not in sorts[0] and name:
            params["SORT-AS"] = (sorts[0],)
            del rest["sortAs"]
        rest.pop("name", None)
        if texts:
            del rest["units"]
        value = ";".join([escape(name or ""), *[escape(text) for text in texts]])
        group = ""
        if key in self.referred:
            group = self._group()
        made = self._finish("ORG", value, rest, params, group)
        if group:
            self._organizations[key] = made[0].group
        return made

    def on_anniversary(self, _: str, rest: Json) -> list[Property]:
        kind = rest.get("kind")
        wanted = _NAMES.get(("anniversaries", kind)) if isinstance(kind, str) else None
        date = rest.get("date")
        if wanted is None or not isinstance(date, dict):
            return []
        params: Params = {}
        if date.get("@type") == "Timestamp":
            utc = date.get("utc")
            value = stamp_of(utc) if type(utc) is str and len(utc) == 20 and date.keys() == {"@type", "utc"} else None
            params["VALUE"] = ("timestamp",)
        else:
            plain = {key: one for key, one in date.items() if not (key == "@type" and one == "PartialDate")}
            scale = plain.pop("calendarScale", None)
            value = vcard_day(plain)
            if scale is not None:
                if type(scale) is not str or not is_token(scale):
                    return []
                params["CALSCALE"] = (scale,)
            if value and value.startswith("--") and isinstance(rest.get("vCardParams"), dict):
                omitted = rest["vCardParams"].get("x-apple-omit-year")
                if type(omitted) is str and len(omitted) == 4 and omitted.isdecimal() and len(value) == 6:
                    value = f"{omitted}-{value[2:4]}-{value[4:]}"
        if value is None:
            return []
        del rest["date"], rest["kind"]
        made = self._finish(wanted, value, rest, params, "")
        place = rest.get("place")
        if isinstance(place, dict) and wanted in ("BDAY", "DEATHDATE"):
            plain_place = {key: one for key, one in place.items() if not (key == "@type" and one == "Address")}
            [(key, text)] = plain_place.items() if len(plain_place) == 1 else [("", "")]
            name = "BIRTHPLACE" if wanted == "BDAY" else "DEATHPLACE"
            if key == "full" and type(text) is str and text and not UNCLEAN.search(text):
                made.append(Property(name, escape(text)))
                del rest["place"]
            elif (
                key == "coordinates"
                and type(text) is str
                and text.startswith("geo:")
                and URI.match(text)
                and not UNCLEAN.search(text)
            ):
                made.append(Property(name, text, {"VALUE": ("uri",)}))
                del rest["place"]
        return made

    def on_address(self, _: str, rest: Json) -> list[Property]:
        geo, zone = rest.get("coordinates"), rest.get("timeZone")
        geo_ok = type(geo) is str and URI.match(geo) is not None and geo.startswith("geo:") and not UNCLEAN.search(geo)
        zone_ok = type(zone) is str and ZONE.match(zone) is not None
        if len(rest) == 1 and (geo_ok or zone_ok):
            rest.clear()
            return [Property("GEO", str(geo)) if geo_ok else Property("TZ", str(zone))]
        params: Params = {}
        fields = ";;;;;;"
        own = rest.get(_FIELDS)
        own = own if isinstance(own, dict) else {}
        lines = {name: own[name] for name in _LINES if type(own.get(name)) is str and not UNCLEAN.search(own[name])}
        said: set[str] = set()
        parts = clean_parts(rest.get("components"), ADDRESS_KINDS)
        if parts and any(part["kind"] != "separator" for part in parts):
            fields, order = address_fields(rest, parts)
            back, holder = address_parts(fields, order)
            ordered = bool(order)
            whole = address_fields(rest, parts, lines)[0]
            if address_parts(whole, order) == (back, holder) and address_lines(whole, holder, back) == lines:
                fields, said = whole, set(lines)
            same = back == parts if ordered else _same(back, parts)
            if same and (holder.get("defaultSeparator") == rest.get("defaultSeparator") if ordered else True):
                del rest["components"]
                if ordered:
                    rest.pop("isOrdered")
                    rest.pop("defaultSeparator", None)
            if ordered:
                params["JSCOMPS"] = (order,)
        full = rest.get("full")
        if type(full) is str and full and fits(full):
            params["LABEL"] = (full,)
            del rest["full"]
        if geo_ok:
            params["GEO"] = (str(geo),)
            del rest["coordinates"]
        if zone_ok:
            params["TZ"] = (str(zone),)
            del rest["timeZone"]
        country = rest.get("countryCode")
        if type(country) is str and len(country) == 2 and country.isascii() and country.isalpha():
            params["CC"] = (country,)
            del rest["countryCode"]
        if fields == ";;;;;;" and not params:
            return []
        made = self._finish("ADR", fields, rest, params, "")
        label = own.get("label")
        if type(label) is str and label and not UNCLEAN.search(label) and not made[0].group:
            group = self._group()
            made = [Property("ADR", fields, params, group), Property("X-ABLABEL", escape(label), {}, group)]
            said.add("label")
        if own and own.keys() == said:
            del rest[_FIELDS]  # else all of them are carried together
        return made


def put_types(rest: Json, name: str, words: Mapping[str, str], params: Params) -> None:
    """Write a set as types; one with other words stays besides."""
    values = rest[name]
    if not isinstance(values, dict) or not values:
        return
    types = [words[word] for word, flag in values.items() if flag is True and word in words]
    if types:
        params["TYPE"] = (*params.get("TYPE", ()), *types)
    if len(types) == len(values):
        del rest[name]


def _put_authorship(rest: Json, params: Params) -> None:
    created = rest.get("created")
    stamp = stamp_of(created) if type(created) is str else None
    if stamp and len(str(created)) == 20:
        params["CREATED"] = (stamp,)
        del rest["created"]
    author = rest.get("author")
    if isinstance(author, dict) and author and author.keys() <= {"@type", "name", "uri"}:
        texts = {key: one for key, one in author.items() if key != "@type"}
        if all(type(one) is str and one and fits(one) for one in texts.values()):
            if "name" in texts:
                params["AUTHOR-NAME"] = (texts["name"],)
            if "uri" in texts:
                params["AUTHOR"] = (texts["uri"],)
            del rest["author"]


def put_params(rest: Json, params: Params, group: str) -> str:
    """Put parameters that were kept back; gives the group that they name."""
    kept = rest.get("vCardParams")
    if not isinstance(kept, dict):
        return group
    more: Params = {}
    for name, value in kept.items():
        texts = (value,) if type(value) is str else tuple(value) if isinstance(value, list) else ()
        if not texts or not is_token(name) or not all(type(text) is str and fits(text) for text in texts):
            return group
        if name != name.lower() or (isinstance(value, list) and len(value) == 1):
            return group
        more[name.upper()] = texts
    own = more.pop("GROUP", ())
    if (
        len(own) > 1
        or (own and (group or not is_token(own[0]) or own[0] != own[0].lower()))
        or more.keys() & (params.keys() - {"TYPE"})
        or not kept
    ):
        return group
    if not all(text and text == text.lower() and text not in _KNOWN_TYPES for text in more.get("TYPE", ())):
        return group
    if "TYPE" in more:
        more["TYPE"] = (*params.get("TYPE", ()), *more["TYPE"])
    params.update(more)
    del rest["vCardParams"]
    return own[0] if own else group


def _units(units: object) -> list[str]:
    """The names of units that can be written; none where one cannot."""
    texts: list[str] = []
    for unit in units if isinstance(units, list) else ():
        if not isinstance(unit, dict) or unit.keys() - {"name", "@type"} or unit.get("@type", "OrgUnit") != "OrgUnit":
            return []
        text = unit.get("name")
        if type(text) is not str or not text or UNCLEAN.search(text):
            return []
        texts.append(text)
    return texts


def _same(left: list[Json], right: list[Json]) -> bool:
    def key(part: Json) -> tuple[str, str]:
        return part["kind"], part["value"]

    return sorted(left, key=key) == sorted(right, key=key) and all(part.keys() == {"kind", "value"} for part in right)


_SPECIAL: Final[dict[str, Callable[[Entries, str, Json], list[Property]]]] = {
    "phones": Entries.on_phone,
    "onlineServices": Entries.on_service,
    "organizations": Entries.on_organization,
    "anniversaries": Entries.on_anniversary,
    "addresses": Entries.on_address,
}
