"""A block outlives the rules by which its endpoint was written: what was blocked under an older spelling stays so under every one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

from canonical_contact import MemoryStore, may_contact, unify
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.model import Card, Channel, Contact, EmailAddress, EmailStatus, PhoneNumber, Suppression, SuppressionKind
from canonical_contact.normalize import mailbox_names, one_line
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LAX = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))  # only a refusal stands in the way
# As it is written, its key by email/1, and its key today.
MAILBOXES = [
    ("anna.b+x@protonmail.com", "anna.b@protonmail.com", "annab@proton.me"),
    ("anna@me.com", "anna@me.com", "anna@icloud.com"),
    ("an.na@ya.ru", "an.na@ya.ru", "an-na@yandex.ru"),
    ("anna+x@mail.ru", "anna+x@mail.ru", "anna@mail.ru"),
    ("anna+x@yahoo.com", "anna@yahoo.com", "anna+x@yahoo.com"),
    ("x@anna.fastmail.net", "x@anna.fastmail.net", "anna@fastmail.net"),
    ("x@www.fastmail.com", "www@fastmail.com", "x@www.fastmail.com"),
    ("Ünal@corp.example", "Ünal@corp.example", "ünal@corp.example"),
    ("anna@corp.example", "'anna@corp.example", "anna@corp.example"),
]


def denied(contact: Contact, channel: str) -> bool:
    return not may_contact(contact, channel, at=NOW, regime=LAX).allowed


@pytest.mark.parametrize(("address", "before", "today"), MAILBOXES)
@pytest.mark.parametrize("kind", SuppressionKind)
def test_a_block_on_the_older_key_holds_for_the_newer_one(address: str, before: str, today: str, kind: SuppressionKind) -> None:
    for stored, held in ((before, today), (today, before)):
        contact = Contact(
            contact_id="1",
            emails=(EmailAddress(address, held),),
            suppressions=(Suppression(kind, Channel.EMAIL, stored),),
        )
        assert denied(contact, "email")


@pytest.mark.parametrize(("address", "before", "today"), MAILBOXES)
def test_an_address_that_bounced_under_the_older_key_is_not_used_under_the_newer_one(
    address: str, before: str, today: str
) -> None:
    emails = (EmailAddress(address, before, status=EmailStatus.BOUNCED), EmailAddress(address, today))
    assert denied(Contact(contact_id="1", emails=emails), "email")


def test_others_are_not_reached() -> None:
    block = Suppression(SuppressionKind.HARD_BOUNCE, Channel.EMAIL, "anna@icloud.com")
    contact = Contact(contact_id="1", emails=(EmailAddress("anna@corp.example"),), suppressions=(block,))
    assert not denied(contact, "email")
    assert not set(mailbox_names("a.b@corp.example")) & set(mailbox_names("ab@corp.example"))
    assert not one_line("+442079460018", "+4420794600181")


FIRST = (
    "Record ID,First Name,Last Name,Email,Phone Number,Country/Region,Unsubscribed from all email,Message,Last Modified Date\n"
)
LATER = "First name,Last name,E-mail,Phone,Country\n"


def older(monkeypatch: pytest.MonkeyPatch, email: str, phone: str) -> None:
    """Let records be written as rules of former days wrote them."""
    from canonical_contact.normalize import profiled

    record = profiled.ProfiledNormalizer.record

    def made(self: profiled.ProfiledNormalizer, raw: object, key: str, record_id: str) -> object:
        found = record(self, raw, key, record_id)  # type: ignore[arg-type]
        emails = tuple(evolve(one, key=email) for one in found.card.emails)
        phones = tuple(PhoneNumber(phone, "", one.country_code) for one in found.card.phones)
        card: Card = evolve(found.card, emails=emails, phones=phones)
        return evolve(found, card=card, digest=found.digest + "~")

    monkeypatch.setattr(profiled.ProfiledNormalizer, "record", made)


@pytest.mark.parametrize(("address", "before", "today"), MAILBOXES)
def test_who_holds_the_mailbox_is_blocked_by_a_refusal_that_older_rules_wrote(
    address: str, before: str, today: str, tmp_path: Path
) -> None:
    store = MemoryStore()
    (tmp_path / "hubspot.csv").write_text(f"{FIRST}1,Ana,Gil,{address},,,true,,2026-05-01\n", "utf-8")
    (tmp_path / "list.csv").write_text(f"{LATER}Zacharias,Unverwechselbar,{address},,\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        older(patch, before, "")
        unify([tmp_path / "hubspot.csv"], store, now=NOW)
    assert {event.endpoint for event in store.events(blocking=True)} == {before}
    unify([tmp_path / "list.csv"], store, now=NOW + timedelta(days=1))
    later = [contact for contact in iter_contacts(store) if contact.name and contact.name.given == "Zacharias"]
    assert [email.key for email in later[0].emails] == [today]
    assert denied(later[0], "email")


@pytest.mark.parametrize(
    ("text", "blocked"),
    [
        ("030 1234567-12", "+4930123456712"),  # phone/1 took the extension for a part of the number
        ("030 1234567/12", "+4930123456712"),
        ("030 1234567 Dw 12", "+49301234567"),  # and left it out here
        ("030 123456712", "+49301234567"),
        ("030 1234567", "+4930123456712"),
    ],
)
def test_who_holds_the_line_is_blocked_by_a_refusal_on_it(text: str, blocked: str, tmp_path: Path) -> None:
    store = MemoryStore()
    (tmp_path / "hubspot.csv").write_text(
        f"{FIRST}1,Ana,Gil,,+49 30 1234567,DE,,Please do not call me any more.,2026-05-01\n", "utf-8"
    )
    (tmp_path / "list.csv").write_text(f"{LATER}Zacharias,Unverwechselbar,,{text},DE\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        older(patch, "", blocked)
        unify([tmp_path / "hubspot.csv"], store, now=NOW)
    unify([tmp_path / "list.csv"], store, now=NOW + timedelta(days=1))
    later = [contact for contact in iter_contacts(store) if contact.name and contact.name.given == "Zacharias"]
    assert denied(later[0], "voice")


def test_two_extensions_of_one_line_are_two_numbers(tmp_path: Path) -> None:
    (tmp_path / "hubspot.csv").write_text(f"{FIRST}1,Ana,Gil,ana@x.es,030 1234567-12,DE,,,2026-05-01\n", "utf-8")
    (tmp_path / "list.csv").write_text(f"{LATER}Ana,Gil,ana@x.es,030 1234567-13,DE\n", "utf-8")
    store = MemoryStore()
    unify(sorted(tmp_path.iterdir()), store, now=NOW)
    (contact,) = iter_contacts(store)
    assert sorted(phone.extension for phone in contact.phones) == ["12", "13"]
