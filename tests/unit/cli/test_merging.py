"""`merge`, `unmerge` and `judge`: a plan first, then done, and taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from canonical_contact.store import SQLiteStore, find_contacts
from command_line import Call

ROWS = (
    "Record ID,First Name,Last Name,Email,Contact owner,Date of birth,Unsubscribed from all email,Last Modified Date\n"
    "1,Ana,Gil,ana@x.es,Osei,1990-01-02,true,2026-05-01\n2,Zoe,Sol,zoe@y.es,Osei,,false,2026-05-02\n3,Bob,Stone,bob@z.es,Gil,,false,2026-05-03\n"
)


@pytest.fixture
def book(unified: Callable[[str], Path]) -> Path:
    return unified(ROWS)


def id_of(book: Path, address: str) -> str:
    with SQLiteStore(book) as store:
        return find_contacts(store, address)[0].contact_id


def documents(book: Path) -> dict[str, str]:
    with SQLiteStore(book) as store:
        return {row.contact_id: row.document for row in store.contacts()}


def test_without_apply_a_merge_is_a_plan(call: Call, book: Path) -> None:
    before = documents(book)
    shown = call("merge", "ana@x.es", "zoe@y.es", "--store", book)
    assert shown.code == 0, shown.err
    for text in ("birthday", "1990-01-02", "emails", "zoe@y.es", "(stays)", "withdrawn"):
        assert text in shown.out
    assert "nothing was changed; do it with --apply" in shown.err
    plan = json.loads(call("merge", "ana@x.es", "zoe@y.es", "--store", book, "--json").out)
    assert (plan["survivor"], plan["approvals"]) == (min(id_of(book, "ana@x.es"), id_of(book, "zoe@y.es")), [])
    assert documents(book) == before


def test_a_merge_is_done_by_its_plan_and_taken_apart(call: Call, book: Path, tmp_path: Path) -> None:
    before, plan = documents(book), tmp_path / "plan.json"
    plan.write_text(call("merge", "ana@x.es", "zoe@y.es", "--store", book, "--json").out)
    words = ("merge", "ana@x.es", "zoe@y.es", "--store", book, "--apply", "--plan", plan, "--by", "ana")
    done = call(*words, "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert id_of(book, "zoe@y.es") == id_of(book, "ana@x.es") == told["survivor"]
    assert call(*words).code == 1  # they are one
    shown = call("unmerge", "zoe@y.es", "--store", book)
    assert "(comes back)" in shown.err
    assert "hubspot:1" in shown.err
    parting = tmp_path / "parting.json"
    parting.write_text(call("unmerge", "zoe@y.es", "--store", book, "--json").out)
    apart = call("unmerge", "zoe@y.es", "--store", book, "--apply", "--plan", parting)
    assert apart.err.startswith("apart: ")
    assert documents(book) == before
    stale = call("merge", "ana@x.es", "zoe@y.es", "--store", book, "--apply", "--plan", plan)
    assert (stale.code, "Plan it again" in stale.err) == (1, True)


def test_named_records_are_taken_apart(call: Call, book: Path) -> None:
    assert call("merge", "ana@x.es", "zoe@y.es", "--store", book, "--apply").err.startswith("merged: ")
    wrong = call("unmerge", "ana@x.es", "--store", book, "--part", "hubspot:3", "--apply")
    assert (wrong.code, "Name the keys" in wrong.err) == (1, True)
    assert call("unmerge", "ana@x.es", "--store", book, "--part", "hubspot:2", "--apply").code == 0
    assert id_of(book, "zoe@y.es") != id_of(book, "ana@x.es")


def test_a_merge_that_needs_an_approval_says_whose(call: Call, book: Path) -> None:
    assert "needs an approval: different owners: Gil" in call("merge", "ana@x.es", "bob@z.es", "--store", book).err
    refused = call("merge", "ana@x.es", "bob@z.es", "--store", book, "--apply")
    assert (refused.code, "Gil" in refused.err) == (1, True)
    assert call("merge", "ana@x.es", "bob@z.es", "--store", book, "--apply", "--approved-by", "gil").code == 0


def test_a_judgement_is_done_at_once_and_taken_back(call: Call, book: Path) -> None:
    before = documents(book)
    done = call("judge", "hubspot:1", "hubspot:2", "match", "--store", book, "--by", "ana", "--note", "same voice", "--json")
    assert done.code == 0, done.err
    act = json.loads(done.out)["act"]
    assert id_of(book, "zoe@y.es") == id_of(book, "ana@x.es")
    assert (
        "said before"
        in call("judge", "hubspot:1", "hubspot:2", "match", "--store", book, "--by", "ana", "--note", "same voice").err
    )
    assert call("judge", "--undo", act, "--store", book).err.startswith("withdrawn: parted: ")
    assert documents(book) == before


def test_a_contradiction_and_a_missing_approval_are_told(call: Call, book: Path) -> None:
    assert "no_match: kept" in call("judge", "hubspot:1", "hubspot:2", "no_match", "--store", book, "--by", "ana").err
    against = call("judge", "hubspot:2", "hubspot:1", "match", "--store", book, "--by", "bea")
    assert "kept, and nothing done: ana said otherwise" in against.err
    refused = call("merge", "ana@x.es", "zoe@y.es", "--store", book, "--apply")
    assert (refused.code, "hold these apart" in refused.err) == (1, True)
    assert "held apart" in call("merge", "ana@x.es", "zoe@y.es", "--store", book).err
    assert "merged" in call("judge", "hubspot:1", "hubspot:2", "match", "--store", book, "--supersede").err
    assert "waits for an approval" in call("judge", "hubspot:1", "hubspot:3", "match", "--store", book).err


@pytest.mark.parametrize("words", [
    ("judge", "hubspot:1", "hubspot:2"), ("judge", "hubspot:1", "hubspot:2", "perhaps"), ("judge", "hubspot:1", "--undo", "x"),
    ("merge",), ("merge", "ana@x.es", "zoe@y.es", "--plan", "plan.json"), ("unmerge", "ana@x.es", "--plan", "plan.json"),
])  # fmt: skip
def test_wrong_usage_is_told(call: Call, book: Path, words: tuple[str, ...]) -> None:
    refused = call(*words, "--store", book)
    assert (refused.code, refused.err.startswith("error: ")) == (2, True)


@pytest.mark.parametrize("text", ["", "[]", '{"inputs": 1}', "x"])
def test_what_is_no_plan_is_told(call: Call, book: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "plan.json").write_text(text)
    refused = call("merge", "ana@x.es", "zoe@y.es", "--store", book, "--apply", "--plan", tmp_path / "plan.json")
    assert (refused.code, "is no plan" in refused.err) == (2, True)


@pytest.mark.parametrize("words", [
    ("merge", "ana@x.es", "nobody@x.es"), ("unmerge", "nobody@x.es"), ("judge", "hubspot:1", "hubspot:9", "match"), ("judge", "--undo", "x"),
])  # fmt: skip
def test_who_is_not_there_is_told(call: Call, book: Path, words: tuple[str, ...]) -> None:
    assert call(*words, "--store", book).code == 5
