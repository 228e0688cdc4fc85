from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from any_tables import bare_rows, febrl
from canonical_contact.engine._dedupe_columns import recognise
from canonical_contact.engine._dedupe_table import table_of
from canonical_contact.errors import InputError


class Frame:
    """A data frame of a library that is not installed, by its Arrow stream."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


def write(path: Path, rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    return path


def test_a_file_in_another_code_and_with_another_delimiter(tmp_path: Path) -> None:
    file = write(tmp_path / "leute.csv", [["Vorname", "Straße"], ["Jürgen", "Königsweg 5"], ["Ana", ""]], ";", "cp1252")
    table = table_of(file)
    assert table.names == ("Vorname", "Straße")
    assert table.columns == (["Jürgen", "Ana"], ["Königsweg 5", None])
    assert (table.delimiter, list(table.lines)) == (";", [2, 3])


def test_a_file_without_a_header_keeps_its_first_row(tmp_path: Path) -> None:
    rows = bare_rows()
    table = table_of(write(tmp_path / "bare.csv", [*rows, rows[0]]))
    assert table.headless
    assert table.names[0] == "column_1"
    assert table.rows == len(rows) + 1  # a copy of the first row is a record, and no repeated header
    assert table["column_3"][0] == rows[0][2]
    assert [problem.code for problem in table.problems] == ["file.no_header"]
    what = [one.what for one in recognise(table).columns]
    assert what[:4] == ["name.given", "name.surname", "emails[].address", "addresses[0].street"]
    assert what[5:] == ["addresses[0].postcode", "birthday"]


@pytest.mark.parametrize("header", [["id", "name"], ["Vorname", "Nachname"], ["foo", "bar"], ["address 1", "phone 2"]])
def test_a_header_is_one(tmp_path: Path, header: list[str]) -> None:
    table = table_of(write(tmp_path / "t.csv", [header, ["1", "x"], ["2", "y"]]))
    assert not table.headless
    assert table.rows == 2


def test_rows_of_other_widths_are_kept_and_told(tmp_path: Path) -> None:
    table = table_of(write(tmp_path / "t.csv", [["name", "city"], ["Ana", "Bonn", "more"], ["Ben"]]))
    assert table.columns == (["Ana", "Ben"], ["Bonn", None])
    assert [(problem.code, problem.line) for problem in table.problems] == [("row.too_many_cells", 2)]


def test_cells_beyond_the_header_are_kept_beside_what_is_compared(tmp_path: Path) -> None:
    rows = [["name", "column_3"], ["Ana", "Bonn"], ["Ben", "Ulm", "x", "", "y"], ["Cy", "York", "", ""], ["Dag"]]
    table = table_of(write(tmp_path / "t.csv", rows))
    assert table.names == ("name", "column_3")
    assert dict(table.beyond) == {
        "column_3 (2)": [None, "x", None, None],
        "column_4": [None, None, None, None],
        "column_5": [None, "y", None, None],
    }
    assert list(table.as_written) == ["name", "column_3", "column_3 (2)", "column_4", "column_5"]
    assert [problem.line for problem in table.problems] == [3]
    assert "column_3 (2) and on" in table.problems[0].hint


def test_a_row_of_countless_cells_makes_no_countless_columns(tmp_path: Path) -> None:
    table = table_of(write(tmp_path / "t.csv", [["name", "city"], ["Ana", "Bonn", *["x"] * 5_000], ["Ben", "Ulm"]]))
    assert len(table.beyond) < 100
    cells = [column[0] or "" for column in table.as_written.values()]
    assert ",".join(cells) == "Ana,Bonn" + ",x" * 5_000


@pytest.mark.parametrize("header", ["name", "Name der Person"])
def test_a_file_of_one_column_takes_a_line_for_a_cell(tmp_path: Path, header: str) -> None:
    path = tmp_path / "names.csv"
    path.write_text(f'{header}\nSchmidt, Anna\n"Berg, Eva"\nSchmidt, Anna,\nOde\n')
    table = table_of(path)
    assert table.columns == (["Schmidt, Anna", "Berg, Eva", "Schmidt, Anna", "Ode"],)
    assert not table.beyond
    assert not table.problems


def test_a_line_without_anything_is_a_row_unless_the_file_ends_with_it(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("name,city\n\nAna,Bonn\n\n  \nBen,Ulm\n\n\n")
    table = table_of(path)
    assert table.columns == ([None, "Ana", None, None, "Ben"], [None, "Bonn", None, None, "Ulm"])
    assert list(table.lines) == [2, 3, 4, 5, 6]


def test_parquet_arrow_and_frames_give_the_same_table(tmp_path: Path) -> None:
    made = pa.table(febrl())
    pq.write_table(made, tmp_path / "t.parquet")
    feather.write_feather(made, tmp_path / "t.arrow", compression="uncompressed")
    expected = table_of(febrl())
    for source in (made, made.to_batches()[0], Frame(made), tmp_path / "t.parquet", str(tmp_path / "t.arrow")):
        found = table_of(source)
        assert (found.names, found.columns) == (expected.names, expected.columns)


def test_values_become_texts() -> None:
    table = table_of(
        pa.table(
            {
                "born": pa.array([dt.date(1990, 1, 2), None]),
                "at": pa.array([1577923200, 1577934240], pa.timestamp("s")),
                "zip": pa.array([4011.0, None]),
                "kind": pa.array(["a", "b"]).dictionary_encode(),
                "tags": pa.array([["x", "y"], None]),
            }
        )
    )
    assert table.columns == (
        ["1990-01-02", None],
        ["2020-01-02", "2020-01-02T03:04:00"],
        ["4011", None],
        ["a", "b"],
        ["x; y", None],
    )


def test_whole_numbers_that_became_fractions_lose_their_point() -> None:
    assert table_of({"zip": ["4011.0", None, "2776.0"], "rate": ["1.0", "2.5", None]}).columns == (
        ["4011", None, "2776"],
        ["1.0", "2.5", None],
    )


@pytest.mark.parametrize("source", [3, {"a": "text"}, {"a": ["1"], "b": ["1", "2"]}])
def test_what_is_no_table_is_told(source: object) -> None:
    with pytest.raises(InputError):
        table_of(source)


@pytest.mark.parametrize("text", ["", "BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nEND:VCARD\n", "PAR1 and no more"])
def test_files_that_are_no_table_are_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(InputError):
        table_of(tmp_path / "t.csv")
    with pytest.raises(InputError):
        table_of(tmp_path / "missing.csv")
