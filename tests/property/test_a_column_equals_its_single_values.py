"""What a column form answers is what the single form answers, row by row, with the hints of the row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact import normalize
from canonical_contact.normalize import Normalized, columns
from canonical_contact.normalize._time_zone import time_zone
from canonical_contact.normalize._when_order import date_order

_KINDS: dict[str, tuple[Callable[..., columns.Column[Any]], Callable[..., Normalized[Any]], tuple[str, ...]]] = {
    "email": (columns.email, normalize.email, ("ANA@Example.org", "ana@@x", "Ana <ana@gmial.com>")),
    "phone": (columns.phone, normalize.phone, ("089 1234567", "+49 171 1234567", "0171/1234567", "4,47E+11")),
    "name": (columns.name, normalize.name, ("MÜLLER, JAN", "Orbán Viktor", "Jan (Bob) & Ana Berg", "n/a")),
    "address": (columns.address, normalize.address, ("Weg 1\n1007 Dresden\nGermany", "Weg 1, 10115 Berlin")),
    "country": (columns.country, normalize.country, ("Georgia", "UK", "Deutschland", "de")),
    "language": (columns.language, normalize.language, ("Deutsch", "en_us", "no")),
    "organization": (columns.organization, normalize.organization, ("Acme GmbH", "The Coca-Cola Company", "株式会社ソニー")),
    "time_zone": (columns.time_zone, time_zone, ("Europe/Berlin", "CET", "Mars")),
}
_DATES = ("03/04/1970", "25/12/1988", "12/25/1988", "01.02.03", "1985-04", "--03-01", "44197", "2021-08-15 12:26", "x")
_cells = st.one_of(st.sampled_from(("", " ", "\u200b", "n/a", "ana", "1234567")), st.text(st.characters(), max_size=12))
_regions = st.sampled_from(("", "DE", "US", "JP", "HU", "ZZ", "de", "nonsense \x00"))
_languages = st.sampled_from(("", "de", "hu-HU", "zh", "nonsense"))
_headers = st.sampled_from(("", "Surname", "phones[0].number", "Geburtstag (TT.MM.JJJJ)", "Created (MM/DD/YYYY)"))


@pytest.mark.parametrize("kind", _KINDS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_values_with_hints_per_row(kind: str, data: st.DataObject) -> None:
    over, single, words = _KINDS[kind]
    texts = data.draw(st.lists(st.none() | st.sampled_from(words) | _cells, max_size=12))
    hints: dict[str, Any] = {}
    for word, some in (("region", _regions), ("language", _languages), ("column", _headers)):
        each = st.lists(some, min_size=len(texts), max_size=len(texts))
        hints[word] = data.draw(some | each)
    wanted = [
        single(text or "", **{word: hint if isinstance(hint, str) else hint[row] for word, hint in hints.items()})
        for row, text in enumerate(texts)
    ]
    found = over(texts, **hints)
    assert list(found) == wanted
    assert found.values == [it.value for it in wanted]
    assert found.keys == [it.keys for it in wanted]
    assert found.confidences == [it.confidence for it in wanted]
    assert list(found.problems()) == [(row, problem) for row, it in enumerate(wanted) for problem in it.problems]
    told = [None if text is None else text.encode("utf-8", "replace").decode() for text in texts]
    if told == texts:  # half a character has no place in Arrow
        array = pa.array(texts, pa.string())
        assert over(array, **hints) == found
        assert over(array.dictionary_encode(), **hints) == found
        assert over(pa.chunked_array([array[:5], array[5:]], pa.string()), **hints) == found


@pytest.mark.parametrize(("over", "single"), [(columns.birthday, normalize.birthday), (columns.timestamp, normalize.timestamp)])
@given(
    texts=st.lists(st.none() | st.sampled_from(_DATES) | _cells, max_size=12),
    order=st.sampled_from(("", "dmy", "mdy")),
    region=_regions,
)
@settings(max_examples=100, deadline=None)
def test_dates_with_the_order_of_their_column(
    over: Callable[..., columns.Column[Any]],
    single: Callable[..., Normalized[Any]],
    texts: list[str | None],
    order: str,
    region: str,
) -> None:
    found = over(texts, order=order, region=region)
    told = order or date_order([text for text in texts if text])
    assert list(found) == [single(text or "", order=told, region=region) for text in texts]


@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                part: st.none() | st.sampled_from(("ANA", "Núñez", "van der Berg", "Dr.")) | _cells
                for part in ("given", "surname", "title")
            }
        ),
        max_size=8,
    ),
    regions=st.data(),
)
@settings(max_examples=60, deadline=None)
def test_parts_of_names(rows: list[dict[str, str | None]], regions: st.DataObject) -> None:
    region = regions.draw(st.lists(_regions, min_size=len(rows), max_size=len(rows)))
    found = columns.name({part: [row[part] for row in rows] for part in ("given", "surname", "title")}, region=region)
    wanted = [
        normalize.name({part: text for part, text in row.items() if text}, region=hint)
        for row, hint in zip(rows, region, strict=True)
    ]
    assert list(found) == wanted


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_moments_with_the_zone_of_their_row(data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.none() | st.sampled_from(_DATES), max_size=8))
    some = st.sampled_from((None, "", "UTC", "Europe/Berlin", "Nowhere/Land"))
    zones = data.draw(some | st.lists(some, min_size=len(texts), max_size=len(texts)))
    each = zones if isinstance(zones, list) else [zones] * len(texts)
    found = columns.timestamp(texts, zone=zones, order="dmy")
    assert list(found) == [
        normalize.timestamp(text or "", zone=zone, order="dmy") for text, zone in zip(texts, each, strict=True)
    ]
