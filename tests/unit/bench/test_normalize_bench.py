"""The bench of the normalisers judges as its tables say, and names what it measured."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any

import normalize_data as data
import pytest
from normalize_judge import same_core, same_country, same_date, same_name, same_postcode
from normalize_subjects import Subject

TOUGH = Path(__file__).parent.parent / "normalize" / "data" / "tough-names.csv"
PLAIN = Subject("plain", lambda row: row, lambda found: found)
HINTED = Subject("hinted", lambda row: row, lambda found: found, hints=True)


def test_the_tough_names_of_the_bench_are_those_of_the_tests() -> None:
    assert (data.DATA / "names_tough.csv").read_bytes() == TOUGH.read_bytes()


@pytest.mark.parametrize("path", sorted(data.DATA.glob("*.csv")), ids=lambda path: str(path.stem))
def test_every_row_of_a_table_is_whole_and_stands_once(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len({tuple(row[:-1]) for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("row", "answer", "subject", "right"),
    [
        ({"given": "Ana", "family": "Sá"}, ("ANA", "sá"), PLAIN, True),
        ({"given": "Ana", "family": "Sá"}, ("Ana", ""), PLAIN, False),
        ({"given": "Ana", "family": "Sá"}, None, PLAIN, False),
        ({"given": "Taro", "family": "Yamada", "given_or": "Yamada", "family_or": "Taro"}, ("Yamada", "Taro"), PLAIN, True),
        ({"given": "Taro", "family": "Yamada", "given_or": "Yamada", "family_or": "Taro", "hint_language": "ja"}, ("Yamada", "Taro"), HINTED, False),
        ({"given": "", "family": "Wagner", "given_or": "-", "family_or": "-"}, ("", ""), PLAIN, True),
    ],
)  # fmt: skip
def test_names(row: dict[str, str], answer: Any, subject: Subject, right: bool) -> None:
    assert same_name(row, answer, subject) is right


def test_the_other_kinds() -> None:
    core = {"input": "Acme & Sons Ltd", "core": "Acme & Sons", "core_or": ""}
    assert same_core(core, ("acme and sons", "Acme & Sons Ltd"), PLAIN)
    assert not same_core(core, ("acme and sons", "Acme & Sons"), PLAIN)  # the name itself is beheaded
    assert not same_core(core, ("acme sons ltd", None), PLAIN)
    assert same_country({"code": "?"}, ("", 0.0, True), PLAIN)
    assert not same_country({"code": "?"}, ("KR", 1.0, True), PLAIN)
    assert same_country({"code": "GE?"}, ("GE", 0.6, True), PLAIN)
    assert not same_country({"code": ""}, ("", 0.0, False), PLAIN)  # a text that is emptied without a word
    assert same_postcode({"postcode": ""}, ("12345", True), PLAIN)
    assert not same_postcode({"postcode": ""}, ("12345", False), PLAIN)
    assert same_date({"expected": "?"}, ("2024-03-04", True), PLAIN)
    assert not same_date({"expected": "--03-01"}, ("2026-03-01", False), PLAIN)


def test_a_goal_that_is_not_measured_is_not_reached() -> None:
    import normalize as bench

    told = {"name": {"tables": {}, "rates": {}, "missing": ["nameparser"]}}
    reached = bench.goals(told)
    assert [one["reached"] for one in reached] == [False] * len(reached)


def test_it_runs(capsys: pytest.CaptureFixture[str]) -> None:
    import normalize as bench

    assert bench.main(["country", "organization", "--repeats", "1"]) == 0
    assert "goals" in capsys.readouterr().out
    assert isinstance(bench.REPORTS["date"](argparse.Namespace(repeats=1), data.World()), dict)


def test_numbers_are_made_of_every_region() -> None:
    rows = data.phone_rows((), 600)
    assert len(rows) == 600
    assert len({row["region"] for row in rows}) > 150
