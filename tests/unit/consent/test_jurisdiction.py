"""Where a person is, from what, and what binds."""

from __future__ import annotations

import pytest

from canonical_contact.consent.jurisdiction import countries_of, locate, resolve
from canonical_contact.consent.regimes import REGIMES
from canonical_contact.model import Card, PhoneNumber, PostalAddress

US_PHONE = PhoneNumber("+12025550101", country_code="US")


@pytest.mark.parametrize(
    ("address", "california"),
    [
        (PostalAddress(region="ca", country_code="US"), True),
        (PostalAddress(postcode="94110-1234", country_code="US"), True),
        (PostalAddress(region="NV", postcode="89501", country_code="US"), False),
        (PostalAddress(region="CA", country_code="CO"), False),
        (PostalAddress(region="CA"), False),
    ],
)
def test_california_binds_besides_the_federal_rules(address: PostalAddress, california: bool) -> None:
    card = Card(addresses=(address,), phones=(US_PHONE,))
    found = locate(card, REGIMES)
    assert ("US-CA" in found.codes) is california
    assert found.regimes == resolve(card, REGIMES)
    assert "US-CA" not in countries_of(card)


def test_it_says_from_what_each_country_came() -> None:
    card = Card(addresses=(PostalAddress(country_code="US"), PostalAddress(country="Kakanien")), phones=(US_PHONE,))
    found = locate(card, REGIMES, residence="fr")
    assert found.codes == ("FR", "US", "ZZ")
    assert found.why == {
        "FR": ("residence",),
        "US": ("addresses[0].country_code", "phones[0].country_code"),
        "ZZ": ("addresses[1].country",),
    }
    assert not found.certain
    assert [regime.id for regime in found.regimes] == ["strictest"]


def test_a_stated_residence_decides_only_where_the_host_says_so() -> None:
    card = Card(phones=(US_PHONE,))
    assert [regime.id for regime in locate(card, REGIMES, "DE").regimes] == ["can_spam", "de_uwg"]
    alone = locate(card, REGIMES, "US-CA", residence_decides=True)
    assert (alone.codes, alone.certain) == (("US", "US-CA"), True)
    assert [regime.id for regime in locate(card, REGIMES, "de", residence_decides=True).regimes] == ["de_uwg"]
    assert [regime.id for regime in locate(card, REGIMES, "", residence_decides=True).regimes] == ["can_spam"]
    assert resolve(card, REGIMES, "US-CA") == locate(card, REGIMES, "US-CA").regimes


def test_one_country_is_certain_and_none_or_a_strange_one_is_not() -> None:
    assert locate(Card(phones=(US_PHONE,)), REGIMES).certain
    assert not locate(Card(), REGIMES).certain
    assert locate(Card(), REGIMES).regimes == (REGIMES.strictest,)
    assert not locate(Card(phones=(PhoneNumber("+234", country_code="NG"),)), REGIMES).certain
