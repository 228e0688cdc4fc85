"""Encoding, delimiter and quoting: found by the head, and no later byte stops the file."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from canonical_contact.formats import Limits, read
from canonical_contact.model import RawRecord

HEADER = "Vorname,Nachname,E-Mail,Bemerkung"


def load(folder: Path, content: str | bytes, **limits: int) -> tuple[list[RawRecord], list[str]]:
    path = folder / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    reading = read(path, limits=Limits(**limits))
    records = list(reading)
    return records, [problem.code for problem in reading.problems]


def column(records: list[RawRecord], name: str) -> list[str]:
    return [record.raw.get(name, "") for record in records]


def codes(record: RawRecord) -> list[str]:
    return [problem.code for problem in record.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = f"{HEADER}\r\nZoë,Müller,zoe@example.org,naïve\r\n".replace(",", delimiter)
    (record,), problems = load(tmp_path, text.encode(encoding))
    assert record.values["name.given"] == "Zoë"
    assert record.values["name.surname"] == "Müller"
    assert record.values["emails[0].address"] == "zoe@example.org"
    assert (problems, record.problems) == ([], ())


def test_a_byte_of_another_encoding_deep_in_a_file_stops_nothing(tmp_path: Path) -> None:
    good = "Zoë,B,z@example.org,x\n".encode() * 9000
    records, problems = load(tmp_path, f"{HEADER}\n".encode() + good + "André,C,a@example.org,\n".encode("cp1252") + good)
    assert len(records) == 18_001
    assert problems == []
    odd = [record for record in records if record.problems]
    assert [(record.values["name.given"], record.line, codes(record)) for record in odd] == [
        ("André", 9002, ["row.mixed_encoding"])
    ]


def test_a_character_cut_by_the_end_of_the_sample_is_not_an_error(tmp_path: Path) -> None:
    row = "Zoë,B,z@example.org,x\n".encode()
    for shift in range(3):
        records, _ = load(tmp_path, f"{HEADER}{' ' * shift}\n".encode() + row * 4000)
        assert not any(record.problems for record in records)


def test_title_lines_blank_rows_and_repeated_headers_are_no_records(tmp_path: Path) -> None:
    text = f"Kundenliste\n\n{HEADER}\nA,B,a@example.org,\n,,,\n{HEADER}\nC,D,c@example.org,\n\n,,,\n"
    records, problems = load(tmp_path, text)
    assert [(record.row, record.line) for record in records] == [(1, 4), (2, 7)]
    assert problems == ["file.line_before_header"]


def test_a_line_that_names_the_separator_is_understood(tmp_path: Path) -> None:
    records, problems = load(tmp_path, "sep=;\nVorname;E-Mail\nA;a@example.org\n")
    assert (len(records), problems) == (1, [])


def test_old_line_ends_are_read(tmp_path: Path) -> None:
    records, _ = load(tmp_path, f"{HEADER}\rA,B,a@example.org,x\rC,D,c@example.org,y\r")
    assert [(record.values["name.given"], record.line) for record in records] == [("A", 2), ("C", 3)]


def test_cells_over_several_lines_and_the_line_a_row_starts_at(tmp_path: Path) -> None:
    records, _ = load(tmp_path, f'{HEADER}\nA,B,a@example.org,"one\ntwo"\nC,D,c@example.org,x\n')
    assert [(record.line, record.values["notes[0]"]) for record in records] == [(2, "one\ntwo"), (4, "x")]


def test_rows_of_three_and_of_forty_columns(tmp_path: Path) -> None:
    text = f"{HEADER},Ort,PLZ,Land\nA,B,a@example.org\nA,B,c@example.org,n,Bonn,53111,DE{',x' * 33}\nA,B,d@example.org,,,,\n"
    records, _ = load(tmp_path, text)
    assert [codes(record) for record in records] == [["row.too_few_cells"], ["row.too_many_cells"], []]
    assert records[1].values["extensions.column_40"] == "x"
    assert records[1].raw["column_8"] == "x"
    assert "addresses[0].locality" not in records[0].values


def test_nul_characters_are_kept(tmp_path: Path) -> None:
    records, _ = load(tmp_path, f"{HEADER}\nabc\0def,B,a@example.org,\n")
    assert records[0].values["name.given"] == "abc\0def"


def test_a_quote_inside_a_cell_is_text(tmp_path: Path) -> None:
    records, _ = load(tmp_path, f'{HEADER}\n"Bob "The" B",X,b@example.org,x\nC,D,c@example.org,y\n')
    assert column(records, "Vorname") == ['Bob "The" B', "C"]
    assert codes(records[0]) == ["row.quote_inside_cell"]


@pytest.mark.parametrize("tail", ["", '5,"E",e@example.org,"fine"\n', '"5","E","e@example.org","two\nlines"\n'])
def test_an_open_quote_takes_one_row_and_not_the_rest(tmp_path: Path, tail: str) -> None:
    many = "".join(f"N{number},M,n{number}@example.org,\n" for number in range(30))
    records, _ = load(tmp_path, f'{HEADER}\n1,"Bob,b@example.org,x\n{many}{tail}')
    assert len(records) == 31 + bool(tail)
    assert records[0].raw["Nachname"] == '"Bob'
    assert codes(records[0]) == ["row.quote_not_closed"]
    assert not any(record.problems for record in records[1:])
    assert [record.line for record in records[:3]] == [2, 3, 4]


def test_an_open_quote_on_every_row_costs_no_row(tmp_path: Path) -> None:
    rows = "".join(f'"N{number},M,n{number}@example.org,x\n' for number in range(3000))
    records, _ = load(tmp_path, f"{HEADER}\n{rows}")
    assert len(records) == 3000


def test_an_open_quote_over_too_many_lines_is_broken_off(tmp_path: Path) -> None:
    rows = "".join(f"N{number},M,n{number}@example.org,x\n" for number in range(500))
    records, _ = load(tmp_path, f'{HEADER}\n1,2,b@example.org,"open\n{rows}', row_lines=50)
    assert len(records) == 501
    records, _ = load(tmp_path, f'{HEADER}\n1,2,b@example.org,"open\n{rows}', row_chars=2000)
    assert len(records) == 501


def test_a_cell_over_the_limit_is_cut_and_the_row_kept(tmp_path: Path) -> None:
    big = "y" * 140_000
    records, _ = load(tmp_path, f'{HEADER}\nA,B,a@example.org,{big}\nA,B,a@example.org,"{big}\nz"\nC,D,c@example.org,ok\n')
    assert [len(text) for text in column(records, "Bemerkung")] == [131_072, 131_072, 2]
    assert [codes(record) for record in records] == [["row.cell_too_long"], ["row.cell_too_long"], []]


def test_a_line_over_the_limit_is_left_out_and_named(tmp_path: Path) -> None:
    text = f"{HEADER}\nA,B,a@example.org,x\nB,B,b@example.org,{'y' * 5000}\nC,D,c@example.org,z\n{'q' * 3000}"
    path = tmp_path / "a.csv"
    path.write_text(text)
    reading = read(path, limits=Limits(line_bytes=1000))
    records = list(reading)
    assert [(record.row, record.line) for record in records] == [(1, 2), (3, 4)]
    assert [(problem.code, problem.line) for problem in reading.problems] == [("row.line_too_long", 3), ("row.line_too_long", 5)]
    assert "5,0" in reading.problems[0].hint
    assert reading.rows_skipped == 2


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_giant_line_is_never_in_memory(tmp_path: Path, quote: str) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as stream:
        stream.write(f"{HEADER}\nA,B,a@example.org,x\nB,B,b@example.org,{quote}".encode())
        for _ in range(20):
            stream.write(b"y" * (1 << 20))
        stream.write(b"\nC,D,c@example.org,z\n")
    reading = read(path)
    list(read(path.with_name("gone.csv")))  # the tables are loaded
    tracemalloc.start()
    records = list(reading)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [record.values["name.given"] for record in records] == ["A", "C"]
    assert peak < 12 << 20
    assert "20,971,5" in reading.problems[0].hint


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        with path.open("w") as stream:
            stream.write(f"{HEADER}\n")
            stream.writelines(f"N{number},M{number},n{number}@example.org,x\n" for number in range(rows))
        reading = read(path, limits=Limits(block_bytes=1 << 14))
        tracemalloc.start()
        assert sum(1 for _ in reading) == rows
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)
    assert peak(15_000) < peak(5000) + (1 << 18)


def test_problems_of_one_kind_are_counted_beyond_a_number(tmp_path: Path) -> None:
    long_lines = "".join(f"{'y' * 200}\n" for _ in range(50))
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}\nA,B,a@example.org,x\n{long_lines}")
    reading = read(path, limits=Limits(line_bytes=100, samples=10))
    list(reading)
    assert len(reading.problems) == 11
    assert "40 more" in reading.problems[-1].hint


def test_a_header_without_rows_is_told(tmp_path: Path) -> None:
    assert load(tmp_path, f"{HEADER}\n") == ([], ["file.no_rows"])


def test_a_reading_can_be_repeated(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}\nA,B,a@example.org,x\n")
    reading = read(path)

    def ids() -> Iterator[int]:
        return (record.row for record in reading)

    assert list(ids()) == list(ids()) == [1]
    assert reading.rows_read == 1
