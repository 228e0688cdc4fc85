"""The command line, called in the same process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from canonical_contact.cli import main
from command_line import Call, Outcome, fill


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*arguments: str | Path) -> Outcome:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "contacts.db"
    fill(path)
    return path


@pytest.fixture
def unified(tmp_path: Path, call: Call) -> Callable[[str], Path]:
    """Make a store of an export from HubSpot, which stays beside it."""

    def make(text: str) -> Path:
        (tmp_path / "hubspot.csv").write_text(text, "utf-8")
        path = tmp_path / "contacts.db"
        assert call("unify", tmp_path / "hubspot.csv", "--store", path, "--at", "2026-07-01").code == 0
        return path

    return make


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let a package look as if it were not installed."""
    import importlib.util

    real = importlib.util.find_spec

    def hide(*names: str) -> None:
        def find(name: str, package: str | None = None) -> object:
            return None if name in names else real(name, package)

        monkeypatch.setattr("canonical_contact.cli.find_spec", find)
        monkeypatch.setattr("canonical_contact.report._html.find_spec", find)

    return hide
