"""A card of JSContact to the properties of a vCard 4.0 (RFC 9555, section 3)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from canonical_contact.formats.jscontact._dates import stamp_of, vcard_day
from canonical_contact.formats.jscontact._jcard import fits, is_token, property_of
from canonical_contact.formats.jscontact._structured import (
    address_fields,
    clean_parts,
    name_fields,
    name_parts,
    phonetics,
    spoken,
)
from canonical_contact.formats.jscontact._words import (
    ADDRESS_KINDS,
    CONTEXTS,
    ENTRY_TYPES,
    FAMILIES,
    FEATURES,
    ID,
    LEVELS,
    NAME_KINDS,
    PREFIXES,
    UNCLEAN,
    URI,
    ZONE,
)
from canonical_contact.formats.vcard.properties import Property, escape, join_list

__all__ = ["to_properties"]

Json = dict[str, Any]
Params = dict[str, tuple[str, ...]]
_PLAIN_CONTEXTS: Final = {one: CONTEXTS[one] for one in ("private", "work")}
_PLAIN: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_ASCII: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), allow_nan=False)
_NAMED: Final = frozenset({*NAME_KINDS, "separator"})
_NAMES: Final = {  # the property of an entry by its map and its kind
    (family.map, family.kind): name for name, family in FAMILIES.items() if name not in ("IMPP", "SOCIALPROFILE")
}
_DEFAULT_KIND: Final = {"titles": "title"}
_FIELDS: Final = "canonical-contact.dev:fields"


def to_properties(card: Mapping[str, Any]) -> list[Property]:
    """Convert a card to properties; what a vCard has no word for goes whole into JSPROP, so that nothing is lost.

    Args:
        card: a card of version 1.0 or 2.0. What it holds of wrong types is carried along in JSPROP.

    Returns:
        Properties without BEGIN, VERSION and END; there is always one FN.

    >>> [one.name + ":" + one.value for one in to_properties({"@type": "Card", "name": {"full": "Ana"}, "language": "de"})]
    ['FN:Ana', 'LANGUAGE:de']
    """
    return _Writer(card).write()


class _Writer:
    """Writes one card; what cannot be said in properties is collected under its JSON pointer."""

    def __init__(self, card: Mapping[str, Any]) -> None:
        self._card = card
        self._found: list[Property] = []
        self._rest: list[tuple[str, object]] = []
        self._groups = 0
        self._kept = self._kept_properties()
        self._covered = {one.name for one in self._kept}
        self._taken = {one.group.casefold() for one in self._kept if one.group}
        titles = card.get("titles")
        self._organization_groups: dict[str, str] = {}
        self._referred = (
            {
                one.get("organizationId")
                for one in titles.values()
                if isinstance(one, dict) and type(one.get("organizationId")) is str
            }
            if isinstance(titles, dict)
            else set()
        )
        self._all_ids = "localizations" in card

    def write(self) -> list[Property]:
        """Write all; FN first, as address books expect."""
        if "organizations" in self._card:  # before titles, which name them
            self.on_map("organizations", self._card["organizations"])
        for name, value in self._card.items():
            handler = _HANDLERS.get(name) if name != "organizations" else _passed
            if handler is not None:
                handler(self, name, value)
            elif name != "@type":
                self._rest.append((_token(name), value))
        found = self._found
        if not any(one.name == "FN" for one in found) and "FN" not in self._covered:
            found.insert(0, Property("FN", escape(self._stand_in()), {"DERIVED": ("TRUE",)}))
        found += self._kept
        found += [self._jsprop(pointer, value) for pointer, value in self._rest]
        return found

    def _jsprop(self, pointer: str, value: object) -> Property:
        """Carry a value as JSON; a pointer that no parameter can hold is cut, and all that stands there is carried."""
        if UNCLEAN.search(pointer):
            tokens = pointer.split("/")
            while len(tokens) > 1 and UNCLEAN.search("/".join(tokens)):
                tokens.pop()
            value = self._card
            for token in tokens:
                value = value[token.replace("~1", "/").replace("~0", "~")]  # type: ignore[index]  # it was found there
            pointer = UNCLEAN.sub("", "/".join(tokens))
        text = _PLAIN.encode(value)
        if UNCLEAN.search(text):
            text = _ASCII.encode(value).replace("\x7f", "\\u007f")
        return Property("JSPROP", escape(text), {"JSPTR": (pointer,)})

    def _stand_in(self) -> str:
        """A line for a card without a name."""
        for one in self._found:
            if one.name in ("ORG", "EMAIL", "NICKNAME", "TEL") and one.value.strip(";"):
                return one.value.partition(";")[0] if one.name == "ORG" else one.value
        return ""

    def _kept_properties(self) -> list[Property]:
        kept = self._card.get("vCardProps")
        if not isinstance(kept, list):
            return []
        return [one for one in map(property_of, kept) if one is not None]

    # --- single values -----------------------------------------------------------------------------------------------------------------
    def on_metadata(self, name: str, value: object) -> None:
        if name == "version" and value in ("1.0", "2.0"):
            if value == "1.0":
                self._rest.append((name, value))
            return
        self._rest.append((_token(name), value))

    def on_scalar(self, name: str, value: object) -> None:
        wanted = _SCALARS[name]
        if (
            type(value) is not str
            or not value
            or UNCLEAN.search(value)
            or (wanted == "KIND" and not (is_token(value) and value.islower()))
        ):
            self._rest.append((name, value))
        elif wanted not in self._covered:
            self._found.append(Property(wanted, escape(value)))

    def on_uid(self, name: str, value: object) -> None:
        if type(value) is not str or not value or UNCLEAN.search(value):
            self._rest.append((name, value))
        elif "UID" in self._covered:
            return
        elif URI.match(value):
            self._found.append(Property("UID", value))
        else:
            self._found.append(Property("UID", escape(value), {"VALUE": ("text",)}))

    def on_time(self, name: str, value: object) -> None:
        stamp = stamp_of(value) if type(value) is str else None
        if stamp is None:
            self._rest.append((name, value))
            return
        wanted = _SCALARS[name]
        if wanted not in self._covered:
            self._found.append(Property(wanted, stamp))
        if len(str(value)) != 20:
            self._rest.append((name, value))

    # --- sets --------------------------------------------------------------------------------------------------------------------------
    def on_set(self, name: str, value: object) -> None:
        if not isinstance(value, dict) or not value:
            self._rest.append((name, value))
            return
        texts = [text for text, flag in value.items() if flag is True and text and not UNCLEAN.search(text)]
        if len(texts) < len(value):
            self._rest.append((name, value))  # all of them, so that their order stays
        if name == "keywords":
            texts = [text for text in texts if "CATEGORIES" not in self._covered or text not in self._values_kept("CATEGORIES")]
            if texts:
                self._found.append(Property("CATEGORIES", join_list(texts)))
            return
        kept = self._values_kept("MEMBER") if "MEMBER" in self._covered else set()
        self._found += [_uri_or_text("MEMBER", text, {}) for text in texts if text not in kept]

    def _values_kept(self, name: str) -> set[str]:
        from canonical_contact.formats.vcard.properties import split_list, unescape

        return {unescape(item) for one in self._kept if one.name == name for item in split_list(one.value)}

    def on_related(self, name: str, value: object) -> None:
        if not isinstance(value, dict) or not value:
            self._rest.append((name, value))
            return
        for text, entry in value.items():
            place = f"{name}/{_token(text)}"
            if not text or UNCLEAN.search(text) or not isinstance(entry, dict):
                self._rest.append((place, entry))
                continue
            rest = dict(entry)
            params: Params = {}
            relation = rest.pop("relation", None)
            if isinstance(relation, dict) and all(flag is True and is_token(one) for one, flag in relation.items()):
                if relation:
                    params["TYPE"] = tuple(relation)
            elif relation is not None:
                rest["relation"] = relation
            if rest.get("@type") == "Relation":
                del rest["@type"]
            kept = rest.get("vCardParams")
            group = self._params(rest, params, "") if isinstance(kept, dict) and "type" not in kept else ""
            self._found.append(_uri_or_text("RELATED", text, params, group))
            self._rest += [(f"{place}/{_token(key)}", one) for key, one in rest.items()]

    # --- the name ----------------------------------------------------------------------------------------------------------------------
    def on_name(self, name: str, value: object) -> None:
        if not isinstance(value, dict):
            self._rest.append((name, value))
            return
        rest = dict(value)
        if rest.get("@type") == "Name":
            del rest["@type"]
        full = rest.get("full")
        parts = clean_parts(rest.get("components"), _NAMED)
        if type(full) is str and full and not UNCLEAN.search(full):
            del rest["full"]
            if "FN" not in self._covered:
                self._found.insert(0, Property("FN", escape(full)))
        elif parts and "FN" not in self._covered:
            self._found.insert(0, Property("FN", escape(spoken(value, parts, NAME_KINDS)), {"DERIVED": ("TRUE",)}))
        if parts and any(part["kind"] != "separator" for part in parts):
            self._components(value, parts, rest)
        self._rest += [(f"name/{_token(key)}", one) for key, one in rest.items()]
        if not value:
            self._rest.append((name, value))

    def _components(self, name: Json, parts: list[Json], rest: Json) -> None:
        fields, order = name_fields(name, parts)
        params: Params = {}
        ordered = rest.pop("isOrdered", None)
        if ordered is False or (ordered is not None and type(ordered) is not bool):
            rest["isOrdered"] = ordered
        if order:
            params["JSCOMPS"] = (order,)
            if type(rest.get("defaultSeparator")) is str:
                del rest["defaultSeparator"]
        sort_as = rest.get("sortAs")
        if (
            isinstance(sort_as, dict)
            and sort_as
            and all(type(one) is str and one and fits(one) and "," not in one for one in sort_as.values())
        ):
            if list(sort_as) == ["surname"] or sort_as.keys() == {"surname", "given"}:
                params["SORT-AS"] = (",".join([sort_as["surname"], *([sort_as["given"]] if "given" in sort_as else [])]),)
                del rest["sortAs"]
        group = self._params(rest, params, "")
        readings = [part["phonetic"] for part in parts if "phonetic" in part]
        exact = all(
            part.keys() <= _PART_KEYS and part.get("@type", "NameComponent") == "NameComponent" for part in parts
        ) and all(type(one) is str and one and not UNCLEAN.search(one) for one in readings)
        if readings and exact:
            params["ALTID"] = ("1",)
        self._found.append(Property("N", fields, params, group))
        if readings and exact:
            self._found.append(Property("N", phonetics(parts), {"ALTID": ("1",), **self._phonetic(rest)}))
        plain = [{"kind": part["kind"], "value": part["value"]} for part in parts]
        if exact and name_parts(fields, order)[0] == (plain if order else sorted(plain, key=lambda part: _RANK[part["kind"]])):
            del rest["components"]

    @staticmethod
    def _phonetic(rest: Json) -> Params:
        system, script = rest.get("phoneticSystem"), rest.get("phoneticScript")
        params: Params = {"PHONETIC": ("script",)}
        if type(system) is str and is_token(system) and system != "script":
            params["PHONETIC"] = (system,)
            del rest["phoneticSystem"]
        if type(script) is str and is_token(script):
            params["SCRIPT"] = (script,)
            del rest["phoneticScript"]
        return params

    # --- maps --------------------------------------------------------------------------------------------------------------------------
    def on_map(self, name: str, value: object) -> None:
        self._entries(name, name, value)

    def _entries(self, name: str, place: str, value: object) -> None:
        if not isinstance(value, dict) or not value:
            self._rest.append((place, value))
            return
        counts: dict[str, int] = {}
        start, whole = len(self._rest), False
        for key, entry in value.items():
            pointer = f"{place}/{_token(key)}"
            if not isinstance(entry, dict) or not ID.match(key):
                self._rest.append((pointer, entry))
                whole = True
                continue
            rest = dict(entry)
            made = self._entry(name, key, rest)
            if not made:
                self._rest.append((pointer, entry))
                whole = True
                continue
            first = made[0]
            kind = PREFIXES.get(first.name) or PREFIXES[name]
            counts[kind] = count = counts.get(kind, 0) + 1
            places = sum(one.name != "X-ABLABEL" for one in made)
            if (
                rest
                or self._all_ids
                or key != f"{kind}{count}"
                or places > 1
                or (name == "organizations" and key in self._referred)
            ):
                for number, one in enumerate(made):
                    if one.name != "X-ABLABEL":
                        made[number] = Property(one.name, one.value, {**one.params, "PROP-ID": (key,)}, one.group)
            self._found += made
            self._rest += [(f"{pointer}/{_token(part)}", one) for part, one in rest.items()]
        if whole and not _in_order(
            value, {PREFIXES[name], *_MORE_PREFIXES.get(name, ())}
        ):  # ids that tell no order: all are carried together
            self._rest[start:] = [(place, value)]

    def _entry(self, name: str, key: str, rest: Json) -> list[Property]:
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
            self._types(rest, "contexts", CONTEXTS if wanted == "ADR" else _PLAIN_CONTEXTS, params)
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
            self._authorship(rest, params)
        if "vCardParams" in rest:
            group = self._params(rest, params, group)
        label = rest.get("label") if family.label else None
        if type(label) is str and label and not UNCLEAN.search(label):
            group = group or self._group()
            del rest["label"]
            return [Property(wanted, value, params, group), Property("X-ABLABEL", escape(label), {}, group)]
        return [Property(wanted, value, params, group)]

    @staticmethod
    def _types(rest: Json, name: str, words: Mapping[str, str], params: Params) -> None:
        """Write a set as types; one with other words stays besides."""
        values = rest[name]
        if not isinstance(values, dict) or not values:
            return
        types = [words[word] for word, flag in values.items() if flag is True and word in words]
        if types:
            params["TYPE"] = (*params.get("TYPE", ()), *types)
        if len(types) == len(values):
            del rest[name]

    @staticmethod
    def _authorship(rest: Json, params: Params) -> None:
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

    @staticmethod
    def _params(rest: Json, params: Params, group: str) -> str:
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
        if len(own) > 1 or (own and (group or not is_token(own[0]))) or more.keys() & (params.keys() - {"TYPE"}) or not kept:
            return group
        if not all(text and text == text.lower() and text not in _KNOWN_TYPES for text in more.get("TYPE", ())):
            return group
        if "TYPE" in more:
            more["TYPE"] = (*params.get("TYPE", ()), *more["TYPE"])
        params.update(more)
        del rest["vCardParams"]
        return own[0] if own else group

    def _group(self) -> str:
        while True:
            self._groups += 1
            name = f"item{self._groups}"
            if name not in self._taken:
                return name

    def _organization_group(self, rest: Json) -> str:
        key = rest.get("organizationId")
        group = self._organization_groups.get(key, "") if type(key) is str else ""
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
            self._types(rest, "features", FEATURES, params)
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
        if key in self._referred:
            group = self._group()
        made = self._finish("ORG", value, rest, params, group)
        if group:
            self._organization_groups[key] = made[0].group
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
        parts = clean_parts(rest.get("components"), ADDRESS_KINDS)
        if parts and any(part["kind"] != "separator" for part in parts):
            from canonical_contact.formats.jscontact._structured import address_parts

            fields, order = address_fields(rest, parts)
            back, holder = address_parts(fields, order)
            ordered = bool(order)
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
        own = rest.get(_FIELDS)
        label = own.get("label") if isinstance(own, dict) else None
        if type(label) is str and label and not UNCLEAN.search(label) and not made[0].group:
            group = self._group()
            made = [Property("ADR", fields, params, group), Property("X-ABLABEL", escape(label), {}, group)]
            if isinstance(own, dict) and len(own) == 1:
                del rest[_FIELDS]  # else all of them are carried together
        return made

    def on_speak_to_as(self, name: str, value: object) -> None:
        if not isinstance(value, dict) or not value:
            self._rest.append((name, value))
            return
        rest = dict(value)
        if rest.get("@type") == "SpeakToAs":
            del rest["@type"]
        gender = rest.get("grammaticalGender")
        if type(gender) is str and is_token(gender) and gender == gender.lower():
            del rest["grammaticalGender"]
            if "GRAMGENDER" not in self._covered:
                self._found.append(Property("GRAMGENDER", gender))
        if "pronouns" in rest:
            self._entries("pronouns", f"{name}/pronouns", rest.pop("pronouns"))
        self._rest += [(f"{name}/{_token(key)}", one) for key, one in rest.items()]

    def on_vcard_props(self, name: str, value: object) -> None:
        rest = [one for one in value if property_of(one) is None] if isinstance(value, list) else value
        if rest or not isinstance(value, list):
            self._rest.append((name, rest))


def _in_order(keys: Iterable[str], prefixes: set[str]) -> bool:
    """Whether ids are those that are made here and count from 1, so that their order is known however they come."""
    numbers: dict[str, list[int]] = {}
    for key in keys:
        match = _COUNTED.match(key)
        if match is None or match[1] not in prefixes:
            return False
        numbers.setdefault(match[1], []).append(int(match[2]))
    return all(sorted(found) == list(range(1, len(found) + 1)) for found in numbers.values())


def _passed(_: _Writer, __: str, ___: object) -> None:
    return


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


def _token(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1") if "~" in name or "/" in name else name


def _uri_or_text(name: str, text: str, params: Params, group: str = "") -> Property:
    if URI.match(text):
        return Property(name, text, params, group)
    return Property(name, escape(text), {**params, "VALUE": ("text",)}, group)


_PART_KEYS: Final = frozenset({"kind", "value", "phonetic", "@type"})
_MORE_PREFIXES: Final = {"titles": (PREFIXES["ROLE"],), "anniversaries": (PREFIXES["BDAY"],), "addresses": (PREFIXES["TZ"],)}
_COUNTED: Final = re.compile(r"([a-z]+)([1-9][0-9]{0,7})\Z")
_KNOWN_TYPES: Final = frozenset({*CONTEXTS.values(), *FEATURES.values()})
_RANK: Final = {kind: place for place, kind in enumerate(NAME_KINDS)} | {"separator": 99}
_SCALARS: Final = {"kind": "KIND", "language": "LANGUAGE", "prodId": "PRODID", "created": "CREATED", "updated": "REV"}
_SPECIAL: Final[dict[str, Callable[[_Writer, str, Json], list[Property]]]] = {
    "phones": _Writer.on_phone,
    "onlineServices": _Writer.on_service,
    "organizations": _Writer.on_organization,
    "anniversaries": _Writer.on_anniversary,
    "addresses": _Writer.on_address,
}
_HANDLERS: Final[dict[str, Callable[[_Writer, str, Any], None]]] = {
    "version": _Writer.on_metadata,
    "uid": _Writer.on_uid,
    "created": _Writer.on_time,
    "updated": _Writer.on_time,
    "keywords": _Writer.on_set,
    "members": _Writer.on_set,
    "relatedTo": _Writer.on_related,
    "name": _Writer.on_name,
    "speakToAs": _Writer.on_speak_to_as,
    "vCardProps": _Writer.on_vcard_props,
    **dict.fromkeys(("kind", "language", "prodId"), _Writer.on_scalar),
    **dict.fromkeys([name for name in ENTRY_TYPES if name not in ("pronouns", "relatedTo")], _Writer.on_map),
}
