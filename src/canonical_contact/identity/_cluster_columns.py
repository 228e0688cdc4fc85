"""The first steps over NumPy arrays (extra [batch]): components, and at once those of them in which nothing is doubtful."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np

from canonical_contact.errors import InputError
from canonical_contact.identity._links import MOST, UNIT, EdgeColumns, Limits, chance
from canonical_contact.identity._settle import Component

__all__ = ["settle_simple"]

Array = np.ndarray[Any, np.dtype[Any]]
Columns = tuple[Array, Array, Array, Array]  # log-odds in units, left, right, apart


def settle_simple(edges: EdgeColumns, limits: Limits, labels: array[int], confidence: array[float]) -> list[Component]:
    """Settle the components whose pairs all were compared and all speak for one person, against no constraint.

    Args:
        edges: compared pairs.
        limits: constraints and thresholds.
        labels: first record of each cluster, as for `Clustering`; is written to.
        confidence: as for `Clustering`; is written to.

    Returns:
        The components that need a closer look.
    """
    size = len(labels)
    if not size:
        return []
    columns = _columns(edges, size)
    root = _components(size, *_links(columns, size, limits))
    logit, left, right, apart = columns = _inside(columns, root, size)
    first, count = root[left], np.bincount(root, minlength=size)
    lowest = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(lowest, first, logit)
    simple = (count > 1) & (np.bincount(first, minlength=size) == count * (count - 1) // 2) & (lowest >= limits.cohesion)
    simple[first[apart]] = False
    simple[_constrained(root, limits)] = False
    at, easy = np.flatnonzero(simple[root]), simple[first]
    np.frombuffer(labels, np.int64)[at] = root[at]
    total = np.bincount(left[easy], logit[easy], size) + np.bincount(right[easy], logit[easy], size)
    averages, which = np.unique(np.rint(total[at] / (count[root[at]] - 1)).astype(np.int64), return_inverse=True)
    np.frombuffer(confidence, np.float64)[at] = np.array([chance(value, 1) for value in averages.tolist()])[which]
    return _doubtful(columns, root, (count > 1) & ~simple)


def _columns(edges: EdgeColumns, size: int) -> Columns:
    """Check the columns and bring them into the form of `Known`: smaller place left."""
    logit, apart = np.asarray(edges.logit, np.float64), np.asarray(edges.apart, np.bool_)
    one, other = np.asarray(edges.left, np.int64), np.asarray(edges.right, np.int64)
    if not len(logit) == len(one) == len(other) == len(apart):
        raise InputError(
            "The columns of edges differ in length.", path="edges", hint="Give one logit and one mark for each pair."
        )
    if np.isnan(logit).any():
        raise InputError("A logit is no number.", path="edges", hint="Give log-odds, such as log(p / (1 - p)).")
    left, right = np.minimum(one, other), np.maximum(one, other)
    if len(left) and (left.min() < 0 or right.max() >= size):
        raise InputError("A pair names a record that is not there.", path="edges", hint="Places go from 0 to size-1.")
    return np.rint(np.clip(logit, -MOST, MOST) * UNIT).astype(np.int64), left, right, apart


def _links(columns: Columns, size: int, limits: Limits) -> tuple[Array, Array]:
    """Matched pairs, and those that people joined."""
    logit, left, right, apart = columns
    matched = (logit >= limits.match_at) & (left != right)
    key = left[matched] * size + right[matched]
    never = np.unique(left[apart] * size + right[apart])  # a pair may be given twice, once with a rule against it
    key = key[~np.isin(key, never)]
    joined = np.array(list(limits.atom.items()), np.int64).reshape(-1, 2)
    return np.concatenate([key // size, joined[:, 0]]), np.concatenate([key % size, joined[:, 1]])


def _components(size: int, left: Array, right: Array) -> Array:
    """The smallest place that each record is connected with: roots hook on to smaller ones, then all paths are cut short."""
    root = np.arange(size)
    while True:
        a, b = root[left], root[right]
        apart = a != b
        if not apart.any():
            return root
        left, right = a[apart], b[apart]
        np.minimum.at(root, np.maximum(left, right), np.minimum(left, right))
        while not np.array_equal(shorter := root[root], root):
            root = shorter


def _inside(columns: Columns, root: Array, size: int) -> Columns:
    """Each pair within a component once: the higher log-odds, and the rule against it."""
    logit, left, right, apart = columns
    inside = np.flatnonzero((root[left] == root[right]) & (left != right))
    key = left[inside] * size + right[inside]
    order = np.argsort(key, kind="stable")
    key, inside = key[order], inside[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    if not len(starts):
        return logit[:0], left[:0], right[:0], apart[:0]
    key = key[starts]
    return np.maximum.reduceat(logit[inside], starts), key // size, key % size, np.logical_or.reduceat(apart[inside], starts)


def _constrained(root: Array, limits: Limits) -> Array:
    """Roots of components that a constraint may part."""
    pairs = np.array([(a, b) for a, others in limits.cannot.items() for b in others], np.int64).reshape(-1, 2)
    parted = root[pairs[:, 0]][root[pairs[:, 0]] == root[pairs[:, 1]]]
    joined = root[np.fromiter(limits.atom, np.int64)]
    holders, sources = np.fromiter(limits.source, np.int64), np.fromiter(limits.source.values(), np.int64)
    held, times = np.unique(np.stack([root[holders], sources]), axis=1, return_counts=True)
    return np.concatenate([parted, joined, held[0][times > 1]])


def _doubtful(columns: Columns, root: Array, wanted: Array) -> list[Component]:
    """The wanted components as the pure form has them."""
    places = np.flatnonzero(wanted[root])
    found: dict[int, Component] = {}
    for first, place in zip(root[places].tolist(), places.tolist(), strict=True):
        found.setdefault(first, Component([], {})).places.append(place)
    logit, left, right, apart = (column[wanted[root[columns[1]]]] for column in columns)
    for first, one, other, value, never in zip(
        root[left].tolist(), left.tolist(), right.tolist(), logit.tolist(), apart.tolist(), strict=True
    ):
        found[first].known[one, other] = (value, never)
    return list(found.values())
