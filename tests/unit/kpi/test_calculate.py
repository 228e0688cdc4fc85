from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from canonical_contact.kpi import Change, Kpi, Meter, changes_of, measure, reaches
from canonical_contact.model import (
    Activity,
    Channel,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    Event,
    EventName,
    Permission,
    PhoneNumber,
    SourceRef,
    Verification,
    VerificationStatus,
)

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)
VERIFIED, FAILED = VerificationStatus.VERIFIED, VerificationStatus.FAILED


def person(number: int, *checks: Verification, records: int = 1, consent: Iterable[ConsentRecord] = ()) -> Contact:
    return Contact(
        contact_id=f"id-{number}",
        emails=tuple(EmailAddress(f"p{number}.{place}@example.com", verification=check) for place, check in enumerate(checks)),
        sources=tuple(SourceRef("hubspot", f"{number}-{place}") for place in range(records)),
        consent=tuple(consent),
    )


def check(status: VerificationStatus, days_ago: float) -> Verification:
    return Verification(status, "event", AS_OF - days_ago * DAY)


def one(kpis: Iterable[Kpi], name: str, scope: str = "") -> Kpi:
    return next(kpi for kpi in kpis if (kpi.name, kpi.scope) == (name, scope))


def test_a_verification_counts_within_its_time_to_live_only() -> None:
    contacts = [person(1, check(VERIFIED, 364)), person(2, check(VERIFIED, 366)), person(3, Verification()), person(4)]
    kpi = one(measure(contacts, as_of=AS_OF), "verification_rate", "email")
    assert (kpi.numerator, kpi.denominator) == (1, 3)
    assert kpi.detail == {"expired": 1, "not_attempted": 1}
    assert kpi.low is not None
    assert kpi.high is not None
    assert kpi.value is not None
    assert kpi.low < kpi.value < kpi.high


def test_a_stated_expiry_wins_over_the_time_to_live() -> None:
    long_ago = AS_OF - 900 * DAY
    contacts = [
        person(1, Verification(VERIFIED, "event", long_ago, AS_OF + DAY)),
        person(2, Verification(VERIFIED, "event", AS_OF - DAY, AS_OF - timedelta(hours=1))),
    ]
    assert one(measure(contacts, as_of=AS_OF), "verification_rate", "email").numerator == 1


def test_a_check_after_the_time_asked_about_does_not_count_yet() -> None:
    kpi = one(measure([person(1, check(VERIFIED, -1))], as_of=AS_OF), "verification_rate", "email")
    assert (kpi.numerator, kpi.denominator, kpi.detail) == (0, 1, {"after_as_of": 1})


def test_attempted_only_leaves_out_what_was_never_checked() -> None:
    contacts = [person(1, check(VERIFIED, 1), check(FAILED, 1), Verification()), person(2, Verification(VERIFIED, "event"))]
    kpi = one(measure(contacts, as_of=AS_OF), "verification_attempted_rate", "email")
    assert (kpi.numerator, kpi.denominator) == (1, 2)
    assert kpi.excluded == {"not_attempted": 1, "no_date": 1}


def test_per_contact_one_good_endpoint_is_enough_and_nobody_without_one_takes_part() -> None:
    contacts = [person(1, check(FAILED, 1), check(VERIFIED, 1)), person(2, check(FAILED, 1)), person(3)]
    kpis = measure(contacts, as_of=AS_OF)
    kpi = one(kpis, "verified_contact_rate", "email")
    assert (kpi.numerator, kpi.denominator, kpi.excluded) == (1, 2, {"no_endpoint": 1})
    coverage = one(kpis, "coverage", "email")
    assert (coverage.numerator, coverage.denominator) == (2, 3)


def test_attempts_are_counted_one_by_one_from_events() -> None:
    outcomes = ["email:verified"] * 3 + ["email:failed", "phone:verified", "whatever"]
    activities = [Activity(f"hubspot:{n}", "verification", AS_OF - DAY, value=value) for n, value in enumerate(outcomes)]
    activities.append(Activity("hubspot:9", "verification", AS_OF + DAY, value="email:failed"))
    activities.append(Activity("hubspot:9", "deal_won", AS_OF - DAY, value="900"))
    kpi = one(measure([], as_of=AS_OF, activities=activities), "verification_event_rate", "email")
    assert (kpi.numerator, kpi.denominator, kpi.value) == (3, 4, 0.75)
    assert kpi.excluded == {"after_as_of": 1, "unreadable": 1}


def test_two_records_of_one_person_are_half_duplicates_and_both_clustered() -> None:
    kpis = measure([person(1, records=2)], as_of=AS_OF)
    assert one(kpis, "duplicate_rate").value == 0.5
    assert one(kpis, "records_in_a_duplicate_cluster").value == 1.0


