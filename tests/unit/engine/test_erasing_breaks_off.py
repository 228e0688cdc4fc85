"""An erasure that breaks off anywhere has erased nobody, and can be made again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from canonical_contact import MemoryStore, SQLiteStore, may_contact, unify
from canonical_contact.engine.erasing import erase
from canonical_contact.ports import ContactStore
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
WRITES = ("put_events", "put_proofs", "put_tombstones", "erase", "put_setting", "put_contacts", "log", "retire")
ROWS = (
    "Record ID,First Name,Last Name,Email,Unsubscribed from all email\n"
    "1,Ana,Zobel,info@x.example,true\n2,Bo,Berg,info@x.example,false\n3,Cy,Dux,cy@x.example,false\n"
)


class PowerCut(Exception):  # noqa: N818  it is what the test breaks off with
    pass


def breaking(kind: type[Any]) -> type[Any]:
    """A store whose nth write raises, before or after it has written."""

    def make(name: str) -> Any:
        def write(self: Any, *args: Any, **more: Any) -> Any:
            self.writes += 1
            if self.writes == self.breaks_at:
                raise PowerCut
            done = getattr(kind, name)(self, *args, **more)
            if self.writes == -self.breaks_at:
                raise PowerCut
            return done

        return write

    return type(f"Breaking{kind.__name__}", (kind,), {"writes": 0, "breaks_at": 0, **{name: make(name) for name in WRITES}})


def told(store: ContactStore) -> str:
    streams = [store.records(), store.events(), store.contacts(), store.members(), store.entries(), store.tombstones()]
    return repr([[list(stream) for stream in streams], store.setting("privacy.key"), store.counts()])


@pytest.mark.parametrize("kind", [MemoryStore, SQLiteStore])
@pytest.mark.parametrize("sign", [1, -1])
def test_an_erasure_is_there_whole_or_not_at_all(kind: type[Any], sign: int, tmp_path: Path) -> None:
    sheet = tmp_path / "hubspot.csv"
    sheet.write_text(ROWS, "utf-8")
    store = breaking(kind)(*([tmp_path / "contacts.db"] if kind is SQLiteStore else []))
    unify([sheet], store, now=NOW)
    names = {contact.name.given: contact.contact_id for contact in iter_contacts(store) if contact.name}
    before, place = told(store), 0
    while True:
        place += 1
        store.writes, store.breaks_at = 0, sign * place
        try:
            done = erase(store, names["Ana"], at=NOW + timedelta(days=1))
        except PowerCut:
            assert told(store) == before
            continue
        break
    assert place > 5
    assert (done.new, done.records, done.blocks) == (True, 1, 1)
    left = {contact.name.given: contact for contact in iter_contacts(store) if contact.name}
    assert sorted(left) == ["Bo", "Cy"]
    assert not may_contact(left["Bo"], "email", at=NOW + timedelta(days=2), regime="can_spam").allowed
    store.close()
