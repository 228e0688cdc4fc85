"""A small store that is filled by hand, for the tests of the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from canonical_contact.model import (
    Card,
    Channel,
    Claim,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    Name,
    Organization,
    PhoneNumber,
    PostalAddress,
    SourceRecord,
    SourceRef,
)
from canonical_contact.ports import ContactRow, DecisionRow, RecordRow
from canonical_contact.schema import to_json
from canonical_contact.store import SQLiteStore

AT = datetime(2026, 6, 1, tzinfo=UTC)
ANA_ID = "019f1af9-b400-7708-9871-081bf9502cb8"
EVE_ID = "019f1af9-b400-7708-9871-081bf9502cb9"

ANA = Contact(
    contact_id=ANA_ID,
    name=Name(full="Ana Núñez", given="Ana", surname="Núñez"),
    emails=(EmailAddress("ana@example.com", "ana@example.com"), EmailAddress("ana.2@example.com", "ana.2@example.com")),
    phones=(PhoneNumber("+493012345678", country_code="DE", line_type="fixed_line"),),
    addresses=(PostalAddress(street="Weg 1", postcode="10115", locality="Berlin", country_code="DE"),),
    organizations=(Organization("Firma [bold]GmbH[/bold]"),),
    sources=(SourceRef("hubspot", "17", "17", "hubspot.csv", 4, AT), SourceRef("outlook", "ffee", "3", "outlook.csv", 9)),
    claims=(
        Claim("$.name", "Ana Núñez", "hubspot:17", AT, reason="most_recent"),
        Claim("$.name", "A. Nunez", "outlook:ffee", won=False, reason="less_complete"),
    ),
    consent=(ConsentRecord(Channel.EMAIL, "marketing", ConsentState.WITHDRAWN, events=("e1",)),),
    aliases=("019f1af9-b400-7708-9871-000000000000",),
)
EVE = Contact(
    contact_id=EVE_ID,
    name=Name(full='=HYPERLINK("http://x")'),
    emails=(EmailAddress("eve@example.com", "eve@example.com"),),
    tags=("@home", "x"),
    sources=(SourceRef("vcard", "a", "a"),),
)


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Call = Callable[..., Outcome]


def fill(path: Path, contacts: Sequence[Contact] = (ANA, EVE)) -> None:
    with SQLiteStore(path) as store, store.run(AT):
        store.put_records(
            RecordRow(
                source.key,
                source.record_id,
                source.system,
                source.label,
                to_json(
                    SourceRecord(
                        source.key,
                        source.system,
                        source.record_id,
                        source.label,
                        "f.csv",
                        2,
                        Card(name=contact.name, emails=contact.emails, phones=contact.phones, addresses=contact.addresses),
                    )
                ),
                "",
            )
            for contact in contacts
            for source in contact.sources
        )
        store.put_contacts(
            ContactRow(
                contact.contact_id,
                to_json(contact),
                contact.contact_id,
                tuple(source.key for source in contact.sources),
                (*(("email", email.key) for email in contact.emails), *(("phone", phone.number) for phone in contact.phones)),
            )
            for contact in contacts
        )
        store.put_decisions(
            [
                DecisionRow(
                    "hubspot:17", "vcard:a", "review", 0.61, "weights", "p/1", "given=nickname email=different system=other"
                ),
                DecisionRow("outlook:ffee", "vcard:a", "review", 0.72, "rule.same_name", "p/1", "[]"),
                DecisionRow("hubspot:17", "outlook:ffee", "match", 0.99, "rule.email", "p/1", "[]"),
            ]
        )
