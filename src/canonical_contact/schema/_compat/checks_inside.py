"""The checks that go into a value: its properties and its items."""

from __future__ import annotations

from collections.abc import Iterable

from canonical_contact.schema._compat.document import Node
from canonical_contact.schema._compat.facts import Facts, says_something
from canonical_contact.schema._compat.prover import Goal, Proof, Prover, ordered
from canonical_contact.schema._compat.values import matches

__all__ = [
    "additional",
    "aliases",
    "contains",
    "dependent_required",
    "dependent_schemas",
    "items",
    "never_written",
    "others",
    "pattern_properties",
    "properties",
    "property_count",
    "property_names",
    "ruled_out",
    "unevaluated",
]


def never_written(facts: Facts, name: str, *, tolerant: bool) -> bool:
    """Tell whether a property cannot be there: it is forbidden, or a writer who keeps to what is declared does not declare it."""
    schemas = facts.of_property(name)
    return ruled_out(facts, schemas, tolerant=tolerant and not facts.reach.may_name(name))


def ruled_out(facts: Facts, schemas: Iterable[Node], *, tolerant: bool) -> bool:
    """Tell whether no property can be where these schemas apply.

    A writer who keeps to what is declared writes nothing there, unless the schemas make it a map. Where nothing is declared at all, as
    under `true`, anything may be written.
    """
    found = list(schemas)
    if any(schema.words.get("never") for schema in found):
        return True
    return tolerant and facts.reach.declares and not any(map(says_something, found))


def aliases(part: Node, name: str) -> tuple[str, ...]:
    """Read the names under which a tolerant reader looks for a property as well."""
    schema = part.words.get("properties", {}).get(name)
    listed = None if schema is None else schema.note("x-aliases")
    return tuple(entry for entry in listed if isinstance(entry, str)) if isinstance(listed, list) else ()


def _within(prover: Prover, goal: Goal, wide: Node, narrow: Iterable[Node]) -> Goal:
    return goal._replace(wide=wide, narrow=ordered(narrow) or (prover.arena.always,), inside=True)


def properties(prover: Prover, part: Node, facts: Facts, goal: Goal) -> Proof:
    """Each property that is named."""
    for name, schema in part.words["properties"].items():
        written = [name]
        if goal.tolerant and name not in facts.named:
            written += [alias for alias in aliases(part, name) if alias in facts.named]
        for given in written:
            if never_written(facts, given, tolerant=goal.tolerant):
                continue
            if not (yield _within(prover, goal, schema, facts.of_property(given))):
                return False
    return True


def others(prover: Prover, facts: Facts, goal: Goal, schema: Node, listed: frozenset[str]) -> Proof:
    """All properties that nothing names: those of patterns that are not `listed`, and the rest."""
    for pattern, inner in facts.patterns():
        if pattern not in listed and not (yield _within(prover, goal, schema, [inner])):
            return False
    rest = facts.of_others()
    if ruled_out(facts, rest, tolerant=goal.tolerant):
        return True
    return (yield _within(prover, goal, schema, rest))


def pattern_properties(prover: Prover, part: Node, facts: Facts, goal: Goal) -> Proof:
    """The properties that a pattern meets."""
    for pattern, schema in part.words["patternProperties"].items():
        for name in sorted(facts.reach.names | facts.named.keys()):
            if matches(pattern, name) is False or never_written(facts, name, tolerant=goal.tolerant):
                continue
            if not (yield _within(prover, goal, schema, facts.of_property(name))):
                return False
        proved = False
        for other, inner in facts.patterns():
            if other == pattern and (yield _within(prover, goal, schema, [inner])):
                proved = True
                break
        if not proved and not (yield from others(prover, facts, goal, schema, frozenset())):
            return False
    return True


def additional(prover: Prover, part: Node, facts: Facts, goal: Goal) -> Proof:
    """The properties that the schema neither names nor meets by a pattern."""
    spoken_of = part.words.get("properties", {}), part.words.get("patternProperties", {})
    return (yield from _beyond(prover, part.words["additionalProperties"], facts, goal, spoken_of))


def unevaluated(prover: Prover, part: Node, facts: Facts, goal: Goal) -> Proof:
    """The same, where what the schema refers to counts as well; branches that may not apply do not."""
    sure = prover.facts((part,)).parts
    if any(
        "additionalProperties" in other.words or ("unevaluatedProperties" in other.words and other is not part) for other in sure
    ):
        return True
    names = {name for other in sure for name in other.words.get("properties", ())}
    patterns = {pattern for other in sure for pattern in other.words.get("patternProperties", ())}
    return (yield from _beyond(prover, part.words["unevaluatedProperties"], facts, goal, (names, patterns)))


