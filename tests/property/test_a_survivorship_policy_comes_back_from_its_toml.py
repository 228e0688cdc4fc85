"""Law: a survivorship policy is written as TOML and read again as an equal value, which decides alike."""

from __future__ import annotations

from hypothesis import given

from canonical_contact.merge import Survivorship
from canonical_contact.merge.policy import KINDS
from survivorship_strategies import policies


@given(policies())
def test_a_survivorship_policy_comes_back_from_its_toml(policy: Survivorship) -> None:
    again = Survivorship.from_text(policy.to_text())
    assert again == policy
    assert again.mark == policy.mark
    assert all(again.rule(path) == policy.rule(path) for path in KINDS)
