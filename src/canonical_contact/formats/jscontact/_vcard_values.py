"""Values of properties to entries of a card, for those that are more than one text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from canonical_contact.formats.jscontact._dates import time_of_stamp, vcard_date
from canonical_contact.formats.jscontact._structured import address_lines, address_parts
from canonical_contact.formats.jscontact._values import FIELDS
from canonical_contact.formats.jscontact._words import DAYS, ZONE
from canonical_contact.formats.vcard.properties import Property, split_list, unescape

__all__ = ["READERS"]

Json = dict[str, Any]
Made = tuple[Json, Mapping[str, tuple[str, ...]]]  # an entry, and the parameters that it does not hold yet
_ADDRESS_PARAMS: Final = {"LABEL": "full", "GEO": "coordinates", "TZ": "timeZone", "CC": "countryCode"}


def _service(one: Property) -> Made | None:
    if not one.value:
        return None
    text = one.params.get("VALUE", ("",))[0].lower() == "text"
    entry: Json = {"user" if text else "uri": unescape(one.value)}
    if one.name == "IMPP":
        entry["vCardName"] = "impp"
    params = dict(one.params)
    if "SERVICE-TYPE" in params:
        entry["service"] = params.pop("SERVICE-TYPE")[0]
    if "USERNAME" in params and "user" not in entry:
        entry["user"] = params.pop("USERNAME")[0]
    return entry, params


def _organization(one: Property) -> Made | None:
    name, *units = [unescape(part) for part in split_list(one.value, ";")]
    units = [unit for unit in units if unit]
    if not name and not units:
        return None
    entry: Json = {"name": name} if name else {}
    if units:
        entry["units"] = [{"name": unit} for unit in units]
    params: Mapping[str, tuple[str, ...]] = one.params
    sort = params.get("SORT-AS")
    if sort and len(sort) == 1 and "," not in sort[0] and sort[0] and name:
        entry["sortAs"] = sort[0]
        params = {key: values for key, values in params.items() if key != "SORT-AS"}
    return entry, params


def _anniversary(one: Property) -> Made | None:
    params = dict(one.params)
    text = unescape(one.value).strip()
    kind = params.get("VALUE", ("",))[0].lower()
    date: Json | None = None
    if kind != "text":
        stamp = time_of_stamp(text)
        if stamp is not None:
            date = {"@type": "Timestamp", "utc": stamp}
        else:
            found = vcard_date(text)
            date = dict(found) if found else None
    if date is None:
        return None
    omitted = params.get("X-APPLE-OMIT-YEAR", ("",))[0]
    if omitted and "year" in date and f"{date['year']:04}" == omitted and len(date) == 3:
        del date["year"]
    scale = params.get("CALSCALE")
    if scale and "utc" not in date:
        date["calendarScale"] = scale[0].lower()
        del params["CALSCALE"]
    return {"kind": DAYS[one.name], "date": date}, params


def _address(one: Property) -> Made | None:
    params = dict(one.params)
    order = params.get("JSCOMPS", ("",))[0]
    parts, more = address_parts(one.value, order)
    entry: Json = {}
    if parts:
        entry["components"] = parts
        entry |= more
        lines = address_lines(one.value, entry, parts)
        if lines:
            entry[FIELDS] = lines
    if more and order:
        del params["JSCOMPS"]
    for name, key in _ADDRESS_PARAMS.items():
        if name in params and params[name][0]:
            text = params[name][0]
            if (key == "coordinates" and not text.startswith("geo:")) or (key == "timeZone" and not ZONE.match(text)):
                continue
            if key == "countryCode" and not (len(text) == 2 and text.isalpha() and text.isascii()):
                continue
            entry[key] = text
            del params[name]
    return (entry, params) if entry else None


def _note(one: Property) -> Made | None:
    text = unescape(one.value)
    if not text:
        return None
    entry: Json = {"note": text}
    params = dict(one.params)
    created = time_of_stamp(params.get("CREATED", ("",))[0])
    if created:
        entry["created"] = created
        del params["CREATED"]
    author = {
        key: params.pop(name)[0] for key, name in (("name", "AUTHOR-NAME"), ("uri", "AUTHOR")) if params.get(name, ("",))[0]
    }
    if author:
        entry["author"] = author
    return entry, params


READERS: Final[dict[str, Callable[[Property], Made | None]]] = {
    "SOCIALPROFILE": _service,
    "IMPP": _service,
    "ORG": _organization,
    "BDAY": _anniversary,
    "ANNIVERSARY": _anniversary,
    "DEATHDATE": _anniversary,
    "ADR": _address,
    "NOTE": _note,
}
