from __future__ import annotations

import json
from pathlib import Path

import pytest

from canonical_contact.cli import _schema_migrate
from canonical_contact.cli._exit import Exit
from canonical_contact.model import SCHEMA_VERSION
from canonical_contact.schema.migrations import KINDS
from canonical_contact.store import SQLiteStore
from command_line import ANA_ID, Call

DOCUMENTS = Path("tests/compat/golden/1.1")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "new.jsonl"
    lines = [json.dumps(json.loads((DOCUMENTS / f"{name}.json").read_text("utf-8"))) for name in ("contact-full", "event-full")]
    path.write_text("\n".join([*lines, "nonsense"]) + "\n", encoding="utf-8")
    return path


def test_a_file_goes_down_and_up_again(call: Call, file: Path, tmp_path: Path) -> None:
    old, back = tmp_path / "old.jsonl", tmp_path / "back.jsonl"
    done = call("schema", "migrate", file, "--to", "1.0", "-o", old)
    assert (done.code, done.out) == (Exit.DONE, "")
    assert "new.jsonl:3: Write one JSON document on each line." in done.err
    assert "2 documents (2 of 1.1): 2 were brought to 1.0" in done.err
    assert "parked, to come back with the way up: " in done.err
    assert f"1 could not be read; they are in {old}.rejects" in done.err
    assert Path(f"{old}.rejects").read_text("utf-8") == "nonsense\n"
    assert call("schema", "migrate", old, "--to", "1.1", "-o", back).code == Exit.DONE
    assert [json.loads(line) for line in back.read_text("utf-8").splitlines()] == [
        json.loads(line) for line in file.read_text("utf-8").splitlines()[:2]
    ]


def test_a_dry_run_tells_what_would_change(call: Call, file: Path, tmp_path: Path) -> None:
    done = call("schema", "migrate", file, "--to", "1.0", "--dry-run", "--json")
    assert done.code == Exit.DONE
    told = json.loads(done.out)
    assert (told["documents"], told["changed"], told["rejected"], told["dry_run"]) == (2, 2, 1, True)
    assert told["parked"]["$.restrictions"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["new.jsonl"]
    assert "would be brought to 1.0" in call("schema", "migrate", file, "--to", "1.0", "--dry-run").err


def test_a_store_is_migrated_where_it_is(call: Call, store: Path) -> None:
    before = call("show", "--store", store, ANA_ID, "--json").out
    assert "would be brought" in call("schema", "migrate", "--store", store, "--to", "1.0", "--dry-run").err
    done = call("schema", "migrate", "--store", store, "--to", "1.0", "--json")
    assert done.code == Exit.DONE
    assert json.loads(done.out)["versions"] == {SCHEMA_VERSION: 5}
    with SQLiteStore(store) as opened:
        assert all('"schema_version":"1.0"' in row.document for row in opened.contacts())
    assert call("show", "--store", store, ANA_ID, "--json").out == before


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("FILE", "--store", "s.db"),
        ("FILE",),
        ("FILE", "-o", "-"),
        ("FILE", "-o", "FILE"),
        ("FILE", "-o", "no/folder/x.jsonl"),
        ("--store", "s.db", "-o", "x.jsonl"),
        ("--store", "s.db", "--strict"),
        ("FILE", "-o", "x.jsonl", "--kind", "card"),
    ],
)
def test_what_cannot_be_is_wrong_usage(call: Call, file: Path, arguments: tuple[str, ...]) -> None:
    done = call("schema", "migrate", *(file if one == "FILE" else one for one in arguments), "--to", "1.0")
    assert (done.code, done.out, len(done.err.splitlines())) == (Exit.USAGE, "", 1)


def test_a_version_that_does_not_exist_is_wrong_usage(call: Call, file: Path) -> None:
    done = call("schema", "migrate", file, "--to", "9.0", "--dry-run")
    assert done.code == Exit.USAGE
    assert "Published are: 1.0, 1.1" in done.err


def test_files_and_stores_that_are_not_there(call: Call, tmp_path: Path) -> None:
    assert call("schema", "migrate", tmp_path / "none.jsonl", "--to", "1.0", "--dry-run").code == Exit.NOTHING_READ
    assert call("schema", "migrate", "--store", tmp_path / "none.db", "--to", "1.0").code == Exit.STORE
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_a_document_is_nothing_read(call: Call, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("nonsense\n")
    assert call("schema", "migrate", tmp_path / "x.jsonl", "--to", "1.0", "--dry-run").code == Exit.NOTHING_READ


def test_who_stops_it_is_told_how_to_go_on(call: Call, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_schema_migrate, "_file", stop)
    done = call("schema", "migrate", file, "--to", "1.0", "-o", tmp_path / "x.jsonl")
    assert done.code == Exit.INTERRUPTED
    assert "the same command goes on from there" in done.err


def test_the_kinds_are_those_of_the_schema() -> None:
    assert set(_schema_migrate.KINDS) == set(KINDS)
