# An address laid out as its country writes it, and what it lacks; from libaddressinput's formats.
from __future__ import annotations

import re
from typing import Final

from canonical_contact.model.channels import PostalAddress
from canonical_contact.normalize._address_region import find_subdivisions
from canonical_contact.normalize._address_rules import FIELDS, country_rule, known_region

__all__ = ["address_lines", "missing_fields"]

_ELSEWHERE: Final = {"format": "%N%n%O%n%A%n%C %S %Z"}  # a country without rules: every field is written
_TOKEN: Final = re.compile(r"%([A-Z])|([^%]+)")
_ABROAD: Final = re.compile(r"(?<![%A-Z])[A-Z]{1,3}-(?=%Z)")


def address_lines(
    address: PostalAddress,
    *,
    latin: bool = False,
    upper: bool = False,
    name: str = "",
    organization: str = "",
    country: str = "",
) -> list[str]:
    """Lay an address out as its country writes it, for an envelope or a page.

    Args:
        address: the address; one that is kept whole gives its text, line by line.
        latin: whether to use the order, and the names of states and provinces, of the country's Latin form, where it has another script.
        upper: whether to write in capitals what the country's post wants so; the address itself never is.
        name: the person, to stand where the country has the addressee.
        organization: the firm.
        country: the last line of mail from abroad, as the sender's post wants it; the address's `country_code` is not written by itself.

    Returns:
        The lines, none empty. Nothing of the address is left out: what the format has no place for stands with the town.

    >>> address_lines(PostalAddress(street="Hauptstr. 5", postcode="10115", locality="Berlin", country_code="DE"), name="Ana Núñez")
    ['Ana Núñez', 'Hauptstr. 5', '10115 Berlin']
    >>> address_lines(PostalAddress(street="1 Main St", locality="Springfield", region="Illinois", postcode="62704", country_code="US"))
    ['1 Main St', 'Springfield, IL 62704']
    """
    rule = country_rule(address.country_code) or _ELSEWHERE
    form: str = rule.get("latin", rule["format"]) if latin else rule["format"]
    if not country:
        form = _ABROAD.sub("", form)  # CH-8001 is for mail from abroad
    last = [country or address.country] if country or address.country else []
    if address.full and not (address.street or address.locality or address.postcode or address.po_box):
        texts = [name, organization, *address.full.splitlines()]
        return [text for text in texts if text] + [text for text in last if text not in address.full]
    region = address.region
    if region and (found := find_subdivisions(region, address.country_code)) and len(found) == 1:
        region = found[0].latin if latin and not found[0].written.isascii() else found[0].written
    fields = {
        "N": name,
        "O": organization,
        "A": "\n".join(filter(None, (address.street, address.extended, address.po_box))),
        "C": address.locality,
        "S": region,
        "Z": address.postcode,
    }
    _make_room(form, fields)
    if upper:
        for letter in rule.get("upper", ""):
            if letter in fields:
                fields[letter] = fields[letter].upper()
    lines: list[str] = []
    for line in form.split("%n"):
        lines += _filled(line, fields).split("\n")
    lines += [text for text in address.full.splitlines() if text not in lines]
    return [text for line in lines + last if (text := line.strip(" ,-"))]


def _make_room(form: str, fields: dict[str, str]) -> None:
    """Put what the format has no place for where the town or the street is written."""
    asian = form.startswith(("%Z", "%S", "〒"))  # large parts first, and no spaces between them
    if fields["C"] and "%C" not in form:
        street = fields["A"]
        fields["A"] = fields["C"] + street if asian else "\n".join(filter(None, (street, fields["C"])))
    if fields["S"].casefold() == fields["C"].casefold():  # Madrid in the province of Madrid
        fields["S"] = ""
    place = "C" if "%C" in form else "A"
    if fields["Z"] and "%Z" not in form:
        fields[place] = " ".join(filter(None, (fields[place], fields["Z"])))
    if fields["S"] and "%S" not in form:
        fields[place] = "\n".join(filter(None, (fields[place], fields["S"])))


def _filled(line: str, fields: dict[str, str]) -> str:
    """Fill one line: what stands between two fields is written only where both are there."""
    made, waiting, begun = "", "", False
    for found in _TOKEN.finditer(line):
        if found[2] is not None:
            waiting += found[2]
        elif text := fields.get(found[1], ""):
            made += (waiting if begun or waiting.strip(" ,-/") else "") + text
            waiting, begun = "", True
        else:
            waiting = waiting if begun and not waiting.strip(" ,-/") else ""
    return made if begun else (waiting if "%" not in line else "")


def missing_fields(address: PostalAddress, *, region: str = "") -> tuple[str, ...]:
    """Name the fields that mail in the address's country needs and the address lacks.

    Args:
        address: the address.
        region: the country to go by where the address has no `country_code`.

    Returns:
        Names of fields of the address; nothing where the country is not known, or the address is kept whole.

    >>> missing_fields(PostalAddress(street="1 Main St", locality="Springfield", country_code="US"))
    ('region', 'postcode')
    """
    rule = country_rule(address.country_code or known_region(region))
    whole = address.full and not (address.street or address.locality or address.postcode)
    if rule is None or whole:
        return ()
    there = {
        "street": address.street or address.extended or address.po_box,
        "locality": address.locality,
        "region": address.region,
        "postcode": address.postcode,
    }
    needed = [FIELDS[letter] for letter in rule["required"] if letter in FIELDS]
    return tuple(field for field in needed if field in there and not there[field])
