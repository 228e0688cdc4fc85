"""The store keeps the policy of its last run that was given one; every later fold goes by it, and another one folds everything anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from canonical_contact import Contact, MemoryStore, SQLiteStore, unify
from canonical_contact.engine.recording import record_consent
from canonical_contact.engine.surviving import SURVIVORSHIP, saved_survivorship
from canonical_contact.errors import ConfigError
from canonical_contact.merge import DEFAULT_SURVIVORSHIP, Candidate, Rule, Survivorship
from canonical_contact.model import Channel, EventType
from canonical_contact.pipeline import UnifyResult
from canonical_contact.ports import ContactStore
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
ROWS = (
    "Record ID,First Name,Last Name,Email,Gender,Last Modified Date\n"
    "1,Ana,Gil,ana@x.example,f,2026-05-01\n2,Ana,Gil,ana@x.example,x,2026-06-01\n3,Bo,Berg,bo@x.example,m,2026-06-01\n"
)
OLDEST = Survivorship("mine/1", {"gender": "oldest"})


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ContactStore]:
    made = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "contacts.db")
    yield made
    made.close()


def run(store: ContactStore, folder: Path, policy: Survivorship | None = None, workers: int = 1) -> UnifyResult:
    (folder / "hubspot.csv").write_text(ROWS, "utf-8")
    return unify([folder / "hubspot.csv"], store, now=NOW, survivorship=policy, workers=workers)


def ana(store: ContactStore) -> Contact:
    return next(contact for contact in iter_contacts(store) if contact.name and contact.name.given == "Ana")


def test_a_changed_policy_folds_everything_anew_and_the_same_one_nothing(store: ContactStore, tmp_path: Path) -> None:
    run(store, tmp_path)
    assert ana(store).gender == "x"
    changed = run(store, tmp_path, OLDEST)
    assert (changed.contacts.changed, changed.contacts.same, ana(store).gender) == (1, 1, "f")
    for policy in (OLDEST, None):
        assert run(store, tmp_path, policy).contacts.changed == 0
    assert saved_survivorship(store) == OLDEST
    assert run(store, tmp_path, DEFAULT_SURVIVORSHIP).contacts.changed == 1
    assert (saved_survivorship(store), store.setting(SURVIVORSHIP)) == (DEFAULT_SURVIVORSHIP, "")


def test_an_act_about_consent_folds_by_the_policy_of_the_store(store: ContactStore, tmp_path: Path) -> None:
    run(store, tmp_path, OLDEST)
    record_consent(
        store, ana(store).contact_id, EventType.WITHDRAW, channel=Channel.EMAIL, purpose="news", at=NOW + timedelta(days=1)
    )
    after = ana(store)
    assert (after.gender, after.revision) == ("f", 2)


def earliest(candidates: Sequence[Candidate[Any]]) -> Candidate[Any]:
    return min(candidates, key=lambda one: one.observed_at)


def test_workers_fold_by_it_as_well(tmp_path: Path) -> None:
    store = MemoryStore()
    run(store, tmp_path, Survivorship("mine/2", {"gender": Rule("custom", {"function": earliest})}), workers=2)
    assert ana(store).gender == "f"


def test_a_function_that_is_not_there_is_told_and_nothing_is_guessed(store: ContactStore, tmp_path: Path) -> None:
    run(store, tmp_path, OLDEST)
    with pytest.raises(ConfigError, match="is not there"):
        run(store, tmp_path, Survivorship("mine/3", {"gender": Rule("custom", {"function": "acme_contacts:best"})}))
    assert (saved_survivorship(store), ana(store).gender) == (OLDEST, "f")
