"""The shipped model knows all comparisons and every kind of extension field, and says what anybody would."""

from __future__ import annotations

from itertools import chain

from canonical_contact.match.comparisons import Lookups, groups_for
from canonical_contact.match.matcher import comparisons_of
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.match.model.mixture import ONE_PERSON, Model
from canonical_contact.match.model.scoring import Scorer
from match_vocabulary import EVERYTHING, vector

EXTENSIONS = {"a": "id", "b": "date", "c": "number", "d": "category", "e": "name", "f": "text"}
SCORER = Scorer(EVERYTHING, Model.default(EVERYTHING), TermFrequencies({}, {}))


def probability(**levels: str) -> float:
    return SCORER.score(vector(**levels), (0,) * len(SCORER.terms)).probability


def test_every_comparison_has_a_table_of_probabilities() -> None:
    comparisons = comparisons_of(groups_for(Lookups(), EXTENSIONS))
    model = Model.default(comparisons)
    assert set(model.tables) == {one.name for one in comparisons}
    assert set(model.kinds) > ONE_PERSON
    for row in (model.shares, *chain.from_iterable(model.tables.values())):
        assert abs(sum(row) - 1.0) < 0.02
        assert min(row) > 0.0


def test_it_says_what_anybody_would() -> None:
    name = {"given": "exact", "surname": "exact", "order": "straight"}
    assert probability(**name, email="same", phone="same") > 0.99
    assert probability(**name, address="same", birthday="exact") > 0.95
    assert 0.02 < probability(**name) < 0.98
    assert probability(given="different", surname="exact", order="straight", address="same", phone="same_shared") < 0.4
    assert probability(given="different", surname="different", employer="same", email="same_domain") < 0.02
    assert probability(**name, birthday="different", email="different", phone="different") < 0.3
    assert probability(**name, address="same", phone="same", generation="one_sided") < probability(
        **name, address="same", phone="same"
    )


def test_an_unknown_field_of_a_table_counts() -> None:
    name = {"given": "exact", "surname": "exact", "order": "straight"}
    assert probability(**name, x__member_no="exact") > probability(**name) > probability(**name, x__member_no="different")
