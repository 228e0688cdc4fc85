"""A run joins contacts that stand already only where nobody has to approve it; else it asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from canonical_contact.model import Judgement
from canonical_contact.pipeline import unify
from canonical_contact.ports import DecisionRow
from canonical_contact.store import MemoryStore, waiting_pairs

START = datetime(2026, 7, 1, tzinfo=UTC)
HEADER = "Record ID,First Name,Last Name,Email,Phone Number,Contact owner"


def run(store: MemoryStore, folder: Path, day: int, *rows: str, refit: bool = False) -> list[set[str]]:
    path = folder / "crm.csv"
    path.write_text("\n".join((HEADER, *rows, "")), "utf-8")
    unify([path], store, now=START + timedelta(days=day), refit=refit)
    homes: dict[str, set[str]] = {}
    for key, contact_id in store.members():
        homes.setdefault(contact_id, set()).add(key.rpartition(":")[2])
    return sorted(homes.values(), key=min)


ANA = "1,Ana,Gil,ana@corp.example,,osei"
ELSEWHERE, SAME = "2,Ana,Gil,a.gil@home.example,,{}", "2,Ana,Gil,ana@corp.example,,{}"


def test_contacts_with_different_owners_are_asked_about_and_not_joined_by_any_run(tmp_path: Path) -> None:
    store = MemoryStore()
    assert run(store, tmp_path, 0, ANA, ELSEWHERE.format("gil")) == [{"1"}, {"2"}]
    for day, refit in ((1, False), (2, False), (3, True), (4, False)):
        assert run(store, tmp_path, day, ANA, SAME.format("gil"), refit=refit) == [{"1"}, {"2"}]
        assert [row.reason for row in waiting_pairs(store)] == ["approval_needed"]


def test_contacts_of_one_owner_are_joined(tmp_path: Path) -> None:
    store = MemoryStore()
    run(store, tmp_path, 0, ANA, ELSEWHERE.format("osei"))
    assert run(store, tmp_path, 1, ANA, SAME.format("osei")) == [{"1", "2"}]


def test_records_that_are_new_together_need_no_approval(tmp_path: Path) -> None:
    assert run(MemoryStore(), tmp_path, 0, ANA, SAME.format("gil")) == [{"1", "2"}]


def test_what_a_person_joined_is_not_held_back(tmp_path: Path) -> None:
    store = MemoryStore()
    run(store, tmp_path, 0, ANA, ELSEWHERE.format("gil"))
    left, right = (key for key, _ in store.members())
    store.put_decisions([DecisionRow(left, right, Judgement.MATCH, 1.0, "reviewed", "", "", "person", by="osei")])
    assert run(store, tmp_path, 1, ANA, SAME.format("gil")) == [{"1", "2"}]


def test_a_run_over_unchanged_data_writes_nothing_where_a_merge_is_held_back(tmp_path: Path) -> None:
    store = MemoryStore()
    run(store, tmp_path, 0, ANA, ELSEWHERE.format("gil"))
    run(store, tmp_path, 1, ANA, SAME.format("gil"))
    before = [list(store.contacts()), list(store.decisions())]
    run(store, tmp_path, 2, ANA, SAME.format("gil"))
    assert [list(store.contacts()), list(store.decisions())] == before
