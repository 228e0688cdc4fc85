"""Phones, each subject in a process of its own: the pattern cache of phonenumbers is a setting of the whole process.

What is done for a row: parse, valid or not, type, region, E.164 and the international form. bench/normalize.py starts it:
python bench/normalize_phones.py SUBJECT ROWS.json [--answers]
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from normalize_data import Row

STOCK, CACHED, US, RUST = "phonenumbers", "phonenumbers, pattern cache", "canonical-contact", "rphonenumbers"
WARM = 200  # rows before the clock starts: the metadata of a region loads when it is first asked for
Answer = tuple[bool, str, str, str, str]  # valid, type, region, E.164, international form


def _library() -> Callable[[Row], Answer]:
    import phonenumbers as lib

    types = {value: name.lower() for name, value in vars(lib.PhoneNumberType).items() if isinstance(value, int)}

    def run(row: Row) -> Answer:
        number = lib.parse(row["input"], row["region"])
        return (
            lib.is_valid_number(number),
            types[lib.number_type(number)],
            lib.region_code_for_number(number) or "",
            lib.format_number(number, lib.PhoneNumberFormat.E164),
            lib.format_number(number, lib.PhoneNumberFormat.INTERNATIONAL),
        )

    return run


def _cached() -> Callable[[Row], Answer]:
    import phonenumbers as lib

    lib.enable_pattern_cache()
    return _library()


def _ours() -> Callable[[Row], Answer]:
    from canonical_contact.normalize import phone, phone_display

    def run(row: Row) -> Answer:
        value = phone(row["input"], region=row["region"]).value
        if value is None:
            return False, "", "", "", ""
        return bool(value.line_type), value.line_type, value.country_code, value.number, phone_display(value)

    return run


def _rust() -> Callable[[Row], Answer]:
    import rphonenumbers as lib

    def run(row: Row) -> Answer:
        number = lib.parse(row["input"], row["region"])
        return (
            lib.is_valid_number(number),
            str(lib.number_type(number)),
            lib.region_code_for_number(number) or "",
            lib.format_number(number, lib.PhoneNumberFormat.E164),
            lib.format_number(number, lib.PhoneNumberFormat.INTERNATIONAL),
        )

    return run


SUBJECTS: dict[str, Callable[[], Callable[[Row], Answer]]] = {STOCK: _library, CACHED: _cached, US: _ours, RUST: _rust}


def answers(run: Callable[[Row], Answer], rows: list[Row]) -> list[Any]:
    found: list[Any] = []
    for row in rows:
        try:
            found.append(run(row))
        except Exception as error:  # noqa: BLE001  # what a library raises is its answer
            found.append(type(error).__name__)
    return found


def measure(rows: list[Row], repeats: int, names: list[str]) -> dict[str, dict[str, Any]]:
    """Run the subjects in turn, each time in a new process; give their medians in rows a second, and their answers."""
    told: dict[str, dict[str, Any]] = {name: {"rates": []} for name in names}
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "rows.json"
        path.write_text(json.dumps(rows), encoding="utf-8")
        for repeat in range(repeats):
            for name in names:
                words = [sys.executable, __file__, name, str(path), *(["--answers"] if not repeat else [])]
                done = subprocess.run(words, capture_output=True, text=True, check=False)
                if done.returncode:
                    told[name]["missing"] = done.stderr.strip().rpartition("\n")[2]
                    continue
                said = json.loads(done.stdout)
                told[name]["rates"].append(len(rows) / said["seconds"])
                if not repeat:
                    told[name]["answers"] = said["answers"]
    for one in told.values():
        one["rate"] = statistics.median(one.pop("rates") or [0.0])
    return told


def main() -> int:
    name, path, *rest = sys.argv[1:]
    rows = json.loads(Path(path).read_text(encoding="utf-8"))
    run = SUBJECTS[name]()
    first = {row["region"]: row for row in rows}  # one of each region, so that what is measured is the work and not the loading
    answers(run, [*first.values(), *rows[:WARM]])
    started = time.process_time()
    found = answers(run, rows)
    seconds = time.process_time() - started
    print(json.dumps({"seconds": seconds, "answers": found if "--answers" in rest else []}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
