"""Subject access: everything that a store holds about a person is in the export, and nothing about anybody else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from canonical_contact import MemoryStore, SQLiteStore, unify
from canonical_contact.consent.ledger import verify
from canonical_contact.engine.access import export_access
from canonical_contact.engine.erasing import erase
from canonical_contact.engine.recording import record_consent, record_stop, record_suppression
from canonical_contact.errors import InputError, NotFoundError
from canonical_contact.model import ConsentProof, Contact
from canonical_contact.ports import ContactRow, ContactStore, DecisionRow, RecordRow
from canonical_contact.privacy._withholding import WITHHELD
from canonical_contact.privacy.access import ACCESS_VERSION, KINDS, AccessExport, access_export
from canonical_contact.privacy.tombstones import Traces, tombstones_of
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
HUBSPOT = "Record ID,First Name,Last Name,Email,Mobile Phone Number,Country/Region,Unsubscribed from all email,Message,Last Modified Date\n"
ANA = "1,Quillana,Zobelina,quillana@zobel.example,+34 600 111 222,Spain,false,{note},2026-05-01 10:00\n"
BO = "2,Bo,Berg,bo@berg.example,+34 600 111 222,Spain,true,,2026-05-01 10:00\n"
MAILCHIMP = (
    "Email Address,First Name,Last Name,OPTIN_TIME,CONFIRM_TIME,LEID\n"
    "quillana@zobel.example,Quillana,Zobelina,2026-01-01 10:00:00,2026-01-01 10:05:00,77\n"
)
# Cells of the tables that are the store's own bookkeeping, or would undo what they are for, and no data about a person.
UNSAID = {
    "record_version": {"version", "previous"},
    "record_document": {"version"},
    "record": {"version"},
    "consent_event": {"salt", "document", "blocking", "record", "endpoint", "channel"},  # the document is looked for apart
    "activity": {"seq"},
    "decision_version": {"version", "previous"},
    "decision": {"version"},
    "contact": {"seq", "members", "endpoints", "digest"},  # lists that are looked for apart
    "event": {"seq"},
    "alias": {"led_to"},
    "contact_consent": {"consent"},  # the columns of the contact's own document once more
}


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ContactStore]:
    made = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "contacts.db")
    yield made
    made.close()


def fill(store: ContactStore, folder: Path, note: str = "likes tea") -> Contact:
    """Ana in two systems, with an older version, consent, an activity and a log; Bo has her number, and left."""
    hubspot, mailchimp = folder / "hubspot.csv", folder / "subscribed_members_export_1.csv"
    mailchimp.write_text(MAILCHIMP, "utf-8")
    hubspot.write_text(HUBSPOT + ANA.replace("{note}", "first") + BO, "utf-8")
    unify([hubspot, mailchimp], store, now=NOW)
    hubspot.write_text(HUBSPOT + ANA.replace("{note}", note) + BO, "utf-8")
    (folder / "events.csv").write_text(
        "system,record_id,event,at,agent,value\nhubspot,1,lead_created,2026-03-01T10:00:00Z,b.osei,\n", "utf-8"
    )
    unify([hubspot, mailchimp, folder / "events.csv"], store, now=NOW + timedelta(hours=1))
    ana = by_name(store, "Quillana")
    proof = ConsentProof(consent_id="c-1", wording="Yes, by phone.", regime="de_uwg/2026.1", retain_until=LATER)
    record_consent(store, ana.contact_id, "opt_in", "voice_live", at=NOW, proof=proof, evidence="said on the phone")
    record_stop(store, "sms", "+34600111222", at=NOW)
    return by_name(store, "Quillana")


def by_name(store: ContactStore, given: str) -> Contact:
    return next(contact for contact in iter_contacts(store) if contact.name and contact.name.given == given)


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for held in value.values():
            yield from leaves(held)
    elif isinstance(value, list):
        for held in value:
            yield from leaves(held)
    elif value is not None:
        yield str(value)


def documents(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for held in value.values():
            yield from documents(held)
    elif isinstance(value, list):
        for held in value:
            yield from documents(held)


def holds(export: AccessExport, document: dict[str, Any]) -> bool:
    """Whether a document is in the export with all its fields; an export may add some."""
    return any(all(one.get(name) == held for name, held in document.items()) for one in documents(export.to_dict()))


def test_every_document_that_mentions_the_person_is_in_the_export(store: ContactStore, tmp_path: Path) -> None:
    ana = fill(store, tmp_path)
    names = [ana.contact_id, *ana.aliases, *(source.key for source in ana.sources)]
    export = access_export(store, ana.contact_id, at=LATER, redact_others=False)
    met = set()
    for kind in KINDS:
        for _, text in store.documents(kind):
            if any(f'"{name}"' in text or f" {name} " in f" {text} " for name in names):
                assert holds(export, json.loads(text)), kind
                met.add(kind)
    assert met == set(KINDS)  # else the test shows nothing


def test_every_row_of_every_table_that_mentions_the_person_is_in_the_export(tmp_path: Path) -> None:
    """A table that is added later and holds something about people fails here until the export knows it."""
    path = tmp_path / "contacts.db"
    with SQLiteStore(path) as store:
        ana = fill(store, tmp_path)
        export_access(store, ana.contact_id, at=LATER)  # whose proof is held from now on, too
        export = access_export(store, ana.contact_id, at=LATER, redact_others=False)
    names = {ana.contact_id, *ana.aliases, *(source.key for source in ana.sources)}
    said = set(leaves(export.to_dict()))
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    seen: dict[str, int] = {}
    for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall():
        for row in db.execute(f'SELECT * FROM "{table}"'):
            cells = {name: row[name] for name in row.keys()}  # noqa: SIM118  a row of sqlite3 is no mapping
            if not any(name in str(cell) for name in names for cell in cells.values()):
                continue
            if table == "setting":
                assert cells["name"] == "run.last", cells["name"]  # a part of its own: `reports`
                continue
            seen[table] = seen.get(table, 0) + 1
            for column, cell in cells.items():
                if column == "document":
                    assert holds(export, json.loads(cell)), table
                elif column not in UNSAID.get(table, ()) and cell not in (None, ""):
                    assert str(cell) in said, (table, column)
    db.close()
    assert {"record", "record_version", "record_document", "consent_event", "activity", "contact", "member", "event"} <= set(seen)
    assert "endpoint" in seen


def test_nothing_about_anybody_else_is_in_the_export(store: ContactStore, tmp_path: Path) -> None:
    ana = fill(store, tmp_path)
    bo = by_name(store, "Bo")
    store.put_decisions([DecisionRow("hubspot:1", "hubspot:2", "no_match", 0.01, "weights", "p", "000003000404020300")])
    export = access_export(store, ana.contact_id, at=LATER)
    text = export.to_json()
    words = ("Berg", "bo@berg.example", bo.contact_id, *(source.key for source in bo.sources))
    assert not [word for word in words if f'"{word}"' in text or f" {word} " in text]
    (pair,) = [one for one in export.parts["decisions"] if one["with"].startswith("withheld")]
    assert "compared" not in pair["versions"][0]
    assert pair["versions"][0]["judgement"] == "no_match"
    full = access_export(store, ana.contact_id, at=LATER, redact_others=False)
    assert "hubspot:2" in full.to_json()


def test_a_block_by_somebody_who_shares_the_number_is_told_without_them(store: ContactStore, tmp_path: Path) -> None:
    fill(store, tmp_path)
    bo = by_name(store, "Bo")
    record_consent(store, bo.contact_id, "complaint", "sms", at=LATER, endpoint="+34600111222")
    ana = by_name(store, "Quillana")
    foreign = [block for block in ana.suppressions if block.record == "hubspot:2"]
    assert foreign, "the block of the other reaches her"
    export = access_export(store, ana.contact_id, at=LATER)
    told = [block for block in export.parts["contact"]["suppressions"] if block.get("reason") == "shared_endpoint"]
    assert told
    assert all(set(block) <= {"channel", "endpoint", "reason", "record"} for block in told)
    assert all(block.event_id not in export.to_json() for block in foreign)
    assert '"complaint"' not in json.dumps(export.parts["consent"]["answers"])


def test_each_value_says_where_it_came_from(store: ContactStore, tmp_path: Path) -> None:
    ana = fill(store, tmp_path)
    export = access_export(store, ana.contact_id, at=LATER)
    told = {(one["path"], one["value"], one["system"]): one for one in export.parts["provenance"]}
    address = told["$.emails[0]", "quillana@zobel.example", "hubspot"]
    assert (address["won"], address["line"], address["record"]) == (True, 2, "1")
    assert address["file"].endswith("hubspot.csv")
    assert address["decided_by"]
    assert address["read_by"].startswith("email/")
    assert len(told) == len(ana.claims)
    versions = next(one for one in export.parts["records"] if one["key"] == "hubspot:1")["versions"]
    assert [(one["version"], one["current"]) for one in versions] == [(1, False), (2, True)]
    assert [one["document"]["raw"]["Message"] for one in versions] == ["first", "likes tea"]


def test_consent_is_told_with_its_proofs_and_in_words(store: ContactStore, tmp_path: Path) -> None:
    ana = fill(store, tmp_path)
    export = access_export(store, ana.contact_id, at=LATER)
    (spoken,) = [event for event in export.parts["consent"]["events"] if event.get("evidence") == "said on the phone"]
    assert spoken["proof"]["wording"] == "Yes, by phone."
    answers = {one["channel"]: one for one in export.parts["consent"]["answers"]}
    assert answers["sms"]["allowed"] is False
    assert "not legal advice" in answers["email"]["in_words"]
    kept = {(one["why"], one["until"]) for one in export.parts["retention"]}
    assert ("retain_until", "2026-07-02T00:00:00Z") in kept
    assert ("de_uwg/2026.1", "2031-07-01T00:00:00Z") in kept
    entry = next(one for one in export.parts["ledger"] if one["event_id"] == spoken["event_id"])
    sealed = next(one for one in store.entries() if one.event_id == spoken["event_id"])
    assert (entry["seq"], entry["digest"], entry["hash"]) == (sealed.seq, sealed.digest, sealed.hash)
    assert sealed.salt not in export.to_json()


def test_an_export_is_proved_in_the_ledger_and_told_in_the_next(store: ContactStore, tmp_path: Path) -> None:
    ana = fill(store, tmp_path)
    export = export_access(store, ana.contact_id, at=LATER)
    again = export_access(store, ana.contact_id, at=LATER)
    assert len({export.proof, again.proof, ""}) == 3
    (proof,) = [entry for entry in store.entries() if entry.kind == "event" and entry.event_id == export.proof]
    detail = json.loads(proof.document)["detail"]
    assert (detail["act"], detail["actor"], detail["held"]) == ("exported", "subject", "yes")
    assert detail["sha256"] == sha256(evolve(export, proof="").to_json().encode()).hexdigest()
    assert "quillana" not in proof.document.casefold()
    assert verify(store.entries(), store.ledger_head()).ok
    (told,) = again.parts["proofs"]
    assert told["detail"]["act"] == "exported"


def test_of_an_erased_person_nothing_is_held_but_the_tombstone(store: ContactStore, tmp_path: Path) -> None:
    ana = fill(store, tmp_path)
    export_access(store, ana.contact_id, at=NOW)
    erase(store, ana.contact_id, at=LATER)
    export = export_access(store, ana.contact_id, at=LATER + timedelta(days=1))
    told = export.to_dict()
    assert (export.held, export.erased_at, set(export.parts)) == (False, LATER, {"tombstones"})
    assert "quillana" not in export.to_json().casefold()
    proof = next(entry for entry in store.entries() if entry.event_id == export.proof)
    assert ana.contact_id not in proof.document
    assert ana.contact_id not in "".join(entry.document for entry in store.entries())
    assert told["tombstones"][0]["kind"] == "contact"


def test_a_key_that_the_host_keeps_is_asked_for(store: ContactStore) -> None:
    key = b"0123456789abcdef"
    store.put_tombstones(tombstones_of(Traces(contacts=("id-1",)), key, at=NOW))
    with pytest.raises(NotFoundError):
        access_export(store, "id-1", at=LATER)
    assert access_export(store, "id-1", at=LATER, key=key).erased_at == NOW
    assert export_access(store, "id-1", at=LATER, key=key).held is False


def test_a_retired_id_leads_to_its_heir_and_other_peoples_keys_are_taken_out(store: ContactStore) -> None:
    store.put_records([RecordRow("crm:1", "d", "crm", "1", '{"key":"crm:1","same_as":["crm:1","erp:9 x"]}', "erp:9 x|f")])
    store.put_contacts(
        [
            ContactRow("id-1", '{"contact_id":"id-1"}', "d", ("crm:1",), retired=("id-0",)),
            ContactRow(
                "id-2",
                '{"contact_id":"id-2","suppressions":[{"kind":"complaint","channel":"sms","record":"crm:1"}]}',
                "d",
                ("erp:9 x",),
            ),
        ]
    )
    store.log(
        [
            (
                "id-1",
                '{"name":"contact.created","contact_id":"id-1","at":"2026-07-01T00:00:00Z","detail":{"records":"crm:1 erp:9 x"}}',
            ),
            (
                "id-2",
                '{"name":"contact.split","contact_id":"id-2","at":"2026-07-01T00:00:00Z","detail":{"records":"crm:1 erp:9 x"}}',
            ),
        ]
    )
    export = access_export(store, "id-0", at=LATER)
    text = export.to_json()
    assert export.parts["identity"]["aliases"] == ["id-0"]
    assert "erp:9" not in text
    assert "id-2" not in text
    assert {(one["kind"], one["at"][0]) for one in export.parts["mentions"]} == {
        ("contact", "$.suppressions[0].record"),
        ("event", "$.detail.records"),
    }
    shown = access_export(store, "id-0", at=LATER, redact_others=False).parts["mentions"]
    assert {one["document"]["contact_id"] for one in shown} == {"id-2"}


def test_the_json_is_stable_and_names_its_version(store: ContactStore, tmp_path: Path) -> None:
    ana = fill(store, tmp_path)
    one, two = (access_export(store, ana.contact_id, at=LATER).to_json() for _ in range(2))
    assert one == two
    assert json.loads(one)["schema_version"] == ACCESS_VERSION
    assert list(json.loads(one))[:7] == ["schema_version", "contact_id", "at", "held", "erased_at", "others_withheld", "proof"]


def test_nobody_is_not_found_and_a_time_needs_a_zone(store: ContactStore) -> None:
    with pytest.raises(NotFoundError):
        access_export(store, "nobody", at=LATER)
    with pytest.raises(InputError, match="time zone"):
        access_export(store, "nobody", at=datetime(2026, 7, 1))  # noqa: DTZ001  that is the test
    with pytest.raises(InputError, match="time zone"):
        export_access(store, "nobody", at=datetime(2026, 7, 1))  # noqa: DTZ001  that is the test


def test_a_contact_that_changes_while_it_is_read_is_read_again(
    store: ContactStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import canonical_contact.engine.access as module

    ana = fill(store, tmp_path)
    reads = 0

    def slow(*arguments: Any, **more: Any) -> AccessExport:
        nonlocal reads
        reads += 1
        done = access_export(*arguments, **more)
        if reads < 3:
            record_consent(store, ana.contact_id, "object", "post", at=NOW, request_id=str(reads), purpose=f"p{reads}")
        return done

    monkeypatch.setattr(module, "access_export", slow)
    export = module.export_access(store, ana.contact_id, at=LATER)
    assert reads == 3
    assert {"p1", "p2"} <= {one.get("purpose") for one in export.parts["consent"]["events"]}


def test_a_stop_request_that_hangs_on_nobody_is_told_and_what_others_said_in_it_is_not(
    store: ContactStore, tmp_path: Path
) -> None:
    proof = ConsentProof(ip="192.0.2.17")
    for number in ("+34600111222", "+34600999888"):
        record_suppression(
            store, "dnc_registry", "sms", endpoint=number, at=NOW, source="registry.csv", evidence="said so", proof=proof
        )
    (tmp_path / "hubspot.csv").write_text(
        HUBSPOT
        + ANA.replace("{note}", "")
        + BO
        + ANA.replace("1,", "3,", 1).replace("Quillana", "Mara").replace("111 222", "999 888"),
        "utf-8",
    )
    unify([tmp_path / "hubspot.csv"], store, now=LATER)
    shared = access_export(store, by_name(store, "Quillana").contact_id, at=LATER).parts["consent"]["events"]
    (told,) = [event for event in shared if event["type"] == "suppress"]
    assert {told["evidence"], told["source"], told["proof"]} == {WITHHELD}
    own = access_export(store, by_name(store, "Mara").contact_id, at=LATER).parts["consent"]["events"]
    (told,) = [event for event in own if event["type"] == "suppress"]
    assert (told["evidence"], told["proof"]["ip"]) == ("said so", "192.0.2.17")


def test_what_the_report_on_the_last_run_quotes_of_a_person_is_told(store: ContactStore, tmp_path: Path) -> None:
    bad = ANA.replace("{note}", "").replace("+34 600 111 222", "call Quillana")
    (tmp_path / "hubspot.csv").write_text(HUBSPOT + bad + BO.replace("+34 600 111 222", "call Bo"), "utf-8")
    unify([tmp_path / "hubspot.csv"], store, now=NOW)
    export = access_export(store, by_name(store, "Quillana").contact_id, at=LATER)
    assert [(one["code"], one["raw"]) for one in export.parts["reports"]] == [("phone.not_a_number", "call Quillana")]
    assert "call Bo" not in export.to_json()


def test_what_people_said_of_a_pair_is_told_also_where_no_machine_spoke(store: ContactStore, tmp_path: Path) -> None:
    ana = fill(store, tmp_path)
    (key, *_) = (source.key for source in ana.sources)
    left, right = sorted((key, "zoo:1"))
    store.put_decisions(
        [DecisionRow(left, right, "no_match", 0.0, "judged", "", "", "person", by="osei", at="2026-07-01T00:00:00+00:00")]
    )
    told = [pair for pair in access_export(store, ana.contact_id, at=LATER).to_dict()["decisions"] if pair["record"] == key]
    assert ("no_match", "osei") in [(one["judgement"], one.get("by")) for pair in told for one in pair["versions"]]
