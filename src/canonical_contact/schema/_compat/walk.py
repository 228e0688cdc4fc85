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
    before, after = old.definitions(), new.definitions()
    alone = _alone(old), _alone(new)
    documents = [Pair("$", (old.root,), (new.root,))]
    documents += [_definition(name, before, after) for name in before if name in after and name in alone[0]]
    way = _Way(prover, tolerant=tolerant)
    for start in documents:
        way.go(start)
    for name in before:
        if name in after and name not in alone[0]:
            way.go(_definition(name, before, after), again=False)
    for word, here, there, known in (("removed", before, after, alone[0]), ("added", after, before, alone[1])):
        for name in here:
            if name not in there:
                way.changes.append(make_change(f"{'document' if name in known else 'definition'}.{word}", f"$defs.{name}"))
    way.prove(documents)
    return way.changes


def _definition(name: str, before: dict[str, Node], after: dict[str, Node]) -> Pair:
    return Pair(f"$defs.{name}", (before[name],), (after[name],))


def _alone(document: Document) -> set[str]:
    """Name the definitions that nothing else in the schema refers to: they are documents of their own."""
    used: set[str] = set()
    for owner, reference in document.references:
        parts = reference.partition("#")[2].split("/")
        if parts[1:2] in (["$defs"], ["definitions"]) and len(parts) > 2 and parts[2] != owner:
            used.add(parts[2].replace("~1", "/").replace("~0", "~"))
    return document.definitions().keys() - used


class _Way:
    """The way so far.

    Args:
        prover: of the comparison.
        tolerant: readers ignore fields that they do not know.
    """

    def __init__(self, prover: Prover, *, tolerant: bool) -> None:
        self._prover, self._tolerant = prover, tolerant
        self._told: dict[tuple[_Nodes, _Nodes], tuple[str, list[Change]]] = {}  # what was found at a pair itself, and where
        self._visited: list[Pair] = []
        self.changes: list[Change] = []

    def go(self, start: Pair, *, again: bool = True) -> None:
        """Go all ways from a place.

        Args:
            start: the place.
            again: also where it was visited before.
        """
        if not again and (start.olds, start.news) in self._told:
            return
        ways = deque([start])
        while ways:
            ways.extend(self._visit(ways.popleft()))

    def _visit(self, pair: Pair) -> Iterator[Pair]:
        """Compare at one place; the ways that lead on."""
        while (at := self._enter(pair)) is not None:
            found = [change for change in compare_annotations(at) if isinstance(change, Change)]
            self._told[pair.olds, pair.news] = pair.path, found
            olds, news = _target(pair.olds), _target(pair.news)
            both_refer = olds is not pair.olds and news is not pair.news
            for each in () if both_refer else _compare(at):
                if isinstance(each, Pair):
                    yield each
                else:
                    found.append(_softened(each, at))
            self.changes += found
            if not both_refer:
                return
            pair = Pair(pair.path, olds, news)

    def _enter(self, pair: Pair) -> SideBySide | None:
        """Begin at a pair; None where it was visited before: one that took the place of another is told of again, but not gone into."""
        key = pair.olds, pair.news
        if key not in self._told:
            self._visited.append(pair)
            return SideBySide(pair, self._prover, tolerant=self._tolerant)
        old, new = (nodes[0].place if len(nodes) == 1 else "" for nodes in key)
        if old != new or not old:
            path, found = self._told[key]
            self.changes += [evolve(change, path=pair.path + change.path.removeprefix(path)) for change in found]
        return None

    def prove(self, documents: list[Pair]) -> None:
        """Ask for the proof of what the rules found: where no change speaks against a direction, the whole must be provable."""
        backward = all(change.backward for change in self.changes)
        forward = all(change.forward for change in self.changes)
        failed: dict[str, list[bool]] = {}
        for document in documents:
            for number, asked in enumerate((backward, forward)):
                if asked and not self._proved(document, backward=number == 0):
                    place = self._where(document, backward=number == 0)
                    failed.setdefault(place, [True, True])[number] = False
        for place, (back, forth) in failed.items():
            why = "The schemas are too large to be proved." if self._prover.exhausted else ""
            self.changes.append(evolve(make_change("undecided", place, why=why), backward=back, forward=forth))

    def _proved(self, pair: Pair, *, backward: bool) -> bool:
        wide, narrow = (pair.news, pair.olds) if backward else (pair.olds, pair.news)
        return self._prover.covers(wide, narrow, tolerant=self._tolerant)

    def _where(self, document: Pair, *, backward: bool) -> str:
        """Find the innermost place that could not be proved."""
        if self._prover.exhausted:
            return document.path
        return next((pair.path for pair in reversed(self._visited) if not self._proved(pair, backward=backward)), document.path)


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
