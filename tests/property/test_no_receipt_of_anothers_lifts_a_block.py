"""Law: whatever another's receipts say, in whatever order, nobody is contactable afterwards who was blocked before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canonical_contact.consent import may_contact
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.engine.receipts import import_receipts
from canonical_contact.engine.recording import import_events, record_consent, record_suppression
from canonical_contact.model import Channel, ConsentEvent, Contact, EventType
from canonical_contact.pipeline import unify
from canonical_contact.schema import from_json
from canonical_contact.store import MemoryStore

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LAX = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))  # only a refusal stands in the way
ROWS = "Record ID,First Name,Last Name,Email,Phone Number\n1,Zoe,Sol,zoe@x.es,+34600777888\n"
BLOCKS = st.sampled_from(["withdraw", "object", "complaint", "invalidate", "undated", "manual", "litigator", "dnc_registry"])
PURPOSE = st.fixed_dictionaries(
    {
        "purpose": st.sampled_from(["marketing", "To market services", "any", "news", ""]),
        "consentType": st.sampled_from(["EXPLICIT", "IMPLICIT", "UNKNOWN", "EXPRESS"]),
        "termination": st.sampled_from(["until withdrawal", "unlimited", "2030"]),
    }
)
TIMES = st.integers(-400, 400).map(lambda days: NOW + timedelta(days=days))
KANTARA = st.builds(
    lambda purposes, at, who: {
        "version": "KI-CR-v1.1.0", "consentTimestamp": int(at.timestamp()), "consentReceiptID": at.isoformat(),
        "collectionMethod": "form", "policyUrl": "https://example.org", "piiPrincipalId": who,
        "services": [{"service": "s", "purposes": purposes}],
    },
    st.lists(PURPOSE, min_size=1, max_size=2), TIMES, st.sampled_from(["zoe@x.es", "+34 600 777 888", "ZOE@X.es"]),
)  # fmt: skip
ISO = st.builds(
    lambda events, who: {
        "record": {"record_id": "r", "pii_principal_id": who},
        "pii_processing": {"privacy_notice": "n", "purposes": [{"purpose": "marketing"}]},
        "events": [
            {"event_time": at.isoformat(), "event_state": f"dpv:{word}", "event_type": "dpv:ExpressedConsent"}
            for at, word in events
        ],
    },
    st.lists(
        st.tuples(TIMES, st.sampled_from(["ConsentGiven", "RenewedConsentGiven", "ConsentRequested"])), min_size=1, max_size=3
    ),
    st.sampled_from(["zoe@x.es", "+34 600 777 888"]),
)


def blocked(kind: str) -> MemoryStore:
    store = MemoryStore()
    with TemporaryDirectory() as folder:
        (Path(folder) / "hubspot.csv").write_text(ROWS, "utf-8", newline="")
        unify([Path(folder) / "hubspot.csv"], store, now=NOW)
    zoe = next(row.contact_id for row in store.contacts())
    for channel in (Channel.EMAIL, Channel.SMS):
        if kind == "undated":
            event = ConsentEvent(f"x-{channel}", EventType.WITHDRAW, channel, record="hubspot:1", recorded_at=NOW)
            import_events(store, [event], at=NOW)
        elif kind in ("manual", "litigator", "dnc_registry"):
            record_suppression(store, kind, channel, contact_id=zoe, at=NOW)
        else:
            if kind == "invalidate":
                record_consent(store, zoe, "opt_in", channel, at=NOW - timedelta(days=1))
            record_consent(store, zoe, kind, channel, at=NOW, actor="controller" if kind == "invalidate" else "subject")
    return store


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(BLOCKS, st.lists(st.one_of(KANTARA, ISO), min_size=1, max_size=4), st.sampled_from(["", "email", "sms"]))
def test_no_receipt_of_anothers_lifts_a_block(kind: str, receipts: list[dict[str, Any]], channel: str) -> None:
    store = blocked(kind)
    for place, receipt in enumerate(receipts):
        import_receipts(store, [receipt], at=NOW + timedelta(days=500 + place), channel=channel, controllers={"": ""})
        contact = from_json(Contact, next(row.document for row in store.contacts()))
        for asked in ("email", "sms"):
            for policy in ("blocking_first", "latest_subject_act"):
                answer = may_contact(contact, asked, at=NOW + timedelta(days=600), regime=LAX, policy=policy)
                assert not answer.allowed, (kind, asked, policy)
