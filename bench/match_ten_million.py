"""Ten million records in bounded memory: python bench/match_ten_million.py [--records 10000000] [--cache DIR] [--memory MB] [--workers 2].

Takes the generated world of a million records (`1m-8`, made once as for bench/match/run.py) as often as needed. Each time its keys, the
letters of its names and of its mailboxes, and the last digits of its numbers are shifted, so that the copies are other people; streets,
towns, birthdays and employers stay, which are shared by ten times as many strangers then. The file is written first, under --cache; what is
measured is a process that reads it and tells the clusters. Prints seconds by stage, the peak of the process (proportional share, see
stages.py), records, pairs and clusters.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from match.sets import CACHE, ready
from stages import Watch

WORLD = "1m-8"
NAMES = ("given", "given2", "surname", "surname2", "read_given", "read_surname", "nicknames")
MAILBOXES = ("emails", "role_emails")
NUMBERS = ("phones", "loose_phones")
KEYS = ("key", "same_as")
PLAIN = ("system", "generation", "street", "postcode", "locality", "region", "country", "employer", "birthday")
TURNING = ("aeiou", "bcdfghjklmnpqrstvwxz")


def turned(times: int) -> dict[int, str]:
    """Vowels for vowels and consonants for consonants: names stay names."""
    return {
        ord(old): new
        for row in TURNING
        for letters in (row, row.upper())
        for old, new in zip(letters, letters[times % len(row) :] + letters[: times % len(row)], strict=True)
    }


def shifts(times: int) -> dict[str, Callable[[str], str]]:
    """What is made of each value of a column."""
    letters = turned(times)

    def name(text: str) -> str:
        return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).translate(letters))

    def mailbox(text: str) -> str:
        local, at, domain = text.partition("@")
        return local.translate(letters) + at + domain

    def role(text: str) -> str:
        local, at, domain = text.partition("@")
        return local + at + domain.translate(letters)

    def number(text: str) -> str:
        return f"{text[:-6]}{(int(text[-6:]) + 104_729 * times) % 1_000_000:06}" if text[-6:].isdigit() else text

    made = {"emails": mailbox, "role_emails": role}
    made |= dict.fromkeys(NAMES, name) | dict.fromkeys(NUMBERS, number)
    return made | dict.fromkeys(KEYS, lambda text: f"{text}/{times}")


def changed(texts: pa.Array, change: Callable[[str], str]) -> pa.Array:
    """Change each distinct text once."""
    coded = texts.dictionary_encode()
    made = pa.array([change(text) for text in coded.dictionary.to_pylist()], texts.type)
    return pa.DictionaryArray.from_arrays(coded.indices, made).cast(texts.type)


def shifted(table: pa.Table, times: int) -> pa.Table:
    for column, change in shifts(times).items() if times else ():
        values = table.column(column).combine_chunks()
        if pa.types.is_list(values.type):
            values = pa.ListArray.from_arrays(values.offsets, changed(values.values, change))
        else:
            values = changed(values, change)
        table = table.set_column(table.column_names.index(column), column, values)
    return table


def written(cache: Path, records: int) -> Path:
    """The file of so many records."""
    path = cache / f"{WORLD}-times-{records}.parquet"
    if not path.exists():
        world = pq.read_table(ready(WORLD, cache).path, columns=[*NAMES, *MAILBOXES, *NUMBERS, *KEYS, *PLAIN])
        left, half = records, path.with_suffix(".half")
        with pq.ParquetWriter(half, world.schema) as writer:
            for times in range(-(-records // len(world))):
                writer.write_table(shifted(world.slice(0, left), times))
                left -= len(world)
        half.rename(path)
    return path


def work(path: str, memory: int, workers: int) -> None:
    """Read, match and cluster; tell what came of it."""
    from canonical_contact.engine.reading import NoProgress
    from canonical_contact.engine.resolving import MatchSettings, run_of
    from canonical_contact.match.columns.encode import feature_table

    clock: list[tuple[str, float]] = [("", time.time())]
    table = feature_table(pq.read_table(path, read_dictionary=PLAIN))
    clock.append(("read, features", time.time()))
    run = run_of(table, MatchSettings(memory=memory, workers=workers), progress=NoProgress())
    clock.append(("block, train", time.time()))
    found = run.resolution()
    clock.append(("compare, cluster", time.time()))
    labels = np.frombuffer(found.labels, np.int64)
    told = {"stages": clock, "records": len(labels), "pairs": found.compared, "matched": found.matched}
    print(json.dumps(told | {"clusters": int(pc.count_distinct(pa.array(labels)).as_py()), "review": len(found.review)}))


def measured(path: Path, memory: int, workers: int) -> dict[str, Any]:
    words = [sys.executable, __file__, "--work", str(path), "--memory", str(memory), "--workers", str(workers)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        watch = Watch(process.pid)
        watch.start()
        text = process.communicate()[0]
        watch.over.set()
        watch.join()
    if process.returncode:
        raise SystemExit(f"ended with {process.returncode}; the peak was {watch.peak(0, time.time()) / 1e6:,.0f} MB")
    told: dict[str, Any] = json.loads(text)
    clock = told["stages"]
    told["stages"] = [
        {"stage": name, "seconds": end - start, "peak_bytes": watch.peak(start, end)}
        for (_, start), (name, end) in pairwise(clock)
    ]
    return told | {"seconds": clock[-1][1] - clock[0][1], "peak_bytes": watch.peak(0, clock[-1][1])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--memory", type=int, default=512, help="MB of pairs that are kept in memory")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work, options.memory << 20, options.workers)
        return
    told = measured(written(options.cache, options.records), options.memory, options.workers)
    if options.json:
        print(json.dumps(told, indent=1))
        return
    print(f"{'stage':<20}{'seconds':>10}{'peak MB':>10}")
    for stage in told["stages"]:
        print(f"{stage['stage']:<20}{stage['seconds']:>10.1f}{stage['peak_bytes'] / 1e6:>10,.0f}")
    print(f"{'all':<20}{told['seconds']:>10.1f}{told['peak_bytes'] / 1e6:>10,.0f}")
    counts = ", ".join(f"{told[name]:,} {name}" for name in ("records", "pairs", "matched", "clusters", "review"))
    print(f"\n{counts}; {options.workers} workers, {options.memory} MB of pairs")


if __name__ == "__main__":
    main()
