"""With thresholds from costs the verdict at any probability is the one that costs least on average."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.match.policy import thresholds

_costs = st.floats(0.01, 1000)


@given(wrong_merge=_costs, missed=_costs, review=_costs, p=st.floats(0, 1))
def test_no_other_verdict_costs_less(wrong_merge: float, missed: float, review: float, p: float) -> None:
    match_at, review_at = thresholds(wrong_merge, missed, review)
    assert 0 < review_at <= match_at <= 1
    costs = {"match": (1 - p) * wrong_merge, "review": review, "no match": p * missed}
    verdict = "match" if p >= match_at else "review" if p >= review_at else "no match"
    assert costs[verdict] <= min(costs.values()) * (1 + 1e-9) + 1e-9
