"""Un-merge after merge is the identity where nothing happened between; later refusals reach every half, later permissions none but their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.consent import blocked_by, fold, part
from canonical_contact.consent.states import BLOCKING_EVENTS
from canonical_contact.model import Channel, ConsentEvent, ConsentState, EventType, SuppressionKind

T0 = datetime(2026, 1, 1, tzinfo=UTC)
MERGED, NOW = T0 + timedelta(days=10), T0 + timedelta(days=20)
HALVES = (("a:1", "a:2"), ("b:1",), ("c:1",))
ANA, BEN = "ana@example.com", "ben@example.com"


@st.composite
def an_event(draw: st.DrawFn, latest: int = 19) -> ConsentEvent:
    kind = draw(st.sampled_from([kind for kind in EventType if kind is not EventType.CORRECT]))
    known = draw(st.integers(0, latest))
    dated = draw(st.booleans())
    return ConsentEvent(
        f"{draw(st.integers(0, 10**9))}",
        kind,
        draw(st.sampled_from((Channel.EMAIL, Channel.SMS))),
        purpose=draw(st.sampled_from(("marketing", "newsletter", "any"))),
        record=draw(st.sampled_from([key for half in HALVES for key in half])),
        endpoint=draw(st.sampled_from(("", ANA, BEN))),
        effective_at=T0 + timedelta(days=draw(st.integers(0, known))) if dated else None,
        recorded_at=T0 + timedelta(days=known),
        actor=draw(st.sampled_from(("subject", "system"))),
        legal_basis="purchase" if kind is EventType.IMPLY else "",
        suppression=draw(st.sampled_from(SuppressionKind)) if kind in (EventType.SUPPRESS, EventType.UNSUPPRESS) else None,
    )


def events(latest: int = 19) -> st.SearchStrategy[list[ConsentEvent]]:
    return st.lists(an_event(latest), max_size=12, unique_by=lambda event: event.event_id)


def of(half: tuple[str, ...], ledger: list[ConsentEvent]) -> list[ConsentEvent]:
    return [event for event in ledger if event.record in half]


@given(events(latest=10))
def test_nothing_is_taken_along_where_nothing_happened_between(ledger: list[ConsentEvent]) -> None:
    assert part(ledger, HALVES, merged_at=MERGED, at=NOW) == ()


@given(events())
def test_every_half_refuses_what_was_refused_between_and_permits_nothing_new(ledger: list[ConsentEvent]) -> None:
    made = list(part(ledger, HALVES, merged_at=MERGED, at=NOW))
    assert part([*ledger, *made], HALVES, merged_at=MERGED, at=NOW) == ()
    together = {(record.channel, record.purpose, record.endpoint): record for record in fold(ledger).records}
    for half in HALVES:
        before, after = fold(of(half, ledger)), fold(of(half, ledger + made))
        sendable = {
            (record.channel, record.purpose, record.endpoint)
            for record in after.records
            if record.state in (ConsentState.GRANTED, ConsentState.IMPLIED)
        }
        assert sendable <= {
            (record.channel, record.purpose, record.endpoint) for record in before.records if not blocked_by(record)
        }
        for event in ledger:
            if event.type not in BLOCKING_EVENTS or event.recorded_at is None or event.recorded_at <= MERGED:
                continue
            cell = (event.channel, event.purpose, event.endpoint)
            if blocked_by(together.get(cell)) and event.record not in half:
                kept = [record for record in after.records if (record.channel, record.purpose, record.endpoint) == cell]
                wider = [
                    record
                    for record in after.records
                    if record.channel is event.channel
                    and record.purpose in (event.purpose, "any")
                    and record.endpoint in (event.endpoint, "")
                ]
                assert any(blocked_by(record) for record in (*kept, *wider))
        blocks = {(block.kind, block.channel) for block in after.suppressions if not block.endpoint}
        assert blocks >= {(block.kind, block.channel) for block in before.suppressions if not block.endpoint}
