from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from canonical_contact.cli._columns import RECORD, row_of_record
from canonical_contact.cli._exit import Exit
from canonical_contact.cli._normalize import Write
from canonical_contact.formats import Source, SourceKind, discover, read
from canonical_contact.formats._cells import restore, safe
from canonical_contact.model import SourceRecord, record_key
from canonical_contact.normalize import Normalizer
from canonical_contact.normalize._batch_layout import flat
from canonical_contact.schema import from_json
from command_line import Call

WORLD = Path(__file__).parents[3] / "examples" / "world"
HUBSPOT = WORLD / "hubspot_contacts.csv"


def rows_of(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return sum(1 for _ in csv.DictReader(stream))


def test_every_row_comes_out_in_canonical_form(call: Call, tmp_path: Path) -> None:
    target = tmp_path / "clean.csv"
    done = call("normalize", HUBSPOT, "-o", target)
    assert done.code == 0
    assert done.out == ""
    with target.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == rows_of(HUBSPOT)
    assert {row["system"] for row in rows} == {"hubspot"}
    phones = [restore(row["phone"]) for row in rows if row["phone"]]
    assert phones
    assert all(phone.startswith("+") for phone in phones)
    assert any(row["problem_codes"] for row in rows)
    assert all(int(row["problems"]) >= len(row["problem_codes"].split("; ")) for row in rows if row["problem_codes"])


def test_json_lines_hold_whole_records(call: Call, tmp_path: Path) -> None:
    target = tmp_path / "clean.jsonl"
    done = call("normalize", WORLD / "phone_cards.vcf", "-o", target, "--json")
    lines = target.read_text("utf-8").splitlines()
    assert json.loads(done.out)["records"] == len(lines) > 0
    assert from_json(SourceRecord, lines[0]).raw


def test_to_standard_output(call: Call) -> None:
    assert call("normalize", HUBSPOT, "-o", "-").out.startswith("system,record_id,file,line,name,")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
        ("missing.csv", None),
        ("prices.csv", b"sku,price\n1,2\n"),
        ("header.csv", b"First Name,Last Name,Email\n"),
    ],
)
def test_a_file_without_contacts_is_one_clear_line(call: Call, tmp_path: Path, name: str, content: bytes | None) -> None:
    path, target = tmp_path / name, tmp_path / "clean.csv"
    if content is not None:
        path.write_bytes(content)
    done = call("normalize", path, "-o", target)
    assert done.code == Exit.NOTHING_READ
    assert done.err.startswith(f"error: {path}: ")
    assert len(done.err.splitlines()) == 1
    assert not target.exists()


@pytest.mark.parametrize("source", [it for it in discover([WORLD]) if it.kind is SourceKind.CONTACTS], ids=lambda it: it.system)
def test_a_table_says_what_the_records_say(call: Call, tmp_path: Path, source: Source) -> None:
    normalizer = Normalizer()
    records = [
        normalizer.record(raw, record_key(raw.system, raw.record_id or str(raw.row)), raw.record_id or str(raw.row))
        for raw in read(source)
    ]
    table, columns = tmp_path / "clean.csv", tmp_path / "clean.parquet"
    assert call("normalize", source.name, "-o", table, "--workers", "1").code == 0
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == list(RECORD)
    assert rows[1:] == [[safe(cell) for cell in row_of_record(record)] for record in records]
    assert call("normalize", source.name, "-o", columns, "--workers", "1").code == 0
    for row, record in zip(pq.read_table(columns).to_pylist(), records, strict=True):
        assert (row["system"], row["record_id"], row["file"], row["line"]) == (
            record.system,
            record.label,
            record.file,
            record.line,
        )
        told: dict[str, Any] = {
            path: tuple(value) if isinstance(value, list) else value for path, value in row.items() if value is not None
        }
        told |= {f"extensions.{name}": text for name, text in told.pop("extensions", ())} | json.loads(told.pop("more", "{}"))
        wanted = flat(record)
        assert {path: told.get(path) for path in wanted} == wanted
        assert [it["code"] for it in row["problems"]] == [it.code for it in record.problems]


def test_several_processes_write_what_one_does(call: Call, tmp_path: Path) -> None:
    many = tmp_path / "many.csv"
    lines = HUBSPOT.read_text("utf-8-sig").splitlines()
    many.write_text("\n".join([lines[0], *lines[1:40] * 320]), "utf-8")
    for ending in ("csv", "jsonl"):
        outputs = [tmp_path / f"{workers}.{ending}" for workers in (1, 2)]
        said = [call("normalize", many, "-o", it, "--workers", it.stem, "--json").out for it in outputs]
        assert json.loads(said[0])["problems"] == json.loads(said[1])["problems"]
        assert outputs[0].read_bytes() == outputs[1].read_bytes()


def test_an_ending_that_nobody_writes(call: Call, tmp_path: Path) -> None:
    assert "ends in none of .csv, .jsonl and .parquet" in call("normalize", HUBSPOT, "-o", tmp_path / "clean.xlsx").err


def test_records_of_another_system_start_another_table(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("First Name,Email\nAna,ana@example.org\nBen,ben@example.org\n", "utf-8")
    raws = [*read(path, system="one"), *read(path, system="two")]
    made = Write("csv", "")(raws)
    assert [line.split(",")[:2] for line in made.text.splitlines()] == [["one", "1"], ["one", "2"], ["two", "1"], ["two", "2"]]
    assert Write("parquet", "")(raws).records == 4
