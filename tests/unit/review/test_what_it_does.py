"""Answers, skips and undo over HTTP: what is counted, for whom, and for which pair."""

from __future__ import annotations

from pathlib import Path

import pytest

from canonical_contact.engine.reviewing import progress
from canonical_contact.errors import StoreBusyError
from canonical_contact.model import Judgement
from canonical_contact.ports import DecisionRow
from canonical_contact.review import ReviewServer
from canonical_contact.store import SQLiteStore
from review_worlds import EVIL, NOW, Visitor, review_page


def told(path: Path) -> list[DecisionRow]:
    """What people have said, in the order of writing."""
    store = SQLiteStore(path, readonly=True)
    try:
        return list(store.answers())
    finally:
        store.close()


def test_an_answer_is_kept_under_the_name_of_who_gave_it_and_the_next_case_follows(ana: Visitor, path: Path) -> None:
    first = ana.page()
    after = ana.say("no_match")
    assert after.case not in ("", first.case)
    assert after.said.startswith("Two persons")
    (row,) = told(path)
    assert (row.judgement, row.by, row.method) == ("no_match", "ana", "person")
    assert "1 answered, 5 waiting" in after.text


def test_a_reload_shows_the_same_case_and_answers_nothing(ana: Visitor, path: Path) -> None:
    assert len({ana.page().case for _ in range(4)}) == 1
    assert told(path) == []


def test_an_answer_sent_twice_counts_once(ana: Visitor, path: Path) -> None:
    first = ana.page().case
    ana.say("match", first)
    again = ana.say("match", first)
    assert again.said.startswith("Not counted")
    assert len({(row.left, row.right) for row in told(path)}) == 1
    assert again.case not in ("", first)


def test_an_answer_to_what_is_not_in_front_of_them_is_not_counted(ana: Visitor, ben: Visitor, path: Path) -> None:
    of_ben = ben.page().case
    assert ana.say("match", of_ben).said.startswith("Not counted")
    assert ana.say("match", "0" * 16).said.startswith("Not counted")
    assert told(path) == []
    assert ben.page().case == of_ben


def test_what_is_no_answer_is_refused(ana: Visitor, path: Path) -> None:
    for word in ("maybe", "withdrawn", "review", ""):
        assert ana.say(word).said == "That is no answer."
    assert told(path) == []


def test_undo_brings_the_pair_back_and_withdraws_the_answer(ana: Visitor, path: Path) -> None:
    first = ana.page().case
    ana.say("match")
    assert ana.page().case != first
    back = ana.say("undo")
    assert back.case == first
    assert back.said.startswith("Your last answer was taken back")
    assert {row.judgement for row in told(path)} == {"match", "withdrawn"}
    assert ana.say("undo").said == "There is nothing to take back."


def test_answers_are_taken_back_one_by_one_also_by_a_page_that_was_started_anew(path: Path) -> None:
    with review_page(path, "ana") as server:
        visitor = Visitor(server, "ana")
        seen = []
        for word in ("match", "unsure", "no_match"):
            seen.append(visitor.page().case)
            visitor.say(word)
    with review_page(path, "ana") as server:
        visitor = Visitor(server, "ana")
        assert [visitor.say("undo").case for _ in range(3)] == seen[::-1]


def test_a_skipped_case_comes_back_behind_the_others_and_at_once_when_the_skip_is_undone(ana: Visitor, path: Path) -> None:
    first = ana.page().case
    assert ana.say("skip").case != first
    assert ana.say("undo").case == first
    ana.say("skip")
    for _ in range(5):
        assert ana.page().case != first
        ana.say("no_match")
    assert ana.page().case == first
    assert len(told(path)) == 5


def test_two_reviewers_never_look_at_one_case(ana: Visitor, ben: Visitor, path: Path) -> None:
    seen = {"ana": [ana.page().case], "ben": [ben.page().case]}
    for _ in range(2):
        seen["ana"].append(ana.say("no_match").case)
        seen["ben"].append(ben.say("no_match").case)
        assert seen["ana"][-1] != seen["ben"][-1]
    assert not {*seen["ana"]} & {*seen["ben"]}
    assert sorted(row.by for row in told(path)) == ["ana", "ana", "ben", "ben"]


def test_undo_takes_back_only_what_one_did_oneself(ana: Visitor, ben: Visitor, path: Path) -> None:
    ana.say("no_match")
    assert ben.say("undo").said == "There is nothing to take back."
    assert [row.judgement for row in told(path)] == ["no_match"]


def test_at_the_end_it_says_so_and_undo_still_works(ana: Visitor, ben: Visitor) -> None:
    last = ""
    for _ in range(6):
        last = ana.page().case
        ana.say("no_match")
    for visitor in (ana, ben):
        got = visitor.page()
        assert (got.status, got.case, got.question) == (200, "", "Nothing waits for you")
        assert "Every doubtful pair has an answer" in got.text
    assert ana.say("undo", "none").case == last


def test_what_others_look_at_is_not_called_answered(ana: Visitor, ben: Visitor) -> None:
    for _ in range(5):
        ana.say("no_match")
    assert ben.page().case == ""
    assert "1 pair waits" in ben.page().text


def test_a_case_that_was_settled_elsewhere_is_not_answered_again(ana: Visitor, path: Path) -> None:
    shown = ana.page().case
    with review_page(path, "ana") as other:  # the same person in another process: the case is theirs there, too
        elsewhere = Visitor(other, "ana")
        assert elsewhere.page().case == shown
        elsewhere.say("no_match")
    assert ana.say("match", shown).said.startswith("Not counted")
    assert [row.judgement for row in told(path)] == ["no_match"]


def test_while_an_import_holds_the_store_nothing_is_lost(ana: Visitor, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise StoreBusyError("The store is busy.", hint="Wait for the other run.")

    shown = ana.page().case
    with monkeypatch.context() as patch:
        patch.setattr("canonical_contact.review._sitting.answer", busy)
        after = ana.say("match", shown)
    assert (after.status, after.case) == (200, shown)
    assert after.said == "Not done: The store is busy. Wait for the other run."
    with monkeypatch.context() as patch:
        patch.setattr("canonical_contact.review._sitting.is_open", busy)
        unseen = ana.page()
    assert unseen.status == 503
    assert "Reload" in unseen.text
    assert ana.page().case == shown
    assert told(path) == []


def test_names_that_are_markup_are_text(ana: Visitor) -> None:
    pages = [ana.page(), *(ana.say("skip") for _ in range(5))]
    evil = [page for page in pages if "&lt;script&gt;" in page.text]
    assert len(evil) == 1
    for page in pages:
        assert page.text.count("<script") == 1  # its own
        assert "<img" not in page.text
        assert not any(text in page.text for text in EVIL)


def test_progress_in_the_store_is_what_the_page_says(ana: Visitor, path: Path, server: ReviewServer) -> None:
    ana.say("match")
    ana.say("unsure")
    store = SQLiteStore(path, readonly=True)
    try:
        found = progress(store, at=NOW)
        assert found.by == {"ana": 2}
        assert f"2 answered, {found.waiting} waiting" in ana.page().text
        assert [row.judgement for row in store.decisions(Judgement.UNSURE, people=True)] == ["unsure"]
    finally:
        store.close()
