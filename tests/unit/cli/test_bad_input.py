"""Bad input and bad places to write, through the whole program: one clear line, nothing of the user's overwritten, every good row read."""

from __future__ import annotations

import csv
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from canonical_contact.cli._exit import Exit
from command_line import Call

HEADER = "First Name,Last Name,Email,Phone\n"
GOOD = HEADER + "Ana,Silva,ana@example.org,\nBob,Stone,bob@example.net,\n"
ASK = ("--channel", "email", "--purpose", "marketing")


@pytest.fixture
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("good.csv").write_text(GOOD)
    return Path("good.csv")


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(
    ("name", "content", "said", "count"),
    [
        ("ragged", HEADER + "Ana\nBob,Stone,bob@example.net,1" + ",x" * 36 + "\nEve,E,eve@example.org,\n", "good.csv:3: The row has 40 cells", 3),
        ("nul", HEADER + "An\0a,Silva,ana@example.org,\nEve,E,eve@example.org,\n", "good.csv:2: The row holds NUL characters", 2),
        ("encoding", "x" * 0, "good.csv:3002: The row holds bytes of another encoding", 3002),
        ("quote", HEADER + 'Ana,"Silva,ana@example.org,\nEve,E,eve@example.org,\n', "good.csv:2: A quote opens and is never closed", 2),
        ("long", HEADER + "Ana,Silva,ana@example.org,\nB," + "x" * 1_100_000 + ",,\nEve,E,eve@example.org,\n", "good.csv:3: The line has", 2),
    ],
)  # fmt: skip
def test_what_is_wrong_with_rows_is_said_with_place_and_remedy_and_the_good_rows_are_read(
    call: Call, export: Path, name: str, content: str, said: str, count: int
) -> None:
    data = content.encode()
    if name == "encoding":
        many = "".join(f"Zoë,Nr{number},z{number}@example.org,\n" for number in range(3000))
        data = (HEADER + many).encode() + b"Jos\xe9,X,jose@example.org,\nEve,E,eve@example.org,\n"
    export.write_bytes(data)
    for arguments in (
        ("unify", export, "--store", "c.db", "--links", "l.csv", "--workers", "1"),
        ("normalize", export, "-o", "l.csv"),
    ):
        done = call(*arguments)
        assert done.code == 0
        assert sum(line.startswith(f"note: {said}") for line in done.err.splitlines()) == 1, done.err
        assert len(rows("l.csv")) == count


def test_a_fault_of_many_rows_is_one_line(call: Call, export: Path) -> None:
    export.write_text(HEADER + "Ana,Silva,ana@example.org,1,2\n" * 7)
    done = call("unify", export, "--store", "c.db", "--workers", "1")
    (line,) = (line for line in done.err.splitlines() if line.startswith("note: "))
    assert line.startswith("note: good.csv:2: ")
    assert line.endswith(" (7 times)")


@pytest.mark.parametrize(
    "words",
    [
        "unify good.csv --store c.db --links good.csv",
        "unify --system crm=good.csv --store c.db --review ./good.csv",
        "unify good.csv --mapping m.toml --store c.db --links m.toml",
        "unify good.csv --store c.db --links c.db",
        "unify good.csv --store c.db --report c.db-wal",
        "unify good.csv --store c.db --links l.csv --review l.csv",
        "normalize good.csv -o good.csv",
        "export --store c.csv -o c.csv",
        "may-contact --store c.db --channel email --purpose marketing -o c.db",
        "report --store c.db -o c.db",
    ],
)
def test_an_output_never_takes_the_place_of_what_is_read(call: Call, export: Path, words: str) -> None:
    Path("m.toml").write_text('[columns]\n"Email" = "emails[].address"\n')
    assert call("unify", export, "--store", "c.db", "--workers", "1").code == 0
    Path("c.csv").write_bytes(Path("c.db").read_bytes())
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    done = call(*words.split())
    assert done.code == Exit.USAGE
    assert len(done.err.splitlines()) == 1
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


def test_a_place_that_may_not_be_written_is_told_before_the_work(
    call: Call, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("closed").mkdir()
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("closed") and real(path, mode))
    done = call("unify", export, "--store", "c.db", "--links", "closed/l.csv")
    assert done.code == Exit.OUTPUT
    assert done.err == "error: closed/l.csv: Permission denied. Name another place, or allow writing there.\n"
    assert not Path("c.db").exists()


