"""Any table for matching, as columns of texts: a file, a dict of lists, an Arrow table, a data frame."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, field, frozen

from canonical_contact.errors import InputError, MissingExtraError, Problem, Severity
from canonical_contact.formats import Limits, Presets, Source

if TYPE_CHECKING:
    from canonical_contact.formats._progress import Progress

__all__ = ["Table", "table_of", "typed_table"]

_WHOLE_FLOAT: Final = re.compile(r"-?\d+\.0\Z")
_SEEN: Final = 1_000  # rows that tell whether the first one names the columns
_BEYOND: Final = 20  # columns beyond the header; the last holds whatever else a row has, so that no row makes columns without end
_MAGIC: Final = {b"PAR1": "parquet", b"ARROW1": "arrow"}


@frozen(eq=False)
class Table:
    """A table as columns of texts.

    Args:
        name: what it is called; a file's name as the caller wrote it.
        names: the columns, each name once.
        columns: for each name its cells, one a row; None where there is nothing.
        headless: whether the file has no row of names, so that they are made up (`column_1` …).
        lines: the line of each row in its file; empty where it has none.
        problems: what is wrong with the file; of each kind a bounded number.
        delimiter: what divides the cells of the file.
        encoding: the file's codec.
        written: columns as their file has them, where `columns` says the same in another way (`4011.0`).
        beyond: cells that stand beyond the header, as columns with names of their own (`column_5` …); they go out again with their rows,
            and are no evidence, since nobody knows what they are.
    """

    name: str
    names: tuple[str, ...]
    columns: tuple[Sequence[str | None], ...] = field(repr=False)
    headless: bool = False
    lines: Sequence[int] = field(default=(), repr=False)
    problems: tuple[Problem, ...] = ()
    delimiter: str = ","
    encoding: str = "utf-8"
    written: Mapping[str, Sequence[str | None]] = field(factory=dict, repr=False)
    beyond: Mapping[str, Sequence[str | None]] = field(factory=dict, repr=False)

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.columns[0]) if self.columns else 0

    @property
    def as_written(self) -> dict[str, Sequence[str | None]]:
        """All its columns as the file has them, those beyond the header last."""
        named = zip(self.names, self.columns, strict=True)
        return {name: self.written.get(name, column) for name, column in named} | dict(self.beyond)

    def __getitem__(self, name: str) -> Sequence[str | None]:
        return self.columns[self.names.index(name)]


def table_of(
    source: Any,  # noqa: ANN401  whatever holds a table
    *,
    name: str = "",
    presets: Presets | None = None,
    limits: Limits | None = None,
) -> Table:
    """Take a table from whatever holds one.

    Args:
        source: the path of a delimited, Parquet or Arrow file; column → list of values; a `pyarrow` Table, RecordBatch or reader; a data
            frame of pandas, Polars or any other library that gives its Arrow stream (`__arrow_c_stream__`).
        name: what to call it; without it the file's name, else `table`.
        presets: the tables of the run, for recognising a header.
        limits: how much of a file may be in memory at once, as in `formats.read`.

    Returns:
        The table. Values that are no texts are written as texts: days as ISO 8601, whole numbers without a point.

    Raises:
        InputError: the file cannot be read or holds no table, or columns have different lengths.
        MissingExtraError: it is Arrow, Parquet or a data frame, and pyarrow is not installed.

    >>> table_of({"surname": ["Berg", None], "zip": [53111, 1067.0]}).columns
    (['Berg', None], ['53111', '1067'])
    """
    if isinstance(source, Table):
        return source
    if isinstance(source, (str, Path)):
        path = Path(source)
        kind = _magic(path)
        label = name or str(source)
        return (
            _of_arrow(_read_arrow(path, kind), label) if kind else _of_file(path, label, presets or Presets(), limits or Limits())
        )
    if isinstance(source, Mapping):
        return _of_columns(source, name or "table")
    if hasattr(source, "__arrow_c_stream__") or hasattr(source, "__arrow_c_array__"):
        return _of_arrow(arrow().table(source), name or "table")
    raise InputError(
        f"A {type(source).__name__} is no table.",
        path="table",
        hint="Give the path of a file, column → list, an Arrow table, or a data frame.",
    )


def typed_table(path: str | Path) -> Any:  # noqa: ANN401  a pyarrow.Table
    """Read a Parquet or Arrow file with the types of its columns; None for any other file."""
    kind = _magic(Path(path))
    return _read_arrow(Path(path), kind) if kind else None


def arrow() -> Any:  # noqa: ANN401  the module pyarrow
    try:
        return import_module("pyarrow")
    except ImportError:
        raise MissingExtraError("Reading Arrow, Parquet and data frames", "batch") from None


def _magic(path: Path) -> str:
    """Tell a Parquet or Arrow file by its first bytes."""
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
    except OSError:
        return ""
    return next((kind for mark, kind in _MAGIC.items() if head.startswith(mark)), "")


def _read_arrow(path: Path, kind: str) -> Any:  # noqa: ANN401  a pyarrow.Table
    pa = arrow()
    try:
        if kind == "parquet":
            return import_module("pyarrow.parquet").read_table(path)
        with pa.memory_map(str(path)) as stream:
            return pa.ipc.open_file(stream).read_all()
    except (OSError, ValueError) as error:  # pyarrow's errors are of these
        reason = str(error).splitlines()[0][:200]
        raise InputError(
            f"{path} cannot be read: {reason}", code="input.no_table", path=str(path), hint="Write it again."
        ) from None


# -- values to texts ---------------------------------------------------------------------------------------------------------------------


def _text(value: object) -> str | None:
    """Write a value as text; None where it is none."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, (list, tuple)):
        return "; ".join(filter(None, map(_text, value))) or None
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    text = str(value)
    return None if text in ("NaT", "<NA>") else text


