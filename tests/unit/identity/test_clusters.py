from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from canonical_contact.errors import ConfigError, InputError
from canonical_contact.identity import ClusterPolicy, Cut, EdgeColumns, Judged, cluster

Pair = tuple[int, int]


def says(logit: float, *, apart: Sequence[Pair] = ()) -> Callable[[Sequence[Pair]], list[Judged]]:
    return lambda pairs: [Judged(logit, pair in apart) for pair in pairs]


def chain(*logits: float) -> list[tuple[float, int, int, bool]]:
    return [(logit, place, place + 1, False) for place, logit in enumerate(logits)]


def test_strong_links_join_and_the_rest_stays_alone() -> None:
    found = cluster(5, chain(6, 7), judge=says(0.5))
    assert found.clusters == ((0, 1, 2), (3,), (4,))
    assert found.cuts == ()


def test_a_chain_of_weak_links_falls_apart_and_the_cuts_are_told() -> None:
    found = cluster(6, chain(5, 2, 5, 2, 5), judge=says(-4))
    assert found.clusters == ((0, 1), (2, 3), (4, 5))
    assert found.cuts == (Cut(1, 2, "bridge", 2.0), Cut(3, 4, "bridge", 2.0))


def test_a_record_that_hangs_on_one_weak_link_is_cut_as_such() -> None:
    found = cluster(4, [(6, 0, 1, False), (6, 0, 2, False), (6, 1, 2, False), (1.5, 2, 3, False)], judge=says(-4))
    assert found.cuts == (Cut(2, 3, "weak_link", 1.5),)


def test_a_bridge_with_evidence_behind_it_joins() -> None:
    assert cluster(4, chain(6, 4, 6), judge=says(0.5)).clusters == ((0, 1, 2, 3),)


def test_a_household_is_parted_where_given_names_conflict() -> None:
    # 0 and 2 are father and son; 1 has only an initial and fits both, the father better
    found = cluster(3, chain(5, 4), judge=says(3, apart=[(0, 2)]))
    assert found.clusters == ((0, 1), (2,))
    assert found.cuts == (Cut(1, 2, "cluster_conflict", 4.0),)


def test_a_pair_that_a_rule_forbids_is_no_match_and_no_cut() -> None:
    assert cluster(2, [(9, 0, 1, True)], judge=None).cuts == ()


def test_cannot_link_holds_whatever_joins_them() -> None:
    found = cluster(4, chain(9, 8, 7), judge=says(9), cannot=[(3, 0)])
    assert found.labels[0] != found.labels[3]
    assert {cut.reason for cut in found.cuts} == {"cannot_link"}


def test_must_link_is_obeyed_against_evidence_and_rules() -> None:
    found = cluster(3, [(6, 0, 1, False)], judge=says(-9, apart=[(0, 2), (1, 2)]), must=[(2, 0)])
    assert (0, 2) in found.clusters
    assert found.confidence[2] == 1.0


def test_a_must_link_through_others_gives_way_to_a_cannot_link_and_is_told() -> None:
    found = cluster(3, [], judge=None, must=[(0, 1), (1, 2)], cannot=[(0, 2)])
    assert found.clusters == ((0, 1), (2,))
    assert found.cuts == (Cut(1, 2, "cannot_link", 50.0),)


def test_a_unique_source_gives_one_record_a_person() -> None:
    policy = ClusterPolicy(unique_sources=frozenset({7}))
    found = cluster(3, chain(9, 8), judge=says(0.5), policy=policy, source=[7, 5, 7])
    assert found.clusters == ((0, 1), (2,))
    assert found.cuts == (Cut(1, 2, "unique_source", 8.0),)


def test_the_judge_is_asked_once_about_all_small_components() -> None:
    asked: list[Sequence[Pair]] = []

    def judge(pairs: Sequence[Pair]) -> list[Judged]:
        asked.append(pairs)
        return [Judged(2, False)] * len(pairs)

    cluster(9, [*chain(6, 7), (5, 3, 4, False), (6, 5, 6, False), (6, 6, 7, False)], judge=judge)
    assert asked == [[(0, 2), (5, 7)]]


