"""A permission counts from its date, but stands no later than it was recorded: no date outlasts a refusal that was said afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.consent import blocked_by, fold
from canonical_contact.consent.states import BLOCKING, BLOCKING_EVENTS
from canonical_contact.model import Channel, ConsentEvent, ConsentState, EventType, SuppressionKind

T0 = datetime(2026, 1, 1, tzinfo=UTC)
ANA = "ana@example.com"
REFUSALS = tuple(BLOCKING_EVENTS)
SOFT = tuple(kind for kind in EventType if kind not in (*REFUSALS, EventType.SUPPRESS))


@st.composite
def an_event(draw: st.DrawFn) -> ConsentEvent:
    """Anything that is no refusal, often dated ahead of the day on which it became known."""
    kind, known = draw(st.sampled_from(SOFT)), draw(st.integers(0, 20))
    permitting = [state for state in ConsentState if state not in BLOCKING]
    return ConsentEvent(
        f"{draw(st.integers(0, 10**9))}",
        kind,
        Channel.EMAIL,
        record="a:1",
        endpoint=ANA,
        effective_at=T0 + timedelta(days=known + draw(st.integers(-5, 300))),
        recorded_at=T0 + timedelta(days=known),
        actor=draw(st.sampled_from(("subject", "subject", "agent"))),
        method=draw(st.sampled_from(("host", "double_opt_in", "paper"))),
        legal_basis="purchase",
        evidence="form 7",
        target=draw(st.sampled_from(permitting)) if kind is EventType.CORRECT else None,
        suppression=SuppressionKind.GLOBAL_OPT_OUT if kind is EventType.UNSUPPRESS else None,
    )


ledgers = st.lists(an_event(), max_size=8, unique_by=lambda event: event.event_id)
later = st.integers(20, 40).map(lambda number: T0 + timedelta(days=number))


@given(ledgers, later, st.sampled_from(REFUSALS))
def test_a_refusal_after_everything_known_blocks(ledger: list[ConsentEvent], at: datetime, kind: EventType) -> None:
    no = ConsentEvent("no", kind, Channel.EMAIL, record="a:1", endpoint=ANA, effective_at=at, recorded_at=at)
    assert all(blocked_by(record) for record in fold([*ledger, no]).records if record.endpoint == ANA)


@given(ledgers, later)
def test_a_suppression_after_everything_known_stands(ledger: list[ConsentEvent], at: datetime) -> None:
    stop = ConsentEvent(
        "stop", EventType.SUPPRESS, Channel.EMAIL, record="a:1", endpoint=ANA, effective_at=at, recorded_at=at,
        suppression=SuppressionKind.GLOBAL_OPT_OUT,
    )  # fmt: skip
    assert [block.event_id for block in fold([*ledger, stop]).suppressions] == ["stop"]


@given(ledgers, later, st.sampled_from(REFUSALS))
def test_a_later_opt_in_is_shown_only_where_it_was_known_after_the_refusal(
    ledger: list[ConsentEvent], at: datetime, kind: EventType
) -> None:
    no = ConsentEvent("no", kind, Channel.EMAIL, record="b:1", effective_at=at, recorded_at=at)
    imported = [evolve(event, actor="system") for event in ledger]
    for record in fold([*imported, no], policy="latest_subject_act").records:
        assert blocked_by(record) or record.reason != "latest_subject_act"
