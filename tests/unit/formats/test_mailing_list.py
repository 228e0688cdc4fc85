"""A mailing list holds nobody and no address that the rules forbid, whatever the reason and the column."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canonical_contact.consent import may_contact
from canonical_contact.formats._loss import LossReport
from canonical_contact.formats.exchange import write_contacts
from canonical_contact.model import (
    Channel,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    Name,
    Organization,
    Permission,
    PhoneNumber,
    PostalAddress,
    Restriction,
    Suppression,
    SuppressionKind,
)

NOW = datetime(2026, 7, 1, tzinfo=UTC)
FIRST, SECOND, PHONE = "ana@example.com", "ana@firma.example", "+493012345678"
PRESETS = ("hubspot", "salesforce_contact", "salesforce_lead", "google", "outlook", "mailchimp")


def granted(endpoint: str, channel: Channel = Channel.EMAIL) -> ConsentRecord:
    return ConsentRecord(
        channel,
        "marketing",
        ConsentState.GRANTED,
        strength="double",
        endpoint=endpoint,
        effective_at=NOW - timedelta(days=9),
        events=("e1",),
    )


def person(*consent: ConsentRecord, suppressions: tuple[Suppression, ...] = (), **more: Any) -> Contact:
    fields: dict[str, Any] = {
        "emails": (EmailAddress(FIRST, FIRST), EmailAddress(SECOND, SECOND)),
        "phones": (PhoneNumber(PHONE, country_code="DE"),),
        "name": Name(full="Ana Lopez", given="Ana", surname="Lopez", sort_as=f"Lopez {SECOND}"),
        "addresses": (PostalAddress(street="Weg 1", locality="Berlin", country_code="DE"),),
        "notes": (f"write to {SECOND} or {FIRST}",),
        "tags": ("vip", f"was {SECOND}", f"tel {PHONE}"),
        "organizations": (Organization(f"Acme ({SECOND})", ("Sales",)),),
        "extensions": {"hubspot.Old mail": SECOND},
        **more,
    }
    return Contact(contact_id="1", consent=consent, suppressions=suppressions, **fields)


def allow(contact: Contact, endpoint: str) -> Permission:
    return may_contact(contact, "email", "marketing", at=NOW, endpoint=endpoint or None)


def written(contact: Contact, preset: str, channel: str = "email", rule: Any = allow) -> tuple[str, LossReport]:
    stream = io.BytesIO()
    losses = write_contacts([contact], stream, format=preset, allow=rule, channel=channel, at=NOW, keep_losses=None)
    return stream.getvalue().decode(), losses


@pytest.mark.parametrize("preset", PRESETS)
def test_only_the_address_that_was_granted_is_in_it_in_any_column(preset: str) -> None:
    text, losses = written(person(granted(FIRST)), preset)
    assert FIRST in text
    assert SECOND not in text
    assert PHONE[3:] not in text
    assert "Weg 1" not in text
    assert losses.left_out == {"endpoint.no_consent": 1}


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize(
    "contact",
    [
        person(),
        person(granted(FIRST), ConsentRecord(Channel.EMAIL, "any", ConsentState.WITHDRAWN, events=("e2",))),
        person(granted(FIRST), ConsentRecord(Channel.EMAIL, "marketing", ConsentState.DENIED, events=("e2",))),
        person(granted(FIRST), ConsentRecord(Channel.EMAIL, "marketing", ConsentState.DENIED, "brand", events=("e2",))),
        person(ConsentRecord(Channel.EMAIL, "marketing", ConsentState.REQUESTED, resume_state=ConsentState.WITHDRAWN)),
        person(ConsentRecord(Channel.EMAIL, "marketing", ConsentState.IMPLIED)),
        person(ConsentRecord(Channel.EMAIL, "marketing", ConsentState.EXPIRED)),
        person(granted(FIRST), ConsentRecord(Channel.SMS, "x", ConsentState.ERASED)),
        person(granted(FIRST), suppressions=(Suppression(SuppressionKind.GLOBAL_OPT_OUT, Channel.EMAIL),)),
        person(granted(FIRST), suppressions=(Suppression(SuppressionKind.COMPLAINT, Channel.EMAIL, FIRST),)),
        person(granted(FIRST), suppressions=(Suppression(SuppressionKind.HARD_BOUNCE, Channel.EMAIL, FIRST),)),
        person(granted(FIRST), suppressions=(Suppression(SuppressionKind.UNMAPPED_OPT_OUT, Channel.EMAIL, FIRST),)),
        person(granted(FIRST), suppressions=(Suppression(SuppressionKind.GLOBAL_OPT_OUT, Channel.EMAIL, "other@example.com", reason="shared_endpoint"),)),
        person(granted(FIRST), restrictions=(Restriction.DO_NOT_SOLICIT,)),
        person(granted(FIRST), deleted=True),
        person(granted(FIRST), emails=()),
    ],
)  # fmt: skip
def test_who_may_not_be_contacted_is_not_in_it_at_all(contact: Contact, preset: str) -> None:
    text, losses = written(contact, preset)
    assert len(text.splitlines()) == 1
    assert "@" not in text
    assert losses.contacts == 0
    assert sum(losses.left_out.values()) == 1


def test_mailchimp_s_list_is_of_the_subscribed_even_if_the_predicate_allows_all() -> None:
    text, losses = written(person(), "mailchimp", rule=lambda *_: True)
    assert len(text.splitlines()) == 1
    assert losses.left_out == {"mailchimp.nonsubscribed": 1}


@pytest.mark.parametrize(
    ("channel", "there", "absent"), [("sms", PHONE[3:], "@"), ("voice", PHONE[3:], "@"), ("post", "Weg 1", "@")]
)
def test_a_list_of_another_channel_holds_its_endpoints_alone(channel: str, there: str, absent: str) -> None:
    text, _ = written(person(), "hubspot", channel, rule=lambda *_: True)
    assert there in text
    assert absent not in text


def test_a_predicate_of_one_s_own_needs_no_reasons() -> None:
    text, losses = written(person(), "hubspot", rule=lambda _, endpoint: endpoint == FIRST)
    assert FIRST in text
    assert losses.left_out == {"endpoint.not_allowed": 1}
