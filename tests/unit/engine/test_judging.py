"""What people say of two records takes effect at once, contradicts nobody in silence, and is taken back exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, SQLiteStore
from canonical_contact.engine.judging import Outcome, judge, undo
from canonical_contact.engine.merging import merge, unmerge
from canonical_contact.engine.rectifying import rectify
from canonical_contact.errors import InputError, NotFoundError
from canonical_contact.model import Judgement
from canonical_contact.ports import ContactStore, DecisionRow
from canonical_contact.store import waiting_pairs
from sheet_worlds import SheetWorld

HEAD = "Record ID,First Name,Last Name,Email,Mobile Phone Number,Contact owner,Last Modified Date"
ROWS = {
    "1": "1,Ana,Gil,ana@x.example,+34600111222,Osei,2026-05-01",
    "2": "2,Dora,Klee,dora@y.example,,Osei,2026-05-02",
    "3": "3,Bob,Stone,,,Gil,2026-05-03",
    "4": "4,Cleo,Wu,cleo@w.example,,,2026-05-04",
}


class World(SheetWorld):
    """A sheet that is read again and again, and people who judge pairs of its rows."""

    def judge(self, left: str, right: str, judgement: str, by: str = "ana", **more: bool | str) -> Outcome:
        return judge(self.store, f"hubspot:{left}", f"hubspot:{right}", judgement, by=by, at=self.tick(), **more)  # type: ignore[arg-type]

    def undo(self, act: str) -> Outcome:
        return undo(self.store, act, by="ana", at=self.tick())

    def said(self, left: str, right: str) -> str:
        rows = [row for row in self.store.decision_versions(f"hubspot:{left}", f"hubspot:{right}") if row.is_by_person]
        return rows[-1].judgement if rows else ""

    def settled(self) -> None:
        """A further run changes nothing."""
        before, rows = self.documents(), list(self.store.answers())
        self.run()
        assert self.documents() == before
        assert list(self.store.answers()) == rows


@pytest.fixture(params=["memory", "sqlite"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    store: ContactStore = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "contacts.db")
    made = World(store, tmp_path, HEAD, ROWS)
    made.run()
    assert made.homes() == [{"1"}, {"2"}, {"3"}, {"4"}]
    yield made
    store.close()


def refused(code: str, act: Callable[[], object]) -> InputError:
    with pytest.raises(InputError) as error:
        act()
    assert error.value.code == code
    return error.value


def test_a_match_merges_at_once_and_binds_every_run(world: World) -> None:
    done = world.judge("2", "1", "match", note="same voice")
    assert done.merged is not None
    assert (done.judgement, done.contacts) == (Judgement.MATCH, (world.id("1"),))
    assert world.id("1") == world.id("2") == done.merged.survivor
    (row,) = world.store.answers()
    assert (row.judgement, row.by, row.evidence, row.act, row.reason) == ("match", "ana", "same voice", done.act, "judged")
    world.settled()


def test_a_match_of_one_contact_is_kept(world: World) -> None:
    world.judge("1", "2", "match")
    done = world.judge("1", "2", "match", by="bea")
    assert (done.merged, done.contacts) == (None, (world.id("1"),))
    assert [row.by for row in world.store.answers()] == ["ana", "bea"]
    assert world.judge("1", "2", "match", by="bea").act == ""


def test_a_no_parts_along_the_merge_that_brought_them_together(world: World) -> None:
    before = world.documents()
    merge(world.store, [world.id("1"), world.id("2")], by="bea", at=world.tick())
    merge(world.store, [world.id("1"), world.id("4")], by="bea", at=world.tick())
    done = world.judge("2", "1", "no_match")
    assert done.parted is not None
    assert set(done.contacts) == set(done.parted.contacts) == {world.id("1"), world.id("2")}
    (alone,) = (home for home in world.homes() if home in ({"1"}, {"2"}))
    assert {"1", "2", "4"} - alone in world.homes()
    assert world.documents()[world.id(*alone)] == before[world.id(*alone)]
    world.settled()


def test_a_no_parts_what_a_run_joined_by_what_the_records_are_linked_to(world: World) -> None:
    world.rows["5"] = "5,Ana,Gil,ana@x.example,+34600111222,,2026-06-01"
    world.rows["6"] = "6,Ana,Gil,ana@x.example,+34600111222,,2026-06-02"
    world.run()
    assert {"1", "5", "6"} in world.homes()
    world.judge("1", "5", "no_match")
    assert not any({"1", "5"} <= home for home in world.homes())
    assert any("6" in home and len(home) == 2 for home in world.homes())
    world.settled()


def test_a_no_that_stands_again_parts_what_a_run_has_joined_since(world: World) -> None:
    done = world.judge("1", "2", "no_match")
    back = world.undo(done.act)
    world.rows["2"] = "2,Ana,Gil,ana@x.example,+34600111222,Osei,2026-06-01"
    world.run()
    assert {"1", "2"} in world.homes()
    assert world.undo(back.act).parted is not None
    assert world.homes() == [{"1"}, {"2"}, {"3"}, {"4"}]
    world.settled()


def test_a_part_that_nothing_holds_any_more_is_held_as_it_is(world: World) -> None:
    merge(world.store, [world.id("1"), world.id("2"), world.id("4")], by="bea", at=world.tick())
    done = unmerge(world.store, world.id("1"), [["hubspot:2", "hubspot:4"]], by="bea", at=world.tick())
    world.undo(done.act)
    world.judge("1", "2", "no_match")
    assert world.homes() == [{"1"}, {"2", "4"}, {"3"}]
    world.settled()


def test_a_no_of_two_contacts_keeps_them_apart(world: World) -> None:
    done = world.judge("1", "2", "no_match")
    assert (done.parted, set(done.contacts)) == (None, {world.id("1"), world.id("2")})
    world.rows["2"] = "2,Ana,Gil,ana@x.example,+34600111222,,2026-06-01"
    world.run()
    assert not any({"1", "2"} <= home for home in world.homes())


def test_a_match_against_a_no_is_kept_and_goes_to_a_person(world: World) -> None:
    world.judge("1", "2", "no_match", by="bea")
    done = world.judge("1", "2", "match", note="I know her")
    assert [row.by for row in done.conflict] == ["bea"]
    assert (done.judgement, done.merged, world.said("1", "2")) == (Judgement.NO_MATCH, None, Judgement.NO_MATCH)
    assert [(row.by, row.judgement) for row in world.store.answers()] == [
        ("bea", "no_match"),
        ("ana", "match"),
        ("bea", "no_match"),
    ]
    assert [(row.left, row.right, row.reason, row.by) for row in waiting_pairs(world.store)] == [
        ("hubspot:1", "hubspot:2", "conflict", "ana")
    ]
    world.settled()
    done = world.judge("1", "2", "match", by="cleo", supersede=True)
    assert done.merged is not None
    assert waiting_pairs(world.store) == []
    world.settled()


def test_a_conflict_is_settled_by_another_no_too(world: World) -> None:
    world.judge("1", "2", "no_match", by="bea")
    world.judge("1", "2", "match")
    world.judge("1", "2", "no_match", by="cleo")
    assert waiting_pairs(world.store) == []
    world.settled()
    assert world.homes() == [{"1"}, {"2"}, {"3"}, {"4"}]


def test_a_no_between_others_of_the_two_contacts_stands_against_a_match_as_well(world: World) -> None:
    world.judge("1", "4", "match")
    world.judge("2", "4", "no_match", by="bea")
    done = world.judge("1", "2", "match")
    assert [(row.left, row.right) for row in done.conflict] == [("hubspot:2", "hubspot:4")]
    assert world.said("1", "2") == Judgement.WITHDRAWN
    world.settled()
    assert world.homes() == [{"1", "4"}, {"2"}, {"3"}]
    done = world.judge("1", "2", "match", supersede=True)
    assert world.homes() == [{"1", "2", "4"}, {"3"}]
    assert world.said("2", "4") == Judgement.MATCH
    world.settled()
    world.undo(done.act)
    assert world.said("2", "4") == Judgement.NO_MATCH
    assert world.homes() == [{"1", "4"}, {"2"}, {"3"}]
    world.settled()


def test_who_is_unsure_changes_nothing_that_others_said(world: World) -> None:
    assert world.judge("1", "2", "unsure").judgement == Judgement.UNSURE
    assert world.said("1", "2") == "unsure"
    world.judge("1", "2", "no_match", by="bea")
    done = world.judge("1", "2", "unsure", by="cleo")
    assert (done.judgement, world.said("1", "2")) == (Judgement.NO_MATCH, "no_match")
    assert "cleo" in [row.by for row in world.store.answers() if row.judgement == "unsure"]
    world.settled()


def test_a_match_that_needs_an_approval_is_kept_and_waits_for_it(world: World) -> None:
    done = world.judge("1", "3", "match")
    assert [one.owner for one in done.awaiting] == ["Gil", "Osei"]
    assert (done.merged, world.said("1", "3")) == (None, "withdrawn")
    assert ("ana", "match") in [(row.by, row.judgement) for row in world.store.answers()]
    assert [row.reason for row in waiting_pairs(world.store)] == ["approval_needed"]
    assert len(world.homes()) == 4
    world.settled()
    merge(world.store, [world.id("1"), world.id("3")], by="bea", at=world.tick(), approved_by="Gil")
    assert world.homes() == [{"1", "3"}, {"2"}, {"4"}]
    world.settled()
    assert waiting_pairs(world.store) == []
    world.judge("2", "1", "match")
    assert world.judge("2", "1", "match", approved_by="Osei").merged is not None
    assert waiting_pairs(world.store) == []
    world.settled()


@pytest.mark.parametrize("judgement", ["match", "no_match", "unsure"])
def test_a_judgement_is_taken_back_whole(world: World, judgement: str) -> None:
    if judgement == "no_match":
        merge(world.store, [world.id("1"), world.id("2")], by="bea", at=world.tick())
    before, said = world.documents(), world.said("1", "2")
    done = world.judge("1", "2", judgement)
    back = world.undo(done.act)
    assert back.judgement == Judgement.WITHDRAWN
    assert world.documents() == before
    assert world.said("1", "2") == (said or "withdrawn")
    world.settled()
    again = world.undo(back.act)
    assert bool(again.merged) == (judgement == "match")
    assert bool(again.parted) == (judgement == "no_match")
    assert world.said("1", "2") == judgement
    world.settled()
    refused("merge.undone", lambda: world.undo(back.act))
    world.undo(again.act)
    assert world.documents() == before


def test_a_merge_and_an_unmerge_are_taken_back(world: World) -> None:
    apart = world.documents()
    one = merge(world.store, [world.id("1"), world.id("2")], by="bea", at=world.tick())
    together = world.documents()
    two = unmerge(world.store, one.survivor, by="bea", at=world.tick())
    world.undo(two.act)
    assert world.documents() == together
    assert world.said("1", "2") == "match"
    world.settled()
    world.undo(one.act)
    assert world.documents() == apart
    assert world.said("1", "2") == "withdrawn"
    world.settled()


def test_merges_are_taken_back_in_any_order_unless_a_later_one_stands_on_them(world: World) -> None:
    first = merge(world.store, [world.id("2"), world.id("4")], by="bea", at=world.tick())
    last = world.judge("1", "2", "match")
    assert world.homes() == [{"1", "2", "4"}, {"3"}]
    error = refused("merge.later_act", lambda: world.undo(first.act))
    assert last.act in error.hint
    assert world.homes() == [{"1", "2", "4"}, {"3"}]
    world.undo(last.act)
    world.undo(first.act)
    assert world.homes() == [{"1"}, {"2"}, {"3"}, {"4"}]
    world.settled()


def test_a_merge_that_was_taken_apart_since_is_taken_back_in_the_log_alone(world: World) -> None:
    one = merge(world.store, [world.id("1"), world.id("2")], by="bea", at=world.tick())
    unmerge(world.store, one.survivor, by="bea", at=world.tick())
    before = world.documents()
    done = world.undo(one.act)
    assert (done.parted, done.merged) == (None, None)
    assert world.documents() == before
    assert world.said("1", "2") == "no_match"


def test_an_unmerge_of_a_merge_that_was_taken_back_is_taken_back_in_the_log_alone(world: World) -> None:
    one = merge(world.store, [world.id("1"), world.id("2")], by="bea", at=world.tick())
    two = unmerge(world.store, one.survivor, by="bea", at=world.tick())
    world.undo(one.act)
    assert world.undo(two.act).merged is None
    assert world.said("1", "2") == "withdrawn"
    assert world.homes() == [{"1"}, {"2"}, {"3"}, {"4"}]
    world.settled()


def test_an_unmerge_that_others_have_confirmed_since_is_taken_back_in_the_log_alone(world: World) -> None:
    merge(world.store, [world.id("1"), world.id("2")], by="bea", at=world.tick())
    done = unmerge(world.store, world.id("1"), by="bea", at=world.tick())
    world.judge("1", "2", "no_match", by="cleo")
    assert world.undo(done.act).merged is None
    assert world.said("1", "2") == "no_match"
    assert world.homes() == [{"1"}, {"2"}, {"3"}, {"4"}]
    world.settled()


def test_a_match_that_stands_again_joins_what_was_parted_since(world: World) -> None:
    merge(world.store, [world.id("1"), world.id("2")], by="bea", at=world.tick())
    apart = unmerge(world.store, world.id("1"), by="bea", at=world.tick())
    no = world.judge("1", "2", "no_match", by="cleo")
    assert world.undo(apart.act).merged is None
    assert world.undo(no.act).merged is not None
    assert world.said("1", "2") == "match"
    assert world.homes() == [{"1", "2"}, {"3"}, {"4"}]
    world.settled()


def test_what_a_run_joined_and_others_hold_apart_since_stays_apart(world: World) -> None:
    world.rows["5"] = "5,Ana,Gil,ana@x.example,+34600111222,,2026-06-01"
    world.run()
    assert {"1", "5"} in world.homes()
    done = unmerge(world.store, world.id("1"), [["hubspot:5"]], by="bea", at=world.tick())
    world.judge("1", "5", "no_match", by="cleo")
    assert [row.by for row in world.undo(done.act).conflict] == ["cleo"]
    assert not any({"1", "5"} <= home for home in world.homes())
    world.settled()


def test_what_came_since_goes_where_it_belongs_when_a_judgement_is_taken_back(world: World) -> None:
    done = world.judge("1", "2", "match")
    world.rows["5"] = "5,Dora,Klee,dora@y.example,,,2026-06-01"
    world.run()
    assert {"1", "2", "5"} in world.homes()
    world.undo(done.act)
    assert world.homes() == [{"1"}, {"2", "5"}, {"3"}, {"4"}]
    world.settled()


def test_a_taken_back_conflict_waits_no_more(world: World) -> None:
    world.judge("1", "2", "no_match", by="bea")
    done = world.judge("1", "2", "match")
    world.undo(done.act)
    assert waiting_pairs(world.store) == []
    assert world.said("1", "2") == "no_match"


def test_what_a_machine_asked_is_asked_again_after_an_answer_was_taken_back(world: World) -> None:
    world.store.put_decisions([DecisionRow("hubspot:1", "hubspot:2", "review", 0.4, "weights", "p", "e")])
    assert len(waiting_pairs(world.store)) == 1
    done = world.judge("1", "2", "no_match")
    assert waiting_pairs(world.store) == []
    world.undo(done.act)
    assert [row.score for row in waiting_pairs(world.store)] == [0.4]


@pytest.mark.parametrize(("left", "right", "judgement", "by"), [
    ("1", "2", "review", "ana"), ("1", "2", "withdrawn", "ana"), ("1", "2", "perhaps", "ana"), ("1", "2", "match", " "), ("1", "1", "match", "a"),
])  # fmt: skip
def test_what_is_no_answer_is_refused(world: World, left: str, right: str, judgement: str, by: str) -> None:
    with pytest.raises(InputError):
        world.judge(left, right, judgement, by)
    assert list(world.store.answers()) == []


def test_what_was_put_right_is_no_record_to_judge(world: World) -> None:
    record = rectify(world.store, world.id("1"), {"name.surname": "Gil Ruiz"}, at=world.tick()).record
    with pytest.raises(InputError, match="Judge that record"):
        judge(world.store, "hubspot:2", record, "match", by="ana", at=world.tick())


def test_a_record_or_act_that_is_not_there_is_told(world: World) -> None:
    with pytest.raises(NotFoundError):
        world.judge("1", "99", "match")
    with pytest.raises(NotFoundError):
        world.undo("nothing")
    with pytest.raises(InputError, match="Nobody"):
        undo(world.store, "nothing", by="", at=world.tick())
