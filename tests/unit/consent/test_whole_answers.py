"""The whole answer in each branch of the decision: reasons, events, end, rules, endpoint and what would help."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from canonical_contact.consent import fold, may_contact
from canonical_contact.consent.permission import is_of
from canonical_contact.consent.regimes import Implied, Regime, Rule
from canonical_contact.errors import ConfigError
from canonical_contact.model import (
    Channel,
    ConsentEvent,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    EmailStatus,
    EventType,
    Permission,
    PhoneNumber,
    PostalAddress,
    Restriction,
    Suppression,
    SuppressionKind,
)

S = ConsentState
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
EARLIER, LATER = NOW - timedelta(days=30), NOW + timedelta(days=30)
ASK = ("unknown", "expired")


def rules(**more: Any) -> Regime:
    return Regime("own", "7", dict.fromkeys(Channel, Rule(**{"default": "opt_in", "request": ASK} | more)))


OPT_IN, OPT_OUT = rules(), rules(default="opt_out")
SILENT = rules(request=())
REGISTRY = rules(default="opt_out", registry="robinson")
SALE = rules(implied=(Implied("purchase"),))
OLD_SALE = rules(implied=(Implied("purchase", within="P1M"),))
NEW_SALE = rules(implied=(Implied("purchase", since=EARLIER.date()),))


def told(state: ConsentState, **more: Any) -> ConsentRecord:
    values: dict[str, Any] = {"endpoint": "ana@x.es", "effective_at": EARLIER, "events": ("1",)}
    return ConsentRecord(Channel.EMAIL, "marketing", state, **values | more)


def ask(*consent: ConsentRecord, regime: Regime = OPT_IN, **more: Any) -> Permission:
    contact = Contact(contact_id="1", emails=(EmailAddress("ana@x.es"),), consent=consent)
    return may_contact(contact, "email", at=NOW, regime=regime, **more)


def yes(*reasons: str, events: tuple[str, ...] = ("1",), until: datetime | None = None) -> Permission:
    return Permission(True, reasons, events, until, "own/7", "ana@x.es")


def no(*reasons: str, remedy: str, events: tuple[str, ...] = ("1",), not_before: datetime | None = None) -> Permission:
    return Permission(False, reasons, events, None, "own/7", "", remedy, not_before)


implied = told(S.IMPLIED, legal_basis="purchase")
ANSWERS = [
    (None, OPT_IN, no("no_consent", "never_asked", remedy="ask", events=())),
    (None, SILENT, no("no_consent", "never_asked", remedy="sign_up", events=())),
    (None, OPT_OUT, yes("opt_out_regime", "never_asked", events=())),
    (told(S.UNKNOWN, reason="legacy_import"), OPT_IN, no("no_consent", "legacy_import", remedy="ask")),
    (told(S.UNKNOWN, reason="legacy_import"), OPT_OUT, yes("opt_out_regime", "legacy_import")),
    (told(S.UNKNOWN, reason="legacy_import"), REGISTRY, no("registry_not_screened", "legacy_import", remedy="ask")),
    (told(S.REQUESTED), OPT_IN, no("requested", remedy="confirm")),
    (told(S.PENDING_CONFIRMATION), OPT_OUT, no("pending_confirmation", remedy="confirm")),
    (told(S.EXPIRED), OPT_IN, no("expired", remedy="ask")),
    (told(S.EXPIRED), rules(request=("unknown",)), no("expired", remedy="sign_up")),
    (told(S.DENIED), OPT_OUT, no("denied", remedy="nothing")),
    (told(S.ERASED), OPT_OUT, no("erased", remedy="nothing")),
    (told(S.GRANTED, strength="single"), OPT_IN, yes("express_consent")),
    (told(S.GRANTED, expires_at=LATER), OPT_IN, yes("express_consent", until=LATER)),
    (told(S.GRANTED, effective_at=NOW), OPT_IN, yes("express_consent")),
    (told(S.GRANTED, reason="latest_subject_act"), OPT_IN, yes("express_consent", "latest_subject_act")),
    (told(S.GRANTED, effective_at=None), OPT_IN, no("evidence_incomplete", remedy="ask")),
    (told(S.GRANTED, events=()), OPT_IN, no("evidence_incomplete", remedy="ask", events=())),
    (told(S.GRANTED, effective_at=LATER), OPT_IN, no("not_yet_effective", remedy="wait", not_before=LATER)),
    (told(S.GRANTED, expires_at=NOW), OPT_IN, no("expired", remedy="ask")),
    (told(S.GRANTED, expires_at=NOW), rules(request=("unknown",)), no("expired", remedy="sign_up")),
    (told(S.GRANTED, strength="single"), rules(strength=("double",)), no("confirmation_needed", remedy="confirm")),
    (implied, SALE, yes("implied_consent")),
    (implied, OPT_OUT, yes("implied_consent")),
    (implied, OPT_IN, no("implied_not_accepted", remedy="ask")),
    (implied, SILENT, no("implied_not_accepted", remedy="sign_up")),
    (told(S.IMPLIED, legal_basis="purchase", effective_at=NOW), SALE, yes("implied_consent")),
    (told(S.IMPLIED, legal_basis="purchase", effective_at=LATER), SALE, no("not_yet_effective", remedy="wait", not_before=LATER)),
    (told(S.IMPLIED, legal_basis="purchase", expires_at=LATER), SALE, yes("implied_consent", until=LATER)),
    (told(S.IMPLIED, legal_basis="purchase", expires_at=NOW), SALE, no("expired", remedy="ask")),
    (told(S.IMPLIED, legal_basis="purchase", expires_at=NOW), rules(default="opt_out", request=("unknown",)), no("expired", remedy="sign_up")),
    (implied, NEW_SALE, yes("implied_consent")),
    (told(S.IMPLIED, legal_basis="purchase", effective_at=EARLIER - timedelta(days=1)), NEW_SALE, no("implied_not_accepted", remedy="ask")),
    (told(S.IMPLIED, legal_basis="purchase", effective_at=None), NEW_SALE, no("implied_not_accepted", remedy="ask")),
    (told(S.IMPLIED, legal_basis="purchase", effective_at=None), SALE, yes("implied_consent")),
    (implied, OLD_SALE, no("expired", remedy="ask")),
    (told(S.IMPLIED, legal_basis="purchase", effective_at=None), OLD_SALE, no("evidence_incomplete", remedy="ask")),
    (
        told(S.IMPLIED, legal_basis="purchase", effective_at=NOW - timedelta(days=1)),
        OLD_SALE,
        yes("implied_consent", until=NOW + timedelta(days=29)),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("record", "regime", "answer"), ANSWERS)
def test_the_whole_answer(record: ConsentRecord | None, regime: Regime, answer: Permission) -> None:
    found = ask(*([] if record is None else [record]), regime=regime)
    assert found == answer
    assert found.allowed is answer.allowed


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"restrictions": (Restriction.FORGET,)}, "restricted"),
        ({"restrictions": (Restriction.DO_NOT_TRACK,)}, ""),
        ({"deleted": True}, "deleted"),
    ],
)
def test_who_is_barred_is_told_so_first(more: dict[str, Any], reason: str) -> None:
    contact = Contact(contact_id="1", emails=(EmailAddress("ana@x.es"),), consent=(told(S.GRANTED),), **more)
    answer = may_contact(contact, "email", at=NOW, regime=OPT_IN)
    assert answer == (no(reason, remedy="nothing", events=()) if reason else yes("express_consent"))
    assert answer.allowed is not bool(reason)


def test_an_address_that_does_not_work_is_denied_and_the_next_is_taken() -> None:
    broken = EmailAddress("old@x.es", status=EmailStatus.BOUNCED)
    quarantined = EmailAddress("q@x.es", status=EmailStatus.QUARANTINED)
    alone = Contact(contact_id="1", emails=(broken, quarantined))
    answer = may_contact(alone, "email", at=NOW, regime=OPT_OUT)
    assert answer == no("hard_bounce", "quarantined", remedy="nothing", events=())
    assert answer.allowed is False
    both = Contact(contact_id="1", emails=(broken, EmailAddress("ana@x.es")), phones=(PhoneNumber("+34600111222"),))
    assert may_contact(both, "email", at=NOW, regime=OPT_OUT) == yes("opt_out_regime", "never_asked", events=())
    assert may_contact(both, "sms", at=NOW, regime=OPT_OUT).endpoint == "+34600111222"
    opted_out = Contact(contact_id="1", emails=(broken,), consent=(told(S.WITHDRAWN, endpoint=""),))
    assert may_contact(opted_out, "email", at=NOW, regime=OPT_OUT) == no("hard_bounce", "withdrawn", remedy="nothing")
    keyed = Contact(contact_id="1", emails=(EmailAddress("a.na@gmail.com", key="ana@gmail.com", status=EmailStatus.BAD),))
    assert may_contact(keyed, "email", at=NOW, regime=OPT_OUT).reasons == ("hard_bounce",)


def test_every_endpoint_says_why_it_is_denied() -> None:
    blocks = (
        Suppression(SuppressionKind.MANUAL, Channel.EMAIL, "ana@x.es", event_id="2"),
        Suppression(SuppressionKind.LEGAL_HOLD, Channel.EMAIL, "ben@x.es", event_id="3"),
    )
    contact = Contact(contact_id="1", emails=(EmailAddress("ana@x.es"), EmailAddress("ben@x.es")), suppressions=blocks)
    answer = may_contact(contact, "email", at=NOW, regime=OPT_OUT)
    assert answer == no("manual", "legal_hold", remedy="nothing", events=("2", "3"))
    two = (told(S.WITHDRAWN, endpoint=""), told(S.DENIED, endpoint="", controller="brand", events=("4",)))
    assert ask(*two, regime=OPT_OUT) == no("withdrawn", "denied", remedy="nothing", events=("1", "4"))


def test_where_there_is_nothing_to_send_to_a_refusal_is_said_first() -> None:
    nobody = Contact(contact_id="1", consent=(told(S.WITHDRAWN, endpoint=""),))
    assert may_contact(nobody, "email", at=NOW, regime=OPT_OUT) == no("withdrawn", "no_endpoint", remedy="nothing")
    assert may_contact(Contact(contact_id="1"), "email", at=NOW, regime=OPT_OUT) == no("no_endpoint", remedy="", events=())
    letters = Contact(contact_id="1", addresses=(PostalAddress(locality="Berlin"),))
    assert may_contact(letters, "post", at=NOW, regime=OPT_OUT).endpoint == ""
    elsewhere = Contact(contact_id="1", consent=(told(S.WITHDRAWN, endpoint="XXXX"),))
    assert may_contact(elsewhere, "email", at=NOW, regime=OPT_OUT).reasons == ("no_endpoint",)


def test_a_later_confirmation_lifts_under_its_policy_only_after_its_time() -> None:
    block = told(S.WITHDRAWN, lifted_by="2")
    assert ask(block, policy="latest_subject_act") == yes("latest_subject_act", "express_consent", events=("1", "2"))
    shown = no("withdrawn", "later_opt_in_on_record", remedy="nothing")
    assert ask(block) == shown
    for unlifted in (told(S.WITHDRAWN, lifted_by="2", effective_at=NOW), told(S.WITHDRAWN, lifted_by="2", effective_at=None)):
        assert ask(unlifted, policy="latest_subject_act") == shown
    assert ask(told(S.WITHDRAWN), policy="latest_subject_act") == no("withdrawn", remedy="nothing")
    assert ask(told(S.EXPIRED, lifted_by="2"), policy="latest_subject_act") == no("expired", remedy="ask")


def test_of_wider_cells_the_strongest_answers() -> None:
    weak, strong = told(S.UNKNOWN, endpoint=""), told(S.REQUESTED, endpoint="", controller="brand", events=("2",))
    assert ask(weak, strong).reasons == ask(strong, weak).reasons == ("requested",)
    once, twice = (
        told(S.GRANTED, endpoint="", strength=strength, controller=brand) for strength, brand in (("single", ""), ("double", "b"))
    )
    assert ask(once, twice).reasons == ("no_consent", "not_bound_to_endpoint")


def test_a_permission_elsewhere_is_named_and_does_not_help() -> None:
    assert ask(told(S.GRANTED, endpoint="other@x.es")) == no("no_consent", "not_bound_to_endpoint", remedy="ask", events=())
    assert ask(told(S.REQUESTED, endpoint="other@x.es")) == no("no_consent", "never_asked", remedy="ask", events=())


def test_a_block_is_found_under_every_spelling_of_an_endpoint() -> None:
    assert is_of("A.na+news@googlemail.com", {"ana@gmail.com"})
    assert not is_of("ana@x.es", {"ben@x.es"})
    assert is_of("+34600111222", {"+34600111222", "+34600333444"})
    assert not is_of("+34600111222", {"+34600333444"})
    assert is_of("+49301234567", {"+4930123456712"})
    phone = PhoneNumber("+49301234567", "12", "DE")
    person = Contact(contact_id="1", phones=(phone,))
    for name in {phone.number, phone.dialled}:
        block = Suppression(SuppressionKind.MANUAL, Channel.VOICE_LIVE, name)
        blocked = Contact(contact_id="1", phones=(phone,), suppressions=(block,))
        assert may_contact(blocked, "voice_live", at=NOW, regime=OPT_OUT).reasons == ("manual",)
        refusal = ConsentRecord(Channel.VOICE_LIVE, "marketing", S.WITHDRAWN, endpoint=name, events=("1",))
        refused = Contact(contact_id="1", phones=(phone,), consent=(refusal,))
        assert may_contact(refused, "voice_live", at=NOW, regime=OPT_OUT).reasons == ("withdrawn",)
    assert may_contact(person, "voice_live", at=NOW, regime=OPT_OUT).allowed


def test_rules_are_those_of_the_day_that_is_asked_about() -> None:
    later = Rule("opt_out", valid_from=date(2026, 8, 1))
    regime = Regime(
        "own", "7", dict.fromkeys(Channel, later), history={Channel.EMAIL: (Rule("opt_in", until=date(2026, 8, 1)), later)}
    )
    contact = Contact(contact_id="1", emails=(EmailAddress("ana@x.es"),))
    assert [may_contact(contact, "email", at=at, regime=regime).allowed for at in (NOW, NOW + timedelta(days=40))] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("question", "path", "text", "hint"),
    [
        ({"channel": "any"}, "channel", "`any` is no channel to ask about.", "Ask about one channel, or `voice`."),
        ({"purpose": " "}, "purpose", "' ' is no purpose to ask about.", "Name one, such as marketing."),
        ({"at": NOW.replace(tzinfo=None)}, "at", "The time of the question bears no time zone.", "Use datetime.now(UTC) or the like."),
        ({"policy": "newest"}, "policy", "There is no policy 'newest'.", "Policies: blocking_first, "),
    ],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused_with_what_to_do(
    question: dict[str, Any], path: str, text: str, hint: str
) -> None:
    asked: dict[str, Any] = {"channel": "email", "purpose": "marketing", "at": NOW} | question
    with pytest.raises(ConfigError) as raised:
        may_contact(Contact(contact_id="1"), asked.pop("channel"), asked.pop("purpose"), **asked)
    assert raised.value.path == path
    assert str(raised.value).startswith(text)
    assert raised.value.hint.startswith(hint)


def test_a_block_is_bound_to_the_key_or_to_the_address_as_written() -> None:
    email, phone = EmailAddress("ana@x.es", key="mailbox-17"), PhoneNumber("+49301234567", "12", "DE")
    held = {"email": ("mailbox-17", "ana@x.es"), "voice_live": (phone.dialled, phone.number)}
    for channel, names in held.items():
        on = Channel(channel)
        for name in names:
            block = Suppression(SuppressionKind.MANUAL, on, name)
            refusal = ConsentRecord(on, "marketing", S.WITHDRAWN, endpoint=name, events=("1",))
            for more, reason in (({"suppressions": (block,)}, "manual"), ({"consent": (refusal,)}, "withdrawn")):
                person = Contact(contact_id="1", emails=(email,), phones=(phone,), **more)
                answer = may_contact(person, channel, at=NOW, regime=OPT_OUT)
                assert (answer.allowed, answer.reasons) == (False, (reason,)), name
    elsewhere = ConsentRecord(Channel.EMAIL, "marketing", S.REQUESTED, endpoint="other", events=("1",))
    person = Contact(contact_id="1", emails=(email,), consent=(elsewhere,))
    assert may_contact(person, "email", at=NOW, regime=OPT_OUT).reasons == ("opt_out_regime", "never_asked")


def test_a_period_of_a_relationship_is_counted_in_utc() -> None:
    begun = datetime(2026, 6, 1, 1, tzinfo=timezone(timedelta(hours=5)))  # still May in UTC
    answer = ask(
        told(S.IMPLIED, legal_basis="purchase", effective_at=begun), regime=rules(implied=(Implied("purchase", within="P2M"),))
    )
    assert answer == yes("implied_consent", until=datetime(2026, 7, 31, 20, tzinfo=UTC))


def test_a_confirmation_lifts_only_at_its_own_endpoint_and_purpose() -> None:
    def at(day: int, kind: EventType, **more: Any) -> ConsentEvent:
        when = EARLIER + timedelta(days=day)
        values: dict[str, Any] = {"record": "b:1", "endpoint": "ana@x.es", "effective_at": when, "recorded_at": when}
        return ConsentEvent(f"{day}", kind, Channel.EMAIL, **values | more)

    steps = [at(3, EventType.OPT_IN_UNCONFIRMED), at(4, EventType.CONFIRM)]
    for refusal in (
        at(1, EventType.WITHDRAW, record="a:1", endpoint=""),
        at(1, EventType.WITHDRAW, record="a:1", purpose="any", endpoint=""),
    ):
        folded = fold([refusal, *steps], policy="latest_subject_act").records
        assert {(one.endpoint, one.purpose): one.state for one in folded} == {
            ("", refusal.purpose): S.WITHDRAWN, ("ana@x.es", "marketing"): S.GRANTED,
        }  # fmt: skip
        granted = next(one for one in folded if one.state is S.GRANTED)
        assert granted.legal_basis == "consent"


def test_a_mailbox_that_does_not_work_is_known_by_each_of_its_names_and_named_once() -> None:
    broken = EmailAddress("ana@gmail.com", status=EmailStatus.BOUNCED)
    alone = Contact(contact_id="1", emails=(broken,), addresses=(PostalAddress(locality="Madrid"),))
    answer = may_contact(alone, "email", at=NOW, regime=OPT_OUT, endpoint="a.na@googlemail.com")
    assert answer.reasons == ("hard_bounce", "endpoint_not_held")
    held = EmailAddress("a.na@gmail.com", key="ana@gmail.com", status=EmailStatus.QUARANTINED)
    twice = Contact(contact_id="1", emails=(broken, held))
    assert may_contact(twice, "email", at=NOW, regime=OPT_OUT).reasons == ("hard_bounce",)
    assert may_contact(alone, "post", at=NOW, regime=OPT_OUT).allowed  # a letter needs no mailbox
