"""What a card of ours says about consent, as evidence: a file can block, and can only claim that somebody agreed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from canonical_contact.model import (
    ANY_PURPOSE,
    Channel,
    ConsentEvidence,
    ConsentState,
    Contact,
    EvidenceKind,
    Suppression,
    SuppressionKind,
    VerificationStatus,
)

__all__ = ["VENDOR", "bounces_of", "evidence_in"]

VENDOR: Final = "canonical-contact.dev:"  # before the names of our own properties

# What the states that do not refuse show; every other one is a refusal.
_STATES: Final = {
    ConsentState.GRANTED: EvidenceKind.CLAIMED_OPT_IN,
    ConsentState.IMPLIED: EvidenceKind.CLAIMED_OPT_IN,
    ConsentState.REQUESTED: None,
    ConsentState.PENDING_CONFIRMATION: None,
    ConsentState.UNKNOWN: None,
}
_BLOCKS: Final = {
    SuppressionKind.COMPLAINT: EvidenceKind.COMPLAINT,
    SuppressionKind.UNMAPPED_OPT_OUT: EvidenceKind.UNMAPPED_OPT_OUT,
    SuppressionKind.HARD_BOUNCE: EvidenceKind.UNMAPPED_OPT_OUT,  # of a number: which one cannot be said
}
# Our own properties that say whom not to contact, where they were kept because they could not be read.
_UNREAD: Final = re.compile(
    r"canonical-contact\.dev:(?:(?:consent|suppressions|restrictions|deleted)\b|fields\b.{0,400}\bstatus\b)|jsprop\b.{0,99}canonical-contact",
    re.DOTALL | re.IGNORECASE,
)
_KEPT: Final = ("jscontact.", "vcard.")  # so begin the names of what a card holds and a contact has no field for


def evidence_in(contact: Contact) -> Iterator[ConsentEvidence]:
    """List the evidence of a card of ours; of e-mail addresses that do not work, `bounces_of` tells.

    Args:
        contact: as the card states it.

    >>> from canonical_contact.model import ConsentRecord
    >>> stop = ConsentRecord(Channel.EMAIL, "marketing", ConsentState.WITHDRAWN)
    >>> [(str(one.kind), one.channel) for one in evidence_in(Contact(contact_id="1", consent=(stop,)))]
    [('opt_out', 'email')]
    """
    for record in contact.consent:
        states = [record.state, *([record.resume_state] if record.resume_state else [])]
        for state in states:
            kind = _STATES.get(state, EvidenceKind.OPT_OUT)
            if kind is not None:
                gone = state is ConsentState.ERASED  # which is said of the person, whatever key it stands at
                channel, purpose = ("any", ANY_PURPOSE) if gone else (record.channel.value, record.purpose)
                reason = record.reason[:200]
                yield ConsentEvidence(kind, channel, purpose, record.effective_at, state.value, "consent", reason=reason)
    for block in contact.suppressions:
        if not _is_of_address(block):
            kind, reason = _BLOCKS.get(block.kind, EvidenceKind.OPT_OUT), block.reason[:200]
            yield ConsentEvidence(
                kind, block.channel.value, ANY_PURPOSE, block.since, block.kind.value, "suppressions", reason=reason
            )
    for key, text in contact.extensions.items():
        if key.startswith(_KEPT) and (found := _UNREAD.search(f"{key} {text}")):
            yield ConsentEvidence(EvidenceKind.UNMAPPED_OPT_OUT, "any", ANY_PURPOSE, raw=text[:200], column=found[0][:80])


def bounces_of(contact: Contact) -> dict[int, tuple[str, datetime | None]]:
    """List the e-mail addresses that do not work: place among the contact's → how that is known, and since when.

    Args:
        contact: as the card states it.
    """
    found: dict[int, tuple[str, datetime | None]] = {}
    for place, email in enumerate(contact.emails):
        if email.verification.status is VerificationStatus.FAILED:
            found[place] = (email.verification.method or "failed", email.verification.checked_at)
    for block in filter(_is_of_address, contact.suppressions):
        for place, email in enumerate(contact.emails):
            if block.endpoint in ("", email.key, email.address):
                found.setdefault(place, (block.kind.value, block.since))
    return found


def _is_of_address(block: Suppression) -> bool:
    """Whether a block is a fault of e-mail addresses, and not a wish."""
    return block.kind is SuppressionKind.HARD_BOUNCE and block.channel is Channel.EMAIL
