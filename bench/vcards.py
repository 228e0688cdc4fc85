"""Cards read and written back, beside vobject: python bench/vcards.py [--cards 100000] [--seed 4] [--json] [--least 5].

Writes a file of made-up cards (a third each of version 2.1, 3.0 and 4.0) and lets each subject read it and write it back, each in a
process of its own, one after the other: cards a second and the peak of resident memory. Subjects:
- vobject: lines to its components and back to text (it writes version 3.0), with `allowQP`, without which it gives up on folded
  quoted-printable;
- lines: this library, lines to properties of version 4.0 and back to bytes, which is the same work;
- contacts: this library, lines to contacts (through JSContact, RFC 9555) and back to bytes.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

GIVEN = ("Ana", "Zoë", "José", "Mary", "Łukasz", "Ingrid", "Sam", "Aïcha", "Jürgen", "Mei")
SURNAMES = ("Lopez", "Núñez", "O'Neil", "Meyer", "Kowalska", "Smith", "van den Berg", "Sørensen", "García Márquez", "Li")
CITIES = (
    ("Ulm", "89073", "DE"),
    ("Paris", "75001", "FR"),
    ("Kraków", "30-001", "PL"),
    ("Leeds", "LS1 4AP", "GB"),
    ("Göteborg", "416 22", "SE"),
)
FIRMS = ("Acme\\; Sons", "Thistle Walker Limited", "Montclair Leroy SAS", "Nord & Söhne GmbH")


def quoted(text: str) -> str:
    return "".join(f"={byte:02X}" for byte in text.encode())


def soft(line: str, width: int = 70) -> list[str]:
    """Fold quoted-printable with soft breaks, as version 2.1 does."""
    parts = []
    while len(line) > width:
        end = width - 2 if "=" in line[width - 2 : width] else width
        parts.append(line[:end] + "=")
        line = line[end:]
    return [*parts, line]


def folded(line: str) -> list[str]:
    return [line[:72], *(" " + line[place : place + 72] for place in range(72, len(line), 72))] if len(line) > 75 else [line]


def card(number: int, rng: random.Random) -> list[str]:
    given, surname, (city, code, country) = rng.choice(GIVEN), rng.choice(SURNAMES), rng.choice(CITIES)
    mail, phone, uid = (
        f"{surname[:3].lower()}{number}@example.org",
        f"+49 170 {number:07d}",
        f"urn:uuid:{rng.getrandbits(128):032x}",
    )
    match number % 3:
        case 0:
            lines = [
                "VERSION:2.1", *soft(f"N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{quoted(surname)};{quoted(given)};;;"), f"FN:{given} {surname}", f"TEL;CELL;PREF:{phone}",
                f"TEL;WORK;FAX:0731 {number % 10_000}", f"EMAIL;HOME:{mail}",
                *soft(f"ADR;HOME;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;;{quoted(f'Kungsvägen {number % 90}')};{quoted(city)};;{code};{country}"), "BDAY:1990-01-02",
            ]  # fmt: skip
        case 1:
            note = f"Met at the fair\\, asked for the catalogue number {number}\\nand for a call back in the week after. " * (
                1 + number % 2
            )
            lines = [
                "VERSION:3.0", "PRODID:-//Apple Inc.//iPhone OS 17.5.1//EN", f"N:{surname};{given};María,José;Dr.;", f"FN:Dr. {given} {surname}",
                f"item1.EMAIL;type=INTERNET;type=pref:{mail}", "item1.X-ABLabel:_$!<Home>!$_", f"TEL;TYPE=CELL,VOICE:{phone}", f"ORG:{rng.choice(FIRMS)};Sales",
                "TITLE:Head of Purchasing", f"ADR;TYPE=WORK:;;Weg {number % 90};{city};;{code};{country}", f"UID:{uid}", *folded(f"NOTE:{note}"), "CATEGORIES:Customer,Fair",
                "REV:2019-11-01T01:19:55Z",
            ]  # fmt: skip
        case _:
            lines = [
                "VERSION:4.0", f"UID:{uid}", "KIND:individual", f"N:{surname};{given};;;", f"FN:{given} {surname}", f'TEL;VALUE=uri;PREF=1;TYPE="cell,voice":tel:{phone.replace(" ", "-")}',
                f"EMAIL;PREF=1;TYPE=work:{mail}", *folded(f'ADR;TYPE=work;LABEL="12 Rue {number % 90}^n{code} {city}";CC={country}:;;12 Rue {number % 90};{city};;{code};{country}'),
                "LANG;PREF=1:fr", "BDAY:--0412", f"ORG:{rng.choice(FIRMS)}", f"X-CUSTOMER:{number}", "REV:20191101T011955Z",
            ]  # fmt: skip
    return ["BEGIN:VCARD", *lines, "END:VCARD", ""]


def make(path: Path, count: int, seed: int) -> None:
    rng = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as stream:
        for number in range(count):
            stream.write("\r\n".join(card(number, rng)))


def run_vobject(source: Path, target: Path) -> int:
    import logging

    import vobject

    logging.disable(logging.CRITICAL)
    count = 0
    with source.open(encoding="utf-8", newline="") as stream, target.open("w", encoding="utf-8", newline="") as out:
        for one in vobject.readComponents(stream, allowQP=True):
            out.write(one.serialize())
            count += 1
    return count


def run_lines(source: Path, target: Path) -> int:
    from canonical_contact.formats.vcard.upgrade import Upgrade
    from canonical_contact.formats.vcard.wire import open_cards
    from canonical_contact.formats.vcard.write import card_bytes

    def ignore(*_: object) -> None:
        return

    upgrade, count = Upgrade(), 0
    with source.open("rb") as stream, target.open("wb") as out:
        for one in open_cards(stream, ignore):
            out.write(card_bytes(upgrade.properties(one, ignore), ignore))
            count += 1
    return count


def run_contacts(source: Path, target: Path) -> int:
    from canonical_contact.formats.exchange import read_contacts, write_contacts

    return write_contacts(read_contacts(source, format="vcard"), target, format="vcard").contacts


SUBJECTS = {"vobject": run_vobject, "lines": run_lines, "contacts": run_contacts}


def measured(subject: str, source: Path, target: Path) -> dict[str, Any]:
    words = [sys.executable, __file__, "--subject", subject, str(source), str(target)]
    return dict(json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--least", type=float, default=5.0, help="exit with 1 where `lines` is not so many times as fast as vobject"
    )
    parser.add_argument("--subject", choices=SUBJECTS, help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="*", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.subject:
        started = time.perf_counter()
        count = SUBJECTS[options.subject](*options.files)
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"cards": count, "seconds": seconds, "cards_per_second": count / seconds, "peak_bytes": peak}))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "cards.vcf"
        make(source, options.cards, options.seed)
        size = source.stat().st_size
        results = {name: measured(name, source, Path(scratch) / f"{name}.vcf") for name in SUBJECTS}
    base = results["vobject"]["cards_per_second"]
    if options.json:
        print(json.dumps({"cards": options.cards, "bytes": size, "subjects": results}, indent=1))
    else:
        print(f"{options.cards:,} cards, {size / 1e6:.1f} MB, read and written back")
        print(f"{'subject':<12}{'cards':>10}{'seconds':>10}{'cards/s':>10}{'× vobject':>11}{'peak MB':>10}")
        for name, one in results.items():
            rate = one["cards_per_second"]
            print(
                f"{name:<12}{one['cards']:>10,}{one['seconds']:>10.1f}{rate:>10,.0f}{rate / base:>11.1f}{one['peak_bytes'] / 1e6:>10.0f}"
            )
    return int(
        results["lines"]["cards_per_second"] < options.least * base
        or any(one["cards"] != options.cards for one in results.values())
    )


if __name__ == "__main__":
    sys.exit(main())
