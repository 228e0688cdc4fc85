"""docs/survivorship.md names every strategy with its options, and every field with what ships for it."""

from __future__ import annotations

import re
from pathlib import Path

from canonical_contact.merge import DEFAULT_SURVIVORSHIP, STRATEGIES
from canonical_contact.merge.policy import KINDS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "survivorship.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| `")]


def test_every_strategy_stands_in_the_table_with_its_options() -> None:
    text = PAGE.partition("\n## Strategies\n")[2].partition("\n## ")[0]
    named = {name for row in rows("Strategies") for name in re.findall(r"`(\w+)`", row[0])}
    assert named | {"smallest", "union"} == set(STRATEGIES)
    for name, one in STRATEGIES.items():
        assert all(f"`{option}`" in text for option in one.options), name


def test_every_field_stands_in_the_table_with_its_rule() -> None:
    told: dict[str, str] = {}
    for fields, rule, *_ in rows("What ships"):
        strategy = re.findall(r"`(\w+)`", rule)[0]
        told |= dict.fromkeys(re.findall(r"`([\w.]+)`", fields), "smallest" if strategy == "min" else strategy)
    lists = {path for path, kind in KINDS.items() if kind == "list"}
    assert told.keys() | lists == set(KINDS)
    assert {path: DEFAULT_SURVIVORSHIP.rule(path).strategy for path in told} == told
    assert {DEFAULT_SURVIVORSHIP.rule(path).strategy for path in lists} == {"union"}
