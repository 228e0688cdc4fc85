"""One new record against all that is known: python bench/match_index.py [--known 1m-8] [--new 100k-9] [--records 2000] [--json].

Builds a `MatchIndex` of one generated world (see match/sets.py; worlds are made once and kept under --cache) and gives it records of
another, spread evenly. Prints the seconds and the memory of building, and in milliseconds, median and 99 of 100: `find` for the new
records, `find` for copies of known ones (which meet all their duplicates), and `add`; with the number of candidates. `cpu` is the median
of the processor's time, which is less than the wall's where others work beside it.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from match.sets import CACHE, ready

from canonical_contact.engine.index import MatchIndex
from canonical_contact.engine.resolving import MatchSettings
from canonical_contact.match.columns.encode import feature_table
from canonical_contact.match.features import Features


def spread(table: Any, number: int) -> list[Features]:
    """Records of a table from end to end, under keys that nothing else has."""
    places = np.linspace(0, len(table) - 1, min(number, len(table))).astype(int).tolist()
    return [table.record(place)._replace(key=f"new:{place}", same_as=()) for place in places]


def timed(work: Callable[[Features], Any], records: Sequence[Features]) -> dict[str, float]:
    """Milliseconds of each call, and what it found."""
    taken, worked, found = [], [], 0
    for record in records:
        started, busy = time.perf_counter(), time.process_time()
        answer = work(record)
        worked.append((time.process_time() - busy) * 1e3)
        taken.append((time.perf_counter() - started) * 1e3)
        found += bool(getattr(answer, "hits", answer))
    median, most = np.percentile(taken, (50, 99)).tolist()
    cpu = float(np.median(worked))
    return {
        "median ms": round(median, 2),
        "cpu ms": round(cpu, 2),
        "p99 ms": round(most, 2),
        "max ms": round(max(taken), 2),
        "with hits": found,
    }


def measure(known: str, new: str, records: int, cache: Path) -> dict[str, Any]:
    table = feature_table(ready(known, cache).table())
    others = spread(feature_table(ready(new, cache).table()), records)
    copies = spread(table, records)
    gc.collect()
    before, started = resident(), time.perf_counter()
    index = MatchIndex.build(table, MatchSettings(workers=os.cpu_count() or 1))
    built = time.perf_counter() - started
    gc.collect()
    gc.freeze()  # what a service does with what stays
    return {
        "known": len(table),
        "build s": round(built, 1),
        "index MB": round(resident() - before),
        "peak MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "candidates": float(np.median([len(index._candidates(record)) for record in others])),  # noqa: SLF001  what it costs
        "find new": timed(index.find, others),
        "find copy": timed(index.find, copies),
        "add new": timed(index.add, others),
    }


def resident() -> float:
    """Megabytes of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--known", default="1m-8")
    parser.add_argument("--new", default="100k-9")
    parser.add_argument("--records", type=int, default=2_000)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(given.known, given.new, given.records, given.cache)
    print(json.dumps(found) if given.json else "\n".join(f"{name:12} {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
