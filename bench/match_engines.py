"""What the engine over columns was chosen by: python bench/match_engines.py [--set 1m-8] [--cache DIR] [--json].

Two jobs, each engine in a process of its own on the same columns of a world of bench/match:

block    all pairs of records that share a value of a blocking key, each once, blocks above the cap left out; every engine is given the same
         rows (key, value, record) as whole numbers, so what is measured is the join
compare  the surnames of some of these pairs: whether they are equal, or near by edit distance or Jaro-Winkler

Prints seconds and peak memory. NumPy is `match.columns`; the others do what their guides say.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from match.sets import CACHE, ready

CAP = 40
PAIRS = 2_000_000
WORDS = ("email", "phone, last digits", "two words of the name", "initial and postcode", "street and town")


def rows(table: Any) -> Any:
    """The values of the keys as an Arrow table: key, value, record."""
    import pyarrow as pa

    from canonical_contact.match.columns.blocks import Blocker
    from canonical_contact.match.keys import KEYS

    keys = [key for key in KEYS if key.name in WORDS]
    blocker = Blocker(table, keys)
    parts = [blocker.rows(key) for key in keys]
    number = np.concatenate([np.full(len(part.records), place, np.int8) for place, part in enumerate(parts)])
    values, records = (np.concatenate([part[field] for part in parts]) for field in (1, 0))
    return pa.table({"key": number, "value": values, "record": records})


def block_numpy(table: Any, _given: Any) -> int:
    from canonical_contact.match.columns.blocks import Blocker, PairSink
    from canonical_contact.match.keys import KEYS

    keys = [key._replace(cap=CAP, refines=False) for key in KEYS if key.name in WORDS]
    with PairSink(len(table)) as sink:
        Blocker(table, keys).fill(sink)
        return sink.seal().total()


def block_duckdb(_table: Any, given: Any) -> int:
    import duckdb

    query = f"""
        WITH block AS (SELECT key, value FROM given GROUP BY key, value HAVING count(*) BETWEEN 2 AND {CAP})
        SELECT count(*) FROM (
            SELECT DISTINCT a.record, b.record FROM given a JOIN block USING (key, value) JOIN given b USING (key, value)
            WHERE a.record < b.record)
    """
    base = duckdb.connect()
    base.register("given", given)
    return int(base.sql(query).fetchall()[0][0])


def block_polars(_table: Any, given: Any) -> int:
    import polars as pl

    frame = pl.from_arrow(given).lazy()
    small = frame.group_by("key", "value").len().filter(pl.col("len").is_between(2, CAP)).select("key", "value")
    kept = frame.join(small, on=["key", "value"])
    pairs = kept.join(kept, on=["key", "value"], suffix="_b").filter(pl.col("record") < pl.col("record_b"))
    return int(pairs.select("record", "record_b").unique().select(pl.len()).collect(engine="streaming").item())


def some_pairs(table: Any) -> tuple[Any, Any]:
    """Neighbours in the order of postcode and surname: names as unlike and alike as candidates are."""
    order = np.lexsort((table.values["surname"].codes, table.values["postcode"].codes))
    left, right = order[:-1], order[1:]
    times = -(-PAIRS // len(left))
    return np.tile(left, times)[:PAIRS], np.tile(right, times)[:PAIRS]


def compare_numpy(table: Any, _given: Any) -> int:
    from canonical_contact.match.comparisons import Names
    from canonical_contact.match.lookups import shipped_lookups

    left, right = some_pairs(table)
    return int((Names(shipped_lookups()).columns(table, left, right)[1] < 5).sum())


def _surnames(table: Any) -> tuple[Any, Any]:
    left, right = some_pairs(table)
    column = table.values["surname"]
    pool = np.array(column.pool, object)
    return pool[column.codes[left]], pool[column.codes[right]]


def compare_rapidfuzz(table: Any, _given: Any) -> int:
    from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler
    from rapidfuzz.process import cpdist

    left, right = _surnames(table)
    near = cpdist(left, right, scorer=DamerauLevenshtein.distance, score_cutoff=2, workers=2) <= 2
    return int((near | (cpdist(left, right, scorer=JaroWinkler.similarity, workers=2) >= 0.88)).sum())


def compare_duckdb(table: Any, _given: Any) -> int:
    import duckdb
    import pyarrow as pa

    left, right = _surnames(table)
    base = duckdb.connect()
    base.register("pairs", pa.table({"a": pa.array(left, pa.string()), "b": pa.array(right, pa.string())}))
    query = "SELECT count(*) FROM pairs WHERE damerau_levenshtein(a, b) <= 2 OR jaro_winkler_similarity(a, b) >= 0.88"
    return int(base.sql(query).fetchall()[0][0])


JOBS: dict[str, Callable[[Any, Any], int]] = {
    "block numpy": block_numpy,
    "block duckdb": block_duckdb,
    "block polars": block_polars,
    "compare numpy": compare_numpy,
    "compare rapidfuzz": compare_rapidfuzz,
    "compare duckdb": compare_duckdb,
}


def measured(job: str, name: str, cache: Path) -> dict[str, Any]:
    """Run one job here: what is made ready for it does not count."""
    from canonical_contact.match.columns.encode import feature_table

    table = feature_table(ready(name, cache, None).table())
    given = rows(table) if job.startswith("block") and "numpy" not in job else None
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    found = JOBS[job](table, given)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"job": job, "found": found, "seconds": round(seconds, 2), "mb": round(peak / 1024), "mb before": round(before / 1024)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each job."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="1m-8", dest="name")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--job", choices=JOBS)
    asked = parser.parse_args(arguments)
    if asked.job:
        print(json.dumps(measured(asked.job, asked.name, asked.cache)))
        return
    for job in JOBS:
        words = [sys.executable, __file__, "--job", job, "--set", asked.name, "--cache", str(asked.cache)]
        told = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
        more = f"{told['found']:>12,} found  {told['seconds']:>7.2f} s  {told['mb']:>6,} MB ({told['mb before']:,} before)"
        print(json.dumps(told) if asked.json else f"{job:20}{more}", flush=True)


if __name__ == "__main__":
    main()
