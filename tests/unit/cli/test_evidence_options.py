"""`--labels`, `--postcodes` and `--keys` of the commands that match tables."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from canonical_contact.cli._exit import Exit
from command_line import Call

PEOPLE = Path(__file__).parents[3] / "examples" / "people.csv"
NAMES = "name,city\nAnna Schmidt,Ulm\nAnna Schmidt,Ulm\nBob Meier,Bonn\nBob Meyer,Bonn\nEva Lang,Kiel\nEva Lange,Kiel\nKim Roth,Jena\nKim Rot,Jena\n"


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "names.csv"
    path.write_text(NAMES, "utf-8")
    return path


def put(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    "sheet",
    [
        "score;reason;left_row;right_row;left_name;same_person\n0.5;weights;1;2;x;yes\n0.5;weights;3;4;x;match\n0.5;weights;5;6;x;y\n0.5;weights;7;8;x;1\n;;1;8;;\n",
        "left,right,verdict\nnames:1,names:2,match\nnames:3,names:4,match\nnames:5,names:6,match\nnames:7,names:8,match\nnames:1,names:8,unsure\n",
    ],
)
def test_labels_of_either_sheet_refine_the_weights(call: Call, names: Path, tmp_path: Path, sheet: str) -> None:
    before = json.loads(call("dedupe", names, "-o", tmp_path / "a.csv", "--json").out)
    labels = put(tmp_path / "labels.csv", sheet)
    after = json.loads(call("dedupe", names, "-o", tmp_path / "b.csv", "--labels", labels, "--json").out)
    assert (before["review"], after["review"]) == (0, 1)


def test_a_filled_review_goes_back_in(call: Call, tmp_path: Path) -> None:
    review = tmp_path / "review.csv"
    assert call("dedupe", PEOPLE, "-o", tmp_path / "a.csv", "--review", review).code == 0
    with review.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    with review.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *([*row[:-1], "match"] for row in rows)])
    done = call("dedupe", PEOPLE, "-o", tmp_path / "b.csv", "--labels", review)
    assert done.code == 0
    assert (tmp_path / "a.csv").read_text("utf-8") != (tmp_path / "b.csv").read_text("utf-8")


def test_labels_refine_links_too(call: Call, tmp_path: Path) -> None:
    rows = [line.split(",") for line in NAMES.splitlines()[1:]]
    left, right = (
        put(tmp_path / f"{start}.csv", "\n".join(["name,city", *(",".join(row) for row in rows[start::2])])) for start in (0, 1)
    )
    labels = put(tmp_path / "labels.csv", "left_row,right_row,same_person\n1,1,match\n2,2,match\n")
    reviews = [tmp_path / "a.review.csv", tmp_path / "b.review.csv"]
    assert call("link", left, right, "-o", tmp_path / "a.csv", "--review", reviews[0]).code == 0
    assert call("link", left, right, "-o", tmp_path / "b.csv", "--review", reviews[1], "--labels", labels).code == 0
    assert reviews[0].read_text("utf-8") != reviews[1].read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("left_row,right_row,same_person\n1,2,\n", "holds no answer. Write match or no_match into the column same_person"),
        ("left,right,verdict\na:1,a:2,\n", "holds no answer. Write match or no_match into the column verdict"),
        ("left_row,right_row,same_person\n1,99,match\n", "A label names row 99, and there are 8"),
        ("left_row,right_row,same_person\n1,x,match\n1,2,match\n", "1 answers do not name two rows by number"),
        ("left_row,right_row,same_person\n1,2,perhaps\n1,2,match\n", "verdict"),
    ],
)
def test_what_is_wrong_with_labels_is_told(call: Call, names: Path, tmp_path: Path, text: str, told: str) -> None:
    assert told in call("dedupe", names, "-o", "-", "--labels", put(tmp_path / "labels.csv", text)).err


NEAR = """name,street,postcode,birthday
Anna Schmidt,Weg 1,10115,1970-05-06
Anna Schmidt,Ring 7,13357,1970-05-06
"""


@pytest.mark.parametrize(
    "places",
    [
        "postcode,latitude,longitude\n10115,52.532,13.385\n13357,52.550,13.383\nbad,x,y\n",
        "PLZ;lat;lon;Country\n10115;52.532;13.385;de\n13357;52.550;13.383;de\n",
    ],
)
def test_postcodes_that_lie_near_each_other_are_near(call: Call, tmp_path: Path, places: str) -> None:
    people, table = put(tmp_path / "people.csv", NEAR), put(tmp_path / "places.csv", places)
    assert "near_postcode" not in call("explain", people, 1, 2, "--json").out.partition('"changes"')[0]
    told = json.loads(call("explain", people, 1, 2, "--postcodes", table, "--json").out)
    assert "near_postcode" in [one["level"] for one in told["evidence"] if one["field"] == "address"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("zip,lat\n1,2\n", "has no column longitude"),
        ("zip,lat,lng\n10115,north,east\n10115,99,10\n", "says of no postcode where it lies"),
    ],
)
def test_what_is_wrong_with_postcodes_is_told(call: Call, names: Path, tmp_path: Path, text: str, told: str) -> None:
    done = call("dedupe", names, "-o", "-", "--postcodes", put(tmp_path / "places.csv", text))
    assert done.code == 1
    assert told in done.err


def test_keys_of_ones_own_take_the_place_of_those_that_ship(call: Call, tmp_path: Path) -> None:
    keys = put(
        tmp_path / "keys.toml",
        '[[key]]\nname = "one mailbox"\nparts = [{ emails = "value" }]\n\n'
        '[[key]]\nname = "surname and town"\nparts = [{ surname = "lasts", read_surname = "joined" }, { locality = "value" }]\ncap = 20\n',
    )
    done = json.loads(call("dedupe", PEOPLE, "-o", tmp_path / "out.csv", "--keys", keys, "--json").out)
    assert {one["key"] for one in done["keys"]} - {"exact copy"} == {"one mailbox", "surname and town"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("key = 1", "is no list of keys"),
        ("[[key]", "is not TOML"),
        ('[[key]]\nname = "a"', "lacks its name or its parts"),
        ('[[key]]\nname = "a"\nparts = []', "has no part"),
        ('[[key]]\nname = "a"\nparts = [{}]', "names no field"),
        ('[[key]]\nname = "a"\nparts = [{ mail = "value" }]', "There is no field 'mail'"),
        ('[[key]]\nname = "a"\nparts = [{ emails = "half" }]', "Nothing is made of a field by 'half'"),
        ('[[key]]\nname = "a"\nparts = [{ emails = "value" }]\ncap = 1', "This is no cap of a key"),
        ('[[key]]\nname = "a"\nparts = [{ emails = "value" }]\nsize = 1', "A key has no 'size'"),
        ('[[key]]\nname = "a"\nparts = [{ emails = "value" }]\n' * 2, "Two keys are called 'a'"),
    ],
)
def test_what_is_wrong_with_keys_is_told(call: Call, names: Path, tmp_path: Path, text: str, told: str) -> None:
    done = call("dedupe", names, "-o", "-", "--keys", put(tmp_path / "keys.toml", text))
    assert done.code != 0
    assert told in done.err


def test_a_store_takes_none_of_them(call: Call, tmp_path: Path) -> None:
    labels = put(tmp_path / "labels.csv", "left,right,verdict\na:1,a:2,match\n")
    done = call("explain", "--store", tmp_path / "none.db", "a:1", "a:2", "--labels", labels)
    assert done.code == Exit.USAGE
    assert "are for a FILE" in done.err
