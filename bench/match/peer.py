"""What every peer gives back, and the process in which one peer works on one set."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
    "dedupe": ("peers_dedupe", "dedupe", 3_000),  # at 5,000 records it takes more than 12 GB
    "goldenmatch": ("peers_goldenmatch", "goldenmatch", 200_000),
}


class Clock:
    """Seconds of a peer's parts, from reading the columns to clusters; what the bench does with the result is outside."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self.ended = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.stages[name] = time.perf_counter() - started
        self.ended = time.time()


@dataclass
class Outcome:
    """What a peer made of a set; rows are named by their numbers.

    Args:
        clusters: code of each row's cluster.
        pairs: scored pairs, down to well below the threshold; None where the peer gives none.
        threshold: the peer's natural one.
        clock: seconds of its parts.
        review: pairs that it leaves to a person; None where it knows no such list.
    """

    clusters: Codes
    pairs: Pairs | None
    threshold: float
    clock: Clock
    review: Pairs | None = None


def main() -> None:
    """Run one peer: python -m match.peer PEER NAME PATH OUT; what it found goes to OUT, the clock to standard output."""
    peer, name, path, out = sys.argv[1:5]
    module, distribution, _ = PEERS[peer]
    match = import_module(f"match.{module}").match
    outcome: Outcome = match(Set(name, Path(path)))
    clock = outcome.clock
    arrays: dict[str, Any] = {"clusters": outcome.clusters}
    for word, pairs in (("pairs", outcome.pairs), ("review", outcome.review)):
        if pairs is not None:
            arrays |= {f"{word}_{column}": values for column, values in pairs._asdict().items()}
    np.savez(out, **arrays)
    told = {"seconds": sum(clock.stages.values()), "stages": clock.stages, "ended": clock.ended, "threshold": outcome.threshold}
    print(json.dumps(told | {"version": metadata.version(distribution)}))


if __name__ == "__main__":
    main()
