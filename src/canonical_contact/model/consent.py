"""What the person allowed and refused: states, events, evidence, suppressions (specification: ISO/IEC TS 27560's event view).

The tables of legal transitions and couplings live in `canonical_contact.consent`; here are the values that every layer knows.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from canonical_contact.model.channels import Channel
from canonical_contact.model.version import SCHEMA_VERSION

__all__ = [
    "ANY_PURPOSE",
    "ConsentEvent",
    "ConsentEvidence",
    "ConsentProof",
    "ConsentRecord",
    "ConsentState",
    "EventType",
    "EvidenceKind",
    "Suppression",
    "SuppressionKind",
]

ANY_PURPOSE = "any"


class ConsentState(StrEnum):
    """The state of one key (contact × channel × purpose × controller)."""

    UNKNOWN = "unknown"
    REQUESTED = "requested"
    PENDING_CONFIRMATION = "pending_confirmation"
    GRANTED = "granted"
    IMPLIED = "implied"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    INVALIDATED = "invalidated"
    ERASED = "erased"


class EventType(StrEnum):
    """What can happen to a consent."""

    IMPORT_LEGACY = "import_legacy"
    REQUEST = "request"
    REQUEST_TIMEOUT = "request_timeout"
    OPT_IN_UNCONFIRMED = "opt_in_unconfirmed"
    CONFIRM = "confirm"
    CONFIRM_TIMEOUT = "confirm_timeout"
    OPT_IN = "opt_in"
    DECLINE = "decline"
    IMPLY = "imply"
    RENEW = "renew"
    WITHDRAW = "withdraw"
    OBJECT = "object"
    COMPLAINT = "complaint"
    EXPIRE = "expire"
    INVALIDATE = "invalidate"
    NOTICE_SUPERSEDED = "notice_superseded"
    SUPPRESS = "suppress"
    UNSUPPRESS = "unsuppress"
    CORRECT = "correct"
    ERASE = "erase"


class SuppressionKind(StrEnum):
    """Why an endpoint must not be used, whatever the consent says."""

    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    DNC_REGISTRY = "dnc_registry"
    LEGAL_HOLD = "legal_hold"
    GLOBAL_OPT_OUT = "global_opt_out"
    MANUAL = "manual"
    LITIGATOR = "litigator"
    UNMAPPED_OPT_OUT = "unmapped_opt_out"  # a column or note that looks like an opt-out and is not mapped yet


class EvidenceKind(StrEnum):
    """What a source's column, file or note says about consent, before any rule is applied."""

    OPT_OUT = "opt_out"  # the person left, refused or objected
    COMPLAINT = "complaint"  # the person reported us
    BOUNCE = "bounce"  # the endpoint does not work (a fault of the address, not a wish)
    OPT_IN = "opt_in"  # a sign-up with its time on record
    CONFIRMED_OPT_IN = "confirmed_opt_in"  # both steps of a double opt-in with their times on record
    CLAIMED_OPT_IN = "claimed_opt_in"  # the source says yes and shows nothing
    LEGAL_BASIS = "legal_basis"  # the source names a basis other than consent
    UNMAPPED_OPT_OUT = "unmapped_opt_out"  # looks like an opt-out; blocks until somebody maps or dismisses it


@frozen
class ConsentEvidence:
    """What one source record shows about consent.

    Args:
        kind: see `EvidenceKind`.
        channel: a `Channel`, `voice` for both voices, or `any`.
        purpose: such as `marketing`; `any` for all.
        at: when it happened; None where the source bears no date.
        raw: the text that says so.
        column: the column, file name or note that holds it.
        started_at: for a confirmed opt-in: when the first step was made.
        reason: the source's own reason code (`SPAM`), or the legal basis named.
    """

    kind: EvidenceKind
    channel: str
    purpose: str = "marketing"
    at: datetime | None = None
    raw: str = ""
    column: str = ""
    started_at: datetime | None = None
    reason: str = ""


