from __future__ import annotations

from datetime import UTC, datetime

from canonical_contact.identity import assign_ids
from canonical_contact.model import contact_id

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def test_a_new_cluster_gets_an_id_from_the_run_and_its_smallest_key() -> None:
    found = assign_ids([("a:1", "b:2"), ("c:3",)], {}, NOW, is_issued=lambda _: False)
    assert found.ids == (contact_id(NOW, "a:1"), contact_id(NOW, "c:3"))
    assert found.new == set(found.ids)


def test_a_cluster_keeps_its_id_when_records_join() -> None:
    found = assign_ids([("a:0", "a:1", "b:2")], {"a:1": "X", "b:2": "X"}, NOW, is_issued=lambda _: False)
    assert found.ids == ("X",)
    assert not found.new


def test_a_merge_elects_the_id_with_most_records_and_retires_the_other() -> None:
    known = {"a:1": "Y", "b:1": "X", "b:2": "X"}
    found = assign_ids([("a:1", "b:1", "b:2")], known, NOW, is_issued=lambda _: False)
    assert (found.ids, found.retired) == (("X",), (("Y", "X"),))


def test_a_split_leaves_the_id_with_the_majority() -> None:
    known = {"a:1": "X", "a:2": "X", "a:3": "X"}
    found = assign_ids([("a:1",), ("a:2", "a:3")], known, NOW, is_issued=lambda _: False)
    assert found.ids == (contact_id(NOW, "a:1"), "X")
    assert found.split == {"X"}


def test_an_id_that_was_ever_issued_is_not_issued_again() -> None:
    first = contact_id(NOW, "a:1")
    found = assign_ids([("a:1",)], {}, NOW, is_issued=lambda contact: contact == first)
    assert found.ids[0] != first
