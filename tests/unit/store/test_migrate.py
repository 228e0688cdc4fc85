from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact.consent.ledger import anchor, verify
from canonical_contact.errors import InputError, StoreError
from canonical_contact.model import SCHEMA_VERSION, Activity, Channel, ConsentEvent, ConsentProof, EventType, SourceRecord
from canonical_contact.pipeline import unify
from canonical_contact.ports import ContactRow, ContactStore, EventRow
from canonical_contact.schema import from_json, to_json
from canonical_contact.store import MemoryStore, SQLiteStore, iter_contacts, migrate_store, same_document

NOW = datetime(2026, 7, 1, tzinfo=UTC)
WORLD = Path("examples/world")
KINDS = ("source_record", "consent_event", "activity", "contact", "event")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the small world, made by the main job."""
    path = tmp_path_factory.mktemp("world") / "contacts.db"
    with SQLiteStore(path) as store:
        unify([WORLD], store, now=NOW)
    return path


@pytest.fixture
def store(world: Path, tmp_path: Path) -> Iterable[SQLiteStore]:
    path = tmp_path / "contacts.db"
    path.write_bytes(world.read_bytes())
    with SQLiteStore(path) as opened:
        yield opened


def documents(store: ContactStore) -> dict[str, list[str]]:
    return {kind: [text for _, text in store.documents(kind)] for kind in KINDS}


def versions(store: ContactStore) -> set[str]:
    return {json.loads(text)["schema_version"] for texts in documents(store).values() for text in texts}


def test_a_store_goes_down_and_up_again_and_every_document_is_what_it_was(store: SQLiteStore) -> None:
    before = documents(store)
    assert all(before.values())
    down = migrate_store(store, "1.0", batch=300)
    assert versions(store) == {"1.0"}
    assert (down.changed, down.rejected, down.versions) == (sum(map(len, before.values())), 0, {SCHEMA_VERSION: down.documents})
    up = migrate_store(store, batch=300)
    assert up.kinds == down.kinds
    after = documents(store)
    for kind in KINDS:
        assert [json.loads(text) for text in after[kind]] == [json.loads(text) for text in before[kind]]


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
@pytest.mark.parametrize("way", [("1.1", "1.2"), ("1.0", "1.2"), ("1.1", "1.0", "1.1", "1.2")], ids="-".join)
def test_the_ledger_keeps_its_chain_and_what_1_2_adds_comes_back(kind: str, way: tuple[str, ...], tmp_path: Path) -> None:
    events = [
        ConsentEvent(
            f"e{number}",
            EventType.OPT_IN_UNCONFIRMED,
            Channel.EMAIL,
            record="crm:1",
            endpoint="ana@example.org",
            effective_at=NOW,
            expires_at=NOW + timedelta(days=number),
            proof=ConsentProof(token_hash="ab", evidence_refs=(f"doc:{number}", "doc:0"), evidence_hash="cd"),
        )
        for number in range(1, 8)
    ]
    store: ContactStore = MemoryStore() if kind == "memory" else SQLiteStore(tmp_path / "chained.db")
    try:
        store.put_events(EventRow(one.event_id, one.record, "email", one.endpoint, False, to_json(one)) for one in events)
        store.forget(["e3"])
        del events[2]
        head, written = store.ledger_head(), [json.loads(row.document) for row in store.events()]
        for version in way:
            done = migrate_store(store, version, batch=2)
            assert (done.changed, done.rejected) == (6, 0)
            assert versions(store) == {version}
            assert store.ledger_head() == head
            found = verify(store.entries(), head, [anchor(head)])
            assert (found.ok, found.entries, found.forgotten) == (True, 7, 1)
            plain = [json.loads(row.document) for row in store.events()]
            assert all(("evidence_hash" in one.get("proof", {})) is (version == "1.2") for one in plain)
            assert [from_json(ConsentEvent, row.document) for row in store.events()] == events
        assert [json.loads(row.document) for row in store.events()] == written
    finally:
        store.close()


def test_a_store_of_1_0_is_read_as_it_was(store: SQLiteStore) -> None:
    before = list(iter_contacts(store))
    records = [from_json(SourceRecord, row.document) for row in store.records()]
    events = [from_json(ConsentEvent, row.document) for row in store.events()]
    migrate_store(store, "1.0")
    assert list(iter_contacts(store)) == before
    assert [from_json(SourceRecord, row.document) for row in store.records()] == records
    assert [from_json(ConsentEvent, row.document) for row in store.events()] == events
    assert all(from_json(Activity, row.document) for row in store.activities())


@pytest.mark.parametrize("refold", [False, True])
def test_nothing_has_changed_for_the_main_job_in_a_store_of_1_0(store: SQLiteStore, refold: bool) -> None:
    before = [(row.contact_id, row.digest, row.revision) for row in store.contacts()]
    counts, digests = store.counts(), store.record_digests()
    migrate_store(store, "1.0")
    if refold:
        store.put_setting("fold.version", "an earlier one")
    done = unify([WORLD], store, now=NOW + timedelta(days=1))
    assert (done.records.new, done.records.changed, done.contacts.new, done.contacts.changed) == (0, 0, 0, 0)
    assert (store.counts(), store.record_digests()) == (counts, digests)
    assert [(row.contact_id, row.digest, row.revision) for row in store.contacts()] == before


def test_a_dry_run_writes_nothing(store: SQLiteStore) -> None:
    before = documents(store)
    dry = migrate_store(store, "1.0", dry_run=True)
    assert documents(store) == before
    assert store.setting("schema.migration") is None
    wet = migrate_store(store, "1.0")
    assert (dry.documents, dry.changed, dry.parked, dry.kinds) == (wet.documents, wet.changed, wet.parked, wet.kinds)


def test_a_broken_migration_goes_on_behind_its_last_batch(store: SQLiteStore) -> None:
    told: list[int] = []

    def stop(count: int) -> None:
        told.append(count)
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate_store(store, "1.0", batch=20, progress=stop)
    assert versions(store) == {"1.0", SCHEMA_VERSION}
    list(iter_contacts(store))  # a store of both is a store
    told.clear()
    done = migrate_store(store, "1.0", batch=20, progress=told.append)
    assert done.resumed
    assert told[0] == 60
    assert sum(told) == done.documents == sum(map(len, documents(store).values()))
    assert done.versions == {SCHEMA_VERSION: done.documents}
    assert versions(store) == {"1.0"}
    assert not migrate_store(store, "1.0").changed


def test_a_migration_to_another_version_begins_anew(store: SQLiteStore) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate_store(store, "1.0", batch=20, progress=stop)
    assert not migrate_store(store, "1.1").resumed
    assert versions(store) == {"1.1"}


def test_a_document_that_cannot_be_read_stays_and_is_told() -> None:
    store = MemoryStore()
    texts = [
        "nonsense",
        "[1]",
        '{"contact_id":"3","schema_version":"7.0"}',
        '{"contact_id":"4","schema_version":"1.0"}',
        "[" * 99_999,
    ]
    store.put_contacts(ContactRow(f"{number}", text, "d", ()) for number, text in enumerate(texts))
    done = migrate_store(store)
    assert (done.documents, done.rejected) == (1, 4)
    assert done.problems == {"document.malformed": 1, "document.not_json": 2, "document.version_unknown": 1}
    assert [problem.file for problem in done.examples] == ["contact"] * 4
    assert [row.document for row in store.contacts()] == [*texts[:3], texts[3].replace("1.0", SCHEMA_VERSION), texts[4]]


def test_versions_that_do_not_exist_are_refused() -> None:
    with pytest.raises(InputError, match=r"no schema 4\.0"):
        migrate_store(MemoryStore(), "4.0")


def test_a_ledger_cannot_be_changed_by_way_of_a_rewrite() -> None:
    store = MemoryStore()
    text = '{"event_id":"e","type":"withdraw","channel":"email","schema_version":"1.0"}'
    store.put_events([EventRow("e", "a:1", "email", "", True, text)])
    for other in (
        text.replace("withdraw", "opt_in"),
        text.replace("email", "sms"),
        text[:-1] + ',"expires_at":"2026-01-01T00:00:00Z"}',
    ):
        with pytest.raises(StoreError, match="not the same one"):
            store.rewrite("consent_event", [('["e", 0]', other)])


def test_what_is_the_same_document() -> None:
    new = f'{{"contact_id":"1","schema_version":"{SCHEMA_VERSION}","deleted":true}}'
    assert same_document("contact", new, new)
    assert not same_document("contact", new, '{"contact_id":"1","schema_version":"1.0"}')  # would be contactable again
    assert not same_document("contact", new, "nonsense")
    assert not same_document("contact", new, "[]")
