"""Every rule that a change can be of: what it does to who reads, and which version it needs. Data, and nothing else decides it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import frozen

__all__ = ["RULES", "Bump", "Rule"]


class Bump(StrEnum):
    """Which part of a version a change needs (SchemaVer): the first of two numbers for `model`, the second for the others."""

    NONE = "none"  # nothing that a program could notice
    ADDITION = "addition"  # all data there is stays as it was
    REVISION = "revision"  # old data can be read, but not every old reader reads new data
    MODEL = "model"  # old data cannot be read, or means something else

    @property
    def rank(self) -> int:
        """Tell how much it is, from 0."""
        return list(Bump).index(self)


@frozen
class Rule:
    """What a kind of change does, for readers that ignore fields they do not know.

    Args:
        backward: a new reader reads old data.
        forward: an old reader reads new data.
        bump: the version it needs.
        why: one line.
        by_shape: the verdict is about which documents are valid, so a proof that no document is hurt overrules it; else it is about
            what they mean, and nothing does.
        ends: something that was announced goes, or its end is announced: a deprecation window is due.
    """

    backward: bool
    forward: bool
    bump: Bump
    why: str
    by_shape: bool = True
    ends: bool = False


_N, _A, _R, _M = Bump
_MEANING = {"by_shape": False}
_ENDS = {"ends": True}

RULES: Final[Mapping[str, Rule]] = MappingProxyType({
    "property.optional_added": Rule(True, True, _A, "Old data lacks it, old readers pass it over."),
    "property.required_added": Rule(False, True, _M, "Old data lacks it; a default does not help, since validators fill nothing in."),
    "property.optional_removed": Rule(True, True, _R, "New readers pass it over, old readers do not count on it.", **_ENDS),
    "property.required_removed": Rule(True, False, _M, "Old readers count on it.", **_ENDS),
    "property.renamed": Rule(False, False, _M, "Neither side finds the value under the name it knows.", **_MEANING, **_ENDS),
    "property.renamed_with_alias": Rule(True, False, _R, "New readers also look under the old name (x-aliases).", **_MEANING, **_ENDS),
    "property.deprecated": Rule(True, True, _A, "Its end is announced; nothing changes yet.", **_ENDS),
    "required.added": Rule(False, True, _M, "Old data may lack it."),
    "required.dropped": Rule(True, False, _R, "Old readers count on it."),
    "type.widened": Rule(True, False, _R, "Old readers do not expect the new type."),
    "type.narrowed": Rule(False, True, _M, "Old data may be of the type that goes."),
    "type.changed": Rule(False, False, _M, "What one side writes is not what the other one expects."),
    "enum.word_added": Rule(True, False, _R, "Old readers do not know the word."),
    "enum.word_removed": Rule(False, True, _M, "Old data may hold the word."),
    "cardinality.one_to_many": Rule(False, False, _M, "One value became a list; only a migration lifts it."),
    "cardinality.many_to_one": Rule(False, False, _M, "A list became one value; only a migration can choose."),
    "constraint.tightened": Rule(False, True, _M, "Old data may break the tighter limit."),
    "constraint.loosened": Rule(True, False, _R, "New data may break the limit that old readers count on."),
    "constraint.changed": Rule(False, False, _M, "Neither of the two limits lies within the other."),
    "shape.restated": Rule(True, True, _N, "Said in other words: the same documents are valid."),
    "content.closed": Rule(True, True, _R, "Undeclared fields are no longer valid; readers pass them over anyway."),
    "content.opened": Rule(True, True, _R, "Undeclared fields become valid; readers pass them over."),
    "default.added": Rule(True, True, _R, "What is absent now counts as something."),
    "default.changed": Rule(False, False, _M, "What is absent counts as something else than before.", **_MEANING),
    "meaning.changed": Rule(False, False, _M, "The same shape says something else (x-unit, x-meaning): never silently.", **_MEANING),
    "document.added": Rule(True, True, _A, "A document that nothing else in the schema refers to."),
    "document.removed": Rule(False, True, _M, "Nothing in the schema refers to it, so it is there for others, who lose it.", **_ENDS),
    "definition.added": Rule(True, True, _N, "What uses it is compared where it stands."),
    "definition.removed": Rule(True, True, _N, "What used it is compared where it stands."),
    "version.const_changed": Rule(True, True, _N, "A document names its version; readers migrate or ignore it."),
    "version.bump_too_small": Rule(True, True, _N, "The version promises more than the changes keep."),
    "annotation.description": Rule(True, True, _N, "Words for people."),
    "annotation.changed": Rule(True, True, _N, "Says something about the field and constrains nothing."),
    "undecided": Rule(False, False, _M, "It could not be proved that nothing breaks, so it counts as if it did.", **_MEANING),
})  # fmt: skip
"""Named rules. Adding a field is additive, removing an optional one is a revision after its deprecation, and so on: docs/schema."""
