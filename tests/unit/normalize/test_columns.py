from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from canonical_contact.errors import InputError
from canonical_contact.normalize import columns
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize.columns import Column, Run


def test_equal_texts_are_read_once_and_share_an_answer() -> None:
    found = columns.email(["a@x.org", "b@x.org", "a@x.org"])
    assert len(found.distinct) == 2
    assert found[0] is found[2]
    assert [it and it.address for it in found[1:].values] == ["b@x.org", "a@x.org"]
    assert repr(found) == "Column(email: 3 rows, 2 distinct)"
    assert found != columns.country(["a"])


def test_a_hint_for_each_row() -> None:
    found = columns.phone(["030 1234567"] * 3, region=["DE", "GB", None])
    assert len(found.distinct) == 3
    assert found.values[0] is not None
    assert found.values[0].number == "+49301234567"
    with pytest.raises(InputError, match="2 hints for 1 values"):
        columns.phone(["030 1234567"], region=["DE", "DE"])


def test_other_regions_for_all_rows_and_for_each() -> None:
    one = columns.phone(["030 1234567"] * 2, other_regions=("DE",))
    each = columns.phone(["030 1234567"] * 2, other_regions=[("DE",), ()])
    assert one[0] == each[0]
    assert len(each.distinct) == 2


def test_what_is_no_column() -> None:
    with pytest.raises(InputError, match="not one text"):
        columns.email("a@x.org")
    with pytest.raises(InputError, match="is a int"):
        columns.email([1])  # type: ignore[list-item]
    with pytest.raises(InputError, match=r"holds int64"):
        columns.email(pa.array([1]))
    with pytest.raises(InputError, match="different lengths"):
        columns.name({"given": ["a"], "surname": []})
    with pytest.raises(InputError, match="no part"):
        columns.name({"first": ["a"]})


def test_a_column_as_arrow() -> None:
    found = columns.email(["A@x.org", None, "a@x.org", "?"]).to_arrow()
    assert found.to_pylist()[0] == {
        "value": {"address": "a@x.org", "key": "a@x.org", "role": False},
        "keys": ["a@x.org"],
        "confidence": 1.0,
        "codes": [],
    }
    assert [row["value"] is None for row in found.to_pylist()] == [False, True, False, True]
    assert found.to_pylist()[3]["codes"]
    times = columns.timestamp(["2021-08-15T12:26:00Z"]).to_arrow().to_pylist()
    assert times[0]["value"] == datetime(2021, 8, 15, 12, 26, tzinfo=UTC)
    assert columns.country([]).to_arrow().to_pylist() == []
    for kind in ("name", "phone", "address", "organization", "language", "time_zone", "birthday"):
        assert len(getattr(columns, kind)(["x", None]).to_arrow()) == 2


def test_half_a_character_has_no_place_in_arrow() -> None:
    column = Column("country", [Normalized("a\ud800", ("b\ud800",))], [0])
    assert column.to_arrow().to_pylist()[0] | {"confidence": 0, "codes": 0} == {
        "value": "a\ufffd",
        "keys": ["b\ufffd"],
        "confidence": 0,
        "codes": 0,
    }


def test_the_order_of_a_column_of_dates() -> None:
    assert columns.birthday(["03/04/1970", "25/12/1988"]).values == ["1970-04-03", "1988-12-25"]
    assert columns.birthday(["03/04/1970", "12/25/1988"]).values == ["1970-03-04", "1988-12-25"]
    assert columns.birthday(["03/04/1970", "12/25/1988"], order="dmy").values[0] == "1970-04-03"


TABLE = {
    "name.given": ["ANA", "Ben", None],
    "emails[0].address": ["Ana@Example.org; b@x.org, c@x.org, d@x.org", " ", None],
    "phones[0].number": ["089 1234567", "call me", None],
    "addresses[0].country": ["Germany", None, None],
    "created_at": ["2021-08-15T12:26:00Z", None, None],
    "tags[0]": ["VIP", "n/a", None],
    "score": ["42", None, "4.5"],
    "extensions.Size": ["39", None, "\ud800"],
}


def test_whole_records() -> None:
    found = columns.records(
        TABLE, system="crm", record_ids=["7", None, "9"], columns={"phones[0].number": "Phone"}, file="crm.csv", lines=[2, 3, 4]
    )
    assert len(found) == 3
    assert repr(found) == "Records(crm: 3)"
    assert found["record_id"] == ["7", "2", "9"]
    assert found["name.given"] == ["Ana", "Ben", None]
    assert found["emails[2].address"] == ["c@x.org", None, None]
    assert found.more == [{"emails[3].address": "d@x.org", "emails[3].key": "d@x.org", "emails[3].role": False}, None, None]
    assert found["phones[0].country_code"] == ["DE", None, None]
    assert found["titles"] == [None] * 3
    assert found["extensions.crm.Size"] == ["39", None, "\ud800"]
    told = [(row, it.code, it.column, it.file, it.line) for row, it in found.problems()]
    assert (1, "phone.not_a_number", "Phone", "crm.csv", 3) in told
    assert (1, "text.placeholder", "", "crm.csv", 3) in told
    assert found.row(2) == {"score": 4.5, "extensions.crm.Size": "\ud800"}
    assert found.source_record(0).card == found.card(0)
    assert found.source_record(0).key == found.key(0) == "crm:7"
    with pytest.raises(KeyError):
        found["name.nothing"]


