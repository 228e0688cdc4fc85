"""What people say of pairs, as rows of the decision log: written by acts, logged without effect, and taken back act by act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Final

from attrs import frozen

from canonical_contact.model import Judgement, digest
from canonical_contact.ports import ContactStore, DecisionRow

__all__ = [
    "AWAITING",
    "CONFLICT",
    "JUDGED",
    "MERGED",
    "UNDONE",
    "UNMERGED",
    "WORDS",
    "Act",
    "Pair",
    "crossing",
    "pair_of",
    "present",
    "rows_of",
    "standing",
    "star",
    "without",
]

# Reasons of rows: what somebody said of the very pair, what holds a merge together and an un-merge apart, what was taken back, what
# stands against what somebody said before, and what waits for an approval.
JUDGED, MERGED, UNMERGED, UNDONE, CONFLICT, AWAITING = "judged", "merged", "unmerged", "undone", "conflict", "approval_needed"
WORDS: Final = (JUDGED, CONFLICT, AWAITING)  # those of rows that a person said of the very pair
_ANSWERS: Final = (Judgement.MATCH, Judgement.NO_MATCH)
_SCORES: Final[Mapping[str, float]] = {Judgement.MATCH: 1.0, Judgement.NO_MATCH: 0.0}

Pair = tuple[str, str]


@frozen
class Act:
    """What a person does at one stroke.

    Args:
        name: its id; all of its rows and events bear it.
        by: who.
        at: when, in UTC.
    """

    name: str
    by: str
    at: datetime

    @classmethod
    def of(cls, kind: str, by: str, at: datetime, *about: str) -> Act:
        """Name an act by all that it is about."""
        return cls(digest(kind, by, at.isoformat(), *about), by, at)

    def row(self, pair: Pair, judgement: Judgement, reason: str, note: str = "") -> DecisionRow:
        """Make a row of the lane of people."""
        left, right = pair
        score = _SCORES.get(judgement, 0.5)
        return DecisionRow(
            left, right, judgement.value, score, reason, "", note, "person", by=self.by, at=self.at.isoformat(), act=self.name
        )

    def logged(self, row: DecisionRow, stands: DecisionRow | None) -> list[DecisionRow]:
        """Make the rows of what is said and kept, while something else stands: what stood before, or nothing."""
        return [row, stands or self.row(row[:2], Judgement.WITHDRAWN, row.reason)]

    def taken_back(self, act: str, versions: Sequence[DecisionRow]) -> list[DecisionRow]:
        """Make the rows that take an act back from one pair: what was said before it stands again.

        Args:
            act: the act.
            versions: of the pair in the lane of people, in the order of writing.
        """
        stands = without(versions, act)
        gone = self.row(versions[0][:2], Judgement.WITHDRAWN, UNDONE, act)
        return [gone] if stands is None else [gone, stands]


def pair_of(left: str, right: str) -> Pair:
    """Put the keys of a pair in order.

    >>> pair_of("b:2", "a:1")
    ('a:1', 'b:2')
    """
    return (left, right) if left < right else (right, left)


def crossing(parts: Sequence[Iterable[str]]) -> Iterator[Pair]:
    """List the pairs between parts.

    >>> list(crossing([["a:1", "a:2"], ["b:1"]]))
    [('a:1', 'b:1'), ('a:2', 'b:1')]
    """
    kept = [sorted(keys) for keys in parts]
    for place, keys in enumerate(kept):
        for others in kept[place + 1 :]:
            yield from (pair_of(*pair) for pair in product(keys, others))


def star(keys: Iterable[str]) -> list[Pair]:
    """List pairs that hold keys together: the smallest with each other one.

    >>> star(["b:2", "a:1", "c:3"])
    [('a:1', 'b:2'), ('a:1', 'c:3')]
    """
    first, *others = sorted(keys)
    return [(first, key) for key in others]


def present(store: ContactStore, pairs: Iterable[Pair], *, people: bool = True) -> dict[Pair, DecisionRow]:
    """Read what is said of some pairs now, in one lane; pairs of which nothing is said are left out."""
    found: dict[Pair, DecisionRow] = {}
    for pair in pairs:
        for row in store.decision_versions(*pair):
            if row.is_by_person is people:
                found[pair] = row
    return found


def standing(store: ContactStore, pairs: Iterable[Pair], judgement: Judgement) -> tuple[DecisionRow, ...]:
    """List what people say of some pairs now, where it is this."""
    return tuple(row for row in present(store, pairs).values() if row.judgement == judgement)


def rows_of(store: ContactStore, pair: Pair, *, people: bool = True) -> list[DecisionRow]:
    """List all that was said of a pair in one lane, in the order of writing."""
    return [row for row in store.decision_versions(*pair) if row.is_by_person is people]


def without(versions: Sequence[DecisionRow], act: str = "") -> DecisionRow | None:
    """Tell what of all that was said of a pair stands if one act is taken away from it.

    What is taken back does not stand, unless the taking back is itself taken back; what was only logged never does, a doubt about an
    answer among it; and what was said again, because it stood, is no new word.

    Args:
        versions: of the pair in the lane of people, in the order of writing.
        act: the act.

    >>> one, other = (Act(name, "ana", datetime(2026, 7, 1)) for name in ("1", "2"))
    >>> said = [one.row(("a:1", "b:1"), Judgement.MATCH, JUDGED), other.row(("a:1", "b:1"), Judgement.NO_MATCH, JUDGED)]
    >>> without(said, "2").judgement, without(said[:1], "1")
    ('match', None)
    """
    gone = {act} if act else set()
    for row in reversed(versions):
        if row.reason == UNDONE and row.act not in gone:
            gone.add(row.evidence)
    words = dict.fromkeys(row for row in versions if row.reason != UNDONE)  # each where it was said first
    stands = None
    for row in words:
        doubts = row.judgement == Judgement.UNSURE and stands is not None and stands.judgement in _ANSWERS
        if row.act not in gone and row.reason not in (CONFLICT, AWAITING) and not doubts:
            stands = row
    return None if stands is None or stands.judgement == Judgement.WITHDRAWN else stands
