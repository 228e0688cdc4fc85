"""Two sets of schemas that stand at one place of a document, with what is needed to compare them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from canonical_contact.schema._compat.change import Change, make_change
from canonical_contact.schema._compat.document import Node
from canonical_contact.schema._compat.facts import Facts
from canonical_contact.schema._compat.prover import Prover

__all__ = ["Found", "Pair", "SideBySide", "field_path"]

_LONG = 120
_PLAIN_NAME = re.compile(r"[A-Za-z_$][\w$-]*")


def field_path(path: str, name: str) -> str:
    """Go into a property.

    >>> field_path("$", "emails"), field_path("$", "first name")
    ('$.emails', "$['first name']")
    """
    if len(path) > 2 * _LONG:  # schemas that lead from one to the next for ever so long
        path = f"{path[:_LONG].rpartition('.')[0]}...{path[-_LONG:].partition('.')[2]}"
    return f"{path}.{name}" if _PLAIN_NAME.fullmatch(name) else f"{path}[{name!r}]"


class Pair(NamedTuple):
    """What is to be compared at a place: all of `olds` apply in the old schema, all of `news` in the new one."""

    path: str
    olds: tuple[Node, ...]
    news: tuple[Node, ...]


Found = Change | Pair


class SideBySide:
    """A pair at work.

    Args:
        pair: what is compared.
        prover: of the comparison.
        tolerant: readers ignore fields that they do not know.
    """

    def __init__(self, pair: Pair, prover: Prover, *, tolerant: bool) -> None:
        self.path, self.olds, self.news = pair
        self.prover, self.tolerant = prover, tolerant

    @cached_property
    def old(self) -> Facts:
        """What the old schemas say together."""
        return self.prover.facts(self.olds)

    @cached_property
    def new(self) -> Facts:
        """What the new schemas say together."""
        return self.prover.facts(self.news)

    def tell(
        self, rule: str, *, path: str = "", old: str = "", new: str = "", backward: bool = True, forward: bool = True, why: str = ""
    ) -> Change:  # fmt: skip
        """Make a change at this place."""
        return make_change(rule, path or self.path, old=old, new=new, backward=backward, forward=forward, why=why)

    def proofs(self, olds: Iterable[Node], news: Iterable[Node], *, tolerant: bool = False) -> tuple[bool, bool]:
        """Prove both directions: old data are taken by the new schemas, new data by the old ones."""
        always = (self.prover.arena.always,)
        olds, news = tuple(olds) or always, tuple(news) or always
        return self.prover.covers(news, olds, tolerant=tolerant), self.prover.covers(olds, news, tolerant=tolerant)
