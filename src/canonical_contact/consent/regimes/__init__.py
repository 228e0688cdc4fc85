"""The rules of a legal order as versioned data: one TOML file a regime, with sources, dates and confidence.

Engineering defaults, not legal advice. The files are read on first use of `REGIMES`, a constant from then on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, field, frozen

from canonical_contact.errors import ConfigError
from canonical_contact.model import Channel

if TYPE_CHECKING:
    REGIMES: Regimes

__all__ = ["NOTICE", "REGIMES", "Implied", "Regime", "Regimes", "Rule", "conjunction", "ends", "parse_regime", "strictest_rule"]

NOTICE: Final = "Engineering defaults, not legal advice."
STRICTEST: Final = "strictest"
_DEFAULTS: Final = ("opt_in", "opt_out")
_PERIOD: Final = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?")


@frozen
class Implied:
    """A ground on which consent is implied.

    Args:
        basis: the legal basis that an `imply` event must name, such as `purchase`.
        within: ISO 8601 period of years and months (`P2Y`, `P18M`) after which it ends; empty where nothing ends it.
    """

    basis: str
    within: str = ""


@frozen
class Rule:
    """What a regime says about one channel.

    Args:
        default: `opt_in` (consent before the first message) or `opt_out` (allowed until the person objects).
        strength: which strengths of a grant count (`double`, `written` …); empty means any.
        implied: on which grounds consent is implied.
        registry: a do-not-call registry that a number must be screened against before a call without consent; empty for none.
        note: what the file says about it.
    """

    default: str
    strength: tuple[str, ...] = ()
    implied: tuple[Implied, ...] = ()
    registry: str = ""
    note: str = ""


@frozen
class Regime:
    """The rules of one legal order.

    Args:
        id: such as `gdpr_eprivacy`.
        version: of the data, such as `2026.1`; every decision names it.
        channels: a rule for every channel.
        countries: ISO 3166-1 alpha-2 codes that it applies to.
        title: in words.
        effective_from: since when the law is as described.
        reviewed: when somebody last looked.
        confidence: how sure the data is.
        sources: the laws and decisions it rests on.
        withdrawal_days: how many days a withdrawal may take.
        withdrawal_unit: `immediate`, `days` or `business_days`.
        double_opt_in: what is customary.
        retention: how long proof is kept.
        notice: what the data is, and is not.
    """

    id: str
    version: str
    channels: Mapping[Channel, Rule]
    countries: tuple[str, ...] = ()
    title: str = ""
    effective_from: date | None = None
    reviewed: date | None = None
    confidence: str = ""
    sources: tuple[str, ...] = ()
    withdrawal_days: int = 0
    withdrawal_unit: str = "immediate"
    double_opt_in: str = ""
    retention: str = ""
    notice: str = NOTICE

    @property
    def label(self) -> str:
        """Id and version, as decisions name it: `casl/2026.1`."""
        return f"{self.id}/{self.version}"


@frozen
class Regimes:
    """A set of regimes: by id, by country, and the strictest.

    Args:
        by_id: the regimes under their ids, `strictest` among them.
        by_country: the regime that applies in a country.
    """

    by_id: Mapping[str, Regime]
    by_country: Mapping[str, Regime] = field(repr=False)

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


def parse_regime(text: str) -> Regime:
    """Read a regime from TOML: the packaged files' format, also for a host's own rules.

    Args:
        text: the file's text.

    Raises:
        ConfigError: a key is missing, a channel has no rule or an unknown one, or the text is not TOML.
    """
    import tomllib

    try:
        data: dict[str, Any] = tomllib.loads(text)
        rules = {Channel(name): _rule(rule) for name, rule in data["channels"].items()}
        withdrawal = data.get("withdrawal", {})
        plain = {name: data[name] for name in _PLAIN if name in data}
        regime = Regime(
            id=data["id"],
            version=data["version"],
            channels=rules,
            countries=tuple(data.get("countries", ())),
            sources=tuple(data.get("sources", ())),
            withdrawal_days=withdrawal.get("days", 0),
            withdrawal_unit=withdrawal.get("unit", "immediate"),
            **plain,
        )
    except (ValueError, TypeError, AttributeError, KeyError) as error:  # TOMLDecodeError is a ValueError
        raise ConfigError(f"This is not a regime: {error}.", path="regime", hint="See docs/consent.md for the format.") from error
    missing = [channel.value for channel in Channel if channel not in rules]
    if missing:
        raise ConfigError(
            f"The regime {regime.id} has no rule for {', '.join(missing)}.", path="channels", hint="State every channel."
        )
    return regime


def conjunction(regimes: Iterable[Regime], *, opt_in: bool = False, name: str = "") -> Regime:
    """Combine regimes to one that allows only what each of them allows.

    Args:
        regimes: at least one.
        opt_in: demand opt-in on every channel, whatever they say.
        name: the id of the result; else the parts' labels are its version's.
    """
    parts = tuple(sorted(regimes, key=lambda regime: regime.id))
    if len(parts) == 1 and not opt_in:
        return parts[0]
    return Regime(
        id=name or "strictest_of",
        version="+".join(part.label for part in parts),
        channels={channel: strictest_rule(parts, channel, opt_in=opt_in) for channel in Channel},
        title="Allows only what each of these allows: " + "; ".join(part.title for part in parts),
    )


def strictest_rule(regimes: Iterable[Regime], channel: Channel, *, opt_in: bool = False) -> Rule:
    """Combine what several regimes say about a channel: it allows only what each of them allows.

    Args:
        regimes: at least one.
        channel: which channel.
        opt_in: demand opt-in whatever they say.
    """
    rules = [regime.channels[channel] for regime in regimes]
    if len(rules) == 1 and not opt_in:
        return rules[0]
    strengths: set[str] | None = None
    grounds: dict[str, str] | None = None
    for rule in rules:
        if rule.strength:
            strengths = set(rule.strength) if strengths is None else strengths & set(rule.strength)
        if rule.default == "opt_in":  # an opt-out rule needs no ground
            own = {ground.basis: ground.within for ground in rule.implied}
            grounds = own if grounds is None else {b: _shorter(grounds[b], own[b]) for b in grounds if b in own}
    closed = opt_in or any(rule.default == "opt_in" for rule in rules)
    if strengths is not None and not strengths:
        strengths = {"double"}
    return Rule(
        "opt_in" if closed else "opt_out",
        tuple(sorted(strengths or ())),
        tuple(Implied(basis, within) for basis, within in sorted((grounds or {}).items())) if not opt_in else (),
        "/".join(dict.fromkeys(rule.registry for rule in rules if rule.registry)),
    )


def ends(since: datetime, within: str) -> datetime:
    """Add a period of years and months to a time; a day that the month lacks becomes its last.

    >>> from datetime import UTC
    >>> ends(datetime(2026, 8, 31, tzinfo=UTC), "P6M").date().isoformat()
    '2027-02-28'
    """
    found = _PERIOD.fullmatch(within)
    if not found or not any(found.groups()):
        raise ConfigError(f"{within!r} is not a period of years and months.", path="within", hint="Write it as P2Y or P18M.")
    years, months = (int(part or 0) for part in found.groups())
    total = since.month - 1 + months
    year, month = since.year + years + total // 12, total % 12 + 1
    for day in range(since.day, 27, -1):
        try:
            return since.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    return since.replace(year=year, month=month, day=min(since.day, 28))


_PLAIN: Final = ("title", "effective_from", "reviewed", "confidence", "double_opt_in", "retention", "notice")


def _rule(data: Mapping[str, Any]) -> Rule:
    if data["default"] not in _DEFAULTS:
        raise ValueError(f"default is {data['default']!r}, not one of {', '.join(_DEFAULTS)}")
    implied = tuple(Implied(**ground) for ground in data.get("implied", ()))
    for ground in implied:
        if ground.within:
            ends(datetime(2000, 1, 1), ground.within)  # noqa: DTZ001  # only to check the period
    return Rule(data["default"], tuple(data.get("strength", ())), implied, data.get("registry", ""), data.get("note", ""))


def _shorter(left: str, right: str) -> str:
    """Take the earlier of two ends; none is the latest."""
    if not left or not right:
        return left or right
    start = datetime(2000, 1, 1)  # noqa: DTZ001  # only to compare periods
    return min(left, right, key=lambda within: ends(start, within))


def _load() -> Regimes:
    from importlib.resources import files

    folder = files(__name__)
    texts = (entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    shipped = sorted((parse_regime(text) for text in texts), key=lambda regime: regime.id)
    strictest = conjunction(shipped, opt_in=True, name=STRICTEST)
    strictest = evolve(strictest, version=max(regime.version for regime in shipped))
    by_id = {regime.id: regime for regime in (*shipped, strictest)}
    return Regimes(by_id, {country: regime for regime in shipped for country in regime.countries})


def __getattr__(name: str) -> Regimes:
    if name == "REGIMES":
        loaded = globals()["REGIMES"] = _load()
        return loaded
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
