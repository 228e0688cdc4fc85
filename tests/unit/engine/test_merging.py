"""Contacts are made one and taken apart by people: planned first, in one transaction, undone to the byte, and safe for consent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from canonical_contact import Contact, MemoryStore, SQLiteStore, may_contact
from canonical_contact.engine.judging import judge
from canonical_contact.engine.merging import merge, merge_all, plan_merge, plan_unmerge, unmerge, unmerge_all
from canonical_contact.engine.recording import record_consent
from canonical_contact.engine.rectifying import rectify
from canonical_contact.errors import InputError, NotFoundError, StoreError
from canonical_contact.model import Channel, ConsentState, Judgement
from canonical_contact.ports import ContactStore, DecisionRow
from canonical_contact.schema import from_json
from sheet_worlds import SheetWorld

HEAD = "Record ID,First Name,Last Name,Email,Mobile Phone Number,Contact owner,Date of birth,Unsubscribed from all email,Last Modified Date"
ROWS = {
    "1": "1,Ana,Gil,ana@x.example,+34600111222,Osei,1990-01-02,false,2026-05-01",
    "2": "2,Anna,Gil Ruiz,anna@y.example,,Osei,,true,2026-05-02",
    "3": "3,Bob,Stone,bob@z.example,,Gil,,false,2026-05-03",
    "4": "4,Cleo,Wu,cleo@w.example,,,,false,2026-05-04",
}


class World(SheetWorld):
    """A sheet that is read again and again, and people who merge and part what came of it."""

    def ids(self, *names: str) -> list[str]:
        return [self.id(name) for name in names]

    def merge(self, *names: str, approved_by: str = "osei") -> str:
        return merge(self.store, self.ids(*names), by="ana", at=self.tick(), approved_by=approved_by).act

    def unmerge(self, name: str) -> tuple[str, ...]:
        return unmerge(self.store, self.id(name), by="ana", at=self.tick()).contacts

    def contact(self, name: str) -> Contact:
        row = self.store.contact(self.id(name))
        assert row is not None
        return from_json(Contact, row.document)

    def said(self, *names: str) -> str:
        left, right = sorted(f"hubspot:{name}" for name in names)
        rows = [row for row in self.store.decision_versions(left, right) if row.is_by_person]
        return rows[-1].judgement if rows else ""

    def events(self, name: str, kind: str) -> list[dict[str, str]]:
        told = [json.loads(text) for text in self.store.history(self.id(name))]
        return [event["detail"] for event in told if event["name"] == kind]


@pytest.fixture(params=["memory", "sqlite"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    store: ContactStore = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "contacts.db")
    made = World(store, tmp_path, HEAD, ROWS)
    made.run()
    assert len(made.documents()) == 4
    yield made
    store.close()


def refused(code: str, act: Callable[[], object]) -> InputError:
    with pytest.raises(InputError) as error:
        act()
    assert error.value.code == code
    return error.value


def test_a_plan_tells_field_by_field_what_wins_and_why_and_writes_nothing(world: World) -> None:
    before, answers = world.documents(), list(world.store.answers())
    plan = plan_merge(world.store, world.ids("2", "1"), at=world.tick())
    assert (plan.survivor, plan.retired) == (min(world.ids("1", "2")), (max(world.ids("1", "2")),))
    assert plan.records == ("hubspot:1", "hubspot:2")
    told = {change.path: change for change in plan.fields}
    one, two = world.ids("1", "2")
    assert told["$.emails"].before == {one: ("ana@x.example",), two: ("anna@y.example",)}
    assert set(told["$.emails"].after) == {"ana@x.example", "anna@y.example"}
    assert (told["$.birthday"].after, told["$.birthday"].winner) == (("1990-01-02",), "hubspot:1")
    assert told["$.birthday"].strategy
    assert told["$.birthday"].why
    assert [claim.source for claim in told["$.emails"].candidates] == ["hubspot:2", "hubspot:1"]
    assert "$.gender" not in told
    assert [(one.name, one.after) for one in plan.owners] == [("record", ("Osei",))]
    assert world.documents() == before
    assert list(world.store.answers()) == answers


def test_a_plan_tells_what_happens_to_consent(world: World) -> None:
    one, two = world.ids("1", "2")
    record_consent(
        world.store, one, "opt_in", Channel.EMAIL, "marketing", at=world.tick(), actor="subject", endpoint="ana@x.example"
    )
    plan = plan_merge(world.store, [one, two], at=world.tick())
    states = {(change.endpoint, change.block): (change.before[one], change.before[two], change.after) for change in plan.consent}
    assert states["ana@x.example", ""] == ("granted", "withdrawn", "withdrawn")
    assert [(gathered.name, gathered.before[one], gathered.after) for gathered in plan.subscriptions] == [
        ("email marketing", ("granted",), ())
    ]
    world.merge("1", "2")
    assert not may_contact(world.contact("1"), Channel.EMAIL, "marketing", at=world.tick())


def test_the_oldest_id_stays_and_the_other_leads_to_it(world: World) -> None:
    one, two = sorted(world.ids("1", "2"))
    world.merge("2", "1")
    assert world.id("1") == world.id("2") == one
    row = world.store.contact(two)
    assert row is not None
    assert (row.contact_id, row.retired) == (one, (two,))
    assert world.contact("1").aliases == (two,)
    (detail,) = world.events("1", "contact.merged")
    assert (detail["retired"], detail["by"], detail["records"]) == (two, "ana", "hubspot:1 hubspot:2")
    assert {"emails", "name", "birthday"} <= set(detail["fields"].split())
    assert "ana@x.example" not in str(detail)


def test_a_merge_outlives_a_rerun_which_writes_nothing(world: World) -> None:
    world.merge("1", "2", "4")
    before, rows = world.documents(), list(world.store.answers())
    done = world.run()
    assert (done.contacts.new, done.contacts.changed, done.retired) == (0, 0, 0)
    assert world.documents() == before
    assert list(world.store.answers()) == rows


def test_an_unmerge_restores_every_byte_and_no_run_joins_the_halves_again(world: World) -> None:
    before = world.documents()
    world.merge("1", "2")
    halves = world.unmerge("2")
    assert set(halves) == set(world.ids("1", "2"))
    assert world.documents() == before
    assert world.said("1", "2") == Judgement.NO_MATCH
    world.run()
    assert world.documents() == before


def test_three_that_became_one_fall_into_three(world: World) -> None:
    before = world.documents()
    world.merge("1", "2", "4")
    assert len(world.unmerge("4")) == 3
    assert world.documents() == before


def test_merges_come_apart_one_by_one_the_last_one_first(world: World) -> None:
    start = world.documents()
    world.merge("1", "2")
    first = world.documents()
    world.merge("2", "4")
    world.unmerge("1")
    assert world.documents() == first
    assert world.said("1", "2") == Judgement.MATCH  # what held the first merge together still does
    world.run()
    assert world.documents() == first
    world.unmerge("1")
    assert world.documents() == start
    refused("merge.not_merged", lambda: world.unmerge("1"))


def test_a_retired_contact_that_had_aliases_of_its_own_comes_back_with_them(world: World) -> None:
    oldest, *others = sorted(("1", "2", "4"), key=world.id)
    world.merge(*others)
    before = world.documents()
    world.merge(oldest, others[0])
    world.unmerge(oldest)
    assert world.documents() == before
    assert len(world.contact(others[0]).aliases) == 1


def test_what_came_later_goes_to_the_half_that_it_belongs_to(world: World) -> None:
    world.merge("1", "2")
    world.rows["5"] = "5,Ana,Gil,ana@x.example,+34600111222,,,false,2026-06-01"
    world.rows["6"] = "6,Anna,Gil Ruiz,anna@y.example,,,,false,2026-06-01"
    world.run()
    assert {"1", "2", "5", "6"} in world.homes()
    plan = plan_unmerge(world.store, world.id("1"), at=world.tick())
    assert {part.later for part in plan.parts} == {("hubspot:5",), ("hubspot:6",)}
    world.unmerge("1")
    assert world.homes() == [{"1", "5"}, {"2", "6"}, {"3"}, {"4"}]
    before = world.documents()
    world.run()
    assert world.documents() == before


def test_named_parts_come_apart_and_the_id_stays_with_the_contacts_own_records(world: World) -> None:
    world.rows["5"] = "5,Ana,Gil,ana@x.example,+34600111222,,,false,2026-06-01"
    world.run()
    assert {"1", "5"} in world.homes()
    old = world.id("1")
    done = unmerge(world.store, old, [["hubspot:5"]], by="ana", at=world.tick())
    assert (world.id("1"), done.contacts) == (old, (old, world.id("5")))
    before = world.documents()
    world.run()
    assert world.documents() == before
    assert [event["act"] for event in world.events("5", "contact.created")] == [done.act]


def test_named_parts_that_were_contacts_get_their_ids_back(world: World) -> None:
    before = world.documents()
    world.merge("1", "2", "4")
    unmerge(world.store, world.id("1"), [["hubspot:2"]], by="ana", at=world.tick())
    assert {"1", "4"} in world.homes()
    assert world.id("2") in before
    unmerge(world.store, world.id("1"), [["hubspot:1"], ["hubspot:4"]], by="ana", at=world.tick())
    assert world.documents() == before


def test_a_run_that_merged_is_taken_apart_likewise(world: World) -> None:
    before = world.ids("1", "4")
    world.rows["4"] = "4,Ana,Gil,ana@x.example,+34600111222,,1990-01-02,false,2026-06-01"
    world.run()
    assert {"1", "4"} in world.homes()
    plan = plan_unmerge(world.store, world.id("1"), at=world.tick())
    assert plan.act == ""
    unmerge(world.store, world.id("1"), by="ana", at=world.tick(), plan=plan)
    assert world.ids("1", "4") == before
    world.run()
    assert world.ids("1", "4") == before


def test_what_was_put_right_stays_with_the_record_that_it_is_about(world: World) -> None:
    record = rectify(world.store, world.id("2"), {"name.surname": "Ruiz"}, at=world.tick()).record
    before = world.documents()
    world.merge("1", "2")
    world.unmerge("1")
    assert world.documents() == before
    world.merge("2", "4")
    refused("merge.parts", lambda: unmerge(world.store, world.id("2"), [[record]], by="ana", at=world.tick()))
    unmerge(world.store, world.id("2"), [["hubspot:4", record]], by="ana", at=world.tick())
    assert world.documents() == before


def test_what_is_put_right_of_a_contact_whose_record_of_that_went_elsewhere_is_a_record_of_its_own(world: World) -> None:
    world.merge("1", "2")
    rectify(world.store, world.id("1"), {"name.surname": "Ruiz"}, at=world.tick())
    world.unmerge("1")
    for name in ("1", "2"):
        done = rectify(world.store, world.id(name), {"birthday": "1980-01-02"}, at=world.tick())
        assert world.contact(name).birthday == "1980-01-02"
        assert dict(world.store.members())[done.record] == world.id(name)
    assert sorted(key for row in world.store.contacts() for key in row.members) == [key for key, _ in world.store.members()]


@pytest.mark.parametrize(("act", "code"), [("merge", "merge.one_contact"), ("unmerge", "merge.not_merged")])
def test_there_must_be_something_to_do(world: World, act: str, code: str) -> None:
    refused(code, lambda: world.merge("1", "1") if act == "merge" else world.unmerge("1"))


@pytest.mark.parametrize(
    "parts", [[["4"]], [["1"], ["1", "2"]], [["1", "2"]], [[]]], ids=["another's", "twice", "all of them", "nothing"]
)
def test_parts_must_be_some_of_the_records(world: World, parts: list[list[str]]) -> None:
    world.merge("1", "2")
    named = [[f"hubspot:{name}" for name in part] for part in parts]
    refused("merge.parts", lambda: unmerge(world.store, world.id("1"), named, by="ana", at=world.tick()))


def test_a_stale_plan_is_refused(world: World) -> None:
    plan = plan_merge(world.store, world.ids("1", "2"), at=world.tick())
    rectify(world.store, world.id("2"), {"name.surname": "Ruiz"}, at=world.tick())
    again = lambda: merge(world.store, world.ids("1", "2"), by="ana", at=world.tick(), plan=plan)  # noqa: E731
    assert "again" in refused("merge.stale_plan", again).hint
    fresh = plan_merge(world.store, world.ids("1", "2"), at=world.tick())
    assert merge(world.store, world.ids("2", "1"), by="ana", at=world.tick(), plan=fresh).survivor == fresh.survivor
    parting = plan_unmerge(world.store, world.id("1"), at=world.tick())
    rectify(world.store, world.id("2"), {"name.surname": "Gil"}, at=world.tick())
    refused("merge.stale_plan", lambda: unmerge(world.store, world.id("1"), by="ana", at=world.tick(), plan=parting))


def test_a_merge_of_two_owners_needs_the_word_of_one_of_them(world: World) -> None:
    plan = plan_merge(world.store, world.ids("1", "3"), at=world.tick())
    assert [(one.reason, one.owner) for one in plan.approvals] == [("different_owners", "Gil"), ("different_owners", "Osei")]
    for name in ("", "somebody"):
        error = refused("merge.needs_approval", lambda name=name: world.merge("1", "3", approved_by=name))  # type: ignore[misc]
        assert "Osei" in str(error)
    world.merge("1", "3", approved_by="GIL")
    assert world.events("1", "contact.merged")[0]["approved_by"] == "GIL"


def test_people_who_hold_two_apart_forbid_their_merge(world: World) -> None:
    row = DecisionRow("hubspot:1", "hubspot:2", "no_match", 0.0, "judged", "", "", "person", by="bea")
    world.store.put_decisions([row])
    plan = plan_merge(world.store, world.ids("1", "2"), at=world.tick())
    assert plan.conflicts == (row,)
    assert "bea" in str(refused("merge.conflict", lambda: world.merge("1", "2")))
    world.merge("2", "4")
    refused("merge.conflict", lambda: world.merge("1", "4"))  # through a record of the same contact


def test_an_unmerged_pair_is_merged_again_only_against_what_was_said(world: World) -> None:
    world.merge("1", "2")
    world.unmerge("1")
    refused("merge.conflict", lambda: world.merge("1", "2"))


def test_a_refusal_while_they_were_one_is_refused_by_both_halves(world: World) -> None:
    world.merge("1", "4")
    record_consent(world.store, world.id("1"), "withdraw", Channel.EMAIL, "marketing", at=world.tick(), actor="subject")
    world.unmerge("1")
    for name in ("1", "4"):
        assert not may_contact(world.contact(name), Channel.EMAIL, "marketing", at=world.tick())
        assert ConsentState.WITHDRAWN in {record.state for record in world.contact(name).consent}


def test_a_refusal_of_a_half_that_a_yes_of_both_lifted_stands_again(world: World) -> None:
    world.merge("1", "2")
    one = world.id("1")
    for kind in ("opt_in_unconfirmed", "confirm"):
        record_consent(
            world.store, one, kind, Channel.EMAIL, "marketing", at=world.tick(), actor="subject", endpoint="ana@x.example"
        )
    world.unmerge("1")
    blocked = world.contact("2")
    assert not may_contact(blocked, Channel.EMAIL, "marketing", at=world.tick())


def test_what_was_one_under_another_id_before_counts_as_one_since_then(world: World) -> None:
    world.rows["1"] = "1,Ana,Gil,,+34600111222,Osei,1990-01-02,false,2026-06-01"  # nothing but the refusal itself stands for her
    world.run()
    record_consent(world.store, world.id("1"), "withdraw", Channel.EMAIL, "marketing", at=world.tick(), actor="subject")
    world.merge("1", "2", "4")
    contact, address = world.id("1"), "cleo@w.example"
    assert contact == world.id("2")  # so that the others go under an id of their own
    for kind in ("opt_in_unconfirmed", "confirm"):
        record_consent(world.store, contact, kind, Channel.EMAIL, "marketing", at=world.tick(), actor="subject", endpoint=address)
    unmerge(world.store, contact, [["hubspot:1", "hubspot:4"]], by="ana", at=world.tick())
    assert world.id("1") == world.id("4") != contact
    world.unmerge("1")
    states = {name: {record.state for record in world.contact(name).consent} for name in ("1", "4")}
    assert ConsentState.WITHDRAWN in states["1"]
    assert ConsentState.GRANTED not in states["1"]
    assert states["4"] == {ConsentState.GRANTED}


def test_many_are_merged_and_unmerged_at_one_stroke(world: World) -> None:
    before = world.documents()
    done = merge_all(world.store, [world.ids("1", "2"), world.ids("3", "4")], by="ana", at=world.tick())
    assert len({one.act for one in done}) == 2
    assert world.homes() == [{"1", "2"}, {"3", "4"}]
    unmerge_all(world.store, [one.survivor for one in done], by="ana", at=world.tick())
    assert world.documents() == before


def test_many_records_are_folded_as_few_are(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.rows["5"] = "5,Egon,Falk,egon@e.example,+34600111222,,,true,2026-06-01"  # a refusal at a number that another holds, too
    world.run()
    before = world.documents()
    monkeypatch.setattr("canonical_contact.engine.folding._FEW", 0)
    world.merge("1", "2")
    merged = world.documents()
    world.unmerge("1")
    assert world.documents() == before
    monkeypatch.undo()
    judge(world.store, "hubspot:1", "hubspot:2", "match", by="ana", at=world.tick(), supersede=True)
    assert world.documents() == merged


def test_of_many_merges_all_or_none_are_done(world: World) -> None:
    before = world.documents()
    refused(
        "merge.needs_approval",
        lambda: merge_all(world.store, [world.ids("2", "4"), world.ids("1", "3")], by="a", at=world.tick()),
    )
    assert world.documents() == before


def test_nobody_and_no_contact_are_refused(world: World) -> None:
    with pytest.raises(InputError, match="Nobody"):
        merge(world.store, world.ids("1", "2"), by=" ", at=world.tick())
    with pytest.raises(InputError, match="Nobody"):
        unmerge(world.store, world.id("1"), by="", at=world.tick())
    with pytest.raises(NotFoundError):
        merge(world.store, [world.id("1"), "nobody"], by="ana", at=world.tick())
    with pytest.raises(InputError, match="time zone"):
        plan_merge(world.store, world.ids("1", "2"), at=datetime(2026, 7, 1))  # noqa: DTZ001


def test_a_merge_that_breaks_off_leaves_nothing_half_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before, rows = world.documents(), list(world.store.answers())

    def broken(*_: object) -> None:
        raise StoreError("disk full")

    monkeypatch.setattr(world.store, "log", broken)
    with pytest.raises(StoreError):
        world.merge("1", "2")
    monkeypatch.undo()
    assert world.documents() == before
    assert list(world.store.answers()) == rows
