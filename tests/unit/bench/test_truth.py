"""The scripts that judge the library must be right themselves."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from peers import Key, Outcome
from stop_signs import CHANNELS, Record, Sign, lifted, read_folder
from truth import flatten, score_consent, score_pairs

WORLD = Path(__file__).parents[3] / "examples" / "world"
AT = datetime(2026, 1, 1, tzinfo=UTC)
A, B, C, D = (("crm", name) for name in "abcd")


def table(name: str) -> list[dict[str, str]]:
    with (WORLD / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_record_of_the_world_is_read() -> None:
    assert {record.key for record in read_folder(WORLD)} == {(row["system"], row["record_id"]) for row in table("truth.csv")}


@pytest.mark.parametrize("channel", CHANNELS)
def test_stop_signs_from_the_raw_files_give_the_consent_of_the_truth(channel: str) -> None:
    person_of = {(row["system"], row["record_id"]): row["person_id"] for row in table("truth.csv")}
    signs: dict[str, list[Sign]] = defaultdict(list)
    sign_ups: dict[str, list[datetime]] = defaultdict(list)
    for record in read_folder(WORLD):
        person = person_of[record.key]
        signs[person] += [sign for sign in record.signs if sign.channel == channel]
        sign_ups[person] += [record.signed_up] if record.signed_up else []
    found = {who for who, held in signs.items() if held and not (channel == "email" and lifted(held, sign_ups[who]))}
    assert found == {
        row["person_id"] for row in table("consent_truth.csv") if row["channel"] == channel and row["blocked"] == "1"
    }


def test_pairs_are_counted_over_clusters() -> None:
    truth: dict[Key, str] = {A: "p", B: "p", C: "p", D: "q"}
    scores = score_pairs(truth, Outcome({A: "1", B: "1", C: "2", D: "2"}, review={frozenset({A, C})}))
    assert (scores["precision"], scores["recall"]) == (0.5, 1 / 3)
    assert (scores["true pairs missing"], scores["… of them on the review list"], scores["… of them reached by it"]) == (2, 1, 2)


def test_a_record_without_a_link_stands_alone() -> None:
    scores = score_pairs({A: "p", B: "p"}, Outcome({A: "1"}))
    assert (scores["recall"], scores["records without a link"]) == (0.0, 1)


def consent(answers: dict[str, tuple[bool, str]], links: dict[Key, str], *, blocked: set[str]) -> dict[str, object]:
    left = Record(A, [Sign("email", AT, final=False)], emails={"ana@example.org"})
    records = {A: left, B: Record(B, emails={"ana@example.org"}), C: Record(C, emails={"c@example.org"})}
    return score_consent({A: "p", B: "q", C: "p"}, records, Outcome(links), "email", answers, blocked)


def test_speaking_to_somebody_who_left_is_a_violation() -> None:
    score = consent({"1": (True, "")}, {A: "1"}, blocked={"p"})
    assert score["VIOLATION: holds a stop sign"] == 1


def test_speaking_at_a_stopped_endpoint_is_a_violation() -> None:
    score = consent({"2": (True, "")}, {A: "1", B: "2"}, blocked={"p"})
    assert score["VIOLATION: every endpoint is stopped"] == 1


def test_a_record_that_was_not_linked_is_missed_and_no_violation() -> None:
    score = consent({"1": (False, "withdrawn"), "3": (True, "")}, {A: "1", B: "2", C: "3"}, blocked={"p"})
    assert score["violations"] == []
    assert score["… missed, their records not linked"] == 1


def test_a_shared_endpoint_is_shown_apart() -> None:
    score = consent({"1": (False, "withdrawn"), "2": (False, "suppressed")}, {A: "1", B: "2", C: "1"}, blocked={"p"})
    assert score["contacts denied only for a shared endpoint"] == 1


def test_a_later_confirmed_sign_up_lifts_a_dated_sign_only() -> None:
    later = [datetime(2026, 2, 1, tzinfo=UTC)]
    assert lifted([Sign("email", AT, final=False)], later)
    assert not lifted([Sign("email", AT, final=True)], later)
    assert not lifted([Sign("email", later[0], final=False)], later)


def test_figures_are_laid_flat() -> None:
    assert flatten({"a": {"b": 1, "c": None}, "d": "x", "e": True}) == {"a.b": 1}
