"""Whatever the records and levels: frequencies, chances, scores and probabilities over columns are those of single pairs, to the digit."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact.match.columns.scoring import ColumnScorer, term_frequencies, vector_counts
from canonical_contact.match.features import Features
from canonical_contact.match.model.frequencies import term_frequencies as pure_frequencies
from canonical_contact.match.model.mixture import Model
from canonical_contact.match.model.scoring import Scorer
from canonical_contact.match.table import FeatureTable
from match_models import COMPARISONS as _MADE_UP
from match_models import MODEL, comparison

_STATE = comparison("x.state", "same", "different", "missing")
_COMPARISONS = (*_MADE_UP, _STATE)
_MODEL = Model(
    MODEL.version,
    MODEL.kinds,
    MODEL.shares,
    {**MODEL.words, "x.state": ("same", "different")},
    {**MODEL.tables, "x.state": ((0.9, 0.1), (0.5, 0.5), (0.8, 0.2), (0.3, 0.7), (0.25, 0.75))},
    MODEL.correction,
    MODEL.calibration,
)
_NAMES = st.sampled_from(["ana", "jo", "de", "li", "garcia", "perez"])
_MAILS = st.sampled_from(["a@x.es", "b@x.es", "a@y.es", "a", "@x.es", "b@z.es"])
_PHONES = st.sampled_from(["+341", "+342", "~3"])
_RECORDS = st.lists(
    st.builds(
        lambda **fields: Features("", "s", **fields),
        given=st.lists(_NAMES, max_size=2).map(tuple),
        surname=st.lists(_NAMES, max_size=3).map(tuple),
        emails=st.lists(_MAILS, max_size=3, unique=True).map(tuple),
        phones=st.lists(_PHONES, max_size=3, unique=True).map(tuple),
        street=st.sampled_from(["", "mainst1", "mainst2"]),
        locality=st.sampled_from(["", "rome"]),
        extensions=st.sampled_from([(), (("state", "vic"),), (("state", "nsw"),)]),
    ),
    min_size=2,
    max_size=9,
).map(lambda found: [record._replace(key=f"s:{place}") for place, record in enumerate(found)])


@settings(max_examples=60)
@given(_RECORDS, st.data())
def test_equal(records: list[Features], data: st.DataObject) -> None:
    places = st.integers(0, len(records) - 1)
    vectors = st.tuples(*(st.integers(0, len(one.levels) - 1) for one in _COMPARISONS)).map(bytes)
    pairs = data.draw(st.lists(st.tuples(places, places, vectors), max_size=8))
    table = FeatureTable.of(records)
    frequencies = pure_frequencies(records, _COMPARISONS)
    assert term_frequencies(table, _COMPARISONS).to_text() == frequencies.to_text()

    scorer, columns = Scorer(_COMPARISONS, _MODEL, frequencies), ColumnScorer(_COMPARISONS, _MODEL, frequencies, table)
    left, right = np.array([a for a, _, _ in pairs], np.int64), np.array([b for _, b, _ in pairs], np.int64)
    levels = [np.array([vector[place] for _, _, vector in pairs], np.uint8) for place in range(len(_COMPARISONS))]
    chances = [scorer.chances(vector, records[a], records[b]) for a, b, vector in pairs]
    assert list(zip(*(column.tolist() for column in columns.chances(levels, left, right)), strict=True)) == chances
    assert [scorer.chances(vector, records[b], records[a]) for a, b, vector in pairs] == chances

    found = columns.scores(levels, left, right)
    expected = [scorer.score(vector, chance) for (_, _, vector), chance in zip(pairs, chances, strict=True)]
    assert list(zip(found.logits.tolist(), found.probabilities.tolist(), strict=True)) == expected

    counts: dict[bytes, float] = {}
    for _, _, vector in pairs:
        counts[vector] = counts.get(vector, 0.0) + 1.0
    assert vector_counts(levels, _COMPARISONS) == counts
