"""Components of one size settled side by side over NumPy arrays (extra [batch]): what `_agglomerate` and `_settle` do to each alone.

A stack holds `many` components of `wide` records each. What is known of the pairs stands in arrays of (many, wide, wide), and one step
joins the best two clusters of every component at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from canonical_contact.identity._links import WALLS, Limits

__all__ = ["REASONS", "WIDEST", "Settled", "settle_stack"]

Array = np.ndarray[Any, np.dtype[Any]]
WIDEST = 64  # records of a component in a stack; beyond, squares cost more than they save
CELLS = 1 << 17  # of the squares that are worked on at once
REASONS = (*WALLS, "weak_link", "bridge")
_APART, _ALIKE = WALLS.index("cluster_conflict"), WALLS.index("unique_source")
_WEAK, _BRIDGE = REASONS.index("weak_link"), REASONS.index("bridge")
_LINKED, _BARRED = 1, 2  # bits: a matched pair leads from cluster to cluster; they may never be together
_NEVER = -np.inf


class Settled(NamedTuple):
    """Components of a stack in clusters.

    Args:
        places: (many, wide) records, ascending in each component.
        label: (many, wide) the first record of each record's cluster.
        total: (many, wide) log-odds of each record to the rest of its cluster, summed up, in units.
        others: (many, wide) how many records that rest is.
        cuts: matched pairs between clusters: left, right, place in `REASONS`, log-odds in units.
    """

    places: Array
    label: Array
    total: Array
    others: Array
    cuts: tuple[Array, Array, Array, Array]


def settle_stack(places: Array, logit: Array, apart: Array, source: Array | None, limits: Limits) -> Iterator[Settled]:
    """Part components of one size, whose pairs all are known and which no person has a say in, into clusters.

    Args:
        places: (many, wide) records, ascending in each component.
        logit: (many, wide * (wide-1) / 2) log-odds in units of the pairs (0, 1), (0, 2) … (1, 2) …
        apart: the same of the rules.
        source: for each record its unique source, -1 for any other; None where there are no unique sources.
        limits: thresholds.

    Yields:
        The components, some thousands at a time.
    """
    wide = places.shape[1]
    one, other = np.triu_indices(wide, 1)
    pair = np.zeros((wide, wide), np.int64)
    pair[one, other] = pair[other, one] = np.arange(len(one))
    step = max(1, CELLS // wide**2)
    for at in range(0, len(places), step):
        part = places[at : at + step]
        sums = logit[at : at + step].astype(np.int64)[:, pair]
        walls = np.where(apart[at : at + step][:, pair], np.uint8(_APART), np.uint8(0))
        if source is not None:
            of = source[part]
            alike = (of[:, :, None] == of[:, None, :]) & (of[:, :, None] >= 0)
            walls[alike & (walls == 0)] = _ALIKE
        for square in (sums, walls):
            square[:, np.arange(wide), np.arange(wide)] = 0
        home = np.zeros(part.shape, np.int64)
        doubtful = np.flatnonzero((logit[at : at + step].min(axis=1) < limits.cohesion) | walls.any(axis=(1, 2)))
        if len(doubtful):
            home[doubtful] = _agglomerated(sums[doubtful], walls[doubtful], limits)
        same = home[:, :, None] == home[:, None, :]
        total, others = np.where(same, sums, 0).sum(axis=2), same.sum(axis=2) - 1
        cuts = _cuts(part[doubtful], sums[doubtful], walls[doubtful], home[doubtful], limits)
        yield Settled(part, np.take_along_axis(part, home, axis=1), total, others, cuts)


def _agglomerated(sums: Array, walls: Array, limits: Limits) -> Array:
    """The number of the first record of each record's cluster."""
    state = _State(sums.copy(), walls, limits)
    state.join_twins()
    state.join_best()
    return state.home


