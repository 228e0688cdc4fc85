"""The library with its default policy: nothing is tuned for a set.

Worlds are resolved over the normalised columns as they are, lists and readings included; febrl is given to `dedupe` and `link` like any
table, which have to recognise its columns first.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

import numpy as np
import pyarrow.compute as pc

from canonical_contact.engine import dedupe
from canonical_contact.engine.reading import NoProgress
from canonical_contact.engine.resolving import MatchSettings, run_of
from canonical_contact.match.columns.encode import feature_table
from match.peer import Clock, Outcome
from match.scores import Pairs
from match.sets import SOURCE, Set


def match(given: Set) -> Outcome:
    settings = MatchSettings(workers=os.cpu_count() or 1)
    return (linked if given.link else deduped if given.is_febrl else resolved)(given, settings)


def resolved(given: Set, settings: MatchSettings) -> Outcome:
    clock = Clock()
    with clock.stage("load"):
        table = feature_table(given.table())
    with clock.stage("block, train"):
        run = run_of(table, settings, progress=NoProgress())
    with clock.stage("compare, cluster"):
        found = run.resolution()
    rows = pc.array_sort_indices(given.table()["key"].combine_chunks()).to_numpy().astype(np.int64)  # place → row
    clusters = np.zeros(len(rows), np.int64)
    clusters[rows] = np.asarray(found.labels)
    review = _pairs((rows[pair.left], rows[pair.right], pair.score) for pair in found.review)
    pairs = _pairs((rows[pair.left], rows[pair.right], pair.score) for pair in run.found())
    return Outcome(clusters, pairs, settings.policy.match_at, clock, review)


def deduped(given: Set, settings: MatchSettings) -> Outcome:
    clock = Clock()
    with clock.stage("load"):
        table = given.table()
    with clock.stage("dedupe"):
        found = dedupe.dedupe(table, settings=settings)
    return Outcome(np.asarray(found.cluster_ids, np.int64), None, settings.policy.match_at, clock, _asked(found.review))


def linked(given: Set, settings: MatchSettings) -> Outcome:
    clock = Clock()
    with clock.stage("load"):
        table = given.table()
        left, right = (table.filter(pc.equal(table[SOURCE], source)).drop_columns([SOURCE]) for source in "ab")
    with clock.stage("link"):
        found = dedupe.link(left, right, settings=settings)
    clusters, size = np.arange(table.num_rows, dtype=np.int64), left.num_rows
    for one in found.links:
        clusters[size + one.right] = one.left
    review = _asked(pair._replace(right=size + pair.right) for pair in found.review)
    return Outcome(clusters, None, settings.policy.match_at, clock, review)


def _asked(pairs: Iterable[dedupe.RowPair]) -> Pairs:
    return _pairs((pair.left, pair.right, pair.score) for pair in pairs)


def _pairs(rows: Iterable[tuple[int, int, float]]) -> Pairs:
    given = np.array(list(rows), np.float64).reshape(-1, 3)
    return Pairs(given[:, 0].astype(np.int64), given[:, 1].astype(np.int64), given[:, 2])
