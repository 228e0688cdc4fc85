"""Components too large to compare all to all: only what matched pairs lead to is looked at, round by round.

In each round every two clusters that are each other's best join; with averages over pairs that gives what joining the strongest first
gives, for no join makes a third cluster's average better than the better of the two was. Pairs that nobody compared are asked for when
the clusters that they lie between are about to join, and only then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Sequence

from canonical_contact.identity._links import Known, Limits, Pair

__all__ = ["join_in_rounds"]

ASKED = 64  # how often the judge is asked at most; each time for a whole round
LOOKS = 60  # pairs that are looked at, for each record and matched pair; a join that would need more is left to a person


def join_in_rounds(
    places: Sequence[int], matched: Iterable[Pair], known: Known, limits: Limits
) -> Generator[list[Pair], None, tuple[list[list[int]], set[Pair]]]:
    """Part a large component into clusters.

    Args:
        places: records of the component, ascending.
        matched: its matched pairs.
        known: what is known of pairs; whoever runs the generator adds what the judge says.
        limits: constraints and thresholds.

    Yields:
        Pairs that must be known before it can go on.

    Returns:
        Places of each cluster, and pairs of clusters (by their first records) that were too much to compare.
    """
    pairs = list(matched)
    state = _Clusters(places, pairs, known, limits)
    left_out = set[Pair]()
    budget, asked, grown = LOOKS * (len(places) + len(pairs)), 0, set(state.members)
    while grown:
        fresh = sorted({(min(a, b), max(a, b)) for a in grown for b in state.linked[a]})
        wanted: list[Pair] = []
        for a, b in fresh:
            budget -= len(state.members[a]) * len(state.members[b])
            missing = state.missing(a, b) if budget >= 0 else []
            if budget < 0 or (missing and asked == ASKED):
                left_out.add((a, b))
                state.unlink(a, b)
            else:
                wanted += missing
        if wanted:
            asked += 1
            yield wanted
        for a, b in fresh:
            if b in state.linked[a]:
                state.look_at(a, b)
        grown = state.join({*grown, *(place for pair in fresh for place in pair)})
    return list(state.members.values()), {(state.home[a], state.home[b]) for a, b in left_out}


class _Clusters:
    """Clusters on their way, each named by its first record."""

    def __init__(self, places: Sequence[int], matched: Iterable[Pair], known: Known, limits: Limits) -> None:
        self.known, self.limits = known, limits
        self.home = dict(zip(places, places, strict=True))
        self.members = {place: [place] for place in places}
        self.linked: dict[int, set[int]] = {place: set() for place in places}
        self.average: dict[Pair, float] = {}
        self.best: dict[int, tuple[float, int, int]] = {}
        self.settled = limits.cohesion == limits.match_at  # an average that is too low can then never rise again
        self.barred: dict[int, set[int]] = defaultdict(set)
        for left, right in matched:
            self.linked[left].add(right)
            self.linked[right].add(left)
        self.rest = set[int]()  # records that say what another one of their cluster says; they weigh nothing
        for place in places:
            first = limits.atom.get(place, place)
            if first != place:
                self.absorb(self.home[first], place)
        self._join_twins(places)

    def _join_twins(self, places: Sequence[int]) -> None:
        """Join records with the same neighbours at the same log-odds."""
        marks = {
            place: [0, hash((place,)), 0] for place in places
        }  # number, set and log-odds of the neighbours; itself in the set
        for (left, right), (logit, _) in self.known.items():
            for place, other in ((left, right), (right, left)):
                mark = marks[place]
                mark[0] += 1
                mark[1] += hash((other,))
                mark[2] += logit
        alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for place in places:
            if len(self.members.get(place, ())) == 1:
                alike[tuple(marks[place])].append(place)
        groups = [group for group in alike.values() if len(group) > 1]
        rows: dict[int, dict[int, tuple[int, bool]]] = {place: {} for group in groups for place in group}
        for (left, right), what in self.known.items():
            for place, other in ((left, right), (right, left)):
                if place in rows:
                    rows[place][other] = what
        for first, *others in groups:
            for place in others:
                one, other_row = rows[first], rows[place]
                if place in self.linked[first] and all(what == one.get(c) for c, what in other_row.items() if c != first):
                    self.absorb(first, place)
                    self.rest.add(place)

    def absorb(self, a: int, b: int) -> None:
        """Let b join a."""
        for c in self.linked.pop(b):
            self.linked[c].discard(b)
            self.average.pop((min(b, c), max(b, c)), None)
            if c != a:
                self.linked[c].add(a)
                self.linked[a].add(c)
        for c in self.linked[a]:
            self.average.pop((min(a, c), max(a, c)), None)
        for c in self.barred.pop(b, ()):
            self.barred[c].discard(b)
            self.barred[c].add(a)
            self.barred[a].add(c)
        for place in self.members[b]:
            self.home[place] = a
        self.members[a] += self.members.pop(b)

    def unlink(self, a: int, b: int) -> None:
        """Give up on a join for good."""
        self.linked[a].discard(b)
        self.linked[b].discard(a)
        self.average.pop((a, b), None)

    def missing(self, a: int, b: int) -> list[Pair]:
        """Pairs between two clusters that nobody compared."""
        if len(self.members[a]) == len(self.members[b]) == 1:
            return []  # a match
        return [pair for pair in self._between(a, b) if pair not in self.known]

    def _between(self, a: int, b: int) -> Iterable[Pair]:
        return ((x, y) if x < y else (y, x) for x in self.members[a] for y in self.members[b])

    def look_at(self, a: int, b: int) -> None:
        """Average over the pairs between two clusters, and whether they may join."""
        nothing, total, count = (self.limits.unseen, False), 0, 0
        barred = b in self.barred[a]
        for pair in self._between(a, b):
            logit, apart = self.known.get(pair, nothing)
            if pair[0] not in self.rest and pair[1] not in self.rest:
                total += logit
                count += 1
            if self.limits.wall(*pair, apart):
                barred = True
                break
        if barred:
            self.barred[a].add(b)
            self.barred[b].add(a)
            self.unlink(a, b)
        elif total < self.limits.cohesion * count:
            if self.settled:
                self.unlink(a, b)
        else:
            self.average[a, b] = total / count

    def join(self, looked_at: set[int]) -> set[int]:
        """Join every two clusters that are each other's best, where one of them was looked at; what grew is returned."""
        for a in looked_at:
            pairs = ((min(a, b), max(a, b)) for b in self.linked[a])
            offer = min(((-self.average[pair], *pair) for pair in pairs if pair in self.average), default=None)
            if offer:
                self.best[a] = offer
            else:
                self.best.pop(a, None)
        offers = {self.best[a] for a in looked_at if a in self.best}
        joins = sorted((a, b) for offer in offers for _, a, b in [offer] if self.best.get(a) == self.best.get(b) == offer)
        for a, b in joins:
            self.absorb(a, b)
            self.best.pop(b)
        return {a for a, _ in joins}
