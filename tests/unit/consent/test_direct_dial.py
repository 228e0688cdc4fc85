"""A German extension is dialled with its number: a refusal on either spelling reaches it, in whichever it stands."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from canonical_contact import may_contact, normalize
from canonical_contact.model import Contact, PhoneNumber, Suppression
from canonical_contact.model.channels import Channel
from canonical_contact.model.consent import SuppressionKind

AT = datetime(2026, 7, 1, tzinfo=UTC)
ID = "019f1af9-b400-7708-9871-081bf9502cb8"


def blocked(endpoint: str) -> Suppression:
    return Suppression(SuppressionKind.DNC_REGISTRY, Channel.VOICE_LIVE, endpoint)


@pytest.mark.parametrize("text", ["030 1234567-12", "030 1234567 Durchwahl 12", "+49 30 123456712"])
def test_what_is_dialled_is_one_however_it_is_written(text: str) -> None:
    value = normalize.phone(text, region="DE").value
    assert value is not None
    assert value.dialled == "+4930123456712"


@pytest.mark.parametrize("endpoint", ["+4930123456712", "+49301234567"])
def test_a_refusal_on_the_number_or_on_its_switchboard_denies(endpoint: str) -> None:
    contact = Contact(contact_id=ID, phones=(PhoneNumber("+49301234567", "12", "DE"),), suppressions=(blocked(endpoint),))
    answer = may_contact(contact, "voice_live", "marketing", at=AT, regime="can_spam")
    assert not answer.allowed


def test_a_colleagues_extension_is_another_number() -> None:
    one, other = PhoneNumber("+49301234567", "12", "DE"), PhoneNumber("+49301234567", "13", "DE")
    assert one.dialled != other.dialled
