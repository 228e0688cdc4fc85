"""What every test run shares: examples in pages and docstrings are tests, and browser tests need a browser."""

from __future__ import annotations

import doctest
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings
from sybil import Sybil
from sybil.parsers.doctest import DocTestParser
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

# Two workers share two cores here: a slow example says nothing about the code.
settings.register_profile("unhurried", deadline=None)
if not os.environ.get("CI"):  # Hypothesis chooses its own profile there: the same examples in every run
    settings.load_profile("unhurried")

_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_BROWSER_NEEDS = ("chromium", "chromedriver")


def _at_the_root(_: dict[str, object]) -> None:
    """Let the examples of a page start from the root of the project, whatever ran before."""
    os.chdir(Path(__file__).resolve().parent)


_pages = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=_FLAGS), SkipParser()],
    patterns=["README.md", "docs/*.md", "docs/**/*.md"],
    setup=_at_the_root,
)
_docstrings = Sybil(parsers=[DocTestParser(optionflags=_FLAGS)], path="src", pattern="*.py", excludes=["**/__main__.py"])
pytest_collect_file = (_pages + _docstrings).pytest()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one flag for golden files."""
    parser.addoption(
        "--regenerate", action="store_true", help="write golden files anew, but for those of a published schema version"
    )


@pytest.fixture(scope="session")
def regenerate(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written anew."""
    return bool(request.config.getoption("--regenerate"))


def _missing_browser() -> list[str]:
    return [name for name in _BROWSER_NEEDS if shutil.which(name) is None]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave browser tests out where there is no browser, unless the environment demands them."""
    if not (missing := _missing_browser()):
        return
    browser = [item for item in items if item.get_closest_marker("browser")]
    if browser and os.environ.get("CANONICAL_CONTACT_REQUIRE_BROWSER"):
        raise pytest.UsageError(f"Browser tests are required; not installed: {', '.join(missing)}.")
    if browser:
        items[:] = [item for item in items if item not in browser]
        config.hook.pytest_deselected(items=browser)


def pytest_report_header() -> str | None:
    """Say at the top of the run what is left out, and how to have it."""
    if missing := _missing_browser():
        return f"browser tests are left out; not found: {', '.join(missing)} (Debian: apt-get install chromium chromium-driver)"
    return None
