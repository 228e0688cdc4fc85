"""The rules of a legal order as versioned data: one TOML file a regime, with sources, dates and confidence.

Engineering defaults, not legal advice. The files are read on first use of `REGIMES`, a constant from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from attrs import evolve, field, frozen

from canonical_contact.consent.regimes._reading import parse_regime, rule_fields
from canonical_contact.consent.regimes._rules import (
    NOTICE,
    Implied,
    Override,
    Regime,
    Rule,
    Subdivision,
    Withdrawal,
    conjunction,
    ends,
    later,
    may_request,
    strictest_rule,
    withdrawal_due,
)
from canonical_contact.errors import ConfigError

if TYPE_CHECKING:
    REGIMES: Regimes

__all__ = [
    "NOTICE",
    "REGIMES",
    "Implied",
    "Override",
    "Regime",
    "Regimes",
    "Rule",
    "Subdivision",
    "Withdrawal",
    "collect",
    "conjunction",
    "ends",
    "later",
    "may_request",
    "parse_regime",
    "rule_fields",
    "strictest_rule",
    "withdrawal_due",
]

STRICTEST: Final = "strictest"


@frozen
class Regimes:
    """A set of regimes: by id, by country, and the strictest.

    Args:
        by_id: the regimes under their ids, `strictest` among them.
        by_country: the regime that applies in a country.
        by_subdivision: the regime that applies in a part of a country besides (ISO 3166-2).
    """

    by_id: Mapping[str, Regime]
    by_country: Mapping[str, Regime] = field(repr=False)
    by_subdivision: Mapping[str, Regime] = field(factory=dict, repr=False)

    @property
    def strictest(self) -> Regime:
        """What applies where the country is unknown or has no regime here."""
        return self.by_id[STRICTEST]

    def get(self, name: str) -> Regime:
        """Get a regime by its id; hyphens count as underscores.

        Raises:
            ConfigError: there is no such regime.

        >>> REGIMES = __getattr__("REGIMES")
        >>> REGIMES.get("uk-pecr").label
        'uk_pecr/2026.1'
        """
        try:
            return self.by_id[name.replace("-", "_")]
        except KeyError:
            raise ConfigError(
                f"There is no regime {name!r}.", path="regime", hint=f"Regimes: auto, {', '.join(sorted(self.by_id))}."
            ) from None


def collect(regimes: Iterable[Regime]) -> Regimes:
    """Make a set of regimes, `strictest` among them, by their countries and subdivisions.

    >>> collect([Regime("x", "1", {}, countries=("XX",))]).by_country["XX"].label
    'x/1'
    """
    known = tuple(regimes)
    return Regimes(
        {regime.id: regime for regime in known},
        {country: regime for regime in known for country in regime.countries},
        {part.code: regime for regime in known for part in regime.subdivisions},
    )


def _load() -> Regimes:
    from importlib.resources import files

    folder = files(__name__)
    texts = (entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    shipped = sorted((parse_regime(text) for text in texts), key=lambda regime: regime.id)
    strictest = conjunction(shipped, opt_in=True, name=STRICTEST)
    strictest = evolve(strictest, version=max(regime.version for regime in shipped))
    return collect((*shipped, strictest))


def __getattr__(name: str) -> Regimes:
    if name == "REGIMES":
        loaded = globals()["REGIMES"] = _load()
        return loaded
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
