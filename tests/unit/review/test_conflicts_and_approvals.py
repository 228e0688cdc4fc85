"""Cases that need more than a yes: what people said before, whose approval it takes, and contacts that others look at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from canonical_contact.engine.judging import judge
from canonical_contact.engine.reviewing import queue
from canonical_contact.model import Judgement
from canonical_contact.store import SQLiteStore
from review_worlds import NOW, Answer, Visitor, fill_with_doubt, names_of, review_page

APPROVED = ("hubspot:1", "hubspot:10001", "hubspot:9999")


def homes(path: Path, *keys: str) -> set[str]:
    with closing(SQLiteStore(path, readonly=True)) as store:
        found = dict(store.members())
    return {found[key] for key in keys}


def until(visitor: Visitor, case: str) -> Answer:
    """Skip until a case is in front of them."""
    page = visitor.page()
    for _ in range(20):
        if page.case == case:
            return page
        page = visitor.say("skip")
    raise AssertionError("The case is no longer asked.")


@pytest.fixture
def gil(path: Path) -> Iterator[Visitor]:
    with review_page(path, "Gil") as server:
        yield Visitor(server, "Gil")


def test_a_match_that_needs_an_approval_waits_for_one_who_may_give_it(ana: Visitor, path: Path) -> None:
    page = ana.page()
    assert "by <bdi>Gil or Osei</bdi>" in page.text
    assert 'value="approve"' not in page.text
    assert ana.say("match").said == "One person: noted. The merge waits for an approval."
    assert len(homes(path, *APPROVED)) == 2


def test_the_owner_approves_at_once(gil: Visitor, path: Path) -> None:
    assert 'value="approve" class="" data-key="a"' in gil.page().text
    assert gil.say("approve").said == "One person: merged."
    assert len(homes(path, *APPROVED)) == 1


def test_an_approval_that_is_not_theirs_to_give_merges_nothing(ana: Visitor, path: Path) -> None:
    assert ana.say("approve").said.endswith("waits for an approval.")
    assert len(homes(path, *APPROVED)) == 2


def test_an_answer_that_waits_for_an_approval_can_be_taken_back(ana: Visitor) -> None:
    first = ana.page().case
    ana.say("match")
    assert ana.say("undo").case == first


def test_what_people_said_before_is_shown_and_overruled_only_in_so_many_words(path: Path) -> None:
    with closing(SQLiteStore(path)) as store:
        case = next(case for case in queue(store, at=NOW) if case.left not in APPROVED)
        judge(store, case.left, case.right, Judgement.NO_MATCH, by="eva", at=NOW)
        judge(store, case.left, case.right, Judgement.MATCH, by="bo", at=NOW + timedelta(seconds=1))
    with review_page(path, "ana") as server:
        ana = Visitor(server, "ana")
        page = until(ana, case.name)
        assert "<bdi>eva</bdi> said that" in page.text
        assert ana.say("match").said.startswith("One person: not done")
        assert len(homes(path, case.left, case.right)) == 2
        until(ana, case.name)
        assert ana.say("overrule").said == "One person: merged."
    assert len(homes(path, case.left, case.right)) == 1


def test_what_one_looks_at_is_not_changed_by_another_s_answer(tmp_path: Path) -> None:
    path = tmp_path / "contacts.db"
    with closing(SQLiteStore(path)) as store:
        fill_with_doubt(tmp_path, store, [*names_of(3), *names_of(3)])  # each of them four times, so that pairs share contacts
        cases = {case.name: set(case.contacts) for case in queue(store, limit=500, at=NOW)}
    assert any(one is not other and one & other for one in cases.values() for other in cases.values())
    with review_page(path, "ana", "ben", "cy") as server:
        visitors = [Visitor(server, name) for name in ("ana", "ben", "cy")]
        for _ in range(3):
            shown = [cases[case] for visitor in visitors if (case := visitor.page().case)]
            assert sum(map(len, shown)) == len(set().union(*shown))
            for visitor in visitors:
                if visitor.page().case:
                    visitor.say("no_match")
