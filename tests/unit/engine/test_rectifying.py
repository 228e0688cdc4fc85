"""What is put right stands before what the sources say, now and later; nothing about consent comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact import Contact, MemoryStore, SQLiteStore, may_contact, unify
from canonical_contact.consent.ledger import verify
from canonical_contact.engine.erasing import erase
from canonical_contact.engine.rectifying import rectify
from canonical_contact.errors import ErasedError, InputError, NotFoundError
from canonical_contact.kpi import measure
from canonical_contact.ports import ContactStore
from canonical_contact.store import find_contacts, iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
HEAD = "Record ID,First Name,Last Name,Email,Mobile Phone Number,Date of birth,Unsubscribed from all email,Last Modified Date\n"
ANA = "1,Ana,Wrong,old@x.example,+34 600 111 222,1990-01-02,false,2026-05-01\n"
BO = "2,Bo,Berg,bo@x.example,,,false,2026-05-01\n"


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ContactStore]:
    made = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "contacts.db")
    yield made
    made.close()


def read(store: ContactStore, folder: Path, *rows: str, at: datetime = NOW) -> None:
    (folder / "hubspot.csv").write_text(HEAD + "".join(rows), "utf-8")
    unify([folder / "hubspot.csv"], store, now=at)


def ana(store: ContactStore) -> Contact:
    return next(contact for contact in iter_contacts(store) if contact.name and contact.name.given == "Ana")


def test_the_new_values_stand_and_the_old_ones_stay_as_what_has_lost(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA, BO)
    before = ana(store)
    done = rectify(
        store,
        before.contact_id,
        {"name.surname": "Right", "emails[0].address": "new@x.example", "birthday": ""},
        at=LATER,
        reason="typo",
    )
    assert (done.new, done.fields, done.problems) == (True, ("name", "emails", "birthday"), ())
    after = ana(store)
    assert after.name is not None
    assert (after.contact_id, after.name.given, after.name.surname, after.birthday) == (before.contact_id, "Ana", "Right", "")
    assert [email.address for email in after.emails] == ["new@x.example"]
    assert [phone.number for phone in after.phones] == ["+34600111222"]
    lost = {claim.value: (claim.won, claim.reason) for claim in after.claims if claim.source == "hubspot:1"}
    assert lost["old@x.example"] == (False, "rectified")
    assert [contact.contact_id for contact in find_contacts(store, "new@x.example")] == [before.contact_id]
    assert find_contacts(store, "old@x.example") == []
    proof = next(json.loads(entry.document) for entry in store.entries() if entry.event_id == done.proof)
    assert (proof["contact_id"], proof["detail"]["act"], proof["detail"]["fields"]) == (
        before.contact_id,
        "rectified",
        "birthday emails name",
    )
    assert "Right" not in str(proof)
    assert verify(store.entries(), store.ledger_head()).ok


def test_no_later_import_brings_the_old_values_back(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA, BO)
    contact_id = ana(store).contact_id
    rectify(store, contact_id, {"name.surname": "Right", "emails[0].address": "new@x.example"}, at=LATER)
    for day, row in enumerate(
        (ANA, ANA.replace("2026-05", "2027-05").replace("old@", "older@"), ANA.replace("Wrong", "Wronger")), 2
    ):
        read(store, tmp_path, row, BO, at=NOW + timedelta(days=day))
        after = ana(store)
        assert after.name is not None
        assert (after.contact_id, after.name.surname, [email.address for email in after.emails]) == (
            contact_id,
            "Right",
            ["new@x.example"],
        )
        assert store.counts()["contacts"] == 2
    unify([tmp_path / "hubspot.csv"], store, now=NOW + timedelta(days=9), refit=True)
    assert ana(store).emails[0].address == "new@x.example"


def test_a_second_rectification_adds_to_the_first_and_the_same_one_changes_nothing(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA, BO)
    contact_id = ana(store).contact_id
    rectify(store, contact_id, {"name.surname": "Right"}, at=LATER)
    second = {"emails[0].address": "new@x.example", "emails[1].address": "second@x.example"}
    assert rectify(store, contact_id, second, at=LATER + timedelta(hours=1)).new
    head = store.ledger_head()
    assert not rectify(store, contact_id, second, at=LATER + timedelta(hours=2)).new
    assert store.ledger_head() == head
    after = ana(store)
    assert after.name is not None
    assert (after.name.surname, sorted(email.address for email in after.emails)) == (
        "Right",
        ["new@x.example", "second@x.example"],
    )
    assert len(list(store.record_versions(f"rectification:{contact_id}"))) == 2


def test_a_refusal_reaches_the_new_address_and_everybody_who_holds_it(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA.replace("false", "true"), BO)
    contact_id = ana(store).contact_id
    rectify(store, contact_id, {"emails[0].address": "bo@x.example"}, at=LATER)
    for contact in iter_contacts(store):
        assert not may_contact(contact, "email", at=LATER, regime="can_spam").allowed


def test_taking_an_address_away_frees_nobody(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA.replace("false", "true"), BO.replace("bo@x.example", "old@x.example"))
    rectify(store, ana(store).contact_id, {"emails[0].address": ""}, at=LATER)
    assert ana(store).emails == ()
    for contact in iter_contacts(store):
        assert not may_contact(contact, "email", at=LATER, regime="can_spam").allowed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "nothing to put right"),
        ({"consent.email": "yes"}, "record_consent"),
        ({"suppressions[0].kind": ""}, "record_consent"),
        ({"contact_id": "x"}, "not rectified"),
        ({"lifecycle.stage": "customer"}, "not rectified"),
        ({"emails[0].verified_at": "2026-01-01"}, "not rectified"),
        ({"emails[0].address": "nothing"}, "cannot be read"),
        ({"notes[0]": "x" * 10_001}, "longer"),
    ],
)
def test_what_is_not_rectified_is_refused_and_nothing_is_written(
    store: ContactStore, tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    read(store, tmp_path, ANA, BO)
    before = list(store.contacts())
    with pytest.raises(InputError, match=said):
        rectify(store, ana(store).contact_id, changes, at=LATER)
    with pytest.raises(InputError, match="time zone"):
        rectify(store, ana(store).contact_id, {"gender": "f"}, at=datetime(2026, 7, 1))  # noqa: DTZ001
    with pytest.raises(NotFoundError):
        rectify(store, "nobody", {"gender": "f"}, at=LATER)
    assert list(store.contacts()) == before


def test_an_erased_persons_address_does_not_come_back_as_a_rectification(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA, BO)
    bo = next(iter(find_contacts(store, "bo@x.example"))).contact_id
    erase(store, bo, at=LATER)
    with pytest.raises(InputError) as refused:
        rectify(store, ana(store).contact_id, {"emails[0].address": "BO@x.example"}, at=LATER)
    assert refused.value.code == "privacy.erased_endpoint"
    with pytest.raises(ErasedError):
        rectify(store, bo, {"gender": "f"}, at=LATER)


def test_nor_does_the_postal_address_of_one_under_the_same_name(store: ContactStore, tmp_path: Path) -> None:
    sheet = tmp_path / "post.csv"
    sheet.write_text(
        "Nr,First name,Last name,Street,Postcode,Phone\n1,Cy,Dux,Ring 1,10115,\n2,Di,Eck,Ring 2,10115,+34600111222\n", "utf-8"
    )
    unify([sheet], store, now=LATER)
    cy, di = (next(row.contact_id for row in store.contacts() if f'"given":"{name}"' in row.document) for name in ("Cy", "Di"))
    erase(store, cy, at=LATER)
    home = {"addresses[0].street": "Ring 1", "addresses[0].postcode": "10115"}
    assert rectify(store, di, home, at=LATER).new
    with pytest.raises(InputError) as refused:
        rectify(store, di, {"name.given": "Cy", "name.surname": "Dux", **home}, at=LATER)
    assert refused.value.code == "privacy.erased_endpoint"


def test_an_erasure_takes_the_rectification_along(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA, BO)
    contact_id = ana(store).contact_id
    rectify(store, contact_id, {"emails[0].address": "quilla@new.example"}, at=LATER)
    assert erase(store, contact_id, at=LATER).records == 2
    assert "quilla" not in repr([list(store.records()), list(store.entries()), list(store.contacts())])
    (tmp_path / "other.csv").write_text("First name,E-mail\nSomebody,quilla@new.example\n", "utf-8")
    assert dict(unify([tmp_path / "other.csv"], store, now=LATER).problems)["privacy.erased"] == 1


def test_what_was_put_right_counts_as_no_record_of_a_source(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA, BO)
    before = {figure.name: figure.value for figure in measure(iter_contacts(store), as_of=LATER) if "duplicate" in figure.name}
    rectify(store, ana(store).contact_id, {"name.surname": "Right"}, at=LATER)
    assert before == {
        figure.name: figure.value for figure in measure(iter_contacts(store), as_of=LATER) if "duplicate" in figure.name
    }
    assert len(before) == 2
