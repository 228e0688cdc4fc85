"""Which regimes a person falls under: all that their addresses, telephone numbers and stated residence point to.

Engineering defaults, not legal advice.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from canonical_contact.consent.regimes import Regime, Regimes
from canonical_contact.model import Card, PostalAddress

__all__ = ["Jurisdiction", "countries_of", "locate", "resolve"]

UNKNOWN = "ZZ"


@frozen
class Jurisdiction:
    """Where a person seems to be, and what binds for that.

    Args:
        codes: ISO 3166-1 alpha-2 and, where a part of a country has its own rules, ISO 3166-2; `ZZ` for a country not recognised.
        regimes: all that bind, in the order of their ids.
        why: code → the paths that it came from, such as `addresses[0].country_code`; `residence` where it was stated.
        certain: all point to one country that has a regime, or the stated residence was made to decide.
    """

    codes: tuple[str, ...]
    regimes: tuple[Regime, ...]
    why: Mapping[str, tuple[str, ...]]
    certain: bool


def locate(card: Card, regimes: Regimes, residence: str = "", *, residence_decides: bool = False) -> Jurisdiction:
    """Find where a contact is and which regimes bind, and say from what.

    Args:
        card: a contact.
        regimes: which regimes there are.
        residence: where the person says that they live: ISO 3166-1 alpha-2 or ISO 3166-2 (`US-CA`).
        residence_decides: the stated residence alone counts. By default it is one sign among the others, and all bind.

    >>> from canonical_contact.consent.regimes import REGIMES
    >>> from canonical_contact.model import PhoneNumber
    >>> home = PostalAddress(region="California", country_code="US")
    >>> found = locate(Card(addresses=(home,), phones=(PhoneNumber("+33142278186", country_code="FR"),)), REGIMES)
    >>> found.codes, [regime.id for regime in found.regimes], found.certain
    (('FR', 'US', 'US-CA'), ['can_spam', 'fr_cpce', 'us_ca_ccpa'], False)
    >>> found.why["US-CA"]
    ('addresses[0].region',)
    """
    stated = residence.strip().upper()
    alone = bool(residence_decides and stated)
    why: dict[str, list[str]] = {}
    for code in (stated, stated.partition("-")[0]) if "-" in stated else (stated,):
        if code:
            why.setdefault(code, []).append("residence")
    if not alone:
        for place, address in enumerate(card.addresses):
            if code := _country(address):
                why.setdefault(code, []).append(f"addresses[{place}].country{'' if code == UNKNOWN else '_code'}")
            for part in _parts(address, regimes):
                why.setdefault(part, []).append(f"addresses[{place}].region")
        for place, phone in enumerate(card.phones):
            if phone.country_code:
                why.setdefault(phone.country_code, []).append(f"phones[{place}].country_code")
    countries = [code for code in why if "-" not in code]
    certain = len(countries) == 1 and countries[0] in regimes.by_country
    return Jurisdiction(
        tuple(sorted(why)), _binding(why, regimes), {code: tuple(paths) for code, paths in sorted(why.items())}, certain
    )


def countries_of(card: Card, residence: str = "") -> frozenset[str]:
    """Collect the countries that a contact points to.

    Args:
        card: a contact.
        residence: ISO 3166-1 alpha-2 code of a stated residence that stands in no address; of a subdivision the country counts.

    Returns:
        ISO 3166-1 alpha-2 codes; a country that was not recognised is `ZZ`.

    >>> from canonical_contact.model import PhoneNumber
    >>> card = Card(addresses=(PostalAddress(country_code="US"),), phones=(PhoneNumber("+33142278186", country_code="FR"),))
    >>> sorted(countries_of(card))
    ['FR', 'US']
    """
    codes = {phone.country_code for phone in card.phones}
    codes |= {_country(address) for address in card.addresses}
    codes.add(residence.strip().upper().partition("-")[0])
    codes.discard("")
    return frozenset(codes)


def resolve(card: Card, regimes: Regimes, residence: str = "") -> tuple[Regime, ...]:
    """Find the regimes of a contact; all of them bind.

    Args:
        card: a contact.
        regimes: which regimes there are.
        residence: see `locate`.

    Returns:
        At least one regime, in the order of their ids; the strictest there is where no country is known, or where one of them has no
        regime here.
    """
    codes = set(countries_of(card, residence))
    for address in card.addresses:
        codes |= _parts(address, regimes)
    if "-" in residence:
        codes.add(residence.strip().upper())
    return _binding(codes, regimes)


def _country(address: PostalAddress) -> str:
    return address.country_code or (UNKNOWN if address.country else "")


def _parts(address: PostalAddress, regimes: Regimes) -> set[str]:
    """The parts of the address's country with rules of their own that it lies in."""
    return {
        code
        for code, regime in regimes.by_subdivision.items()
        if address.country_code == code.partition("-")[0]
        for part in regime.subdivisions
        if part.code == code and part.holds(address.region, address.postcode)
    }


def _binding(codes: Mapping[str, object] | set[str], regimes: Regimes) -> tuple[Regime, ...]:
    found: dict[str, Regime] = {}
    for code in codes:
        regime = regimes.by_subdivision.get(code) if "-" in code else regimes.by_country.get(code)
        if regime is not None:
            found[regime.id] = regime
        elif "-" not in code:
            return (regimes.strictest,)
    return tuple(found[name] for name in sorted(found)) or (regimes.strictest,)
