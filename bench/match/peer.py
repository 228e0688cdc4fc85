"""What every peer gives back, and the process in which one peer works on one set."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import numpy as np

from match.scores import Codes, Pairs
from match.sets import Set

# Peer → its module, the distribution that it is, and the largest number of records that it is asked for.
PEERS = {
    "ours": ("peers_ours", "canonical-contact", 20_000_000),
    "splink": ("peers_splink", "splink", 20_000_000),
    "recordlinkage": ("peers_recordlinkage", "recordlinkage", 2_000_000),
    "dedupe": ("peers_dedupe", "dedupe", 20_000),
    "goldenmatch": ("peers_goldenmatch", "goldenmatch", 200_000),
}


@dataclass
class Outcome:
    """What a peer made of a set; rows are named by their numbers.

    Args:
        clusters: code of each row's cluster.
        pairs: scored pairs, down to well below the threshold; None where the peer gives none.
        threshold: the peer's natural one.
        review: pairs that it leaves to a person; None where it knows no such list.
        stages: seconds of its parts.
    """

    clusters: Codes
    pairs: Pairs | None
    threshold: float
    review: Pairs | None = None
    stages: dict[str, float] = field(default_factory=dict)


@contextmanager
def stage(stages: dict[str, float], name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    stages[name] = stages.get(name, 0.0) + time.perf_counter() - started


def main() -> None:
    """Run one peer: python -m match.peer PEER NAME PATH OUT; what it found goes to OUT, the clock to standard output."""
    peer, name, path, out = sys.argv[1:5]
    module, distribution, _ = PEERS[peer]
    match = import_module(f"match.{module}").match
    began, started = time.time(), time.perf_counter()
    outcome: Outcome = match(Set(name, Path(path)))
    seconds, ended = time.perf_counter() - started, time.time()
    arrays: dict[str, Any] = {"clusters": outcome.clusters}
    for word, pairs in (("pairs", outcome.pairs), ("review", outcome.review)):
        if pairs is not None:
            arrays |= {f"{word}_{column}": values for column, values in pairs._asdict().items()}
    np.savez(out, **arrays)
    told = {"began": began, "ended": ended, "seconds": seconds, "threshold": outcome.threshold, "stages": outcome.stages}
    print(json.dumps(told | {"version": metadata.version(distribution)}))


if __name__ == "__main__":
    main()
