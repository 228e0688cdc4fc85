"""Who is blocked in one store is blocked in the next one that reads its export: every format, every kind of block."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import evolve

from canonical_contact.consent import may_contact
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.consent.states import BLOCKING
from canonical_contact.formats.exchange import write_contacts
from canonical_contact.model import (
    ANY_PURPOSE,
    Channel,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    EmailStatus,
    Name,
    PhoneNumber,
    Restriction,
    Suppression,
    SuppressionKind,
)
from canonical_contact.pipeline import unify
from canonical_contact.store import MemoryStore, iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LAX = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))  # only a refusal stands in the way
FIRST, SECOND = "ana@example.org", "ana@work.example"
ANA = Contact(
    name=Name(given="Ana", surname="Lopez"),
    emails=(EmailAddress(FIRST, key=FIRST), EmailAddress(SECOND, key=SECOND)),
    phones=(PhoneNumber("+493012345678"), PhoneNumber("+493012345679")),
    contact_id="01900000-0000-7000-8000-000000000001",
)


def _blocked() -> Iterator[tuple[str, Contact]]:
    for state in sorted(BLOCKING):
        yield f"state {state}", evolve(ANA, consent=(ConsentRecord(Channel.EMAIL, "marketing", state),))
    for channel in Channel:
        yield f"{channel}", evolve(ANA, consent=(ConsentRecord(channel, ANY_PURPOSE, ConsentState.WITHDRAWN),))
    behind = ConsentRecord(Channel.EMAIL, "marketing", ConsentState.PENDING_CONFIRMATION, resume_state=ConsentState.WITHDRAWN)
    yield "behind an open confirmation", evolve(ANA, consent=(behind,))
    yield "by a brand", evolve(ANA, consent=(ConsentRecord(Channel.EMAIL, "marketing", ConsentState.DENIED, "brand"),))
    for kind in SuppressionKind:
        for endpoint in ("", FIRST, SECOND):
            yield f"{kind} {endpoint}", evolve(ANA, suppressions=(Suppression(kind, Channel.EMAIL, endpoint),))
        yield f"{kind} sms", evolve(ANA, suppressions=(Suppression(kind, Channel.SMS, "+493012345679"),))
    shared = Suppression(SuppressionKind.GLOBAL_OPT_OUT, Channel.EMAIL, SECOND, reason="shared_endpoint")
    yield "shared", evolve(ANA, suppressions=(shared,))
    for restriction in (Restriction.FORGET, Restriction.DO_NOT_PROCESS, Restriction.DO_NOT_SOLICIT):
        yield f"{restriction}", evolve(ANA, restrictions=(restriction,))
    yield "deleted", evolve(ANA, deleted=True)
    for status in (EmailStatus.BOUNCED, EmailStatus.BAD, EmailStatus.QUARANTINED):
        for place in (0, 1):
            emails = [evolve(one, status=status) if number == place else one for number, one in enumerate(ANA.emails)]
            yield f"{status} {place}", evolve(ANA, emails=tuple(emails))


BLOCKED = dict(_blocked())
CARDS = {"vcard": "cards.vcf", "jcard": "cards.json", "jscontact": "cards.jsonl"}


def _read(path: Path) -> list[Contact]:
    store = MemoryStore()
    unify([path], store, now=NOW)
    return list(iter_contacts(store))


def _ways(contact: Contact) -> set[tuple[str, str, str | None]]:
    """What the most lenient rules allow."""
    asked = [
        (channel, purpose, endpoint)
        for channel in Channel
        for purpose in ("marketing", "service")
        for endpoint in (None, FIRST, SECOND, *[one.number for one in ANA.phones])
    ]
    return {(c, p, e) for c, p, e in asked if may_contact(contact, c, p, at=NOW, regime=LAX, endpoint=e).allowed}


@pytest.mark.parametrize("block", BLOCKED)
@pytest.mark.parametrize("name", CARDS)
def test_a_block_lasts_through_a_card(tmp_path: Path, name: str, block: str) -> None:
    write_contacts([BLOCKED[block]], tmp_path / CARDS[name], format=name)
    (back,) = _read(tmp_path / CARDS[name])
    assert _ways(back) <= _ways(BLOCKED[block])


@pytest.mark.parametrize("name", CARDS)
def test_a_grant_in_a_card_is_only_a_claim(tmp_path: Path, name: str) -> None:
    yes = ConsentRecord(
        Channel.EMAIL, "marketing", ConsentState.GRANTED, strength="double", endpoint=FIRST, effective_at=NOW, events=("e",)
    )
    write_contacts([evolve(ANA, consent=(yes,))], tmp_path / CARDS[name], format=name)
    (back,) = _read(tmp_path / CARDS[name])
    assert may_contact(back, "email", at=NOW, regime="gdpr_eprivacy").reasons == ("no_consent", "legacy_import")


@pytest.mark.parametrize("name", CARDS)
def test_a_bounce_of_one_address_leaves_the_other(tmp_path: Path, name: str) -> None:
    write_contacts([BLOCKED[f"hard_bounce {SECOND}"]], tmp_path / CARDS[name], format=name)
    (back,) = _read(tmp_path / CARDS[name])
    assert may_contact(back, "email", at=NOW, regime=LAX).endpoint == FIRST


UNREADABLE = {
    "consent": [{"channel": "email", "purpose": "marketing", "state": "a state of a later version"}],
    "suppressions": [{"kind": "a kind of a later version", "channel": "email"}],
    "restrictions": ["a restriction of a later version"],
    "deleted": "yes",
}


@pytest.mark.parametrize("field", UNREADABLE)
@pytest.mark.parametrize("name", ["vcard", "jscontact"])
def test_what_a_card_of_ours_says_and_we_cannot_read_blocks(tmp_path: Path, name: str, field: str) -> None:
    value = json.dumps(UNREADABLE[field])
    head = f"canonical-contact.dev:{field}"
    if name == "vcard":
        escaped = value.replace(",", "\\,")
        text = f'BEGIN:VCARD\nVERSION:4.0\nFN:Ana\nEMAIL:{FIRST}\nJSPROP;JSPTR="{head}":{escaped}\nEND:VCARD\n'
    else:
        text = f'{{"@type":"Card","version":"2.0","uid":"1","emails":{{"e1":{{"address":"{FIRST}"}}}},"{head}":{value}}}\n'
    (tmp_path / CARDS[name]).write_text(text)
    (back,) = _read(tmp_path / CARDS[name])
    assert not may_contact(back, "email", at=NOW, regime=LAX).allowed


def test_a_foreign_property_in_jsprop_that_looks_like_a_refusal_blocks(tmp_path: Path) -> None:
    text = f'BEGIN:VCARD\nVERSION:4.0\nFN:Ana\nEMAIL:{FIRST}\nJSPROP;JSPTR="example.com:doNotEmail":true\nEND:VCARD\n'
    (tmp_path / "cards.vcf").write_text(text)
    (back,) = _read(tmp_path / "cards.vcf")
    assert may_contact(back, "email", at=NOW, regime=LAX).reasons == ("unmapped_opt_out",)


@pytest.mark.parametrize(
    "line",
    [
        'JSPROP;JSPTR="/canonical-contact.dev:deleted":true',
        'JSPROP;JSPTR="canonical-contact.dev:restrictions":["forget"',
        "JSPROP;JSPTR=canonical-contact.dev:restrictions:[]",  # without the quotes, the colon ends the parameter
        'JSPROP;JSPTR="emails/e9/canonical-contact.dev:fields":{"status":"bounced"}',
        'JSPROP;JSPTR="emails/e1/canonical-contact.dev:fields":{"status":"a status of a later version"}',
        'JSPROP;JSPTR="emails/e1/canonical-contact.dev:fields":{"status":"bounced"}',
    ],
)
def test_a_property_of_ours_that_other_programs_have_broken_blocks(tmp_path: Path, line: str) -> None:
    text = f"BEGIN:VCARD\nVERSION:4.0\nFN:Ana\nEMAIL;PROP-ID=e1:mailto:{FIRST}\n{line}\nEND:VCARD\n"
    (tmp_path / "cards.vcf").write_text(text)
    (back,) = _read(tmp_path / "cards.vcf")
    assert not may_contact(back, "email", at=NOW, regime=LAX).allowed


def test_a_card_of_ours_does_not_grow_when_it_is_read_and_written_again(tmp_path: Path) -> None:
    contact = Contact(
        contact_id="019f1af9-b400-7708-9871-081bf9502cb8",
        name=Name(given="Ana", surname="Lopez"),
        emails=(EmailAddress("ana@example.org", key="ana@example.org"),),
        score=4.5,
        extensions={"hubspot.Favourite colour": "blue"},
    )
    sizes, scores = [], []
    for hop in range(4):
        file = tmp_path / f"{hop}.vcf"
        write_contacts([contact], file, format="vcard")
        store = MemoryStore()
        unify([file], store, now=NOW)
        (contact,) = iter_contacts(store)
        sizes.append(len(file.read_bytes()))
        scores.append(contact.score)
    assert scores == [4.5] * 4
    assert any("Favourite colour" in name for name in contact.extensions)
    assert sizes[3] < sizes[1] * 1.3
