"""What was said and done with a person: the timeline."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from canonical_contact.model.about import Pii, about
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

    kind: InteractionKind = field(metadata=about("call", Pii.PERSONAL))
    at: datetime = field(metadata=about("2026-06-30T12:00:00Z", Pii.PERSONAL, validation="RFC 3339 in UTC"))
    direction: str = field(default="", metadata=about("inbound", Pii.PERSONAL, validation="inbound, outbound or empty"))
    agent: str = field(default="", metadata=about("b.osei", Pii.PSEUDONYM))
    source: str = field(default="", metadata=about("hubspot:17", Pii.PSEUDONYM, validation="key of a record"))
    ref: str = field(default="", metadata=about("20260630120000.17@mail.example.org", Pii.PSEUDONYM, since="1.1"))


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

    record: str = field(metadata=about("hubspot:17", Pii.PSEUDONYM, validation="key of a record"))
    kind: str = field(metadata=about("interaction", Pii.PERSONAL, validation="interaction, or the name of an event"))
    at: datetime = field(metadata=about("2026-06-30T12:00:00Z", Pii.PERSONAL, validation="RFC 3339 in UTC"))
    agent: str = field(default="", metadata=about("b.osei", Pii.PSEUDONYM))
    value: str = field(default="", metadata=about("call", Pii.PERSONAL))
    direction: str = field(default="", metadata=about("inbound", Pii.PERSONAL, validation="inbound, outbound or empty"))
    schema_version: str = field(default=SCHEMA_VERSION, metadata=about(SCHEMA_VERSION, validation="the version of the schema"))
    ref: str = field(default="", metadata=about("20260630120000.17@mail.example.org", Pii.PSEUDONYM, since="1.1"))
