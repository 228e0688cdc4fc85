"""Clusters against the truth: pairs, records and whole clusters, all from one table of counts, never from the pairs themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from math import fsum
from typing import NamedTuple

from attrs import frozen

from canonical_contact.match.evaluate._values import Value, harmonic, ratio, share_text

__all__ = ["Evaluation", "Measures", "bcubed", "cluster_measures", "evaluate", "pair_measures"]


@frozen
class Measures(Value):
    """How right a result is.

    Args:
        of: what was counted: `pairs`, `clusters`, or `records` for B-cubed.
        precision: the share of what was found that is right; None where nothing was found.
        recall: the share of what is true that was found; None where there is nothing to find.
        f1: their harmonic mean; None where there is neither.
        right: how many were found and are true; None for B-cubed, which counts shares of records.
        found: how many the result has.
        true: how many the truth has.
    """

    of: str
    precision: float | None
    recall: float | None
    f1: float | None
    right: int | None
    found: int
    true: int

    @classmethod
    def count(cls, of: str, right: int, found: int, true: int) -> Measures:
        """Make the measures out of three counts.

        >>> print(Measures.count("pairs", 8, 10, 16))
        pairs: precision 0.8000, recall 0.5000, F1 0.6154 (8 right, 2 wrong, 8 missed)
        """
        return cls(of, ratio(right, found), ratio(right, true), ratio(2 * right, found + true), right, found, true)

    def __str__(self) -> str:
        told = f"precision {share_text(self.precision, 4)}, recall {share_text(self.recall, 4)}, F1 {share_text(self.f1, 4)}"
        if self.right is None:
            return f"{self.of}: {told} ({self.found:,} in all)"
        wrong, missed = self.found - self.right, self.true - self.right
        return f"{self.of}: {told} ({self.right:,} right, {wrong:,} wrong, {missed:,} missed)"


@frozen
class Evaluation(Value):
    """All measures of one result.

    Args:
        pairs: pairs of records.
        bcubed: the mean over records.
        clusters: clusters that are exactly one person's records.
        records: how many records the truth knows; only these count.
        unlabelled: records of the result that the truth does not know; they are left out.
        unlinked: records of the truth that the result does not have; each counts as a cluster of its own.
    """

    pairs: Measures
    bcubed: Measures
    clusters: Measures
    records: int
    unlabelled: int = 0
    unlinked: int = 0

    def __str__(self) -> str:
        lines = [f"{self.records:,} records", str(self.pairs), f"B-cubed {self.bcubed}", str(self.clusters)]
        if self.unlabelled:
            lines.append(f"{self.unlabelled:,} records left out, since the truth does not know them")
        if self.unlinked:
            lines.append(f"{self.unlinked:,} records of the truth are not in the result and count as alone")
        return "\n".join(lines)


class _Table(NamedTuple):
    """How many records each cluster shares with each person, and the sums of its rows and columns."""

    shared: Counter[tuple[Hashable, Hashable]]
    clusters: Counter[Hashable]
    people: Counter[Hashable]
    unlinked: int


def evaluate(clusters: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> Evaluation:
    """Measure a result by pairs, by records and by clusters.

    Args:
        clusters: record key → id of its cluster.
        truth: record key → id of its person; only these records count.

    Returns:
        all measures; in time and memory linear in the records.

    >>> found = {"a": 1, "b": 1, "c": 1, "d": 2, "e": 3}
    >>> print(evaluate(found, {"a": "Ana", "b": "Ana", "c": "Bob", "d": "Bob", "e": "Eve"}))
    5 records
    pairs: precision 0.3333, recall 0.5000, F1 0.4000 (1 right, 2 wrong, 1 missed)
    B-cubed records: precision 0.7333, recall 0.8000, F1 0.7652 (5 in all)
    clusters: precision 0.3333, recall 0.3333, F1 0.3333 (1 right, 2 wrong, 2 missed)
    """
    table = _table(clusters, truth)
    return Evaluation(
        _by_pairs(table),
        _by_records(table),
        _by_clusters(table, 1),
        len(truth),
        sum(key not in truth for key in clusters),
        table.unlinked,
    )


def pair_measures(clusters: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> Measures:
    """Measure a result by pairs of records: of those in one cluster, and of those of one person.

    Args:
        clusters: record key → id of its cluster; a record without one stands alone.
        truth: record key → id of its person; only these records count.

    Returns:
        precision, recall and F1, counted by way of the contingency table (Hubert and Arabie 1985, Journal of Classification 2).

    >>> pair_measures({"a": 1, "b": 1, "c": 2}, {"a": "Ana", "b": "Ana", "c": "Ana"}).recall
    0.3333333333333333
    """
    return _by_pairs(_table(clusters, truth))


def bcubed(clusters: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> Measures:
    """Measure a result record by record: how pure is its cluster, how much of its person is in it.

    Args:
        clusters: record key → id of its cluster; a record without one stands alone.
        truth: record key → id of its person; only these records count.

    Returns:
        the means over all records, each of one weight (Bagga and Baldwin 1998, LREC workshop on linguistic coreference).

    >>> measures = bcubed({"a": 1, "b": 1, "c": 2}, {"a": "Ana", "b": "Ana", "c": "Ana"})
    >>> measures.precision, round(measures.recall, 4)
    (1.0, 0.5556)
    """
    return _by_records(_table(clusters, truth))


def cluster_measures(clusters: Mapping[str, Hashable], truth: Mapping[str, Hashable], *, smallest: int = 1) -> Measures:
    """Measure a result by whole clusters: right is one that holds all records of one person and no other.

    Args:
        clusters: record key → id of its cluster; a record without one stands alone.
        truth: record key → id of its person; only these records count.
        smallest: clusters and people of fewer records are left out; 2 leaves out those that stand alone.

    Returns:
        precision, recall and F1 of exactly right clusters.

    >>> cluster_measures({"a": 1, "b": 1, "c": 2}, {"a": "Ana", "b": "Ana", "c": "Bob"}, smallest=2).precision
    1.0
    """
    return _by_clusters(_table(clusters, truth), smallest)


def _table(clusters: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> _Table:
    shared: Counter[tuple[Hashable, Hashable]] = Counter()
    unlinked = 0
    for key, person in truth.items():
        if key in clusters:
            shared[clusters[key], person] += 1
        else:
            shared[object(), person] += 1  # equal to no other cluster
            unlinked += 1
    by_cluster: Counter[Hashable] = Counter()
    by_person: Counter[Hashable] = Counter()
    for (cluster, person), number in shared.items():
        by_cluster[cluster] += number
        by_person[person] += number
    return _Table(shared, by_cluster, by_person, unlinked)


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def _by_pairs(table: _Table) -> Measures:
    return Measures.count("pairs", *(_pairs(counts.values()) for counts in (table.shared, table.clusters, table.people)))


def _by_records(table: _Table) -> Measures:
    records = table.clusters.total()
    precision, recall = (
        ratio(fsum(number * number / sizes[name[side]] for name, number in table.shared.items()), records)
        for side, sizes in enumerate((table.clusters, table.people))
    )
    return Measures("records", precision, recall, harmonic(precision, recall), None, records, records)


def _by_clusters(table: _Table, smallest: int) -> Measures:
    right = sum(
        number >= smallest and number == table.clusters[cluster] == table.people[person]
        for (cluster, person), number in table.shared.items()
    )
    found, true = (sum(size >= smallest for size in sizes.values()) for sizes in (table.clusters, table.people))
    return Measures.count("clusters", right, found, true)
