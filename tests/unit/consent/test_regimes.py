"""Regimes are data: complete, sourced, dated, and combined to what each of them allows."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

import pytest

from canonical_contact.consent import NOTICE, countries_of, parse_regime, resolve
from canonical_contact.consent.regimes import REGIMES, Implied, conjunction, ends, strictest_rule
from canonical_contact.errors import ConfigError
from canonical_contact.model import Card, Channel, PhoneNumber, PostalAddress

SHIPPED = [name for name in REGIMES.by_id if name != "strictest"]
TEXT = files("canonical_contact.consent.regimes").joinpath("casl.toml").read_text(encoding="utf-8")


def test_the_regimes_that_ship() -> None:
    assert sorted(SHIPPED) == [
        *("au_spam", "br_lgpd", "can_spam", "casl", "de_uwg", "fr_cpce", "gdpr_eprivacy"),
        *("in_dpdp", "jp_tokutei", "sg_pdpa", "uk_pecr", "us_ca_ccpa"),
    ]


@pytest.mark.parametrize("name", SHIPPED)
def test_each_regime_states_every_channel_its_sources_its_dates_and_what_it_is_not(name: str) -> None:
    regime = REGIMES.get(name)
    assert set(regime.channels) == set(Channel)
    assert regime.sources
    assert regime.countries or regime.subdivisions
    assert regime.confidence
    assert regime.notice == NOTICE
    assert regime.effective_from
    assert regime.reviewed
    assert regime.effective_from <= regime.reviewed


def test_no_country_has_two_regimes() -> None:
    countries = [country for name in SHIPPED for country in REGIMES.get(name).countries]
    assert len(countries) == len(set(countries)) == len(REGIMES.by_country)


def test_the_strictest_wants_opt_in_everywhere_and_accepts_nothing_implied() -> None:
    for channel, rule in REGIMES.strictest.channels.items():
        assert rule.default == "opt_in", channel
        assert rule.implied == ()
    assert REGIMES.strictest.channels[Channel.SMS].strength == ("double", "written")
    assert REGIMES.strictest.channels[Channel.EMAIL].strength == ()


@pytest.mark.parametrize(
    ("countries", "found"),
    [
        (["FI"], ["gdpr_eprivacy"]),
        (["DE"], ["de_uwg"]),
        (["US"], ["can_spam"]),
        (["US", "CA"], ["can_spam", "casl"]),
        (["US", "BR"], ["br_lgpd", "can_spam"]),
        (["US", "NG"], ["strictest"]),
        (["US", "ZZ"], ["strictest"]),
        ([], ["strictest"]),
    ],
)
def test_all_that_a_contact_points_to_binds(countries: list[str], found: list[str]) -> None:
    card = Card(phones=tuple(PhoneNumber(f"+{n}", country_code=code) for n, code in enumerate(countries)))
    assert [regime.id for regime in resolve(card, REGIMES)] == found


def test_countries_come_from_addresses_phones_and_a_stated_residence() -> None:
    card = Card(
        addresses=(PostalAddress(country_code="US"), PostalAddress(locality="Oslo"), PostalAddress(country="Kakanien")),
        phones=(PhoneNumber("+800", country_code=""), PhoneNumber("+44", country_code="GB")),
    )
    assert countries_of(card, residence="fr") == {"US", "GB", "FR", "ZZ"}


def test_a_combination_allows_only_what_each_part_allows() -> None:
    us, ca = REGIMES.get("can_spam"), REGIMES.get("casl")
    both = conjunction([us, ca])
    assert both.channels[Channel.EMAIL].default == "opt_in"
    assert Implied("purchase", "P2Y") in both.channels[Channel.EMAIL].implied
    assert both.channels[Channel.POST].default == "opt_out"
    assert both.channels[Channel.VOICE_LIVE].registry == "national_dnc/national_dncl"
    assert conjunction([ca, us]) == both
    assert conjunction([us]) is us
    fax = strictest_rule([us, ca], Channel.FAX)
    assert (fax.default, fax.implied) == ("opt_in", ())
    gdpr, uk = REGIMES.get("gdpr_eprivacy"), REGIMES.get("uk_pecr")
    assert strictest_rule([gdpr, uk], Channel.EMAIL).implied == (Implied("soft_opt_in"),)


def test_the_shorter_period_and_a_common_strength_win() -> None:
    short = parse_regime(TEXT.replace("P2Y", "P18M").replace('default = "opt_in"', 'default = "opt_in"\nstrength = ["written"]'))
    other = parse_regime(TEXT.replace('default = "opt_in"', 'default = "opt_in"\nstrength = ["verbal"]'))
    rule = strictest_rule([short, other], Channel.EMAIL)
    assert Implied("purchase", "P18M") in rule.implied
    assert rule.strength == ("double",)


def test_a_period_ends_on_the_last_day_of_a_shorter_month() -> None:
    assert ends(datetime(2024, 2, 29, tzinfo=UTC), "P1Y") == datetime(2025, 2, 28, tzinfo=UTC)
    assert ends(datetime(2026, 12, 15, tzinfo=UTC), "P2Y1M") == datetime(2029, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        "",
        TEXT.replace("[channels.ads]", "[channels.telegraph]"),
        TEXT.replace('default = "opt_out"', 'default = "perhaps"'),
        TEXT.replace("P2Y", "two years"),
        TEXT.replace('[channels.ads]\ndefault = "opt_out"', ""),
        TEXT.replace('basis = "purchase"', 'ground = "purchase"'),
        'id = "x"\nversion = "1"\nchannels = 3',
    ],
)
def test_a_file_that_is_no_regime_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_regime(text)
    assert caught.value.hint


def test_an_unknown_regime_is_named_with_the_legal_ones() -> None:
    with pytest.raises(ConfigError, match="uk_pecr"):
        REGIMES.get("atlantis")
