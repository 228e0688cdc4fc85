"""What a record shows becomes ledger events: refusals always, permissions as far as they are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from canonical_contact.consent import COUPLINGS, Cause, blocks_endpoint, channels_of, endpoint_keys, events_of, holds_of
from canonical_contact.errors import ConfigError
from canonical_contact.model import (
    Card,
    Channel,
    ConsentEvidence,
    EmailAddress,
    EvidenceKind,
    PhoneNumber,
    PostalAddress,
    SourceRecord,
    SuppressionKind,
    Verification,
    VerificationStatus,
)

T0 = datetime(2026, 1, 1, tzinfo=UTC)
CARD = Card(
    emails=(EmailAddress("A.na@example.com", key="ana@example.com"), EmailAddress("work@example.org")),
    phones=(PhoneNumber("+493012345678"),),
)


def record(*evidence: ConsentEvidence, card: Card = CARD, key: str = "crm:1") -> SourceRecord:
    return SourceRecord(key, "crm", key.split(":")[1], "1", "crm.csv", 2, card, evidence=evidence)


def told(*evidence: ConsentEvidence, card: Card = CARD) -> list[tuple[str, str, str]]:
    return [(str(event.type), str(event.channel), event.endpoint) for event in events_of(record(*evidence, card=card))]


def test_an_opt_out_withdraws_for_the_person_and_blocks_every_endpoint() -> None:
    assert told(ConsentEvidence(EvidenceKind.OPT_OUT, "email")) == [
        ("withdraw", "email", ""),
        ("suppress", "email", "ana@example.com"),
        ("suppress", "email", "work@example.org"),
    ]


def test_an_opt_out_without_any_endpoint_still_counts_for_the_person() -> None:
    assert told(ConsentEvidence(EvidenceKind.OPT_OUT, "sms"), card=Card()) == [("withdraw", "sms", "")]


def test_voice_is_both_voices_and_any_is_every_channel() -> None:
    assert {channel for _, channel, _ in told(ConsentEvidence(EvidenceKind.OPT_OUT, "voice"))} == {
        "voice_live",
        "voice_automated",
    }
    events = told(ConsentEvidence(EvidenceKind.OPT_OUT, "any", purpose="any"))
    assert {channel for kind, channel, _ in events if kind == "withdraw"} == {str(channel) for channel in Channel}


def test_a_complaint_withdraws_and_suppresses() -> None:
    events = events_of(record(ConsentEvidence(EvidenceKind.COMPLAINT, "email", at=T0, reason="SPAM")))
    assert [str(event.type) for event in events] == ["complaint", "suppress", "suppress"]
    assert {event.suppression for event in events[1:]} == {SuppressionKind.COMPLAINT}
    assert all(blocks_endpoint(event) for event in events[1:])
    assert not blocks_endpoint(events[0])


def test_a_bounce_is_about_the_endpoint_alone() -> None:
    bounce = ConsentEvidence(EvidenceKind.BOUNCE, "email", at=T0)
    assert told(bounce) == [("suppress", "email", "ana@example.com")]
    failed = Verification(VerificationStatus.FAILED, "bounce", T0)
    card = Card(emails=(CARD.emails[0], evolve(CARD.emails[1], verification=failed)))
    assert told(bounce, card=card) == [("suppress", "email", "work@example.org")]
    assert told(bounce, card=Card()) == []


def test_a_confirmed_opt_in_makes_both_steps_at_the_first_endpoint() -> None:
    shown = ConsentEvidence(EvidenceKind.CONFIRMED_OPT_IN, "email", at=T0 + timedelta(hours=1), started_at=T0)
    first, second = events_of(record(shown))
    assert (first.type, first.effective_at, first.endpoint) == ("opt_in_unconfirmed", T0, "ana@example.com")
    assert (second.type, second.effective_at, second.method) == ("confirm", T0 + timedelta(hours=1), "double_opt_in")
    assert {first.actor, second.actor} == {"system"}  # a report of the person's act, which lifts no refusal


@pytest.mark.parametrize(
    ("shown", "kind", "reason"),
    [
        (ConsentEvidence(EvidenceKind.CONFIRMED_OPT_IN, "email", at=T0), "opt_in", ""),  # one step is not on record
        (ConsentEvidence(EvidenceKind.CONFIRMED_OPT_IN, "email", started_at=T0), "import_legacy", "legacy_import"),
        (
            ConsentEvidence(EvidenceKind.CONFIRMED_OPT_IN, "email", at=T0, started_at=T0 + timedelta(days=1)),
            "import_legacy",
            "legacy_import",
        ),
        (ConsentEvidence(EvidenceKind.OPT_IN, "email", at=T0), "opt_in", ""),
        (ConsentEvidence(EvidenceKind.OPT_IN, "email"), "import_legacy", "legacy_import"),
        (ConsentEvidence(EvidenceKind.CLAIMED_OPT_IN, "email", at=T0), "import_legacy", "legacy_import"),
        (ConsentEvidence(EvidenceKind.OPT_IN, "post", at=T0), "opt_in", ""),
        (ConsentEvidence(EvidenceKind.LEGAL_BASIS, "email", at=T0), "import_legacy", "legal_basis_claimed"),
    ],
)
def test_permissions_are_believed_as_far_as_they_are_shown(shown: ConsentEvidence, kind: str, reason: str) -> None:
    (event,) = events_of(record(shown))
    assert (str(event.type), event.reason) == (kind, reason)


def test_an_opt_in_without_an_endpoint_to_bind_it_to_is_a_claim() -> None:
    (event,) = events_of(record(ConsentEvidence(EvidenceKind.OPT_IN, "email", at=T0), card=Card()))
    assert (str(event.type), event.reason) == ("import_legacy", "no_endpoint")


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("Legitimate interest – existing customer", "legitimate_interest"),
        ("Performance of a contract", "contract"),
        ("Freely given consent from contact", "consent"),
        ("Not applicable", ""),
    ],
)
def test_a_claimed_legal_basis_is_kept_by_name(text: str, basis: str) -> None:
    (event,) = events_of(record(ConsentEvidence(EvidenceKind.LEGAL_BASIS, "email", raw=text)))
    assert (event.legal_basis, event.evidence) == (basis, text)


def test_what_is_not_mapped_holds_but_is_no_event() -> None:
    row = record(ConsentEvidence(EvidenceKind.UNMAPPED_OPT_OUT, "email", column="No mail", raw="x"))
    assert events_of(row) == ()
    assert [(hold.kind, hold.endpoint) for hold in holds_of(row)] == [
        (SuppressionKind.UNMAPPED_OPT_OUT, ""),
        (SuppressionKind.UNMAPPED_OPT_OUT, "ana@example.com"),
        (SuppressionKind.UNMAPPED_OPT_OUT, "work@example.org"),
    ]
    assert holds_of(record(ConsentEvidence(EvidenceKind.OPT_OUT, "email"))) == ()


def test_ids_depend_on_the_content_alone() -> None:
    shown = ConsentEvidence(EvidenceKind.OPT_OUT, "email", at=T0, column="Unsubscribed", raw="true")
    early, late = events_of(record(shown), T0), events_of(record(shown), T0 + timedelta(days=1))
    assert [event.event_id for event in early] == [event.event_id for event in late]
    assert early[0].recorded_at == T0
    assert len({event.event_id for event in early}) == 3
    assert events_of(record(shown, shown)) == events_of(record(shown))
    for other in (evolve(shown, raw="yes"), evolve(shown, column="Other"), evolve(shown, purpose="any"), evolve(shown, at=None)):
        assert events_of(record(other))[0].event_id != early[0].event_id
    elsewhere = events_of(SourceRecord("crm:2", "crm", "2", "2", "crm.csv", 3, CARD, evidence=(shown,)))
    assert elsewhere[0].event_id != early[0].event_id


def test_endpoints_are_what_consent_is_bound_to() -> None:
    assert endpoint_keys(CARD, Channel.EMAIL) == ("ana@example.com", "work@example.org")
    assert endpoint_keys(CARD, Channel.FAX) == ("+493012345678",)
    assert endpoint_keys(CARD, Channel.POST) == ()
    twice = Card(emails=(EmailAddress("a.na@example.com", key="k"), EmailAddress("ana@example.com", key="k")))
    assert endpoint_keys(twice, Channel.EMAIL) == ("k",)


def test_an_unknown_channel_is_named_with_the_legal_ones() -> None:
    with pytest.raises(ConfigError, match="voice_live"):
        channels_of("telegraph")


def test_every_cause_has_its_effects() -> None:
    assert set(COUPLINGS) == set(Cause)
    assert {cause: [str(effect.type) for effect in effects] for cause, effects in COUPLINGS.items()} == {
        Cause.HARD_BOUNCE: ["suppress"],
        Cause.OPT_OUT: ["withdraw", "suppress"],
        Cause.REFUSAL: ["decline", "suppress"],
        Cause.COMPLAINT: ["complaint", "suppress"],
        Cause.CONFIRMATION: ["confirm", "unsuppress"],
        Cause.ERASURE: ["erase"],
    }


def test_a_permission_from_a_file_says_which_consent_it_is_where_it_stands_and_whose_law_held() -> None:
    card = evolve(CARD, addresses=(PostalAddress(country_code="DE"),), phones=())
    double = ConsentEvidence(EvidenceKind.CONFIRMED_OPT_IN, "email", "newsletter", T0, started_at=T0)
    first, second = (event.proof for event in events_of(record(double, card=card)))
    assert first is not None
    assert second is not None
    assert (first.consent_id, first.captured_at, first.jurisdiction) == (second.consent_id, "crm.csv:2", "DE")
    assert (bool(first.consent_id), first.confirmed_at, second.confirmed_at) == (True, None, T0)
    (other,) = events_of(record(ConsentEvidence(EvidenceKind.OPT_IN, "email", "events", T0), card=evolve(card, addresses=())))
    assert other.proof is not None
    assert (other.proof.consent_id == first.consent_id, other.proof.jurisdiction) == (False, "")
    assert all(event.proof is None for event in events_of(record(ConsentEvidence(EvidenceKind.OPT_OUT, "email"))))