def test_without_a_judge_what_nobody_compared_speaks_against_them() -> None:
    assert cluster(3, chain(3, 3), judge=None).clusters == ((0, 1), (2,))
    assert cluster(3, chain(8, 8), judge=None).clusters == ((0, 1, 2),)


def test_an_edge_below_the_threshold_joins_nobody() -> None:
    assert cluster(2, [(0.9, 0, 1, False)], judge=None).clusters == ((0,), (1,))


def test_confidence_is_the_probability_by_the_average_log_odds_to_the_rest() -> None:
    found = cluster(4, [(2, 0, 1, False), (4, 0, 2, False), (6, 1, 2, False)], judge=None)
    assert list(found.confidence) == pytest.approx([0.952574, 0.982014, 0.993307, 1.0])


def test_a_large_component_is_parted_as_a_small_one_would_be() -> None:
    edges = [*chain(*itertools.chain.from_iterable((6, 2) for _ in range(50)))]
    large = cluster(101, edges, judge=says(-4))
    small = cluster(101, edges, judge=says(-4), policy=ClusterPolicy(largest=200))
    assert large.clusters == small.clusters
    assert {len(group) for group in large.clusters} == {1, 2}


def test_a_large_cluster_of_one_person_stays_whole() -> None:
    everybody = [(7.0, left, right, False) for left, right in itertools.combinations(range(90), 2) if (left + right) % 3]
    assert cluster(90, everybody, judge=says(6)).clusters == (tuple(range(90)),)


def test_what_would_take_too_long_is_left_to_a_person() -> None:
    # 2 x 150 copies: the two groups hang on one link, and 22,500 pairs would have to be looked at
    edges = [(7.0, left, right, False) for left, right in itertools.combinations(range(150), 2)]
    edges += [(7.0, left + 150, right + 150, False) for left, right in itertools.combinations(range(150), 2)]
    asked: list[int] = []

    def judge(pairs: Sequence[Pair]) -> list[Judged]:
        asked.append(len(pairs))
        return [Judged(6, False)] * len(pairs)

    found = cluster(300, [*edges[:200], *chain(*[7.0] * 299), (5.0, 149, 150, False)], judge=judge)
    assert sum(asked) <= 60 * (300 + 500)
    assert {cut.reason for cut in found.cuts} <= {"too_large"}


def test_places_and_logits_are_checked_in_both_forms() -> None:
    for edges in ([(1.0, 0, 2, False)], [(float("nan"), 0, 1, False)]):
        with pytest.raises(InputError):
            cluster(2, edges, judge=None)
        with pytest.raises(InputError):
            cluster(2, EdgeColumns(*(np.array(column) for column in zip(*edges, strict=True))), judge=None)
    with pytest.raises(InputError):
        cluster(2, EdgeColumns(np.zeros(1), np.zeros(2), np.zeros(2), np.zeros(2)), judge=None)
    with pytest.raises(InputError):
        cluster(2, [], judge=None, cannot=[(0, 5)])
    with pytest.raises(InputError):
        cluster(2, [], judge=None, policy=ClusterPolicy(unique_sources=frozenset({1})))


def test_a_policy_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ConfigError, match="at most match_at"):
        ClusterPolicy(match_at=1.0, cohesion=2.0)
    with pytest.raises(ConfigError):
        ClusterPolicy(largest=1)


def test_nothing_is_clustered_into_nothing() -> None:
    empty = EdgeColumns(*(np.zeros(0, kind) for kind in (float, int, int, bool)))
    assert cluster(0, [], judge=None) == cluster(0, empty, judge=None)
    assert cluster(2, empty, judge=None).clusters == ((0,), (1,))
