"""Tables of names: what a careful data steward would make of each."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from canonical_contact.normalize import name

DATA = Path(__file__).parent / "data"
PARTS = ("title", "given", "given2", "surname", "generation", "credential")


def rows(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def hints_of(row: dict[str, str]) -> dict[str, str]:
    pairs = (hint.partition("=") for hint in row["hints"].split(";") if hint)
    return {hint: value for hint, _, value in pairs}


@pytest.mark.parametrize("row", rows("names_parts.csv"), ids=lambda row: f"{row['input']} {row['hints']}".strip())
def test_parts(row: dict[str, str]) -> None:
    found = name(row["input"], **hints_of(row))
    assert found.value is not None
    assert {part: getattr(found.value, part) for part in PARTS} == {part: row[part] for part in PARTS}
    codes = {problem.code for problem in found.problems}
    if row["codes"] != "any":
        assert codes >= set(filter(None, [row["codes"]]))
        assert ("name.order_guessed" in codes) == (row["codes"] == "name.order_guessed")
    assert bool(found.alternatives) == ("name.order_guessed" in codes)
    if found.alternatives:
        assert found.confidence < 0.9


@pytest.mark.parametrize("row", rows("names_nobody.csv"), ids=lambda row: str(row["input"]))
def test_nobody(row: dict[str, str]) -> None:
    found = name(row["input"])
    assert found.value is None
    assert found.keys == ()
    assert found.raw == row["input"]
    assert row["code"] in [problem.code for problem in found.problems]
