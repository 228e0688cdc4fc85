"""No input hangs at a megabyte: python fuzz/large.py TARGET FOLDER … repeats files to a megabyte and times them, without instruments.

Of each folder up to forty files are taken, evenly by name. A second is allowed, and 60 µs more for each contact and each
problem that comes out: a megabyte of the smallest cards holds forty thousand of them.
"""

from __future__ import annotations

import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from canonical_contact.formats import Presets, discover, read
from canonical_contact.formats.exchange import read_contacts

SIZE = 1 << 20
ALLOWED = 1.0  # seconds of the processor
FOR_EACH = 60e-6
MOST = 40
PRESETS = Presets()
MEMORY = 512 << 20


def _contacts(name: str) -> Callable[[bytes], int]:
    def run(data: bytes) -> int:
        problems: list[object] = []
        return sum(1 for _ in read_contacts(io.BytesIO(data), format=name, tell=problems.append)) + len(problems)

    return run


def _file(name: str) -> Callable[[bytes], int]:
    def run(data: bytes) -> int:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            return sum(1 for source in discover([path], presets=PRESETS) for _ in read(source))

    return run


TARGETS = {
    "vcard": [_contacts("vcard"), _file("a.vcf")],
    "jscontact": [_contacts("jscontact"), _contacts("jcard")],
    "delimited": [_file("a.csv")],
}


def chosen(folder: Path) -> list[Path]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return paths[:: len(paths) // MOST + 1]


def main() -> int:
    name, *folders = sys.argv[1:]
    slow = count = 0
    worst = 0.0
    for path in (path for folder in folders for path in chosen(Path(folder))):
        data = path.read_bytes()
        if not data:
            continue
        count += 1
        for run in TARGETS[name]:
            started = time.process_time()
            found = run((data * (SIZE // len(data) + 1))[:SIZE])
            seconds = time.process_time() - started
            worst = max(worst, seconds)
            if seconds > ALLOWED + FOR_EACH * found:
                slow += 1
                print(f"{path}: {seconds:.1f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"{name}: {count} inputs, each a megabyte; the slowest took {worst:.2f} s; peak memory {peak / 1e6:.0f} MB")
    return int(slow > 0 or peak > MEMORY)


if __name__ == "__main__":
    sys.exit(main())
