"""`unify --survivorship`: the policy of a file, or the one that ships; the store keeps it for later runs and acts."""

from __future__ import annotations

from pathlib import Path

import pytest

from canonical_contact import MemoryStore, SQLiteStore
from canonical_contact.cli._exit import Exit
from canonical_contact.engine.surviving import saved_survivorship
from canonical_contact.merge import DEFAULT_SURVIVORSHIP
from canonical_contact.store import iter_contacts
from command_line import Call

HEAD = "Record ID,First Name,Last Name,Email,Gender,Last Modified Date\n"
ROWS = "1,Ana,Gil,ana@x.example,f,2026-05-01\n2,Ana,Gil,ana@x.example,x,2026-06-01\n"
AT = "2026-07-01"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("hubspot.csv").write_text(HEAD + ROWS, "utf-8")
    Path("house.toml").write_text('version = "house/1"\n[fields]\ngender = "oldest"\n', "utf-8")
    return tmp_path


def gender() -> str:
    store = SQLiteStore("c.db")
    try:
        (contact,) = iter_contacts(store)
        return contact.gender
    finally:
        store.close()


def test_the_policy_of_a_file_stays_until_another_comes(call: Call, folder: Path) -> None:
    assert folder.is_dir()
    for options, expected in (
        ((), "x"),
        (("--survivorship", "house.toml"), "f"),
        ((), "f"),
        (("--survivorship", "default"), "x"),
        ((), "x"),
    ):
        assert call("unify", "hubspot.csv", "--store", "c.db", "--at", AT, "--workers", "1", *options).code == 0
        assert gender() == expected


def test_a_run_by_the_policy_that_the_store_has_changes_nothing(call: Call, folder: Path) -> None:
    assert folder.is_dir()
    for _ in range(2):
        done = call(
            "unify", "hubspot.csv", "--store", "c.db", "--at", AT, "--workers", "1", "--survivorship", "house.toml", "--json"
        )
        assert done.code == 0
    assert '"contacts": {\n    "new": 0,\n    "changed": 0' in done.out
    store = SQLiteStore("c.db")
    assert saved_survivorship(store).version == "house/1"
    store.close()


def test_a_faulty_policy_is_refused_before_anything_is_written(call: Call, folder: Path) -> None:
    Path("house.toml").write_text('[fields]\nemails = { strategy = "aggregate_union", cap = 1 }\n', "utf-8")
    done = call("unify", "hubspot.csv", "--store", "c.db", "--survivorship", "house.toml")
    assert done.code == Exit.USAGE
    assert "cannot be cut short" in done.err
    assert not Path("c.db").exists()
    assert call("unify", "hubspot.csv", "--store", "c.db", "--survivorship", "none.toml").code != 0
    assert folder.is_dir()


def test_what_ships_is_what_a_new_store_has() -> None:
    assert saved_survivorship(MemoryStore()) == DEFAULT_SURVIVORSHIP
