"""GoldenMatch without configuration, as its guide begins: it chooses columns, blocks, scorers and thresholds itself.

It may end early with a configuration that it is unsure of; that is allowed here, as its guide says for a run without a person. Clusters are
its own. Its scores are those of pairs that it kept, so that there may be none below its threshold.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"

import goldenmatch as gm
import numpy as np
import polars as pl

from match.peer import Clock, Outcome
from match.scores import Pairs
from match.sets import Set

COLUMNS_NOT_GIVEN = ("unique_id", "source", "full_name")


def match(given: Set) -> Outcome:
    clock = Clock()
    with clock.stage("load"):
        table = given.flat()
        frame = pl.DataFrame(
            pl.from_arrow(table.drop_columns([name for name in COLUMNS_NOT_GIVEN if name in table.column_names]))
        )
    with clock.stage("dedupe"):
        result = gm.dedupe_df(frame, confidence_required=False, allow_red_config=True)
    clusters = np.arange(len(frame), dtype=np.int64)
    for found in result.clusters.values():
        members = list(found["members"])
        clusters[members] = min(members)
    return Outcome(clusters, _pairs(result.scored_pairs or ()), 0.0, clock)


def _pairs(scored: Iterable[tuple[Any, Any, Any]]) -> Pairs:
    rows = np.array(list(scored), np.float64).reshape(-1, 3)
    return Pairs(rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64), rows[:, 2])
