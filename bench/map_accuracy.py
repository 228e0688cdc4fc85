"""How many columns `canonical-contact map` reads right: python bench/map_accuracy.py [--wrong]

The questions: the headers of known products with the products unknown to it and no cells; tables of eighteen languages and habits with
cells; tables that were written last and that nothing was tuned to; the eighteen without cells, and with the columns' names taken away. A column is right where its best proposal is the true path
(of an address: the part, of a list: the list), where what looks like consent is flagged, and where nothing is proposed for what the
schema has no field for.
"""

from __future__ import annotations

import csv
import json
import random
import re
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
ROWS = 60
Sheet = list[tuple[str, str, str]]  # column, truth, kind of its cells

_GIVEN = [
    "Anna",
    "José",
    "Marie",
    "Luca",
    "Emma",
    "Piotr",
    "Sofie",
    "João",
    "Karin",
    "Tom",
    "Yusuf",
    "Ingrid",
    "Paul",
    "Elena",
    "Mehmet",
    "Clara",
]
_SURNAMES = [
    "Müller",
    "García",
    "Dupont",
    "Rossi",
    "Smith",
    "Kowalski",
    "de Vries",
    "Silva",
    "Lindqvist",
    "O'Brien",
    "Yılmaz",
    "Novák",
    "Jensen",
    "Virtanen",
]
_CITIES = [
    "Berlin",
    "Madrid",
    "Lyon",
    "Torino",
    "Leeds",
    "Kraków",
    "Utrecht",
    "Porto",
    "Malmö",
    "Cork",
    "Izmir",
    "Brno",
    "Aarhus",
    "Turku",
]
_FIRMS = [
    "Nordlicht GmbH",
    "Acme Ltd",
    "Belle Rive SARL",
    "Officine S.r.l.",
    "Levante S.L.",
    "Baltyk Sp. z o.o.",
    "De Brug B.V.",
    "Oy Kivi Ab",
    "Harbor Inc.",
]
_STREETS = [
    "Hauptstr.",
    "Calle Mayor",
    "rue de la Paix",
    "Via Roma",
    "High Street",
    "ul. Polna",
    "Dorpsstraat",
    "Rua Augusta",
    "Storgatan",
    "Nørregade",
]
_JOBS = ["Engineer", "Einkauf", "Directrice", "Sales Manager", "Buchhalterin", "Consultant", "CEO", "Nurse"]
_NOTES = [
    "called back, wants a quote for 200 units",
    "met at the trade fair in May, likes blue",
    "left company? check again next year",
    "prefers to be called in the morning",
]
_COUNTRIES = ["Germany", "Spain", "FR", "Italia", "United Kingdom", "PL", "Nederland"]


def _cell(kind: str, row: int, draw: random.Random) -> str:
    """Make one cell."""
    given, surname = draw.choice(_GIVEN), draw.choice(_SURNAMES)
    day = f"{draw.randint(1, 28):02d}.{draw.randint(1, 12):02d}.{draw.randint(1940, 2004)}"
    made = {
        "id": lambda: str(10000 + row * 7),
        "uuid": lambda: f"{draw.getrandbits(32):08x}-{row:04x}",
        "title": lambda: draw.choice(["Herr", "Frau", "Dr.", "Mr", "Mrs"]),
        "given": lambda: given,
        "surname": lambda: surname,
        "particle": lambda: draw.choice(["", "", "van", "de", "van der"]),
        "full": lambda: f"{given} {surname}",
        "email": lambda: f"{given}.{surname}{row}@example.org".lower().replace(" ", "").replace("'", ""),
        "phone": lambda: draw.choice(["+49 30 {}", "0{}", "(0171) {}", "0{}-22"]).format(draw.randint(2000000, 9999999)),
        "company": lambda: draw.choice([*_FIRMS, ""]),
        "job": lambda: draw.choice(_JOBS),
        "street": lambda: f"{draw.choice(_STREETS)} {draw.randint(1, 180)}",
        "house": lambda: str(draw.randint(1, 90)) + draw.choice(["", "", "a"]),
        "flat": lambda: draw.choice(["", "Apt 4", "2nd floor"]),
        "postcode": lambda: str(draw.randint(10000, 99999)),
        "city": lambda: draw.choice(_CITIES),
        "region": lambda: draw.choice(["NY", "CA", "Sevilla", "TO", "SP", "MA"]),
        "country": lambda: draw.choice(_COUNTRIES),
        "birthday": lambda: draw.choice([day, day, ""]),
        "moment": lambda: (
            f"{draw.randint(2019, 2026)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d} {draw.randint(0, 23):02d}:{draw.randint(0, 59):02d}"
        ),
        "yes": lambda: draw.choice(["ja", "nein", "yes", "no", ""]),
        "note": lambda: draw.choice([*_NOTES, "", ""]),
        "code": lambda: draw.choice(["A1", "B2", "C"]),
        "amount": lambda: f"{draw.randint(10, 9000)},{draw.randint(0, 99):02d}",
        "tags": lambda: draw.choice(["VIP", "Stamm;VIP", "Neu", ""]),
        "words": lambda: draw.choice(["web", "friend", "none", "vegan", "advert"]),
        "language": lambda: draw.choice(["de", "fr-FR", "en_GB"]),
        "owner": lambda: draw.choice(["b.osei", "m.tanaka"]),
    }
    return made[kind]()


