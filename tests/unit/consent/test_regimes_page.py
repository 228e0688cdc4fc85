"""The page on the regimes is what its script makes of the files."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from canonical_contact.consent import NOTICE
from canonical_contact.consent.regimes import REGIMES

ROOT = Path(__file__).parents[3]


def test_the_page_is_fresh_and_says_what_the_rules_are_not() -> None:
    spec = importlib.util.spec_from_file_location("build_regimes_page", ROOT / "scripts" / "build_regimes_page.py")
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    ((path, text),) = script.made().items()
    assert (ROOT / path).read_text(encoding="utf-8") == text, "run `make generate`"
    assert NOTICE in text
    for regime in REGIMES.by_id.values():
        assert all(source in text for source in regime.sources)
