"""Tables of dicts and who may write to them: runs, transactions, and reading of the store in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from canonical_contact.errors import StoreBusyError
from canonical_contact.ports import RunInfo
from canonical_contact.store import _common

__all__ = ["TransactionsInMemory"]

_TABLES = (
    "run",
    "record",
    "consent_event",
    "activity",
    "verdict",
    "decision",
    "answer",
    "contact",
    "member",
    "endpoint",
    "alias",
    "setting",
    "event",
    "proof",
    "ledger",
    "place",
    "head",
    "tombstone",
)


class TransactionsInMemory:
    """The methods of `ports.ContactStore` that hold the tables; see `MemoryStore`."""

    def __init__(self) -> None:
        # Every table is a dict whose values are never changed, so a shallow copy is a snapshot.
        self._tables: dict[str, dict[Any, Any]] = {name: {} for name in _TABLES}
        self._draft: dict[str, dict[Any, Any]] = {}  # the tables that the open transaction has written to
        self._lock = threading.Lock()
        self._owner: int | None = None  # the thread that holds the lock
        self._failed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of nothing: what is stored stays with the object."""

    # Transactions

    @contextmanager
    def run(self, now: datetime, *, wait: float = 60.0, on_wait: Callable[[], None] | None = None) -> Iterator[RunInfo]:
        """Hold the store for one run: all that is written inside is there whole, or not at all.

        Args:
            now: the time that becomes the run's start (with a time zone), unless a broken run left its own behind.
            wait: seconds to wait for another run.
            on_wait: called once when the wait begins.

        Raises:
            StoreBusyError: another run still holds the store after `wait` seconds.
            StoreError: a write inside failed and its error was swallowed, or an id was retired in favour of no contact.
        """
        started_at = _common.in_utc(now)
        if self._mine:
            raise _common.nested()
        with self._holding(wait, on_wait):
            info = self.unfinished_run()
            if info is None:
                runs = self._tables["run"]
                info = RunInfo(_common.run_id(started_at, len(runs)), started_at, resumed=False)
                self._tables["run"] = {**runs, info.run_id: (started_at, False)}  # at once, as a broken run shall leave its start
            yield info
            self._write("run")[info.run_id] = (info.started_at, True)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all or nothing outside of a run. Inside of a run or another transaction it has no effect of its own."""
        if self._mine:
            yield
            return
        with self._holding(5.0, None):
            yield

    def unfinished_run(self) -> RunInfo | None:
        """Tell the run that was begun and did not end, if any; also one that is under way now."""
        for name, (started_at, finished) in self._read("run").items():
            if not finished:
                return RunInfo(name, started_at, resumed=True)
        return None

    @property
    def _mine(self) -> bool:
        return self._owner == threading.get_ident()

    @contextmanager
    def _holding(self, wait: float, on_wait: Callable[[], None] | None) -> Iterator[None]:
        if not self._lock.acquire(blocking=False):
            if on_wait is not None and wait > 0:
                on_wait()
            if wait <= 0 or not self._lock.acquire(timeout=wait):
                raise StoreBusyError(
                    "Another run is writing to the store.",
                    hint="Wait until it has ended, or allow a longer wait. Nothing was changed.",
                )
        self._owner, self._failed, self._draft = threading.get_ident(), False, {}
        try:
            yield
            if self._failed:
                raise _common.swallowed()
            contacts = self._read("contact")
            if any(end not in contacts for _, end in self._draft.get("alias", {}).values()):
                raise _common.no_contact()
            self._tables = {**self._tables, **self._draft}
        finally:
            self._owner, self._draft = None, {}
            self._lock.release()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self.transaction():
            try:
                yield
            except BaseException:
                self._failed = True
                raise

    def _read(self, name: str) -> dict[Any, Any]:
        if self._mine and name in self._draft:
            return self._draft[name]
        return self._tables[name]

    def _write(self, name: str) -> dict[Any, Any]:
        if name not in self._draft:
            self._draft[name] = dict(self._tables[name])
        return self._draft[name]

    def _sorted(self, name: str) -> list[Any]:
        """List the rows of a table in the order of their keys, as they are now."""
        return [row for _, row in sorted(self._read(name).items())]
