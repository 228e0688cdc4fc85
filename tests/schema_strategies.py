"""Hypothesis strategies for JSON Schemas: small ones, pairs of which one is a mutation of the other, and values to try them on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from hypothesis import strategies as st

NAMES = ("a", "b", "c", "xa")
TYPES = ("string", "integer", "number", "object", "array", "null", "boolean")
SCALARS = (None, True, False, 0, 1, 2, -1, 0.25, 0.75, 1.5, 3.0, "", "a", "ab", "xyz", "b")


def _value(random: Random, depth: int) -> Any:
    roll = random.random()
    if depth == 0 or roll < 0.3:
        return random.choice(SCALARS)
    if roll < 0.5:
        return [_value(random, depth - 1) for _ in range(random.randrange(4))]
    return {random.choice((*NAMES, "zz")): _value(random, depth - 1) for _ in range(random.randrange(4))}


# Fixed and many: a pair of schemas is tried on all of them.
VALUES: list[Any] = [
    *SCALARS,
    *(
        value
        for one in SCALARS
        for value in ([one], [one, one], ["a", one], {"a": one}, {"b": one}, {"zz": one}, {"a": one, "b": 1})
    ),
    *(_value(Random(seed), 3) for seed in range(200)),
]

names = st.sampled_from(NAMES)
types = st.one_of(st.sampled_from(TYPES), st.lists(st.sampled_from(TYPES), min_size=1, max_size=4, unique=True))
few = st.integers(0, 3)
values = st.sampled_from([value for value in VALUES if len(json.dumps(value)) < 20])
patterns = st.sampled_from(["^a", "^x", "b$", "."])


def _maps(inner: st.SearchStrategy[Any], keys: st.SearchStrategy[str] = names) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(keys, inner, min_size=1, max_size=3)


def _limits() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "type": types,
        "enum": st.lists(values, min_size=1, max_size=4),
        "const": values,
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), st.sampled_from([0, 1, 2, -1, 0.5])),
        "multipleOf": st.sampled_from([1, 2, 3, 0.5]),
        **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), few),
        "pattern": patterns,
        "uniqueItems": st.booleans(),
        "required": st.lists(names, min_size=1, max_size=2, unique=True),
        "dependentRequired": _maps(st.lists(names, min_size=1, max_size=1)),
    }


def _words(inside: st.SearchStrategy[Any], beside: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    """Words with schemas in them: `inside` a value, or `beside`, for the same value."""
    return {
        **dict.fromkeys(("items", "additionalProperties", "contains", "unevaluatedProperties", "unevaluatedItems"), inside),
        "prefixItems": st.lists(inside, min_size=1, max_size=3),
        "properties": _maps(inside),
        "patternProperties": _maps(inside, patterns),
        "propertyNames": beside,
        **dict.fromkeys(("minContains", "maxContains"), few),
        **dict.fromkeys(("allOf", "anyOf", "oneOf"), st.lists(beside, min_size=1, max_size=3)),
        **dict.fromkeys(("not", "if", "then", "else"), beside),
        "dependentSchemas": _maps(beside),
    }


def _drawn(words: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    def some(chosen: list[str]) -> st.SearchStrategy[Any]:
        return st.fixed_dictionaries({word: words[word] for word in chosen})

    return st.lists(st.sampled_from(sorted(words)), min_size=1, max_size=3, unique=True).flatmap(some)


def _schemas(depth: int, *, plain: bool, references: bool) -> st.SearchStrategy[Any]:
    """Draw schemas; a reference stands only inside of a value, so that it never leads back to where it stands."""
    if depth == 0:
        leaf = st.one_of(st.booleans(), st.sampled_from([{"type": kind} for kind in TYPES]))
        return st.one_of(leaf, st.sampled_from([{"$ref": "#/$defs/D"}, {"$ref": "#/$defs/E"}])) if references else leaf
    inside = _schemas(depth - 1, plain=plain, references=True)
    words = _limits()
    if plain:
        kept = ("items", "properties", "prefixItems", "additionalProperties")
        words |= {word: entry for word, entry in _words(inside, inside).items() if word in kept}
        words.pop("dependentRequired")
        words.pop("maxProperties")
        words.pop("minProperties")
    else:
        words |= _words(inside, _schemas(depth - 1, plain=False, references=references))
    return st.one_of(_drawn(words), _drawn(words), st.booleans())


def _places(schema: Any) -> Iterator[dict[str, Any]]:
    """All schemas in a schema."""
    if isinstance(schema, dict):
        yield schema
        for word, entry in schema.items():
            if word in ("properties", "patternProperties", "dependentSchemas", "$defs"):
                for inner in entry.values():
                    yield from _places(inner)
            elif isinstance(entry, list) and word in ("allOf", "anyOf", "oneOf", "prefixItems"):
                for inner in entry:
                    yield from _places(inner)
            elif word not in ("const", "enum", "dependentRequired"):
                yield from _places(entry)


@st.composite
def pairs(draw: st.DrawFn, *, plain: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw a schema and a mutation of it, in either order.

    Args:
        draw: of Hypothesis.
        plain: without branches and conditions.
    """
    body = draw(_schemas(2, plain=plain, references=True))
    old = {
        **(body if isinstance(body, dict) else {}),
        "$defs": {name: draw(_schemas(1, plain=plain, references=False)) for name in "DE"},
    }
    new = json.loads(json.dumps(old))
    fresh = _schemas(1, plain=plain, references=False).map(json.dumps).map(json.loads)  # drawn parts may be shared
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(list(_places(new))))
        word = draw(st.sampled_from([*sorted(word for word in place if word != "$defs"), "more", "more", "type", "properties"]))
        if word in place and word not in ("type", "properties"):
            del place[word]
        elif word == "properties":
            place["properties"] = {**place.get("properties", {}), draw(names): draw(fresh)}
        elif word == "type" and "type" in place:
            kinds = place["type"] if isinstance(place["type"], list) else [place["type"]]
            place["type"] = sorted({*kinds, draw(st.sampled_from(TYPES))})
        else:
            added = draw(fresh)
            place.update(added if isinstance(added, dict) else {})
    return (old, new) if draw(st.booleans()) else (new, old)
