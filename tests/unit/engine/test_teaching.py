"""Answers teach the weights: what they move, what changes by it, and what does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, unify
from canonical_contact.engine.reviewing import answer, queue
from canonical_contact.engine.teaching import teach, weights_by_level
from canonical_contact.errors import ConfigError, StoreError
from canonical_contact.match.model.mixture import Model
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.model import Judgement

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 7, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    unify([ROOT / "examples" / "people.csv"], made, now=NOW)
    return made


def test_without_an_answer_nothing_is_learned(store: MemoryStore) -> None:
    before = list(store.contacts()), list(store.decisions())
    taught = teach(store, at=LATER)
    assert (taught.answers, taught.weights, taught.verdicts, taught.moved) == (0, (), (), {})
    assert taught.before == taught.after
    assert (taught.contacts.new, taught.contacts.changed, taught.retired) == (0, 0, 0)
    assert (list(store.contacts()), [row[:7] for row in store.decisions()]) == (before[0], [row[:7] for row in before[1]])


def test_answers_move_weights_and_verdicts_and_it_says_which(store: MemoryStore) -> None:
    for case in queue(store, limit=40, at=NOW):
        answer(store, case, "no_match", by="ana", at=NOW)
    machines = {row[:2]: row.judgement for row in store.decisions() if row.judgement != "no_match"}
    taught = teach(store, at=LATER)
    assert taught.answers >= 5
    assert taught.before != taught.after
    moved = [abs(one.after - one.before) for one in taught.weights]
    assert moved == sorted(moved, reverse=True)
    now = {row[:2]: row.judgement for row in store.decisions() if row.judgement != "no_match"}
    changed = {(one.left, one.right): (one.before, one.after) for one in taught.verdicts}
    assert changed == {
        pair: (machines.get(pair, "no_match"), now.get(pair, "no_match"))
        for pair in {**machines, **now}
        if machines.get(pair) != now.get(pair)
    }
    assert sum(taught.moved.values()) == len(changed)


def test_what_people_said_stands_whatever_was_learned(store: MemoryStore) -> None:
    said = {}
    for place, case in enumerate(queue(store, limit=20, at=NOW)):
        word = "match" if place % 2 else "no_match"
        if not answer(store, case, word, by="ana", at=NOW).awaiting:
            said[case.left, case.right] = word == "match"
    teach(store, at=LATER)
    home = dict(store.members())
    assert {pair: home[pair[0]] == home[pair[1]] for pair in said} == said


def test_teaching_twice_changes_nothing_more(store: MemoryStore) -> None:
    for case in queue(store, limit=10, at=NOW):
        answer(store, case, "no_match", by="ana", at=NOW)
    first = teach(store, at=LATER)
    again = teach(store, at=LATER + timedelta(days=1))
    assert again.before == again.after == first.after
    assert (again.weights, again.verdicts, again.contacts.changed) == ((), (), 0)


def test_later_runs_judge_by_what_was_learned(store: MemoryStore) -> None:
    for case in queue(store, limit=10, at=NOW):
        answer(store, case, "no_match", by="ana", at=NOW)
    taught = teach(store, at=LATER)
    unify([ROOT / "examples" / "people.csv"], store, now=LATER + timedelta(days=1))
    assert {row.model for row in store.decisions(Judgement.MATCH)} == {taught.after}


def test_a_store_is_taught_by_the_policy_that_judged_it(store: MemoryStore) -> None:
    own = MatchPolicy(match_at=0.9)
    with pytest.raises(ConfigError, match="another policy"):
        teach(store, at=LATER, policy=own)
    unify([ROOT / "examples" / "people.csv"], store, now=LATER, policy=own, refit=True)
    with pytest.raises(ConfigError, match="another policy"):
        teach(store, at=LATER)
    assert teach(store, at=LATER, policy=own).weights == ()


def test_a_store_without_weights_is_told_so() -> None:
    with pytest.raises(StoreError, match="no weights"):
        teach(MemoryStore(), at=NOW)


def test_a_weight_is_what_a_level_says_for_one_person_against_two() -> None:
    rows = {"given": ((0.9, 0.1), (0.5, 0.5), (0.1, 0.9))}
    model = Model("v", ("person", "household", "stranger"), (0.5, 0.25, 0.25), {"given": ("exact", "different")}, rows)
    assert weights_by_level(model) == {("given", "exact"): 1.585, ("given", "different"): -2.807}
