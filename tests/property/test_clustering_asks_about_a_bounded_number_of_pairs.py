"""Law: however records hang together, the judge is asked about at most 60 pairs for each record and matched pair, in at most 65 calls."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact.identity import ClusterPolicy, Judged, cluster


@settings(max_examples=25)
@given(st.integers(2, 400), st.integers(0, 2**32), st.sampled_from([-3.0, 0.9, 3.0]), st.sampled_from([2, 10, 60]))
def test_the_judge_is_asked_little(size: int, seed: int, says: float, largest: int) -> None:
    links = {(place * (seed + 1) % max(1, place), place) for place in range(1, size)}  # a tree: one component, few triangles
    links |= {(place, place + 1) for place in range(0, size - 1, 3)}
    calls: list[int] = []

    def judge(pairs: Sequence[tuple[int, int]]) -> list[Judged]:
        assert len(set(pairs)) == len(pairs)
        calls.append(len(pairs))
        return [Judged(says, False)] * len(pairs)

    edges = [(2 + (left * 7 + right) % 5, left, right, False) for left, right in links]
    cluster(size, edges, judge=judge, policy=ClusterPolicy(largest=largest))
    assert sum(calls) <= 60 * (size + len(links))
    assert len(calls) <= 65
