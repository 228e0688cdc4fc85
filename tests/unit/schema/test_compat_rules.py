"""Each row of the table of change rules, with its verdicts and its version."""

from __future__ import annotations

from typing import Any

import pytest

from canonical_contact.schema.compat import RULES, Bump, Change, compare

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "integer"}
LIST: dict[str, Any] = {"type": "array", "items": TEXT}
OK, NO = True, False


def record(*required: str, closed: bool = False, **fields: Any) -> dict[str, Any]:
    """Make a schema; a field is required where its name is listed."""
    schema: dict[str, Any] = {"type": "object", "properties": fields, "required": list(required)}
    return {**schema, "additionalProperties": False} if closed else schema


def only(changes: tuple[Change, ...]) -> Change:
    (change,) = (change for change in changes if not change.rule.startswith("annotation."))
    return change


# The rows of the table of rules, for readers that ignore what they do not know.
TABLE = [
    ("add an optional field with a default", record(a=TEXT), record(a=TEXT, b={**TEXT, "default": ""}), "property.optional_added", OK, OK, "addition"),
    ("add a required field", record(a=TEXT), record("b", a=TEXT, b=TEXT), "property.required_added", NO, OK, "model"),
    ("remove an optional field", record(a=TEXT, b=TEXT), record(a=TEXT), "property.optional_removed", OK, OK, "revision"),
    ("remove a required field", record("b", a=TEXT, b=TEXT), record(a=TEXT), "property.required_removed", OK, NO, "model"),
    ("rename", record(a={**TEXT, "x-replaced-by": "$.b"}), record(b=TEXT), "property.renamed", NO, NO, "model"),
    ("rename with an alias", record(a=TEXT), record(b={**TEXT, "x-aliases": ["a"]}), "property.renamed_with_alias", OK, NO, "revision"),
    ("rename a required field with an alias", record("a", a=TEXT), record("b", b={**TEXT, "x-aliases": ["a"]}), "property.renamed_with_alias", OK, NO, "revision"),
    ("widen a type", record(a=TEXT), record(a={"type": ["string", "null"]}), "type.widened", OK, NO, "revision"),
    ("widen a number", record(a=NUMBER), record(a={"type": "number"}), "type.widened", OK, NO, "revision"),
    ("widen by a branch", record(a=TEXT), record(a={"anyOf": [TEXT, {"type": "null"}]}), "type.widened", OK, NO, "revision"),
    ("add a word", record(a={"enum": ["x"]}), record(a={"enum": ["x", "y"]}), "enum.word_added", OK, NO, "revision"),
    ("narrow a type", record(a={"type": ["string", "null"]}), record(a=TEXT), "type.narrowed", NO, OK, "model"),
    ("narrow by a branch", record(a={"oneOf": [TEXT, NUMBER]}), record(a={"oneOf": [TEXT]}), "type.narrowed", NO, OK, "model"),
    ("remove a word", record(a={"enum": ["x", "y"]}), record(a={"enum": ["x"]}), "enum.word_removed", NO, OK, "model"),
    ("another type", record(a=TEXT), record(a=NUMBER), "type.changed", NO, NO, "model"),
    ("optional to required", record(a=TEXT), record("a", a=TEXT), "required.added", NO, OK, "model"),
    ("required to optional", record("a", a=TEXT), record(a=TEXT), "required.dropped", OK, NO, "revision"),
    ("one to many", record(a=TEXT), record(a=LIST), "cardinality.one_to_many", NO, NO, "model"),
    ("many to one", record(a=LIST), record(a=TEXT), "cardinality.many_to_one", NO, NO, "model"),
    ("tighten a limit", record(a={**TEXT, "maxLength": 9}), record(a={**TEXT, "maxLength": 3}), "constraint.tightened", NO, OK, "model"),
    ("add a pattern", record(a=TEXT), record(a={**TEXT, "pattern": "^x"}), "constraint.tightened", NO, OK, "model"),
    ("loosen a limit", record(a={**NUMBER, "minimum": 3}), record(a={**NUMBER, "minimum": 1}), "constraint.loosened", OK, NO, "revision"),
    ("another pattern", record(a={**TEXT, "pattern": "^x"}), record(a={**TEXT, "pattern": "^y"}), "constraint.changed", NO, NO, "model"),
    ("another format", record(a={**TEXT, "format": "date"}), record(a={**TEXT, "format": "time"}), "constraint.changed", NO, NO, "model"),
    ("change a unit", record(a={**NUMBER, "x-unit": "EUR"}), record(a={**NUMBER, "x-unit": "cent"}), "meaning.changed", NO, NO, "model"),
    ("change a meaning", record(a={**TEXT, "x-meaning": "own"}), record(a={**TEXT, "x-meaning": "other"}), "meaning.changed", NO, NO, "model"),
    ("change a default", record(a={**TEXT, "default": "x"}), record(a={**TEXT, "default": "y"}), "default.changed", NO, NO, "model"),
    ("state a default", record(a=TEXT), record(a={**TEXT, "default": "y"}), "default.added", OK, OK, "revision"),
    ("announce an end", record(a=TEXT), record(a={**TEXT, "deprecated": True}), "property.deprecated", OK, OK, "addition"),
    ("close the content", record(a=TEXT), record(a=TEXT, closed=True), "content.closed", OK, OK, "revision"),
    ("open the content", record(a=TEXT, closed=True), record(a=TEXT), "content.opened", OK, OK, "revision"),
    ("a document more", record(a=TEXT), {**record(a=TEXT), "$defs": {"D": TEXT}}, "document.added", OK, OK, "addition"),
    ("a document less", {**record(a=TEXT), "$defs": {"D": TEXT}}, record(a=TEXT), "document.removed", NO, OK, "model"),
    ("other words", record(a={"enum": ["x"]}), record(a={"enum": ["x"], "maxLength": 5}), "shape.restated", OK, OK, "none"),
    ("a version", record(schema_version={"const": "1.0"}), record(schema_version={"const": "1.1"}), "version.const_changed", OK, OK, "none"),
    ("remote", record(a={"$ref": "https://example.org/a"}), record(a={"$ref": "https://example.org/a"}), "undecided", NO, NO, "model"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "rule", "backward", "forward", "bump"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_a_change_has_its_rule(
    old: dict[str, Any], new: dict[str, Any], rule: str, backward: bool, forward: bool, bump: str
) -> None:
    change = only(compare(old, new))
    assert (change.rule, change.backward, change.forward, change.bump) == (rule, backward, forward, bump)
    assert change.why


# What the content model does to a validator, which passes nothing over.
STRICT = [
    ("open: add optional", record(a=TEXT), record(a=TEXT, b=TEXT), NO, OK, "model"),
    ("closed: add optional", record(a=TEXT, closed=True), record(a=TEXT, b=TEXT, closed=True), OK, NO, "revision"),
    ("open: add required", record(a=TEXT), record("b", a=TEXT, b=TEXT), NO, OK, "model"),
    ("closed: add required", record(a=TEXT, closed=True), record("b", a=TEXT, b=TEXT, closed=True), NO, NO, "model"),
    ("open: remove optional", record(a=TEXT, b=TEXT), record(a=TEXT), OK, NO, "revision"),
    ("closed: remove optional", record(a=TEXT, b=TEXT, closed=True), record(a=TEXT, closed=True), NO, OK, "model"),
    ("open: remove required", record("b", a=TEXT, b=TEXT), record(a=TEXT), OK, NO, "model"),
    ("closed: remove required", record("b", a=TEXT, b=TEXT, closed=True), record(a=TEXT, closed=True), NO, NO, "model"),
    ("close the content", record(a=TEXT), record(a=TEXT, closed=True), NO, OK, "model"),
    ("open the content", record(a=TEXT, closed=True), record(a=TEXT), OK, NO, "revision"),
    ("rename with an alias", record(a=TEXT), record(b={**TEXT, "x-aliases": ["a"]}), NO, NO, "model"),
    ("open: add what allows all", record(a=TEXT), record(a=TEXT, b={}), OK, OK, "addition"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "backward", "forward", "bump"), [row[1:] for row in STRICT], ids=[row[0] for row in STRICT]
)
def test_the_content_model_decides_for_strict_readers(
    old: dict[str, Any], new: dict[str, Any], backward: bool, forward: bool, bump: str
) -> None:
    change = only(compare(old, new, readers="strict"))
    assert (change.backward, change.forward, change.bump) == (backward, forward, bump)


def test_every_rule_that_a_row_of_the_table_names_is_reached() -> None:
    reached = {row[3] for row in TABLE}
    elsewhere = {
        "definition.added",
        "definition.removed",
        "version.bump_too_small",
        "annotation.description",
        "annotation.changed",
    }
    assert reached | elsewhere == set(RULES)


def test_what_breaks_old_data_is_a_model_and_what_breaks_old_readers_a_revision_at_least() -> None:
    for name, rule in RULES.items():
        if not rule.backward:
            assert rule.bump is Bump.MODEL, name
        elif not rule.forward:
            assert rule.bump in (Bump.REVISION, Bump.MODEL), name


def test_where_nothing_is_declared_anything_may_be_written() -> None:
    change = only(compare({"type": "object"}, record(a=TEXT)))
    assert (change.rule, change.backward, change.forward) == ("property.optional_added", False, True)


def test_a_map_is_data_and_a_field_added_beside_it_may_meet_another_value() -> None:
    old = {"type": "object", "additionalProperties": TEXT}
    change = only(compare(old, {**old, "properties": {"n": NUMBER}}))
    assert (change.rule, change.backward, change.bump) == ("property.optional_added", False, Bump.MODEL)
    assert "does not fit" in change.why
    assert only(compare(old, {**old, "properties": {"n": TEXT}})).backward
