"""Law: whatever the survivorship policy, the order in which records come changes nothing, and every value stays as a claim."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.merge import Survivorship, fold
from canonical_contact.model import SourceRecord
from survivorship_strategies import START, policies, worlds


@given(policies(), worlds(), st.randoms(use_true_random=False))
def test_a_fold_is_the_same_in_any_order_under_every_strategy(
    policy: Survivorship, records: list[SourceRecord], random: object
) -> None:
    contact = fold(records, contact_id="1", policy=policy, at=START)
    mixed = list(records)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert fold(mixed, contact_id="1", policy=policy, at=START) == contact
    stated = sorted((record.key, claim.value) for record in records for claim in record.claims)
    assert sorted((claim.source, claim.value) for claim in contact.claims) == stated
    assert all(claim.reason for claim in contact.claims)
