from __future__ import annotations

import json
from pathlib import Path

import pytest

from canonical_contact.cli import main
from canonical_contact.cli._exit import Exit
from canonical_contact.cli.renormalize import command
from command_line import Call

PROFILE = 'name = "de"\n[normalizers.phone]\nregion = "DE"\n'


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / "list.csv").write_text("First name,Last name,E-mail,Phone\nMax,Ott,max@x.com,0171 1234567\n", "utf-8")
    (tmp_path / "de.toml").write_text(PROFILE, "utf-8")
    store = tmp_path / "contacts.db"
    assert main(["unify", str(tmp_path / "list.csv"), "--store", str(store), "--at", "2026-07-01"]) == 0
    return store


def run(store: Path, *more: str) -> int:
    return int(command.main([*("--store", str(store)), *more], standalone_mode=False) or 0)


def test_a_store_of_the_rules_of_today_stays_as_it_is(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(book, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["looked_at"], told["stale"], told["records"]) == (1, 0, {"new": 0, "changed": 0, "same": 0})


def test_other_settings_make_other_values(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    profile = ("--profile", str(book.parent / "de.toml"))
    before = book.read_bytes()
    assert run(book, *profile, "--dry-run") == 0
    assert "1 would be changed" in capsys.readouterr().err
    assert run(book, *profile, "--json") == 0
    assert json.loads(capsys.readouterr().out)["records"]["changed"] == 1
    assert book.read_bytes() != before
    assert run(book, *profile, "--json") == 0
    assert json.loads(capsys.readouterr().out)["stale"] == 0


def test_unify_takes_a_profile(call: Call, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("First name,Last name,E-mail,Phone\nMax,Ott,max@x.com,0171 1234567\n", "utf-8")
    (tmp_path / "de.toml").write_text(PROFILE, "utf-8")
    done = call("unify", tmp_path / "list.csv", "--store", tmp_path / "c.db", "--profile", tmp_path / "de.toml")
    assert done.code == 0
    assert "+491711234567" in call("show", "--store", tmp_path / "c.db", "max@x.com", "--json").out
    (tmp_path / "de.toml").write_text('[normalizers.phone]\nregion = "Germany"\n', "utf-8")
    wrong = call("unify", tmp_path / "list.csv", "--store", tmp_path / "c.db", "--profile", tmp_path / "de.toml")
    assert wrong.code == Exit.USAGE
    assert "two letters" in wrong.err
