"""A process that is killed while it erases somebody has erased nobody; done again, it erases."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact.engine.erasing import erase
from canonical_contact.pipeline import unify
from canonical_contact.store import SQLiteStore, find_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
ROWS = (
    "Record ID,First Name,Last Name,Email,Unsubscribed from all email\n"
    "1,Ana,Zobel,ana@x.example,true\n2,Bo,Berg,bo@x.example,false\n"
)
KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from canonical_contact.engine.erasing import erase
from canonical_contact.store import SQLiteStore

class Killed(SQLiteStore):
    pass

def killing(name):
    def write(self, *args, **more):
        done = getattr(SQLiteStore, name)(self, *args, **more)
        os.kill(os.getpid(), signal.SIGKILL)
        return done
    return write

setattr(Killed, sys.argv[3], killing(sys.argv[3]))
erase(Killed(sys.argv[1]), sys.argv[2], at=datetime(2026, 7, 2, tzinfo=UTC))
"""


@pytest.mark.parametrize("after", ["put_tombstones", "erase", "put_proofs"])
def test_an_erasure_is_there_whole_or_not_at_all(tmp_path: Path, after: str) -> None:
    path, sheet = tmp_path / "contacts.db", tmp_path / "hubspot.csv"
    sheet.write_text(ROWS, "utf-8")
    with SQLiteStore(path) as store:
        unify([sheet], store, now=NOW)
        ana = find_contacts(store, "ana@x.example")[0].contact_id
        before = [list(stream) for stream in (store.contacts(), store.records(), store.events(), store.entries())]
    done = subprocess.run([sys.executable, "-c", KILLED, path, ana, after], check=False, timeout=60)
    assert done.returncode == -9
    with SQLiteStore(path) as store:
        assert [list(stream) for stream in (store.contacts(), store.records(), store.events(), store.entries())] == before
        assert list(store.tombstones()) == []
        assert erase(store, ana, at=NOW).new
    assert b"ana@x.example" not in path.read_bytes()
