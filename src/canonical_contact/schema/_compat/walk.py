"""The way through two schemas side by side: every difference gets its rule and its place in a document.

Only what a document meets on its way is walked: properties, items, branches. What stands under `not` or in a condition is compared as a
whole, by proof. The way is taken breadth first, each pair of schemas once, so that a definition that is used in ten places is told of
at the first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from attrs import evolve

from canonical_contact.schema._compat.annotations import compare_annotations
from canonical_contact.schema._compat.branches import compare_branches, pure_choice
from canonical_contact.schema._compat.change import Change, make_change
from canonical_contact.schema._compat.document import Document, Node
from canonical_contact.schema._compat.objects import compare_items, compare_objects
from canonical_contact.schema._compat.prover import Prover
from canonical_contact.schema._compat.rules import RULES, Bump
from canonical_contact.schema._compat.scalars import compare_constraints, compare_types, compare_values
from canonical_contact.schema._compat.side_by_side import Found, Pair, SideBySide

__all__ = ["walk"]

_Nodes = tuple[Node, ...]


def walk(old: Document, new: Document, prover: Prover, *, tolerant: bool) -> list[Change]:
    """Compare two documents.

    Args:
        old: the old schema.
        new: the new one, of the same arena.
        prover: of that arena.
        tolerant: readers ignore fields that they do not know.

    Returns:
        every change, in the order of the way; then what could not be decided.
    """
    seen: set[tuple[_Nodes, _Nodes]] = set()
    visited: list[Pair] = []
    changes: list[Change] = []
    befores, afters = old.definitions(), new.definitions()
    alone = _alone(old), _alone(new)
    starts = [Pair("$", (old.root,), (new.root,))]
    kept = [name for name in befores if name in afters]
    kept.sort(key=lambda name: name not in alone[0])  # documents first, so that what they hold is told of by its way from them
    starts += [Pair(f"$defs.{name}", (befores[name],), (afters[name],)) for name in kept]
    for start in starts:
        ways = deque([start])
        while ways:
            for found in _visit(ways.popleft(), prover, seen, visited, tolerant=tolerant):
                if isinstance(found, Pair):
                    ways.append(found)
                else:
                    changes.append(found)
    for word, here, there, documents in (("removed", befores, afters, alone[0]), ("added", afters, befores, alone[1])):
        for name in here:
            if name not in there:
                kind = "document" if name in documents else "definition"
                changes.append(make_change(f"{kind}.{word}", f"$defs.{name}"))
    changes.extend(_unproved(starts, visited, changes, prover, tolerant=tolerant))
    return changes


def _alone(document: Document) -> set[str]:
    """Name the definitions that nothing else in the schema refers to: they are documents of their own."""
    used: set[str] = set()
    for owner, reference in document.references:
        parts = reference.partition("#")[2].split("/")
        if parts[1:2] in (["$defs"], ["definitions"]) and len(parts) > 2 and parts[2] != owner:
            used.add(parts[2].replace("~1", "/").replace("~0", "~"))
    return document.definitions().keys() - used


def _visit(
    pair: Pair, prover: Prover, seen: set[tuple[_Nodes, _Nodes]], visited: list[Pair], *, tolerant: bool
) -> Iterator[Found]:  # fmt: skip
    """Compare at one place; what is proved to hurt nobody is not held against a change."""
    while True:
        if (pair.olds, pair.news) in seen:
            return
        seen.add((pair.olds, pair.news))
        visited.append(pair)
        at = SideBySide(pair, prover, tolerant=tolerant)
        yield from compare_annotations(at)
        olds, news = _target(pair.olds), _target(pair.news)
        if olds is pair.olds and news is pair.news:
            break
        if olds is not pair.olds and news is not pair.news:  # both refer to something: go there
            pair = Pair(pair.path, olds, news)
            continue
        break
    for found in _compare(at):
        yield found if isinstance(found, Pair) else _softened(found, at)


def _target(nodes: _Nodes) -> _Nodes:
    """Follow a schema that says nothing itself and refers to one other."""
    if len(nodes) == 1 and nodes[0].words.keys() == {"all"} and len(nodes[0].words["all"]) == 1:
        target: _Nodes = nodes[0].words["all"]
        return target
    return nodes


def _compare(at: SideBySide) -> Iterator[Found]:
    for why in dict.fromkeys((*at.old.unknown, *at.new.unknown)):
        told = [why if why in facts.unknown else "" for facts in (at.old, at.new)]
        yield at.tell("undecided", old=told[0], new=told[1], why=f"{why[:1].upper()}{why[1:]}.")
    old, new = pure_choice(at.old), pure_choice(at.new)
    if old or new:
        yield from compare_branches(at, old[1] if old else [at.olds], new[1] if new else [at.news])
        if old is None or new is None:
            return
    yield from compare_types(at)
    yield from compare_values(at)
    yield from compare_constraints(at, choices=not (old and new and old[0] == new[0]))
    both = at.old.types & at.new.types
    if "object" in both:
        yield from compare_objects(at)
    if "array" in both:
        yield from compare_items(at)


def _softened(change: Change, at: SideBySide) -> Change:
    """Lift what a rule holds against a change of shape, where a proof shows that no document at this place is hurt."""
    if not RULES[change.rule].by_shape or (change.backward and change.forward):
        return change
    backward = change.backward or at.prover.covers(at.news, at.olds, tolerant=at.tolerant)
    forward = change.forward or at.prover.covers(at.olds, at.news, tolerant=at.tolerant)
    if (backward, forward) == (change.backward, change.forward):
        return change
    if backward and forward and all(at.proofs(at.olds, at.news)):
        return evolve(make_change("shape.restated", change.path), old=change.old, new=change.new)
    bump = Bump.REVISION if backward else Bump.MODEL
    return evolve(change, backward=backward, forward=forward, bump=bump, why="Proved to hurt no document at this place.")


def _unproved(
    starts: list[Pair], visited: list[Pair], changes: list[Change], prover: Prover, *, tolerant: bool
) -> Iterator[Change]:
    """Ask for the proof of what the rules found: where no change speaks against a direction, the whole must be provable."""
    backward = all(change.backward for change in changes)
    forward = all(change.forward for change in changes)
    failed: dict[str, list[bool]] = {}
    for start in starts:
        back = backward and not prover.covers(start.news, start.olds, tolerant=tolerant)
        forth = forward and not prover.covers(start.olds, start.news, tolerant=tolerant)
        for number, wrong in enumerate((back, forth)):
            if wrong:
                place = _where(visited, start, prover, backward=number == 0, tolerant=tolerant)
                failed.setdefault(place, [False, False])[number] = True
    for place, (back, forth) in failed.items():
        why = "The schemas are too large to be proved." if prover.exhausted else RULES["undecided"].why
        yield evolve(make_change("undecided", place, why=why), backward=not back, forward=not forth)


def _where(visited: list[Pair], start: Pair, prover: Prover, *, backward: bool, tolerant: bool) -> str:
    """Find the innermost place that could not be proved."""
    for pair in reversed(visited):
        wide, narrow = (pair.news, pair.olds) if backward else (pair.olds, pair.news)
        if not prover.covers(wide, narrow, tolerant=tolerant):
            return pair.path
    return start.path
