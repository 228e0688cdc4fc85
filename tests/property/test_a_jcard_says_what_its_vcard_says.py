"""Law: properties written as jCard (RFC 7095) are read back equal, alone, in arrays and in lines, and no JSON makes the reader raise."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.errors import Problem
from canonical_contact.formats.vcard._jcard_times import basic, extended
from canonical_contact.formats.vcard.jcard import from_jcard, read_jcards, to_jcard
from canonical_contact.formats.vcard.properties import Property, escape, join_components, join_list

TEXTS = st.text(st.sampled_from('aé李;,\\\n\t"^ :0'), max_size=6)
WORDS = st.lists(TEXTS, min_size=1, max_size=3)
RAW = st.text(st.characters(codec="utf-8"), max_size=6)
DAYS = st.sampled_from(
    [
        "19850412",
        "--0412",
        "--04",
        "---12",
        "1985",
        "1985-04",
        "19850412T102200Z",
        "T10",
        "T1022",
        "T-2200",
        "T--00",
        "19850412T10-0800",
        "soon",
        "",
        "T",
    ]
)
KEYS = st.sampled_from(["PREF", "LANGUAGE", "ALTID", "X-A", "LABEL", "SORT-AS"])
TYPES = st.lists(st.sampled_from(["home", "work", "cell"]), min_size=1, max_size=2, unique=True).map(tuple)
PARAMS = st.builds(
    lambda params, types: {**params, **({"TYPE": types} if types else {})},
    st.dictionaries(KEYS, st.lists(RAW, min_size=1, max_size=2).map(tuple), max_size=2),
    st.none() | TYPES,
)
KINDS: list[tuple[st.SearchStrategy[str], st.SearchStrategy[str], str]] = [
    (st.sampled_from(["FN", "NOTE", "TEL", "EMAIL", "TITLE", "JSPROP"]), TEXTS.map(escape), ""),
    (st.sampled_from(["N", "ADR", "ORG", "GENDER"]), st.lists(WORDS, min_size=1, max_size=7).map(join_components), ""),
    (st.sampled_from(["NICKNAME", "CATEGORIES"]), WORDS.map(join_list), ""),
    (st.sampled_from(["URL", "PHOTO", "UID"]), RAW, ""),
    (st.sampled_from(["URL", "X-SHOE", "BDAY"]), TEXTS.map(escape), "text"),
    (st.sampled_from(["TEL", "X-SHOE"]), RAW, "uri"),
    (st.sampled_from(["BDAY", "ANNIVERSARY", "REV"]), DAYS, ""),
    (st.sampled_from(["X-SHOE", "TZ"]), st.sampled_from(["-0500", "+01", "x"]), "utc-offset"),
    (st.just("X-SHOE"), st.sampled_from(["43", "-1", "0", "007", "1,2", "", "1" * 40]), "integer"),
    (st.just("X-SHOE"), st.sampled_from(["4.5", "-0.25", "4", "1.50", "1.5,2.5", "nan"]), "float"),
    (st.just("X-SHOE"), st.sampled_from(["true", "false", "yes"]), "boolean"),
    (st.sampled_from(["X-SHOE", "X-ABLABEL", "VND-THING"]), RAW, ""),
]  # fmt: skip
ONE = st.one_of(
    [
        st.builds(
            lambda name, value, params, group, kind=kind: Property(
                name, value, {**params, **({"VALUE": (kind,)} if kind else {})}, group
            ),
            names,
            values,
            PARAMS,
            st.sampled_from(["", "item1"]),
        )
        for names, values, kind in KINDS
    ]
)
CARDS = st.lists(st.lists(ONE, min_size=1, max_size=4), min_size=1, max_size=3)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["vcard", "n", "text", "tel"]) | RAW,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(RAW, inner, max_size=2),
    max_leaves=12,
)


def no(problem: Problem) -> None:
    raise AssertionError(problem)


@given(cards=CARDS)
def test_written_and_read(cards: list[list[Property]]) -> None:
    written = [to_jcard(card) for card in cards]
    texts = [json.dumps(card) for card in written]
    assert [from_jcard(json.loads(text), no) for text in texts] == cards
    for data in ("[" + ",".join(texts) + "]", "\n".join(texts), "".join(texts)):
        assert list(read_jcards(io.BytesIO(data.encode()), no)) == cards


@given(value=ANY_JSON)
def test_no_json_makes_the_reader_raise(value: Any) -> None:
    for shape in (
        value,
        ["vcard", value],
        ["vcard", [value]],
        ["vcard", [["n", {}, "text", value]]],
        ["vcard", [["tel", {"type": value}, "text", "1"]]],
    ):
        problems: list[Problem] = []
        found = from_jcard(shape, problems.append)
        assert found or problems or shape[1] == []
        for one in found:
            assert all(isinstance(text, str) for texts in one.params.values() for text in texts)
        list(read_jcards(io.BytesIO(json.dumps(shape).encode()), problems.append))


@pytest.mark.parametrize(
    ("short", "kind", "long"),
    [
        ("19850412", "date", "1985-04-12"),
        ("19850412T232050", "date-time", "1985-04-12T23:20:50"),
        ("232050", "time", "23:20:50"),
        ("2320", "time", "23:20"),
        ("-2050", "time", "-20:50"),
        ("--50", "time", "--50"),
        ("10-0800", "time", "10-08:00"),
        ("19961022T140000Z", "timestamp", "1996-10-22T14:00:00Z"),
    ],
)
def test_forms_of_times(short: str, kind: str, long: str) -> None:
    assert extended(short, kind) == long
    assert basic(long, kind) == short
