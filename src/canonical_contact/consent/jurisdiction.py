"""Which regimes a person falls under: all that their addresses, telephone numbers and stated residence point to."""

from __future__ import annotations

from canonical_contact.consent.regimes import Regime, Regimes
from canonical_contact.model import Card

__all__ = ["countries_of", "resolve"]


def countries_of(card: Card, residence: str = "") -> frozenset[str]:
    """Collect the countries that a contact points to.

    Args:
        card: a contact.
        residence: ISO 3166-1 alpha-2 code of a stated residence that stands in no address.

    Returns:
        ISO 3166-1 alpha-2 codes; a country that was not recognised is `ZZ`.

    >>> from canonical_contact.model import PhoneNumber, PostalAddress
    >>> card = Card(addresses=(PostalAddress(country_code="US"),), phones=(PhoneNumber("+33142278186", country_code="FR"),))
    >>> sorted(countries_of(card))
    ['FR', 'US']
    """
    codes = {phone.country_code for phone in card.phones}
    for address in card.addresses:
        codes.add(address.country_code or ("ZZ" if address.country else ""))
    codes.add(residence.upper())
    codes.discard("")
    return frozenset(codes)


def resolve(card: Card, regimes: Regimes, residence: str = "") -> tuple[Regime, ...]:
    """Find the regimes of a contact; all of them bind.

    Args:
        card: a contact.
        regimes: which regimes there are.
        residence: see `countries_of`.

    Returns:
        At least one regime, in the order of their ids; the strictest there is where no country is known, or where one of them has no
        regime here.
    """
    codes = countries_of(card, residence)
    found: dict[str, Regime] = {}
    for code in codes:
        regime = regimes.by_country.get(code)
        if regime is None:
            return (regimes.strictest,)
        found[regime.id] = regime
    return tuple(found[name] for name in sorted(found)) or (regimes.strictest,)
