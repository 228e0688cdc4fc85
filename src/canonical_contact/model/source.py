"""A record as a system holds it: raw as it was read, and in canonical form with its claims (design decisions 1 and 2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from canonical_contact.errors import Problem
from canonical_contact.model.about import Pii, about
from canonical_contact.model.consent import ConsentEvidence
from canonical_contact.model.contact import Card
from canonical_contact.model.provenance import Claim
from canonical_contact.model.version import SCHEMA_VERSION

__all__ = ["RawRecord", "SourceRecord", "record_key"]


def record_key(system: str, record_id: str) -> str:
    """Name a source record: `system:record_id`; a system's name holds no colon.

    >>> record_key("hubspot", "17715457")
    'hubspot:17715457'
    """
    return f"{system}:{record_id}"


@frozen
class RawRecord:
    """One row or card as it was read: text under raw paths, nothing normalised.

    Args:
        system: the source's name, such as `hubspot`.
        record_id: the source's own id; empty where the format has none.
        row: number of the data row or card in its file, from 1.
        file: the file, as the caller named it.
        line: the line at which the row starts, from 1.
        values: text under raw paths such as `name.given`, `emails[0].address`, `addresses[0].postcode` (docs/mapping.md lists
            them); only non-empty text.
        columns: the column that a raw path was read from; shared by all rows of a file.
        raw: every non-empty cell under its column's name, as read.
        evidence: what the row shows about consent.
        problems: what was wrong with the row itself.
        preset: name, version and mark of the mapping that read it, such as `hubspot/1#5c04c19e`.
    """

    system: str
    record_id: str
    row: int
    file: str
    line: int
    values: Mapping[str, str]
    columns: Mapping[str, str] = field(factory=dict, repr=False)
    raw: Mapping[str, str] = field(factory=dict, repr=False)
    evidence: tuple[ConsentEvidence, ...] = ()
    problems: tuple[Problem, ...] = ()
    preset: str = ""


@frozen
class SourceRecord:
    """One record of one system: raw values, canonical draft, claims, problems, consent evidence. It is never changed.

    Args:
        key: `system:record_id`; where the source has no id, the id is a fingerprint of the content and a count of equal rows.
        system: the source's name.
        record_id: the id within the system.
        label: what links.csv calls it: the own id, or the number of the row.
        file: the file it was read from.
        line: the line at which it starts.
        card: the draft: what the record says, in canonical form.
        claims: one for each value of the draft.
        raw: every non-empty cell under its column's name, as read.
        evidence: what the record shows about consent.
        problems: what could not be read, with its raw text.
        observed_at: when the source last changed the record (UTC); None where it does not say.
        digest: hash of the raw content and of the rules that read it; equal digests mean that there is nothing new.
        same_as: keys of records that the source itself calls the same person (a converted lead).
        schema_version: version of the schema that the document follows.
    """

    key: str = field(metadata=about("hubspot:17", Pii.PSEUDONYM, validation="system:record_id"))
    system: str = field(metadata=about("hubspot"))
    record_id: str = field(metadata=about("17", Pii.PSEUDONYM, raw=("id",)))
    label: str = field(metadata=about("17", Pii.PSEUDONYM))
    file: str = field(metadata=about("hubspot_contacts.csv"))
    line: int = field(metadata=about(4, validation="0 or more"))
    card: Card = field(metadata=about(
        {"name": {"given": "Ana", "surname": "Núñez"}, "emails": [{"address": "ana@example.org", "key": "ana@example.org"}]},
        Pii.SENSITIVE,
    ))  # fmt: skip
    claims: tuple[Claim, ...] = field(default=(), metadata=about(
        ({"path": "$.emails[0]", "value": "ana@example.org", "raw": " ANA@Example.org", "rule": "email/1"},), Pii.SENSITIVE,
    ))  # fmt: skip
    raw: Mapping[str, str] = field(factory=dict, repr=False, metadata=about(
        {"First Name": "ANA", "Email": " ANA@Example.org"}, Pii.SENSITIVE,
    ))  # fmt: skip
    evidence: tuple[ConsentEvidence, ...] = field(default=(), metadata=about(
        ({"kind": "opt_out", "channel": "email", "raw": "true", "column": "Unsubscribed from all email"},), Pii.CONSENT,
        raw=("consent",),
    ))  # fmt: skip
    problems: tuple[Problem, ...] = field(default=(), metadata=about(
        ({"code": "phone.not_a_number", "path": "$.phones[0].number", "raw": "n/a", "column": "Phone Number"},), Pii.SENSITIVE,
    ))  # fmt: skip
    observed_at: datetime | None = field(default=None, metadata=about(
        "2026-06-30T12:00:00Z", normalizer="timestamp", validation="RFC 3339 in UTC", raw=("updated_at",),
    ))  # fmt: skip
    digest: str = field(default="", metadata=about("9f86d081884c7d659a2feaa0c55ad015", Pii.PSEUDONYM, validation="hexadecimal"))
    same_as: tuple[str, ...] = field(default=(), metadata=about(
        ("salesforce_contact:0035g000002iJH7AAM",), Pii.PSEUDONYM, validation="keys of records", raw=("same_as[]",),
    ))  # fmt: skip
    schema_version: str = field(default=SCHEMA_VERSION, metadata=about(SCHEMA_VERSION, validation="the version of the schema"))
