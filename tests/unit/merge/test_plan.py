"""What a merge would change, and who has to approve it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from attrs import evolve

from canonical_contact.merge.plan import Approval, approvals_needed, changes_of, consent_changes, gathered, is_approved
from canonical_contact.model import (
    Channel,
    Claim,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    Lifecycle,
    LifecycleStage,
    Name,
    Owner,
    OwnerRole,
    PostalAddress,
    Revenue,
    Suppression,
    SuppressionKind,
    Verification,
    VerificationStatus,
)

NOW = datetime(2026, 7, 1, tzinfo=UTC)
NOBODY = Contact(contact_id="x")
CHECKED = Verification(VerificationStatus.VERIFIED, "event", NOW)


def mail(address: str, *, verified: bool = False) -> EmailAddress:
    return EmailAddress(address, key=address, verification=CHECKED if verified else Verification())


def test_what_differs_is_told_with_its_winner_and_every_claim() -> None:
    one = Contact(contact_id="a", name=Name(given="Ana", surname="Gil"), emails=(mail("ana@x.example"),))
    other = Contact(contact_id="b", name=Name(given="A.", surname="Gil"), emails=(mail("ana@x.example"),))
    claims = (
        Claim("$.name", "A. Gil", "crm:2", won=False, reason="most_complete"),
        Claim("$.name", "Ana Gil", "crm:1", won=True, reason="most_complete"),
        Claim("$.emails[0]", "ana@x.example", "crm:1", reason="union"),
    )
    (change,) = changes_of({"a": one, "b": other}, evolve(one, claims=claims))
    assert (change.path, change.before, change.after) == ("$.name", {"a": ("Ana Gil",), "b": ("A. Gil",)}, ("Ana Gil",))
    assert (change.winner, change.strategy, change.why) == ("crm:1", "most_complete", "the value that is filled the most")
    assert [claim.source for claim in change.candidates] == ["crm:1", "crm:2"]


def test_what_a_host_adds_is_told_column_by_column() -> None:
    one, other = (
        evolve(NOBODY, extensions={"crm.Region": "North"}),
        evolve(NOBODY, extensions={"crm.Region": "South", "crm.Tier": "A"}),
    )
    told = {change.path: change.after for change in changes_of({"a": one}, other)}
    assert told == {"$.extensions.crm.Region": ("South",), "$.extensions.crm.Tier": ("A",)}


def test_two_pins_that_contradict_each_other_are_told() -> None:
    claims = (
        Claim("$.birthday", "1990-01-02", "host:2", reason="pinned"),
        Claim("$.birthday", "1980-01-02", "host:1", won=False, reason="pinned_later"),
    )
    before = {"a": evolve(NOBODY, birthday="1980-01-02"), "b": evolve(NOBODY, birthday="1990-01-02")}
    (change,) = changes_of(before, evolve(NOBODY, birthday="1990-01-02", claims=claims))
    assert change.why.endswith("another pin, which was earlier, says otherwise")


def test_values_are_told_as_people_know_them() -> None:
    contact = evolve(
        NOBODY,
        addresses=(PostalAddress(street="Hauptstraße 12", postcode="10115", locality="Berlin", country_code="DE"),),
        revenue=Revenue(total=1250.0, currency="EUR"),
        created_at=NOW,
        deleted=True,
    )
    told = {change.path: change.after for change in changes_of({"x": NOBODY}, contact)}
    assert told["$.addresses"] == ("Hauptstraße 12, 10115, Berlin, DE",)
    assert told["$.revenue"] == ("total 1250.0, currency EUR",)
    assert told["$.created_at"] == ("2026-07-01T00:00:00+00:00",)
    assert told["$.deleted"] == ("True",)


def record(state: ConsentState, endpoint: str = "", purpose: str = "news") -> ConsentRecord:
    return ConsentRecord(Channel.EMAIL, purpose, state=state, endpoint=endpoint)


@pytest.mark.parametrize(
    ("one", "other", "after", "reason"),
    [
        (ConsentState.GRANTED, ConsentState.WITHDRAWN, ConsentState.WITHDRAWN, "refusal_first"),
        (ConsentState.GRANTED, None, ConsentState.GRANTED, "one_side"),
        (ConsentState.GRANTED, ConsentState.GRANTED, ConsentState.GRANTED, "same"),
        (ConsentState.PENDING_CONFIRMATION, ConsentState.GRANTED, ConsentState.EXPIRED, "joined"),
    ],
)
def test_a_consent_key_tells_both_sides_and_what_comes_of_it(
    one: ConsentState, other: ConsentState | None, after: ConsentState, reason: str
) -> None:
    before = {"a": evolve(NOBODY, consent=(record(one),)), "b": evolve(NOBODY, consent=(record(other),) if other else ())}
    (change,) = consent_changes(before, evolve(NOBODY, consent=(record(after),)))
    assert (change.channel, change.purpose, change.before) == ("email", "news", {"a": str(one), "b": str(other or "")})
    assert (change.after, change.reason) == (str(after), reason)


def test_a_wider_refusal_is_told_at_the_key_that_it_reaches_into() -> None:
    before = {
        "a": evolve(NOBODY, consent=(record(ConsentState.WITHDRAWN, purpose="any"),)),
        "b": evolve(NOBODY, consent=(record(ConsentState.GRANTED, "ana@x.example"),)),
    }
    told = {(change.purpose, change.endpoint): change for change in consent_changes(before, before["a"])}
    change = told["news", "ana@x.example"]
    assert (change.before, change.after) == ({"a": "withdrawn", "b": "granted"}, "withdrawn")


def test_a_block_is_told() -> None:
    block = Suppression(SuppressionKind.HARD_BOUNCE, Channel.EMAIL, "ana@x.example")
    one = evolve(NOBODY, suppressions=(block,))
    (change,) = consent_changes({"a": one, "b": NOBODY}, one)
    assert (change.block, change.endpoint, change.before) == ("hard_bounce", "ana@x.example", {"a": "blocked", "b": ""})
    assert change.after == "blocked"


def test_what_is_gathered_is_all_of_it_unless_told_otherwise() -> None:
    assert gathered("call", {"a": ["2"], "b": ["1", "3"]}).after == ("1", "2", "3")
    assert gathered("tags", {"a": ["x"], "b": ["x"]}, ["x"]).after == ("x",)


VERIFIED = [evolve(NOBODY, emails=(mail(f"{name}@x.example", verified=True), mail("both@x.example"))) for name in "ab"]


@pytest.mark.parametrize(
    ("contacts", "reasons"),
    [
        (VERIFIED, ["different_verified_emails"]),
        ([VERIFIED[0], evolve(VERIFIED[1], emails=(*VERIFIED[1].emails, *VERIFIED[0].emails))], []),
        ([VERIFIED[0], NOBODY], []),
        ([VERIFIED[0], NOBODY, VERIFIED[1]], ["different_verified_emails"]),
        ([evolve(NOBODY, owner="osei"), evolve(NOBODY, owner="gil")], ["different_owners"]),
        ([evolve(NOBODY, owner="osei"), evolve(NOBODY, owner="Osei"), NOBODY], []),
        ([evolve(NOBODY, revenue=Revenue(deals=1)), NOBODY], ["customer_with_revenue"]),
        ([evolve(NOBODY, revenue=Revenue(total=0.0, deals=0)), NOBODY], []),
        ([evolve(NOBODY, revenue=Revenue(total=9.0))], []),
        ([], []),
    ],
)
def test_a_risk_needs_an_approval(contacts: list[Contact], reasons: list[str]) -> None:
    assert list(dict.fromkeys(one.reason for one in approvals_needed(contacts))) == reasons


def test_owners_of_merges_approve_before_owners_of_records() -> None:
    both = evolve(NOBODY, owner="osei", owners=(Owner(OwnerRole.RECORD, "osei"), Owner(OwnerRole.MERGE_APPROVAL, "lee")))
    assert approvals_needed([both, evolve(NOBODY, owner="gil")]) == (Approval("different_owners", "lee"),)
    assert approvals_needed([evolve(NOBODY, revenue=Revenue(total=9.0)), NOBODY]) == (Approval("customer_with_revenue"),)


def test_each_reason_needs_one_of_those_who_may() -> None:
    two = [Approval("different_owners", "gil"), Approval("different_owners", "osei"), Approval("customer_with_revenue", "lee")]
    assert not is_approved(two, "gil")
    assert is_approved(two, ["gil", "Lee "])
    assert not is_approved([Approval("customer_with_revenue")], ["", " "])
    assert is_approved([Approval("customer_with_revenue")], "anybody")
    assert is_approved([], "")


def test_a_stage_that_no_claim_won_says_that_the_timeline_decides() -> None:
    old, new = Contact(contact_id="a"), Contact(contact_id="a", lifecycle=Lifecycle(stage=LifecycleStage.CHURNED))
    (change,) = (one for one in changes_of({"a": old}, new) if one.path == "$.lifecycle")
    assert change.why.startswith("what happened to the contact")
