from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from canonical_contact.engine._resolution import edge_logit, merge_from, review_limit
from canonical_contact.engine.resolving import MatchSettings, resolve
from canonical_contact.errors import ConfigError
from canonical_contact.match.features import Features
from canonical_contact.match.policy import MatchPolicy

ANA = Features("a:1", "a", given=("ana",), surname=("ruiz",), emails=("ana.ruiz@x.es",), phones=("+34911234567",))
TOO = ANA._replace(key="b:2", system="b")
EVA = Features("c:3", "c", given=("eva",), surname=("berg",), emails=("eva@x.de",))


def crowd(count: int) -> list[Features]:
    """Pairs of records of one person, each with a mailbox of its own and a name that few share."""
    return sorted(
        Features(f"{system}:{n:04}", system, given=(f"g{n % 17}ana",), surname=(f"s{n % 23}ruiz",), emails=(f"mail{n}@x.es",))
        for n in range(count)
        for system in "ab"
    )


def test_nothing_resolves_to_nothing() -> None:
    found = resolve([])
    assert (found.labels.tolist(), found.review, found.compared, found.recall) == ([], (), 0, None)


def test_one_person_in_two_systems_is_one_cluster() -> None:
    found = resolve([ANA, TOO, EVA])
    assert found.labels.tolist() == [0, 0, 2]
    assert found.confidence[2] == 1.0
    assert found.matched == 1


def test_columns_and_records_say_the_same_of_a_crowd() -> None:
    some = crowd(600)
    found = resolve(some)
    assert len(set(found.labels)) == 600
    assert found.plan.keys
    assert found.reports[0].key == "email"


def test_two_runs_give_the_same_bytes() -> None:
    some = crowd(60)
    one, other = resolve(some), resolve(some)
    assert one.model.to_text() == other.model.to_text()
    assert one == other


def test_two_files_without_duplicates_inside_are_linked_across_alone() -> None:
    found = resolve([ANA, ANA._replace(key="a:2"), TOO], MatchSettings(within=False))
    assert found.labels.tolist().count(found.labels[2]) >= 2
    assert found.compared == 3


def test_a_unique_source_never_holds_one_person_twice() -> None:
    policy = evolve(MatchPolicy.default(), unique_sources=("a",))
    found = resolve([ANA, ANA._replace(key="a:2"), TOO], MatchSettings(policy=policy))
    assert found.labels[0] != found.labels[1]


def test_people_are_asked_about_the_likeliest_and_told_how_many_more_there_are() -> None:
    namesakes = [Features(f"a:{n:02}", "a", given=("ana",), surname=("ruiz",), locality="madrid") for n in range(12)]
    found = resolve(namesakes, MatchSettings(policy=evolve(MatchPolicy.default(), review_at=0.001)))
    assert len(found.review) <= 20
    assert len(found.review) + found.unlisted >= 20
    assert [pair.score for pair in found.review] == sorted((pair.score for pair in found.review), reverse=True)


def test_what_people_said_refines_the_weights() -> None:
    some = crowd(40)
    pairs = [(some[n].key, some[n + 40].key) for n in range(40)]
    taught = resolve(some, MatchSettings(labels=dict.fromkeys(pairs, False)))
    assert taught.model != resolve(some).model
    level = taught.model.words["email"].index("same")
    others = [taught.model.tables["email"][kind][level] for kind in taught.model.others]
    assert max(others) > max(resolve(some).model.tables["email"][kind][level] for kind in taught.model.others)


def test_labels_of_records_that_are_not_there_teach_nothing() -> None:
    some = crowd(10)
    assert resolve(some, MatchSettings(labels={("x:1", "y:2"): True})).model == resolve(some).model


def test_near_postcodes_count_where_a_table_is_given() -> None:
    home = {"given": ("ana",), "surname": ("ruiz",), "locality": "berlin"}
    some = [Features("a:1", "a", postcode="10115", **home), Features("b:2", "b", postcode="13353", **home)]  # type: ignore[arg-type]
    table = {"10115": (52.53, 13.38), "13353": (52.54, 13.36)}
    plain, near = resolve(some, MatchSettings()), resolve(some, MatchSettings(postcodes=table))
    assert plain.compared == near.compared == 1


def test_the_threshold_rises_until_enough_is_expected_to_be_right() -> None:
    policy = MatchPolicy(match_at=0.5, precision=0.9)
    assert merge_from([0.99, 0.95, 0.9, 0.6, 0.55], policy) == 0.9
    assert merge_from([], policy) == 0.999
    assert merge_from([0.6], MatchPolicy(match_at=0.5)) == 0.5


def test_a_held_pair_stays_below_the_threshold_in_clustering() -> None:
    assert edge_logit(9.0, match=False, least=2.0) < 2.0
    assert edge_logit(0.5, match=True, least=2.0) == 2.0


def test_a_small_table_may_ask_twenty_times() -> None:
    assert (review_limit(5), review_limit(5_000)) == (20, 500)


def test_any_number_of_exact_copies_is_one_cluster_in_both_forms() -> None:
    few = [ANA._replace(key=f"a:{n:04}") for n in range(120)]
    many = [ANA._replace(key=f"a:{n:04}") for n in range(1_500)]
    assert set(resolve(few).labels) == {0}
    assert set(resolve(many).labels) == {0}


@pytest.mark.parametrize(
    "asked", [{"workers": 0}, {"memory": -1}, {"seed": -1}, {"reviews_a_record": -1.0}, {"pairs_a_record": 0.0}]
)
def test_a_number_that_cannot_be_is_refused_by_its_name(asked: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        MatchSettings(**asked)
    assert caught.value.path == next(iter(asked))


def test_neither_threads_nor_memory_change_a_result() -> None:
    some = crowd(700)
    plain = resolve(some)
    for asked in (MatchSettings(workers=2), MatchSettings(memory=1), MatchSettings(workers=2, memory=1)):
        assert resolve(some, asked) == plain
