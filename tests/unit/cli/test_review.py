"""`review`: the same questions on the terminal and in a spreadsheet, and what answers teach."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact import SQLiteStore, unify
from canonical_contact.cli._exit import Exit
from canonical_contact.cli._review_terminal import KEYS, ask
from canonical_contact.engine.reviewing import answer_pair, assign, case_view, progress, queue
from command_line import Call

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 7, 1, tzinfo=UTC)
AT = ("--at", "2026-07-01")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("people") / "contacts.db"
    with SQLiteStore(path) as store:
        unify([ROOT / "examples" / "people.csv"], store, now=NOW)
    return path.read_bytes()


@pytest.fixture
def people(world: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "people.db"
    path.write_bytes(world)
    return path


def said(path: Path) -> list[str]:
    with SQLiteStore(path, readonly=True) as store:
        return [row.judgement for row in store.answers()]


def sit(path: Path, keys: str, *, by: str = "ana") -> None:
    pressed = iter(keys)
    with SQLiteStore(path) as store:
        ask(store, by=by, at=lambda: NOW, read=lambda: next(pressed, ""))


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def fill(path: Path, words: list[str]) -> None:
    rows = table(path)
    for row, word in zip(rows, words, strict=False):
        row["same_person"] = word
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_one_key_is_one_answer(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sit(people, "nuq")
    assert said(people) == ["no_match", "unsure"]
    told = capsys.readouterr()
    assert told.out.count("Are these one person?") == 3
    assert "2 answered" in told.err


def test_other_keys_say_which_there_are_and_answer_nothing(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sit(people, "kq")
    assert said(people) == []
    shown = capsys.readouterr().out
    assert [shown.count(f"[{key}] {told}") for key, (_, told) in KEYS.items()] == [2] * 6 + [0] * 2


def test_yes_shows_what_a_merge_does_and_does_it(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with SQLiteStore(people, readonly=True) as store:
        number = len(list(store.contacts()))
    sit(people, "yq")
    with SQLiteStore(people, readonly=True) as store:
        assert len(list(store.contacts())) == number - 1
    told = capsys.readouterr().out
    assert "if they are one:" in told
    assert "match: merged" in told


def test_a_yes_against_a_no_is_asked_again_and_overrules_by_its_own_key(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with SQLiteStore(people) as store:
        case = queue(store, at=NOW)[0]
        answer_pair(store, case.left, case.right, "no_match", by="bob", at=NOW)
        answer_pair(store, case.left, case.right, "match", by="ana", at=NOW)
        number = len(list(store.contacts()))
    sit(people, "yoq", by="eve")
    with SQLiteStore(people, readonly=True) as store:
        assert len(list(store.contacts())) == number - 1
    told = capsys.readouterr().out
    assert "are two, said bob" in told
    assert "waits for a person" in told
    assert "match: merged" in told


def test_who_may_approve_a_merge_says_yes_and_approves_by_its_own_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "contacts.db"
    with SQLiteStore(path) as store:
        unify([ROOT / "examples" / "world"], store, now=NOW)
        for case in queue(store, limit=10**6, at=NOW):
            plan = case_view(store, case, at=NOW).plan
            if plan is not None and plan.approvals:
                break
            assign(store, case, to="bob", by="bob", at=NOW)
        assert plan is not None
        owner = plan.approvals[0].owner
    sit(path, "yq")
    assert "waits for an approval" in capsys.readouterr().out
    with SQLiteStore(path) as store:
        assign(store, case, to=owner, by="ana", at=NOW)
        waiting = [one for one in queue(store, limit=10**6, at=NOW) if one.name != case.name]
        for one in waiting:
            assign(store, one, to="bob", by="bob", at=NOW)
    sit(path, "aq", by=owner)
    told = capsys.readouterr().out
    assert "needs an approval" in told
    assert "match: merged" in told


def test_undo_asks_the_question_again(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sit(people, "nzuq")
    assert said(people) == ["no_match", "withdrawn", "unsure"]
    assert "taken back" in capsys.readouterr().out
    with SQLiteStore(people, readonly=True) as store:
        rows = list(store.answers())
        assert rows[0][:2] == rows[2][:2]


def test_undo_with_nothing_to_take_back_says_so(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sit(people, "zq")
    assert "nothing to take back" in capsys.readouterr().out


def test_skipped_questions_come_back_at_the_end_and_are_all_asked(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with SQLiteStore(people, readonly=True) as store:
        number = progress(store, at=NOW).waiting
    sit(people, "s" + "u" * number + "u")
    assert said(people) == ["unsure"] * number
    told = capsys.readouterr()
    assert "nothing more waits for you" in told.err


def test_the_end_of_input_stops_and_gives_the_question_back(people: Path) -> None:
    sit(people, "")
    with SQLiteStore(people, readonly=True) as store:
        assert progress(store, at=NOW).held == 0
        assert said(people) == []


def test_the_terminal_shows_what_differs_and_why(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sit(people, "q")
    told = capsys.readouterr().out
    assert "asked because" in told
    assert "≠  name" in told or "≠  e-mail" in told
    assert "prior" in told
    assert "total" in told


def test_keys_come_from_standard_input_where_it_is_no_terminal(people: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\nq\n"))
    done = call("review", "--store", people, "--terminal", "--by", "ana", *AT)
    assert done.code == 0
    assert said(people) == ["no_match"]


def test_a_sheet_has_the_columns_of_the_review_list_and_names_the_records(people: Path, call: Call, tmp_path: Path) -> None:
    from canonical_contact.cli._review import HEADER

    sheet = tmp_path / "sheet.csv"
    done = call("review", "--store", people, "--csv", sheet, *AT)
    assert done.code == 0
    assert "same_person" in done.err
    with sheet.open(encoding="utf-8", newline="") as stream:
        header = next(csv.reader(stream))
    assert tuple(header) == (*HEADER, "left", "right")
    with SQLiteStore(people, readonly=True) as store:
        cases = queue(store, at=NOW)
    assert [(row["left"], row["right"]) for row in table(sheet)][:5] == [(case.left, case.right) for case in cases][:5]


def test_a_sheet_can_be_short_and_leaves_out_what_is_anothers(people: Path, call: Call, tmp_path: Path) -> None:
    with SQLiteStore(people) as store:
        assign(store, queue(store, at=NOW)[0], to="bob", by="ana", at=NOW)
    for by, name in (("ana", "a.csv"), ("bob", "b.csv")):
        assert call("review", "--store", people, "--csv", tmp_path / name, "--limit", "2", "--by", by, *AT).code == 0
    ana, bob = table(tmp_path / "a.csv"), table(tmp_path / "b.csv")
    assert len(ana) == len(bob) == 2
    assert bob[0]["left"] not in [row["left"] for row in ana] or bob[0]["right"] not in [row["right"] for row in ana]


def test_a_sheet_out_and_in_answers_once(people: Path, call: Call, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    call("review", "--store", people, "--csv", sheet, *AT)
    fill(sheet, ["nein", "?", "quatsch"])
    first = call("review", "--store", people, "--answers", sheet, "--by", "ana", "--json", *AT)
    assert first.code == 0
    told = json.loads(first.out)["answers"]
    assert told["answers"] == {"no_match": 1, "unsure": 1}
    assert [(one["code"], one["line"]) for one in told["problems"]] == [("label.verdict_unknown", 4)]
    assert f"{sheet}:4" in first.err
    before = said(people)
    again = call("review", "--store", people, "--answers", sheet, "--by", "ana", *AT)
    assert "none new; 2 given before" in again.err
    assert said(people) == before == ["no_match", "unsure"]


def test_a_sheet_of_unify_is_read_back_too(people: Path, call: Call, tmp_path: Path) -> None:
    sheet = tmp_path / "review.csv"
    assert call("unify", ROOT / "examples" / "people.csv", "--store", people, "--review", sheet, *AT).code == 0
    fill(sheet, ["no", "no"])
    assert call("review", "--store", people, "--answers", sheet, "--by", "ana", *AT).code == 0
    assert said(people)[:1] == ["no_match"]


def test_a_sheet_without_an_answer_is_said_to_hold_none(people: Path, call: Call, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    call("review", "--store", people, "--csv", sheet, *AT)
    done = call("review", "--store", people, "--answers", sheet, "--by", "ana")
    assert done.code == Exit.NOTHING_READ
    assert "holds no answer" in done.err


def test_teaching_says_what_changed(people: Path, call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    sit(people, "nnnq")
    capsys.readouterr()
    done = call("review", "--store", people, "--teach", "--json", "--at", "2026-07-02")
    assert done.code == 0
    told = json.loads(done.out)
    assert told["taught"]["answers"] == 3
    assert told["taught"]["weights"]
    assert "3 answers" in done.err


def test_agreement_says_how_far_it_is_and_how_far_people_agree(
    people: Path, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    sit(people, "uuuq")
    sit(people, "uunq", by="bob")
    capsys.readouterr()
    done = call("review", "--store", people, "--agreement", "--json", *AT)
    told = json.loads(done.out)
    assert told["progress"]["by"] == {"ana": 3, "bob": 3}
    (found,) = told["agreement"]
    assert (found["pairs"], found["agreed"]) == (3, 2)
    assert "agree on 2 of 3 pairs" in done.err


@pytest.mark.parametrize(
    "options",
    [
        ("--terminal", "--teach"),
        ("--csv", "a.csv", "--answers", "b.csv"),
        ("--terminal", "--json"),
        ("--csv", "-", "--json"),
        ("--terminal", "--policy", "policy.toml"),
    ],
)
def test_it_does_one_thing_at_a_time(people: Path, call: Call, options: tuple[str, ...]) -> None:
    assert call("review", "--store", people, *options).code == Exit.USAGE


def test_the_sheet_is_not_written_over_the_store_or_what_is_read(people: Path, call: Call) -> None:
    assert call("review", "--store", people, "--csv", people).code == Exit.USAGE


def test_an_account_without_a_name_is_asked_for_one(people: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("no such account")

    monkeypatch.setattr("getpass.getuser", nobody)
    done = call("review", "--store", people, "--agreement")
    assert done.code == 0, "who looks needs no name"
    done = call("review", "--store", people, "--terminal")
    assert done.code == Exit.USAGE
    assert "--by" in done.err
