from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from canonical_contact.cli._exit import Exit
from command_line import Call

MEMBERS = "no;Name;E-Mail;Ort\n17;Ruiz, Ana;ana@x.es;Madrid\n18;Berg, Eva;eva@x.de;Bonn\n19;Cy King;cy@x.uk;York\n"
DONORS = "email,name,town\neva@x.de,Eva Berg,Bonn\n,Nobody Known,Ulm\nANA@x.es,Ana Ruiz,Madrid\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    left, right = tmp_path / "members.csv", tmp_path / "donors.csv"
    left.write_text(MEMBERS)
    right.write_text(DONORS)
    return left, right


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_one_row_a_link_with_the_columns_of_both(call: Call, files: tuple[Path, Path]) -> None:
    done = call("link", *files, "-o", "-")
    assert done.code == 0
    rows = read(done.out)
    assert list(rows[0]) == [
        "left_row", "right_row", "confidence", "left_no", "left_Name", "left_E-Mail", "left_Ort", "right_email", "right_name", "right_town",
    ]  # fmt: skip
    assert [(row["left_row"], row["right_row"]) for row in rows] == [("1", "3"), ("2", "1")]
    assert [(row["left_Name"], row["right_name"]) for row in rows] == [("Ruiz, Ana", "Ana Ruiz"), ("Berg, Eva", "Eva Berg")]
    assert "Links  2, between 3 and 3 rows" in done.err


def test_all_writes_the_rows_without_a_partner(call: Call, files: tuple[Path, Path], tmp_path: Path) -> None:
    rows = read(call("link", *files, "-o", "-", "--all").out)
    assert [(row["left_row"], row["right_row"], row["right_name"]) for row in rows][2] == ("3", "", "")
    target = tmp_path / "links.parquet"
    assert call("link", *files, "-o", target, "--all").code == 0
    assert pq.read_table(target)["right_row"].to_pylist() == [3, 1, None]


def test_json_and_review(call: Call, files: tuple[Path, Path], tmp_path: Path) -> None:
    out, review = tmp_path / "links.csv", tmp_path / "review.csv"
    said = json.loads(call("link", *files, "-o", out, "--review", review, "--match-at", "1", "--json").out)
    assert said["left"]["rows"] == said["right"]["rows"] == 3
    assert said["outputs"] == {"links": str(out), "review": str(review)}
    rows = read(review.read_text("utf-8"))
    assert len(rows) == said["review"]
    assert all(row["same_person"] == "" for row in rows)


def test_the_same_name_with_either_prefix_gets_a_number(call: Call, tmp_path: Path) -> None:
    left, right = tmp_path / "a.csv", tmp_path / "b.csv"
    left.write_text("row,name,email\nx,Ana Ruiz,ana@x.es\n")
    right.write_text("name,email\nAna Ruiz,ana@x.es\n")
    assert call("link", left, right, "-o", "-").out.splitlines()[0].split(",")[:5] == [
        "left_row", "right_row", "confidence", "left_row_2", "left_name",
    ]  # fmt: skip


def test_mappings_of_both_sides(call: Call, files: tuple[Path, Path], tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text('[columns]\n"name" = "name.full"\n[others]\nignore = ["email", "town"]\n')
    done = call("link", *files, "-o", tmp_path / "links.csv", "--map-right", mapping, "--json")
    columns = json.loads(done.out)["right"]["columns"]
    assert [one["role"] for one in columns] == ["ignored", "field", "ignored"]


def test_what_cannot_be_used_is_said_in_one_line(call: Call, files: tuple[Path, Path], tmp_path: Path) -> None:
    left, right = files
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    for arguments, code in (
        ((left, empty, "-o", "-"), Exit.NOTHING_READ),
        ((left, tmp_path / "none.csv", "-o", "-"), Exit.NOTHING_READ),
        ((left, right, "-o", right), Exit.USAGE),
        ((left, right, "-o", "links.xlsx"), Exit.USAGE),
        ((left, right), Exit.USAGE),
    ):
        done = call("link", *arguments)
        assert (done.code, len(done.err.splitlines())) == (code, 1)
