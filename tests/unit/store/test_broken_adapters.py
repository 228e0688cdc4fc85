"""The suite finds adapters that break a promise: each of these has one fault, and at least one test fails on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pytest

from canonical_contact.ports import (
    ConsentLedger,
    ContactRow,
    ContactStore,
    DecisionRow,
    EventRow,
    LedgerEntry,
    LedgerHead,
    ProofRow,
    RecordRow,
    Written,
)
from canonical_contact.store import MemoryStore
from canonical_contact.store.testing import LedgerConformance, StoreConformance


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


class ForksTheChain(LosesUpdates):
    """Two writers append behind the same head."""


class ChainsAKnownIdAgain(MemoryStore):
    def put_events(self, rows: Iterable[EventRow]) -> Written:
        with self._writing():
            for row in (rows := list(rows)):
                self._write("place").pop(row.event_id, None)
            return super().put_events(rows)


class ForgetsTheWholeEntry(MemoryStore):
    def forget(self, event_ids: Iterable[str]) -> int:
        event_ids = list(event_ids)
        with self._writing():
            seqs = [self._read("place").get(name) for name in event_ids]
            count = super().forget(event_ids)
            for seq in seqs:
                self._write("ledger").pop(seq, None)
        return count


class ForgetsHalf(MemoryStore):
    def forget(self, event_ids: Iterable[str]) -> int:
        event_ids = list(event_ids)
        with self._writing():
            kept = {seq: self._read("ledger")[seq] for name in event_ids if (seq := self._read("place").get(name)) is not None}
            count = super().forget(event_ids)
            self._write("ledger").update({seq: entry._replace(event_id="") for seq, entry in kept.items()})
        return count


class HidesForgottenEntries(MemoryStore):
    def entries(self, after: int = 0) -> Iterator[LedgerEntry]:
        yield from (entry for entry in super().entries(after) if entry.salt)


class HandsOutEntriesBackwards(MemoryStore):
    def entries(self, after: int = 0) -> Iterator[LedgerEntry]:
        yield from reversed(list(super().entries(after)))


class HasAHeadThatLags(MemoryStore):
    def ledger_head(self) -> LedgerHead:
        head = super().ledger_head()
        last = list(self.entries())[-2:-1]
        return head if self._mine or not last else LedgerHead(last[0].seq, last[0].hash)


class SaltsAllAlike(MemoryStore):
    def _chain(self, name: str, rows: Iterable[EventRow] | Iterable[ProofRow]) -> Written:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("os.urandom", bytes)
            return super()._chain(name, rows)


class TakesProofsForEvents(MemoryStore):
    def put_proofs(self, rows: Iterable[ProofRow]) -> Written:
        return self.put_events(EventRow(row.event_id, "", "", "", False, row.document) for row in rows)


LEDGERS: list[type[MemoryStore]] = [
    MemoryStore,
    RepeatsEvents,
    ForksTheChain,
    ChainsAKnownIdAgain,
    ForgetsTheWholeEntry,
    ForgetsHalf,
    HidesForgottenEntries,
    HandsOutEntriesBackwards,
    HasAHeadThatLags,
    SaltsAllAlike,
    TakesProofsForEvents,
]

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


def failures(suite_of: type[StoreConformance | LedgerConformance]) -> list[str]:
    failed = []
    for name in sorted(name for name in dir(suite_of) if name.startswith("test_")):
        suite = suite_of()
        suite.setup_method()
        try:
            getattr(suite, name)()
        except Exception:  # noqa: BLE001  whatever a broken adapter raises is a failure of its test
            failed.append(name)
    return failed


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_the_suite_tells_a_broken_adapter_from_a_good_one(adapter: type[MemoryStore]) -> None:
    class Suite(StoreConformance):
        def make_store(self) -> ContactStore:
            return self.one

        def setup_method(self) -> None:
            super().setup_method()
            self.one: ContactStore = adapter()

    assert bool(failures(Suite)) == (adapter is not MemoryStore)


@pytest.mark.parametrize("adapter", LEDGERS)
def test_the_suite_tells_a_broken_ledger_from_a_good_one(adapter: type[MemoryStore]) -> None:
    class Suite(LedgerConformance):
        def make_ledger(self) -> ConsentLedger:
            return self.one

        def setup_method(self) -> None:
            super().setup_method()
            self.one: ConsentLedger = adapter()

    assert bool(failures(Suite)) == (adapter is not MemoryStore)
