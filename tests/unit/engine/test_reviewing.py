"""The queue, its views and answers, for several reviewers of one store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, SQLiteStore, unify
from canonical_contact.engine._cases import OF_APPROVAL, OF_STANDING, read_fields, standing_of
from canonical_contact.engine.explaining import explainer_of_store
from canonical_contact.engine.reviewing import (
    Case,
    agreement,
    answer,
    answer_pair,
    assign,
    case_view,
    find_case,
    give_back,
    is_open,
    progress,
    queue,
    skip,
    take,
    undo_last,
    weights_of,
)
from canonical_contact.errors import InputError
from canonical_contact.merge.plan import Approval, approvals_needed
from canonical_contact.model import Judgement
from canonical_contact.ports import ContactStore
from canonical_contact.store import contact_of, waiting_pairs

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 7, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("world") / "contacts.db"
    with SQLiteStore(path) as store:
        unify([ROOT / "examples" / "world"], store, now=NOW)
    return path


@pytest.fixture
def store(world: Path, tmp_path: Path) -> Iterator[SQLiteStore]:
    copy = tmp_path / "contacts.db"
    copy.write_bytes(world.read_bytes())
    with SQLiteStore(copy) as opened:
        yield opened


def needs_approval(store: ContactStore, case: Case) -> tuple[Approval, ...]:
    plan = case_view(store, case, at=NOW).plan
    assert plan is not None
    return plan.approvals


def test_the_queue_asks_once_about_two_contacts_and_covers_every_waiting_pair(store: SQLiteStore) -> None:
    cases = queue(store, limit=10**6, at=NOW)
    assert len({frozenset(case.contacts) for case in cases}) == len(cases)
    assert sum(case.pairs for case in cases) == len(waiting_pairs(store))
    assert [case.value for case in cases] == sorted((case.value for case in cases), reverse=True)
    home = dict(store.members())
    assert all((home[case.left], home[case.right]) == case.contacts for case in cases)


def test_the_same_store_gives_the_same_queue(store: SQLiteStore) -> None:
    assert queue(store, at=NOW) == queue(store, at=NOW)
    assert queue(store, limit=3, at=NOW) == queue(store, at=NOW)[:3]


def test_what_is_answered_is_asked_no_more(store: SQLiteStore) -> None:
    first, second, *_ = (case for case in queue(store, limit=10**6, at=NOW) if not needs_approval(store, case))
    outcome = answer(store, first, "no_match", by="ana", at=NOW), answer(store, second, "match", by="ana", at=NOW)
    assert [bool(one.merged) for one in outcome] == [False, True]
    open_ = {frozenset(case.contacts) for case in queue(store, limit=10**6, at=NOW)}
    assert frozenset(first.contacts) not in open_
    assert frozenset(second.contacts) not in open_
    assert not is_open(store, first)
    assert not is_open(store, second)


def test_a_merge_that_needs_an_approval_is_a_question_for_those_who_may_give_it(store: SQLiteStore) -> None:
    case = next(case for case in queue(store, limit=10**6, at=NOW) if needs_approval(store, case))
    may = {one.owner for one in needs_approval(store, case)}
    outcome = answer(store, case, "match", by="ana", at=NOW)
    assert outcome.awaiting
    assert not outcome.merged
    name = find_case(store, case.name, at=NOW)
    assert name is not None
    assert name.reason == "approval_needed"
    asked = {who: {one.name for one in queue(store, reviewer=who, limit=10**6, at=NOW)} for who in ("ana", *may)}
    assert case.name not in asked["ana"]
    assert all(case.name in asked[who] for who in may)
    assert answer(store, name, "match", by=max(may), at=NOW).merged
    assert find_case(store, case.name, at=NOW) is None


def test_what_people_say_against_each_other_is_asked_until_somebody_settles_it(store: SQLiteStore) -> None:
    case = next(case for case in queue(store, limit=10**6, at=NOW) if not needs_approval(store, case))
    answer(store, case, "no_match", by="bob", at=NOW)
    assert answer_pair(store, case.left, case.right, "match", by="ana", at=NOW).conflict
    asked = find_case(store, case.name, at=NOW)
    assert asked is not None
    assert asked.reason == "conflict"
    assert is_open(store, asked)
    view = case_view(store, asked, at=NOW)
    assert "people have said both" in view.why
    assert view.plan is not None
    assert [row.by for row in view.plan.conflicts] == ["bob"]
    (found,) = agreement(store)
    assert (found.reviewers, found.pairs, found.agreed) == (("ana", "bob"), 1, 0)
    assert answer(store, asked, "match", by="eve", at=NOW, supersede=True).merged
    assert find_case(store, case.name, at=NOW) is None


def test_a_no_settles_what_people_say_against_each_other(store: SQLiteStore) -> None:
    case = queue(store, at=NOW)[0]
    answer(store, case, "no_match", by="bob", at=NOW)
    answer_pair(store, case.left, case.right, "match", by="ana", at=NOW)
    asked = find_case(store, case.name, at=NOW)
    assert asked is not None
    answer(store, asked, "no_match", by="eve", at=NOW)
    assert find_case(store, case.name, at=NOW) is None
    assert not is_open(store, asked)


def test_an_answer_undone_leaves_the_contacts_as_they_were(store: SQLiteStore) -> None:
    case = next(case for case in queue(store, limit=10**6, at=NOW) if not needs_approval(store, case))
    before = list(store.contacts()), dict(store.members()), queue(store, at=NOW)
    answer(store, case, "match", by="ana", at=NOW)
    undo_last(store, by="ana", at=LATER)
    assert [row._replace(revision=0) for row in store.contacts()] == [row._replace(revision=0) for row in before[0]]
    assert dict(store.members()) == before[1]
    assert queue(store, at=NOW) == before[2]
    assert progress(store, at=NOW).answered == 0


def test_a_view_shows_what_a_merge_would_do(store: SQLiteStore) -> None:
    case = queue(store, at=NOW)[0]
    plan = case_view(store, case, at=NOW).plan
    assert plan is not None
    assert {plan.survivor, *plan.retired} == set(case.contacts)
    assert plan.fields


def test_no_parts_the_two_contacts_so_their_other_pairs_ask_nothing(store: SQLiteStore) -> None:
    case = next(case for case in queue(store, limit=10**6, at=NOW) if case.pairs > 1)
    before = progress(store, at=NOW).waiting
    answer(store, case, "no_match", by="ana", at=NOW)
    assert progress(store, at=NOW).waiting == before - 1
    assert all(frozenset(case.contacts) != frozenset(one.contacts) for one in queue(store, limit=10**6, at=NOW))


def test_who_was_unsure_is_not_asked_again_and_others_are(store: SQLiteStore) -> None:
    case = queue(store, reviewer="ana", at=NOW)[0]
    answer(store, case, "unsure", by="ana", at=NOW)
    assert case.name not in {one.name for one in queue(store, reviewer="ana", limit=10**6, at=NOW)}
    assert queue(store, reviewer="bob", at=NOW)[0].name == case.name
    assert not is_open(store, case, reviewer="ana")
    assert is_open(store, case, reviewer="bob")
    assert take(store, reviewer="ana", among=[case], at=NOW) is None


def test_a_question_shown_to_one_is_handed_to_nobody_else_for_a_while(store: SQLiteStore) -> None:
    ana, bob = take(store, reviewer="ana", at=NOW), take(store, reviewer="bob", at=NOW)
    assert ana is not None
    assert bob is not None
    assert ana.name != bob.name
    assert take(store, reviewer="ana", at=LATER) == ana or ana.assigned == ""
    late = take(store, reviewer="eve", at=NOW + timedelta(hours=1))
    assert late is not None
    assert late.name == ana.name, "who walked away holds nothing up"


def test_what_is_given_back_is_free_at_once(store: SQLiteStore) -> None:
    ana = take(store, reviewer="ana", at=NOW)
    assert ana is not None
    give_back(store, ana, by="bob", at=NOW)
    assert take(store, reviewer="bob", among=[ana], at=NOW) is None
    give_back(store, ana, by="ana", at=NOW)
    assert take(store, reviewer="bob", among=[ana], at=NOW) == ana


def test_an_assigned_question_is_somebodys_until_it_is_given_to_all_again(store: SQLiteStore) -> None:
    case = queue(store, at=NOW)[0]
    assign(store, case, to="bob", by="ana", at=NOW)
    much_later = NOW + timedelta(days=30)
    assert queue(store, reviewer="bob", at=much_later)[0].assigned == "bob"
    assert case.name not in {one.name for one in queue(store, reviewer="ana", limit=10**6, at=much_later)}
    give_back(store, case, by="bob", at=NOW)
    assert queue(store, reviewer="bob", at=NOW)[0].assigned == "bob"
    assign(store, case, to="", by="ana", at=NOW)
    assert queue(store, reviewer="ana", at=NOW)[0].name == case.name


def test_a_skipped_question_comes_last_for_one_and_first_for_others(store: SQLiteStore) -> None:
    case = take(store, reviewer="ana", at=NOW)
    assert case is not None
    skip(store, case, by="ana", at=NOW)
    mine = queue(store, reviewer="ana", limit=10**6, at=NOW)
    assert mine[-1].name == case.name
    assert mine[-1].skipped
    assert queue(store, reviewer="bob", at=NOW)[0].name == case.name
    assert progress(store, at=NOW).skipped == {"ana": 1}


def test_undo_takes_back_ones_own_answers_and_skips_the_last_first(store: SQLiteStore) -> None:
    first, second, third, fourth = queue(store, reviewer="ana", limit=4, at=NOW)
    answer(store, first, "no_match", by="ana", at=NOW)
    answer(store, second, "unsure", by="bob", at=NOW)
    skip(store, third, by="ana", at=LATER)
    answer(store, fourth, "no_match", by="ana", at=LATER + timedelta(minutes=1))
    undone = [undo_last(store, by="ana", at=LATER + timedelta(minutes=2)) for _ in range(4)]
    assert [one and one.name for one in undone] == [fourth.name, third.name, first.name, None]
    assert [one and one.outcome is not None for one in undone] == [True, False, True, None]
    assert progress(store, at=NOW).by == {"bob": 1}
    assert {first.name, fourth.name} <= {one.name for one in queue(store, reviewer="ana", limit=10**6, at=NOW)}


def test_a_question_is_found_by_its_name_which_tells_nothing_of_the_records(store: SQLiteStore) -> None:
    case = queue(store, at=NOW)[0]
    assert case.name.isalnum()
    assert find_case(store, case.name, at=NOW) == case
    answer(store, case, "no_match", by="ana", at=NOW)
    assert find_case(store, case.name, at=NOW) is None


def test_a_view_shows_both_records_first_and_what_differs(store: SQLiteStore) -> None:
    case = next(case for case in queue(store, limit=10**6, at=NOW) if case.records > 2)
    view = case_view(store, case, at=NOW)
    assert [side.key for side in view.sides[:2]] == [case.left, case.right]
    assert [side.asked for side in view.sides] == [True, True, *[False] * (len(view.sides) - 2)]
    assert {side.contact for side in view.sides} == set(case.contacts)
    assert all(len(row.values) == len(view.sides) for row in view.fields)
    for row in view.fields:
        said = [frozenset(text.casefold() for text in texts) for texts in row.values if texts]
        assert row.differs == (len(set(said)) > 1)
        assert all(sum(text.casefold() in side for side in said) > 1 for text in row.common)


def test_a_view_says_why_by_the_comparison_of_the_run(store: SQLiteStore) -> None:
    explainer, weights = explainer_of_store(store), weights_of(store)
    places = {record.key: place for place, record in enumerate(explainer.records)}
    cases = queue(store, limit=10**6, at=NOW)
    assert len(cases) > 30
    for case in cases:
        told = case_view(store, case, at=NOW, weights=weights).explanation
        whole = explainer.explain(places[case.left], places[case.right], blocks=False)
        assert told is not None
        assert (told.score, told.reason, told.evidence, told.total) == (whole.score, whole.reason, whole.evidence, whole.total)


def test_a_view_of_a_store_without_weights_has_no_evidence(store: SQLiteStore) -> None:
    case = queue(store, at=NOW)[0]
    empty = MemoryStore()
    view = case_view(empty, case, at=NOW)
    assert (view.sides, view.fields, view.evidence, view.explanation) == ((), (), (), None)


def test_progress_counts_what_waits_and_what_was_said(store: SQLiteStore) -> None:
    before = progress(store, at=NOW)
    cases = queue(store, limit=3, at=NOW)
    for case, word in zip(cases, ("no_match", "unsure", "no_match"), strict=True):
        answer(store, case, word, by="ana", at=NOW)
    done = progress(store, at=NOW)
    assert done.waiting == before.waiting - 2
    assert done.said == {"no_match": 2, "unsure": 1}
    assert done.answered == 3
    assert done.by == {"ana": 3}


def test_reviewers_agree_as_far_as_they_say_the_same_of_the_same_pairs(store: SQLiteStore) -> None:
    cases = queue(store, limit=4, at=NOW)
    for case in cases:
        answer_pair(store, case.left, case.right, "unsure", by="ana", at=NOW)
    for case, word in zip(cases, ("unsure", "unsure", "no_match", "unsure"), strict=True):
        answer_pair(store, case.left, case.right, word, by="bob", at=NOW)
    (found,) = agreement(store)
    assert (found.reviewers, found.pairs, found.agreed, found.share) == (("ana", "bob"), 4, 3, 0.75)


@pytest.mark.parametrize("word", ["review", "withdrawn", "yes", ""])
def test_only_an_answer_is_taken_as_one(store: SQLiteStore, word: str) -> None:
    with pytest.raises(InputError, match="no answer"):
        answer(store, queue(store, at=NOW)[0], word, by="ana", at=NOW)


def test_nobody_answers_nothing(store: SQLiteStore) -> None:
    with pytest.raises(InputError, match="Nobody"):
        answer(store, queue(store, at=NOW)[0], "match", by=" ", at=NOW)


@pytest.mark.parametrize(
    "call",
    [
        lambda store, at: queue(store, at=at),
        lambda store, at: take(store, reviewer="ana", at=at),
        lambda store, at: progress(store, at=at),
        lambda store, at: undo_last(store, by="ana", at=at),
    ],
)
def test_a_time_needs_a_zone(call: Callable[[ContactStore, datetime], object]) -> None:
    with pytest.raises(InputError, match="time zone"):
        call(MemoryStore(), NOW.replace(tzinfo=None))


def test_the_standing_of_a_contact_is_read_without_the_rest_of_it(store: SQLiteStore) -> None:
    rows = list(store.contacts())
    standings = [standing_of(read_fields(row, OF_STANDING)) for row in rows]
    assert standings == [standing_of(contact_of(row)) for row in rows]
    assert {(one.permits, one.refuses) for one in standings} == {(False, False), (True, False), (False, True), (True, True)}
    assert any(one.last_at for one in standings)


def test_who_may_approve_is_read_without_the_rest_of_the_contacts(store: SQLiteStore) -> None:
    needs = 0
    for case in queue(store, limit=10**6, at=NOW):
        rows = [row for contact in case.contacts if (row := store.contact(contact)) is not None]
        whole = approvals_needed([contact_of(row) for row in rows])
        assert approvals_needed([read_fields(row, OF_APPROVAL) for row in rows]) == whole
        needs += bool(whole)
    assert needs > 5


def test_an_unanswered_store_writes_nothing_by_being_looked_at(store: SQLiteStore) -> None:
    before = {name: store.setting(name) for name in ("review.desk",)}
    queue(store, at=NOW)
    progress(store, at=NOW)
    agreement(store)
    assert undo_last(store, by="ana", at=NOW) is None
    assert {name: store.setting(name) for name in before} == before
    assert list(store.decisions(Judgement.MATCH, people=True)) == []
