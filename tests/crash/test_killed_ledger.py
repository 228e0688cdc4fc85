"""Two processes append to one ledger, and one is killed amid a batch: one chain, which verifies, with whole batches only."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from canonical_contact.consent.ledger import anchor, verify
from canonical_contact.ports import EventRow
from canonical_contact.store import SQLiteStore

APPENDER = Path(__file__).with_name("appender.py")


def start(path: Path, name: str, batches: int, size: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(APPENDER), str(path), name, str(batches), str(size)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def ids(path: Path) -> list[str]:
    with SQLiteStore(path) as store:
        found = verify(store.entries(), store.ledger_head())
        assert found.ok, found.faults
        return [entry.event_id for entry in store.entries()]


def test_two_processes_make_one_chain_with_every_event_once(tmp_path: Path) -> None:
    path = tmp_path / "contacts.db"
    processes = [start(path, name, 20, 25) for name in ("one", "two")]
    for process in processes:
        go(process)
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    found = ids(path)
    assert len(found) == len(set(found)) == 20 * (2 * 25 + 1)
    assert Counter(name.partition("-")[0] for name in found) == {"one": 500, "two": 500, "all": 20}


def test_threads_with_stores_of_their_own_make_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "contacts.db"
    ids(path)

    def append(thread: int) -> None:
        with SQLiteStore(path, wait=60) as store:
            for batch in range(10):
                store.put_events(EventRow(f"{thread}-{batch}-{one}", "a:1", "email", "", False, "{}") for one in range(20))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(append, range(6)))
    found = ids(path)
    assert len(found) == len(set(found)) == 6 * 10 * 20


@pytest.mark.parametrize("pause", [0.0, 0.02, 0.1])
def test_a_batch_that_is_killed_is_there_whole_or_not_at_all_and_the_chain_goes_on(tmp_path: Path, pause: float) -> None:
    path, size = tmp_path / "contacts.db", 3_000
    with SQLiteStore(path) as store:
        store.put_events([EventRow("first", "a:1", "email", "", True, "{}")])
        noted = anchor(store.ledger_head())
    with start(path, "one", -1, size) as process:
        go(process)
        assert process.stdout is not None
        while process.stdout.readline() != "begun 1\n":
            pass
        time.sleep(pause)  # somewhere within a batch
        process.kill()
        process.wait(60)
    found = ids(path)
    batches = Counter(name.split("-")[1] for name in found if name.startswith("one-"))
    assert batches["0"] == size
    assert set(batches.values()) == {size}
    other = start(path, "two", 2, 5)
    other.communicate("go\n", timeout=60)
    assert len(ids(path)) == len(found) + 10 + max(0, 2 - len(batches))
    with SQLiteStore(path) as store:
        assert verify(store.entries(), store.ledger_head(), [noted]).ok