def test_an_output_that_cannot_be_made_is_named_as_the_user_named_it(call: Call, export: Path) -> None:
    name = "x" * 252 + ".csv"
    done = call("normalize", export, "-o", name)
    assert done.code == Exit.OUTPUT
    assert done.err.startswith(f"error: {name}: ")


def test_one_system_may_have_several_files(call: Call, export: Path) -> None:
    Path("more.csv").write_text(HEADER + "Eve,E,eve@example.org,\n")
    call("unify", "--system", "crm=good.csv", "--system", "crm=more.csv", "--store", "c.db", "--links", "l.csv", "--workers", "1")
    assert [row["system"] for row in rows("l.csv")] == ["crm"] * 3


@pytest.mark.parametrize("words", ["may-contact --channel email --purpose marketing", "kpi", "report", "show ana@example.com"])
def test_rules_that_do_not_exist_are_told_before_anything_is_written(call: Call, store: Path, words: str) -> None:
    done = call(*words.split(), "--store", store, "--regime", "mars")
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert len(done.err.splitlines()) == 1


def test_export_writes_to_standard_output(call: Call, store: Path) -> None:
    assert call("export", "--store", store, "-o", "-").out.startswith("contact_id,name,")
    assert call("export", "--store", store, "-o", "-", "--json").code == Exit.USAGE


@pytest.mark.parametrize(
    "words", ["unify", "nonsense", "kpi", "unify a.csv --store c.db --links nowhere/l.csv", "unify a.csv --store c.db --at never"]
)
def test_wrong_usage_is_one_line(call: Call, words: str) -> None:
    done = call(*words.split())
    assert done.code == Exit.USAGE
    assert len(done.err.splitlines()) == 1
    assert done.err.startswith("error: ")
    assert "--help" in done.err


@pytest.mark.parametrize("words", [("may-contact", *ASK), ("export", "-o", "-")])
def test_data_goes_to_standard_output_also_where_progress_is_shown(store: Path, words: tuple[str, ...]) -> None:
    code = "import sys; from canonical_contact.cli import main; sys.exit(main())"
    mine, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, *words, "--store", str(store)], stdout=subprocess.PIPE, stderr=theirs, check=True
        )
    finally:
        os.close(theirs)
        os.close(mine)
    assert done.stdout.startswith(b"contact_id,")
    assert done.stdout.count(b"\n") == 3


def test_an_input_that_may_not_be_read_is_no_fault_of_the_output(
    call: Call, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "hidden.csv"
    hidden.write_text("endpoint,channel\nana@example.com,email\n", "utf-8")
    real, allowed = Path.open, os.access

    def refuse(self: Path, *args: str, **more: str) -> object:
        if self.name == hidden.name:
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *args, **more)  # type: ignore[call-overload]

    def reads(path: str, mode: int) -> bool:
        return allowed(path, mode) and not (mode == os.R_OK and str(path).endswith(hidden.name))

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(os, "access", reads)
    for arguments in (("consent", "import", hidden, "--store", store), ("may-contact", hidden, "--store", store, *ASK)):
        done = call(*arguments)
        assert (done.code, done.err) == (1, f"error: {hidden} cannot be read. Allow reading it, or name another file.\n")


def test_only_unify_makes_a_store(call: Call, tmp_path: Path) -> None:
    (tmp_path / "stops.csv").write_text("endpoint,channel\nana@example.com,email\n", "utf-8")
    (tmp_path / "empty.db").write_bytes(b"")
    for name in ("empty.db", "missing.db"):
        store = tmp_path / name
        for arguments in (
            ("consent", "import", tmp_path / "stops.csv", "--store", store),
            ("consent", "record", "ana@example.com", "withdraw", "--channel", "email", "--store", store),
            ("privacy", "erase", store, "x", "--reason", "request", "--yes"),
            ("legacy", "close", store, "--campaign", "c"),
            ("renormalize", "--store", store),
            ("schema", "migrate", "--store", store, "--to", "1.1"),
            ("consent", "show", "ana@example.com", "--store", store),
        ):
            done = call(*arguments)
            assert done.code == 4, arguments
            assert "unify" in done.err
        assert store.exists() == (name == "empty.db")
        assert name == "missing.db" or not store.stat().st_size
