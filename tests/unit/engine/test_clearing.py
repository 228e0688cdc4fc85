"""A value that its source took back is cleared, not absent: it can win, and what has no column clears nothing."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact import Contact, MemoryStore, unify
from canonical_contact.engine.reading import NoProgress
from canonical_contact.engine.renormalize import renormalize
from canonical_contact.normalize import Profile
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
MAPPING = """
id = "Nr"
[columns]
"Vorname" = "name.given"
"Nachname" = "name.surname"
"Mail" = "emails[0].address"
"Betreuer" = "owner"
"Stand" = "updated_at"
"Klasse" = "extensions"
"""
HEAD = "Nr,Vorname,Nachname,Mail,Betreuer,Stand,Klasse\n"
OWNED = "1,Ana,Gil,ana@x.es,kim,2026-03-01,gold\n"
CLEARED = "1,Ana,Gil,ana@x.es,,2026-05-01,\n"
OTHER = "2,Ana,Gil,ana@x.es,lee,{stand},silver\n"


def run(store: MemoryStore, folder: Path, *files: tuple[str, str], at: datetime = NOW) -> Contact:
    (folder / "map.toml").write_text(MAPPING, "utf-8")
    named = []
    for name, text in files:
        (folder / name).write_text(text, "utf-8")
        named.append(("crm", folder / name))
    unify([], store, systems=named, mapping=folder / "map.toml", now=at)
    (contact,) = iter_contacts(store)
    return contact


def owner(contact: Contact) -> str:
    return next((it.who for it in contact.owners), "")


def test_a_value_that_was_taken_back_later_stands_before_an_older_one(tmp_path: Path) -> None:
    store = MemoryStore()
    before = run(store, tmp_path, ("crm.csv", HEAD + OWNED + OTHER.format(stand="2026-04-01")))
    assert (owner(before), before.extensions["crm.Klasse"]) == ("lee", "silver")
    after = run(store, tmp_path, ("crm.csv", HEAD + CLEARED + OTHER.format(stand="2026-04-01")))
    assert (owner(after), "crm.Klasse" in after.extensions) == ("", False)
    told = [(claim.source, claim.value, claim.won, claim.reason) for claim in after.claims if claim.path == "$.owner"]
    assert told == [("crm:1", "", True, "cleared"), ("crm:2", "lee", False, "cleared")]


def test_a_later_value_stands_before_what_was_taken_back(tmp_path: Path) -> None:
    store = MemoryStore()
    run(store, tmp_path, ("crm.csv", HEAD + OWNED + OTHER.format(stand="2026-06-01")))
    after = run(store, tmp_path, ("crm.csv", HEAD + CLEARED + OTHER.format(stand="2026-06-01")))
    assert (owner(after), after.extensions["crm.Klasse"]) == ("lee", "silver")


def test_a_file_without_the_column_clears_nothing(tmp_path: Path) -> None:
    store = MemoryStore()
    run(store, tmp_path, ("crm.csv", HEAD + OWNED + OTHER.format(stand="2026-04-01")))
    after = run(store, tmp_path, ("crm.csv", "Nr,Vorname,Nachname,Mail,Stand\n1,Ana,Gil,ana@x.es,2026-05-01\n"))
    assert owner(after) == "lee"
    assert not [claim for claim in after.claims if not claim.value]


def test_what_was_never_there_is_not_cleared(tmp_path: Path) -> None:
    after = run(MemoryStore(), tmp_path, ("crm.csv", HEAD + CLEARED + OTHER.format(stand="2026-04-01")))
    assert owner(after) == "lee"


def test_the_time_of_clearing_stays_when_the_record_changes_again(tmp_path: Path) -> None:
    store = MemoryStore()
    run(store, tmp_path, ("crm.csv", HEAD + OWNED + OTHER.format(stand="2026-05-10")))
    run(store, tmp_path, ("crm.csv", HEAD + CLEARED + OTHER.format(stand="2026-05-10")))
    changed = CLEARED.replace("2026-05-01", "2026-06-01").replace("Gil", "Gill")
    assert owner(run(store, tmp_path, ("crm.csv", HEAD + changed))) == "lee"


def test_a_version_without_the_column_took_nothing_back_whatever_columns_come_later(tmp_path: Path) -> None:
    store = MemoryStore()
    run(store, tmp_path, ("crm.csv", HEAD + OWNED + OTHER.format(stand="2026-04-20")))
    run(store, tmp_path, ("crm.csv", "Nr,Vorname,Nachname,Mail,Stand\n1,Ana,Gil,ana@x.es,2026-04-10\n"))
    after = run(store, tmp_path, ("crm.csv", HEAD + CLEARED + OTHER.format(stand="2026-04-20")))
    assert owner(after) == ""
    (cleared,) = [claim for claim in after.claims if claim.path == "$.owner" and not claim.value]
    assert cleared.observed_at is None, "as of the record's own time"


def test_a_value_that_is_stated_again_is_there_again(tmp_path: Path) -> None:
    store = MemoryStore()
    run(store, tmp_path, ("crm.csv", HEAD + OWNED))
    run(store, tmp_path, ("crm.csv", HEAD + CLEARED))
    after = run(store, tmp_path, ("crm.csv", HEAD + OWNED.replace("2026-03", "2026-06")))
    assert owner(after) == "kim"
    assert not [claim for claim in after.claims if not claim.value]


def test_reading_the_same_again_changes_nothing(tmp_path: Path) -> None:
    store = MemoryStore()
    run(store, tmp_path, ("crm.csv", HEAD + OWNED))
    cleared = run(store, tmp_path, ("crm.csv", HEAD + CLEARED))
    again = run(store, tmp_path, ("crm.csv", HEAD + CLEARED))
    assert (again, again.revision) == (cleared, cleared.revision)


ROWS = {
    "first.csv": OWNED,
    "second.csv": CLEARED,
    "third.csv": CLEARED.replace("2026-05-01", "2026-06-01").replace("Gil", "Gill"),
    "other.csv": OTHER.format(stand="2026-05-10"),
}


@pytest.mark.parametrize("order", list(itertools.permutations(ROWS)), ids=" ".join)
def test_the_order_of_files_in_a_run_does_not_matter(tmp_path: Path, order: tuple[str, ...]) -> None:
    after = run(MemoryStore(), tmp_path, *((name, HEAD + ROWS[name]) for name in order))
    cleared = [claim for claim in after.claims if not claim.value]
    assert owner(after) == "lee"
    assert {(claim.path, claim.observed_at) for claim in cleared} == {
        ("$.owner", datetime(2026, 5, 1, tzinfo=UTC)),
        ("$.extensions.crm.Klasse", datetime(2026, 5, 1, tzinfo=UTC)),
    }


def test_a_record_that_is_made_again_says_so_still(tmp_path: Path) -> None:
    store = MemoryStore()
    run(store, tmp_path, ("crm.csv", HEAD + OWNED + OTHER.format(stand="2026-04-01")))
    run(store, tmp_path, ("crm.csv", HEAD + CLEARED + OTHER.format(stand="2026-04-01")))
    other_rules = Profile.from_toml('name = "mine"\n')
    assert renormalize(store, profile=other_rules, now=NOW, progress=NoProgress()).records.changed == 2
    (contact,) = iter_contacts(store)
    assert owner(contact) == ""
