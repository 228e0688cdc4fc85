"""What a contact is: frozen values, no behaviour that needs a clock, a network or a store."""

from canonical_contact.model.channels import Channel, EmailAddress, OnlineService, PhoneNumber, PostalAddress
from canonical_contact.model.consent import (
    ANY_PURPOSE,
    ConsentEvent,
    ConsentEvidence,
    ConsentRecord,
    ConsentState,
    EventType,
    EvidenceKind,
    Suppression,
    SuppressionKind,
)
from canonical_contact.model.contact import Card, Contact, SourceRef
from canonical_contact.model.decision import Evidence, Judgement, PairDecision, Permission
from canonical_contact.model.events import Event, EventName
from canonical_contact.model.ids import contact_id, digest
from canonical_contact.model.interaction import Activity, Interaction, InteractionKind
from canonical_contact.model.lifecycle import Lifecycle, LifecycleStage, StageChange
from canonical_contact.model.name import Name
from canonical_contact.model.organization import Organization
from canonical_contact.model.provenance import Claim
from canonical_contact.model.source import RawRecord, SourceRecord, record_key
from canonical_contact.model.verification import Verification, VerificationStatus
from canonical_contact.model.version import SCHEMA_VERSION

__all__ = [
    "ANY_PURPOSE",
    "SCHEMA_VERSION",
    "Activity",
    "Card",
    "Channel",
    "Claim",
    "ConsentEvent",
    "ConsentEvidence",
    "ConsentRecord",
    "ConsentState",
    "Contact",
    "EmailAddress",
    "Event",
    "EventName",
    "EventType",
    "Evidence",
    "EvidenceKind",
    "Interaction",
    "InteractionKind",
    "Judgement",
    "Lifecycle",
    "LifecycleStage",
    "Name",
    "OnlineService",
    "Organization",
    "PairDecision",
    "Permission",
    "PhoneNumber",
    "PostalAddress",
    "RawRecord",
    "SourceRecord",
    "SourceRef",
    "StageChange",
    "Suppression",
    "SuppressionKind",
    "Verification",
    "VerificationStatus",
    "contact_id",
    "digest",
    "record_key",
]
