"""Extension fields over columns are judged as those of single pairs, and in either order, whatever their kind."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.match.comparisons import Extensions
from canonical_contact.match.comparisons.extensions import KINDS
from canonical_contact.match.features import Features
from canonical_contact.match.table import FeatureTable

WORDS = [
    "sales",
    "manager",
    "manger",
    "de",
    "la",
    "san",
    "sebastian",
    "sebastopol",
    "x",
    "ñandu",
    "漢字",
    "-",
    "north",
    "south",
    "east",
    "west",
]
VALUES = st.one_of(
    st.just(""),
    st.text("12", min_size=4, max_size=7),
    st.sampled_from(
        ["34", "34.0", "35", "36", "-1", "1e3", "0.5", "0.505", "nan", "1234567890123456", "1980-02-03", "1980", "--03-02"]
    ),
    st.integers(-300, 300).map(str),
    st.builds(" ".join, st.lists(st.sampled_from(WORDS), min_size=1, max_size=9)),
    st.text("abé ", max_size=9),
)


@st.composite
def records(draw: st.DrawFn) -> Features:
    found = {f"f{place}": draw(VALUES) for place in range(len(KINDS))}
    return Features("a:1", "a", extensions=tuple((name, value) for name, value in found.items() if value))


@given(st.lists(records(), min_size=1, max_size=10))
def test_extension_columns_equal_pairs(found: list[Features]) -> None:
    extensions = Extensions([*((f"f{place}", kind) for place, kind in enumerate(KINDS)), ("unknown", "text")])
    left, right = (places.ravel() for places in np.indices((len(found), len(found))))
    columns = extensions.columns(FeatureTable.of(found), left, right)
    expected = [extensions.levels(found[a], found[b]) for a, b in zip(left.tolist(), right.tolist(), strict=True)]
    assert np.array(columns).T.tolist() == [list(levels) for levels in expected]
    square = np.array(expected).reshape(len(found), len(found), -1)
    assert (square == square.transpose(1, 0, 2)).all()
