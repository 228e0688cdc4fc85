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


def test_what_the_store_does_not_know_and_what_is_no_endpoint_are_told_apart(call: Call, store: Path, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("nobody@example.net\n+12025550123\n+493012345678\nfoo bar\n12\n", encoding="utf-8")
    told = json.loads(call("may-contact", path, "--store", store, *ASK, "--json").out)["answers"]
    reasons = [answer["reasons"] for answer in told]
    assert reasons == [["not_in_store"], ["not_in_store"], ["no_endpoint"], ["not_an_endpoint"], ["not_an_endpoint"]]
    assert [bool(answer["contact_ids"]) for answer in told] == [False, False, True, False, False]
    path = tmp_path / "people.csv"
    path.write_text("First Name,Email\nAna,nobody at example\n", encoding="utf-8")
    (answer,) = json.loads(call("may-contact", path, "--store", store, *ASK, "--json").out)["answers"]
    assert (answer["asked"], answer["reasons"]) == ("nobody at example", ["not_an_endpoint"])


def test_a_file_that_holds_no_text_is_refused(call: Call, store: Path, tmp_path: Path) -> None:
    for name, content in (("a.txt", b"\x00\x01\x02"), ("b.txt", b"ana@x.es\n\x00\x01\xff\xfe"), ("c.csv", b"")):
        (tmp_path / name).write_bytes(content)
        outcome = call("may-contact", tmp_path / name, "--store", store, *ASK)
        assert (outcome.code, outcome.out) == (1, ""), name
        assert "not read: " in outcome.err
    (tmp_path / "wide.txt").write_text("nobody@example.net\n", encoding="utf-16")
    assert "nobody@example.net" in call("may-contact", tmp_path / "wide.txt", "--store", store, *ASK).out
