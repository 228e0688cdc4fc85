"""Law: edges as NumPy arrays give what the same edges as tuples give, to the last digit of confidence."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from canonical_contact.identity import EdgeColumns, _stacks, cluster
from cluster_worlds import Edge, World, some_pairs, worlds

Places = NDArray[np.int64]


def columns(edges: list[Edge]) -> EdgeColumns:
    logit, left, right, apart = zip(*edges, strict=True) if edges else ((), (), (), ())
    return EdgeColumns(np.array(logit, float), np.array(left, int), np.array(right, int), np.array(apart, bool))


@given(worlds(), st.data())
def test_both_forms_give_the_same(world: World, data: st.DataObject) -> None:
    must, cannot = data.draw(some_pairs(world)), data.draw(some_pairs(world))
    source = data.draw(st.lists(st.integers(0, 2), min_size=world.size, max_size=world.size))
    policy = evolve(world.policy, unique_sources=data.draw(st.frozensets(st.integers(0, 1))))
    edges = world.edges + [
        (logit - 1, right, left, data.draw(st.booleans()))
        for logit, left, right, _ in world.edges[: data.draw(st.integers(0, 2))]
    ]
    judged = data.draw(st.booleans())

    def judge(left: Places, right: Places) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        said = world.judge(list(zip(left.tolist(), right.tolist(), strict=True)))
        return np.array([what.logit for what in said]), np.array([what.apart for what in said])

    pure = cluster(
        world.size, edges, judge=world.judge if judged else None, must=must, cannot=cannot, policy=policy, source=source
    )
    found = cluster(
        world.size, columns(edges), judge=judge if judged else None, must=must, cannot=cannot, policy=policy, source=source
    )
    assert found == pure


@given(st.lists(worlds(), min_size=2, max_size=5), st.integers(1, 40), st.data())
def test_worlds_side_by_side_are_clustered_as_each_alone(found: list[World], cells: int, data: st.DataObject) -> None:
    policy, starts = found[0].policy, [0, *accumulate(world.size for world in found)]
    edges = [
        (logit, left + start, right + start, apart)
        for world, start in zip(found, starts, strict=False)  # one start more: where the last world ends
        for logit, left, right, apart in world.edges
    ]
    truth = {
        (a + start, b + start): what for world, start in zip(found, starts, strict=False) for (a, b), what in world.truth.items()
    }

    def judge(left: Places, right: Places) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        said = [truth[pair] for pair in zip(left.tolist(), right.tolist(), strict=True)]
        return np.array([what.logit for what in said]), np.array([what.apart for what in said])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_stacks, "CELLS", cells)  # so few that a stack is worked on in parts
        together = cluster(starts[-1], columns(data.draw(st.permutations(edges))), judge=judge, policy=policy)
    for world, start in zip(found, starts, strict=False):
        alone = cluster(world.size, world.edges, judge=world.judge, policy=policy)
        assert [label - start for label in together.labels[start : start + world.size]] == list(alone.labels)
        assert together.confidence[start : start + world.size] == alone.confidence
        cuts = [cut for cut in together.cuts if start <= cut.left < start + world.size]
        assert tuple(cut._replace(left=cut.left - start, right=cut.right - start) for cut in cuts) == alone.cuts
