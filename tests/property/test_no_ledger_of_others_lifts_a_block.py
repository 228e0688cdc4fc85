"""Law: whatever ends of blocks another ledger names, with whatever confirmations that nobody began, who refused stays blocked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact.consent import may_contact
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.engine.importing import import_events
from canonical_contact.engine.recording import record_consent, record_suppression
from canonical_contact.model import Channel, ConsentEvent, EventType, SuppressionKind
from canonical_contact.pipeline import unify
from canonical_contact.store import MemoryStore, iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LAX = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))  # only a refusal stands in the way
ROWS = "Record ID,First Name,Last Name,Email\n1,Zoe,Sol,desk@x.es\n2,Bo,Berg,desk@x.es\n"
LATER = st.integers(1, 400).map(lambda days: NOW + timedelta(days=days))
TIMES = st.one_of(LATER, LATER, LATER, st.sampled_from([None, NOW, NOW - timedelta(days=1)]))
FIRM = [SuppressionKind.GLOBAL_OPT_OUT, SuppressionKind.COMPLAINT, SuppressionKind.UNMAPPED_OPT_OUT]
KINDS = st.sampled_from([*FIRM, *FIRM, *SuppressionKind])
EVENTS = st.builds(
    lambda kind, purpose, record, at, recorded, actor, suppression, controller: ConsentEvent(
        "", kind, Channel.EMAIL, purpose=purpose, controller=controller, record=record, endpoint="desk@x.es", effective_at=at, recorded_at=recorded,
        actor=actor, method="double_opt_in", suppression=suppression if kind is EventType.UNSUPPRESS else None,
    ),
    st.sampled_from([EventType.UNSUPPRESS, EventType.UNSUPPRESS, EventType.CONFIRM]),
    st.sampled_from(["any", "marketing", "news"]), st.sampled_from(["hubspot:1", "hubspot:1", "hubspot:2", "", "crm:9"]), TIMES, TIMES,
    st.sampled_from(["subject", "agent"]), KINDS, st.sampled_from(["", "brand-a"]),
)  # fmt: skip


@settings(max_examples=40)
@given(st.sampled_from(["withdraw", "complaint", "unmapped_opt_out"]), st.lists(EVENTS, min_size=1, max_size=5))
def test_no_ledger_of_others_lifts_a_block(block: str, events: list[ConsentEvent]) -> None:
    store = MemoryStore()
    with TemporaryDirectory() as folder:
        (Path(folder) / "hubspot.csv").write_text(ROWS, "utf-8", newline="")
        unify([Path(folder) / "hubspot.csv"], store, now=NOW)
    zoe = next(one.contact_id for one in iter_contacts(store) if one.name and one.name.given == "Zoe")
    if block == "unmapped_opt_out":
        record_suppression(store, block, "email", contact_id=zoe, endpoint="desk@x.es", at=NOW)
    else:
        record_consent(store, zoe, block, "email", at=NOW, actor="subject")
    named = [evolve(event, event_id=str(place)) for place, event in enumerate(events)]
    done = import_events(store, named, at=NOW + timedelta(days=500))
    assert done.added + len(done.problems) == len(named)
    for contact in iter_contacts(store):
        answer = may_contact(contact, "email", at=NOW + timedelta(days=600), regime=LAX)
        assert not answer.allowed, contact.name
