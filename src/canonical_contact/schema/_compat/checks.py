"""One check for each group of keywords: that what the narrower schemas say together keeps what one part of the wider one demands.

`CHECKS` is the table: the words, the types of values that they are about, the check. A check is told the part of the wider schema, the
facts of the narrower ones and the goal, tells whether it holds or is a proof of it.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final

from canonical_contact.schema._compat.checks_inside import (
    additional,
    aliases,
    contains,
    dependent_required,
    dependent_schemas,
    items,
    pattern_properties,
    properties,
    property_count,
    property_names,
    unevaluated,
)
from canonical_contact.schema._compat.document import Node
from canonical_contact.schema._compat.facts import Facts, lower_bounds, upper_bounds
from canonical_contact.schema._compat.prover import Goal, Proof, Prover, ordered
from canonical_contact.schema._compat.words import ANY

__all__ = ["CHECKS", "Check"]

Check = Callable[[Prover, Node, Facts, Goal], Proof | bool]


def _plain(holds: Callable[[Node, Facts], bool]) -> Check:
    return lambda _prover, part, facts, _goal: holds(part, facts)


def _values(part: Node, facts: Facts) -> bool:
    return facts.values is not None and facts.values.keys() <= part.words["values"].keys()


def _floor(part: Node, facts: Facts) -> bool:
    bound = facts.floor()
    return bound is not None and all(bound >= pair for pair in lower_bounds(part))


def _ceiling(part: Node, facts: Facts) -> bool:
    bound = facts.ceiling()
    return bound is not None and all(bound >= pair for pair in upper_bounds(part))


def _multiple(part: Node, facts: Facts) -> bool:
    step = Fraction(str(part.words["multipleOf"]))
    steps = [other.words["multipleOf"] for other in facts.parts if "multipleOf" in other.words]
    whole = [] if "fraction" in facts.types else [1]
    return any((Fraction(str(other)) / step).denominator == 1 for other in (*steps, *whole))


def _least(word: str) -> Check:
    return _plain(lambda part, facts: facts.least(word) >= part.words[word])


def _most(word: str) -> Check:
    def holds(part: Node, facts: Facts) -> bool:
        limit = facts.most(word)
        return limit is not None and limit <= part.words[word]

    return _plain(holds)


def _same(word: str) -> Check:
    """For what can only be compared by being the same: a pattern, a format."""
    return _plain(lambda part, facts: any(other.words.get(word) == part.words[word] for other in facts.parts))


def _unique(part: Node, facts: Facts) -> bool:
    limit = facts.most("maxItems")
    unique = any(other.words.get("uniqueItems") for other in facts.parts)
    return not part.words["uniqueItems"] or unique or (limit is not None and limit < 2)


def _required(_prover: Prover, part: Node, facts: Facts, goal: Goal) -> bool:
    names = part.words["required"]
    if not goal.tolerant:
        return facts.required.issuperset(names)
    return not any(facts.required.isdisjoint((name, *aliases(part, name))) for name in names)


def _any_of(_prover: Prover, part: Node, _facts: Facts, goal: Goal) -> Proof:
    for branch in part.words["anyOf"]:
        if (yield goal._replace(wide=branch, inside=False)):
            return True
    return False


def _one_of(prover: Prover, part: Node, facts: Facts, goal: Goal) -> Proof:
    branches = part.words["oneOf"]
    for other in facts.parts:
        same = other.words.get("oneOf", ())
        if len(same) == len(branches) and (yield from _equivalent(branches, same)):
            return True
    for number, branch in enumerate(branches):
        if not (yield goal._replace(wide=branch, inside=False)):
            continue
        for rival in (*branches[:number], *branches[number + 1 :]):  # two branches may be the same
            if not (yield Goal("empty", prover.arena.never, ordered((*goal.narrow, rival)))):
                break
        else:
            return True
    return False


def _equivalent(left: tuple[Node, ...], right: tuple[Node, ...]) -> Proof:
    for one, other in zip(left, right, strict=True):
        if not (yield Goal("covers", one, (other,))) or not (yield Goal("covers", other, (one,))):
            return False
    return True


def _not(prover: Prover, part: Node, _facts: Facts, goal: Goal) -> Proof:
    return (yield Goal("empty", prover.arena.never, ordered((*goal.narrow, part.words["not"]))))


def _if(prover: Prover, part: Node, _facts: Facts, goal: Goal) -> Proof:
    words = part.words
    otherwise = prover.arena.make(("not", words["if"].serial), {"not": words["if"]})
    for word, condition in (("then", words["if"]), ("else", otherwise)):
        if word in words:
            met = goal._replace(wide=words[word], narrow=ordered((*goal.narrow, condition)), inside=False)
            if not (yield met):
                return False
    return True


_NUMBER, _TEXT, _LIST, _OBJECT = (frozenset(kinds.split()) for kinds in ("integer fraction", "string", "array", "object"))

CHECKS: Final[tuple[tuple[tuple[str, ...], frozenset[str], Check], ...]] = (
    (("types",), ANY, _plain(lambda part, facts: facts.types <= part.words["types"])),
    (("values",), ANY, _plain(_values)),
    (("minimum", "exclusiveMinimum"), _NUMBER, _plain(_floor)),
    (("maximum", "exclusiveMaximum"), _NUMBER, _plain(_ceiling)),
    (("multipleOf",), _NUMBER, _plain(_multiple)),
    (("minLength",), _TEXT, _least("minLength")),
    (("maxLength",), _TEXT, _most("maxLength")),
    (("pattern",), _TEXT, _same("pattern")),
    (("format",), _TEXT, _same("format")),
    (("contentEncoding",), _TEXT, _same("contentEncoding")),
    (("contentMediaType",), _TEXT, _same("contentMediaType")),
    (("minItems",), _LIST, _least("minItems")),
    (("maxItems",), _LIST, _most("maxItems")),
    (("uniqueItems",), _LIST, _plain(_unique)),
    (("required",), _OBJECT, _required),
    (("minProperties", "maxProperties"), _OBJECT, property_count),
    (("dependentRequired",), _OBJECT, dependent_required),
    (("propertyNames",), _OBJECT, property_names),
    (("not",), ANY, _not),
    (("anyOf",), ANY, _any_of),
    (("oneOf",), ANY, _one_of),
    (("if",), ANY, _if),
    (("dependentSchemas",), _OBJECT, dependent_schemas),
    (("contains",), _LIST, contains),
    (("unevaluatedItems",), _LIST, _plain(lambda part, _facts: not part.words["unevaluatedItems"].words)),
    (("prefixItems", "items"), _LIST, items),
    (("properties",), _OBJECT, properties),
    (("patternProperties",), _OBJECT, pattern_properties),
    (("additionalProperties",), _OBJECT, additional),
    (("unevaluatedProperties",), _OBJECT, unevaluated),
)
