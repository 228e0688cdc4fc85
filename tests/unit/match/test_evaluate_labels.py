"""Tables of judged pairs: what people write is read, what cannot be read is named, and nothing raises."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.match.evaluate import Answer, Label, label_measures, read_labels


def read(text: str) -> list[Label]:
    found = read_labels(text.splitlines(keepends=True))
    assert found.problems == ()
    return list(found.labels)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_spreadsheet_may_choose_the_delimiter_and_write_a_byte_order_mark(delimiter: str) -> None:
    text = "\ufeffverdict,left,right,note\nYes,a:1,b:2,sure\n".replace(",", delimiter)
    assert read(text) == [Label("a:1", "b:2", Answer.MATCH)]


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("match", Answer.MATCH),
        ("TRUE", Answer.MATCH),
        ("1", Answer.MATCH),
        ("no match", Answer.NO_MATCH),
        ("No-Match", Answer.NO_MATCH),
        ("n", Answer.NO_MATCH),
        ("?", Answer.UNSURE),
        ("unsure", Answer.UNSURE),
    ],
)
def test_verdicts_in_the_words_of_people(word: str, answer: Answer) -> None:
    assert read(f"left,right,verdict\na,b,{word}\n")[0].verdict is answer


def test_weights_and_the_numbers_of_a_round_are_read() -> None:
    assert read("pair,left,right,verdict,weight\nr1-1,a,b,match,2.5\n") == [Label("a", "b", Answer.MATCH, 2.5, "r1-1")]


def test_a_row_without_a_verdict_is_not_judged_and_an_empty_row_is_nothing() -> None:
    found = read_labels(["left,right,verdict\n", "a,b,\n", "\n", ",,\n", "c,d,match\n"])
    assert (len(found.labels), found.unjudged, found.problems) == (1, 1, ())


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("a,b,perhaps,1", "label.verdict_unknown", "verdict"),
        ("a,,match,1", "label.record_missing", "right"),
        (",b,match,1", "label.record_missing", "left"),
        ("a,a,match,1", "label.one_record", "right"),
        ("a,b,match,-1", "label.weight_unreadable", "weight"),
        ("a,b,match,nan", "label.weight_unreadable", "weight"),
        ("a,b,match,much", "label.weight_unreadable", "weight"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_read(row: str, code: str, column: str) -> None:
    found = read_labels(["left,right,verdict,weight\n", f"{row}\n", "c,d,no,\n"], file="labels.csv")
    assert found.labels == (Label("c", "d", Answer.NO_MATCH),)
    (problem,) = found.problems
    assert (problem.code, problem.column, problem.file, problem.line) == (code, column, "labels.csv", 2)


def test_a_table_without_the_columns_is_one_problem() -> None:
    for lines in (["left,verdict\n", "a,match\n"], [], ["\n"]):
        found = read_labels(lines)
        assert (found.labels, [problem.code for problem in found.problems]) == ((), ["label.column_missing"])


def test_two_answers_that_agree_are_one_and_two_that_do_not_are_none() -> None:
    found = read_labels(["left,right,verdict\n", "a,b,match\n", "b,a,match\n", "c,d,match\n", "d,c,no\n"])
    assert found.labels == (Label("a", "b", Answer.MATCH), Label("c", "d", Answer.UNSURE))
    assert [(problem.code, problem.line) for problem in found.problems] == [("label.judged_twice", 5)]


def test_a_cell_longer_than_the_limit_of_csv_costs_its_row_alone() -> None:
    before = csv.field_size_limit(1000)  # the process has one limit, and the command line raises it
    try:
        found = read_labels(["left,right,verdict\n", f"{'x' * 2000},b,match\n", "c,d,match\n"])
    finally:
        csv.field_size_limit(before)
    assert [label.left for label in found.labels][-1] == "c"
    assert [problem.code for problem in found.problems] == ["label.row_unreadable"]


@given(st.lists(st.text(max_size=40), max_size=8))
def test_no_text_makes_the_reading_raise(lines: list[str]) -> None:
    read_labels(lines)
    read_labels(["pair,left,right,verdict,weight\n", *lines])


def test_measures_from_judged_pairs_alone() -> None:
    labels = [
        *(Label(f"a{at}", f"b{at}", Answer.MATCH) for at in range(8)),
        *(Label(f"a{at}", f"b{at}", Answer.NO_MATCH) for at in range(8, 12)),
        Label("a0", "b5", Answer.UNSURE),
        Label("a0", "gone", Answer.MATCH),
    ]
    clusters = {f"{side}{at}": at if at < 10 else f"{side}{at}" for side in "ab" for at in range(12)}
    told = label_measures(labels, clusters)
    assert (told.judged, told.unsure, told.unlinked) == (13, 1, 1)
    assert told.precision.value == pytest.approx(8 / 10)
    assert told.recall.value == pytest.approx(8 / 9)
    assert told.f1.value == pytest.approx(16 / 19)
    for figure in (told.precision, told.recall, told.f1):
        assert figure.low is not None
        assert figure.low < figure.value < (figure.high or 0)  # type: ignore[operator]
    assert told.to_dict()["f1"]["value"] == told.f1.value


def test_weights_stand_for_pairs_that_were_not_judged() -> None:
    labels = [Label("a", "b", Answer.MATCH, 3.0), Label("c", "d", Answer.NO_MATCH, 1.0)]
    told = label_measures(labels, {"a": 1, "b": 1, "c": 2, "d": 2})
    assert told.precision.value == 0.75
    assert label_measures([], {}).precision.value is None
