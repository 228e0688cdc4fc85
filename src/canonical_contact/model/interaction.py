"""What was said and done with a person: the timeline."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from canonical_contact.model.version import SCHEMA_VERSION

__all__ = ["Activity", "Interaction", "InteractionKind"]


class InteractionKind(StrEnum):
    """What kind of contact it was."""

    EMAIL = "email"
    CALL = "call"
    NOTE = "note"
    MEETING = "meeting"
    UPDATE = "update"


@frozen
class Interaction:
    """One e-mail, call, meeting, note or update on a contact's timeline.

    Args:
        kind: what it was.
        at: when (UTC).
        direction: `inbound`, `outbound`; empty for notes.
        agent: who of us.
        source: key of the source record that it hangs on.
        ref: its id in the system that carried it, such as the Message-ID of an e-mail (RFC 5322).
    """

    kind: InteractionKind
    at: datetime
    direction: str = ""
    agent: str = ""
    source: str = ""
    ref: str = ""


@frozen
class Activity:
    """A row of an event export that hangs on a source record: a process step, not a state of the person.

    Args:
        record: key of the source record, such as `hubspot:17715457`.
        kind: `interaction`, or the event's name: `lead_created`, `assigned`, `first_response`, `enrichment_requested`,
            `enrichment_completed`, `verification`, `deal_won`, `churned`, `nps_score`.
        at: when (UTC).
        agent: who of us.
        value: the event's value: an amount, a score, `email:verified`; for an interaction its kind (`email`, `call` …).
        direction: `inbound`, `outbound` for interactions.
        schema_version: version of the schema that the document follows.
        ref: its id in the system that carried it, such as the Message-ID of an e-mail (RFC 5322).
    """

    record: str
    kind: str
    at: datetime
    agent: str = ""
    value: str = ""
    direction: str = ""
    schema_version: str = SCHEMA_VERSION
    ref: str = ""
