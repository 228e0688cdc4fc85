"""Every command of docs/dedupe.md runs in the order of the page, from a folder that has the examples, and says what the page shows."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

import pytest

from command_line import Call

ROOT = Path(__file__).parents[3]
_BLOCK = re.compile(r"^```\n(\$ .*?)^```", re.MULTILINE | re.DOTALL)
_TO_FILL = {"sheet.csv": "verdict", "doubtful.csv": "same_person"}  # people fill these before they go back in
_READS_FILLED = ("--labels", "labels")


def commands() -> list[tuple[list[str], list[str]]]:
    """The words of each command, and the lines that are shown below it."""
    found: list[tuple[list[str], list[str]]] = []
    for block in _BLOCK.findall((ROOT / "docs" / "dedupe.md").read_text("utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((shlex.split(line[2:], comments=True), []))
            elif line != "…":
                found[-1][1].append(line)
    return found


def fill(path: Path, column: str) -> None:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = csv.reader(stream)
    place = header.index(column)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *([*row[:place], "match", *row[place + 1 :]] for row in rows)])


def test_the_page(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    told = commands()
    assert len(told) > 10
    for (program, *words), shown in told:
        assert program == "canonical-contact"
        for name, column in _TO_FILL.items():
            if name in words and not set(words).isdisjoint(_READS_FILLED):
                fill(tmp_path / name, column)
        done = call(*words)
        assert done.code == 0, (words, done.err)
        lines = [line.rstrip() for line in (done.out + done.err).splitlines()]
        assert [line for line in shown if line not in lines] == []


def test_the_figures_of_the_page_are_those_of_the_example(call: Call, tmp_path: Path) -> None:
    page = " ".join((ROOT / "docs" / "dedupe.md").read_text("utf-8").split())
    people = ROOT / "examples" / "people.csv"
    review = tmp_path / "doubtful.csv"
    assert call("dedupe", people, "-o", tmp_path / "out.csv", "--review", review).code == 0
    with review.open(encoding="utf-8", newline="") as stream:
        asked = list(csv.DictReader(stream))
    assert all(row["left_truth"] == row["right_truth"] for row in asked)
    right = r"\((\d+) right, (\d+) wrong, (\d+) missed\)"
    usual, lower = (
        re.findall(right, call("evaluate", "truth", people, "--truth", "truth", *more).out)[0]
        for more in ((), ("--match-at", "0.2"))
    )
    true = int(usual[0]) + int(usual[2])
    assert f"Here {usual[0]} of {true} pairs are joined and none wrongly" in page
    assert f"the {len(asked)} pairs in `doubtful.csv` are all among the {usual[2]} missed" in page
    assert f"with `--match-at 0.2` it is {lower[0]} of {true} here" in page
