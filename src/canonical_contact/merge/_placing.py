# Where each record's value ended in the golden contact, and why: the book that the fold keeps while it decides.
from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from canonical_contact.model import Claim, SourceRecord

__all__ = ["Placing", "seen"]


def seen(record: SourceRecord) -> float:
    """When the source last changed a record, in seconds that sort; -1 where it does not say."""
    return record.observed_at.timestamp() if record.observed_at else -1.0


class Placing:
    """Remembers for every (record, path) its path in the contact, whether it won, and the reason."""

    def __init__(self, records: Sequence[SourceRecord]) -> None:
        self._single: dict[str, tuple[str, str]] = {}  # path → record that won, strategy
        self._items: dict[tuple[str, str], tuple[str, bool, str]] = {}
        self._alone = len(records) == 1
        self._values: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for record in records:
            for claim in record.claims:
                self._values[record.key, claim.path].append(claim.value)

    def states(self, record: str, path: str) -> bool:
        """Whether a record claims something under a path."""
        return (record, path) in self._values

    def decide(self, path: str, winner: str, strategy: str) -> None:
        """A single value: the record `winner` has it, by `strategy`."""
        self._single[path] = (winner, strategy)

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
            winner, strategy = single
            won = record == winner or claim.value in self._values.get((winner, claim.path), ())
            return claim.path, won, "only_source" if self._alone else strategy
        return claim.path, False, "not_used"
