# Whole records over columns: each distinct text is read once in a run; rows with rare paths go through the row-wise form.
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from attrs import frozen

from canonical_contact.errors import InputError, Problem
from canonical_contact.model.consent import EvidenceKind
from canonical_contact.model.contact import Card
from canonical_contact.model.source import RawRecord, SourceRecord, record_key
from canonical_contact.normalize._batch_base import Cells, Memos
from canonical_contact.normalize._batch_layout import PLACES, paths
from canonical_contact.normalize._batch_sheet import Sheet
from canonical_contact.normalize.profile import Profile
from canonical_contact.normalize.record import Normalizer

__all__ = ["BATCH", "Records", "Run"]

BATCH: Final = 50_000  # rows that are in memory together
_OF_ADDRESS: Final = frozenset({EvidenceKind.BOUNCE, EvidenceKind.CONFIRMED_OPT_IN})


class Run:
    """Normalises tables of raw columns; what it has read once it reads from its memos, which are bounded.

    Args:
        default_region: as in `Normalizer`.
        profile: as in `Normalizer`.
        places: list → how many entries of it have columns (`emails`, `phones`, `addresses`, `organizations`); what a record has beyond
            them stands in the column `more`. By default three, three, two and one.

    >>> run = Run()
    >>> run.records({"phones[0].number": ["089 1234567"], "addresses[0].country": ["Germany"]}, system="s")["phones[0].number"]
    ['+49891234567']
    """

    def __init__(
        self, default_region: str = "", profile: Profile | None = None, *, places: Mapping[str, int] | None = None
    ) -> None:
        if unknown := set(places or ()) - set(PLACES):
            raise InputError(
                f"No list that has columns is called {min(unknown)}.", path="places", hint=f"Lists are {', '.join(PLACES)}."
            )
        self.places = {**PLACES, **(places or {})}
        self.paths = paths(self.places)
        self.normalizer = Normalizer(default_region, profile)
        self._memos = Memos(self.normalizer)

    def records(
        self,
        table: Any,  # noqa: ANN401  a mapping, or a pyarrow.Table or RecordBatch
        *,
        system: str,
        record_ids: Sequence[str | None] | None = None,
        columns: Mapping[str, str] | None = None,
        file: str = "",
        lines: Sequence[int] | None = None,
        first_row: int = 1,
    ) -> Records:
        """Normalise one table.

        Args:
            table: raw path → the texts of all rows, None where a cell is empty; or a `pyarrow` Table or RecordBatch with such columns.
            system: the source's name.
            record_ids: the source's own ids; the number of the row where there is none.
            columns: raw path → the column of the file that it was read from, for problems.
            file: the file it was read from, for problems.
            lines: the line of each row, for problems.
            first_row: the number of the first row.

        Returns:
            The records.

        Raises:
            InputError: columns have different lengths, or a cell is neither text nor None.
        """
        cells, size = _cells(table)
        for what, given in (("record_ids", record_ids), ("lines", lines)):
            if given is not None and len(given) != size:
                raise InputError(f"{len(given):,} entries for {size:,} rows.", path=what, hint="Give one for each row.")
        ids = [given or "" for given in record_ids] if record_ids is not None else [""] * size
        return self._made(_Source(self.normalizer, cells, system, ids, columns or {}, file, lines, first_row), size)

    def of(self, raws: Sequence[RawRecord]) -> Records:
        """Normalise records as `formats.read` gives them: of one system, with the same columns.

        Args:
            raws: the records; those whose evidence says something of an address are read the row-wise way.

        >>> raw = RawRecord("crm", "17", 1, "crm.csv", 2, {"name.given": "ANA"})
        >>> Run().of([raw])["name.given"]
        ['Ana']
        """
        cells: Cells = {}
        empty: list[str | None] = [None] * len(raws)
        for row, raw in enumerate(raws):
            for path, text in raw.values.items():
                column = cells.get(path)
                if column is None:
                    column = cells[path] = empty.copy()
                if text and not text.isspace():
                    column[row] = text
        first = raws[0] if raws else RawRecord("", "", 1, "", 0, {})
        ids = [raw.record_id or str(raw.row) for raw in raws]
        if any(raw.system != first.system for raw in raws):
            raise InputError("The records are of several systems.", path="raws", hint="Give those of one system at a time.")
        source = _Source(self.normalizer, cells, first.system, ids, first.columns, first.file, None, first.row, raws)
        told = [row for row, raw in enumerate(raws) if raw.problems or any(it.kind in _OF_ADDRESS for it in raw.evidence)]
        return self._made(source, len(raws), told)

    def _made(self, source: _Source, size: int, odd: Iterable[int] = ()) -> Records:
        known = frozenset(self.paths)
        sheet = Sheet(self._memos, source.cells, size, source.system, places=self.places, known=known)
        sheet.odd.update(odd)
        sheet.fill(source.record, source.key)
        return Records(self, source, sheet)

    def batches(self, table: Any, *, system: str, rows: int = BATCH, **more: Any) -> Iterator[Records]:  # noqa: ANN401
        """Normalise a table, or an iterable of tables one after the other, in batches of at most `rows` rows.

        Args:
            table: as in `records`, or an iterable of such tables (a `pyarrow.RecordBatchReader`).
            system: as in `records`.
            rows: how many rows are worked on together.
            more: what `records` takes, but for the lists with an entry for each row.
        """
        tables = [table] if isinstance(table, Mapping) or hasattr(table, "column_names") else table
        first = more.pop("first_row", 1)
        for one in tables:
            for part, size in _cut(one, rows):
                yield self.records(part, system=system, first_row=first, **more)
                first += size


