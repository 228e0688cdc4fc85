from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from canonical_contact.errors import Severity
from canonical_contact.model import (
    ConsentEvidence,
    EvidenceKind,
    Lifecycle,
    LifecycleStage,
    Owner,
    OwnerRole,
    RawRecord,
    SourceRecord,
    StageChange,
    Verification,
    VerificationStatus,
)
from canonical_contact.normalize import Normalizer, Profile
from canonical_contact.normalize._memo import Memo


def record(
    values: dict[str, str], *, system: str = "hubspot", default_region: str = "", evidence: tuple[ConsentEvidence, ...] = ()
) -> SourceRecord:
    raw = RawRecord(
        system,
        "17",
        3,
        "export.csv",
        4,
        values,
        {path: f"Column of {path}" for path in values},
        dict(values),
        evidence,
    )
    return Normalizer(default_region).record(raw, f"{system}:17", "17")


def test_a_whole_record() -> None:
    found = record(
        {
            "name.given": "Dr. ANNA",
            "name.surname": "MÜLLER",
            "emails[0].address": "Anna.Mueller@Example.ORG",
            "phones[0].number": "089 1234567",
            "phones[0].label": "work",
            "phones[1].number": "0151 39335509",
            "phones[1].label": "mobile",
            "addresses[0].street": "Hauptstr. 5",
            "addresses[0].locality": "Dresden",
            "addresses[0].postcode": "1007",
            "addresses[0].country": "Deutschland",
            "organizations[0].name": "Nordlicht GmbH",
            "titles[0]": "Einkauf",
            "birthday": "12.07.1958",
            "lifecycle.stage": "marketingqualifiedlead",
            "lifecycle.status": "IN_PROGRESS",
            "owner": "a.keller",
            "created_at": "2021-08-15 12:26",
            "updated_at": "2025-05-10 09:01",
            "tags[0]": "VIP",
            "notes[0]": "first line\r\nsecond",
            "preferred_languages[0]": "Deutsch",
            "online_services[0].uri": "https://www.linkedin.com/in/anna",
            "extensions.Shoe size": "39",
            "same_as[0]": "salesforce_contact:003",
            "gender": "Unspecified",
        }
    )
    card = found.card
    assert card.name is not None
    assert (card.name.title, card.name.given, card.name.surname, card.name.full) == ("Dr.", "Anna", "Müller", "Anna Müller")
    assert card.emails[0].address == "anna.mueller@example.org"
    assert [(it.number, it.contexts, it.features) for it in card.phones] == [
        ("+49891234567", ("work",), ()),
        ("+4915139335509", (), ("mobile",)),
    ]
    assert (card.addresses[0].postcode, card.addresses[0].country_code) == ("01007", "DE")
    assert (card.organizations[0].name, card.organizations[0].key) == ("Nordlicht GmbH", "nordlicht")
    assert (card.birthday, card.owners, card.tags, card.titles, card.notes) == (
        "1958-07-12",
        (Owner(OwnerRole.RECORD, "a.keller"),),
        ("VIP",),
        ("Einkauf",),
        ("first line\nsecond",),
    )
    assert card.lifecycle == Lifecycle(LifecycleStage.MQL, (StageChange(LifecycleStage.MQL, None, "hubspot:17"),), "IN_PROGRESS")
    assert (card.preferred_languages, card.online_services[0].service, card.gender) == (("de",), "linkedin", "")
    assert card.extensions == {"hubspot.Shoe size": "39"}
    assert card.created_at == datetime(2021, 8, 15, 12, 26, tzinfo=UTC)
    assert found.observed_at == datetime(2025, 5, 10, 9, 1, tzinfo=UTC)
    assert (found.label, found.file, found.line, found.same_as) == ("17", "export.csv", 4, ("salesforce_contact:003",))
    assert [problem.code for problem in found.problems] == ["postcode.zero_restored", "text.placeholder"]