def languages(which: str = "sheet") -> list[tuple[str, Sheet]]:
    """The tables of map_headers.toml, their columns shuffled."""
    data = tomllib.loads((HERE / "map_headers.toml").read_text(encoding="utf-8"))
    sheets = []
    for number, sheet in enumerate(data[which]):
        columns = [(name, truth, kind) for name, truth, kind in sheet["columns"]]
        random.Random(number).shuffle(columns)
        sheets.append((sheet["name"], columns))
    return sheets


def products() -> list[tuple[str, Sheet]]:
    """The headers of export_headers.json, with what each column holds."""
    data = json.loads((HERE / "export_headers.json").read_text(encoding="utf-8"))
    sheets = []
    for product, entry in data.items():
        if product.startswith("_"):
            continue
        names = {**entry["columns"], **{name.replace("{n}", "1"): path for name, path in entry.get("groups", {}).items()}}
        sheets.append((product, [(name, _truth(path), "") for name, path in names.items()]))
    return sheets


_TRUTHS = {
    "name.suffix_raw": "name.suffix", "lead_status": "lifecycle.status", "timezone": "time_zone", "source.system": "source_channel",
    "languages": "preferred_languages", "anniversary": "anniversaries.date", "deleted": "deleted", "score": "score",
}  # fmt: skip
_PARTS = {"postOfficeBox": "po_box"}


def _truth(path: str) -> str:
    """Bring a path of the reference to the form that is compared."""
    path = re.sub(r"\([^)]*\)", "", path)
    bare = re.sub(r"\[[^\]]*\]", "", path)
    if bare.startswith("consent."):
        return "extensions" if bare.endswith(("_ip", "_campaign", "_campaign_id")) else "consent"
    if bare.startswith("external_ids."):
        return "id?"
    head, _, part = bare.partition(".")
    head = {"links": "online_services"}.get(head, head)
    if bare in _TRUTHS or head in _TRUTHS:
        return _TRUTHS.get(bare) or _TRUTHS[head]
    if head == "titles":
        return "titles"
    if head in ("suppression", "geo", "assistant", "custom", "photo", "source", "merged_into", "merged_ids") or part in (
        "bounces", "bad", "quarantined", "bounced", "bounce_reason", "bounced_at",
    ):  # fmt: skip
        return "extensions"
    return f"{head}.{_PARTS.get(part, part)}" if part else head


def judged(sheets: list[tuple[str, Sheet]], *, cells: bool, names: bool = True) -> list[tuple[str, str, str, str]]:
    """Ask for a proposal for each table; give (table, column, truth, proposal)."""
    from canonical_contact.formats import Presets
    from canonical_contact.formats.suggest import suggest_mapping

    presets, answers = Presets(), []
    with tempfile.TemporaryDirectory() as folder:
        for number, (sheet, columns) in enumerate(sheets):
            draw = random.Random(number)
            file = Path(folder, f"{number}.csv")
            header = [name if names else f"Column {place}" for place, (name, _, _) in enumerate(columns, 1)]
            with file.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream, delimiter=";")
                writer.writerow(header)
                for row in range(ROWS if cells else 0):
                    writer.writerow([_cell(kind, row, draw) for _, _, kind in columns])
            found = suggest_mapping(file, presets=presets, products=False)
            for (name, truth, _), one in zip(columns, found.columns, strict=True):
                path = re.sub(r"\[[^\]]*\]", "", one.path) if one.confidence >= 0.5 else ""
                answers.append((sheet, name, truth, "consent" if one.consent else path or "extensions"))
    return answers


def right(truth: str, proposal: str) -> bool:
    """Whether a proposal is the truth. Of several ids in a header one can be the record's; there are no columns of some things here."""
    return proposal == truth or (truth in ("id?", "deleted", "anniversaries.date") and proposal in ("id", "extensions"))


def share(answers: list[tuple[str, str, str, str]]) -> float:
    """The share of columns that are right."""
    return sum(right(truth, proposal) for _, _, truth, proposal in answers) / len(answers)


QUESTIONS: dict[str, Callable[[], list[tuple[str, str, str, str]]]] = {
    "headers of known products, the products unknown to it, no cells": lambda: judged(products(), cells=False),
    "tables in eighteen languages and habits, with cells": lambda: judged(languages(), cells=True),
    "tables that nothing was tuned to, with cells": lambda: judged(languages("held_out"), cells=True),
    "the same eighteen, without cells": lambda: judged(languages(), cells=False),
    "the same eighteen, without the names of the columns": lambda: judged(languages(), cells=True, names=False),
}


def main() -> None:
    """Print the figures."""
    for question, ask in QUESTIONS.items():
        answers = ask()
        print(f"{share(answers):6.1%} of {len(answers):3} columns: {question}")
        if "--wrong" in sys.argv:
            for sheet, name, truth, proposal in answers:
                if not right(truth, proposal):
                    print(f"        {sheet}: {name!r} is {truth}, proposed {proposal}")


if __name__ == "__main__":
    main()
