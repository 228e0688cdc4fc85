"""What all tests share: those that need Chromium are left out where it is absent, and a line says so."""

from __future__ import annotations

import os
import shutil

import pytest

REQUIRE = "CANONICAL_CONTACT_REQUIRE_BROWSER"


def missing_browser() -> str:
    """Name what a browser test needs and this machine lacks; empty where nothing is missing."""
    absent = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return " and ".join(absent)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    missing = missing_browser()
    if not missing:
        return
    needing = [item for item in items if item.get_closest_marker("browser")]
    if needing and os.environ.get(REQUIRE) == "1":
        raise pytest.UsageError(f"{missing} not found, and {REQUIRE}=1 requires the browser tests.")
    config.hook.pytest_deselected(items=needing)
    items[:] = [item for item in items if item not in needing]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missing = missing_browser()
    if missing:
        terminalreporter.write_line(
            f"browser tests left out: {missing} not found (Debian: apt-get install chromium chromium-driver)"
        )
