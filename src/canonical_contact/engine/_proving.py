"""The proof of an act of privacy, as the ledger keeps it: a domain event without personal data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from canonical_contact.model import Event, EventName
from canonical_contact.ports import ProofRow

__all__ = ["proof_row"]


def proof_row(proof: str, detail: Mapping[str, str], *, at: datetime, contact_id: str = "") -> ProofRow:
    """Write the proof of an act.

    Args:
        proof: its id.
        detail: what was done, under `act`, and more; nothing that leads back to somebody who was erased.
        at: when.
        contact_id: of whom; empty where nobody may be named.
    """
    from canonical_contact.schema import to_json

    return ProofRow(proof, to_json(Event(EventName.CONTACT_CHANGED, contact_id, at, detail=dict(detail))))
