"""Law: measures by counts are those of looking at every pair and every record; one and the same partition is right, whatever its ids."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.match.evaluate import bcubed, cluster_measures, evaluate, pair_measures

partitions = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=24)


def sides(rows: list[tuple[int, int]]) -> tuple[dict[str, int], dict[str, int]]:
    return {f"k{at}": row[0] for at, row in enumerate(rows)}, {f"k{at}": row[1] for at, row in enumerate(rows)}


def share(part: float, whole: float) -> Any:
    return pytest.approx(part / whole) if whole else None


@given(partitions)
def test_pairs_by_pairs(rows: list[tuple[int, int]]) -> None:
    clusters, truth = sides(rows)
    found = {pair for pair in combinations(clusters, 2) if clusters[pair[0]] == clusters[pair[1]]}
    true = {pair for pair in combinations(truth, 2) if truth[pair[0]] == truth[pair[1]]}
    told = pair_measures(clusters, truth)
    assert (told.right, told.found, told.true) == (len(found & true), len(found), len(true))
    assert told.precision == share(len(found & true), len(found))
    assert told.recall == share(len(found & true), len(true))
    assert told.f1 == share(2 * len(found & true), len(found) + len(true))


@given(partitions)
def test_records_by_records(rows: list[tuple[int, int]]) -> None:
    clusters, truth = sides(rows)
    pure = whole = 0.0
    for key in truth:
        mates = {other for other in truth if clusters[other] == clusters[key]}
        own = {other for other in truth if truth[other] == truth[key]}
        pure += len(mates & own) / len(mates)
        whole += len(mates & own) / len(own)
    told = bcubed(clusters, truth)
    assert told.precision == share(pure, len(rows))
    assert told.recall == share(whole, len(rows))


@given(partitions, st.integers(1, 3))
def test_clusters_by_clusters(rows: list[tuple[int, int]], smallest: int) -> None:
    def groups(side: dict[str, int]) -> set[frozenset[str]]:
        every = {frozenset(key for key in side if side[key] == name) for name in set(side.values())}
        return {group for group in every if len(group) >= smallest}

    clusters, truth = sides(rows)
    told = cluster_measures(clusters, truth, smallest=smallest)
    assert (told.right, told.found, told.true) == (
        len(groups(clusters) & groups(truth)),
        len(groups(clusters)),
        len(groups(truth)),
    )


@given(partitions.filter(bool), st.permutations(range(6)))
def test_the_same_partition_is_right_under_other_names(rows: list[tuple[int, int]], names: list[int]) -> None:
    clusters, truth = sides(rows)
    renamed = {key: f"c{names[name]}" for key, name in truth.items()}
    told = evaluate(renamed, truth)
    for measures in (told.pairs, told.bcubed, told.clusters):
        assert {measures.precision, measures.recall, measures.f1} <= {1.0, None}
    assert told.bcubed.f1 == told.clusters.f1 == 1.0
    assert evaluate({key: (names[name],) for key, name in clusters.items()}, truth) == evaluate(clusters, truth)


@given(partitions, st.sets(st.integers(0, 23)), st.sets(st.integers(0, 23)))
def test_records_that_one_side_lacks(rows: list[tuple[int, int]], unlinked: set[int], unlabelled: set[int]) -> None:
    clusters, truth = sides(rows)
    for at in unlinked:
        clusters.pop(f"k{at}", None)
    for at in unlabelled:
        truth.pop(f"k{at}", None)
    told = evaluate(clusters, truth)
    alone = {key: (clusters[key],) if key in clusters else ("alone", key) for key in truth}
    full = evaluate(alone, truth)
    assert (told.pairs, told.bcubed, told.clusters) == (full.pairs, full.bcubed, full.clusters)
    assert told.unlinked == len(truth.keys() - clusters.keys())
    assert told.unlabelled == len(clusters.keys() - truth.keys())
