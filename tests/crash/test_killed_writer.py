"""A writer that is killed (SIGKILL) leaves a whole store behind, and a second run ends where an unbroken one would have."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact.store import SQLiteStore

WRITER = Path(__file__).with_name("writer.py")
FIRST, SECOND, THIRD = (datetime(2026, 7, day, tzinfo=UTC) for day in (1, 2, 3))


def write(path: Path, start: datetime) -> None:
    subprocess.run([sys.executable, WRITER, path, start.isoformat(), "never"], check=True, timeout=60)


def write_and_die(path: Path, start: datetime, moment: str) -> None:
    command = [sys.executable, str(WRITER), str(path), start.isoformat(), moment]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "reached\n"
        process.kill()
        process.wait(60)


def contents(path: Path) -> list[object]:
    with SQLiteStore(path) as store:
        streams = (store.records(), store.events(), store.contacts(), store.members(), store.history("run"))
        return [*map(list, streams), store.setting("last"), store.counts(), [row.contact_id for row in store.find("email", "x")]]


@pytest.mark.parametrize("moment", ["begun", "records", "events", "contacts", "written", "commit"])
def test_a_killed_run_leaves_nothing_half_done_and_is_taken_up(tmp_path: Path, moment: str) -> None:
    broken, unbroken = tmp_path / "broken.db", tmp_path / "unbroken.db"
    write(broken, FIRST)
    before = contents(broken)
    write(unbroken, FIRST)
    write(unbroken, SECOND)
    after = contents(unbroken)
    assert after != before

    write_and_die(broken, SECOND, moment)
    if moment not in ("begun", "commit"):
        assert Path(f"{broken}-wal").stat().st_size > 500_000  # the half of it was on the disk

    with closing(sqlite3.connect(broken)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with SQLiteStore(broken) as store:
        left = store.unfinished_run()
    if moment == "commit":  # the signal came before the commit, or after it
        assert (contents(broken), left is None) in ((before, False), (after, True))
    else:
        assert contents(broken) == before
        assert left is not None
    if left is not None:
        assert left.started_at == SECOND
        write(broken, THIRD)
    assert contents(broken) == after
    with SQLiteStore(broken) as store:
        assert store.unfinished_run() is None


def test_a_first_run_that_is_killed_keeps_its_start(tmp_path: Path) -> None:
    path, unbroken = tmp_path / "contacts.db", tmp_path / "unbroken.db"
    for moment in ("begun", "contacts", "written"):
        write_and_die(path, SECOND if moment != "begun" else FIRST, moment)
    write(path, THIRD)
    write(unbroken, FIRST)
    assert contents(path) == contents(unbroken)