def test_duplicates_over_many_contacts() -> None:
    kpis = measure([person(n, records=n) for n in (1, 1, 3, 5)], as_of=AS_OF)
    rate = one(kpis, "duplicate_rate")
    assert (rate.numerator, rate.denominator) == (6, 10)
    assert one(kpis, "records_in_a_duplicate_cluster").numerator == 8


@pytest.mark.parametrize(
    ("state", "events", "complete"),
    [
        (ConsentState.GRANTED, ("e1",), 1),
        (ConsentState.WITHDRAWN, ("e1",), 1),
        (ConsentState.DENIED, ("e1",), 1),
        (ConsentState.UNKNOWN, ("e1",), 0),
        (ConsentState.GRANTED, (), 0),
    ],
)
def test_consent_is_complete_where_a_state_stands_on_an_event(
    state: ConsentState, events: tuple[str, ...], complete: int
) -> None:
    record = ConsentRecord(Channel.EMAIL, "marketing", state, events=events)
    kpi = one(measure([person(1, Verification(), consent=[record])], as_of=AS_OF), "consent_complete_rate", "email")
    assert (kpi.numerator, kpi.denominator) == (complete, 1)


def test_a_state_for_any_purpose_counts_and_one_for_another_does_not() -> None:
    anything = ConsentRecord(Channel.EMAIL, "any", ConsentState.WITHDRAWN, events=("e",))
    service = ConsentRecord(Channel.EMAIL, "service", ConsentState.GRANTED, events=("e",))
    contacts = [person(1, Verification(), consent=[anything]), person(2, Verification(), consent=[service])]
    assert one(measure(contacts, as_of=AS_OF), "consent_complete_rate", "email").numerator == 1


def test_only_channels_with_an_endpoint_are_required() -> None:
    kpi = one(measure([person(1, Verification()), person(2)], as_of=AS_OF), "consent_complete_rate")
    assert kpi.denominator == 1
    assert kpi.excluded == {"no_endpoint": 5}


def test_answers_that_the_caller_has_are_used() -> None:
    meter = Meter(AS_OF)
    meter.add(person(1, Verification()), {Channel.EMAIL: Permission(True, ("consent.granted",))})
    assert one(meter.result(), "sendable_rate", "email").value == 1.0


def test_nobody_is_sendable_without_any_sign_under_the_strictest_rules() -> None:
    assert one(measure([person(1, Verification())], as_of=AS_OF), "sendable_rate", "email").value == 0.0


def test_latency_leaves_out_what_cannot_be_measured_and_says_so() -> None:
    changes = [Change(AS_OF - 3 * DAY, AS_OF - 3 * DAY + timedelta(hours=hours)) for hours in (1, 2, 3)]
    changes += [
        Change(None, AS_OF),
        Change(AS_OF - DAY, None),
        Change(AS_OF - DAY, AS_OF - 2 * DAY),
        Change(AS_OF + DAY, AS_OF + 2 * DAY),
        Change(AS_OF - 99 * DAY, AS_OF - 98 * DAY),
    ]
    kpis = measure([], as_of=AS_OF, changes=changes, since=AS_OF - 10 * DAY)
    median, p90 = one(kpis, "update_latency_median"), one(kpis, "update_latency_p90")
    assert median.value == 7200.0
    assert p90.value == pytest.approx(2.8 * 3600)
    assert median.denominator == 3
    assert median.excluded == {
        "after_as_of": 1,
        "before_window": 1,
        "negative": 1,
        "no_time_at_source": 1,
        "not_recorded": 1,
    }


def test_a_change_counts_as_stored_by_the_first_event_that_names_its_record() -> None:
    contact = Contact(
        contact_id="a",
        sources=(SourceRef("hubspot", "1", observed_at=AS_OF - 5 * DAY), SourceRef("google", "2", observed_at=AS_OF - 4 * DAY)),
    )
    log = [
        Event(EventName.CONTACT_CHANGED, "a", AS_OF - DAY, detail={"records": "google:2"}),
        Event(EventName.CONTACT_CREATED, "a", AS_OF - 3 * DAY, detail={"records": "hubspot:1"}),
    ]
    assert list(changes_of(contact, log)) == [
        Change(AS_OF - 5 * DAY, AS_OF - 3 * DAY),
        Change(AS_OF - 4 * DAY, AS_OF - DAY),
    ]
    assert list(changes_of(contact, [])) == [Change(AS_OF - 5 * DAY, None), Change(AS_OF - 4 * DAY, None)]


def test_a_landline_takes_no_text_message_and_a_fax_no_call() -> None:
    landline = Contact(contact_id="a", phones=(PhoneNumber("+493012345", line_type="fixed_line"),))
    fax = Contact(contact_id="b", phones=(PhoneNumber("+493012345", features=("fax",)),))
    assert reaches(landline, Channel.VOICE_LIVE)
    assert not reaches(landline, Channel.SMS)
    assert not reaches(fax, Channel.VOICE_LIVE)
    assert reaches(fax, Channel.FAX)
    assert not reaches(fax, Channel.PUSH)
