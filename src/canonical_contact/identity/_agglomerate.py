"""One component whose pairs are all known: strongest first by the average over all pairs between two clusters (UPGMA over log-odds)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

from canonical_contact.identity._links import Known, Limits

__all__ = ["agglomerate"]


def agglomerate(places: Sequence[int], known: Known, limits: Limits) -> list[list[int]]:
    """Part a component into clusters.

    Records that say the same about everybody else (exact copies) count once in every average, so that a copy changes nothing.

    Args:
        places: records of the component, ascending.
        known: what is known of its pairs; one that is not in it counts as `limits.unseen`.
        limits: constraints and thresholds.

    Returns:
        Places of each cluster.
    """
    nothing = (limits.unseen, False)
    size = len(places)
    sums = [[0] * size for _ in places]
    linked: list[set[int]] = [set() for _ in places]  # clusters that a matched pair leads to
    barred: list[set[int]] = [set() for _ in places]  # clusters that one of its records may never be with
    lowest = limits.cohesion
    for a, left in enumerate(places):
        row = sums[a]
        for b in range(a + 1, size):
            right = places[b]
            logit, apart = known.get((left, right), nothing)
            row[b] = sums[b][a] = logit
            lowest = min(lowest, logit)
            if limits.wall(left, right, apart):
                barred[a].add(b)
                barred[b].add(a)
            elif logit >= limits.match_at:
                linked[a].add(b)
                linked[b].add(a)
    if lowest >= limits.cohesion and not any(barred):
        return [list(places)]
    state = _State(places, sums, linked, barred)
    first: dict[int, int] = {}
    for b, place in enumerate(places):
        if place in limits.atom:
            a = first.setdefault(limits.atom[place], b)
            if a != b:
                state.absorb(a, b, counts=True)
    for a, b in sorted((a, b) for a, others in enumerate(linked) for b in others if a < b):
        if state.twins(a, b):
            state.absorb(a, b, counts=False)
    heap = list(state.offers(range(size), limits.cohesion))
    heapify(heap)
    while heap:
        _, a, b, stamp = heappop(heap)
        if stamp == state.stamp(a, b):
            state.absorb(a, b, counts=True)
            for offer in state.offers((a,), limits.cohesion, both=True):
                heappush(heap, offer)
    return [sorted(members) for members in state.members if members]


class _State:
    """Clusters on their way, each named by its first record."""

    def __init__(self, places: Sequence[int], sums: list[list[int]], linked: list[set[int]], barred: list[set[int]]) -> None:
        self.sums, self.linked, self.barred = sums, linked, barred
        self.members = [[place] for place in places]
        self.weight = [1] * len(places)

    def stamp(self, a: int, b: int) -> tuple[int, int]:
        """Change with every change of the two; (0, …) is never an offer's."""
        return len(self.members[a]), len(self.members[b])

    def twins(self, a: int, b: int) -> bool:
        """Whether two records say the same about everybody else."""
        if not self.members[a] or len(self.members[b]) != 1 or self.weight[a] != 1 or b in self.barred[a]:
            return False
        one, other = self.sums[a], self.sums[b]
        return sum(one) == sum(other) and all(x == y or c in (a, b) for c, (x, y) in enumerate(zip(one, other, strict=True)))

    def absorb(self, a: int, b: int, *, counts: bool) -> None:
        """Let b join a; `counts`: its pairs weigh in the averages from now on."""
        if counts:
            row = self.sums[a] = [x + y for x, y in zip(self.sums[a], self.sums[b], strict=True)]
            for other, value in zip(self.sums, row, strict=True):
                other[a] = value
            self.weight[a] += self.weight[b]
        for sets in (self.linked, self.barred):
            for c in sets[b]:
                sets[c].discard(b)
                sets[c].add(a)
            sets[a] |= sets[b]
            sets[a] -= {a, b}
            sets[b] = set()
        self.members[a] += self.members[b]
        self.members[b] = []

    def offers(
        self, clusters: Iterable[int], cohesion: int, *, both: bool = False
    ) -> Iterable[tuple[float, int, int, tuple[int, int]]]:
        """Joins that may happen: (-average, first, second, stamp)."""
        for a in clusters:
            for b in self.linked[a] - self.barred[a]:
                if a < b or both:
                    one, other = (a, b) if a < b else (b, a)
                    total, count = self.sums[a][b], self.weight[a] * self.weight[b]
                    if total >= cohesion * count:
                        yield -total / count, one, other, self.stamp(one, other)
