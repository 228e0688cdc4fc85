"""Whole records in batches: python bench/normalize_records.py [--records 1000000] [--workers 2] [--folder DIR] [--mode core|extras|both].

Generates worlds (bench/make_exports.py, one seed after another, so that distinct values grow as they do in life), turns their exports into
raw columns once, and normalises all records on the workers: with the core alone (a start-up hook hides pyarrow and rphonenumbers from
every process; columns come from CSV and go to CSV) and with the extra [batch] (Parquet in, Parquet out). Prints records a
second over the whole way, from file to file, and the peak memory of all processes together (proportional share, sampled from /proc).
A sample of rows is compared with `Normalizer.record`, value for value. The folder keeps the raw columns; a second run takes them from there.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stages import Watch

PEOPLE = 40_000  # of a world; about 78,000 records
GOALS = {"core": 12_000, "extras": 40_000}  # records a second on two cores
SAMPLE = 2_000
ROWS = 20_000
HOOK = """import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("pyarrow", "rphonenumbers"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Hidden())
"""


def columns_of(folder: Path) -> Iterator[tuple[str, dict[str, list[str | None]]]]:
    """Read a world's exports into raw columns, one table a file."""
    from canonical_contact.formats import SourceKind, discover, read

    for source in discover([folder]):
        if source.kind is SourceKind.CONTACTS:
            rows = [raw.values for raw in read(source)]
            paths = dict.fromkeys(path for row in rows for path in row)
            yield source.system, {path: [row.get(path) for row in rows] for path in paths}


def generate(folder: Path, records: int) -> int:
    """Write raw columns as CSV and Parquet, a pair a table, until there are enough; give their number."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    for seed in range(1, 1_000):
        with tempfile.TemporaryDirectory() as scratch:
            people = min(PEOPLE, int((records - number) / 1.9) + 100)
            script = Path(__file__).with_name("make_exports.py")
            arguments = [scratch, "--people", str(people), "--seed", str(seed)]
            subprocess.run([sys.executable, script, *arguments], check=True, stdout=subprocess.DEVNULL)
            for place, (system, columns) in enumerate(columns_of(Path(scratch))):
                table = pa.table({path: pa.array(column, pa.string()) for path, column in columns.items()})
                table = table.slice(0, records - number)
                if not table.num_rows:
                    break
                number += table.num_rows
                name = f"{seed:03}-{place:02}-{system}"
                pq.write_table(table, folder / f"{name}.parquet", row_group_size=ROWS)
                with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                    writer = csv.writer(stream)
                    writer.writerow(table.column_names)
                    writer.writerows(zip(*[column.to_pylist() for column in table.columns], strict=True))
        if number >= records:
            break
    (folder / "records.json").write_text(json.dumps({"records": number}))
    return number


def tables(folder: Path, mode: str) -> Iterator[tuple[str, Any]]:
    """Give (system, table) in pieces of a batch's size."""
    for path in sorted(folder.glob("*.csv" if mode == "core" else "*.parquet")):
        system = path.stem.split("-", 2)[2]
        if mode == "core":
            with path.open(encoding="utf-8", newline="") as stream:
                reader = csv.reader(stream)
                names = next(reader)
                while rows := [row for _, row in zip(range(ROWS), reader, strict=False)]:
                    yield system, dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
        else:
            import pyarrow.parquet as pq

            for batch in pq.ParquetFile(path).iter_batches(ROWS):
                yield system, batch


