"""What the person allowed and refused: states, events, evidence, suppressions (specification: ISO/IEC TS 27560's event view).

The tables of legal transitions and couplings live in `canonical_contact.consent`; here are the values that every layer knows.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from canonical_contact.model.about import Pii, about
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

    kind: EvidenceKind = field(metadata=about("confirmed_opt_in", Pii.CONSENT))
    channel: str = field(metadata=about("email", Pii.CONSENT, validation="a word of Channel, voice or any"))
    purpose: str = field(default="marketing", metadata=about("newsletter", Pii.CONSENT))
    at: datetime | None = field(default=None, metadata=about(
        "2026-06-30T12:00:00Z", Pii.CONSENT, normalizer="timestamp", validation="RFC 3339 in UTC",
    ))  # fmt: skip
    raw: str = field(default="", metadata=about("2026-06-30 12:00:00", Pii.SENSITIVE))
    column: str = field(default="", metadata=about("CONFIRM_TIME"))
    started_at: datetime | None = field(default=None, metadata=about(
        "2026-06-30T11:58:00Z", Pii.CONSENT, normalizer="timestamp", validation="RFC 3339 in UTC",
    ))  # fmt: skip
    reason: str = field(default="", metadata=about("SPAM", Pii.CONSENT))


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
        evidence_refs: where the evidence is kept: addresses or names of recordings, scans, screenshots.
        evidence_hash: hash of that evidence.
    """

    consent_id: str = field(default="", metadata=about("c-2026-000017", Pii.PSEUDONYM, since="1.1"))
    notice_id: str = field(default="", metadata=about("newsletter-notice", since="1.1"))
    notice_version: str = field(default="", metadata=about("3", since="1.1"))
    notice_language: str = field(default="", metadata=about("de", since="1.1", validation="BCP 47"))
    notice_hash: str = field(default="", metadata=about("9f86d081884c7d65", since="1.1", validation="hexadecimal"))
    wording: str = field(default="", metadata=about("Yes, send me the newsletter.", Pii.CONSENT, since="1.1"))
    withdrawal_method: str = field(default="", metadata=about("link in every e-mail", Pii.NONE, since="1.1"))
    actor_id: str = field(default="", metadata=about("b.osei", Pii.PSEUDONYM, since="1.1"))
    captured_at: str = field(default="", metadata=about("https://example.org/sign-up", Pii.CONSENT, since="1.1"))
    jurisdiction: str = field(default="", metadata=about("DE", Pii.LOCATION, since="1.1", validation="ISO 3166-1 or 3166-2"))
    regime: str = field(default="", metadata=about("gdpr-eprivacy/2026.1", since="1.1", validation="id and version of a regime"))
    time_zone: str = field(default="", metadata=about("Europe/Berlin", Pii.LOCATION, since="1.1", validation="IANA name"))
    ip: str = field(default="", metadata=about("192.0.2.17", Pii.CONTACT, since="1.1", validation="IPv4 or IPv6"))
    user_agent: str = field(default="", metadata=about("ExampleBrowser/1.0", Pii.PERSONAL, since="1.1"))
    token_hash: str = field(default="", metadata=about("60303ae22b998861", Pii.PSEUDONYM, since="1.1", validation="hexadecimal"))
    confirmed_at: datetime | None = field(default=None, metadata=about(
        "2026-06-30T12:00:00Z", Pii.CONSENT, since="1.1", validation="RFC 3339 in UTC",
    ))  # fmt: skip
    third_parties: tuple[str, ...] = field(default=(), metadata=about(("Example Partner Ltd",), Pii.CONSENT, since="1.1"))
    supersedes: str = field(default="", metadata=about("c-2024-000003", Pii.PSEUDONYM, since="1.1"))
    retain_until: datetime | None = field(default=None, metadata=about(
        "2029-06-30T12:00:00Z", since="1.1", validation="RFC 3339 in UTC",
    ))  # fmt: skip
    previous_hash: str = field(default="", metadata=about("fd61a03af4f77d87", since="1.1", validation="hexadecimal"))
    evidence_refs: tuple[str, ...] = field(default=(), metadata=about(
        ("https://example.org/scans/17",), Pii.PSEUDONYM, since="1.2",
    ))  # fmt: skip
    evidence_hash: str = field(
        default="", metadata=about("2c26b46b68ffc68f", Pii.PSEUDONYM, since="1.2", validation="hexadecimal")
    )


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

    event_id: str = field(metadata=about("0b5e9d3c41aa7f26", Pii.PSEUDONYM, validation="hash of the content"))
    type: EventType = field(metadata=about("opt_in", Pii.CONSENT))
    channel: Channel = field(metadata=about("email", Pii.CONSENT))
    purpose: str = field(default="marketing", metadata=about("newsletter", Pii.CONSENT))
    controller: str = field(default="", metadata=about("brand-a", Pii.CONSENT))
    record: str = field(default="", metadata=about("hubspot:17", Pii.PSEUDONYM, validation="key of a record"))
    endpoint: str = field(default="", metadata=about(
        "ana@example.org", Pii.CONTACT, validation="address or number in canonical form",
    ))  # fmt: skip
    effective_at: datetime | None = field(default=None, metadata=about(
        "2026-06-30T12:00:00Z", Pii.CONSENT, validation="RFC 3339 in UTC",
    ))  # fmt: skip
    recorded_at: datetime | None = field(default=None, metadata=about("2026-07-01T06:00:00Z", validation="RFC 3339 in UTC"))
    actor: str = field(default="subject", metadata=about("agent", Pii.CONSENT, validation="subject, agent, controller, system"))
    method: str = field(default="import", metadata=about("double_opt_in", Pii.CONSENT))
    source: str = field(default="", metadata=about("subscribed_members_export.csv", Pii.NONE))
    legal_basis: str = field(default="", metadata=about("consent", Pii.CONSENT))
    reason: str = field(default="", metadata=about("legacy_import", validation="a stable code"))
    suppression: SuppressionKind | None = field(default=None, metadata=about("complaint", Pii.CONSENT))
    expires_at: datetime | None = field(default=None, metadata=about(
        "2028-06-30T12:00:00Z", Pii.CONSENT, validation="RFC 3339 in UTC",
    ))  # fmt: skip
    evidence: str = field(default="", metadata=about("2026-06-30 12:00:00", Pii.SENSITIVE))
    target: ConsentState | None = field(default=None, metadata=about("withdrawn", Pii.CONSENT))
    schema_version: str = field(default=SCHEMA_VERSION, metadata=about(SCHEMA_VERSION, validation="the version of the schema"))
    proof: ConsentProof | None = field(default=None, metadata=about(
        {"notice_id": "newsletter-notice", "notice_version": "3", "ip": "192.0.2.17"}, Pii.CONSENT, since="1.1",
    ))  # fmt: skip


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
        lifted_for: purposes for which the person's own later confirmation counts all the same, as `purpose`, or
            `purpose@controller` for a brand; for every other question the block stands.
    """

    kind: SuppressionKind = field(metadata=about("hard_bounce", Pii.CONSENT))
    channel: Channel = field(metadata=about("email", Pii.CONSENT))
    endpoint: str = field(default="", metadata=about(
        "ana@example.org", Pii.CONTACT, validation="address or number in canonical form",
    ))  # fmt: skip
    since: datetime | None = field(default=None, metadata=about(
        "2026-06-30T12:00:00Z", Pii.CONSENT, validation="RFC 3339 in UTC",
    ))  # fmt: skip
    event_id: str = field(default="", metadata=about("0b5e9d3c41aa7f26", Pii.PSEUDONYM))
    record: str = field(default="", metadata=about("hubspot:17", Pii.PSEUDONYM, validation="key of a record"))
    reason: str = field(default="", metadata=about("shared_endpoint", validation="a stable code"))
    lifted_for: tuple[str, ...] = field(default=(), metadata=about(
        ("newsletter", "newsletter@brand-a"), Pii.CONSENT, since="1.2", validation="purpose or purpose@controller",
    ))  # fmt: skip


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
        token_hash: of an open double opt-in: hash of the token that must confirm it; empty where any confirmation does.
        confirm_by: of an open request or double opt-in: until when it may be answered; None without a limit.
    """

    channel: Channel = field(metadata=about("email", Pii.CONSENT))
    purpose: str = field(metadata=about("newsletter", Pii.CONSENT))
    state: ConsentState = field(metadata=about("granted", Pii.CONSENT))
    controller: str = field(default="", metadata=about("brand-a", Pii.CONSENT))
    resume_state: ConsentState | None = field(default=None, metadata=about("withdrawn", Pii.CONSENT))
    strength: str = field(default="", metadata=about("double", Pii.CONSENT, validation="double, single, written, verbal"))
    endpoint: str = field(default="", metadata=about(
        "ana@example.org", Pii.CONTACT, validation="address or number in canonical form",
    ))  # fmt: skip
    legal_basis: str = field(default="", metadata=about("consent", Pii.CONSENT))
    effective_at: datetime | None = field(default=None, metadata=about(
        "2026-06-30T12:00:00Z", Pii.CONSENT, validation="RFC 3339 in UTC",
    ))  # fmt: skip
    expires_at: datetime | None = field(default=None, metadata=about(
        "2028-06-30T12:00:00Z", Pii.CONSENT, validation="RFC 3339 in UTC",
    ))  # fmt: skip
    reason: str = field(default="", metadata=about("legacy_import", Pii.CONSENT, validation="a stable code"))
    events: tuple[str, ...] = field(default=(), metadata=about(("0b5e9d3c41aa7f26",), Pii.PSEUDONYM))
    lifted_by: str = field(default="", metadata=about("0b602a77c95d10e4", Pii.PSEUDONYM))
    consent_id: str = field(default="", metadata=about("c-2026-000017", Pii.PSEUDONYM, since="1.1"))
    token_hash: str = field(default="", metadata=about("60303ae22b998861", Pii.PSEUDONYM, since="1.2", validation="hexadecimal"))
    confirm_by: datetime | None = field(default=None, metadata=about(
        "2026-07-03T12:00:00Z", Pii.CONSENT, since="1.2", validation="RFC 3339 in UTC",
    ))  # fmt: skip
