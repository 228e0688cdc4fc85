"""Proofs that every document which one schema takes is taken by another one.

A proof is asked for as a goal. Goals are generators that yield the goals they stand on, and `Prover` drives them with a stack of its own,
so that a schema of any depth needs no deep recursion. What cannot be proved counts as false, also where it may be true: the answer true
is always right, the answer false may be caution.

A schema that refers to itself makes goals that stand on themselves. Such a goal is taken as proved as long as the way back to it goes
into the value (a value ends), and what was proved by it is taken back if it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from typing import Any, NamedTuple

from canonical_contact.schema._compat.document import Arena, Node
from canonical_contact.schema._compat.facts import Facts
from canonical_contact.schema._compat.values import equal_key
from canonical_contact.schema._compat.words import bad_schema

__all__ = ["Goal", "Proof", "Prover"]

Answer = bool | None
Proof = Generator["Goal", Answer, Answer]


class Goal(NamedTuple):
    """What is to be proved.

    Args:
        kind: `covers` (every value of `narrow` is one of `wide`), `empty` (`narrow` has no value), `fits` (`value` is one of `wide`).
        wide: a schema.
        narrow: schemas that apply together, in order of their serials.
        tolerant: `wide` is read by somebody who ignores fields that they do not know, `narrow` written by somebody who writes only
            fields that they declare.
        inside: it is about a part of the value that the asking goal is about.
        value: for `fits`.
    """

    kind: str
    wide: Node
    narrow: tuple[Node, ...] = ()
    tolerant: bool = False
    inside: bool = False
    value: Any = None

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two goals the same."""
        value = equal_key(self.value) if self.kind == "fits" else None
        return self.kind, self.wide, self.narrow, self.tolerant, value


class _Frame:
    """A goal at work."""

    __slots__ = ("depth", "key", "low", "proof", "trail")

    def __init__(self, key: tuple[object, ...], proof: Proof, depth: int, place: int, trail: int) -> None:
        self.key, self.proof, self.depth, self.low, self.trail = key, proof, depth, place, trail


class Prover:
    """Proves goals and remembers what it proved, for one comparison.

    Args:
        arena: of both documents.
        kinds: how a goal of each kind is proved.
        budget: how much work may be done, about one for each goal; beyond it nothing is proved any more.
    """

    def __init__(self, arena: Arena, kinds: Mapping[str, Callable[[Prover, Goal], Proof]], budget: int) -> None:
        self.arena, self._kinds, self._budget, self._limit = arena, kinds, budget, budget
        self._facts: dict[tuple[Node, ...], Facts] = {}
        self._known: dict[tuple[object, ...], Answer] = {}
        self._leaning: dict[tuple[object, ...], int] = {}  # proved, as long as the frame of that place is
        self._trail: list[tuple[object, ...]] = []

    @property
    def exhausted(self) -> bool:
        """Whether the budget is spent."""
        return self._budget <= 0

    def spend(self, work: int) -> None:
        """Count work; where no end of it is seen, the schemas are refused.

        Raises:
            InputError: twice the budget is spent.
        """
        self._budget -= work
        if self._budget < -self._limit:
            raise bad_schema("the two versions take too much work to compare", "#", "Compare their parts one by one.")

    def facts(self, nodes: Iterable[Node]) -> Facts:
        """Lay schemas side by side, once."""
        key = ordered(nodes)
        if key not in self._facts:
            self._facts[key] = Facts(key, self.arena, self.spend)
        return self._facts[key]

    def covers(self, wide: Iterable[Node], narrow: Iterable[Node], *, tolerant: bool = False) -> bool:
        """Prove that every value that all of `narrow` take is taken by all of `wide`."""
        key = ordered(narrow)
        return all(self.prove(Goal("covers", node, key, tolerant)) is True for node in ordered(wide))

    def prove(self, goal: Goal) -> Answer:
        """Prove one goal."""
        stack: list[_Frame] = []
        working: dict[tuple[object, ...], int] = {}
        answer = self._enter(goal, stack, working)
        while stack:
            frame = stack[-1]
            try:
                wanted = frame.proof.send(answer)
            except StopIteration as done:
                answer = self._leave(stack, working, done.value)
            else:
                answer = self._enter(wanted, stack, working)
        return answer

    def _enter(self, goal: Goal, stack: list[_Frame], working: dict[tuple[object, ...], int]) -> Answer:
        """Answer a goal from memory, or put it on the stack: its proof then begins by taking the None that is returned."""
        key = goal.key
        if key in self._known:
            if stack and key in self._leaning:
                stack[-1].low = min(stack[-1].low, self._leaning[key])
            return self._known[key]
        depth = (stack[-1].depth if stack else 0) + goal.inside
        if key in working:
            place = working[key]
            if goal.kind != "covers" or depth <= stack[place].depth:
                return None if goal.kind == "fits" else False
            stack[-1].low = min(stack[-1].low, place)
            return True
        if self.exhausted:
            return None if goal.kind == "fits" else False
        self.spend(1 + len(goal.narrow) // 4)
        working[key] = len(stack)
        stack.append(_Frame(key, self._kinds[goal.kind](self, goal), depth, len(stack), len(self._trail)))
        return None

    def _leave(self, stack: list[_Frame], working: dict[tuple[object, ...], int], answer: Answer) -> Answer:
        frame = stack.pop()
        place = working.pop(frame.key)
        leaning = self._trail[frame.trail :]
        if answer is not True:
            for key in leaning:  # may have leant on this goal
                del self._known[key], self._leaning[key]
            del self._trail[frame.trail :]
        elif frame.low >= place:
            for key in leaning:
                del self._leaning[key]
            del self._trail[frame.trail :]
        else:
            self._leaning[frame.key] = frame.low
            self._trail.append(frame.key)
            stack[-1].low = min(stack[-1].low, frame.low)
        if not (self.exhausted and answer is not True):
            self._known[frame.key] = answer
        return answer


def ordered(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Put schemas that apply together into one order, each once; one that only refers to others is replaced by them."""
    found: set[Node] = set()
    todo, seen = list(nodes), set[Node]()
    while todo:
        node = todo.pop()
        if node.words.keys() != {"all"}:
            found.add(node)
        elif node not in seen:
            seen.add(node)
            todo.extend(node.words["all"])
    return tuple(sorted(found or seen, key=lambda node: node.serial))
