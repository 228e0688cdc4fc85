"""The group `legacy`: plan, start, outcome and close on the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from command_line import Call

HEADER = "Record ID,First Name,Last Name,Email,Country/Region,Unsubscribed from all email,Create Date,Last Modified Date\n"
ROWS = (
    "1,Ana,Gil,ana@x.com,United States,,2026-03-01,2026-05-01\n"
    "2,Ben,Sol,ben@x.com,United States,true,2026-03-01,2026-05-01\n"
    "3,Cal,Mar,=1+1@x.com,United States,,2026-02-01,2026-05-01\n"
    "4,Eva,Kur,eva@x.de,Germany,,2019-03-01,2026-05-01\n"
)
AT = ("--at", "2026-07-01")


@pytest.fixture
def book(unified: Callable[[str], Path]) -> Path:
    return unified(HEADER + ROWS)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_plan_is_shown_and_written(call: Call, book: Path, tmp_path: Path) -> None:
    outcome = call("legacy", "plan", book, "--csv", tmp_path / "plan.csv", *AT)
    assert outcome.code == 0, outcome.err
    assert "opt_out_only, active" in outcome.out
    assert "not legal advice" in outcome.err
    found = rows(tmp_path / "plan.csv")
    assert sorted(row["segment"] for row in found) == ["archive", "re_permission", "re_permission", "suppress"]
    asked = [row for row in found if row["segment"] == "re_permission"]
    assert sorted(row["endpoint"] for row in asked) == ["'=1+1@x.com", "ana@x.com"]  # no cell is a formula
    assert all(row["regime"].startswith("can_spam/") and row["last_act"] for row in asked)
    blocked = next(row["reasons"].split(";") for row in found if row["segment"] == "suppress")
    assert (blocked[0], sorted(blocked[1:])) == ("blocked", ["global_opt_out", "withdrawn"])


def test_a_plan_as_json_names_segments_and_reasons(call: Call, book: Path) -> None:
    outcome = call("legacy", "plan", "--store", book, "--json", *AT)
    assert outcome.code == 0, outcome.err
    told = json.loads(outcome.out)
    assert told["segments"] == {"keep": 0, "re_permission": 2, "suppress": 1, "archive": 1}
    assert {"segment": "re_permission", "reasons": ["opt_out_only", "active"], "contacts": 2} in told["reasons"]


def test_limits_change_the_plan(call: Call, book: Path) -> None:
    told = json.loads(call("legacy", "plan", book, "--json", "--active", "P1M", "--lapsing", "P2M", *AT).out)
    assert told["segments"]["re_permission"] == 0
    wrong = call("legacy", "plan", book, "--active", "a year")
    assert (wrong.code, "--active" in wrong.err, "P90D" in wrong.err) == (2, True, True)
    assert "Write P12M." in call("legacy", "plan", book, "--ask-again", "12M").err
    assert "voice_live or voice_automated" in call("legacy", "plan", book, "--channel", "voice").err
    assert "None was started yet" in call("legacy", "outcome", book, "--campaign", "spring").err
    assert "period" in wrong.err


def test_a_campaign_from_its_start_to_its_end(call: Call, book: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "list.csv"
    words = ("legacy", "start", book, "--campaign", "spring", "--csv", sheet, "--notice", "again@2")
    outcome = call(*words, *AT)
    assert outcome.code == 0, outcome.err
    assert "2 people are asked, until 2026-07-31T00:00:00Z" in outcome.err
    first = rows(sheet)
    assert [sorted(row) for row in first][:1] == [["consent_id", "contact_id", "deadline", "endpoint", "regime"]]
    assert sorted(row["endpoint"] for row in first) == ["'=1+1@x.com", "ana@x.com"]
    again = call(*words, "--at", "2026-07-09", "--json")
    assert (json.loads(again.out)["new"], rows(sheet)) == (False, first)
    assert call("consent", "record", "ana@x.com", "opt_in", "--store", book, "--channel", "email", "--at", "2026-07-05").code == 0
    counted = json.loads(call("legacy", "outcome", book, "--campaign", "spring", "--at", "2026-07-06", "--json").out)
    assert (counted["asked"], counted["answers"]["confirmed"], counted["answers"]["no_answer"]) == (2, 1, 1)
    early = call("legacy", "close", book, "--campaign", "spring", "--at", "2026-07-06")
    assert early.code == 2
    assert "2026-07-31" in early.err
    closed = call("legacy", "close", book, "--campaign", "spring", "--at", "2026-08-01")
    assert closed.code == 0, closed.err
    assert "1 people suppressed" in closed.err
    assert "no_answer" in closed.out
    assert (
        json.loads(call("legacy", "close", book, "--campaign", "spring", "--at", "2026-08-01", "--json").out)["suppressed"] == 0
    )
    assert call("legacy", "outcome", book, "--campaign", "spring", "--csv", tmp_path / "answers.csv").code == 0
    assert sorted(row["answer"] for row in rows(tmp_path / "answers.csv")) == ["confirmed", "no_answer"]
    assert call("consent", "verify", "--store", book).code == 0


def test_the_rest_is_suppressed_with_the_start(call: Call, book: Path, tmp_path: Path) -> None:
    words = ("legacy", "start", book, "--campaign", "spring", "--csv", tmp_path / "list.csv", "--rest", "--json", *AT)
    told = json.loads(call(*words).out)
    assert (told["asked"], told["suppressed"]) == (2, 1)


def test_nobody_is_asked_where_the_list_cannot_be_written(call: Call, book: Path, tmp_path: Path) -> None:
    target = tmp_path / "no" / "list.csv"
    assert call("legacy", "start", book, "--campaign", "spring", "--csv", target, *AT).code == 2
    assert call("legacy", "outcome", book, "--campaign", "spring").code == 5


def test_a_store_is_named_once(call: Call, book: Path, tmp_path: Path) -> None:
    assert call("legacy", "plan").code == 2
    assert call("legacy", "plan", book, "--store", book).code == 2
    assert call("legacy", "plan", tmp_path / "none.db").code == 4
