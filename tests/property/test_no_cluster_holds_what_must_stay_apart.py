"""Law: no cluster holds a pair that a person parted, nor one that a rule keeps apart unless a person joined them."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.identity import cluster
from cluster_worlds import World, some_pairs, worlds


@given(worlds(), st.data())
def test_a_cannot_link_is_never_violated(world: World, data: st.DataObject) -> None:
    must, cannot = data.draw(some_pairs(world)), data.draw(some_pairs(world))
    found = cluster(world.size, world.edges, judge=world.judge, must=must, cannot=cannot, policy=world.policy)
    for left, right in cannot:
        assert left == right or found.labels[left] != found.labels[right]
    told = {(cut.left, cut.right) for cut in found.cuts}
    for left, right in must:
        assert found.labels[left] == found.labels[right] or (min(left, right), max(left, right)) in told


@given(worlds(), st.data())
def test_what_a_rule_keeps_apart_is_together_only_by_the_word_of_a_person(world: World, data: st.DataObject) -> None:
    must = data.draw(some_pairs(world))
    found = cluster(world.size, world.edges, judge=world.judge, must=must, policy=world.policy)
    joined = cluster(world.size, [], judge=None, must=must)
    for (left, right), what in world.truth.items():
        if what.apart and found.labels[left] == found.labels[right]:
            assert joined.labels[left] == joined.labels[right]


@given(worlds(), st.data())
def test_a_unique_source_has_one_record_in_a_cluster(world: World, data: st.DataObject) -> None:
    source = data.draw(st.lists(st.integers(0, 2), min_size=world.size, max_size=world.size))
    policy = evolve(world.policy, unique_sources=frozenset({1}))
    found = cluster(world.size, world.edges, judge=world.judge, policy=policy, source=source)
    holders = [found.labels[place] for place in range(world.size) if source[place] == 1]
    assert len(holders) == len(set(holders))


@given(worlds())
def test_every_match_is_in_one_cluster_or_among_the_cuts(world: World) -> None:
    found = cluster(world.size, world.edges, judge=world.judge, policy=world.policy)
    matched = {(left, right) for logit, left, right, apart in world.edges if logit >= 1 and not apart}
    parted = {(left, right) for left, right in matched if found.labels[left] != found.labels[right]}
    assert {(cut.left, cut.right) for cut in found.cuts} == parted
