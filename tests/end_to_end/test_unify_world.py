"""The main job on the shipped world: against its truth, again, in another order, with one more file, by two processes at once."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact.errors import InputError, NothingReadError, StoreBusyError
from canonical_contact.model import EventName, Judgement
from canonical_contact.pipeline import UnifyResult, summary, unify
from canonical_contact.ports import Written
from canonical_contact.store import MemoryStore, SQLiteStore, iter_contacts, waiting_pairs

ROOT = Path(__file__).resolve().parents[2]
WORLD = ROOT / "examples" / "world"
NOW = datetime(2026, 7, 1, tzinfo=UTC)
EXPORTS = sorted(path for path in WORLD.rglob("*") if path.suffix in {".csv", ".vcf"} and "truth" not in path.name)


@pytest.fixture(scope="module")
def unified() -> Iterator[tuple[MemoryStore, UnifyResult]]:
    store = MemoryStore()
    yield store, unify([WORLD], store, now=NOW)
    store.close()


def stored(store: MemoryStore | SQLiteStore) -> list[tuple[str, str, int, tuple[str, ...]]]:
    return [(row.contact_id, row.digest, row.revision, row.members) for row in store.contacts()]


def test_against_the_truth_it_merges_right_misses_little_and_contacts_nobody_who_said_stop() -> None:
    done = subprocess.run(
        [sys.executable, "bench/truth.py", str(WORLD), "--json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    peer = json.loads(done.stdout)["canonical-contact"]
    pairs = peer["pairs"]
    assert pairs["precision"] >= 0.96
    assert pairs["recall"] >= 0.78
    assert pairs["share on the review list"] >= 0.5
    for question, counts in peer["consent"].items():
        assert not {name: number for name, number in counts.items() if name.startswith("VIOLATION") and number}, question
        share = counts["share allowed"]
        assert share is None or share >= 0.99, question  # of those whom nothing forbids and whose evidence suffices


def test_every_record_has_one_link_and_every_link_a_contact(unified: tuple[MemoryStore, UnifyResult]) -> None:
    store, result = unified
    with (WORLD / "truth.csv").open(encoding="utf-8", newline="") as file:
        expected = {(row["system"], row["record_id"]) for row in csv.DictReader(file)}
    assert {(system, label) for system, label, _ in result.links} == expected
    assert len(result.links) == len(expected)
    assert all(store.contact(contact) for *_, contact in result.links)


def test_what_the_caps_of_blocking_leave_out_is_reported(unified: tuple[MemoryStore, UnifyResult]) -> None:
    _, result = unified
    assert sum(report.first for report in result.blocking) == result.pairs
    assert json.loads(json.dumps(summary(result)))["blocking"][0]["left_out"] >= 0


def test_nobody_is_asked_about_a_pair_that_is_one_contact_already(unified: tuple[MemoryStore, UnifyResult]) -> None:
    store, result = unified
    home = dict(store.members())
    assert any(home[row.left] == home[row.right] for row in store.decisions(Judgement.REVIEW)), "this world has such pairs"
    assert 0 < len(waiting_pairs(store)) == result.review
    assert all(home[row.left] != home[row.right] for row in waiting_pairs(store))


def test_every_value_of_a_contact_is_traced_to_a_record(unified: tuple[MemoryStore, UnifyResult]) -> None:
    store, _ = unified
    for contact in iter_contacts(store):
        keys = {source.key for source in contact.sources}
        won = {claim.path for claim in contact.claims if claim.won}
        assert all(claim.source in keys for claim in contact.claims)
        if contact.name:
            assert "$.name" in won
        assert {f"$.emails[{place}]" for place in range(len(contact.emails))} <= won
        assert {f"$.phones[{place}]" for place in range(len(contact.phones))} <= won


def test_the_same_exports_again_change_nothing(unified: tuple[MemoryStore, UnifyResult]) -> None:
    store, first = unified
    before = stored(store)
    again = unify([WORLD], store, now=NOW + timedelta(days=30))
    assert stored(store) == before
    assert (again.contacts.new, again.contacts.changed, again.pairs, again.retired) == (0, 0, 0, 0)
    assert again.records == Written(0, 0, first.records.new)
    assert again.links == first.links


def test_rows_sorted_otherwise_change_nothing(unified: tuple[MemoryStore, UnifyResult], tmp_path: Path) -> None:
    store, _ = unified
    shutil.copytree(WORLD, tmp_path / "world")
    for path in (tmp_path / "world").rglob("*.csv"):
        data = path.read_bytes()
        encoding = "cp1252" if "outlook" in path.name else "utf-8-sig"
        with path.open(encoding=encoding, newline="") as file:
            delimiter = ";" if "spreadsheet" in path.name else ","
            header, *rows = csv.reader(file, delimiter=delimiter)
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows([header, *reversed(rows)])
        assert path.read_bytes() != data
    before = stored(store)
    again = unify([tmp_path / "world"], store, now=NOW + timedelta(days=30))
    assert stored(store) == before
    assert (again.records.new, again.records.changed) == (0, 0)


def test_several_workers_and_sqlite_give_the_same_as_one_process_in_memory(
    unified: tuple[MemoryStore, UnifyResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("canonical_contact.engine.reading.CHUNK", 40)  # small chunks, so that the workers have work
    monkeypatch.setattr("canonical_contact.engine.folding.CHUNK", 20)
    store, _ = unified
    fresh = MemoryStore()
    unify([WORLD], fresh, now=NOW)
    with SQLiteStore(tmp_path / "contacts.db") as other:
        unify([WORLD], other, now=NOW, workers=2)
        assert stored(other) == stored(fresh)
        assert [document for row in other.contacts() for document in other.history(row.contact_id)] == [
            document for row in fresh.contacts() for document in fresh.history(row.contact_id)
        ]
    assert [row[0] for row in stored(fresh)] == [row[0] for row in stored(store)]


def test_one_more_file_joins_records_to_existing_contacts_under_the_saved_weights() -> None:
    store = MemoryStore()
    late = [path for path in EXPORTS if path.name.startswith(("google", "phone"))]
    first = unify([path for path in EXPORTS if path not in late], store, now=NOW)
    weights, before = store.setting("match.model"), {row.contact_id for row in store.contacts()}
    second = unify(late, store, now=NOW + timedelta(days=1))
    assert store.setting("match.model") == weights
    joined = {contact for *_, contact in second.links} & before
    assert len(joined) > 20, "late records find the contacts that are there"
    assert {contact for *_, contact in first.links} <= before
    gone = before - {row.contact_id for row in store.contacts()}
    assert all(store.contact(contact) for contact in gone), "a retired id leads on"
    assert second.retired == len(gone)
    for contact in gone:
        row = store.contact(contact)
        assert row is not None
        assert any(EventName.CONTACT_MERGED in document for document in store.history(row.contact_id))


def test_an_opt_out_that_comes_later_blocks_everybody_who_shares_the_address(tmp_path: Path) -> None:
    crm, late = tmp_path / "crm.csv", tmp_path / "hubspot.csv"
    crm.write_text("Nr,First name,Last name,E-mail\n1,Ana,Gil,ana@x.es\n2,Luis,Gil,ana@x.es\n3,Eva,Sol,eva@x.es\n", "utf-8")
    late.write_text(
        "Record ID,First Name,Last Name,Email,Phone Number,Unsubscribed from all email,Last Modified Date\n"
        "9,Zoe,Other,ana@x.es,,true,2026-05-01 10:00\n",
        "utf-8",
    )
    from canonical_contact import may_contact

    store = MemoryStore()
    unify([crm], store, now=NOW)
    asked = {c.name.given: may_contact(c, "email", at=NOW, regime="can_spam").allowed for c in iter_contacts(store) if c.name}
    assert asked == {"Ana": True, "Luis": True, "Eva": True}
    unify([late], store, now=NOW)
    answers = {c.name.given: may_contact(c, "email", at=NOW, regime="can_spam") for c in iter_contacts(store) if c.name}
    assert {name: answer.allowed for name, answer in answers.items()} == {"Ana": False, "Luis": False, "Zoe": False, "Eva": True}
    assert "shared_endpoint" in answers["Ana"].reasons


def test_a_block_outlives_a_later_export_that_no_longer_shows_it(tmp_path: Path) -> None:
    from canonical_contact import may_contact

    export = tmp_path / "hubspot.csv"
    header = "Record ID,First Name,Last Name,Email,Unsubscribed from all email,Last Modified Date\n"
    store = MemoryStore()
    for flag, day in (("true", "01"), ("false", "02")):
        export.write_text(f"{header}9,Zoe,Sol,zoe@x.es,{flag},2026-05-{day} 10:00\n", "utf-8")
        unify([export], store, now=NOW)
    (zoe,) = iter_contacts(store)
    assert zoe.revision == 2
    assert not may_contact(zoe, "email", at=NOW, regime="can_spam")


def test_a_column_that_looks_like_an_opt_out_blocks_until_it_is_mapped(tmp_path: Path) -> None:
    from canonical_contact import may_contact

    sheet = tmp_path / "sheet.csv"
    sheet.write_text("First name,Last name,E-mail,Mailing opt-out\nAna,Gil,ana@x.es,yes\nEva,Sol,eva@x.es,\n", "utf-8")
    store = MemoryStore()
    result = unify([sheet], store, now=NOW)
    assert result.problems["consent.unmapped_column"] >= 1
    allowed = {c.name.given: may_contact(c, "email", at=NOW, regime="can_spam").allowed for c in iter_contacts(store) if c.name}
    assert allowed == {"Ana": False, "Eva": True}


def test_two_runs_at_once_on_one_store_do_as_one_after_the_other(tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-c", "import sys; from canonical_contact.cli import main; sys.exit(main())"),
        *("unify", str(WORLD), "--store", str(tmp_path / "c.db"), "--at", NOW.isoformat(), "--workers", "1", "--json"),
    ]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    results = []
    for process in both:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        results.append(json.loads(out))
    assert sorted(result["records"]["new"] > 0 for result in results) == [False, True]
    fresh = MemoryStore()
    unify([WORLD], fresh, now=NOW)
    with SQLiteStore(tmp_path / "c.db") as store:
        assert [row[0] for row in stored(store)] == [row[0] for row in stored(fresh)]


def test_a_run_that_must_wait_too_long_says_so(tmp_path: Path) -> None:
    with (
        SQLiteStore(tmp_path / "c.db") as one,
        SQLiteStore(tmp_path / "c.db") as two,
        one.run(NOW),
        pytest.raises(StoreBusyError, match="wait"),
    ):
        unify([WORLD], two, now=NOW, wait=0.1)


def test_a_failed_run_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    with SQLiteStore(tmp_path / "c.db") as store:
        unify(EXPORTS[:2], store, now=NOW)
        before = stored(store)
        with monkeypatch.context() as patch:
            patch.setattr("canonical_contact.pipeline.fold_all", fail)
            with pytest.raises(RuntimeError, match="broken"):
                unify([WORLD], store, now=NOW + timedelta(hours=1))
        assert stored(store) == before
        broken = store.unfinished_run()
        assert broken is not None
        result = unify([WORLD], store, now=NOW + timedelta(days=9))
        assert result.run.resumed
        assert result.run.started_at == broken.started_at == NOW + timedelta(hours=1)


def test_what_cannot_be_read_is_named_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(NothingReadError) as caught:
        unify([tmp_path / "empty.csv", tmp_path / "missing.csv"], MemoryStore(), now=NOW)
    assert [problem.code for problem in caught.value.problems] == ["file.empty", "file.missing"]
    with pytest.raises(InputError, match="time zone"):
        unify([WORLD], MemoryStore(), now=datetime(2026, 7, 1))  # noqa: DTZ001 - the mistake
    with SQLiteStore(tmp_path / "c.db") as store, pytest.raises(InputError, match="store itself"):
        unify([tmp_path / "c.db"], store, now=NOW)
