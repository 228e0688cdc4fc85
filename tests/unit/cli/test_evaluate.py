from __future__ import annotations

import csv
import json
from pathlib import Path

import click
import pytest

from canonical_contact.cli._exit import Exit
from canonical_contact.cli.evaluate import COMMANDS, command
from command_line import Call

PEOPLE = Path(__file__).parents[3] / "examples" / "people.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def sheet(call: Call, tmp_path: Path) -> Path:
    path = tmp_path / "sheet.csv"
    assert call("evaluate", "round", PEOPLE, "-o", path, "--pairs", "30").code == 0
    return path


def judge(sheet: Path, target: Path) -> None:
    """Fill a sheet in as people who know the truth do, and save it as a German spreadsheet does."""
    truth = {f"people:{row['id']}": row["truth"] for row in rows(PEOPLE)}
    with target.open("w", encoding="cp1252", errors="replace", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows(sheet)[0]), delimiter=";")
        writer.writeheader()
        for row in rows(sheet):
            writer.writerow(row | {"verdict": "match" if truth[row["left"]] == truth[row["right"]] else "no"})


def test_the_matching_is_measured_by_a_column(call: Call) -> None:
    done = call("evaluate", "truth", PEOPLE, "--truth", "truth")
    assert done.code == 0
    assert done.out.startswith("72 records\npairs: precision ")
    assert "B-cubed records: " in done.out
    said = json.loads(call("evaluate", "truth", PEOPLE, "--truth", "truth", "--json").out)
    assert said["pairs"]["precision"] > 0.9
    assert said["pairs"]["recall"] > 0.5


def test_the_truth_is_no_evidence_whatever_it_is_called(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name,email,nif\nAna Ruiz,ana@x.es,A1\nEva Berg,eva@x.de,A1\n")
    said = json.loads(call("evaluate", "truth", path, "--truth", "nif", "--json").out)
    assert (said["pairs"]["found"], said["pairs"]["true"]) == (0, 1)


def test_clusters_of_any_program_are_measured(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("who,group\na,1\na,1\nb,1\nb,2\n,2\n")
    said = json.loads(call("evaluate", "truth", path, "--truth", "who", "--cluster", "group", "--json").out)
    assert (said["pairs"]["right"], said["pairs"]["found"], said["pairs"]["true"]) == (1, 3, 2)
    assert (said["records"], said["unlabelled"]) == (4, 1)


def test_the_page_shows_mistakes_and_what_misled(call: Call, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert call("evaluate", "truth", PEOPLE, "--truth", "truth", "--match-at", "1", "--page", page).code == 0
    text = page.read_text("utf-8")
    for said in ("Measures against the truth", "What another threshold would do", "Missed", "people:c1"):
        assert said in text
    marked = tmp_path / "marked.csv"
    marked.write_text("name,email,who,group\nAna Ruiz,ana@x.es,a,1\nAna Ruiz,ana@x.es,a,2\nEva Berg,eva@x.de,b,2\n")
    assert call("evaluate", "truth", marked, "--truth", "who", "--cluster", "group", "--page", page).code == 0
    assert "Wrongly merged" in page.read_text("utf-8")


def test_a_round_does_not_show_scores_or_the_truth(sheet: Path) -> None:
    drawn = rows(sheet)
    assert list(drawn[0])[:6] == ["pair", "left", "right", "verdict", "left_name", "right_name"]
    assert not any("truth" in name or "score" in name or "cluster" in name for name in drawn[0])
    assert all(row["verdict"] == "" for row in drawn)
    assert len(drawn) == len(json.loads((sheet.parent / "sheet.round.json").read_text("utf-8"))["pairs"])


def test_the_answers_to_a_round_become_estimates(call: Call, sheet: Path, tmp_path: Path) -> None:
    judged, page = tmp_path / "judged.csv", tmp_path / "judged.html"
    judge(sheet, judged)
    kept = tmp_path / "sheet.round.json"
    done = call("evaluate", "labels", judged, "--round", kept, "--page", page)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("estimated from ")
    assert "Estimate from judged pairs" in page.read_text("utf-8")
    said = json.loads(call("evaluate", "labels", judged, "--round", kept, "--json").out)
    assert said["precision"]["low"] <= said["precision"]["value"] <= said["precision"]["high"]
    assert said["judged"] == len(rows(sheet))
    assert said["unjudged"] == 0


def test_a_sheet_without_answers_or_without_its_round(call: Call, sheet: Path, tmp_path: Path) -> None:
    for arguments, says in (
        ((sheet,), "holds no answer"),
        ((sheet, "--round", tmp_path / "none.json"), "There is no file"),
        ((sheet, "--round", sheet), "is no round of labelling"),
        ((tmp_path / "none.csv", "--round", tmp_path / "sheet.round.json"), "There is no file"),
    ):
        done = call("evaluate", "labels", *arguments)
        assert (done.code, len(done.err.splitlines())) == (Exit.NOTHING_READ, 1)
        assert says in done.err


def test_what_is_misspelt_in_a_sheet_is_told(call: Call, sheet: Path, tmp_path: Path) -> None:
    judged = tmp_path / "sheet.csv"
    judge(sheet, tmp_path / "judged.csv")
    lines = (tmp_path / "judged.csv").read_text("cp1252").splitlines()
    lines[1] = lines[1].replace(";match;", ";perhaps;", 1).replace(";no;", ";perhaps;", 1)
    judged.write_text("\n".join(lines) + "\n", "utf-8")
    done = call("evaluate", "labels", judged)
    assert done.code == 0
    assert "A verdict is one of match, no_match, unsure." in done.err


def test_wrong_usage_is_one_line(call: Call, tmp_path: Path) -> None:
    for arguments, code in (
        (("truth", PEOPLE, "--truth", "nobody"), Exit.NOTHING_READ),
        (("truth", PEOPLE), Exit.USAGE),
        (("round", PEOPLE, "-o", "-"), Exit.USAGE),
        (("round", PEOPLE, "-o", PEOPLE), Exit.USAGE),
        (("round", PEOPLE, "-o", tmp_path / "s.csv", "--pairs", "1"), Exit.NOTHING_READ),
    ):
        done = call("evaluate", *arguments)
        assert (done.code, len(done.err.splitlines())) == (code, 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_of_commands_names_every_option(name: str) -> None:
    page = (Path(__file__).parents[3] / "docs" / "cli.md").read_text("utf-8")
    section = page.split("## `evaluate`\n")[1].split("\n## ")[0]
    assert isinstance(command, click.Group)
    found = command.get_command(click.Context(command), name)
    assert found is not None
    options = {option for one in found.params if isinstance(one, click.Option) for option in one.opts if option.startswith("--")}
    assert {option for option in options - {"--help", "--json", "--output"} if option not in section} == set()
