"""Whatever the other records say, in any order and grouping, one refusal blocks its channel, also for who shares the endpoint."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact import merge
from canonical_contact.consent import blocks_endpoint, channels_of, events_of, fold, holds_of, may_contact
from canonical_contact.consent.regimes import REGIMES
from canonical_contact.model import (
    Card,
    Channel,
    ConsentEvidence,
    Contact,
    EmailAddress,
    EmailStatus,
    EvidenceKind,
    PhoneNumber,
    PostalAddress,
    Restriction,
    SourceRecord,
)

NOW = datetime(2026, 7, 1, tzinfo=UTC)
MAIL, PHONE = EmailAddress("ana@example.com"), PhoneNumber("+493012345678", country_code="DE")
SHARED = Card(emails=(MAIL,), phones=(PHONE,), addresses=(PostalAddress(country_code="DE"),))
CARDS = [
    SHARED,
    Card(emails=(EmailAddress("work@example.org"),)),
    Card(emails=(MAIL, EmailAddress("work@example.org")), phones=(PHONE, PhoneNumber("+12015550123", country_code="US"))),
    Card(),
]
CHANNELS = ["email", "sms", "voice", "voice_live", "voice_automated", "fax", "post", "messaging", "push", "ads", "any"]
BLOCKS = [EvidenceKind.OPT_OUT, EvidenceKind.COMPLAINT, EvidenceKind.UNMAPPED_OPT_OUT]
times = st.one_of(st.none(), st.integers(0, 900).map(lambda day: NOW - timedelta(days=day)))


def shown(kinds: list[EvidenceKind], channels: list[str]) -> st.SearchStrategy[ConsentEvidence]:
    return st.builds(
        ConsentEvidence,
        kind=st.sampled_from(kinds),
        channel=st.sampled_from(channels),
        purpose=st.sampled_from(["marketing", "any"]),
        at=times,
        raw=st.sampled_from(["", "true", "STOP"]),
        column=st.sampled_from(["", "Newsletter", "Notes"]),
        started_at=times,
        reason=st.sampled_from(["", "SPAM", "Legitimate interest", "free_text_note"]),
    )


def record(number: int, card: Card, evidence: list[ConsentEvidence]) -> SourceRecord:
    return SourceRecord(f"s:{number}", "s", str(number), str(number), "f.csv", 1, card, evidence=tuple(evidence))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[SourceRecord], str, int]:
    """Some records of one person, of which one refuses a channel; the channel; the refusing record's place."""
    channel = draw(st.sampled_from(CHANNELS))
    anything = st.lists(shown(list(EvidenceKind), CHANNELS), max_size=4)
    records = [record(n, draw(st.sampled_from(CARDS)), draw(anything)) for n in range(draw(st.integers(1, 4)))]
    place = draw(st.integers(0, len(records) - 1))
    block = draw(shown(BLOCKS, [channel]))
    records[place] = record(place, SHARED, [*records[place].evidence, block])
    return records, channel, place


def golden(records: list[SourceRecord], card: Card | None = None) -> Card:
    cards = [card] if card else [one.card for one in records]
    return Card(
        emails=tuple(dict.fromkeys(mail for one in cards for mail in one.emails)),
        phones=tuple(dict.fromkeys(phone for one in cards for phone in one.phones)),
        addresses=SHARED.addresses,
    )


@given(worlds(), st.randoms(use_true_random=False))
def test_a_refusal_in_any_record_denies_its_channel_under_every_regime(
    world: tuple[list[SourceRecord], str, int], random: Random
) -> None:
    records, channel, place = world
    events = [event for one in records for event in events_of(one)]
    holds = [hold for one in records for hold in holds_of(one)]
    random.shuffle(events)
    card = golden(records)
    folded = fold(events, holds)
    person = Contact(
        contact_id="1",
        emails=card.emails,
        phones=card.phones,
        addresses=card.addresses,
        consent=folded.records,
        suppressions=folded.suppressions,
    )
    refused = [f"{one}" for one in channels_of(channel)]
    for one in {*refused, *(["voice"] if channel == "voice" else [])}:
        for regime in ("auto", *REGIMES.by_id):
            assert not may_contact(person, one, at=NOW, regime=regime)
            assert not may_contact(person, one, at=NOW, regime=regime, endpoint=MAIL.address)
            assert not may_contact(person, one, at=NOW, regime=regime, endpoint=PHONE.number)

    # A stranger who shares only the endpoint, with the best consent of their own.
    refusing = records[place]
    own = record(9, SHARED, [ConsentEvidence(EvidenceKind.CONFIRMED_OPT_IN, "any", at=NOW, started_at=NOW - timedelta(days=1))])
    foreign = [event for event in events_of(refusing) if blocks_endpoint(event)]
    theirs = fold(events_of(own), foreign=[*foreign, *holds_of(refusing)])
    stranger = Contact(
        contact_id="2",
        emails=SHARED.emails,
        phones=SHARED.phones,
        addresses=SHARED.addresses,
        consent=theirs.records,
        suppressions=theirs.suppressions,
    )
    for one in refused:
        answer = may_contact(stranger, one, at=NOW)
        if one in ("post", "push", "ads"):  # no endpoint is shared there
            assert answer.allowed
        else:
            assert not answer.allowed
            assert "shared_endpoint" in answer.reasons


