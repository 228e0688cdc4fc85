"""Small tables of many habits, for what recognises their columns; made from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable

Table = dict[str, list[str | None]]

_GIVEN = [
    "robert",
    "john",
    "emily",
    "grace",
    "liam",
    "noah",
    "olivia",
    "amelia",
    "thomas",
    "chloe",
    "jackson",
    "hannah",
    "isabella",
    "joshua",
]
_SURNAMES = [
    "smith",
    "jones",
    "taylor",
    "brown",
    "wilson",
    "evans",
    "walker",
    "wright",
    "green",
    "baker",
    "clarke",
    "noble",
    "white",
    "king",
    "hill",
]
_TOWNS = ["london", "leeds", "bristol", "norwich", "swansea", "derby", "lincoln", "bath"]
_JOBS = ["politician", "painter", "writer", "military officer", "clergyman", "botanist", "chess player", "engineer"]


def _table(seed: int, rows: int, names: list[str], row: Callable[[int, random.Random], list[object]]) -> Table:
    draw = random.Random(seed)
    made = [row(number, draw) for number in range(rows)]
    return {
        name: [None if cells[place] in ("", None) else str(cells[place]) for cells in made] for place, name in enumerate(names)
    }


def _person(draw: random.Random) -> tuple[str, str]:
    return draw.choice(_GIVEN), draw.choice(_SURNAMES)


def _day(draw: random.Random, form: str = "{y}-{m:02}-{d:02}") -> str:
    return form.format(y=draw.randint(1900, 2004), m=draw.randint(1, 12), d=draw.randint(1, 28))


def _or_none(text: object, draw: random.Random, share: float = 0.15) -> object:
    return "" if draw.random() < share else text


def febrl(rows: int = 120) -> Table:
    """Australian people with slips of the pen; days as eight digits, one of them none."""

    def row(number: int, draw: random.Random) -> list[object]:
        given, surname = _person(draw)
        day = "19155111" if number == 3 else _day(draw, "{y}{m:02}{d:02}")
        return [
            f"rec-{number // 2}-{'org' if number % 2 else 'dup-0'}", _or_none(given, draw), surname, draw.randint(1, 200),
            f"{draw.choice(_TOWNS)} street", _or_none(f"{draw.choice(_TOWNS)} lodge", draw, 0.4), draw.choice(_TOWNS),
            draw.randint(2000, 7999), draw.choice(["nsw", "vic", "qld"]), _or_none(day, draw, 0.05) if number != 3 else day,
            draw.randint(1_000_000, 9_999_999),
        ]  # fmt: skip

    names = [
        "rec_id",
        "given_name",
        "surname",
        "street_number",
        "address_1",
        "address_2",
        "suburb",
        "postcode",
        "state",
        "date_of_birth",
        "soc_sec_id",
    ]
    return _table(1, rows, names, row)


def fake(rows: int = 120) -> Table:
    """People with a column of the truth."""

    def row(number: int, draw: random.Random) -> list[object]:
        given, surname = _person(draw)
        mail = f"{given[0]}{surname}{number}@example.org"
        return [
            number,
            given.title(),
            surname.title(),
            _day(draw),
            draw.choice(_TOWNS).title(),
            _or_none(mail, draw),
            number // 3,
        ]

    return _table(2, rows, ["unique_id", "first_name", "surname", "dob", "city", "email", "cluster"], row)


def historical(rows: int = 160) -> Table:
    """Persons of old times whose whole name stands beside its parts, twice."""

    def row(number: int, draw: random.Random) -> list[object]:
        given, surname = _person(draw)
        return [
            f"Q{2296 + number // 4}-{number % 4}", f"Q{2296 + number // 4}", f"{draw.choice(['', 'sir '])}{given} {surname}",
            f"{given} {surname}", given, surname, _day(draw).replace("19", "16", 1), _or_none(draw.choice(_TOWNS), draw),
            f"ta{draw.randint(1, 30)} {draw.randint(1, 9)}ab", draw.choice(["male", "female"]), _or_none(draw.choice(_JOBS), draw),
        ]  # fmt: skip

    names = "unique_id cluster full_name first_and_surname first_name surname dob birth_place postcode_fake gender occupation"
    return _table(3, rows, names.split(), row)


def voters(rows: int = 120) -> Table:
    """American voters in capitals, with postcodes that lost their zeros."""

    def row(number: int, draw: random.Random) -> list[object]:
        given, surname = _person(draw)
        return [
            100_000 + 3 * number, given.upper(), _or_none(draw.choice("ABC"), draw), surname.upper(), draw.randint(18, 95),
            draw.choice("MF"), f"{draw.randint(1, 999)} {draw.choice(['MAIN ST', 'OAK AVE'])}", draw.choice(_TOWNS).upper(),
            draw.choice([27601, 27513, 27401, 2701]),
        ]  # fmt: skip

    return _table(4, rows, ["voter_id", "first_name", "middle_name", "last_name", "age", "gender", "street", "city", "zip"], row)


def firms(rows: int = 120) -> Table:
    """Organisations, with header words of their own."""

    def row(number: int, draw: random.Random) -> list[object]:
        name = f"{draw.choice(['Acme', 'Harbor', 'Delta'])} {draw.choice(['Tools Inc', 'Foods', 'GmbH'])} {number}"
        return [
            number + 1, name, f"{draw.randint(1, 99)} High Street", draw.choice(_TOWNS), draw.randint(10_000, 99_999),
            f"(212) 555-{draw.randint(1000, 9999)}", f"http://www.firm{number}.com/",
        ]  # fmt: skip

    return _table(5, rows, ["id", "company name", "address", "city", "zip", "phone", "website"], row)


def restaurants(rows: int = 120) -> Table:
    """Restaurants: their `name` is not that of a person."""
    kinds = ["delicatessen", "bistro", "grill", "on main", "bel-air", ""]

    def row(_: int, draw: random.Random) -> list[object]:
        name = f"{draw.choice(['arts', 'cafe', 'fenix', 'chinois', 'spago', 'hotel'])} {draw.choice(kinds)}".strip()
        street = f"{draw.randint(1, 9999)} {draw.choice(['ventura blvd', 'sunset blvd', 'main st'])}"
        phone = f"{draw.choice(['310', '212'])}/{draw.randint(200, 999)}-{draw.randint(1000, 9999)}"
        return [name, street, draw.choice(["los angeles", "new york"]), phone, draw.choice(["american", "french", "delis"])]

    return _table(6, rows, ["name", "addr", "city", "phone", "type"], row)


def german(rows: int = 80) -> Table:
    """A German sheet; days first, and a house number in a column of its own."""

    def row(number: int, draw: random.Random) -> list[object]:
        given, surname = _person(draw)
        return [
            number + 1, draw.choice(["Herr", "Frau"]), given.title(), surname.title(), draw.choice(["Hauptstr.", "Waldweg"]),
            draw.randint(1, 99), f"{draw.randint(1000, 99999):05}", draw.choice(["Berlin", "Köln"]),
            _day(draw, "{d:02}.{m:02}.{y}"), f"030 {draw.randint(100000, 999999)}", draw.choice(["Bonn", "Ulm", "Essen"]),
        ]  # fmt: skip

    names = ["Nr", "Anrede", "Vorname", "Nachname", "Straße", "Hausnr", "PLZ", "Ort", "Geburtsdatum", "Telefon", "Geburtsort"]
    return _table(7, rows, names, row)


def french(rows: int = 80) -> Table:
    """A French sheet."""

    def row(number: int, draw: random.Random) -> list[object]:
        given, surname = _person(draw)
        return [
            number + 1, given.title(), surname.upper(), f"{draw.randint(1, 99)} rue de la Paix", f"{draw.randint(1000, 95999):05}",
            draw.choice(["Paris", "Lyon"]), _day(draw, "{d:02}/{m:02}/{y}"), draw.choice(["Lille", "Brest", "Nice"]),
            draw.choice(["avocat", "boulanger", "médecin"]),
        ]  # fmt: skip

    names = ["Identifiant", "Prénom", "Nom", "Adresse", "Code postal", "Ville", "Né(e) le", "Lieu de naissance", "Profession"]
    return _table(8, rows, names, row)


def spanish(rows: int = 80) -> Table:
    """A Spanish sheet with two surnames and the number of the identity card."""

    def row(_: int, draw: random.Random) -> list[object]:
        given, surname = _person(draw)
        return [
            f"{draw.randint(10_000_000, 99_999_999)}{draw.choice('TRWAG')}", given.title(), surname.title(),
            draw.choice(_SURNAMES).title(), f"Calle Mayor {draw.randint(1, 99)}", f"{draw.randint(1000, 52999):05}",
            draw.choice(["Madrid", "Sevilla"]), _day(draw, "{d:02}/{m:02}/{y}"), f"6{draw.randint(10_000_000, 99_999_999)}",
        ]  # fmt: skip

    names = [
        "DNI",
        "Nombre",
        "Primer apellido",
        "Segundo apellido",
        "Domicilio",
        "CP",
        "Población",
        "Fecha de nacimiento",
        "Móvil",
    ]
    return _table(9, rows, names, row)


def birth_parts(rows: int = 80) -> Table:
    """Names in components, and the day of birth in three columns."""

    def row(_: int, draw: random.Random) -> list[object]:
        given, surname = _person(draw)
        second = _or_none(draw.choice(_GIVEN), draw, 0.8)
        return [
            given.upper(), str(second).upper(), surname.upper(), "", draw.randint(1930, 2000), draw.randint(1, 12),
            draw.randint(1, 28),
        ]  # fmt: skip

    return _table(10, rows, ["fname_c1", "fname_c2", "lname_c1", "lname_c2", "by", "bm", "bd"], row)


def bare_rows(rows: int = 80) -> list[list[str]]:
    """Rows of people without a header."""
    draw = random.Random(11)
    made = []
    for _ in range(rows):
        given, surname = _person(draw)
        made.append(
            [
                given.title(), surname.title(), f"{given}{draw.randint(1, 500)}@example.org", f"{draw.randint(1, 99)} High Street",
                draw.choice(_TOWNS).title(), f"BS{draw.randint(1, 9)} {draw.randint(1, 9)}AB", _day(draw, "{d:02}/{m:02}/{y}"),
            ]
        )  # fmt: skip
    return made
