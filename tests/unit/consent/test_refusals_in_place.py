"""A refusal that the table does not take counts at its time, and a correction gives no permission outside of its own cell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from canonical_contact.consent import fold
from canonical_contact.model import Channel, ConsentEvent, ConsentState, EventType

T0 = datetime(2026, 1, 1, tzinfo=UTC)


def event(day: int, kind: EventType, **more: Any) -> ConsentEvent:
    at = T0 + timedelta(days=day)
    return ConsentEvent(f"{day}", kind, Channel.EMAIL, record="a:1", endpoint="e", effective_at=at, recorded_at=at, **more)


def states(*events: ConsentEvent) -> dict[tuple[str, str], ConsentState]:
    return {(record.controller, record.purpose): record.state for record in fold(events).records}


def test_a_refusal_of_a_grant_counts_until_the_person_confirms_later() -> None:
    stream = [event(1, EventType.OPT_IN), event(2, EventType.DECLINE)]
    assert states(*stream) == {("", "marketing"): ConsentState.DENIED}
    waiting = [*stream, event(3, EventType.OPT_IN_UNCONFIRMED)]
    (record,) = fold(waiting).records
    assert (record.state, record.resume_state) == (ConsentState.PENDING_CONFIRMATION, ConsentState.DENIED)
    assert states(*waiting, event(4, EventType.CONFIRM)) == {("", "marketing"): ConsentState.GRANTED}


def test_a_refusal_of_a_grant_is_not_lifted_by_an_import() -> None:
    stream = [event(1, EventType.OPT_IN), event(2, EventType.DECLINE), event(3, EventType.OPT_IN, actor="system")]
    assert states(*stream) == {("", "marketing"): ConsentState.DENIED}


def test_a_correction_to_a_grant_permits_no_other_brand() -> None:
    asked = event(1, EventType.REQUEST, controller="brand")
    for target in (ConsentState.GRANTED, ConsentState.IMPLIED):
        said = states(asked, event(2, EventType.CORRECT, target=target, evidence="form 7"))
        assert said == {("", "marketing"): target, ("brand", "marketing"): ConsentState.REQUESTED}


def test_a_correction_for_any_purpose_takes_a_refusal_back_and_permits_none() -> None:
    stream = [
        event(1, EventType.OPT_IN),
        event(2, EventType.WITHDRAW, purpose="any"),
        event(3, EventType.CORRECT, purpose="any", target=ConsentState.GRANTED, evidence="form 7"),
    ]
    assert states(*stream) == {("", "any"): ConsentState.GRANTED, ("", "marketing"): ConsentState.UNKNOWN}
