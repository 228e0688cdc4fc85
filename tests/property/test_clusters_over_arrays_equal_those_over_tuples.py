"""Law: edges as NumPy arrays give what the same edges as tuples give, to the last digit of confidence."""

from __future__ import annotations

import numpy as np
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from canonical_contact.identity import EdgeColumns, cluster
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
