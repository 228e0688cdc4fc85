# Where each record's value ended in the golden contact, and why: the book that the fold keeps while it decides.
from __future__ import annotations

from collections.abc import Sequence

from canonical_contact.model import SourceRecord

__all__ = ["Placing"]


class Placing:
    """Remembers for every (record, path) its path in the contact, whether it won, and the reason."""

    def __init__(self, records: Sequence[SourceRecord]) -> None:
        self._single: dict[str, tuple[str, str]] = {}  # path → record that won, strategy
        self._items: dict[tuple[str, str], tuple[str, bool, str]] = {}
        self._alone = len(records) == 1

    def decide(self, path: str, winner: str, strategy: str) -> None:
        """A single value: the record `winner` has it, by `strategy`."""
        self._single[path] = (winner, strategy)

    def place(self, record: str, path: str, target: str, *, won: bool = True, reason: str = "union") -> None:
        """An item of a list: where it stands in the contact."""
        self._items[record, path] = (target, won, reason)

    def outcome(self, record: str, path: str) -> tuple[str, bool, str]:
        """Path in the contact, whether it won, and why."""
        item = self._items.get((record, path))
        if item:
            return item
        single = self._single.get(path)
        if single:
            return path, record == single[0], "only_source" if self._alone else single[1]
        return path, False, "not_used"
