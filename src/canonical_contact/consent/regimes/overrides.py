"""What a host changes in the rules that ship: by name, for a reason, for a time, and on record.

A host that knows its law better than these defaults says so here and not in code: the version of the regime then names the overrides, so
every decision does, and `override_events` gives the events that belong in the ledger. Not legal advice, neither before nor after.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from attrs import evolve, frozen

from canonical_contact.consent.regimes import Override, Regime, Regimes, Rule, collect, rule_fields, strictest_rule
from canonical_contact.consent.regimes._rules import EPOCH, later
from canonical_contact.errors import ConfigError
from canonical_contact.model import Channel
from canonical_contact.model.events import Event, EventName

__all__ = ["Change", "Overrides", "apply_overrides", "override_events", "parse_overrides"]

_ABOUT: Final = ("who", "why", "when", "until")
_FIELDS: Final = ("default", "strength", "implied", "registry", "screening", "request", "ask_again", "note")
_ENDLESS: Final = datetime.max.replace(tzinfo=UTC)  # a screening without a period holds for good
_HINT: Final = "Write [regime.channel] with who, why, when (a date), perhaps until, and at least one field of the rule."


@frozen
class Change:
    """One change of the rule of one channel.

    Args:
        regime: id of the regime.
        channel: of which channel.
        fields: what it replaces in the rule.
        who: the role or person that answers for it.
        why: the reason, such as a legal opinion's name.
        when: since when it counts.
        until: the first day on which it no longer counts; None for no end.
    """

    regime: str
    channel: Channel
    fields: Mapping[str, Any]
    who: str
    why: str
    when: date
    until: date | None = None


@frozen
class Overrides:
    """A host's changes under one name and version.

    Args:
        name: of the host, such as `acme`.
        version: of the changes; raise it with every change.
        changes: what is changed.
    """

    name: str
    version: str
    changes: tuple[Change, ...]

    @property
    def label(self) -> str:
        """What is added to a regime's version: `acme-3`."""
        return f"{self.name}-{self.version}"


def parse_overrides(text: str) -> Overrides:
    """Read overrides from TOML.

    Args:
        text: `name` and `version`, then a table `[regime.channel]` for each change.

    Raises:
        ConfigError: it is not of that form.

    >>> acme = parse_overrides('''name = "acme"
    ... version = "3"
    ... [casl.post]
    ... default = "opt_in"
    ... who = "Data protection officer"
    ... why = "Policy of the house"
    ... when = 2026-09-01
    ... ''')
    >>> acme.label, acme.changes[0].fields
    ('acme-3', {'default': 'opt_in'})
    """
    import tomllib

    try:
        data = tomllib.loads(text)
        name, version = str(data.pop("name")), str(data.pop("version"))
        changes = tuple(
            _change(regime.replace("-", "_"), Channel(channel), told)
            for regime, channels in data.items()
            for channel, told in channels.items()
        )
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ConfigError(f"These are no overrides: {error}.", path="overrides", hint=_HINT) from error
    if not name or not version or not changes:
        raise ConfigError("Overrides need a name, a version and a change.", path="overrides", hint=_HINT)
    return Overrides(name, version, changes)


def apply_overrides(overrides: Overrides, regimes: Regimes) -> Regimes:
    """Make a set of regimes with a host's changes; the given set stays as it is.

    The version of a changed regime says so (`casl/2026.1+acme-3`), from the first day, whether or not a change counts yet.
    `strictest` stays as it ships: nobody can loosen what holds where nothing is known.

    Args:
        overrides: what is changed.
        regimes: the set to begin with, such as `REGIMES`.

    Raises:
        ConfigError: there is no such regime, or it is `strictest`.

    >>> from canonical_contact.consent.regimes import REGIMES
    >>> change = Change("casl", Channel.POST, {"default": "opt_in"}, "DPO", "policy", date(2026, 9, 1))
    >>> mine = apply_overrides(Overrides("acme", "3", (change,)), REGIMES)
    >>> mine.get("casl").label
    'casl/2026.1+acme-3'
    >>> mine.by_country["CA"].rule(Channel.POST, datetime(2026, 9, 2, tzinfo=UTC)).default
    'opt_in'
    """
    by_id = dict(regimes.by_id)
    for change in overrides.changes:
        regime = regimes.get(change.regime)
        if regime.parts:
            raise ConfigError(
                f"The regime {regime.id} is made of others and cannot be changed.",
                path="overrides",
                hint="Change one of its parts.",
            )
        known = by_id[regime.id].overrides
        one = Override(change.fields, change.when, change.until, loosens(change, regime))
        by_id[regime.id] = evolve(
            by_id[regime.id],
            version=f"{regime.version}+{overrides.label}",
            overrides={**known, change.channel: (*known.get(change.channel, ()), one)},
        )
    return collect(by_id.values())


