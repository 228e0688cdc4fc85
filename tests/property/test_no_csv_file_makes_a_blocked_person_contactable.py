"""Law: who must not be contacted must not be after a way through any preset's file, and no file turns anything into a grant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.consent import events_of, fold, holds_of, may_contact
from canonical_contact.consent.regimes import REGIMES
from canonical_contact.consent.states import BLOCKING
from canonical_contact.formats import PRESET_NAMES
from canonical_contact.formats import _write_consent as own
from canonical_contact.model import (
    Channel,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    EmailStatus,
    Name,
    PhoneNumber,
    PostalAddress,
    Restriction,
    Suppression,
    SuppressionKind,
)
from csv_worlds import contact_of, written_and_read

NOW = datetime(2026, 7, 1, tzinfo=UTC)
EMAILS = ("ana@example.com", "ana.w@example.org", "third@example.net")
PHONES = ("+493012345678", "+14155552671")
PURPOSES = ("marketing", "service", "newsletter")
# The most lenient rules and the strictest: what is denied under either must be denied after the file, too.
RULES = ("auto", *REGIMES.by_id)
endpoints = st.sampled_from(["", "", *EMAILS, *PHONES, "~12345678", "gone@example.com"])
times = st.none() | st.integers(0, 900).map(lambda day: NOW - timedelta(days=day, seconds=day))
states = st.sampled_from(list(ConsentState))
records = st.builds(
    ConsentRecord,
    channel=st.sampled_from(Channel),
    purpose=st.sampled_from(["any", *PURPOSES]),
    state=states,
    controller=st.sampled_from(["", "", "brand"]),
    resume_state=st.none() | states,
    strength=st.sampled_from(["", "single", "double"]),
    endpoint=endpoints,
    effective_at=times,
    expires_at=st.sampled_from([None, None, NOW - timedelta(days=1), NOW + timedelta(days=1)]),
    reason=st.sampled_from(["", "complaint", "free_text_note"]),
    events=st.just(("e1",)),
)
blocks = st.builds(
    Suppression,
    kind=st.sampled_from(SuppressionKind),
    channel=st.sampled_from(Channel),
    endpoint=endpoints,
    since=times,
    reason=st.sampled_from(["", "shared_endpoint"]),
)
emails = st.lists(st.sampled_from(EMAILS), unique=True, max_size=3).flatmap(
    lambda held: st.tuples(
        *(
            st.builds(EmailAddress, st.just(one), st.just(one), contexts=st.sampled_from([(), ("work",)]), status=st.sampled_from([*[EmailStatus.UNKNOWN] * 4, *EmailStatus]))
            for one in held
        )
    )
)  # fmt: skip
people = st.builds(
    Contact,
    contact_id=st.just("019f1af9-b400-7708-9871-081bf9502cb8"),
    name=st.just(Name("Ana Lopez", given="Ana", surname="Lopez")),
    emails=emails,
    phones=st.lists(st.sampled_from(PHONES), unique=True, max_size=2).map(lambda held: tuple(PhoneNumber(one) for one in held)),
    addresses=st.sampled_from([(), (PostalAddress(street="1 Main St", locality="Austin", country_code="US"),)]),
    consent=st.lists(records, max_size=4).map(tuple),
    suppressions=st.lists(blocks, max_size=2).map(tuple),
    restrictions=st.lists(st.sampled_from(Restriction), unique=True, max_size=1).map(tuple),
    updated_at=times,
)


@pytest.mark.parametrize("preset", PRESET_NAMES)
@given(contact=people)
def test_through_the_file(preset: str, contact: Contact) -> None:
    _, read = written_and_read(contact, preset, at=NOW)
    for record in read:
        folded = fold(events_of(record), holds_of(record))
        back = contact_of(record, consent=folded.records, suppressions=folded.suppressions)
        for channel in ("voice", *Channel):
            held = [one.number for one in back.phones] if channel != Channel.EMAIL else [one.address for one in back.emails]
            for purpose in PURPOSES:
                for rules in RULES:
                    for endpoint in (None, *held):
                        after = may_contact(back, channel, purpose, at=NOW, regime=rules, endpoint=endpoint)
                        if not after.allowed:
                            continue
                        before = may_contact(
                            contact, channel, purpose, at=NOW, regime=rules, endpoint=endpoint or after.endpoint or None
                        )
                        assert before.allowed or before.remedy != "nothing", (channel, purpose, before, after)
                        if "express_consent" in after.reasons:
                            assert "express_consent" in before.reasons


def test_the_states_that_block_are_the_machine_s() -> None:
    assert own.BLOCKING == BLOCKING
