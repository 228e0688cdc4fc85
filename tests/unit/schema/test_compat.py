"""The check of two schemas: places, references, dialects, modes, versions, and what is hostile."""

from __future__ import annotations

import time
from typing import Any

import pytest

from canonical_contact.errors import InputError
from canonical_contact.schema import published_schema, published_versions
from canonical_contact.schema.compat import MODES, Bump, check, compare, version_of

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "integer"}


def record(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


def rules(old: Any, new: Any, **more: Any) -> list[tuple[str, str]]:
    return [(change.rule, change.path) for change in compare(old, new, **more)]


def test_nothing_changed() -> None:
    for version in published_versions():
        assert compare(published_schema(version), published_schema(version), readers="strict") == ()


def test_our_own_versions_go_together() -> None:
    answer = check(published_schema("1.0"), published_schema("1.1"), "full-transitive")
    assert (answer.ok, answer.needed, answer.version_ok) == (True, Bump.ADDITION, True)
    assert (answer.old_version, answer.new_version) == ("1.0", "1.1")
    assert any(change.path == "$defs.SourceRecord.schema_version" for change in answer.changes)
    strict = check(published_schema("1.0"), published_schema("1.1"), "backward", readers="strict")
    assert strict.ok
    assert not check(published_schema("1.0"), published_schema("1.1"), "forward", readers="strict").ok


def test_a_change_is_told_of_at_its_place() -> None:
    inner = record(address={**TEXT, "maxLength": 9})
    old = record(emails={"type": "array", "items": inner}, more=record(**{"first name": TEXT}))
    narrower = record(address={**TEXT, "maxLength": 5})
    new = record(emails={"type": "array", "items": narrower}, more=record(**{"first name": NUMBER}))
    assert rules(old, new) == [
        ("type.changed", "$.more['first name']"),  # what is nearer to the root comes first
        ("constraint.tightened", "$.emails[].address"),
    ]
    assert rules({"additionalProperties": TEXT}, {"additionalProperties": NUMBER}) == [("type.changed", "$.*")]
    assert rules({"patternProperties": {"^x": TEXT}}, {"patternProperties": {"^x": NUMBER}}) == [("type.changed", "$./^x/")]
    assert rules({"prefixItems": [TEXT, TEXT]}, {"prefixItems": [TEXT, NUMBER]}) == [("type.changed", "$[1]")]


def test_a_definition_is_told_of_once_and_what_takes_the_place_of_another_everywhere() -> None:
    def schema(kind: str, target: str) -> dict[str, Any]:
        both = record(a={"$ref": f"#/$defs/{target}"}, b={"$ref": f"#/$defs/{target}"})
        return {**both, "$defs": {target: record(x={"type": kind, "title": "x"})}}

    assert rules(schema("string", "D"), schema("integer", "D")) == [("type.changed", "$.a.x")]
    moved = {**schema("string", "D"), "$defs": {"D": {"type": "string", "minLength": 1}, "E": {"type": "integer", "minimum": 1}}}
    other = {**moved, "properties": {"a": {"$ref": "#/$defs/E"}, "b": {"$ref": "#/$defs/E"}}}
    assert [path for rule, path in rules(moved, other) if rule == "type.changed"] == ["$.a", "$.b"]


def test_documents_that_the_root_does_not_lead_to_are_compared_too() -> None:
    old = {**record(a=TEXT), "$defs": {"Event": record(name=TEXT)}}
    new = {**record(a=TEXT), "$defs": {"Event": {**record(name=TEXT), "required": ["name"]}}}
    assert rules(old, new) == [("required.added", "$defs.Event.name")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"definitions": {"A": TEXT}, **record(a={"$ref": "#/definitions/A"})}, {"$defs": {"A": TEXT}, **record(a={"$ref": "#/$defs/A"})}),
        ({"$defs": {"A": {**TEXT, "$anchor": "a"}}, **record(a={"$ref": "#a"})}, record(a=TEXT) | {"$defs": {"A": TEXT}}),
        ({"$id": "https://example.org/c", "$defs": {"A": {"$id": "a", **TEXT}}, **record(a={"$ref": "a"})}, record(a=TEXT) | {"$defs": {"A": TEXT}}),
        ({"$id": "urn:x:c", "$defs": {"A/B": TEXT}, **record(a={"$ref": "#/$defs/A~1B"})}, record(a=TEXT) | {"$defs": {"A/B": TEXT}}),
        ({"items": [TEXT, NUMBER], "additionalItems": False}, {"prefixItems": [TEXT, NUMBER], "items": False}),
        (record(a={"type": "string", "nullable": True}), record(a={"type": ["null", "string"]})),
        (record(a={"minimum": 1, "exclusiveMinimum": True}), record(a={"exclusiveMinimum": 1})),
        ({"dependencies": {"a": ["b"], "c": {"required": ["d"]}}}, {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"required": ["d"]}}}),
        (record(a={"const": 1}), record(a={"enum": [1.0]})),
        ({"allOf": [record(a=TEXT), record(b=TEXT)]}, record(a=TEXT, b=TEXT)),
        (record(a={"anyOf": [TEXT, {"type": "null"}]}), record(a={"anyOf": [{"type": "null"}, TEXT]})),
        ({"$schema": "http://json-schema.org/draft-07/schema#", **record(a={"$ref": "#/definitions/A", "maxLength": 1}), "definitions": {"A": TEXT}},
         {**record(a={"$ref": "#/definitions/A"}), "definitions": {"A": TEXT}}),
        ({**record(a=TEXT), "unevaluatedProperties": False}, {**record(a=TEXT), "additionalProperties": False}),
    ],
)  # fmt: skip
def test_what_says_the_same_in_another_dialect_is_no_incompatibility(old: dict[str, Any], new: dict[str, Any]) -> None:
    answer = check(old, new, "full", readers="strict")
    assert answer.ok, answer.offending
    assert {change.rule for change in answer.changes} <= {"definition.added", "definition.removed", "shape.restated"}


