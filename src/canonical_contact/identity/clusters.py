"""Clusters of records: evidence between whole clusters joins them, so that no chain of weak links makes a giant."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import cast, overload

from canonical_contact.errors import InputError
from canonical_contact.identity._links import (
    MOST,
    Clustering,
    ClusterPolicy,
    Cut,
    EdgeColumns,
    Judge,
    JudgeColumns,
    Judged,
    Known,
    Limits,
    Pair,
    atoms,
    fixed,
)
from canonical_contact.identity._settle import Component, settle

__all__ = ["ClusterPolicy", "Clustering", "Cut", "EdgeColumns", "Judge", "JudgeColumns", "Judged", "Pair", "cluster"]

Edge = tuple[float, int, int, bool]
_DEFAULT = ClusterPolicy()


@overload
def cluster(
    size: int,
    edges: EdgeColumns,
    *,
    judge: JudgeColumns | None,
    must: Iterable[Pair] = (),
    cannot: Iterable[Pair] = (),
    policy: ClusterPolicy = _DEFAULT,
    source: Sequence[int] | None = None,
) -> Clustering: ...


@overload
def cluster(
    size: int,
    edges: Iterable[Edge],
    *,
    judge: Judge | None,
    must: Iterable[Pair] = (),
    cannot: Iterable[Pair] = (),
    policy: ClusterPolicy = _DEFAULT,
    source: Sequence[int] | None = None,
) -> Clustering: ...


def cluster(
    size: int,
    edges: Iterable[Edge] | EdgeColumns,
    *,
    judge: Judge | JudgeColumns | None,
    must: Iterable[Pair] = (),
    cannot: Iterable[Pair] = (),
    policy: ClusterPolicy = _DEFAULT,
    source: Sequence[int] | None = None,
) -> Clustering:
    """Join records into clusters.

    Pairs that match hold records together in components. Inside a component two clusters join, the best first, while the average over
    all pairs between them reaches `policy.cohesion`; pairs that nobody compared are put to the judge for that. The method is
    average-link clustering (UPGMA; Sokal and Michener 1958) over log-odds, under constraints.

    Args:
        size: number of records, which are named by their places 0 … size-1.
        edges: compared pairs as (logit, left, right, apart), in any order: those that match, and best also those that do not. A pair
            that a rule holds back for a person must come with a logit below `policy.match_at`. `EdgeColumns` takes NumPy arrays.
        judge: says what is known of pairs that are not among the edges; it is asked once for all components of up to
            `policy.largest` records (in parts of 500,000 pairs), and at most 64 times more for larger ones. With `EdgeColumns` it is
            given the two arrays of places and gives the arrays of log-odds and marks. None: such pairs count as `policy.unseen`.
        must: pairs that a person joined; they are joined whatever evidence and rules say, unless `cannot` parts them.
        cannot: pairs that a person parted; they never end in one cluster.
        policy: thresholds, sizes and unique sources.
        source: the number of each record's source, for `policy.unique_sources`.

    Returns:
        The clusters, each record's confidence, and the matched pairs that were not joined. The order of edges changes nothing; names
        of records only where two joins are exactly as good: then the one with the smallest places comes first.

    Raises:
        InputError: a place outside of 0 … size-1, a logit that is no number, or unique sources without `source`.

    >>> chain = [(6.0, 0, 1, False), (2.5, 1, 2, False), (7.0, 2, 3, False)]
    >>> found = cluster(4, chain, judge=lambda pairs: [Judged(-5.0, False) for _ in pairs])
    >>> found.clusters, found.cuts
    (((0, 1), (2, 3)), (Cut(left=1, right=2, reason='bridge', logit=2.5),))
    """
    parted = _parted(cannot, size)
    joined = [pair for pair in must if _inside(pair, size)]
    atom, refused = atoms(joined, parted)
    if source is None and policy.unique_sources:
        raise InputError(
            "Which source a record is of is not known.", path="source", hint="Give the number of each record's source."
        )
    limits = Limits(
        fixed(policy.match_at),
        fixed(policy.cohesion),
        fixed(policy.unseen),
        policy.largest,
        parted,
        atom,
        {place: number for place, number in enumerate(source or ()) if number in policy.unique_sources},
    )
    labels, confidence = array("q", range(size)), array("d", [1.0]) * size
    cuts = {(left, right): Cut(left, right, "cannot_link", MOST) for left, right in refused}
    if isinstance(edges, EdgeColumns):
        from canonical_contact.identity._cluster_columns import settle_columns

        cut_in_arrays, rest = settle_columns(edges, limits, cast("JudgeColumns | None", judge), labels, confidence)
        for cut in cut_in_arrays:
            cuts.setdefault((cut.left, cut.right), cut)
    else:
        rest = _components(size, _known(edges, size), limits)
        settle(rest, limits, cast("Judge | None", judge))
    for component in rest:
        for members in component.clusters:
            for place in members:
                labels[place] = members[0]
        for place, sure in component.confidence.items():
            confidence[place] = sure
        for cut in component.cuts:
            cuts.setdefault((cut.left, cut.right), cut)
    return Clustering(labels, confidence, tuple(sorted(cuts.values())))


def _inside(pair: Pair, size: int) -> bool:
    if not (0 <= pair[0] < size and 0 <= pair[1] < size):
        raise InputError("A pair names a record that is not there.", path="edges", hint="Places go from 0 to size-1.")
    return pair[0] != pair[1]


def _parted(cannot: Iterable[Pair], size: int) -> dict[int, set[int]]:
    parted: defaultdict[int, set[int]] = defaultdict(set)
    for left, right in cannot:
        if _inside((left, right), size):
            parted[left].add(right)
            parted[right].add(left)
    return dict(parted)


def _known(edges: Iterable[Edge], size: int) -> Known:
    """What is known of each pair; of a pair given twice the higher log-odds count, and the rule against it."""
    known: Known = {}
    for logit, left, right, apart in edges:
        if math.isnan(logit):
            raise InputError("A logit is no number.", path="edges", hint="Give log-odds, such as log(p / (1 - p)).")
        if _inside((left, right), size):
            pair = (left, right) if left < right else (right, left)
            before = known.get(pair)
            what = fixed(logit), bool(apart)
            known[pair] = what if before is None else (max(what[0], before[0]), what[1] or before[1])
    return known


def _components(size: int, known: Known, limits: Limits) -> list[Component]:
    """Records that matched pairs, or people, hold together; those that nothing holds are left out."""
    parent = list(range(size))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    matched = (pair for pair, (logit, apart) in known.items() if logit >= limits.match_at and not apart)
    for left, right in (*matched, *limits.atom.items()):
        a, b = root(left), root(right)
        parent[max(a, b)] = min(a, b)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place in range(size):
        groups[root(place)].append(place)
    found = {first: Component(places, {}) for first, places in groups.items() if len(places) > 1}
    for pair, what in known.items():
        first = root(pair[0])
        if first == root(pair[1]):
            found[first].known[pair] = what
    return list(found.values())
