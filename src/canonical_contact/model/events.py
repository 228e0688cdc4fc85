"""What changed: domain events, named by noun and past participle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from canonical_contact.model.version import SCHEMA_VERSION

__all__ = ["Event", "EventName"]


class EventName(StrEnum):
    """The names of the events that the library emits."""

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
        detail: what is worth knowing, by stable names: `records`, `retired`.
        schema_version: version of the schema that the document follows.
    """

    name: EventName
    contact_id: str
    at: datetime
    run: str = ""
    detail: Mapping[str, str] = field(factory=dict)
    schema_version: str = SCHEMA_VERSION
