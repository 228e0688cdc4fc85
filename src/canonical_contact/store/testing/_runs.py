"""Promises about runs: one at a time, and taken up again when one broke."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

from canonical_contact.errors import InputError, StoreBusyError, StoreError
from canonical_contact.ports import ContactStore, RunInfo
from canonical_contact.store.testing._base import LATER, NOW, Broken, StoreTests, refuses

__all__ = ["RunTests"]


class RunTests(StoreTests):
    """How a store is held for a run."""

    def test_a_finished_run_leaves_no_trace_behind(self) -> None:
        store = self.store()
        with store.run(NOW) as first:
            assert first.started_at == NOW
            assert not first.resumed
        assert store.unfinished_run() is None
        with store.run(LATER) as second:
            assert second.started_at == LATER
            assert not second.resumed
        assert first.run_id != second.run_id

    def test_a_broken_run_is_taken_up_with_its_start_and_id(self) -> None:
        store = self.store()
        with refuses(Broken), store.run(NOW + timedelta(microseconds=5)) as broken:
            raise Broken
        expected = RunInfo(broken.run_id, NOW + timedelta(microseconds=5), resumed=True)
        assert store.unfinished_run() == expected
        with refuses(Broken), store.run(LATER) as again:
            assert again == expected
            raise Broken
        with store.run(LATER) as last:
            assert last == expected
        assert store.unfinished_run() is None

    def test_the_start_of_a_run_is_kept_before_its_work(self) -> None:
        store = self.store()
        with store.run(NOW) as info:
            seen = self.apart(lambda other: other.unfinished_run())
            assert seen is not None
            assert seen[:2] == info[:2]

    def test_a_run_needs_a_time_with_a_zone_and_no_other_run_around_it(self) -> None:
        store = self.store()
        with refuses(InputError), store.run(NOW.replace(tzinfo=None)):
            pass
        for around in (store.run(NOW), store.transaction()):
            with around, refuses(StoreError), store.run(NOW):
                pass
        assert store.unfinished_run() is None

    def test_a_second_run_waits_or_says_so(self) -> None:
        calls: list[str] = []

        def hurry(other: ContactStore) -> None:
            with refuses(StoreBusyError), other.run(LATER, wait=0):
                pass
            with refuses(StoreBusyError), other.run(LATER, wait=0.2, on_wait=lambda: calls.append("wait")):
                pass

        store = self.store()
        with store.run(NOW):
            self.apart(hurry)
        assert calls == ["wait"]
        assert store.unfinished_run() is None

    def test_a_run_that_waited_sees_what_the_first_one_did(self) -> None:
        waiting = Event()

        def second(other: ContactStore) -> tuple[RunInfo, str | None]:
            with other.run(LATER, wait=60, on_wait=waiting.set) as info:
                return info, other.setting("x")

        store = self.store()
        with ThreadPoolExecutor(1) as pool:
            with store.run(NOW) as first:
                later = pool.submit(self.own, second)
                for _ in range(1_000):
                    if waiting.wait(0.01) or later.done():
                        break
                assert waiting.is_set()
                store.put_setting("x", "done")
            info, seen = later.result(timeout=60)
        assert seen == "done"
        assert (info.started_at, info.resumed) == (LATER, False)
        assert info.run_id != first.run_id

    def test_closing_twice_is_allowed(self) -> None:
        store = self.store()
        store.close()
        store.close()
