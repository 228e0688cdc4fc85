"""Law: a survivorship policy decides which values stand; no refusal, no block and no way to reach a person hangs on it."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given

from canonical_contact.consent import may_contact
from canonical_contact.consent.jurisdiction import countries_of
from canonical_contact.merge import Survivorship, fold
from canonical_contact.model import Channel, ConsentEvent, SourceRecord
from survivorship_strategies import START, events, policies, worlds

LATER = START + timedelta(days=30)


@given(policies(), worlds(), events)
def test_no_survivorship_policy_frees_anybody(
    policy: Survivorship, records: list[SourceRecord], said: list[ConsentEvent]
) -> None:
    shipped = fold(records, contact_id="1", events=said)
    other = fold(records, contact_id="1", events=said, policy=policy)
    assert {email.key for email in other.emails} == {email.key for email in shipped.emails}
    assert {phone.number for phone in other.phones} == {phone.number for phone in shipped.phones}
    assert countries_of(other) == countries_of(shipped)
    assert other.suppressions == shipped.suppressions
    for purpose in ("newsletter", "marketing"):
        for endpoint in ("a@x.es", "b@x.es", "c@x.es", None):
            allowed = may_contact(other, Channel.EMAIL, purpose, at=LATER, endpoint=endpoint).allowed
            if endpoint is not None:  # without one the first of the contact is asked, which a policy may choose
                assert not allowed or may_contact(shipped, Channel.EMAIL, purpose, at=LATER, endpoint=endpoint).allowed
            elif allowed:
                assert any(
                    may_contact(shipped, Channel.EMAIL, purpose, at=LATER, endpoint=email.address).allowed
                    for email in shipped.emails
                )
