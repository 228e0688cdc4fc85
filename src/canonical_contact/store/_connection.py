"""Opening a SQLite file that is ours, waiting for its lock, and saying in our words what SQLite reports."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from canonical_contact.errors import InputError, StoreBusyError, StoreError
from canonical_contact.store import _sql
from canonical_contact.store._chaining import chain

__all__ = ["begin", "connect", "prepare", "reporting"]

_NEEDS = (3, 38)  # STRICT tables and JSON functions
_GRACE = 0.1  # seconds in which a small write of somebody else ends without a word
_SLICE = 0.2  # seconds that SQLite may wait on its own, so that Ctrl-C is heard
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})

_PRAGMAS = (
    "cache_size = -65536",  # kB: a run's index pages are not written to disk again and again
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "secure_delete = ON",  # what is deleted is overwritten: an erased person must not stand in free pages
    "synchronous = FULL",  # what is committed outlives a power cut; one flush for a run costs nothing
)

# What to say for a word in the message of a ProgrammingError.
_MISUSED: dict[str, tuple[str, str]] = {
    "thread": ("is used in another thread than the one that opened it", "Open one store for each thread."),
    "closed cursor": (
        "was read on after the end of the run or transaction in which the reading began",
        "Read to the end inside of it.",
    ),
    "closed database": ("is closed", "Open it again."),
    "": ("was given a row with the wrong number of values", "Pass the rows of canonical_contact.ports."),
}

# What to say for SQLite's primary result code: what is wrong, and what helps.
_SAID: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_NOTADB: ("is not a SQLite database", "Name another file; a store is made where there is none."),
    sqlite3.SQLITE_CORRUPT: ("is damaged", "Take the last good copy, or save what `sqlite3 FILE .recover` can read."),
    sqlite3.SQLITE_READONLY: (
        "cannot be written",
        "Allow writing to the file and its folder, or copy it to where you may write; also reading needs that.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened",
        "Check that its folder exists and can be written: SQLite keeps two helper files beside a store.",
    ),
    sqlite3.SQLITE_FULL: ("is on a full disk", "Make room; nothing was changed."),
    sqlite3.SQLITE_IOERR: ("could not be read or written by the system", "Check the disk; nothing was changed."),
    sqlite3.SQLITE_PERM: ("may not be opened", "Ask for permission to the file."),
    sqlite3.SQLITE_CONSTRAINT: ("refused a row", "Pass the rows of canonical_contact.ports with texts and numbers as declared."),
    sqlite3.SQLITE_TOOBIG: ("refused a row that is too long", "Split the document."),
}


@contextmanager
def reporting(path: Path) -> Iterator[None]:
    """Turn what sqlite3 raises into errors of this library, without the values that were written."""
    try:
        yield
    except sqlite3.ProgrammingError as error:
        what, hint = next((said for word, said in _MISUSED.items() if word in str(error)), _MISUSED[""])
        raise StoreError(f"The store {path} {what}.", path=str(path), hint=hint) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _BUSY:
            raise _busy(path) from error
        missing = (f"is damaged ({error})", _SAID[sqlite3.SQLITE_CORRUPT][1]) if str(error).startswith("no such ") else None
        what, hint = missing or _SAID.get(code, (f"failed ({error})", "See the cause above."))
        raise StoreError(f"The store {path} {what}.", path=str(path), hint=hint) from error
    except UnicodeEncodeError as error:
        raise InputError(
            "A key holds half of a character (a lone surrogate), which no store can keep.",
            code="input.surrogate",
            hint="Read the file with its right encoding.",
        ) from error


def connect(path: Path, *, create: bool = False, query_only: bool = False) -> sqlite3.Connection:
    """Open one connection in autocommit mode; transactions are begun and ended by hand."""
    mode = "rwc" if create else "rw"  # SQLite falls back to reading where a file may not be written
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=5.0)
    try:
        for pragma in (*_PRAGMAS, *(("query_only = ON",) if query_only else ())):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def prepare(path: Path, *, readonly: bool) -> sqlite3.Connection:
    """Open a store's file, make it where there is none, and bring it to the present store version.

    Raises:
        StoreError: it cannot be opened, is something else, or was made by a later version.
    """
    if sqlite3.sqlite_version_info < _NEEDS:
        raise StoreError(
            f"This Python has SQLite {sqlite3.sqlite_version}, which is too old for a store.",
            hint=f"Use a Python with SQLite {'.'.join(map(str, _NEEDS))} or later, such as one from python.org.",
        )
    _check_path(path, readonly=readonly)
    with reporting(path):
        connection = connect(path, create=not readonly, query_only=readonly)
        try:
            version = _version(connection, path)
            if version < len(_sql.MIGRATIONS):
                if readonly:
                    raise StoreError(
                        f"The store {path} was made by an earlier version of canonical-contact."
                        if version
                        else f"{path} is not a store of canonical-contact.",
                        path=str(path),
                        hint="Open it for writing once; that brings it up to date."
                        if version
                        else "Name the file that unify wrote.",
                    )
                _migrate(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def begin(connection: sqlite3.Connection, path: Path, wait: float, on_wait: Callable[[], None] | None = None) -> None:
    """Take the one lock for writing, waiting for it.

    Args:
        connection: one that is not in a transaction.
        path: its file, for the error.
        wait: seconds.
        on_wait: called when it is clear that there is a wait.

    Raises:
        StoreBusyError: the wait is over and somebody else still writes.
    """
    deadline = time.monotonic() + wait
    patience = min(_GRACE, wait)
    while True:
        connection.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _BUSY:
                raise
        else:
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise _busy(path)
        if on_wait is not None:
            on_wait()
            on_wait = None
        patience = min(_SLICE, left)


def _busy(path: Path) -> StoreBusyError:
    return StoreBusyError(
        f"Another run is writing to the store {path}.",
        path=str(path),
        hint="Wait until it has ended and start again, or allow a longer wait. Nothing was changed.",
    )


def _check_path(path: Path, *, readonly: bool) -> None:
    """Tell plain mistakes before SQLite opens, and perhaps makes, the file.

    It must never open the file itself: closing it would drop the locks of every other connection of this process (POSIX), and another
    process could then take the log away from under them.
    """

    def refuse(what: str, hint: str) -> StoreError:
        return StoreError(f"The store {path} {what}.", path=str(path), hint=hint)

    if str(path) == ":memory:":
        raise refuse("has no file", "Use MemoryStore() for a store in memory.")
    if "\0" in str(path):
        raise refuse("has a name that no file can have", "Take the NUL character out of it.")
    try:
        if path.is_dir():
            raise refuse("is a folder", "Name a file in it, such as contacts.db.")
        if not path.parent.is_dir():
            raise refuse("lies in a folder that does not exist", "Make the folder first.")
        if readonly and not path.exists():
            raise refuse("does not exist", "Check the name; unify makes a store.")
        if not readonly and not os.access(path if path.exists() else path.parent, os.W_OK):
            raise refuse("cannot be written", "Allow writing to the file and its folder, or name another store.")
    except OSError as error:
        raise refuse("cannot be read", "Check the name and the permissions of the file.") from error


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Tell the store version of the file, 0 for an empty one."""
    ((owner,),) = connection.execute("PRAGMA application_id")
    ((version,),) = connection.execute("PRAGMA user_version")
    if owner != _sql.APPLICATION_ID:
        ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_master")
        if owner or version or tables:
            raise StoreError(
                f"{path} is a SQLite database of another application.", path=str(path), hint="Name another file for the store."
            )
        return 0
    if version > len(_sql.MIGRATIONS):
        raise StoreError(
            f"The store {path} was made by a later version of canonical-contact (store version {version}).",
            path=str(path),
            hint="Update the package: pip install --upgrade canonical-contact",
        )
    return int(version)


def _migrate(connection: sqlite3.Connection, path: Path, wait: float = 30.0) -> None:
    """Apply the steps that are missing in one transaction; safe when several processes do it at once."""
    connection.execute(f"PRAGMA page_size = {_sql.PAGE_SIZE}")
    _use_wal(connection, path, wait)
    begin(connection, path, wait)
    try:
        for step in _sql.MIGRATIONS[_version(connection, path) :]:
            for statement in step:
                if statement == _sql.CHAIN:
                    chain(connection)
                else:
                    connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_sql.APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(_sql.MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _use_wal(connection: sqlite3.Connection, path: Path, wait: float) -> None:
    """Switch to the write-ahead log, which lets readers read while a run writes. SQLite does not wait for its lock here; we do."""
    deadline = time.monotonic() + wait
    while True:
        try:
            ((mode,),) = connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
            continue
        if mode != "wal":
            raise StoreError(
                f"The store {path} lies on a disk where SQLite cannot share a file between processes.",
                path=str(path),
                hint="Put it on a local disk.",
            )
        return
