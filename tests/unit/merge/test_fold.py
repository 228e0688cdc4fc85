from __future__ import annotations

import itertools
from datetime import UTC, datetime

from canonical_contact.merge import fold
from canonical_contact.model import (
    Activity,
    Card,
    Channel,
    Claim,
    ConsentEvent,
    ConsentState,
    EmailAddress,
    EventType,
    Lifecycle,
    LifecycleStage,
    Name,
    Organization,
    PhoneNumber,
    PostalAddress,
    SourceRecord,
    Suppression,
    SuppressionKind,
    VerificationStatus,
)


def at(day: int) -> datetime:
    return datetime(2026, 6, day, tzinfo=UTC)


def record(key: str, day: int | None, card: Card, *paths: tuple[str, str]) -> SourceRecord:
    system, _, own = key.partition(":")
    seen = at(day) if day else None
    return SourceRecord(
        key, system, own, own, f"{system}.csv", 2, card, tuple(Claim(p, v, key) for p, v in paths), observed_at=seen
    )


def test_a_whole_name_survives_and_the_losing_one_is_kept_with_its_reason() -> None:
    short = record("a:1", 9, Card(name=Name(given="A.", surname="López")), ("$.name", "A. López"))
    full = record(
        "b:1", 2, Card(name=Name(given="Ana", given2="María", surname="López", title="Dra.")), ("$.name", "Ana María López")
    )
    contact = fold([short, full], contact_id="1")
    assert contact.name is not None
    assert (contact.name.given, contact.name.surname, contact.name.title) == ("Ana", "López", "Dra.")
    assert [(c.source, c.won, c.reason) for c in contact.claims] == [
        ("a:1", False, "most_complete"),
        ("b:1", True, "most_complete"),
    ]


def test_the_spelling_of_most_systems_beats_a_later_typo() -> None:
    right = [record(f"{s}:1", 1, Card(name=Name(given="Philippe", surname="Girard"))) for s in "ab"]
    typo = record("c:1", 20, Card(name=Name(given="Philippe", surname="Girsrd")))
    contact = fold([*right, typo], contact_id="1")
    assert contact.name is not None
    assert contact.name.surname == "Girard"


def test_one_mailbox_is_one_entry_and_its_plain_spelling_stands() -> None:
    tagged = record(
        "a:1",
        9,
        Card(emails=(EmailAddress("ana+news@x.es", key="ana@x.es", contexts=("work",)),)),
        ("$.emails[0]", "ana+news@x.es"),
    )
    plain = record(
        "b:1", 1, Card(emails=(EmailAddress("luis@y.es"), EmailAddress("ana@x.es", key="ana@x.es"))), ("$.emails[1]", "ana@x.es")
    )
    contact = fold([tagged, plain], contact_id="1")
    assert [e.address for e in contact.emails] == ["ana@x.es", "luis@y.es"]
    assert contact.emails[0].contexts == ("work",)
    assert {c.path for c in contact.claims} == {"$.emails[0]"}


def test_a_verified_address_comes_first_and_a_failed_one_last() -> None:
    card = Card(emails=(EmailAddress("a@x.es"),))
    other = Card(emails=(EmailAddress("b@x.es"),))
    third = Card(emails=(EmailAddress("c@x.es"),))
    checks = [
        Activity("b:1", "verification", at(3), value="email:verified"),
        Activity("c:1", "verification", at(3), value="email:failed"),
    ]
    contact = fold([record("a:1", 9, card), record("b:1", 1, other), record("c:1", 9, third)], contact_id="1", activities=checks)
    assert [e.address for e in contact.emails] == ["b@x.es", "a@x.es", "c@x.es"]
    assert contact.emails[0].verification.status == VerificationStatus.VERIFIED


def test_a_later_check_of_an_address_replaces_the_earlier_one() -> None:
    checks = [Activity("a:1", "verification", at(day), value=f"email:{word}") for day, word in ((1, "verified"), (5, "failed"))]
    contact = fold([record("a:1", 9, Card(emails=(EmailAddress("a@x.es"),)))], contact_id="1", activities=checks)
    assert contact.emails[0].verification.status == VerificationStatus.FAILED


def test_addresses_are_never_mixed_and_a_fragment_is_part_of_the_whole() -> None:
    whole = PostalAddress(street="Calle Real 5", locality="Madrid", postcode="28013", country_code="ES")
    fragment = PostalAddress(locality="Madrid", country_code="ES")
    other = PostalAddress(street="Av. Sol 1", locality="Sevilla", postcode="41001", country_code="ES")
    records = [
        record("a:1", 1, Card(addresses=(whole,))),
        record("b:1", 9, Card(addresses=(fragment,))),
        record("c:1", 5, Card(addresses=(other,))),
    ]
    contact = fold(records, contact_id="1")
    assert [a.street for a in contact.addresses] == ["Calle Real 5", "Av. Sol 1"], (
        "the fragment of the ninth confirms the whole one"
    )
    assert set(contact.addresses) == {whole, other}


