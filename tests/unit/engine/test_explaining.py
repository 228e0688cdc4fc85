"""Pairs are explained as they were judged: those of a table, and those of a store, also after a run that brought nothing new."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, unify
from canonical_contact.engine.dedupe import dedupe
from canonical_contact.engine.explaining import explainer_of, explainer_of_store
from canonical_contact.engine.index import MatchIndex
from canonical_contact.engine.matching import saved_settings
from canonical_contact.errors import StoreError
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.model import Judgement

ROOT = Path(__file__).resolve().parents[3]
OF_CLUSTERS = {"weak_link", "bridge", "cluster_conflict"}  # why a match stays open, which no pair says by itself
NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    made = MemoryStore()
    unify([ROOT / "examples" / "world"], made, now=NOW)
    return made


def test_a_pair_of_a_store_is_explained_by_the_verdict_that_stands(store: MemoryStore) -> None:
    explainer = explainer_of_store(store)
    places = {record.key: place for place, record in enumerate(explainer.records)}
    rows = [row for kind in (Judgement.MATCH, Judgement.REVIEW) for row in store.decisions(kind) if row.reason not in OF_CLUSTERS]
    assert len(rows) > 100
    for row in rows[::5]:
        told = explainer.explain(places[row.left], places[row.right], blocks=False)
        verdict = told.judgement.value, round(told.score, 6), told.reason, told.policy
        assert verdict == (row.judgement, row.score, row.reason, row.policy)


def test_what_keeps_two_that_match_apart_is_a_pair_that_does_not(store: MemoryStore) -> None:
    explainer, members = explainer_of_store(store), dict(store.members())
    places = {record.key: place for place, record in enumerate(explainer.records)}
    held: dict[str, list[int]] = {}
    for key, place in places.items():
        held.setdefault(members[key], []).append(place)
    asked = [row for row in store.decisions(Judgement.REVIEW) if row.reason in OF_CLUSTERS]
    assert asked
    for row in asked:
        left, right = places[row.left], places[row.right]
        kept = explainer.kept_apart(left, right, held[members[row.left]], held[members[row.right]])
        assert kept is not None
        assert kept.third not in (left, right)
        told = explainer.explain(kept.third, kept.other, blocks=False)
        assert told.apart or told.judgement is not Judgement.MATCH
        assert (told.score, told.apart, told.reason) == (kept.score, kept.apart, kept.reason)


def test_a_store_keeps_the_threshold_that_its_pairs_were_merged_from(store: MemoryStore) -> None:
    saved = saved_settings(store)
    assert saved is not None
    assert saved.policy.match_at > MatchPolicy.default().match_at
    scores = [row.score for row in store.decisions(Judgement.MATCH)]
    assert min(scores) >= round(saved.policy.match_at, 6)
    own = saved_settings(store, MatchPolicy(match_at=0.8))
    assert own is not None
    assert own.policy.match_at == 0.8, "a policy that asks for no precision says itself from where pairs are merged"


def test_a_store_without_weights_explains_nothing() -> None:
    for asked in (explainer_of_store, MatchIndex.from_store):
        with pytest.raises(StoreError, match="no weights"):
            asked(MemoryStore())


def test_a_pair_of_rows_is_explained_by_the_threshold_of_its_table() -> None:
    found = dedupe(ROOT / "examples" / "people.csv")
    explainer, places = explainer_of(found), {row: place for place, row in enumerate(found.rows)}
    assert found.review
    for pair in found.review:
        told = explainer.explain(places[pair.left], places[pair.right], blocks=False)
        assert told.match_at == found.resolution.match_at
        if pair.reason not in OF_CLUSTERS:
            assert (told.judgement, told.reason) == (Judgement.REVIEW, pair.reason)
