"""Worlds with truth as one Parquet file of normalised columns each.

A world is generated (bench/make_exports.py), its exports are read with `formats` and normalised with the batch normaliser, chunk by chunk,
so that memory does not grow with the number of records but for the truth. What is written is what `match.features.features` takes from a
card, under plain names; `flat` beside it is what a contact table of one e-mail and one phone a row holds, folded, for the peers.
"""

from __future__ import annotations

import csv
import gc
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import make_exports

ROWS = 20_000
WORDS = (
    "key", "system", "given", "given2", "surname", "surname2", "generation", "title", "read_given", "read_surname", "street", "postcode",
    "locality", "region", "country", "employer", "birthday",
)  # fmt: skip
LISTS = ("nicknames", "emails", "role_emails", "phones", "loose_phones", "same_as")
TRUTH = ("person_id", "blocked")  # never shown to a matcher
FLAT = (
    "given_name", "middle_name", "surname", "full_name", "email", "phone", "street", "postcode", "city", "country", "company",
    "birth_date",
)  # fmt: skip
# Column → the path of the batch that it is taken from.
PATHS = {
    "given": "name.given", "given2": "name.given2", "surname": "name.surname", "surname2": "name.surname2",
    "generation": "name.generation", "title": "name.title", "read_given": "name.phonetic_given", "read_surname": "name.phonetic_surname",
    "street": "addresses[0].street", "postcode": "addresses[0].postcode", "locality": "addresses[0].locality",
    "region": "addresses[0].region", "country": "addresses[0].country_code", "birthday": "birthday",
}  # fmt: skip
MAILS = ("emails[0]", "emails[1]", "emails[2]")
PHONES = ("phones[0]", "phones[1]", "phones[2]")


def generate(folder: Path, people: int, seed: int, errors: float) -> None:
    """Write a world's exports; `errors` multiplies the rate of everything that goes wrong on the way into a system."""
    rates = make_exports.RATES | {name: min(1.0, make_exports.RATES[name] * errors) for name in make_exports.ERRORS}
    enabled = gc.isenabled()
    gc.disable()  # nothing there is cyclic
    try:
        make_exports.Exports(folder, people, seed, make_exports.Settings(rates=rates)).run()
    finally:
        if enabled:
            gc.enable()


def truth_of(folder: Path) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Record key → person; person → channels on which somebody must not be contacted."""
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        people = {f"{system}:{record}": sys.intern(person) for system, record, person in rows}
    blocked: dict[str, list[str]] = defaultdict(list)
    with (folder / "consent_truth.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["blocked"] == "1":
                blocked[row["person_id"]].append(row["channel"])
    return people, blocked


def write(folder: Path, target: Path) -> dict[str, int]:
    """Normalise a world's exports into `target` (and `flat` beside it); give the numbers of records and people."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text, texts = pa.string(), pa.list_(pa.string())
    schema = pa.schema(
        [(name, text) for name in WORDS] + [(name, texts) for name in LISTS] + [("person_id", text), ("blocked", texts)]
    )
    flat_schema = pa.schema([(name, text) for name in FLAT])
    people, blocked = truth_of(folder)
    number = 0
    part, flat_part = target.with_suffix(".part"), target.with_suffix(".flat-part")
    with pq.ParquetWriter(part, schema) as writer, pq.ParquetWriter(flat_part, flat_schema) as flat_writer:
        for columns in chunks(folder):
            persons = [people.pop(key) for key in columns["key"]]  # a key that is not there or comes twice is an error
            columns |= {"person_id": persons, "blocked": [blocked.get(person, []) for person in persons]}
            writer.write_table(pa.table({name: columns[name] for name in schema.names}, schema=schema))
            flat_writer.write_table(pa.table(flat(columns), schema=flat_schema))
            number += len(persons)
    if people:
        raise SystemExit(f"{len(people)} records of the truth were not read from {folder}")
    count = json.loads((folder / "expected_kpis.json").read_text(encoding="utf-8"))["people"]
    flat_part.replace(flat_path(target))
    part.replace(target)
    return {"records": number, "people": count}


def flat_path(target: Path) -> Path:
    return target.with_name(f"{target.stem}.flat.parquet")


