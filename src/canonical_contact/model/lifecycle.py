"""How far a person has come as a customer (the ranks of stages; reference: HubSpot's order, extended)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

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

    stage: LifecycleStage
    at: datetime | None = None
    source: str = ""
    reason: str = ""
    actor: str = ""


@frozen
class Lifecycle:
    """The present stage and the way there, oldest step first.

    Args:
        stage: the present stage.
        history: every step that a source records.
        status: the source's own word for it (`lead_status`), where there is one.
    """

    stage: LifecycleStage
    history: tuple[StageChange, ...] = ()
    status: str = ""
