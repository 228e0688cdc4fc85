"""A double opt-in frees an endpoint for its own purpose and brand; for everything else who shares it stays blocked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, SQLiteStore, may_contact, unify
from canonical_contact.engine.double_opt_in import begin_double_opt_in, confirm_double_opt_in
from canonical_contact.engine.erasing import erase
from canonical_contact.engine.recording import record_consent
from canonical_contact.model import Contact
from canonical_contact.ports import ContactStore
from canonical_contact.store import iter_contacts

DESK = "desk@firm.example"
NOW = datetime(2026, 7, 1, tzinfo=UTC)
QUESTIONS = [(purpose, brand) for purpose in ("newsletter", "events") for brand in ("", "brand")]


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ContactStore:
    file = tmp_path / "people.csv"
    file.write_text(f"Id,First name,Last name,E-mail,Country\n1,Ana,Gil,{DESK},US\n2,Bob,Ray,{DESK},US\n", "utf-8")
    store: ContactStore = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "contacts.db")
    unify([file], store, now=NOW)
    return store


def person(store: ContactStore, given: str) -> Contact:
    return next(one for one in iter_contacts(store) if one.name and one.name.given == given)


def free(store: ContactStore, given: str) -> list[tuple[str, str]]:
    """What may be written to somebody about, where only a refusal stands in the way."""
    contact = person(store, given)
    asked = {
        (purpose, brand): may_contact(contact, "email", purpose, at=later(100), regime="can_spam", controller=brand)
        for purpose, brand in QUESTIONS
    }
    return [question for question, answer in asked.items() if answer]


def confirm(store: ContactStore, days: float, purpose: str, controller: str = "") -> None:
    ana = person(store, "Ana").contact_id
    begun = begin_double_opt_in(store, ana, "email", purpose, at=later(days), endpoint=DESK, controller=controller)
    confirm_double_opt_in(store, begun.token, at=later(days + 0.5))


def withdraw(store: ContactStore, days: float, purpose: str, controller: str = "") -> None:
    record_consent(
        store,
        person(store, "Ana").contact_id,
        "withdraw",
        "email",
        purpose,
        at=later(days),
        controller=controller,
        actor="subject",
    )


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_confirmation_frees_nobody_for_another_purpose_or_brand(store: ContactStore, question: tuple[str, str]) -> None:
    assert free(store, "Bob") == QUESTIONS
    withdraw(store, 1, "newsletter")
    assert free(store, "Ana") == free(store, "Bob") == []
    confirm(store, 2, *question)
    assert free(store, "Bob") == [question]
    refused = {("newsletter", ""), ("newsletter", "brand")} - ({question} if question[0] == "newsletter" else set())
    assert free(store, "Ana") == [one for one in [question] if one not in refused]


def test_what_is_withdrawn_again_is_blocked_for_everything(store: ContactStore) -> None:
    withdraw(store, 1, "newsletter")
    confirm(store, 2, "events")
    confirm(store, 4, "newsletter", "brand")
    assert free(store, "Bob") == [("newsletter", "brand"), ("events", "")]
    withdraw(store, 6, "other")
    assert free(store, "Ana") == free(store, "Bob") == []


def test_an_erasure_leaves_the_block_for_everything(store: ContactStore) -> None:
    withdraw(store, 1, "newsletter")
    confirm(store, 2, "events")
    assert free(store, "Bob") == [("events", "")]
    erase(store, person(store, "Ana").contact_id, at=later(4))
    assert free(store, "Bob") == []  # who confirmed is gone, and so is what the confirmation was worth
