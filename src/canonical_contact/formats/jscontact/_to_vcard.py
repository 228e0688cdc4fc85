"""A card of JSContact to the properties of a vCard 4.0 (RFC 9555, section 3)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

from canonical_contact.formats.jscontact._dates import stamp_of, time_of_stamp
from canonical_contact.formats.jscontact._jcard import fits, is_token, property_of
from canonical_contact.formats.jscontact._structured import (
    clean_parts,
    name_fields,
    name_parts,
    phonetics,
    spoken,
)
from canonical_contact.formats.jscontact._values import names_of, token
from canonical_contact.formats.jscontact._vcard_entries import Entries, put_params
from canonical_contact.formats.jscontact._words import (
    ENTRY_TYPES,
    ID,
    NAME_KINDS,
    PREFIXES,
    UNCLEAN,
    URI,
)
from canonical_contact.formats.vcard.properties import Property, escape, join_list, unescape

__all__ = ["to_properties"]

Json = dict[str, Any]
Params = dict[str, tuple[str, ...]]
_PLAIN: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_ASCII: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), allow_nan=False)
_NAMED: Final = frozenset({*NAME_KINDS, "separator"})


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
        self._kept = self._kept_properties()
        self._covered = {one.name for one in self._kept}
        self._made = Entries(card, {one.group.casefold() for one in self._kept if one.group})
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
                self._rest.append((token(name), value))
        found = self._found
        if not any(one.name == "FN" for one in found) and "FN" not in self._covered:
            found.insert(0, Property("FN", escape(self._stand_in()), {"DERIVED": ("TRUE",)}))
        found += self._kept
        found += [self._jsprop(pointer, value) for pointer, value in self._rest]
        return found

    def _jsprop(self, pointer: str, value: object) -> Property:
        """Carry a value as JSON; a pointer that no parameter can hold is cut, and all that stands there is carried."""
        if UNCLEAN.search(pointer):
            while "/" in pointer and UNCLEAN.search(pointer):
                pointer = pointer.rpartition("/")[0]
            value = self._card
            for name in names_of(pointer):
                value = value[name]  # type: ignore[index]  # it was found there
            pointer = UNCLEAN.sub("", pointer)
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

    def _says(self, name: str, text: str) -> bool:
        """Whether a property that was kept for its group or parameters says it already; one without them is another of its name."""
        return name in self._covered and any(
            one.name == name
            and (one.group or one.params.keys() - {"VALUE"})
            and one.params.get("DERIVED", ("",))[0].upper() != "TRUE"
            and _told(name, one.value) == text
            for one in self._kept
        )

    # --- single values -----------------------------------------------------------------------------------------------------------------
    def on_metadata(self, name: str, value: object) -> None:
        if name == "version" and value in ("1.0", "2.0"):
            if value == "1.0":
                self._rest.append((name, value))
            return
        self._rest.append((token(name), value))

    def on_scalar(self, name: str, value: object) -> None:
        wanted = _SCALARS[name]
        if (
            type(value) is not str
            or not value
            or UNCLEAN.search(value)
            or (wanted == "KIND" and not (is_token(value) and value.islower()))
        ):
            self._rest.append((name, value))
        elif not self._says(wanted, value):
            self._found.append(Property(wanted, escape(value)))

    def on_uid(self, name: str, value: object) -> None:
        if type(value) is not str or not value or UNCLEAN.search(value):
            self._rest.append((name, value))
        elif self._says("UID", value):
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
        if not self._says(wanted, stamp):
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
        from canonical_contact.formats.vcard.properties import split_list

        return {unescape(item) for one in self._kept if one.name == name for item in split_list(one.value)}

    def on_related(self, name: str, value: object) -> None:
        if not isinstance(value, dict) or not value:
            self._rest.append((name, value))
            return
        for text, entry in value.items():
            place = f"{name}/{token(text)}"
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
            group = put_params(rest, params, "") if isinstance(kept, dict) and "type" not in kept else ""
            self._found.append(_uri_or_text("RELATED", text, params, group))
            self._rest += [(f"{place}/{token(key)}", one) for key, one in rest.items()]

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
            if not self._says("FN", full):
                self._found.insert(0, Property("FN", escape(full)))
        elif parts and "FN" not in self._covered:
            self._found.insert(0, Property("FN", escape(spoken(value, parts, NAME_KINDS)), {"DERIVED": ("TRUE",)}))
        if parts and any(part["kind"] != "separator" for part in parts):
            self._components(value, parts, rest)
        self._rest += [(f"name/{token(key)}", one) for key, one in rest.items()]
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
        group = put_params(rest, params, "")
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
            pointer = f"{place}/{token(key)}"
            if not isinstance(entry, dict) or not ID.match(key):
                self._rest.append((pointer, entry))
                whole = True
                continue
            rest = dict(entry)
            made = self._made.write(name, key, rest)
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
                or (name == "organizations" and key in self._made.referred)
            ):
                for one in made:
                    if one.name != "X-ABLABEL":
                        cast(Params, one.params)["PROP-ID"] = (key,)  # a dict that was made for it just now
            self._found += made
            self._rest += [(f"{pointer}/{token(part)}", one) for part, one in rest.items()]
        if whole and not _in_order(
            value, {PREFIXES[name], *_MORE_PREFIXES.get(name, ())}
        ):  # ids that tell no order: all are carried together
            self._rest[start:] = [(place, value)]

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
            if not self._says("GRAMGENDER", gender):
                self._found.append(Property("GRAMGENDER", gender))
        if "pronouns" in rest:
            self._entries("pronouns", f"{name}/pronouns", rest.pop("pronouns"))
        self._rest += [(f"{name}/{token(key)}", one) for key, one in rest.items()]

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


def _told(name: str, value: str) -> str:
    """Read a single value as it is read from a card."""
    text = unescape(value)
    if name in ("CREATED", "REV"):
        return stamp_of(time_of_stamp(text) or "") or ""
    return text.strip().lower() if name in ("KIND", "GRAMGENDER") else text


def _passed(_: _Writer, __: str, ___: object) -> None:
    return


def _uri_or_text(name: str, text: str, params: Params, group: str = "") -> Property:
    if URI.match(text):
        return Property(name, text, params, group)
    return Property(name, escape(text), {**params, "VALUE": ("text",)}, group)


_PART_KEYS: Final = frozenset({"kind", "value", "phonetic", "@type"})
_MORE_PREFIXES: Final = {"titles": (PREFIXES["ROLE"],), "anniversaries": (PREFIXES["BDAY"],), "addresses": (PREFIXES["TZ"],)}
_COUNTED: Final = re.compile(r"([a-z]+)([1-9][0-9]{0,7})\Z")
_RANK: Final = {kind: place for place, kind in enumerate(NAME_KINDS)} | {"separator": 99}
_SCALARS: Final = {"kind": "KIND", "language": "LANGUAGE", "prodId": "PRODID", "created": "CREATED", "updated": "REV"}
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
