"""Records made again by other rules: what changes, what does not, and that nobody is freed of a block."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

from canonical_contact import MemoryStore, may_contact, unify
from canonical_contact.engine.layouts import SETTING, layouts
from canonical_contact.engine.renormalize import Renormalized, renormalize
from canonical_contact.formats import read
from canonical_contact.model import RawRecord, SourceRecord
from canonical_contact.normalize import Normalizer, Profile
from canonical_contact.normalize.profile import RULES
from canonical_contact.normalize.profiled import digest_of
from canonical_contact.ports import ContactStore, Written
from canonical_contact.schema import from_json
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
OLD = Profile("default", {**RULES, "phone": "phone/1"})
GERMAN = Profile.from_toml('normalizers.phone.region = "DE"')
HUBSPOT = "Record ID,First Name,Last Name,Email,Phone Number,Unsubscribed from all email,Last Modified Date\n"
CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:c1\r\nFN:Bea Roy\r\nN:Roy;Bea;;;\r\nTEL;TYPE=cell:+49 171 7654321\r\nTEL:+49 30 901820\r\nEMAIL:bea@x.es\r\nEND:VCARD\r\n"
OWN = 'id = "Nr"\n[columns]\n"Vorname" = "name.given"\n"Nachname" = "name.surname"\n"Post" = "emails[].address"\n"Tel" = "phones[].number"\n'


class Silent:
    def stage(self, name: str, total: int | None) -> None: ...

    def advance(self, n: int) -> None: ...


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "hubspot.csv": HUBSPOT + "1,Ana,Gil,ana@x.es,+34 600 111 222,false,2026-05-01\n2,Zoe,Sol,zoe@x.es,,true,2026-05-02\n",
        "list.csv": "First name,Last name,E-mail,Phone,Birthday\nMax,Ott,max@x.es,+49 171 1234567,03/04/1970\nEva,Ott,eva@x.es,,25/12/1999\n",
        "cards.vcf": CARD,
        "own.csv": "Nr,Vorname,Nachname,Post,Tel\n7,Lea,Weg,lea@x.es,+43 664 1234567\n",
        "own.mapping.toml": OWN,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8", newline="")
    return tmp_path


def filled(folder: Path, profile: Profile | None = OLD) -> MemoryStore:
    store = MemoryStore()
    unify([path for path in sorted(folder.iterdir()) if path.suffix != ".toml"], store, now=NOW, profile=profile)
    return store


def again(
    store: ContactStore, profile: Profile | None = None, *, dry_run: bool = False, region: str | None = None
) -> Renormalized:
    return renormalize(store, profile=profile, now=LATER, dry_run=dry_run, region=region, progress=Silent())


def content(store: MemoryStore) -> Mapping[str, object]:
    return {name: dict(store._read(name)) for name in store._tables}


def records(store: ContactStore) -> dict[str, SourceRecord]:
    return {row.key: from_json(SourceRecord, row.document) for row in store.records()}


def test_records_of_older_rules_are_made_again_from_what_the_store_keeps(folder: Path) -> None:
    store = filled(folder)
    for path in folder.iterdir():
        path.unlink()  # no file is needed
    before = records(store)
    result = again(store)
    assert (result.looked_at, result.stale, result.records, result.kept) == (6, 6, Written(0, 6, 0), {})
    assert result.rules == {"phone/1": 5}
    after = records(store)
    fresh = {key: (record.card, record.evidence, record.same_as) for key, record in after.items()}
    assert fresh == {key: (record.card, record.evidence, record.same_as) for key, record in before.items()}
    assert {claim.rule for record in after.values() for claim in record.claims if claim.path.startswith("$.phones")} == {
        "phone/2"
    }
    assert all(len(list(store.record_versions(key))) == 2 for key in after)


def test_what_comes_out_is_what_reading_the_files_again_gives(folder: Path) -> None:
    store = filled(folder)
    again(store)
    fresh = filled(folder, None)
    assert {row.key: row.digest for row in store.records()} == {row.key: row.digest for row in fresh.records()}
    result = unify([path for path in sorted(folder.iterdir()) if path.suffix != ".toml"], store, now=LATER)
    assert result.records == Written(0, 0, 6)


@pytest.mark.parametrize("profile", [None, GERMAN])
def test_a_second_time_nothing_is_written(folder: Path, profile: Profile | None) -> None:
    store = filled(folder)
    again(store, profile)
    before = content(store)
    result = again(store, profile)
    assert (result.stale, result.records, result.contacts) == (0, Written(0, 0, 0), Written(0, 0, 0))
    assert content(store) == before


def test_a_trial_says_what_would_change_and_writes_nothing(folder: Path) -> None:
    store = filled(folder)
    before = content(store)
    result = again(store, dry_run=True)
    assert (result.dry_run, result.records.changed) == (True, 6)
    assert content(store) == before
    assert again(store).records == result.records


def test_settings_are_rules_too(folder: Path) -> None:
    store = filled(folder, None)
    assert again(store, GERMAN).records.changed == 6
    assert {claim.rule for record in records(store).values() for claim in record.claims if claim.path.startswith("$.phones")} == {
        "phone/2?region=DE"
    }


def test_the_order_of_dates_that_a_file_showed_is_kept(folder: Path) -> None:
    store = filled(folder)
    again(store)
    assert sorted(record.card.birthday for record in records(store).values() if record.card.birthday) == [
        "1970-04-03",
        "1999-12-25",
    ]


def test_what_was_read_before_the_store_kept_how_needs_its_file(folder: Path) -> None:
    store = filled(folder)
    store.put_setting(SETTING, "{}")
    before = content(store)
    result = again(store)
    assert (result.stale, result.kept, result.records) == (4, {"file_needed": 4}, Written(0, 0, 0))
    assert content(store) == before


def test_cells_that_do_not_give_what_was_read_then_are_left_alone(folder: Path) -> None:
    store = filled(folder)
    kept = json.loads(store.setting(SETTING) or "")
    for found in kept.values():
        for one in found:
            one["region"] = "FR"  # not what it was
    store.put_setting(SETTING, json.dumps(kept))
    assert again(store).kept == {"file_needed": 4}


def test_what_is_kept_of_a_file_does_not_grow_by_reading_it_again(folder: Path) -> None:
    store = filled(folder, None)
    before = store.setting(SETTING)
    unify([path for path in sorted(folder.iterdir()) if path.suffix != ".toml"], store, now=LATER)
    assert store.setting(SETTING) == before
    assert sorted(Path(file).name for file in layouts(store)) == ["cards.vcf", "hubspot.csv", "list.csv", "own.csv"]


def test_a_digest_here_is_the_normalisers(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        for raw in read(path) if path.suffix != ".toml" else ():
            assert isinstance(raw, RawRecord)
            made = Normalizer(default_region="DE", profile=OLD).record(raw, "a:1", "1")
            assert digest_of(raw, OLD.version, "DE") == made.digest


# --- consent ---------------------------------------------------------------------------------------------------------------------------


def blocked(store: ContactStore) -> dict[str, bool]:
    return {
        contact.name.given: not may_contact(contact, "email", at=LATER, regime="can_spam")
        for contact in iter_contacts(store)
        if contact.name
    }


def test_a_refusal_holds(folder: Path) -> None:
    store = filled(folder)
    before = blocked(store)
    assert before["Zoe"]
    events = [row.event_id for row in store.events()]
    again(store)
    assert blocked(store) == before
    assert [row.event_id for row in store.events()] == events


def test_a_block_that_an_unmapped_column_showed_holds(tmp_path: Path) -> None:
    path = tmp_path / "crm.csv"
    path.write_text("Nr,First name,Last name,E-mail,Mailing opt-out\n1,Ana,Gil,ana@x.es,maybe\n", "utf-8")
    store = MemoryStore()
    unify([path], store, now=NOW, profile=OLD)
    assert again(store).records.changed == 1
    assert blocked(store) == {"Ana": True}


def test_a_record_that_would_lose_a_block_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The rules of today read an address in another way than those that the refusal of another record was bound by.
    zoe, ana = tmp_path / "hubspot.csv", tmp_path / "list.csv"
    zoe.write_text(HUBSPOT + "2,Zoe,Sol,team@x.es,,true,2026-05-02\n", "utf-8")
    ana.write_text("First name,Last name,E-mail\nAna,Gil,team@x.es\n", "utf-8")
    store = MemoryStore()
    unify([zoe, ana], store, now=NOW, profile=OLD)
    kept = json.loads(store.setting(SETTING) or "")
    kept.pop(str(zoe))  # the record that refuses cannot be made again, so that its refusal stays where it is
    store.put_setting(SETTING, json.dumps(kept))
    assert blocked(store) == {"Zoe": True, "Ana": True}

    class Other(Normalizer):
        def record(self, raw: RawRecord, key: str, record_id: str) -> SourceRecord:
            values = {path: text.replace("team@", "squad@") for path, text in raw.values.items()}
            made = super().record(raw, key, record_id)
            return evolve(super().record(evolve(raw, values=values), key, record_id), digest=made.digest)

    monkeypatch.setattr("canonical_contact.normalize.profiled.Normalizer", Other)
    before = content(store)
    result = again(store)
    assert (result.kept.get("would_unblock"), result.records.changed) == (1, 0)
    assert blocked(store) == {"Zoe": True, "Ana": True}
    assert {name: table for name, table in content(store).items() if name in ("record", "contact", "event")} == {
        name: table for name, table in before.items() if name in ("record", "contact", "event")
    }
