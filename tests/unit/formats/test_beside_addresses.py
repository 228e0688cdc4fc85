"""What stands beside an address in its cell may forbid to use it: it is heard, and blocks where it is not understood."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, may_contact, unify
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.formats import read
from canonical_contact.model import Channel
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LAX = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))  # only a refusal stands in the way

FORBIDDING = [
    "DO NOT MAIL ana@x.de",
    "ana@x.de (unsubscribed)",
    "ana@x.de - opted out",
    "ana@x.de (bounced)",
    "ana@x.de INVALID",
    "ana@x.de (do not use)",
    "abgemeldet: ana@x.de",
    "no marketing <ana@x.de>",
    "gesperrt <ana@x.de>",
    "ana@x.de (tot)",
    "ana@x.de [blocked]",
    "ana@x.de; ben@y.de (unsubscribed)",
]
HARMLESS = [
    "ana@x.de",
    " ana@x.de ",
    "Ana Gil <ana@x.de>",
    "Mailing List <ana@x.de>",
    "ana@x.de (Ana Gil)",
    "ana@x.de (privat)",
    "E-Mail: ana@x.de",
    "ana@x.de, ben@y.de",
    "ana@x.de; ben@y.de",
    "mailto:ana@x.de?subject=Hello%20you",
    "ana.gil-lopez+news@x-y.co.uk",
]


def contacts(folder: Path, email: str, phone: str = "") -> MemoryStore:
    (folder / "list.csv").write_text(f'Nr,First name,Last name,E-mail,Phone\n1,Ana,Gil,"{email}","{phone}"\n', "utf-8")
    store = MemoryStore()
    unify([folder / "list.csv"], store, now=NOW)
    return store


def allowed(store: MemoryStore, channel: str) -> bool:
    return any(may_contact(contact, channel, at=NOW, regime=LAX).allowed for contact in iter_contacts(store))


@pytest.mark.parametrize("email", FORBIDDING)
def test_words_beside_an_address_block(tmp_path: Path, email: str) -> None:
    assert not allowed(contacts(tmp_path, email), "email")


@pytest.mark.parametrize("email", FORBIDDING)
def test_they_block_in_a_card_as_well(tmp_path: Path, email: str) -> None:
    text = email.replace(";", "\\;")
    (tmp_path / "a.vcf").write_text(
        f"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ana Gil\r\nEMAIL:{text}\r\nEND:VCARD\r\n", "utf-8", newline=""
    )
    store = MemoryStore()
    unify([tmp_path / "a.vcf"], store, now=NOW)
    assert not allowed(store, "email")


@pytest.mark.parametrize("email", HARMLESS)
def test_names_and_kinds_do_not(tmp_path: Path, email: str) -> None:
    assert allowed(contacts(tmp_path, email), "email")
    (raw,) = read(tmp_path / "list.csv")
    assert not raw.evidence


@pytest.mark.parametrize(
    "phone",
    ["+49 30 1234501 DO NOT CALL", "+49 30 1234504 (nicht anrufen)", "DNC +49 30 1234503", "+49 30 1234508 gesperrt"],
)
def test_words_beside_a_number_are_heard(tmp_path: Path, phone: str) -> None:
    assert not allowed(contacts(tmp_path, "", phone), "voice")


@pytest.mark.parametrize("phone", ["+49 30 1234501 x12", "Tel. +49 30 1234501 (Sekretariat)", "+49 30 1234501 Durchwahl 12"])
def test_other_words_beside_a_number_are_not(tmp_path: Path, phone: str) -> None:
    assert allowed(contacts(tmp_path, "", phone), "voice")


def test_long_cells_take_linear_time(tmp_path: Path) -> None:
    for text in ("a" * 100_000 + " b@c.de", "ana@x.de" + " " * 100_000, "<" * 50_000 + "@", "a@" * 50_000 + "(x"):
        contacts(tmp_path, text)


@pytest.mark.parametrize("email", ["ana@x,de", "ana,gil@x.de"])
def test_a_slip_is_no_word(tmp_path: Path, email: str) -> None:
    contacts(tmp_path, email)
    (raw,) = read(tmp_path / "list.csv")
    assert not raw.evidence
