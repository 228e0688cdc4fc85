"""Runs on one store, one after the other: what a later run must not lose, and what it must not write anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from canonical_contact import Contact, MemoryStore, may_contact, unify
from canonical_contact.ports import Written
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
HUBSPOT = "Record ID,First Name,Last Name,Email,Unsubscribed from all email,Last Modified Date\n"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def named(store: MemoryStore) -> dict[str, Contact]:
    return {contact.name.given: contact for contact in iter_contacts(store) if contact.name}


def test_a_provisional_block_on_a_shared_mailbox_ends_for_all_when_its_column_is_mapped(tmp_path: Path) -> None:
    store = MemoryStore()
    other = write(tmp_path, "hubspot.csv", f"{HUBSPOT}9,Zoe,Other,ana@x.es,false,2026-05-01 10:00\n")
    sheet = write(tmp_path, "crm.csv", "Nr,First name,Last name,E-mail,Mailing opt-out\n1,Ana,Gil,ana@x.es,maybe\n")
    unify([sheet, other], store, now=NOW)
    assert not may_contact(named(store)["Zoe"], "email", at=NOW, regime="can_spam")
    write(
        tmp_path,
        "crm.mapping.toml",
        'id = "Nr"\n[columns]\n"First name" = "name.given"\n"Last name" = "name.surname"\n"E-mail" = "emails[].address"\n'
        '[consent."Mailing opt-out"]\nsays = "opt_out"\nchannel = "email"\nwords = { maybe = "no" }\n',
    )
    unify([sheet], store, now=NOW + timedelta(days=1))
    fresh = MemoryStore()
    unify([sheet, other], fresh, now=NOW)
    assert may_contact(named(fresh)["Zoe"], "email", at=NOW, regime="can_spam")
    assert may_contact(named(store)["Zoe"], "email", at=NOW, regime="can_spam")


def test_an_older_export_read_after_a_newer_one_does_not_turn_the_record_back(tmp_path: Path) -> None:
    store = MemoryStore()
    june = write(tmp_path, "june.csv", f"{HUBSPOT}9,Zoe,Sol,old@x.es,false,2026-06-01 10:00\n")
    july = write(tmp_path, "july.csv", f"{HUBSPOT}9,Zoe,Sol,new@x.es,false,2026-07-01 10:00\n")
    unify([july], store, now=NOW)
    result = unify([june], store, now=NOW + timedelta(days=1))
    assert [email.address for email in named(store)["Zoe"].emails] == ["new@x.es"]
    assert result.records == Written(0, 0, 1)


def test_two_exports_of_one_system_read_again_change_nothing(tmp_path: Path) -> None:
    store = MemoryStore()
    june = write(tmp_path, "june.csv", f"{HUBSPOT}9,Zoe,Sol,old@x.es,false,2026-06-01 10:00\n")
    july = write(tmp_path, "july.csv", f"{HUBSPOT}9,Zoe,Sol,new@x.es,false,2026-07-01 10:00\n")
    unify([june, july], store, now=NOW)
    result = unify([june, july], store, now=NOW + timedelta(days=1))
    assert (result.records.new, result.records.changed) == (0, 0)
    assert len(list(store.record_versions("hubspot:9"))) == 2


def test_of_several_older_exports_none_turns_a_record_back_however_far_apart_they_are_read(tmp_path: Path) -> None:
    store = MemoryStore()
    rows = {month: f"9,Zoe,Sol,m{month}@x.es,false,2026-0{month}-01 10:00\n" for month in (4, 5, 7)}
    filler = "".join(f"{n},Name{n},Sol,n{n}@x.es,false,2026-01-01 10:00\n" for n in range(100, 700))
    unify([write(tmp_path, "july.csv", HUBSPOT + rows[7])], store, now=NOW)
    unify([write(tmp_path, "old.csv", HUBSPOT + rows[4] + filler + rows[5])], store, now=NOW + timedelta(days=1))
    assert [email.address for email in named(store)["Zoe"].emails] == ["m7@x.es"]


def test_two_undated_rows_with_one_id_are_both_kept_and_read_again_change_nothing(tmp_path: Path) -> None:
    for first, second in (("Ana", "Anna"), ("Anna", "Ana")):
        sheet, store = tmp_path / "list.csv", MemoryStore()
        sheet.write_text(f"Nr,First name,Last name,E-mail\n7,{first},Gil,ana@x.es\n7,{second},Gil,ana@x.es\n", "utf-8")
        result = unify([sheet], store, now=NOW)
        assert result.problems["record.id_twice"] == 1
        versions = [row.digest for row in store.record_versions("list:7")]
        assert len(set(versions)) == 2, "nothing of either row is lost"
        again = unify([sheet], store, now=NOW)
        assert [row.digest for row in store.record_versions("list:7")] == versions
        assert (again.records.new, again.records.changed, again.contacts.changed) == (0, 0, 0)


def test_an_undated_value_that_is_set_back_is_set_back(tmp_path: Path) -> None:
    sheet, store = tmp_path / "list.csv", MemoryStore()
    for name in ("Ana", "Anna", "Ana"):
        sheet.write_text(f"Nr,First name,Last name,E-mail\n7,{name},Gil,ana@x.es\n", "utf-8")
        unify([sheet], store, now=NOW)
        (contact,) = iter_contacts(store)
        assert contact.name is not None
        assert contact.name.given == name


def test_an_older_state_of_a_dated_record_is_kept_behind_the_present_one(tmp_path: Path) -> None:
    store, header = MemoryStore(), "Record ID,First Name,Last Name,Email,Last Modified Date\n"
    for name, day in (("Ana", "09"), ("Anna", "01")):
        (tmp_path / "hubspot.csv").write_text(f"{header}7,{name},Gil,ana@x.es,2026-05-{day} 10:00\n", "utf-8")
        unify([tmp_path / "hubspot.csv"], store, now=NOW)
    (contact,) = iter_contacts(store)
    assert contact.name is not None
    assert contact.name.given == "Ana"
    assert any('"Anna"' in row.document for row in store.record_versions("hubspot:7"))


def test_a_pair_is_judged_anew_only_when_one_of_its_records_changed(tmp_path: Path) -> None:
    store, sheet, text = MemoryStore(), tmp_path / "list.csv", "Nr,First name,Last name,E-mail\n1,Ana,Gil,ana@x.es\n"
    sheet.write_text(f"{text}2,Ana,Gil,ana@x.es\n3,Eva,Sol,eva@x.es\n", "utf-8")
    unify([sheet], store, now=NOW)
    assert len(list(store.decision_versions("list:1", "list:2"))) == 1
    sheet.write_text(f"{text}2,Ana,Gil,ana@x.es\n3,Eva,Luna,eva@x.es\n", "utf-8")
    unify([sheet], store, now=NOW)
    assert len(list(store.decision_versions("list:1", "list:2"))) == 1
    sheet.write_text(f"{text}2,Zoe,Luna,zoe@y.es\n3,Eva,Luna,eva@x.es\n", "utf-8")
    unify([sheet], store, now=NOW)
    assert [row.judgement for row in store.decision_versions("list:1", "list:2")] == ["match", "no_match"]
    assert {len(contact.sources) for contact in iter_contacts(store)} == {1}
