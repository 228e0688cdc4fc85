"""Which value wins: field → strategy, as the fields of the model state it; the strategies are small pure functions over candidates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from attrs import frozen

from canonical_contact.model import Card, Name
from canonical_contact.model.about import abouts

__all__ = ["DEFAULT_SURVIVORSHIP", "STRATEGIES", "Candidate", "Strategy", "Survivorship", "pick"]

T = TypeVar("T")


@frozen
class Candidate(Generic[T]):
    """One record's value for one field.

    Args:
        value: the value.
        source: key of the record.
        observed_at: when its source last changed the record, as a sortable number of seconds; -1 where it does not say.
        form: the folded form under which two spellings are one value.
        completeness: how much of the value is filled; more is better.
    """

    value: T
    source: str
    observed_at: float
    form: str = ""
    completeness: int = 0

    @property
    def system(self) -> str:
        """The system of the record."""
        return self.source.partition(":")[0]


Rank = tuple[float | str, ...]
Strategy = Callable[[Candidate[T], Sequence[Candidate[T]]], Rank]


def _support(candidate: Candidate[T], others: Sequence[Candidate[T]]) -> int:
    """In how many distinct systems the value stands, whatever its spelling."""
    return len({other.system for other in others if other.form == candidate.form})


# strategy → rank of a candidate among all; the largest wins. The source's key breaks ties, so the order of records never matters.
STRATEGIES: dict[str, Strategy[object]] = {
    "most_recent": lambda c, _: (c.observed_at, c.completeness),
    "oldest": lambda c, _: (-c.observed_at if c.observed_at >= 0 else float("-inf"),),
    "most_frequent": lambda c, others: (_support(c, others), c.completeness, c.observed_at),
    "most_complete": lambda c, others: (c.completeness, _support(c, others), c.observed_at),
    "smallest": lambda c, _: (-float(c.form) if c.form else float("-inf"),),
}


@frozen
class Survivorship:
    """Strategy of each single-valued field; lists are always the union of all records' values.

    Args:
        version: names the table.
        strategies: field → name of a strategy in `STRATEGIES`.
    """

    version: str
    strategies: Mapping[str, str]


def _stated(cls: type, prefix: str = "") -> dict[str, str]:
    """Read the strategies that the fields of the model state; lists (`union`) and what is computed (`fold`) are not picked."""
    return {f"{prefix}{name}": known.survivorship for name, known in abouts(cls).items() if known.survivorship in STRATEGIES}


# A whole name moves together, parts of two names are never mixed; but these three fill it in. Counted up with every change of a strategy.
DEFAULT_SURVIVORSHIP = Survivorship("survivorship/2", {**_stated(Card), **_stated(Name, "name.")})


def pick(candidates: Sequence[Candidate[T]], strategy: str) -> Candidate[T] | None:
    """Choose the surviving candidate; the same whatever their order.

    Args:
        candidates: one for each record that has the field.
        strategy: a name in `STRATEGIES`.

    Returns:
        The winner; None where there is no candidate.

    >>> pick([Candidate("b", "x:1", 5.0), Candidate("a", "x:2", 9.0)], "most_recent").value
    'a'
    """
    if not candidates:
        return None
    rank = STRATEGIES[strategy]
    best = max(rank(candidate, candidates) for candidate in candidates)  # type: ignore[arg-type]
    return min((c for c in candidates if rank(c, candidates) == best), key=lambda c: c.source)  # type: ignore[arg-type]
