"""Clusters of records: strongest pairs first, and never two records together that contradict each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable

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
        if apart and any(apart.get(place, set()) & set(members[a]) for place in members[b]):
            return False
        if check:
            checks = 0
            for x in members[b]:
                for y in members[a]:
                    if not (x == left and y == right) and not (x == right and y == left) and conflict(x, y):
                        return False
                    checks += 1
                    if checks >= MAX_CHECKS:
                        break
                if checks >= MAX_CHECKS:
                    break
        parent[b] = a
        members[a] = sorted(members[a] + members[b])
        members[b] = []
        return True

    for left, right in sorted(must):
        join(left, right, check=False)
    blocked = [
        (left, right)
        for _, left, right in sorted(edges, key=lambda edge: (-edge[0], edge[1], edge[2]))
        if not join(left, right, check=True)
    ]
    return Clustering(tuple(sorted(tuple(group) for group in members if group)), tuple(sorted(blocked)))
