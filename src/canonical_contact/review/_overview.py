"""What all who review share: how far they are, and the weights. Reading them takes a look at the whole store, so it is done now and then."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from canonical_contact.engine.reviewing import progress, weights_of
from canonical_contact.match.matcher import Matcher
from canonical_contact.ports import ContactStore

__all__ = ["Overview"]


class Overview:
    """How far a review is; exact when it was read, counted on from there.

    Args:
        store: where the contacts live.
        at: the time.
    """

    def __init__(self, store: ContactStore, at: datetime) -> None:
        self._store = store
        self.read(at)

    def read(self, at: datetime) -> None:
        """Look through the store."""
        found = progress(self._store, at=at)
        self.waiting: int = found.waiting
        self.answered: Counter[str] = Counter(found.by)
        self.weights: Matcher | None = weights_of(self._store)

    def count(self, reviewer: str, *, settled: bool) -> None:
        """Count an answer.

        Args:
            reviewer: who gave it.
            settled: whether the question waits no more.
        """
        self.answered[reviewer] += 1
        self.waiting = max(self.waiting - settled, 0)
