"""A consent record by the fields of ISO/IEC TS 27560:2023, with states in the words of W3C DPV."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from canonical_contact.consent.receipts._block import BLOCK, block
from canonical_contact.consent.receipts._facts import Facts, stated
from canonical_contact.consent.receipts._terms import NOT_STATED, Party, Terms
from canonical_contact.consent.receipts._words import BASES, EVENT_STATES, EVENT_TYPES, PII_TYPES, STATES, dpv
from canonical_contact.model import ConsentEvent, ConsentRecord, ConsentState, EventType

__all__ = ["ISO27560", "iso27560_record"]

ISO27560: Final = "canonical-contact.dev/iso-27560/1"
"""The schema that our records name: the fields of the specification under their own names, one purpose a record."""

_PLAIN_TERMS: Final = Terms()


def iso27560_record(
    record: ConsentRecord,
    events: Iterable[ConsentEvent],
    *,
    principal: str,
    controller: Party,
    terms: Terms = _PLAIN_TERMS,
    parties: Iterable[Party] = (),
    at: datetime | None = None,
    seal: bytes | None = None,
) -> dict[str, Any]:
    """Write a consent record by the fields of ISO/IEC TS 27560:2023.

    Args:
        record: the folded state of one key.
        events: its history, as the ledger has it; in `events` it stands in order of time, without suppressions.
        principal: id of the person, such as the contact's id.
        controller: who is responsible.
        terms: what the ledger does not know. A mandatory field that nobody fills says `not stated` and is listed in the block.
        parties: others that take part.
        at: the time that the record speaks of: a grant that ended by then is `ConsentExpired`.
        seal: secret that seals the block; see `kantara_receipt`.

    Returns:
        What JSON has, in the sections `record`, `pii_processing`, `party_identification` and `events`. The state of the whole, which
        the specification leaves to the events, is told as `consent_status` of the purpose.

    >>> from datetime import UTC
    >>> from canonical_contact.model import Channel
    >>> left = ConsentEvent("1", EventType.WITHDRAW, Channel.EMAIL, effective_at=datetime(2026, 7, 1, tzinfo=UTC))
    >>> record = ConsentRecord(Channel.EMAIL, "marketing", ConsentState.WITHDRAWN, effective_at=left.effective_at, events=("1",))
    >>> made = iso27560_record(record, [left], principal="p-17", controller=Party("Example Ltd"))
    >>> made["events"][0]["event_state"], made["pii_processing"]["purposes"][0]["consent_status"]
    ('dpv:ConsentWithdrawn', 'dpv:ConsentWithdrawn')
    """
    facts = Facts(record, tuple(events), principal, controller, terms, at)
    missing: list[str] = []
    made: dict[str, Any] = {
        "record": {
            "schema_version": ISO27560,
            "record_id": facts.receipt_id(),
            "pii_principal_id": stated(principal, "$.record.pii_principal_id", missing),
        },
        "pii_processing": _processing(facts, missing),
        "party_identification": [_party(one, place, missing) for place, one in enumerate((controller, *parties))],
        "events": [_event(one, facts, place, missing) for place, one in enumerate(facts.history())],
    }
    made[BLOCK] = block(record, facts.events, missing, seal)
    return made


def _processing(facts: Facts, missing: list[str]) -> dict[str, Any]:
    record, terms = facts.record, facts.terms
    path = "$.pii_processing.purposes[0]"
    notice = " ".join(filter(None, (facts.said("notice_id"), facts.said("notice_version")))) or terms.policy_url
    basis = record.legal_basis or ("consent" if facts.state is ConsentState.GRANTED else "")
    purpose: dict[str, Any] = {
        "purpose": terms.purpose or record.purpose or "any",
        "purpose_type": list(terms.purpose_category),
        "lawful_basis": dpv(BASES[basis]) if basis in BASES else basis,
        "consent_status": dpv(STATES[facts.state]),
        "pii_information": _pii(facts),
        "pii_controllers": [_id(facts.controller)],
        "collection_method": facts.method(),
        "storage_locations": list(terms.storage_locations) or [stated("", f"{path}.storage_locations", missing)],
        "retention_period": stated(facts.said("retain_until") or terms.retention_period, f"{path}.retention_period", missing),
        "service": terms.service,
        "jurisdiction": stated(facts.said("jurisdiction") or terms.jurisdiction, f"{path}.jurisdiction", missing),
        "recipient_third_parties": list(facts.third_parties()),
        "withdrawal_method": stated(
            facts.said("withdrawal_method") or terms.withdrawal_method, f"{path}.withdrawal_method", missing
        ),
        "privacy_rights": terms.rights,
        "authority_party": terms.authority,
    }
    kept = ("recipient_third_parties",)  # mandatory, and empty where there are none
    return {
        "privacy_notice": stated(notice, "$.pii_processing.privacy_notice", missing),
        "language": stated(facts.said("notice_language") or terms.language, "$.pii_processing.language", missing),
        "purposes": [{name: value for name, value in purpose.items() if value or name in kept}],
    }


def _pii(facts: Facts) -> list[dict[str, Any]]:
    terms = facts.terms
    kinds = terms.pii_category or (PII_TYPES[facts.record.channel],)
    made: list[dict[str, Any]] = [{"pii_type": kind, "pii_optional": True} for kind in kinds]
    return made + [{"pii_type": kind, "special_pii_category": kind} for kind in terms.sensitive]


def _id(party: Party) -> str:
    return party.id or party.name or NOT_STATED


def _party(party: Party, place: int, missing: list[str]) -> dict[str, Any]:
    path = f"$.party_identification[{place}]"
    lines = (party.street, " ".join(filter(None, (party.postcode, party.locality))), party.region, party.country)
    made = {
        "party_id": _id(party),
        "party_name": stated(party.name, f"{path}.party_name", missing),
        "party_role": party.role,
        "party_address": stated(", ".join(filter(None, lines)), f"{path}.party_address", missing),
        "party_email": party.email,
        "party_url": party.url,
        "party_phone": party.phone,
        "party_contact": stated(party.contact or party.email or party.phone, f"{path}.party_contact", missing),
        "party_type": stated(party.type, f"{path}.party_type", missing),
    }
    return {name: text for name, text in made.items() if text}


def _event(event: ConsentEvent, facts: Facts, place: int, missing: list[str]) -> dict[str, str]:
    moment = event.effective_at or event.recorded_at
    told = "" if moment is None else _iso(moment)
    return {
        "event_time": stated(told, f"$.events[{place}].event_time", missing),
        "validity_duration": _duration(event),
        "entity_id": _entity(event, facts),
        "event_type": dpv(EVENT_TYPES.get(event.type, "Consent")),
        "event_state": dpv(_state(event)),
    }


def _state(event: ConsentEvent) -> str:
    if event.type is EventType.CORRECT:
        return STATES[event.target or ConsentState.UNKNOWN]
    if event.type is EventType.NOTICE_SUPERSEDED and event.reason != "material":
        return "ConsentGiven"
    if event.type is EventType.WITHDRAW and event.actor in ("controller", "agent"):
        return "ConsentRevoked"  # ended by somebody other than the person
    return EVENT_STATES[event.type]


def _entity(event: ConsentEvent, facts: Facts) -> str:
    if event.actor == "subject":
        return facts.principal or NOT_STATED
    if event.actor == "controller":
        return _id(facts.controller)
    named = event.proof.actor_id if event.proof is not None else ""
    return named or event.actor or NOT_STATED


def _duration(event: ConsentEvent) -> str:
    """A period of ISO 8601, or the end where the beginning is not known."""
    if event.expires_at is None:
        return "until it is withdrawn"
    if event.effective_at is None or event.expires_at < event.effective_at:
        return f"until {_iso(event.expires_at)}"
    span = event.expires_at - event.effective_at
    return f"P{span.days}DT{span.seconds}S"


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
