"""Birthdays, addresses, employers and generations over columns are judged as those of single pairs, and in either order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.match.comparisons import Facts, Lookups
from canonical_contact.match.features import Features
from canonical_contact.match.table import FeatureTable

LETTERS = st.text("abé漢", max_size=10)
DATES = st.one_of(
    st.sampled_from(
        ["", "1980-02-03", "1980-03-02", "1980-02-08", "19800230", "1980", "1980-02", "--02-03", "--03-02", "198002003", "n/a"]
    ),
    st.from_regex(r"19[89]0-?[01][12]-?[012][12]", fullmatch=True),
    st.text("012-", max_size=9),
)
STREETS = st.one_of(
    st.just(""),
    st.builds(
        "".join,
        st.lists(st.sampled_from(["12", "1", "21", "high", "hihg", "mulenstr", "mulerstr", "gase", "a", "漢"]), max_size=4),
    ),
)
POSTCODES = st.one_of(
    st.sampled_from(["", "01234", "1234", "12345", "12354", "123456789", "ab1", "ab12cd"]), st.text("012a", max_size=6)
)
TOWNS = st.sampled_from(["", "york", "yorck", "newyork", "neuyork", "ulm", "elm", "ule", "münchen", "munchen"])
EMPLOYERS = st.one_of(
    st.builds(" ".join, st.lists(st.sampled_from(["acme", "acne", "tools", "tols", "north", "systems", "of", "x"]), max_size=8)),
    LETTERS,
)
RECORDS = st.builds(
    Features,
    key=st.just("a:1"),
    system=st.sampled_from("ab"),
    generation=st.sampled_from(["", "jr", "sr"]),
    birthday=DATES,
    street=STREETS,
    postcode=POSTCODES,
    locality=TOWNS,
    region=st.sampled_from(["", "ny", "nw"]),
    country=st.sampled_from(["", "US", "DE"]),
    employer=EMPLOYERS,
)
PLACES = {"12345": (52.5, 13.4), "1234": (52.5, 13.4736), "DE:12354": (52.53, 13.4), "012": (-33.0, 151.0), "12": (52.5, 13.41)}


@given(st.lists(RECORDS, min_size=1, max_size=12), st.booleans())
def test_fact_columns_equal_pairs(records: list[Features], placed: bool) -> None:
    facts = Facts(Lookups(), PLACES if placed else None)
    left, right = (places.ravel() for places in np.indices((len(records), len(records))))
    columns = facts.columns(FeatureTable.of(records), left, right)
    expected = [facts.levels(records[a], records[b]) for a, b in zip(left.tolist(), right.tolist(), strict=True)]
    assert np.array(columns).T.tolist() == [list(levels) for levels in expected]
    square = np.array(expected).reshape(len(records), len(records), -1)
    assert (square == square.transpose(1, 0, 2)).all()
