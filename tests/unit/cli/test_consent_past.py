"""`consent show` on another day: what was true, and what was known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from canonical_contact.cli import main
from command_line import Call


def event(name: str, kind: str, at: str, recorded_at: str) -> dict[str, str]:
    return {
        "event_id": name,
        "type": kind,
        "channel": "email",
        "record": "people:1",
        "effective_at": f"{at}T00:00:00Z",
        "recorded_at": f"{recorded_at}T00:00:00Z",
        "schema_version": "1.2",
    }


@pytest.fixture
def book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    (tmp_path / "people.csv").write_text("Nr,First name,Last name,E-mail\n1,Zoe,Sol,zoe@x.es\n2,Bo,Berg,zoe@x.es\n", "utf-8")
    events = (("yes", "opt_in", "2026-07-02", "2026-07-02"), ("late", "withdraw", "2026-07-05", "2026-07-09"))
    lines = [json.dumps({"event": event(*words)}) for words in events]
    (tmp_path / "events.jsonl").write_text("\n".join(lines), "utf-8")
    store = tmp_path / "contacts.db"
    assert main(["unify", str(tmp_path / "people.csv"), "--store", str(store), "--at", "2026-07-01"]) == 0
    capsys.readouterr()
    return store


def states(call: Call, store: Path, *more: str) -> list[str]:
    outcome = call("consent", "show", "zoe@x.es", "--store", store, "--json", *more)
    assert outcome.code == 0, outcome.err
    return [state["state"] for contact in json.loads(outcome.out) for state in contact["states"]]


def test_a_refusal_that_was_told_late_counts_from_when_it_was_made(call: Call, book: Path, tmp_path: Path) -> None:
    assert call("consent", "import", tmp_path / "events.jsonl", "--store", book, "--at", "2026-07-09").code == 0
    assert states(call, book) == ["withdrawn"]
    assert states(call, book, "--at", "2026-07-01") == []
    assert states(call, book, "--at", "2026-07-03") == ["granted"]
    assert states(call, book, "--at", "2026-07-07") == ["withdrawn"]
    assert states(call, book, "--at", "2026-07-07", "--known-at", "2026-07-07") == ["granted"]
    assert states(call, book, "--known-at", "2026-07-08") == ["granted"]
    assert states(call, book, "--known-at", "2026-07-10") == ["withdrawn"]


def test_blocks_of_others_on_a_shared_address_are_shown_from_their_day_on(call: Call, book: Path) -> None:
    stop = ("consent", "record", "--store", book, "--channel", "email", "--kind", "hard_bounce", "--at", "2026-07-05")
    first, second = json.loads(call("consent", "show", "zoe@x.es", "--store", book, "--json").out)
    outcome = call(*stop[:2], first["contact_id"], "suppress", *stop[2:], "--endpoint", "zoe@x.es")
    assert outcome.code == 0, outcome.err

    def blocks(*more: str) -> list[str]:
        told = json.loads(call("consent", "show", second["contact_id"], "--store", book, "--json", *more).out)[0]
        return [block["kind"] for block in told["suppressions"]]

    assert blocks() == blocks("--at", "2026-07-06") == blocks("--known-at", "2100-01-01") == ["hard_bounce"]
    assert blocks("--at", "2026-07-04") == blocks("--known-at", "2000-01-01") == []
