"""What a person may do to a command by mistake, and what hostile files may: one line, the right code, and nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import Call

CARD = "BEGIN:VCARD\nVERSION:4.0\nUID:1\nFN:Ana\nEND:VCARD\n"
CONTACT = '{"contact_id":"1","schema_version":"1.1"}\n'


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.vcf", ""), ("a.vcf", " \n"), ("a.vcf", "END:VCARD\n"), ("a.jsonl", b"\x00" * 99), ("a.jsonl", ""), ("a.jscontact", "5"),
     ("a.jcard", ""), ("a.parquet", b"PAR1" + bytes(99)), ("a.vcf", b"\x1f\x8b\x08" + bytes(99))],
)  # fmt: skip
def test_convert_of_no_contact_is_nothing_read_and_leaves_the_output_as_it_was(
    call: Call, name: str, content: str | bytes
) -> None:
    write(name, content)
    target = write("out.jsonl", CONTACT)
    done = call("convert", name, target)
    assert (done.code, done.out) == (1, "")
    assert (
        done.err.splitlines()[-1]
        == f"error: {name} holds no contact that can be read. Name a file of contacts, and its format with --from."
    )
    assert target.read_text() == CONTACT


def test_convert_says_where_the_input_is_wrong(call: Call) -> None:
    write("a.vcf", CARD + "nonsense\n" + CARD.replace("UID:1\n", ""))
    done = call("convert", "a.vcf", "out.jsonl")
    assert done.code == 0
    assert [line[: len("note: a.vcf:6: ")] for line in done.err.splitlines()[:2]] == ["note: a.vcf:6: ", "note: a.vcf:7: "]


@pytest.mark.parametrize("kind", ["folder", "loop", "nothing"])
def test_an_input_that_cannot_be_opened_is_no_output_that_cannot_be_written(call: Call, kind: str) -> None:
    if kind == "folder":
        Path("in.vcf").mkdir()
    elif kind == "loop":
        Path("in.vcf").symlink_to("in.vcf")
    done = call("convert", "in.vcf", "out.jsonl")
    assert done.code == 1
    assert done.err.startswith("error: in.vcf: ")
    assert done.err.count("\n") == 1


def test_convert_of_a_table_says_what_reads_it(call: Call) -> None:
    write("a.csv", "Email\na@example.org\n")
    done = call("convert", "a.csv", "out.vcf")
    assert done.code == 2
    assert "--from" in done.err
    assert "hubspot" not in done.err
    assert "unify" in done.err


@pytest.mark.parametrize("target", ["pipe", "in.jsonl"])
def test_a_migration_takes_the_place_of_no_pipe_and_of_no_input(call: Call, target: str) -> None:
    os.mkfifo("pipe")
    source = write(f"{target}.rejects", CONTACT)
    done = call("schema", "migrate", source, "--to", "1.0", "-o", target)
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert source.read_text() == CONTACT
    assert Path("pipe").is_fifo()


@pytest.mark.parametrize("words", [("schema", "show"), ("schema", "show", "emails"), ("kpi", "--store")])
def test_a_reader_that_goes_away_from_a_table_gets_its_code(store: Path, words: tuple[str, ...]) -> None:
    command = [sys.executable, "-c", "from canonical_contact.cli import main; raise SystemExit(main())", *words]
    if words[-1] == "--store":
        command.append(str(store))
    read, out = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(out)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_version_that_does_not_exist_is_not_passed_over(call: Call) -> None:
    done = call("schema", "show", "--version", "9.9")
    assert (done.code, done.out) == (5, "")


def test_a_schema_that_says_two_things_under_one_name_is_refused(call: Call) -> None:
    write("two.json", '{"properties": {"x": {"type": "string", "type": "integer"}}}')
    done = call("schema", "check", "two.json", "two.json")
    assert done.code == 2
    assert "type" in done.err
    assert done.err.count("\n") == 1


def test_map_of_a_table_without_names_says_so(call: Call) -> None:
    write("a.csv", "Ana,ana@example.org\nBo,bo@example.org\n")
    done = call("map", "a.csv", "-o", "-")
    assert done.code == 0
    assert "ana@" not in done.err
    assert "names of columns" in done.err
    assert "names of columns" in done.out.splitlines()[2]