def test_the_latest_employer_comes_first_and_the_former_is_kept() -> None:
    old, new = Organization("Acme GmbH", key="acme"), Organization("Beta AG", key="beta")
    contact = fold([record("a:1", 1, Card(organizations=(old,))), record("b:1", 9, Card(organizations=(new,)))], contact_id="1")
    assert [o.name for o in contact.organizations] == ["Beta AG", "Acme GmbH"]


def test_stage_is_the_furthest_but_customer_and_churned_go_by_date() -> None:
    lead = Card(lifecycle=Lifecycle(LifecycleStage.MQL))
    won = Activity("a:1", "deal_won", at(2), value="100.00")
    left, again = Activity("a:1", "churned", at(9)), Activity("a:1", "deal_won", at(12), value="50.00")
    base = [record("a:1", 1, lead)]
    stages = [fold(base, contact_id="1", activities=acts).lifecycle for acts in ([won], [won, left], [won, left, again])]
    assert [stage.stage for stage in stages if stage] == [
        LifecycleStage.CUSTOMER,
        LifecycleStage.CHURNED,
        LifecycleStage.CUSTOMER,
    ]
    assert [len(stage.history) for stage in stages if stage] == [2, 3, 4]


def test_the_oldest_creation_and_the_latest_change_count() -> None:
    first, second = record("a:1", 9, Card(created_at=at(3))), record("b:1", 5, Card(created_at=at(1)))
    contact = fold([first, second], contact_id="1")
    assert (contact.created_at, contact.updated_at) == (at(1), at(9))


def test_extensions_of_every_system_stand_side_by_side() -> None:
    a = record("crm:1", 1, Card(extensions={"crm.Rating": "Hot", "crm.Old": "x"}))
    b = record("crm:2", 9, Card(extensions={"crm.Rating": "Cold"}))
    assert fold([a, b], contact_id="1").extensions == {"crm.Old": "x", "crm.Rating": "Cold"}


def test_a_block_of_one_record_blocks_the_contact() -> None:
    card = Card(emails=(EmailAddress("a@x.es"),))
    stop = ConsentEvent("1", EventType.WITHDRAW, Channel.EMAIL, record="a:1", effective_at=at(1))
    yes = ConsentEvent(
        "2", EventType.OPT_IN, Channel.EMAIL, record="b:1", endpoint="a@x.es", effective_at=at(9), legal_basis="consent"
    )
    contact = fold([record("a:1", 1, card), record("b:1", 9, card)], contact_id="1", events=[yes, stop])
    assert ConsentState.WITHDRAWN in {c.state for c in contact.consent}


def test_another_person_s_block_on_a_shared_endpoint_reaches_here() -> None:
    contact = fold(
        [record("a:1", 1, Card(phones=(PhoneNumber("+34600111222"),)))],
        contact_id="1",
        foreign=[
            ConsentEvent(
                "9",
                EventType.SUPPRESS,
                Channel.SMS,
                record="z:7",
                endpoint="+34600111222",
                suppression=SuppressionKind.GLOBAL_OPT_OUT,
            )
        ],
        holds=[Suppression(SuppressionKind.UNMAPPED_OPT_OUT, Channel.VOICE_LIVE, "+34600111222", record="z:8")],
    )
    assert {(s.channel, s.reason) for s in contact.suppressions} == {
        (Channel.SMS, "shared_endpoint"),
        (Channel.VOICE_LIVE, "shared_endpoint"),
    }


def test_the_order_of_records_does_not_matter() -> None:
    records = [
        record("a:1", 1, Card(name=Name(given="Ana", surname="Gil"), tags=("x", "y"), notes=("n1",), birthday="--05-01")),
        record("b:1", None, Card(name=Name(given="Ana", surname="Gill"), tags=("Y",), birthday="1980-05-01", owner="kim")),
        record(
            "c:1",
            1,
            Card(name=Name(given="A", surname="Gil"), emails=(EmailAddress("a@x.es"),), birthday="1980-05-02", owner="lee"),
        ),
    ]
    assert len({str(fold(order, contact_id="1")) for order in itertools.permutations(records)}) == 1


def test_a_date_with_its_year_stands_before_one_without() -> None:
    records = [record(f"{s}:1", 1, Card(birthday="--05-01")) for s in "abc"] + [record("d:1", 1, Card(birthday="1980-05-01"))]
    assert fold(records, contact_id="1").birthday == "1980-05-01"


def test_at_one_moment_a_failed_check_counts_before_a_good_one() -> None:
    checks = [Activity("a:1", "verification", at(5), value=f"email:{word}") for word in ("failed", "verified")]
    contact = fold([record("a:1", 9, Card(emails=(EmailAddress("a@x.es"),)))], contact_id="1", activities=checks)
    assert contact.emails[0].verification.status == VerificationStatus.FAILED


def test_who_says_the_value_that_stands_has_not_lost() -> None:
    records = [
        record(f"{system}:1", day, Card(owner=owner), ("$.owner", owner))
        for system, day, owner in (("a", 1, "kim"), ("b", 9, "kim"), ("c", 5, "lee"))
    ]
    assert [(c.source, c.won) for c in fold(records, contact_id="1").claims] == [("a:1", True), ("b:1", True), ("c:1", False)]
