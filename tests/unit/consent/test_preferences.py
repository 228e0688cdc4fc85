"""The preference centre: what a person sees, what they may choose, what is locked, and the events of their choices."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from canonical_contact.consent import fold
from canonical_contact.consent.preferences import (
    BLOCKED,
    LOCKS,
    NO_EVENTS,
    SAYS,
    STOP,
    Answer,
    Preference,
    PreferenceView,
    Topic,
    apply_choices,
    preferences,
)
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.consent.states import TRANSITIONS
from canonical_contact.errors import ConfigError, InputError
from canonical_contact.model import (
    Channel,
    ConsentEvent,
    ConsentProof,
    ConsentState,
    Contact,
    EmailAddress,
    EmailStatus,
    EventType,
    PhoneNumber,
    Restriction,
    SuppressionKind,
)
from canonical_contact.schema import from_json, to_json

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
E = EventType
OPT_IN = Regime("opt_in", "1", dict.fromkeys(Channel, Rule("opt_in")))
LAX = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))
DOUBLE = Regime("double", "1", dict.fromkeys(Channel, Rule("opt_in", ("written", "double"))))
WRITTEN = Regime("written", "1", dict.fromkeys(Channel, Rule("opt_in", ("written",))))
NEWS = Topic(Channel.EMAIL, "newsletter", title="Our news", wording="Yes, send me the news.", notice_id="n", notice_version="3",
    notice_language="en")  # fmt: skip
MAIL = Topic(Channel.EMAIL)


def event(name: str, kind: EventType, days: float | None = 0, **more: Any) -> ConsentEvent:
    at = None if days is None else NOW - timedelta(days=100) + timedelta(days=days)
    given = {"record": "crm:1", "endpoint": "ana@example.org", "effective_at": at, "recorded_at": NOW, **more}
    return ConsentEvent(name, kind, Channel.EMAIL, **given)


def block(kind: SuppressionKind, record: str = "crm:1", endpoint: str = "ana@example.org") -> ConsentEvent:
    return event(f"s-{kind}-{record}", E.SUPPRESS, purpose="any", record=record, endpoint=endpoint, suppression=kind)


def ana(events: Iterable[ConsentEvent] = (), foreign: Iterable[ConsentEvent] = (), **more: Any) -> Contact:
    folded = fold(events, foreign=foreign)
    given = {"emails": (EmailAddress("Ana@example.org", key="ana@example.org"),), **more}
    return Contact(contact_id="c1", consent=folded.records, suppressions=folded.suppressions, **given)


def seen(
    *events: ConsentEvent, topic: Topic = MAIL, regime: Regime = OPT_IN, foreign: Iterable[ConsentEvent] = (), **more: Any
) -> tuple[PreferenceView, Preference]:
    view = preferences(ana(events, foreign, **more), at=NOW, topics=[topic], events=events, regime=regime)
    return view, view.preferences[0]


def chosen(view: PreferenceView, choice: str, **more: Any) -> list[str]:
    return [str(one.type) for one in apply_choices(view, {view.preferences[0].key: choice}, at=NOW, **more)]


YES = event("1", E.OPT_IN, 1)
NO = event("2", E.WITHDRAW, 2, endpoint="")


@pytest.mark.parametrize(
    ("events", "regime", "answer", "code", "yes", "no"),
    [
        ((), OPT_IN, "unset", "unknown", ["opt_in"], ["object"]),
        ((), LAX, "unset", "opt_out_regime", ["opt_in"], ["object"]),
        ((), DOUBLE, "unset", "unknown", ["opt_in_unconfirmed"], ["object"]),
        ((YES,), OPT_IN, "yes", "granted", [], ["withdraw"]),
        ((YES, NO), OPT_IN, "no", "refused", ["opt_in_unconfirmed"], []),
        ((event("1", E.IMPLY, 1, legal_basis="x"),), LAX, "yes", "implied", [], ["object"]),
        ((event("1", E.IMPLY, 1, legal_basis="x"),), OPT_IN, "unset", "unknown", ["opt_in"], ["object"]),
        ((event("1", E.REQUEST, 1),), OPT_IN, "unset", "requested", ["opt_in"], ["decline"]),
        ((event("1", E.OPT_IN_UNCONFIRMED, 1),), OPT_IN, "pending", "pending", [], ["withdraw"]),
        ((event("1", E.IMPORT_LEGACY, None, reason="legacy_import"),), OPT_IN, "unset", "legacy_import", ["opt_in"], ["object"]),
        ((evolve(YES, expires_at=NOW),), OPT_IN, "unset", "expired", ["expire", "opt_in"], ["withdraw"]),
        ((YES, event("2", E.INVALIDATE, 2)), OPT_IN, "no", "invalidated", ["opt_in_unconfirmed"], []),
        ((block(SuppressionKind.GLOBAL_OPT_OUT),), OPT_IN, "no", "refused", ["opt_in_unconfirmed"], []),
        ((YES, NO, event("3", E.OPT_IN_UNCONFIRMED, 3)), OPT_IN, "pending", "pending", [], ["withdraw"]),
    ],
)
def test_what_stands_what_it_is_called_and_what_a_choice_means(
    events: tuple[ConsentEvent, ...], regime: Regime, answer: str, code: str, yes: list[str], no: list[str]
) -> None:
    view, entry = seen(*events, regime=regime)
    assert (entry.answer, entry.says) == (answer, SAYS[code])
    assert (entry.choices, entry.locked) == (("yes", "no"), "")
    assert chosen(view, "yes") == yes
    assert chosen(view, "no") == no


def test_an_open_confirmation_that_ran_out_is_ended_before_a_new_one_begins() -> None:
    view, entry = seen(NO, event("3", E.OPT_IN_UNCONFIRMED, 3, expires_at=NOW - timedelta(days=1)))
    assert (entry.answer, entry.says, entry.confirm_by) == (Answer.NO, SAYS["refused"], NOW - timedelta(days=1))
    made = apply_choices(view, {entry.key: "yes"}, at=NOW)
    assert [(str(one.type), one.actor) for one in made] == [("confirm_timeout", "system"), ("opt_in_unconfirmed", "subject")]
    assert made[0].effective_at == entry.confirm_by


@pytest.mark.parametrize(
    ("events", "lock"),
    [
        ((event("1", E.COMPLAINT, 1, endpoint=""),), "complaint"),
        ((block(SuppressionKind.COMPLAINT),), "complaint"),
        ((event("1", E.WITHDRAW, 1, endpoint="", reason="free_text_note"),), "note"),
        ((block(SuppressionKind.HARD_BOUNCE),), "bounced"),
        ((block(SuppressionKind.DNC_REGISTRY),), "registry"),
        ((block(SuppressionKind.LITIGATOR),), "unavailable"),
        ((block(SuppressionKind.MANUAL), block(SuppressionKind.COMPLAINT)), "complaint"),
    ],
)
def test_what_a_click_cannot_lift_is_locked_and_a_no_stays_open(events: tuple[ConsentEvent, ...], lock: str) -> None:
    view, entry = seen(*events)
    assert (entry.locked, entry.why, entry.choices) == (lock, LOCKS[lock], ("no",))
    with pytest.raises(InputError, match="Legal here: no") as refused:
        chosen(view, "yes")
    assert refused.value.code == "consent.choice_locked"
    chosen(view, "no")


@pytest.mark.parametrize("kind", [kind for kind in SuppressionKind if kind is not SuppressionKind.UNMAPPED_OPT_OUT])
def test_another_persons_block_is_an_address_that_cannot_be_written_to_and_no_more(kind: SuppressionKind) -> None:
    other = block(kind, "crm:2")
    view, entry = seen(YES, foreign=[other])
    assert (entry.locked, entry.why) == ("unavailable", "This address cannot be written to.")
    assert (entry.blocks, entry.allowed) == (("This address cannot be written to.",), False)
    text = to_json(view)
    for told in (kind.value, "shared", "crm:2", other.event_id, "another"):
        assert told not in text
    mine = to_json(seen(YES, block(SuppressionKind.MANUAL))[0])
    assert mine == text  # nor can it be told from a block of the house


@pytest.mark.parametrize(
    ("more", "lock"),
    [
        ({"restrictions": frozenset({Restriction.DO_NOT_SOLICIT})}, "restricted"),
        ({"deleted": True}, "unavailable"),
        ({"emails": (EmailAddress("ana@example.org", status=EmailStatus.BOUNCED),)}, "bounced"),
    ],
)
def test_what_the_contact_itself_forbids_is_locked(more: dict[str, Any], lock: str) -> None:
    assert seen(YES, **more)[1].locked == lock


def test_an_erased_person_can_choose_nothing() -> None:
    view, entry = seen(event("1", E.ERASE, 1, endpoint=""))
    assert (entry.choices, view.choices, entry.locked) == ((), (), "erased")
    with pytest.raises(InputError, match="nothing"):
        chosen(view, "no")
    assert apply_choices(view, {STOP: STOP}, at=NOW) == ()


def test_rules_that_want_paper_lock_a_click() -> None:
    assert seen(regime=WRITTEN)[1].locked == "in_writing"


def test_a_yes_that_the_rules_do_not_accept_is_shown_as_it_is() -> None:
    _, entry = seen(YES, regime=DOUBLE)
    assert (entry.answer, entry.says, entry.allowed) == (Answer.UNSET, SAYS["unconfirmed"], False)
    legal = ConsentState.GRANTED in TRANSITIONS[E.OPT_IN_UNCONFIRMED]
    assert (entry.locked == "") is legal


def test_a_yes_bears_the_notice_and_is_bound_to_its_endpoint() -> None:
    view, entry = seen(topic=NEWS)
    assert (entry.title, entry.wording, entry.endpoint, entry.bound) == (
        "Our news", "Yes, send me the news.", "Ana@example.org", "ana@example.org",
    )  # fmt: skip
    (made,) = apply_choices(view, {entry.key: "yes"}, at=NOW, proof=ConsentProof(ip="192.0.2.1"), source="/preferences")
    assert made.proof == ConsentProof(
        notice_id="n",
        notice_version="3",
        notice_language="en",
        wording="Yes, send me the news.",
        ip="192.0.2.1",
        regime=view.regime,
    )
    assert (made.endpoint, made.purpose, made.method, made.actor) == (
        "ana@example.org",
        "newsletter",
        "preference_centre",
        "subject",
    )
    assert (made.source, made.effective_at, made.legal_basis) == ("/preferences", NOW, "consent")


def test_a_yes_that_takes_a_confirmation_bears_its_token_and_limit() -> None:
    view, entry = seen(topic=evolve(NEWS, confirm=True))
    assert entry.confirm
    by = NOW + timedelta(days=3)
    (made,) = apply_choices(view, {entry.key: "yes"}, at=NOW, tokens={entry.key: "aa11"}, confirm_by=by)
    assert made.proof is not None
    assert (made.type, made.proof.token_hash, made.expires_at, made.method) == (E.OPT_IN_UNCONFIRMED, "aa11", by, "double_opt_in")


def test_what_the_person_was_shown_is_shown_again() -> None:
    proof = ConsentProof(wording="Yes!", notice_id="old", notice_version="1", notice_language="de")
    _, entry = seen(evolve(YES, proof=proof, method="web_form"))
    assert entry.shown is not None
    assert (entry.shown.wording, entry.shown.notice_id, entry.shown.method, entry.shown.at) == (
        "Yes!", "old", "web_form", YES.effective_at,
    )  # fmt: skip
    assert entry.since == YES.effective_at
    assert seen(YES)[1].shown is None


def test_a_no_holds_for_the_person_at_every_endpoint() -> None:
    two = (EmailAddress("ana@example.org"), EmailAddress("gil@example.org"))
    both = [YES, event("9", E.OPT_IN, 1, endpoint="gil@example.org")]
    contact = ana(both, emails=two)
    view = preferences(contact, at=NOW, topics=[MAIL], regime=OPT_IN)
    assert [entry.answer for entry in view.preferences] == ["yes", "yes"]
    first, second = (entry.key for entry in view.preferences)
    for choices in ({first: "no"}, {second: "no"}, {first: "yes", second: "no"}, {first: "no", second: "no"}):
        made = apply_choices(view, choices, at=NOW)
        assert [(str(one.type), one.endpoint) for one in made] == [("withdraw", "")]
        after = ana([*both, *(evolve(one, record="crm:1") for one in made)], emails=two)
        assert {one.answer for one in preferences(after, at=NOW, topics=[MAIL], regime=OPT_IN).preferences} == {Answer.NO}


def test_stop_ends_everything_and_no_yes_of_the_same_page_counts() -> None:
    phone: dict[str, Any] = {"phones": (PhoneNumber("+493012345678"),)}
    view, entry = seen(YES, topic=NEWS, **phone)
    made = apply_choices(view, {STOP: STOP, entry.key: "yes"}, at=NOW)
    left = [one for one in made if one.type is E.WITHDRAW]
    assert [one.channel for one in left] == list(Channel)
    assert {(one.purpose, one.controller, one.endpoint) for one in left} == {("any", "", "")}
    blocked = {(one.channel, one.endpoint) for one in made if one.type is E.SUPPRESS}
    assert {(Channel.EMAIL, "ana@example.org"), (Channel.SMS, "+493012345678")} <= blocked
    assert {one.suppression for one in made if one.type is E.SUPPRESS} == {SuppressionKind.GLOBAL_OPT_OUT}
    view, entry = seen(YES, *(evolve(one, record="crm:1") for one in made), topic=NEWS, **phone)
    assert (entry.answer, entry.confirm, view.choices, view.open) == (Answer.NO, True, (), ())
    assert apply_choices(view, {STOP: STOP}, at=NOW) == ()


def test_what_is_not_in_the_view_is_refused_and_the_legal_are_named() -> None:
    view, entry = seen()
    for choices, named in (({"x": "yes"}, entry.key), ({entry.key: "maybe"}, "yes, no"), ({STOP: "yes"}, "stop")):
        with pytest.raises(InputError, match=named) as refused:
            apply_choices(view, choices, at=NOW)
        assert refused.value.code == "consent.choice_unknown"
        assert "ana" not in str(refused.value)
    with pytest.raises(InputError, match="zone"):
        apply_choices(view, {}, at=datetime(2026, 7, 1))  # noqa: DTZ001


def test_a_no_is_as_easy_as_a_yes() -> None:
    for events in ((), (YES,), (YES, block(SuppressionKind.MANUAL)), (event("1", E.OPT_IN_UNCONFIRMED, 1),)):
        view, entry = seen(*events)
        assert "no" in entry.choices
        made = apply_choices(view, {entry.key: "no"}, at=NOW)  # one choice, no token, no second step
        assert len(made) == 1
        _, after = seen(*events, evolve(made[0], record="crm:1"))
        assert after.answer is Answer.NO


def test_a_brand_is_asked_apart_and_a_no_to_the_house_covers_it() -> None:
    brand = Topic(Channel.EMAIL, controller="brand-a")
    _, entry = seen(event("1", E.WITHDRAW, 1, endpoint="", controller="brand-b"), topic=brand)
    assert entry.answer is Answer.UNSET
    _, entry = seen(NO, topic=brand)
    assert entry.answer is Answer.NO
    view = preferences(ana([YES]), at=NOW, topics=[MAIL, brand], regime=OPT_IN)
    house, other = (one.key for one in view.preferences)
    made = apply_choices(view, {house: "no", other: "yes"}, at=NOW)
    assert [(str(one.type), one.controller) for one in made] == [("withdraw", "")]
    made = apply_choices(view, {house: "no", other: "no"}, at=NOW)
    assert [(str(one.type), one.controller) for one in made] == [("withdraw", ""), ("withdraw", "brand-a")]
    made = apply_choices(view, {house: "yes", other: "no"}, at=NOW)
    assert [(str(one.type), one.controller) for one in made] == [("object", "brand-a")]


def test_topics_that_cannot_be_are_refused() -> None:
    for topics in ([MAIL, MAIL], [Topic(Channel.EMAIL, "any")], [Topic(Channel.EMAIL, " ")]):
        with pytest.raises(ConfigError):
            preferences(ana(), at=NOW, topics=topics)


def test_channels_without_an_endpoint_are_not_offered_and_the_persons_own_are() -> None:
    topics = [Topic(channel) for channel in (Channel.SMS, Channel.POST, Channel.PUSH)]
    view = preferences(ana(), at=NOW, topics=topics, regime=OPT_IN)
    assert [(entry.channel, entry.endpoint) for entry in view.preferences] == [(Channel.PUSH, "")]
    assert chosen(view, "yes") == ["opt_in"]


def test_the_view_is_a_document() -> None:
    view, _ = seen(YES, NO)
    assert from_json(PreferenceView, to_json(view)) == view
    plain = json.loads(to_json(view))["preferences"][0]
    assert (plain["answer"], plain["says"], plain["choices"]) == ("no", "You said no.", ["yes", "no"])


def test_the_tables_are_whole() -> None:
    assert set(NO_EVENTS) == {None, *ConsentState}
    assert set(BLOCKED) == set(SuppressionKind) - {SuppressionKind.GLOBAL_OPT_OUT}
    assert set(BLOCKED.values()) <= set(LOCKS)
    for state, kind in NO_EVENTS.items():
        assert state in TRANSITIONS[kind] or state is ConsentState.DENIED
