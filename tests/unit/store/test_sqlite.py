"""What is particular to the SQLite adapter: opening, refusing, reading only, and several processes at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact.errors import InputError, StoreBusyError, StoreError
from canonical_contact.ports import ContactRow, RecordRow
from canonical_contact.store import SQLiteStore, _sql

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "contacts.db"


def put(path: Path, name: str = "x") -> None:
    with SQLiteStore(path) as store:
        store.put_setting(name, "1")


def run(store: SQLiteStore) -> None:
    with store.run(NOW):
        pass


def _text(path: Path) -> None:
    path.write_text("Email,First Name\nana@example.org,Ana\n" * 100)


def _foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()


def _later(path: Path) -> None:
    put(path)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(_sql.MIGRATIONS) + 1}")
    connection.close()


def _folder(path: Path) -> None:
    path.mkdir()


def _damaged(path: Path) -> None:
    put(path)
    path.write_bytes(path.read_bytes()[:8192] + b"\x17" * 8192 * 3)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_text, "is not a SQLite database"),
        (_foreign, "of another application"),
        (_later, "later version"),
        (_folder, "is a folder"),
    ],
)
@pytest.mark.parametrize("readonly", [False, True])
def test_what_is_no_store_is_refused_and_left_alone(path: Path, make: Callable[[Path], None], says: str, readonly: bool) -> None:
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreError, match=says) as caught:
        SQLiteStore(path, readonly=readonly)
    assert caught.value.hint
    assert caught.value.path == str(path)
    assert not path.is_file() or path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "says"),
    [("missing/contacts.db", "folder that does not exist"), ("nul\0.db", "no file can have"), (":memory:", "no file")],
)
def test_a_name_that_cannot_be_opened_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, says: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match=says):
        SQLiteStore(name)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_store_says_so(path: Path) -> None:
    _damaged(path)
    with pytest.raises(StoreError, match=r"is damaged|is not a SQLite") as caught:
        put(path)
    assert caught.value.hint


def test_where_writing_is_not_allowed_it_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # tests may run as root, who may write anywhere
    with pytest.raises(StoreError, match="cannot be written"):
        SQLiteStore(path)


def test_a_sqlite_that_is_too_old_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 31, 1))
    with pytest.raises(StoreError, match="too old"):
        SQLiteStore(path)


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()
    put(path)
    with SQLiteStore(path, readonly=True) as store:
        assert store.setting("x") == "1"


def test_a_store_names_its_files(path: Path) -> None:
    with SQLiteStore(path) as store:
        store.put_setting("x", "1")
        assert sorted(store.files) == sorted(path.parent.iterdir())


def test_names_are_taken_as_they_are(tmp_path: Path) -> None:
    for name in ("a?mode=ro.db", "50%20.db", "#1.db", "ü ñ.db"):
        put(tmp_path / name)
        assert (tmp_path / name).is_file()


def test_a_readonly_store_never_writes(path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        SQLiteStore(path, readonly=True)
    path.touch()
    with pytest.raises(StoreError, match="not a store"):
        SQLiteStore(path, readonly=True)
    put(path)
    with SQLiteStore(path, readonly=True) as store:
        assert store.setting("x") == "1"
        writes: list[Callable[[], None]] = [lambda: store.put_setting("x", "2"), lambda: store.retire([]), lambda: run(store)]
        for write in writes:
            with pytest.raises(StoreError, match="reading only"):
                write()
        with pytest.raises(sqlite3.OperationalError):
            store._writer.execute("DELETE FROM setting")
    assert "readonly" in repr(store)


def test_a_readonly_store_sees_what_others_commit(path: Path) -> None:
    put(path)
    with SQLiteStore(path, readonly=True) as reader, SQLiteStore(path) as writer:
        with writer.run(NOW):
            writer.put_setting("x", "2")
            assert reader.setting("x") == "1"
        assert reader.setting("x") == "2"


def test_an_older_store_is_brought_up_to_date_when_opened_for_writing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(path)
    monkeypatch.setattr(_sql, "MIGRATIONS", (*_sql.MIGRATIONS, ("CREATE TABLE novelty (x TEXT) STRICT",)))
    with pytest.raises(StoreError, match="earlier version"):
        SQLiteStore(path, readonly=True)
    with SQLiteStore(path) as store:
        assert store.setting("x") == "1"
        assert store._writer.execute("SELECT count(*) FROM novelty").fetchone() == (0,)
        assert store._writer.execute("PRAGMA user_version").fetchone() == (len(_sql.MIGRATIONS),)


def test_a_migration_that_fails_leaves_the_store_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(path)
    with monkeypatch.context() as patch:
        patch.setattr(_sql, "MIGRATIONS", (*_sql.MIGRATIONS, ("CREATE TABLE novelty (x TEXT)", "nonsense")))
        with pytest.raises(StoreError):
            SQLiteStore(path)
    with SQLiteStore(path) as store:
        assert store.setting("x") == "1"


def test_committed_work_is_durable_and_shared(path: Path) -> None:
    with SQLiteStore(path) as store:
        assert store._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert store._writer.execute("PRAGMA synchronous").fetchone() == (2,)
        assert store._writer.execute("PRAGMA foreign_key_check").fetchall() == []


def test_half_a_character_in_a_key_is_an_input_error(path: Path) -> None:
    with SQLiteStore(path) as store:
        with pytest.raises(InputError, match="surrogate"):
            store.put_setting("\ud800", "x")
        with pytest.raises(InputError, match="surrogate"):
            store.find("email", "\ud800")


def test_rows_of_wrong_types_are_refused_without_their_values(path: Path) -> None:
    with SQLiteStore(path) as store:
        with pytest.raises(StoreError, match="refused a row") as caught:
            store.put_records([RecordRow("k", "d", "s", "l", None, "secret")])  # type: ignore[arg-type]
        assert "secret" not in str(caught.value)
        with pytest.raises(StoreError, match="wrong number"):
            store.log([("c", "d", "e")])  # type: ignore[list-item]
        assert store.counts()["records"] == 0


def test_another_thread_is_told_to_open_its_own(path: Path) -> None:
    told: list[str] = []

    def use() -> None:
        acts: list[Callable[[], object]] = [lambda: store.setting("x"), lambda: store.put_setting("x", "1")]
        for act in acts:
            with pytest.raises(StoreError) as caught:
                act()
            told.append(caught.value.hint)

    with SQLiteStore(path) as store:
        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
    assert told == ["Open one store for each thread."] * 2


def test_a_write_outside_of_a_run_waits_as_long_as_the_store_was_told(path: Path) -> None:
    with SQLiteStore(path) as first, SQLiteStore(path, wait=0.0) as second:
        with first.run(NOW), pytest.raises(StoreBusyError) as caught:
            second.put_setting("x", "1")
        assert caught.value.hint
        second.put_setting("x", "1")


def test_a_stream_of_a_run_ends_with_it(path: Path) -> None:
    with SQLiteStore(path) as store:
        store.put_contacts(ContactRow(f"c{number}", "{}", "d", ()) for number in range(3))
        with store.run(NOW):
            stream = store.contacts()
            next(stream)
        with pytest.raises(StoreError, match="after the end of the run"):
            next(stream)
        store.put_setting("x", "1")  # and holds no lock on an old state


def test_streams_take_constant_memory(path: Path) -> None:
    with SQLiteStore(path) as store:
        text = "x" * 10_000
        store.put_contacts(ContactRow(f"c{number:05}", text, "d", (f"a:{number}",)) for number in range(3_000))
        store.put_records(RecordRow(f"a:{number}", "d", "a", "", text, "") for number in range(3_000))
        tracemalloc.start()
        try:
            assert sum(1 for _ in store.contacts()) == sum(1 for _ in store.records()) == 3_000
            assert sum(1 for _ in store.records(f"a:{number}" for number in range(3_000))) == 3_000
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 12_000_000  # 30 MB of documents each way


# Several processes at once


def test_opening_a_store_twice_keeps_the_locks_of_the_first(path: Path) -> None:
    """Whoever closes last removes the log; a process that lost its locks would have it removed while it still reads and writes."""
    with SQLiteStore(path) as store:
        store.put_setting("x", "1")
        put(path, "y")
        code = "import sys; from canonical_contact.store import SQLiteStore; SQLiteStore(sys.argv[1]).close()"
        subprocess.run([sys.executable, "-c", code, path], check=True)
        assert Path(f"{path}-wal").exists()
        store.put_setting("x", "2")
    with SQLiteStore(path) as store:
        assert (store.setting("x"), store.setting("y")) == ("2", "1")


_ADDER = """
import sys
from datetime import UTC, datetime, timedelta
from canonical_contact.model import contact_id
from canonical_contact.ports import ContactRow
from canonical_contact.store import SQLiteStore
path, me = sys.argv[1], int(sys.argv[2])
with SQLiteStore(path) as store:
    for turn in range(8):
        with store.run(datetime(2026, 7, 1 + me, turn, tzinfo=UTC), wait=120) as run:
            total = int(store.setting("total") or 0)
            store.put_contacts([ContactRow(contact_id(run.started_at, str(total)), "{}", str(total), (f"a:{total}",))])
            store.log([("runs", run.run_id)])
            store.put_setting("total", str(total + 1))
"""


def test_processes_that_write_at_once_wait_for_each_other(path: Path) -> None:
    """Also the file is made by whichever comes first, and a start that another process adopts in between is used once."""
    running = [
        subprocess.Popen([sys.executable, "-c", _ADDER, path, str(me)], stderr=subprocess.PIPE, text=True) for me in range(4)
    ]
    faults = [process.communicate(timeout=120)[1] for process in running]
    assert faults == [""] * 4
    with SQLiteStore(path) as store:
        assert store.setting("total") == "32"
        assert store.counts()["contacts"] == len(list(store.members())) == 32
        runs = list(store.history("runs"))
        assert len(set(runs)) == len(runs) == 32
        assert store.unfinished_run() is None
