"""Mistakes one by one: which are taken, and what is said of each."""

from __future__ import annotations

import json
from typing import Any, cast

from attrs import field, frozen

from canonical_contact.match.evaluate import ErrorKind, Mistakes, PairError, find_mistakes
from canonical_contact.match.explain import Explanation, FieldEvidence
from canonical_contact.model import Evidence

CLUSTERS = {"a1": 1, "a2": 1, "b1": 1, "a3": 2, "c1": 3, "c2": 3}
TRUTH = {"a1": "Ana", "a2": "Ana", "a3": "Ana", "b1": "Bob", "c1": "Cem", "c2": "Cem", "a4": "Ana"}
SCORES = {("a2", "b1"): 0.97, ("a1", "b1"): 0.9, ("a1", "a3"): 0.4, ("a2", "a3"): 0.6}


@frozen
class _Why:
    """As much of an explanation as is looked at."""

    left: str
    right: str
    score: float
    reason: str = "weights"
    evidence: tuple[FieldEvidence, ...] = ()
    found_by: tuple[str, ...] = ()
    keys: tuple[Any, ...] = field(default=("a key",))


def score(left: str, right: str) -> float:
    return SCORES.get((left, right), 0.1)


def explain(left: str, right: str) -> Explanation:
    evidence = (
        FieldEvidence("given", "exact", 2.0, "", f"{left} given", f"{right} given"),
        FieldEvidence("given.frequency", "", -0.5, ""),
        FieldEvidence("email", "different", -3.0, ""),
        FieldEvidence("phone", "near", 0.2, ""),
        FieldEvidence("calibration", "", 9.0, ""),
    )
    found_by = ("email", "name") if "a3" not in (left, right) else ()
    return cast("Explanation", _Why(left, right, score(left, right), evidence=evidence, found_by=found_by))


def found(**more: Any) -> Mistakes:
    return find_mistakes(CLUSTERS, TRUTH, score=score, explain=explain, **more)


def test_wrong_merges_come_first_and_what_came_nearest_is_taken() -> None:
    told = found(values=lambda key: {"given": key.upper()})
    assert [(error.kind.value, error.left, error.right) for error in told.errors] == [
        ("false_merge", "a2", "b1"),
        ("false_merge", "a1", "b1"),
        ("missed_pair", "a2", "a3"),
        ("missed_pair", "a1", "a3"),
    ]
    assert (told.false_merges, told.missed_pairs) == (2, 5)
    assert told.errors[0].left_values == {"given": "A2"}
    assert told.errors[0].found_by == "email, name"
    assert told.errors[2].found_by == ""


def test_the_number_of_mistakes_and_of_pairs_of_one_group_is_bound() -> None:
    assert [error.right for error in found(per_group=1).errors] == ["b1", "a3"]
    assert len(found(most=1).errors) == 2
    assert found(most=0).errors == ()
    assert found(most=0).missed_pairs == 5


def test_the_order_of_records_does_not_matter() -> None:
    turned = find_mistakes(
        dict(reversed(CLUSTERS.items())), dict(reversed(TRUTH.items())), score=score, explain=explain, per_group=1
    )
    assert turned == found(per_group=1)


def test_values_of_the_explanation_stand_in_where_none_are_given() -> None:
    assert found().errors[0].left_values["given"] == "a2 given"


def test_a_field_misleads_with_all_its_parts_and_only_if_it_weighs() -> None:
    merge, missed = found(per_group=1).errors
    assert merge.misled_by == ("given",)
    assert missed.misled_by == ("email",)


def test_keys_that_nobody_asked_about_are_not_known() -> None:
    def unasked(left: str, right: str) -> Explanation:
        return cast("Explanation", _Why(left, right, 0.5, keys=()))

    told = find_mistakes(CLUSTERS, TRUTH, score=score, explain=unasked)
    assert {error.found_by for error in told.errors} == {None}


def test_a_result_without_mistakes() -> None:
    assert find_mistakes(CLUSTERS, CLUSTERS, score=score, explain=explain) == Mistakes((), 0, 0)


def test_mistakes_become_json() -> None:
    error = PairError(ErrorKind.MISSED_PAIR, "a", "b", evidence=(Evidence("email", "different", -3.0),))
    plain = json.loads(json.dumps(Mistakes((error,), 0, 1).to_dict()))
    assert plain["errors"][0]["kind"] == "missed_pair"
    assert plain["errors"][0]["evidence"] == [{"field": "email", "level": "different", "weight": -3.0}]
