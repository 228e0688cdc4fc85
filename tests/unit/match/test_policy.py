from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import evolve

from canonical_contact.errors import ConfigError
from canonical_contact.match.policy import MatchPolicy, Rule, thresholds
from canonical_contact.match.rules import rule_table
from match_vocabulary import CANONICAL, EVERYTHING, vector


def fires(policy: MatchPolicy, levels: bytes) -> set[str]:
    table = rule_table(policy, EVERYTHING)
    fired = table.fired(levels)
    return {rule.name for bit, (_, rule) in enumerate(table.rules) if fired >> bit & 1}


def test_the_shipped_policy_fits_the_comparisons_with_and_without_extensions() -> None:
    policy = MatchPolicy.default()
    assert rule_table(policy, EVERYTHING).idle == ()
    assert rule_table(policy, CANONICAL).idle == ("verified_birthdays_differ", "national_ids_differ", "national_id_and_name")


def test_every_shipped_rule_says_why() -> None:
    assert all(rule.why for _, rule in MatchPolicy.default().rules)


def test_levels_with_not_stand_for_all_others() -> None:
    policy = MatchPolicy(hold=(Rule("other_mailbox", {"email": ("not same", "not near")}),))
    assert fires(policy, vector(email="different")) == {"other_mailbox"}
    assert fires(policy, vector(email="near")) == set()


def test_a_comparison_that_is_not_made_counts_as_missing() -> None:
    policy = MatchPolicy(
        hold=(Rule("nothing_known", {"x.shoe_size": ("different", "missing")}),),
        match=(Rule("shoes", {"x.shoe_size": ("same",)}),),
    )
    assert fires(policy, vector()) == {"nothing_known"}
    assert rule_table(policy, EVERYTHING).idle == ("shoes",)


def test_a_star_stands_for_every_extension_field() -> None:
    policy = MatchPolicy(hold=(Rule("nothing_more", {"x.*": ("not exact",)}),))
    assert fires(policy, vector(x__member_no="different")) == {"nothing_more"}
    assert fires(policy, vector(x__member_no="different", x__national_id="exact")) == set()


def test_national_ids_are_the_fields_that_the_policy_names() -> None:
    rule = Rule("ids_differ", {"national_id": ("different",)})
    policy = MatchPolicy(must_not=(rule,), national_ids=("national_id", "member_no"))
    assert fires(policy, vector(x__member_no="different")) == {"ids_differ"}
    assert fires(evolve(policy, national_ids=()), vector(x__member_no="different")) == set()


def test_birth_dates_are_verified_by_record_or_by_policy() -> None:
    policy, levels = MatchPolicy.default(), vector(birthday="digit", email="same", given="exact", surname="exact")
    checked = vector(birthday="digit", email="same", given="exact", surname="exact", x__birthday_verified="same")
    assert "verified_birthdays_differ" not in fires(policy, levels)
    assert "verified_birthdays_differ" in fires(policy, checked)
    assert "verified_birthdays_differ" in fires(evolve(policy, verified=("birthday",)), levels)


def test_a_level_that_there_is_not_is_answered_with_those_that_there_are() -> None:
    policy = MatchPolicy(hold=(Rule("typing", {"phone": ("sane",)}),))
    with pytest.raises(ConfigError, match="typing names a level that phone does not have: sane") as caught:
        rule_table(policy, EVERYTHING)
    assert "same, same_shared, near, suffix, different, missing" in str(caught.value)
    assert caught.value.path == "typing.levels.phone"


def test_more_rules_than_a_set_holds_are_refused() -> None:
    rules = tuple(Rule(f"rule{place}", {"email": ("same",)}) for place in range(65))
    rule_table(MatchPolicy(match=rules[:64]), EVERYTHING)
    with pytest.raises(ConfigError, match="too many rules"):
        rule_table(MatchPolicy(match=rules), EVERYTHING)


MISTAKES: list[tuple[Callable[[], object], str]] = [
    (lambda: Rule("Two Words", {"email": ("same",)}), "no code of its own"),
    (lambda: Rule("weights", {"email": ("same",)}), "no code of its own"),
    (lambda: Rule("empty", {}), "names no comparison"),
    (lambda: Rule("mixed", {"email": ("same", "not near")}), "cannot be read"),
    (lambda: Rule("no_levels", {"email": ()}), "cannot be read"),
    (lambda: MatchPolicy(match_at=1.5), "no probability"),
    (lambda: MatchPolicy(review_at=0), "no probability"),
    (lambda: MatchPolicy(review_at="0.5"), "no probability"),  # type: ignore[arg-type]
    (lambda: MatchPolicy(match_at=0.4, review_at=0.5), "below review_at"),
    (lambda: MatchPolicy(version="my policy"), "no name"),
    (lambda: thresholds(0, 1, 1), "not a number above 0"),
    (lambda: thresholds(1, float("inf"), 1), "not a number above 0"),
    (lambda: thresholds(1, 1, float("nan")), "not a number above 0"),
]


@pytest.mark.parametrize(("make", "says"), MISTAKES)
def test_a_policy_that_contradicts_itself_is_refused(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        make()


WRONG_TOML = [
    ("version = ", "not TOML"),
    ("versoin = 'a/1'", "a key that there is not"),
    ("version = 2", "must be a text"),
    ("match_at = 'high'", "no probability"),
    ("unique_sources = 'crm'", "must be a list of texts"),
    ("hold = 3", "no list of tables"),
    ("[[hold]]\nname = 'a'", "lacks its name or its levels"),
    ("[[hold]]\nname = 'a'\nlevels = 'email'", "Levels are a table"),
    ("[[hold]]\nname = 'a'\nlevels.email = 'same'", "must be a list of texts"),
    ("[[hold]]\nname = 'a'\nlevels.email = ['same']\nbecause = 'b'", "a key that there is not"),
    ("match_at = 0.9\n[costs]\nwrong_merge = 1\nmissed = 1\nreview = 0.1", "thresholds and costs"),
    ("[costs]\nwrong_merge = 1", "not complete"),
    ("[costs]\nwrong_merge = 'much'\nmissed = 1\nreview = 1", "must be a number"),
]


@pytest.mark.parametrize(("text", "says"), WRONG_TOML)
def test_a_toml_policy_that_cannot_be_read_says_where(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        MatchPolicy.from_toml(text)


def test_costs_in_toml_become_thresholds() -> None:
    policy = MatchPolicy.from_toml("[costs]\nwrong_merge = 50\nmissed = 1\nreview = 0.5")
    assert (policy.match_at, policy.review_at) == (0.99, 0.5)


def test_costs_keep_the_rules_of_their_base() -> None:
    base = MatchPolicy(version="mine/1", hold=(Rule("a", {"email": ("same",)}),))
    assert MatchPolicy.from_costs(base=base) == evolve(base, match_at=0.99, review_at=0.5)
    asks = evolve(base, precision=0.98)
    assert MatchPolicy.from_costs(1, 1, 1, base=asks) == evolve(base, match_at=0.5, review_at=0.5), "costs alone decide"


def test_the_shipped_policy_comes_back_from_its_toml() -> None:
    policy = MatchPolicy.default()
    assert MatchPolicy.from_toml(policy.to_toml()) == policy
