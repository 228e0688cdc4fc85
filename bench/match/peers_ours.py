"""The library with its default policy: nothing is tuned for a set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from canonical_contact.identity import cluster
from canonical_contact.match.block import candidate_pairs
from canonical_contact.match.decide import DEFAULT_POLICY, Decider, comparer_for
from canonical_contact.match.features import Features
from canonical_contact.match.weights import Scorer, fit, term_frequencies
from canonical_contact.model import Judgement
from match.ours_records import febrl_features_of, features_of
from match.peer import Outcome, stage
from match.scores import Codes, Pairs
from match.sets import SOURCE, Set

FIT_PAIRS = 60_000


def row_by_row(given: Set) -> Outcome:
    """The matcher in its pure form: candidate pairs, verdicts, clusters."""
    stages: dict[str, float] = {}
    with stage(stages, "load"):
        table = given.table()
        sources = table[SOURCE].to_pylist() if given.link else None
        records: list[Features] = list(febrl_features_of(table) if given.is_febrl else features_of(table))
    with stage(stages, "block"):
        size = len(records)
        found = [divmod(pair, size) for pair in candidate_pairs(records).pairs]
        if sources:
            found = [(left, right) for left, right in found if sources[left] != sources[right]]
    with stage(stages, "train"):
        comparer = comparer_for(records)
        levels = [bytes(comparer.levels(records[left], records[right])) for left, right in found]
        model = fit(levels[:: max(1, len(levels) // FIT_PAIRS)])
        decider = Decider(comparer, Scorer(model, term_frequencies(records)), DEFAULT_POLICY)
    with stage(stages, "predict"):
        verdicts = [decider.judge(records[left], records[right], level) for (left, right), level in zip(found, levels, strict=True)]
    with stage(stages, "cluster"):

        def conflict(left: int, right: int) -> bool:
            return bool(sources and sources[left] == sources[right]) or decider.conflict(records[left], records[right])

        edges = ((verdict[1], *pair) for pair, verdict in zip(found, verdicts, strict=True) if verdict[0] is Judgement.MATCH)
        groups = cluster(size, edges, conflict=conflict)
        clusters = np.zeros(size, np.int64)
        for code, members in enumerate(groups.clusters):
            clusters[list(members)] = code
        blocked = set(groups.blocked)
        asked = [
            (*pair, verdict[1])
            for pair, verdict in zip(found, verdicts, strict=True)
            if verdict[0] is Judgement.REVIEW or pair in blocked
        ]
        review = pairs_of(asked)
        apart = clusters[review.left] != clusters[review.right]
    scored = pairs_of((*pair, verdict[1]) for pair, verdict in zip(found, verdicts, strict=True) if verdict[1] >= 0.01)
    return Outcome(clusters, scored, DEFAULT_POLICY.match_at, Pairs(*(column[apart] for column in review)), stages)


def pairs_of(rows: Any) -> Pairs:
    left, right, score = zip(*rows, strict=True) if (rows := list(rows)) else ((), (), ())
    as_codes: Iterator[Codes] = (np.asarray(column, np.int64) for column in (left, right))
    return Pairs(*as_codes, np.asarray(score, np.float64))


match = row_by_row
