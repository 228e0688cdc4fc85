from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from canonical_contact.errors import InputError
from canonical_contact.schema import bulk
from canonical_contact.schema.bulk import migrate_file


def contact(number: int, version: str = "1.1", **fields: Any) -> str:
    document = {"contact_id": f"{number}", "schema_version": version, **fields}
    return json.dumps(document, separators=(",", ":")) + "\n"


def write(path: Path, count: int) -> Path:
    lines = (
        contact(n, kind="org", emails=[{"address": f"{n}@x", "status": "ok"}]) if n % 7 else f"nonsense {n}\n"
        for n in range(count)
    )
    path.write_text("".join(lines), encoding="utf-8")
    return path


class Stop(Exception):  # noqa: N818
    pass


def test_a_file_goes_down_and_up_again_byte_by_byte(tmp_path: Path) -> None:
    source = tmp_path / "new.jsonl"
    source.write_text("".join(contact(n, titles=["CEO"], kind="org") for n in range(50)), encoding="utf-8")
    down = migrate_file(source, tmp_path / "old.jsonl", "1.0")
    assert (down.documents, down.changed, down.versions, down.kinds, down.parked) == (
        50, 50, {"1.1": 50}, {"contact": 50}, {"$.kind": 50},
    )  # fmt: skip
    up = migrate_file(tmp_path / "old.jsonl", tmp_path / "back.jsonl", "1.1")
    assert up.restored == {"$.kind": 50}
    assert (tmp_path / "back.jsonl").read_bytes() == source.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back.jsonl", "new.jsonl", "old.jsonl"]


def test_a_document_of_the_version_is_copied_as_it_is(tmp_path: Path) -> None:
    source, text = (
        tmp_path / "a.jsonl",
        b'{ "contact_id" : "1",  "schema_version":"1.1" }\r\n{"contact_id":"2","schema_version":"1.1"}',
    )
    source.write_bytes(text)
    assert migrate_file(source, tmp_path / "b.jsonl", "1.1").changed == 0
    assert (tmp_path / "b.jsonl").read_bytes() == text + b"\n"


def test_a_bad_line_stops_nothing_and_is_kept(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    good = contact(1).encode()
    bad = [b"nonsense", b"[1]", b'{"x":1}', b'{"contact_id":"1"}', b'{"contact_id":"1","schema_version":"9.0"}', b"\xff\xfe", b'"\\ud800"',
           b'{"contact_id":"1","schema_version":"1.1","restrictions":["forget"],"suppressions":1}', b"[" * 99_999, b'{"contact_id":NaN}']  # fmt: skip
    source.write_bytes(b"\xef\xbb\xbf" + good + b"\n \r\n" + b"\n".join(bad) + b"\n" + good)
    done = migrate_file(source, tmp_path / "b.jsonl", "1.0")
    assert (done.documents, done.rejected) == (2, len(bad))
    assert done.problems == {
        "document.kind_unknown": 1,
        "document.malformed": 3,
        "document.not_json": 4,
        "document.version_unknown": 2,
    }
    assert [problem.line for problem in done.examples] == list(range(4, 4 + len(bad)))
    assert all(problem.hint and problem.file == "a.jsonl" for problem in done.examples)
    assert (tmp_path / "b.jsonl.rejects").read_bytes() == b"\n".join(bad) + b"\n"
    assert len((tmp_path / "b.jsonl").read_text().splitlines()) == 2


def test_a_line_that_is_too_long_is_kept_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "LONGEST", 100)
    source = tmp_path / "a.jsonl"
    source.write_text("x" * 350 + "\n" + contact(1) + "y" * 100 + "\n" + contact(2), encoding="utf-8")
    done = migrate_file(source, tmp_path / "b.jsonl")
    assert (done.documents, done.problems) == (2, {"document.malformed": 2})
    assert (tmp_path / "b.jsonl.rejects").read_text() == "x" * 350 + "\n" + "y" * 100 + "\n"


