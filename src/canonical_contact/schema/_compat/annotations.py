"""What a schema says of a field beyond its shape: its meaning, its default, its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from canonical_contact.schema._compat.document import Node
from canonical_contact.schema._compat.side_by_side import Found, SideBySide
from canonical_contact.schema._compat.values import equal_key, short
from canonical_contact.schema._compat.words import is_assertion

__all__ = ["compare_annotations", "is_deprecated"]

MEANINGS: Final = ("x-unit", "x-meaning")
# Names the schema itself or its parts; not about the field.
_STRUCTURE: Final = frozenset(("$schema", "$id", "id", "$defs", "definitions", "$anchor", "$vocabulary", "x-version"))
_ABSENT: Final = object()


def is_deprecated(said: Mapping[str, Any]) -> bool:
    """Tell whether the end of a field is announced."""
    return said.get("deprecated") is True or "x-deprecated-since" in said


def _said(nodes: tuple[Node, ...]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for node in reversed(nodes):
        if isinstance(node.raw, Mapping):
            said.update((name, entry) for name, entry in node.raw.items() if not is_assertion(name) and name not in _STRUCTURE)
    return said


def _differ(old: object, new: object) -> bool:
    if old is _ABSENT or new is _ABSENT:
        return old is not new
    return equal_key(old) != equal_key(new)


def _text(value: object) -> str:
    return "" if value is _ABSENT else short(value)


def compare_annotations(at: SideBySide) -> Iterator[Found]:
    """Compare what the schemas themselves say, not what they refer to."""
    old, new = _said(at.olds), _said(at.news)
    changed = {name for name in old.keys() | new.keys() if _differ(old.get(name, _ABSENT), new.get(name, _ABSENT))}
    for name in MEANINGS:
        if name in changed and name in old:
            changed.remove(name)
            yield at.tell("meaning.changed", old=_text(old[name]), new=_text(new.get(name, _ABSENT)))
    if "default" in changed:
        changed.remove("default")
        rule = "default.changed" if "default" in old else "default.added"
        yield at.tell(rule, old=_text(old.get("default", _ABSENT)), new=_text(new.get("default", _ABSENT)))
    if is_deprecated(new) and not is_deprecated(old):
        changed -= {"deprecated", "x-deprecated-since", "x-remove-in", "x-replaced-by"}
        yield at.tell("property.deprecated", new=_ending(new))
    if "description" in changed:
        changed.remove("description")
        yield at.tell("annotation.description", old=short(old.get("description", "")), new=short(new.get("description", "")))
    if changed:
        names = sorted(changed)
        shown = [", ".join(name for name in names if name in said) for said in (old, new)]
        yield at.tell("annotation.changed", old=short(shown[0]), new=short(shown[1]))


def _ending(said: Mapping[str, Any]) -> str:
    parts = (("since ", "x-deprecated-since"), ("until ", "x-remove-in"), ("instead: ", "x-replaced-by"))
    return short(", ".join(f"{word}{said[name]}" for word, name in parts if name in said))
