"""How far a person has come as a customer (the ranks of stages; reference: HubSpot's order, extended)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import evolve, field, frozen

from canonical_contact.errors import IllegalTransitionError
from canonical_contact.model.about import Pii, about

__all__ = ["BACK", "FORWARD", "Lifecycle", "LifecycleStage", "StageChange", "move"]


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


_S = LifecycleStage

FORWARD: Final[Mapping[LifecycleStage, tuple[LifecycleStage, ...]]] = {
    _S.ANONYMOUS: (_S.SUBSCRIBER, _S.LEAD, _S.MQL, _S.SQL, _S.OPPORTUNITY, _S.CUSTOMER, _S.DISQUALIFIED),
    _S.SUBSCRIBER: (_S.LEAD, _S.MQL, _S.SQL, _S.OPPORTUNITY, _S.CUSTOMER, _S.DISQUALIFIED),
    _S.LEAD: (_S.MQL, _S.SQL, _S.OPPORTUNITY, _S.CUSTOMER, _S.DISQUALIFIED),
    _S.MQL: (_S.SQL, _S.OPPORTUNITY, _S.CUSTOMER, _S.DISQUALIFIED),
    _S.SQL: (_S.OPPORTUNITY, _S.CUSTOMER, _S.DISQUALIFIED),
    _S.OPPORTUNITY: (_S.CUSTOMER, _S.DISQUALIFIED),
    _S.CUSTOMER: (_S.EVANGELIST, _S.CHURNED),  # one more deal is no step: a customer stays one
    _S.EVANGELIST: (_S.CHURNED,),
    _S.CHURNED: (_S.LEAD, _S.MQL, _S.SQL, _S.OPPORTUNITY, _S.CUSTOMER, _S.DISQUALIFIED),  # won back
    _S.DISQUALIFIED: (),
}
"""Stage → the stages that a program may move on to by itself."""

BACK: Final[Mapping[LifecycleStage, tuple[LifecycleStage, ...]]] = {
    _S.ANONYMOUS: (),
    _S.SUBSCRIBER: (),
    _S.LEAD: (_S.SUBSCRIBER,),
    _S.MQL: (_S.SUBSCRIBER, _S.LEAD),
    _S.SQL: (_S.LEAD, _S.MQL),
    _S.OPPORTUNITY: (_S.LEAD, _S.MQL, _S.SQL),
    _S.CUSTOMER: (),
    _S.EVANGELIST: (_S.CUSTOMER,),
    _S.CHURNED: (),
    _S.DISQUALIFIED: (_S.SUBSCRIBER, _S.LEAD, _S.MQL, _S.SQL),
}
"""Stage → the stages that somebody may take it back to, with a reason."""


def move(
    lifecycle: Lifecycle | None, to: LifecycleStage, *, at: datetime, actor: str = "", reason: str = "", source: str = ""
) -> Lifecycle:
    """Move a person to another stage, as the tables `FORWARD` and `BACK` allow.

    Imports do not ask: what a source states is kept, and the merge takes the furthest stage.

    Args:
        lifecycle: the way so far; None where there is none, and any stage may be the first.
        to: the stage that is entered; where the person stands there already, nothing changes.
        at: when.
        actor: who moves it; needed for a step back.
        reason: why, such as `deal_lost`; needed for a step back.
        source: key of the source record that says so.

    Returns:
        The new way, one step longer; the source's own word for the stage before is gone from it.

    Raises:
        IllegalTransitionError: there is no such step, or a step back without a reason or an actor.

    >>> from datetime import UTC
    >>> lead = move(None, LifecycleStage.LEAD, at=datetime(2026, 3, 1, tzinfo=UTC))
    >>> [step.stage.value for step in move(lead, LifecycleStage.CUSTOMER, at=datetime(2026, 6, 1, tzinfo=UTC)).history]
    ['lead', 'customer']
    """
    change = StageChange(to, at, source, reason, actor)
    if lifecycle is None:
        return Lifecycle(to, (change,))
    if to is lifecycle.stage:
        return lifecycle
    on, back = FORWARD[lifecycle.stage], BACK[lifecycle.stage]
    why = "" if to in on else "a step back needs a reason and who takes it" if to in back else "there is no such step"
    if why and not (to in back and reason and actor):
        legal = tuple(str(stage) for stage in (*on, *back))
        raise IllegalTransitionError(
            str(lifecycle.stage), str(to), legal, why, what="A contact", code="lifecycle.illegal_transition"
        )
    return evolve(lifecycle, stage=to, history=(*lifecycle.history, change), status="")
