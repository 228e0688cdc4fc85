"""Files that a hostile or careless supplier sends: one clear word about each, every good row read, no person's data in what is said."""

from __future__ import annotations

import os
import time
from pathlib import Path
from random import Random

import pytest

from canonical_contact.errors import Problem
from canonical_contact.formats import SourceKind, discover, read

HEADER = "First Name,Last Name,Email,Phone\n"


def problem_of(path: Path, **options: Path) -> Problem:
    source = discover([path], **options)[-1]  # type: ignore[arg-type]
    assert source.problem is not None
    return source.problem


def test_noise_is_binary_whatever_its_first_bytes_are(tmp_path: Path) -> None:
    path = tmp_path / "noise.csv"
    for seed in range(20):
        path.write_bytes(Random(seed).randbytes(20_000))
        assert problem_of(path).code == "file.binary"


@pytest.mark.parametrize(
    "text", ["Ana,Silva,ana@example.org,+351912345678\n", '[{"email":"ana@example.org"}]', "Ana Silva,912345678,Rua da Prata\n"]
)
def test_a_row_of_data_in_the_place_of_the_header_is_not_repeated(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text)
    problem = problem_of(path)
    assert problem.code == "file.not_contacts"
    assert "first row" in problem.hint
    assert not any(word in problem.hint for word in ("Ana", "ana@", "912345678"))
    mapping = tmp_path / "m.toml"
    mapping.write_text('[columns]\nOther = "name.full"\n')
    assert "Ana" not in read(path, mapping=mapping).source.problem.hint  # type: ignore[union-attr]


def test_a_vcard_file_without_a_card_is_not_told_about_columns(tmp_path: Path) -> None:
    path = tmp_path / "phone.vcf"
    path.write_text("hello\n")
    assert "BEGIN:VCARD" in problem_of(path).hint


def test_a_mapping_that_fits_nothing_is_named_where_the_file_is_named(tmp_path: Path) -> None:
    path, mapping = tmp_path / "prices.csv", tmp_path / "m.toml"
    path.write_text("sku,price\n1,2\n")
    mapping.write_text('[columns]\nOther = "name.full"\n')
    problem = problem_of(path, mapping=mapping)
    assert problem.code == "mapping.fits_no_column"
    assert "sku, price" in problem.hint


@pytest.mark.parametrize("name", ["c{}", "a column with a long name that says what stands in it {}"])
def test_a_very_wide_table_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / "wide.csv"
    more = [name.format(number) for number in range(3000)]
    path.write_text(f"{HEADER.strip()},{','.join(more)}\nAna,Silva,ana@example.org,1,{','.join('x' for _ in more)}\n")
    (record,) = read(path)
    assert record.values["emails[0].address"] == "ana@example.org"
    assert record.raw[more[-1]] == "x"


def test_nul_characters_are_told_once_a_row_and_a_row_of_them_is_blank(tmp_path: Path) -> None:
    path = tmp_path / "nul.csv"
    path.write_bytes(
        f"{HEADER}Ana,Silva,ana@example.org,\nB\0ob,Stone,bob@exa\0mple.org,\n\0\0\0,\0\n\0\0\0\nEve,E,eve@example.org,\n".encode()
    )
    records = list(read(path))
    assert [[problem.code for problem in record.problems] for record in records] == [[], ["row.nul_characters"], []]
    assert records[1].problems[0].line == 3
    assert records[1].raw["First Name"] == "B\0ob"  # the raw text is kept


def test_nul_characters_in_a_card_are_told(tmp_path: Path) -> None:
    path = tmp_path / "nul.vcf"
    path.write_bytes(b"BEGIN:VCARD\nVERSION:3.0\nFN:An\0a\nEND:VCARD\n")
    (record,) = read(path)
    assert [problem.code for problem in record.problems] == ["row.nul_characters"]


def test_folders_that_may_not_be_looked_into_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "open.csv").write_text(f"{HEADER}Ana,Silva,ana@example.org,\n")
    (tmp_path / "closed").mkdir()
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = discover([tmp_path])
    assert [source.kind for source in found] == [SourceKind.BROKEN, SourceKind.CONTACTS]
    assert found[0].problem is not None
    assert (found[0].problem.code, found[0].name) == ("file.not_permitted", str(tmp_path / "closed"))
    assert [source.problem.code for source in discover([tmp_path / "closed"]) if source.problem] == ["file.not_permitted"]


@pytest.mark.parametrize(
    "body",
    [
        b'"a,' * 300_000,
        b'Record ID,Email,"say "no"' * 40_000,
        b'"",""x' * 150_000,
        (b'a,"b' + b'x"y' * 7000 + b"\n") * 50,
        b"," * 1_000_000,
    ],
    ids=["quotes never closed", "quotes within cells", "doubled quotes", "long lines with quotes", "columns"],
)
def test_a_megabyte_of_broken_quotes_takes_no_time(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "a.csv"
    for head in (b"Email,Name,Phone\n", b""):
        path.write_bytes(head + body)
        started = time.process_time()
        for source in discover([path]):
            for _ in read(source):
                pass
        assert time.process_time() - started < 5


def test_documents_of_our_own_are_told_from_other_json(tmp_path: Path) -> None:
    ours, other = tmp_path / "ours.jsonl", tmp_path / "other.jsonl"
    ours.write_text('{"contact_id":"1","schema_version":"1.1"}\n', encoding="utf-8")
    other.write_text('{"a":1}\n', encoding="utf-8")
    assert "convert" in problem_of(ours).hint
    assert "holds no cards" in problem_of(other).hint


def test_cards_that_cannot_be_read_are_not_said_to_have_a_header(tmp_path: Path) -> None:
    path = tmp_path / "a.jscontact"
    path.write_text('{"@type":"Card","version":"1.0","uid":"1","x":NaN}', encoding="utf-8")
    reading = read(path)
    assert list(reading) == []
    assert "header" not in " ".join(problem.hint for problem in reading.problems)
