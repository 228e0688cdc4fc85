"""Clusters of records: strongest pairs first, and never two records together that contradict each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice, product

from attrs import frozen

__all__ = ["Clustering", "cluster"]

MAX_CHECKS = 400  # cross pairs that are compared before two clusters join; larger ones are compared by their first members


@frozen
class Clustering:
    """Clusters and the pairs that were kept apart.

    Args:
        clusters: places of records, ascending in each cluster; clusters in the order of their first member; singletons included.
        blocked: matched pairs that were not joined, because members of their clusters contradict each other.
    """

    clusters: tuple[tuple[int, ...], ...]
    blocked: tuple[tuple[int, int], ...]


def cluster(
    size: int,
    edges: Iterable[tuple[float, int, int]],
    *,
    conflict: Callable[[int, int], bool],
    must: Iterable[tuple[int, int]] = (),
    cannot: Iterable[tuple[int, int]] = (),
) -> Clustering:
    """Join records into clusters.

    Args:
        size: number of records, which are named by their places 0 … size-1.
        edges: matched pairs as (score, left, right).
        conflict: whether two records contradict each other.
        must: pairs that a person joined; they come first and are not checked for contradictions.
        cannot: pairs that a person parted; they never end in one cluster, whatever joins them.

    Returns:
        The clusters; the same edges in any order give the same result.

    >>> cluster(4, [(0.99, 0, 1), (0.98, 1, 2)], conflict=lambda a, b: {a, b} == {0, 2})
    Clustering(clusters=((0, 1), (2,), (3,)), blocked=((1, 2),))
    """
    parent, members = list(range(size)), [[place] for place in range(size)]
    apart: dict[int, set[int]] = {}
    for left, right in cannot:
        apart.setdefault(left, set()).add(right)
        apart.setdefault(right, set()).add(left)

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    def join(left: int, right: int, *, check: bool) -> bool:
        a, b = root(left), root(right)
        if a == b:
            return True
        if len(members[a]) < len(members[b]) or (len(members[a]) == len(members[b]) and b < a):
            a, b = b, a
        if apart and not set(members[a]).isdisjoint(other for place in members[b] for other in apart.get(place, ())):
            return False
        if check:
            crossing = islice(product(members[b], members[a]), MAX_CHECKS)
            if any(conflict(x, y) for x, y in crossing if {x, y} != {left, right}):  # their own pair was judged a match
                return False
        parent[b] = a
        members[a] = sorted(members[a] + members[b])
        members[b] = []
        return True

    for left, right in sorted(must):
        join(left, right, check=False)
    waiting = [
        (left, right)
        for _, left, right in sorted(edges, key=lambda edge: (-edge[0], edge[1], edge[2]))
        if not join(left, right, check=True)
    ]
    blocked = sorted(
        pair for pair in waiting if root(pair[0]) != root(pair[1])
    )  # another pair may have joined their clusters since
    return Clustering(tuple(sorted(tuple(group) for group in members if group)), tuple(blocked))
