"""A large run, stage by stage: python bench/stages.py [--people 52000] [--seed 8] [--folder DIR] [--json].

Generates about 100,000 records (or takes --folder), runs `canonical-contact unify … --json` on them, and prints seconds and peak
memory by stage. Memory is the proportional share (PSS) of the process and all its children together, sampled from /proc: what two
processes share counts once. Where /proc has no PSS, resident memory is taken, which counts shared pages twice.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from peers import rows

EVERY = 0.1  # seconds between two looks at the memory


def children(pid: int) -> list[int]:
    found = [pid]
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += children(int(child))
    return found


def memory(pid: int) -> int:
    """Bytes of one process: its proportional share, else what is resident."""
    for name, field in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/{name}").read_text().splitlines():
                if line.startswith(field):
                    return int(line.split()[1]) * 1024
    return 0


class Watch(threading.Thread):
    """Looks at the memory of a process and its children until it is told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.samples, self.over = pid, list[tuple[float, int, int]](), threading.Event()

    def run(self) -> None:
        while not self.over.wait(EVERY):
            pids = children(self.pid)
            self.samples.append((time.time(), sum(map(memory, pids)), len(pids)))

    def peak(self, start: float, end: float) -> int:
        return max((size for at, size, _ in self.samples if start - EVERY <= at <= end + EVERY), default=0)


def generate(folder: Path, people: int, seed: int) -> float:
    started = time.perf_counter()
    script = Path(__file__).with_name("make_exports.py")
    subprocess.run([sys.executable, script, folder, "--people", str(people), "--seed", str(seed)], check=True, stdout=sys.stderr)
    return time.perf_counter() - started


def measure(folder: Path, out: Path, arguments: list[str]) -> dict[str, Any]:
    program = Path(sys.executable).with_name("canonical-contact")
    words = [
        "unify", folder, "--store", out / "contacts.db", "--links", out / "links.csv", "--report", out / "report.html",
        "--review", out / "review.csv", "--json", *arguments,
    ]  # fmt: skip
    started = time.perf_counter()
    subprocess.run([program, "unify", "--help"], check=True, stdout=subprocess.DEVNULL)
    before = time.perf_counter() - started  # what the program needs until it begins; the stages follow each other from there
    begun, started = time.time(), time.perf_counter()
    with subprocess.Popen([program, *map(str, words)], stdout=subprocess.PIPE, text=True) as process:
        watch = Watch(process.pid)
        watch.start()
        text = process.communicate()[0]
        seconds = time.perf_counter() - started
        watch.over.set()
        watch.join()
    if process.returncode:
        raise SystemExit(f"unify ended with {process.returncode}")
    said = json.loads(text)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    stages, known = [], 0.0
    for stage in said["stages"]:
        start = begun + before + known
        stages.append(
            {"stage": stage["name"], "seconds": stage["seconds"], "peak_bytes": watch.peak(start, start + stage["seconds"])}
        )
        known += stage["seconds"]
    return {
        "records": sum(1 for _ in rows(folder / "truth.csv")),
        "stages": stages,
        "start, end and between": seconds - known,
        "seconds": seconds,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_bytes": max((size for _, size, _ in watch.samples), default=0),
        "largest_process_bytes": usage.ru_maxrss * 1024,
        "processes": max((count for *_, count in watch.samples), default=1),
        "cores": os.cpu_count(),
        "store_bytes": sum(path.stat().st_size for path in out.glob("contacts.db*")),
        "result": {name: value for name, value in said.items() if isinstance(value, int)},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=52_000)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--folder", type=Path, help="exports that are there already")
    parser.add_argument("--max-seconds", type=float, default=90.0, help="exit with 1 where the run takes longer")
    parser.add_argument("--max-gigabytes", type=float, default=1.5, help="exit with 1 where the run takes more memory")
    parser.add_argument("--json", action="store_true")
    options, more = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder, out = options.folder or Path(scratch) / "exports", Path(scratch) / "out"
        out.mkdir()
        if not options.folder:
            generate(folder, options.people, options.seed)
        result = measure(folder, out, more)
    mega = 1 / 1_000_000
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        print(f"{'stage':<28}{'seconds':>10}{'peak MB':>10}")
        for stage in result["stages"]:
            print(f"{stage['stage']:<28}{stage['seconds']:>10.1f}{stage['peak_bytes'] * mega:>10.0f}")
        print(f"{'start, end and between':<28}{result['start, end and between']:>10.1f}")
        print(f"{'the whole run':<28}{result['seconds']:>10.1f}{result['peak_bytes'] * mega:>10.0f}")
        print(
            f"\n{result['records']:,} records, {result['records'] / result['seconds']:,.0f} a second; processor time "
            f"{result['cpu_seconds']:.0f} s; up to {result['processes']} processes, the largest {result['largest_process_bytes'] * mega:.0f} MB; "
            f"{result['cores']} cores; store {result['store_bytes'] * mega:.0f} MB"
        )
    return int(result["seconds"] > options.max_seconds or result["peak_bytes"] > options.max_gigabytes * 1e9)


if __name__ == "__main__":
    sys.exit(main())
