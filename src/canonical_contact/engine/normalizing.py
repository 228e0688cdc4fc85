"""Tables of raw columns → tables of canonical columns, batch by batch, on all cores; results in the order of the input, in bounded memory."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from canonical_contact.engine.local import Executor

if TYPE_CHECKING:
    from canonical_contact.normalize import Profile
    from canonical_contact.normalize.columns import Run

__all__ = ["Normalize", "Piece", "no_collection", "normalize_tables"]

ROWS = 20_000  # rows that cross to a worker together


class Piece(NamedTuple):
    """A batch on its way: to a worker with raw columns, from it with canonical ones.

    Args:
        system: the source's name.
        table: column → list of texts; or a record batch in Arrow's IPC format.
        first_row: the number of its first row in its table, from 1.
    """

    system: str
    table: dict[str, list[Any]] | bytes
    first_row: int


class Normalize:
    """Normalises pieces; the memos of its `Run` live as long as the stage."""

    def __init__(self, default_region: str = "", profile: Profile | None = None) -> None:
        self._default_region, self._profile = default_region, profile
        self._run: Run | None = None

    def __call__(self, piece: Piece, /) -> Piece:
        """Normalise one piece."""
        from canonical_contact.normalize.columns import Run

        if self._run is None:
            self._run = Run(self._default_region, self._profile)
        with no_collection():
            table = _unpacked(piece.table) if isinstance(piece.table, bytes) else piece.table
            found = self._run.records(table, system=piece.system, first_row=piece.first_row)
            made = _packed(found.to_arrow()) if isinstance(piece.table, bytes) else found.to_dict(sparse=True)
        return Piece(piece.system, made, piece.first_row)

    def __getstate__(self) -> dict[str, object]:
        """A task crosses to the workers without its memos."""
        return self.__dict__ | {"_run": None}


@contextmanager
def no_collection() -> Iterator[None]:
    """Look for no cycles: a batch makes a million objects and none, and each look at them all takes a tenth of its time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def normalize_tables(
    tables: Iterable[tuple[str, Any]],
    executor: Executor | None = None,
    *,
    default_region: str = "",
    profile: Profile | None = None,
    rows: int = ROWS,
) -> Iterator[tuple[str, Any]]:
    """Normalise tables of raw columns.

    Args:
        tables: (system, table): raw path → texts, or a `pyarrow` Table or RecordBatch with such columns.
        executor: where it runs; by default in this process.
        default_region: as in `Normalizer`.
        profile: as in `Normalizer`.
        rows: rows of a batch.

    Returns:
        (system, batch) in order: a dict of lists as `Records.to_dict(sparse=True)` for a mapping, a `pyarrow.RecordBatch` for an Arrow
        table.

    >>> [(system, batch["name.given"]) for system, batch in normalize_tables([("crm", {"name.given": ["ANA", "BEN"]})], rows=1)]
    [('crm', ['Ana']), ('crm', ['Ben'])]
    """
    for made in (executor or Executor()).run(Normalize(default_region, profile), _pieces(tables, rows)):
        yield made.system, _unpacked(made.table) if isinstance(made.table, bytes) else made.table


def _pieces(tables: Iterable[tuple[str, Any]], rows: int) -> Iterator[Piece]:
    for system, table in tables:
        if isinstance(table, Mapping):
            columns = {path: iter(column) for path, column in table.items()}
            first = 1
            while size := max(
                map(len, (part := {path: list(islice(it, rows)) for path, it in columns.items()}).values()), default=0
            ):
                yield Piece(system, part, first)
                first += size
        else:
            for start in range(0, table.num_rows, rows):
                yield Piece(system, _packed(table.slice(start, rows)), start + 1)


def _packed(table: Any) -> bytes:  # noqa: ANN401  a pyarrow.Table or RecordBatch
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write(table)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


def _unpacked(packed: bytes) -> Any:  # noqa: ANN401  a pyarrow.RecordBatch
    import pyarrow as pa

    with pa.ipc.open_stream(packed) as reader:
        table = reader.read_all().combine_chunks()
    batches = table.to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)
