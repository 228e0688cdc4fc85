"""Which confirmation outweighs a refusal, which refusals repeat each other, and what stands of several records and cells."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from canonical_contact.consent import Folded, apply, fold, join, may_contact
from canonical_contact.consent._streams import said_of
from canonical_contact.consent.machine import step
from canonical_contact.consent.regimes import Implied, Regime, Rule
from canonical_contact.consent.states import legal_events
from canonical_contact.model import (
    Channel,
    ConsentEvent,
    ConsentProof,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    EventType,
    PhoneNumber,
    Suppression,
    SuppressionKind,
)

S, E, K = ConsentState, EventType, SuppressionKind
T0 = datetime(2026, 1, 1, tzinfo=UTC)
LIFTING = "latest_subject_act"
SENT, OTHER = ConsentProof(token_hash="aa"), ConsentProof(token_hash="bb")


def day(number: float) -> datetime:
    return T0 + timedelta(days=number)


def event(number: float, kind: EventType, **more: Any) -> ConsentEvent:
    values: dict[str, Any] = {"record": "a:1", "endpoint": "e", "effective_at": day(number), "recorded_at": day(number)}
    return ConsentEvent(f"{number}", kind, more.pop("channel", Channel.EMAIL), **values | more)


def undated(recorded: float, kind: EventType = E.WITHDRAW, **more: Any) -> ConsentEvent:
    return event(recorded, kind, effective_at=None, **more)


def states(folded: Folded) -> dict[tuple[str, str, str], ConsentState]:
    return {(record.controller, record.purpose, record.endpoint): record.state for record in folded.records}


STOP = event(1, E.WITHDRAW)
ANSWERS: list[tuple[str, list[ConsentEvent], bool]] = [
    ("a sign-up and its confirmation", [event(2, E.OPT_IN_UNCONFIRMED), event(3, E.CONFIRM)], True),
    ("by its token", [event(2, E.OPT_IN_UNCONFIRMED, proof=SENT), event(3, E.CONFIRM, proof=SENT)], True),
    ("a confirmation of nothing", [event(3, E.CONFIRM)], False),
    ("by another token", [event(2, E.OPT_IN_UNCONFIRMED, proof=SENT), event(3, E.CONFIRM, proof=OTHER)], False),
    ("by no token", [event(2, E.OPT_IN_UNCONFIRMED, proof=SENT), event(3, E.CONFIRM)], False),
    ("too late", [event(2, E.OPT_IN_UNCONFIRMED, expires_at=day(2.5)), event(3, E.CONFIRM)], False),
    ("after the time-out", [event(2, E.OPT_IN_UNCONFIRMED), event(2.5, E.CONFIRM_TIMEOUT), event(3, E.CONFIRM)], False),
    (
        "after a new sign-up",
        [
            event(2, E.OPT_IN_UNCONFIRMED, proof=SENT),
            event(2.5, E.CONFIRM_TIMEOUT),
            event(2.6, E.OPT_IN_UNCONFIRMED, proof=OTHER),
            event(3, E.CONFIRM, proof=OTHER),
        ],
        True,
    ),
    ("of another address", [event(2, E.OPT_IN_UNCONFIRMED, endpoint="f"), event(3, E.CONFIRM)], False),
    ("of another purpose", [event(2, E.OPT_IN_UNCONFIRMED, purpose="research"), event(3, E.CONFIRM)], False),
    ("of another brand", [event(2, E.OPT_IN_UNCONFIRMED, controller="brand"), event(3, E.CONFIRM)], False),
    ("of another channel", [event(2, E.OPT_IN_UNCONFIRMED, channel=Channel.SMS), event(3, E.CONFIRM)], False),
    ("of another record", [event(2, E.OPT_IN_UNCONFIRMED, record="c:1"), event(3, E.CONFIRM)], False),
    ("refused in between", [event(2, E.OPT_IN_UNCONFIRMED), event(2.5, E.DECLINE), event(3, E.CONFIRM)], False),
    ("refused for all", [event(2, E.OPT_IN_UNCONFIRMED), event(2.5, E.WITHDRAW, endpoint="", purpose="any"), event(3, E.CONFIRM)], False),
    (
        "refused elsewhere in between",
        [
            event(2, E.OPT_IN_UNCONFIRMED),
            event(2.2, E.DECLINE, endpoint="f"),
            event(2.3, E.DECLINE, purpose="research"),
            event(2.4, E.DECLINE, controller="brand"),
            event(2.5, E.DECLINE, channel=Channel.SMS),
            event(3, E.CONFIRM),
        ],
        True,
    ),
    (
        "a second time",
        [event(2, E.OPT_IN_UNCONFIRMED), event(2.1, E.CONFIRM), event(2.2, E.OPT_IN_UNCONFIRMED), event(3, E.CONFIRM)],
        True,
    ),
    ("confirmed twice", [event(2, E.OPT_IN_UNCONFIRMED), event(3, E.CONFIRM), event(4, E.CONFIRM)], True),
]  # fmt: skip


@pytest.mark.parametrize(("how", "steps", "answers"), ANSWERS, ids=[how for how, _, _ in ANSWERS])
def test_only_a_confirmation_that_answers_a_sign_up_outweighs_a_refusal(
    how: str, steps: list[ConsentEvent], answers: bool
) -> None:
    theirs = [
        ConsentEvent(
            f"b{one.event_id}", one.type, one.channel, one.purpose, one.controller, record="c:1" if one.record == "c:1" else "b:1",
            endpoint=one.endpoint, effective_at=one.effective_at, recorded_at=one.recorded_at, expires_at=one.expires_at, proof=one.proof,
        )
        for one in steps
    ]  # fmt: skip
    cell = ("", "marketing", "e")
    for order in (theirs, theirs[::-1]):
        shown = {
            (one.controller, one.purpose, one.endpoint): one
            for one in fold([STOP, *order]).records
            if one.channel is Channel.EMAIL
        }
        assert shown[cell].state is S.WITHDRAWN, how
        assert shown[cell].lifted_by == ("b3" if answers else ""), how
        told = fold([STOP, *order], policy=LIFTING)
        email = {(one.controller, one.purpose, one.endpoint): one for one in told.records if one.channel is Channel.EMAIL}
        assert email[cell].state is (S.GRANTED if answers else S.WITHDRAWN), how


def test_a_confirmation_lifts_for_the_brand_that_it_was_given_to() -> None:
    towards = {"controller": "brand"}
    steps = [
        event(1, E.WITHDRAW, record="b:1", **towards),
        event(2, E.OPT_IN_UNCONFIRMED, **towards),
        event(3, E.CONFIRM, legal_basis="x", **towards),
    ]
    (record,) = fold(steps, policy=LIFTING).records
    assert record == ConsentRecord(
        Channel.EMAIL, "marketing", S.GRANTED, "brand", strength="double", endpoint="e", legal_basis="x", effective_at=day(3),
        reason=LIFTING, events=("1", "3"),
    )  # fmt: skip


def test_every_refusal_is_looked_at_for_a_later_confirmation() -> None:
    steps = [
        event(1, E.OPT_IN, channel=Channel.SMS, endpoint="p", record="b:1"),
        event(2, E.WITHDRAW, purpose="research", endpoint="", record="b:1"),
        event(3, E.WITHDRAW, record="b:1"),
        event(4, E.OPT_IN_UNCONFIRMED),
        event(5, E.CONFIRM),
        event(6, E.WITHDRAW, purpose="news", record="b:1", endpoint="f"),
    ]
    late_first = [event(0.5, E.WITHDRAW, purpose="news", record="b:1", endpoint="f"), *steps]
    for acts in (steps, late_first):
        lifted = {(record.purpose, record.endpoint): record.lifted_by for record in fold(acts).records}
        assert lifted[("marketing", "e")] == "5"
        assert lifted[("news", "f")] == ""
        assert lifted[("research", "")] == ""


def test_a_refusal_after_the_confirmation_is_kept_beside_an_older_one_that_it_lifts() -> None:
    steps = [
        event(1, E.WITHDRAW, record="b:1", endpoint=""),
        event(2, E.OPT_IN_UNCONFIRMED),
        event(3, E.CONFIRM),
        event(4, E.WITHDRAW, record="b:1"),
    ]
    shown = {record.endpoint: (record.state, record.lifted_by) for record in fold(steps).records}
    assert shown == {"": (S.WITHDRAWN, "3"), "e": (S.WITHDRAWN, "")}
    assert set(states(fold(steps, policy=LIFTING)).values()) == {S.WITHDRAWN}


def test_a_refusal_of_the_person_is_not_repeated_for_each_endpoint_but_a_permission_is() -> None:
    assert states(fold([event(1, E.WITHDRAW, endpoint=""), event(2, E.WITHDRAW)])) == {("", "marketing", ""): S.WITHDRAWN}
    person, address = event(1, E.OPT_IN, endpoint=""), event(2, E.OPT_IN)
    assert states(fold([person, address])) == {("", "marketing", ""): S.GRANTED, ("", "marketing", "e"): S.GRANTED}
    stronger = fold([event(1, E.INVALIDATE, endpoint=""), event(2, E.WITHDRAW)])
    assert states(stronger) == {("", "marketing", ""): S.INVALIDATED, ("", "marketing", "e"): S.WITHDRAWN}


def test_a_refusal_of_the_house_reaches_its_brands_and_one_of_a_brand_not_the_house() -> None:
    yes = event(1, E.OPT_IN, controller="brand")
    house = {("brand", "marketing", "e"): S.WITHDRAWN, ("", "marketing", "e"): S.WITHDRAWN}
    assert states(fold([yes, event(2, E.WITHDRAW)])) == house
    other = fold([yes, event(2, E.WITHDRAW, controller="other")])
    assert states(other) == {("brand", "marketing", "e"): S.GRANTED, ("other", "marketing", "e"): S.WITHDRAWN}
    research = fold([event(1, E.OPT_IN), event(2, E.WITHDRAW, purpose="research")])
    assert states(research) == {("", "marketing", "e"): S.GRANTED, ("", "research", "e"): S.WITHDRAWN}


def test_what_is_about_another_cell_does_not_end_the_stream() -> None:
    between = [
        event(2, E.REQUEST, purpose="research"),
        event(3, E.WITHDRAW, purpose="news"),
        event(4, E.CORRECT, target=S.GRANTED, purpose="any", endpoint="", evidence="form"),
    ]
    for one in between:
        folded = fold([event(1, E.OPT_IN), one, event(5, E.WITHDRAW, reason="last")])
        (record,) = [record for record in folded.records if record.purpose == "marketing" and record.endpoint == "e"]
        assert (record.state, record.reason) == (S.WITHDRAWN, "last")


def test_the_ids_of_a_records_events_are_in_a_fixed_order() -> None:
    early = event(1, E.OPT_IN)
    late = ConsentEvent("0", E.RENEW, Channel.EMAIL, record="a:1", endpoint="e", effective_at=day(2), recorded_at=day(2))
    assert [record.events for record in fold([early, late]).records] == [("0", "1")]


def test_a_block_without_a_date_is_older_only_than_what_the_person_says_live_afterwards() -> None:
    block = ConsentEvent("x", E.WITHDRAW, Channel.EMAIL, record="a:1", endpoint="e", recorded_at=day(5))
    grant = event(9, E.OPT_IN)
    assert states(fold([block, grant])) == {("", "marketing", "e"): S.GRANTED}
    for weak in (
        event(9, E.OPT_IN, actor="system"),
        event(9, E.CORRECT, target=S.GRANTED, evidence="form"),
        event(9, E.IMPLY, legal_basis="purchase"),
        event(5, E.OPT_IN),
        event(4, E.OPT_IN),
    ):
        assert states(fold([block, weak])) == {("", "marketing", "e"): S.WITHDRAWN}, weak
    (record,) = fold([block, ConsentEvent("y", E.OPT_IN, Channel.EMAIL, record="a:1", endpoint="e", effective_at=day(5))]).records
    assert record.events == ("x",)  # what was agreed to as it became known is no part of it


def test_every_block_without_a_date_counts() -> None:
    first, second = undated(5, E.WITHDRAW, reason="first"), undated(6, E.INVALIDATE, reason="second")
    (record,) = fold([first, second, event(1, E.OPT_IN)]).records
    assert (record.state, record.effective_at, record.events) == (S.WITHDRAWN, None, ("5", "6"))
    assert record == fold([event(1, E.OPT_IN), second, first]).records[0]


def test_a_refusal_that_the_table_does_not_take_is_joined_with_the_one_that_stands() -> None:
    steps = [event(1, E.WITHDRAW, reason="first"), event(2, E.DECLINE)]
    (record,) = fold(steps).records
    assert (record.state, record.effective_at, record.reason, record.events) == (S.WITHDRAWN, day(2), "first", ("1", "2"))


def test_blocks_of_one_endpoint_are_one_and_the_firmest_stays() -> None:
    def block(number: float, **more: Any) -> ConsentEvent:
        return event(number, E.SUPPRESS, **{"suppression": K.MANUAL, **more})

    (kept,) = fold([block(3), block(1), block(2)]).suppressions
    assert kept == Suppression(K.MANUAL, Channel.EMAIL, "e", day(3), "3", "a:1", "")
    (forever,) = fold([block(3), block(1, effective_at=None)]).suppressions
    assert (forever.since, forever.event_id) == (None, "1")
    (told,) = fold([block(1, reason="by phone")]).suppressions
    assert told.reason == "by phone"
    assert fold([event(1, E.WITHDRAW, suppression=K.MANUAL)]).suppressions == ()


def test_a_block_ends_only_by_what_was_said_after_it() -> None:
    on, off = (event(number, kind, suppression=K.MANUAL, purpose="any") for number, kind in ((1, E.SUPPRESS), (2, E.UNSUPPRESS)))
    again = event(3, E.SUPPRESS, suppression=K.MANUAL)
    for order in permutations([on, off]):
        assert fold(order).suppressions == ()
    for order in permutations([on, off, again]):
        assert [block.event_id for block in fold(order).suppressions] == ["3"]
    for known, ended in ((1, True), (2, False), (3, False)):
        hidden = ConsentEvent(
            "x", E.SUPPRESS, Channel.EMAIL, record="a:1", endpoint="e", recorded_at=day(known), suppression=K.MANUAL
        )
        assert (fold([hidden, off]).suppressions == ()) is ended, known
    two = [
        ConsentEvent(name, E.SUPPRESS, Channel.EMAIL, record="a:1", endpoint="e", recorded_at=day(known), suppression=K.MANUAL)
        for name, known in (("x", 3), ("y", 1))
    ]
    assert fold([*two, off]).suppressions != ()  # the one that became known last counts


def test_own_blocks_and_those_of_others_are_kept_apart_the_own_first() -> None:
    own = event(1, E.SUPPRESS, endpoint="z", suppression=K.MANUAL)
    hold = Suppression(K.HARD_BOUNCE, Channel.EMAIL, "y")
    theirs: list[ConsentEvent | Suppression] = [
        event(2, E.SUPPRESS, suppression=K.MANUAL, record="o:1"),
        Suppression(K.LEGAL_HOLD, Channel.EMAIL, "a"),
    ]
    nobodys = Suppression(K.LEGAL_HOLD, Channel.EMAIL, "")
    found = fold([own], [hold], [*theirs, nobodys]).suppressions
    assert [(block.endpoint, block.reason) for block in found] == [
        ("y", ""),
        ("z", ""),
        ("a", "shared_endpoint"),
        ("e", "shared_endpoint"),
    ]
    both = fold([event(1, E.SUPPRESS, suppression=K.MANUAL)], (), theirs[:1]).suppressions
    assert [(block.endpoint, block.reason) for block in both] == [("e", ""), ("e", "shared_endpoint")]


def test_only_blocks_fold_to_no_record() -> None:
    folded = fold([event(1, E.SUPPRESS, suppression=K.MANUAL)])
    assert folded.records == ()
    assert isinstance(folded.records, tuple)


def record(state: ConsentState, **more: Any) -> ConsentRecord:
    values: dict[str, Any] = {"endpoint": "e", "effective_at": day(0), "events": ("0",)}
    return ConsentRecord(Channel.EMAIL, "marketing", state, **values | more)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"resume_state": S.IMPLIED}, {"resume_state": S.EXPIRED}),
        ({"confirm_by": day(3)}, {"confirm_by": day(4)}),
        ({"token_hash": "aa"}, {"token_hash": "bb"}),
        ({"resume_state": S.WITHDRAWN, "confirm_by": day(3)}, {"resume_state": S.WITHDRAWN, "confirm_by": day(4)}),
        ({"resume_state": S.WITHDRAWN, "token_hash": "aa"}, {"resume_state": S.WITHDRAWN, "token_hash": "bb"}),
        ({"reason": "a"}, {"reason": "b"}),
        ({"endpoint": "e"}, {"endpoint": "f"}),
        ({"expires_at": day(3)}, {"expires_at": day(4)}),
        ({"legal_basis": "a"}, {"legal_basis": "b"}),
    ],
)  # fmt: skip
def test_of_two_open_sign_ups_the_same_one_stands_whichever_comes_first(left: dict[str, Any], right: dict[str, Any]) -> None:
    first, second = record(S.PENDING_CONFIRMATION, **left), record(S.PENDING_CONFIRMATION, **right)
    assert join(first, second) == join(second, first)


def test_of_two_open_sign_ups_over_a_refusal_the_one_that_is_open_longer_stands() -> None:
    first, second = (record(S.PENDING_CONFIRMATION, resume_state=S.WITHDRAWN, confirm_by=day(n)) for n in (3, 4))
    assert join(first, second).confirm_by == join(second, first).confirm_by == day(4)


def test_moments_are_ordered_by_when_they_became_known() -> None:
    moment = day(1)
    early, late = (
        ConsentEvent(
            name, E.WITHDRAW, Channel.EMAIL, record="a:1", endpoint="e", effective_at=moment, recorded_at=known, reason=name
        )
        for name, known in (("z", day(1)), ("y", day(2)))
    )
    for order in permutations([early, late]):
        (kept,) = fold(order).records
        assert kept.reason == "y"


def test_a_correction_leaves_nothing_of_an_open_sign_up() -> None:
    open_ = record(S.PENDING_CONFIRMATION, resume_state=S.IMPLIED, token_hash="aa", confirm_by=day(3), legal_basis="purchase")
    corrected = apply(open_, event(1, E.CORRECT, target=S.GRANTED, evidence="form", endpoint=""))
    assert (corrected.state, corrected.resume_state, corrected.endpoint) == (S.GRANTED, None, "")
    refused = apply(open_, event(1, E.WITHDRAW, endpoint=""))
    assert (refused.state, refused.resume_state, refused.endpoint, refused.token_hash) == (S.WITHDRAWN, None, "", "")


def test_an_expiry_keeps_the_endpoint_and_a_new_grant_does_not() -> None:
    granted = record(S.GRANTED, strength="double")
    assert apply(granted, event(1, E.EXPIRE, endpoint="")).endpoint == "e"
    assert apply(granted, event(1, E.RENEW, endpoint="")).endpoint == "e"
    assert apply(record(S.EXPIRED), event(1, E.OPT_IN, endpoint="")).endpoint == ""


def test_a_first_refusal_is_of_its_own_endpoint_and_a_further_one_of_both() -> None:
    assert apply(record(S.GRANTED), event(1, E.WITHDRAW, endpoint="f")).endpoint == "f"
    assert apply(record(S.INVALIDATED), event(1, E.WITHDRAW, endpoint="f")).endpoint == ""


def test_a_first_event_is_of_its_own_brand() -> None:
    assert apply(None, event(1, E.OPT_IN, controller="brand")).controller == "brand"


def test_a_request_bears_no_token() -> None:
    assert apply(None, event(1, E.OPT_IN, proof=SENT)).token_hash == ""
    assert apply(None, event(1, E.REQUEST, proof=SENT)).token_hash == ""


def test_a_block_on_one_number_leaves_the_others() -> None:
    open_ = Regime("own", "7", dict.fromkeys(Channel, Rule("opt_out")))
    phones = (PhoneNumber("+34600111222"), PhoneNumber("+34600333444"))
    block = Suppression(K.MANUAL, Channel.SMS, "+34600111222")
    person = Contact(contact_id="1", phones=phones, suppressions=(block,))
    assert may_contact(person, "sms", at=day(1), regime=open_).endpoint == "+34600333444"


@pytest.fixture
def in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer whose clock shows the time of New York."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_new_york")
def test_a_period_does_not_hang_on_where_the_computer_stands() -> None:
    rule = Rule("opt_in", implied=(Implied("purchase", within="P1M"),))
    begun = datetime(2026, 3, 1, 2, tzinfo=UTC)  # still February in New York
    implied = ConsentRecord(
        Channel.EMAIL, "marketing", S.IMPLIED, endpoint="a@x.es", legal_basis="purchase", effective_at=begun, events=("1",)
    )
    person = Contact(contact_id="1", emails=(EmailAddress("a@x.es"),), consent=(implied,))
    answer = may_contact(
        person, "email", at=datetime(2026, 3, 2, tzinfo=UTC), regime=Regime("own", "7", dict.fromkeys(Channel, rule))
    )
    assert answer.until == datetime(2026, 4, 1, 2, tzinfo=UTC)


def test_what_an_erased_consent_takes() -> None:
    assert legal_events(S.ERASED) == (E.WITHDRAW, E.OBJECT, E.COMPLAINT, E.SUPPRESS, E.UNSUPPRESS, E.ERASE)


def test_what_records_say_of_a_cell_that_no_event_is_exactly_about() -> None:
    cell = (Channel.EMAIL, "brand", "marketing", "f")
    first = event(1, E.WITHDRAW, endpoint="", purpose="any")
    second = event(3, E.INVALIDATE, endpoint="", record="b:1")
    beside = [
        event(2, E.OPT_IN, record="b:1"),
        event(4, E.OPT_IN, record="c:1"),
        event(5, E.WITHDRAW, channel=Channel.SMS, endpoint=""),
        event(6, E.SUPPRESS, endpoint="", suppression=K.MANUAL),
        event(7, E.UNSUPPRESS, endpoint="", suppression=K.MANUAL, record="d:1"),
    ]
    for acts in ([first, second, *beside], [*beside, second, first], [first, first, *beside, second]):
        said = said_of(acts, cell)
        assert said is not None
        assert (said.controller, said.purpose, said.endpoint) == ("brand", "marketing", "f")
        assert (said.state, said.effective_at, said.events) == (S.WITHDRAWN, day(3), ("1", "3"))
    assert said_of(beside, cell) is None
    assert said_of([], cell) is None
    yes, no = event(1, E.OPT_IN), event(2, E.WITHDRAW, reason="x")
    for acts in ([yes, no], [no, yes]):
        told = said_of(acts, (Channel.EMAIL, "", "marketing", "e"))
        assert told is not None
        assert (told.state, told.events) == (S.WITHDRAWN, ("1", "2"))


def test_under_its_policy_a_confirmation_lifts_the_opt_out_for_its_purpose_and_brand_and_no_other_block() -> None:
    def lifted(**more: Any) -> dict[SuppressionKind, tuple[str, ...]]:
        steps = [
            event(1, E.WITHDRAW, record="b:1", **more),
            *(
                ConsentEvent(
                    f"{kind}", E.SUPPRESS, Channel.EMAIL, record="b:1", endpoint="e", effective_at=day(1), suppression=kind
                )
                for kind in (K.GLOBAL_OPT_OUT, K.MANUAL)
            ),
            event(2, E.OPT_IN_UNCONFIRMED, **more),
            event(3, E.CONFIRM, **more),
        ]
        return {block.kind: block.lifted_for for block in fold(steps, policy=LIFTING).suppressions}

    assert lifted() == {K.GLOBAL_OPT_OUT: ("marketing",), K.MANUAL: ()}
    assert lifted(controller="brand") == {K.GLOBAL_OPT_OUT: ("marketing@brand",), K.MANUAL: ()}
    assert lifted(purpose="any") == {K.GLOBAL_OPT_OUT: (), K.MANUAL: ()}


def test_a_refusal_of_the_house_ends_a_sign_up_for_a_brand() -> None:
    towards = {"controller": "brand"}
    steps = [
        event(1, E.WITHDRAW, record="b:1", **towards),
        event(2, E.OPT_IN_UNCONFIRMED, **towards),
        event(2.5, E.DECLINE),
        event(3, E.CONFIRM, **towards),
    ]
    assert {record.lifted_by for record in fold(steps).records} == {""}


def test_an_end_for_any_purpose_of_a_brand_lifts_a_block_for_nothing() -> None:
    block = event(1, E.SUPPRESS, suppression=K.MANUAL)
    ended = event(2, E.UNSUPPRESS, suppression=K.MANUAL, purpose="any", controller="brand")
    assert [one.lifted_for for one in fold([block, ended]).suppressions] == [()]


def test_each_record_speaks_for_itself_of_a_cell() -> None:
    cell = (Channel.EMAIL, "", "marketing", "e")
    no, yes = event(1, E.WITHDRAW), event(2, E.OPT_IN, record="b:1")
    for acts, state in (([no, yes], S.WITHDRAWN), ([yes], S.GRANTED), ([yes, event(3, E.OPT_IN, record="c:1")], S.GRANTED)):
        said = said_of(acts, cell)
        assert said is not None
        assert said.state is state


def test_two_refusals_together_are_lifted_by_nothing_that_lifts_one() -> None:
    strong, weak = record(S.WITHDRAWN, lifted_by="9"), record(S.DENIED)
    assert join(strong, weak).lifted_by == join(weak, strong).lifted_by == ""


def test_who_is_refused_for_a_note_is_told_so() -> None:
    assert step(record(S.WITHDRAWN, reason="free_text_note"), event(1, E.OPT_IN)) == "a note that says no is on record"
