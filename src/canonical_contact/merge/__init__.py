"""Many records, one contact: survivorship field by field, consent by its own join, every losing value kept with its reason."""

from canonical_contact.merge._choosing import held
from canonical_contact.merge._pins import HOST, PINNED, RELEASED, VALUE, is_pin
from canonical_contact.merge._placing import AHEAD, last_changed, without_times_ahead
from canonical_contact.merge._rectified import RECTIFICATION
from canonical_contact.merge.fold import fold
from canonical_contact.merge.policy import DEFAULT_SURVIVORSHIP, KINDS, STRATEGIES, Candidate, Group, Rule, Survivorship

__all__ = [
    "AHEAD", "DEFAULT_SURVIVORSHIP", "HOST", "KINDS", "PINNED", "RECTIFICATION", "RELEASED", "STRATEGIES", "VALUE", "Candidate",
    "Group", "Rule", "Survivorship", "fold", "held", "is_pin", "last_changed", "without_times_ahead",
]  # fmt: skip
