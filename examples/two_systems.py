"""Unify two exports, ask whom we may write to, and list what a person should look at: python examples/two_systems.py."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from canonical_contact import Contact, MemoryStore, from_json, may_contact, unify

WORLD = Path(__file__).parent / "world"


def main() -> None:
    now = datetime.now(UTC)
    store = MemoryStore()  # SQLiteStore("contacts.db") keeps them
    result = unify([WORLD / "hubspot_contacts.csv", WORLD / "mailchimp"], store, now=now)
    print(f"{len(result.links)} records, {result.contacts.new} people, {result.review} pairs to look at")

    for row in store.contacts():
        contact = from_json(Contact, row.document)
        answer = may_contact(contact, "email", "marketing", at=now)
        if answer:
            print(f"{contact.contact_id}  {answer.endpoint}  {', '.join(answer.reasons)}")


if __name__ == "__main__":
    main()
