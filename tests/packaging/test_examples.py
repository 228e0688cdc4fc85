"""The example programs run, and say what they should."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_two_systems_become_people_whom_we_may_write_to() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES / "two_systems.py"], capture_output=True, text=True, encoding="utf-8", check=True
    )
    first, *allowed = done.stdout.splitlines()
    assert first.startswith("232 records, ")
    assert allowed
    assert all("express_consent" in line or "opt_out_regime" in line for line in allowed)


def test_what_is_asked_of_the_bare_wheel_holds_here_too() -> None:
    script = Path(__file__).with_name("wheel_smoke.py")
    done = subprocess.run([sys.executable, "-W", "error", script], capture_output=True, text=True, check=True)
    assert "works without extras" in done.stdout
