"""One file and who may write to it: opening, runs, transactions, and streams of rows of the SQLite store."""

from __future__ import annotations

import sqlite3
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from canonical_contact.errors import StoreError
from canonical_contact.ports import RunInfo
from canonical_contact.store import _common, _sql
from canonical_contact.store._connection import begin, connect, prepare, reporting

__all__ = ["TransactionsInSQLite"]


class TransactionsInSQLite:
    """The methods of `ports.ContactStore` that open, hold and close the file; see `SQLiteStore`."""

    _erased = False  # whether bytes of somebody who was erased may still stand in the log

    def __init__(self, path: str | PathLike[str], *, readonly: bool = False, wait: float = 5.0) -> None:
        self._path = Path(path)
        self._readonly = readonly
        self._wait = wait
        self._held = False  # whether a run or transaction is open
        self._failed = False  # whether a write in it failed
        self._cursors: weakref.WeakSet[sqlite3.Cursor] = weakref.WeakSet()  # streams begun in it
        self._closed = False
        self._writer = prepare(self._path, readonly=readonly)
        try:
            self._reader = self._writer if readonly else connect(self._path, query_only=True)
        except BaseException:
            self._writer.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of the store; nothing else in this process may open them while it is open.

        A program that opens and closes one of them, if only to look at its head, drops SQLite's locks on it (POSIX), and two writers
        may then damage it.
        """
        return (self._path, *(self._path.with_name(f"{self._path.name}{end}") for end in ("-wal", "-shm")))

    def close(self) -> None:
        """Close the file; a run that is open is undone. Closing twice is allowed."""
        self._closed = True
        with reporting(self._path):
            self._reader.close()
            self._writer.close()

    # Transactions

    @contextmanager
    def run(self, now: datetime, *, wait: float = 60.0, on_wait: Callable[[], None] | None = None) -> Iterator[RunInfo]:
        """Hold the store for one run: all that is written inside is there whole, or not at all.

        The start is committed before the work begins, so a run that takes up the work of a broken one has its start and its id.

        Args:
            now: the time that becomes the run's start (with a time zone), unless a broken run left its own behind.
            wait: seconds to wait for another run.
            on_wait: called once when the wait begins.

        Raises:
            StoreBusyError: another run still holds the store after `wait` seconds.
            StoreError: a write inside failed and its error was swallowed, or an id was retired in favour of no contact.
        """
        info = self._begin_run(_common.in_utc(now), wait, on_wait)
        with self._holding():
            yield info
            with reporting(self._path):
                self._writer.execute(_sql.FINISH_RUN, (info.run_id,))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all or nothing outside of a run. Inside of a run or another transaction it has no effect of its own.

        Raises:
            StoreBusyError: another process holds the store for longer than this store waits.
        """
        if self._held:
            yield
            return
        self._check_writable()
        with reporting(self._path):
            begin(self._writer, self._path, self._wait)
        with self._holding():
            yield

    def unfinished_run(self) -> RunInfo | None:
        """Tell the run that was begun and did not end, if any; also one that is under way now."""
        row = self._one(_sql.UNFINISHED_RUN)
        return RunInfo(row[0], datetime.fromisoformat(row[1]), resumed=True) if row else None

    def _begin_run(self, started_at: datetime, wait: float, on_wait: Callable[[], None] | None) -> RunInfo:
        """Take the lock and find the run to work for. There is one unfinished run at most, held so by an index.

        Who gets the lock and finds no unfinished run writes its start, commits and asks for the lock again. Another process may get
        it in between: it adopts the start, does its own work and finishes that run; then a start is written anew here.
        """
        self._check_writable()
        if self._held:
            raise _common.nested()
        deadline = time.monotonic() + wait
        mine = ""

        def waiting() -> None:
            nonlocal on_wait
            if on_wait is not None:
                once, on_wait = on_wait, None
                once()

        db = self._writer
        with reporting(self._path):
            while True:
                begin(db, self._path, max(0.0, deadline - time.monotonic()), waiting)
                try:
                    if row := db.execute(_sql.UNFINISHED_RUN).fetchone():
                        return RunInfo(row[0], datetime.fromisoformat(row[1]), resumed=row[0] != mine)
                    ((count,),) = db.execute(_sql.COUNT_RUNS)
                    mine = _common.run_id(started_at, count)
                    db.execute(_sql.BEGIN_RUN, (mine, started_at.isoformat()))
                    db.execute("COMMIT")
                except BaseException:
                    self._roll_back()
                    raise

    @contextmanager
    def _holding(self) -> Iterator[None]:
        """Commit what is done inside, or undo it; the lock is taken already."""
        self._held, self._failed = True, False
        try:
            yield
            if self._failed:
                raise _common.swallowed()
            with reporting(self._path):
                self._commit()
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._held = False
            for cursor in list(self._cursors):  # a stream of this transaction would keep its lock on an old state
                cursor.close()
        self._clean()

    def _clean(self) -> None:
        """Take the bytes of what was erased out of the log; once out of free pages that an earlier version left uncleaned.

        While others read what was before, this is put off to the end of the next transaction; the last one to close empties the log, too.
        """
        if not self._erased:
            return
        db = self._writer
        with suppress(sqlite3.OperationalError):  # somebody writes
            if db.execute("SELECT 1 FROM setting WHERE name = 'store.unclean'").fetchone():
                db.execute("VACUUM")
                db.execute(_sql.CLEANED)
            ((busy, *_),) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self._erased = bool(busy)

    def _commit(self) -> None:
        try:
            self._writer.execute("COMMIT")
        except sqlite3.IntegrityError as error:  # the one constraint that is checked so late
            raise _common.no_contact() from error

    def _roll_back(self) -> None:
        if not self._closed and self._writer.in_transaction:
            self._writer.execute("ROLLBACK")

    def _check_writable(self) -> None:
        if self._readonly:
            raise StoreError(
                f"The store {self._path} was opened for reading only.",
                path=str(self._path),
                hint="Open it without readonly=True.",
            )

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for writing, in the transaction that is open or in one of its own."""
        with self.transaction():
            try:
                with reporting(self._path):
                    yield self._writer
            except BaseException:
                self._failed = True
                raise

    # Reading

    def _reading(self) -> sqlite3.Connection:
        """Give the connection for reading: within a transaction its own, to see what it wrote; else one that is apart."""
        return self._writer if self._held else self._reader

    def _query(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        cursor = self._reading().execute(sql, values)
        if self._held:
            self._cursors.add(cursor)
        return cursor

    def _stream(self, sql: str, values: Sequence[object] = ()) -> Iterator[Any]:
        with reporting(self._path):
            # not `yield from`, which would close the cursor of a store that is closed
            for row in self._query(sql, values):  # noqa: UP028
                yield row

    def _one(self, sql: str, values: Sequence[object] = ()) -> Any:  # noqa: ANN401  a row of that statement, or None
        with reporting(self._path):
            return self._query(sql, values).fetchone()
