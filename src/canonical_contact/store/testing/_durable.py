"""Promises of a store that outlives its process."""

from __future__ import annotations

from canonical_contact.errors import StoreError
from canonical_contact.store.testing._base import NOW, Broken, StoreTests, refuses

__all__ = ["DurableTests"]


class DurableTests(StoreTests):
    """What is there when a store is opened again."""

    def test_all_is_there_when_it_is_opened_again(self) -> None:
        store = self.begun()
        with store.run(NOW):
            self.write_everything(store)
        before = self.everything(store)
        store.close()
        assert self.everything(self.store()) == before

    def test_a_broken_run_is_known_when_it_is_opened_again(self) -> None:
        store = self.store()
        with refuses(Broken), store.run(NOW) as info:
            store.put_setting("x", "1")
            raise Broken
        store.close()
        again = self.store()
        assert again.unfinished_run() == info._replace(resumed=True)
        assert again.setting("x") is None

    def test_closing_within_a_run_undoes_it(self) -> None:
        store = self.begun()
        before = self.everything(store)
        with refuses(StoreError), store.run(NOW):
            self.write_everything(store)
            store.close()
        assert self.everything(self.store()) == before

    def test_a_closed_store_refuses(self) -> None:
        store = self.store()
        store.close()
        for use in (lambda: store.setting("x"), lambda: store.put_setting("x", "1"), lambda: list(store.contacts())):
            with refuses(StoreError):
                use()
