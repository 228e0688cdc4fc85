"""Clusters under chains: python bench/match_clusters.py [--people 100000] [--links 1.0] [--seed 1] [--json].

Makes people with one to five records whose pairs mostly match, and between records of different people weak matches as a family's
landline or an office's number makes them, `--links` a record, so that nearly all records hang together in one component. Prints pairs'
precision and recall of connected components and of `cluster`, its seconds, peak memory, the pairs that the judge was asked, and the cuts.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections import Counter
from typing import Any

import numpy as np

from canonical_contact.identity import ClusterPolicy, EdgeColumns, cluster
from canonical_contact.identity._cluster_columns import _components

RECORDS = (0.45, 0.29, 0.16, 0.07, 0.03)  # share of people with 1, 2, … records, as in the generated worlds


def world(people: int, links: float, seed: int) -> tuple[Any, EdgeColumns]:
    """Whose each record is, and the compared pairs."""
    dice = np.random.default_rng(seed)
    who = np.repeat(np.arange(people), dice.choice(5, people, p=RECORDS) + 1)
    size = len(who)
    pairs = [np.stack([at, at + d]) for d in range(1, 5) for at in [np.flatnonzero(who[:-d] == who[d:])]]
    true = np.concatenate(pairs, axis=1)
    true = true[:, dice.random(true.shape[1]) < 0.85]  # the others share no key
    left = dice.integers(0, size, int(links * size))
    false = np.stack([left, np.clip(left + dice.integers(-40, 41, len(left)), 0, size - 1)])
    false = false[:, who[false[0]] != who[false[1]]]
    logit = np.concatenate([dice.normal(6, 3, true.shape[1]), dice.normal(2.2, 1, false.shape[1])])
    both = np.concatenate([true, false], axis=1)
    return who, EdgeColumns(logit, both[0], both[1], np.zeros(len(logit), bool))


def score(who: Any, labels: Any) -> dict[str, float]:
    def pairs(groups: Any) -> int:
        sizes = np.unique(groups, return_counts=True)[1]
        return int((sizes * (sizes - 1) // 2).sum())

    both = pairs(labels.astype(np.int64) * len(who) + who)
    largest = int(np.unique(labels, return_counts=True)[1].max())
    return {"precision": both / pairs(labels), "recall": both / pairs(who), "largest cluster": largest}


def measure(people: int, links: float, seed: int) -> dict[str, Any]:
    who, edges = world(people, links, seed)
    asked: list[int] = []

    def judge(left: Any, right: Any) -> tuple[Any, Any]:
        asked.append(len(left))
        same, dice = who[left] == who[right], (left * 1_000_003 + right * 7_919) % 10_007 / 10_007
        logits = np.where(same, 5 * dice - 3, 4 * dice - 6)
        return logits, ~same & (dice < 0.3)

    matched = edges.logit >= ClusterPolicy().match_at
    together = _components(len(who), edges.left[matched], edges.right[matched])
    started = time.perf_counter()
    found = cluster(len(who), edges, judge=judge)
    return {
        "records": len(who),
        "edges": len(edges.logit),
        "connected components": score(who, together),
        "clusters": score(who, np.frombuffer(found.labels, np.int64)),
        "seconds": time.perf_counter() - started,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "pairs asked": sum(asked),
        "times asked": len(asked),
        "cuts": dict(Counter(cut.reason for cut in found.cuts)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--links", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = measure(asked.people, asked.links, asked.seed)
    if asked.json:
        json.dump(figures, sys.stdout)
        return
    for name, value in figures.items():
        if isinstance(value, dict):
            value = "  ".join(
                f"{key} {part:.4f}" if isinstance(part, float) else f"{key} {part:,}" for key, part in value.items()
            )
        print(
            f"{name:22}{value:,.1f}"
            if isinstance(value, float)
            else f"{name:22}{value:,}"
            if isinstance(value, int)
            else f"{name:22}{value}"
        )


if __name__ == "__main__":
    main()
