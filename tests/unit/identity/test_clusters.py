from __future__ import annotations

import itertools

from canonical_contact.identity import cluster


def never(_left: int, _right: int) -> bool:
    return False


def test_chains_join_and_the_rest_stays_alone() -> None:
    assert cluster(5, [(0.9, 0, 1), (0.95, 1, 2)], conflict=never).clusters == ((0, 1, 2), (3,), (4,))


def test_a_contradiction_keeps_a_chain_apart_and_the_weaker_link_is_told() -> None:
    found = cluster(3, [(0.96, 1, 2), (0.99, 0, 1)], conflict=lambda a, b: {a, b} == {0, 2})
    assert found.clusters == ((0, 1), (2,))
    assert found.blocked == ((1, 2),)


def test_cannot_link_holds_whatever_joins_them() -> None:
    edges = [(0.99, 0, 1), (0.98, 1, 2), (0.97, 2, 3)]
    found = cluster(4, edges, conflict=never, cannot=[(0, 3)])
    assert all(not {0, 3} <= set(group) for group in found.clusters)


def test_must_link_comes_first() -> None:
    found = cluster(3, [(0.99, 0, 1)], conflict=lambda a, b: True, must=[(0, 2)])
    assert (0, 2) in found.clusters


def test_the_order_of_edges_does_not_matter() -> None:
    edges = [(0.99, 0, 1), (0.97, 1, 2), (0.97, 2, 3), (0.96, 0, 3)]
    results = {cluster(4, order, conflict=lambda a, b: {a, b} == {0, 2}) for order in itertools.permutations(edges)}
    assert len(results) == 1


def test_a_pair_whose_clusters_join_after_all_is_not_kept_apart() -> None:
    # 1 and 2 contradict each other, so 0-2 must wait; then their own pair, which a stronger reason decided, joins them
    found = cluster(3, [(0.99, 0, 1), (0.98, 0, 2), (0.97, 1, 2)], conflict=lambda a, b: {a, b} == {1, 2})
    assert found.clusters == ((0, 1, 2),)
    assert found.blocked == ()
