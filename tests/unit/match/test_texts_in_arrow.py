"""Pools of texts in Arrow answer as lists of texts do."""

import numpy as np
import pyarrow as pa
import pytest

from canonical_contact.match.columns._texts import among, begin, halves, last, places_in, points_of
from canonical_contact.match.columns.blocks import part_rows
from canonical_contact.match.keys import TRANSFORMS, Source
from canonical_contact.match.table import AT_ONCE, FeatureTable, Lists, Pool, Values, arrow_of, texts_at

TEXTS = ["", "ana@x.es", "eva", "@x.es", "müller@x.de", "a@b@c", "~0034600111222", "毛泽东"]


def pooled(texts: list[str]) -> Pool:
    return Pool(pa.array(["before", *texts], pa.large_string())[1:])


def test_a_pool_is_a_sequence_of_texts() -> None:
    pool = pooled(TEXTS)
    assert list(pool) == TEXTS
    assert list(pool[2:4]) == TEXTS[2:4]
    assert (pool[1], pool[-1], len(pool)) == (TEXTS[1], TEXTS[-1], len(TEXTS))
    assert texts_at(pool, np.array([2, 2, 0])) == ["eva", "eva", ""]


@pytest.mark.parametrize(
    "pool", [TEXTS, pooled(TEXTS), pooled(["", "plain", "ascii@x.es"]), []], ids=["list", "pool", "ascii", "empty"]
)
def test_what_is_asked_at_once_is_what_each_text_answers(pool: list[str]) -> None:
    texts = list(pool)
    for values, part in zip(halves(pool), (0, 2), strict=True):
        assert texts_at(values.pool, values.codes) == [text.partition("@")[part] for text in texts]
    tails = last(pool, 4)
    assert texts_at(tails.pool, tails.codes) == [text[-4:] for text in texts]
    assert begin(pool, ["e", "~"]).tolist() == [text[:1] in ("e", "~") for text in texts]
    assert among(pool, {"eva", "ida"}).tolist() == [text == "eva" for text in texts]
    assert places_in(pool, ["", "eva"]).tolist() == [["", "eva"].index(text) if text in ("", "eva") else -1 for text in texts]
    points, lengths = points_of(pool)
    assert points.tolist() == [ord(char) for text in texts for char in text]
    assert lengths.tolist() == [len(text) for text in texts]


@pytest.mark.parametrize("transform", ["local part", "last eight", "first number"])
def test_a_transform_at_once_is_that_of_each_text(transform: str) -> None:
    more = ("abcdefgh", "12345678", "somebody@x.es", "somebody@y.es"), ("95leahyplace", "main95b12", "95", "улица٤", "улица7")
    column = Lists.of([tuple(TEXTS[1:5]), (), tuple(TEXTS[5:]), *more])
    table = FeatureTable(["a", "b", "c", "d", "e"], {}, {"emails": column}, np.zeros(5, np.bool_))
    rows, texts = part_rows(table, (Source("emails", transform),))
    found = {(record, texts[value]) for record, value in zip(rows.records.tolist(), rows.values.tolist(), strict=True)}
    expected = {(place, value) for place in range(5) for text in column.at(place) for value in TRANSFORMS[transform](text)}
    assert found == expected
    assert len(found) == len(rows.values)


def test_half_a_character_in_many_texts_does_no_harm() -> None:
    texts = [f"{number}" for number in range(AT_ONCE)] + ["\ud800"]
    assert texts_at((values := Values.of(texts)).pool, values.codes[:3]) == ["0", "1", "2"]
    assert len(arrow_of(["\udfff"])) == 1
