"""Whether an address or number was shown to work."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from canonical_contact.model.about import Pii, about

__all__ = ["Verification", "VerificationStatus"]


class VerificationStatus(StrEnum):
    """The outcome of the latest check."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    FAILED = "failed"


@frozen
class Verification:
    """The latest check of one endpoint.

    Args:
        status: the outcome.
        method: how it was checked: `event`, `double_opt_in`, `bounce` …
        checked_at: when (UTC).
        expires_at: until when the outcome counts; None means that the reader's own time to live applies.
    """

    status: VerificationStatus = field(default=VerificationStatus.UNVERIFIED, metadata=about("verified", Pii.PERSONAL))
    method: str = field(default="", metadata=about("double_opt_in", raw=("emails[].verified_method",)))
    checked_at: datetime | None = field(default=None, metadata=about(
        "2026-06-30T12:00:00Z", Pii.PERSONAL, normalizer="timestamp", validation="RFC 3339 in UTC",
        raw=("emails[].verified_at", "emails[].bounced_at"),
    ))  # fmt: skip
    expires_at: datetime | None = field(default=None, metadata=about("2027-06-30T12:00:00Z", validation="RFC 3339 in UTC"))
