"""The properties of a vCard 4.0 to a card of JSContact (RFC 9555, section 2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NoReturn

from canonical_contact.formats.jscontact._dates import time_of_stamp
from canonical_contact.formats.jscontact._jcard import jcard_of
from canonical_contact.formats.jscontact._structured import name_parts, put_phonetics
from canonical_contact.formats.jscontact._values import names_of
from canonical_contact.formats.jscontact._vcard_values import READERS
from canonical_contact.formats.jscontact._words import FAMILIES, FEATURES, ID, LEVELS, PREFIXES, TYPES, URI, ZONE, Family
from canonical_contact.formats.vcard.properties import Property, split_list, unescape

__all__ = ["from_properties"]

Json = dict[str, Any]
_FIELDS: Final = "canonical-contact.dev:fields"
_SCALARS: Final = {
    "KIND": "kind",
    "LANGUAGE": "language",
    "PRODID": "prodId",
    "UID": "uid",
    "CREATED": "created",
    "REV": "updated",
}
_FEATURE_TYPES: Final = {other: one for one, other in FEATURES.items()}
_LEVEL_WORDS: Final = {other: one for one, other in LEVELS.items()}
_SILENT: Final = frozenset({"BEGIN", "END", "VERSION"})
_NO_CONTEXT: Final = frozenset({"DEATHDATE", "BDAY", "ANNIVERSARY", "NOTE"})
_PLAIN_CONTEXTS: Final = {one: TYPES[one] for one in ("home", "work")}
_POINTER_DEPTH: Final = 64


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse)


def from_properties(properties: Sequence[Property]) -> dict[str, Any]:
    """Convert properties to a card; what JSContact has no word for is kept as `vCardProps` and `vCardParams`.

    Args:
        properties: of one card; BEGIN, VERSION and END are passed over.

    Returns:
        A card of version 2.0, without `uid` where there is no UID. No property raises or is lost.

    >>> from_properties([Property("FN", "Ana"), Property("EMAIL", "ana@example.org", {"TYPE": ("work",)})])["emails"]
    {'e1': {'address': 'ana@example.org', 'contexts': {'work': True}}}
    """
    return _Reader(properties).read()


class _Reader:
    """Reads one card."""

    def __init__(self, properties: Sequence[Property]) -> None:
        self._properties = properties
        self._card: Json = {"@type": "Card", "version": "2.0"}
        self._kept: list[list[Any]] = []
        self._counts: dict[str, int] = {}
        self._labels = {
            one.group.casefold(): one
            for one in properties
            if one.name == "X-ABLABEL" and one.group and one.params.keys() <= {"VALUE"}
        }
        self._labelled: set[str] = set()
        self._organizations: dict[str, tuple[str, Json]] = {}
        self._titles: list[tuple[str, Json]] = []
        self._jsprops: list[Property] = []
        self._places: list[Property] = []
        self._names: list[Property] = []

    def read(self) -> Json:
        """Read all: first what stands for itself, then what hangs on it."""
        later: list[Property] = []
        for one in self._properties:
            name = one.name
            if name in _SILENT:
                continue
            handler = _HANDLERS.get(name)
            if handler is None:
                family = FAMILIES.get(name)
                if family is not None:
                    self._entry(one, family)
                elif name == "X-ABLABEL":
                    later.append(one)
                else:
                    self._keep(one)
            elif not handler(self, one):
                self._keep(one)
        if self._names:
            self._name()
        for one in self._places:
            if not self._place(one):
                self._keep(one)
        for group, entry in self._titles:
            if group in self._organizations:
                key, organization = self._organizations[group]
                entry["organizationId"] = key
                kept = organization.get("vCardParams", {})
                kept.pop("group", None)
                if not kept:
                    organization.pop("vCardParams", None)
            else:
                entry.setdefault("vCardParams", {})["group"] = group
        for one in later:
            if one.group.casefold() not in self._labelled or self._labels.get(one.group.casefold()) is not one:
                self._keep(one)
        for one in self._jsprops:
            if not self._jsprop(one):
                self._keep(one)
        if self._kept:
            stated = self._card.get("vCardProps", [])
            self._card["vCardProps"] = [*(stated if isinstance(stated, list) else [stated]), *self._kept]
        return self._card

    def _keep(self, one: Property) -> None:
        self._kept.append(jcard_of(one))

    # --- single values -----------------------------------------------------------------------------------------------------------------
    def on_scalar(self, one: Property) -> bool:
        name = _SCALARS[one.name]
        value = unescape(one.value)
        if one.name in ("CREATED", "REV"):
            stamp = time_of_stamp(value)
            if stamp is None:
                return False
            value = stamp
        elif one.name == "KIND":
            value = value.strip().lower()
        if name in self._card or not value:
            return False
        self._card[name] = value
        allowed = ("text", "uri", "timestamp", "language-tag", "date-and-or-time")
        return not one.group and (
            not one.params or (one.params.keys() == {"VALUE"} and one.params["VALUE"][0].lower() in allowed)
        )

    def on_gender(self, one: Property) -> bool:
        speak = self._card.setdefault("speakToAs", {})
        value = unescape(one.value).strip().lower()
        if "grammaticalGender" in speak or not value:
            if not speak:
                del self._card["speakToAs"]
            return False
        speak["grammaticalGender"] = value
        return not one.params and not one.group

    # --- sets --------------------------------------------------------------------------------------------------------------------------
    def on_keywords(self, one: Property) -> bool:
        texts = [unescape(item) for item in split_list(one.value)]
        if not all(texts):
            texts = [text for text in texts if text]
        if texts:
            self._card.setdefault("keywords", {}).update(dict.fromkeys(texts, True))
        return bool(texts) and not one.params and not one.group

    def on_member(self, one: Property) -> bool:
        if not one.value:
            return False
        self._card.setdefault("members", {})[unescape(one.value)] = True
        return not one.group and not one.params.keys() - {"VALUE"}

    def on_related(self, one: Property) -> bool:
        text = unescape(one.value)
        related = self._card.setdefault("relatedTo", {})
        if not text or text in related:
            if not related:
                del self._card["relatedTo"]
            return False
        entry: Json = {}
        more: Json = {}
        for name, values in one.params.items():
            if name == "TYPE":
                entry["relation"] = dict.fromkeys([value.lower() for value in values], True)
            elif not (name == "VALUE" and values[0].lower() in ("uri", "text")):
                more[name.lower()] = values[0] if len(values) == 1 else list(values)
        if one.group:
            more["group"] = one.group
        if more:
            entry["vCardParams"] = more
        related[text] = entry
        return True

    # --- the name ----------------------------------------------------------------------------------------------------------------------
    def on_named(self, one: Property) -> bool:
        self._names.append(one)
        return True

    def _name(self) -> None:
        """Make the name of N, the N that tells how it is read, and FN; others of them are kept as they are."""
        name: Json = {}
        structured = [one for one in self._names if one.name == "N"]
        main = next((one for one in structured if "PHONETIC" not in one.params and "LANGUAGE" not in one.params), None)
        main = main or next((one for one in structured if "PHONETIC" not in one.params), None)
        used: list[Property] = []
        full = next(
            (
                one
                for one in self._names
                if one.name == "FN"
                and one.params.get("DERIVED", ("",))[0].upper() != "TRUE"
                and not one.params.keys() - {"VALUE"}
                and not one.group
            ),
            None,
        ) or next(
            (one for one in self._names if one.name == "FN" and one.params.get("DERIVED", ("",))[0].upper() != "TRUE"), None
        )
        if full is not None and full.value:
            name["full"] = unescape(full.value)
            if not full.group and not full.params.keys() - {"VALUE"}:
                used.append(full)
        used += [
            one
            for one in self._names
            if one.name == "FN"
            and one.params.get("DERIVED", ("",))[0].upper() == "TRUE"
            and not one.params.keys() - {"DERIVED", "LANGUAGE", "ALTID"}
            and not one.group
        ]
        if main is not None:
            order = main.params.get("JSCOMPS", ("",))[0]
            parts, more = name_parts(main.value, order)
            if parts:
                used.append(main)
                name["components"] = parts
                name |= more
                self._components(name, parts, main, structured, used, ordered=bool(more))
        if name:
            self._card["name"] = name
        for one in self._names:
            if not any(one is other for other in used):
                self._keep(one)

    @staticmethod
    def _components(
        name: Json, parts: list[Json], main: Property, structured: list[Property], used: list[Property], *, ordered: bool
    ) -> None:
        alt = main.params.get("ALTID")
        reading = next((one for one in structured if "PHONETIC" in one.params and alt and one.params.get("ALTID") == alt), None)
        paired = False
        if reading is not None and not reading.group and not reading.params.keys() - {"ALTID", "PHONETIC", "SCRIPT", "JSCOMPS"}:
            if put_phonetics(parts, reading.value):
                used.append(reading)
                paired = True
                system = reading.params["PHONETIC"][0]
                if system.lower() != "script":
                    name["phoneticSystem"] = system.lower()
                if "SCRIPT" in reading.params:
                    name["phoneticScript"] = reading.params["SCRIPT"][0]
        more: Json = {}
        for key, values in main.params.items():
            if key == "JSCOMPS" and ordered:
                continue
            if key == "ALTID" and paired:
                continue
            if key == "SORT-AS":
                texts = values[0].split(",") if len(values) == 1 else list(values)
                if 1 <= len(texts) <= 2 and all(texts):
                    name["sortAs"] = dict(zip(("surname", "given"), texts, strict=False))
                    continue
            if key != "VALUE" or values[0].lower() != "text":
                more[key.lower()] = values[0] if len(values) == 1 else list(values)
        if main.group:
            more["group"] = main.group
        if more:
            name["vCardParams"] = more

    # --- maps --------------------------------------------------------------------------------------------------------------------------
    def _entry(self, one: Property, family: Family) -> None:
        handler = READERS.get(one.name)
        if handler is not None:
            made = handler(one)
            if made is None:
                self._keep(one)
                return
            entry, params = made
        else:
            text = unescape(one.value)
            params = one.params
            entry = {family.main: text}
            if family.kind and family.kind != "title":
                entry["kind"] = family.kind
            if not text:
                self._keep(one)
                return
            if one.name == "NICKNAME" and "," in one.value:
                items = [unescape(item) for item in split_list(one.value)]
                if all(items) and len(items) > 1:
                    for item in items:
                        self._add(one, family, {"name": item}, params)
                    return
        self._add(one, family, entry, params)

    def _add(self, one: Property, family: Family, entry: Json, params: Mapping[str, tuple[str, ...]]) -> None:
        key = ""
        if params:
            key = self._read_params(one, family, entry, params)
        group = one.group.casefold()
        if group:
            label = self._labels.get(group)
            if label is not None and (family.label or one.name == "ADR") and label.value:
                self._labelled.add(group)
                if one.name == "ADR":
                    entry.setdefault(_FIELDS, {})["label"] = unescape(label.value)
                else:
                    entry["label"] = unescape(label.value)
            elif one.name in ("TITLE", "ROLE"):
                self._titles.append((one.group, entry))
            else:
                entry.setdefault("vCardParams", {})["group"] = one.group
        holder = self._card
        if family.map == "pronouns":
            holder = holder.setdefault("speakToAs", {})
        table = holder.get(family.map)
        if table is None:
            table = holder[family.map] = {}
        prefix = PREFIXES.get(one.name) or PREFIXES[family.map]
        self._counts[prefix] = count = self._counts.get(prefix, 0) + 1
        if not key or key in table:
            key = f"{prefix}{count}"
            while key in table:
                count += 1
                key = f"{prefix}{count}"
        table[key] = entry
        if one.name == "ORG" and one.group:
            self._organizations.setdefault(one.group, (key, entry))

    def _read_params(self, one: Property, family: Family, entry: Json, params: Mapping[str, tuple[str, ...]]) -> str:
        key = ""
        more: Json = {}
        for name, values in params.items():
            first = values[0] if values else ""
            if name == "TYPE":
                self._read_types(one.name, entry, values, more)
            elif name == "PROP-ID" and ID.match(first):
                key = first
            elif name == "PREF" and first.isascii() and first.isdecimal() and len(first) < 4 and 1 <= int(first) <= 100:
                entry["pref"] = int(first)
            elif name == "VALUE" and first.lower() in _EXPECTED.get(
                one.name, ("uri",) if family.uri else ("text", "language-tag")
            ):
                continue
            elif name == "MEDIATYPE" and family.media and first:
                entry["mediaType"] = first
            elif (
                name == "INDEX" and family.index and first.isascii() and first.isdecimal() and len(first) < 10 and int(first) > 0
            ):
                entry["listAs"] = int(first)
            elif name == "LEVEL" and family.map == "personalInfo" and (_LEVEL_WORDS.get(first.lower(), first.lower()) in LEVELS):
                entry["level"] = _LEVEL_WORDS.get(first.lower(), first.lower())
            else:
                more[name.lower()] = first if len(values) == 1 else list(values)
        if more:
            entry["vCardParams"] = more
        return key

    @staticmethod
    def _read_types(name: str, entry: Json, values: tuple[str, ...], more: Json) -> None:
        words = TYPES if name == "ADR" else _PLAIN_CONTEXTS
        others: list[str] = []
        for value in values:
            value = value.lower()
            if value in words and name not in _NO_CONTEXT:
                entry.setdefault("contexts", {})[words[value]] = True
            elif name == "TEL" and value in _FEATURE_TYPES:
                entry.setdefault("features", {})[_FEATURE_TYPES[value]] = True
            else:
                others.append(value)
        if others:
            more["type"] = others[0] if len(others) == 1 else others

    # --- maps of their own form --------------------------------------------------------------------------------------------------------
    def on_spot(self, one: Property) -> bool:
        """GEO and TZ: an address that is nothing else."""
        text = unescape(one.value)
        geo = one.name == "GEO"
        if (
            one.params.keys() - {"PROP-ID", "VALUE", "PREF"}
            or one.group
            or (not text.startswith("geo:") if geo else not ZONE.match(text))
        ):
            return False
        if geo and not URI.match(text):
            return False
        self._add(one, FAMILIES["ADR"], {"coordinates" if geo else "timeZone": text}, one.params)
        return True

    def on_placed(self, one: Property) -> bool:
        self._places.append(one)
        return True

    def _place(self, one: Property) -> bool:
        """Put a place to its anniversary."""
        kind = "birth" if one.name == "BIRTHPLACE" else "death"
        key = one.params.get("PROP-ID", ("",))[0]
        days = self._card.get("anniversaries", {})
        entry = days.get(key) if key else next((day for day in days.values() if day["kind"] == kind), None)
        if entry is None or entry["kind"] != kind or "place" in entry or one.group or not one.value:
            return False
        uri = one.params.get("VALUE", ("",))[0].lower() == "uri"
        if one.params.keys() - {"PROP-ID", "VALUE"} or (uri and not one.value.startswith("geo:")):
            return False
        entry["place"] = {"coordinates": one.value} if uri else {"full": unescape(one.value)}
        return True

    # --- JSPROP ------------------------------------------------------------------------------------------------------------------------
    def on_jsprops_later(self, one: Property) -> bool:
        self._jsprops.append(one)
        return True

    def _jsprop(self, one: Property) -> bool:
        """Set the value at its pointer; False where there is no such place."""
        if "JSPTR" not in one.params:
            return False
        tokens = names_of(one.params["JSPTR"][0])  # an empty one points at the member with the empty name
        if len(tokens) > _POINTER_DEPTH:
            return False
        try:
            value = _DECODER.decode(unescape(one.value))
        except (ValueError, RecursionError):
            try:
                value = _DECODER.decode(one.value)  # some write JSON without the escapes of a text
            except (ValueError, RecursionError):
                return False
        holder: Any = self._card
        for token in tokens[:-1]:
            if isinstance(holder, dict):
                holder = holder.setdefault(token, {})
            elif (
                isinstance(holder, list) and token.isascii() and token.isdecimal() and len(token) < 9 and int(token) < len(holder)
            ):
                holder = holder[int(token)]
            else:
                return False
        last = tokens[-1]
        if isinstance(holder, dict):
            holder[last] = value
            return True
        if isinstance(holder, list) and last.isascii() and last.isdecimal() and len(last) < 9 and int(last) < len(holder):
            holder[int(last)] = value
            return True
        return False


_EXPECTED: Final = {
    "TEL": ("uri", "text"), "SOCIALPROFILE": ("uri", "text"), "BDAY": ("date", "date-and-or-time", "timestamp", "date-time"), "ORG": ("text",),
    "ANNIVERSARY": ("date", "date-and-or-time", "timestamp", "date-time"), "DEATHDATE": ("date", "date-and-or-time", "timestamp", "date-time"),
    "GEO": ("uri",), "TZ": ("text",), "ADR": ("text",),
}  # fmt: skip
_HANDLERS: Final[dict[str, Callable[[_Reader, Property], bool]]] = {
    **dict.fromkeys(_SCALARS, _Reader.on_scalar),
    "GRAMGENDER": _Reader.on_gender,
    "CATEGORIES": _Reader.on_keywords,
    "MEMBER": _Reader.on_member,
    "RELATED": _Reader.on_related,
    "N": _Reader.on_named,
    "FN": _Reader.on_named,
    "BIRTHPLACE": _Reader.on_placed,
    "DEATHPLACE": _Reader.on_placed,
    "GEO": _Reader.on_spot,
    "TZ": _Reader.on_spot,
    "JSPROP": _Reader.on_jsprops_later,
}
