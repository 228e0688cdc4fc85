"""The reason codes of a permission, each with the sentence that explains it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from canonical_contact.consent import regimes as _regimes
from canonical_contact.model import Permission

__all__ = ["REASONS", "REMEDIES", "explain"]

REASONS: Final[Mapping[str, str]] = {
    # allowed
    "express_consent": "The person gave consent for this purpose at this endpoint.",
    "implied_consent": "The rules accept the relationship on record as implied consent.",
    "opt_out_regime": "The rules need no consent on this channel until the person objects; nothing else permits it.",
    "latest_subject_act": "A confirmed opt-in later than every refusal lifts it, under the policy that was asked for.",
    # forbidden
    "erased": "The person was erased.",
    "restricted": "The person forbade that we use their data (forget, do not process, do not solicit); that covers every channel.",
    "deleted": "Every source that knows the person calls its record deleted.",
    "withdrawn": "The person withdrew consent or objected.",
    "denied": "The person was asked and refused.",
    "invalidated": "The consent was found not to be valid.",
    "hard_bounce": "The endpoint does not work.",
    "quarantined": "The system that sends has put the address into quarantine.",
    "complaint": "The person complained about us.",
    "dnc_registry": "The endpoint stands on a do-not-contact registry.",
    "legal_hold": "A legal hold forbids contact.",
    "global_opt_out": "An opt-out stands on this endpoint.",
    "manual": "Somebody of us blocked this endpoint by hand.",
    "litigator": "The endpoint belongs to a known litigator.",
    "unmapped_opt_out": "A column or note looks like an opt-out and is not mapped yet; map or dismiss it.",
    "shared_endpoint": "The block comes from another contact's record that holds the same endpoint.",
    "later_opt_in_on_record": "A confirmed opt-in later than the refusal is on record; the default policy does not let it count.",
    # not permitted
    "no_endpoint": "The contact has no endpoint on this channel.",
    "endpoint_not_held": "The contact does not hold the endpoint that was asked about.",
    "not_in_store": "The store knows nobody by this address or number.",
    "no_consent": "The rules need consent, and none is on record.",
    "requested": "The person was asked and has not answered.",
    "pending_confirmation": "The person signed up and has not confirmed.",
    "expired": "The consent has ended.",
    "not_yet_effective": "The consent begins later.",
    "evidence_incomplete": "A grant is on record without its time or its events.",
    "confirmation_needed": "The rules need a stronger consent than the one on record, such as a confirmed or written one.",
    "implied_not_accepted": "The rules do not accept the basis of the implied consent on record.",
    "not_bound_to_endpoint": "A consent is on record that is not bound to this endpoint.",
    "registry_not_screened": "The rules demand screening against a do-not-call registry first, and none is on record.",
    # permitted, only not now
    "quiet_hours": "It is a time of quiet where the person is, or may be.",
    "frequency_cap": "As much was sent to the person as the cap allows.",
    "zone_unknown": "Nothing on record tells in which time zone the person is.",
    # may not be asked
    "asking_not_allowed": "The rules take a message that asks for consent for marketing; ask in another way, such as a form.",
    "asked_lately": "The person was asked or refused lately, and the rules demand a pause before they are asked again.",
    # what is behind a missing consent
    "never_asked": "The person was never asked.",
    "legacy_import": "A source claims consent and shows no evidence of it.",
    "legal_basis_claimed": "A source names a legal basis and shows no event that it rests on.",
    "lost_evidence": "The evidence of the consent was lost.",
}
"""Code → one sentence. Codes are stable."""

REMEDIES: Final[Mapping[str, str]] = {
    "ask": "Asking the person may help.",
    "sign_up": "Only the person's own sign-up helps, such as by a form; the rules let nobody ask by a message on this channel.",
    "confirm": "It takes the person's confirmation.",
    "wait": "Nothing but time is needed.",
    "nothing": "Nothing on our side changes that.",
}


def explain(permission: Permission) -> str:
    """Say in words what was decided and why, and what the rules that ship are not.

    Args:
        permission: an answer of `may_contact`.

    >>> explain(Permission(False, ("global_opt_out", "withdrawn"), regime="casl/2026.1", remedy="nothing"))[:74]
    'Denied under casl/2026.1. An opt-out stands on this endpoint. The person w'
    """
    head = "Allowed" if permission.allowed else "Denied"
    if permission.endpoint:
        head += f" at {permission.endpoint}"
    if permission.until is not None:
        head += f" until {permission.until.isoformat()}"
    parts = [f"{head} under {permission.regime}."]
    parts += [REASONS.get(reason, f"{reason}.") for reason in permission.reasons]
    if permission.events:
        parts.append(f"It stands on the events {', '.join(permission.events)}.")
    if permission.not_before is not None:
        parts.append(f"It is allowed again, but not before {permission.not_before.isoformat()}.")
    if permission.remedy:
        parts.append(REMEDIES.get(permission.remedy, permission.remedy))
    books = {book.partition("/")[0] for book in permission.regime.removeprefix("strictest_of/").split("+")}
    if not books.isdisjoint(_regimes.REGIMES.by_id):
        parts.append(_regimes.NOTICE)
    return " ".join(parts)
