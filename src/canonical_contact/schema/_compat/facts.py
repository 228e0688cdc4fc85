"""What several schemas say together of one value, laid side by side."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import cached_property
from math import ceil, floor
from typing import Any, Final, NamedTuple

from canonical_contact.schema._compat.document import Arena, Node
from canonical_contact.schema._compat.values import equal_key, matches
from canonical_contact.schema._compat.words import ANY

__all__ = ["Choice", "Facts", "Reach", "says_something"]

_FEW: Final = {"boolean": (True, False), "null": (None,)}
# Where an instance may go on from a schema without going deeper into the value.
_BESIDE = ("all", "anyOf", "oneOf")
_BESIDE_ONE = ("if", "then", "else")


def says_something(node: Node) -> bool:
    """Tell whether a schema rules anything out, so that `additionalProperties` means a map and not just an open object."""
    return bool(node.words) and not node.words.get("never")


class Reach:
    """The names of properties that a schema speaks of anywhere, in every branch.

    Args:
        nodes: the schemas.
    """

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.names: set[str] = set()
        self.patterns: set[str] = set()
        self.declares = False  # properties are declared at all
        self.everything = False  # something is said of all names, or something cannot be followed
        self.extra: list[Node] = []  # the schemas that speak of the names that are not named
        todo, seen = list(nodes), set[Node]()
        while todo:
            node = todo.pop()
            if node in seen:
                continue
            seen.add(node)
            words = node.words
            self.names.update(
                words.get("properties", ()), words.get("required", ()), *words.get("dependentRequired", {}).values()
            )
            self.patterns.update(words.get("patternProperties", ()))
            self.extra += [words[word] for word in ("additionalProperties", "unevaluatedProperties") if word in words]
            self.declares |= "properties" in words or "patternProperties" in words
            self.everything |= "unknown" in words
            for word in _BESIDE:
                todo.extend(words.get(word, ()))
            todo.extend(words[word] for word in _BESIDE_ONE if word in words)
            todo.extend(words.get("dependentSchemas", {}).values())

    def may_name(self, name: str) -> bool:
        """Tell whether a property of this name may be spoken of."""
        return self.everything or name in self.names or any(matches(pattern, name) is not False for pattern in self.patterns)


class Choice(NamedTuple):
    """Branches of which one applies; a branch is what then applies as well."""

    part: Node
    branches: tuple[tuple[Node, ...], ...]

    @property
    def is_all(self) -> bool:
        """Whether the schema says nothing else."""
        return self.part.words.keys() in ({"anyOf"}, {"oneOf"})


class Facts:
    """What schemas say together.

    Args:
        nodes: the schemas that all apply.
        arena: of the comparison.
        spend: is told how much work is done that no goal stands for.
    """

    def __init__(self, nodes: tuple[Node, ...], arena: Arena, spend: Callable[[int], None]) -> None:
        self._arena, self._spend = arena, spend
        self.unknown: list[str] = []
        self.parts: list[Node] = []
        self.required: set[str] = set()
        self._gather(nodes)
        words = [part.words for part in self.parts]
        self.never = any(entry.get("never") for entry in words)
        types = frozenset[str]() if self.never else ANY.intersection(*(entry["types"] for entry in words if "types" in entry))
        enums = [entry["values"] for entry in words if "values" in entry]
        if not enums and types and all(kind in _FEW for kind in types):
            enums = [{equal_key(value): value for kind in sorted(types) for value in _FEW[kind]}]
        self.types = types
        self.values: dict[Hashable, Any] | None = None  # by their keys; None where there is no end of them
        if enums:
            self.values = {key: value for key, value in enums[0].items() if all(key in others for others in enums[1:])}
        self.named: dict[str, list[Node]] = {}  # property → the schemas that are stated under its name
        self._naming: dict[str, set[Node]] = {}
        self._open: list[Node] = []  # the parts that also speak of other names
        for part in self.parts:
            for name, schema in part.words.get("properties", {}).items():
                self.named.setdefault(name, []).append(schema)
                self._naming.setdefault(name, set()).add(part)
            if any(word in part.words for word in ("patternProperties", "additionalProperties", "unevaluatedProperties")):
                self._open.append(part)
        self._patterns = sum(1 for _ in self.patterns())
        spend(len(self.parts) // 4)

    def _gather(self, nodes: tuple[Node, ...]) -> None:
        """Collect what applies: the schemas, what they refer to, and the conditions that are met."""
        todo, seen = list(nodes), set[Node]()
        while todo:
            while todo:
                part = todo.pop()
                if part not in seen:
                    seen.add(part)
                    self.parts.append(part)
                    todo.extend(part.words.get("all", ()))
                    self.required.update(part.words.get("required", ()))
                    self.unknown.extend(part.words.get("unknown", ()))
            only_objects = any(part.words.get("types") == {"object"} for part in self.parts)
            for part in self.parts:
                for name, needs in part.words.get("dependentRequired", {}).items():
                    if name in self.required and not self.required.issuperset(needs):
                        self.required.update(needs)
                        todo.append(part)  # look once more
                if only_objects:
                    met = (schema for name, schema in part.words.get("dependentSchemas", {}).items() if name in self.required)
                    todo.extend(schema for schema in met if schema not in seen)
        self.parts.sort(key=lambda part: part.serial)
        if self._goes_round(seen):
            self.unknown.append("a reference leads back to itself")

    @staticmethod
    def _goes_round(parts: set[Node]) -> bool:
        """Tell whether a schema applies to a value because it applies to the same value."""
        waiting = dict.fromkeys(parts, 0)
        for part in parts:
            for other in part.words.get("all", ()):
                waiting[other] += 1
        ready = [part for part, number in waiting.items() if not number]
        done = 0
        while ready:
            done += 1
            for other in ready.pop().words.get("all", ()):
                waiting[other] -= 1
                if not waiting[other]:
                    ready.append(other)
        return done < len(waiting)

    # ---- branches

    @cached_property
    def choices(self) -> list[Choice]:
        """The choices that are open."""
        found: list[Choice] = []
        for part in self.parts:
            words = part.words
            found += [Choice(part, tuple((branch,) for branch in words[word])) for word in ("anyOf", "oneOf") if word in words]
            if "if" in words and ("then" in words or "else" in words):
                otherwise = self._arena.make(("not", words["if"].serial), {"not": words["if"]})
                then, els = words.get("then", self._arena.always), words.get("else", self._arena.always)
                found.append(Choice(part, ((words["if"], then), (otherwise, els))))
        here = set(self.parts)
        return [choice for choice in found if not any(here.issuperset(branch) for branch in choice.branches)]

    # ---- numbers

    def most(self, word: str) -> int | None:
        """The lowest of the upper limits."""
        return min((part.words[word] for part in self.parts if word in part.words), default=None)

    def least(self, word: str) -> int:
        """The highest of the lower limits."""
        return max((part.words[word] for part in self.parts if word in part.words), default=0)

    def floor(self) -> tuple[float, bool] | None:
        """The lower bound, and whether it is itself left out; of two, the greater pair rules out more."""
        bound = max((pair for part in self.parts for pair in lower_bounds(part)), default=None)
        if bound is None or "fraction" in self.types:
            return bound
        return (floor(bound[0]) + 1, False) if bound[1] else (ceil(bound[0]), False)

    def ceiling(self) -> tuple[float, bool] | None:
        """The upper bound with its sign turned, so that of two the greater pair rules out more."""
        bound = max((pair for part in self.parts for pair in upper_bounds(part)), default=None)
        if bound is None or "fraction" in self.types:
            return bound
        return (floor(bound[0]) + 1, False) if bound[1] else (ceil(bound[0]), False)

    # ---- properties

    @cached_property
    def reach(self) -> Reach:
        """All names that are spoken of in any branch."""
        return Reach(self.parts)

    def of_property(self, name: str, *, extra: bool = True) -> list[Node]:
        """The schemas that are sure to apply to a property.

        Args:
            name: the property.
            extra: also what is said of names that are not named.
        """
        found = list(self.named.get(name, ()))
        self._spend(self._patterns // 16)
        for part in self._open:
            named = part in self._naming.get(name, ())
            unsure = False
            for pattern, schema in part.words.get("patternProperties", {}).items():
                hit = matches(pattern, name)
                unsure |= hit is None
                if hit:
                    named = True
                    found.append(schema)
            if extra and not named and not unsure and "additionalProperties" in part.words:
                found.append(part.words["additionalProperties"])
            if extra and "unevaluatedProperties" in part.words and not self._evaluates(part, name):
                found.append(part.words["unevaluatedProperties"])
        return found

    def _evaluates(self, part: Node, name: str) -> bool:
        reach = Reach([part])
        return len(reach.extra) > 1 or reach.may_name(name)

    def of_others(self) -> list[Node]:
        """The schemas that are sure to apply to a property that no branch names and no pattern meets."""
        found = [part.words["additionalProperties"] for part in self._open if "additionalProperties" in part.words]
        own = {pattern for pattern, _ in self.patterns()}
        for part in self._open:
            if "unevaluatedProperties" in part.words:
                reach = Reach([part])
                if len(reach.extra) == 1 and not reach.everything and reach.patterns <= own:
                    found.append(part.words["unevaluatedProperties"])
        return found

    def patterns(self) -> Iterator[tuple[str, Node]]:
        """The schemas of patterns."""
        for part in self._open:
            yield from part.words.get("patternProperties", {}).items()

    # ---- items

    def of_item(self, place: int) -> list[Node]:
        """The schemas that apply to an item; those of every item beyond the listed places if `place` is large."""
        found: list[Node] = []
        for part in self.parts:
            listed = part.words.get("prefixItems", ())
            if place < len(listed):
                found.append(listed[place])
            elif "items" in part.words:
                found.append(part.words["items"])
        return found

    def listed_items(self) -> int:
        """How many places are listed at most."""
        return max((len(part.words.get("prefixItems", ())) for part in self.parts), default=0)


def lower_bounds(part: Node) -> Iterator[tuple[float, bool]]:
    """Read the lower bounds of one schema."""
    for word, left_out in (("minimum", False), ("exclusiveMinimum", True)):
        if word in part.words:
            yield part.words[word], left_out


def upper_bounds(part: Node) -> Iterator[tuple[float, bool]]:
    """Read the upper bounds of one schema, with their sign turned."""
    for word, left_out in (("maximum", False), ("exclusiveMaximum", True)):
        if word in part.words:
            yield -part.words[word], left_out
