"""Law: a receipt that we wrote gives its events back exactly, in either form, through JSON, and they fold to the same consent."""

from __future__ import annotations

import json
from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.consent import fold
from canonical_contact.consent.receipts import Party, iso27560_record, kantara_receipt, read_receipt
from canonical_contact.model import Channel, ConsentEvent, ConsentRecord, ConsentState
from property_strategies import consent_events

HOUSE = Party("Example Ltd", email="privacy@example.org")
SECRETS = st.sampled_from([None, b"0123456789abcdef"])


def written(form: str, record: ConsentRecord, events: list[ConsentEvent], seal: bytes | None) -> Any:
    write = kantara_receipt if form == "kantara" else iso27560_record
    return json.loads(json.dumps(write(record, events, principal="p-17", controller=HOUSE, seal=seal)))


@given(st.lists(consent_events, max_size=5), st.sampled_from(["kantara", "iso27560"]), SECRETS)
def test_a_receipt_of_ours_comes_back_as_it_was(events: list[ConsentEvent], form: str, seal: bytes | None) -> None:
    record = ConsentRecord(Channel.EMAIL, "marketing", ConsentState.UNKNOWN)
    read = read_receipt(written(form, record, events, seal), seal=seal)
    assert (read.own, read.problems, read.claims) == (True, (), ())
    assert read.events == tuple(events)


@given(
    st.lists(st.tuples(consent_events, st.sampled_from(list(Channel)[:2])), max_size=5), st.sampled_from(["kantara", "iso27560"])
)
def test_each_record_of_a_fold_folds_from_its_own_receipt(drawn: list[tuple[ConsentEvent, Channel]], form: str) -> None:
    events = list({event.event_id: evolve(event, channel=channel) for event, channel in drawn}.values())
    for record in fold(events).records:
        history = [event for event in events if event.channel is record.channel]
        assert record in fold(read_receipt(written(form, record, history, None)).events).records
