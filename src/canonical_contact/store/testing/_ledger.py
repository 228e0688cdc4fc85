"""Promises about the consent ledger: one chain, appended once, never forked, and whole also when people are forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

from canonical_contact.consent.ledger import anchor, verify
from canonical_contact.ports import ConsentLedger, ContactStore, EventRow, LedgerHead, ProofRow, Written
from canonical_contact.store.testing._base import HOSTILE, MANY, NOW, Broken, StoreTests, refuses

__all__ = ["LedgerOfStoreTests", "LedgerTests"]

T = TypeVar("T")

_DOCUMENT = (
    '{"event_id":"%s","type":"withdraw","channel":"email","record":"a:quilla","endpoint":"quilla@x.es","schema_version":"1.1"}'
)
_PROOF = '{"name":"contact.changed","contact_id":"quilla","at":"2026-07-01T12:00:00Z","detail":{"act":"exported"}}'


def _row(name: str, record: str = "a:quilla", *, blocking: bool = True) -> EventRow:
    return EventRow(name, record, "email", "quilla@x.es", blocking, _DOCUMENT % name)


class LedgerTests(StoreTests):
    """What an adapter of `ports.ConsentLedger` promises, be it a whole store or not."""

    def make_ledger(self) -> ConsentLedger:
        """Open the ledger under test; a further call in one test gives another handle on the same data, or the same ledger."""
        return self.make_store()

    def ledger(self) -> ConsentLedger:
        """Open the ledger, and close it when the test ends."""
        ledger = self.make_ledger()
        if hasattr(ledger, "close"):
            self._opened.append(cast("ContactStore", ledger))  # only its close() is asked for
        return ledger

    def with_own(self, work: Callable[[ConsentLedger], T]) -> T:
        """Do some work in this thread with a handle of its own."""
        ledger = self.make_ledger()
        try:
            return work(ledger)
        finally:
            getattr(ledger, "close", lambda: None)()

    def sound(self, ledger: ConsentLedger, count: int) -> None:
        """Check that there is one chain of so many entries, which ends where the head says."""
        entries = list(ledger.entries())
        assert [entry.seq for entry in entries] == list(range(1, count + 1))
        assert ledger.ledger_head() == (LedgerHead(count, entries[-1].hash) if entries else LedgerHead())
        assert verify(ledger.entries(), ledger.ledger_head()).ok

    def test_a_new_ledger_is_an_empty_chain(self) -> None:
        ledger = self.ledger()
        self.sound(ledger, 0)
        assert ledger.put_events([]) == ledger.put_proofs([]) == Written(0, 0, 0)
        self.sound(ledger, 0)

    def test_what_is_appended_is_chained_in_the_order_of_writing(self) -> None:
        ledger = self.ledger()
        assert ledger.put_events([_row("e2"), _row("e1")]) == Written(2, 0, 0)
        noted = anchor(ledger.ledger_head())
        assert ledger.put_proofs([ProofRow("p1", _PROOF)]) == Written(1, 0, 0)
        assert ledger.put_events([_row("e0", "b:1", blocking=False)]) == Written(1, 0, 0)
        entries = list(ledger.entries())
        assert [(entry.event_id, entry.kind) for entry in entries] == [
            ("e2", "consent_event"),
            ("e1", "consent_event"),
            ("p1", "event"),
            ("e0", "consent_event"),
        ]
        assert [EventRow(*entry[2:8]) for entry in (entries[0], entries[3])] == [_row("e2"), _row("e0", "b:1", blocking=False)]
        assert entries[2].document == _PROOF
        assert list(ledger.entries(2)) == entries[2:]
        assert list(ledger.entries(4)) == []
        self.sound(ledger, 4)
        assert verify(ledger.entries(), ledger.ledger_head(), [noted]).ok

    def test_events_come_back_and_proofs_are_none(self) -> None:
        ledger = self.ledger()
        rows = [_row("e2"), _row("e1", blocking=False), _row("e3", "b:1")]
        ledger.put_events(rows)
        ledger.put_proofs([ProofRow("e0", _PROOF)])
        assert list(ledger.events()) == sorted(rows)
        assert list(ledger.events(blocking=True)) == [rows[0], rows[2]]
        assert list(ledger.events(["a:quilla"])) == [rows[1], rows[0]]
        assert list(ledger.events(["b:1", "a:quilla"], blocking=True)) == [rows[0], rows[2]]
        assert list(ledger.events(["", "nobody"])) == list(ledger.events([])) == []

    def test_a_known_id_is_not_written_again(self) -> None:
        ledger = self.ledger()
        assert ledger.put_events([_row("e1"), _row("e1", "b:1"), _row("e2")]) == Written(2, 0, 1)
        assert ledger.put_events([_row("e2", "c:1"), _row("e3")]) == Written(1, 0, 1)
        assert ledger.put_proofs([ProofRow("e1", _PROOF), ProofRow("p1", _PROOF), ProofRow("p1", "{}")]) == Written(1, 0, 2)
        assert ledger.put_events([_row("p1")]) == Written(0, 0, 1)
        assert list(ledger.events()) == [_row("e1"), _row("e2"), _row("e3")]
        self.sound(ledger, 4)

    def test_any_text_is_chained_as_it_is(self) -> None:
        ledger = self.ledger()
        rows = [EventRow(f"{text}!", text, text, text, number % 2 == 0, text) for number, text in enumerate(HOSTILE)]
        ledger.put_events(rows)
        ledger.put_proofs(ProofRow(f"{text}?", text) for text in HOSTILE)
        assert list(ledger.events()) == sorted(rows)
        self.sound(ledger, 2 * len(HOSTILE))

    def test_many_entries_make_one_chain(self) -> None:
        ledger = self.ledger()
        assert ledger.put_events(_row(f"e{number}") for number in range(MANY)) == Written(MANY, 0, 0)
        assert ledger.put_events(_row(f"e{number}") for number in range(MANY + 1)) == Written(1, 0, MANY)
        self.sound(ledger, MANY + 1)

    def test_each_entry_has_a_salt_of_its_own(self) -> None:
        ledger = self.ledger()
        ledger.put_events(_row(f"e{number}") for number in range(50))
        salts = {entry.salt for entry in ledger.entries()}
        assert len(salts) == 50
        assert all(len(salt) == 32 and not set(salt) - set("0123456789abcdef") for salt in salts)

    def test_forgetting_takes_the_persons_fields_and_keeps_the_chain(self) -> None:
        ledger = self.ledger()
        ledger.put_events([_row("e-quilla"), EventRow("e2", "b:1", "sms", "", False, '{"type":"opt_in"}')])
        ledger.put_proofs([ProofRow("p-quilla", _PROOF)])
        head = ledger.ledger_head()
        assert ledger.forget(["nobody"]) == ledger.forget([]) == 0
        assert ledger.forget(["p-quilla", "nobody", "e-quilla", "e-quilla"]) == 2
        assert ledger.forget(["p-quilla", "e-quilla"]) == 0
        entries = list(ledger.entries())
        assert "quilla" not in repr([entries, list(ledger.events()), list(ledger.events(["a:quilla"]))])
        assert [entry.salt == "" for entry in entries] == [True, False, True]
        assert [row.event_id for row in ledger.events()] == ["e2"]
        assert list(ledger.events(blocking=True)) == []
        assert ledger.ledger_head() == head
        self.sound(ledger, 3)
        assert verify(ledger.entries(), head, [anchor(head)]).forgotten == 2
        assert ledger.put_events([_row("e3"), _row("e-quilla")]) == Written(2, 0, 0)
        self.sound(ledger, 5)

    def test_a_batch_that_breaks_off_leaves_the_chain_as_it_was(self) -> None:
        def rows() -> Iterator[EventRow]:
            yield from (_row(f"z{number}") for number in range(MANY))
            raise Broken

        ledger = self.ledger()
        ledger.put_events([_row("e1")])
        before = list(ledger.entries())
        with refuses(Broken):
            ledger.put_events(rows())
        assert list(ledger.entries()) == before
        self.sound(ledger, 1)
        ledger.put_events([_row("z1")])
        self.sound(ledger, 2)

    def test_writers_at_the_same_time_cannot_fork_the_chain(self) -> None:
        def write(name: int) -> Callable[[ConsentLedger], int]:
            def work(ledger: ConsentLedger) -> int:
                new = 0
                for number in range(10):
                    new += ledger.put_events([_row(f"e{name}-{number}-{each}") for each in range(3)]).new
                    new += ledger.put_events([_row(f"all-{number}")]).new
                    new += ledger.put_proofs([ProofRow(f"p{name}-{number}", _PROOF)]).new
                return new

            return work

        ledger = self.ledger()
        with ThreadPoolExecutor(4) as pool:
            done = [pool.submit(self.with_own, write(name)) for name in range(4)]
            written = [each.result(timeout=60) for each in done]
        assert sum(written) == 4 * 10 * 4 + 10
        ids = [entry.event_id for entry in ledger.entries()]
        assert len(set(ids)) == len(ids) == sum(written)
        self.sound(ledger, len(ids))


class LedgerOfStoreTests(LedgerTests):
    """What the ledger of a whole store promises besides."""

    def test_a_broken_transaction_takes_its_entries_back(self) -> None:
        store = self.store()
        store.put_events([_row("e1"), _row("e2")])
        before = (list(store.entries()), store.ledger_head(), list(store.events()))
        for hold in (store.transaction, lambda: store.run(NOW)):
            with refuses(Broken), hold():
                store.put_events([_row("e3")])
                store.forget(["e1"])
                store.put_proofs([ProofRow("p1", _PROOF)])
                self.sound(store, 4)
                raise Broken
            assert (list(store.entries()), store.ledger_head(), list(store.events())) == before
        with store.transaction():
            store.put_events([_row("e3")])
            store.put_proofs([ProofRow("p1", _PROOF)])
        self.sound(store, 4)

    def test_documents_in_another_version_keep_the_chain(self) -> None:
        """A proof stays in the version that it was sealed in: nothing but the ledger's check ever reads it."""
        store = self.store()
        store.put_events([_row("e1"), _row("e2")])
        store.put_proofs([ProofRow("p1", _PROOF)])
        store.forget(["e2"])
        rows = [(place, text.replace('"1.1"', '"1.0"')) for place, text in store.documents("consent_event")]
        assert len(rows) == 1
        store.rewrite("consent_event", rows)
        assert [entry.document for entry in store.entries()][::2] == [rows[0][1], _PROOF]
        assert not [text for _, text in store.documents("event")]
        self.sound(store, 3)
