"""No weight and no other rule merges what a must-not rule parts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact.match.deciding import Circumstances, Judge
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.model import Judgement
from match_vocabulary import EVERYTHING

_JUDGE = Judge.of(MatchPolicy.default(), EVERYTHING)
_vectors = st.tuples(*(st.integers(0, len(one.levels) - 1) for one in EVERYTHING)).map(bytes)


@given(vector=_vectors, probability=st.floats(0, 1), beside=st.builds(Circumstances, st.booleans(), st.booleans()))
@settings(max_examples=400, deadline=None)
def test_it_is_parted_for_good_or_shown_to_a_person(vector: bytes, probability: float, beside: Circumstances) -> None:
    fired = _JUDGE.table.fired(vector)
    verdict = _JUDGE.verdict(fired, probability, beside)
    if _JUDGE.table.first(fired, "must_not") or beside.unique_source:
        assert verdict.apart
        assert verdict.judgement != Judgement.MATCH
    if verdict.judgement == Judgement.MATCH:
        assert not verdict.apart
