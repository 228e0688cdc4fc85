"""Where a value comes from: the claim under it."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from canonical_contact.model.about import Pii, about

__all__ = ["Claim"]


@frozen
class Claim:
    """One source's statement about one value.

    Args:
        path: what it is about, such as `$.emails[0]` or `$.name`; in a contact the path in the golden contact.
        value: the canonical value on one line.
        source: key of the source record; empty in the record itself.
        observed_at: when the source last said so (UTC); None means: as of the record's own `observed_at`.
        raw: in a record: the text as it was read, where it differs from the value; a contact's claims leave it to their records.
        method: how it came here: `import`, `host`, `derived`.
        rule: name and version of the normaliser, such as `email/1`.
        won: in a contact: whether this claim is (part of) the golden value.
        reason: in a contact: why it won or lost, a stable code such as `most_recent`.
    """

    path: str = field(metadata=about("$.emails[0]", validation="path in the document"))
    value: str = field(metadata=about("ana@example.org", Pii.SENSITIVE))
    source: str = field(default="", metadata=about("hubspot:17", Pii.PSEUDONYM, validation="key of a record"))
    observed_at: datetime | None = field(default=None, metadata=about(
        "2026-06-30T12:00:00Z", normalizer="timestamp", validation="RFC 3339 in UTC",
    ))  # fmt: skip
    raw: str = field(default="", metadata=about(" ANA@Example.org", Pii.SENSITIVE))
    method: str = field(default="import", metadata=about("import", validation="import, host, derived"))
    rule: str = field(default="", metadata=about("email/1", validation="name and version of a normaliser"))
    won: bool = field(default=True, metadata=about(False))
    reason: str = field(default="", metadata=about("most_recent", validation="a stable code"))
