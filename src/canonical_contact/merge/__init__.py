"""Many records, one contact: survivorship field by field, consent by its own join, every losing value kept with its reason."""

from canonical_contact.merge._rectified import RECTIFICATION
from canonical_contact.merge.fold import fold
from canonical_contact.merge.policy import DEFAULT_SURVIVORSHIP, Survivorship

__all__ = ["DEFAULT_SURVIVORSHIP", "RECTIFICATION", "Survivorship", "fold"]
