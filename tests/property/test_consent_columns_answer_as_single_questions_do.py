"""A campaign over columns gets the answers that `may_contact` gives for each contact alone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact.consent import Decide, QuietHours, consent_column, hold_back, may_contact
from canonical_contact.consent.regimes import REGIMES
from canonical_contact.model import (
    Channel,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    EmailStatus,
    PhoneNumber,
    PostalAddress,
    Restriction,
    Suppression,
    SuppressionKind,
)

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
times = st.one_of(st.none(), st.integers(-1500, 40).map(lambda days: NOW + timedelta(days=days)), st.just(NOW))
addresses = st.sampled_from(
    [
        "ana@example.com",
        "Ana@example.com",
        "an.a+x@gmail.com",
        "ana@gmail.com",
        "ana@googlemail.com",
        "ben@example.org",
        "a\x1fb@example.org",
    ]
)
numbers = st.sampled_from(["+49301234567", "+4930123456712", "+4930123456713", "+12015550123"])
endpoints = st.one_of(st.just(""), addresses, numbers)
channels = st.sampled_from([Channel.EMAIL, Channel.SMS, Channel.VOICE_LIVE, Channel.VOICE_AUTOMATED, Channel.POST])
ids = st.sampled_from(["e1", "e2", "e3", "e4"])

records = st.builds(
    ConsentRecord,
    channels,
    st.sampled_from(["marketing", "any", "service"]),
    st.sampled_from(list(ConsentState)),
    st.sampled_from(["", "brand"]),
    resume_state=st.one_of(st.none(), st.sampled_from(list(ConsentState))),
    strength=st.sampled_from(["", "single", "double", "written"]),
    endpoint=endpoints,
    legal_basis=st.sampled_from(["", "purchase", "existing_customer", "inquiry", "soft_opt_in"]),
    effective_at=times,
    expires_at=times,
    reason=st.sampled_from(["", "legacy_import", "complaint", "words of a host"]),
    events=st.lists(ids, max_size=2, unique=True).map(tuple),
    lifted_by=st.one_of(st.just(""), ids),
)
blocks = st.builds(
    Suppression,
    st.sampled_from(list(SuppressionKind)),
    channels,
    endpoints,
    times,
    ids,
    st.just("s:1"),
    st.sampled_from(["", "shared_endpoint", "words of a host"]),
    st.sampled_from([(), (), ("marketing",), ("marketing@brand",), ("marketing", "service@brand")]),
)
contacts = st.builds(
    Contact,
    contact_id=st.just("1"),
    emails=st.lists(
        st.builds(EmailAddress, addresses, st.one_of(st.just(""), addresses), status=st.sampled_from(list(EmailStatus))),
        max_size=2,
    ).map(tuple),
    phones=st.lists(
        st.builds(PhoneNumber, numbers, st.sampled_from(["", "12"]), st.sampled_from(["DE", "US", ""])), max_size=2
    ).map(tuple),
    addresses=st.lists(
        st.builds(
            PostalAddress,
            country_code=st.sampled_from(["DE", "US", "CA", "GB", "", "ZW"]),
            country=st.sampled_from(["", "Nowhere"]),
            region=st.sampled_from(["", "California", "NV"]),
            postcode=st.sampled_from(["", "94110"]),
        ),
        max_size=2,
    ).map(tuple),
    restrictions=st.one_of(st.just(()), st.sampled_from(list(Restriction)).map(lambda one: (one,))),
    deleted=st.sampled_from([False, False, False, True]),
    time_zone=st.sampled_from(["", "Asia/Tokyo"]),
    consent=st.lists(records, max_size=4).map(tuple),
    suppressions=st.one_of(st.just(()), st.lists(blocks, max_size=3).map(tuple)),
)


@settings(max_examples=300)
@given(
    st.lists(contacts, min_size=1, max_size=6),
    st.sampled_from(["email", "sms", "voice", "voice_live", "post"]),
    st.sampled_from(["marketing", "service"]),
    st.sampled_from(["auto", *REGIMES.by_id]),
    st.sampled_from([None, "", "brand"]),
    st.sampled_from(["blocking_first", "latest_subject_act"]),
    st.booleans(),
)
def test_columns_equal_single_answers(
    people: list[Contact], channel: str, purpose: str, regime: str, controller: str | None, policy: str, by_night: bool
) -> None:
    quiet = (QuietHours(time(21), time(8)),) if by_night else ()
    decide = Decide(channel, purpose, at=NOW, regime=regime, controller=controller, policy=policy, timing=quiet)
    rows = [(str(place), consent_column(person)) for place, person in enumerate(people)]
    got = [answer for _, answer in decide(rows).permissions()]
    for person, answer in zip(people, got, strict=True):
        alone = may_contact(person, channel, purpose, at=NOW, regime=regime, controller=controller, policy=policy)
        assert answer == hold_back(alone, person, channel, purpose, at=NOW, policies=quiet)


@given(contacts, st.lists(st.tuples(st.integers(-900, 900), st.text(alphabet="bcd", min_size=1)), min_size=1, max_size=6))
def test_contacts_of_one_shape_get_their_own_literals(person: Contact, copies: list[tuple[int, str]]) -> None:
    from attrs import evolve

    def moved(days: int, word: str) -> Contact:
        def shift(moment: datetime | None) -> datetime | None:
            return moment and moment + timedelta(days=days)

        def other(endpoint: str) -> str:
            return endpoint.replace("example", f"example-{word}")

        return evolve(
            person,
            emails=tuple(evolve(email, address=other(email.address), key=other(email.key)) for email in person.emails),
            consent=tuple(
                evolve(
                    one,
                    endpoint=other(one.endpoint),
                    effective_at=shift(one.effective_at),
                    expires_at=shift(one.expires_at),
                    events=tuple(word + event for event in one.events),
                )
                for one in person.consent
            ),
            suppressions=tuple(
                evolve(one, endpoint=other(one.endpoint), since=shift(one.since), event_id=word + one.event_id)
                for one in person.suppressions
            ),
        )

    people = [moved(days, word) for days, word in copies]
    for channel in ("email", "voice"):
        decide = Decide(channel, at=NOW, regime="casl")
        got = decide([(str(place), consent_column(one)) for place, one in enumerate(people)])
        assert [answer for _, answer in got.permissions()] == [may_contact(one, channel, at=NOW, regime="casl") for one in people]
