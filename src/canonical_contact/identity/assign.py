"""Stable ids: a cluster keeps the id it had, a merge elects the oldest and keeps the others as aliases, a split leaves it with the majority."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from attrs import frozen

from canonical_contact.model import contact_id

__all__ = ["Assignment", "assign_ids"]


@frozen
class Assignment:
    """Ids for clusters.

    Args:
        ids: one id for each cluster, in the order of the clusters.
        retired: (retired id, id that it leads to).
        new: ids that were issued now.
        split: ids that lost records to another cluster.
    """

    ids: tuple[str, ...]
    retired: tuple[tuple[str, str], ...] = ()
    new: frozenset[str] = frozenset()
    split: frozenset[str] = frozenset()


def assign_ids(
    clusters: Sequence[Sequence[str]], known: Mapping[str, str], started_at: datetime, *, is_issued: Callable[[str], bool]
) -> Assignment:
    """Give every cluster its id.

    Args:
        clusters: record keys of each cluster, ascending; every key is in one cluster.
        known: record key → id of the contact that holds it now.
        started_at: the run's persisted start, from which new ids take their time.
        is_issued: whether an id was ever issued, aliases too; none of them is issued again.

    Returns:
        The ids, the same for the same clusters in any order.

    >>> from datetime import UTC
    >>> known = {"a:1": "X", "a:2": "X", "b:7": "Y"}
    >>> assign_ids([("a:1", "a:2", "b:7")], known, datetime(2026, 7, 1, tzinfo=UTC), is_issued="X Y".split().__contains__).retired
    (('Y', 'X'),)
    """
    claims: defaultdict[str, list[tuple[int, str, int]]] = defaultdict(list)
    for place, keys in enumerate(clusters):
        for old, count in Counter(known[key] for key in keys if key in known).items():
            claims[old].append((-count, keys[0], place))
    won: defaultdict[int, list[str]] = defaultdict(list)
    for old, claimants in claims.items():
        *_, place = min(claimants)  # the majority keeps the id; the smallest key decides a tie
        won[place].append(old)
    ids, new, retired = list[str](), set[str](), list[tuple[str, str]]()
    for place, keys in enumerate(clusters):
        if place in won:
            elected, *others = sorted(won[place])  # the oldest, so that neither order nor grouping of merges tells
            retired += [(old, elected) for old in others]
        else:
            elected, salt = contact_id(started_at, keys[0]), 0
            while elected in new or is_issued(elected):
                salt += 1
                elected = contact_id(started_at, f"{keys[0]}#{salt}")
            new.add(elected)
        ids.append(elected)
    return Assignment(
        tuple(ids),
        tuple(sorted(retired)),
        frozenset(new),
        frozenset(old for old, claimants in claims.items() if len(claimants) > 1),
    )
