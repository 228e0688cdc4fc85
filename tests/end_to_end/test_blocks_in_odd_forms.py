"""Blocks in odd forms: another spelling of the address, a mark without a value, a word that nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import evolve

from canonical_contact.consent import may_contact
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.model import (
    Channel,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    Suppression,
    SuppressionKind,
)
from canonical_contact.pipeline import unify
from canonical_contact.store import MemoryStore, iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LAX = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))  # only a refusal stands in the way


@pytest.mark.parametrize("endpoint", ["ana.lopez@gmail.com", "Ana.Lopez@Gmail.com", "analopez@gmail.com", "ANALOPEZ@gmail.com"])
@pytest.mark.parametrize("key", ["", "analopez@gmail.com"])
def test_a_block_reaches_its_address_in_every_spelling(endpoint: str, key: str) -> None:
    if not key and "ana.lopez" not in endpoint.casefold():
        key = "analopez@gmail.com"  # without its key nobody can know that the two are one mailbox
    contact = Contact(
        contact_id="1",
        emails=(EmailAddress("Ana.Lopez@gmail.com", key=key),),
        suppressions=(Suppression(SuppressionKind.MANUAL, Channel.EMAIL, endpoint),),
    )
    assert not may_contact(contact, "email", "marketing", at=NOW, regime=LAX)
    refused = evolve(
        contact, suppressions=(), consent=(ConsentRecord(Channel.EMAIL, "marketing", ConsentState.WITHDRAWN, endpoint=endpoint),)
    )
    assert not may_contact(refused, "email", "marketing", at=NOW, regime=LAX)


def test_a_bare_mark_in_a_card_blocks(tmp_path: Path) -> None:
    file = tmp_path / "a.vcf"
    file.write_text(
        "BEGIN:VCARD\nVERSION:3.0\nFN:Ana Lopez\nTEL:+493012345678\nEMAIL:ana@example.org\nX-DO-NOT-CALL\nEND:VCARD\n"
    )
    store = MemoryStore()
    unify([file], store, now=NOW)
    (contact,) = iter_contacts(store)
    assert not may_contact(contact, "voice", "marketing", at=NOW, regime=LAX)
    assert may_contact(contact, "email", "marketing", at=NOW, regime=LAX)


def test_a_status_of_an_address_that_nobody_knows_blocks_until_the_mapping_says_what_it_is(tmp_path: Path) -> None:
    file, mapping = tmp_path / "a.csv", tmp_path / "a.mapping.toml"
    mapping.write_text('id = "Nr"\n[columns]\n"Mail" = "emails[0].address"\n"State" = "emails[0].status"\n')
    store = MemoryStore()
    for cell in ("blacklisted", ""):  # an emptied cell does not lift it
        file.write_text(f"Nr,Mail,State\n1,ana@example.org,{cell}\n")
        unify([file], store, now=NOW)
        (contact,) = iter_contacts(store)
        assert not may_contact(contact, "email", "marketing", at=NOW, regime=LAX)
