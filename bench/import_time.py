"""How long `import canonical_contact` takes over a bare interpreter: python bench/import_time.py [--runs 15] [--limit 100].

Both are started afresh in turn, and the medians are compared, so that a busy machine slows both alike.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time


def seconds(code: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--limit", type=float, default=100.0, metavar="MS", help="exit with 1 where the import takes longer")
    options = parser.parse_args()
    bare, loaded, everything = [], [], []
    for _ in range(options.runs):
        bare.append(seconds("pass"))
        loaded.append(seconds("import canonical_contact"))
        everything.append(seconds("import canonical_contact as c\nfor name in c.__all__: getattr(c, name)"))
    start = statistics.median(bare)
    light, full = (1000 * (statistics.median(times) - start) for times in (loaded, everything))
    print(f"bare interpreter          {1000 * start:7.1f} ms")
    print(f"import canonical_contact  {light:+7.1f} ms  (limit {options.limit:.0f} ms)")
    print(f"… and every public name   {full:+7.1f} ms")
    return int(light > options.limit)


if __name__ == "__main__":
    sys.exit(main())
