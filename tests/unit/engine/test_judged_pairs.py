"""What people say of pairs binds every run: it outlives re-runs, re-imports and new weights, and no machine supersedes it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from canonical_contact.engine.judging import judge, undo
from canonical_contact.model import Judgement
from canonical_contact.ports import DecisionRow
from canonical_contact.store import MemoryStore, waiting_pairs
from sheet_worlds import START, SheetWorld

HEADER = "Record ID,First Name,Last Name,Email"
ROWS = {
    "1": "1,Ana,Gil,ana.gil@corp.example",
    "2": "2,Ana,Gil,ana.gil@corp.example",
    "3": "3,Ana Maria,Gil,ana.gil@corp.example",
    "4": "4,Bob,Stone,bob@other.example",
}


class World(SheetWorld):
    """A sheet of contacts, and people who judge pairs of its rows."""

    def says(self, judgement: Judgement, left: str, right: str, by: str = "ana") -> None:
        pair = sorted((self.key(left), self.key(right)))
        self.store.put_decisions([DecisionRow(pair[0], pair[1], judgement, 1.0, "reviewed", "", "", "person", by=by)])

    def key(self, name: str) -> str:
        (key,) = (key for key, _ in self.store.members() if key.endswith(f":{name}"))
        return key


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(MemoryStore(), tmp_path, HEADER, ROWS)
    made.run()
    return made


def test_without_a_word_the_records_of_one_mailbox_are_one(world: World) -> None:
    assert world.homes() == [{"1", "2", "3"}, {"4"}]


def test_a_cannot_link_parts_what_matches_and_outlives_every_run(world: World) -> None:
    world.says(Judgement.NO_MATCH, "1", "2")
    for refit in (False, False, True):
        world.run(refit=refit)
        assert not any({"1", "2"} <= home for home in world.homes())
    world.rows["2"] = "2,Ana,Gil-Diaz,ana.gil@corp.example"
    world.run()
    assert not any({"1", "2"} <= home for home in world.homes())
    assert {world.key("1"), world.key("2")} not in [{row.left, row.right} for row in waiting_pairs(world.store)]


def test_a_must_link_joins_what_does_not_match_and_outlives_every_run(world: World) -> None:
    world.says(Judgement.MATCH, "1", "4")
    for refit in (False, False, True):
        world.run(refit=refit)
        assert any({"1", "4"} <= home for home in world.homes())
    world.rows["4"] = "4,Robert,Stone,r.stone@other.example"
    world.run()
    assert any({"1", "4"} <= home for home in world.homes())


def test_what_was_taken_back_binds_nobody(world: World) -> None:
    world.says(Judgement.NO_MATCH, "1", "2")
    world.run()
    world.says(Judgement.WITHDRAWN, "1", "2")
    world.run()
    assert world.homes() == [{"1", "2", "3"}, {"4"}]


def test_people_who_contradict_each_other_through_a_third_record_are_asked_again(world: World) -> None:
    world.says(Judgement.MATCH, "1", "4")
    world.says(Judgement.MATCH, "3", "4", by="bo")
    world.says(Judgement.NO_MATCH, "1", "3", by="cy")
    world.run()
    assert not any({"1", "3"} <= home for home in world.homes())
    asked = [row for row in world.store.decisions(Judgement.REVIEW) if row.reason == "conflict"]
    assert len(asked) == 1


def test_a_second_run_over_judged_pairs_writes_nothing(world: World) -> None:
    world.says(Judgement.NO_MATCH, "1", "2")
    world.says(Judgement.MATCH, "3", "4")
    world.run()
    before = [list(world.store.contacts()), list(world.store.decisions()), list(world.store.answers())]
    done = world.run()
    assert [list(world.store.contacts()), list(world.store.decisions()), list(world.store.answers())] == before
    assert (done.contacts.new, done.contacts.changed, done.retired) == (0, 0, 0)


def test_machines_say_what_judged_and_when(world: World) -> None:
    (row, *_) = world.store.decisions(Judgement.MATCH)
    assert row.method in ("rule", "model")
    assert (row.by, row.at[:10], len(row.model)) == ("", "2026-07-02", 12)


def test_a_doubt_takes_the_place_of_no_answer_even_where_a_later_act_is_undone(world: World) -> None:
    pair = world.key("1"), world.key("4")
    world.rows["5"] = "5,Cy,Roe,cy@roe.example"
    world.run()
    judge(world.store, pair[0], pair[1], "match", by="ana", at=START + timedelta(days=10))
    judge(world.store, pair[0], pair[1], "unsure", by="bo", at=START + timedelta(days=11))
    done = judge(world.store, pair[0], world.key("5"), "match", by="ana", at=START + timedelta(days=12))
    undo(world.store, done.act, by="ana", at=START + timedelta(days=13))
    assert [row.by for row in world.store.decisions(Judgement.MATCH, people=True) if row[:2] == pair] == ["ana"]
