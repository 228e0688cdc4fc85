"""`normalize`: the values of one file in canonical form, without a store."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import click

from canonical_contact.cli._columns import RECORD
from canonical_contact.cli._exit import Exit
from canonical_contact.cli._normalize import FORMS, Made, Write
from canonical_contact.cli._options import as_json, region_option, switches
from canonical_contact.cli._output import (
    check_writable,
    note,
    of_rows,
    print_json,
    tell_problems,
    writing,
    writing_bytes,
)
from canonical_contact.cli._progress import progress
from canonical_contact.errors import MissingExtraError, Problem

__all__ = ["command"]

_CHUNK = 2_000  # records that cross to a worker together


@click.command(name="normalize")
@click.argument("file", metavar="FILE")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="OUT",
    help="Where to write: .csv, .parquet (needs the extra [batch]), or .jsonl for whole records; - for CSV.",
)
@click.option("--system", default="", metavar="NAME", help="The source's name; by default the preset's, or the file's own.")
@click.option("--mapping", metavar="FILE", help="A mapping (TOML) for a file that no preset knows.")
@click.option("--workers", type=click.IntRange(1), default=None, metavar="N", help="Processes to work with; default: all cores.")
@region_option
@as_json
def command(*, file: str, output: str, system: str, mapping: str | None, workers: int | None, region: str, json_: bool) -> int:
    """Write the canonical values of FILE, one row for each record, with the number and the codes of its problems.

    Nothing is joined and nothing is stored. JSON Lines hold every value with its raw text and its problems; Parquet holds a column for
    each canonical path.
    """
    form = "csv" if output == "-" else FORMS.get(Path(output).suffix.lower(), "")
    if not form:
        raise click.UsageError(f"{output} ends in none of .csv, .jsonl and .parquet.")
    if output == "-" and json_:
        raise click.UsageError("With --json standard output is taken; name a file instead of -.")
    if form == "parquet":
        _need_parquet()
    check_writable(output, read=(file, mapping))
    switches()
    from canonical_contact.engine.local import Executor, chunked
    from canonical_contact.formats import read

    reading = read(file, system=system, mapping=Path(mapping) if mapping else None)
    problems: Counter[str] = Counter()
    examples: dict[str, Problem] = {}
    number = 0

    def followed(pieces: Iterable[Made]) -> Iterator[Made]:
        nonlocal number
        for piece in pieces:
            number += piece.records
            problems.update(piece.problems)
            for problem in piece.examples:
                examples.setdefault(problem.code, problem)
            bar.advance(piece.records)
            yield piece

    with progress(output=output) as bar:
        bar.stage("normalising", None)
        pieces = followed(Executor(workers or os.cpu_count() or 1).run(Write(form, region), chunked(reading, _CHUNK)))
        first = next(pieces, None)
        if first is None:
            why = reading.problems[0].hint if reading.problems else "It holds no record. Name a CSV or vCard export."
            note(f"error: {file}: {why}")
            return Exit.NOTHING_READ
        _FORMS[form](output, chain((first,), pieces))
    left_out = Counter(problem.code for problem in reading.problems)
    tell_problems(reading.problems)
    tell_problems((problem for code, problem in examples.items() if of_rows(code) and code not in left_out), problems)
    if json_:
        print_json({"records": number, "problems": dict(sorted((problems + left_out).items())), "output": output})
    else:
        told = ", ".join(f"{code} {count:,}" for code, count in problems.most_common())
        note(f"{number:,} records written to {output}" + (f"; problems: {told}" if told else "; no problems"))
    return Exit.DONE


def _need_parquet() -> None:
    try:
        import pyarrow as pa  # noqa: F401
    except ImportError:
        raise MissingExtraError("Parquet", "batch") from None


def _csv(output: str, pieces: Iterable[Made]) -> None:
    with writing(output) as stream:
        stream.write(",".join(RECORD) + "\n")
        for piece in pieces:
            stream.write(piece.text)


def _lines(output: str, pieces: Iterable[Made]) -> None:
    with writing(output) as stream:
        for piece in pieces:
            stream.write(piece.text)


def _parquet(output: str, pieces: Iterable[Made]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with writing_bytes(output) as stream:
        writer = None
        for piece in pieces:
            with pa.ipc.open_stream(piece.table) as reader:
                table = reader.read_all()
            writer = writer or pq.ParquetWriter(stream, table.schema, compression="zstd")
            writer.write_table(table)
        if writer:
            writer.close()


_FORMS = {"csv": _csv, "jsonl": _lines, "parquet": _parquet}
