from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from match import scores

from canonical_contact.match.evaluate import evaluate

LABELS = st.integers(1, 30).flatmap(lambda size: st.tuples(*[st.lists(st.integers(0, 9), min_size=size, max_size=size)] * 2))
PEOPLE = np.array([0, 0, 0, 1, 1, 2])


@given(LABELS)
def test_clusters_score_as_the_library_scores_them(labels: tuple[list[int], list[int]]) -> None:
    clusters, people = labels
    told = scores.cluster_scores(scores.coded(clusters), scores.coded(people))
    found = evaluate(*({str(row): code for row, code in enumerate(codes)} for codes in (clusters, people)))
    for mine, theirs in ((told["pairs"], found.pairs), (told["b_cubed"], found.bcubed)):
        for value, other in ((mine.precision, theirs.precision), (mine.recall, theirs.recall)):
            assert other is None or value == pytest.approx(other)


def test_equal_scores_are_accepted_together() -> None:
    pairs = scores.Pairs(np.array([0, 3, 0]), np.array([1, 4, 5]), np.array([0.9, 0.5, 0.5]))
    told = scores.threshold_scores(pairs, PEOPLE, 0.9)
    assert told["natural"] == scores.rates(1, 1, 4)
    assert told["best"] == scores.rates(2, 3, 4)
    assert told["best_threshold"] == 0.5


def test_nothing_found_is_precise_and_reaches_nothing() -> None:
    none = np.zeros(0, np.int64)
    told = scores.threshold_scores(scores.Pairs(none, none, np.zeros(0)), PEOPLE, 0.5)
    assert told["natural"] == told["best"] == (1.0, 0.0, 0.0)


def test_a_yes_joins_the_clusters_of_both_records() -> None:
    clusters = np.array([0, 0, 1, 2, 3, 3])
    review = scores.Pairs(np.array([1, 4]), np.array([2, 0]), np.array([0.8, 0.7]))
    told = scores.review_scores(review, clusters, PEOPLE)
    assert told["precision"] == 0.5
    assert told["reached"] == scores.rates(3, 4, 4)


def test_a_wrong_merge_with_a_blocked_person_is_counted() -> None:
    clusters = np.array([0, 0, 0, 0, 1, 1])
    signs = np.array([True, True, True, False, False, False])
    told = scores.wrong_merges(clusters, PEOPLE, {"email": signs})["email"]
    assert list(told.values()) == [1, 1, 1]
