"""What stands at a place itself: its types, its words, its limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from canonical_contact.schema._compat.document import Arena, Node
from canonical_contact.schema._compat.facts import Facts
from canonical_contact.schema._compat.side_by_side import Found, SideBySide
from canonical_contact.schema._compat.values import short
from canonical_contact.schema._compat.words import ANY

__all__ = ["compare_constraints", "compare_types", "compare_values", "project", "type_names"]

_ARRAY: Final = frozenset(("array",))

# Keywords that belong together and are compared by proof. What leads further into a value is not here.
GROUPS: Final = (
    ("minimum", "exclusiveMinimum"),
    ("maximum", "exclusiveMaximum"),
    ("multipleOf",),
    ("minLength",),
    ("maxLength",),
    ("pattern",),
    ("format",),
    ("contentEncoding",),
    ("contentMediaType",),
    ("minItems",),
    ("maxItems",),
    ("uniqueItems",),
    ("contains", "minContains", "maxContains"),
    ("unevaluatedItems",),
    ("minProperties",),
    ("maxProperties",),
    ("propertyNames",),
    ("dependentRequired", "dependentSchemas"),
    ("anyOf",),
    ("oneOf",),
    ("not",),
    ("if", "then", "else"),
)


def type_names(types: frozenset[str]) -> str:
    """Write types for people."""
    if types == ANY:
        return "any"
    shown = types - {"integer", "fraction"} | {"number"} if "fraction" in types else types
    return " | ".join(sorted(shown)) or "nothing"


def compare_types(at: SideBySide) -> Iterator[Found]:
    """Compare which types of values may stand there."""
    old, new = at.old.types, at.new.types
    if old == new:
        return
    if new == _ARRAY and not old & _ARRAY and old:
        rule = "cardinality.one_to_many"
    elif old == _ARRAY and not new & _ARRAY and new:
        rule = "cardinality.many_to_one"
    else:
        rule = "type.widened" if old < new else "type.narrowed" if new < old else "type.changed"
    yield at.tell(rule, old=type_names(old), new=type_names(new))


def _listed(facts: Facts) -> dict[Any, Any] | None:
    return facts.values if any("values" in part.words for part in facts.parts) else None


def compare_values(at: SideBySide) -> Iterator[Found]:
    """Compare closed lists of words (enum, const)."""
    old, new = _listed(at.old), _listed(at.new)
    if old is None and new is None:
        return
    if old is None or new is None:
        rule = "constraint.tightened" if old is None else "constraint.loosened"
        yield at.tell(rule, old=_words(old), new=_words(new))
        return
    if added := [value for key, value in new.items() if key not in old]:
        yield at.tell("enum.word_added", new=short(added))
    if removed := [value for key, value in old.items() if key not in new]:
        yield at.tell("enum.word_removed", old=short(removed))


def _words(values: dict[Any, Any] | None) -> str:
    return "" if values is None else short({"enum": list(values.values())})


def project(facts: Facts, words: tuple[str, ...], arena: Arena) -> Node:
    """Make a schema that says only these words."""
    parts = tuple(
        arena.make((part.serial, words), {word: part.words[word] for word in words if word in part.words})
        for part in facts.parts
        if any(word in part.words for word in words)
    )
    return arena.make(("all", *(part.serial for part in parts)), {"all": parts} if parts else {})


def compare_constraints(at: SideBySide, *, choices: bool = True) -> Iterator[Found]:
    """Compare each group of limits by proof.

    Args:
        at: the place.
        choices: also branches that stand beside other words.
    """
    arena = at.prover.arena
    present = {word for facts in (at.old, at.new) for part in facts.parts for word in part.words}
    for words in GROUPS:
        if present.isdisjoint(words):
            continue
        if words in (("anyOf",), ("oneOf",)) and not choices:
            continue
        texts = [_shown(facts, words) for facts in (at.old, at.new)]
        if texts == ["", ""]:
            continue
        backward, forward = at.proofs([project(at.old, words, arena)], [project(at.new, words, arena)])
        if backward and forward:
            continue
        rule = "constraint.loosened" if backward else "constraint.tightened" if forward else "constraint.changed"
        yield at.tell(rule, old=texts[0], new=texts[1])


def _shown(facts: Facts, words: tuple[str, ...]) -> str:
    shown: dict[str, Any] = {}
    for part in facts.parts:
        for word in words:
            if word in part.words:
                shown[word] = part.raw.get(word, "") if isinstance(part.raw, Mapping) else ""
    return short(shown) if shown else ""