@frozen
class ConsentProof:
    """What proves a consent event: the audit record (ISO/IEC TS 27560; GDPR, Art. 7(1)). Every field is optional: what is not known stays empty.

    Args:
        consent_id: the consent that the event belongs to; the events of one consent share it.
        notice_id: the notice that was shown.
        notice_version: its version.
        notice_language: BCP 47 tag of the language that it was shown in.
        notice_hash: hash of its content.
        wording: the exact words of the question.
        withdrawal_method: how the person was told to withdraw.
        actor_id: who acted, where that was not the person: an agent's name or a system's.
        captured_at: where it was given: address of the form, campaign, file and row.
        jurisdiction: country or state whose rules were applied, ISO 3166.
        regime: id and version of the rules, such as `gdpr-eprivacy/2026.1`.
        time_zone: IANA name of the zone that the person's clock showed.
        ip: the network address that it came from.
        user_agent: the program that it came from.
        token_hash: hash of the token of the confirmation.
        confirmed_at: when the second step was made (UTC).
        third_parties: to whom the consent extends.
        supersedes: the consent that it replaces.
        retain_until: until when the proof must be kept (UTC).
        previous_hash: hash of the ledger's entry before this one.
    """

    consent_id: str = ""
    notice_id: str = ""
    notice_version: str = ""
    notice_language: str = ""
    notice_hash: str = ""
    wording: str = ""
    withdrawal_method: str = ""
    actor_id: str = ""
    captured_at: str = ""
    jurisdiction: str = ""
    regime: str = ""
    time_zone: str = ""
    ip: str = ""
    user_agent: str = ""
    token_hash: str = ""
    confirmed_at: datetime | None = None
    third_parties: tuple[str, ...] = ()
    supersedes: str = ""
    retain_until: datetime | None = None
    previous_hash: str = ""


@frozen
class ConsentEvent:
    """One entry of the consent ledger; never changed, never removed.

    Args:
        event_id: unique; derived from the content, so that reading the same export twice adds nothing.
        type: what happened.
        channel: a concrete `Channel`.
        purpose: such as `marketing`, or `any`.
        controller: brand or legal entity; empty for the host itself.
        record: key of the source record that it came with (the origin subject).
        endpoint: address or number that it is bound to; empty for the person as a whole.
        effective_at: when it happened; None means that the source bears no date, and it counts as older than any dated one,
            except that a block without a date is never lifted by a dated grant.
        recorded_at: when the ledger learned of it.
        actor: `subject`, `agent`, `controller`, `system`.
        method: `double_opt_in`, `import`, `free_text_note`, `spam_report` …
        source: file, column or note that shows it.
        legal_basis: `consent`, `legitimate_interest`, `contract` …
        reason: stable reason code, such as `legacy_import`.
        suppression: for `suppress` and `unsuppress`: which kind.
        expires_at: until when a grant or an implied consent holds.
        evidence: the raw text.
        target: for `correct`: the state that it sets.
        schema_version: version of the schema that the document follows.
        proof: the audit record, where there is one.
    """

    event_id: str
    type: EventType
    channel: Channel
    purpose: str = "marketing"
    controller: str = ""
    record: str = ""
    endpoint: str = ""
    effective_at: datetime | None = None
    recorded_at: datetime | None = None
    actor: str = "subject"
    method: str = "import"
    source: str = ""
    legal_basis: str = ""
    reason: str = ""
    suppression: SuppressionKind | None = None
    expires_at: datetime | None = None
    evidence: str = ""
    target: ConsentState | None = None
    schema_version: str = SCHEMA_VERSION
    proof: ConsentProof | None = None


@frozen
class Suppression:
    """A block on an endpoint (or on the whole person where `endpoint` is empty), whatever the consent says.

    Args:
        kind: why.
        channel: for which channel.
        endpoint: address or number; empty for all of the person's endpoints on that channel.
        since: from when; None where the source bears no date.
        event_id: the event that it stands on.
        record: key of the source record that carries it; another person's record where an endpoint is shared.
        reason: stable reason code.
    """

    kind: SuppressionKind
    channel: Channel
    endpoint: str = ""
    since: datetime | None = None
    event_id: str = ""
    record: str = ""
    reason: str = ""


@frozen
class ConsentRecord:
    """The folded state of one key, and the events that it stands on.

    Args:
        channel: for which channel.
        purpose: for which purpose; `any` covers all.
        state: the state.
        controller: brand or legal entity; empty for the host itself.
        resume_state: the state behind an open request or confirmation; it still blocks if it blocked.
        strength: for a grant: `double`, `single`, `written`, `verbal`.
        endpoint: the endpoint that a grant is bound to; empty for a block, which holds for the person.
        legal_basis: the basis that an implied consent rests on.
        effective_at: since when.
        expires_at: until when; expiry is derived at the time of the question.
        reason: stable reason code.
        events: ids of the events that it stands on.
        lifted_by: id of a later confirmed opt-in that would lift this block under the policy `latest_subject_act`; it does not
            under the default.
        consent_id: the consent that it rests on, as the proof of its event names it.
    """

    channel: Channel
    purpose: str
    state: ConsentState
    controller: str = ""
    resume_state: ConsentState | None = None
    strength: str = ""
    endpoint: str = ""
    legal_basis: str = ""
    effective_at: datetime | None = None
    expires_at: datetime | None = None
    reason: str = ""
    events: tuple[str, ...] = ()
    lifted_by: str = ""
    consent_id: str = ""
