"""What was true at a time, and what was known at one; two times an event, in every order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from canonical_contact.consent import Folded, events_at, fold, known_at, state_at
from canonical_contact.errors import InputError
from canonical_contact.model import Channel, ConsentEvent, ConsentState, EventType, Suppression, SuppressionKind

T0 = datetime(2026, 1, 1, tzinfo=UTC)
E, S = EventType, ConsentState


def day(number: int) -> datetime:
    return T0 + timedelta(days=number)


def event(kind: EventType, at: int | None, known: int | None, record: str = "a:1", **more: Any) -> ConsentEvent:
    return ConsentEvent(
        f"{kind}/{at}/{known}/{record}",
        kind,
        Channel.EMAIL,
        record=record,
        effective_at=None if at is None else day(at),
        recorded_at=None if known is None else day(known),
        **more,
    )


def state(folded: Folded) -> str:
    return " ".join(str(record.state) for record in folded.records)


YES = event(E.OPT_IN, 1, 1)
LATE_NO = event(E.WITHDRAW, 5, 9)  # happened on day 5, told on day 9
AGAIN = event(E.OPT_IN, 12, 12)


@pytest.mark.parametrize(
    ("at", "known", "found"),
    [
        (0, None, ""),
        (1, None, "granted"),
        (4, None, "granted"),
        (5, None, "withdrawn"),
        (11, None, "withdrawn"),
        (12, None, "granted"),
        (7, 8, "granted"),  # nobody knew yet
        (7, 9, "withdrawn"),
        (12, 11, "withdrawn"),
        (4, 0, ""),
        (None, 0, ""),
        (None, 8, "granted"),
        (None, 9, "withdrawn"),
        (None, 12, "granted"),
    ],
)
def test_each_of_the_two_times_is_asked_by_itself_and_together(at: int | None, known: int | None, found: str) -> None:
    for events in permutations([YES, LATE_NO, AGAIN, YES]):
        if at is None:
            assert known is not None
            assert state(known_at(events, day(known))) == found
        else:
            told = None if known is None else day(known)
            assert state(state_at(events, day(at), known_at=told)) == found
            if told is not None:
                assert known_at(events, told, at=day(at)) == state_at(events, day(at), known_at=told)


def test_a_time_behind_all_events_gives_the_fold() -> None:
    events = [YES, LATE_NO, AGAIN, event(E.WITHDRAW, None, 3, "b:1")]
    assert state_at(events, day(99)) == known_at(events, day(99)) == fold(events)


def test_what_begins_later_is_known_before_it_is_true() -> None:
    later = event(E.OPT_IN, 30, 1)
    assert state(known_at([later], day(2))) == "granted"
    assert state(state_at([later], day(2))) == ""
    assert state(known_at([later], day(2), at=day(2))) == ""


def test_a_block_without_a_date_counts_at_every_time_until_a_live_yes_came_after_it_was_known() -> None:
    block = event(E.WITHDRAW, None, 5)
    for at in (0, 4, 6, 11):
        assert state(state_at([YES, block, AGAIN], day(at))) == "withdrawn"
    assert state(state_at([YES, block, AGAIN], day(12))) == "granted"
    assert state(state_at([YES, block, AGAIN], day(4), known_at=day(4))) == "granted"
    imported = event(E.OPT_IN, 12, 12, actor="system")
    assert state(state_at([YES, block, imported], day(20))) == "withdrawn"


def test_what_nobody_noted_the_knowledge_of_was_always_known() -> None:
    assert state(known_at([event(E.WITHDRAW, 3, None)], day(0))) == "withdrawn"


def test_a_consent_has_ended_when_its_time_was_over() -> None:
    yes = event(E.OPT_IN, 1, 1, expires_at=day(10))
    assert state(state_at([yes], day(9))) == "granted"
    (ended,) = state_at([yes], day(10)).records
    assert (ended.state, ended.effective_at, ended.events) == (S.EXPIRED, day(10), (yes.event_id,))
    assert state(known_at([yes], day(20))) == "granted"
    assert state(known_at([yes], day(20), at=day(20))) == "expired"


def test_an_open_confirmation_falls_back_and_what_it_falls_back_to_may_have_ended_too() -> None:
    basis = event(E.IMPLY, 1, 1, expires_at=day(10), legal_basis="contract")
    asked = event(E.OPT_IN_UNCONFIRMED, 2, 2, expires_at=day(8))
    assert state(state_at([basis, asked], day(7))) == "pending_confirmation"
    assert state(state_at([basis, asked], day(9))) == "implied"
    assert state(state_at([basis, asked], day(10))) == "expired"


def test_blocks_on_endpoints_follow_the_same_times() -> None:
    block = event(E.SUPPRESS, 3, 6, "b:1", endpoint="ana@x.es", suppression=SuppressionKind.HARD_BOUNCE)
    lifted = event(E.UNSUPPRESS, 8, 8, "b:1", purpose="any", endpoint="ana@x.es", suppression=SuppressionKind.HARD_BOUNCE)
    for events, foreign in (([block, lifted], []), ([], [block, lifted])):
        assert len(state_at(events, day(7), foreign=foreign).suppressions) == 1
        assert state_at(events, day(2), foreign=foreign).suppressions == ()
        assert state_at(events, day(8), foreign=foreign).suppressions == ()
        assert state_at(events, day(7), known_at=day(5), foreign=foreign).suppressions == ()
        assert known_at(events, day(5), foreign=foreign).suppressions == ()
        assert len(known_at(events, day(7), foreign=foreign).suppressions) == 1


def test_provisional_blocks_count_from_their_beginning_and_without_one_always() -> None:
    dated = Suppression(SuppressionKind.UNMAPPED_OPT_OUT, Channel.EMAIL, since=day(5))
    undated = Suppression(SuppressionKind.MANUAL, Channel.EMAIL, endpoint="x@y.z")
    assert len(state_at([], day(4), holds=[dated, undated], foreign=[undated, dated]).suppressions) == 2
    assert len(state_at([], day(5), holds=[dated, undated], foreign=[undated]).suppressions) == 3
    assert known_at([], day(0), holds=[undated]).suppressions == (undated,)


def test_policies_reach_the_fold() -> None:
    events = [
        event(E.WITHDRAW, 1, 1, "a:1", endpoint="ana@x.es"),
        event(E.OPT_IN_UNCONFIRMED, 2, 2, "b:1", endpoint="ana@x.es"),
        event(E.CONFIRM, 3, 3, "b:1", endpoint="ana@x.es"),
    ]
    for policy, found in (("blocking_first", "withdrawn"), ("latest_subject_act", "granted")):
        assert state(state_at(events, day(9), policy=policy)) == state(known_at(events, day(9), policy=policy)) == found


def test_the_events_of_a_time() -> None:
    undated = event(E.WITHDRAW, None, None)
    assert events_at([YES, LATE_NO, undated]) == (YES, LATE_NO, undated)
    assert events_at([YES, LATE_NO, undated], at=day(4)) == (YES, undated)
    assert events_at([YES, LATE_NO, undated], known_at=day(0)) == (undated,)


def test_times_without_a_zone_are_refused() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    for ask in (
        lambda: state_at([], naive),
        lambda: state_at([], T0, known_at=naive),
        lambda: known_at([], naive),
        lambda: events_at([], at=naive),
    ):
        with pytest.raises(InputError, match="no time zone"):
            ask()
