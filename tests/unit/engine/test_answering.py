"""A review list that people have filled in is read back, whatever a spreadsheet made of it, and done once."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, unify
from canonical_contact.cli._review import HEADER, SHEET, review_rows, sheet_rows
from canonical_contact.engine.answering import Sheet, read_answers, take_answers
from canonical_contact.engine.reviewing import answer_pair, progress, queue, undo_last
from canonical_contact.errors import InputError
from canonical_contact.model import Judgement

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    unify([ROOT / "examples" / "people.csv"], made, now=NOW)
    return made


def filled(store: MemoryStore, words: list[str], *, delimiter: str = ",", keys: bool = True) -> list[str]:
    """The review list of a store with words in its column, as a spreadsheet saves it."""
    cases = queue(store, limit=len(words), at=NOW)
    rows = list(sheet_rows(store, cases)) if keys else list(review_rows(store))
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow(SHEET if keys else HEADER)
    at = SHEET.index("same_person")
    for row, word in zip(rows, words, strict=False):
        writer.writerow([*row[:at], word, *row[at + 1 :]])
    return stream.getvalue().splitlines(keepends=True)


def read_words(*words: str) -> Sheet:
    return read_answers(["left,right,same_person\n", *(f'crm:{at},"mail:{at}","{word}"\n' for at, word in enumerate(words))])


@pytest.mark.parametrize(
    ("judgement", "words"),
    [
        (Judgement.MATCH, ("yes", "Y", "ja", "J", "oui", "Sí", "si", "true", "WAHR", "1", "x", "match", "same", "tak", " yes ")),
        (Judgement.NO_MATCH, ("no", "N", "nein", "Non", "não", "false", "0", "no_match", "No match", "different", "nee", "nej")),
        (Judgement.UNSURE, ("unsure", "?", "maybe", "vielleicht", "weiß nicht", "peut-être", "quizás", "Not sure", "forse")),
    ],
)
def test_people_write_what_they_mean_in_their_own_words(judgement: Judgement, words: tuple[str, ...]) -> None:
    read = read_words(*words)
    assert [(one.names[0], one.judgement) for one in read.answers] == [(f"crm:{at}", judgement) for at in range(len(words))]
    assert read.problems == ()


def test_a_bad_cell_is_a_problem_with_its_line_and_stops_nothing() -> None:
    read = read_words("yes", "perhaps?", "opted out", "", "-", "no")
    assert [one.judgement for one in read.answers] == [Judgement.MATCH, Judgement.NO_MATCH]
    assert [(one.code, one.raw, one.line, one.column) for one in read.problems] == [
        ("label.verdict_unknown", "perhaps?", 3, "same_person"),
        ("label.verdict_unknown", "opted out", 4, "same_person"),
    ]
    assert read.unanswered == 2


def test_a_row_that_names_no_record_is_a_problem() -> None:
    read = read_answers(["left,right,same_person\n", ",mail:1,yes\n", "crm:2\n", "\n"], file="sheet.csv")
    assert [(one.code, one.line, one.file) for one in read.problems] == [("label.record_missing", 2, "sheet.csv")]
    assert (read.answers, read.unanswered) == ((), 1)


def test_a_table_of_something_else_is_said_to_lack_the_columns() -> None:
    (problem,) = read_answers(["name,email\n", "Ana,ana@x.es\n"]).problems
    assert problem.code == "label.column_missing"
    assert "same_person" in problem.hint
    assert [one.code for one in read_answers([]).problems] == ["label.column_missing"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_answers_are_done_whatever_separates_the_cells(store: MemoryStore, delimiter: str) -> None:
    waiting = progress(store, at=NOW).waiting
    taken = take_answers(store, read_answers(filled(store, ["nein", "?", ""], delimiter=delimiter)), by="ana", at=NOW)
    assert (taken.answers, taken.same, taken.unanswered, taken.problems) == ({"no_match": 1, "unsure": 1}, 0, 1, ())
    assert progress(store, at=NOW).waiting == waiting - 1
    assert progress(store, at=NOW).by == {"ana": 2}


def test_reading_a_sheet_twice_changes_nothing(store: MemoryStore) -> None:
    sheet = read_answers(filled(store, ["yes", "no", "unsure"]))
    first = take_answers(store, sheet, by="ana", at=NOW)
    assert sum(first.answers.values()) == 3
    before = list(store.answers()), list(store.contacts()), dict(store.members())
    again = take_answers(store, sheet, by="ana", at=NOW)
    assert (again.answers, again.same) == ({}, 3)
    assert (list(store.answers()), list(store.contacts()), dict(store.members())) == before


def test_an_old_sheet_does_not_bring_back_what_another_has_answered_since(store: MemoryStore) -> None:
    sheet = read_answers(filled(store, ["unsure"]))
    take_answers(store, sheet, by="ana", at=NOW)
    left, right = sheet.answers[0].names
    answer_pair(store, left, right, "no_match", by="bob", at=NOW)
    assert take_answers(store, sheet, by="ana", at=NOW).answers == {}
    assert [row.judgement for row in store.decisions(people=True) if row[:2] == (left, right)] == ["no_match"]


def test_what_was_taken_back_can_be_read_in_again(store: MemoryStore) -> None:
    sheet = read_answers(filled(store, ["no"]))
    take_answers(store, sheet, by="ana", at=NOW)
    assert undo_last(store, by="ana", at=NOW)
    assert take_answers(store, sheet, by="ana", at=NOW).answers == {"no_match": 1}


def test_a_list_of_unify_without_keys_is_read_by_systems_and_ids(store: MemoryStore) -> None:
    lines = filled(store, ["no", "no"], keys=False)
    taken = take_answers(store, read_answers(lines), by="ana", at=NOW)
    assert (taken.answers, taken.problems) == ({"no_match": 2}, ())
    assert take_answers(store, read_answers(lines), by="ana", at=NOW).same == 2


def test_a_record_that_is_not_there_is_a_problem_and_the_rest_is_done(store: MemoryStore) -> None:
    lines = [*filled(store, ["no"]), ",".join([*[""] * SHEET.index("same_person"), "yes", "crm:no", "mail:no"]) + "\n"]
    taken = take_answers(store, read_answers(lines), by="ana", at=NOW)
    assert taken.answers == {"no_match": 1}
    assert [(one.code, one.line, one.hint) for one in taken.problems] == [
        ("label.record_missing", 3, "The store has no record crm:no.")
    ]


def test_a_pair_that_is_not_on_the_list_is_a_problem(store: MemoryStore) -> None:
    lines = ["left_system,left_record_id,right_system,right_record_id,same_person\n", "crm,1,mail,7,yes\n"]
    taken = take_answers(store, read_answers(lines), by="ana", at=NOW)
    assert [(one.code, one.hint) for one in taken.problems] == [("label.record_missing", "No such pair is on the review list.")]


def test_one_record_on_both_sides_is_a_problem(store: MemoryStore) -> None:
    key = next(key for key, _ in store.members())
    taken = take_answers(store, read_answers(["left,right,same_person\n", f"{key},{key},yes\n"]), by="ana", at=NOW)
    assert [one.code for one in taken.problems] == ["label.one_record"]


def test_a_pair_that_is_answered_twice_and_differently_counts_as_unsure(store: MemoryStore) -> None:
    left, right = read_answers(filled(store, ["yes"])).answers[0].names
    lines = ["left,right,same_person\n", f"{left},{right},yes\n", f"{right},{left},no\n"]
    taken = take_answers(store, read_answers(lines), by="ana", at=NOW)
    assert taken.answers == {"unsure": 1}
    assert [(one.code, one.line) for one in taken.problems] == [("label.judged_twice", 3)]


def test_an_answer_that_cannot_be_done_is_a_problem_with_its_line(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    from canonical_contact.errors import StoreError

    def refuse(*_: object, **__: object) -> None:
        raise StoreError("It is held.", hint="Come back.")

    monkeypatch.setattr("canonical_contact.engine.answering.answer_pair", refuse)
    taken = take_answers(store, read_answers(filled(store, ["no", "no"])), by="ana", at=NOW)
    assert [(one.code, one.line, one.hint) for one in taken.problems] == [
        ("store", 2, "It is held. Come back."),
        ("store", 3, "It is held. Come back."),
    ]


def test_somebody_gives_the_answers(store: MemoryStore) -> None:
    with pytest.raises(InputError, match="Nobody"):
        take_answers(store, read_words("yes"), by="", at=NOW)
