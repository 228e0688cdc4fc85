from __future__ import annotations

import pytest

from canonical_contact.engine.index import MatchIndex
from canonical_contact.engine.resolving import MatchSettings, resolve
from canonical_contact.errors import ConfigError, NotFoundError
from canonical_contact.match.features import Features
from canonical_contact.model import Judgement

ANA = Features("a:1", "a", given=("ana",), surname=("ruiz",), emails=("ana.ruiz@x.es",), phones=("+34911234567",))
EVA = Features("a:2", "a", given=("eva",), surname=("berg",), emails=("eva@x.de",), phones=("+4930123456",))


def test_a_new_record_joins_the_cluster_that_it_matches() -> None:
    index = MatchIndex.build([ANA, EVA])
    joined = index.add(ANA._replace(key="b:7", system="b", phones=()))
    assert (joined.cluster, joined.new, joined.review) == ("a:1", False, ())
    assert joined.hits[0].found_by[:2] == ("email", "email local part")
    assert joined.confidence > 0.9


def test_a_record_that_nobody_resembles_is_a_cluster_of_its_own() -> None:
    index = MatchIndex.build([ANA])
    joined = index.add(EVA)
    assert (joined.cluster, joined.new, joined.hits, joined.confidence) == ("a:2", True, (), 1.0)


def test_finding_keeps_nothing() -> None:
    index = MatchIndex.build([ANA])
    assert [hit.key for hit in index.find(ANA._replace(key="b:7", system="b"))] == ["a:1"]
    assert "b:7" not in index
    assert len(index) == 1


def test_what_was_added_is_found_by_what_comes_later() -> None:
    index = MatchIndex.build([EVA])
    first, second = index.add_all([ANA, ANA._replace(key="b:7", system="b")])
    assert first.new
    assert second.cluster == first.cluster


def test_a_record_that_bridges_two_clusters_is_reviewed_and_merges_nothing() -> None:
    early = Features("a:1", "a", given=("ana",), surname=("ruiz",), emails=("ana.ruiz@x.es",))
    late = Features("b:2", "b", given=("ana",), surname=("ruiz",), phones=("+34911234567",))
    index = MatchIndex.build([early, late])
    assert len(set(index.clusters.values())) == 2
    joined = index.add(Features("c:3", "c", given=("ana",), surname=("ruiz",), emails=early.emails, phones=late.phones))
    assert not joined.new
    assert len(set(index.clusters.values())) == 2
    assert [(hit.judgement, hit.reason) for hit in joined.review] == [(Judgement.REVIEW, "bridge")]


def test_a_record_that_contradicts_a_member_does_not_join_its_cluster() -> None:
    senior = ANA._replace(key="b:2", system="b", generation="sr", phones=("+34911234567",))
    index = MatchIndex.build([ANA, senior])
    assert len(set(index.clusters.values())) == 1
    joined = index.add(ANA._replace(key="c:3", system="c", generation="jr"))
    assert joined.new
    assert {hit.reason for hit in joined.review} & {"cluster_conflict", "generation_differs"}


def test_a_source_that_calls_it_one_person_is_believed() -> None:
    index = MatchIndex.build([EVA])
    assert index.add(Features("b:7", "b", same_as=("a:2",))).cluster == "a:2"


def test_a_known_key_is_refused() -> None:
    index = MatchIndex.build([ANA])
    with pytest.raises(ConfigError, match="key"):
        index.add(ANA)


def test_an_index_without_weights_says_what_to_do() -> None:
    with pytest.raises(ConfigError) as caught:
        MatchIndex([ANA], MatchSettings(), keys=(), clusters={})
    assert "MatchIndex.build" in caught.value.hint


def test_columns_and_single_records_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = sorted(
        Features(
            f"a:{n:04}",
            "a",
            given=("ana", "eva", "john")[n % 3 : n % 3 + 1],
            surname=(f"ruiz{n % 40}",),
            emails=(f"m{n % 300}@x.es",),
        )
        for n in range(600)
    )
    found = resolve(crowd)
    single = MatchIndex.of(crowd, MatchSettings(), found)
    monkeypatch.setattr("canonical_contact.engine.index.FEW", 10)
    columns = MatchIndex.of(crowd, MatchSettings(), found)
    for n in range(0, 600, 37):
        asked = crowd[n]._replace(key="z:1", system="z", phones=())
        assert columns.find(asked) == single.find(asked)
    assert columns.add(crowd[5]._replace(key="z:1", system="z")) == single.add(crowd[5]._replace(key="z:1", system="z"))


def test_the_window_reaches_over_what_was_sorted_in_and_what_was_added(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = sorted(
        Features(f"a:{n:04}", "a", given=("ana",), surname=("ruiz" + chr(97 + n % 26) + chr(97 + n // 26),)) for n in range(80)
    )
    found = resolve(crowd[::2])
    single = MatchIndex.of(crowd[::2], MatchSettings(), found)
    monkeypatch.setattr("canonical_contact.engine.index.FEW", 10)
    columns = MatchIndex.of(crowd[::2], MatchSettings(), found)
    for record in crowd[1::2]:
        assert columns.add(record) == single.add(record)
    slip = Features("z:1", "z", given=("ana",), surname=("ruizdaa",))
    assert columns.find(slip) == single.find(slip)
    assert columns._candidates(slip).keys() == single._candidates(slip).keys()  # who resembles it too little is no hit


def test_a_number_that_a_second_person_brings_counts_as_shared_from_then_on() -> None:
    one = Features("a:1", "a", given=("ana",), surname=("ruiz",), phones=("+34911234567",))
    index = MatchIndex.build([one])
    spouse = Features("b:2", "b", given=("john",), surname=("ruiz",), phones=one.phones)
    assert index.find(spouse) == index.find(spouse)
    joined = index.add(spouse)
    assert (joined.new, joined.shared) == (True, ("+34911234567",))
    assert index.add(spouse._replace(key="c:3", system="c", given=("eva",))).shared == ()


def test_finding_makes_nothing_shared() -> None:
    one = Features("a:1", "a", given=("ana",), surname=("ruiz",), phones=("+34911234567",))
    index = MatchIndex.build([one])
    before = index.find(one._replace(key="c:3", system="c"))
    index.find(Features("b:2", "b", given=("john",), surname=("ruiz",), phones=one.phones))
    assert index.find(one._replace(key="c:3", system="c")) == before


def test_a_batch_with_a_known_key_is_refused_whole() -> None:
    index = MatchIndex.build([ANA])
    for batch in ([EVA, ANA], [EVA, EVA]):
        with pytest.raises(ConfigError, match="key"):
            index.add_all(batch)
        assert len(index) == 1


def test_a_record_is_given_back_by_its_key() -> None:
    index = MatchIndex.build([ANA])
    assert index.record("a:1") == ANA
    with pytest.raises(NotFoundError):
        index.record("a:2")


def test_what_comparisons_remember_is_let_go_of_and_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    index = MatchIndex.build([ANA, EVA])
    asked = ANA._replace(key="b:7", system="b")
    first = index.find(asked)
    monkeypatch.setattr("canonical_contact.engine.index.MEMOS", 1)
    assert index.find(asked) == index.find(asked) == first
