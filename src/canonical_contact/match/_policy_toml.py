"""A policy as TOML: one list of tables for each kind of rule, one line for each condition."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from attrs import fields

from canonical_contact.errors import ConfigError
from canonical_contact.match.policy import KINDS, MatchPolicy, Rule, thresholds

__all__ = ["policy_of", "toml_of"]

_LISTS = ("unique_sources", "verified", "national_ids")
_COSTS = ("wrong_merge", "missed", "review")
_KEYS = ("version", "match_at", "review_at", "precision", "costs", *_LISTS, *KINDS)
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def policy_of(text: str, source: str) -> MatchPolicy:
    """Read a policy, and say where it is wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source} is not TOML: {error}", path=source, hint="docs/policy.md has an example.") from None
    _known(data, _KEYS, source)
    values: dict[str, Any] = {name: data[name] for name in ("match_at", "review_at", "precision") if name in data}
    if "version" in data:
        values["version"] = _text(data["version"], "version")
    if "costs" in data:
        if values.keys() & {"match_at", "review_at"}:
            raise ConfigError(f"{source} states thresholds and costs.", path="costs", hint="State one of them.")
        costs = data["costs"]
        if not isinstance(costs, dict) or set(costs) != set(_COSTS):
            raise ConfigError(f"The costs in {source} are not complete.", path="costs", hint=f"State {', '.join(_COSTS)}.")
        values["match_at"], values["review_at"] = thresholds(*(_number(costs[name], f"costs.{name}") for name in _COSTS))
    values |= {name: _texts(data[name], name) for name in _LISTS if name in data}
    values |= {kind: tuple(_rules(data[kind], kind)) for kind in KINDS if kind in data}
    return MatchPolicy(**values)


def _rules(told: object, kind: str) -> Iterator[Rule]:
    if not isinstance(told, list):
        raise ConfigError(f"{kind} is no list of tables.", path=kind, hint=f"Begin each rule with [[{kind}]].")
    for place, rule in enumerate(told):
        where = f"{kind}[{place}]"
        if not isinstance(rule, dict) or not {"name", "levels"} <= rule.keys():
            raise ConfigError("A rule lacks its name or its levels.", path=where, hint="State name, why and levels.")
        _known(rule, ("name", "why", "levels"), where)
        levels = rule["levels"]
        if not isinstance(levels, dict):
            raise ConfigError("Levels are a table.", path=f"{where}.levels", hint='Such as levels.email = ["same"].')
        yield Rule(
            _text(rule["name"], f"{where}.name"),
            {name: _texts(words, f"{where}.levels.{name}") for name, words in levels.items()},
            _text(rule.get("why", ""), f"{where}.why"),
        )


def _known(table: dict[str, Any], keys: tuple[str, ...], where: str) -> None:
    if unknown := sorted(table.keys() - set(keys)):
        raise ConfigError(f"{where} has a key that there is not.", path=unknown[0], hint=f"Use {', '.join(keys)}.")


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ConfigError("It must be a number.", path=where, hint="Such as 50 or 0.5.")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise ConfigError("It must be a text.", path=where, hint="Write it between quotes.")
    return value


def _texts(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ConfigError("It must be a list of texts.", path=where, hint='Such as ["same", "near"].')
    return tuple(_text(item, where) for item in value)


def toml_of(policy: MatchPolicy) -> str:
    """Write a policy; what is as in `MatchPolicy()` is left out, but for version and thresholds."""
    defaults = {attribute.name: attribute.default for attribute in fields(MatchPolicy)}
    lines = [
        f"version = {_quoted(policy.version)}",
        f"match_at = {float(policy.match_at)!r}",
        f"review_at = {float(policy.review_at)!r}",
        f"precision = {float(policy.precision)!r}",
    ]
    lines += [f"{name} = {_list(getattr(policy, name))}" for name in _LISTS if getattr(policy, name) != defaults[name]]
    for kind, rule in policy.rules:
        lines += ["", f"[[{kind}]]", f"name = {_quoted(rule.name)}", f"why = {_quoted(rule.why)}"]
        lines += [f"levels.{_key(name)} = {_list(words)}" for name, words in rule.levels.items()]
    return "\n".join(lines) + "\n"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _quoted(name)


def _list(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's as well; only DEL, which JSON leaves as it is, must not stand in TOML.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
