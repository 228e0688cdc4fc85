"""A change that lies ahead of its reading counts as none: it wins nothing, and holds no later state back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact import Contact, MemoryStore, unify
from canonical_contact.engine.reading import NoProgress
from canonical_contact.engine.renormalize import renormalize
from canonical_contact.merge import AHEAD, Survivorship
from canonical_contact.normalize import Profile
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LATER = datetime(2030, 1, 1, tzinfo=UTC)
HEAD = "Record ID,First Name,Last Name,Email,Gender,Last Modified Date\n"
ONE, TWO = "1,Ana,Gil,ana@x.example,x,{day}\n", "2,Ana,Gil,ana@x.example,f,2026-06-01\n"


def read(store: MemoryStore, folder: Path, *rows: str, at: datetime = NOW, skew: str = "") -> dict[str, int]:
    (folder / "hubspot.csv").write_text(HEAD + "".join(rows), "utf-8")
    policy = Survivorship("far/1", skew=skew) if skew else None
    return dict(unify([folder / "hubspot.csv"], store, now=at, survivorship=policy).problems)


def contact(store: MemoryStore) -> Contact:
    (found,) = iter_contacts(store)
    return found


def test_a_change_ahead_loses_and_is_told(tmp_path: Path) -> None:
    store = MemoryStore()
    assert read(store, tmp_path, ONE.format(day="2029-01-01"), TWO)[AHEAD] == 1
    found = contact(store)
    assert found.gender == "f"
    told = {claim.value: (claim.won, claim.reason) for claim in found.claims if claim.path == "$.gender"}
    assert told == {"x": (False, "changed_ahead"), "f": (True, "most_recent")}


def test_what_was_ahead_once_stays_so_when_its_time_has_come(tmp_path: Path) -> None:
    store = MemoryStore()
    rows = ONE.format(day="2029-01-01"), TWO
    read(store, tmp_path, *rows)
    read(store, tmp_path, *rows, at=LATER)
    renormalize(store, profile=Profile.from_toml('name = "mine"\n'), now=LATER, progress=NoProgress())
    assert contact(store).gender == "f"


def test_a_later_state_with_a_time_of_sense_replaces_it(tmp_path: Path) -> None:
    store = MemoryStore()
    read(store, tmp_path, ONE.format(day="2029-01-01"), TWO)
    assert AHEAD not in read(store, tmp_path, ONE.format(day="2026-06-20"), TWO)
    assert contact(store).gender == "x"


@pytest.mark.parametrize(
    ("day", "skew", "expected"), [("2026-07-02", "", "x"), ("2026-07-03", "", "f"), ("2026-07-03", "3d", "x")]
)
def test_how_far_ahead_is_the_policy_s_to_say(tmp_path: Path, day: str, skew: str, expected: str) -> None:
    store = MemoryStore()
    read(store, tmp_path, ONE.format(day=day), TWO, skew=skew)
    assert contact(store).gender == expected