def _beyond(prover: Prover, schema: Node, facts: Facts, goal: Goal, spoken_of: tuple[Iterable[str], Iterable[str]]) -> Proof:
    if goal.tolerant and schema.words.get("never"):
        return True  # the reader passes over what it does not know
    named, listed = map(frozenset, spoken_of)
    for name in sorted((facts.reach.names | facts.named.keys()) - named):
        if any(matches(pattern, name) for pattern in listed) or never_written(facts, name, tolerant=goal.tolerant):
            continue
        if not (yield _within(prover, goal, schema, facts.of_property(name))):
            return False
    return (yield from others(prover, facts, goal, schema, listed))


def property_names(prover: Prover, part: Node, facts: Facts, goal: Goal) -> Proof:
    """The names themselves."""
    schema = part.words["propertyNames"]
    stated = [other.words["propertyNames"] for other in facts.parts if "propertyNames" in other.words]
    text = prover.arena.only("string")
    if (yield goal._replace(wide=schema, narrow=ordered((*stated, text)), inside=True)):
        return True
    rest = facts.of_others()
    if (
        not ruled_out(facts, rest, tolerant=goal.tolerant)
        or any(True for _ in facts.patterns())
        or facts.reach.everything
        or facts.reach.patterns
    ):
        return False
    for name in sorted(facts.reach.names | facts.named.keys()):
        if not never_written(facts, name, tolerant=goal.tolerant):
            if (yield Goal("fits", schema, value=name, inside=True)) is not True:
                return False
    return True


def property_count(_prover: Prover, part: Node, facts: Facts, goal: Goal) -> bool:
    """How many properties there are."""
    least, most = part.words.get("minProperties", 0), part.words.get("maxProperties")
    if max(facts.least("minProperties"), len(facts.required)) < least:
        return False
    if most is None:
        return True
    limit = facts.most("maxProperties")
    if limit is not None and limit <= most:
        return True
    if not ruled_out(facts, facts.of_others(), tolerant=goal.tolerant) or any(True for _ in facts.patterns()):
        return False
    possible = [name for name in facts.reach.names | facts.named.keys() if not never_written(facts, name, tolerant=goal.tolerant)]
    return len(possible) <= int(most)


def dependent_required(_prover: Prover, part: Node, facts: Facts, goal: Goal) -> bool:
    """What must be there if something else is."""
    for name, needs in part.words["dependentRequired"].items():
        given = {*facts.required, name}
        for other in facts.parts:
            given.update(other.words.get("dependentRequired", {}).get(name, ()))
        if not given.issuperset(needs) and not never_written(facts, name, tolerant=goal.tolerant):
            return False
    return True


def dependent_schemas(prover: Prover, part: Node, facts: Facts, goal: Goal) -> Proof:
    """What must hold if something is there."""
    objects = prover.arena.only("object")
    for name, schema in part.words["dependentSchemas"].items():
        if never_written(facts, name, tolerant=goal.tolerant):
            continue
        there = prover.arena.make(("required", name), {"required": (name,)})
        if not (yield goal._replace(wide=schema, narrow=ordered((*goal.narrow, objects, there)), inside=False)):
            return False
    return True


def items(prover: Prover, part: Node, facts: Facts, goal: Goal) -> Proof:
    """Each place, and all places beyond those that are listed."""
    listed, rest = part.words.get("prefixItems", ()), part.words.get("items")
    length = facts.most("maxItems")
    places = max(len(listed), facts.listed_items()) + 1  # the last stands for all that follow
    for place in range(places if length is None else min(places, length)):
        schema = listed[place] if place < len(listed) else rest
        if schema is None:
            break
        narrow = facts.of_item(place)
        if any(node.words.get("never") for node in narrow):
            break  # no list is that long
        if not (yield _within(prover, goal, schema, narrow)):
            return False
    return True


def contains(_prover: Prover, part: Node, facts: Facts, _goal: Goal) -> Proof:
    """Items of a kind that must be there."""
    schema, least, most = part.words["contains"], part.words.get("minContains", 1), part.words.get("maxContains")
    enough, few = least == 0, most is None
    length = facts.most("maxItems")
    few = few or (length is not None and length <= (most or 0))
    for other in facts.parts:
        if "contains" not in other.words:
            continue
        inner = other.words["contains"]
        if not enough and other.words.get("minContains", 1) >= least:
            enough = (yield Goal("covers", schema, (inner,), inside=True)) is True
        limit = other.words.get("maxContains")
        if not few and limit is not None and most is not None and limit <= most:
            few = (yield Goal("covers", inner, (schema,), inside=True)) is True
    return enough and few
