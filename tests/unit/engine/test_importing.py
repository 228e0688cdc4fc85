"""Events of another ledger: what a live act could not have written is not believed, and what is there is not changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

from canonical_contact import MemoryStore, SQLiteStore, may_contact, unify
from canonical_contact.consent.receipts import Party
from canonical_contact.engine.double_opt_in import begin_double_opt_in, confirm_double_opt_in
from canonical_contact.engine.importing import import_events
from canonical_contact.engine.receipts import export_receipts, import_receipts
from canonical_contact.engine.recording import record_consent, record_suppression, record_unsuppression
from canonical_contact.engine.stages import event_row
from canonical_contact.model import Channel, ConsentEvent, Contact, EventType, SuppressionKind
from canonical_contact.ports import ContactStore, ProofRow
from canonical_contact.schema import from_json
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
REFUSED, CHANGED = "consent.event_refused", "consent.event_changed"
HUBSPOT = "Record ID,First Name,Last Name,Email,Unsubscribed from all email,Last Modified Date\n"
ROWS = "1,Zoe,Sol,zoe@x.es,false,2026-05-01\n2,Bo,Berg,bo@x.es,false,2026-05-01\n"


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


def fill(store: ContactStore, folder: Path, rows: str = ROWS) -> ContactStore:
    (folder / "hubspot.csv").write_text(HUBSPOT + rows, "utf-8", newline="")
    unify([folder / "hubspot.csv"], store, now=NOW)
    return store


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ContactStore]:
    made = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "contacts.db")
    yield fill(made, tmp_path)
    made.close()


@pytest.fixture
def other(tmp_path: Path) -> ContactStore:
    return fill(MemoryStore(), tmp_path)


def who(store: ContactStore, name: str = "Zoe") -> Contact:
    return next(contact for contact in iter_contacts(store) if contact.name and contact.name.given == name)


def asked(store: ContactStore, name: str = "Zoe", days: float = 90, purpose: str = "marketing") -> bool:
    return may_contact(who(store, name), "email", purpose, at=later(days), regime="can_spam").allowed


def ledger(store: ContactStore) -> list[ConsentEvent]:
    return [from_json(ConsentEvent, row.document) for row in store.events()]


def lift(kind: SuppressionKind, days: float = 9, **more: object) -> ConsentEvent:
    at = later(days)
    made = ConsentEvent(
        f"lift-{kind}-{days}", EventType.UNSUPPRESS, Channel.EMAIL, purpose="any", record="hubspot:1", endpoint="zoe@x.es",
        effective_at=at, recorded_at=at, suppression=kind,
    )  # fmt: skip
    return evolve(made, **more)  # type: ignore[arg-type]


def double(store: ContactStore, days: float, endpoint: str = "", purpose: str = "marketing") -> None:
    begun = begin_double_opt_in(store, who(store).contact_id, "email", purpose, at=later(days), endpoint=endpoint)
    confirm_double_opt_in(store, begun.token, at=later(days + 0.5))


@pytest.mark.parametrize("kind", [SuppressionKind.COMPLAINT, SuppressionKind.UNMAPPED_OPT_OUT])
def test_the_end_of_a_block_that_nobody_lifts_by_hand_is_not_taken(store: ContactStore, kind: SuppressionKind) -> None:
    record_suppression(store, kind, "email", at=later(1), contact_id=who(store).contact_id, endpoint="zoe@x.es")
    before = ledger(store)
    spelt = lift(kind, type="unsuppress", suppression=kind.value)
    assert [one.code for one in import_events(store, [spelt], at=later(10)).problems] == [REFUSED]
    done = import_events(store, [lift(kind)], at=later(10))
    assert [(one.code, one.path, one.raw, bool(one.hint)) for one in done.problems] == [(REFUSED, "$[0]", f"lift-{kind}-9", True)]
    assert (done.new, done.added, done.events, ledger(store)) == (False, 0, (), before)
    assert not asked(store)


def test_an_opt_out_is_not_lifted_without_the_persons_confirmation(store: ContactStore) -> None:
    record_consent(store, who(store).contact_id, "withdraw", "email", at=later(1), actor="subject")
    loose = lift(SuppressionKind.GLOBAL_OPT_OUT, purpose="marketing")
    unasked = evolve(  # a confirmation of nothing that was begun
        loose, event_id="yes", type=EventType.CONFIRM, suppression=None, method="double_opt_in",
    )  # fmt: skip
    for events in ([loose], [loose, unasked], [evolve(loose, record="")]):
        done = import_events(store, events, at=later(10))
        assert [one.code for one in done.problems] == [REFUSED]
    assert not asked(store)
    assert any(block.kind is SuppressionKind.GLOBAL_OPT_OUT for block in who(store).suppressions)


def test_what_the_person_confirmed_goes_over_whole(store: ContactStore, other: ContactStore) -> None:
    record_consent(store, who(store).contact_id, "withdraw", "email", at=later(1), actor="subject")
    double(store, 2)
    assert asked(store)
    for events in (ledger(store)[::-1], ledger(store)):
        done = import_events(other, events, at=later(10))
        assert done.problems == ()
    assert (done.new, done.added) == (False, 0)
    assert ledger(other) == ledger(store)
    assert who(other).consent == who(store).consent
    assert asked(other)


def test_a_confirmation_lifts_no_opt_out_that_came_after_it_and_none_elsewhere(store: ContactStore) -> None:
    zoe = who(store).contact_id
    double(store, 1)
    record_consent(store, zoe, "withdraw", "email", at=later(3), actor="subject")
    wrong = [
        lift(SuppressionKind.GLOBAL_OPT_OUT, purpose="marketing"),  # the opt-out came between
        lift(SuppressionKind.GLOBAL_OPT_OUT, 1, purpose="marketing"),  # before the confirmation
        lift(SuppressionKind.GLOBAL_OPT_OUT, 2, purpose="marketing", record="hubspot:2"),  # somebody else's
        lift(SuppressionKind.GLOBAL_OPT_OUT, 2.1, purpose="marketing", endpoint="bo@x.es"),
        lift(SuppressionKind.GLOBAL_OPT_OUT, 2.2, purpose="marketing", channel=Channel.SMS),
        lift(SuppressionKind.GLOBAL_OPT_OUT, 2.3, purpose="events"),
        lift(SuppressionKind.GLOBAL_OPT_OUT, 2.5),  # for all purposes, and one was confirmed
        lift(SuppressionKind.GLOBAL_OPT_OUT, 2.4, purpose="marketing", controller="brand-a"),
    ]
    done = import_events(store, wrong, at=later(10))
    assert [one.path for one in done.problems] == [f"$[{place}]" for place in range(len(wrong))]
    assert {one.code for one in done.problems} == {REFUSED}
    assert not asked(store)


def test_the_confirmation_may_be_on_another_record_of_the_same_person(tmp_path: Path) -> None:
    row = "1,Zoe,Sol,zoe@x.es,false,2026-05-01\n2,Zoe,Sol,zoe@x.es,true,2026-05-01\n"
    one, two, empty = fill(MemoryStore(), tmp_path, row), fill(MemoryStore(), tmp_path, row), MemoryStore()
    double(one, 2)
    assert len(list(one.contacts())) == 1
    assert import_events(two, ledger(one), at=later(9)).problems == ()
    assert who(two).suppressions == who(one).suppressions
    import_events(empty, ledger(one), at=later(9))
    fill(empty, tmp_path, row)
    assert import_events(empty, ledger(one), at=later(9)).problems == ()
    assert {event.event_id for event in ledger(empty)} >= {event.event_id for event in ledger(one)}


def test_what_a_host_may_lift_by_hand_is_taken(store: ContactStore, other: ContactStore) -> None:
    for kind in ("manual", "dnc_registry", "legal_hold", "litigator", "hard_bounce"):
        record_suppression(store, kind, "email", at=later(1), endpoint="zoe@x.es")
        record_unsuppression(store, kind, "email", at=later(2), endpoint="zoe@x.es")
    done = import_events(other, ledger(store), at=later(9))
    assert (done.problems, done.new) == ((), True)
    assert asked(other)


@pytest.mark.parametrize(
    "change",
    [
        {"type": EventType.OPT_IN}, {"record": "hubspot:2"}, {"record": ""}, {"record": "nobody:9"}, {"purpose": "events"}, {"endpoint": "bo@x.es"},
        {"effective_at": NOW}, {"actor": "agent"}, {"evidence": "said so"},
    ],
)  # fmt: skip
def test_an_event_that_is_there_is_not_changed(store: ContactStore, change: dict[str, object]) -> None:
    done = record_consent(store, who(store).contact_id, "withdraw", "email", at=later(1), actor="subject")
    event = next(one for one in done.events if one.type is EventType.WITHDRAW)
    before, head = ledger(store), store.ledger_head()
    changed = evolve(event, **change)  # type: ignore[arg-type]
    assert [one.code for one in import_events(store, [changed], at=later(9)).problems] == [CHANGED]
    found = import_events(store, [changed, event], at=later(9))
    assert [(one.code, one.path, one.raw) for one in found.problems] == [(CHANGED, "$[0]", event.event_id)]
    assert (found.new, found.added, found.events, found.folded) == (False, 0, (event,), 0)
    assert (ledger(store), store.ledger_head()) == (before, head)


def test_the_rest_of_a_file_is_taken_and_counted(store: ContactStore) -> None:
    done = record_consent(store, who(store).contact_id, "opt_in", "email", at=later(1), actor="subject")
    there = done.events[0]
    stop = ConsentEvent(
        "stop", EventType.WITHDRAW, Channel.EMAIL, record="hubspot:2", effective_at=later(2), recorded_at=later(2)
    )
    store.put_proofs([ProofRow("proof", '{"at":"2026-07-01T00:00:00Z","name":"contact.changed","schema_version":"1.2"}')])
    twice = evolve(stop, event_id="proof")
    events = [evolve(there, record="hubspot:2"), stop, stop, there, evolve(stop, purpose="events"), twice]
    found = import_events(store, events, at=later(9))
    assert [(one.code, one.path) for one in found.problems] == [(CHANGED, "$[0]"), (CHANGED, "$[4]"), (CHANGED, "$[5]")]
    assert (found.new, found.added, found.events) == (True, 1, (stop, stop, there))
    assert not asked(store, "Bo")
    assert who(store, "Bo").contact_id in found.contact_ids


def test_two_ledgers_may_have_learned_of_one_event_at_two_times(store: ContactStore) -> None:
    event = record_consent(store, who(store).contact_id, "withdraw", "email", at=later(1), actor="subject").events[0]
    found = import_events(store, [evolve(event, recorded_at=later(5))], at=later(9))
    assert (found.problems, found.new) == ((), False)
    assert event in ledger(store)


def test_receipts_of_our_own_are_held_to_the_same(store: ContactStore, other: ContactStore, tmp_path: Path) -> None:
    zoe = who(store).contact_id
    record_consent(store, zoe, "withdraw", "email", at=later(1), actor="subject")
    copy = fill(MemoryStore(), tmp_path)
    import_events(copy, ledger(store), at=later(2))
    bad = lift(SuppressionKind.GLOBAL_OPT_OUT)
    copy.put_events([event_row(bad)])  # past the live acts
    record_consent(copy, who(copy).contact_id, "withdraw", "sms", at=later(3), actor="subject")
    receipts = export_receipts(copy, who(copy).contact_id, controllers=Party("Example Ltd"))
    found = import_receipts(store, receipts, at=later(10))
    email = next(place for place, one in enumerate(receipts) if bad.event_id in str(one))
    assert [(one.code, one.path, one.raw) for one in found.problems] == [(REFUSED, f"$[{email}]", bad.event_id)]
    assert found.new == len([one for one in ledger(store) if one.channel is Channel.SMS]) > 0
    assert not asked(store)
    (changed,) = [one for one in ledger(store) if one.type is EventType.WITHDRAW and one.channel is Channel.EMAIL]
    third = fill(MemoryStore(), tmp_path)
    import_events(third, [evolve(changed, purpose="events")], at=later(2))
    assert [one.code for one in import_receipts(third, receipts, at=later(10)).problems] == [CHANGED, REFUSED]
