"""What the fuzz targets share: inputs as files, and limits on time that hold for an instrumented process, too."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import atheris

EXACT = bool(os.environ.get("EXACT"))  # whether what is written must be read back equal, or it counts as a find
ALLOWED = 5.0  # seconds for one input; instrumented code is several times as slow


def fuzz(target: Callable[[bytes], None]) -> None:
    """Run a target until libFuzzer's limits end it; whatever it raises is a find."""

    def timed(data: bytes) -> None:
        started = time.process_time()
        target(data)
        seconds = time.process_time() - started
        if seconds > ALLOWED:
            raise TimeoutError(f"{seconds:.1f} s for {len(data)} bytes")

    atheris.Setup(sys.argv, timed)
    atheris.Fuzz()


def as_file(data: bytes, name: str) -> Path:
    """Put an input where a reader of files finds it; there is one at a time."""
    path = Path(_FOLDER.name) / name
    path.write_bytes(data)
    return path


_FOLDER = tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
