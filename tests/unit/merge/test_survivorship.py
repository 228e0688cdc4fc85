"""Policies in the fold: rules of fields, lists and groups, times ahead, and what a policy cannot say."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canonical_contact.errors import ConfigError
from canonical_contact.merge import DEFAULT_SURVIVORSHIP, Candidate, Rule, Survivorship, fold
from canonical_contact.model import (
    Activity,
    Card,
    Channel,
    Claim,
    ConsentEvent,
    ConsentState,
    Contact,
    EmailAddress,
    EmailStatus,
    EventType,
    Lifecycle,
    LifecycleStage,
    Name,
    Organization,
    Owner,
    OwnerRole,
    PostalAddress,
    SourceRecord,
    Verification,
    VerificationStatus,
)


def at(day: int) -> datetime:
    return datetime(2026, 6, day, tzinfo=UTC)


def record(key: str, day: int | None, *claims: Claim, **fields: Any) -> SourceRecord:
    system, _, own = key.partition(":")
    return SourceRecord(key, system, own, own, "f.csv", 2, Card(**fields), claims, observed_at=at(day) if day else None)


def folded(policy: str | Survivorship, *records: SourceRecord, **more: Any) -> Contact:
    """Fold by a policy in every order, which must give the same."""
    told = Survivorship.from_text(policy) if isinstance(policy, str) else policy
    contacts = [fold(order, contact_id="1", policy=told, **more) for order in itertools.permutations(records)]
    assert all(contact == contacts[0] for contact in contacts)
    return contacts[0]


def outcomes(contact: Contact, path: str) -> dict[str, tuple[bool, str]]:
    return {claim.source: (claim.won, claim.reason) for claim in contact.claims if claim.path == path}


# --- single fields -----------------------------------------------------------------------------------------------------------------------
def test_a_rule_of_a_field_decides_and_every_losing_value_stays_with_its_reason() -> None:
    policy = '[fields]\nbirthday = { strategy = "source_priority", sources = ["erp"] }\n'
    records = [record(f"{system}:1", 1, Claim("$.birthday", "1990-01-02"), birthday="1990-01-02") for system in ("crm", "web")]
    erp = record("erp:1", 1, Claim("$.birthday", "1990-01-03"), birthday="1990-01-03")
    contact = folded(policy, *records, erp)
    assert contact.birthday == "1990-01-03"
    assert outcomes(contact, "$.birthday") == {
        "crm:1": (False, "source_priority"),
        "web:1": (False, "source_priority"),
        "erp:1": (True, "source_priority"),
    }
    assert fold([*records, erp], contact_id="1").birthday == "1990-01-02"


def test_a_value_has_the_time_of_its_own_claim() -> None:
    old = record("a:1", 9, Claim("$.gender", "m", observed_at=at(1)), gender="m")
    new = record("b:1", 5, Claim("$.gender", "f"), gender="f")
    assert folded(DEFAULT_SURVIVORSHIP, old, new).gender == "f"


def test_a_field_follows_the_record_that_won_another() -> None:
    policy = (
        '[fields]\ngender = { strategy = "follow", field = "name" }\n"name.title" = { strategy = "follow", field = "name" }\n'
    )
    full = record("a:1", 1, name=Name(given="Ana", surname="Gil"), gender="f")
    short = record("b:1", 9, name=Name(given="A.", surname="Gil", title="Dr."), gender="x")
    contact = folded(policy, full, short)
    assert contact.name is not None
    assert (contact.gender, contact.name.title) == ("f", "")
    without = folded(policy, record("a:1", 1, name=Name(given="Ana", surname="Gil")), short)
    assert without.gender == ""


def later_key(candidates: Sequence[Candidate[Any]]) -> Candidate[Any]:
    return candidates[-1]


def test_a_field_follows_what_a_function_chose() -> None:
    policy = Survivorship("own/1", {"name": Rule("custom", {"function": later_key}), "gender": Rule("follow", {"field": "name"})})
    one = record("a:1", 9, name=Name(given="Ana", surname="Gil"), gender="f")
    two = record("b:1", 1, name=Name(given="A.", surname="Gil"), gender="x")
    assert folded(policy, one, two).gender == "x"


def test_fields_of_a_group_move_together() -> None:
    policy = """
    [groups.work]
    fields = ["organizations", "titles", "time_zone", "owners.enrichment"]
    strategy = "most_complete"
    """
    desk = (Owner(OwnerRole.ENRICHMENT, "desk"),)
    full = record(
        "a:1", 1, Claim("$.time_zone", "Europe/Madrid"), organizations=(Organization("Acme"),), titles=("Buyer",),
        time_zone="Europe/Madrid", owners=desk,
    )  # fmt: skip
    later = record(
        "b:1", 9, Claim("$.time_zone", "Europe/Paris"), organizations=(Organization("Beta"),), titles=("Director",),
        time_zone="Europe/Paris",
    )  # fmt: skip
    contact = folded(policy, full, later)
    assert ([one.name for one in contact.organizations], contact.titles) == (["Acme", "Beta"], ("Buyer", "Director"))
    assert (contact.time_zone, contact.owners) == ("Europe/Madrid", desk)
    assert outcomes(contact, "$.time_zone") == {"a:1": (True, "most_complete"), "b:1": (False, "most_complete")}
    bare = record("a:1", 1, organizations=(Organization("Acme"),), titles=("Buyer",), owners=desk)
    assert folded(policy, bare, later).time_zone in ("", "Europe/Paris")


def test_what_the_record_of_a_group_lacks_stays_empty() -> None:
    policy = '[groups.who]\nfields = ["gender", "birthday"]\nstrategy = { }\n'.replace(
        "strategy = { }", 'strategy = "most_recent"'
    )
    contact = folded(policy, record("a:1", 9, gender="f"), record("b:1", 1, gender="x", birthday="1990-01-02"))
    assert (contact.gender, contact.birthday) == ("f", "")


def test_owners_have_their_rules_by_role() -> None:
    policy = '[fields]\nowner = "oldest"\n"owners.enrichment" = { strategy = "source_priority", sources = ["b"] }\n'
    first = record("a:1", 1, owners=(Owner(OwnerRole.RECORD, "kim"), Owner(OwnerRole.ENRICHMENT, "x")))
    second = record("b:1", 9, owners=(Owner(OwnerRole.RECORD, "lee"), Owner(OwnerRole.ENRICHMENT, "y")))
    assert folded(policy, first, second).owners == (Owner(OwnerRole.RECORD, "kim"), Owner(OwnerRole.ENRICHMENT, "y"))


def test_a_sum_is_of_all_records_that_count() -> None:
    claims = {system: Claim("$.score", str(number)) for system, number in (("a", 10), ("b", 20))}
    records = [record("a:1", 1, claims["a"], score=10.0), record("b:1", 9, claims["b"], score=20.0)]
    contact = folded('[fields]\nscore = "sum"\n', *records)
    assert contact.score == 30.0
    assert outcomes(contact, "$.score") == {"a:1": (True, "sum"), "b:1": (True, "sum")}


def test_a_column_of_a_system_has_a_rule_of_its_own() -> None:
    policy = '[fields]\n"extensions.shop.Points" = "sum"\nextensions = "oldest"\n'
    one = record("shop:1", 1, extensions={"shop.Points": "10", "shop.Tier": "silver"})
    two = record("shop:2", 9, extensions={"shop.Points": "5", "shop.Tier": "gold"})
    assert folded(policy, one, two).extensions == {"shop.Points": "15", "shop.Tier": "silver"}
    assert folded(DEFAULT_SURVIVORSHIP, one, two).extensions == {"shop.Points": "5", "shop.Tier": "gold"}
    dropped = folded('[fields]\n"extensions.shop.Tier" = { strategy = "most_recent", only = ["crm"] }\n', one, two)
    assert "shop.Tier" not in dropped.extensions


def test_a_stage_may_be_that_of_the_source_which_ranks_first() -> None:
    crm = record("crm:1", 1, Claim("$.lifecycle", "lead"), lifecycle=Lifecycle(LifecycleStage.LEAD))
    web = record("web:1", 9, Claim("$.lifecycle", "customer"), lifecycle=Lifecycle(LifecycleStage.CUSTOMER))
    won = Activity("web:1", "churned", at(12))
    by_source = folded('[fields]\nlifecycle = { strategy = "source_priority", sources = ["crm"] }\n', crm, web, activities=[won])
    assert by_source.lifecycle is not None
    assert (by_source.lifecycle.stage, len(by_source.lifecycle.history)) == (LifecycleStage.LEAD, 3)
    assert outcomes(by_source, "$.lifecycle") == {"crm:1": (True, "source_priority"), "web:1": (False, "source_priority")}
    recent = folded('[fields]\nlifecycle = "most_recent"\n', crm, web, activities=[won])
    assert recent.lifecycle is not None
    assert recent.lifecycle.stage is LifecycleStage.CHURNED
    nobody = folded('[fields]\nlifecycle = "pinned"\n', crm, web)
    assert nobody.lifecycle is not None
    assert nobody.lifecycle.stage is LifecycleStage.CUSTOMER, "a stage there must be"


def test_a_single_value_that_was_verified_stands_first() -> None:
    policy = '[fields]\nbirthday = "verified_first"\n'
    checked = record("a:1", 1, birthday="1990-01-02", extensions={"a.birthday_verified": "2026-05-01"})
    later = record("b:1", 9, birthday="1990-01-03")
    assert folded(policy, checked, later).birthday == "1990-01-02"
    ttl = '[fields]\nbirthday = { strategy = "verified_first", ttl = "7d" }\n'
    assert folded(ttl, checked, later).birthday == "1990-01-03"
    vague = record("a:1", 1, birthday="1990-01-02", extensions={"a.birthday_verified": "yes"})
    assert folded(ttl, vague, later).birthday == "1990-01-02"


# --- lists -------------------------------------------------------------------------------------------------------------------------------
def test_a_rule_puts_a_list_in_order_and_drops_nothing() -> None:
    policy = (
        '[fields]\ntags = { strategy = "source_priority", sources = ["erp"] }\naddresses = "most_complete"\nemails = "oldest"\n'
    )
    short, long = PostalAddress(locality="Madrid"), PostalAddress(street="Av. Sol 1", locality="Sevilla", postcode="41001")
    crm = record("crm:1", 9, tags=("new",), addresses=(short,), emails=(EmailAddress("new@x.es"),))
    erp = record("erp:1", 1, tags=("old",), addresses=(long,), emails=(EmailAddress("old@x.es"),))
    contact = folded(policy, crm, erp)
    assert (contact.tags, contact.addresses) == (("old", "new"), (long, short))
    assert [email.address for email in contact.emails] == ["old@x.es", "new@x.es"]
    assert folded(DEFAULT_SURVIVORSHIP, crm, erp).tags == ("new", "old")


def test_of_a_list_that_is_cut_short_the_rest_stays_as_claims() -> None:
    policy = '[fields]\ntags = { strategy = "aggregate_union", order = "most_frequent", cap = 1 }\n'
    records = [
        record("a:1", 1, Claim("$.tags[0]", "VIP"), tags=("VIP",)),
        record("b:1", 2, Claim("$.tags[0]", "vip"), tags=("vip",)),
        record("c:1", 9, Claim("$.tags[0]", "cold"), tags=("cold",)),
    ]
    contact = folded(policy, *records)
    assert contact.tags == ("vip",)
    told = {claim.value: (claim.path, claim.won, claim.reason) for claim in contact.claims}
    assert told == {
        "VIP": ("$.tags[0]", True, "union"),
        "vip": ("$.tags[0]", True, "union"),
        "cold": ("$.tags[1]", False, "cap"),
    }


def test_addresses_that_work_stand_before_those_that_nobody_checked() -> None:
    policy = '[fields]\nemails = { strategy = "verified_first", ttl = "30d" }\n'
    verified = EmailAddress("v@x.es", verification=Verification(VerificationStatus.VERIFIED, "link", at(1)))
    good, unknown = EmailAddress("ok@x.es", status=EmailStatus.OK), EmailAddress("u@x.es")
    bounced = EmailAddress("b@x.es", status=EmailStatus.BOUNCED)
    records = [
        record(f"{one.address[0]}:1", 2 + place, emails=(one,)) for place, one in enumerate((verified, good, unknown, bounced))
    ]
    assert [email.address for email in folded(policy, *records).emails] == ["v@x.es", "ok@x.es", "u@x.es", "b@x.es"]
    stale = record("z:1", 30, emails=(EmailAddress("z@x.es", verification=Verification(VerificationStatus.UNVERIFIED)),))
    later = [*records[:3], record("y:1", 29, emails=(EmailAddress("y@x.es"),)), stale]
    old = policy.replace("30d", "7d")
    assert [email.address for email in folded(old, *later).emails][:2] == ["ok@x.es", "z@x.es"]


def test_the_longest_text_of_a_list_may_stand_first() -> None:
    records = [record("a:1", 9, titles=("CEO",)), record("b:1", 1, titles=("Chief Executive Officer",))]
    assert folded('[fields]\ntitles = "longest"\n', *records).titles == ("Chief Executive Officer", "CEO")


def test_an_order_that_asks_only_some_systems_leaves_the_others_behind() -> None:
    rule = '[fields]\ntags = { strategy = "aggregate_union", order = { strategy = "oldest", only = ["erp"] } }\n'
    with pytest.raises(ConfigError):
        Survivorship.from_text('[fields]\ntags = { strategy = "aggregate_union", order = 7 }\n')
    records = [record("crm:1", 1, tags=("c",)), record("erp:1", 5, tags=("e",)), record("erp:2", 3, tags=("d",))]
    assert folded(rule, *records).tags == ("d", "e", "c")


# --- consent, times, copies --------------------------------------------------------------------------------------------------------------
def test_consent_may_be_joined_more_strictly_and_never_more_laxly() -> None:
    records = [record(f"{system}:1", 1, emails=(EmailAddress("a@x.es"),)) for system in "ab"]
    events = [
        ConsentEvent(
            "1", EventType.OPT_IN, Channel.EMAIL, record="a:1", endpoint="a@x.es", effective_at=at(1), legal_basis="consent"
        ),
        ConsentEvent(
            "2", EventType.OPT_IN, Channel.EMAIL, record="b:1", endpoint="a@x.es", effective_at=at(1), legal_basis="consent"
        ),
        ConsentEvent("3", EventType.EXPIRE, Channel.EMAIL, record="b:1", endpoint="a@x.es", effective_at=at(2)),
    ]
    strict = '[fields]\nconsent = { strategy = "consent_join", join = "most_restrictive" }\n'
    states = [{one.state for one in folded(policy, *records, events=events).consent} for policy in (DEFAULT_SURVIVORSHIP, strict)]
    assert states == [{ConsentState.GRANTED}, {ConsentState.EXPIRED}]
    with pytest.raises(ConfigError, match="may_contact"):
        Survivorship.from_text('[fields]\nconsent = { strategy = "consent_join", join = "latest_subject_act" }\n')


def test_a_time_ahead_counts_as_none_and_says_so() -> None:
    ahead = record("a:1", 20, Claim("$.gender", "x"), gender="x")
    now = record("b:1", 9, Claim("$.gender", "f"), gender="f")
    contact = folded(DEFAULT_SURVIVORSHIP, ahead, now, at=at(10))
    assert contact.gender == "f"
    assert outcomes(contact, "$.gender") == {"a:1": (False, "changed_ahead"), "b:1": (True, "most_recent")}
    assert folded(DEFAULT_SURVIVORSHIP, ahead, now).gender == "x"
    assert folded(Survivorship("far/1", skew="30d"), ahead, now, at=at(10)).gender == "x"
    assert folded(DEFAULT_SURVIVORSHIP, ahead, now, at=at(19)).gender == "x", "a day is no more than other zones make"
    own = record("a:1", 3, Claim("$.gender", "x", observed_at=at(25)), gender="x")
    assert folded(DEFAULT_SURVIVORSHIP, own, now, at=at(10)).gender == "f"


def test_policies_cross_to_workers_and_have_a_mark() -> None:
    policy = Survivorship("mine/1", {"gender": Rule("source_priority", {"sources": ["crm"]})}, sources=("erp",))
    assert pickle.loads(pickle.dumps(policy)) == policy
    assert pickle.loads(pickle.dumps(policy)).rule("gender") == policy.rule("gender")
    assert policy.mark != Survivorship("mine/1").mark
    assert policy.mark == Survivorship.from_text(policy.to_text()).mark
    assert Survivorship("a/1", skew=timedelta(hours=12)).skew == Survivorship("a/1", skew="12h").skew == 43_200


def test_the_shipped_policy_comes_back_from_its_text() -> None:
    assert Survivorship.from_text(DEFAULT_SURVIVORSHIP.to_text()) == DEFAULT_SURVIVORSHIP


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fields = ", "not TOML"),
        ("rules = 1", "no such key"),
        ("version = 1", "version is no text"),
        ('version = "with gaps 1"', "version is no name"),
        ('sources = "erp"', "list of texts"),
        ('sources = ["erp", "erp"]', "stands twice"),
        ('skew = "soon"', "length of time"),
        ("skew = 7", "length of time"),
        ("fields = 1", "no table"),
        ('[fields]\nname = "newest"', "no strategy"),
        ("[fields]\nname = 1", "rule cannot be read"),
        ("[fields]\nname = { }", "rule cannot be read"),
        ('[fields]\nnps = "sum"', "no field"),
        ('[fields]\nrestrictions = "most_recent"', "no field"),
        ('[fields]\nname = "sum"', "does not fit"),
        ('[fields]\nbirthday = "longest"', "does not fit"),
        ('[fields]\ntags = "manual"', "does not fit"),
        ('[fields]\nconsent = "most_recent"', "does not fit"),
        ('[fields]\ngender = "furthest_stage"', "does not fit"),
        ('[fields]\ngender = { strategy = "most_recent", ttl = "1d" }', "no such option"),
        ('[fields]\ngender = "source_priority"', "lacks an option"),
        ('[fields]\ngender = { strategy = "trust_decay", trust = { a = 2 }, half_life = "1d" }', "out of its bounds"),
        ('[fields]\ngender = { strategy = "trust_decay", trust = { }, half_life = "1d" }', "trusted"),
        ('[fields]\ngender = { strategy = "trust_decay", trust = { a = 1 }, half_life = "0d" }', "half-life"),
        ('[fields]\ntags = { strategy = "aggregate_union", cap = 0 }', "whole number"),
        ('[fields]\nemails = { strategy = "aggregate_union", cap = 1 }', "cannot be cut short"),
        ('[fields]\naddresses = { strategy = "aggregate_union", cap = 1 }', "cannot be cut short"),
        ('[fields]\nemails = { strategy = "aggregate_union", order = "sum" }', "does not fit"),
        ('[fields]\ngender = { strategy = "coalesce", rules = [] }', "no list of rules"),
        ('[fields]\ngender = { strategy = "coalesce", rules = ["sum"] }', "does not fit"),
        ('[fields]\ngender = { strategy = "follow", field = "emails" }', "no single value"),
        ('[fields]\ngender = { strategy = "follow", field = "group.work" }', "no single value"),
        ('[fields]\ngender = { strategy = "follow", field = "gender" }', "in a circle"),
        (
            '[fields]\nname = { strategy = "follow", field = "gender" }\ngender = { strategy = "follow", field = "name" }',
            "circle",
        ),
        (
            '[fields]\ngender = "oldest"\n[fields.name]\nstrategy = "coalesce"\nrules = [{ strategy = "follow", field = "name" }]',
            "circle",
        ),
        ('[groups.a]\nstrategy = "most_recent"', "lacks its fields"),
        ('[groups.a]\nfields = ["name"]\nstrategy = "sum"', "does not fit"),
        ('[groups.a]\nfields = ["name"]\nstrategy = "most_recent"\n[fields]\nname = "oldest"', "two rules"),
        (
            '[groups.a]\nfields = ["name"]\nstrategy = "most_recent"\n[groups.b]\nfields = ["name"]\nstrategy = "oldest"',
            "two rules",
        ),
        ('[groups.a]\nfields = ["name"]\nstrategy = "follow"\nfield = "name"', "circle"),
    ],
)
def test_what_a_policy_cannot_say_is_refused_with_a_way_out(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        Survivorship.from_text(text)
    assert caught.value.hint
