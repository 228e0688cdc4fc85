"""Joining consent is commutative, associative and idempotent, never softens a refusal, and folding agrees with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.consent import Folded, blocked_by, fold, join
from canonical_contact.consent.states import RANK, RANKS, rank
from canonical_contact.model import (
    ANY_PURPOSE,
    Channel,
    ConsentEvent,
    ConsentRecord,
    ConsentState,
    EventType,
    SuppressionKind,
)

T0 = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.one_of(st.none(), st.integers(0, 5).map(lambda day: T0 + timedelta(days=day)))
ids = st.lists(st.sampled_from("abcdef"), unique=True, max_size=3).map(lambda names: tuple(sorted(names)))


@st.composite
def records(draw: st.DrawFn) -> ConsentRecord:
    state = draw(st.sampled_from(ConsentState))
    waiting = state in (ConsentState.REQUESTED, ConsentState.PENDING_CONFIRMATION)
    return ConsentRecord(
        Channel.EMAIL,
        "marketing",
        state,
        resume_state=draw(st.sampled_from([s for s in ConsentState if s is not ConsentState.GRANTED])) if waiting else None,
        strength=draw(st.sampled_from(["single", "double", "written"])) if state is ConsentState.GRANTED else "",
        legal_basis=draw(st.sampled_from(["", "consent", "contract"])),
        effective_at=draw(moments),
        expires_at=draw(moments),
        reason=draw(st.sampled_from(["", "complaint", "free_text_note", "legacy_import"])),
        events=draw(ids),
    )


@st.composite
def event_sets(draw: st.DrawFn) -> list[ConsentEvent]:
    """Streams of several records over few keys, so that they meet."""
    events = []
    for number in range(draw(st.integers(0, 10))):
        kind = draw(st.sampled_from(EventType))
        overlay = kind in (EventType.SUPPRESS, EventType.UNSUPPRESS)
        events.append(
            ConsentEvent(
                f"{number:02}",
                kind,
                Channel.EMAIL,
                purpose=draw(st.sampled_from(["marketing", "marketing", "news", ANY_PURPOSE])),
                controller=draw(st.sampled_from(["", "", "brand"])),
                record=draw(st.sampled_from(["a:1", "b:1", "c:1"])),
                endpoint=draw(st.sampled_from(["", "e1", "e2"])),
                effective_at=draw(moments),
                actor=draw(st.sampled_from(["subject", "system"])),
                suppression=draw(st.sampled_from(SuppressionKind)) if overlay else None,
                target=draw(st.sampled_from(ConsentState)) if kind is EventType.CORRECT else None,
                evidence=draw(st.sampled_from(["", "form"])),
                expires_at=draw(moments),
            )
        )
    return events


policies = st.sampled_from(sorted(RANKS))


@given(records(), records(), records(), policies)
def test_the_join_of_records_is_commutative_associative_and_idempotent(
    a: ConsentRecord, b: ConsentRecord, c: ConsentRecord, policy: str
) -> None:
    assert join(a, b, policy) == join(b, a, policy)
    assert join(join(a, b, policy), c, policy) == join(a, join(b, c, policy), policy)
    assert join(a, a, policy) == a
    assert join(join(a, b, policy), b, policy) == join(a, b, policy)


@given(records(), records(), policies)
def test_the_join_never_softens(a: ConsentRecord, b: ConsentRecord, policy: str) -> None:
    joined = join(a, b, policy)
    blocks = [held for held in (blocked_by(a), blocked_by(b)) if held is not None]
    if blocks:
        assert blocked_by(joined) is max(blocks, key=lambda held: RANK[held])
    else:
        assert rank(joined.state, joined.strength, policy) == max(rank(one.state, one.strength, policy) for one in (a, b))
        assert blocked_by(joined) is None


@given(records(), records())
def test_the_stricter_policy_sends_nothing_that_the_default_does_not(a: ConsentRecord, b: ConsentRecord) -> None:
    sendable = (ConsentState.GRANTED, ConsentState.IMPLIED)
    strict, default = join(a, b, "most_restrictive"), join(a, b)
    assert default.state in sendable or strict.state not in sendable
    for ended in (ConsentState.EXPIRED, ConsentState.PENDING_CONFIRMATION):
        assert strict.state not in sendable or ended not in (a.state, b.state)


@given(records(), records())
def test_who_was_erased_stays_so(a: ConsentRecord, b: ConsentRecord) -> None:
    erased = evolve(a, state=ConsentState.ERASED, resume_state=None, strength="")
    assert all(join(erased, b, policy).state is ConsentState.ERASED for policy in RANKS)


@given(event_sets(), st.randoms(use_true_random=False))
def test_the_fold_does_not_depend_on_the_order_of_events(events: list[ConsentEvent], random: Random) -> None:
    shuffled = [*events, *events[:2]]
    random.shuffle(shuffled)
    assert fold(shuffled) == fold(events)


@given(event_sets(), st.sets(st.sampled_from(["a:1", "b:1", "c:1"])))
def test_the_fold_of_a_union_is_the_join_of_the_folds(events: list[ConsentEvent], left: set[str]) -> None:
    cells = {(e.controller, e.purpose, endpoint) for e in events for endpoint in (e.endpoint, "")}
    probes = [  # so that every fold speaks of every cell; unknown is the bottom of the join
        ConsentEvent(f"probe {cell}", EventType.IMPORT_LEGACY, Channel.EMAIL, cell[1], cell[0], "probe", cell[2])
        for cell in sorted(cells)
    ]
    ours = [event for event in events if event.record in left]
    theirs = [event for event in events if event.record not in left]
    whole, one, other = (fold([*part, *probes]) for part in (events, ours, theirs))
    for cell in cells:
        joined = join(said(one, cell), said(other, cell))
        assert (said(whole, cell).state, blocked_by(said(whole, cell))) == (joined.state, blocked_by(joined))
    blocks = {(block.kind, block.endpoint) for block in whole.suppressions}
    assert blocks == {(block.kind, block.endpoint) for part in (one, other) for block in part.suppressions}


def said(folded: Folded, cell: tuple[str, str, str]) -> ConsentRecord:
    """What a fold says of a cell; a refusal at an endpoint that only repeats the person's is not listed."""
    listed = {(record.controller, record.purpose, record.endpoint): record for record in folded.records}
    return evolve(listed.get(cell) or listed[cell[0], cell[1], ""], endpoint=cell[2])
