"""Law: after an erasure no document of the store names the person, the ledger verifies, nobody becomes contactable, and nothing that is read
brings the person back.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canonical_contact.consent import may_contact
from canonical_contact.consent.ledger import verify
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.engine.erasing import erase
from canonical_contact.engine.recording import record_consent, record_stop
from canonical_contact.model import Channel, Contact
from canonical_contact.pipeline import unify
from canonical_contact.ports import ContactStore
from canonical_contact.store import MemoryStore, iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LAX = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))
NAMES = ("Quintessa Zorn", "Wilburga Yates", "Xanthe Vogel")
EMAILS = ("", "q.zorn@gmail.com", "qzorn+news@googlemail.com", "info@corp.example", "xan@vogel.example")
PHONES = ("", "+49 151 12345678", "0049 (151) 1234-5678", "+49 30 12345678", "+49 30 87654321 ext. 5")
HEAD = "Record ID,First Name,Last Name,Email,Mobile Phone Number,Unsubscribed from all email,Message,Last Modified Date\n"
NOTES = ("", "please do not call", "unsubscribe me")


@frozen
class Row:
    name: str
    email: str
    phone: str
    out: bool
    note: str

    def line(self, number: int) -> str:
        given, surname = self.name.split()
        return f"{number},{given},{surname},{self.email},{self.phone},{str(self.out).lower()},{self.note},2026-05-01\n"


rows = st.builds(
    Row, st.sampled_from(NAMES), st.sampled_from(EMAILS), st.sampled_from(PHONES), st.booleans(), st.sampled_from(NOTES)
)
worlds = st.lists(rows, min_size=1, max_size=6)


def denied(store: ContactStore) -> dict[str, set[str]]:
    """Record → channels on which its contact must not be contacted."""
    found: dict[str, set[str]] = {}
    for contact in iter_contacts(store):
        channels = {channel.value for channel in Channel if not may_contact(contact, channel, at=NOW, regime=LAX).allowed}
        found |= {f"{source.system}:{source.record_id}": channels for source in contact.sources}
    return found


def marks(contact: Contact) -> set[str]:
    """Texts that name a person."""
    names = {part for name in [contact.name] if name for part in (name.given, name.surname) if part}
    return (
        names
        | {email.address for email in contact.emails}
        | {email.key for email in contact.emails}
        | {p.dialled for p in contact.phones}
    )


def told(store: ContactStore) -> str:
    streams = [
        *(store.documents(kind) for kind in ("source_record", "consent_event", "activity", "contact", "event")),
        store.features(),
    ]
    ledger = [tuple(entry) for entry in store.entries()]
    return repr(
        [
            [list(stream) for stream in streams],
            list(store.members()),
            list(store.consent_columns()),
            ledger,
            store.setting("match.terms"),
        ]
    )


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds, worlds, st.integers(0, 5), st.sampled_from(["", "withdraw", "stop"]))
def test_an_erased_person_leaves_nothing_and_frees_nobody(first: list[Row], second: list[Row], who: int, act: str) -> None:
    store = MemoryStore()
    with TemporaryDirectory() as folder:
        sheet = Path(folder, "hubspot.csv")
        sheet.write_text(HEAD + "".join(row.line(number) for number, row in enumerate(first, 1)), "utf-8")
        unify([sheet], store, now=NOW - timedelta(days=3))
        everybody = list(iter_contacts(store))
        gone = everybody[who % len(everybody)]
        if act == "withdraw":
            record_consent(
                store, gone.contact_id, "withdraw", "email", at=NOW - timedelta(days=2), evidence=" ".join(marks(gone))
            )
        elif act == "stop" and gone.phones:
            record_stop(store, "sms", gone.phones[0].dialled, at=NOW - timedelta(days=2))
        before = denied(store)
        old = sheet.read_text("utf-8")
        erase(store, gone.contact_id, at=NOW - timedelta(days=1))
        away = {f"{source.system}:{source.record_id}" for source in gone.sources}
        unique = marks(gone) - set[str]().union(
            *(marks(contact) for contact in everybody if contact.contact_id != gone.contact_id)
        )
        other = HEAD + "".join(row.line(number) for number, row in enumerate(second, 1))
        for text in (None, old, other):
            if text is not None:
                sheet.write_text(text, "utf-8")
                unify([sheet], store, now=NOW)
            after = denied(store)
            assert away.isdisjoint(after)
            assert verify(store.entries(), store.ledger_head()).ok
            if text == other:
                continue  # its rows say that some are somebody else now
            assert not [key for key, channels in before.items() if key in after and not channels <= after[key]]
            assert not [mark for mark in unique if mark in told(store)]
