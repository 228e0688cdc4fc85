"""Quiet hours and frequency caps."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from canonical_contact.consent import Decide, FrequencyCap, QuietHours, Send, consent_column, explain, hold_back, zones_of
from canonical_contact.errors import ConfigError, InputError
from canonical_contact.model import Contact, EmailAddress, Permission, PhoneNumber, PostalAddress

YES = Permission(True, ("express_consent",), until=datetime(2027, 1, 1, tzinfo=UTC), endpoint="ana@example.com", regime="casl/1")
NIGHT = QuietHours(time(21), time(8))
BERLIN = Contact(contact_id="1", time_zone="Europe/Berlin")


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_a_denial_stays_what_it_is() -> None:
    no = Permission(False, ("withdrawn",), remedy="nothing")
    assert hold_back(no, BERLIN, "email", at=at(2026, 7, 1, 2), policies=[NIGHT]) is no


def test_by_day_a_permission_stays() -> None:
    assert hold_back(YES, BERLIN, "email", at=at(2026, 7, 1, 10), policies=[NIGHT]) is YES


@pytest.mark.parametrize(
    ("asked", "free"),
    [
        (at(2026, 7, 1, 19), at(2026, 7, 2, 6)),  # 21:00 in Berlin
        (at(2026, 7, 2, 5, 59), at(2026, 7, 2, 6)),
        (at(2026, 1, 1, 23), at(2026, 1, 2, 7)),  # winter
        (at(2026, 3, 28, 23), at(2026, 3, 29, 6)),  # the night in which the clock is put forward
        (at(2026, 10, 24, 23), at(2026, 10, 25, 7)),  # and back
    ],
)
def test_the_quiet_ends_by_the_clock_on_the_wall(asked: datetime, free: datetime) -> None:
    held = hold_back(YES, BERLIN, "email", at=asked, policies=[NIGHT])
    assert (held.allowed, held.reasons, held.not_before, held.remedy, held.endpoint) == (
        False,
        ("quiet_hours",),
        free,
        "wait",
        "",
    )
    assert hold_back(YES, BERLIN, "email", at=free, policies=[NIGHT]).allowed
    assert not hold_back(YES, BERLIN, "email", at=free - timedelta(seconds=1), policies=[NIGHT]).allowed


def test_hours_that_the_clock_skips_or_repeats() -> None:
    skipped = QuietHours(time(1), time(2, 30))
    assert skipped.ends_at(at(2026, 3, 29, 0, 30), ["Europe/Berlin"]) == at(2026, 3, 29, 1, 30)  # an hour and a half after 01:00
    repeated = skipped.ends_at(at(2026, 10, 25, 0, 15), ["Europe/Berlin"])
    assert repeated is not None
    assert not skipped.is_quiet(repeated, "Europe/Berlin")


def test_a_quiet_sunday_lasts_the_day_and_ends_with_monday() -> None:
    sunday = QuietHours(time(0), time(0), days=(6,))
    held = hold_back(YES, BERLIN, "email", at=at(2026, 7, 5, 12), policies=[sunday])
    assert held.not_before == at(2026, 7, 5, 22)
    assert hold_back(YES, BERLIN, "email", at=at(2026, 7, 6, 12), policies=[sunday]).allowed


def test_who_may_be_in_several_zones_must_be_awake_in_all() -> None:
    travels = Contact(
        contact_id="2", phones=(PhoneNumber("+442079460018", country_code="GB"),), addresses=(PostalAddress(country_code="JP"),)
    )
    assert set(zones_of(travels)) >= {"Europe/London", "Asia/Tokyo"}
    assert not hold_back(YES, travels, "sms", at=at(2026, 7, 1, 13), policies=[NIGHT]).allowed  # 22:00 in Tokyo
    assert hold_back(YES, travels, "sms", at=at(2026, 7, 1, 8), policies=[NIGHT]).allowed


def test_nobody_s_zone_is_known_or_guessed() -> None:
    nowhere = Contact(contact_id="3")
    held = hold_back(YES, nowhere, "email", at=at(2026, 7, 1, 10), policies=[NIGHT])
    assert (held.reasons, held.not_before, held.remedy) == (("quiet_hours", "zone_unknown"), None, "")
    there = QuietHours(time(21), time(8), unknown="America/New_York")
    assert hold_back(YES, nowhere, "email", at=at(2026, 7, 1, 13), policies=[there]).allowed


def test_quiet_for_ever_has_no_end() -> None:
    held = hold_back(YES, BERLIN, "email", at=at(2026, 7, 1, 10), policies=[QuietHours(time(0), time(0))])
    assert (held.allowed, held.not_before) == (False, None)


def test_a_cap_counts_what_it_covers() -> None:
    cap = FrequencyCap(2, timedelta(days=7), channels=("voice",), purposes=("marketing",))
    sends = [Send(at(2026, 7, day), channel) for day, channel in ((1, "voice_live"), (2, "voice_automated"), (2, "email"))]
    held = hold_back(YES, None, "voice_live", at=at(2026, 7, 3), policies=[cap], sends=sends)
    assert (held.reasons, held.not_before) == (("frequency_cap",), at(2026, 7, 8))
    assert hold_back(YES, None, "voice_live", at=at(2026, 7, 8), policies=[cap], sends=sends).allowed
    assert hold_back(YES, None, "email", at=at(2026, 7, 3), policies=[cap], sends=sends).allowed
    assert hold_back(YES, None, "voice_live", "service", at=at(2026, 7, 3), policies=[cap], sends=sends).allowed


def test_what_would_come_after_the_permission_has_ended_never_comes() -> None:
    cap = FrequencyCap(1, timedelta(days=400))
    held = hold_back(YES, None, "email", at=at(2026, 7, 3), policies=[cap], sends=[Send(at(2026, 7, 1), "email")])
    assert (held.allowed, held.not_before) == (False, None)


def test_a_cap_holds_over_columns() -> None:
    rows = [(name, consent_column(Contact(contact_id=name, emails=(EmailAddress(f"{name}@example.com"),)))) for name in "ab"]
    sends = {"b": [Send(at(2026, 7, 1), "email")]}
    decide = Decide("email", at=at(2026, 7, 2), regime="can_spam", timing=[FrequencyCap(1, timedelta(days=7))], sends=sends)
    answers = decide(rows)
    assert answers.allowed == [True, False]
    assert answers.not_before == [None, at(2026, 7, 8)]


def test_a_text_that_is_no_column_is_refused() -> None:
    with pytest.raises(InputError, match="no column"):
        Decide("email", at=at(2026, 7, 2))([("1", "")])


@pytest.mark.parametrize(
    "make",
    [
        lambda: QuietHours(time(21), time(8), zone="Mars/Base"),
        lambda: QuietHours(time(21), time(8), days=(7,)),
        lambda: QuietHours(time(21), time(8), channels=("smoke",)),
        lambda: FrequencyCap(0, timedelta(days=1)),
        lambda: FrequencyCap(1, timedelta(0)),
    ],
)
def test_policies_that_make_no_sense_are_refused(make: object) -> None:
    with pytest.raises(ConfigError):
        make()  # type: ignore[operator]


def test_the_words_say_when_it_may_be() -> None:
    held = hold_back(YES, BERLIN, "email", at=at(2026, 7, 1, 21), policies=[NIGHT])
    assert "not before 2026-07-02T06:00:00+00:00" in explain(held)
