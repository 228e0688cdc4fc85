from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from canonical_contact.cli._exit import Exit
from canonical_contact.formats._cells import restore
from command_line import Call

PEOPLE = Path(__file__).parents[3] / "examples" / "people.csv"
SHEET = """Vorname;Nachname;E-Mail;Straße;PLZ;Ort;Telefon;Geburtstag
Jörg;Müller;joerg@x.de;Weg 1;10115;Berlin;030 1234567;1.2.1970
Joerg;Mueller;Joerg@X.de;Weg 1;10115;Berlin;;01.02.1970
Anna;Schmidt;;Ring 7;80331;München;;
Kai;Berg;=1+1@x.de;;;;12;32.13.1999
"""


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A file as a German spreadsheet saves it."""
    path = tmp_path / "blatt.csv"
    path.write_text(SHEET, "cp1252")
    return path


def test_every_row_comes_out_as_it_is_with_its_cluster(call: Call, sheet: Path, tmp_path: Path) -> None:
    done = call("dedupe", sheet, "-o", tmp_path / "out.csv", "--region", "DE")
    assert (done.code, done.out) == (0, "")
    header, *rows = table(tmp_path / "out.csv")
    given = [line.split(";") for line in SHEET.splitlines()]
    assert header == [*given[0], "cluster_id", "confidence"]
    assert [[restore(cell) for cell in row[:-2]] for row in rows] == given[1:]
    assert [row[-2] for row in rows] == ["1", "1", "2", "3"]
    assert all(0 <= float(row[-1]) <= 1 for row in rows)
    assert "Rows   4, of 3 people: 1 duplicate in 1 cluster" in done.err
    assert "Vorname     name.given" in done.err
    assert "Keys   " in done.err


def test_problems_are_told_with_line_and_column(call: Call, sheet: Path) -> None:
    done = call("dedupe", sheet, "-o", "-")
    assert f"note: {sheet}:5: column Geburtstag: There is no such day." in done.err
    assert f"note: {sheet}:5: column Telefon: A number has at least five digits." in done.err


def test_no_cell_and_no_name_runs_in_a_spreadsheet(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('name,email,=HYPERLINK("x")\n=cmd(),ana@x.de,+1\nAna Ruiz,ana@x.de,-2\n')
    assert call("dedupe", path, "-o", tmp_path / "out.csv", "--review", tmp_path / "review.csv").code == 0
    for name in ("out.csv", "review.csv"):
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in table(tmp_path / name) for cell in row)


def test_rows_without_a_value_stay_and_numbers_keep_their_point(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("name,email,zip\nAna Ruiz,ana@x.es,4011.0\n,,\nEva Berg,eva@x.de,5300.0\n\n")
    done = call("dedupe", path, "-o", "-")
    assert [line.split(",")[:4] for line in done.out.splitlines()[1:]] == [
        ["Ana Ruiz", "ana@x.es", "4011.0", "1"],
        ["", "", "", "2"],
        ["Eva Berg", "eva@x.de", "5300.0", "3"],
    ]


def test_a_column_of_ours_that_is_there_already_is_kept(call: Call, sheet: Path, tmp_path: Path) -> None:
    once, twice = tmp_path / "once.csv", tmp_path / "twice.csv"
    assert call("dedupe", sheet, "-o", once).code == 0
    done = call("dedupe", once, "-o", twice)
    assert table(twice)[0][-4:] == ["cluster_id", "confidence", "cluster_id_2", "confidence_2"]
    assert [row[-2] for row in table(twice)] == ["cluster_id_2", "1", "1", "2", "3"]
    assert "ours is called cluster_id_2" in done.err
    assert "are no evidence" in done.err


def test_json_says_what_the_lines_say(call: Call, sheet: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    said = json.loads(call("dedupe", sheet, "-o", out, "--json").out)
    assert (said["rows"], said["clusters"], said["duplicates"], said["clusters_of_several"]) == (4, 3, 1, 1)
    assert said["outputs"] == {"rows": str(out)}
    assert said["columns"][0] | {"confidence": 0, "reason": ""} == {
        "name": "Vorname", "role": "field", "path": "name.given", "kind": "", "confidence": 0, "reason": "", "alternatives": {},
    }  # fmt: skip
    assert {one["key"] for one in said["keys"]} >= {"email", "two words of the name"}
    assert said["problems"]["date.invalid"] == 1


def test_parquet_keeps_the_types_of_its_columns(call: Call, tmp_path: Path) -> None:
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.table({"name": ["Ana Ruiz", "Ana Ruiz"], "email": ["ana@x.es"] * 2, "age": pa.array([3, None])}), source)
    assert call("dedupe", source, "-o", target).code == 0
    made = pq.read_table(target)
    assert made.schema.field("age").type == pa.int64()
    assert made["cluster_id"].to_pylist() == [1, 1]
    assert call("dedupe", source, "-o", tmp_path / "out.csv").code == 0
    assert table(tmp_path / "out.csv")[2][:3] == ["Ana Ruiz", "ana@x.es", ""]


def test_a_csv_becomes_parquet(call: Call, sheet: Path, tmp_path: Path) -> None:
    assert call("dedupe", sheet, "-o", tmp_path / "out.parquet").code == 0
    assert pq.read_table(tmp_path / "out.parquet")["Vorname"].to_pylist() == ["Jörg", "Joerg", "Anna", "Kai"]


def test_the_plan_is_shown_and_written_to_be_edited(call: Call, sheet: Path, tmp_path: Path) -> None:
    done = call("dedupe", sheet, "--plan")
    assert "Geburtstag" in done.out
    assert "birthday" in done.out
    made = tmp_path / "plan.toml"
    assert call("dedupe", sheet, "--plan", "-o", made).code == 0
    made.write_text(made.read_text("utf-8").replace('"E-Mail" = "emails[].address"', '"E-Mail" = "nicknames[]"'), "utf-8")
    columns = json.loads(call("dedupe", sheet, "--plan", "--map", made, "--json").out)["columns"]
    assert [one["path"] for one in columns if one["name"] == "E-Mail"] == ["nicknames[]"]
    assert call("dedupe", sheet, "-o", "-", "--map", made).code == 0
    assert call("dedupe", sheet, "--plan", "-o", tmp_path / "plan.csv").code == Exit.USAGE
    assert call("dedupe", sheet, "--plan", "-o", "-").out.startswith("# ")


def test_doubtful_pairs_stand_side_by_side(call: Call, tmp_path: Path) -> None:
    review = tmp_path / "review.csv"
    done = call("dedupe", PEOPLE, "-o", tmp_path / "out.csv", "--review", review, "--match-at", "1")
    header, *rows = table(review)
    assert header[:6] == ["score", "reason", "left_row", "right_row", "left_id", "right_id"]
    assert header[-1] == "same_person"
    assert rows
    assert all(row[-1] == "" and row[0] and row[1] for row in rows)
    people = table(PEOPLE)[1:]
    assert all(row[4] == people[int(row[2]) - 1][0] for row in rows)
    scores = [float(row[0]) for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert f"{len(rows):,} to review, written to {review}" in done.err


def test_a_higher_threshold_joins_fewer(call: Call) -> None:
    def clusters(*more: str) -> int:
        return len({line.split(",")[-2] for line in call("dedupe", PEOPLE, "-o", "-", *more).out.splitlines()[1:]})

    assert clusters("--match-at", "0.2") <= clusters() < clusters("--match-at", "1")


def test_a_policy_of_one_s_own(call: Call, tmp_path: Path, sheet: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('version = "mine/1"\n[[must_not]]\nname = "never"\nlevels.email = ["same"]\n')
    done = call("dedupe", sheet, "-o", "-", "--policy", policy)
    assert [line.split(",")[-2] for line in done.out.splitlines()[1:]] == ["1", "2", "3", "4"]
    policy.write_text("nonsense = 1\n")
    done = call("dedupe", sheet, "-o", "-", "--policy", policy)
    assert (done.code, len(done.err.splitlines())) == (Exit.USAGE, 1)
    assert call("dedupe", sheet, "-o", "-", "--policy", tmp_path / "none.toml").code == Exit.USAGE


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"name,email\n", "holds no row"),
        (bytes(range(256)) * 20, "is no table"),
        (b"PAR1garbage", "cannot be read"),
        (b"a,b\n1,2\n3,4\n", "tells who somebody is"),
    ],
)
def test_what_is_no_table_is_said_in_one_line(call: Call, tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    done = call("dedupe", path, "-o", tmp_path / "out.csv")
    assert (done.code, len(done.err.splitlines())) == (Exit.NOTHING_READ, 1)
    assert says in done.err
    assert not (tmp_path / "out.csv").exists()


def test_what_is_not_there_is_said_in_one_line(call: Call, tmp_path: Path) -> None:
    for path, says in ((tmp_path / "none.csv", "There is no file"), (tmp_path, "is a folder")):
        done = call("dedupe", path, "-o", "-")
        assert (done.code, len(done.err.splitlines())) == (Exit.NOTHING_READ, 1)
        assert says in done.err


def test_a_file_without_names_of_columns(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("Ana Ruiz,ana@x.es,+34600111222\nAna Ruiz,ana@x.es,\nEva Berg,eva@y.de,\n")
    done = call("dedupe", path, "-o", "-")
    assert [line.split(",")[-2] for line in done.out.splitlines()] == ["cluster_id", "1", "1", "2"]
    assert "The first row reads as data" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("-o", "out.xlsx"),
        ("-o", "-", "--json"),
        ("-o", "-", "--review", "-"),
        ("-o", "x.csv", "--match-at", "7"),
        ("-o", PEOPLE),
    ],
)
def test_wrong_usage(call: Call, arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = call("dedupe", PEOPLE, *arguments)
    assert (done.code, len(done.err.splitlines())) == (Exit.USAGE, 1)
    assert list(tmp_path.iterdir()) == []


def test_parquet_without_its_library(call: Call, sheet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canonical_contact.cli._dedupe_run.find_spec", lambda _: None)
    assert call("dedupe", sheet, "-o", tmp_path / "out.parquet").code == Exit.MISSING_EXTRA


def test_cells_beyond_the_header_and_empty_lines_go_out_again(call: Call, tmp_path: Path) -> None:
    path, review = tmp_path / "in.csv", tmp_path / "review.csv"
    path.write_text(
        "name,email,column_4\nAna Ruiz,ana@x.example,m\n\nBob Ode,bob@x.example,f,extra,=more\nBob Ode,bob@x.example,f\n"
    )
    done = call("dedupe", path, "-o", tmp_path / "out.csv", "--review", review, "--match-at", "1")
    header, *rows = table(tmp_path / "out.csv")
    assert header == ["name", "email", "column_4", "column_4 (2)", "column_5", "cluster_id", "confidence"]
    assert [[restore(cell) for cell in row[:5]] for row in rows] == [
        ["Ana Ruiz", "ana@x.example", "m", "", ""],
        ["", "", "", "", ""],
        ["Bob Ode", "bob@x.example", "f", "extra", "=more"],
        ["Bob Ode", "bob@x.example", "f", "", ""],
    ]
    assert "the rest is kept as column_4 (2) and on" in done.err
    assert table(review)[0][-5:] == ["left_column_4 (2)", "right_column_4 (2)", "left_column_5", "right_column_5", "same_person"]
    assert call("dedupe", path, "-o", tmp_path / "out.parquet").code == 0
    assert pq.read_table(tmp_path / "out.parquet")["column_5"].to_pylist() == [None, None, "=more", None]


def test_names_with_a_comma_and_no_quotes_are_whole(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("name\nSchmidt, Anna\nBerg, Eva\nSchmidt, Bernd\nAnna Schmidt\n")
    done = call("dedupe", path, "-o", tmp_path / "out.csv", "--review", tmp_path / "review.csv")
    assert [row[0] for row in table(tmp_path / "out.csv")[1:]] == ["Schmidt, Anna", "Berg, Eva", "Schmidt, Bernd", "Anna Schmidt"]
    assert [row[2:4] for row in table(tmp_path / "review.csv")[1:]] == [["1", "4"]]
    assert "too_many" not in done.err


def test_a_mapping_that_was_edited_is_not_written_over(call: Call, sheet: Path, tmp_path: Path) -> None:
    made = tmp_path / "plan.toml"
    made.write_text("# mine\n")
    done = call("dedupe", sheet, "--plan", "-o", made)
    assert (done.code, done.out, len(done.err.splitlines())) == (Exit.USAGE, "", 1)
    assert "--force" in done.err
    assert made.read_text() == "# mine\n"
    assert call("dedupe", sheet, "--plan", "-o", made, "--force").code == 0
    assert '"PLZ"' in made.read_text("utf-8")


def test_a_national_number_names_the_option_that_helps(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("name,phone\nAna Berg,030 901820\nEva Ode,030 901821\n")
    assert "--region DE" in call("dedupe", path, "-o", "-").err
    assert "--region" not in call("dedupe", path, "-o", "-", "--region", "DE").err


def test_names_alone_are_said_to_be_not_enough(tmp_path: Path, call: Call) -> None:
    path = tmp_path / "names.csv"
    path.write_text("name\nAnna Schmidt\nAnna Schmidt\nBob Meier\nBob Meyer\n", "utf-8")
    done = call("dedupe", path, "-o", tmp_path / "out.csv", "--review", tmp_path / "review.csv")
    assert "Names alone are not evidence enough" in done.err
    assert "would tell" in done.err
    assert "name_only" in (tmp_path / "review.csv").read_text("utf-8")
    assert "Names alone" in call("dedupe", path, "--plan").out
