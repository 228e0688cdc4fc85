"""What changed: domain events, named by noun and past participle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from canonical_contact.model.about import Pii, about
from canonical_contact.model.version import SCHEMA_VERSION

__all__ = ["Event", "EventName"]


class EventName(StrEnum):
    """The names of the events that the library emits.

    The set is closed: a new name would break those who read an older schema. An act that has no name of its own is a `contact.changed`
    (`contact.split` where a merge was undone) whose detail `act` names it: `erased`, `rectified`, `exported`, `regime_overridden`.
    """

    CONTACT_CREATED = "contact.created"
    CONTACT_CHANGED = "contact.changed"
    CONTACT_MERGED = "contact.merged"
    CONTACT_SPLIT = "contact.split"


@frozen
class Event:
    """One change of one contact.

    Args:
        name: what happened.
        contact_id: to which contact.
        at: when it was written (UTC).
        run: id of the run that did it; empty outside of runs.
        detail: what is worth knowing, by stable names: `records`, `retired`, `act`.
        schema_version: version of the schema that the document follows.
    """

    name: EventName = field(metadata=about("contact.merged"))
    contact_id: str = field(metadata=about("019f1af9-b400-7708-9871-081bf9502cb8", Pii.PSEUDONYM, validation="UUIDv7 (RFC 9562)"))
    at: datetime = field(metadata=about("2026-06-30T12:00:00Z", validation="RFC 3339 in UTC"))
    run: str = field(default="", metadata=about("2026-06-30T12:00:00Z/1", Pii.NONE))
    detail: Mapping[str, str] = field(factory=dict, metadata=about({"records": "2"}, Pii.PSEUDONYM))
    schema_version: str = field(default=SCHEMA_VERSION, metadata=about(SCHEMA_VERSION, validation="the version of the schema"))
