"""Receipts: the fields of both forms, what is not stated, states in others' words, seals, and what another's receipt is evidence of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from jsonschema import Draft202012Validator

from canonical_contact.consent.receipts import (
    BLOCK,
    NOT_STATED,
    Party,
    ReadReceipt,
    Terms,
    iso27560_record,
    kantara_receipt,
    read_receipt,
)
from canonical_contact.consent.receipts._words import CONSENT_TYPES, EVENT_STATES, READ_STATES, READ_TYPES, STATES
from canonical_contact.model import (
    Channel,
    ConsentEvent,
    ConsentProof,
    ConsentRecord,
    ConsentState,
    EventType,
    EvidenceKind,
    SuppressionKind,
)

WHEN = datetime(2026, 7, 1, 12, tzinfo=UTC)
PROOF = ConsentProof(
    notice_id="newsletter", notice_version="3", notice_language="de", wording="Ja, gern.", jurisdiction="DE",
    captured_at="https://example.org/sign-up", withdrawal_method="link in every e-mail", third_parties=("Partner Ltd",),
)  # fmt: skip
YES = ConsentEvent("e1", EventType.OPT_IN, Channel.EMAIL, record="crm:1", endpoint="ana@example.org", effective_at=WHEN,
    recorded_at=WHEN, method="web_form", proof=PROOF)  # fmt: skip
NO = ConsentEvent(
    "e2", EventType.WITHDRAW, Channel.EMAIL, record="crm:1", effective_at=WHEN + timedelta(days=9), recorded_at=WHEN
)
BLOCKED = ConsentEvent("e3", EventType.SUPPRESS, Channel.EMAIL, record="crm:1", endpoint="ana@example.org", effective_at=WHEN,
    suppression=SuppressionKind.GLOBAL_OPT_OUT)  # fmt: skip
GRANTED = ConsentRecord(Channel.EMAIL, "marketing", ConsentState.GRANTED, endpoint="ana@example.org", strength="single",
    legal_basis="consent", effective_at=WHEN, events=("e1",))  # fmt: skip
LEFT = ConsentRecord(Channel.EMAIL, "marketing", ConsentState.WITHDRAWN, effective_at=NO.effective_at, events=("e1", "e2"))
HOUSE = Party("Example Ltd", contact="B. Osei", email="privacy@example.org", phone="+44 20 7946 0000", street="1 High Street",
    locality="London", country="GB", url="https://example.org")  # fmt: skip
TERMS = Terms(policy_url="https://example.org/privacy", service="Newsletter", storage_locations=("DE",), retention_period="P3Y",
    termination="until it is withdrawn")  # fmt: skip

TEXT = {"type": "string", "minLength": 1}
TEXTS = {"type": "array", "items": TEXT, "minItems": 1}


def objects(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None, *, closed: bool = True) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": not closed,
    }


ADDRESS = {"type": "object", "minProperties": 1, "additionalProperties": TEXT}
KANTARA = objects(
    {
        "version": {"const": "KI-CR-v1.1.0"},
        "jurisdiction": TEXT,
        "consentTimestamp": {"type": "integer"},
        "collectionMethod": TEXT,
        "consentReceiptID": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
        "piiPrincipalId": TEXT,
        "piiControllers": {"type": "array", "minItems": 1, "items": objects(
            {"piiController": TEXT, "contact": TEXT, "address": ADDRESS, "email": TEXT, "phone": TEXT},
            {"onBehalf": {"type": "boolean"}, "piiControllerUrl": TEXT},
        )},
        "policyUrl": TEXT,
        "services": {"type": "array", "minItems": 1, "items": objects({
            "service": TEXT,
            "purposes": {"type": "array", "minItems": 1, "items": objects(
                {"purpose": TEXT, "purposeCategory": TEXTS, "consentType": TEXT, "piiCategory": TEXTS, "termination": TEXT,
                    "thirdPartyDisclosure": {"type": "boolean"}},
                {"primaryPurpose": {"type": "boolean"}, "thirdPartyName": TEXT},
            )},
        })},
        "sensitive": {"type": "boolean"},
        "spiCat": {"type": "array", "items": TEXT},
        BLOCK: {"type": "object"},
    },
    {"publicKey": TEXT, "language": TEXT},
)  # fmt: skip
STATE = {"type": "string", "pattern": "^dpv:(Renewed)?Consent[A-Z][A-Za-z]+$"}
ISO = objects({
    "record": objects({"schema_version": TEXT, "record_id": TEXT, "pii_principal_id": TEXT}),
    "pii_processing": objects({
        "privacy_notice": TEXT, "language": TEXT,
        "purposes": {"type": "array", "minItems": 1, "items": objects({
            "purpose": TEXT,
            "pii_information": {"type": "array", "minItems": 1, "items": objects({"pii_type": TEXT}, closed=False)},
            "pii_controllers": TEXTS, "storage_locations": TEXTS, "retention_period": TEXT, "jurisdiction": TEXT,
            "recipient_third_parties": {"type": "array", "items": TEXT}, "withdrawal_method": TEXT,
        }, closed=False)},
    }),
    "party_identification": {"type": "array", "minItems": 1, "items": objects(
        {"party_id": TEXT, "party_name": TEXT, "party_address": TEXT, "party_contact": TEXT, "party_type": TEXT}, closed=False,
    )},
    "events": {"type": "array", "items": objects(
        {"event_time": TEXT, "validity_duration": TEXT, "entity_id": TEXT, "event_type": TEXT, "event_state": STATE},
    )},
    BLOCK: {"type": "object"},
})  # fmt: skip


def kantara(record: ConsentRecord = GRANTED, *events: ConsentEvent, **more: Any) -> dict[str, Any]:
    given = {"principal": "p-17", "controller": HOUSE, "terms": TERMS, **more}
    return kantara_receipt(record, events or (YES,), **given)


def iso(record: ConsentRecord = GRANTED, *events: ConsentEvent, **more: Any) -> dict[str, Any]:
    given = {"principal": "p-17", "controller": HOUSE, "terms": TERMS, **more}
    return iso27560_record(record, events or (YES,), **given)


def stripped(receipt: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in receipt.items() if name != BLOCK}


@pytest.mark.parametrize("record", [GRANTED, LEFT])
@pytest.mark.parametrize("bare", [False, True])
def test_both_forms_have_their_mandatory_fields(record: ConsentRecord, *, bare: bool) -> None:
    more: dict[str, Any] = {"terms": Terms(), "controller": Party("")} if bare else {}
    Draft202012Validator(KANTARA).validate(kantara(record, YES, NO, BLOCKED, **more))
    Draft202012Validator(ISO).validate(iso(record, YES, NO, BLOCKED, **more))


def test_a_kantara_receipt_says_what_the_ledger_and_the_host_know() -> None:
    receipt = kantara()
    assert receipt["consentTimestamp"] == int(WHEN.timestamp())
    assert (receipt["jurisdiction"], receipt["language"], receipt["piiPrincipalId"]) == ("DE", "de", "p-17")
    assert receipt["collectionMethod"] == "web_form: https://example.org/sign-up"
    assert receipt["piiControllers"][0]["address"] == {
        "streetAddress": "1 High Street", "addressLocality": "London", "addressCountry": "GB",
    }  # fmt: skip
    purpose = receipt["services"][0]["purposes"][0]
    assert (purpose["consentType"], purpose["purposeCategory"]) == ("EXPLICIT", ["6 - Marketing"])
    assert (purpose["thirdPartyDisclosure"], purpose["thirdPartyName"]) == (True, "Partner Ltd")
    assert "missing" not in receipt[BLOCK]


def test_what_is_no_permission_does_not_look_like_one() -> None:
    for state in ConsentState:
        purpose = kantara(evolve(GRANTED, state=state))["services"][0]["purposes"][0]
        permits = state in (ConsentState.GRANTED, ConsentState.IMPLIED)
        assert (purpose["consentType"] in ("EXPLICIT", "IMPLICIT")) is permits
        assert purpose["termination"].startswith("No consent") is not permits
        given = iso(evolve(GRANTED, state=state))["pii_processing"]["purposes"][0]["consent_status"] == "dpv:ConsentGiven"
        assert given is (state is ConsentState.GRANTED)


def test_an_end_is_derived_at_the_time_of_the_receipt() -> None:
    record = evolve(GRANTED, expires_at=WHEN + timedelta(days=30))
    assert kantara(record, at=WHEN)["services"][0]["purposes"][0]["termination"] == "2026-07-31T12:00:00Z"
    late = WHEN + timedelta(days=30)
    assert kantara(record, at=late)["services"][0]["purposes"][0]["consentType"] == "EXPIRED"
    assert iso(record, at=late)["pii_processing"]["purposes"][0]["consent_status"] == "dpv:ConsentExpired"


def test_what_nobody_states_says_so_and_is_listed() -> None:
    receipt = kantara(GRANTED, terms=Terms(), controller=Party("Example Ltd"))
    assert receipt["policyUrl"] == NOT_STATED
    assert set(receipt[BLOCK]["missing"]) == {
        "$.policyUrl", *(f"$.piiControllers[0].{name}" for name in ("contact", "address", "email", "phone")),
    }  # fmt: skip
    undated = evolve(YES, effective_at=None, recorded_at=None, proof=None)
    bare = kantara(evolve(GRANTED, effective_at=None), undated)
    assert "consentTimestamp" not in bare
    assert {"$.consentTimestamp", "$.jurisdiction"} <= set(bare[BLOCK]["missing"])


def test_the_history_of_a_27560_record_is_in_order_and_in_the_words_of_dpv() -> None:
    ends = evolve(YES, expires_at=WHEN + timedelta(days=730, seconds=5))
    by_hand = evolve(NO, event_id="e4", actor="controller", effective_at=WHEN + timedelta(days=10))
    made = iso(LEFT, by_hand, NO, BLOCKED, ends)
    assert [event["event_state"] for event in made["events"]] == [
        "dpv:ConsentGiven",
        "dpv:ConsentWithdrawn",
        "dpv:ConsentRevoked",
    ]
    assert [event["entity_id"] for event in made["events"]] == ["p-17", "p-17", "Example Ltd"]
    assert [event["event_type"] for event in made["events"]] == ["dpv:ExpressedConsent", "dpv:Consent", "dpv:Consent"]
    assert made["events"][0]["validity_duration"] == "P730DT5S"
    assert made["events"][0]["event_time"] == "2026-07-01T12:00:00Z"


def test_the_tables_know_every_state_and_event() -> None:
    assert set(STATES) == set(CONSENT_TYPES) == set(ConsentState)
    assert set(EventType) - set(EVENT_STATES) == {EventType.SUPPRESS, EventType.UNSUPPRESS, EventType.CORRECT}
    for state, word in CONSENT_TYPES.items():
        kind = READ_TYPES[word.casefold()]
        refused = state in (ConsentState.WITHDRAWN, ConsentState.DENIED, ConsentState.INVALIDATED, ConsentState.ERASED)
        assert (kind is EvidenceKind.OPT_OUT) is refused
    for word in STATES.values():
        assert word.casefold() in READ_STATES


def test_an_id_names_what_the_receipt_is_about() -> None:
    assert kantara()["consentReceiptID"] == kantara()["consentReceiptID"] == iso()["record"]["record_id"]
    assert kantara()["consentReceiptID"] != kantara(LEFT, YES, NO)["consentReceiptID"]
    assert kantara()["consentReceiptID"] != kantara(principal="p-18")["consentReceiptID"]


def test_a_changed_receipt_is_not_ours_under_a_seal() -> None:
    seal = b"a secret of the house"
    receipt = json.loads(json.dumps(kantara(LEFT, YES, NO, seal=seal)))
    assert read_receipt(receipt, seal=seal) == ReadReceipt((YES, NO), own=True)
    receipt[BLOCK]["events"].pop()
    read = read_receipt(receipt, seal=seal)
    assert (read.own, read.events, [problem.code for problem in read.problems]) == (False, (), ["consent.receipt_unsealed"])
    assert [claim.evidence.kind for claim in read.claims] == [EvidenceKind.OPT_OUT]
    assert not read_receipt(kantara(), seal=seal).own
    assert not read_receipt(kantara(seal=b"another secret of 20"), seal=seal).own


def test_a_broken_block_gives_no_events() -> None:
    receipt = json.loads(json.dumps(kantara(LEFT, YES, NO)))
    receipt[BLOCK]["events"][0]["type"] = "hello"
    read = read_receipt(receipt)
    assert (read.own, read.events) == (False, ())
    assert read.problems[0].code == "consent.receipt_malformed"
    assert read.problems[0].path.endswith("[0].type")
    receipt[BLOCK]["events"][0] |= {"type": "opt_in", "schema_version": "99.0"}
    assert not read_receipt(receipt).own


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({}, EvidenceKind.OPT_IN),
        ({"consentTimestamp": "2026-07-01T12:00:00Z"}, EvidenceKind.OPT_IN),
        ({"consentTimestamp": None}, EvidenceKind.CLAIMED_OPT_IN),
        ({"consentTimestamp": "yesterday"}, EvidenceKind.CLAIMED_OPT_IN),
        ({"consentReceiptID": ""}, EvidenceKind.CLAIMED_OPT_IN),
        ({"collectionMethod": 7}, EvidenceKind.CLAIMED_OPT_IN),
        ({"policyUrl": ""}, EvidenceKind.CLAIMED_OPT_IN),
        ({"consentType": "IMPLICIT"}, EvidenceKind.LEGAL_BASIS),
        ({"consentType": "WITHDRAWN"}, EvidenceKind.OPT_OUT),
        ({"consentType": "withdrawn", "consentTimestamp": None}, EvidenceKind.OPT_OUT),
        ({"termination": "Subscription end date + 1 year"}, EvidenceKind.CLAIMED_OPT_IN),
        ({"termination": ""}, EvidenceKind.CLAIMED_OPT_IN),
        ({"purpose": "", "purposeCategory": []}, EvidenceKind.CLAIMED_OPT_IN),
    ],
)
def test_anothers_receipt_is_evidence_of_what_it_shows(change: dict[str, Any], kind: EvidenceKind) -> None:
    receipt = stripped(kantara())
    receipt["piiPrincipalId"] = "ana@example.org"
    for name, value in change.items():
        place = receipt if name in receipt else receipt["services"][0]["purposes"][0]
        place[name] = value
    (claim,) = read_receipt(receipt).claims
    assert (claim.principal, claim.controller, claim.evidence.kind) == ("ana@example.org", "Example Ltd", kind)


def test_the_words_of_purposes_are_known_or_kept_and_a_refusal_of_none_is_one_of_all() -> None:
    receipt = stripped(kantara(terms=Terms(purpose_category=("9 - Secret",), policy_url="https://example.org")))
    assert read_receipt(stripped(kantara())).claims[0].evidence.purpose == "marketing"
    assert read_receipt(receipt).claims[0].evidence.purpose == "marketing by email"
    receipt["services"][0]["purposes"][0]["consentType"] = "REVOKED"
    assert read_receipt(receipt).claims[0].evidence.purpose == "any"


@pytest.mark.parametrize(
    ("events", "kinds"),
    [
        ((YES,), [EvidenceKind.OPT_IN]),
        ((YES, NO), [EvidenceKind.CLAIMED_OPT_IN, EvidenceKind.OPT_OUT]),
        ((evolve(YES, expires_at=WHEN + timedelta(days=1)),), [EvidenceKind.CLAIMED_OPT_IN]),
        ((evolve(YES, effective_at=None, recorded_at=None),), [EvidenceKind.CLAIMED_OPT_IN]),
        ((YES, evolve(NO, type=EventType.EXPIRE)), [EvidenceKind.CLAIMED_OPT_IN, EvidenceKind.CLAIMED_OPT_IN]),
        ((NO, evolve(YES, effective_at=WHEN + timedelta(days=20))), [EvidenceKind.OPT_OUT, EvidenceKind.OPT_IN]),
        ((evolve(YES, type=EventType.IMPLY),), [EvidenceKind.CLAIMED_OPT_IN]),
        ((evolve(YES, type=EventType.RENEW),), [EvidenceKind.OPT_IN]),
    ],
)
def test_anothers_27560_record_is_evidence_event_by_event(events: tuple[ConsentEvent, ...], kinds: list[EvidenceKind]) -> None:
    found = read_receipt(stripped(iso(GRANTED, *events))).claims
    assert [claim.evidence.kind for claim in found] == kinds
    assert {claim.controller for claim in found} == {"Example Ltd"}


def test_a_status_other_than_a_yes_leaves_no_yes_in_the_events() -> None:
    record = stripped(iso())
    record["pii_processing"]["purposes"][0]["consent_status"] = "dpv:ConsentInvalidated"
    assert [claim.evidence.kind for claim in read_receipt(record).claims] == [EvidenceKind.CLAIMED_OPT_IN]


def test_a_refusal_behind_an_open_request_is_what_a_receipt_tells() -> None:
    open_ = evolve(LEFT, state=ConsentState.PENDING_CONFIRMATION, resume_state=ConsentState.WITHDRAWN)
    assert kantara(open_)["services"][0]["purposes"][0]["consentType"] == "WITHDRAWN"
    assert iso(open_)["pii_processing"]["purposes"][0]["consent_status"] == "dpv:ConsentWithdrawn"


def test_terms_by_their_full_address_are_read() -> None:
    record = stripped(iso())
    record["events"][0]["event_state"] = "https://w3id.org/dpv#ConsentWithdrawn"
    assert read_receipt(record).claims[0].evidence.kind is EvidenceKind.OPT_OUT


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("text", "consent.receipt_malformed"),
        ({"services": [{}]}, "consent.receipt_malformed"),
        ({"services": [{"purposes": [7]}]}, "consent.receipt_malformed"),
        ({"services": [{"purposes": [{"consentType": "PERHAPS"}]}]}, "consent.receipt_word_unknown"),
        ({"pii_processing": {}}, "consent.receipt_malformed"),
        ({"pii_processing": {"purposes": [{}]}}, "consent.receipt_malformed"),
        ({"pii_processing": {"purposes": [{}]}, "events": [3]}, "consent.receipt_malformed"),
        ({"pii_processing": {"purposes": [{}]}, "events": [{"event_state": "x"}]}, "consent.receipt_word_unknown"),
    ],
)
def test_what_cannot_be_read_is_a_problem(document: object, code: str) -> None:
    read = read_receipt(document)
    assert (read.events, read.claims, [problem.code for problem in read.problems]) == ((), (), [code])


def test_a_document_without_bounds_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(40):
        deep = {"services": [deep]}
    assert read_receipt(deep).problems[0].code == "consent.receipt_too_large"
    round_: dict[str, Any] = {}
    round_["services"] = round_
    assert read_receipt(round_).problems[0].code == "consent.receipt_too_large"


def test_no_problem_of_a_receipt_holds_who_it_is_about() -> None:
    receipt = {**stripped(kantara()), "piiPrincipalId": "ana@example.org", "services": []}
    assert "ana" not in str(read_receipt(receipt).problems)
