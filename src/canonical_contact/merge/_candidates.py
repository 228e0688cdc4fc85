# What is chosen among: one record's value for one field, with all that a strategy may look at.
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from attrs import frozen

__all__ = ["INVALID", "UNKNOWN", "VALID", "VERIFIED", "Candidate", "Race", "Rank"]

T = TypeVar("T")
Rank = tuple[float | str, ...]

INVALID: Final = 0
UNKNOWN: Final = 1
VALID: Final = 2
VERIFIED: Final = 3


@frozen
class Candidate(Generic[T]):
    """One record's value for one field.

    Args:
        value: the value.
        source: key of the record.
        observed_at: when its source last said so, as a sortable number of seconds; -1 where it does not say.
        form: the folded form under which two spellings are one value.
        completeness: how much of the value is filled; more is better.
        cleared: whether the source has taken its value back: it had one, and its field is empty now.
        faults: how many problems the record has with this field.
        standing: `VERIFIED`, `VALID`, `UNKNOWN` or `INVALID`.
        checked_at: when that was found out, in seconds; -1 where nobody says.
        expires_at: until when it counts; -1 where nobody says.
    """

    value: T
    source: str
    observed_at: float
    form: str = ""
    completeness: int = 0
    cleared: bool = False
    faults: int = 0
    standing: int = UNKNOWN
    checked_at: float = -1.0
    expires_at: float = -1.0

    @property
    def system(self) -> str:
        """The system of the record."""
        return self.source.partition(":")[0]


class Race(Generic[T]):
    """All candidates of one field, and what a rank is measured against.

    Args:
        candidates: one for each record that has the field.
        options: those of the rule.
    """

    def __init__(self, candidates: Sequence[Candidate[T]], options: Mapping[str, Any]) -> None:
        self.candidates, self.options = candidates, options

    @cached_property
    def newest(self) -> float:
        """The latest time that any of them states: ages are counted from it, so that a contact does not change while nothing happens."""
        return max(max(c.observed_at, c.checked_at) for c in self.candidates)

    @cached_property
    def support(self) -> Mapping[str, int]:
        """In how many distinct systems each form stands."""
        systems: defaultdict[str, set[str]] = defaultdict(set)
        for candidate in self.candidates:
            systems[candidate.form].add(candidate.system)
        return {form: len(names) for form, names in systems.items()}
