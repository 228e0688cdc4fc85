"""Law: an endpoint that consent forbids is in no column of a mailing list."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact.consent import may_contact
from canonical_contact.consent.regimes import REGIMES
from canonical_contact.formats import PRESET_NAMES
from canonical_contact.formats.exchange import write_contacts
from canonical_contact.model import Contact, Permission
from csv_worlds import NOW, people


@pytest.mark.parametrize("preset", PRESET_NAMES)
@given(
    everybody=st.lists(people, max_size=4),
    regime=st.sampled_from(["auto", *REGIMES.by_id]),
    text=st.sampled_from(["", "also {}"]),
)
@settings(max_examples=60)
def test_for_e_mail(preset: str, everybody: list[Contact], regime: str, text: str) -> None:
    from attrs import evolve

    def allow(contact: Contact, endpoint: str) -> Permission:
        return may_contact(contact, "email", "marketing", at=NOW, regime=regime, endpoint=endpoint)

    spread = [
        evolve(
            one, tags=tuple(text.format(mail.address) for mail in one.emails), notes=tuple(mail.address for mail in one.emails)
        )
        for one in everybody
    ]
    allowed = {mail.address for one in spread for mail in one.emails if allow(one, mail.address)}
    stream = io.BytesIO()
    losses = write_contacts(spread, stream, format=preset, allow=allow, at=NOW)
    written = stream.getvalue().decode()
    for one in spread:
        for mail in one.emails:
            assert mail.address in allowed or mail.address not in written
        assert not any(phone.number[3:] in written for phone in one.phones)
    whole = sum(count for reason, count in losses.left_out.items() if not reason.startswith("endpoint."))
    assert losses.contacts + whole == len(spread)