@frozen
class _Source:
    """The raw rows of a batch."""

    normalizer: Normalizer
    cells: Cells
    system: str
    ids: list[str]
    columns: Mapping[str, str]
    file: str
    lines: Sequence[int] | None
    first_row: int
    raws: Sequence[RawRecord] | None = None

    def id(self, row: int) -> str:
        return self.ids[row] or str(self.first_row + row)

    def key(self, row: int) -> str:
        return record_key(self.system, self.id(row))

    def place(self, row: int) -> tuple[Mapping[str, str], str, int]:
        if self.raws is not None:
            raw = self.raws[row]
            return raw.columns, raw.file, raw.line
        return self.columns, self.file, self.lines[row] if self.lines is not None else 0

    def raw(self, row: int) -> RawRecord:
        if self.raws is not None:
            return self.raws[row]
        values = {path: text for path, column in self.cells.items() if (text := column[row]) is not None}
        number = self.first_row + row
        _, _, line = self.place(row)
        return RawRecord(self.system, self.ids[row], number, self.file, line, values, self.columns)

    def record(self, row: int) -> SourceRecord:
        return self.normalizer.record(self.raw(row), self.key(row), self.id(row))


class Records:
    """The records of one table in canonical form, in columns.

    A column is asked for by its canonical path (`name.given`, `emails[0].address`); it holds None where a record has no such value.

    >>> found = Run().records({"name.full": ["Dr. Ana Núñez"], "extensions.Size": ["39"], "gender": ["n/a"]}, system="crm")
    >>> found.row(0)
    {'name.full': 'Ana Núñez', 'name.title': 'Dr.', 'name.given': 'Ana', 'name.surname': 'Núñez', 'extensions.crm.Size': '39'}
    >>> [(row, problem.code) for row, problem in found.problems()]
    [(0, 'text.placeholder')]
    """

    __slots__ = ("_run", "_sheet", "_source")

    def __init__(self, run: Run, source: _Source, sheet: Sheet) -> None:
        self._run, self._source, self._sheet = run, source, sheet

    def __len__(self) -> int:
        return self._sheet.size

    def __repr__(self) -> str:
        return f"Records({self._source.system}: {len(self):,})"

    def __getitem__(self, path: str) -> list[Any]:
        if path == "record_id":
            return list(map(self._source.id, range(len(self))))
        if path in self._sheet.out:
            return list(self._sheet.out[path])
        if path in self._run.paths:
            return [None] * len(self)
        raise KeyError(path)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that have columns: those of every batch, then the extensions of this table."""
        return (*self._run.paths, *self._sheet.extensions)

    @property
    def more(self) -> list[dict[str, Any] | None]:
        """For each row what has no column: canonical path → value."""
        return [self._sheet.more.get(row) for row in range(len(self))]

    def row(self, row: int) -> dict[str, Any]:
        """Give all values of one record: canonical path → value."""
        out = self._sheet.out
        found = {path: out[path][row] for path in self.paths if path in out and out[path][row] is not None}
        return found | self._sheet.more.get(row, {})

    def problems(self) -> Iterator[tuple[int, Problem]]:
        """Give each problem with its row, from 0."""
        for row in sorted(self._sheet.troubles):
            for problem in self.problems_of(row):
                yield row, problem

    def problems_of(self, row: int) -> tuple[Problem, ...]:
        """Give the problems of one record."""
        columns, file, line = self._source.place(row)
        return tuple(
            [
                Problem(it.code, path, it.raw, it.hint, it.severity, columns.get(raw_path, ""), file, line) if path else it
                for it, path, raw_path in self._sheet.troubles.get(row, ())
            ]
        )

    def key(self, row: int) -> str:
        """Give the key of one record: `system:record_id`."""
        return self._source.key(row)

    def raw(self, row: int) -> RawRecord:
        """Give one row as it was read: its texts under their raw paths."""
        return self._source.raw(row)

    def card(self, row: int) -> Card:
        """Make the card of one record."""
        return self._source.record(row).card

    def source_record(self, row: int) -> SourceRecord:
        """Make the source record of one row, as `Normalizer.record` does, with its claims and digest."""
        return self._source.record(row)

    def to_dict(self, *, sparse: bool = False) -> dict[str, list[Any]]:
        """Make a dict of lists: `record_id`, every path, `more` (a dict or None) and `problems` (a tuple of `Problem`).

        Args:
            sparse: leave out paths that no record of the table has.
        """
        wanted = [path for path in self.paths if not sparse or path in self._sheet.out]
        found = {"record_id": self["record_id"]} | {path: self[path] for path in wanted}
        return found | {"more": self.more, "problems": [self.problems_of(row) for row in range(len(self))]}

    def to_arrow(self, *, extensions_as_map: bool = False) -> Any:  # noqa: ANN401  a pyarrow.RecordBatch
        """Make a `pyarrow.RecordBatch` with the same columns as `to_dict`; `more` is JSON text.

        Args:
            extensions_as_map: put all extensions into one column, so that the batches of different tables have one schema.

        Raises:
            MissingExtraError: pyarrow is not installed.
        """
        from canonical_contact.normalize._batch_arrow import records_to_arrow

        return records_to_arrow(self["record_id"], self._run.paths, self._sheet, as_map=extensions_as_map)


def _cells(table: Any) -> tuple[Cells, int]:  # noqa: ANN401
    """Take the columns that hold any text; a blank cell is an empty one."""
    if hasattr(table, "column_names") and hasattr(table, "num_rows"):
        from canonical_contact.normalize._batch_arrow import lists

        return lists(table), table.num_rows
    found: Cells = {}
    size = -1
    for path, given in table.items():
        column = given.to_pylist() if hasattr(given, "to_pylist") else given if isinstance(given, list) else list(given)
        if size not in (-1, len(column)):
            raise InputError(
                f"The column {path} has {len(column):,} rows, others {size:,}.",
                path=path,
                hint="Each column has one text for every row.",
            )
        size = len(column)
        if column.count(None) == size:
            continue
        if wrong := set(map(type, column)) - {str, type(None)}:
            raise InputError(
                f"A cell of {path} is a {wrong.pop().__name__}.", path=path, hint="Cells are texts, or None where they are empty."
            )
        found[path] = [text if text and not text.isspace() else None for text in column]
    return found, max(size, 0)


def _cut(table: Any, rows: int) -> Iterable[tuple[Any, int]]:  # noqa: ANN401
    if hasattr(table, "column_names"):
        for start in range(0, table.num_rows, rows):
            part = table.slice(start, rows)
            yield part, part.num_rows
        return
    columns = {path: iter(column) for path, column in table.items()}
    while True:
        part = {path: list(islice(column, rows)) for path, column in columns.items()}
        size = max(map(len, part.values()), default=0)
        if not size:
            return
        yield part, size
