"""What the tests of the suite share: how a store is opened and closed, and rows in short."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TypeVar

from canonical_contact.errors import ConfigError
from canonical_contact.ports import ActivityRow, ContactRow, ContactStore, DecisionRow, EventRow, RecordRow

__all__ = [
    "HOSTILE",
    "LATER",
    "MANY",
    "NOW",
    "Broken",
    "StoreTests",
    "answer",
    "contact",
    "decision",
    "event",
    "record",
    "refuses",
]

T = TypeVar("T")

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
MANY = 1_201  # more than any adapter asks for at once
HOSTILE = ("'; DROP TABLE contact; --", '"quoted" \\ %_*?', "a\x00b", "Ünï李👩‍👩‍👧", "\u202eabc", " space ", "", "null", "1e3")


class Broken(Exception):  # noqa: N818  it is what a test breaks off with
    """Raised by tests inside of runs."""


def record(key: str, digest: str = "d1", document: str = "{}", holds: str = "") -> RecordRow:
    """Make a source record's row."""
    return RecordRow(key, digest, key.partition(":")[0], key.partition(":")[2], document, f"features {digest}", holds)


def event(event_id: str, of: str = "a:1", *, blocking: bool = False) -> EventRow:
    """Make a consent event's row."""
    return EventRow(event_id, of, "email", "", blocking, f"event {event_id}")


def decision(left: str, right: str, judgement: str = "match", score: float = 0.9) -> DecisionRow:
    """Make a verdict's row."""
    return DecisionRow(left, right, judgement, score, "weights", "p1", "[]")


def answer(left: str, right: str, judgement: str, by: str = "ana") -> DecisionRow:
    """Make the row of what a person said."""
    return DecisionRow(left, right, judgement, 1.0, "reviewed", "p1", "", "person", "", by, NOW.isoformat(), f"{by} {judgement}")


def contact(contact_id: str, digest: str = "d1", members: str = "", emails: str = "", retired: str = "") -> ContactRow:
    """Make a contact's row; lists are words in a text."""
    endpoints = tuple(("email", key) for key in emails.split())
    return ContactRow(contact_id, f"document {digest}", digest, tuple(members.split()), endpoints, tuple(retired.split()))


class refuses:  # noqa: N801  reads as what it does: `with refuses(StoreError):`
    """Pass if what is inside raises one of these errors."""

    def __init__(self, *kinds: type[Exception]) -> None:
        self._kinds = kinds

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        if kind is None:
            raise AssertionError(f"nothing was refused; expected {', '.join(each.__name__ for each in self._kinds)}")
        return issubclass(kind, self._kinds)


class StoreTests:
    """How a test opens the store."""

    def make_store(self) -> ContactStore:
        """Open the store under test; a further call in one test gives another handle on the same data, or the same store."""
        raise ConfigError("The suite does not know which store to test.", hint="Define make_store() in your test class.")

    def setup_method(self) -> None:
        """Begin a test with no store open."""
        self._opened: list[ContactStore] = []

    def teardown_method(self) -> None:
        """Close what the test opened."""
        for store in self._opened:
            store.close()

    def store(self) -> ContactStore:
        """Open the store, and close it when the test ends."""
        self._opened.append(self.make_store())
        return self._opened[-1]

    def apart(self, work: Callable[[ContactStore], T]) -> T:
        """Do some work in another thread with a handle of its own, and wait for it."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(self.own, work).result(timeout=60)

    def own(self, work: Callable[[ContactStore], T]) -> T:
        """Do some work in this thread with a handle of its own."""
        store = self.make_store()
        try:
            return work(store)
        finally:
            store.close()

    def write_everything(self, store: ContactStore, mark: str = "z") -> None:
        """Write a row of each kind, and change what is there."""
        store.put_records([record(f"{mark}:1"), record("a:1", mark, holds=mark)])
        store.put_events([event(mark)])
        store.put_activities([ActivityRow(mark, "a:1", "call", "{}")])
        store.put_decisions([decision("a:1", f"{mark}:1"), decision("a:1", "b:1", mark), answer("a:1", "b:1", mark)])
        store.put_contacts(
            [contact(f"c{mark}", members=f"{mark}:1", emails="one"), contact("c1", mark, "a:1", "two", retired=f"r{mark}")]
        )
        store.retire([("c2", "c1")])
        store.put_setting("weights", mark)
        store.log([("c1", mark)])

    def everything(self, store: ContactStore) -> list[object]:
        """Read all that a store tells."""
        streams = (
            store.records(),
            store.features(),
            store.holds(),
            store.events(),
            store.activities(),
            store.decisions(),
            store.decisions(people=True),
            store.answers(),
            store.contacts(),
            store.members(),
        )
        found = (store.find("email", "one"), store.find("email", "two"), store.contact("c2"), store.setting("weights"))
        versions = (list(store.record_versions("a:1")), list(store.decision_versions("a:1", "b:1")), list(store.history("c1")))
        return [*map(list, streams), *found, *versions, store.record_digests(), store.counts()]

    def begun(self) -> ContactStore:
        """Open a store with a little in it."""
        store = self.store()
        store.put_records([record("a:1")])
        store.put_decisions([decision("a:1", "b:1")])
        store.put_contacts([contact("c1", members="a:1", emails="one"), contact("c2")])
        return store
