"""A migration that is killed (SIGKILL) at any moment is taken up by a second call, which ends as an unbroken one would have."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact.model import SCHEMA_VERSION
from canonical_contact.ports import ContactRow
from canonical_contact.schema.bulk import migrate_file
from canonical_contact.store import SQLiteStore, migrate_store

FILE = """
import sys
from canonical_contact.schema.bulk import migrate_file
migrate_file(sys.argv[1], sys.argv[2], "1.0", every=50, progress=lambda n: print(n, flush=True))
"""
STORE = """
import sys
from canonical_contact.store import SQLiteStore, migrate_store
with SQLiteStore(sys.argv[1]) as store:
    migrate_store(store, "1.0", batch=50, progress=lambda n: print(n, flush=True))
"""
DOCUMENTS = [
    json.dumps({"contact_id": f"{n:05}", "schema_version": SCHEMA_VERSION, "kind": "org", "notes": ["x" * 1_500]})
    for n in range(4_000)
]


def run_and_kill(program: str, *arguments: Path, after: float) -> None:
    """Start a program, and kill it some time after its first word."""
    with subprocess.Popen([sys.executable, "-c", program, *map(str, arguments)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after)
        process.kill()
        process.wait(60)


@pytest.mark.parametrize("after", [0.0, 0.02, 0.06])
def test_of_a_file(tmp_path: Path, after: float) -> None:
    source, target = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    source.write_text("".join(f"{line}\n" for line in DOCUMENTS), encoding="utf-8")
    migrate_file(source, tmp_path / "whole.jsonl", "1.0")
    run_and_kill(FILE, source, target, after=after)
    broken = not target.exists()
    done = migrate_file(source, target, "1.0", every=50)
    assert done.resumed == broken
    assert done.documents == len(DOCUMENTS)
    assert target.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert not list(tmp_path.glob("*.part*"))


@pytest.mark.parametrize("after", [0.0, 0.05])
def test_of_a_store(tmp_path: Path, after: float) -> None:
    path = tmp_path / "contacts.db"
    with SQLiteStore(path) as store, store.run(datetime(2026, 7, 1, tzinfo=UTC)):
        store.put_contacts(ContactRow(json.loads(text)["contact_id"], text, "d", ()) for text in DOCUMENTS)
    run_and_kill(STORE, path, after=after)
    with SQLiteStore(path) as store:
        broken = bool(store.setting("schema.migration"))
        done = migrate_store(store, "1.0", batch=50)
        assert done.resumed == broken
        assert {json.loads(row.document)["schema_version"] for row in store.contacts()} == {"1.0"}
        assert store.counts()["contacts"] == len(DOCUMENTS) == done.documents
        migrate_store(store)
        assert [json.loads(row.document) for row in store.contacts()] == [json.loads(text) for text in DOCUMENTS]
