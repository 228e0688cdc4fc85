"""The script that holds our own versions together."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_schema", ROOT / "scripts" / "check_schema.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def version(number: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    return number, {"$id": f"urn:x:{number}", "type": "object", "properties": fields}


TEXT = {"type": "string"}


def test_our_own_versions_go_together(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert script.main([]) == 0
    assert "1.0 to 1.1: full-transitive ok" in capsys.readouterr().out


def test_a_break_within_a_major_version_is_found_also_against_earlier_ones(script: ModuleType) -> None:
    published = [version("1.0", a={"type": ["string", "null"]}), version("1.1"), version("1.2", a=TEXT)]
    lines, well = script.report(published, "full-transitive", "ignore_unknown")
    assert not well
    assert lines[-1].startswith("  type.narrowed at $.a against 1.0: ")
    assert lines[1] == "1.1 to 1.2: full-transitive BROKEN, needed: addition"


def test_a_new_major_version_may_break_but_not_pass_for_a_minor(script: ModuleType) -> None:
    published = [version("1.0", a=TEXT), version("2.0", a={"type": "integer"}), version("2.1", a=TEXT)]
    lines, well = script.report(published[:2], "full-transitive", "ignore_unknown")
    assert (well, lines) == (True, ["1.0 to 2.0: none ok, needed: model"])
    lines, well = script.report(published, "full-transitive", "ignore_unknown")
    assert not well
    assert any("version.bump_too_small" in line for line in lines)


def test_one_version_has_nothing_to_go_with(script: ModuleType) -> None:
    assert script.report([version("1.0")], "full-transitive", "ignore_unknown") == (["There is one version only."], True)
