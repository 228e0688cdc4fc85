"""What somebody who was erased left on an endpoint reaches the whole channel, whatever else is said of that endpoint."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from canonical_contact.consent import fold, may_contact
from canonical_contact.consent.fold import ERASED_HOLDER
from canonical_contact.model import Channel, ConsentEvent, Contact, EmailAddress, EventType, SuppressionKind

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def block(name: str, record: str, day: int, reason: str = "") -> ConsentEvent:
    at = NOW + timedelta(days=day)
    return ConsentEvent(
        name, EventType.SUPPRESS, Channel.EMAIL, record=record, endpoint="desk@x.es", effective_at=at, recorded_at=at,
        reason=reason, suppression=SuppressionKind.MANUAL,
    )  # fmt: skip


@pytest.mark.parametrize("record", ["crm:1", "list:7"])
def test_a_later_block_on_the_same_endpoint_frees_no_other_endpoint(record: str) -> None:
    left = block("1", "crm:1", 0, ERASED_HOLDER)
    for events in ([left], [left, block("2", record, 1)]):
        folded = fold(events)
        contact = Contact(
            contact_id="c",
            emails=(EmailAddress("desk@x.es"), EmailAddress("ana@x.es")),
            consent=folded.records,
            suppressions=folded.suppressions,
        )
        answer = may_contact(contact, "email", at=NOW + timedelta(days=2), regime="can_spam", endpoint="ana@x.es")
        assert not answer.allowed
