"""A host's overrides are put in force for a store, on record, and every answer of the store goes by them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, SQLiteStore, unify
from canonical_contact.consent import Decide
from canonical_contact.consent.ledger import verify
from canonical_contact.consent.regimes import REGIMES
from canonical_contact.engine.deciding import decide_all
from canonical_contact.engine.recording import record_consent
from canonical_contact.errors import ConfigError, IllegalTransitionError, InputError
from canonical_contact.store.rules import put_overrides, regimes_of, rules_of

NOW = datetime(2026, 7, 1, tzinfo=UTC)
TEXT = """name = "acme"
version = "3"
[can_spam.email]
default = "opt_in"
request = []
who = "Data protection officer"
why = "Policy of the house"
when = 2026-06-01
"""


def filled(store: MemoryStore | SQLiteStore, folder: Path) -> str:
    file = folder / "people.csv"
    file.write_text("First name,Last name,E-mail,Country\nBob,Ray,bob@x.com,US\n", "utf-8")
    unify([file], store, now=NOW)
    (row,) = store.contacts()
    return row.contact_id


def answers(store: MemoryStore) -> list[tuple[bool, str]]:
    chunks = decide_all(store, Decide("email", at=NOW, regime=rules_of(store)))
    return [(allowed, regime) for one in chunks for allowed, regime in zip(one.allowed, one.regime, strict=True)]


def test_overrides_are_in_force_and_on_record_once(tmp_path: Path) -> None:
    store = MemoryStore()
    contact_id = filled(store, tmp_path)
    assert answers(store) == [(True, "can_spam/2026.1")]
    told = put_overrides(store, TEXT, at=NOW)
    assert [(event.detail["act"], event.detail["who"]) for event in told] == [("regime_overridden", "Data protection officer")]
    assert answers(store) == [(False, "can_spam/2026.1+acme-3")]
    head = store.ledger_head()
    assert put_overrides(store, TEXT, at=NOW) == ()
    assert store.ledger_head() == head
    assert verify(store.entries(), head).ok
    with pytest.raises(IllegalTransitionError, match="asking_not_allowed"):
        record_consent(store, contact_id, "request", "email", at=NOW, actor="controller", method="campaign")
    done = record_consent(store, contact_id, "opt_in", "email", at=NOW, method="paper", actor="subject")
    assert done.events[0].proof is not None
    assert done.events[0].proof.regime == "can_spam/2026.1+acme-3"


def test_the_rules_that_ship_come_back_on_record(tmp_path: Path) -> None:
    store = MemoryStore()
    filled(store, tmp_path)
    put_overrides(store, TEXT, at=NOW)
    (ended,) = put_overrides(store, "", at=NOW)
    assert ended.detail == {"act": "regime_overrides_ended"}
    assert regimes_of(store) is REGIMES
    assert answers(store) == [(True, "can_spam/2026.1")]


def test_other_changes_need_another_version() -> None:
    store = MemoryStore()
    put_overrides(store, TEXT, at=NOW)
    with pytest.raises(ConfigError, match="version"):
        put_overrides(store, TEXT.replace("opt_in", "opt_out"), at=NOW)
    put_overrides(store, TEXT.replace("opt_in", "opt_out").replace('"3"', '"4"'), at=NOW)
    assert rules_of(store, "can_spam").label == "can_spam/2026.1+acme-4"  # type: ignore[union-attr]
    with pytest.raises(ConfigError):
        put_overrides(store, "name = 1", at=NOW)
    with pytest.raises(InputError, match="time zone"):
        put_overrides(store, "", at=datetime(2026, 7, 1))  # noqa: DTZ001
