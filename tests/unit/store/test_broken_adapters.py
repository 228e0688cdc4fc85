"""The suite finds adapters that break a promise: each of these has one fault, and at least one test fails on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pytest

from canonical_contact.ports import ContactRow, ContactStore, DecisionRow, EventRow, RecordRow, Written
from canonical_contact.store import MemoryStore
from canonical_contact.store.testing import StoreConformance


class LosesUpdates(MemoryStore):
    @contextmanager
    def _holding(self, wait: float, on_wait: Callable[[], None] | None) -> Iterator[None]:
        self._draft = {}
        yield  # no lock at all
        self._tables = {**self._tables, **self._draft}


class ReadsDirty(MemoryStore):
    @property
    def _mine(self) -> bool:
        return self._owner is not None


class ForgetsAliases(MemoryStore):
    def contact(self, contact_id: str) -> ContactRow | None:
        return next((row for row in self.contacts() if row.contact_id == contact_id), None)


class ReusesIds(MemoryStore):
    def _end(self, contact_id: str) -> str:
        return contact_id if contact_id not in self._read("alias") else super()._end(contact_id) + ""

    def put_contacts(self, rows: Iterable[ContactRow]) -> Written:
        rows = list(rows)
        with self._writing():
            for row in rows:
                self._write("alias").pop(row.contact_id, None)
        return super().put_contacts(rows)


class CountsEveryWrite(MemoryStore):
    def put_contacts(self, rows: Iterable[ContactRow]) -> Written:
        return super().put_contacts(row._replace(digest=f"{row.digest}{id(row)}") for row in rows)


class StreamsInOrderOfWriting(MemoryStore):
    def contacts(self) -> Iterator[ContactRow]:
        yield from self._read("contact").values()


class RepeatsEvents(MemoryStore):
    def events(self, records: Iterable[str] | None = None, *, blocking: bool = False) -> Iterator[EventRow]:
        for row in super().events(records, blocking=blocking):
            yield from (row, row)


class ForgetsVersions(MemoryStore):
    def record_versions(self, key: str) -> Iterator[RecordRow]:
        yield from self.records([key])


class DropsScoresOfZero(MemoryStore):
    def put_decisions(self, rows: Iterable[DecisionRow]) -> Written:
        return super().put_decisions(row._replace(score=row.score or 1.0) for row in rows)


class KeepsHalfARun(MemoryStore):
    @contextmanager
    def _holding(self, wait: float, on_wait: Callable[[], None] | None) -> Iterator[None]:
        with super()._holding(wait, on_wait):
            try:
                yield
            except BaseException:
                self._tables = {**self._tables, **self._draft}
                raise


class RewritesAnything(MemoryStore):
    def rewrite(self, kind: str, rows: Iterable[tuple[str, str]]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("canonical_contact.store._common.check_same", lambda *_: None)
            super().rewrite(kind, rows)


class MigratesOnlyWhatIsCurrent(MemoryStore):
    def documents(self, kind: str, after: str = "") -> Iterator[tuple[str, str]]:
        current = {row.document for row in self.records()}
        yield from (row for row in super().documents(kind, after) if kind != "source_record" or row[1] in current)


class StartsAnewEachTime(MemoryStore):
    def documents(self, kind: str, after: str = "") -> Iterator[tuple[str, str]]:
        yield from super().documents(kind)


ADAPTERS: list[type[MemoryStore]] = [
    MemoryStore,
    LosesUpdates,
    ReadsDirty,
    ForgetsAliases,
    ReusesIds,
    CountsEveryWrite,
    StreamsInOrderOfWriting,
    RepeatsEvents,
    ForgetsVersions,
    DropsScoresOfZero,
    KeepsHalfARun,
    RewritesAnything,
    MigratesOnlyWhatIsCurrent,
    StartsAnewEachTime,
]


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_the_suite_tells_a_broken_adapter_from_a_good_one(adapter: type[MemoryStore]) -> None:
    class Suite(StoreConformance):
        def make_store(self) -> ContactStore:
            return self.one

        def setup_method(self) -> None:
            super().setup_method()
            self.one: ContactStore = adapter()

    failed = []
    for name in sorted(name for name in dir(Suite) if name.startswith("test_")):
        suite = Suite()
        suite.setup_method()
        try:
            getattr(suite, name)()
        except Exception:  # noqa: BLE001  whatever a broken adapter raises is a failure of its test
            failed.append(name)
    assert bool(failed) == (adapter is not MemoryStore)
