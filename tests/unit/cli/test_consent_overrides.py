"""`consent overrides` puts what the house changes in the rules in force for a store."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from canonical_contact import SQLiteStore, unify
from canonical_contact.cli._exit import Exit
from command_line import Call

TEXT = """name = "acme"
version = "3"
[can_spam.email]
default = "opt_in"
request = []
who = "Data protection officer"
why = "Policy of the house"
when = 2026-06-01
"""


def filled(store: SQLiteStore, folder: Path) -> None:
    file = folder / "people.csv"
    file.write_text("First name,Last name,E-mail,Country\nBob,Ray,bob@x.com,US\n", "utf-8")
    unify([file], store, now=datetime(2026, 7, 1, tzinfo=UTC))


def test_on_the_command_line(tmp_path: Path, call: Call) -> None:
    path, file = tmp_path / "c.db", tmp_path / "acme.toml"
    with SQLiteStore(path) as store:
        filled(store, tmp_path)
    file.write_text(TEXT, "utf-8")
    ask = ("may-contact", "--store", path, "--channel", "email", "--purpose", "marketing", "--at", "2026-07-02", "--json")
    assert json.loads(call(*ask).out)["answers"][0]["allowed"] is True
    assert "None" in call("consent", "overrides", "--store", path).out
    done = call("consent", "overrides", file, "--store", path, "--json")
    assert [event["detail"]["regime"] for event in json.loads(done.out)["events"]] == ["can_spam/2026.1+acme-3"]
    assert json.loads(call(*ask).out)["answers"][0]["regime"] == "can_spam/2026.1+acme-3"
    assert json.loads(call("show", "bob@x.com", "--store", path, "--json").out)[0]["may_contact"]["email"]["allowed"] is False
    assert call("consent", "overrides", "--store", path).out == f"{TEXT}\n"
    assert call("consent", "overrides", "--end", "--store", path).code == Exit.DONE
    assert json.loads(call(*ask).out)["answers"][0]["allowed"] is True
    assert call("consent", "overrides", tmp_path / "nowhere.toml", "--store", path).code == Exit.USAGE
