"""Every keyword by itself, each of a few arguments against each other: what is called compatible is, by the judgement of a validator."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from canonical_contact.schema.compat import compare
from schema_strategies import VALUES

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
SHAPES = [True, False, TEXT, NUMBER, {"type": "number"}, {"enum": ["a", 1]}, {"minimum": 1}, {"required": ["a"]}]

# word → arguments; a dict is a whole schema
WORDS: dict[str, list[Any]] = {
    "type": ["string", "integer", "number", ["string", "null"], "object"],
    "enum": [["a"], ["a", "b"], [1, "a"], [True], [1.0, None], [[], {}]],
    "const": ["a", 1, None, False, 0],
    "minimum": [0, 1, 0.5],
    "maximum": [0, 1, 2.5],
    "exclusiveMinimum": [0, 1, 0.5],
    "exclusiveMaximum": [0, 1, 2.5],
    "multipleOf": [1, 2, 0.5, 4],
    "minLength": [0, 1, 2],
    "maxLength": [0, 1, 2],
    "pattern": ["^a", "b$"],
    "minItems": [0, 1, 2],
    "maxItems": [0, 1, 2],
    "uniqueItems": [True, False],
    "minProperties": [0, 1, 2],
    "maxProperties": [0, 1, 2],
    "required": [[], ["a"], ["a", "b"]],
    "items": SHAPES,
    "prefixItems": [[TEXT], [TEXT, NUMBER], [True], [NUMBER]],
    "additionalProperties": SHAPES,
    "unevaluatedProperties": SHAPES,
    "unevaluatedItems": SHAPES,
    "propertyNames": [True, False, {"maxLength": 1}, {"pattern": "^a"}, {"enum": ["a", "b"]}],
    "properties": [{}, {"a": TEXT}, {"a": NUMBER}, {"a": True}, {"a": False}, {"b": TEXT}],
    "patternProperties": [{"^a": TEXT}, {"^a": NUMBER}, {"b": TEXT}, {"^a": False}],
    "dependentRequired": [{"a": ["b"]}, {"a": ["b", "c"]}, {"a": []}],
    "dependentSchemas": [{"a": {"required": ["b"]}}, {"a": True}, {"a": False}],
    "contains": SHAPES,
    "not": SHAPES,
    "allOf": [[TEXT], [TEXT, {"minLength": 1}], [TEXT, NUMBER]],
    "anyOf": [[TEXT], [TEXT, NUMBER], [NUMBER, TEXT, {"type": "null"}], [TEXT, TEXT]],
    "oneOf": [[TEXT], [TEXT, NUMBER], [NUMBER, TEXT, {"type": "null"}], [TEXT, TEXT], [True, True], [NUMBER, {"type": "number"}]],
    "together": [
        {"properties": {"a": TEXT}, "additionalProperties": False},
        {"properties": {"a": TEXT, "b": NUMBER}, "additionalProperties": False},
        {"properties": {"a": TEXT}, "additionalProperties": NUMBER},
        {"properties": {"a": TEXT}, "patternProperties": {"^a": {"minLength": 1}}},
        {"allOf": [{"properties": {"a": TEXT}}], "unevaluatedProperties": False},
        {"anyOf": [{"properties": {"a": TEXT}}, {"properties": {"b": TEXT}}], "unevaluatedProperties": False},
        {"prefixItems": [TEXT], "items": False},
        {"allOf": [{"prefixItems": [TEXT]}], "unevaluatedItems": False},
        {"allOf": [{"prefixItems": [TEXT]}], "unevaluatedItems": NUMBER},
        {"allOf": [{"prefixItems": [TEXT]}], "items": NUMBER},
        {"prefixItems": [TEXT], "items": NUMBER, "maxItems": 2},
        {"contains": TEXT, "minContains": 2},
        {"contains": TEXT, "minContains": 0, "maxContains": 1},
        {"if": {"type": "string"}, "then": {"maxLength": 1}, "else": {"type": "integer"}},
        {"if": {"required": ["a"]}, "then": {"required": ["b"]}},
        {"if": {"required": ["a"]}, "else": {"required": ["b"]}},
        {"type": "integer", "exclusiveMinimum": 0},
        {"type": "integer", "minimum": 1},
        {"type": "boolean"},
        {"enum": [True, False]},
        {"minLength": 2, "maxLength": 1, "type": "string"},
    ],
}  # fmt: skip
# Where the check is more careful than it must be: it does not look that deep.
CAREFUL = {
    "pattern",
    "propertyNames",
    "patternProperties",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contains",
    "together",
    "oneOf",
}


@pytest.mark.parametrize("word", WORDS)
def test_a_verdict_of_compatible_is_right_and_rarely_missing(word: str) -> None:
    schemas = [{}, *(argument if word == "together" else {word: argument} for argument in WORDS[word])]
    taken = [[Draft202012Validator(schema).is_valid(value) for value in VALUES] for schema in schemas]
    for old, new in permutations(range(len(schemas)), 2):
        changes = compare(schemas[old], schemas[new], readers="strict")
        compatible = all(change.backward for change in changes)
        right = all(after or not before for before, after in zip(taken[old], taken[new], strict=True))
        assert right or not compatible, (schemas[old], schemas[new])
        if word not in CAREFUL:
            assert compatible or not right, (schemas[old], schemas[new])