class _State:
    """Clusters on their way, each named by its first record's number in the component."""

    def __init__(self, sums: Array, walls: Array, limits: Limits) -> None:
        many, wide = sums.shape[:2]
        self.sums, self.cohesion = sums, limits.cohesion
        linked = (sums >= limits.match_at) & (walls == 0)
        linked[:, np.arange(wide), np.arange(wide)] = False
        self.bits = np.where(walls, np.uint8(_BARRED), linked.astype(np.uint8) * np.uint8(_LINKED))
        self.weight = np.ones((many, wide), np.int64)
        self.home = np.tile(np.arange(wide), (many, 1))

    def join_twins(self) -> None:
        """Join records that say the same about everybody else; only the first of them weighs in averages."""
        wide = self.home.shape[1]
        rows, later = self.sums.sum(axis=2), np.triu(np.ones((wide, wide), np.bool_), 1)
        where, a, b = np.nonzero((self.bits == _LINKED) & (rows[:, :, None] == rows[:, None, :]) & later)
        alike = self.sums[where, a] == self.sums[where, b]
        pair = np.arange(len(where))
        alike[pair, a] = alike[pair, b] = True
        twins = np.flatnonzero(alike.all(axis=1))
        if not len(twins):
            return
        where, number = where[twins], a[twins] * wide + b[twins]
        order = np.argsort(number, kind="stable")
        for part in np.split(order, np.flatnonzero(np.diff(number[order])) + 1):
            at, (first, second) = where[part], divmod(int(number[part[0]]), wide)
            alone = (self.home[at, first] == first) & (self.home[at, second] == second)
            at = at[alone & (self.bits[at, first, second] & _BARRED == 0)]
            self._absorb(at, np.full(len(at), first), np.full(len(at), second), counts=False)

    def join_best(self) -> None:
        """In each component join the two clusters with the best average, until none is good enough."""
        many, wide = self.home.shape
        average = np.where((self.bits == _LINKED) & (self.sums >= self.cohesion), self.sums, _NEVER)
        flat, every = average.reshape(many, -1), np.arange(many)
        while True:
            best = flat.argmax(axis=1)  # of equal ones the pair with the smallest numbers
            at = np.flatnonzero(flat[every, best] > _NEVER)
            if not len(at):
                return
            a, b = np.divmod(best[at], wide)
            self._absorb(at, a, b, counts=True)
            total, count = self.sums[at, a], self.weight[at, a][:, None] * self.weight[at]
            good = (self.bits[at, a] == _LINKED) & (total >= self.cohesion * count)
            average[at, b] = average[at, :, b] = _NEVER
            average[at, a] = average[at, :, a] = np.where(good, total / count, _NEVER)

    def _absorb(self, at: Array, a: Array, b: Array, *, counts: bool) -> None:
        """Let b join a in the components `at`; `counts`: its pairs weigh in the averages from now on."""
        if counts:
            self.sums[at, a] += self.sums[at, b]
            self.sums[at, :, a] = self.sums[at, a]
            self.weight[at, a] += self.weight[at, b]
        bits, pair = self.bits[at, a] | self.bits[at, b], np.arange(len(at))
        bits[pair, a] = bits[pair, b] = 0
        self.bits[at, a] = self.bits[at, :, a] = bits
        self.bits[at, b] = self.bits[at, :, b] = 0
        home = self.home[at]
        self.home[at] = np.where(home == b[:, None], a[:, None], home)


def _cuts(places: Array, sums: Array, walls: Array, home: Array, limits: Limits) -> tuple[Array, Array, Array, Array]:
    """Matched pairs between clusters, each with the weightiest reason that keeps the two clusters apart."""
    many, wide = places.shape
    where, a, b = np.nonzero((home[:, :, None] < home[:, None, :]) & ((walls > 0) | (sums >= limits.match_at)))
    wall, logit = walls[where, a, b], sums[where, a, b]
    between = (where * wide + home[where, a]) * wide + home[where, b]
    matched = (logit >= limits.match_at) & (wall != _APART)
    worst = np.zeros(many * wide**2, np.uint8)
    np.maximum.at(worst, between, wall)
    matches = np.bincount(between[matched], minlength=len(worst))
    where, a, b, between = (column[matched] for column in (where, a, b, between))
    members = np.bincount((np.arange(many)[:, None] * wide + home).ravel(), minlength=many * wide).reshape(many, wide)
    alone = np.minimum(members[where, home[where, a]], members[where, home[where, b]]) == 1
    reason = np.where(alone | (matches[between] > 1), np.uint8(_WEAK), np.uint8(_BRIDGE))
    reason = np.where(worst[between], worst[between], reason)
    left, right = places[where, a], places[where, b]
    return np.minimum(left, right), np.maximum(left, right), reason, logit[matched]
