"""What a half's own events refuse without the permissions of the time together is refused after the parting, but at an endpoint of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.consent import blocked_by, fold, part
from canonical_contact.consent.states import BLOCKING, RANK
from canonical_contact.model import Channel, ConsentEvent, ConsentProof, ConsentRecord, ConsentState, EventType, SuppressionKind

T0 = datetime(2026, 1, 1, tzinfo=UTC)
MERGED, NOW = T0 + timedelta(days=10), T0 + timedelta(days=20)
HALVES = (("a:1", "a:2"), ("b:1",), ("c:1",))
ANA, BEN, BOTH = "ana@example.com", "ben@example.com", "both@example.com"
HELD = ((ANA, BOTH), (BEN, BOTH), ())
LIFTING = (EventType.OPT_IN, EventType.OPT_IN_UNCONFIRMED, EventType.CONFIRM, EventType.CORRECT, EventType.UNSUPPRESS)
RARE = tuple(kind for kind in EventType if kind not in LIFTING)
NO = (EventType.WITHDRAW, EventType.DECLINE, EventType.SUPPRESS)
Cell = tuple[Channel, str, str, str]


@st.composite
def an_event(draw: st.DrawFn) -> list[ConsentEvent]:
    """An event of one record, or the copies of one act in the streams of all."""
    kinds, early, late = draw(
        st.sampled_from(((NO, 0, 10), (NO, 0, 10), (LIFTING, 11, 19), (LIFTING, 11, 19), (LIFTING, 0, 10), (RARE, 0, 19)))
    )
    kind, known = draw(st.sampled_from(kinds)), draw(st.integers(early, late))
    overlay = kind in (EventType.SUPPRESS, EventType.UNSUPPRESS)
    name = draw(st.integers(0, 10**9))
    one = ConsentEvent(
        f"{name}",
        kind,
        Channel.EMAIL,
        purpose=draw(st.sampled_from(("marketing", "marketing", "newsletter", "any"))),
        endpoint=draw(st.sampled_from(("", "", ANA, BEN, BOTH))),
        effective_at=T0 + timedelta(days=draw(st.integers(0, known + 2))) if draw(st.integers(0, 4)) else None,
        recorded_at=T0 + timedelta(days=known),
        actor=draw(st.sampled_from(("subject", "subject", "subject", "system"))),
        legal_basis="purchase" if kind is EventType.IMPLY else "",
        evidence="form 7",
        target=draw(st.sampled_from(ConsentState)) if kind is EventType.CORRECT else None,
        suppression=SuppressionKind.GLOBAL_OPT_OUT if overlay else None,
        proof=ConsentProof(),
    )
    everywhere = known > 10 and draw(st.booleans())
    keys = [key for half in HALVES for key in half] if everywhere else [draw(st.sampled_from(("a:1", "a:2", "b:1", "c:1")))]
    return [evolve(one, event_id=f"{name}/{key}", record=key) for key in keys]


ledgers = st.lists(an_event(), max_size=10).map(lambda found: list({one.event_id: one for few in found for one in few}.values()))


def at(ledger: Iterable[ConsentEvent], cell: Cell) -> ConsentRecord | None:
    """What a ledger says of a cell: an event that nobody takes makes the fold look at it; a cell that repeats a wider one is that."""
    channel, controller, purpose, endpoint = cell
    probe = ConsentEvent("probe", EventType.RENEW, channel, purpose=purpose, controller=controller, record="?", endpoint=endpoint)
    found = {(one.channel, one.controller, one.purpose, one.endpoint): one for one in fold([*ledger, probe]).records}
    return found.get(cell) or found.get((channel, controller, purpose, ""))


def of(half: tuple[str, ...], ledger: Iterable[ConsentEvent]) -> list[ConsentEvent]:
    return [event for event in ledger if event.record in half]


def in_doubt(event: ConsentEvent) -> bool:
    return event.type in LIFTING and event.recorded_at is not None and event.recorded_at > MERGED


def own(number: int, endpoint: str) -> bool:
    return endpoint in HELD[number] and sum(endpoint in held for held in HELD) == 1


@given(ledgers)
def test_a_refusal_of_a_half_stands_but_where_its_own_endpoint_said_yes(ledger: list[ConsentEvent]) -> None:
    made = part(ledger, HALVES, merged_at=MERGED, at=NOW, endpoints=HELD)
    for number, half in enumerate(HALVES):
        before = [event for event in of(half, ledger) if not in_doubt(event)]
        cells = {(event.channel, event.controller, event.purpose, event.endpoint) for event in of(half, ledger)}
        for cell in cells:
            was = blocked_by(at(before, cell))
            if was is not None and not own(number, cell[3]):
                now = blocked_by(at([*of(half, ledger), *of(half, made)], cell))
                assert now is not None, cell
                assert RANK[now] >= RANK[was], cell


@given(ledgers)
def test_a_block_of_a_half_from_before_stands_but_where_its_own_endpoint_said_yes(ledger: list[ConsentEvent]) -> None:
    made = part(ledger, HALVES, merged_at=MERGED, at=NOW, endpoints=HELD)
    for number, half in enumerate(HALVES):
        early = [event for event in of(half, ledger) if not in_doubt(event) and event.recorded_at and event.recorded_at <= MERGED]
        stands = {(block.kind, block.endpoint): block for block in fold([*of(half, ledger), *of(half, made)]).suppressions}
        for block in fold(early).suppressions:
            if not own(number, block.endpoint):
                assert set(stands[block.kind, block.endpoint].lifted_for) <= set(block.lifted_for)


@given(ledgers)
def test_what_is_said_again_only_refuses_and_is_said_once(ledger: list[ConsentEvent]) -> None:
    made = part(ledger, HALVES, merged_at=MERGED, at=NOW, endpoints=HELD)
    assert part([*ledger, *made], HALVES, merged_at=MERGED, at=NOW, endpoints=HELD) == ()
    assert part(ledger[::-1], HALVES, merged_at=MERGED, at=NOW, endpoints=HELD) == made
    for number, half in enumerate(HALVES):
        if not [event for event in of(half, ledger) if in_doubt(event) and not own(number, event.endpoint)]:
            taken = {event.event_id for event in of(half, made)}
            assert taken <= {event.event_id for event in part(ledger, HALVES, merged_at=MERGED, at=NOW, endpoints=[(), (), ()])}
        assert all(event.type not in LIFTING and event.target not in BLOCKING for event in of(half, made))