def loosens(change: Change, regime: Regime) -> bool:
    """Whether a change allows, at any time that it counts, what the regime's own rule does not.

    Args:
        change: the change.
        regime: the regime as it ships.

    >>> from canonical_contact.consent.regimes import REGIMES
    >>> free = Change("casl", Channel.EMAIL, {"default": "opt_out"}, "DPO", "opinion 7", date(2026, 9, 1))
    >>> loosens(free, REGIMES.get("casl")), loosens(evolve(free, fields={"strength": ("double",)}), REGIMES.get("casl"))
    (True, False)
    """
    rules = regime.history.get(change.channel) or (regime.channels[change.channel],)
    counted = [
        rule
        for rule in rules
        if (rule.until is None or rule.until > change.when)
        and (change.until is None or rule.valid_from is None or rule.valid_from < change.until)
    ]
    return any(_looser(rule, evolve(rule, **change.fields), change.channel) for rule in counted)


def override_events(overrides: Overrides, regimes: Regimes, *, at: datetime) -> tuple[Event, ...]:
    """Make the events that record a host's changes: one a change, for the ledger (`put_proofs`).

    Args:
        overrides: what is changed.
        regimes: the set that they are applied to.
        at: when the host puts them in force, with a zone.

    >>> from canonical_contact.consent.regimes import REGIMES
    >>> change = Change("casl", Channel.EMAIL, {"default": "opt_out"}, "DPO", "opinion 7", date(2026, 9, 1))
    >>> told = override_events(Overrides("acme", "3", (change,)), REGIMES, at=datetime(2026, 8, 30, tzinfo=UTC))[0]
    >>> told.detail["act"], told.detail["regime"], told.detail["channel"], told.detail["loosens"]
    ('regime_overridden', 'casl/2026.1+acme-3', 'email', 'yes')
    """
    changed = apply_overrides(overrides, regimes)
    return tuple(
        Event(
            EventName.CONTACT_CHANGED,
            "",
            at,
            detail={
                "act": "regime_overridden",
                "regime": changed.get(change.regime).label,
                "channel": change.channel.value,
                "change": "; ".join(f"{key}={_said(value)}" for key, value in sorted(change.fields.items())),
                "who": change.who,
                "why": change.why,
                "when": change.when.isoformat(),
                "until": change.until.isoformat() if change.until else "",
                "loosens": "yes" if loosens(change, regimes.get(change.regime)) else "no",
            },
        )
        for change in overrides.changes
    )


def _change(regime: str, channel: Channel, told: Mapping[str, Any]) -> Change:
    if unknown := sorted(set(told) - {*_ABOUT, *_FIELDS}):
        raise ValueError(f"unknown keys in {regime}.{channel.value}: {', '.join(unknown)}")
    fields = rule_fields({key: told[key] for key in _FIELDS if key in told})
    when, until = told["when"], told.get("until")
    if not fields or not str(told["who"]).strip() or not str(told["why"]).strip():
        raise ValueError(f"{regime}.{channel.value} needs who, why and a field of the rule")
    if type(when) is not date or (until is not None and (type(until) is not date or until <= when)):
        raise ValueError(f"when and until of {regime}.{channel.value} must be dates, until the later one")
    return Change(regime, channel, fields, told["who"], told["why"], when, until)


def _looser(old: Rule, new: Rule, channel: Channel) -> bool:
    both = strictest_rule([Regime("old", "", {channel: old}), Regime("new", "", {channel: new})], channel)
    if both.default != new.default or set(both.strength) != set(new.strength):
        return True
    if new.default == "opt_in" or new.registry:  # elsewhere nothing needs a ground
        grounds = {ground.basis: ground for ground in both.implied}
        if old.default == "opt_in" and any(grounds.get(ground.basis) != ground for ground in new.implied):
            return True
    if (
        new.default == "opt_out"
        and old.registry
        and (new.registry != old.registry or _length(new.screening, _ENDLESS) > _length(old.screening, _ENDLESS))
    ):
        return True
    if new.default == old.default == "opt_out" and not {g.basis for g in new.implied} <= {g.basis for g in old.implied}:
        return True
    return not set(new.request) <= set(old.request) or _length(old.ask_again, EPOCH) > _length(new.ask_again, EPOCH)


def _length(period: str, empty: datetime) -> datetime:
    return later(EPOCH, period) if period else empty


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return "|".join(
            one.basis + (f":{one.within}" if one.within else "") if hasattr(one, "basis") else str(one) for one in value
        )
    return str(value)
