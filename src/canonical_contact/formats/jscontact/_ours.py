"""Fields of the schema that JSContact has no word for: properties of ours at the top of a card, by the names of the schema."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from canonical_contact.model import (
    Anniversary,
    Channel,
    Claim,
    ConsentRecord,
    ExternalId,
    Interaction,
    Lifecycle,
    NpsAnswer,
    Owner,
    Restriction,
    Revenue,
    SourceRef,
    Suppression,
)

__all__ = ["ALWAYS", "BESIDE"]

# Always written so, where they are not at their default.
ALWAYS: Final[MappingProxyType[str, Any]] = MappingProxyType(
    {
        "aliases": tuple[str, ...],
        "sources": tuple[SourceRef, ...],
        "claims": tuple[Claim, ...],
        "consent": tuple[ConsentRecord, ...],
        "suppressions": tuple[Suppression, ...],
        "interactions": tuple[Interaction, ...],
        "lifecycle": Lifecycle,
        "owner": str,
        "owners": tuple[Owner, ...],
        "source_channel": str,
        "external_ids": tuple[ExternalId, ...],
        "preferred_channels": tuple[Channel, ...],
        "restrictions": tuple[Restriction, ...],
        "score": float,
        "nps": tuple[NpsAnswer, ...],
        "revenue": Revenue,
        "deleted": bool,
        "revision": int,
        "schema_version": str,
    }
)
# Written so only where the standard's own word cannot carry the value as it is; they win over it on reading.
BESIDE: Final[MappingProxyType[str, Any]] = MappingProxyType(
    {
        "contact_id": str,
        "birthday": str,
        "anniversaries": tuple[Anniversary, ...],
        "gender": str,
        "grammatical_gender": str,
        "preferred_languages": tuple[str, ...],
        "tags": tuple[str, ...],
        "time_zone": str,
    }
)
