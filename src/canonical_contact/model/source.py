"""A record as a system holds it: raw as it was read, and in canonical form with its claims (design decisions 1 and 2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from canonical_contact.errors import Problem
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

    key: str
    system: str
    record_id: str
    label: str
    file: str
    line: int
    card: Card
    claims: tuple[Claim, ...] = ()
    raw: Mapping[str, str] = field(factory=dict, repr=False)
    evidence: tuple[ConsentEvidence, ...] = ()
    problems: tuple[Problem, ...] = ()
    observed_at: datetime | None = None
    digest: str = ""
    same_as: tuple[str, ...] = ()
    schema_version: str = SCHEMA_VERSION
