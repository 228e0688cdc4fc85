"""Who was erased comes back by an opt-in of their own that they confirmed after the erasure, and by nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, SQLiteStore, may_contact, unify
from canonical_contact.consent.ledger import verify
from canonical_contact.engine.erasing import erase
from canonical_contact.engine.lifting import Lifted, lift_tombstones
from canonical_contact.engine.recording import record_consent
from canonical_contact.errors import InputError
from canonical_contact.model import ConsentProof, Name, PostalAddress
from canonical_contact.ports import ContactStore
from canonical_contact.store import find_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HEAD = "Record ID,First Name,Last Name,Email,Unsubscribed from all email,Last Modified Date\n"
ANA, BO = "1,Ana,Gil,ana@x.example,true,2026-05-01\n", "2,Bo,Berg,bo@x.example,false,2026-05-01\n"
PROOF = ConsentProof(token_hash="60303ae22b998861", confirmed_at=NOW + 2 * DAY, consent_id="c-1")


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ContactStore]:
    made = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "contacts.db")
    (tmp_path / "hubspot.csv").write_text(HEAD + ANA + BO, "utf-8")
    unify([tmp_path / "hubspot.csv"], made, now=NOW)
    erase(made, find_contacts(made, "ana@x.example")[0].contact_id, at=NOW + DAY)
    yield made
    made.close()


def test_a_confirmed_opt_in_lifts_the_tombstone_and_begins_with_nothing(store: ContactStore, tmp_path: Path) -> None:
    done = lift_tombstones(store, "Ana@X.example", proof=PROOF, at=NOW + 3 * DAY)
    assert done.new
    proof = next(json.loads(entry.document) for entry in store.entries() if entry.event_id == done.proof)
    assert (proof["detail"]["act"], proof["detail"]["token_hash"], proof["contact_id"]) == (
        "tombstone_lifted",
        PROOF.token_hash,
        "",
    )
    (tmp_path / "form.csv").write_text("Nr,First name,Last name,E-mail\n1,Ana,Gil,ana@x.example\n", "utf-8")
    unify([tmp_path / "form.csv"], store, now=NOW + 4 * DAY)
    ana = find_contacts(store, "ana@x.example")[0]
    assert not may_contact(ana, "email", at=NOW + 4 * DAY, regime="gdpr-eprivacy").allowed
    record_consent(
        store, ana.contact_id, "opt_in", "email", actor="subject", at=NOW + 4 * DAY, method="double_opt_in", proof=PROOF
    )
    for _ in range(2):  # an old export brings back neither the old record nor its opt-out
        ana = find_contacts(store, "ana@x.example")[0]
        assert may_contact(ana, "email", at=NOW + 6 * DAY, regime="can_spam").allowed
        assert [source.system for source in ana.sources] == ["form"]
        result = unify([tmp_path / "hubspot.csv"], store, now=NOW + 5 * DAY)
        assert dict(result.problems)["privacy.erased"] == 1
    assert verify(store.entries(), store.ledger_head()).ok
    assert lift_tombstones(store, "ana@x.example", proof=PROOF, at=NOW + 7 * DAY) == Lifted()


def test_no_import_lifts_a_tombstone(store: ContactStore, tmp_path: Path) -> None:
    sheet = tmp_path / "mailchimp.csv"
    sheet.write_text(
        "Email Address,First Name,Last Name,OPTIN_TIME,CONFIRM_TIME\nana@x.example,Ana,Gil,2026-07-05 10:00:00,2026-07-05 10:05:00\n",
        "utf-8",
    )
    assert dict(unify([sheet], store, now=NOW + 9 * DAY).problems)["privacy.erased"] == 1
    assert find_contacts(store, "ana@x.example") == []


@pytest.mark.parametrize(
    "proof",
    [
        ConsentProof(),
        ConsentProof(token_hash="60303ae22b998861"),
        ConsentProof(confirmed_at=NOW + 2 * DAY),
        ConsentProof(token_hash="60303ae22b998861", confirmed_at=NOW),  # before the erasure
        ConsentProof(token_hash="60303ae22b998861", confirmed_at=NOW + 9 * DAY),  # not yet
    ],
)
def test_what_does_not_prove_a_fresh_confirmation_lifts_nothing(store: ContactStore, proof: ConsentProof) -> None:
    before = list(store.tombstones())
    with pytest.raises(InputError) as refused:
        lift_tombstones(store, "ana@x.example", proof=proof, at=NOW + 3 * DAY)
    assert refused.value.code == "privacy.lift_unproved"
    assert list(store.tombstones()) == before
    assert lift_tombstones(store, "bo@x.example", proof=PROOF, at=NOW + 3 * DAY) == Lifted()
    assert lift_tombstones(MemoryStore(), "ana@x.example", proof=PROOF, at=NOW + 3 * DAY) == Lifted()
    with pytest.raises(InputError, match="time zone"):
        lift_tombstones(store, "ana@x.example", proof=PROOF, at=datetime(2026, 7, 4))  # noqa: DTZ001


def test_on_a_shared_mailbox_the_name_is_needed(tmp_path: Path) -> None:
    store, sheet = MemoryStore(), tmp_path / "team.csv"
    sheet.write_text("Nr,First name,Last name,E-mail\n1,Ana,Gil,info@x.example\n2,Bo,Berg,info@x.example\n", "utf-8")
    unify([sheet], store, now=NOW)
    ana = next(contact for contact in find_contacts(store, "info@x.example") if contact.name and contact.name.given == "Ana")
    erase(store, ana.contact_id, at=NOW + DAY)
    (tmp_path / "form.csv").write_text("Nr,First name,Last name,E-mail\n7,Ana,Gil,info@x.example\n", "utf-8")
    assert lift_tombstones(store, "info@x.example", proof=PROOF, at=NOW + 3 * DAY) == Lifted()
    assert dict(unify([tmp_path / "form.csv"], store, now=NOW + 3 * DAY).problems)["privacy.erased"] == 1
    assert lift_tombstones(store, "info@x.example", proof=PROOF, at=NOW + 3 * DAY, name=Name(given="ANA", surname="Gil")).new
    assert "privacy.erased" not in unify([tmp_path / "form.csv"], store, now=NOW + 4 * DAY).problems
    assert len(find_contacts(store, "info@x.example")) == 2


@pytest.mark.parametrize("mail", ["ana@x.example", "info@x.example"])
def test_who_comes_back_by_a_mailbox_may_have_the_old_postal_address(tmp_path: Path, mail: str) -> None:
    store, sheet, form, more = MemoryStore(), tmp_path / "team.csv", tmp_path / "form.csv", tmp_path / "more.csv"
    head, home = "Nr,First name,Last name,E-mail,Street,Postcode,City\n", "Hauptstr. 12,10115,Berlin\n"
    sheet.write_text(f"{head}1,Ana,Gil,{mail},{home}2,Bo,Berg,info@x.example,{home}3,Cy,Dux,info@x.example,,,\n", "utf-8")
    unify([sheet], store, now=NOW)
    for name in ("Ana", "Bo"):
        gone = next(row for row in store.contacts() if f'"given":"{name}"' in row.document)
        erase(store, gone.contact_id, at=NOW + DAY)
    form.write_text(f"{head}7,Ana,Gil,{mail},{home}", "utf-8")
    more.write_text(f"{head}8,Ana,Gil,,{home}9,Bo,Berg,info@x.example,{home}", "utf-8")
    assert dict(unify([form], store, now=NOW + 2 * DAY).problems)["privacy.erased"] == 1
    assert lift_tombstones(store, mail, proof=PROOF, at=NOW + 3 * DAY, name=Name(given="Ana", surname="Gil")).new
    assert "privacy.erased" not in unify([form], store, now=NOW + 4 * DAY).problems
    assert dict(unify([more], store, now=NOW + 4 * DAY).problems)["privacy.erased"] == 2


def test_who_was_known_by_a_postal_address_alone_comes_back_by_a_new_mailbox(tmp_path: Path) -> None:
    store, sheet, form = MemoryStore(), tmp_path / "post.csv", tmp_path / "form.csv"
    head, home = "Nr,First name,Last name,E-mail,Street,Postcode,City\n", "Hauptstr. 12,10115,Berlin\n"
    sheet.write_text(f"{head}1,Ana,Gil,,{home}2,Bo,Berg,bo@x.example,,,\n", "utf-8")
    unify([sheet], store, now=NOW)
    erase(store, next(row.contact_id for row in store.contacts() if '"given":"Ana"' in row.document), at=NOW + DAY)
    form.write_text(f"{head}7,Ana,Gil,new@x.example,{home}", "utf-8")
    who, at = Name(given="Ana", surname="Gil"), [PostalAddress(street="Hauptstraße 12", postcode="10115")]
    assert lift_tombstones(store, "new@x.example", proof=PROOF, at=NOW + 3 * DAY, name=who) == Lifted()
    assert dict(unify([form], store, now=NOW + 3 * DAY).problems)["privacy.erased"] == 1
    lifted = lift_tombstones(store, "new@x.example", proof=PROOF, at=NOW + 3 * DAY, name=who, addresses=at)
    assert (lifted.new, lifted.tombstones) == (True, 0)
    assert "privacy.erased" not in unify([form], store, now=NOW + 4 * DAY).problems
    sheet.write_text(f"{head}5,Ana,Gil,,{home}", "utf-8")
    assert dict(unify([sheet], store, now=NOW + 5 * DAY).problems)["privacy.erased"] == 1
