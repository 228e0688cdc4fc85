# Where each record's value ended in the golden contact, and why: the book that the fold keeps while it decides.
from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve

from canonical_contact.errors import Problem
from canonical_contact.model import Claim, SourceRecord

__all__ = ["AHEAD", "Placing", "is_ahead", "last_changed", "without_times_ahead"]

AHEAD: Final = "record.changed_ahead"
_DATED: Final = frozenset({"most_recent", "oldest", "trust_decay"})
_HINT: Final = "The time lies ahead of the one at which it was read; where the latest value wins it counts as none."


def last_changed(record: SourceRecord) -> float:
    """When the source last changed a record, in seconds that sort; -1 where it does not say, or names a time that was still to come."""
    return record.observed_at.timestamp() if record.observed_at and not is_ahead(record) else -1.0


def is_ahead(record: SourceRecord) -> bool:
    """Tell whether the time of a record's change was still to come when it was read."""
    return bool(record.problems) and any(problem.code == AHEAD for problem in record.problems)


def without_times_ahead(record: SourceRecord, at: datetime, skew: float) -> SourceRecord:
    """Take note of times that are still to come: they count as none, and a problem says so.

    Args:
        record: the record.
        at: when it is read.
        skew: how far ahead a time may lie, in seconds.
    """
    limit = at + timedelta(seconds=skew)
    times = [record.observed_at, *(claim.observed_at for claim in record.claims)]
    if all(time is None or time <= limit for time in times) or is_ahead(record):
        return record
    claims = tuple(
        evolve(claim, observed_at=None) if claim.observed_at and claim.observed_at > limit else claim for claim in record.claims
    )
    if record.observed_at is None or record.observed_at <= limit:
        return evolve(record, claims=claims)
    problem = Problem(AHEAD, "$.observed_at", raw=record.observed_at.isoformat(), hint=_HINT, file=record.file, line=record.line)
    return evolve(record, claims=claims, problems=(*record.problems, problem))


class Placing:
    """Remembers for every (record, path) its path in the contact, whether it won, and the reason."""

    def __init__(self, records: Sequence[SourceRecord]) -> None:
        self.cleared: set[tuple[str, str]] = set()  # (record, path) of values that their source took back
        self._single: dict[str, tuple[frozenset[str], str]] = {}  # path → records that won, strategy
        self._items: dict[tuple[str, str], tuple[str, bool, str]] = {}
        self._alone = len(records) == 1
        self._values: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._said: dict[tuple[str, str], float] = {}
        self._changed = {record.key: last_changed(record) for record in records}
        self._ahead: set[str] = set()
        for record in records:
            if is_ahead(record):
                self._ahead.add(record.key)
            for claim in record.claims:
                place = record.key, claim.path
                self._values[place].append(claim.value)
                if not claim.value:
                    self.cleared.add(place)
                if claim.observed_at:
                    self._said[place] = claim.observed_at.timestamp()

    def said(self, record: SourceRecord, path: str) -> float:
        """When a value was last said, in seconds that sort: by its own claim where that has a time, else with its record."""
        found = self._said.get((record.key, path)) if self._said else None
        return self._changed[record.key] if found is None else found

    def states(self, record: str, path: str) -> bool:
        """Whether a record claims something under a path."""
        return (record, path) in self._values

    def decide(self, path: str, winners: str | frozenset[str], strategy: str) -> None:
        """A single value: the record that has it, or those that it was made of, by `strategy`."""
        self._single[path] = (frozenset({winners}) if isinstance(winners, str) else winners, strategy)

    def place(self, record: str, path: str, target: str, *, won: bool = True, reason: str = "union") -> None:
        """An item of a list: where it stands in the contact."""
        self._items[record, path] = (target, won, reason)

    def outcome(self, record: str, claim: Claim) -> tuple[str, bool, str]:
        """Path in the contact, whether it won (who says the value that stands has not lost), and why."""
        item = self._items.get((record, claim.path))
        if item:
            return item
        single = self._single.get(claim.path)
        if single:
            winners, strategy = single
            won = record in winners
            if not won and not self._alone:
                won = any(claim.value in self._values.get((winner, claim.path), ()) for winner in winners)
            if not won and record in self._ahead and strategy in _DATED:
                return claim.path, won, "changed_ahead"
            return claim.path, won, "only_source" if self._alone else strategy
        return claim.path, False, "not_used"
