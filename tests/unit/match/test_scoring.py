from __future__ import annotations

import math
from itertools import product

import pytest
from attrs import evolve

from canonical_contact.errors import ConfigError
from canonical_contact.match.features import Features
from canonical_contact.match.model.frequencies import TERMS, TermFrequencies, term_frequencies, terms_for
from canonical_contact.match.model.mixture import Correction, Model
from canonical_contact.match.model.scoring import Scorer
from match_models import COMPARISONS, MODEL, comparison

NO_FREQUENCIES = TermFrequencies({}, {})
SCORER = Scorer(COMPARISONS, MODEL, NO_FREQUENCIES)
NONE = (0,) * len(SCORER.terms)
VECTORS = [bytes(vector) for vector in product(*(range(len(one.levels)) for one in COMPARISONS))]


def test_the_score_is_the_share_of_the_kinds_that_are_one_person() -> None:
    vector = bytes([0, 0, 0, 1, 1, 2])
    plain = evolve(MODEL, correction=Correction())
    scorer = Scorer(COMPARISONS, plain, NO_FREQUENCIES)
    odds = [
        share * math.prod(MODEL.tables[one.name][kind][level] for one, level in zip(COMPARISONS, vector, strict=True))
        for kind, share in enumerate(MODEL.shares)
    ]
    assert scorer.stated(vector, NONE) == pytest.approx(math.log((odds[0] + odds[1]) / sum(odds[2:])), abs=0.01)
    corrected = 0.9 * scorer.stated(vector, NONE) + 0.3 + 0.5
    assert SCORER.stated(vector, NONE) == pytest.approx(corrected, abs=0.002)
    kinds = SCORER.kinds(vector, NONE)
    assert sum(kinds.values()) == pytest.approx(1.0)
    assert kinds["person"] == pytest.approx(odds[0] / sum(odds), abs=0.005)


def test_missing_weighs_nothing() -> None:
    without = tuple(one for one in COMPARISONS if one.name != "phone")
    smaller = Scorer(without, MODEL, NO_FREQUENCIES)
    none = (0,) * len(smaller.terms)
    phone = [one.name for one in COMPARISONS].index("phone")
    for vector in VECTORS[::7]:
        absent = vector[:phone] + bytes([COMPARISONS[phone].missing]) + vector[phone + 1 :]
        assert SCORER.stated(absent, NONE) == smaller.stated(vector[:phone] + vector[phone + 1 :], none)


def test_evidence_adds_up_to_the_score() -> None:
    for vector in VECTORS[::5]:
        for chances in (NONE, tuple(range(-10, len(NONE) - 10))):
            score = SCORER.score(vector, chances)
            told = SCORER.evidence(vector, chances)
            assert sum(each.weight for each in told) * math.log(2) == pytest.approx(score.logit, abs=0.01)
            assert told[0].field == "prior"


def test_evidence_names_no_missing_comparison() -> None:
    told = SCORER.evidence(bytes([0, 3, 4, 0, 3, 2]), NONE)
    assert [(each.field, each.level) for each in told] == [
        ("prior", "candidate"),
        ("given", "exact"),
        ("phone", "same"),
        ("generation", "none"),
        ("calibration", "calibrated"),
    ]


def test_a_rare_name_says_more_than_a_common_one() -> None:
    records = [
        *(Features(f"a:{place:03}", "a", given=("ana",), surname=("garcia",)) for place in range(60)),
        *(Features(f"b:{place:03}", "b", given=("ana",), surname=(f"rare{'xyz'[place % 3]}{place}",)) for place in range(60)),
    ]
    frequencies = term_frequencies(records, COMPARISONS)
    scorer = Scorer(COMPARISONS, MODEL, frequencies)
    vector = bytes([0, 0, 4, 2, 3, 2])
    common = scorer.score(vector, scorer.chances(vector, records[0], records[1]))
    rare = scorer.score(vector, scorer.chances(vector, records[60], records[60]))
    assert rare.logit > common.logit + 0.5
    assert TermFrequencies.from_text(frequencies.to_text()) == frequencies
    different = bytes([2, 2, 4, 2, 3, 2])
    assert set(scorer.chances(different, records[0], records[1])) == {0}


def test_extension_fields_have_terms_of_their_own() -> None:
    own = comparison("x.state", "same", "different", "missing")
    record = Features("a:1", "a", extensions=(("state", "vic"),))
    assert [term.field for term in terms_for([own])] == ["x.state"]
    assert term_frequencies([record] * 5, [own]).tables == {"x.state/whole": {"vic": 0}}
    assert {term.comparison for term in terms_for(COMPARISONS)} < {term.comparison for term in TERMS}


def test_a_model_is_read_from_tables_by_the_names_of_comparisons() -> None:
    data = {
        "version": "t/1",
        "kinds": ["person", "stranger"],
        "shares": [0.5, 0.5],
        "tables": {"given": {"levels": ["exact", "different"], "person": [0.9, 0.1], "stranger": [0.1, 0.9]}},
        "extensions": {"category": {"levels": ["same", "different"], "person": [0.8, 0.2], "stranger": [0.3, 0.7]}},
    }
    given = comparison("given", "exact", "different", "missing")
    state = comparison("x.state", "same", "different", "missing")
    unknown = comparison("x.shoe", "bigger", "different", "missing")
    model = Model.from_tables(data, [given, state, unknown])
    assert model.tables == {"given": ((0.9, 0.1), (0.1, 0.9)), "x.state": ((0.8, 0.2), (0.3, 0.7))}
    assert model.weights([unknown]) == [[[0, 0, 0]], [[0, 0, 0]]]
    assert Model.from_text(model.to_text()) == model
    with pytest.raises(ConfigError) as raised:
        Model.from_tables(data, [comparison("given", "exact", "typo", "different", "missing")])
    assert raised.value.hint
