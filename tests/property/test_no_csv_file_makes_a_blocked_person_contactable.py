"""Law: who must not be contacted must not be after a way through any preset's file, and no file turns anything into a grant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from canonical_contact.consent import events_of, fold, holds_of, may_contact
from canonical_contact.consent.regimes import REGIMES
from canonical_contact.consent.states import BLOCKING
from canonical_contact.formats import PRESET_NAMES
from canonical_contact.formats import _write_consent as own
from canonical_contact.model import Channel, Contact
from csv_worlds import NOW, contact_of, people, written_and_read

PURPOSES = ("marketing", "service", "newsletter")
# The most lenient rules and the strictest: what is denied under either must be denied after the file, too.
RULES = ("auto", *REGIMES.by_id)


@pytest.mark.parametrize("preset", PRESET_NAMES)
@given(contact=people)
@settings(max_examples=60)
def test_through_the_file(preset: str, contact: Contact) -> None:
    _, read = written_and_read(contact, preset, at=NOW)
    for record in read:
        folded = fold(events_of(record), holds_of(record))
        back = contact_of(record, consent=folded.records, suppressions=folded.suppressions)
        for channel in ("voice", *Channel):
            held = [one.number for one in back.phones] if channel != Channel.EMAIL else [one.address for one in back.emails]
            for purpose in PURPOSES:
                for rules in RULES:
                    for endpoint in (None, *held):
                        after = may_contact(back, channel, purpose, at=NOW, regime=rules, endpoint=endpoint)
                        if not after.allowed:
                            continue
                        before = may_contact(
                            contact, channel, purpose, at=NOW, regime=rules, endpoint=endpoint or after.endpoint or None
                        )
                        assert before.allowed or before.remedy != "nothing", (channel, purpose, before, after)
                        if "express_consent" in after.reasons:
                            assert "express_consent" in before.reasons


def test_the_states_that_block_are_the_machine_s() -> None:
    assert own.BLOCKING == BLOCKING
