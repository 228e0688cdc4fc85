"""Branches (anyOf, oneOf): which of the old ones is which of the new ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Final

from canonical_contact.schema._compat.document import Node
from canonical_contact.schema._compat.facts import Facts
from canonical_contact.schema._compat.scalars import type_names
from canonical_contact.schema._compat.side_by_side import Found, Pair, SideBySide
from canonical_contact.schema._compat.values import short

__all__ = ["compare_branches", "pure_choice"]

Side = tuple[Node, ...]


def pure_choice(facts: Facts) -> tuple[str, list[Side]] | None:
    """Read the branches where schemas say nothing but that one of them applies."""
    found: list[tuple[str, list[Side]]] = []
    for part in facts.parts:
        words = part.words
        choices = [word for word in ("anyOf", "oneOf") if word in words]
        if words.keys() - {"all", "types", *choices}:
            return None
        found += [(word, [(branch,) for branch in words[word]]) for word in choices]
    return found[0] if len(found) == 1 else None


def compare_branches(at: SideBySide, olds: list[Side], news: list[Side]) -> Iterator[Found]:
    """Pair the branches, compare each pair, and tell of those that came and went."""
    left, right = list(olds), list(news)
    for sign in _SIGNS:
        for old in tuple(left):
            mark = sign(at, old)
            new = next((side for side in right if mark is not None and sign(at, side) == mark), None)
            if new is not None:
                left.remove(old)
                right.remove(new)
                yield Pair(at.path, old, new)
    for old in left:
        yield at.tell("type.narrowed", old=_shown(at, old), why="Old data may be of the branch that goes.")
    for new in right:
        yield at.tell("type.widened", new=_shown(at, new), why="Old readers do not expect the new branch.")


def _reference(_at: SideBySide, side: Side) -> Hashable | None:
    raw = side[0].raw if len(side) == 1 else None
    return str(raw["$ref"]) if isinstance(raw, Mapping) and "$ref" in raw else None


def _marks(at: SideBySide, side: Side) -> dict[str, tuple[Hashable, object]]:
    """Read the fields that can have one value only, such as `kind: email`: the value and its key."""
    found: dict[str, tuple[Hashable, object]] = {}
    for name, schemas in at.prover.facts(side).named.items():
        values = at.prover.facts(schemas).values
        if values is not None and len(values) == 1:
            found[name] = next(iter(values.items()))
    return found


def _discriminator(at: SideBySide, side: Side) -> Hashable | None:
    return frozenset((name, key) for name, (key, _) in _marks(at, side).items()) or None


def _types(at: SideBySide, side: Side) -> Hashable | None:
    return at.prover.facts(side).types or None


_SIGNS: Final[tuple[Callable[[SideBySide, Side], Hashable | None], ...]] = (_reference, _discriminator, _types)


def _shown(at: SideBySide, side: Side) -> str:
    title = side[0].note("title") or _reference(at, side)
    if not title:
        title = ", ".join(f"{name}: {short(value)}" for name, (_, value) in _marks(at, side).items())
    return short(str(title)) if title else type_names(at.prover.facts(side).types)
