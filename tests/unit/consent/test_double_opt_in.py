"""The two steps as events, and what has run out by a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canonical_contact.consent import apply, due_expiries, fold, hash_of_token, may_contact
from canonical_contact.consent.double_opt_in import confirm, is_token, start
from canonical_contact.errors import IllegalTransitionError, InputError
from canonical_contact.model import (
    Channel,
    ConsentEvent,
    ConsentProof,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    EventType,
)

DAY = datetime(2026, 7, 1, tzinfo=UTC)
WEEK = DAY + timedelta(days=7)
ANA = "ana@example.com"
S, E = ConsentState, EventType


def begun(token: str = "1.secret", **more: Any) -> ConsentEvent:
    known: dict[str, Any] = {"endpoint": ANA, "at": DAY, "confirm_by": WEEK, "record": "host:1"}
    return start(token, "email", **{**known, **more})


def allowed(*events: ConsentEvent) -> bool:
    folded = fold(events)
    ana = Contact(contact_id="1", emails=(EmailAddress(ANA),), consent=folded.records, suppressions=folded.suppressions)
    return may_contact(ana, "email", at=DAY + timedelta(days=30), regime="de_uwg").allowed


def test_the_first_step_permits_nothing_and_the_second_does() -> None:
    first = begun()
    assert not allowed(first)
    assert allowed(first, confirm(first, "1.secret", at=WEEK))


@pytest.mark.parametrize(
    ("token", "at", "why"),
    [
        ("1.other", DAY, "token"),
        ("", DAY, "token"),
        ("1.secret", WEEK + timedelta(microseconds=1), "time for the confirmation"),
    ],
)
def test_another_token_or_a_late_one_confirms_nothing(token: str, at: datetime, why: str) -> None:
    first = begun()
    second = confirm(first, token, at=at)
    before = apply(None, first)
    with pytest.raises(IllegalTransitionError, match=why):
        apply(before, second)
    assert before == apply(None, first)
    assert not allowed(first, second)


def test_neither_step_holds_the_token_itself() -> None:
    first = begun()
    second = confirm(first, "1.secret", at=DAY)
    assert "secret" not in repr(first) + repr(second)
    assert first.proof is not None
    assert first.proof.token_hash == hash_of_token("1.secret")


def test_the_proof_of_the_second_step_is_what_was_shown_and_how_it_was_clicked() -> None:
    shown = ConsentProof(wording="Yes, write to me.", notice_version="3", ip="192.0.2.1", time_zone="Europe/Berlin")
    second = confirm(begun(proof=shown), "1.secret", at=WEEK, source="/confirm", click=ConsentProof(ip="192.0.2.17"))
    proof = second.proof
    assert proof is not None
    assert (proof.wording, proof.notice_version, proof.ip, proof.time_zone, proof.confirmed_at, second.source) == (
        "Yes, write to me.",
        "3",
        "192.0.2.17",
        "Europe/Berlin",
        WEEK,
        "/confirm",
    )


def test_a_second_click_is_the_same_event() -> None:
    first = begun()
    once, again = (confirm(first, "1.secret", at=at) for at in (DAY, WEEK))
    assert once.event_id == again.event_id != first.event_id
    after = apply(apply(None, first), once)
    assert apply(after, again) is after


def test_a_token_of_one_letter_less_is_another() -> None:
    known = hash_of_token("1.secret")
    assert is_token("1.secret", known)
    assert not any(is_token(token, known) for token in ("1.secre", "", "1.Secret", known))


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"token": ""}, "token"),
        ({"at": datetime(2026, 7, 1)}, "at"),  # noqa: DTZ001
        ({"confirm_by": datetime(2026, 7, 9)}, "at"),  # noqa: DTZ001
        ({"confirm_by": DAY}, "confirm_by"),
    ],
)
def test_a_first_step_that_cannot_be_confirmed_is_the_callers_mistake(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(InputError) as caught:
        begun(**changes)
    assert caught.value.path == path


def test_only_a_first_step_is_confirmed_on_a_channel_that_exists() -> None:
    second = confirm(begun(), "1.secret", at=DAY)
    with pytest.raises(InputError, match="first step"):
        confirm(second, "1.secret", at=DAY)
    with pytest.raises(InputError, match="time zone"):
        confirm(begun(), "1.secret", at=datetime(2026, 7, 1))  # noqa: DTZ001
    with pytest.raises(InputError, match="channel"):
        start("1.x", "pigeon", endpoint=ANA, at=DAY, confirm_by=WEEK)


@pytest.mark.parametrize(
    ("state", "behind", "field", "due"),
    [
        (S.GRANTED, None, "expires_at", E.EXPIRE),
        (S.IMPLIED, None, "expires_at", E.EXPIRE),
        (S.PENDING_CONFIRMATION, S.WITHDRAWN, "confirm_by", E.CONFIRM_TIMEOUT),
        (S.REQUESTED, S.UNKNOWN, "confirm_by", E.REQUEST_TIMEOUT),
        (S.REQUESTED, S.INVALIDATED, "confirm_by", E.REQUEST_TIMEOUT),
        (S.REQUESTED, S.IMPLIED, "confirm_by", E.REQUEST_TIMEOUT),
        (S.GRANTED, None, "confirm_by", None),
        (S.PENDING_CONFIRMATION, None, "expires_at", None),
        (S.UNKNOWN, None, "expires_at", None),
        (S.WITHDRAWN, None, "expires_at", None),
        (S.EXPIRED, None, "expires_at", None),
        (S.ERASED, None, "expires_at", None),
    ],
)
def test_what_has_an_end_is_due_at_it_and_goes_back_to_what_was_behind(
    state: ConsentState, behind: ConsentState | None, field: str, due: EventType | None
) -> None:
    ends: dict[str, Any] = {field: WEEK}
    record = ConsentRecord(Channel.EMAIL, "news", state, "brand", resume_state=behind, endpoint=ANA, effective_at=DAY, **ends)
    assert list(due_expiries([record], WEEK - timedelta(microseconds=1))) == []
    found = list(due_expiries([record], WEEK + timedelta(days=3)))
    assert [event.type for event in found] == ([] if due is None else [due])
    for event in found:
        assert (event.effective_at, event.actor, event.purpose, event.controller, event.endpoint) == (
            WEEK,
            "system",
            "news",
            "brand",
            ANA,
        )
        after = apply(record, event)
        assert after.state is (S.EXPIRED if due is E.EXPIRE else behind)
        assert list(due_expiries([after], WEEK + timedelta(days=3))) == [] or after.state is S.IMPLIED
    assert [event.event_id for event in found] == [event.event_id for event in due_expiries([record], WEEK)]