def chunks(folder: Path) -> Iterator[dict[str, list[Any]]]:
    """Read and normalise the exports of a folder, a few thousand records at a time."""
    from canonical_contact.formats import SourceKind, discover, read
    from canonical_contact.normalize.columns import Run

    run = Run()
    for source in discover([folder]):
        if source.kind is SourceKind.CONTACTS:
            raws = iter(read(source))
            while chunk := list(islice(raws, ROWS)):
                yield columns_of(run.of(chunk), source.system, [raw.values.get("same_as[0]") for raw in chunk])


def columns_of(found: Any, system: str, same_as: list[str | None]) -> dict[str, list[Any]]:
    """Give the columns of a batch of normalised records."""
    from canonical_contact.model.channels import DIRECT_DIAL
    from canonical_contact.normalize import loose_phones

    rows = range(len(found))
    columns: dict[str, list[Any]] = {name: found[path] for name, path in PATHS.items()}
    columns["key"] = [found.key(row) for row in rows]
    columns["system"] = [system] * len(found)
    names, keys = found["organizations[0].name"], found["organizations[0].key"]
    columns["employer"] = [key or name for name, key in zip(names, keys, strict=True)]
    mails = [zip(found[f"{at}.address"], found[f"{at}.key"], found[f"{at}.role"], strict=True) for at in MAILS]
    phones = [zip(found[f"{at}.number"], found[f"{at}.extension"], found[f"{at}.country_code"], strict=True) for at in PHONES]
    columns["nicknames"] = [list(given or ()) for given in found["nicknames"]]
    columns["same_as"] = [[also] if also else [] for also in same_as]
    columns["loose_phones"] = [list(loose_phones(found.problems_of(row))) for row in rows]
    columns |= {name: [] for name in ("emails", "role_emails", "phones", "mails")}
    beyond = found.more
    for row, told, calls in zip(rows, zip(*mails, strict=True), zip(*phones, strict=True), strict=True):
        own = [(key or address, bool(role)) for address, key, role in told if address]
        numbers = [
            number + (extension or "") if country in DIRECT_DIAL else number for number, extension, country in calls if number
        ]
        if beyond[row]:  # a fourth address or number has no column
            card = found.card(row)
            own = [(mail.key or mail.address, mail.role) for mail in card.emails]
            numbers = [phone.dialled for phone in card.phones]
        columns["emails"].append(list(dict.fromkeys(mail for mail, role in own if not role)))
        columns["role_emails"].append(list(dict.fromkeys(mail for mail, role in own if role)))
        columns["mails"].append([mail for mail, _ in own])
        columns["phones"].append(list(dict.fromkeys(numbers)))
    return columns


class Folded(dict[str, str | None]):
    """Text → the text in lower case, without accents, in Latin letters; None where nothing is left."""

    def __missing__(self, text: str) -> str | None:
        from canonical_contact.normalize import fold

        self[text] = found = " ".join(fold(text).split()) or None
        return found


def flat(columns: dict[str, list[Any]]) -> dict[str, list[str | None]]:
    """Lay the columns flat: the first e-mail, the first phone; folded, as the peers' guides ask for."""
    folded = Folded()

    def of(*names: str) -> list[str | None]:
        return [folded[" ".join(filter(None, parts))] for parts in zip(*(columns[name] for name in names), strict=True)]

    given, surname = of("given"), of("surname", "surname2")
    return {
        "given_name": given,
        "middle_name": of("given2"),
        "surname": surname,
        "full_name": [" ".join(filter(None, pair)) or None for pair in zip(given, surname, strict=True)],
        "email": [mails[0] if mails else None for mails in columns["mails"]],
        "phone": [
            (numbers or loose or [None])[0] for numbers, loose in zip(columns["phones"], columns["loose_phones"], strict=True)
        ],
        "street": of("street"),
        "postcode": [code and code.replace(" ", "").replace("-", "") for code in of("postcode")],
        "city": of("locality"),
        "country": columns["country"],
        "company": of("employer"),
        "birth_date": columns["birthday"],
    }


def main() -> None:
    """Make one world: python -m match.worlds EXPORTS TARGET [PEOPLE SEED ERRORS]; exports that are there already are taken."""
    exports, target = Path(sys.argv[1]), Path(sys.argv[2])
    if len(sys.argv) > 3:
        generate(exports, int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
    print(json.dumps(write(exports, target)))


if __name__ == "__main__":
    main()
