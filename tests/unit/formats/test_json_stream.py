from __future__ import annotations

import codecs
import io
import time
from typing import Any

import pytest

from canonical_contact.errors import Problem
from canonical_contact.formats._json_stream import documents


def found(data: bytes, **options: Any) -> tuple[list[Any], list[tuple[str, int]]]:
    problems: list[Problem] = []
    values = list(documents(io.BytesIO(data), problems.append, **options))
    return values, [(one.code, one.line) for one in problems]


@pytest.mark.parametrize(
    ("data", "values", "problems"),
    [
        (b"", [], []),
        (b" \n ", [], []),
        (b'{"a":1}\n{"b":2}\n', [{"a": 1}, {"b": 2}], []),
        (b'{"a":1}{"b":2}', [{"a": 1}, {"b": 2}], []),
        (b'\x1e{"a":1}\n\x1e{"b":2}\n', [{"a": 1}, {"b": 2}], []),
        (b'[{"a":1},\n2, "x", null]', [{"a": 1}, 2, "x", None], []),
        (b'["vcard",[["a"]]]\n["vcard",[]]', ["vcard", [["a"]], "vcard", []], []),
        (codecs.BOM_UTF8 + b'{"a":1}', [{"a": 1}], []),
        ('{"ä":1}'.encode("utf-16"), [{"ä": 1}], []),
        ('{"a":"é"}'.encode("cp1252"), [{"a": "é"}], [("json.encoding", 1)]),
        (b'{"a":1}\n{"b":"x\n{"c":2}\n', [{"a": 1}, {"c": 2}], [("json.syntax", 2)]),
        (b'[{"a":1},{"b":bad},{"c":1}]', [{"a": 1}, {"c": 1}], [("json.syntax", 1)]),
        (b'{"a":"b\t"}', [{"a": "b\t"}], [("json.control_characters", 1)]),
        (b'{"a":1e999}\n{"a":NaN}\n3', [3], [("json.syntax", 1), ("json.syntax", 2)]),
        (b'[{"a":"cut', [], [("json.cut_off", 1), ("json.cut_off", 1)]),
        (b"this is no JSON\n{}", [{}], [("json.syntax", 1)]),
        (b'{"a":' + b"9" * 5000 + b"}", [], [("json.syntax", 1)]),
    ],
)
def test_what_is_found(data: bytes, values: list[Any], problems: list[tuple[str, int]]) -> None:
    assert found(data) == (values, problems)


def test_lines_are_counted() -> None:
    reading = documents(io.BytesIO(b'[\n{"a":\n1},\n\n{"b":2}]'), lambda _: None)
    assert [(reading.line, one) for one in reading] == [(2, {"a": 1}), (5, {"b": 2})]
    assert reading.count == 2


def test_what_is_too_long_is_left_out_and_the_next_is_read() -> None:
    assert found(b'[{"a":"%s"},{"b":1}]' % (b"x" * 300_000), max_bytes=100_000) == ([{"b": 1}], [("json.too_long", 1)])


def test_what_is_too_deep_is_left_out_and_the_next_is_read() -> None:
    deep = b'{"a":' * 10 + b"1" + b"}" * 10
    assert found(b"[%s,{}]" % deep, max_depth=9) == ([{}], [("json.too_deep", 1)])
    assert found(b"[%s,{}]" % deep, max_depth=10)[1] == []
    assert found(b'{"a":"%s"}' % (b"[" * 100), max_depth=9)[1] == []  # signs within a text do not count


@pytest.mark.parametrize(
    "bomb",
    [b"[" * 1_000_000, b'{"a":' * 200_000, b'{"a":[' * 150_000, b'"' * 1_000_000, b'{"' * 500_000, b"}" * 1_000_000, b"{x}" * 100_000, b"1" * 1_000_000, b'{"a":"' + b"x" * 1_000_000, b"\\" * 1_000_000],
    ids=["lists", "objects", "both", "quotes", "open texts", "ends", "broken", "digits", "long", "backslashes"],
)  # fmt: skip
def test_a_bomb_of_a_megabyte_is_read_within_a_second(bomb: bytes) -> None:
    started = time.process_time()
    for _ in documents(io.BytesIO(bomb), lambda _: None):
        pass
    assert time.process_time() - started < 3  # on a machine that others use, too


def test_a_line_of_nothing_but_faults_is_given_up_and_the_next_one_read() -> None:
    told: list[Problem] = []
    read = list(documents(io.BytesIO(b"{x}" * 1000 + b'{"late":1}\n{"a":1}\n' + b'""' * 1000 + b'\n{"b":2}'), told.append))
    assert [one for one in read if one != ""] == [{"a": 1}, {"b": 2}]
    assert len(told) < 250
    assert "rest of the line" in told[101].hint


def test_faults_between_good_values_do_not_end_the_line() -> None:
    read = list(documents(io.BytesIO(b'{x}{"a":1}' * 500), lambda _: None))
    assert read == [{"a": 1}] * 500


def test_a_line_with_thousands_of_faults_is_given_up_although_good_values_stand_between() -> None:
    told: list[Problem] = []
    read = list(documents(io.BytesIO(b"{}l" * 300_000 + b'\n{"a":1} {"b":2}\n{"c":3}'), told.append))
    assert read[-3:] == [{"a": 1}, {"b": 2}, {"c": 3}]
    assert 5_000 < len(told) < 5_010