@pytest.mark.parametrize(
    ("old", "new", "backward", "forward"),
    [
        ({"not": TEXT}, {"not": {"enum": ["x"]}}, True, False),
        ({"if": record(a={"const": 1}), "then": {"required": ["b"]}}, {"if": record(a={"const": 1}), "then": {"required": ["b", "c"]}}, False, True),
        ({"dependentRequired": {"a": ["b"]}}, {"dependentRequired": {"a": ["b", "c"]}}, False, True),
        ({"propertyNames": {"maxLength": 3}}, {"propertyNames": {"maxLength": 2}}, False, True),
        ({"contains": TEXT, "minContains": 2}, {"contains": TEXT}, True, False),
        ({"uniqueItems": True}, {}, True, False),
        ({"multipleOf": 6}, {"multipleOf": 3}, True, False),
        ({"minProperties": 1}, {"minProperties": 2}, False, True),
        ({"allOf": [record(a=TEXT)], "unevaluatedProperties": False}, {"allOf": [record(a=TEXT, b=TEXT)], "unevaluatedProperties": False}, True, False),
        ({**record(a=TEXT), "anyOf": [{"required": ["a"]}]}, {**record(a=TEXT), "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, True, False),
    ],
)  # fmt: skip
def test_what_cannot_be_walked_is_compared_by_proof(old: Any, new: Any, backward: bool, forward: bool) -> None:
    assert check(old, new, "backward", readers="strict").ok is backward
    assert check(old, new, "forward", readers="strict").ok is forward


def test_a_union_told_apart_by_a_field_grows_by_a_branch() -> None:
    def branch(kind: str, **fields: Any) -> dict[str, Any]:
        return {**record(kind={"const": kind}, **fields), "required": ["kind"]}

    old = {"oneOf": [branch("mail", address=TEXT), branch("call")]}
    new = {"oneOf": [branch("call"), branch("mail", address=TEXT, cc=TEXT), branch("note")]}
    assert rules(old, new) == [("type.widened", "$"), ("property.optional_added", "$.cc")]
    answer = check(old, new)
    assert (answer.ok, answer.needed) == (True, Bump.REVISION)
    assert check(new, old, "forward").ok


def test_a_schema_that_refers_to_itself() -> None:
    def tree(kind: str, **more: Any) -> dict[str, Any]:
        node = {**record(value={"type": kind}, kids={"type": "array", "items": {"$ref": "#/$defs/Tree"}}), **more}
        return {"$ref": "#/$defs/Tree", "$defs": {"Tree": node}}

    assert check(tree("integer"), tree("number"), readers="strict").ok
    assert not check(tree("number"), tree("integer"), readers="strict").ok
    assert not check(tree("integer"), tree("integer", required=["kids"]), readers="strict").ok
    for vague in ({"$ref": "#"}, {"anyOf": [{"$ref": "#"}, TEXT]}):
        assert not check(vague, vague, "backward").ok  # it says of a value only what it says of the value


def test_what_a_reference_outside_of_the_document_holds_is_never_passed_over() -> None:
    remote = record(a={"$ref": "https://example.org/other.json#/A"})
    answer = check(remote, remote, "backward")
    assert [(change.rule, change.path) for change in answer.offending] == [("undecided", "$.a")]
    bundled = {**remote, "$defs": {"other": {"$id": "https://example.org/other.json", "A": TEXT}}}
    assert check(bundled, bundled, "full").ok


# ---- modes and versions


def versions() -> list[dict[str, Any]]:
    return [
        {"$id": "urn:example:person:1.0", **record(a=TEXT)},
        {"$id": "urn:example:person:1.1", **record(a=TEXT, b={"enum": ["x", "y"]})},
        {"$id": "urn:example:person:1.2", **record(a=TEXT)},
        {"$id": "urn:example:person:1.3", **record(a=TEXT, b={"enum": ["x"]})},
    ]


def test_the_transitive_modes_look_at_the_whole_history() -> None:
    first, second, third, fourth = versions()
    assert check(third, fourth, "full", [first, second]).ok
    answer = check(third, fourth, "full-transitive", [first, second])
    assert [(change.rule, change.against) for change in answer.offending] == [("enum.word_removed", "1.1")]
    assert answer.needed is Bump.ADDITION
    assert check(third, fourth, "forward-transitive", [first, second]).ok


@pytest.mark.parametrize(("mode", "asked"), list(MODES.items()))
def test_a_mode_asks_for_its_directions_only(mode: str, asked: tuple[str, ...]) -> None:
    wider, narrower = record(a={"type": ["string", "null"]}), record(a=TEXT)
    assert check(narrower, wider, mode).ok is ("forward" not in asked)
    assert check(wider, narrower, mode).ok is ("backward" not in asked)


@pytest.mark.parametrize(
    ("before", "after", "change", "fine"),
    [
        ("1.0", "1.1", {"b": TEXT}, True),
        ("1.0", "1.0", {"b": TEXT}, False),
        ("1.1", "1.0", {}, False),
        ("1.0", "1.0", {}, True),
        ("1.9", "1.10", {"b": TEXT}, True),
        ("1.0", "1.1", {"a": NUMBER}, False),
        ("1.0", "2.0", {"a": NUMBER}, True),
        ("1.0.0", "1.0.1", {"b": TEXT}, True),
    ],
)
def test_the_version_must_be_raised_enough(before: str, after: str, change: dict[str, Any], fine: bool) -> None:
    old, new = ({"x-version": version} for version in (before, after))
    answer = check({**old, **record(a=TEXT)}, {**new, **record(**{"a": TEXT, **change})}, "none")
    assert (answer.ok, answer.version_ok) == (fine, fine)
    assert [each.rule for each in answer.offending] == ([] if fine else ["version.bump_too_small"])


@pytest.mark.parametrize(
    ("schema", "version"),
    [
        ({"$id": "https://example.org/contact-1.2.json"}, "1.2"),
        ({"$id": "https://example.org:8080/schemas/v3/contact"}, "3"),
        ({"$id": "https://10.0.0.1/contact"}, ""),
        ({"$id": "https://example.org/2024/contact"}, ""),
        ({"$id": "urn:example:1.2.3", "x-version": "4.0"}, "4.0"),
        ({"x-version": "soon", "$id": "https://[broken/1.0"}, ""),
        ({}, ""),
    ],
)
def test_the_version_is_read_from_the_schema(schema: dict[str, Any], version: str) -> None:
    assert version_of(schema) == version


def test_a_version_that_is_not_stated_is_not_judged() -> None:
    answer = check(record(a=TEXT), record(a=TEXT, b=TEXT))
    assert (answer.ok, answer.version_ok, answer.old_version) == (True, None, "")


@pytest.mark.parametrize(("mode", "readers", "path"), [("sideways", "strict", "mode"), ("full", "nobody", "readers")])
def test_a_question_that_does_not_exist_is_refused(mode: str, readers: str, path: str) -> None:
    with pytest.raises(InputError) as caught:
        check(TEXT, TEXT, mode, readers=readers)
    assert caught.value.path == path
    assert "Name one of" in caught.value.hint


# ---- what is hostile


def nested(levels: int) -> Any:
    schema: Any = TEXT
    for _ in range(levels):
        schema = {"properties": {"a": schema}}
    return schema


def shared(levels: int) -> Any:
    schema: Any = TEXT
    for _ in range(levels):
        schema = {"allOf": [schema, schema]}
    return schema


def looped() -> Any:
    schema: dict[str, Any] = {"type": "object"}
    schema["properties"] = {"a": schema}
    return schema


@pytest.mark.parametrize(
    "bad",
    [
        *("text", None, [], 3),
        nested(5_000),
        shared(60),
        looped(),
        {1: TEXT},
        {"enum": [float("nan")]},
        {"enum": [object()]},
        *(
            {"type": 5},
            {"type": "word"},
            {"type": []},
            {"properties": []},
            {"properties": {"a": 1}},
            {"required": "a"},
            {"enum": 1},
        ),
        *(
            {"minimum": "1"},
            {"maxLength": -1},
            {"maxLength": 1.5},
            {"multipleOf": 0},
            {"uniqueItems": 1},
            {"pattern": 1},
            {"allOf": {}},
        ),
        *({"$ref": "#/nowhere"}, {"$ref": "#nowhere"}, {"$ref": 1}, {"$ref": "#/enum/0", "enum": ["x"]}, {"$defs": []}),
    ],
    ids=lambda bad: "schema",
)
def test_what_is_no_schema_is_refused_with_its_place(bad: Any) -> None:
    with pytest.raises(InputError) as caught:
        compare(bad, TEXT)
    assert caught.value.code == "input.schema"
    assert caught.value.path.startswith("#")
    assert caught.value.hint


def chain(length: int, last: str) -> dict[str, Any]:
    links = {f"D{n}": record(next={"$ref": f"#/$defs/D{n + 1}"}) for n in range(length)}
    return {"$ref": "#/$defs/D0", "$defs": {**links, f"D{length}": {"type": last, "title": "end"}}}


def optional_chain(length: int, last: str) -> dict[str, Any]:
    links = {f"D{n}": {"anyOf": [{"$ref": f"#/$defs/D{n + 1}"}, {"type": "null"}]} for n in range(length)}
    return {"$ref": "#/$defs/D0", "$defs": {**links, f"D{length}": {"type": last, "title": "end"}}}


def reference_chain(length: int, last: str) -> dict[str, Any]:
    links: dict[str, Any] = {f"D{n}": {"$ref": f"#/$defs/D{n + 1}"} for n in range(length)}
    return {"$ref": "#/$defs/D0", "$defs": {**links, f"D{length}": {"type": last, "title": "end"}}}


@pytest.mark.parametrize("make", [chain, optional_chain, reference_chain])
def test_definitions_that_lead_from_one_to_the_next_are_followed_without_end(make: Any) -> None:
    assert check(make(1_200, "string"), make(1_200, "string"), "full", readers="strict").ok
    answer = check(make(1_200, "string"), make(1_200, "integer"), "backward")
    assert {change.rule for change in answer.offending} <= {"type.changed", "type.narrowed"}
    assert not answer.ok
    assert all(len(change.path) < 500 for change in answer.changes)


def test_branches_that_multiply_are_given_up_and_not_computed_for_ever() -> None:
    def wide(rows: int) -> dict[str, Any]:
        return {"allOf": [{"anyOf": [{"required": [f"a{row}_{column}"]} for column in range(4)]} for row in range(rows)]}

    begun = time.monotonic()
    assert not check(wide(14), wide(15)).ok
    assert time.monotonic() - begun < 60


def test_patterns_of_others_cannot_hold_up_the_check() -> None:
    hostile = ["^(a+)+$", "(a|a)*$", "^" + "a?" * 30 + "a" * 30 + "$", r"(a)\1*b", "((a{9}){9}){9}", "[", r"\p{L}"]
    begun = time.monotonic()
    for pattern in hostile:
        assert not check({"enum": ["a" * 40 + "!"]}, {"type": "string", "pattern": pattern}).ok
        assert not check({"patternProperties": {pattern: TEXT}}, {"properties": {"a" * 40: NUMBER}}, readers="strict").ok
    assert time.monotonic() - begun < 5
