# What happened with the person: lifecycle with its history, checks of endpoints, interactions.
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from canonical_contact.merge._choosing import Choosing
from canonical_contact.merge._placing import last_changed
from canonical_contact.merge.policy import Candidate
from canonical_contact.model import (
    Activity,
    Interaction,
    InteractionKind,
    Lifecycle,
    LifecycleStage,
    SourceRecord,
    StageChange,
    Verification,
    VerificationStatus,
)

__all__ = ["interactions", "lifecycle", "verifications"]

# process event → the stage that it enters
_STAGES = {"lead_created": LifecycleStage.LEAD, "deal_won": LifecycleStage.CUSTOMER, "churned": LifecycleStage.CHURNED}
_CHECKS = {"verified": VerificationStatus.VERIFIED, "failed": VerificationStatus.FAILED}
_RANK = {stage: rank for rank, stage in enumerate(LifecycleStage)}
_EVER = (LifecycleStage.CUSTOMER, LifecycleStage.CHURNED, LifecycleStage.EVANGELIST)


def lifecycle(choosing: Choosing, activities: Sequence[Activity]) -> Lifecycle | None:
    """The way of a person, and the stage that survives; by default the furthest that any record or event states."""
    records = choosing.records
    steps = [StageChange(_STAGES[a.kind], a.at, a.record, a.kind) for a in activities if a.kind in _STAGES]
    stated = [(r, r.card.lifecycle) for r in records if r.card.lifecycle]
    for record, value in stated:
        if value.history:
            steps += [StageChange(s.stage, s.at, s.source or record.key, s.reason) for s in value.history]
        else:
            steps.append(StageChange(value.stage, None, record.key, "stated"))
    if not steps:
        return None
    steps = sorted(
        set(steps), key=lambda s: (s.at is not None, s.at.timestamp() if s.at else 0.0, _RANK[s.stage], s.source, s.reason)
    )
    status = next((v.status for _, v in sorted(stated, key=lambda e: (-last_changed(e[0]), e[0].key)) if v.status), "")
    if choosing.policy.rule("lifecycle").strategy == "furthest_stage":
        stage = _furthest(steps)
        winner, reason = next((r.key for r, v in stated if v.stage == stage), ""), "furthest_stage"
    else:
        won = choosing.decide("lifecycle", _candidates(steps, stated))
        stage, winner, reason = (won.value, won.source, won.reason) if won else (_furthest(steps), "", "furthest_stage")
    choosing.placing.decide("$.lifecycle", winner, reason)
    return Lifecycle(stage, tuple(steps), status)


def _furthest(steps: Sequence[StageChange]) -> LifecycleStage:
    """The furthest stage; customer against churned by the later date, not by rank."""
    furthest = max(steps, key=lambda s: _RANK[s.stage]).stage
    if furthest in _EVER:
        dated = [s for s in steps if s.stage in _EVER and s.at]
        if dated and any(s.stage == LifecycleStage.CHURNED for s in dated):
            return max(dated, key=lambda s: (s.at.timestamp() if s.at else 0.0, s.stage == LifecycleStage.CHURNED)).stage
    return furthest


def _candidates(
    steps: Sequence[StageChange], stated: Sequence[tuple[SourceRecord, Lifecycle]]
) -> list[Candidate[LifecycleStage]]:
    """Every step as what its record says, at its own time; without one at that of the record's last change."""
    times = {record.key: last_changed(record) for record, _ in stated}
    found = [(s.stage, s.source, s.at.timestamp() if s.at else times.get(s.source, -1.0)) for s in steps]
    return [Candidate(stage, source, at, stage.value, _RANK[stage]) for stage, source, at in dict.fromkeys(found)]


def verifications(activities: Sequence[Activity]) -> dict[tuple[str, str], Verification]:
    """(record, channel) → the latest check; values look like `email:verified`."""
    latest: dict[tuple[str, str], tuple[tuple[datetime, bool], Verification]] = {}
    for activity in activities:
        channel, _, outcome = activity.value.partition(":")
        if activity.kind == "verification" and outcome in _CHECKS:
            place = (activity.record, channel)
            rank = (activity.at, outcome == "failed")  # at the same time a failure counts
            if place not in latest or rank >= latest[place][0]:
                latest[place] = (rank, Verification(_CHECKS[outcome], "event", activity.at))
    return {place: check for place, (_, check) in latest.items()}


def interactions(activities: Sequence[Activity]) -> tuple[Interaction, ...]:
    """The timeline, oldest first."""
    kinds = set(InteractionKind)
    return tuple(
        Interaction(InteractionKind(a.value), a.at, a.direction, a.agent, a.record, a.ref)
        for a in activities
        if a.kind == "interaction" and a.value in kinds
    )
