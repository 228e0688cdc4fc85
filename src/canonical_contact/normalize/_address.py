# Postal addresses: from parts or from one text; the country as a code, the postcode in its country's form where that is certain.
from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from canonical_contact.errors import InputError, Problem, Severity
from canonical_contact.model.channels import PostalAddress
from canonical_contact.normalize._country import country as read_country
from canonical_contact.normalize._fold import fold
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._tables import load, words
from canonical_contact.normalize._text import clean, has_lost_characters, unfold_width

__all__ = ["address", "postcode_in", "read_address"]

_TABLE: Final = load("postcodes")
_FORMS: Final[dict[str, tuple[str, ...]]] = {code: tuple(forms.split("|")) for code, forms in _TABLE["forms"].items()}
_ZERO: Final = words(_TABLE["leading_zero"]["codes"])
_SIGNS: Final = {"#": "0123456789", "@": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "?": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"}
_GAPS: Final = re.compile(r" {2,}|[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+|(?:\s*\|\s*)")
_POSTCODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{1,9}\Z")
_BLANK: Final = frozenset({"n/a", "none", "-", "--", ".", "?", "unknown", "[not provided]", "not provided", "xxx", "null"})
_LIMIT: Final = 4_000
_PARTS: Final = ("full", "street", "extended", "po_box", "locality", "region", "postcode", "country", "country_code")
_NAMES: Final = frozenset(_PARTS)
_NO_TEXTS: Final = ("",) * 6
_NO_COUNTRY: Final = Normalized[str](None)


def address(
    raw: str | Mapping[str, str], *, region: str = "", language: str = "", column: str = ""
) -> Normalized[PostalAddress]:
    """Read a postal address from its parts, or from one text.

    Args:
        raw: the address in one text, or its parts by name: `full`, `street`, `extended`, `po_box`, `locality`, `region` (state, province or
            county), `postcode`, `country` (as written) and `country_code`. `full` is used only where there are no parts.
        region: ISO 3166-1 alpha-2 of the country that the address probably lies in; it is not written into the address.
        language: BCP 47 tag of the text.
        column: the header of the column, or the raw path, that the text came from.

    Returns:
        The address with `country_code`; `country` holds the text only where no country was recognised (`country.unknown`).
        `postcode.zero_restored` lowers the confidence to 0.9. The key is country, postcode and folded street.

    Raises:
        InputError: where a part has a name that no address has.

    >>> address({"street": "Hauptstr. 5", "postcode": "1007", "locality": "Dresden", "country": "Deutschland"}).value.postcode
    '01007'
    >>> address("Paseo del Prado, 41  Bilbao  48031  Spain").value.locality
    'Bilbao'
    """
    if isinstance(raw, str):
        found = read_address(raw, _NO_TEXTS, _NO_COUNTRY, region)
    else:
        if not raw.keys() <= _NAMES:
            names = ", ".join(sorted(set(raw) - _NAMES))
            raise InputError(f"An address has no part {names}.", path="raw", hint=f"Its parts are {', '.join(_PARTS)}.")
        get = raw.get
        texts = tuple([get(part, "") for part in _PARTS[1:7]])
        found = read_address(get("full", ""), texts, _country_of(get("country_code") or get("country", "")), region)
    value = found.value
    keys: tuple[str, ...] = ()
    if value and value.street and (value.postcode or value.locality):
        street = "".join([char for char in fold(value.street) if char.isalnum()])
        keys = (f"{value.country_code}|{value.postcode or fold(value.locality)}|{street}",)
    return Normalized(value, keys, found.confidence, problems=found.problems, raw=raw)


def read_address(
    full: str, texts: tuple[str, ...], found: Normalized[str], default_country: str = ""
) -> Normalized[PostalAddress]:
    """Do what `address` does, without its key, for a country that has been read."""
    problems: list[Problem] = list(found.problems)
    parts = [_part(text) if text else "" for text in texts]
    code, written, rest = found.value or "", "", ""
    if found.problems and not code:
        written = _part(found.problems[0].raw)
    if full and not any(parts):
        parts, rest, code, written, problems = _from_text(full[:_LIMIT], code, written, problems)
    street, extended, po_box, locality, region, postcode = parts
    confidence = 1.0
    if any(problem.code == "country.ambiguous" for problem in problems):
        confidence = 0.7
    if postcode:
        neat, restored = postcode_in(code or default_country, postcode)
        if restored:
            confidence = min(confidence, 0.9)
            hint = "The zero that a spreadsheet drops was put back."
            problems.append(Problem(restored, raw=postcode[:200], hint=hint, severity=Severity.INFO))
        postcode = neat
    if has_lost_characters(street + locality):
        hint = "Letters were lost when the file was written."
        problems.append(Problem("text.characters_lost", raw=f"{street} {locality}"[:200], hint=hint, severity=Severity.INFO))
    if not (code or written or rest or any(parts)):
        return Normalized(None, problems=tuple(problems))
    value = PostalAddress(rest, street, extended, po_box, locality, region, postcode, written, code)
    return Normalized(value, (), confidence, problems=tuple(problems))


def postcode_in(code: str, postcode: str) -> tuple[str, str]:
    """Write a postcode as its country does.

    Args:
        code: ISO 3166-1 alpha-2; empty where unknown.
        postcode: the postcode as written.

    Returns:
        The postcode, and the code of what was repaired; empty where nothing was.

    >>> postcode_in("JP", "60-0012"), postcode_in("GB", "sw1a1aa"), postcode_in("DE", "D-10115")
    (('060-0012', 'postcode.zero_restored'), ('SW1A 1AA', ''), ('10115', ''))
    """
    forms = _FORMS.get(code)
    if not forms or not postcode:
        return postcode, ""
    text = unfold_width(postcode).upper()
    bare = "".join([char for char in text if char.isalnum()])
    for attempt in (bare, bare.removeprefix(code), bare[1:] if bare[:1] == code[0] and len(forms) == 1 else bare):
        for form in forms:
            if neat := _fill(form, attempt):
                return neat, ""
    form = forms[0]
    size = form.count("#")
    missing = size - len(bare)
    aligned = "-" in form and re.search(r"[-‐–]", text) and len(text) - 1 - text.rfind("-") == len(form) - 1 - form.rfind("-")
    if code in _ZERO and bare.isdecimal() and bare.isascii() and "@" not in form and 0 < missing <= (2 if aligned else 1):
        return _fill(form, bare.zfill(size)) or postcode, "postcode.zero_restored"
    return postcode, ""


def _fill(form: str, bare: str) -> str:
    """Put the characters of a bare postcode into a form; nothing where they do not fit."""
    if len(bare) != len(form) - form.count(" ") - form.count("-"):
        return ""
    characters = iter(bare)
    filled = ""
    for sign in form:
        if sign not in _SIGNS:
            filled += sign
            continue
        char = next(characters)
        if char not in _SIGNS[sign]:
            return ""
        filled += char
    return filled


def _part(text: str) -> str:
    neat = clean(text[:_LIMIT]).strip(" ,;")
    return "" if len(neat) < 15 and neat.lower() in _BLANK else neat


def _country_of(text: str) -> Normalized[str]:
    return read_country(text) if text else Normalized(None)


_Parts = tuple[list[str], str, str, str, list[Problem]]


def _from_text(full: str, code: str, written: str, doubts: list[Problem]) -> _Parts:
    """Take an address apart from its end: country, postcode, and what is left is street, town and region."""
    pieces = [piece for piece in (_part(piece) for piece in _GAPS.split(full)) if piece]
    nothing = [""] * 6
    if not code and pieces:
        last = pieces[-1] if len(pieces) > 1 else pieces[-1].rpartition(",")[2]
        found = read_country(last)
        if found.value and (len(last) > 3 or last.isupper() or not last.isascii()):
            code, written, doubts = found.value, "", list(found.problems)
            if pieces[-1] == last:
                pieces = pieces[:-1]
        elif (
            not found.value and len(pieces) == 1 and len(last) < 4 and last.isascii() and last.isalnum()
        ):  # a code that no country has
            return nothing, "", "", last, list(found.problems)
    if not pieces:
        return nothing, "", code, written, doubts
    if len(pieces) == 1:
        return nothing, pieces[0], code, written, doubts
    postcode = ""
    for place in range(len(pieces) - 1, 0, -1):
        if _is_postcode(pieces[place], code):
            postcode = pieces.pop(place)
            break
        first, _, second = pieces[place].partition(" ")  # a line such as "10115 Berlin"
        if second and not second.isdecimal() and first.isascii() and _is_postcode(first, code) and len(first) > 2:
            postcode, pieces[place] = first, second
            break
    if len(pieces) == 1 and not any(char.isdigit() for char in pieces[0]):
        return ["", "", "", pieces[0], "", postcode], "", code, written, doubts
    street, locality, region = pieces[0], pieces[1] if len(pieces) > 1 else "", pieces[2] if len(pieces) > 2 else ""
    extended = ""
    if len(pieces) > 3:
        extended, locality, region = ", ".join(pieces[1:-2]), pieces[-2], pieces[-1]
    return [street, extended, "", locality, region, postcode], "", code, written, doubts


def _is_postcode(text: str, code: str) -> bool:
    if not text.isascii() or not _POSTCODE.match(text):
        return False
    if code in _FORMS:
        neat, _ = postcode_in(code, text)
        bare = "".join(char for char in neat if char.isalnum())
        return any(_fill(form, bare) for form in _FORMS[code])
    return sum(char.isdigit() for char in text) >= 2
