"""Promises about writing all or nothing, and about what others see of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from canonical_contact.errors import InputError, StoreError
from canonical_contact.ports import ActivityRow, ContactStore
from canonical_contact.store.testing._base import MANY, NOW, Broken, StoreTests, contact, decision, event, record, refuses

__all__ = ["TransactionTests"]

T = TypeVar("T")


class TransactionTests(StoreTests):
    """How a store writes."""

    def test_a_broken_run_or_transaction_leaves_nothing_behind(self) -> None:
        store = self.begun()
        before = self.everything(store)
        with refuses(Broken), store.run(NOW):
            self.write_everything(store)
            assert self.everything(store) != before  # it sees its own work
            raise Broken
        assert self.everything(store) == before
        with refuses(Broken), store.transaction():
            self.write_everything(store)
            raise Broken
        assert self.everything(store) == before

    def test_a_run_is_seen_by_others_whole_or_not_at_all(self) -> None:
        store = self.begun()
        before = self.everything(store)
        with store.run(NOW):
            self.write_everything(store)
            within = self.everything(store)
            assert self.apart(self.everything) == before
        assert self.apart(self.everything) == self.everything(store) == within

    def test_a_transaction_nests_in_a_run_without_an_effect_of_its_own(self) -> None:
        store = self.begun()
        before = self.everything(store)
        with refuses(Broken), store.run(NOW):
            with store.transaction(), store.transaction():
                self.write_everything(store)
            raise Broken
        assert self.everything(store) == before

    def test_a_write_whose_rows_break_off_leaves_nothing_behind(self) -> None:
        def rows(make: Callable[[int], T]) -> Iterator[T]:
            yield from map(make, range(MANY))
            raise Broken

        store = self.begun()
        before = self.everything(store)
        for write in (
            lambda: store.put_records(rows(lambda number: record(f"z:{number}"))),
            lambda: store.put_events(rows(lambda number: event(f"z{number}"))),
            lambda: store.put_activities(rows(lambda number: ActivityRow(f"z{number}", "a:1", "", ""))),
            lambda: store.put_decisions(rows(lambda number: decision("a:1", f"z:{number}"))),
            lambda: store.put_contacts(rows(lambda number: contact(f"z{number}"))),
            lambda: store.retire(rows(lambda number: (f"z{number}", "c1"))),
            lambda: store.log(rows(lambda number: ("c1", str(number)))),
        ):
            with refuses(Broken):
                write()
            assert self.everything(store) == before

    def test_an_error_that_is_swallowed_still_undoes_the_run(self) -> None:
        store = self.begun()
        before = self.everything(store)
        with refuses(StoreError), store.run(NOW):
            self.write_everything(store)
            with refuses(InputError):
                store.put_decisions([decision("a:1", "b:9"), decision("b", "a")])
        assert self.everything(store) == before

    def test_no_update_is_lost_between_writers(self) -> None:
        def add(store: ContactStore) -> None:
            for _ in range(20):
                with store.transaction():
                    store.put_setting("sum", str(int(store.setting("sum") or 0) + 1))

        store = self.store()
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(self.own, add) for _ in range(4)]:
                done.result(timeout=60)
        assert store.setting("sum") == "80"

    def test_a_stream_shows_the_store_as_it_was_at_its_beginning(self) -> None:
        store = self.store()
        store.put_contacts(contact(f"c{number:04}") for number in range(MANY))
        stream = store.contacts()
        seen = [next(stream)]
        store.put_contacts([contact("c0900", "d2"), contact("z")])
        self.apart(lambda other: other.put_contacts([contact("c0901", "d2")]))
        assert {row.revision for row in [*seen, *stream]} == {1}
        assert len(list(store.contacts())) == MANY + 1
