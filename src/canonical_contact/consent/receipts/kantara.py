"""A consent record as a consent receipt of the Kantara Initiative, version 1.1.0."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from canonical_contact.consent.receipts._block import BLOCK, block
from canonical_contact.consent.receipts._facts import Facts, stated
from canonical_contact.consent.receipts._terms import Party, Terms
from canonical_contact.consent.receipts._words import CONSENT_TYPES, PURPOSE_CATEGORIES
from canonical_contact.model import ConsentEvent, ConsentRecord, ConsentState

__all__ = ["KANTARA", "kantara_receipt"]

KANTARA: Final = "KI-CR-v1.1.0"
_PLAIN_TERMS: Final = Terms()


def kantara_receipt(
    record: ConsentRecord,
    events: Iterable[ConsentEvent],
    *,
    principal: str,
    controller: Party,
    terms: Terms = _PLAIN_TERMS,
    at: datetime | None = None,
    seal: bytes | None = None,
) -> dict[str, Any]:
    """Write a consent record as a Kantara consent receipt 1.1.

    The receipt has no word for a state. What is no permission therefore names its state under `consentType` (`WITHDRAWN`, `DENIED` …)
    in place of `EXPLICIT` or `IMPLICIT`, and says so under `termination`. The history stands in a block of our own (`BLOCK`), from
    which `read_receipt` gives it back as it was.

    Args:
        record: the folded state of one key.
        events: its history, as the ledger has it.
        principal: id of the person, such as the contact's id.
        controller: who is responsible.
        terms: what the ledger does not know. A mandatory field that nobody fills says `not stated` and is listed in the block.
        at: the time that the receipt speaks of: a grant that ended by then is `EXPIRED`.
        seal: secret that seals the block, so that `read_receipt` can tell whether it is yours; None leaves it open.

    Returns:
        What JSON has, by the field names of the specification; `consentTimestamp` in seconds since 1970, left out where nobody knows
        any time.

    >>> from datetime import UTC
    >>> from canonical_contact.model import Channel, EventType
    >>> yes = ConsentEvent("1", EventType.OPT_IN, Channel.EMAIL, effective_at=datetime(2026, 7, 1, tzinfo=UTC), method="web_form")
    >>> record = ConsentRecord(Channel.EMAIL, "marketing", ConsentState.GRANTED, effective_at=yes.effective_at, events=("1",))
    >>> receipt = kantara_receipt(record, [yes], principal="p-17", controller=Party("Example Ltd"))
    >>> receipt["version"], receipt["consentTimestamp"], receipt["services"][0]["purposes"][0]["consentType"]
    ('KI-CR-v1.1.0', 1782864000, 'EXPLICIT')
    """
    facts = Facts(record, tuple(events), principal, controller, terms, at)
    missing: list[str] = []
    moment = facts.moment()
    made: dict[str, Any] = {
        "version": KANTARA,
        "jurisdiction": stated(facts.said("jurisdiction") or terms.jurisdiction, "$.jurisdiction", missing),
        "consentTimestamp": None if moment is None else int(moment.timestamp()),
        "collectionMethod": stated(facts.method(), "$.collectionMethod", missing),
        "consentReceiptID": facts.receipt_id(),
        "publicKey": terms.public_key,
        "language": facts.said("notice_language") or terms.language,
        "piiPrincipalId": stated(principal, "$.piiPrincipalId", missing),
        "piiControllers": [_controller(controller, missing)],
        "policyUrl": stated(terms.policy_url, "$.policyUrl", missing),
        "services": [
            {
                "service": stated(terms.service or controller.name, "$.services[0].service", missing),
                "purposes": [_purpose(facts)],
            }
        ],
        "sensitive": bool(terms.sensitive),
        "spiCat": list(terms.sensitive),
    }
    for name in ("publicKey", "language"):
        if not made[name]:
            del made[name]
    if moment is None:
        del made["consentTimestamp"]
        missing.append("$.consentTimestamp")
    made[BLOCK] = block(record, facts.events, missing, seal)
    return made


def _controller(party: Party, missing: list[str]) -> dict[str, Any]:
    address = {
        "streetAddress": party.street,
        "addressLocality": party.locality,
        "addressRegion": party.region,
        "postalCode": party.postcode,
        "addressCountry": party.country,
    }
    path = "$.piiControllers[0]"
    given = {name: text for name, text in address.items() if text}
    made: dict[str, Any] = {
        "piiController": stated(party.name, f"{path}.piiController", missing),
        "onBehalf": party.on_behalf,
        "contact": stated(party.contact, f"{path}.contact", missing),
        "address": given or {"streetAddress": stated("", f"{path}.address", missing)},
        "email": stated(party.email, f"{path}.email", missing),
        "phone": stated(party.phone, f"{path}.phone", missing),
    }
    return made | ({"piiControllerUrl": party.url} if party.url else {})


def _purpose(facts: Facts) -> dict[str, Any]:
    record, terms = facts.record, facts.terms
    others = facts.third_parties()
    purpose = terms.purpose or record.purpose
    category = terms.purpose_category or (PURPOSE_CATEGORIES.get(record.purpose, record.purpose or "any"),)
    made: dict[str, Any] = {
        "purpose": f"{purpose} by {record.channel}",
        "purposeCategory": list(category),
        "consentType": CONSENT_TYPES[facts.state],
        "piiCategory": list(terms.pii_category or ("2 - Contact",)),
        "primaryPurpose": terms.primary,
        "termination": _termination(facts),
        "thirdPartyDisclosure": bool(others),
    }
    return made | ({"thirdPartyName": ", ".join(others)} if others else {})


def _termination(facts: Facts) -> str:
    state, record = facts.state, facts.record
    if state not in (ConsentState.GRANTED, ConsentState.IMPLIED):
        since = record.expires_at if state is ConsentState.EXPIRED else record.effective_at
        day = f" since {since.date().isoformat()}" if since is not None else ""
        return f"No consent: {state.value}{day}"
    if record.expires_at is not None:
        return record.expires_at.isoformat().replace("+00:00", "Z")
    return facts.terms.termination or "until it is withdrawn"
