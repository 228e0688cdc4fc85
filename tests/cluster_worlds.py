"""Small worlds of records with all that can be known of each pair, for the laws of clustering."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from attrs import frozen
from hypothesis import strategies as st

from canonical_contact.identity import ClusterPolicy, Judged

Pair = tuple[int, int]
Edge = tuple[float, int, int, bool]


@frozen
class World:
    """Records, what a judge would say of each pair, and the pairs that were compared."""

    size: int
    truth: dict[Pair, Judged]
    compared: tuple[Pair, ...]
    policy: ClusterPolicy

    def judge(self, pairs: Sequence[Pair]) -> list[Judged]:
        return [self.truth[pair] for pair in pairs]

    @property
    def edges(self) -> list[Edge]:
        return [(self.truth[pair].logit, *pair, self.truth[pair].apart) for pair in self.compared]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Worlds of up to ten records; what was not compared is no match."""
    size = draw(st.integers(2, 10))
    pairs = list(combinations(range(size), 2))
    logits = draw(st.lists(st.integers(-96, 160), min_size=len(pairs), max_size=len(pairs)))
    apart = draw(st.sets(st.sampled_from(pairs), max_size=3))
    compared = draw(st.sets(st.sampled_from(pairs)))
    truth = {
        pair: Judged(logit / 16 if pair in compared else min(logit / 16, 0.9), pair in apart)
        for pair, logit in zip(pairs, logits, strict=True)
    }
    policy = ClusterPolicy(cohesion=draw(st.sampled_from([1.0, 0.0, -1.0])), largest=draw(st.sampled_from([2, 4, 60])))
    return World(size, truth, tuple(sorted(compared)), policy)


@st.composite
def worlds_without_ties(draw: st.DrawFn) -> World:
    """Worlds of five records in which no two averages are equal, for each pair weighs another power of two above one base."""
    pairs = list(combinations(range(5), 2))
    powers = draw(st.permutations(range(len(pairs))))
    apart = draw(st.sets(st.sampled_from(pairs), max_size=3))
    truth = {pair: Judged(2**power / 32 - 0.5, pair in apart) for pair, power in zip(pairs, powers, strict=True)}
    compared = draw(st.sets(st.sampled_from(pairs)))
    policy = ClusterPolicy(cohesion=draw(st.sampled_from([1.0, 0.0])), largest=draw(st.sampled_from([2, 60])))
    return World(5, truth, tuple(sorted(compared)), policy)


def some_pairs(world: World) -> st.SearchStrategy[list[Pair]]:
    place = st.integers(0, world.size - 1)
    return st.lists(st.tuples(place, place), max_size=4)