def test_every_value_has_a_claim_with_source_and_rule() -> None:
    found = record(
        {"name.given": "ANNA", "name.surname": "WEBER", "name.title": "Frau", "emails[0].address": "A@X.DE", "emails[1].address": "b@x.de",
         "phones[0].number": "+49 89 1234567 ext 2", "updated_at": "2025-05-10 09:01"}
    )  # fmt: skip
    claims = {claim.path: (claim.value, claim.raw, claim.rule) for claim in found.claims}
    assert claims == {
        "$.emails[0]": ("a@x.de", "A@X.DE", "email/2"),
        "$.emails[1]": ("b@x.de", "", "email/2"),
        "$.phones[0]": ("+49891234567;ext=2", "+49 89 1234567 ext 2", "phone/2"),
        "$.name": ("Anna Weber", "ANNA WEBER", "name/2"),
        "$.name.title": ("Frau", "", "name/2"),
    }
    assert {claim.source for claim in found.claims} == {""}  # of the record itself
    assert {claim.observed_at for claim in found.claims} == {None}  # as of the record's own time
    assert found.observed_at == datetime(2025, 5, 10, 9, 1, tzinfo=UTC)


def test_problems_say_where() -> None:
    (problem,) = record({"emails[2].address": "ana@"}).problems
    assert (problem.code, problem.path, problem.raw, problem.column, problem.file, problem.line) == (
        "email.syntax", "$.emails[2].address", "ana@", "Column of emails[2].address", "export.csv", 4,
    )  # fmt: skip
    assert problem.severity is Severity.WARNING


def test_cells_with_several_values_become_several() -> None:
    found = record(
        {
            "emails[0].address": "a@x.de; b@y.org",
            "phones[0].number": "0170 1512265 oder 040 75428293",
            "addresses[0].country": "DE",
        }
    )
    assert [it.address for it in found.card.emails] == ["a@x.de", "b@y.org"]
    assert [it.number for it in found.card.phones] == ["+491701512265", "+494075428293"]
    assert [claim.raw for claim in found.claims if claim.path.startswith("$.phones")] == ["0170 1512265", "040 75428293"]


def test_a_value_that_stands_twice_is_kept_once() -> None:
    found = record(
        {
            "emails[0].address": "a@x.de",
            "emails[1].address": "A@X.de",
            "phones[0].number": "+49 89 1234567",
            "phones[1].number": "0049891234567",
        }
    )
    assert (len(found.card.emails), len(found.card.phones)) == (1, 1)


@pytest.mark.parametrize(
    ("hints", "default", "number", "codes"),
    [
        ({"addresses[0].country": "Ireland"}, "", "+353876097810", []),
        ({"addresses[0].country": "Ireland"}, "DE", "+353876097810", []),
        ({"phones[1].number": "+353 1 2345678"}, "", "+353876097810", []),
        ({"emails[0].address": "a@firma.ie"}, "", "+353876097810", ["phone.region_guessed"]),
        ({"preferred_languages[0]": "en-IE"}, "", "+353876097810", ["phone.region_guessed"]),
        ({}, "IE", "+353876097810", []),
        ({}, "", "", ["phone.region_unknown"]),
        ({"emails[0].address": "a@firma.com"}, "", "", ["phone.region_unknown"]),
    ],
)
def test_the_region_of_a_national_number(hints: dict[str, str], default: str, number: str, codes: list[str]) -> None:
    found = record({"phones[0].number": "087 609 7810", **hints}, default_region=default)
    assert next((it.number for it in found.card.phones), "") == number
    assert [problem.code for problem in found.problems] == codes


