"""Verdicts about pairs of records, and answers to the consent question: values that explain themselves."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

__all__ = ["Evidence", "Judgement", "PairDecision", "Permission"]


class Judgement(StrEnum):
    """Whether two records speak of one person.

    A machine says `match`, `no_match` or `review`. A person says `match`, `no_match` or `unsure`, or takes back what was said: `withdrawn`.
    """

    MATCH = "match"
    NO_MATCH = "no_match"
    REVIEW = "review"
    UNSURE = "unsure"
    WITHDRAWN = "withdrawn"


@frozen
class Evidence:
    """One reason of a decision about a pair.

    Args:
        field: what was compared (`given`, `email`, `address` …).
        level: the outcome, a stable word such as `exact`, `nickname`, `different`.
        weight: log2 of the Bayes factor; positive speaks for one person.
    """

    field: str
    level: str
    weight: float


@frozen
class PairDecision:
    """What was decided about two records, by which rule or weight.

    Args:
        left: key of the one record, the smaller of the two.
        right: key of the other.
        judgement: the verdict.
        score: probability that they are one person, 0 to 1.
        reason: stable code: the rule that decided, or `weights`.
        evidence: what the score was made of.
        policy: version of the policy and its weights.
    """

    left: str
    right: str
    judgement: Judgement
    score: float
    reason: str = "weights"
    evidence: tuple[Evidence, ...] = ()
    policy: str = ""


@frozen
class Permission:
    """The answer to "may we speak to them?".

    Args:
        allowed: the answer.
        reasons: stable codes, the deciding one first.
        events: ids of the ledger events that it stands on.
        until: until when the answer holds by itself (a grant's expiry); None where nothing ends it.
        regime: id and version of the rules used, such as `gdpr-eprivacy/2026.1`.
        endpoint: the endpoint that may be used; empty for a denial.
        remedy: what would make it allowed: `ask`, `sign_up`, `confirm`, `wait`, `nothing`, or empty.
        not_before: for a denial that only a time makes (a consent that begins later, quiet hours, a cap): when it ends; None where that is not known.
    """

    allowed: bool
    reasons: tuple[str, ...]
    events: tuple[str, ...] = ()
    until: datetime | None = None
    regime: str = ""
    endpoint: str = ""
    remedy: str = ""
    not_before: datetime | None = None

    def __bool__(self) -> bool:
        """Whether it is allowed."""
        return self.allowed
