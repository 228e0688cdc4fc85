"""The fields of schema 1.1: each value with its claim, each text that is none with a problem and among the extensions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from canonical_contact.model import (
    AddressPart,
    Anniversary,
    Channel,
    ConsentEvidence,
    ContactKind,
    EmailStatus,
    EvidenceKind,
    ExternalId,
    NpsAnswer,
    Owner,
    OwnerRole,
    RawRecord,
    Restriction,
    Revenue,
    SourceRecord,
    VerificationStatus,
)
from canonical_contact.normalize import Normalizer


def record(values: dict[str, str], *evidence: ConsentEvidence) -> SourceRecord:
    columns = {path: f"Column of {path}" for path in values}
    raw = RawRecord("crm", "17", 3, "export.csv", 4, values, columns, dict(values), tuple(evidence))
    return Normalizer().record(raw, "crm:17", "17")


def claims(found: SourceRecord) -> dict[str, tuple[str, str]]:
    return {claim.path: (claim.value, claim.rule) for claim in found.claims}


def test_words_and_lists() -> None:
    found = record(
        {
            "kind": "Company",
            "grammatical_gender": "Feminine",
            "pronouns[0]": "she/her",
            "roles[0]": "Purchasing",
            "roles[1]": "Purchasing",
            "external_ids[0].id": " K-1 ",
            "external_ids[0].system": "erp",
            "preferred_channels[0]": "E-Mail; phone",
            "restrictions[0]": "do_not_profile",
            "restrictions[1]": "Do Not Process",
            "deleted": "TRUE",
        }
    )
    card = found.card
    assert (card.kind, card.grammatical_gender, card.pronouns, card.roles) == (
        ContactKind.ORG,
        "feminine",
        ("she/her",),
        ("Purchasing",),
    )
    assert card.external_ids == (ExternalId("erp", "K-1"),)
    assert card.preferred_channels == (Channel.EMAIL, Channel.VOICE_LIVE)
    assert card.restrictions == (Restriction.DO_NOT_PROFILE, Restriction.DO_NOT_PROCESS)
    assert card.deleted
    assert found.problems == ()
    assert claims(found) == {
        "$.kind": ("org", "word/1"),
        "$.grammatical_gender": ("feminine", "word/1"),
        "$.pronouns[0]": ("she/her", "text/2"),
        "$.roles[0]": ("Purchasing", "text/2"),
        "$.external_ids[0]": ("erp:K-1", "text/2"),
        "$.preferred_channels[0]": ("email", "word/1"),
        "$.preferred_channels[1]": ("voice_live", "word/1"),
        "$.restrictions[0]": ("do_not_profile", "word/1"),
        "$.restrictions[1]": ("do_not_process", "word/1"),
        "$.deleted": ("true", "word/1"),
    }


@pytest.mark.parametrize("text", ["false", "0", "no", "nein", ""])
def test_not_deleted(text: str) -> None:
    found = record({"deleted": text})
    assert (found.card.deleted, found.problems, found.claims) == (False, (), ())


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("kind", "robot", "kind.unknown"),
        ("grammatical_gender", "dual", "grammatical_gender.unknown"),
        ("deleted", "perhaps", "deleted.unknown"),
        ("preferred_channels[0]", "carrier pigeon", "channel.unknown"),
        ("restrictions[0]", "no parties", "restriction.unknown"),
        ("score", "many", "number.unreadable"),
        ("nps[0].score", "11", "nps.score_invalid"),
        ("nps[0].score", "7.5", "nps.score_invalid"),
        ("revenue.total", "a lot", "number.unreadable"),
        ("revenue.deals", "-1", "number.unreadable"),
        ("revenue.currency", "gold", "currency.unknown"),
        ("revenue.last_deal_at", "soon", "date.unreadable"),
        ("anniversaries[0].date", "soon", "date.unreadable"),
    ],
)
def test_what_cannot_be_read_is_named_and_kept(path: str, text: str, code: str) -> None:
    found = record({path: text})
    assert [(problem.code, problem.path, problem.raw) for problem in found.problems] == [(code, f"$.{path}", text)]
    assert found.problems[0].column == f"Column of {path}"
    assert found.card.extensions == {f"crm.Column of {path}": text}
    assert found.claims == ()


def test_a_restriction_that_is_not_known_blocks_as_an_unmapped_opt_out_does() -> None:
    (shown,) = record({"restrictions[0]": "no parties"}).evidence
    assert (shown.kind, shown.channel, shown.purpose) == (EvidenceKind.UNMAPPED_OPT_OUT, "any", "any")


def test_a_word_for_deleted_that_says_neither_yes_nor_no_blocks_until_a_person_has_looked() -> None:
    for text in ("perhaps", "2026-06-30"):
        (shown,) = record({"deleted": text}).evidence
        assert (shown.kind, shown.channel, shown.purpose) == (EvidenceKind.UNMAPPED_OPT_OUT, "any", "any")


@pytest.mark.parametrize("broken", [0, 1])
@pytest.mark.parametrize("told", [{"status": "bounced"}, {"bounced": "yes"}])
def test_an_address_that_stands_twice_is_as_broken_as_the_worse_of_the_two(broken: int, told: dict[str, str]) -> None:
    values = {"emails[0].address": "ana@example.org", "emails[1].address": "Ana@example.org", "emails[2].address": "a@x.es"}
    found = record({**values, **{f"emails[{broken}].{part}": text for part, text in told.items()}})
    assert [(str(one.status), str(one.verification.status)) for one in found.card.emails] == [
        ("bounced", "failed"),
        ("unknown", "unverified"),
    ]


def test_owners() -> None:
    found = record({"owner": "b.osei", "owners.enrichment": "data team", "owners.consent_queries": "legal"})
    assert found.card.owners == (
        Owner(OwnerRole.RECORD, "b.osei"),
        Owner(OwnerRole.ENRICHMENT, "data team"),
        Owner(OwnerRole.CONSENT_QUERIES, "legal"),
    )
    assert {"$.owner", "$.owners[0]", "$.owners[1]", "$.owners[2]"} == set(claims(found))


def test_numbers() -> None:
    found = record(
        {
            "score": "42,5",
            "nps[0].score": "9",
            "nps[0].at": "2025-03-01",
            "nps[1].score": "7",
            "revenue.total": "1.250,00 €",
            "revenue.deals": "3",
            "revenue.first_deal_at": "2024-01-02",
            "revenue.last_deal_amount": "300",
        }
    )
    card = found.card
    assert card.score == 42.5
    assert card.nps == (NpsAnswer(7), NpsAnswer(9, datetime(2025, 3, 1, tzinfo=UTC)))
    assert card.revenue == Revenue(1250.0, "EUR", 3, datetime(2024, 1, 2, tzinfo=UTC), None, 300.0)
    assert found.problems == ()
    assert set(claims(found)) == {"$.score", "$.nps[0]", "$.nps[1]", "$.revenue"}


def test_anniversaries() -> None:
    found = record(
        {
            "anniversaries[0].date": "30.06.2001",
            "anniversaries[0].label": "Anniversary",
            "anniversaries[1].date": "--11-02",
            "anniversaries[1].kind": "death",
            "anniversaries[2].date": "2019-05-01",
            "anniversaries[2].label": "First contract",
            "anniversaries[3].date": "0/0/00",
        }
    )
    assert found.card.anniversaries == (
        Anniversary("2001-06-30", "wedding", "Anniversary"),
        Anniversary("--11-02", "death"),
        Anniversary("2019-05-01", "", "First contract"),
    )
    assert (found.card.extensions, found.problems) == ({}, ())


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("bad", EmailStatus.BAD),
        ("Bounced", EmailStatus.BOUNCED),
        ("quarantined,bad", EmailStatus.BAD),
        ("valid", EmailStatus.OK),
        ("unknown", EmailStatus.UNKNOWN),
        ("false", EmailStatus.UNKNOWN),
    ],
)
def test_the_status_of_an_address(words: str, status: EmailStatus) -> None:
    (email,) = record({"emails[0].address": "a@example.org", "emails[0].status": words}).card.emails
    assert email.status is status
    broken = status in (EmailStatus.BAD, EmailStatus.BOUNCED, EmailStatus.QUARANTINED)
    assert (email.verification.status is VerificationStatus.FAILED) is broken


def test_a_bounce_is_a_status() -> None:
    values = {"emails[0].address": "a@example.org", "emails[1].address": "b@example.org"}
    first, second = record(values, ConsentEvidence(EvidenceKind.BOUNCE, "email")).card.emails
    assert (first.status, second.status) == (EmailStatus.BOUNCED, EmailStatus.UNKNOWN)
    first, second = record(values | {"emails[1].bounced": "550"}).card.emails
    assert (first.status, second.status) == (EmailStatus.UNKNOWN, EmailStatus.BOUNCED)


def test_a_status_that_is_not_known() -> None:
    found = record({"emails[0].address": "a@example.org", "emails[0].status": "green"})
    assert found.card.emails[0].status is EmailStatus.UNKNOWN
    assert [problem.code for problem in found.problems] == ["email.status_unknown"]
    assert found.card.extensions == {"crm.Column of emails[0].status": "green"}


def test_names_with_all_their_parts() -> None:
    name = record(
        {
            "name.given": "Ana",
            "name.surname": "García",
            "name.surname2": "López",
            "name.generation": "Jr.",
            "name.credential": "PhD",
            "name.phonetic.given2": "マリア",
            "name.phonetic.system": "Kana",
        }
    ).card.name
    assert name is not None
    assert (name.surname, name.surname2, name.generation, name.credential) == ("García", "López", "Jr.", "PhD")
    assert (name.phonetic_given2, name.phonetic_system) == ("マリア", "Kana")


def test_a_reading_without_a_name_is_kept() -> None:
    assert record({"name.phonetic.given2": "マリア"}).card.extensions == {"crm.Column of name.phonetic.given2": "マリア"}


def test_addresses_with_finer_parts() -> None:
    found = record(
        {
            "addresses[0].part.name": "Hauptstraße",
            "addresses[0].part.number": "5",
            "addresses[0].part.apartment": "4b",
            "addresses[0].country": "DE",
            "addresses[0].coordinates": "geo:52.5,13.4",
            "addresses[0].time_zone": "Europe/Berlin",
            "addresses[0].pref": "1",
            "addresses[1].part.landmark": "behind the church",
            "addresses[2].street": "Weg 1",
            "addresses[2].part.number": "1",
        }
    )
    fine, landmark, both = found.card.addresses
    assert (fine.street, fine.extended, fine.country_code, fine.pref) == ("Hauptstraße 5", "4b", "DE", 1)
    assert fine.parts == (AddressPart("name", "Hauptstraße"), AddressPart("number", "5"), AddressPart("apartment", "4b"))
    assert (fine.coordinates, fine.time_zone) == ("geo:52.5,13.4", "Europe/Berlin")
    assert (landmark.full, landmark.parts) == ("behind the church", (AddressPart("landmark", "behind the church"),))
    assert (both.street, both.parts) == ("Weg 1", (AddressPart("number", "1"),))


def test_online_services() -> None:
    found = record(
        {
            "online_services[0].uri": "https://x.com/ana",
            "online_services[0].user": "ana",
            "online_services[0].label": "Work",
            "online_services[0].pref": "1",
            "online_services[1].user": "ana.lopez",
            "online_services[1].label": "Skype",
            "online_services[2].uri": "https://example.org",
            "online_services[2].label": "Work blog",
        }
    )
    first, second, third = found.card.online_services
    assert (first.service, first.user, first.contexts, first.label, first.pref) == ("x", "ana", ("work",), "", 1)
    assert (second.uri, second.user, second.label) == ("ana.lopez", "", "Skype")
    assert (third.contexts, third.label) == ((), "Work blog")
