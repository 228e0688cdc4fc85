"""Names and addresses of the model to and from their components (RFC 9553, section 2.2.1 and 2.5.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from canonical_contact.formats.jscontact._values import FIELDS, Faults, Json, Own, put_pref, put_set, put_verification
from canonical_contact.formats.jscontact._words import (
    ADDRESS_KINDS,
    ADDRESS_ORDER,
    CONTEXTS,
    NAME_KINDS,
    NAME_SLOTS,
    PHONETIC_SYSTEMS,
    UNCLEAN,
    URI,
    ZONE,
)
from canonical_contact.model import AddressPart, Name, PostalAddress, Verification

__all__ = ["read_address", "read_name", "sorted_parts", "write_address", "write_name"]

_READINGS: Final = {"given": "phonetic_given", "given2": "phonetic_given2", "surname": "phonetic_surname"}
_SCRIPT: Final = re.compile(r"[A-Z][a-z]{3}\Z")
_COUNTRY: Final = re.compile(r"[A-Z]{2}\Z")
_SIMPLE: Final = {
    "name": "street", "apartment": "extended", "postOfficeBox": "po_box", "locality": "locality", "region": "region", "postcode": "postcode",
    "country": "country",
}  # fmt: skip
_STREET: Final = frozenset({"number", "name", "block", "direction"})
_EXTENDED: Final = frozenset({"room", "apartment", "floor", "building"})
_UNVERIFIED: Final = Verification()
_NO_PARTS: Final = dict.fromkeys(_SIMPLE.values(), "")


def write_name(it: Name) -> Json:
    """Write a name."""
    parts: list[Json] = []
    own: Json = {}
    readings = {kind: getattr(it, field) for kind, field in _READINGS.items()} if _is_read(it) else {}
    for kind in NAME_KINDS:
        value = getattr(it, kind)
        if value:
            part = {"kind": kind, "value": value}
            if readings.get(kind):
                part["phonetic"] = readings.pop(kind)
            parts.append(part)
    name: Json = {}
    if parts:
        name["components"] = parts
    if it.full or not parts:
        name["full"] = it.full
    own.update({_READINGS[kind]: text for kind, text in readings.items() if text})
    system = it.phonetic_system
    if system in PHONETIC_SYSTEMS:
        name["phoneticSystem"] = system
    elif _SCRIPT.match(system):
        name["phoneticScript"] = system
    elif system:
        own["phonetic_system"] = system
    if it.sort_as:
        kind = "surname" if it.surname else "given" if it.given else ""
        if kind:
            name["sortAs"] = {kind: it.sort_as}
        else:
            own["sort_as"] = it.sort_as
    if own:
        name[FIELDS] = own
    return name


def _is_read(it: Name) -> bool:
    return bool(it.phonetic_given or it.phonetic_given2 or it.phonetic_surname)


def read_name(name: Mapping[str, Any], faults: Faults) -> Name:
    """Read a name; several components of a kind are joined with spaces."""
    texts: dict[str, str] = {}
    for part in in_order(name, _parts(name, faults, "$.name"), NAME_KINDS):
        kind = part["kind"]
        if kind in NAME_KINDS:
            value = part["value"]
            texts[kind] = f"{texts[kind]} {value}" if kind in texts else value
            reading = part.get("phonetic")
            field = _READINGS.get(kind)
            if field and type(reading) is str and reading:
                texts[field] = f"{texts[field]} {reading}" if field in texts else reading
    system = faults.text(name, "phoneticSystem", "$.name") or faults.text(name, "phoneticScript", "$.name")
    if system:
        texts["phonetic_system"] = system
    sort_as = name.get("sortAs")
    if type(sort_as) is dict:
        texts["sort_as"] = ", ".join([one for kind in NAME_SLOTS if type(one := sort_as.get(kind)) is str and one])
    elif type(sort_as) is str:
        texts["sort_as"] = sort_as
    own = name.get(FIELDS)
    if own is not None:
        holder = Own(faults, name, "$.name")
        for field in ("phonetic_given", "phonetic_given2", "phonetic_surname", "phonetic_system", "sort_as"):
            texts[field] = holder.get(field, str, texts.get(field, ""))
    return Name(full=faults.text(name, "full", "$.name"), **texts)


def write_address(it: PostalAddress) -> Json:
    """Write a postal address; its finer parts where it has any, else its fields."""
    entry: Json = {}
    own: Json = {}
    if it.parts:
        good = [part for part in it.parts if part.kind in ADDRESS_KINDS]
        if good:
            entry["components"] = [{"kind": part.kind, "value": part.value} for part in good]
            entry["isOrdered"] = True
        if len(good) != len(it.parts):
            own["parts"] = [{"kind": part.kind, "value": part.value} for part in it.parts]
        derived = _derived([(part.kind, part.value) for part in it.parts])
        own.update({field: getattr(it, field) for field in _NO_PARTS if getattr(it, field) != derived[field]})
    else:
        parts = [{"kind": kind, "value": getattr(it, field)} for kind, field in _SIMPLE.items() if getattr(it, field)]
        if parts:
            entry["components"] = parts
    if it.country_code:
        (entry if _COUNTRY.match(it.country_code) else own)[
            "countryCode" if _COUNTRY.match(it.country_code) else "country_code"
        ] = it.country_code
    if it.coordinates:
        if it.coordinates.startswith("geo:") and URI.match(it.coordinates) and not UNCLEAN.search(it.coordinates):
            entry["coordinates"] = it.coordinates
        else:
            own["coordinates"] = it.coordinates
    if it.time_zone:
        if ZONE.match(it.time_zone):
            entry["timeZone"] = it.time_zone
        else:
            own["time_zone"] = it.time_zone
    if it.full or not entry or entry.keys() == {"timeZone"}:
        entry["full"] = it.full
    if it.contexts:
        put_set(entry, own, "contexts", it.contexts, CONTEXTS)
    if it.pref:
        put_pref(entry, own, it.pref)
    if it.label:
        own["label"] = it.label
    put_verification(own, it.verification)
    if own:
        entry[FIELDS] = own
    return entry


def read_address(entry: Mapping[str, Any], faults: Faults, path: str) -> PostalAddress | None:
    """Read a postal address; components that are finer than the fields become parts, and the fields are made of them."""
    components = in_order(entry, _parts(entry, faults, path), ADDRESS_ORDER)
    parts: tuple[AddressPart, ...] = ()
    fields = _NO_PARTS
    if components:
        if entry.get("isOrdered") is True or _is_fine(components):
            parts = tuple([AddressPart(part["kind"], part["value"]) for part in components])
            fields = _derived([(part.kind, part.value) for part in parts])
        else:
            fields = {**_NO_PARTS, **{_SIMPLE[part["kind"]]: part["value"] for part in components}}
    contexts, pref = faults.words(entry, "contexts", path, CONTEXTS), faults.pref(entry, path)
    texts = {
        "country_code": faults.text(entry, "countryCode", path),
        "coordinates": faults.text(entry, "coordinates", path),
        "time_zone": faults.text(entry, "timeZone", path),
    }
    full, label, verification = faults.text(entry, "full", path), "", _UNVERIFIED
    if FIELDS in entry:
        own = Own(faults, entry, path)
        parts = own.made("parts", tuple[AddressPart, ...], parts)
        if "parts" in entry[FIELDS]:
            fields = _derived([(part.kind, part.value) for part in parts])
        fields = {field: own.get(field, str, text) for field, text in fields.items()}
        texts = {field: own.get(field, str, text) for field, text in texts.items()}
        contexts, pref = own.made("contexts", tuple[str, ...], contexts), own.get("pref", int, pref)
        label, verification = own.get("label", str, ""), own.made("verification", Verification, _UNVERIFIED)
    return PostalAddress(
        full=full, contexts=contexts, label=label, pref=pref, verification=verification, parts=parts, **fields, **texts
    )


def in_order(holder: Mapping[str, Any], parts: list[Json], kinds: Sequence[str]) -> list[Json]:
    """Put components that have no order of their own in that of their kinds; others are left as they are."""
    if holder.get("isOrdered") is True or len(parts) < 2:
        return parts
    return sorted(parts, key=lambda part: kinds.index(part["kind"]) if part["kind"] in kinds else len(kinds))


def sorted_parts(holder: Mapping[str, Any], kinds: Sequence[str]) -> Mapping[str, Any]:
    """Give a name or an address with its components in order, where all of them are components."""
    parts = holder.get("components")
    if type(parts) is not list or not all(type(part) is dict and type(part.get("kind")) is str for part in parts):
        return holder
    return {**holder, "components": in_order(holder, parts, kinds)}


def _parts(holder: Mapping[str, Any], faults: Faults, path: str) -> list[Json]:
    """The components that can be read."""
    plain = holder.get("components")
    if plain is None:
        return []
    if type(plain) is not list:
        faults.wrong_type(f"{path}.components", plain, "a list")
        return []
    found: list[Json] = []
    for place, part in enumerate(plain):
        if type(part) is dict and type(part.get("kind")) is str and type(part.get("value")) is str:
            found.append(part)
        else:
            faults.wrong_type(f"{path}.components[{place}]", part, "an object with a kind and a value")
    return found


def _is_fine(parts: Sequence[Mapping[str, Any]]) -> bool:
    """Whether components say more than the fields of an address can."""
    kinds = [part["kind"] for part in parts]
    return len(kinds) != len(set(kinds)) or not all(kind in _SIMPLE for kind in kinds)


def _derived(parts: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Make the fields of an address of its parts: the street in the order of its parts, with the separators between them."""
    fields = dict(_NO_PARTS)
    waiting: str | None = None
    last = ""
    for kind, value in parts:
        if kind == "separator":
            waiting = (waiting or "") + value
            continue
        field = "street" if kind in _STREET else "extended" if kind in _EXTENDED else _SIMPLE.get(kind, "")
        if field:
            between = (waiting if waiting is not None and last == field else " ") if fields[field] else ""
            fields[field] += between + value
        waiting, last = None, field
    return fields
