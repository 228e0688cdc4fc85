"""How far a person has come as a customer (the ranks of stages; reference: HubSpot's order, extended)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from canonical_contact.model.about import Pii, about

__all__ = ["Lifecycle", "LifecycleStage", "StageChange"]


class LifecycleStage(StrEnum):
    """A stage; the order of the members is the order of their ranks."""

    DISQUALIFIED = "disqualified"
    ANONYMOUS = "anonymous"
    SUBSCRIBER = "subscriber"
    LEAD = "lead"
    MQL = "mql"
    SQL = "sql"
    OPPORTUNITY = "opportunity"
    CHURNED = "churned"
    CUSTOMER = "customer"
    EVANGELIST = "evangelist"


@frozen
class StageChange:
    """One step of a person's way.

    Args:
        stage: the stage that was entered.
        at: when; None where the source only states the stage.
        source: key of the source record that says so.
        reason: why, such as `deal_won`.
        actor: who moved it; a step back needs one.
    """

    stage: LifecycleStage = field(metadata=about("customer", Pii.PERSONAL, normalizer="lifecycle"))
    at: datetime | None = field(default=None, metadata=about(
        "2026-06-30T12:00:00Z", Pii.PERSONAL, normalizer="timestamp", validation="RFC 3339 in UTC",
        raw=("lifecycle.converted_at",),
    ))  # fmt: skip
    source: str = field(default="", metadata=about("hubspot:17", Pii.PSEUDONYM, validation="key of a record"))
    reason: str = field(default="", metadata=about("deal_won", validation="a stable code"))
    actor: str = field(default="", metadata=about("b.osei", Pii.PSEUDONYM, since="1.1"))


@frozen
class Lifecycle:
    """The present stage and the way there, oldest step first.

    Args:
        stage: the present stage.
        history: every step that a source records.
        status: the source's own word for it (`lead_status`), where there is one.
    """

    stage: LifecycleStage = field(metadata=about(
        "customer", Pii.PERSONAL, normalizer="lifecycle", survivorship="fold", raw=("lifecycle.stage", "lifecycle.status"),
    ))  # fmt: skip
    history: tuple[StageChange, ...] = field(default=(), metadata=about(
        ({"stage": "lead", "at": "2024-02-29T08:30:00Z", "source": "hubspot:17", "reason": "lead_created"},), Pii.PERSONAL,
        survivorship="fold", raw=("lifecycle.converted_at",),
    ))  # fmt: skip
    status: str = field(default="", metadata=about(
        "IN_PROGRESS", Pii.PERSONAL, survivorship="most_recent", raw=("lifecycle.status",),
    ))  # fmt: skip
