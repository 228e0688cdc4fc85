"""Whether a message that only asks for consent may be sent, and when somebody was last asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canonical_contact.consent import last_asked, may_ask
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.model import (
    Channel,
    ConsentEvent,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    EventType,
    Permission,
)

S, E = ConsentState, EventType
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


def rules(**more: Any) -> Regime:
    """A regime whose rules for e-mail are these; every other channel demands consent and lets nobody be asked."""
    return Regime("own", "7", dict.fromkeys(Channel, Rule("opt_in")) | {Channel.EMAIL: Rule(**{"default": "opt_in"} | more)})


def told(state: ConsentState, **more: Any) -> ConsentRecord:
    values: dict[str, Any] = {"endpoint": "ana@x.es", "effective_at": NOW - timedelta(days=30), "events": ("1",)}
    return ConsentRecord(Channel.EMAIL, more.pop("purpose", "marketing"), state, **values | more)


def ask(*consent: ConsentRecord, regime: Regime, **more: Any) -> Permission:
    emails = (EmailAddress("ana@x.es"), EmailAddress("ben@x.es"))
    return may_ask(Contact(contact_id="1", emails=emails, consent=consent), "email", **{"at": NOW, "regime": regime, **more})


def act(kind: EventType, day: int, **more: Any) -> ConsentEvent:
    values: dict[str, Any] = {"channel": Channel.EMAIL, "effective_at": NOW + timedelta(days=day)}
    return ConsentEvent(f"{kind}/{day}", kind, **values | more)


@pytest.mark.parametrize("kind", list(E))
def test_requests_and_refusals_of_the_person_are_occasions_to_wait_after(kind: EventType) -> None:
    counts = kind in (E.REQUEST, E.DECLINE, E.WITHDRAW, E.OBJECT)
    assert last_asked([act(kind, 1)], "email") == (NOW + timedelta(days=1) if counts else None)


def test_the_latest_occasion_of_the_same_question_counts() -> None:
    acts = [
        act(E.REQUEST, 1),
        act(E.REQUEST, 2, purpose="any"),
        act(E.REQUEST, 3, controller="brand"),
        act(E.REQUEST, 4, purpose="research"),
        act(E.REQUEST, 5, channel=Channel.SMS),
        act(E.REQUEST, 6, effective_at=None),
    ]
    day = {number: NOW + timedelta(days=number) for number in range(7)}
    assert last_asked(acts, Channel.EMAIL) == last_asked(reversed(acts), "email") == day[2]
    assert last_asked(acts[:1], "email", controller="brand") == day[1]  # what the host asked counts for its brands
    assert last_asked(acts, "email", controller="brand") == day[3]
    assert last_asked(acts, "email", "research") == day[4]
    assert last_asked(acts, "sms") == day[5]
    assert last_asked(acts[-1:], "email") is None


def test_who_may_be_contacted_may_be_asked() -> None:
    granted = told(S.GRANTED, strength="single", expires_at=LATER)
    answer = ask(granted, regime=rules())
    assert answer == Permission(True, ("express_consent",), ("1",), regime="own/7", endpoint="ana@x.es")
    assert answer.allowed is True


def test_whom_the_rules_let_be_asked_may_be_asked() -> None:
    answer = ask(told(S.UNKNOWN), regime=rules(request=("unknown",)))
    assert answer == Permission(True, ("no_consent", "never_asked"), ("1",), regime="own/7")
    assert answer.allowed is True


def test_where_asking_is_marketing_itself_the_answer_says_so_first() -> None:
    answer = ask(told(S.UNKNOWN), regime=rules())
    assert answer == Permission(
        False, ("asking_not_allowed", "no_consent", "never_asked"), ("1",), regime="own/7", remedy="sign_up"
    )
    assert answer.allowed is False


@pytest.mark.parametrize("state", ["unknown", "expired"])
def test_the_state_of_the_key_decides_not_only_that_there_is_no_consent(state: str) -> None:
    regime = rules(request=(state,))
    assert ask(told(S.EXPIRED), regime=regime).allowed is (state == "expired")
    assert ask(regime=regime).allowed is (state == "unknown")


@pytest.mark.parametrize(
    "record", [told(S.WITHDRAWN), told(S.ERASED), told(S.GRANTED, effective_at=LATER), told(S.PENDING_CONFIRMATION, resume_state=S.DENIED)]
)  # fmt: skip
def test_who_refused_or_whose_consent_is_to_come_is_not_asked(record: ConsentRecord) -> None:
    answer = ask(
        record,
        regime=rules(default="opt_in", request=("unknown", "withdrawn", "denied", "erased", "granted")),
        endpoint="ana@x.es",
    )
    assert not answer.allowed
    assert answer.remedy in ("nothing", "wait")
    assert "asking_not_allowed" not in answer.reasons


def test_nobody_is_asked_where_there_is_nothing_to_send_to() -> None:
    answer = may_ask(Contact(contact_id="1"), "email", at=NOW, regime=rules(request=("unknown",)))
    assert (answer.allowed, answer.reasons) == (False, ("no_endpoint",))


def test_a_pause_after_the_last_question_is_kept_to_its_end() -> None:
    regime = rules(request=("unknown",), ask_again="P10D")
    lately = ask(regime=regime, asked_at=NOW - timedelta(days=9))
    end = NOW + timedelta(days=1)
    assert lately == Permission(
        False, ("asked_lately", "no_consent", "never_asked"), regime="own/7", remedy="wait", not_before=end
    )
    assert lately.allowed is False
    assert ask(told(S.UNKNOWN), regime=regime, asked_at=NOW).events == ("1",)
    assert ask(regime=regime, asked_at=NOW - timedelta(days=10)).allowed
    assert ask(regime=rules(request=("unknown",)), asked_at=NOW).allowed
    assert ask(regime=regime).allowed


def test_a_question_about_one_endpoint_brand_or_purpose_is_answered_for_that() -> None:
    regime = rules(default="opt_out")
    assert ask(regime=regime, endpoint="ben@x.es").endpoint == "ben@x.es"
    refused = told(S.WITHDRAWN, endpoint="", controller="brand")
    assert ask(refused, regime=regime, controller="").allowed
    assert ask(refused, regime=regime, controller="other").allowed
    assert not ask(refused, regime=regime, controller="brand").allowed
    research = told(S.WITHDRAWN, endpoint="", purpose="research")
    assert ask(research, regime=regime).allowed
    assert not ask(research, regime=regime, purpose="research").allowed


def test_the_rules_are_those_of_the_countries_and_of_the_day() -> None:
    person = Contact(contact_id="1", emails=(EmailAddress("ana@x.es"),))
    assert not may_ask(person, "email", at=NOW).allowed  # nobody knows where they are: the strictest
    later = Rule("opt_in", request=("unknown",), valid_from=LATER.date())
    before = Rule("opt_in", until=LATER.date())
    regime = Regime("own", "7", dict.fromkeys(Channel, later), history={Channel.EMAIL: (before, later)})
    assert [may_ask(person, "email", at=at, regime=regime).allowed for at in (NOW, LATER)] == [False, True]
