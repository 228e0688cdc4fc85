"""The entries of a card's maps to and from values of the model: e-mail addresses, phone numbers, services, organisations.

Every value has two functions. What the standard has no word for, or cannot carry exactly, is in the entry's own fields
(`canonical-contact.dev:fields`), under the names of the schema; so reading gives back what was written, whatever it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from canonical_contact.formats.jscontact._values import FIELDS, Faults, Json, Own, put_pref, put_set, put_verification
from canonical_contact.formats.jscontact._words import FEATURES, UNCLEAN, URI
from canonical_contact.model import EmailAddress, EmailStatus, OnlineService, Organization, PhoneNumber, Verification

__all__ = [
    "read_email", "read_organization", "read_phone", "read_service", "read_text", "write_email", "write_organization", "write_phone", "write_service",
]  # fmt: skip

_CONTEXTS: Final = frozenset({"private", "work"})
_E164: Final = re.compile(r"\+[0-9]{2,15}\Z")
_DIGITS: Final = re.compile(r"[0-9]+\Z")
_TEL: Final = re.compile(r"tel:(\+[0-9().\-]+)(?:;ext=([0-9().\-]+))?\Z", re.IGNORECASE)
_SEPARATORS: Final = str.maketrans("", "", "().-")
_UNVERIFIED: Final = Verification()
_BARE: Final = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}(?:[/?#]|\Z)")
_LINKS: Final = {"website": "", "contact": "contact"}  # services that are links, by the kind of link


def _put_use(entry: Json, own: Json, it: EmailAddress | PhoneNumber | OnlineService) -> None:
    """Write what it is used for: contexts, rank and label."""
    if it.contexts:
        put_set(entry, own, "contexts", it.contexts, _CONTEXTS)
    if it.pref:
        put_pref(entry, own, it.pref)
    if it.label:
        entry["label"] = it.label


def write_email(it: EmailAddress) -> Json:
    """Write an e-mail address."""
    entry: Json = {"address": it.address}
    own: Json = {}
    _put_use(entry, own, it)
    if it.key:
        own["key"] = it.key
    if it.role:
        own["role"] = True
    put_verification(own, it.verification)
    if it.status is not EmailStatus.UNKNOWN:
        own["status"] = it.status.value
    if own:
        entry[FIELDS] = own
    return entry


def read_email(entry: Mapping[str, Any], faults: Faults, path: str) -> EmailAddress | None:
    """Read an e-mail address."""
    address = entry.get("address")
    if type(address) is not str:
        faults.wrong_type(f"{path}.address", address, "a text")
        return None
    contexts, pref = faults.words(entry, "contexts", path, _CONTEXTS), faults.pref(entry, path)
    label = faults.text(entry, "label", path)
    if FIELDS not in entry:
        return EmailAddress(address, "", contexts, label, pref)
    own = Own(faults, entry, path)
    return EmailAddress(
        address,
        own.get("key", str, ""),
        own.made("contexts", tuple[str, ...], contexts),
        label,
        own.get("pref", int, pref),
        own.get("role", bool, False),
        own.made("verification", Verification, _UNVERIFIED),
        own.made("status", EmailStatus, EmailStatus.UNKNOWN),
    )


def write_phone(it: PhoneNumber) -> Json:
    """Write a phone number: as a URI where it is one of E.164 (RFC 3966)."""
    entry: Json = {"number": it.number}
    own: Json = {}
    if _E164.match(it.number):
        entry["number"] = f"tel:{it.number}"
        if _DIGITS.match(it.extension):
            entry["number"] += f";ext={it.extension}"
        elif it.extension:
            own["extension"] = it.extension
    else:
        if _TEL.match(it.number):
            own["number"] = it.number
        if it.extension:
            own["extension"] = it.extension
    if it.features:
        put_set(entry, own, "features", it.features, FEATURES)
    _put_use(entry, own, it)
    if it.country_code:
        own["country_code"] = it.country_code
    if it.line_type:
        own["line_type"] = it.line_type
    put_verification(own, it.verification)
    if own:
        entry[FIELDS] = own
    return entry


def read_phone(entry: Mapping[str, Any], faults: Faults, path: str) -> PhoneNumber | None:
    """Read a phone number; signs between its digits are left out where it is a URI of E.164."""
    number, extension = entry.get("number"), ""
    if type(number) is not str:
        faults.wrong_type(f"{path}.number", number, "a text")
        return None
    match = _TEL.match(number)
    if match is not None:
        number, extension = match[1].translate(_SEPARATORS), (match[2] or "").translate(_SEPARATORS)
    features, contexts = faults.words(entry, "features", path, FEATURES), faults.words(entry, "contexts", path, _CONTEXTS)
    pref, label = faults.pref(entry, path), faults.text(entry, "label", path)
    if FIELDS not in entry:
        return PhoneNumber(number, extension, "", "", features, contexts, label, pref)
    own = Own(faults, entry, path)
    return PhoneNumber(
        own.get("number", str, number),
        own.get("extension", str, extension),
        own.get("country_code", str, ""),
        own.get("line_type", str, ""),
        own.made("features", tuple[str, ...], features),
        own.made("contexts", tuple[str, ...], contexts),
        label,
        own.get("pref", int, pref),
        own.made("verification", Verification, _UNVERIFIED),
    )


def is_uri(text: str) -> bool:
    """Whether a text is written as a URI."""
    return URI.match(text) is not None and UNCLEAN.search(text) is None


def is_bare(text: str) -> bool:
    """Whether a text is a URI but for its scheme, as people write web addresses.

    >>> is_bare("www.example.org/shop"), is_bare("no uri")
    (True, False)
    """
    return _BARE.match(text) is not None and is_uri(f"https://{text}")


def write_service(it: OnlineService) -> tuple[str, Json]:
    """Write a web page as a link, an account as an online service; gives the map that it belongs to."""
    own: Json = {}
    uri = is_uri(it.uri)
    entry: Json
    bare = not uri and is_bare(it.uri)
    if (uri or bare) and it.service in _LINKS:
        place, entry = "links", {"uri": it.uri}
        if bare:  # a link must be a URI
            entry["uri"], own["uri"] = f"https://{it.uri}", it.uri
        if _LINKS[it.service]:
            entry["kind"] = _LINKS[it.service]
        if it.user:
            own["user"] = it.user
    else:
        place, entry = "onlineServices", {}
        if it.service:
            entry["service"] = it.service
        if uri:
            entry["uri"] = it.uri
        entry["user"] = it.user or it.uri
        if uri and not it.user:
            del entry["user"]
        elif it.user and not uri:
            own["uri"] = it.uri
    _put_use(entry, own, it)
    if own:
        entry[FIELDS] = own
    return place, entry


def read_service(entry: Mapping[str, Any], faults: Faults, path: str, *, link: bool) -> OnlineService | None:
    """Read a web page or an account."""
    uri, user = entry.get("uri"), "" if link else faults.text(entry, "user", path)
    own = Own(faults, entry, path)
    if own:
        uri = own.get("uri", str, uri)
        user = own.get("user", str, user)
    if uri is None and "user" in entry and type(entry["user"]) is str:
        uri, user = user, ""
    if type(uri) is not str:
        faults.wrong_type(f"{path}.uri", uri, "a text")
        return None
    if link and not is_uri(uri) and not is_bare(uri):
        faults.wrong_type(f"{path}.uri", uri, "a URI, such as https://example.org")
        return None
    service = ("contact" if entry.get("kind") == "contact" else "website") if link else faults.text(entry, "service", path)
    return OnlineService(
        uri,
        service,
        faults.text(entry, "label", path),
        user,
        own.made("contexts", tuple[str, ...], faults.words(entry, "contexts", path, _CONTEXTS)),
        own.get("pref", int, faults.pref(entry, path)),
    )


def write_organization(it: Organization) -> Json:
    """Write an organisation."""
    entry: Json = {"name": it.name} if it.name or not it.units else {}
    if it.units:
        entry["units"] = [{"name": unit} for unit in it.units]
    if it.key or it.external_id:
        own: Json = {"key": it.key} if it.key else {}
        if it.external_id:
            own["external_id"] = it.external_id
        entry[FIELDS] = own
    return entry


def read_organization(entry: Mapping[str, Any], faults: Faults, path: str) -> Organization | None:
    """Read an organisation."""
    name = faults.text(entry, "name", path)
    units: list[str] = []
    plain = entry.get("units")
    if type(plain) is list:
        for place, unit in enumerate(plain):
            if type(unit) is dict and type(unit.get("name")) is str:
                units.append(unit["name"])
            else:
                faults.wrong_type(f"{path}.units[{place}]", unit, "an object with a name")
    elif plain is not None:
        faults.wrong_type(f"{path}.units", plain, "a list")
    if not units and type(entry.get("name")) is not str:
        return None
    if FIELDS not in entry:
        return Organization(name, tuple(units))
    own = Own(faults, entry, path)
    return Organization(name, tuple(units), own.get("key", str, ""), own.get("external_id", str, ""))


def read_text(entry: Mapping[str, Any], faults: Faults, path: str, name: str) -> str | None:
    """Read an entry that is one text, such as a note."""
    text = entry.get(name)
    if type(text) is str:
        return text
    faults.wrong_type(f"{path}.{name}", text, "a text")
    return None
