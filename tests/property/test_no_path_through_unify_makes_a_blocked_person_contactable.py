"""Law: whatever is read, in whatever order and in how many runs, nobody is contactable who said stop or shares an endpoint with one who did.

`CANONICAL_CONTACT_WORLDS=2000 pytest tests/property/test_no_path…` looks at more worlds than the gate does.
"""

from __future__ import annotations

import csv
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canonical_contact.consent import may_contact
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.model import Channel
from canonical_contact.pipeline import unify
from canonical_contact.store import MemoryStore, iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LAX = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))  # only a refusal stands in the way
WORLDS = int(os.environ.get("CANONICAL_CONTACT_WORLDS", "60"))

# Spelling → the endpoint that it reaches; told here by hand, not by the normalisers.
EMAILS = {
    "": "",
    "ana@gmail.com": "ana@gmail.com",
    "A.na+news@googlemail.com": "ana@gmail.com",
    "ana@corp.example": "ana@corp.example",
    "ANA@Corp.Example": "ana@corp.example",
    "info@corp.example": "info@corp.example",
    "Ana.B+news@ProtonMail.com": "anab@proton.me",
    "ana-b@pm.me": "anab@proton.me",
    "ana@me.com": "ana@icloud.com",
    "Ana Lopez <ana@icloud.com>": "ana@icloud.com",
    "an.na@ya.ru": "an-na@yandex.ru",
}
PHONES = {
    "": "",
    "+49 151 12345678": "+4915112345678",
    "0049 (151) 1234-5678": "+4915112345678",
    "+493012345678": "+493012345678",
    "+49 30 12345678 ext. 5": "+493012345678",
}
# What a row says → the channels that it closes for good. All but "" are stop signs.
EMAIL, SMS, VOICE = "email", "sms", "voice"
SIGNS: dict[str, dict[str, tuple[dict[str, str], frozenset[str]]]] = {
    "hubspot": {
        "": ({}, frozenset()),
        "column": ({"Unsubscribed from all email": "true"}, frozenset({EMAIL})),
        "note": ({"Message": "Please do not call me any more."}, frozenset({VOICE})),
        "bounce": ({"Email hard bounce reason": "OTHER"}, frozenset()),
        "bad": ({"Invalid email address": "true"}, frozenset()),
    },
    "salesforce_contact": {
        "": ({}, frozenset()),
        "email": ({"HasOptedOutOfEmail": "true"}, frozenset({EMAIL})),
        "call": ({"DoNotCall": "1"}, frozenset({VOICE})),
        "note": ({"Description": "unsubscribe me"}, frozenset({EMAIL})),
        "forget": ({"ShouldForget": "true"}, frozenset({EMAIL, SMS, VOICE})),
        "solicit": ({"Individual.HasOptedOutSolicit": "1"}, frozenset({EMAIL, SMS, VOICE})),
    },
    "sheet": {
        "": ({}, frozenset()),
        "unmapped": ({"No marketing mails please": "yes"}, frozenset({EMAIL})),
        "newsletter": ({"Newsletter": "abgemeldet"}, frozenset({EMAIL})),
        "note": ({"Bemerkung": "möchte keine Werbung per Mail"}, frozenset({EMAIL})),
        "asks": ({"Newsletter": "ja"}, frozenset()),
    },
}
COLUMNS = {
    "hubspot": ("Record ID", "First Name", "Last Name", "Email", "Phone Number", "Last Modified Date"),
    "salesforce_contact": ("Id", "FirstName", "LastName", "Email", "Phone", "LastModifiedDate"),
    "sheet": ("Nr", "Vorname", "Nachname", "E-Mail", "Telefon", "Stand"),
}


@frozen
class Row:
    system: str
    number: int
    given: str
    surname: str
    email: str
    phone: str
    sign: str
    day: int
    run: int

    @property
    def cells(self) -> dict[str, str]:
        day = f"2025-0{self.day}-01 10:00" if self.day else ""
        own = (f"{self.number}", self.given, self.surname, self.email, self.phone, day)
        return dict(zip(COLUMNS[self.system], own, strict=True)) | SIGNS[self.system][self.sign][0]

    @property
    def stops(self) -> frozenset[str]:
        return SIGNS[self.system][self.sign][1]

    @property
    def name(self) -> tuple[str, str]:
        return self.system, f"{self.number}"


@st.composite
def rows(draw: st.DrawFn) -> Row:
    system = draw(st.sampled_from(sorted(COLUMNS)))
    return Row(
        system,
        draw(st.integers(1, 3)),
        draw(st.sampled_from(["Ana", "Bob"])),
        draw(st.sampled_from(["Lopez", "Meyer"])),
        draw(st.sampled_from(sorted(EMAILS))),
        draw(st.sampled_from(sorted(PHONES))),
        draw(st.sampled_from(sorted(SIGNS[system]))),
        draw(st.integers(0, 3)),
        draw(st.integers(1, 2)),
    )


def write(folder: Path, world: list[Row]) -> list[Path]:
    """Write the rows of one run, a file for each system in the order in which the systems come."""
    paths = []
    for system in dict.fromkeys(row.system for row in world):
        extra = dict.fromkeys(name for cells, _ in SIGNS[system].values() for name in cells)
        paths.append(folder / f"{system}.csv")
        with paths[-1].open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, (*COLUMNS[system], *extra))
            writer.writeheader()
            writer.writerows(row.cells for row in world if row.system == system)
    return paths


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rows(), min_size=2, max_size=8))
def test_no_path_through_unify_makes_a_blocked_person_contactable(world: list[Row]) -> None:
    store = MemoryStore()
    with TemporaryDirectory() as folder:
        for run in (1, 2):
            part = [row for row in world if row.run == run]
            if part:
                place = Path(folder, str(run))
                place.mkdir()
                unify(write(place, part), store, now=NOW + timedelta(days=run))
    for contact in iter_contacts(store):
        own = {(source.system, source.record_id) for source in contact.sources}
        emails = {email.key or email.address for email in contact.emails}
        phones = {phone.number for phone in contact.phones}
        for channel in (EMAIL, SMS, VOICE):
            said = [row for row in world if channel in row.stops]
            shared = emails if channel == EMAIL else phones
            reach = EMAILS if channel == EMAIL else PHONES
            blocked = [row for row in said if row.name in own or reach[row.email if channel == EMAIL else row.phone] in shared]
            if not blocked:
                continue
            for regime in (LAX, "can_spam"):
                answer = may_contact(contact, channel, at=NOW + timedelta(days=9), regime=regime)
                assert not answer.allowed, (contact.contact_id, channel, blocked, answer)
