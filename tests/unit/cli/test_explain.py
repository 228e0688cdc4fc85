from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from canonical_contact import SQLiteStore
from canonical_contact.cli._exit import Exit
from canonical_contact.model import Judgement
from command_line import Call

PEOPLE = Path(__file__).parents[3] / "examples" / "people.csv"
TABLE = """no,name,email,city
7,Ana Ruiz,ana@x.es,Madrid
5,Ana Ruiz,ana@x.es,Madrid
3,Eva Berg,eva@x.de,Bonn
"""
EXPORT = """Record ID,First Name,Last Name,Email
17,Ana,Ruiz,ana@x.es
18,Ana,Ruiz,ana@x.es
19,Eva,Berg,eva@x.de
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(TABLE)
    return path


def test_a_match_with_what_speaks_for_it(call: Call, table: Path) -> None:
    done = call("explain", table, "1", "2")
    assert done.code == 0
    first, *lines = done.out.splitlines()
    assert first.startswith("people:5 and people:7: match, probability ")
    assert any(line.startswith("email same") and "█" in line for line in lines)
    assert any(line.startswith("named by: email") for line in lines)
    assert lines[-1] == "rows 1 and 2: in one cluster of 2 rows"
    assert "ana@x.es" not in done.out
    assert "\x1b" not in done.out


def test_a_pair_that_no_key_names_says_why(call: Call, tmp_path: Path) -> None:
    people = ("Ana,Abel,ana@x.es", "Bea,Blom,bea@x.se", "Cai,Costa,cai@x.pt", "Dag,Dahl,dag@x.no", "Eva,Zorn,eva@x.de")
    table = tmp_path / "apart.csv"
    table.write_text("\n".join(["first name,last name,email", *people]))
    done = call("explain", table, "1", "5")
    assert "no key names this pair\n  email: they have different values\n" in done.out
    assert "neighbours by surname: 3 values stand between theirs, and this key allows 2\n" in done.out
    assert done.out.endswith("rows 1 and 5: in two clusters\n")


def test_values_are_shown_where_they_are_asked_for(call: Call, table: Path) -> None:
    assert "email: eva@x.de | ana@x.es" in call("explain", table, "1", "3", "--values").out


def test_rows_by_number_id_and_key(call: Call, table: Path) -> None:
    def rows(*names: str) -> list[int]:
        found: list[int] = json.loads(call("explain", table, *names, "--json").out)["outcome"]["rows"]
        return found

    assert rows("1", "2") == [1, 2]
    assert rows("7", "5") == [1, 2]  # ids, since there are but three rows
    assert rows("1", "people:5") == [1, 2]


def test_a_number_that_is_an_id_as_well_is_a_row_and_says_so(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("no,name,email\n2,Ana Ruiz,ana@x.es\n1,Eva Berg,eva@x.de\n")
    done = call("explain", path, "1", "2", "--json")
    assert json.loads(done.out)["outcome"]["rows"] == [1, 2]
    assert "people:1" in done.err
    assert call("explain", path, "people:1", "people:2", "--json").err == ""


def test_json_has_all_of_it(call: Call, table: Path) -> None:
    said = json.loads(call("explain", table, "1", "2", "--json").out)
    assert said["judgement"] == "match"
    assert said["outcome"] == {"rows": [1, 2], "cluster_ids": [1, 1], "together": True}
    assert {"field", "level", "bits", "says", "left", "right"} == set(said["evidence"][0])
    assert not any(one["left"] for one in said["evidence"])


def test_the_third_row_that_keeps_a_match_apart_is_named(call: Call, tmp_path: Path) -> None:
    call("dedupe", PEOPLE, "-o", tmp_path / "out.csv", "--review", tmp_path / "review.csv")
    with (tmp_path / "review.csv").open(encoding="utf-8", newline="") as stream:
        pair = next(row for row in csv.DictReader(stream) if row["reason"] in ("weak_link", "bridge"))
    rows = [pair["left_row"], pair["right_row"]]
    done = call("explain", PEOPLE, *rows)
    verdict, _, apart = done.out.splitlines()[:3]
    assert ": match, probability" in verdict
    assert done.out.endswith(f"a person is asked ({pair['reason']})\n")
    kept = json.loads(call("explain", PEOPLE, *reversed(rows), "--json").out)["outcome"]["kept_apart_by"]
    assert apart == f"kept apart by row {kept['row']}: score {kept['score']:.4f} with row {kept['with']} ({kept['reason']})"
    assert str(kept["row"]) not in rows
    assert "kept apart" not in call("explain", PEOPLE, str(kept["row"]), str(kept["with"])).out  # no match


def test_the_chart(call: Call, table: Path, tmp_path: Path) -> None:
    target = tmp_path / "pair.svg"
    assert call("explain", table, "1", "2", "--svg", target).code == 0
    assert ET.fromstring(target.read_text("utf-8")).tag.endswith("svg")
    assert call("explain", table, "1", "2", "--svg", "-").out.startswith("<svg")


def test_records_of_a_store(call: Call, unified: Callable[[str], Path]) -> None:
    store = unified(EXPORT)
    done = call("explain", "--store", store, "hubspot:17", "hubspot:18")
    assert done.code == 0
    assert done.out.splitlines()[0].startswith("hubspot:17 and hubspot:18: match")
    assert "in the store one contact: " in done.out
    said = json.loads(call("explain", "--store", store, "hubspot:19", "hubspot:17", "--json").out)
    assert said["outcome"]["together"] is False
    assert said["outcome"]["records"] == ["hubspot:19", "hubspot:17"]
    missing = call("explain", "--store", store, "hubspot:17", "hubspot:99")
    assert (missing.code, len(missing.err.splitlines())) == (Exit.NOT_FOUND, 1)


def test_the_third_record_of_a_store_that_keeps_a_match_apart_is_named(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "contacts.db"
    assert call("unify", PEOPLE.parent / "world", "--store", path, "--at", "2026-07-01").code == 0
    with SQLiteStore(path) as store:
        pair = next(one for one in store.decisions(Judgement.REVIEW) if one.reason == "cluster_conflict")
    done = call("explain", "--store", path, pair.left, pair.right)
    assert done.out.splitlines()[2].startswith("kept apart by record ")
    kept = json.loads(call("explain", "--store", path, pair.left, pair.right, "--json").out)["outcome"]["kept_apart_by"]
    assert kept["record"] not in (pair.left, pair.right)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("1",), Exit.USAGE),
        (("1", "1"), Exit.USAGE),
        (("1", "99"), Exit.NOT_FOUND),
        (("1", "2", "3"), Exit.USAGE),
        (("1", "2", "--json", "--svg", "-"), Exit.USAGE),
    ],
)
def test_wrong_usage_is_one_line(call: Call, table: Path, arguments: tuple[str, ...], code: Exit) -> None:
    done = call("explain", table, *arguments)
    assert (done.code, len(done.err.splitlines())) == (code, 1)


def test_a_store_that_is_not_there_is_not_made(call: Call, tmp_path: Path) -> None:
    done = call("explain", "--store", tmp_path / "none.db", "a:1", "b:2")
    assert (done.code, len(done.err.splitlines())) == (Exit.STORE, 1)
    assert not (tmp_path / "none.db").exists()
