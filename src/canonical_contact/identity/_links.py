"""What clustering is told about pairs, under which policy, and what it answers."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from attrs import frozen

from canonical_contact.errors import ConfigError

__all__ = [
    "ClusterPolicy",
    "Clustering",
    "Cut",
    "EdgeColumns",
    "Judge",
    "JudgeColumns",
    "Judged",
    "Known",
    "Pair",
    "chance",
    "fixed",
]

Pair = tuple[int, int]
MOST = 50.0  # log-odds are held within ±50; beyond that no record of people says anything
UNIT = 1024  # log-odds are counted in whole 1/1024: sums are exact, so no order of adding shows in a result


class Judged(NamedTuple):
    """What is known of a pair.

    Args:
        logit: log-odds of "one person" (natural logarithm), calibrated.
        apart: a rule says that they are never one person.
    """

    logit: float
    apart: bool


Judge = Callable[[Sequence[Pair]], Sequence[Judged]]
JudgeColumns = Callable[[Any, Any], tuple[Any, Any]]  # arrays of places, left < right → arrays of log-odds, and of what is apart
Known = dict[Pair, tuple[int, bool]]  # (smaller place, larger place) → log-odds in units, apart


class EdgeColumns(NamedTuple):
    """Compared pairs as four NumPy arrays of one length, for millions of them.

    Args:
        logit: log-odds of "one person", floats.
        left: place of the one record, integers.
        right: place of the other.
        apart: whether a rule says never, booleans.
    """

    logit: Any
    left: Any
    right: Any
    apart: Any


@frozen
class ClusterPolicy:
    """When records become one cluster.

    Args:
        match_at: log-odds from which a pair is a match, that is, may bring records together (1.0 is a probability of 0.73).
        cohesion: what the average over all pairs between two clusters must reach before they join; at most `match_at`.
        unseen: what a pair counts as that nobody compared, where there is no judge.
        largest: records that are compared with each other all to all; a larger component is parted first along its weakest links.
        unique_sources: numbers of the sources that hold each person once.

    Raises:
        ConfigError: `cohesion` is above `match_at`, or `largest` is below 2.
    """

    match_at: float = 1.0
    cohesion: float = 1.0
    unseen: float = -2.0
    largest: int = 60
    unique_sources: frozenset[int] = frozenset()

    def __attrs_post_init__(self) -> None:
        if self.cohesion > self.match_at or self.largest < 2:
            raise ConfigError(
                "This cluster policy cannot be followed.",
                path="cohesion" if self.cohesion > self.match_at else "largest",
                hint="Let cohesion be at most match_at, and largest at least 2.",
            )


class Cut(NamedTuple):
    """A pair that matched, by an edge or by the judge, and whose records did not end in one cluster; a person should look at it.

    Args:
        left: place of the one record, the smaller.
        right: place of the other.
        reason: `cannot_link`, `cluster_conflict`, `unique_source`, `weak_link`, `bridge` or `too_large`.
        logit: log-odds of the pair; 50 for a must-link that a cannot-link forbids.
    """

    left: int
    right: int
    reason: str
    logit: float


@frozen
class Clustering:
    """Who is together.

    Args:
        labels: for each record the smallest place in its cluster, 64-bit integers (`numpy.frombuffer` reads them without a copy).
        confidence: for each record how sure it is that it belongs with the rest of its cluster, 0 to 1: the probability by its average
            log-odds to the other members. A record alone has 1.0: what it may miss stands among the cuts and the pairs to review.
        cuts: matched pairs that were not joined, by places.
    """

    labels: array[int]
    confidence: array[float]
    cuts: tuple[Cut, ...] = ()

    @property
    def clusters(self) -> tuple[tuple[int, ...], ...]:
        """Places of the records of each cluster, ascending; clusters in the order of their first record; records alone included."""
        groups: defaultdict[int, list[int]] = defaultdict(list)
        for place, label in enumerate(self.labels):
            groups[label].append(place)
        return tuple(map(tuple, groups.values()))


@frozen
class Limits:
    """What holds whatever the evidence says, and the policy in units.

    Args:
        match_at: see `ClusterPolicy`, in units; so the next two.
        cohesion: …
        unseen: …
        largest: …
        cannot: place → places that a person parted from it.
        atom: place → the first of the records that a person joined it with.
        source: place → its source, for records of unique sources only.
    """

    match_at: int
    cohesion: int
    unseen: int
    largest: int
    cannot: Mapping[int, Collection[int]]
    atom: Mapping[int, int]
    source: Mapping[int, int]

    def wall(self, left: int, right: int, apart: bool) -> int:
        """Why two records can never be together, as a place in `WALLS`; 0 where nothing forbids it."""
        if right in self.cannot.get(left, ()):
            return 3
        if apart:
            return 2
        return int(left in self.source and self.source[left] == self.source.get(right))


WALLS = ("", "unique_source", "cluster_conflict", "cannot_link")


def fixed(logit: float) -> int:
    """Log-odds in whole units, within ±50."""
    return round(max(-MOST, min(MOST, logit)) * UNIT)


def chance(total: int, count: int) -> float:
    """The probability by the average of `count` log-odds that sum up to `total` units."""
    return round(1 / (1 + math.exp(-round(total / count) / UNIT)), 6)


def atoms(must: Iterable[Pair], cannot: Mapping[int, Collection[int]]) -> tuple[dict[int, int], list[Pair]]:
    """Join what people joined, unless people parted it: place → first of its group, and the pairs that were refused."""
    group: dict[int, set[int]] = {}
    refused = []
    for left, right in sorted({(min(pair), max(pair)) for pair in must}):
        a, b = group.setdefault(left, {left}), group.setdefault(right, {right})
        if a is b:
            continue
        if any(not b.isdisjoint(cannot.get(place, ())) for place in a):
            refused.append((left, right))
            continue
        a |= b
        for place in b:
            group[place] = a
    return {place: min(members) for place, members in group.items()}, refused
