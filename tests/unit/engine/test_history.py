"""The consent of a stored contact on another day, with what others' records say of its endpoints."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact.engine.history import consent_at
from canonical_contact.engine.recording import record_consent, record_suppression
from canonical_contact.errors import InputError, NotFoundError
from canonical_contact.model import Channel, EventType, SuppressionKind
from canonical_contact.pipeline import unify
from canonical_contact.store import MemoryStore, find_contacts, get_contact

ROWS = "Nr,First name,Last name,E-mail\n1,Ana,Gil,ana@x.es\n2,Zoe,Sol,zoe@x.es\n3,Bo,Berg,zoe@x.es\n"


def day(number: int) -> datetime:
    return datetime(2026, 7, number, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> MemoryStore:
    (tmp_path / "people.csv").write_text(ROWS, "utf-8")
    store = MemoryStore()
    unify([tmp_path / "people.csv"], store, now=day(1))
    return store


def ids(store: MemoryStore, email: str) -> list[str]:
    return [contact.contact_id for contact in find_contacts(store, email)]


def test_now_and_without_times_it_is_the_contacts_own_consent(store: MemoryStore) -> None:
    (ana,) = ids(store, "ana@x.es")
    record_consent(store, ana, EventType.OPT_IN, Channel.EMAIL, at=day(2))
    contact = get_contact(store, ana)
    for then in (consent_at(store, ana), consent_at(store, ana, at=day(20)), consent_at(store, ana, known_at=day(20))):
        assert (then.contact_id, then.consent.records, then.consent.suppressions) == (ana, contact.consent, contact.suppressions)


def test_both_times(store: MemoryStore) -> None:
    (ana,) = ids(store, "ana@x.es")
    record_consent(store, ana, EventType.OPT_IN, Channel.EMAIL, at=day(2))
    record_consent(store, ana, EventType.WITHDRAW, Channel.EMAIL, at=day(4), recorded_at=day(8))

    def state(at: datetime | None = None, known_at: datetime | None = None) -> list[str]:
        then = consent_at(store, ana, at=at, known_at=known_at).consent
        return [str(record.state) for record in then.records if record.purpose == "marketing"]

    assert state(at=day(1)) == []
    assert state(at=day(3)) == ["granted"]
    assert state(at=day(5)) == ["withdrawn"]
    assert state(at=day(5), known_at=day(5)) == ["granted"]
    assert state(known_at=day(7)) == ["granted"]
    assert [str(event.type) for event in consent_at(store, ana, at=day(3)).events] == ["opt_in"]


def test_blocks_of_others_reach_it_at_their_time(store: MemoryStore) -> None:
    zoe, bo = ids(store, "zoe@x.es")
    record_suppression(store, SuppressionKind.HARD_BOUNCE, Channel.EMAIL, endpoint="zoe@x.es", contact_id=zoe, at=day(5))
    assert [block.reason for block in consent_at(store, bo, at=day(6)).consent.suppressions] == ["shared_endpoint"]
    assert consent_at(store, bo, at=day(4)).consent.suppressions == ()
    assert consent_at(store, bo, at=day(6)).consent.suppressions == get_contact(store, bo).suppressions


def test_who_is_not_there_and_what_is_no_time(store: MemoryStore) -> None:
    with pytest.raises(NotFoundError, match="no such contact"):
        consent_at(store, "nobody", at=day(1))
    with pytest.raises(InputError, match="no time zone"):
        consent_at(store, ids(store, "ana@x.es")[0], at=datetime(2026, 7, 1))  # noqa: DTZ001
