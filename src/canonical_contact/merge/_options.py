# What a strategy can be told: each option is read and checked once, when the rule is made.
from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, cast

from canonical_contact.errors import ConfigError

__all__ = ["JOINS", "OPTIONS", "Option", "fault", "in_units", "resolve", "seconds", "texts"]

Option = Callable[[object, str], Any]

JOINS: Final = ("blocking_first", "most_restrictive")
_UNITS: Final = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([wdhms])")
_FUNCTION: Final = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


def fault(what: str, path: str, hint: str) -> ConfigError:
    """Make the error for an option that cannot be used."""
    return ConfigError(f"{what} in the survivorship policy.", path=path, hint=hint)


def seconds(value: object, path: str) -> float:
    """Read a length of time: `365d`, `12h`, a timedelta."""
    if isinstance(value, timedelta):
        value = f"{value.total_seconds()}s"
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise fault("A length of time cannot be read", path, 'Write a number with its unit, such as "365d", "12h" or "30m".')
    return float(found[1]) * _UNITS[found[2]]


def in_units(length: float) -> str:
    """Write a length of time as `seconds` reads it, in the largest unit that it is a whole number of."""
    unit = next((unit for unit, size in _UNITS.items() if length and length % size == 0), "s")
    number = length / _UNITS[unit]
    return f"{int(number) if number == int(number) else number}{unit}"


def resolve(name: str) -> Callable[[Sequence[Any]], Any]:
    """Find a function of the host by `module:name`.

    Raises:
        ConfigError: it cannot be found here.
    """
    module, _, rest = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in rest.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        found = None
    if not callable(found):
        raise fault(f"The function {name} is not there", "function", "Install its module wherever contacts are folded.")
    return found  # type: ignore[no-any-return]


def _number(least: float, most: float) -> Option:
    def read(value: object, path: str) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            raise fault("A number is out of its bounds", path, f"Use a number from {least:g} to {most:g}.")
        return float(value)

    return read


def _count(value: object, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise fault("A count is no whole number above 0", path, "Such as cap = 10.")
    return value


def texts(value: object, path: str) -> tuple[str, ...]:
    """Read a list of texts, each once."""
    if isinstance(value, str) or not isinstance(value, Sequence) or not value or not all(isinstance(it, str) for it in value):
        raise fault("A list of texts is missing", path, 'Such as ["erp", "crm"].')
    if len(set(value)) != len(value):
        raise fault("A text stands twice", path, "Name each once.")
    return tuple(value)


def _trust(value: object, path: str) -> dict[str, float]:
    if not isinstance(value, Mapping) or not value:
        raise fault("It is not said which source is trusted how far", path, "Such as { erp = 0.9, crm = 0.6 }.")
    share = _number(0, 1)
    return {str(system): share(number, f"{path}.{system}") for system, number in value.items()}


def _half_life(value: object, path: str) -> float:
    length = seconds(value, path)
    if not 0 < length < math.inf:
        raise fault("A half-life is no length of time above 0", path, 'Such as "365d".')
    return length


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise fault("A text is missing", path, "Write it between quotes.")
    return value


def _order(value: object, path: str) -> Any:  # noqa: ANN401 - a rule, which is made of options
    from canonical_contact.merge.policy import Rule

    return Rule.of(value, path)


def _rules(value: object, path: str) -> tuple[Any, ...]:
    from canonical_contact.merge.policy import Rule  # a rule of rules

    if isinstance(value, (str, Mapping)) or not isinstance(value, Sequence) or not value:
        raise fault("There is no list of rules", path, 'Such as [{ strategy = "most_recent", only = ["erp"] }, "most_frequent"].')
    return tuple(Rule.of(one, f"{path}[{place}]") for place, one in enumerate(value))


def _function(value: object, path: str) -> str:
    if callable(value):
        name, given = f"{value.__module__}:{getattr(value, '__qualname__', '')}", cast("object", value)
        if not _FUNCTION.fullmatch(name) or name.startswith("__main__:") or resolve(name) is not given:
            hint = "Define it with a name of its own at the top of a module, so that workers and later runs find it."
            raise fault("The function cannot be found by its name", path, hint)
        return name
    if not isinstance(value, str) or not _FUNCTION.fullmatch(value) or value.startswith("__main__:"):
        raise fault("A function is not named by its module", path, 'Such as "acme.contacts:best_title".')
    return value


def _join(value: object, path: str) -> str:
    if value not in JOINS:
        hint = f"Use {' or '.join(JOINS)}. What a later opt-in would lift is a question of a decision: may_contact(…, policy='latest_subject_act')."
        raise fault("There is no such join of consent", path, hint)
    return str(value)


# option → how it is read
OPTIONS: Final[Mapping[str, Option]] = {
    "sources": texts,
    "only": texts,
    "trust": _trust,
    "half_life": _half_life,
    "other": _number(0, 1),
    "floor": _number(0, 1),
    "penalty": _number(0, 1),
    "ttl": seconds,
    "separator": _text,
    "order": _order,
    "cap": _count,
    "field": _text,
    "rules": _rules,
    "function": _function,
    "join": _join,
}