def test_a_kind_that_is_said_is_held_to(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text(
        contact(1) + '{"record":"a:1","kind":"call","at":"2026-07-01T00:00:00Z","schema_version":"1.1"}\n', encoding="utf-8"
    )
    assert migrate_file(source, dry_run=True).kinds == {"activity": 1, "contact": 1}
    assert migrate_file(source, dry_run=True, kind="activity").problems == {"document.kind_unknown": 1}


def test_a_dry_run_writes_nothing_and_says_what_would_change(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", 30)
    dry = migrate_file(source, to="1.0", dry_run=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]
    wet = migrate_file(source, tmp_path / "b.jsonl", "1.0")
    assert (dry.documents, dry.changed, dry.rejected, dry.parked, dry.problems) == (
        wet.documents, wet.changed, wet.rejected, wet.parked, wet.problems,
    )  # fmt: skip
    assert (dry.dry_run, wet.dry_run) == (True, False)


@pytest.mark.parametrize("stop_at", [1, 9, 10, 11, 57, 99])
def test_a_broken_migration_is_taken_up_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int) -> None:
    source = write(tmp_path / "a.jsonl", 100)
    whole = migrate_file(source, tmp_path / "whole.jsonl", "1.0")
    lines = 0

    def stop(line: bytes) -> bytes:
        nonlocal lines
        lines += 1
        if lines == stop_at:
            raise Stop
        return line

    real = bulk._lines
    with monkeypatch.context() as patch:
        patch.setattr(bulk, "_lines", lambda stream: map(stop, real(stream)))
        with pytest.raises(Stop):
            migrate_file(source, tmp_path / "b.jsonl", "1.0", every=10)
    assert not (tmp_path / "b.jsonl").exists()
    done = migrate_file(source, tmp_path / "b.jsonl", "1.0", every=10)
    assert done.resumed == (stop_at > 10)
    assert (done.documents, done.rejected, done.parked) == (whole.documents, whole.rejected, whole.parked)
    for name in ("", ".rejects"):
        assert (tmp_path / f"b.jsonl{name}").read_bytes() == (tmp_path / f"whole.jsonl{name}").read_bytes()
    assert not list(tmp_path.glob("*.part*"))


@pytest.mark.parametrize("change", ["source", "arguments", "note", "output"])
def test_work_on_something_else_is_not_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    source, target = write(tmp_path / "a.jsonl", 60), tmp_path / "b.jsonl"
    with monkeypatch.context() as patch:
        patch.setattr(bulk._Work, "end", lambda self: (_ for _ in ()).throw(Stop()))
        with pytest.raises(Stop):
            migrate_file(source, target, "1.0", every=10)
    assert (tmp_path / "b.jsonl.part.json").exists()
    if change == "source":
        source.write_text(source.read_text().replace('"1@x"', '"2@x"'), encoding="utf-8")
    elif change == "note":
        (tmp_path / "b.jsonl.part.json").write_text("{}")
    elif change == "output":
        (tmp_path / "b.jsonl.part").write_text("short")
    done = migrate_file(source, target, "1.0", strict=change == "arguments")
    assert not done.resumed
    assert done.documents + done.rejected == 60
    assert len(target.read_text().splitlines()) == done.documents


def test_progress_adds_up_to_the_size_of_the_file(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", 20)
    told: list[int] = []
    migrate_file(source, tmp_path / "b.jsonl", "1.0", progress=told.append)
    assert sum(told) == source.stat().st_size


def test_what_cannot_be_is_said_before_the_work(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", 2)
    for arguments, words in (
        ((source, None, "1.0"), "needs a file to write to"),
        ((source, source, "1.0"), "onto itself"),
        ((source, tmp_path / "b", "8.0"), "no schema 8"),
    ):
        with pytest.raises(InputError, match=words):
            migrate_file(*arguments)
    with pytest.raises(InputError, match="no kind"):
        migrate_file(source, tmp_path / "b", kind="card")
    with pytest.raises(FileNotFoundError):
        migrate_file(tmp_path / "none", tmp_path / "b")


def test_a_device_or_a_pipe_is_refused_and_stays_what_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="no ordinary file"):
        migrate_file(write(tmp_path / "a.jsonl", 3), pipe, "1.0")
    assert pipe.is_fifo()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    link = tmp_path / "link.jsonl"
    link.symlink_to(tmp_path / "far" / "b.jsonl")
    assert migrate_file(write(tmp_path / "a.jsonl", 3), link, "1.0").rejected == 1
    assert link.is_symlink()
    assert sorted(path.name for path in (tmp_path / "far").iterdir()) == ["b.jsonl", "b.jsonl.rejects"]


@pytest.mark.parametrize("name", ["b.jsonl.rejects", "b.jsonl.part", "b.jsonl.rejects.part", "b.jsonl.part.json"])
def test_the_source_is_none_of_the_files_beside_the_target(tmp_path: Path, name: str) -> None:
    source = write(tmp_path / name, 3)  # who mends what was rejected and asks for the same target would lose it
    with pytest.raises(InputError, match="onto itself"):
        migrate_file(source, tmp_path / "b.jsonl", "1.0")
    assert [path.name for path in tmp_path.iterdir()] == [name]
