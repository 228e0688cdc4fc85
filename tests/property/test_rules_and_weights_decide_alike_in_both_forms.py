"""A column of pairs is decided as each pair alone is: same judgement, score, reason and apartness; and a pair as its mirror image."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact.match.columns.deciding import JUDGEMENTS, ColumnJudge
from canonical_contact.match.deciding import Judge
from canonical_contact.match.features import Features
from canonical_contact.match.policy import MatchPolicy, Rule
from canonical_contact.match.table import FeatureTable
from match_vocabulary import EVERYTHING

_RECORDS = (
    Features("a:1", "a", same_as=("b:2", "gone:9", "a:1")),
    Features("a:2", "a"),
    Features("b:1", "b", same_as=("a:1",)),
    Features("b:2", "b"),
    Features("c:1", "c"),
)
_vectors = st.tuples(*(st.integers(0, len(one.levels) - 1) for one in EVERYTHING)).map(bytes)
_probabilities = st.one_of(st.floats(0, 1), st.integers(0, 1_000_000).map(lambda millionths: millionths / 1e6))


@st.composite
def _rules(draw: st.DrawFn, kind: str) -> tuple[Rule, ...]:
    rules = []
    for place in range(draw(st.integers(0, 3))):
        chosen = draw(st.lists(st.sampled_from(EVERYTHING), min_size=1, max_size=2, unique_by=lambda one: one.name))
        levels = {one.name: tuple(draw(st.sets(st.sampled_from(one.words), min_size=1))) for one in chosen}
        rules.append(Rule(f"{kind}_{place}", levels))
    return tuple(rules)


@st.composite
def _policies(draw: st.DrawFn) -> MatchPolicy:
    at = sorted(draw(st.lists(st.integers(1, 1000).map(lambda n: n / 1000), min_size=2, max_size=2)))
    return MatchPolicy(
        review_at=at[0],
        match_at=at[1],
        must_not=draw(_rules("must_not")),
        must=draw(_rules("must")),
        hold=draw(_rules("hold")),
        match=draw(_rules("match")),
        conflict=draw(_rules("conflict")),
        unique_sources=draw(st.sampled_from(((), ("a",), ("a", "c")))),
    )


class _Pair(NamedTuple):
    vector: bytes
    probability: float
    left: int
    right: int


_places = st.permutations(range(len(_RECORDS)))
_pairs = st.lists(st.builds(lambda v, p, two: _Pair(v, p, *two[:2]), _vectors, _probabilities, _places), max_size=20)


@given(policy=st.just(MatchPolicy.default()) | _policies(), pairs=_pairs)
@settings(max_examples=150, deadline=None)
def test_a_column_is_decided_as_its_pairs_are(policy: MatchPolicy, pairs: list[_Pair]) -> None:
    judge = Judge.of(policy, EVERYTHING)
    columns = ColumnJudge(judge, FeatureTable.of(_RECORDS))
    found = columns.judge(
        [np.array([pair.vector[place] for pair in pairs], np.uint8) for place in range(len(EVERYTHING))],
        np.array([pair.probability for pair in pairs], np.float64),
        np.array([pair.left for pair in pairs], np.int64),
        np.array([pair.right for pair in pairs], np.int64),
    )
    told = [
        (JUDGEMENTS[judgement], score, columns.reasons[reason], apart)
        for judgement, score, reason, apart in zip(*(column.tolist() for column in found), strict=True)
    ]
    assert told == [judge.judge(pair.vector, pair.probability, _RECORDS[pair.left], _RECORDS[pair.right]) for pair in pairs]


@given(policy=_policies(), pairs=_pairs)
@settings(max_examples=60, deadline=None)
def test_a_pair_is_decided_as_its_mirror_image(policy: MatchPolicy, pairs: list[_Pair]) -> None:
    judge = Judge.of(policy, EVERYTHING)
    for pair in pairs:
        left, right = _RECORDS[pair.left], _RECORDS[pair.right]
        assert judge.judge(pair.vector, pair.probability, left, right) == judge.judge(pair.vector, pair.probability, right, left)
