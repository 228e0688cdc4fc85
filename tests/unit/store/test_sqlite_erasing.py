"""Erasing in SQLite files: no byte is left, also with readers, and of stores that earlier versions made."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from canonical_contact.consent.ledger import verify
from canonical_contact.ports import ContactRow, EventRow, RecordRow
from canonical_contact.store import SQLiteStore, _sql

WORD = b"quillana"


def filled(store: SQLiteStore, times: int = 3) -> None:
    for version in range(times):  # rows of one page and of many, written over
        text = f"{WORD.decode()} {version} " * (10 if version % 2 else 3_000)
        store.put_records([RecordRow("a:1", f"d{version}", "a", "1", text, "f")])
        store.put_contacts([ContactRow("c1", text, f"d{version}", ("a:1",), (("email", f"{WORD.decode()}@x"),))])
        store.put_contacts(ContactRow(f"o{n}", f"other {n} {version}" * 50, f"d{version}", (f"b:{n}",)) for n in range(50))


def left(store: SQLiteStore) -> list[str]:
    return [file.name for file in store.files[:2] if file.exists() and WORD in file.read_bytes()]


def test_no_byte_is_left_of_what_was_erased(tmp_path: Path) -> None:
    with SQLiteStore(tmp_path / "contacts.db") as store:
        filled(store)
        assert left(store)
        store.erase(["c1"], ["a:1"])
        assert left(store) == []
        assert store.counts()["contacts"] == 50


def test_what_somebody_reads_meanwhile_goes_with_the_next_write(tmp_path: Path) -> None:
    with SQLiteStore(tmp_path / "contacts.db") as store, SQLiteStore(tmp_path / "contacts.db", readonly=True) as reader:
        filled(store)
        stream = reader.contacts()
        next(stream)  # it shows the store as it was, and keeps the log
        store.erase(["c1"], ["a:1"])
        assert sum(1 for _ in stream) == 50
        store.put_setting("x", "1")
        assert left(store) == []


def test_a_store_of_an_earlier_version_is_rewritten_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "contacts.db"
    now = _sql.MIGRATIONS
    pragmas = "canonical_contact.store._connection._PRAGMAS"
    from canonical_contact.store import _connection

    monkeypatch.setattr(pragmas, tuple(text for text in _connection._PRAGMAS if "secure_delete" not in text))
    monkeypatch.setattr(_sql, "MIGRATIONS", now[:3])
    with SQLiteStore(path) as store:
        filled(store, 5)
    monkeypatch.undo()
    with SQLiteStore(path) as store:
        assert store.setting("store.unclean") == "yes"
        store.erase(["c1"], ["a:1"])
        assert store.setting("store.unclean") is None
        assert left(store) == []
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_new_store_is_clean(tmp_path: Path) -> None:
    with SQLiteStore(tmp_path / "contacts.db") as store:
        assert store.setting("store.unclean") is None


def test_what_is_forgotten_leaves_the_file_and_its_log(tmp_path: Path) -> None:
    with SQLiteStore(tmp_path / "contacts.db") as store:
        text = WORD.decode()
        store.put_events([EventRow(f"e-{text}", f"a:{text}", "email", f"{text}@x", True, f'{{"of":"{text}"}}')])
        assert left(store)
        assert store.forget([f"e-{text}"]) == 1
        assert left(store) == []
        assert verify(store.entries(), store.ledger_head()).forgotten == 1
