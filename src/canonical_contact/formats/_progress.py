"""What a reading counts and tells while it runs."""

from __future__ import annotations

from attrs import evolve

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._lines import Limits
from canonical_contact.formats._mapping import Mapping
from canonical_contact.formats._presets import Presets

__all__ = ["Progress"]


class Progress:
    """Counts of one reading, and its problems of the file as a whole; of each kind a bounded number is kept.

    Attributes:
        rows_read: records that were read.
        rows_skipped: rows or cards that were left out; each has a problem, as long as they are few.
        bytes_read: how far the file was read.
        mapping: how its columns are read, with what its rows showed; None before it is known.
    """

    def __init__(self, file: str, presets: Presets, limits: Limits) -> None:
        self.file, self.presets, self.limits = file, presets, limits
        self.rows_read = self.rows_skipped = self.bytes_read = 0
        self.mapping: Mapping | None = None
        self._problems: list[Problem] = []
        self._counts: dict[str, int] = {}

    def tell(self, problem: Problem) -> None:
        """Keep a problem of the file."""
        count = self._counts[problem.code] = self._counts.get(problem.code, 0) + 1
        if count <= self.limits.samples:
            self._problems.append(problem if problem.file else evolve(problem, file=self.file))

    def skip(self, problem: Problem) -> None:
        """Keep the problem of a row that was left out."""
        self.rows_skipped += 1
        self.tell(problem)

    @property
    def problems(self) -> list[Problem]:
        """The problems so far; where there were too many of a kind, one more says how many."""
        more = [
            Problem(
                code, hint=f"There are {count - self.limits.samples:,} more of this kind.", severity=Severity.INFO, file=self.file
            )
            for code, count in self._counts.items()
            if count > self.limits.samples
        ]
        return [*self._problems, *more]
