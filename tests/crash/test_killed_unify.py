"""`unify` killed at random moments: the store opens, holds whole contacts only, and a second run ends like an unbroken one."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from canonical_contact.model import Contact
from canonical_contact.schema import from_json
from canonical_contact.store import SQLiteStore

ROOT = Path(__file__).resolve().parents[2]
WORLD = ROOT / "examples" / "world"
MOMENTS = 20
PROGRAM = "import sys; from canonical_contact.cli import main; sys.exit(main())"


def command(store: Path, *, workers: int, links: Path) -> list[str]:
    return [
        *(sys.executable, "-c", PROGRAM, "unify", str(WORLD), "--store", str(store), "--links", str(links)),
        *("--at", "2026-07-01T00:00:00Z", "--workers", str(workers), "--json"),
    ]


def whole(path: Path) -> int:
    """Open the store and check that what is there is whole; the number of contacts."""
    with SQLiteStore(path) as store:
        members = dict(store.members())
        rows = list(store.contacts())
        digests = store.record_digests()
        for row in rows:
            contact = from_json(Contact, row.document)
            assert contact.contact_id == row.contact_id
            assert {source.key for source in contact.sources} == set(row.members) <= set(digests)
        assert {key: row.contact_id for row in rows for key in row.members} == members
        return len(rows)


def test_a_store_survives_twenty_kills(tmp_path: Path) -> None:
    began = time.perf_counter()
    subprocess.run(command(tmp_path / "whole.db", workers=1, links=tmp_path / "whole.csv"), check=True, capture_output=True)
    lasts = time.perf_counter() - began
    expected, count = (tmp_path / "whole.csv").read_text("utf-8"), whole(tmp_path / "whole.db")
    dice = random.Random(20260701)
    store, links, killed = tmp_path / "c.db", tmp_path / "links.csv", 0
    for turn in range(MOMENTS):
        process = subprocess.Popen(
            command(store, workers=1 + turn % 2, links=links), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(timeout=lasts * dice.uniform(0.05, 0.85))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
        assert whole(store) in (0, count), "all of a run, or nothing"
        if whole(store):  # it was through: begin anew, so that every kill hits a run at work
            for file in tmp_path.glob("c.db*"):
                file.unlink()
    assert killed >= MOMENTS // 2
    subprocess.run(command(store, workers=2, links=links), check=True, capture_output=True)
    assert links.read_text("utf-8") == expected
    assert whole(store) == count
