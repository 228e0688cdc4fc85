"""Records whose keys begin alike, and hold spaces, keep apart what an un-merge gives back to each."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, unify
from canonical_contact.engine.merging import merge, unmerge
from canonical_contact.engine.parting import _together_since

DAY = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize("number", range(6))  # which of the two ids is the older one hangs on the keys
def test_an_unmerge_tells_keys_of_which_one_begins_like_the_other_apart(number: int, tmp_path: Path) -> None:
    file = tmp_path / "hubspot.csv"
    file.write_text(
        f"Record ID,First Name,Last Name,Email\n{number},Ana,Gil,ana@a.example\n{number} x,Cora,Stein,cora@b.example\n"
    )
    store = MemoryStore()
    unify([file], store, now=DAY)
    before = {row.contact_id: row.document for row in store.contacts()}
    done = merge(store, list(before), by="cleo", at=DAY.replace(day=2))
    unmerge(store, done.survivor, by="cleo", at=DAY.replace(day=3))
    assert {row.contact_id: row.document for row in store.contacts()} == before


def test_a_record_was_not_one_with_another_whose_key_only_begins_like_it() -> None:
    history = [(DAY, "crm:1 x crm:2"), (DAY.replace(day=2), "crm:1 crm:1 x crm:2")]
    assert _together_since(history, ["crm:1"], ["crm:1 x", "crm:2"]) == DAY.replace(day=2)
