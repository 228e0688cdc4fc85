"""Law: whatever a contact holds, its preference centre can be shown, a no is open on every entry that is not erased and is never locked,
and to send back what stands makes no event.
"""

from __future__ import annotations

from datetime import UTC, datetime

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canonical_contact.consent import fold, may_contact
from canonical_contact.consent.preferences import LOCKS, STOP, Answer, PreferenceView, Topic, apply_choices, preferences
from canonical_contact.model import Channel, ConsentEvent, Contact, EmailAddress, EventType, SuppressionKind
from canonical_contact.schema import from_json, to_json
from property_strategies import contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
TOPICS = [Topic(channel, purpose, house) for channel in Channel for purpose in ("marketing", "news") for house in ("", "brand-a")]
GIVING = {EventType.OPT_IN, EventType.OPT_IN_UNCONFIRMED}


def folded(events: list[ConsentEvent]) -> Contact:
    consent = fold(events)
    ana = EmailAddress("ana@example.org")
    return Contact(contact_id="c1", emails=(ana,), consent=consent.records, suppressions=consent.suppressions)


EVENTS = st.lists(
    st.builds(
        ConsentEvent,
        st.uuids().map(str),
        st.sampled_from([kind for kind in EventType if kind is not EventType.ERASE]),
        st.just(Channel.EMAIL),
        purpose=st.sampled_from(["marketing", "news", "any"]),
        controller=st.sampled_from(["", "brand-a"]),
        record=st.sampled_from(["crm:1", "crm:2"]),
        endpoint=st.sampled_from(["", "ana@example.org", "gil@example.org"]),
        effective_at=st.one_of(st.none(), st.datetimes(datetime(2025, 1, 1), datetime(2026, 6, 30), timezones=st.just(UTC))),  # noqa: DTZ001
        actor=st.sampled_from(["subject", "system"]),
        legal_basis=st.sampled_from(["", "purchase"]),
        suppression=st.sampled_from([None, *SuppressionKind]),
        expires_at=st.sampled_from([None, datetime(2026, 5, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC)]),
    ),
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(EVENTS)
def test_a_choice_is_what_is_seen_afterwards(events: list[ConsentEvent]) -> None:
    topics = TOPICS[:4]  # by e-mail
    contact = folded(events)
    view = preferences(contact, at=NOW, topics=topics, regime="can_spam")
    for entry in view.preferences:
        refused = apply_choices(view, {entry.key: "no"}, at=NOW)
        after = preferences(
            folded([*events, *(evolve(event, record="crm:1") for event in refused)]), at=NOW, topics=topics, regime="can_spam"
        ).preferences[entry.topic]
        assert (after.answer, after.allowed) == (Answer.NO, False)
        asked = (contact, entry.channel, entry.purpose)
        denied = not may_contact(*asked, at=NOW, regime="can_spam", controller=entry.controller or None).allowed
        assert denied is not entry.allowed
        assert not (entry.answer is Answer.NO and entry.allowed)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(contacts, st.sampled_from(["auto", "can_spam", "gdpr_eprivacy"]))
def test_choices_that_change_nothing_make_no_event(contact: Contact, regime: str) -> None:
    view = preferences(contact, at=NOW, topics=TOPICS, regime=regime)
    assert from_json(PreferenceView, to_json(view)) == view
    standing = {
        entry.key: "no" if entry.answer is Answer.NO else "yes"
        for entry in view.preferences
        if entry.answer is not Answer.UNSET and entry.choices
    }
    assert apply_choices(view, standing, at=NOW) == ()
    for entry in view.preferences:
        assert entry.locked in ("", *LOCKS)
        assert (entry.choices == ()) is (entry.locked == "erased")
        if not entry.choices:
            continue
        refused = apply_choices(view, {entry.key: "no"}, at=NOW)
        assert len(refused) == (entry.answer is not Answer.NO)
        if not entry.locked:
            given_ = [event for event in apply_choices(view, {entry.key: "yes"}, at=NOW) if event.type in GIVING]
            assert len(given_) == (entry.answer in (Answer.NO, Answer.UNSET))
    stopped = apply_choices(view, {STOP: STOP}, at=NOW)
    assert not GIVING & {event.type for event in stopped}
    assert {event.channel for event in stopped if event.type is EventType.WITHDRAW} == set(view.open)
