from __future__ import annotations

import numpy as np
import pytest

from canonical_contact.errors import InputError
from canonical_contact.match.comparisons import Extensions
from canonical_contact.match.features import Features
from canonical_contact.match.table import FeatureTable


@pytest.mark.parametrize(
    ("kind", "left", "right", "expected"),
    [
        ("id", "5860195", "5860195", "exact"),
        ("id", "5860195", "5860915", "digit"),
        ("id", "5860195", "586195", "digit"),
        ("id", "5860195", "58601950", "digit"),
        ("id", "5860195", "5870295", "different"),
        ("id", "1001", "1002", "different"),
        ("id", "5860195", "", "missing"),
        ("date", "1980-02-03", "1980-03-02", "swapped"),
        ("number", "34", "34.0", "exact"),
        ("number", "34", "35", "near"),
        ("number", "1000", "1020", "near"),
        ("number", "0.5", "0.505", "near"),
        ("number", "0.5", "0.6", "different"),
        ("number", "-1000", "1000", "different"),
        ("number", "34", "unknown", "different"),
        ("number", "unknown", "unknown", "exact"),
        ("category", "f", "f", "same"),
        ("category", "f", "m", "different"),
        ("category", "f", "", "missing"),
        ("name", "san sebastian", "sansebastian", "exact"),
        ("name", "ana gil", "ana lopez", "part"),
        ("name", "de gil", "de lopez", "different"),
        ("name", "valladolid", "valadolid", "typo"),
        ("name", "sansebastian", "sansebastopol", "similar"),
        ("name", "york", "leds", "different"),
        ("text", "sales manager", "manager sales", "exact"),
        ("text", "sales manager", "sales-manager", "exact"),
        ("text", "sales manager", "regional sales manager", "part"),
        ("text", "regional sales manager", "senior sales manager", "part"),
        ("text", "sales manager", "office manager", "different"),
        ("text", "sales manager", "sales manger", "similar"),
        ("text", "one two three four five six seven eight", "one two three four five six seven nine", "part"),
        ("text", "nurse", "", "missing"),
    ],
)
def test_each_kind_in_both_forms(kind: str, left: str, right: str, expected: str) -> None:
    extensions = Extensions([("field", kind)])
    (asked,) = extensions.comparisons
    records = [Features("x:1", "x", extensions=(("field", value),) if value else ()) for value in (left, right)]
    forth, back = extensions.levels(*records), extensions.levels(*reversed(records))
    assert asked.name == "x.field"
    assert forth == back, "a comparison is symmetric"
    assert asked.words[forth[0]] == expected
    (column,) = extensions.columns(FeatureTable.of(records), np.array([0]), np.array([1]))
    assert asked.words[column[0]] == expected


def test_a_kind_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(InputError, match="born_in") as caught:
        Extensions([("born_in", "place")])
    assert "category" in (caught.value.hint or "")


def test_pools_that_change_are_read_anew() -> None:
    extensions = Extensions([("field", "id")])
    same, other = (
        FeatureTable.of([Features("x:1", "x", extensions=(("field", value),)) for value in values])
        for values in (("1234567", "1234576"), ("1234567", "7654321"))
    )
    found = [extensions.columns(table, np.array([0]), np.array([1]))[0][0] for table in (same, other, same)]
    assert [extensions.comparisons[0].words[level] for level in found] == ["digit", "different", "digit"]
