"""Law: the same edges in any order, either way round, give the same bytes; other names of records give the same clusters, but for ties."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.identity import cluster
from cluster_worlds import Pair, World, worlds, worlds_without_ties


@given(worlds(), st.data())
def test_the_order_of_edges_changes_nothing(world: World, data: st.DataObject) -> None:
    other = [
        (logit, right, left, apart) if data.draw(st.booleans()) else (logit, left, right, apart)
        for logit, left, right, apart in data.draw(st.permutations(world.edges))
    ]
    found = cluster(world.size, world.edges, judge=world.judge, policy=world.policy)
    assert cluster(world.size, other, judge=world.judge, policy=world.policy) == found


@given(worlds_without_ties(), st.data())
def test_a_record_may_bear_any_name_unless_two_joins_are_exactly_as_good(world: World, data: st.DataObject) -> None:
    name = data.draw(st.permutations(range(world.size)))

    def named(pair: Pair) -> Pair:
        a, b = name[pair[0]], name[pair[1]]
        return (min(a, b), max(a, b))

    truth = {named(pair): what for pair, what in world.truth.items()}
    edges = [(logit, *named((left, right)), apart) for logit, left, right, apart in world.edges]
    found = cluster(world.size, world.edges, judge=world.judge, policy=world.policy)
    other = cluster(world.size, edges, judge=lambda pairs: [truth[pair] for pair in pairs], policy=world.policy)
    assert {frozenset(name[place] for place in group) for group in found.clusters} == set(map(frozenset, other.clusters))
