"""The tables of the receipts: our states and events in the words of W3C DPV and of the Kantara receipt, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from canonical_contact.model import Channel, ConsentState, EventType, EvidenceKind

__all__ = [
    "BASES",
    "CONSENT_TYPES",
    "DPV",
    "EVENT_STATES",
    "EVENT_TYPES",
    "PII_TYPES",
    "PURPOSE_CATEGORIES",
    "PURPOSE_NAMES",
    "READ_STATES",
    "READ_TYPES",
    "STATES",
    "dpv",
]

_S = ConsentState
_E = EventType
DPV: Final = "dpv:"

STATES: Final[Mapping[ConsentState, str]] = {
    _S.UNKNOWN: "ConsentUnknown",
    _S.REQUESTED: "ConsentRequested",
    _S.PENDING_CONFIRMATION: "ConsentRequested",
    _S.GRANTED: "ConsentGiven",
    _S.IMPLIED: "ConsentUnknown",  # another legal basis, which is no consent: `lawful_basis` names it
    _S.DENIED: "ConsentRefused",
    _S.WITHDRAWN: "ConsentWithdrawn",
    _S.EXPIRED: "ConsentExpired",
    _S.INVALIDATED: "ConsentInvalidated",
    _S.ERASED: "ConsentRevoked",
}
"""State → W3C DPV's consent status."""

EVENT_STATES: Final[Mapping[EventType, str]] = {
    _E.IMPORT_LEGACY: "ConsentUnknown",
    _E.REQUEST: "ConsentRequested",
    _E.REQUEST_TIMEOUT: "ConsentRequestDeferred",
    _E.OPT_IN_UNCONFIRMED: "ConsentRequested",
    _E.CONFIRM: "ConsentGiven",
    _E.CONFIRM_TIMEOUT: "ConsentRequestDeferred",
    _E.OPT_IN: "ConsentGiven",
    _E.DECLINE: "ConsentRefused",
    _E.IMPLY: "ConsentUnknown",
    _E.RENEW: "RenewedConsentGiven",
    _E.WITHDRAW: "ConsentWithdrawn",
    _E.OBJECT: "ConsentWithdrawn",
    _E.COMPLAINT: "ConsentWithdrawn",
    _E.EXPIRE: "ConsentExpired",
    _E.INVALIDATE: "ConsentInvalidated",
    _E.NOTICE_SUPERSEDED: "ConsentRequested",
    _E.ERASE: "ConsentRevoked",
}
"""Event → the consent status that it leads to. Suppressions are no events of a consent; a correction names its state itself."""

EVENT_TYPES: Final[Mapping[EventType, str]] = {
    _E.OPT_IN: "ExpressedConsent",
    _E.CONFIRM: "ExpressedConsent",
    _E.RENEW: "ExpressedConsent",
    _E.IMPLY: "ImpliedConsent",
}
"""Event → DPV's type of consent; `Consent` for all others."""

BASES: Final[Mapping[str, str]] = {
    "consent": "Consent",
    "contract": "Contract",
    "legitimate_interest": "LegitimateInterest",
    "legal_obligation": "LegalObligation",
}
"""Legal basis → DPV's term; any other basis stands as it is."""

CONSENT_TYPES: Final[Mapping[ConsentState, str]] = {
    _S.GRANTED: "EXPLICIT",
    _S.IMPLIED: "IMPLICIT",
    **{state: state.value.upper() for state in _S if state not in (_S.GRANTED, _S.IMPLIED)},
}
"""State → `consentType` of a Kantara receipt. The receipt has no state: what is no permission must not look like one."""

PII_TYPES: Final[Mapping[Channel, str]] = {
    Channel.EMAIL: "e-mail address",
    Channel.POST: "postal address",
    Channel.PUSH: "device identifier",
    Channel.ADS: "advertising identifier",
    **dict.fromkeys((Channel.SMS, Channel.VOICE_LIVE, Channel.VOICE_AUTOMATED, Channel.FAX), "telephone number"),
    Channel.MESSAGING: "telephone number",
}
"""Channel → what is processed to reach the person."""

PURPOSE_CATEGORIES: Final[Mapping[str, str]] = {
    "marketing": "6 - Marketing",
    "newsletter": "6 - Marketing",
    "contract": "2 - Contracted Service",
    "service": "2 - Contracted Service",
    "personalization": "5 - Personalize Experience",
}
"""Purpose → category of a Kantara receipt; any other purpose stands as it is."""

PURPOSE_NAMES: Final[Mapping[str, str]] = {
    "6 - marketing": "marketing",
    "6-marketing": "marketing",
    "marketing": "marketing",
    "to market services": "marketing",
    "dpv:marketing": "marketing",
    "dpv:directmarketing": "marketing",
    "newsletter": "newsletter",
}
"""What another's receipt calls a purpose or its category → ours."""

_GIVEN, _CLAIMED, _OUT = EvidenceKind.OPT_IN, EvidenceKind.CLAIMED_OPT_IN, EvidenceKind.OPT_OUT

READ_TYPES: Final[Mapping[str, EvidenceKind]] = {
    "explicit": _GIVEN,
    "express": _GIVEN,
    "implicit": EvidenceKind.LEGAL_BASIS,
    "implied": EvidenceKind.LEGAL_BASIS,
    "opt-out": EvidenceKind.LEGAL_BASIS,  # a notice with the chance to object: nobody said yes
    "unknown": _CLAIMED,
    "requested": _CLAIMED,
    "pending_confirmation": _CLAIMED,
    "expired": _CLAIMED,
    **dict.fromkeys(("withdrawn", "denied", "refused", "revoked", "invalidated", "erased", "none", "objected"), _OUT),
}
"""What another's receipt writes under `consentType` → what it is evidence of."""

READ_STATES: Final[Mapping[str, EvidenceKind]] = {
    **dict.fromkeys(("consentgiven", "renewedconsentgiven", "given"), _GIVEN),
    **dict.fromkeys(("consentunknown", "consentrequested", "consentrequestdeferred", "consentexpired"), _CLAIMED),
    **dict.fromkeys(
        ("consentwithdrawn", "consentrefused", "consentrevoked", "consentinvalidated", "withdrawn", "refused", "revoked"), _OUT
    ),
}
"""What another's record writes under `event_state` → what it is evidence of."""


def dpv(term: str) -> str:
    """Write a term with the prefix of the vocabulary.

    >>> dpv("ConsentGiven")
    'dpv:ConsentGiven'
    """
    return f"{DPV}{term}"
