from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from canonical_contact.cli._exit import Exit
from canonical_contact.formats._cells import restore
from canonical_contact.model import SourceRecord
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
