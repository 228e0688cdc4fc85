"""`may-contact FILE` answers for what is in a file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from command_line import Call

ASK = ("--channel", "email", "--purpose", "marketing", "--regime", "can_spam")


def test_each_address_of_a_list_is_looked_up(call: Call, store: Path, tmp_path: Path) -> None:
    asked = {
        answer["endpoint"] for answer in json.loads(call("may-contact", "--store", store, *ASK, "--json").out)["answers"]
    } - {""}
    known = min(asked)
    path = tmp_path / "list.txt"
    path.write_text(f"{known}\nnobody@example.net\n=cmd|'/c calc'!A1@example.net\n", encoding="utf-8")
    done = call("may-contact", path, "--store", store, *ASK)
    assert done.code == 0
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["line"] for row in rows][:2] == ["1", "2"]
    assert rows[0]["allowed"] == "true"
    assert rows[0]["contact_ids"]
    assert rows[1]["allowed"] == "false"
    assert rows[1]["reasons"] == "not_in_store"
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
    assert "not in the store" in done.err


def test_an_export_is_read_by_its_columns(call: Call, store: Path, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("First Name,Email\nAna,nobody@example.net\nBen,\n", encoding="utf-8")
    told = json.loads(call("may-contact", path, "--store", store, *ASK, "--json").out)
    assert [answer["reasons"] for answer in told["answers"]] == [["not_in_store"], ["no_endpoint"]]