FORBIDDING = [Restriction.FORGET, Restriction.DO_NOT_PROCESS, Restriction.DO_NOT_SOLICIT]
cards = st.sampled_from(CARDS)


@given(
    st.lists(st.builds(record, st.integers(0, 9), cards, st.lists(shown(list(EvidenceKind), CHANNELS), max_size=3)), max_size=3),
    st.sampled_from(FORBIDDING),
    st.sampled_from(CHANNELS[:-1]),
    st.sampled_from(["marketing", "service", "transactional"]),
    st.randoms(use_true_random=False),
)
def test_what_one_record_forbids_denies_every_channel_and_purpose(
    others: list[SourceRecord], restriction: Restriction, channel: str, purpose: str, random: Random
) -> None:
    forbidding = record(99, evolve(SHARED, restrictions=(restriction,)), [])
    records = [*({one.key: one for one in others}.values()), forbidding]
    random.shuffle(records)
    events = [event for one in records for event in events_of(one)]
    person = merge.fold(records, contact_id="1", events=events)
    for regime in ("auto", *REGIMES.by_id):
        answer = may_contact(person, channel, purpose, at=NOW, regime=regime)
        assert not answer.allowed
        assert answer.reasons[0] == "restricted"

    # The ledger knows it, too: the field may go from a later version of the record, the refusal stays, also for who shares an endpoint.
    without = evolve(person, restrictions=())
    assert not may_contact(without, channel, purpose, at=NOW, regime="can_spam")
    stranger = merge.fold(
        [record(7, SHARED, [])], contact_id="2", foreign=[e for e in events_of(forbidding) if blocks_endpoint(e)]
    )
    for one in set(channels_of(channel)) - {Channel.POST, Channel.PUSH, Channel.ADS}:  # no endpoint is shared there
        assert "shared_endpoint" in may_contact(stranger, one, purpose, at=NOW, regime="can_spam").reasons


@given(st.lists(cards, min_size=1, max_size=4), st.sampled_from(["email", "sms", "voice", "post"]), st.booleans())
def test_who_is_deleted_at_every_source_is_not_contacted(own: list[Card], channel: str, whole: bool) -> None:
    records = [record(n, evolve(card, deleted=whole or n > 0), []) for n, card in enumerate(own)]
    answer = may_contact(merge.fold(records, contact_id="1"), channel, at=NOW, regime="can_spam")
    assert (answer.reasons == ("deleted",)) is whole


@given(st.lists(cards, max_size=3), st.sampled_from([EmailStatus.BAD, EmailStatus.BOUNCED, EmailStatus.QUARANTINED]), times)
def test_an_address_that_does_not_work_is_not_written_to(others: list[Card], status: EmailStatus, at: datetime | None) -> None:
    broken = evolve(SHARED, emails=(evolve(MAIL, status=status),))
    grant = ConsentEvidence(EvidenceKind.CONFIRMED_OPT_IN, "email", at=NOW, started_at=NOW - timedelta(days=1))
    records = [record(0, broken, [grant]), *(record(n, card, [grant]) for n, card in enumerate(others, 1))]
    records[0] = evolve(records[0], observed_at=at)
    person = merge.fold(records, contact_id="1", events=[event for one in records for event in events_of(one)])
    for regime in ("auto", *REGIMES.by_id):
        assert not may_contact(person, "email", at=NOW, regime=regime, endpoint=MAIL.address)
