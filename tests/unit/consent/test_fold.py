"""Events of many records fold to one answer a key, and a refusal is never lost on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from attrs import evolve

from canonical_contact.consent import Folded, blocks_endpoint, fold, join, may_contact
from canonical_contact.errors import ConfigError
from canonical_contact.model import (
    Channel,
    ConsentEvent,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    EventType,
    Suppression,
    SuppressionKind,
)

T0 = datetime(2026, 1, 1, tzinfo=UTC)
E, S, K = EventType, ConsentState, SuppressionKind
ANA = "ana@example.com"


def day(number: int) -> datetime:
    return T0 + timedelta(days=number)


def event(kind: EventType, at: int | None = None, record: str = "a:1", **more: Any) -> ConsentEvent:
    name = more.pop("event_id", f"{kind}/{at}/{record}/{sorted(more.items())}")
    when = None if at is None else day(at)
    return ConsentEvent(name, kind, more.pop("channel", Channel.EMAIL), record=record, effective_at=when, **more)


def double(at: int, record: str = "list:1", actor: str = "system") -> list[ConsentEvent]:
    return [
        event(E.OPT_IN_UNCONFIRMED, at - 1, record, endpoint=ANA, actor=actor),
        event(E.CONFIRM, at, record, endpoint=ANA, actor=actor, event_id=f"confirm-{at}"),
    ]


def contact(folded: Folded) -> Contact:
    return Contact(contact_id="1", emails=(EmailAddress(ANA),), consent=folded.records, suppressions=folded.suppressions)


def allowed(folded: Folded, **more: Any) -> bool:
    return may_contact(contact(folded), "email", at=day(900), **{"regime": "gdpr_eprivacy", **more}).allowed


def test_nothing_folds_to_nothing() -> None:
    assert fold([]) == Folded()


def test_an_unknown_policy_is_named_with_the_legal_ones() -> None:
    with pytest.raises(ConfigError, match="blocking_first"):
        fold([], policy="last_writer_wins")


def test_the_order_of_arrival_does_not_matter() -> None:
    events = [event(E.WITHDRAW, 5, "b:1"), event(E.IMPORT_LEGACY, None, "c:1"), *double(9)]
    results = {fold(order) for order in permutations(events)}
    assert len(results) == 1


def test_events_of_one_moment_go_to_the_more_restrictive() -> None:
    folded = fold([event(E.WITHDRAW, 3, event_id="1"), event(E.OPT_IN, 3, endpoint=ANA, event_id="2")])
    assert not allowed(folded)


def test_the_same_event_counts_once() -> None:
    stop = event(E.WITHDRAW, 5)
    assert fold([stop, stop]) == fold([stop])


def test_a_grant_allows_only_its_endpoint() -> None:
    folded = fold(double(9))
    assert allowed(folded)
    other = Contact(contact_id="1", emails=(EmailAddress("other@example.com"),), consent=folded.records)
    answer = may_contact(other, "email", at=day(900), regime="gdpr_eprivacy")
    assert answer.reasons == ("no_consent", "not_bound_to_endpoint")


def test_the_later_opt_in_is_shown_and_applied_only_by_policy() -> None:
    events = [event(E.WITHDRAW, 5, "b:1"), event(E.SUPPRESS, 5, "b:1", endpoint=ANA, suppression=SuppressionKind.GLOBAL_OPT_OUT)]
    folded = fold([*events, *double(9)])
    assert {record.lifted_by for record in folded.records} == {"confirm-9"}
    denied = may_contact(contact(folded), "email", at=day(900), regime="gdpr_eprivacy")
    assert denied.reasons == ("global_opt_out", "withdrawn", "later_opt_in_on_record")
    lifted = may_contact(contact(folded), "email", at=day(900), regime="gdpr_eprivacy", policy="latest_subject_act")
    assert lifted.allowed
    assert "confirm-9" in lifted.events
    assert allowed(fold([*events, *double(9)], policy="latest_subject_act"))
    assert not allowed(folded, policy="latest_subject_act", endpoint="other@example.com")


@pytest.mark.parametrize(
    "block",
    [
        event(E.WITHDRAW, None, "b:1"),
        event(E.WITHDRAW, 9, "b:1"),
        event(E.WITHDRAW, 10, "b:1"),
        event(E.COMPLAINT, 5, "b:1"),
        event(E.WITHDRAW, 5, "b:1", reason="free_text_note"),
        event(E.WITHDRAW, None, "b:1", purpose="any"),
        event(E.ERASE, 5, "b:1"),
        event(E.WITHDRAW, None, "list:1"),
    ],
    ids=["undated", "same time", "later", "complaint", "note", "any purpose", "erased", "same record"],
)
def test_what_is_never_lifted(block: ConsentEvent) -> None:
    for policy in ("blocking_first", "latest_subject_act"):
        for events in ([event(E.WITHDRAW, 5, "c:1"), block, *double(9)], [block, *double(9)]):
            folded = fold(events, policy=policy)
            assert not any(record.lifted_by for record in folded.records)
            assert not allowed(folded, policy=policy)


def test_an_imported_opt_in_does_not_lift_the_refusal_of_its_own_record() -> None:
    folded = fold([event(E.WITHDRAW, 5, "list:1"), *double(9)])
    assert not allowed(folded)
    assert any(record.lifted_by for record in folded.records)


def test_the_persons_own_confirmation_lifts_the_refusal_of_its_own_stream_at_its_endpoint() -> None:
    folded = fold([event(E.WITHDRAW, 5, "host:1"), *double(9, "host:1", "subject")])
    assert allowed(folded)
    assert not allowed(folded, endpoint="other@example.com")
    both = Contact(
        contact_id="1",
        emails=(EmailAddress("other@example.com"), EmailAddress(ANA)),
        consent=folded.records,
    )
    assert may_contact(both, "email", at=day(900), regime="gdpr_eprivacy").endpoint == ANA
    assert not may_contact(both, "email", at=day(900), regime="can_spam", endpoint="other@example.com").allowed
    assert not allowed(fold([event(E.WITHDRAW, 5, "b:1"), event(E.WITHDRAW, 5, "host:1"), *double(9, "host:1", "subject")]))


def test_a_withdrawn_person_with_an_open_double_opt_in_joined_with_a_grant_stays_blocked_until_the_confirmation() -> None:
    stream = [event(E.WITHDRAW, 5, "host:1"), event(E.OPT_IN_UNCONFIRMED, 20, "host:1", endpoint=ANA)]
    grant = double(9, "list:2")
    folded = fold([*stream, *grant])
    assert not allowed(folded)
    assert not allowed(folded, regime="can_spam")
    assert "withdrawn" in may_contact(contact(folded), "email", at=day(900)).reasons
    confirmed = fold([*stream, *grant, event(E.CONFIRM, 21, "host:1", endpoint=ANA)])
    assert allowed(confirmed)


def test_under_the_stricter_policy_what_ended_or_waits_in_one_record_outweighs_the_grant_of_another() -> None:
    grant, pending = double(9), event(E.OPT_IN_UNCONFIRMED, 20, "b:1", endpoint=ANA)
    ended = [event(E.OPT_IN, 2, "b:1", endpoint=ANA), event(E.EXPIRE, 3, "b:1", endpoint=ANA)]
    asked = event(E.REQUEST, 20, "b:1", endpoint=ANA)
    for stream, state in (([pending], S.PENDING_CONFIRMATION), (ended, S.EXPIRED), ([asked], S.GRANTED)):
        (default,) = fold([*grant, *stream]).records
        (strict,) = fold([*stream, *grant], policy="most_restrictive").records
        assert (default.state, strict.state) == (S.GRANTED, state)
    refused = fold([*ended, event(E.WITHDRAW, 1, "c:1")], policy="most_restrictive")
    assert {record.state for record in refused.records} == {S.WITHDRAWN}


@pytest.mark.parametrize("resume", [S.WITHDRAWN, S.DENIED, S.INVALIDATED])
@pytest.mark.parametrize("state", [S.REQUESTED, S.PENDING_CONFIRMATION])
def test_a_request_over_a_refusal_wins_over_any_grant(state: ConsentState, resume: ConsentState) -> None:
    waiting = ConsentRecord(Channel.EMAIL, "marketing", state, resume_state=resume, events=("1",))
    grant = ConsentRecord(Channel.EMAIL, "marketing", S.GRANTED, strength="double", events=("2",))
    assert join(waiting, grant) == join(grant, waiting) == waiting


def test_a_refusal_that_the_table_does_not_take_still_blocks() -> None:
    assert not allowed(fold([event(E.OPT_IN, 5, endpoint=ANA), event(E.DECLINE, 6)]))


def test_a_permission_that_the_table_does_not_take_is_kept_out_and_nothing_raises() -> None:
    folded = fold([event(E.CONFIRM, 5, endpoint=ANA), event(E.RENEW, 6, endpoint=ANA), event(E.REQUEST_TIMEOUT, 7)])
    assert folded.records == ()


def test_a_refusal_for_any_purpose_covers_every_purpose_and_one_for_a_brand_covers_the_host() -> None:
    assert not allowed(fold([event(E.WITHDRAW, 5, purpose="any"), *double(9)]))
    assert not allowed(fold([event(E.WITHDRAW, 5, controller="brand")]), regime="can_spam")
    house = fold([event(E.WITHDRAW, 5)])
    assert not allowed(house, controller="brand", regime="can_spam")
    brand = fold([event(E.WITHDRAW, 5, controller="brand")])
    assert allowed(brand, controller="other", regime="can_spam")


def test_a_grant_for_another_purpose_or_brand_permits_nothing() -> None:
    folded = fold(double(9))
    assert not allowed(folded, purpose="newsletter")
    assert not allowed(folded, controller="brand")
    assert not allowed(fold([event(E.OPT_IN, 5, endpoint=ANA, purpose="any")]))


def test_a_refusal_at_one_endpoint_leaves_the_others() -> None:
    folded = fold([event(E.WITHDRAW, 5, endpoint="other@example.com"), *double(9)])
    assert allowed(folded)
    assert not allowed(folded, regime="can_spam", endpoint="other@example.com")


def test_only_the_overlay_of_an_endpoint_is_handed_to_others_who_hold_it() -> None:
    assert blocks_endpoint(event(E.SUPPRESS, 1, endpoint=ANA))
    assert blocks_endpoint(event(E.UNSUPPRESS, 1, endpoint=ANA))
    assert not blocks_endpoint(event(E.SUPPRESS, 1))
    assert not blocks_endpoint(event(E.WITHDRAW, 1, endpoint=ANA))


def test_suppressions_are_united_by_endpoint_and_ended_only_by_their_own_record() -> None:
    bounce = {"endpoint": ANA, "suppression": SuppressionKind.HARD_BOUNCE}
    two = [event(E.SUPPRESS, 1, "a:1", **bounce), event(E.SUPPRESS, 3, "b:1", **bounce)]
    (block,) = fold(two).suppressions
    assert (block.record, block.since) == ("b:1", day(3))
    (left,) = fold([*two, event(E.UNSUPPRESS, 4, "b:1", purpose="any", **bounce)]).suppressions
    assert left.record == "a:1"
    assert fold([two[0], event(E.UNSUPPRESS, 4, "a:1", purpose="any", **bounce)]).suppressions == ()
    assert len(fold([event(E.UNSUPPRESS, 0, "a:1", purpose="any", **bounce), two[0]]).suppressions) == 1


def test_foreign_blocks_hold_on_the_endpoint_and_say_where_they_come_from() -> None:
    theirs = event(E.SUPPRESS, 1, "x:9", endpoint=ANA, suppression=SuppressionKind.GLOBAL_OPT_OUT)
    person = event(E.SUPPRESS, 1, "x:9", suppression=SuppressionKind.GLOBAL_OPT_OUT)
    hold = Suppression(SuppressionKind.UNMAPPED_OPT_OUT, Channel.EMAIL, ANA, None, "h", "x:9", "unmapped_opt_out")
    foreign: list[ConsentEvent | Suppression] = [theirs, person, event(E.WITHDRAW, 1, "x:9"), hold]
    folded = fold(double(9), foreign=iter(foreign))
    assert [(block.record, block.reason) for block in folded.suppressions] == [("x:9", "shared_endpoint")] * 2
    answer = may_contact(contact(folded), "email", at=day(900))
    assert answer.reasons == ("global_opt_out", "unmapped_opt_out", "shared_endpoint")
    ended = event(E.UNSUPPRESS, 2, "x:9", purpose="any", endpoint=ANA, suppression=SuppressionKind.GLOBAL_OPT_OUT)
    assert allowed(fold(double(9), foreign=[theirs, ended]))


def test_holds_block_until_they_are_gone() -> None:
    hold = Suppression(SuppressionKind.UNMAPPED_OPT_OUT, Channel.EMAIL, "", None, "h", "a:1")
    assert not allowed(fold(double(9), [hold]))
    assert allowed(fold(double(9)))


def live(at: int, kind: EventType = E.CONFIRM, actor: str = "subject") -> list[ConsentEvent]:
    first = event(E.OPT_IN_UNCONFIRMED, at - 1, "host:1", endpoint=ANA, actor=actor)
    return [first, event(kind, at, "host:1", endpoint=ANA, actor=actor)] if kind is E.CONFIRM else [first]


def test_a_refusal_without_a_date_is_older_than_what_the_person_says_live_after_it_was_known() -> None:
    stop = event(E.WITHDRAW, None, "host:1", recorded_at=day(10))
    assert allowed(fold([stop, *live(20)]))
    assert not allowed(fold([stop, *live(20, E.OPT_IN_UNCONFIRMED)]))
    assert not allowed(fold([stop, *live(11)[1:], *live(9)[:1]]))  # begun before, so that the refusal closed it
    assert not allowed(fold([stop, *live(9)]))
    assert not allowed(fold([stop, *live(20, actor="system")]))
    assert not allowed(fold([evolve(stop, recorded_at=None), *live(20)]))
    assert not allowed(fold([evolve(stop, reason="free_text_note"), *live(20)]))
    assert not allowed(fold([evolve(stop, type=E.COMPLAINT), *live(20)]))
    assert not allowed(fold([stop, evolve(stop, event_id="again", recorded_at=day(30)), *live(20)]))
    assert not allowed(fold([stop, evolve(stop, event_id="other", record="crm:1"), *live(20)]))


def test_an_older_sign_up_does_not_come_back_while_a_new_one_is_open() -> None:
    stop = event(E.WITHDRAW, None, "host:1", recorded_at=day(10))
    assert not allowed(fold([*live(5), stop, event(E.OPT_IN_UNCONFIRMED, 20, "host:1", endpoint=ANA)]))


def test_a_block_without_a_date_that_became_known_after_it_was_ended_stands() -> None:
    block = event(E.SUPPRESS, None, endpoint=ANA, suppression=K.GLOBAL_OPT_OUT, recorded_at=day(5))
    end = event(E.UNSUPPRESS, 10, purpose="any", endpoint=ANA, suppression=K.GLOBAL_OPT_OUT)
    assert fold([block, end]).suppressions == ()
    assert len(fold([block, end, evolve(block, event_id="again", recorded_at=day(20))]).suppressions) == 1


def known(number: int, ahead: int, kind: EventType, **more: Any) -> ConsentEvent:
    """An event recorded on one day and dated some days ahead of it."""
    return evolve(event(kind, number + ahead, endpoint=ANA, **more), recorded_at=day(number))


def test_a_grant_that_begins_later_does_not_outlast_a_withdrawal_before_it_begins() -> None:
    ahead, stop = known(31, 212, E.OPT_IN), known(32, 0, E.WITHDRAW)
    folded = fold([ahead, stop])
    assert [record.state for record in folded.records] == [S.WITHDRAWN]
    assert not allowed(folded)
    asked = may_contact(contact(fold([ahead])), "email", at=day(40), regime="gdpr_eprivacy")
    assert asked.reasons[0] == "not_yet_effective"
    assert allowed(fold([ahead]))


def test_an_end_of_a_block_that_is_dated_ahead_does_not_end_a_later_block() -> None:
    first = known(1, 0, E.SUPPRESS, suppression=K.GLOBAL_OPT_OUT)
    ahead = known(2, 200, E.UNSUPPRESS, purpose="any", suppression=K.GLOBAL_OPT_OUT)
    again = known(3, 0, E.SUPPRESS, suppression=K.GLOBAL_OPT_OUT)
    assert fold([first, ahead]).suppressions == ()
    assert [block.since for block in fold([first, ahead, again]).suppressions] == [day(3)]
    undated = evolve(again, effective_at=None)
    assert [block.since for block in fold([first, ahead, undated]).suppressions] == [None]


def test_a_refusal_without_a_date_outlasts_what_was_recorded_before_it_was_known() -> None:
    undated = evolve(event(E.WITHDRAW, endpoint=ANA), recorded_at=day(3))
    assert [record.state for record in fold([known(2, 200, E.OPT_IN), undated]).records] == [S.WITHDRAWN]
    assert [record.state for record in fold([known(4, 200, E.OPT_IN), undated]).records] == [S.GRANTED]


def test_a_confirmation_of_another_record_that_is_dated_ahead_is_no_later_opt_in() -> None:
    ahead = [evolve(one, recorded_at=day(2), effective_at=day(200)) for one in double(200)]
    stop = evolve(event(E.WITHDRAW, 5), recorded_at=day(5))
    assert {record.lifted_by for record in fold([*ahead, stop]).records} == {""}
    assert not allowed(fold([*ahead, stop], policy="latest_subject_act"), policy="latest_subject_act")


def test_a_refusal_that_begins_later_stands_where_it_begins() -> None:
    ahead = known(2, 200, E.WITHDRAW)
    assert [record.state for record in fold([ahead, known(5, 0, E.OPT_IN)]).records] == [S.WITHDRAWN]
    corrected = known(2, 200, E.CORRECT, target=S.WITHDRAWN, actor="agent")
    assert [record.state for record in fold([corrected, known(5, 0, E.OPT_IN)]).records] == [S.WITHDRAWN]


def test_the_steps_of_one_import_that_are_dated_ahead_keep_their_order() -> None:
    steps = [known(2, 10, E.OPT_IN_UNCONFIRMED), known(2, 20, E.CONFIRM_TIMEOUT, actor="system"), known(2, 30, E.OPT_IN)]
    assert [record.state for record in fold(steps).records] == [S.GRANTED]


@pytest.mark.parametrize("changes", [{"reason": "free_text_note"}, {"type": E.COMPLAINT}])
def test_what_nothing_lifts_stays_said_though_a_new_sign_up_is_open(changes: dict[str, Any]) -> None:
    stop = evolve(event(E.WITHDRAW, None, "host:1", recorded_at=day(10)), **changes)
    folded = fold([stop, *live(20, E.OPT_IN_UNCONFIRMED)])
    assert {record.state for record in folded.records} == {S.WITHDRAWN}
    older = fold([evolve(stop, type=E.WITHDRAW, reason=""), *live(20, E.OPT_IN_UNCONFIRMED)])
    assert S.PENDING_CONFIRMATION in {record.state for record in older.records}


def test_of_acts_dated_ahead_that_became_known_together_the_later_one_counts() -> None:
    given = event(E.OPT_IN, 1, endpoint=ANA)
    last = event(E.RENEW, 30, endpoint=ANA, recorded_at=day(10), expires_at=day(100), event_id="a")
    first = event(E.RENEW, 20, endpoint=ANA, recorded_at=day(10), expires_at=day(50), event_id="b")
    assert [record.expires_at for record in fold([given, last, first]).records] == [day(100)]


def test_a_refusal_stands_on_what_refused_alone() -> None:
    claim, stop = event(E.IMPORT_LEGACY), event(E.WITHDRAW, 5)
    assert [record.events for record in fold([claim, stop]).records] == [(stop.event_id,)]
    asked = event(E.OPT_IN_UNCONFIRMED, 9, actor="subject")
    assert [len(record.events) for record in fold([claim, stop, asked]).records] == [3]
