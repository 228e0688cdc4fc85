"""Somebody else merges contacts while a case is in front of a reviewer, or among those that come next."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from canonical_contact.engine.merging import merge
from canonical_contact.engine.reviewing import queue, take
from canonical_contact.store import SQLiteStore
from review_worlds import NOW, Answer, Visitor, fill_with_doubt, names_of, review_page

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three people who stand four times each, so that a contact stands in several cases."""
    with closing(SQLiteStore(tmp_path / "contacts.db")) as store:
        fill_with_doubt(tmp_path, store, [*names_of(3), *names_of(3)])
    return tmp_path / "contacts.db"


def join_all_but(path: Path, case: str) -> None:
    """Merge each contact of a case with every other contact that it stands beside in another case, but not with its own partner."""
    with closing(SQLiteStore(path)) as store:
        cases = queue(store, limit=500, at=LATER)
        pair = next(one.contacts for one in cases if one.name == case)
        others = [{*one.contacts} for one in cases if one.name != case and len({*one.contacts} & {*pair}) == 1]
        assert others
        merge(store, sorted(others[0]), by="eva", at=LATER)


def records(page: Answer) -> int:
    found = re.search(r"Your answer is about (\d+) records", page.text)
    assert found is not None
    return int(found[1])


def test_a_case_whose_contacts_were_merged_with_others_is_shown_as_it_is_now(path: Path) -> None:
    with review_page(path, "ana") as server:
        ana = Visitor(server, "ana")
        before = ana.page()
        join_all_but(path, before.case)
        after = ana.page()
    assert (after.status, after.case) == (200, before.case)
    assert records(after) > records(before)
    assert after.text.count('scope="colgroup"') == 2
    assert "“one person” would do" in after.text


def test_the_cases_that_come_next_are_shown_as_they_are_now(path: Path) -> None:
    with closing(SQLiteStore(path)) as store:
        first, second = queue(store, reviewer="ana", limit=2, at=NOW)
    with review_page(path, "ana") as server:
        ana = Visitor(server, "ana")
        assert ana.page().case == first.name
        join_all_but(path, second.name)
        for _ in range(12):
            page = ana.say("skip")
            assert page.status == 200
            if page.case:
                assert page.text.count("First contact") > 0


def test_a_yes_counts_for_the_contacts_that_were_shown(path: Path) -> None:
    with review_page(path, "ana") as server:
        ana = Visitor(server, "ana")
        before = ana.page()
        join_all_but(path, before.case)
        answer = {"say": "match", "case": before.case, "seen": before.seen}
        ana.ask(f"{ana.path}answer", method="POST", body=urlencode(answer))
        after = ana.page()
        assert after.said.startswith("Not counted: the contacts have changed")
        assert after.case == before.case
        assert ana.say("match").said == "One person: merged."


def test_a_no_counts_whatever_came_to_the_contacts(path: Path) -> None:
    with review_page(path, "ana") as server:
        ana = Visitor(server, "ana")
        before = ana.page()
        join_all_but(path, before.case)
        assert ana.say("no_match", before.case).said.startswith("Two persons")


def test_what_was_in_front_of_a_reviewer_is_free_when_the_page_is_closed(path: Path) -> None:
    with review_page(path, "ana") as server:
        shown = Visitor(server, "ana").page().case
        with closing(SQLiteStore(path)) as store:
            taken = take(store, reviewer="ben", at=NOW)
            assert taken is not None
            assert taken.name != shown
    with closing(SQLiteStore(path)) as store:
        found = {case.name for case in queue(store, reviewer="ben", limit=500, at=NOW)}
    assert shown in found
