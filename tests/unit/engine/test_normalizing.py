from __future__ import annotations

import gc
import pickle
from typing import Any

import pyarrow as pa

from canonical_contact.engine.local import Executor
from canonical_contact.engine.normalizing import Normalize, Piece, normalize_tables
from canonical_contact.normalize import columns

ROWS = 60
TABLE: dict[str, list[str | None]] = {
    "name.given": [f"ANA{chr(97 + row % 26)}" for row in range(ROWS)],
    "emails[0].address": [f"A{row}@Example.org" if row % 7 else None for row in range(ROWS)],
    "phones[0].number": [f"089 12345{row:02}" for row in range(ROWS)],
    "extensions.Size": [str(row) if row % 2 else None for row in range(ROWS)],
}


def joined(batches: list[dict[str, list[Any]]]) -> dict[str, list[Any]]:
    return {path: [value for batch in batches for value in batch[path]] for path in batches[0]}


def test_several_processes_give_what_one_gives_in_order() -> None:
    wanted = columns.records(TABLE, system="crm", default_region="DE").to_dict(sparse=True)
    for workers in (1, 2):
        made = list(normalize_tables([("crm", TABLE)], Executor(workers), default_region="DE", rows=7))
        assert [system for system, _ in made] == ["crm"] * 9
        assert joined([batch for _, batch in made]) == wanted


def test_arrow_in_arrow_out() -> None:
    table = pa.table(TABLE)
    wanted = columns.records(table, system="crm", default_region="DE").to_arrow()
    for given in (table, table.to_batches()[0]):
        batches = [batch for _, batch in normalize_tables([("crm", given)], Executor(2), default_region="DE", rows=7)]
        assert pa.Table.from_batches(batches).combine_chunks().to_pylist() == wanted.to_pylist()
    assert list(normalize_tables([("crm", table.slice(0, 0)), ("crm", {})])) == []


def test_a_task_crosses_without_its_memos() -> None:
    task = Normalize("DE")
    task(Piece("crm", dict(TABLE), 1))
    assert len(pickle.dumps(task)) < 5_000
    assert pickle.loads(pickle.dumps(task))(Piece("crm", dict(TABLE), 1)) == task(Piece("crm", dict(TABLE), 1))


def test_collection_of_cycles_is_as_it_was() -> None:
    assert gc.isenabled()
    Normalize()(Piece("crm", dict(TABLE), 1))
    assert gc.isenabled()
