# A survivorship policy as TOML: one line for each field, one table for each group.
from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from canonical_contact.errors import ConfigError
from canonical_contact.merge._options import fault, in_units, seconds, texts
from canonical_contact.merge.policy import Group, Rule, Survivorship

__all__ = ["policy_of", "toml_of"]

_KEYS: Final = ("version", "sources", "skew", "fields", "groups")
_SPANS: Final = ("half_life", "ttl")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def policy_of(text: str, source: str) -> Survivorship:
    """Read a policy, and say where it is wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source} is not TOML: {error}", path=source, hint="docs/survivorship.md has an example.") from None
    if unknown := sorted(data.keys() - set(_KEYS)):
        raise fault("There is no such key", unknown[0], f"Use {', '.join(_KEYS)}.")
    told: dict[str, Any] = {}
    if "sources" in data:
        told["sources"] = texts(data["sources"], "sources")
    if "skew" in data:
        told["skew"] = seconds(data["skew"], "skew")
    version = data.get("version", "own/1")
    if not isinstance(version, str):
        raise fault("The version is no text", "version", "Write it between quotes, with its number, such as contacts/2.")
    fields = _table(data.get("fields", {}), "fields")
    groups = {name: _group(name, table) for name, table in _table(data.get("groups", {}), "groups").items()}
    return Survivorship(version, {path: Rule.of(rule, path) for path, rule in _flat(fields)}, groups=groups, **told)


def _table(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise fault(f"{path} is no table", path, f"Begin it with [{path}].")
    return value


def _flat(fields: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """List the rules by their paths; `name.title = …` without quotes is a table in a table."""
    for name, rule in fields.items():
        path = f"{before}{name}"
        if isinstance(rule, Mapping) and "strategy" not in rule and rule:
            yield from _flat(rule, f"{path}.")
        else:
            yield path, rule


def _group(name: str, table: object) -> Group:
    where = f"groups.{name}"
    told = dict(_table(table, where))
    if "fields" not in told:
        raise fault("A group lacks its fields", where, 'Such as fields = ["organizations", "titles"].')
    fields = texts(told.pop("fields"), f"{where}.fields")
    return Group(fields, Rule.of(told, where))


def toml_of(policy: Survivorship) -> str:
    """Write a policy."""
    lines = [f"version = {_value(policy.version)}"]
    if policy.sources:
        lines.append(f"sources = {_value(policy.sources)}")
    lines.append(f'skew = "{in_units(policy.skew)}"')
    if policy.strategies:
        lines += ["", "[fields]"]
        lines += [f"{_key(path)} = {_rule(Rule.of(rule, path))}" for path, rule in policy.strategies.items()]
    for name, group in policy.groups.items():
        lines += ["", f"[groups.{_key(name)}]", f"fields = {_value(group.fields)}", *_stated(group.rule)]
    return "\n".join(lines) + "\n"


def _stated(rule: Rule) -> list[str]:
    options = (f"{name} = {_option(name, value)}" for name, value in rule.options.items())
    return [f"strategy = {_value(rule.strategy)}", *options]


def _rule(rule: Rule) -> str:
    return f"{{ {', '.join(_stated(rule))} }}" if rule.options else _value(rule.strategy)


def _option(name: str, value: object) -> str:
    return f'"{in_units(value)}"' if name in _SPANS and isinstance(value, float) else _value(value)


def _value(value: object) -> str:
    if isinstance(value, Rule):
        return _rule(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(name)} = {_value(one)}' for name, one in value.items())} }}"
    # JSON's escapes are TOML's as well; only DEL, which JSON leaves as it is, must not stand in TOML.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)
