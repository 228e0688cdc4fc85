# The rules of each country's addresses: generated tables, read when they are first asked for.
from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final

from attrs import frozen

from canonical_contact.normalize._address_region import Subdivision, subdivisions_of

__all__ = ["AddressRules", "address_rules", "country_rule", "known_region"]

FIELDS: Final = {"A": "street", "D": "sublocality", "C": "locality", "S": "region", "Z": "postcode", "X": "sorting_code"}


@frozen
class AddressRules:
    """How a country writes addresses, for forms and checks.

    Args:
        region: ISO 3166-1 alpha-2.
        fields: the fields that its addresses have, in the order in which they are written: `street`, `locality`, `region`, `postcode`,
            also `sublocality` and `sorting_code`, which the address has no field of its own for.
        required: those without which mail does not arrive.
        upper: those that its post wants in capitals on an envelope.
        postcode: regular expression of its postcodes; empty where it has none, or where none is known.
        examples: postcodes as it writes them.
        subdivisions: its states, provinces or prefectures, where addresses name them.
    """

    region: str
    fields: tuple[str, ...]
    required: tuple[str, ...]
    upper: tuple[str, ...]
    postcode: str = ""
    examples: tuple[str, ...] = ()
    subdivisions: tuple[Subdivision, ...] = ()


@cache
def _rules() -> dict[str, dict[str, Any]]:
    """The table itself: a constant, read once."""
    text = (files(__package__) / "data" / "addresses.json").read_text(encoding="utf-8")
    table: dict[str, dict[str, Any]] = json.loads(text)["countries"]
    return table


def country_rule(code: str) -> dict[str, Any] | None:
    """Give the row of the table; None for a country that it does not know."""
    return _rules().get(code)


def known_region(hint: str) -> str:
    """Bring a hint to a code of the table; empty where it is none."""
    if hint in _rules():
        return hint
    code = hint.strip().upper()[:3]
    return code if code in _rules() else ""


def address_rules(region: str) -> AddressRules | None:
    """Tell how a country writes addresses.

    Args:
        region: ISO 3166-1 alpha-2.

    Returns:
        The rules, from libaddressinput's; None for a country that these do not know.

    >>> rules = address_rules("JP")
    >>> rules.fields, rules.required, rules.examples[0], rules.subdivisions[0].latin
    (('postcode', 'region', 'street'), ('street', 'region', 'postcode'), '154-0023', 'Hokkaido')
    """
    code = known_region(region)
    rule = country_rule(code)
    if rule is None:
        return None
    return AddressRules(
        code,
        _named(rule["format"].split("%")[1:]),
        _named(rule.get("required", "")),
        _named(rule.get("upper", "")),
        rule.get("postcode", ""),
        tuple(rule.get("examples", ())),
        subdivisions_of(code),
    )


def _named(letters: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(FIELDS[part[0]] for part in letters if part and part[0] in FIELDS))
