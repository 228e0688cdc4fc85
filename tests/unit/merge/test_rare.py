"""The fields of schema 1.1 in the fold: which value survives, and where every claim ends."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest

from canonical_contact.merge import fold
from canonical_contact.model import (
    AddressPart,
    Anniversary,
    Card,
    Channel,
    Claim,
    Contact,
    ContactKind,
    EmailAddress,
    EmailStatus,
    ExternalId,
    NpsAnswer,
    OnlineService,
    Owner,
    OwnerRole,
    PostalAddress,
    Restriction,
    Revenue,
    SourceRecord,
    Verification,
    VerificationStatus,
)


def at(day: int) -> datetime:
    return datetime(2026, 6, day, tzinfo=UTC)


def record(key: str, day: int, *paths: str, **fields: Any) -> SourceRecord:
    system, _, own = key.partition(":")
    claims = tuple(Claim(path, "individual" if path == "$.kind" else f"{path} of {key}") for path in paths)
    return SourceRecord(key, system, own, own, "f.csv", 2, Card(**fields), claims, observed_at=at(day) if day else None)


def folded(*records: SourceRecord) -> Contact:
    """Fold in every order, which must give the same."""
    contacts = [fold(order, contact_id="1") for order in itertools.permutations(records)]
    assert all(contact == contacts[0] for contact in contacts)
    return contacts[0]


def outcomes(contact: Contact) -> list[tuple[str, str, bool, str]]:
    return [(claim.source, claim.path, claim.won, claim.reason) for claim in contact.claims]


def test_lists_are_united_and_their_claims_placed() -> None:
    contact = folded(
        record(
            "a:1", 1, "$.external_ids[0]", "$.roles[0]", "$.anniversaries[0]",
            external_ids=(ExternalId("erp", "1"),), pronouns=("she/her",), roles=("Buyer",), anniversaries=(Anniversary("2001-06-30", "wedding"),),
        ),
        record(
            "b:1", 2, "$.external_ids[0]", "$.roles[0]", "$.anniversaries[0]",
            external_ids=(ExternalId("shop", "1"), ExternalId("erp", "1")), pronouns=("She/Her",), roles=("buyer",),
            anniversaries=(Anniversary("2001-06-30", "wedding", "Anniversary"),),
        ),
    )  # fmt: skip
    assert set(contact.external_ids) == {ExternalId("erp", "1"), ExternalId("shop", "1")}
    assert (contact.pronouns, contact.roles) == (("She/Her",), ("buyer",))
    assert contact.anniversaries == (Anniversary("2001-06-30", "wedding", "Anniversary"),)
    assert all(won and reason == "union" for _, _, won, reason in outcomes(contact))


def test_the_latest_owner_of_each_role() -> None:
    contact = folded(
        record("a:1", 1, "$.owner", "$.owners[0]", owner="old", owners=(Owner(OwnerRole.RECORD, "old"),)),
        record("b:1", 2, "$.owner", "$.owners[0]", owner="new", owners=(Owner(OwnerRole.RECORD, "new"),)),
        record("c:1", 3, "$.owners[0]", owners=(Owner(OwnerRole.CONSENT_QUERIES, "legal"),)),
    )
    assert contact.owners == (Owner(OwnerRole.RECORD, "new"), Owner(OwnerRole.CONSENT_QUERIES, "legal"))
    assert outcomes(contact) == [
        ("a:1", "$.owner", False, "most_recent"),
        ("a:1", "$.owners[0]", False, "most_recent"),
        ("b:1", "$.owner", True, "most_recent"),
        ("b:1", "$.owners[0]", True, "most_recent"),
        ("c:1", "$.owners[1]", True, "most_recent"),
    ]


def test_a_record_with_the_deprecated_owner_alone_has_an_owner() -> None:
    assert folded(record("a:1", 1, owner="b.osei")).owners == (Owner(OwnerRole.RECORD, "b.osei"),)


def test_what_any_record_forbids_is_forbidden() -> None:
    contact = folded(
        record("a:1", 1, "$.restrictions[0]", restrictions=(Restriction.FORGET,)),
        record("b:1", 9),
        record("c:1", 5, "$.restrictions[0]", restrictions=(Restriction.DO_NOT_PROFILE,)),
    )
    assert contact.restrictions == (Restriction.DO_NOT_PROFILE, Restriction.FORGET)
    assert outcomes(contact) == [
        ("a:1", "$.restrictions[1]", True, "union"),
        ("c:1", "$.restrictions[0]", True, "union"),
    ]


def test_answers_stand_oldest_first() -> None:
    early, late, undated = NpsAnswer(3, at(1)), NpsAnswer(9, at(2)), NpsAnswer(7)
    contact = folded(
        record("a:1", 1, "$.nps[0]", nps=(late,)), record("b:1", 2, nps=(early, late)), record("c:1", 3, nps=(undated,))
    )
    assert contact.nps == (undated, early, late)
    assert outcomes(contact) == [("a:1", "$.nps[2]", True, "union")]


def test_the_latest_whole_value() -> None:
    contact = folded(
        record("a:1", 1, "$.score", "$.revenue", score=5.0, revenue=Revenue(100.0, "EUR", 2), grammatical_gender="feminine"),
        record("b:1", 2, "$.score", "$.revenue", score=0.0, revenue=Revenue(120.0)),
    )
    assert (contact.score, contact.revenue, contact.grammatical_gender) == (0.0, Revenue(120.0), "feminine")
    assert outcomes(contact) == [
        ("a:1", "$.score", False, "most_recent"),
        ("a:1", "$.revenue", False, "most_recent"),
        ("b:1", "$.score", True, "most_recent"),
        ("b:1", "$.revenue", True, "most_recent"),
    ]


def test_the_list_of_channels_of_the_latest_record() -> None:
    contact = folded(
        record("a:1", 1, "$.preferred_channels[0]", preferred_channels=(Channel.SMS,)),
        record("b:1", 2, "$.preferred_channels[0]", preferred_channels=(Channel.POST, Channel.EMAIL)),
    )
    assert contact.preferred_channels == (Channel.POST, Channel.EMAIL)
    assert [won for _, _, won, _ in outcomes(contact)] == [False, True]


def test_only_a_kind_that_is_stated_counts() -> None:
    organization = record("a:1", 1, "$.kind", kind=ContactKind.ORG)
    assert folded(organization, record("b:1", 2), record("c:1", 3)).kind is ContactKind.ORG
    person = [record(f"{system}:1", 2, "$.kind") for system in "bc"]
    assert folded(organization, *person).kind is ContactKind.INDIVIDUAL
    assert outcomes(folded(*person)) == [("b:1", "$.kind", True, "most_frequent"), ("c:1", "$.kind", True, "most_frequent")]


def test_deleted_only_where_every_record_is() -> None:
    gone = [record(f"{system}:1", 1, "$.deleted", deleted=True) for system in "ab"]
    assert folded(*gone).deleted
    contact = folded(*gone, record("c:1", 1))
    assert not contact.deleted
    assert outcomes(contact)[0] == ("a:1", "$.deleted", False, "not_all_deleted")


BAD = Verification(VerificationStatus.FAILED, "bad_address")


def email(status: EmailStatus, check: Verification = Verification()) -> tuple[EmailAddress, ...]:  # noqa: B008  a frozen value
    return (EmailAddress("a@example.org", "a@example.org", verification=check, status=status),)


@pytest.mark.parametrize(
    ("checked", "changed", "status"),
    [
        (0, 5, EmailStatus.BAD),  # never checked
        (4, 5, EmailStatus.BAD),  # checked before the source last said so
        (6, 5, EmailStatus.OK),  # checked after it
        (6, 0, EmailStatus.BAD),  # nobody knows when the source said so
    ],
)
def test_the_worst_status_unless_a_later_check_succeeded(checked: int, changed: int, status: EmailStatus) -> None:
    check = Verification(VerificationStatus.VERIFIED, "double_opt_in", at(checked)) if checked else Verification()
    contact = folded(
        record("a:1", changed, emails=email(EmailStatus.BAD, BAD)),
        record("b:1", 9, emails=email(EmailStatus.UNKNOWN, check)),
        record("c:1", 9, emails=email(EmailStatus.OK)),
    )
    assert contact.emails[0].status is status


def test_an_address_that_works_stands_before_one_that_does_not() -> None:
    contact = folded(
        record("a:1", 5, emails=email(EmailStatus.QUARANTINED)), record("b:1", 1, emails=(EmailAddress("b@example.org"),))
    )
    assert [one.address for one in contact.emails] == ["b@example.org", "a@example.org"]


def test_what_tells_an_address_more_closely_moves_with_it() -> None:
    fine = PostalAddress(street="Weg 5", locality="Bonn", parts=(AddressPart("number", "5"),), coordinates="geo:1,2")
    plain = PostalAddress(street="Weg 5", locality="Bonn", region="NRW")
    same = PostalAddress(street="Weg 5", locality="Bonn")
    (address,) = folded(record("a:1", 1, addresses=(fine,)), record("b:1", 2, addresses=(same,))).addresses
    assert (address.parts, address.coordinates) == (fine.parts, "geo:1,2")
    (address,) = folded(record("a:1", 1, addresses=(fine,)), record("b:1", 2, addresses=(plain,))).addresses
    assert (address.region, address.parts) == ("NRW", ())  # another address; parts of two are never mixed
    places = [PostalAddress(coordinates=text) for text in ("geo:1,2", "geo:3,4")]
    assert len(folded(*(record(f"a:{n}", 1, addresses=(it,)) for n, it in enumerate(places))).addresses) == 2


def test_one_service_from_two_records() -> None:
    contact = folded(
        record("a:1", 1, online_services=(OnlineService("https://x.com/ana", "x", user="ana", pref=1),)),
        record("b:1", 2, online_services=(OnlineService("https://x.com/ana/", "x", contexts=("work",)),)),
    )
    assert contact.online_services == (OnlineService("https://x.com/ana/", "x", "", "ana", ("work",), 1),)
