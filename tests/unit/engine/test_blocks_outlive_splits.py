"""A block on a person goes with every record of the person, also where they turn out to be two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from canonical_contact import MemoryStore, may_contact, unify
from canonical_contact.engine.recording import record_suppression
from canonical_contact.model import Contact
from canonical_contact.schema import from_json

NOW = datetime(2026, 7, 1, tzinfo=UTC)
HEAD = "Id,FirstName,LastName,Email,LastModifiedDate,ConvertedContactId\n"


def read(store: MemoryStore, folder: Path, contact_of_lead: str, days: int) -> None:
    day = f"2026-06-{days + 1:02} 10:00"
    (folder / "salesforce_contact.csv").write_text(
        HEAD.replace(",ConvertedContactId", "") + f"003A,Ana,Gil,ana@x.es,{day}\n", "utf-8"
    )
    (folder / "salesforce_lead.csv").write_text(HEAD + f"00QA,Ana,Gil,lia@x.es,{day},{contact_of_lead}\n", "utf-8")
    unify(sorted(folder.iterdir()), store, now=NOW + timedelta(days=days))


def test_a_block_on_a_person_reaches_both_halves_after_a_split(tmp_path: Path) -> None:
    store = MemoryStore()
    read(store, tmp_path, "003A", 0)
    (person,) = store.contacts()
    record_suppression(store, "legal_hold", "email", contact_id=person.contact_id, at=NOW + timedelta(days=1))
    read(store, tmp_path, "", 2)
    halves = [from_json(Contact, row.document) for row in store.contacts()]
    assert len(halves) == 2
    for half in halves:
        assert may_contact(half, "email", at=NOW + timedelta(days=3), regime="can_spam").reasons == ("legal_hold",)
