"""Law: late and repeated events give the same state as in order, at every time and for every knowledge; and blocks are not lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.consent import BLOCKING, blocked_by, events_at, fold, known_at, state_at
from canonical_contact.model import ANY_PURPOSE, Channel, ConsentEvent, ConsentState, EventType, SuppressionKind

T0 = datetime(2026, 1, 1, tzinfo=UTC)
days = st.integers(0, 6).map(lambda day: T0 + timedelta(days=day))
moments = st.one_of(st.none(), days)


@st.composite
def histories(draw: st.DrawFn) -> list[ConsentEvent]:
    """Few streams over few keys and days, so that they meet; what is learned late, early, or nobody knows when."""
    made = []
    for number in range(draw(st.integers(0, 9))):
        kind = draw(st.sampled_from(EventType))
        overlay = kind in (EventType.SUPPRESS, EventType.UNSUPPRESS)
        made.append(
            ConsentEvent(
                f"{number:02}",
                kind,
                Channel.EMAIL,
                purpose=draw(st.sampled_from(["marketing", "marketing", "news", ANY_PURPOSE])),
                record=draw(st.sampled_from(["a:1", "b:1"])),
                endpoint=draw(st.sampled_from(["", "e1"])),
                effective_at=draw(moments),
                recorded_at=draw(moments),
                actor=draw(st.sampled_from(["subject", "system"])),
                legal_basis=draw(st.sampled_from(["", "contract"])),
                suppression=draw(st.sampled_from([SuppressionKind.HARD_BOUNCE, SuppressionKind.MANUAL])) if overlay else None,
                target=draw(st.sampled_from(ConsentState)) if kind is EventType.CORRECT else None,
                evidence=draw(st.sampled_from(["", "form"])),
                expires_at=draw(moments),
            )
        )
    return made


@given(histories(), days, moments, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(
    events: list[ConsentEvent], at: datetime, known: datetime | None, random: Random
) -> None:
    shuffled = [*events, *events[:3]]
    random.shuffle(shuffled)
    assert state_at(shuffled, at, known_at=known) == state_at(events, at, known_at=known)
    if known is not None:
        assert known_at(shuffled, known) == known_at(events, known)
        assert known_at(shuffled, known, at=at) == state_at(events, at, known_at=known)


@given(histories(), days, days)
def test_what_comes_later_changes_no_earlier_answer(events: list[ConsentEvent], at: datetime, known: datetime) -> None:
    late = [evolve(event, event_id=f"late {event.event_id}", recorded_at=known + timedelta(days=1)) for event in events]
    assert known_at([*events, *late], known) == known_at(events, known)
    assert state_at([*events, *late], at, known_at=known) == state_at(events, at, known_at=known)
    future = [evolve(event, event_id=f"late {event.event_id}", effective_at=at + timedelta(days=1)) for event in events]
    assert state_at([*events, *future], at) == state_at(events, at)


@given(histories())
def test_behind_all_times_it_is_the_fold_but_for_what_has_ended(events: list[ConsentEvent]) -> None:
    end = T0 + timedelta(days=99)
    assert known_at(events, end) == fold(events)
    now, then = fold(events), state_at(events, end)
    assert then.suppressions == now.suppressions
    for was, has in zip(now.records, then.records, strict=True):
        assert was.events == has.events
        assert blocked_by(was) is blocked_by(has) or blocked_by(has) is not None
        assert was.state not in BLOCKING or was == has
        assert has.state is was.state or has.state in (ConsentState.EXPIRED, was.resume_state or ConsentState.EXPIRED)


@given(histories(), days)
def test_the_events_of_a_time_are_those_that_count(events: list[ConsentEvent], at: datetime) -> None:
    counted = events_at(events, at=at, known_at=at)
    assert all(event.effective_at is None or event.effective_at <= at for event in counted)
    assert all(event.recorded_at is None or event.recorded_at <= at for event in counted)
    assert events_at(events_at(events, at=at), known_at=at) == counted
