"""Whether an address or number was shown to work."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

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

    status: VerificationStatus = VerificationStatus.UNVERIFIED
    method: str = ""
    checked_at: datetime | None = None
    expires_at: datetime | None = None
