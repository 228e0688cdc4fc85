"""Law: an exact copy of a record joins its cluster and changes no other."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.identity import Judged, cluster
from cluster_worlds import Pair, World, some_pairs, worlds


@given(worlds(), st.data())
def test_a_copy_changes_no_cluster(world: World, data: st.DataObject) -> None:
    original, copies = data.draw(st.integers(0, world.size - 1)), data.draw(st.integers(1, 3))
    cannot = data.draw(some_pairs(world))
    same = Judged(40.0, False)

    def of(place: int) -> int:
        return place if place < world.size else original

    def judge(pairs: Sequence[Pair]) -> list[Judged]:
        found = []
        for left, right in pairs:
            a, b = sorted((of(left), of(right)))
            found.append(same if a == b else world.truth[a, b])
        return found

    edges = world.edges
    for copy in range(world.size, world.size + copies):
        edges += [(same.logit, original, copy, False)]
        edges += [(same.logit, other, copy, False) for other in range(world.size, copy)]
        edges += [
            (*(world.truth[pair].logit, min(pair[0] + pair[1] - original, copy), copy), world.truth[pair].apart)
            for pair in world.compared
            if original in pair
        ]
    before = cluster(world.size, world.edges, judge=world.judge, cannot=cannot, policy=world.policy)
    after = cluster(world.size + copies, edges, judge=judge, cannot=cannot, policy=world.policy)
    assert after.labels[: world.size] == before.labels
    assert all(label == before.labels[original] for label in after.labels[world.size :])