def _whole(column: Sequence[str | None]) -> Sequence[str | None]:
    """Take the point off whole numbers that a gap in their column made into fractions (`4011.0`)."""
    first = next((text for text in column if text), "")
    if not _WHOLE_FLOAT.match(first) or not all(_WHOLE_FLOAT.match(text) for text in column if text):
        return column
    return [text[:-2] if text else text for text in column]


def _of_columns(table: Mapping[Any, Iterable[object]], name: str) -> Table:
    columns: list[list[str | None]] = []
    for key, given in table.items():
        if isinstance(given, (str, bytes)):
            raise InputError(
                f"The column {key} is one text.", path=str(key), hint="A column is a list with one value for every row."
            )
        listed: Iterable[object] = given.to_pylist() if hasattr(given, "to_pylist") else given
        columns.append([value if type(value) is str else _text(value) for value in listed])
        if len(columns[-1]) != len(columns[0]):
            raise InputError(
                f"The column {key} has {len(columns[-1]):,} rows, others {len(columns[0]):,}.",
                path=str(key),
                hint="Each column has one value for every row.",
            )
    return Table(name, tuple(map(str, table)), tuple(map(_whole, columns)))


def _of_arrow(table: Any, name: str) -> Table:  # noqa: ANN401  a pyarrow.Table
    from canonical_contact.formats._plan import column_names

    columns = [_texts(column.to_pylist()) for column in table.columns]
    return Table(name, tuple(column_names([str(one) for one in table.column_names])), tuple(map(_whole, columns)))


def _texts(values: list[Any]) -> list[str | None]:
    """Write values as texts; where they are something else, each distinct one once."""
    if set(map(type, values)) <= {str, type(None)}:
        return values
    known: dict[Any, str | None] = {}
    texts: list[str | None] = []
    for value in values:
        try:
            if value not in known:
                known[value] = _text(value)
            texts.append(known[value])
        except TypeError:  # lists and structs have no hash
            texts.append(_text(value))
    return texts


# -- files -------------------------------------------------------------------------------------------------------------------------------


