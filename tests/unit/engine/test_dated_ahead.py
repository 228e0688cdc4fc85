"""Live acts that are dated ahead: they count from their date and outlast nothing that the person refuses until then."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, may_contact, unify
from canonical_contact.engine.recording import record_consent, record_stop, record_suppression, record_unsuppression
from canonical_contact.model import Contact
from canonical_contact.schema import from_json
from canonical_contact.store import iter_contacts

ANA = "ana@example.org"


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> MemoryStore:
    (tmp_path / "people.csv").write_text(f"Id,First name,Last name,E-mail,Country\n1,Ana,Gil,{ANA},Spain\n", "utf-8")
    store = MemoryStore()
    unify([tmp_path / "people.csv"], store, now=day(1, 1))
    return store


def ana(store: MemoryStore) -> str:
    (contact,) = iter_contacts(store)
    return contact.contact_id


def ask(store: MemoryStore, at: datetime) -> tuple[str, ...]:
    row = store.contact(ana(store))
    assert row is not None
    return may_contact(from_json(Contact, row.document), "email", at=at, regime="gdpr_eprivacy").reasons


def test_who_withdraws_before_the_consent_begins_has_withdrawn(store: MemoryStore) -> None:
    record_consent(store, ana(store), "opt_in", "email", at=day(9, 1), recorded_at=day(2, 1), actor="subject")
    assert ask(store, day(3, 1))[0] == "not_yet_effective"
    assert ask(store, day(10, 1)) == ("express_consent",)
    record_consent(store, ana(store), "withdraw", "email", at=day(2, 2), recorded_at=day(2, 2))
    assert "withdrawn" in ask(store, day(3, 1))
    assert "withdrawn" in ask(store, day(10, 1))


def test_a_stop_after_a_confirmation_that_was_dated_ahead_holds(store: MemoryStore) -> None:
    record_stop(store, "email", ANA, at=day(1, 15))
    for kind in ("opt_in_unconfirmed", "confirm"):
        record_consent(store, ana(store), kind, "email", at=day(9, 1), recorded_at=day(2, 1), endpoint=ANA, actor="subject")
    assert ask(store, day(10, 1)) == ("express_consent",)
    record_stop(store, "email", ANA, at=day(2, 2))
    assert ask(store, day(10, 1)) == ("global_opt_out", "withdrawn")


def test_a_block_after_an_end_of_blocks_that_was_dated_ahead_holds(store: MemoryStore) -> None:
    record_consent(store, ana(store), "opt_in", "email", at=day(1, 5), endpoint=ANA, actor="subject")
    for put, at, known in (
        (record_suppression, day(1, 15), day(1, 15)),
        (record_unsuppression, day(9, 1), day(2, 1)),
        (record_suppression, day(2, 2), day(2, 2)),
    ):
        put(store, "manual", "email", at=at, recorded_at=known, endpoint=ANA)
    assert "manual" in ask(store, day(10, 1))
