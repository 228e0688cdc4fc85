"""Mailboxes and numbers over columns are judged as those of single pairs, and in either order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.match.comparisons import Channels, Lookups
from canonical_contact.match.features import Features
from canonical_contact.match.table import FeatureTable

LOCALS = st.one_of(
    st.sampled_from(
        [
            "ana.gil",
            "agil",
            "gila",
            "ana.gil+crm",
            "ana.gil+info",
            "ana.lopez",
            "ana.lopes",
            "lopez.ana",
            "a.lopez80",
            "a.lopez81",
            "ana",
            "ana80",
            "lopez807",
            "info",
            "57",
            "жана",
        ]
    ),
    st.text("an1.é+", min_size=1, max_size=7),
)
DOMAINS = st.sampled_from(["gmail.com", "gmial.com", "gmx.com", "acme.es", "acne.es", "acme.org", "x.de", "y.de"])
MAILS = st.builds("{}@{}".format, LOCALS, DOMAINS)
NUMBERS = st.one_of(
    st.sampled_from(
        ["+34911234567", "+34921234567", "+3491123456", "+34911234576", "~911234567", "~1234567", "+491234567", "~34911234568"]
    ),
    st.builds("+{}1234567".format, st.text("34", max_size=4)),
    st.text("12", min_size=8, max_size=10).map("~{}".format),
)
TOKENS = st.lists(st.sampled_from(["ana", "maria", "gil", "lopez", "de", "a", "alba", "oto", "漢"]), max_size=3).map(tuple)
RECORDS = st.builds(
    Features,
    key=st.just("a:1"),
    system=st.just("a"),
    given=TOKENS,
    surname=TOKENS,
    read_given=st.one_of(st.just(()), TOKENS),
    read_surname=st.one_of(st.just(()), TOKENS),
    nicknames=st.one_of(st.just(()), TOKENS),
    emails=st.lists(MAILS, max_size=3, unique=True).map(tuple),
    roles=st.lists(st.builds("info@{}".format, DOMAINS), max_size=2, unique=True).map(tuple),
    phones=st.lists(NUMBERS, max_size=3, unique=True).map(tuple),
)
LOOKUPS = Lookups(
    free_mail=frozenset(("gmail.com", "gmx.com")),
    shared=frozenset(("ana.gil@acme.es", "info@x.de", "info@y.de", "+34911234567", "~1234567")),
)


@given(st.lists(RECORDS, min_size=1, max_size=10))
def test_channel_columns_equal_pairs(records: list[Features]) -> None:
    channels = Channels(LOOKUPS)
    left, right = (places.ravel() for places in np.indices((len(records), len(records))))
    columns = channels.columns(FeatureTable.of(records), left, right)
    expected = [channels.levels(records[a], records[b]) for a, b in zip(left.tolist(), right.tolist(), strict=True)]
    assert np.array(columns).T.tolist() == [list(levels) for levels in expected]
    square = np.array(expected).reshape(len(records), len(records), -1)
    assert (square == square.transpose(1, 0, 2)).all()
