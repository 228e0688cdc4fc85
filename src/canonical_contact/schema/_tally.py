"""What a migration of many documents did, counted as it goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from attrs import Factory, define, frozen

from canonical_contact.errors import InputError, Problem, Severity
from canonical_contact.schema.migrations import Migrated

__all__ = ["MigrationSummary", "Tally", "problem_of"]

EXAMPLES = 20  # problems that are kept with their text
_COUNTERS = ("versions", "kinds", "parked", "restored", "left", "dropped", "problems")
_CODES = {
    "document.kind_unknown": "document.kind_unknown",
    "input.json": "document.not_json",
    "input.schema_version": "document.version_unknown",
}


@frozen
class MigrationSummary:
    """What a migration of many documents did, or would do.

    Args:
        to: the version that they were brought to.
        documents: how many were read, without those that could not be.
        changed: how many of them were of another version.
        rejected: how many could not be read and were kept as they are.
        versions: the version that a document had → how many.
        kinds: kind → how many.
        parked: path → in how many documents it was parked, such as `$.emails[].status`.
        restored: path → in how many it was put back to its place.
        left: path → in how many a parked value found no home and stays parked.
        dropped: path → in how many it was left out: only under `strict`.
        problems: code → how many.
        examples: the first problems, with their line.
        resumed: whether the work of a broken migration was taken up.
        dry_run: whether nothing was written.
    """

    to: str
    documents: int
    changed: int
    rejected: int
    versions: Mapping[str, int]
    kinds: Mapping[str, int]
    parked: Mapping[str, int]
    restored: Mapping[str, int]
    left: Mapping[str, int]
    dropped: Mapping[str, int]
    problems: Mapping[str, int]
    examples: tuple[Problem, ...] = ()
    resumed: bool = False
    dry_run: bool = False


@define
class Tally:
    """Counts for a `MigrationSummary`; it can be written down and taken up again."""

    documents: int = 0
    changed: int = 0
    rejected: int = 0
    versions: Counter[str] = Factory(Counter)
    kinds: Counter[str] = Factory(Counter)
    parked: Counter[str] = Factory(Counter)
    restored: Counter[str] = Factory(Counter)
    left: Counter[str] = Factory(Counter)
    dropped: Counter[str] = Factory(Counter)
    problems: Counter[str] = Factory(Counter)
    examples: list[Problem] = Factory(list)

    def add(self, told: Migrated, kind: str, to: str) -> None:
        """Count a document."""
        self.documents += 1
        self.changed += told.found != to
        self.versions[told.found] += 1
        self.kinds[kind] += 1
        for counter, paths in (
            (self.parked, told.parked),
            (self.restored, told.restored),
            (self.left, told.left),
            (self.dropped, told.dropped),
        ):
            for path in paths:
                counter[path] += 1

    def reject(self, problem: Problem) -> None:
        """Count what could not be read."""
        self.rejected += 1
        self.problems[problem.code] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(problem)

    def summary(self, to: str, *, resumed: bool, dry_run: bool) -> MigrationSummary:
        """Give what was counted."""
        counted = {name: dict(sorted(getattr(self, name).items())) for name in _COUNTERS}
        return MigrationSummary(
            to,
            self.documents,
            self.changed,
            self.rejected,
            **counted,
            examples=tuple(self.examples),
            resumed=resumed,
            dry_run=dry_run,
        )

    def plain(self) -> dict[str, Any]:
        """Give the counts as plain values, without the examples: a checkpoint holds no personal data."""
        return {name: getattr(self, name) for name in ("documents", "changed", "rejected", *_COUNTERS)}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Tally:
        """Take up what `plain` gave."""
        counters = {name: Counter({str(key): int(count) for key, count in plain[name].items()}) for name in _COUNTERS}
        tally = cls(int(plain["documents"]), int(plain["changed"]), int(plain["rejected"]))
        for name, counter in counters.items():
            setattr(tally, name, counter)
        return tally


def problem_of(error: InputError, raw: str, *, file: str = "", line: int = 0) -> Problem:
    """Say of a document that it could not be migrated."""
    code = _CODES.get(error.code, "document.malformed")
    hint = "Write one JSON document on each line." if code == "document.not_json" else error.hint
    return Problem(code, error.path, raw[:200], hint, Severity.ERROR, file=file, line=line)