def test_whole_records_as_lists_and_as_arrow() -> None:
    found = columns.records(TABLE, system="crm")
    lists = found.to_dict()
    assert set(lists) == {"record_id", "more", "problems", *found.paths}
    assert "titles" not in found.to_dict(sparse=True)
    rows = found.to_arrow().to_pylist()
    assert rows[0]["created_at"] == datetime(2021, 8, 15, 12, 26, tzinfo=UTC)
    assert rows[0]["tags"] == ["VIP"]
    assert rows[0]["more"] == '{"emails[3].address": "d@x.org", "emails[3].key": "d@x.org", "emails[3].role": false}'
    assert [it["code"] for it in rows[1]["problems"]] == [it.code for it in found.problems_of(1)]
    assert rows[2]["extensions.crm.Size"] == "\ufffd"
    as_map = found.to_arrow(extensions_as_map=True)
    assert as_map.column("extensions").to_pylist() == [[("crm.Size", "39")], None, [("crm.Size", "\ufffd")]]
    assert columns.records({}, system="crm").to_arrow(extensions_as_map=True).num_rows == 0


def test_arrow_tables_are_read_as_lists_are() -> None:
    there = {path: [None if text == "\ud800" else text for text in texts] for path, texts in TABLE.items()}
    wanted = columns.records(there, system="crm").to_dict()
    table = pa.table({path: pa.array(texts, pa.string()) for path, texts in there.items()})
    worded = pa.table({path: pa.array(texts, pa.string()).dictionary_encode() for path, texts in there.items()})
    for given in (
        table,
        worded,
        table.to_batches()[0],
        pa.table({path: pa.array(texts, pa.large_string()) for path, texts in there.items()}),
    ):
        assert columns.records(given, system="crm").to_dict() == wanted
    with pytest.raises(InputError, match="Two columns"):
        columns.records(pa.table([["a"], ["b"]], names=["owner", "owner"]), system="crm")
    with pytest.raises(InputError, match="holds int64"):
        columns.records(pa.table({"owner": [1]}), system="crm")


def test_batches_are_one_table_cut() -> None:
    run = Run()
    table = {"owner": [f"o{number}" for number in range(7)]}
    parts = list(run.batches(table, system="crm", rows=3))
    assert [part["record_id"] for part in parts] == [["1", "2", "3"], ["4", "5", "6"], ["7"]]
    assert [owner for part in parts for owner in part["owner"]] == table["owner"]
    assert [len(part) for part in run.batches([pa.table(table), table], system="crm", rows=4)] == [4, 3, 4, 3]
    assert [part["record_id"][0] for part in run.batches(pa.table(table).to_batches(2), system="crm", first_row=11)] == [
        "11",
        "13",
        "15",
        "17",
    ]


def test_what_is_no_table() -> None:
    with pytest.raises(InputError, match="has 1 rows, others 2"):
        columns.records({"owner": ["a", "b"], "gender": ["c"]}, system="crm")
    with pytest.raises(InputError, match="is a int"):
        columns.records({"owner": [1]}, system="crm")
    with pytest.raises(InputError, match="2 entries for 1 rows"):
        columns.records({"owner": ["a"]}, system="crm", record_ids=["1", "2"])
    with pytest.raises(InputError, match="No list that has columns"):
        Run(places={"tags": 3})


def test_places() -> None:
    found = Run(places={"emails": 1}).records({"emails[0].address": ["a@x.org, b@x.org"]}, system="crm")
    assert "emails[1].address" not in found.paths
    assert found.more[0] == {"emails[1].address": "b@x.org", "emails[1].key": "b@x.org", "emails[1].role": False}


def test_without_pyarrow_the_columns_work_and_arrow_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from canonical_contact.errors import MissingExtraError\n"
        "from canonical_contact.normalize import columns\n"
        "found = columns.records({'owner': ['a']}, system='crm')\n"
        "assert found['owner'] == ['a']\n"
        "for one in (found, columns.country(['UK'])):\n"
        "    try:\n"
        "        one.to_arrow()\n"
        "    except MissingExtraError as error:\n"
        "        assert '[batch]' in str(error)\n"
        "    else:\n"
        "        raise SystemExit(1)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
