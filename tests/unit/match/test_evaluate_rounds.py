"""Rounds of labelling: what is drawn, what comes back, and what is said where answers are missing."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

from canonical_contact.errors import InputError
from canonical_contact.match.evaluate import Answer, Label, Round, ScoredPair, estimate, judged_pairs, sample_round

PAIRS = [(f"a{at}", f"b{at}", at / 1000) for at in range(1000)]


def answers(drawn: Round, least: float = 0.9) -> list[Label]:
    said = {True: Answer.MATCH, False: Answer.NO_MATCH}
    return [Label(pair.left, pair.right, said[pair.score >= least], pair=pair.pair) for pair in drawn.pairs]


def test_both_sides_of_the_verdict_get_a_third_at_least() -> None:
    pairs = [*PAIRS, *((f"c{at}", f"d{at}", 0.0005) for at in range(20_000))]
    drawn = sample_round(pairs, 90, 1, match_at=0.99)
    merged = sum(stratum.drawn for stratum in drawn.strata if stratum.merged)
    assert merged == 10  # all there are
    drawn = sample_round(pairs, 90, 1, match_at=0.9)
    assert 30 <= sum(stratum.drawn for stratum in drawn.strata if stratum.merged) <= 60


def test_the_order_says_nothing_about_the_score() -> None:
    drawn = sample_round(PAIRS, 200, 1, match_at=0.9)
    half = [sum(pair.score for pair in part) / 100 for part in (drawn.pairs[:100], drawn.pairs[100:])]
    assert abs(half[0] - half[1]) < 0.15
    assert [pair.score for pair in drawn.pairs] != sorted(pair.score for pair in drawn.pairs)


def test_another_seed_draws_others_with_other_numbers() -> None:
    first, second = (sample_round(PAIRS, 50, seed, match_at=0.9) for seed in (1, 2))
    assert {pair.pair for pair in first.pairs}.isdisjoint(pair.pair for pair in second.pairs)
    assert {pair.left for pair in first.pairs} != {pair.left for pair in second.pairs}


def test_what_was_merged_counts_and_not_its_score() -> None:
    drawn = sample_round([ScoredPair("a", "b", 0.2, merged=True), ScoredPair("c", "d", 0.99, merged=False)], 5, 1)
    told = estimate(drawn, [Label("b", "a", Answer.MATCH), Label("c", "d", Answer.MATCH)])
    assert (told.precision.value, told.recall.value, told.merged) == (1.0, 0.5, 1)


def test_fewer_pairs_than_asked_for_are_all_drawn() -> None:
    assert len(sample_round(PAIRS, 5000, 1, match_at=0.9).pairs) == 1000
    assert sample_round([], 10, 1).pairs == ()


@pytest.mark.parametrize(
    ("pairs", "size", "match_at", "path"),
    [
        (PAIRS, 50, None, "match_at"),
        (PAIRS, 3, 0.9, "size"),
        ([("a", "b", 1.5)], 5, 0.9, "scored"),
        ([("a", "b", float("nan"))], 5, 0.9, "scored"),
        (PAIRS, 50, 96.0, "edges"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    pairs: list[tuple[str, str, float]], size: int, match_at: float | None, path: str
) -> None:
    with pytest.raises(InputError) as caught:
        sample_round(pairs, size, 1, match_at=match_at)
    assert caught.value.path == path


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"seed": 1, "strata": [], "pairs": [{"pair": "x"}]}', '{"seed":1,"strata":[{}],"pairs":[]}']
)
def test_a_text_that_is_no_round_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Round.from_text(text)


def test_a_pair_of_no_stratum_is_refused() -> None:
    plain = json.loads(sample_round(PAIRS, 20, 1, match_at=0.9).to_text())
    plain["pairs"][0]["stratum"] = 99
    with pytest.raises(InputError):
        Round.from_text(json.dumps(plain))


def test_answers_are_known_by_the_number_of_the_pair_whatever_a_spreadsheet_made_of_the_keys() -> None:
    drawn = sample_round(PAIRS, 60, 1, match_at=0.9)
    mangled = [evolve(label, left="1.2E+17", right="") for label in answers(drawn)]
    assert estimate(drawn, mangled) == estimate(drawn, answers(drawn))
    plain = [evolve(label, pair="", left=label.right, right=label.left) for label in answers(drawn)]
    assert estimate(drawn, plain) == estimate(drawn, answers(drawn))


def test_answers_that_are_missing_unsure_contradictory_or_of_another_round_are_counted() -> None:
    drawn = sample_round(PAIRS, 60, 1, match_at=0.9)
    said = answers(drawn)
    said[0] = evolve(said[0], verdict=Answer.UNSURE)
    said.append(evolve(said[1], verdict=Answer.UNSURE))
    told = estimate(drawn, [*said[:-10], said[-1], Label("x", "y", Answer.MATCH), Label("a", "b", Answer.MATCH, pair="r0-1")])
    assert (told.judged, told.unsure, told.unanswered, told.elsewhere) == (60 - 9 - 2, 2, 9, 2)
    text = str(told)
    for part in ("2 unsure", "9 unanswered", "2 not of this round"):
        assert part in text


def test_a_stratum_without_answers_is_told_and_widens_the_interval() -> None:
    drawn = sample_round(PAIRS, 60, 1, match_at=0.9, edges=(0.5,))
    full = answers(drawn)
    part = [label for label, pair in zip(full, drawn.pairs, strict=True) if pair.stratum != 1]
    told, whole = estimate(drawn, part), estimate(drawn, full)
    assert told.blind == drawn.strata[1].pairs
    assert "strata without any answer" in str(told)
    assert (told.recall.low or 0) < (whole.recall.low or 0)


def test_no_answer_at_all_gives_no_figure() -> None:
    told = estimate(sample_round(PAIRS, 60, 1, match_at=0.9), [])
    assert (told.precision.value, told.recall.value, told.f1.value) == (None, None, None)
    assert "–" in str(told)


def test_the_recall_of_the_blocking_is_a_factor() -> None:
    drawn = sample_round(PAIRS, 60, 1, match_at=0.9)
    told = estimate(drawn, answers(drawn), blocking_recall=0.8)
    assert told.recall.value == 1.0
    assert told.recall_overall is not None
    assert told.recall_overall.value == pytest.approx(0.8)
    assert told.f1_overall is not None
    assert told.f1_overall.value == pytest.approx(2 * 0.8 / 1.8)
    assert "what blocking left out" in str(told)
    assert estimate(drawn, answers(drawn)).recall_overall is None
    with pytest.raises(InputError):
        estimate(drawn, answers(drawn), blocking_recall=97.0)


def test_a_wider_level_gives_a_wider_interval_and_the_same_seed_the_same_one() -> None:
    drawn = sample_round(PAIRS, 60, 1, match_at=0.9)
    narrow, wide = (estimate(drawn, answers(drawn, 0.85), level=level).recall for level in (0.8, 0.99))
    assert (wide.low or 0) < (narrow.low or 0)
    assert estimate(drawn, answers(drawn)) == estimate(drawn, answers(drawn))


def test_answers_stand_for_the_pairs_of_their_stratum() -> None:
    drawn = sample_round(PAIRS, 60, 1, match_at=0.9)
    rows = judged_pairs(drawn, answers(drawn)[:-4])
    assert sum(row.weight for row in rows) == pytest.approx(1000)
    assert all(row.match == (row.score >= 0.9) for row in rows)