def test_verification() -> None:
    confirmed = datetime(2023, 6, 6, 6, 6, tzinfo=UTC)
    proof = ConsentEvidence(EvidenceKind.CONFIRMED_OPT_IN, "email", at=confirmed)
    bounce = ConsentEvidence(EvidenceKind.BOUNCE, "email", at=datetime(2024, 1, 1, tzinfo=UTC))
    values = {"emails[0].address": "a@x.de", "emails[1].address": "b@x.de"}
    first, second = record(values, evidence=(proof,)).card.emails
    assert first.verification == Verification(VerificationStatus.VERIFIED, "double_opt_in", confirmed)
    assert second.verification == Verification()
    assert record(values, evidence=(proof, bounce)).card.emails[0].verification.status is VerificationStatus.FAILED
    assert record({**values, "emails[0].bounced": "550 unknown"}).card.emails[0].verification.status is VerificationStatus.FAILED
    checked = (
        record({**values, "emails[0].verified_at": "2025-01-01", "emails[0].verified_method": "event"})
        .card.emails[0]
        .verification
    )
    assert checked == Verification(VerificationStatus.VERIFIED, "event", datetime(2025, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("part", ["verified_at", "bounced_at"])
def test_when_an_address_was_checked_is_read_in_the_zone_and_the_order_of_the_file(part: str) -> None:
    values = {"emails[0].address": "a@x.de", f"emails[0].{part}": "03/04/2025 12:00"}
    checked = [
        record({**values, **hints}).card.emails[0].verification.checked_at
        for hints in ({}, {"date_order": "dmy"}, {"date_order": "mdy", "zone": "Europe/Berlin"})
    ]
    assert checked == [None, datetime(2025, 4, 3, 12, tzinfo=UTC), datetime(2025, 3, 4, 11, tzinfo=UTC)]


def test_the_zone_of_a_file_is_not_told_of_each_record() -> None:
    assert record({"created_at": "2021-08-15 12:26", "updated_at": "15.08.2021 12:26"}).problems == ()


def test_lifecycle_of_a_converted_lead() -> None:
    found = record(
        {"lifecycle.status": "Closed - Converted", "lifecycle.converted_at": "2020-04-27"}, system="salesforce_lead"
    ).card.lifecycle
    assert found is not None
    assert (found.stage, found.status) == (LifecycleStage.OPPORTUNITY, "Closed - Converted")
    assert found.history == (
        StageChange(LifecycleStage.OPPORTUNITY, datetime(2020, 4, 27, tzinfo=UTC), "salesforce_lead:17", "lead_converted"),
    )


def test_an_unknown_stage_is_kept_as_the_status() -> None:
    found = record({"lifecycle.stage": "Moon phase"})
    assert found.card.lifecycle is not None
    assert found.card.lifecycle.status == "Moon phase"
    assert [problem.code for problem in found.problems] == ["lifecycle.unknown"]


def test_the_name_of_a_card_that_is_its_organisation_is_no_person() -> None:
    found = record({"name.full": "Nordlicht Logistics", "organizations[0].name": "Nordlicht Logistics"})
    assert found.card.name is None
    assert [problem.code for problem in found.problems] == ["name.is_organization"]


def test_a_nickname_inside_the_name_joins_the_nicknames() -> None:
    assert record({"name.full": 'William "Bill" Gates', "nicknames[0]": "Trey"}).card.nicknames == ("Bill", "Trey")


def test_the_digest_follows_content_and_rules() -> None:
    one = {"name.given": "Anna", "emails[0].address": "a@x.de"}
    assert record(one).digest == record(dict(reversed(one.items()))).digest
    assert record(one).digest != record({**one, "emails[0].address": "b@x.de"}).digest
    raw = RawRecord("hubspot", "17", 3, "export.csv", 4, one)
    other = Profile(rules={**Profile().rules, "email": "email/0"})
    assert Normalizer(profile=other).record(raw, "hubspot:17", "17").digest != Normalizer().record(raw, "hubspot:17", "17").digest


def test_one_normaliser_gives_what_two_give() -> None:
    first = RawRecord(
        "a", "1", 1, "f", 2, {"name.given": "ANNA", "phones[0].number": "087 609 7810", "addresses[0].country": "IE"}
    )
    second = RawRecord(
        "b", "2", 1, "g", 2, {"name.given": "ANNA", "phones[0].number": "087 609 7810", "addresses[0].country": "DE"}
    )
    run = Normalizer()
    assert [run.record(first, "a:1", "1"), run.record(second, "b:2", "2")] == [
        Normalizer().record(first, "a:1", "1"),
        Normalizer().record(second, "b:2", "2"),
    ]


def test_a_memo_is_bounded() -> None:
    asked: list[int] = []

    def make(key: int) -> int:
        asked.append(key)
        return -key

    memo = Memo[int, int](make, limit=2)
    assert [memo(1), memo(1), memo(2), memo(3), memo(1)] == [-1, -1, -2, -3, -1]
    assert asked == [1, 2, 3, 1]
    assert len(memo.known) <= 2


def test_importing_the_package_loads_no_other_library() -> None:
    code = "import sys, canonical_contact.normalize; print([m for m in ('phonenumbers', 'email_validator', 'tomllib', 'anyascii', 'jellyfish') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_phonenumbers_pattern_cache_is_left_as_it_is() -> None:
    import phonenumbers.re_util as patterns

    before = dict(vars(patterns))
    record({"phones[0].number": "+49 89 1234567"})
    assert {key: value for key, value in vars(patterns).items() if not key.startswith("__") and not isinstance(value, dict)} == {
        key: value for key, value in before.items() if not key.startswith("__") and not isinstance(value, dict)
    }
