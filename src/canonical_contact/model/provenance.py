"""Where a value comes from: the claim under it."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

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

    path: str
    value: str
    source: str = ""
    observed_at: datetime | None = None
    raw: str = ""
    method: str = "import"
    rule: str = ""
    won: bool = True
    reason: str = ""
