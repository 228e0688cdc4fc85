"""Who looks at which question is kept in the store, and names no record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from canonical_contact import MemoryStore
from canonical_contact.engine._desk import Desk, Held, case_name, read_desk, scrub_desk, write_desk
from canonical_contact.ports import DecisionRow

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def test_a_desk_comes_back_as_it_was_written() -> None:
    store = MemoryStore()
    desk = Desk().hold("q1", Held("ana")).hold("q2", Held("bób", NOW.isoformat())).skip("ana", "q3", NOW.isoformat())
    write_desk(store, desk)
    assert read_desk(store) == desk
    assert read_desk(MemoryStore()) == Desk()


def test_an_empty_desk_is_not_written() -> None:
    store = MemoryStore()
    write_desk(store, Desk())
    assert store.setting("review.desk") is None


def test_a_hold_ends_and_an_assignment_does_not() -> None:
    desk = Desk().hold("q1", Held("ana", (NOW + timedelta(minutes=5)).isoformat())).hold("q2", Held("bob"))
    assert [desk.holder(name, NOW) for name in ("q1", "q2", "q3")] == ["ana", "bob", ""]
    late = NOW + timedelta(minutes=5)
    assert [desk.holder(name, late) for name in ("q1", "q2")] == ["", "bob"]
    assert set(desk.without_ended(late).held) == {"q2"}


def test_a_skip_is_taken_back_without_a_trace() -> None:
    desk = Desk().skip("ana", "q1", NOW.isoformat())
    assert desk.skip("ana", "q1", "") == Desk()


def test_questions_of_erased_people_leave_the_desk() -> None:
    store = MemoryStore()
    store.put_decisions([DecisionRow("a:1", "b:1", "review", 0.5, "weights", "p", "")])
    kept, gone = case_name("a:1", "b:1"), case_name("a:2", "b:2")
    write_desk(store, Desk().hold(kept, Held("ana")).hold(gone, Held("ana")).skip("bob", gone, NOW.isoformat()))
    scrub_desk(store)
    assert read_desk(store) == Desk().hold(kept, Held("ana"))


def test_the_name_of_a_question_holds_no_key() -> None:
    name = case_name("mailchimp:ana@example.org", "hubspot:17")
    assert len(name) == 16
    assert set(name) <= set("0123456789abcdef")
