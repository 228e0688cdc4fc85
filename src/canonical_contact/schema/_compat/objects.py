"""The properties of objects and the items of lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from canonical_contact.schema._compat.checks_inside import never_written, ruled_out
from canonical_contact.schema._compat.document import Node
from canonical_contact.schema._compat.facts import Facts, says_something
from canonical_contact.schema._compat.scalars import project, type_names
from canonical_contact.schema._compat.side_by_side import Found, Pair, SideBySide, field_path
from canonical_contact.schema._compat.values import short
from canonical_contact.schema._compat.words import VERSION_FIELDS

__all__ = ["compare_items", "compare_objects"]


def compare_objects(at: SideBySide) -> Iterator[Found]:
    """Compare the properties that are named, those of patterns, and what is said of all others."""
    old, new = at.old.named, at.new.named
    added, removed = [name for name in new if name not in old], [name for name in old if name not in new]
    for before, after, rule in _renamed(at, added, removed):
        added.remove(after)
        removed.remove(before)
        why = "" if at.tolerant else "Neither side finds the value under the name it knows: a validator knows no aliases."
        yield at.tell(rule, path=field_path(at.path, after), old=before, new=after, backward=at.tolerant, why=why)
        yield Pair(field_path(at.path, after), tuple(old[before]), tuple(new[after]))
    for names, side, word in ((added, at.new, "added"), (removed, at.old, "removed")):
        for name in names:
            needed = "required" if name in side.required else "optional"
            backward, forward = _safe(at, name)
            text = {"new" if side is at.new else "old": _shape(at, side.named[name])}
            path = field_path(at.path, name)
            yield at.tell(f"property.{needed}_{word}", path=path, backward=backward, forward=forward, **text)
    kept = {name for name in old if name in new}
    both = [*kept, *((at.old.required | at.new.required) - old.keys() - new.keys())]
    for name in sorted(both):
        if (name in at.old.required) != (name in at.new.required):
            rule = "required.dropped" if name in at.old.required else "required.added"
            yield at.tell(rule, path=field_path(at.path, name))
    for name in (name for name in old if name in kept):
        path = field_path(at.path, name)
        if name in VERSION_FIELDS:
            yield from _version(at, path, old[name], new[name])
        yield Pair(path, tuple(old[name]), tuple(new[name]))
    yield from _patterns(at)
    yield from _content(at)


def _renamed(at: SideBySide, added: list[str], removed: list[str]) -> Iterator[tuple[str, str, str]]:
    """Find what was renamed by what the schemas say of it: `x-aliases` on the new name, `x-replaced-by` on the old one."""
    pairs: dict[str, tuple[str, str]] = {}
    for name in added:
        for alias in _notes(at.new.named[name], "x-aliases"):
            if alias in removed:
                pairs.setdefault(name, (alias, "property.renamed_with_alias"))
    for name in removed:
        for target in _notes(at.old.named[name], "x-replaced-by"):
            target = target.rpartition(".")[2]
            if target in added and name not in (before for before, _ in pairs.values()):
                pairs.setdefault(target, (name, "property.renamed"))
    done: set[str] = set()
    for after, (before, rule) in pairs.items():
        if before not in done:
            done.add(before)
            yield before, after, rule


def _notes(nodes: list[Node], name: str) -> list[str]:
    found: list[Any] = [node.note(name) for node in nodes]
    return [text for entry in found for text in (entry if isinstance(entry, list) else [entry]) if isinstance(text, str)]


def _safe(at: SideBySide, name: str) -> tuple[bool, bool]:
    """Tell whether what one side lets stand under the name is bearable for the other one, which does not name it or newly does."""
    return _bears(at, at.new, at.old, name), _bears(at, at.old, at.new, name)


def _bears(at: SideBySide, reader: Facts, writer: Facts, name: str) -> bool:
    if never_written(writer, name, tolerant=at.tolerant):
        return True
    wide = reader.of_property(name)
    if at.tolerant:  # who ignores what they do not know is not disturbed by a closed content model
        wide = [node for node in wide if not node.words.get("never") or node in reader.named.get(name, ())]
    narrow = writer.of_property(name) or [at.prover.arena.always]
    return at.prover.covers(wide, narrow, tolerant=at.tolerant)


def _shape(at: SideBySide, nodes: list[Node]) -> str:
    references = [node.raw["$ref"] for node in nodes if isinstance(node.raw, Mapping) and "$ref" in node.raw]
    return short(str(references[0])) if references else type_names(at.prover.facts(nodes).types)


def _version(at: SideBySide, path: str, olds: list[Node], news: list[Node]) -> Iterator[Found]:
    old, new = (next((node.note("const") for node in nodes if node.note("const") is not None), None) for nodes in (olds, news))
    if old != new:
        yield at.tell("version.const_changed", path=path, old=short(old), new=short(new))


def _patterns(at: SideBySide) -> Iterator[Found]:
    old: dict[str, list[Node]] = {}
    new: dict[str, list[Node]] = {}
    for facts, found in ((at.old, old), (at.new, new)):
        for pattern, schema in facts.patterns():
            found.setdefault(pattern, []).append(schema)
    for pattern in old.keys() & new.keys():
        yield Pair(f"{at.path}./{pattern}/", tuple(old[pattern]), tuple(new[pattern]))
    if old.keys() != new.keys():
        words = ("patternProperties",)
        backward, forward = at.proofs([project(at.old, words, at.prover.arena)], [project(at.new, words, at.prover.arena)])
        rule = "constraint.loosened" if backward else "constraint.tightened" if forward else "constraint.changed"
        yield at.tell(rule, old=short(sorted(old)), new=short(sorted(new)))


def _content(at: SideBySide) -> Iterator[Found]:
    """Compare what is said of fields that are not named: nothing (open), a shape (a map), that there are none (closed)."""
    old, new = (_model(facts) for facts in (at.old, at.new))
    if old == new == "a map":
        yield Pair(f"{at.path}.*", tuple(at.old.of_others()), tuple(at.new.of_others()))
    elif old != new:
        order = ("closed", "a map", "open")
        rule = "content.closed" if order.index(new) < order.index(old) else "content.opened"
        backward, forward = _rest_bears(at, at.new, at.old), _rest_bears(at, at.old, at.new)
        yield at.tell(rule, old=old, new=new, backward=backward, forward=forward)


def _model(facts: Facts) -> str:
    others = facts.of_others()
    if any(node.words.get("never") for node in others):
        return "closed"
    return "a map" if any(map(says_something, others)) else "open"


def _rest_bears(at: SideBySide, reader: Facts, writer: Facts) -> bool:
    wide, narrow = reader.of_others(), writer.of_others()
    if ruled_out(writer, narrow, tolerant=at.tolerant):
        return True
    if at.tolerant:
        wide = [node for node in wide if not node.words.get("never")]
    return at.prover.covers(wide, narrow or [at.prover.arena.always], tolerant=at.tolerant)


def compare_items(at: SideBySide) -> Iterator[Found]:
    """Compare the items of lists: each place that is listed, then all that follow."""
    listed = max(at.old.listed_items(), at.new.listed_items())
    always = (at.prover.arena.always,)
    for place in range(listed + 1):
        olds, news = tuple(at.old.of_item(place)), tuple(at.new.of_item(place))
        if olds or news:
            yield Pair(f"{at.path}[{'' if place == listed else place}]", olds or always, news or always)
