"""What the workers of `normalize` do: raw records in, the text or the columns of the output out."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from canonical_contact.cli._columns import row_of_record, rows_of
from canonical_contact.errors import Problem
from canonical_contact.model import RawRecord, record_key

if TYPE_CHECKING:
    from canonical_contact.normalize.columns import Records, Run

__all__ = ["FORMS", "Made", "Write"]

FORMS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
EXAMPLES = 3  # problems of a kind that are kept with their text


class Made(NamedTuple):
    """A piece of the output."""

    records: int
    text: str
    table: bytes  # a record batch in Arrow's IPC format
    problems: dict[str, int]
    examples: list[Problem]


class Write:
    """Normalises a chunk of raw records and writes it: `csv`, `jsonl` or `parquet`; the memos live as long as the run.

    Args:
        form: how.
        region: ISO 3166-1 alpha-2 of national numbers whose record names no country.
    """

    def __init__(self, form: str, region: str) -> None:
        self._form, self._region = form, region
        self._run: Run | None = None

    def __call__(self, chunk: Sequence[RawRecord], /) -> Made:
        """Write one chunk."""
        from canonical_contact.normalize.columns import Run

        if self._run is None:
            self._run = Run(self._region)
        if self._form == "jsonl":
            return self._lines(chunk, self._run)
        tables = [self._run.of(list(raws)) for _, raws in groupby(chunk, key=lambda raw: raw.system)]
        problems = [problem for table in tables for _, problem in table.problems()]
        if self._form == "csv":
            return _made(len(chunk), problems, text=_csv(tables))
        return _made(len(chunk), problems, table=_arrow(tables))

    @staticmethod
    def _lines(chunk: Sequence[RawRecord], run: Run) -> Made:
        from canonical_contact.schema import to_json

        lines: list[str] = []
        problems: list[Problem] = []
        for raw in chunk:
            record_id = raw.record_id or str(raw.row)
            record = run.normalizer.record(raw, record_key(raw.system, record_id), record_id)
            problems += record.problems
            lines.append(to_json(record) + "\n")
        return _made(len(chunk), problems, text="".join(lines))

    def __getstate__(self) -> dict[str, object]:
        """A task crosses to the workers without its memos."""
        return self.__dict__ | {"_run": None}


def _made(records: int, problems: Iterable[Problem], *, text: str = "", table: bytes = b"") -> Made:
    counts = Counter[str]()
    examples: list[Problem] = []
    for problem in problems:
        counts[problem.code] += 1
        if counts[problem.code] <= EXAMPLES:
            examples.append(problem)
    return Made(records, text, table, dict(counts), examples)


def _csv(tables: Iterable[Records]) -> str:
    from canonical_contact.formats._cells import safe

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for table in tables:
        rare = {row for row, more in enumerate(table.more) if more}
        for number, row in enumerate(rows_of(table)):
            writer.writerow(map(safe, row_of_record(table.source_record(number)) if number in rare else row))
    return stream.getvalue()


def _arrow(tables: Iterable[Records]) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    writer = None
    for table in tables:
        raws = [table.raw(row) for row in range(len(table))]
        batch = table.to_arrow(extensions_as_map=True)
        told = {
            "system": pa.array([raw.system for raw in raws], pa.string()),
            "record_id": batch.column("record_id"),
            "file": pa.array([raw.file for raw in raws], pa.string()),
            "line": pa.array([raw.line for raw in raws], pa.int64()),
        }
        arrays = [*told.values(), *batch.columns[1:]]
        batch = pa.RecordBatch.from_arrays(arrays, names=[*told, *batch.schema.names[1:]])
        writer = writer or pa.ipc.new_stream(sink, batch.schema)
        writer.write_batch(batch)
    if writer:
        writer.close()
    packed: bytes = sink.getvalue().to_pybytes()
    return packed
