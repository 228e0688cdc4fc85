"""A block that is lifted by its endpoint ends for whoever bears it, also where they do not hold the endpoint."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from canonical_contact import MemoryStore, unify
from canonical_contact.engine.recording import record_suppression, record_unsuppression
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def test_a_block_of_an_endpoint_that_its_bearer_does_not_hold_is_lifted(tmp_path: Path) -> None:
    store, sheet = MemoryStore(), tmp_path / "list.csv"
    sheet.write_text("Nr,First name,Last name,E-mail\n1,Ana,Gil,ana@x.es\n", "utf-8")
    unify([sheet], store, now=NOW)
    (ana,) = iter_contacts(store)
    record_suppression(store, "manual", "email", endpoint="old@x.es", contact_id=ana.contact_id, at=NOW)
    assert [block.endpoint for block in next(iter_contacts(store)).suppressions] == ["old@x.es"]
    done = record_unsuppression(store, "manual", "email", endpoint="old@x.es", at=NOW + timedelta(days=1))
    assert done.contact_ids == (ana.contact_id,)
    assert not next(iter_contacts(store)).suppressions
