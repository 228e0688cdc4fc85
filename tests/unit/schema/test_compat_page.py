"""docs/schema/compatibility.md says what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from canonical_contact.schema.compat import MODES, READERS, RULES
from canonical_contact.schema.proposal import TRANSITIONS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "schema" / "compatibility.md").read_text("utf-8")


def word(holds: bool) -> str:
    return "ok" if holds else "no"


def test_the_table_of_rules_is_that_of_the_code() -> None:
    listed = PAGE.partition("<!-- rules:")[2].partition("<!-- end of rules -->")[0].splitlines()[3:]
    assert listed == [
        f"| `{name}` | {word(rule.backward)} | {word(rule.forward)} | {rule.bump} | {rule.why} |" for name, rule in RULES.items()
    ]


def test_every_mode_and_kind_of_reader_is_explained() -> None:
    assert all(f"`{name}`" in PAGE for name in (*MODES, *READERS))


def test_the_table_of_acts_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\w, ]+) \| (\w+)", PAGE, re.MULTILINE)
    told = {act: (before.split(", "), after) for act, before, after in rows if act in TRANSITIONS}
    assert told == {
        str(act): ([str(status) for status in moves], str(next(iter(moves.values())))) for act, moves in TRANSITIONS.items()
    }
