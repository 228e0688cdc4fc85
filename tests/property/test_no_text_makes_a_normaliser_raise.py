"""Whatever stands in a cell, a normaliser gives a result: a value, or a problem, never an exception, and not after long."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from canonical_contact import normalize
from canonical_contact.errors import Problem
from canonical_contact.model import RawRecord
from canonical_contact.normalize import Normalized, Normalizer

ANY_TEXT = st.text(st.characters(), max_size=60)  # surrogates, controls, right-to-left and unassigned characters included
PIECES = st.sampled_from(
    ["@", "@@", ".", ",", ";", " / ", "+", "00", "(0)", "-", "x12", "Durchwahl", "0170", "1234567", "4,47E+11", "Dr.", "van", "der", "Jr.", "III",
     "MÜLLER", "müller", "'", "’", "(", ")", '"', "&", "und", "née", "<b>", "\x00", "\u200d", "\u202e", "🎉", "Ã©", "Â", "\ufffd", "\ud800", "毛", "김",
     "シ", "ョ", "ب", "١", "Ａ", "gmail.com", "mailto:", "Ltd", "GmbH", "株式会社", "S.A.", "--", "2020", "31", "02", "/", "T", ":", "Z", "\n", "  ", "\u3000"]
)  # fmt: skip
CELL = st.one_of(ANY_TEXT, st.lists(PIECES, max_size=9).map("".join), st.lists(PIECES, max_size=9).map(" ".join))
NORMALISERS: list[Callable[..., Normalized[Any]]] = [
    normalize.address,
    normalize.birthday,
    normalize.country,
    normalize.email,
    normalize.language,
    normalize.name,
    normalize.organization,
    normalize.phone,
    normalize.timestamp,
]


@pytest.mark.parametrize("normaliser", NORMALISERS, ids=lambda function: function.__name__)
@given(text=CELL)
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_result(normaliser: Callable[..., Normalized[Any]], text: str) -> None:
    found = normaliser(text)
    assert type(found) is Normalized
    assert 0.0 <= found.confidence <= 1.0
    assert all(type(problem) is Problem and "." in problem.code for problem in found.problems)


@given(text=CELL)
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_folded_and_split(text: str) -> None:
    assert normalize.fold(normalize.fold(text)) == normalize.fold(text)
    assert normalize.split_emails(text)
    assert normalize.split_phones(text)
    assert isinstance(normalize.loose_phone_key(text), str)


@given(
    values=st.dictionaries(
        st.sampled_from(
            [
                "name.full",
                "name.given",
                "name.given2",
                "name.surname",
                "name.title",
                "name.suffix",
                "birthday",
                "gender",
                "time_zone",
                "created_at",
                "updated_at",
                "lifecycle.stage",
                "lifecycle.status",
                "lifecycle.converted_at",
                "emails[0].address",
                "emails[0].bounced_at",
                "emails[7].address",
                "emails[7].pref",
                "phones[0].number",
                "phones[0].label",
                "addresses[0].full",
                "addresses[0].country",
                "addresses[1].postcode",
                "addresses[1].country",
                "organizations[0].name",
                "organizations[0].units",
                "titles[0]",
                "notes[0]",
                "tags[3]",
                "preferred_languages[0]",
                "online_services[0].uri",
                "anniversaries[0].date",
                "nicknames[0]",
                "same_as[0]",
                "extensions.Foo",
                "zone",
                "date_order",
                "a path that nobody knows",
            ]
        ),
        CELL,
        max_size=12,
    )
)
@example(values={"zone": "../../etc/passwd", "created_at": "2020-01-01 10:00"})
@settings(max_examples=200, deadline=None)
def test_any_record_becomes_a_source_record(values: dict[str, str]) -> None:
    raw = RawRecord("sheet", "1", 1, "sheet.csv", 2, values)
    record = Normalizer("DE").record(raw, "sheet:1", "1")
    assert record.key == "sheet:1"
    assert len(record.digest) == 32


HARD = ["a", "1", "@", "a@", "(", ")", "((", "<", " ", ", ", "\n", "-", "1-", "x", "x1", "#1", "&", " & ", '"', "'", "’", "Ã©", "née ", "\u200d", "🎉", ".a", "a.",
        "0 ", "00", "+1 ", "1/", "/ 1234567 ", "Dr. ", "van ", "é", "ショ", "毛", "Ltd ", "ABC ", "S.A. ", "\ud800", "e\u0301"]  # fmt: skip


@pytest.mark.parametrize("piece", HARD)
def test_long_texts_take_time_in_proportion(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    for normaliser in NORMALISERS:
        start = time.process_time()
        normaliser(text)
        normaliser(f"Anna {text} Müller@example.org")
        assert time.process_time() - start < 1.0, normaliser.__name__
    start = time.process_time()
    normalize.split_emails(text)
    normalize.split_phones(text)
    normalize.fold(text)
    assert time.process_time() - start < 1.0
