"""Erasing people of the shipped world and reading its exports again: they do not come back, nobody is lost or becomes contactable."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact.consent import may_contact
from canonical_contact.consent.ledger import verify
from canonical_contact.engine.erasing import erase, erase_all
from canonical_contact.model import Contact
from canonical_contact.pipeline import unify
from canonical_contact.ports import ContactStore
from canonical_contact.store import MemoryStore, SQLiteStore, iter_contacts

WORLD = Path(__file__).resolve().parents[2] / "examples" / "world"
NOW = datetime(2026, 7, 1, tzinfo=UTC)
CHANNELS = ("email", "sms", "voice_live", "post")


def answers(store: ContactStore, at: datetime) -> dict[str, tuple[bool, ...]]:
    """Record → what may be done with its contact; by records, since these stay what they are."""
    found: dict[str, tuple[bool, ...]] = {}
    for contact in iter_contacts(store):
        told = tuple(may_contact(contact, channel, at=at, regime="can_spam").allowed for channel in CHANNELS)
        found |= {f"{source.system}:{source.record_id}": told for source in contact.sources}
    return found


def freed(before: Mapping[str, tuple[bool, ...]], after: Mapping[str, tuple[bool, ...]]) -> list[str]:
    return [key for key, told in after.items() if any(now and not then for now, then in zip(told, before[key], strict=True))]


def held(contact: Contact) -> set[str]:
    return {email.address for email in contact.emails} | {phone.number for phone in contact.phones}


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_erased_people_do_not_come_back_and_nobody_else_changes_sides(kind: str, tmp_path: Path) -> None:
    store: ContactStore = MemoryStore() if kind == "memory" else SQLiteStore(tmp_path / "contacts.db")
    first = unify([WORLD], store, now=NOW)
    everybody = list(iter_contacts(store))
    gone = everybody[::9]
    before = answers(store, NOW)
    at = NOW + timedelta(days=1)
    for contact in gone[:3]:
        erase(store, contact.contact_id, at=at)
    done = erase_all(store, [contact.contact_id for contact in gone[3:]], at=at)
    assert all(one.new for one in done)
    assert not freed(before, answers(store, NOW))
    assert store.counts()["contacts"] == len(everybody) - len(gone)
    for day in (2, 3):
        result = unify([WORLD], store, now=NOW + timedelta(days=day))
        lost = {f"{source.system}:{source.record_id}" for contact in gone for source in contact.sources}
        after = answers(store, NOW)
        assert after.keys() == before.keys() - lost
        assert not freed(before, after)
        assert (result.records.new, result.records.changed, result.contacts.new) == (0, 0, 0)
        assert dict(result.problems)["privacy.erased"] == len(first.links) - len(result.links)
    assert verify(store.entries(), store.ledger_head()).ok
    rest = set[str]().union(*map(held, iter_contacts(store)))
    told = "".join(repr(list(stream)) for stream in (store.records(), store.events(), store.contacts(), store.activities()))
    for contact in gone:
        for text in held(contact) - rest:
            assert text not in told
    store.close()
