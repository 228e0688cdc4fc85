"""What the legacy programme blocks: for everything, until the person confirms, and then for what was confirmed alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, SQLiteStore, may_contact, unify
from canonical_contact.engine.double_opt_in import begin_double_opt_in, confirm_double_opt_in
from canonical_contact.engine.legacy import close_campaign, plan_legacy, start_campaign, suppress_rest
from canonical_contact.engine.recording import record_suppression, record_unsuppression
from canonical_contact.model import ConsentEvent, Contact, EventType
from canonical_contact.ports import ContactStore
from canonical_contact.schema import from_json
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
HUBSPOT = "Record ID,First Name,Last Name,Email,Country/Region,Create Date,Last Modified Date\n1,Ana,Gil,ana@x.com,United States,2026-03-01,2026-05-01\n"
QUESTIONS = [(purpose, brand) for purpose in ("newsletter", "events") for brand in ("", "brand")]


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ContactStore]:
    opened: MemoryStore | SQLiteStore = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "contacts.db")
    (tmp_path / "hubspot.csv").write_text(HUBSPOT, "utf-8")
    unify([tmp_path / "hubspot.csv"], opened, now=NOW)
    yield opened
    opened.close()


def ana(store: ContactStore) -> Contact:
    return next(iter_contacts(store))


def free(store: ContactStore) -> list[tuple[str, str]]:
    answers = {
        (purpose, brand): may_contact(ana(store), "email", purpose, at=later(100), regime="can_spam", controller=brand)
        for purpose, brand in QUESTIONS
    }
    return [question for question, answer in answers.items() if answer]


def blocked(store: ContactStore, purpose: str, controller: str) -> None:
    plan = plan_legacy(store, at=NOW, purpose=purpose, controller=controller)
    start_campaign(store, plan, campaign="spring")
    close_campaign(store, "spring", at=later(30))


def confirm(store: ContactStore, days: float, purpose: str, controller: str) -> None:
    begun = begin_double_opt_in(store, ana(store).contact_id, "email", purpose, at=later(days), controller=controller)
    confirm_double_opt_in(store, begun.token, at=later(days + 1))


@pytest.mark.parametrize("asked", QUESTIONS)
@pytest.mark.parametrize("confirmed", QUESTIONS)
def test_a_confirmation_lifts_the_block_for_its_own_purpose_and_brand(
    store: ContactStore, asked: tuple[str, str], confirmed: tuple[str, str]
) -> None:
    assert free(store) == QUESTIONS
    blocked(store, *asked)
    assert free(store) == []
    confirm(store, 40, *confirmed)
    assert free(store) == [confirmed]


def test_the_block_names_what_was_asked(store: ContactStore) -> None:
    blocked(store, "newsletter", "brand")
    events = [from_json(ConsentEvent, row.document) for row in store.events()]
    assert {(event.purpose, event.controller, event.source) for event in events if event.type is EventType.SUPPRESS} == {
        ("newsletter", "brand", "campaign:spring")
    }


def test_the_rest_is_blocked_in_the_name_of_the_plan(store: ContactStore) -> None:
    plan = plan_legacy(store, at=later(4000), purpose="events", controller="brand")
    assert suppress_rest(store, plan, campaign="autumn", at=later(4000)) == 1
    (event,) = [from_json(ConsentEvent, row.document) for row in store.events()]
    assert (event.type, event.purpose, event.controller) == (EventType.SUPPRESS, "events", "brand")


def test_a_block_by_hand_after_the_confirmation_counts_for_everything(store: ContactStore) -> None:
    blocked(store, "newsletter", "")
    confirm(store, 40, "newsletter", "")
    record_suppression(store, "manual", "email", contact_id=ana(store).contact_id, at=later(50))
    assert free(store) == []
    record_unsuppression(store, "manual", "email", contact_id=ana(store).contact_id, at=later(60))
    assert free(store) == QUESTIONS  # a host's hand ends it for everything
