"""Erasing: nothing is left of the person, nobody else loses or gains anything, and nothing brings the person back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

from canonical_contact import MemoryStore, SQLiteStore, may_contact, unify
from canonical_contact.consent.ledger import verify
from canonical_contact.engine.erasing import Erased, erase, erase_all, erased_at
from canonical_contact.engine.recording import (
    import_events,
    record_consent,
    record_stop,
    record_suppression,
    record_unsuppression,
)
from canonical_contact.errors import ConfigError, ErasedError, InputError, NotFoundError
from canonical_contact.model import Channel, ConsentEvent, Contact, EventType, SuppressionKind, TombstoneKind
from canonical_contact.ports import ContactStore, ProofRow
from canonical_contact.schema import from_json
from canonical_contact.store import find_contacts, get_contact, iter_contacts, migrate_store

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
HUBSPOT = "Record ID,First Name,Last Name,Email,Mobile Phone Number,Country/Region,Unsubscribed from all email,Message,Last Modified Date\n"
ANA = "1,Quillana,Zobelina,quillana@zobel.example,+34 600 111 222,Spain,{out},{note},2026-05-01 10:00\n"
BO = "2,Bo,Berg,bo@berg.example,+34 600 333 444,Spain,false,,2026-05-01 10:00\n"
WORDS = ("quillana", "zobelina", "zobel.example", "600111222", "600 111 222")


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ContactStore]:
    made = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "contacts.db")
    yield made
    made.close()


def hubspot(folder: Path, *rows: str, name: str = "hubspot.csv") -> Path:
    path = folder / name
    path.write_text(HUBSPOT + "".join(row.replace("{out}", "false").replace("{note}", "") for row in rows), "utf-8")
    return path


def by_name(store: ContactStore) -> dict[str, Contact]:
    return {contact.name.given: contact for contact in iter_contacts(store) if contact.name}


def erase_ana(store: ContactStore, **more: object) -> Erased:
    return erase(store, by_name(store)["Quillana"].contact_id, at=LATER, **more)  # type: ignore[arg-type]


def allowed(store: ContactStore, name: str, channel: str = "email") -> bool:
    return may_contact(by_name(store)[name], channel, at=LATER, regime="can_spam").allowed


def told(store: ContactStore) -> str:
    streams: list[Iterator[object]] = [store.records(), store.features(), store.holds(), store.events(), store.activities()]
    streams += [
        store.decisions(),
        store.contacts(),
        store.consent_columns(),
        store.members(),
        store.entries(),
        store.tombstones(),
    ]
    streams += [store.documents(kind) for kind in ("source_record", "consent_event", "activity", "contact", "event")]
    settings = [store.setting(name) for name in ("match.terms", "match.weights", "run.last", "formats.layouts")]
    return repr([[*map(list, streams)], settings]).casefold()


def test_nothing_is_left_of_the_person(store: ContactStore, tmp_path: Path) -> None:
    bad = ANA.replace("+34 600 111 222", "600 111 222 1 Zobelina")  # a problem whose text is reported
    unify([hubspot(tmp_path, bad, BO)], store, now=NOW)
    unify([hubspot(tmp_path, ANA.replace("Quillana,", "Quillana Maria,"), BO)], store, now=NOW)  # an older version
    ana = next(contact for contact in iter_contacts(store) if contact.name and contact.name.given.startswith("Quillana"))
    record_consent(store, ana.contact_id, "opt_in", "email", at=NOW, evidence="Quillana said yes")
    store.put_proofs([ProofRow("p", json.dumps({"contact_id": ana.contact_id, "detail": {"act": "exported"}}))])
    before = told(store)
    assert all(word in before for word in WORDS)
    done = erase(store, ana.contact_id, at=LATER)
    assert (done.records, done.events, done.new) == (1, 1, True)
    after = told(store)
    assert not [word for word in (*WORDS, ana.contact_id, "hubspot:1'") if word in after]
    checked = verify(store.entries(), store.ledger_head())
    assert (checked.ok, checked.forgotten) == (True, 2)
    assert list(by_name(store)) == ["Bo"]


def test_no_byte_of_the_person_is_left_in_the_files(tmp_path: Path) -> None:
    path = tmp_path / "contacts.db"
    filler = "".join(f"{n},Fil{n},Ler{n},f{n}@filler.example,,Spain,false,,2026-05-01 10:00\n" for n in range(10, 400))
    with SQLiteStore(path) as store:
        for day, note in enumerate(("", "met Quillana at a fair " * 400, "again")):  # versions of many pages and of few
            unify([hubspot(tmp_path, ANA.replace("{note}", note), BO, filler)], store, now=NOW + timedelta(days=day))
            (tmp_path / "hubspot.csv").unlink()
        assert any(b"Quillana" in file.read_bytes() for file in store.files if file.exists())
        erase_ana(store)
        left = [word for file in store.files[:2] if file.exists() for word in WORDS if word.encode() in file.read_bytes().lower()]
        assert left == []
    data = path.read_bytes().lower()
    assert [word for word in WORDS if word.encode() in data] == []
    assert not (tmp_path / "contacts.db-wal").exists()


def test_the_same_exports_do_not_bring_the_person_back(store: ContactStore, tmp_path: Path) -> None:
    files = [hubspot(tmp_path, ANA, BO)]
    unify(files, store, now=NOW)
    erase_ana(store)
    result = unify(files, store, now=LATER)
    assert dict(result.problems)["privacy.erased"] == 1
    assert [(problem.raw, problem.line) for problem in result.examples["privacy.erased"]] == [("", 0)]
    assert [link[1] for link in result.links] == ["2"]
    assert (result.records.new, result.contacts.new, result.records.same) == (0, 0, 1)
    assert not [word for word in WORDS if word in told(store)]


@pytest.mark.parametrize(
    "row",
    [
        "99,Someone,Else,QUILLANA+news@zobel.example,,Spain,false,,2026-06-01\n",  # another id, her mailbox
        "99,Q,Z,,0034 600 111 222,Spain,false,,2026-06-01\n",  # another id, her number
        "1,Someone,Else,else@else.example,,Spain,false,,2026-06-01\n",  # her id
    ],
)
def test_other_rows_of_the_person_do_not_bring_them_back(store: ContactStore, tmp_path: Path, row: str) -> None:
    unify([hubspot(tmp_path, ANA, BO)], store, now=NOW)
    erase_ana(store)
    result = unify([hubspot(tmp_path, row, BO, name="new.csv")], store, systems={"hubspot": tmp_path / "new.csv"}, now=LATER)
    assert dict(result.problems)["privacy.erased"] >= 1
    assert list(by_name(store)) == ["Bo"]


def test_another_file_does_not_bring_the_person_back_by_a_shared_line_and_the_name(store: ContactStore, tmp_path: Path) -> None:
    shared = BO.replace("+34 600 333 444", "+34 600 111 222")
    unify([hubspot(tmp_path, ANA, shared)], store, now=NOW)
    erased = erase_ana(store)
    assert erased.sharing == (by_name(store)["Bo"].contact_id,)
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("First name,Last name,Phone\nZobelina,QUILLANA,+34600111222\nCy,Dux,+34600111222\n", "utf-8")
    result = unify([sheet], store, now=LATER)
    assert dict(result.problems)["privacy.erased"] == 1
    assert sorted(by_name(store)) == ["Bo", "Cy"]


def test_whom_the_person_blocked_stays_blocked_and_so_does_who_comes_later(store: ContactStore, tmp_path: Path) -> None:
    shared = [row.replace("bo@berg.example", "office@zobel.example") for row in (BO, BO.replace("2,Bo,Berg", "3,Cy,Dux"))]
    ana = ANA.replace("quillana@zobel.example", "office@zobel.example").replace("{out}", "true")
    unify([hubspot(tmp_path, ana, shared[0])], store, now=NOW)
    assert not allowed(store, "Bo")
    done = erase_ana(store)
    assert (done.blocks, done.folded) == (1, 1)
    assert not allowed(store, "Bo")
    unify([hubspot(tmp_path, ana, *shared)], store, now=LATER)
    assert not allowed(store, "Bo")
    assert not allowed(store, "Cy")


def test_a_provisional_block_of_the_person_stays_on_those_who_share(store: ContactStore, tmp_path: Path) -> None:
    sheet = tmp_path / "crm.csv"
    rows = "Nr,First name,Last name,E-mail,Mailing opt-out\n7,Quillana,Gil,info@x.example,maybe\n8,Bo,Berg,info@x.example,\n"
    sheet.write_text(rows, "utf-8")
    unify([sheet], store, now=NOW)
    assert not allowed(store, "Bo")
    erase_ana(store)
    assert not allowed(store, "Bo")
    unify([sheet], store, now=LATER)
    assert not allowed(store, "Bo")


def test_a_block_that_was_lifted_is_not_said_again(store: ContactStore, tmp_path: Path) -> None:
    rows = [ANA.replace("quillana@zobel.example", "info@x.example"), BO.replace("bo@berg.example", "info@x.example")]
    unify([hubspot(tmp_path, *rows)], store, now=NOW)
    ana = by_name(store)["Quillana"].contact_id
    record_suppression(store, "manual", "email", endpoint="info@x.example", contact_id=ana, at=NOW)
    assert not allowed(store, "Bo")
    record_unsuppression(store, "manual", "email", endpoint="info@x.example", at=NOW + timedelta(hours=1))
    assert allowed(store, "Bo")
    assert erase_ana(store).blocks == 0
    assert allowed(store, "Bo")


def test_an_opt_out_that_a_left_out_row_brings_reaches_those_who_share(store: ContactStore, tmp_path: Path) -> None:
    rows = [ANA.replace("quillana@zobel.example", "info@x.example"), BO.replace("bo@berg.example", "info@x.example")]
    unify([hubspot(tmp_path, *rows)], store, now=NOW)
    erase_ana(store)
    assert allowed(store, "Bo")
    unify([hubspot(tmp_path, rows[0].replace("{out}", "true"), rows[1])], store, now=LATER)
    assert not allowed(store, "Bo")
    assert verify(store.entries(), store.ledger_head()).ok


def test_a_refusal_in_anothers_row_counts_though_the_row_names_the_persons_mailbox(store: ContactStore, tmp_path: Path) -> None:
    unify([hubspot(tmp_path, ANA, BO)], store, now=NOW)
    erase_ana(store)
    row = BO.replace("bo@berg.example", "quillana@zobel.example").replace("false", "true").replace("2026-05", "2026-06")
    result = unify([hubspot(tmp_path, row)], store, now=LATER)
    assert dict(result.problems)["privacy.erased"] == 1
    assert [link[1] for link in result.links] == ["2"]
    assert not allowed(store, "Bo")
    assert not [word for word in WORDS if word in told(store)]


def test_an_old_ledger_does_not_bring_the_persons_events_back(store: ContactStore, tmp_path: Path) -> None:
    rows = [ANA.replace("quillana@zobel.example", "info@x.example"), BO.replace("bo@berg.example", "info@x.example")]
    unify([hubspot(tmp_path, *rows)], store, now=NOW)
    ana, bo = (by_name(store)[name].contact_id for name in ("Quillana", "Bo"))
    record_consent(store, ana, "withdraw", "email", at=NOW, evidence="Quillana rang")
    record_consent(store, bo, "opt_in", "sms", at=NOW)
    exported = [from_json(ConsentEvent, row.document) for row in store.events()]
    erase_ana(store)
    own = [row.event_id for row in store.events()]
    loose = evolve(exported[0], event_id="loose", record="", endpoint="+34600111222", reason="")
    done = import_events(store, [*exported, loose], at=LATER)
    assert done.left_out == len([event for event in exported if event.record == "hubspot:1"]) + 1
    assert [row.event_id for row in store.events()] == own
    assert not allowed(store, "Bo")
    assert "quillana" not in told(store)


POSTAL = "Id,First name,Last name,E-mail,Street,Postcode,City,Address,Country\n"
BY_POST = "1,Quillana,Zobelina,,Hauptstr. 12,10115,Berlin,,Germany\n"
NEIGHBOURS = "2,Bo,Zobelina,,Hauptstr. 12,10115,Berlin,,Germany\n3,Quillana,Zobelina,,Ringstr. 1,50667,Köln,,Germany\n"


def postal(folder: Path, *rows: str, name: str = "people.csv") -> Path:
    (folder / name).write_text(POSTAL + "".join(rows), "utf-8")
    return folder / name


@pytest.mark.parametrize(
    "row",
    [
        "9,Quillana,Zobelina,,Hauptstraße 12,10115,Berlin,,Germany\n",
        "9,QUILLANA,ZOBELINA,other@x.example,hauptstrasse 12,10 115,,,\n",
        '9,Zobelina,Quillana,,,,,"Hauptstr. 12, 10115 Berlin",\n',
    ],
)
def test_who_is_known_by_a_postal_address_alone_does_not_come_back(store: ContactStore, tmp_path: Path, row: str) -> None:
    unify([postal(tmp_path, BY_POST, NEIGHBOURS)], store, now=NOW)
    ana = next(
        one for one in iter_contacts(store) if "Quillana 10115" in f"{one.name and one.name.given} {one.addresses[0].postcode}"
    )
    erase(store, ana.contact_id, at=LATER)
    made = [each for each in store.tombstones() if each.kind is TombstoneKind.ADDRESS_NAME]
    assert len(made) == 2
    assert all(len(each.hash) == 64 for each in made)
    result = unify([postal(tmp_path, row, name="other.csv")], store, now=LATER)
    assert dict(result.problems)["privacy.erased"] == 1
    result = unify([postal(tmp_path, BY_POST, NEIGHBOURS)], store, now=LATER)  # neighbours and namesakes elsewhere stay
    assert len(list(store.contacts())) == 2
    assert dict(result.problems)["privacy.erased"] == 1


def test_a_namesake_at_the_address_who_was_here_before_stays(store: ContactStore, tmp_path: Path) -> None:
    head = POSTAL.replace("Country", "Birthday")
    rows = [
        f"{n},Quillana,Zobelina,{who}@x.example,Hauptstr. 12,10115,Berlin,,{day}\n"
        for n, who, day in ((1, "old", "1940-01-01"), (2, "young", "1990-12-31"))
    ]
    (tmp_path / "people.csv").write_text(head + "".join(rows), "utf-8")
    unify([tmp_path / "people.csv"], store, now=NOW)
    assert len(list(store.contacts())) == 2
    erase(store, find_contacts(store, "old@x.example")[0].contact_id, at=LATER)
    result = unify([tmp_path / "people.csv"], store, now=LATER)
    assert dict(result.problems)["privacy.erased"] == 1
    assert find_contacts(store, "young@x.example")


def test_a_registrys_entry_about_the_persons_own_number_is_kept_as_a_hash(store: ContactStore, tmp_path: Path) -> None:
    record_suppression(store, "dnc_registry", "sms", endpoint="+34600111222", at=NOW)
    unify([hubspot(tmp_path, ANA, BO)], store, now=NOW)
    erase_ana(store)
    assert "600111222" not in told(store)
    assert any(each.why == "sms/dnc_registry" for each in store.tombstones())
    again = record_stop(store, "sms", "+34600111222", at=LATER)  # a list of stop requests names the number again
    assert (again.new, again.left_out) == (False, 1)
    assert "600111222" not in told(store)


def test_the_old_id_and_those_that_led_to_it_say_erased(store: ContactStore, tmp_path: Path) -> None:
    unify([hubspot(tmp_path, ANA, BO)], store, now=NOW)
    ana = by_name(store)["Quillana"].contact_id
    store.put_contacts([])
    store.retire([("019f0000-0000-7000-8000-000000000001", ana)])
    erase(store, "019f0000-0000-7000-8000-000000000001", at=LATER)
    for name in (ana, "019f0000-0000-7000-8000-000000000001"):
        assert erased_at(store, name) == LATER
        with pytest.raises(ErasedError, match="was erased"):
            get_contact(store, name)
        with pytest.raises(ErasedError):
            record_consent(store, name, "withdraw", "email", at=LATER)
        again = erase(store, name, at=LATER + timedelta(days=3))
        assert (again.new, again.at, again.proof) == (False, LATER, "")
    assert find_contacts(store, "quillana@zobel.example") == []
    with pytest.raises(NotFoundError, match="No contact has that id") as unknown:
        erase(store, "nobody", at=LATER)
    assert not isinstance(unknown.value, ErasedError)
    assert erased_at(store, "nobody") is None


def test_the_proof_says_what_was_done_and_names_nobody(store: ContactStore, tmp_path: Path) -> None:
    unify([hubspot(tmp_path, ANA, BO)], store, now=NOW)
    ana = by_name(store)["Quillana"].contact_id
    done = erase(store, ana, at=LATER, actor="controller", reason="retention")
    proof = next(entry for entry in store.entries() if entry.event_id == done.proof)
    held = json.loads(proof.document)
    assert (held["name"], held["contact_id"]) == ("contact.changed", "")
    assert held["detail"]["act"] == "erased"
    assert (held["detail"]["reason"], held["detail"]["records"]) == ("retention", "1")
    assert {each.why for each in store.tombstones() if each.kind is TombstoneKind.RECORD} == {"retention"}


def test_several_are_erased_at_once_and_share_with_nobody_then(store: ContactStore, tmp_path: Path) -> None:
    rows = [ANA, BO.replace("+34 600 333 444", "+34 600 111 222"), BO.replace("2,Bo,Berg,bo@", "3,Cy,Dux,cy@")]
    unify([hubspot(tmp_path, *rows)], store, now=NOW)
    ids = [by_name(store)[name].contact_id for name in ("Quillana", "Bo")]
    done = erase_all(store, [*ids, ids[0]], at=LATER)
    assert [one.contact_id for one in done] == ids
    assert list(by_name(store)) == ["Cy"]
    result = unify([hubspot(tmp_path, *rows)], store, now=LATER)
    assert dict(result.problems)["privacy.erased"] == 2
    assert list(by_name(store)) == ["Cy"]


def test_a_key_that_the_host_keeps_is_asked_for(store: ContactStore, tmp_path: Path) -> None:
    key = bytes(range(32))
    files = [hubspot(tmp_path, ANA, BO)]
    unify(files, store, now=NOW)
    done = erase_ana(store, key=key)
    assert key.hex() not in (store.setting("privacy.key") or "")
    for given, code in ((None, "privacy.key_missing"), (b"x" * 32, "privacy.key_wrong"), (b"short", "privacy.key_short")):
        with pytest.raises(ConfigError) as refused:
            unify(files, store, now=LATER, key=given)
        assert refused.value.code == code
    assert dict(unify(files, store, now=LATER, key=key).problems)["privacy.erased"] == 1
    with pytest.raises(NotFoundError):
        get_contact(store, done.contact_id)
    assert erased_at(store, done.contact_id, key=key) == LATER
    record_stop(store, "sms", "+34600333444", at=LATER)  # a live refusal waits for no key
    with pytest.raises(InputError, match="time zone"):
        erase(store, done.contact_id, at=datetime(2026, 7, 1), key=key)  # noqa: DTZ001


def test_a_store_with_nobody_erased_asks_for_nothing(store: ContactStore, tmp_path: Path) -> None:
    unify([hubspot(tmp_path, ANA, BO)], store, now=NOW)
    assert store.setting("privacy.key") is None
    assert list(store.tombstones()) == []


def test_what_anothers_stream_says_about_the_persons_own_address_goes_too(store: ContactStore, tmp_path: Path) -> None:
    unify([hubspot(tmp_path, ANA, BO)], store, now=NOW)
    for kind in (EventType.WITHDRAW, EventType.SUPPRESS):  # as a part of a contact takes them along
        event = ConsentEvent(
            f"e-{kind}", kind, Channel.EMAIL, record="hubspot:2", endpoint="quillana@zobel.example", effective_at=NOW, recorded_at=NOW,
            suppression=SuppressionKind.COMPLAINT if kind is EventType.SUPPRESS else None,
        )  # fmt: skip
        import_events(store, [event], at=NOW)
    assert "zobel.example" in repr(by_name(store)["Bo"])
    erase_ana(store)
    assert not [word for word in WORDS if word in told(store)]
    assert verify(store.entries(), store.ledger_head()).ok


def test_a_kept_block_that_the_host_lifted_does_not_come_again_with_the_next_export(store: ContactStore, tmp_path: Path) -> None:
    ana, bo = (
        row.replace(f"{name}", "info@x.example") for row, name in ((ANA, "quillana@zobel.example"), (BO, "bo@berg.example"))
    )
    ana = ana.replace("{out}", "true")
    unify([hubspot(tmp_path, ana, bo)], store, now=NOW)
    erase_ana(store)
    assert not allowed(store, "Bo")
    record_unsuppression(store, "manual", "email", endpoint="info@x.example", at=LATER + timedelta(hours=1))
    assert allowed(store, "Bo")
    for rows in ((ana, bo), (ana, bo.replace("Berg", "Bergh").replace("2026-05", "2026-06"))):
        unify([hubspot(tmp_path, *rows)], store, now=LATER)
        assert allowed(store, "Bo")
    unify([hubspot(tmp_path, ana, bo, bo.replace("2,Bo,Berg", "3,Cy,Dux"))], store, now=LATER)
    assert not allowed(store, "Cy")  # nobody lifted it for who comes later


def test_no_split_and_no_other_reading_brings_a_record_back(store: ContactStore, tmp_path: Path) -> None:
    sheet = tmp_path / "list.csv"
    sheet.write_text("Nr,First name,Last name,E-mail,Phone\n7,Quillana,Zobelina,q@other.example,+34600111222\n", "utf-8")
    unify([hubspot(tmp_path, ANA, BO), sheet], store, now=NOW)
    assert len(by_name(store)) == 2  # her records are one contact
    erase_ana(store)
    sheet.write_text(
        "Nr,First name,Last name,E-mail,Phone\n7,Dora,Elm,dora@elm.example,\n", "utf-8"
    )  # it would part from her now
    result = unify([hubspot(tmp_path, ANA.replace("Zobelina", "Other"), BO), sheet], store, now=LATER, refit=True)
    assert dict(result.problems)["privacy.erased"] == 2
    assert list(by_name(store)) == ["Bo"]
    migrate_store(store, "1.0")
    migrate_store(store)
    assert not [word for word in WORDS if word in told(store)]
    assert verify(store.entries(), store.ledger_head()).ok
    assert dict(unify([hubspot(tmp_path, ANA, BO)], store, now=LATER).problems)["privacy.erased"] == 1
    assert list(by_name(store)) == ["Bo"]


def test_a_report_quotes_nothing_of_a_row_that_was_left_out(store: ContactStore, tmp_path: Path) -> None:
    odd = ANA.replace("+34 600 111 222", "600 111 222 1 Zobelina").replace("\n", ",more,cells than,Zobelina\n")
    unify([hubspot(tmp_path, odd, BO)], store, now=NOW)
    erase_ana(store)
    result = unify([hubspot(tmp_path, odd, BO)], store, now=LATER)
    assert dict(result.problems)["privacy.erased"] == 1
    assert not [word for word in WORDS if word in repr((result.examples, result.files)).casefold()]
    assert not [word for word in WORDS if word in told(store)]


def test_a_record_that_its_source_calls_the_same_person_stays_outside(store: ContactStore, tmp_path: Path) -> None:
    contact, lead = tmp_path / "salesforce_contact.csv", tmp_path / "salesforce_lead.csv"
    contact.write_text("Id,FirstName,LastName,Email,AccountId\n003A,Quillana,Zobelina,quillana@zobel.example,001\n", "utf-8")
    unify([contact], store, now=NOW)
    erase_ana(store)
    head = "Id,FirstName,LastName,Email,Company,Status,IsConverted,ConvertedContactId\n"
    lead.write_text(
        f"{head}00QB,Q.,Z.,other@other.example,Acme,Closed,true,003A\n00QC,Bo,Berg,bo@berg.example,Acme,Open,false,\n", "utf-8"
    )
    result = unify([lead], store, now=LATER)
    assert dict(result.problems)["privacy.erased"] == 1
    assert list(by_name(store)) == ["Bo"]


def test_letters_of_the_person_do_not_bring_them_back(store: ContactStore, tmp_path: Path) -> None:
    letter = tmp_path / "inbox"
    letter.mkdir()
    for place, who in enumerate(("Quillana Zobelina <quillana@zobel.example>", "Bo Berg <bo@berg.example>")):
        text = f"From: {who}\nTo: us@acme.example\nSubject: Hello\nDate: Wed, 1 Jul 2026 10:00:00 +0000\nMessage-ID: <{place}@x>\n\nHello.\n"
        (letter / f"{place}.eml").write_text(text, "utf-8")
    unify([letter], store, now=NOW, own=["acme.example"])
    assert store.counts()["activities"] == 2
    assert erase_ana(store).activities == 1
    result = unify([letter], store, now=LATER, own=["acme.example"])
    assert dict(result.problems)["privacy.erased"] == 1
    assert (list(by_name(store)), store.counts()["activities"]) == (["Bo"], 1)
    assert not [word for word in WORDS if word in told(store)]
