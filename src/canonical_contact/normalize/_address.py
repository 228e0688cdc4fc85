# Postal addresses: from parts or from one text; the country as a code, the postcode in its country's form where that is certain.
from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from canonical_contact.errors import InputError, Problem, Severity
from canonical_contact.model.channels import PostalAddress
from canonical_contact.normalize._address_region import find_subdivisions
from canonical_contact.normalize._address_rules import known_region
from canonical_contact.normalize._address_street import street_key
from canonical_contact.normalize._address_text import part, take_apart
from canonical_contact.normalize._country import country as read_country
from canonical_contact.normalize._fold import fold
from canonical_contact.normalize._postcode import is_postcode, postcode_in
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import clean, has_lost_characters, is_blank

__all__ = ["address", "address_keys", "postcode_in", "read_address"]

_PARTS: Final = ("full", "street", "extended", "po_box", "locality", "region", "postcode", "country", "country_code")
_NAMES: Final = frozenset(_PARTS)
_GAPS: Final = re.compile(r"[\W_]+")
_NO_TEXTS: Final = ("",) * 6
_NO_COUNTRY: Final = Normalized[str](None)
_HINTS: Final = {
    "postcode.zero_restored": "The zero that a spreadsheet drops was put back.",
    "postcode.not_in_country": "No postcode of the country has this form; it is kept as written.",
}


def address(raw: str | Mapping[str, str], *, region: str = "", language: str = "", column: str = "") -> Normalized[PostalAddress]:  # noqa: ARG001 - uniform
    """Read a postal address from its parts, or from one text.

    A text is taken apart by its lines, by parts with two spaces between them (Mailchimp) or by its commas, where a postcode of the country
    shows what is what (`address.taken_apart`); other texts are kept whole in `full` (`address.kept_whole`).

    Args:
        raw: the address in one text, or its parts by name: `full`, `street`, `extended`, `po_box`, `locality`, `region` (state, province or
            county), `postcode`, `country` (as written) and `country_code`. `full` is used only where there are no parts.
        region: ISO 3166-1 alpha-2 of the country that the address probably lies in; it is not written into the address.
        language: BCP 47 tag of the text; not used.
        column: the header of the column, or the raw path, that the text came from; not used.

    Returns:
        The address with `country_code`; `country` holds the text only where no country was recognised (`country.unknown`). A postcode
        whose lost zero was put back lowers the confidence to 0.9 (`postcode.zero_restored`); one that is none of its country's stays as
        written (`postcode.not_in_country`). Keys: country, postcode and folded street; then `place:` country, postcode and house number;
        `street:` country or subdivision, town, street in its short form and house number.

    Raises:
        InputError: where a part has a name that no address has.

    >>> address({"street": "Hauptstr. 5", "postcode": "1007", "locality": "Dresden", "country": "Deutschland"}).value.postcode
    '01007'
    >>> address("Paseo del Prado, 41  Bilbao  48031  Spain").value.locality
    'Bilbao'
    >>> address("1600 Amphitheatre Pkwy, Mountain View, CA 94043, USA").keys[1:]
    ('place:US|94043|1600', 'street:US|mountainview|amphitheatrepkwy|1600', 'street:US-CA|mountainview|amphitheatrepkwy|1600')
    """
    hint = known_region(region) if region else ""
    if isinstance(raw, str):
        return read_address(raw, _NO_TEXTS, _NO_COUNTRY, hint, raw)
    if not raw.keys() <= _NAMES:
        names = ", ".join(sorted(set(raw) - _NAMES))
        raise InputError(f"An address has no part {names}.", path="raw", hint=f"Its parts are {', '.join(_PARTS)}.")
    get = raw.get
    texts = (
        get("street", ""),
        get("extended", ""),
        get("po_box", ""),
        get("locality", ""),
        get("region", ""),
        get("postcode", ""),
    )
    written = get("country_code") or get("country", "")
    found = read_country(written, region=hint) if written else _NO_COUNTRY
    return read_address(get("full", ""), texts, found, hint, raw)


def address_keys(value: PostalAddress) -> tuple[str, ...]:
    """Give the match keys of an address that was read: the exact one first, then those of its place and of its street and town."""
    street, locality, code = value.street or value.po_box, value.locality, value.country_code
    if not street or not (value.postcode or locality):
        return ()
    postcode, keys = value.postcode, []
    if postcode and not is_postcode(code, postcode):
        postcode = _GAPS.sub("", fold(postcode)).upper()
    if value.street:
        keys.append(f"{code}|{postcode or fold(locality)}|{_GAPS.sub('', fold(street))}")
    name, number = street_key(street, code)
    if not value.street:
        name, number = "pobox", number or name
    if postcode and number:
        keys.append(f"place:{code}|{postcode}|{number}")
    if locality and (name or number):
        town = _GAPS.sub("", fold(locality))
        keys.append(f"street:{code}|{town}|{name}|{number}")
        if value.region and (places := find_subdivisions(value.region, code)) and len(places) == 1 and places[0].code:
            keys.append(f"street:{places[0].code}|{town}|{name}|{number}")
    return tuple(keys)


def _no_value(text: str) -> Problem:
    hint = "It says that there is none."
    return Problem("address.placeholder", raw=(clean(text) or text)[:200], hint=hint, severity=Severity.INFO)


def read_address(
    full: str,
    texts: tuple[str, ...],
    found: Normalized[str],
    default_country: str = "",
    raw: str | Mapping[str, str] | None = None,
) -> Normalized[PostalAddress]:
    """Do what `address` does for a country that has been read; the keys are left out where the raw value is not given."""
    problems = list(found.problems) if found.problems else []
    street, extended, po_box, locality, region, postcode = [part(text) if text else "" for text in texts]
    parts = zip(texts, (street, extended, po_box, locality, region, postcode), strict=True)
    unsaid = [_no_value(text) for text, neat in parts if text and not neat and not is_blank(text)]
    problems += unsaid
    code, written, rest, confidence = found.value or "", "", "", 1.0
    if found.problems and not code:
        written = part(found.problems[0].raw)
    if full and not (street or extended or po_box or locality or region or postcode):
        taken = take_apart(full, found, written, default_country)
        street, extended, po_box, locality, region, postcode = taken.parts
        rest, code, written, confidence = taken.rest, taken.code, taken.written, taken.confidence
        problems = unsaid + taken.problems
    if problems and any(problem.code == "country.ambiguous" for problem in problems):
        confidence = min(confidence, 0.7)
    if postcode:
        neat, note = postcode_in(code or default_country, postcode)
        if note and (code or note == "postcode.zero_restored"):
            if note == "postcode.zero_restored":
                confidence = min(confidence, 0.9)
            problems.append(Problem(note, raw=postcode[:200], hint=_HINTS[note], severity=Severity.INFO))
        postcode = neat
    if has_lost_characters(street) or has_lost_characters(locality):
        hint = "Letters were lost when the file was written."
        problems.append(Problem("text.characters_lost", raw=f"{street} {locality}"[:200], hint=hint, severity=Severity.INFO))
    if not (code or written or rest or street or locality or postcode or region or extended or po_box):
        if not problems and not is_blank(full):
            problems.append(_no_value(full))
        return Normalized(None, (), 0.0 if problems else 1.0, (), tuple(problems), "" if raw is None else raw)
    value = PostalAddress(rest, street, extended, po_box, locality, region, postcode, written, code)
    if raw is None:
        return Normalized(value, (), confidence, (), tuple(problems))
    return Normalized(value, address_keys(value), confidence, (), tuple(problems), raw)
