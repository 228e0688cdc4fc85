"""What a contact is: frozen values, no behaviour that needs a clock, a network or a store."""

from canonical_contact.model.channels import (
    AddressPart,
    Channel,
    EmailAddress,
    EmailStatus,
    OnlineService,
    PhoneNumber,
    PostalAddress,
)
from canonical_contact.model.consent import (
    ANY_PURPOSE,
    ConsentEvent,
    ConsentEvidence,
    ConsentProof,
    ConsentRecord,
    ConsentState,
    EventType,
    EvidenceKind,
    Suppression,
    SuppressionKind,
)
from canonical_contact.model.contact import (
    Anniversary,
    Card,
    Contact,
    ContactKind,
    ExternalId,
    NpsAnswer,
    Owner,
    OwnerRole,
    Restriction,
    Revenue,
    SourceRef,
)
from canonical_contact.model.decision import Evidence, Judgement, PairDecision, Permission
from canonical_contact.model.deprecation import SchemaDeprecationWarning, watch_deprecated
from canonical_contact.model.events import Event, EventName
from canonical_contact.model.ids import contact_id, digest
from canonical_contact.model.interaction import Activity, Interaction, InteractionKind
from canonical_contact.model.lifecycle import Lifecycle, LifecycleStage, StageChange
from canonical_contact.model.name import Name
from canonical_contact.model.organization import Organization
from canonical_contact.model.provenance import Claim
from canonical_contact.model.source import RawRecord, SourceRecord, record_key
from canonical_contact.model.tombstone import Tombstone, TombstoneKind, tombstone_hash
from canonical_contact.model.verification import Verification, VerificationStatus
from canonical_contact.model.version import SCHEMA_VERSION

__all__ = [
    "ANY_PURPOSE",
    "SCHEMA_VERSION",
    "Activity",
    "AddressPart",
    "Anniversary",
    "Card",
    "Channel",
    "Claim",
    "ConsentEvent",
    "ConsentEvidence",
    "ConsentProof",
    "ConsentRecord",
    "ConsentState",
    "Contact",
    "ContactKind",
    "EmailAddress",
    "EmailStatus",
    "Event",
    "EventName",
    "EventType",
    "Evidence",
    "EvidenceKind",
    "ExternalId",
    "Interaction",
    "InteractionKind",
    "Judgement",
    "Lifecycle",
    "LifecycleStage",
    "Name",
    "NpsAnswer",
    "OnlineService",
    "Organization",
    "Owner",
    "OwnerRole",
    "PairDecision",
    "Permission",
    "PhoneNumber",
    "PostalAddress",
    "RawRecord",
    "Restriction",
    "Revenue",
    "SchemaDeprecationWarning",
    "SourceRecord",
    "SourceRef",
    "StageChange",
    "Suppression",
    "SuppressionKind",
    "Tombstone",
    "TombstoneKind",
    "Verification",
    "VerificationStatus",
    "contact_id",
    "digest",
    "record_key",
    "tombstone_hash",
]

watch_deprecated(Card)