def _of_file(path: Path, name: str, presets: Presets, limits: Limits) -> Table:
    from canonical_contact.formats._plan import column_names
    from canonical_contact.formats._progress import Progress
    from canonical_contact.formats._source import SourceKind, inspect

    source = inspect(path, name, presets, beside=False)
    layout = source.layout
    if source.kind is SourceKind.BROKEN or layout is None or not layout.header:
        hint = source.problem.hint if source.problem else "Cards are read by `unify`; bring them to a table with `convert` first."
        raise InputError(f"{name} is no table.", code="input.no_table", path=name, hint=hint)
    names = tuple(column_names([header.strip() for header in layout.header]))
    progress = Progress(name, presets, limits)
    columns, lines, beyond = _cells(source, names, progress)
    headless = _headless(layout.header, columns, presets)
    if headless:  # read again: the first row is one of the data, and a row that repeats it no repeated header
        names = tuple(f"column_{place}" for place in range(1, len(names) + 1))
        progress = Progress(name, presets, limits)
        hint = (
            "The first row reads as data and not as names of columns; it is taken as data, and the columns are called by number."
        )
        progress.tell(Problem("file.no_header", hint=hint, severity=Severity.INFO))
        bare = evolve(layout, header=names, header_row=layout.header_row - 1)
        columns, lines, beyond = _cells(evolve(source, layout=bare), names, progress)
    found = tuple(map(_whole, columns))
    written = {one: column for one, column, whole in zip(names, columns, found, strict=True) if whole is not column}
    problems = tuple(progress.problems)
    return Table(name, names, found, headless, lines, problems, layout.delimiter, layout.encoding, written, beyond)


def _cells(
    source: Source, names: Sequence[str], progress: Progress
) -> tuple[list[list[str | None]], array[int], dict[str, list[str | None]]]:
    """Read the rows of a file into columns, the line of each, and what stands beyond the header."""
    from canonical_contact.formats._plan import column_names
    from canonical_contact.formats._table import table_rows

    width, delimiter = len(names), source.layout.delimiter if source.layout else ","
    further = column_names([*names, *[""] * _BEYOND])[width:]
    columns: list[list[str | None]] = [[] for _ in range(width)]
    beyond: list[dict[int, str]] = []  # of each column the rows that have such a cell, which are few
    lines = array("q")
    for row, _ in table_rows(source, progress, blank=True):  # every row goes out again
        cells: Sequence[str] = row.cells
        lines.append(row.line)
        for problem in row.problems:
            progress.tell(evolve(problem, line=problem.line or row.line))
        if len(cells) != width:
            more = _filled(cells[width:])
            if more and width == 1:  # a header of one name has no delimiter: what looks like one is of the cell (`Schmidt, Anna`)
                cells = (delimiter.join((cells[0], *more)),)
            elif more:
                hint = (
                    f"The row has {len(cells)} cells and the header {width}; the rest is kept as {further[0]} and on. "
                    "Check for a stray delimiter."
                )
                progress.tell(Problem("row.too_many_cells", raw=more[0][:200], hint=hint, line=row.line))
                if len(more) > _BEYOND:
                    more = (*more[: _BEYOND - 1], delimiter.join(more[_BEYOND - 1 :]))
                beyond += [{} for _ in more[len(beyond) :]]
                for kept, cell in zip(beyond, more, strict=False):
                    if cell.strip():
                        kept[len(lines) - 1] = cell
            cells = (*cells[:width], *[""] * (width - len(cells)))
        for column, cell in zip(columns, cells, strict=True):
            column.append(cell if cell and not cell.isspace() else None)
    rows = range(len(lines))
    found = {name: [kept.get(row) for row in rows] for name, kept in zip(further, beyond, strict=False)}
    return columns, lines, found


def _filled(cells: Sequence[str]) -> Sequence[str]:
    """Take the empty cells off the end."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _headless(header: Sequence[str], columns: Sequence[Sequence[str | None]], presets: Presets) -> bool:
    """Tell a first row of data: it states values, or repeats what stands below, and names fewer columns than that."""
    from canonical_contact.formats._suggest_headers import HeaderReader
    from canonical_contact.formats._suggest_kinds import KindWords

    named = HeaderReader(presets, products=True).read(list(header))
    kinds = KindWords()

    def told(place: int) -> bool:
        hint = kinds.look(header[place])
        return (bool(named[place]) and named[place][0].score >= 0.85) or (hint is not None and hint.whole)

    names = data = 0
    for place, cell in enumerate(header):
        text = cell.strip()
        if not text:
            continue
        below = [one for one in columns[place][:_SEEN] if one]
        if told(place) and not any(char.isdigit() for char in text):
            names += 1
        elif _states(text) or text in below:
            data += 1
        elif told(place):
            names += 1
    return data > names


def _states(text: str) -> bool:
    """Whether a cell states an address, a number or a day, which no name of a column does."""
    letters = sum(char.isalpha() for char in text)
    digits = sum(char.isdigit() for char in text)
    return "@" in text or (digits > 0 and digits >= letters)
