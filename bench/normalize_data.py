"""What the normalisers are measured on: the tables of bench/data, a folder of exports, and texts made from them."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DATA = Path(__file__).parent / "data"
SUITE = Path(__file__).parent.parent / "tests" / "unit" / "normalize" / "data" / "email_validator_suite.json"
BIG = ("US", "GB", "DE", "FR", "IT", "ES", "BR", "IN")
Row = dict[str, str]

# What a column of the exports holds, by its header; the first that a row has is taken for the country.
COLUMNS = {
    "email": (
        "Email", "Additional email addresses", "E-mail 1 - Value", "E-mail 2 - Value", "E-mail Address", "E-mail 2 Address", "E-Mail", "Email Address",
    ),
    "phone": (
        "Phone Number", "Mobile Phone Number", "Phone", "MobilePhone", "HomePhone", "OtherPhone", "Phone 1 - Value", "Phone 2 - Value", "Business Phone",
        "Home Phone", "Mobile Phone", "Telefon", "Mobil",
    ),
    "organization": ("Company Name", "Account.Name", "Company", "Organization Name", "Firma"),
    "date": ("Date of birth", "Create Date", "Birthdate", "CreatedDate", "Birthday", "Geburtstag", "Stand", "LAST_CHANGED"),
}  # fmt: skip
GIVEN = ("First Name", "FirstName", "Vorname")
SURNAME = ("Last Name", "LastName", "Nachname")
COUNTRY = (
    "Country/Region",
    "MailingCountry",
    "Country",
    "Home Country/Region",
    "Business Country/Region",
    "Address 1 - Country",
    "Land",
    "CC",
)
ADDRESS = {
    "street": ("Street Address", "MailingStreet", "Street", "Home Street", "Straße"),
    "locality": ("City", "MailingCity", "Home City", "Ort"),
    "region": ("State/Region", "MailingState", "State", "Home State"),
    "postcode": ("Postal Code", "MailingPostalCode", "PostalCode", "Home Postal Code", "PLZ"),
    "country": COUNTRY,
}


def table(name: str | Path) -> list[Row]:
    """Read a table of bench/data, or any other."""
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def suite() -> list[str]:
    """Give the addresses of email-validator's own tests."""
    return [text for _, text in json.loads(SUITE.read_text(encoding="utf-8"))["addresses"]]


@dataclass
class World:
    """The cells of a folder of exports, each text once."""

    emails: list[Row] = field(default_factory=list)
    phones: list[Row] = field(default_factory=list)
    names: list[Row] = field(default_factory=list)  # the line of a record whose name stands in two fields, and the fields
    organizations: list[Row] = field(default_factory=list)
    dates: list[Row] = field(default_factory=list)
    addresses: list[Row] = field(default_factory=list)


def read_world(folder: Path) -> World:
    """Read the tables of a folder; those whose headers say nothing are passed over."""
    world, seen = World(), set[tuple[str, ...]]()
    lists = {"email": world.emails, "phone": world.phones, "organization": world.organizations, "date": world.dates}

    def once(into: list[Row], row: Row) -> None:
        key = (str(id(into)), *row.values())
        if key not in seen:
            seen.add(key)
            into.append(row)

    for row in _rows(folder):
        country = _first(row, COUNTRY)
        for kind, headers in COLUMNS.items():
            for header in headers:
                if text := row.get(header) or "":
                    once(lists[kind], {"input": text, "country": country})
        given, surname = _first(row, GIVEN), _first(row, SURNAME)
        if _plain(given) and _plain(surname) and " " not in given:  # with two words the first may be a title
            family_first = given[0] >= "\u3000"  # nobody writes these with the given name in front
            for line in (f"{surname} {given}" if family_first else f"{given} {surname}", f"{surname}, {given}"):
                once(world.names, {"input": line, "given": given, "family": surname})
        address = {part: text for part, headers in ADDRESS.items() if (text := _first(row, headers))}
        if {"postcode", "country", "locality"} <= set(address):
            once(world.addresses, address)
    return world


def _rows(folder: Path) -> Iterator[Row]:
    for path in sorted(folder.rglob("*.csv")):
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
        lines = text.splitlines(keepends=True)
        if not lines:
            continue
        delimiter = ";" if lines[0].count(";") > lines[0].count(",") else ","
        for row in csv.DictReader(lines, delimiter=delimiter):
            yield {key: value.strip() for key, value in row.items() if isinstance(key, str) and isinstance(value, str)}


def _first(row: Row, headers: tuple[str, ...]) -> str:
    return next((row[header] for header in headers if row.get(header)), "")


def _plain(text: str) -> bool:
    """Whether a field holds what it should: one or more words, without marks, titles or a second name in it."""
    return text[:1].isalpha() and all(char.isalpha() or char in " '-" for char in text) and "\ufffd" not in text


def plain_addresses(world: World, count: int, seed: int = 7) -> list[Row]:
    """Make plain addresses, no two alike, from those of the world."""
    rng = random.Random(seed)
    known = [
        row["input"]
        for row in world.emails
        if row["input"].isascii() and row["input"].count("@") == 1 and " " not in row["input"]
    ]
    known = [
        text for text in known if text[0].isalnum() and text.partition("@")[0][-1:].isalnum() and "." in text.partition("@")[2]
    ]
    return [
        {"input": f"{local}{number}@{domain}"}
        for number in range(count)
        for local, _, domain in [rng.choice(known).partition("@")]
    ]


def phone_rows(regions: tuple[str, ...], count: int, seed: int = 7) -> list[Row]:
    """Make numbers of regions (none: of all) in the three ways in which people write them, no two alike."""
    import phonenumbers as lib

    rng, found = random.Random(seed), dict[str, Row]()
    regions = regions or tuple(sorted(lib.SUPPORTED_REGIONS))
    kinds = (
        lib.PhoneNumberType.MOBILE,
        lib.PhoneNumberType.FIXED_LINE,
        lib.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        lib.PhoneNumberType.TOLL_FREE,
    )
    forms = (lib.PhoneNumberFormat.NATIONAL, lib.PhoneNumberFormat.INTERNATIONAL, lib.PhoneNumberFormat.E164)
    examples = {region: [one for kind in kinds if (one := lib.example_number_for_type(region, kind))] for region in regions}
    while len(found) < count:
        region = rng.choice(regions)
        if not examples[region]:
            continue
        number = lib.PhoneNumber()
        number.merge_from(rng.choice(examples[region]))
        national = number.national_number or 0
        digits = len(str(national))
        number.national_number = national // 10**4 * 10**4 + rng.randrange(10**4) if digits > 5 else national
        text = lib.format_number(number, rng.choice(forms))
        found.setdefault(f"{region} {text} {len(found) if digits <= 5 else ''}", {"input": text, "region": region})
    return list(found.values())
