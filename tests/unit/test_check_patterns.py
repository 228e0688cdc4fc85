"""The check of the patterns finds what backtracks badly, and lets pass what does not."""

from __future__ import annotations

import importlib.util
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "check_patterns.py"


@pytest.fixture(scope="module")
def check() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("check_patterns", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    before = signal.signal(signal.SIGPROF, module.ring)
    yield module
    signal.signal(signal.SIGPROF, before)


def bad(check: ModuleType, pattern: str, *methods: str) -> bool:
    place = check.Place(pattern, re.compile(pattern).flags, "here")
    place.methods |= set(methods)
    return bool(check.judged(place, static=False)[1])


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"(?:a+)+b", "match"),
        (r"(?:a|a)*b", "match"),
        (r"(?:\w+\s?)*;", "fullmatch"),
        (r"\s+\Z", "sub"),
        (r"\s*,\s*", "split"),
        (r"x\d*\d*\d*\Z", "match"),
        (r"<[^>]*>", "search"),
    ],
)
def test_what_backtracks_badly_is_found(check: ModuleType, pattern: str, method: str) -> None:
    assert bad(check, pattern, method)


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"\s+\Z", "match"),
        (r"(?<!\s)\s+\Z", "sub"),
        (r"[a-z]+(?:-[a-z]+)*\Z", "match"),
        (r"\d{1,4}\.", "finditer"),
        (r"(?:a|b|cd)+;", "match"),
    ],
)
def test_what_is_linear_passes(check: ModuleType, pattern: str, method: str) -> None:
    assert not bad(check, pattern, method)


def test_patterns_are_found_where_they_are_named(check: ModuleType) -> None:
    places, _ = check.collect(check.modules(["normalize._text"]))
    assert places
    assert all(
        re.fullmatch(r"src/canonical_contact/normalize/_text\.py:\d+.*", place.where.replace("\\", "/")) for place in places
    )


def test_a_sample_is_taken_by_its_pattern(check: ModuleType) -> None:
    for pattern in (r"(?:ab|c)\d{3}[x-z]", r"[^a]+;", r"\w\s\S"):
        assert re.match(pattern, check.sample(check.parser.parse(pattern)))
