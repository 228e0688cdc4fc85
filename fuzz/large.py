"""No input hangs at a megabyte: python fuzz/large.py TARGET FOLDER … repeats each file to a megabyte and times it, without instruments."""

from __future__ import annotations

import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from canonical_contact.formats import discover, read
from canonical_contact.formats.exchange import read_contacts

SIZE = 1 << 20
ALLOWED = 1.0  # seconds of the processor
MEMORY = 512 << 20


def _contacts(name: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        for _ in read_contacts(io.BytesIO(data), format=name):
            pass

    return run


def _file(name: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            for source in discover([path]):
                for _ in read(source):
                    pass

    return run


TARGETS = {
    "vcard": [_contacts("vcard"), _file("a.vcf")],
    "jscontact": [_contacts("jscontact"), _contacts("jcard")],
    "delimited": [_file("a.csv")],
}


def main() -> int:
    name, *folders = sys.argv[1:]
    slow = count = 0
    worst = 0.0
    for path in sorted(path for folder in folders for path in Path(folder).rglob("*") if path.is_file()):
        data = path.read_bytes()
        if not data:
            continue
        count += 1
        for run in TARGETS[name]:
            # What is told of megabytes of tiny records is the cost of records, not of a trap: so much of an input is read once.
            started = time.process_time()
            run((data * (SIZE // len(data) + 1))[:SIZE])
            seconds = time.process_time() - started
            worst = max(worst, seconds)
            if seconds > ALLOWED:
                slow += 1
                print(f"{path}: {seconds:.1f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"{name}: {count} inputs, each a megabyte; the slowest took {worst:.2f} s; peak memory {peak / 1e6:.0f} MB")
    return int(slow > 0 or peak > MEMORY)


if __name__ == "__main__":
    sys.exit(main())
