"""Every field of a record after a move: what it keeps, what it takes from the event, and what it drops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canonical_contact.consent import apply, fold, join
from canonical_contact.consent.fold import blocks_endpoint, lifts
from canonical_contact.errors import ConfigError, IllegalTransitionError, InputError
from canonical_contact.model import (
    Channel,
    ConsentEvent,
    ConsentProof,
    ConsentRecord,
    ConsentState,
    EventType,
    Suppression,
    SuppressionKind,
)

S, E = ConsentState, EventType
T0 = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return T0 + timedelta(days=number)


def event(number: int, kind: EventType, **more: Any) -> ConsentEvent:
    values: dict[str, Any] = {"record": "a:1", "endpoint": "e", "effective_at": day(number), "recorded_at": day(number)}
    return ConsentEvent(f"{number}", kind, Channel.EMAIL, **values | more)


def record(state: ConsentState, **more: Any) -> ConsentRecord:
    values: dict[str, Any] = {"endpoint": "e", "effective_at": day(0), "events": ("0",)}
    return ConsentRecord(Channel.EMAIL, "marketing", state, **values | more)


TOKEN = ConsentProof(token_hash="aa")
STARTS = [
    (event(1, E.OPT_IN), record(S.GRANTED, strength="single", legal_basis="consent", effective_at=day(1), events=("1",))),
    (
        event(1, E.OPT_IN, legal_basis="contract", method="paper", expires_at=day(9), reason="form"),
        record(
            S.GRANTED,
            strength="written",
            legal_basis="contract",
            effective_at=day(1),
            expires_at=day(9),
            reason="form",
            events=("1",),
        ),
    ),
    (
        event(1, E.OPT_IN_UNCONFIRMED, expires_at=day(3), proof=TOKEN),
        record(
            S.PENDING_CONFIRMATION, resume_state=S.UNKNOWN, effective_at=day(1), token_hash="aa", confirm_by=day(3), events=("1",)
        ),
    ),
    (
        event(1, E.REQUEST, expires_at=day(3), proof=TOKEN),
        record(S.REQUESTED, resume_state=S.UNKNOWN, effective_at=day(1), confirm_by=day(3), events=("1",)),
    ),
    (
        event(1, E.IMPLY, legal_basis="purchase", expires_at=day(3), proof=TOKEN),
        record(S.IMPLIED, legal_basis="purchase", effective_at=day(1), expires_at=day(3), events=("1",)),
    ),
    (event(1, E.WITHDRAW, endpoint=""), record(S.WITHDRAWN, endpoint="", effective_at=day(1), events=("1",))),
    (event(1, E.COMPLAINT, reason="x"), record(S.WITHDRAWN, reason="complaint", effective_at=day(1), events=("1",))),
    (
        event(1, E.IMPORT_LEGACY, reason="legacy_import"),
        record(S.UNKNOWN, reason="legacy_import", effective_at=day(1), events=("1",)),
    ),
    (
        event(1, E.SUPPRESS, reason="manual"),
        record(S.UNKNOWN, endpoint="", effective_at=None, reason="never_asked", events=("1",)),
    ),
]
MOVES = [
    # a request or sign-up over nothing known takes place and date from the event; over a refusal or a relationship it keeps them
    (
        record(S.UNKNOWN, endpoint="", reason="legacy_import", effective_at=None),
        event(1, E.OPT_IN_UNCONFIRMED, expires_at=day(3), proof=TOKEN, reason="form"),
        record(S.PENDING_CONFIRMATION, resume_state=S.UNKNOWN, reason="form", effective_at=day(1), token_hash="aa", confirm_by=day(3), events=("0", "1")),
    ),
    (
        record(S.WITHDRAWN, endpoint="", reason="free_text_note"),
        event(1, E.OPT_IN_UNCONFIRMED, proof=TOKEN),
        record(S.PENDING_CONFIRMATION, endpoint="", resume_state=S.WITHDRAWN, reason="free_text_note", token_hash="aa", events=("0", "1")),
    ),
    (
        record(S.IMPLIED, endpoint="", legal_basis="purchase", expires_at=day(9)),
        event(1, E.REQUEST, expires_at=day(3)),
        record(S.REQUESTED, resume_state=S.IMPLIED, legal_basis="purchase", expires_at=day(9), confirm_by=day(3), events=("0", "1")),
    ),
    (
        record(S.IMPLIED, legal_basis="purchase"),
        event(1, E.REQUEST, endpoint=""),
        record(S.REQUESTED, resume_state=S.IMPLIED, legal_basis="purchase", events=("0", "1")),
    ),
    (
        record(S.GRANTED, strength="double", legal_basis="consent", expires_at=day(9)),
        event(1, E.NOTICE_SUPERSEDED, reason="material"),
        record(S.REQUESTED, resume_state=S.EXPIRED, legal_basis="consent", expires_at=day(9), events=("0", "1")),
    ),
    (
        record(S.PENDING_CONFIRMATION, resume_state=S.IMPLIED, legal_basis="purchase", token_hash="aa", confirm_by=day(3)),
        event(1, E.CONFIRM_TIMEOUT),
        record(S.IMPLIED, legal_basis="purchase", events=("0", "1")),
    ),
    # a first refusal takes all from the event; one more keeps the wider, the later and the worse
    (
        record(S.GRANTED, strength="double", legal_basis="consent", expires_at=day(9), reason="complaint", effective_at=day(5)),
        event(1, E.WITHDRAW, endpoint="", reason="x"),
        record(S.WITHDRAWN, endpoint="", reason="x", effective_at=day(1), events=("0", "1")),
    ),
    (
        record(S.INVALIDATED, reason="free_text_note", effective_at=day(5)),
        event(1, E.WITHDRAW, reason="x"),
        record(S.WITHDRAWN, reason="free_text_note", effective_at=day(5), events=("0", "1")),
    ),
    (
        record(S.INVALIDATED, reason="x"),
        event(1, E.WITHDRAW, endpoint="", reason="y"),
        record(S.WITHDRAWN, endpoint="", reason="y", effective_at=day(1), events=("0", "1")),
    ),
    (
        record(S.INVALIDATED, effective_at=None),
        event(1, E.WITHDRAW),
        record(S.WITHDRAWN, effective_at=None, events=("0", "1")),
    ),
    (
        record(S.WITHDRAWN, reason="x"),
        event(1, E.WITHDRAW, reason="y"),
        record(S.WITHDRAWN, reason="y", effective_at=day(1), events=("0", "1")),
    ),
    (
        record(S.WITHDRAWN, reason="free_text_note"),
        event(1, E.COMPLAINT, endpoint=""),
        record(S.WITHDRAWN, endpoint="", reason="complaint", effective_at=day(1), events=("0", "1")),
    ),
    (
        record(S.WITHDRAWN, reason="complaint", effective_at=day(5)),
        event(1, E.WITHDRAW, reason="free_text_note"),
        record(S.WITHDRAWN, reason="complaint", effective_at=day(5), events=("0", "1")),
    ),
    (
        record(S.WITHDRAWN, reason="x"),
        event(1, E.WITHDRAW, effective_at=None, reason="free_text_note"),
        record(S.WITHDRAWN, reason="free_text_note", effective_at=None, events=("0", "1")),
    ),
    # permissions
    (
        record(S.WITHDRAWN, endpoint="", reason="x"),
        event(1, E.OPT_IN, endpoint=""),
        record(S.GRANTED, endpoint="", strength="single", legal_basis="consent", effective_at=day(1), events=("0", "1")),
    ),
    (
        record(S.GRANTED, strength="double", legal_basis="consent", expires_at=day(2)),
        event(1, E.RENEW, endpoint="", effective_at=None, legal_basis="contract", expires_at=day(9)),
        record(S.GRANTED, strength="double", legal_basis="contract", expires_at=day(9), events=("0", "1")),
    ),
    (
        record(S.GRANTED, strength="double", legal_basis="consent", expires_at=day(1)),
        event(1, E.EXPIRE, endpoint="", effective_at=None),
        record(S.EXPIRED, effective_at=None, events=("0", "1")),
    ),
    (
        record(S.IMPLIED, legal_basis="purchase", expires_at=day(9)),
        event(1, E.IMPLY, legal_basis="inquiry", expires_at=day(3)),
        record(S.IMPLIED, legal_basis="purchase", expires_at=day(9), events=("0", "1")),
    ),
    (
        record(S.IMPLIED, legal_basis="purchase"),
        event(1, E.IMPLY, legal_basis="purchase", expires_at=day(3)),
        record(S.IMPLIED, legal_basis="purchase", effective_at=day(1), events=("0", "1")),
    ),
    (
        record(S.GRANTED, strength="single", legal_basis="purchase", expires_at=day(2)),
        event(1, E.IMPLY, legal_basis="purchase", expires_at=day(9)),
        record(S.GRANTED, strength="single", legal_basis="purchase", expires_at=day(2), events=("0", "1")),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("act", "after"), STARTS)
def test_what_the_first_event_leaves(act: ConsentEvent, after: ConsentRecord) -> None:
    assert apply(None, act) == after


@pytest.mark.parametrize(("before", "act", "after"), MOVES)
def test_what_a_move_keeps_and_takes(before: ConsentRecord, act: ConsentEvent, after: ConsentRecord) -> None:
    assert apply(before, act) == after


REFUSED = [
    (record(S.WITHDRAWN), event(1, E.OPT_IN, actor="agent"), "only the person's own act leaves a refusal"),
    (record(S.WITHDRAWN, reason="complaint"), event(1, E.OPT_IN), "a complaint is on record"),
    (None, event(1, E.OPT_IN, effective_at=None), "a grant needs the time at which it was given"),
    (None, event(1, E.IMPLY), "an implied consent needs the basis that it rests on"),
    (record(S.REQUESTED, resume_state=S.INVALIDATED), event(1, E.IMPLY, legal_basis="x"), "a refusal stands behind the open request"),
    (record(S.PENDING_CONFIRMATION, token_hash="aa"), event(1, E.CONFIRM), "its token is not the one that was sent"),
    (record(S.PENDING_CONFIRMATION, confirm_by=day(0)), event(1, E.CONFIRM), "the time for the confirmation is over"),
    (record(S.GRANTED), event(1, E.CORRECT), "it names no state that a correction can set"),
    (None, event(1, E.CORRECT, target=S.GRANTED), "a grant needs dated evidence"),
    (record(S.WITHDRAWN), event(1, E.CORRECT, target=S.UNKNOWN), "a refusal is softened only by the person's own dated evidence"),
    (record(S.WITHDRAWN, reason="complaint"), event(1, E.CORRECT, target=S.UNKNOWN, evidence="x"), "a complaint is on record"),
    (record(S.GRANTED), event(1, E.CONFIRM), "the table has no such move"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "act", "why"), REFUSED)
def test_a_refused_event_says_why(before: ConsentRecord | None, act: ConsentEvent, why: str) -> None:
    with pytest.raises(IllegalTransitionError) as raised:
        apply(before, act)
    assert f": {why}. Legal in this state:" in str(raised.value)
    assert str(raised.value).startswith(f"A consent in the state {'none' if before is None else before.state} does not take")


def test_corrections_between_refusals() -> None:
    assert apply(record(S.WITHDRAWN), event(1, E.CORRECT, target=S.WITHDRAWN, actor="agent")).state is S.WITHDRAWN
    sealed = record(S.WITHDRAWN, reason="complaint")
    assert apply(sealed, event(1, E.CORRECT, target=S.DENIED, evidence="x")).state is S.DENIED


def test_an_event_of_another_key_is_refused() -> None:
    with pytest.raises(InputError) as raised:
        apply(record(S.UNKNOWN), event(1, E.WITHDRAW, controller="brand"))
    assert (raised.value.path, raised.value.hint) == ("event", "Apply an event to the record of its own key.")
    assert apply(record(S.UNKNOWN, controller="brand"), event(1, E.WITHDRAW)).state is S.WITHDRAWN


def test_two_refusals_join_to_the_wider_the_later_and_the_worse() -> None:
    left = record(
        S.DENIED, reason="free_text_note", legal_basis="b", effective_at=day(1), expires_at=day(3), events=("1",), lifted_by="9"
    )
    right = record(S.WITHDRAWN, reason="zzz", legal_basis="a", endpoint="f", effective_at=day(2), events=("2",), strength="x")
    both = record(
        S.WITHDRAWN, reason="free_text_note", legal_basis="b", endpoint="", effective_at=day(2), expires_at=day(3), events=("1", "2")
    )  # fmt: skip
    assert join(left, right) == join(right, left) == both
    bare = record(S.WITHDRAWN, reason="complaint", events=("3",))
    assert join(record(S.WITHDRAWN, reason="free_text_note"), bare) == record(S.WITHDRAWN, reason="complaint", events=("0", "3"))


def test_two_permissions_join_to_the_stronger_on_the_events_of_both() -> None:
    one, double = record(S.GRANTED, strength="single", events=("1",), effective_at=day(5)), record(S.GRANTED, strength="double")
    assert join(one, double) == join(double, one) == record(S.GRANTED, strength="double", events=("0", "1"))


def test_a_refusal_that_is_not_listed_keeps_what_it_says() -> None:
    stream = [event(1, E.OPT_IN), event(2, E.DECLINE, reason="call", purpose="marketing")]
    (said,) = fold(stream).records
    assert (said.channel, said.state, said.reason, said.endpoint, said.events) == (Channel.EMAIL, S.DENIED, "call", "e", ("2",))
    assert said.effective_at == day(2)
    (undated,) = fold([event(1, E.OPT_IN), event(2, E.COMPLAINT, effective_at=None, reason="x")]).records
    assert (undated.state, undated.reason, undated.effective_at) == (S.WITHDRAWN, "complaint", None)


def test_a_refusal_at_an_endpoint_that_repeats_the_persons_is_not_listed() -> None:
    person, here = event(1, E.WITHDRAW, endpoint=""), event(2, E.WITHDRAW)
    assert [one.endpoint for one in fold([person, here]).records] == [""]
    other = event(3, E.WITHDRAW, controller="brand", endpoint="f")
    assert {(one.controller, one.endpoint) for one in fold([person, here, other]).records} == {("", ""), ("brand", "f")}
    weaker = fold([event(1, E.INVALIDATE, endpoint=""), here]).records
    assert [(one.endpoint, one.state) for one in weaker] == [("", S.INVALIDATED), ("e", S.WITHDRAWN)]


def test_a_confirmed_opt_in_lifts_under_its_policy_with_all_that_it_says() -> None:
    stream = [
        event(1, E.WITHDRAW, record="b:1", purpose="news"),
        event(2, E.OPT_IN_UNCONFIRMED, purpose="news", expires_at=None),
        event(3, E.CONFIRM, purpose="news", legal_basis="contract", expires_at=day(9)),
    ]
    (shown,) = fold(stream).records
    assert (shown.state, shown.lifted_by) == (S.WITHDRAWN, "3")
    (lifted,) = fold(stream, policy="latest_subject_act").records
    assert lifted == ConsentRecord(
        Channel.EMAIL, "news", S.GRANTED, strength="double", endpoint="e", legal_basis="contract", effective_at=day(3),
        expires_at=day(9), reason="latest_subject_act", events=("1", "3"),
    )  # fmt: skip


def test_what_an_opt_in_lifts_of_blocks() -> None:
    yes = record(S.WITHDRAWN, effective_at=day(5))
    block = Suppression(SuppressionKind.GLOBAL_OPT_OUT, Channel.EMAIL, "e", day(4))
    assert lifts(yes, block)
    others: list[dict[str, Any]] = [
        {"kind": SuppressionKind.MANUAL}, {"channel": Channel.SMS}, {"endpoint": "f"}, {"reason": "shared_endpoint"}, {"since": None},
        {"since": day(6)},
    ]  # fmt: skip
    for more in others:
        values: dict[str, Any] = {"kind": block.kind, "channel": block.channel, "endpoint": "e", "since": day(4)}
        assert not lifts(yes, Suppression(**values | more))
    assert not lifts(record(S.WITHDRAWN, effective_at=None), block)


def test_only_overlays_at_an_endpoint_block_it() -> None:
    assert blocks_endpoint(event(1, E.SUPPRESS))
    assert not blocks_endpoint(event(1, E.SUPPRESS, endpoint=""))
    assert not blocks_endpoint(event(1, E.WITHDRAW))


def test_a_policy_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError) as raised:
        fold([], policy="newest")
    assert raised.value.path == "policy"
    assert "'newest'" in str(raised.value)
    assert "blocking_first, " in raised.value.hint


def test_a_weaker_refusal_that_is_not_listed_keeps_the_stronger() -> None:
    (said,) = fold([event(1, E.WITHDRAW, reason="x"), event(2, E.INVALIDATE)]).records
    assert (said.state, said.events, said.effective_at, said.endpoint) == (S.WITHDRAWN, ("1", "2"), day(2), "e")
    (first,) = fold([event(1, E.INVALIDATE, controller="brand", purpose="news")]).records
    assert (first.purpose, first.controller, first.endpoint) == ("news", "brand", "e")


@pytest.mark.parametrize(
    ("kind", "more", "lifts_it"),
    [
        (E.OPT_IN, {}, True),
        (E.OPT_IN, {"actor": "agent"}, False),
        (E.OPT_IN, {"effective_at": day(2)}, False),
        (E.REQUEST, {}, False),
    ],
)
def test_a_block_without_a_date_is_older_than_a_later_live_yes_alone(
    kind: EventType, more: dict[str, Any], lifts_it: bool
) -> None:
    undated = event(2, E.WITHDRAW, effective_at=None, recorded_at=day(2), actor="system")
    (said,) = fold([undated, event(3, kind, method="form", **more)]).records
    assert (said.state is S.GRANTED) is lifts_it


def test_of_two_blocks_of_a_kind_the_one_without_a_date_or_the_later_is_shown() -> None:
    def block(name: int, at: datetime | None, key: str) -> ConsentEvent:
        return event(name, E.SUPPRESS, suppression=SuppressionKind.MANUAL, effective_at=at, record=key)

    assert [one.event_id for one in fold([block(1, day(5), "a:1"), block(2, day(1), "b:1")]).suppressions] == ["1"]
    assert [one.event_id for one in fold([block(1, day(5), "a:1"), block(2, None, "b:1")]).suppressions] == ["2"]


@pytest.mark.parametrize("more", [{"channel": Channel.SMS}, {"controller": "brand"}, {"purpose": "news"}, {"endpoint": "f"}])
def test_a_confirmation_of_another_key_is_not_shown_on_a_refusal(more: dict[str, Any]) -> None:
    values: dict[str, Any] = {"channel": Channel.EMAIL, "record": "b:1", "endpoint": "e"} | more
    channel = values.pop("channel")
    steps = [
        ConsentEvent(f"{number}", kind, channel, effective_at=day(number), recorded_at=day(number), **values)
        for number, kind in ((3, E.OPT_IN_UNCONFIRMED), (4, E.CONFIRM))
    ]
    refused = [one for one in fold([event(1, E.WITHDRAW), *steps]).records if (one.state, one.controller) == (S.WITHDRAWN, "")]
    assert refused
    assert [one.lifted_by for one in refused] == [""] * len(refused)


def test_a_refusal_that_a_confirmation_shows_on_stays_listed() -> None:
    stream = [event(1, E.WITHDRAW, endpoint=""), event(2, E.WITHDRAW, record="b:1")]
    steps = [event(3, E.OPT_IN_UNCONFIRMED, record="c:1"), event(4, E.CONFIRM, record="c:1")]
    assert {one.endpoint: one.lifted_by for one in fold([*stream, *steps]).records} == {"": "4", "e": "4"}