def run(folder: Path, out: Path, mode: str, workers: int) -> None:
    """The measured process: from files to files."""
    import gc

    import phonenumbers

    from canonical_contact.engine.local import Executor
    from canonical_contact.engine.normalizing import normalize_tables

    phonenumbers.enable_pattern_cache()
    gc.freeze()
    started, number, writer, stream, written = time.perf_counter(), 0, None, None, ""
    for system, batch in normalize_tables(tables(folder, mode), Executor(workers), rows=ROWS):
        if mode == "core":
            number += len(batch["record_id"])
            columns = [path for path in batch if path not in ("more", "problems")]
            header = f"{system}:{','.join(columns)}"
            if header != written:  # another table, or other columns of it
                if stream:
                    stream.close()
                stream = (out / f"{number:09}-{system}.csv").open("w", encoding="utf-8", newline="")
                csv.writer(stream).writerow(columns)
                written = header
            csv.writer(stream).writerows(zip(*[batch[path] for path in columns], strict=True))
        else:
            import pyarrow.parquet as pq

            number += batch.num_rows
            if writer is None or writer.schema != batch.schema:
                if writer:
                    writer.close()
                writer = pq.ParquetWriter(out / f"{number:09}-{system}.parquet", batch.schema)
            writer.write_batch(batch)
    for one in (writer, stream):
        if one:
            one.close()
    print(json.dumps({"records": number, "seconds": time.perf_counter() - started}))


def measure(folder: Path, mode: str, workers: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        environment = dict(os.environ)
        if mode == "core":
            (Path(scratch) / "sitecustomize.py").write_text(HOOK)
            environment["PYTHONPATH"] = os.pathsep.join([scratch, *filter(None, [environment.get("PYTHONPATH")])])
        command = [sys.executable, __file__, "--run", mode, "--folder", folder, "--out", scratch, "--workers", workers]
        with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True, env=environment) as process:
            watch = Watch(process.pid)
            watch.start()
            text = process.communicate()[0]
            watch.over.set()
            watch.join()
        if process.returncode:
            raise SystemExit(f"the run with {mode} ended with {process.returncode}")
    said: dict[str, Any] = json.loads(text)
    return said | {
        "peak_bytes": max((size for _, size, _ in watch.samples), default=0),
        "a_second": said["records"] / said["seconds"],
    }


def compare(folder: Path) -> int:
    """Compare a sample of rows with `Normalizer.record`; give how many differ."""
    import pyarrow.parquet as pq

    from canonical_contact.normalize import Normalizer
    from canonical_contact.normalize._batch_layout import flat
    from canonical_contact.normalize.columns import Run

    files = sorted(folder.glob("*.parquet"))
    chosen, normalizer, run_ = random.Random(1), Normalizer(), Run()
    different = 0
    for path in files:
        table = pq.read_table(path)
        start = chosen.randrange(max(1, table.num_rows - SAMPLE // len(files)))
        found = run_.records(table.slice(start, max(1, SAMPLE // len(files))), system=path.stem.split("-", 2)[2])
        for row in range(len(found)):
            record = normalizer.record(found.raw(row), found.key(row), found["record_id"][row])
            different += found.row(row) != flat(record) or found.problems_of(row) != record.problems
    return different


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the raw columns are kept; by default a scratch folder")
    parser.add_argument("--mode", choices=("core", "extras", "both"), default="both")
    parser.add_argument("--max-gigabytes", type=float, default=2.0, help="exit with 1 where a run takes more memory")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run(options.folder, options.out, options.run, options.workers)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "records.json").exists():
            generate(folder, options.records)
        modes = ("core", "extras") if options.mode == "both" else (options.mode,)
        results = {mode: measure(folder, mode, options.workers) for mode in modes}
        different = compare(folder)
    if options.json:
        print(json.dumps({"modes": results, "different_rows": different}, indent=1))
    else:
        for mode, it in results.items():
            goal = GOALS[mode]
            print(
                f"{mode:<8}{it['records']:>10,} records {it['seconds']:>8.1f} s {it['a_second']:>8,.0f} a second (goal {goal:,}) "
                f"peak {it['peak_bytes'] / 1e6:,.0f} MB"
            )
        print(f"rows of the sample that differ from Normalizer.record: {different}")
    missed = any(it["a_second"] < GOALS[mode] or it["peak_bytes"] > options.max_gigabytes * 1e9 for mode, it in results.items())
    return int(missed or different > 0)


if __name__ == "__main__":
    sys.exit(main())
