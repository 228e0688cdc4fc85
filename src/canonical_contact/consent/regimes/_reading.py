"""A regime from its file: strict, so that a word that nobody reads is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Final

from attrs import evolve

from canonical_contact.consent.regimes._rules import EPOCH, Implied, Regime, Rule, Subdivision, Withdrawal, ends, later
from canonical_contact.errors import ConfigError
from canonical_contact.model import Channel, ConsentState

__all__ = ["parse_regime", "rule_fields"]

MARKS: Final = ("", "H", "M", "L")
_DEFAULTS: Final = ("opt_in", "opt_out")
_UNITS: Final = ("immediate", "days", "business_days")


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
        _known(data, _KEYS, "the file")
        rules = {Channel(name): _dated(name, told) for name, told in data["channels"].items()}
        withdrawals = _withdrawals(data.get("withdrawal", {}))
        proof = data.get("proof", {})
        _known(proof, ("keep", "from"), "proof")
        if proof.get("keep"):
            later(EPOCH, proof["keep"])
        plain = {name: data[name] for name in _PLAIN if name in data}
        regime = Regime(
            id=data["id"],
            version=data["version"],
            channels={channel: several[-1] for channel, several in rules.items()},
            countries=tuple(data.get("countries", ())),
            sources=tuple(data.get("sources", ())),
            withdrawal_days=withdrawals[0].days,
            withdrawal_unit=withdrawals[0].unit,
            withdrawals=withdrawals if len(withdrawals) > 1 else (),
            history={channel: several for channel, several in rules.items() if len(several) > 1},
            keep=proof.get("keep", ""),
            keep_from=proof.get("from", ""),
            subdivisions=tuple(
                Subdivision(one["code"], tuple(one.get("names", ())), tuple(one.get("postcodes", ())))
                for one in data.get("subdivisions", ())
            ),
            **plain,
        )
    except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:  # TOMLDecodeError is a ValueError
        raise ConfigError(f"This is not a regime: {error}.", path="regime", hint="See docs/regimes.md for the format.") from error
    missing = [channel.value for channel in Channel if channel not in rules]
    if missing:
        raise ConfigError(
            f"The regime {regime.id} has no rule for {', '.join(missing)}.", path="channels", hint="State every channel."
        )
    return regime


_PLAIN: Final = ("title", "effective_from", "reviewed", "confidence", "double_opt_in", "retention", "notice")
_KEYS: Final = (*_PLAIN, "id", "version", "channels", "countries", "subdivisions", "sources", "withdrawal", "proof")
_RULE: Final = (
    *("default", "strength", "implied", "registry", "note", "from", "until"),
    *("screening", "request", "ask_again", "confidence", "open"),
)


def _known(data: Mapping[str, Any], keys: Iterable[str], where: str) -> None:
    if unknown := sorted(set(data) - set(keys)):
        raise ValueError(f"{where} has unknown keys: {', '.join(unknown)}")


def _dated(name: str, told: Mapping[str, Any] | list[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Read a channel's rule, or its rules by date: each ends where the next begins."""
    rules = [_rule(one) for one in (told if isinstance(told, list) else [told])]
    for place, (old, new) in enumerate(pairwise(rules)):
        if new.valid_from is None or (old.valid_from is not None and old.valid_from >= new.valid_from):
            raise ValueError(f"the rules of {name} are not in the order of their dates")
        if old.until not in (None, new.valid_from):
            raise ValueError(f"a rule of {name} ends at another date than the next begins")
        rules[place] = evolve(old, until=new.valid_from)
    if rules[-1].until is not None:
        raise ValueError(f"nothing follows the last rule of {name}; leave out its until")
    return tuple(rules)


def _rule(data: Mapping[str, Any]) -> Rule:
    _known(data, _RULE, "a rule")
    if data["default"] not in _DEFAULTS:
        raise ValueError(f"default is {data['default']!r}, not one of {', '.join(_DEFAULTS)}")
    return Rule(data["default"], **rule_fields({key: value for key, value in data.items() if key != "default"}))


def rule_fields(data: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the keys of a file into fields of a `Rule`, and check their forms.

    >>> rule_fields({"request": ["unknown"], "screening": "P31D"})
    {'request': ('unknown',), 'screening': 'P31D'}
    """
    fields: dict[str, Any] = {"valid_from" if key == "from" else key: value for key, value in data.items()}
    for key in ("strength", "request"):
        if key in fields:
            fields[key] = tuple(fields[key])
    if "default" in fields and fields["default"] not in _DEFAULTS:
        raise ValueError(f"default is {fields['default']!r}, not one of {', '.join(_DEFAULTS)}")
    if "implied" in fields:
        fields["implied"] = tuple(Implied(**ground) for ground in fields["implied"])
    for ground in fields.get("implied", ()):
        if ground.within:
            ends(EPOCH, ground.within)
    for state in fields.get("request", ()):
        ConsentState(state)
    for key in ("screening", "ask_again"):
        if fields.get(key):
            later(EPOCH, fields[key])
    if fields.get("confidence", "") not in MARKS:
        raise ValueError(f"confidence is {fields['confidence']!r}, not one of H, M, L")
    return fields


def _withdrawals(told: Mapping[str, Any] | list[Mapping[str, Any]]) -> tuple[Withdrawal, ...]:
    found = []
    for one in told if isinstance(told, list) else [told]:
        _known(one, ("days", "unit", "from", "scope"), "withdrawal")
        found.append(Withdrawal(one.get("days", 0), one.get("unit", "immediate"), one.get("from"), one.get("scope", "topic")))
        if found[-1].unit not in _UNITS or found[-1].scope not in ("topic", "all") or found[-1].days < 0:
            raise ValueError("withdrawal must have days, a unit (immediate, days, business_days) and a scope (topic, all)")
    for old, new in pairwise(found):
        if new.valid_from is None or (old.valid_from is not None and old.valid_from >= new.valid_from):
            raise ValueError("the withdrawals are not in the order of their dates")
    return tuple(found)
