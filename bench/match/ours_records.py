"""The normalised columns as match features, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from canonical_contact.match.features import Features, features
from canonical_contact.model import Card
from canonical_contact.model.channels import EmailAddress, PhoneNumber, PostalAddress
from canonical_contact.model.name import Name
from canonical_contact.model.organization import Organization


def features_of(table: Any) -> Iterator[Features]:
    """Give the features of each row of a `pyarrow` table with the columns of `match.worlds`."""
    for batch in table.to_batches(max_chunksize=20_000):
        for row in batch.to_pylist():
            yield _features({name: value or "" for name, value in row.items()})


def _features(row: dict[str, Any]) -> Features:
    card = Card(
        name=Name(
            given=row["given"],
            given2=row["given2"],
            surname=row["surname"],
            surname2=row["surname2"],
            generation=row["generation"],
            phonetic_given=row["read_given"],
            phonetic_surname=row["read_surname"],
        ),
        nicknames=tuple(row["nicknames"]),
        emails=(
            *(EmailAddress(mail, key=mail) for mail in row["emails"]),
            *(EmailAddress(mail, key=mail, role=True) for mail in row["role_emails"]),
        ),
        phones=tuple(PhoneNumber(number) for number in row["phones"]),
        addresses=(
            PostalAddress(
                street=row["street"],
                postcode=row["postcode"],
                locality=row["locality"],
                region=row["region"],
                country_code=row["country"],
            ),
        ),
        organizations=(Organization(row["employer"], key=row["employer"]),) if row["employer"] else (),
        birthday=row["birthday"],
    )
    return features(card, row["key"], row["system"], same_as=tuple(row["same_as"]), loose=tuple(row["loose_phones"]))


def febrl_features_of(table: Any) -> Iterator[Features]:
    """Give the features of each row of a febrl set; what has no canonical field stays out."""
    for place, given in enumerate(table.to_pylist()):
        row = {name: value or "" for name, value in given.items()}
        born = row["date_of_birth"]
        yield _features(
            dict.fromkeys(("given2", "surname2", "generation", "read_given", "read_surname", "country", "employer"), "")
            | dict.fromkeys(("nicknames", "emails", "role_emails", "phones", "loose_phones", "same_as"), ())
            | {
                "key": f"febrl:{place:06}",
                "system": row.get("source", "febrl") or "febrl",
                "given": row["given_name"],
                "surname": row["surname"],
                "street": f"{row['street_number']} {row['address_1']}".strip(),
                "postcode": row["postcode"],
                "locality": row["suburb"],
                "region": row["state"],
                "birthday": f"{born[:4]}-{born[4:6]}-{born[6:]}" if len(born) == 8 else born,
            }
        )
