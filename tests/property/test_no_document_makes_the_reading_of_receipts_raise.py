"""Law: whatever a document holds, reading it as a receipt gives events, claims or problems, and never an exception."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.consent.receipts import BLOCK, Party, iso27560_record, kantara_receipt, read_receipt
from canonical_contact.model import Channel, ConsentEvent, ConsentRecord, ConsentState, EventType

NAMES = st.sampled_from([
    "version", "consentTimestamp", "consentReceiptID", "collectionMethod", "piiPrincipalId", "piiControllers", "policyUrl", "services",
    "purposes", "purpose", "purposeCategory", "consentType", "termination", "record", "record_id", "pii_principal_id",
    "pii_processing", "privacy_notice", "events", "event_state", "event_time", "event_type", "validity_duration", BLOCK, "seal",
    "schema_version", "pii_controllers",
])  # fmt: skip
WORDS = st.sampled_from(
    ["EXPLICIT", "WITHDRAWN", "dpv:ConsentGiven", "https://w3id.org/dpv#ConsentWithdrawn", "until withdrawal", "any"]
)
PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6), WORDS),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3), st.dictionaries(st.one_of(NAMES, st.text(max_size=3)), inside, max_size=6)
    ),
    max_leaves=20,
)
YES = ConsentEvent("1", EventType.OPT_IN, Channel.EMAIL, record="crm:1")
RECORD = ConsentRecord(Channel.EMAIL, "marketing", ConsentState.GRANTED, events=("1",))
OURS = [write(RECORD, [YES], principal="p", controller=Party("E")) for write in (kantara_receipt, iso27560_record)]


@given(PLAIN, st.sampled_from([None, b"0123456789abcdef"]))
def test_no_document_makes_the_reading_of_receipts_raise(document: object, seal: bytes | None) -> None:
    read = read_receipt(document, seal=seal)
    assert read.events or read.claims or read.problems or read.own


@given(st.sampled_from(OURS), st.data(), PLAIN)
def test_no_broken_receipt_of_ours_makes_it_raise(receipt: dict[str, Any], data: st.DataObject, value: object) -> None:
    name = data.draw(st.sampled_from([*receipt, f"{BLOCK}.events", f"{BLOCK}.record"]))
    if name.startswith(f"{BLOCK}."):
        broken = {**receipt, BLOCK: {**receipt[BLOCK], name.rpartition(".")[2]: value}}
    else:
        broken = {**receipt, name: value}
    read = read_receipt(broken)
    assert read.own or read.problems or read.claims
