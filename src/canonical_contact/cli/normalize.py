"""`normalize`: the values of one file in canonical form, without a store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from canonical_contact.cli._columns import RECORD, row_of_record
from canonical_contact.cli._exit import Exit
from canonical_contact.cli._options import as_json, region_option, switches
from canonical_contact.cli._output import check_writable, note, of_rows, print_json, tell_problems, write_csv, writing
from canonical_contact.cli._progress import Bar, progress
from canonical_contact.errors import Problem
from canonical_contact.model import RawRecord, SourceRecord

__all__ = ["command"]


@click.command(name="normalize")
@click.argument("file", metavar="FILE")
@click.option(
    "-o", "--output", required=True, metavar="OUT", help="Where to write: .csv, or .jsonl for whole records; - for CSV."
)
@click.option("--system", default="", metavar="NAME", help="The source's name; by default the preset's, or the file's own.")
@click.option("--mapping", metavar="FILE", help="A mapping (TOML) for a file that no preset knows.")
@region_option
@as_json
def command(*, file: str, output: str, system: str, mapping: str | None, region: str, json_: bool) -> int:
    """Write the canonical values of FILE, one row for each record, with the number and the codes of its problems.

    Nothing is joined and nothing is stored. JSON Lines hold every value with its raw text and its problems.
    """
    if output != "-" and Path(output).suffix.lower() not in (".csv", ".jsonl", ".ndjson"):
        raise click.UsageError(f"{output} ends in neither .csv nor .jsonl.")
    if output == "-" and json_:
        raise click.UsageError("With --json standard output is taken; name a file instead of -.")
    check_writable(output, read=(file, mapping))
    switches()
    from canonical_contact.formats import read

    reading = read(file, system=system, mapping=Path(mapping) if mapping else None)
    problems: Counter[str] = Counter()
    examples: dict[str, Problem] = {}
    with progress(output=output) as bar:
        records = _records(reading, region, problems, examples, bar)
        first = next(records, None)
        if first is None:
            why = reading.problems[0].hint if reading.problems else "It holds no record. Name a CSV or vCard export."
            note(f"error: {file}: {why}")
            return Exit.NOTHING_READ
        number = _write(output, first, records)
    left_out = Counter(problem.code for problem in reading.problems)
    tell_problems(reading.problems)
    tell_problems((problem for code, problem in examples.items() if of_rows(code) and code not in left_out), problems)
    if json_:
        print_json({"records": number, "problems": dict(sorted((problems + left_out).items())), "output": output})
    else:
        told = ", ".join(f"{code} {count:,}" for code, count in problems.most_common())
        note(f"{number:,} records written to {output}" + (f"; problems: {told}" if told else "; no problems"))
    return Exit.DONE


def _records(
    reading: Iterable[RawRecord], region: str, problems: Counter[str], examples: dict[str, Problem], bar: Bar
) -> Iterator[SourceRecord]:
    from canonical_contact.model import record_key
    from canonical_contact.normalize import Normalizer

    bar.stage("reading", None)
    normalizer = Normalizer(default_region=region)
    for raw in reading:
        record_id = raw.record_id or str(raw.row)
        record = normalizer.record(raw, record_key(raw.system, record_id), record_id)
        for problem in record.problems:
            problems[problem.code] += 1
            examples.setdefault(problem.code, problem)
        bar.advance(1)
        yield record


def _write(output: str, first: SourceRecord, others: Iterator[SourceRecord]) -> int:
    from itertools import chain

    records = chain((first,), others)
    if output == "-" or output.lower().endswith(".csv"):
        return write_csv(output, RECORD, map(row_of_record, records))
    from canonical_contact.schema import to_json

    number = 0
    with writing(output) as stream:
        for record in records:
            stream.write(to_json(record) + "\n")
            number += 1
    return number
