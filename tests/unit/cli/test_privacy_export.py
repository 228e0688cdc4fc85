"""`privacy export` on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from canonical_contact.consent.ledger import verify
from canonical_contact.store import SQLiteStore, find_contacts
from command_line import Call

ROWS = (
    "Record ID,First Name,Last Name,Email,Mobile Phone Number,Message,Last Modified Date\n"
    "1,Ana,Gil,ana@x.es,+34600111222,met at a fair,2026-05-01\n2,Zoe,Sol,zoe@x.es,+34600111222,,2026-05-02\n"
)


@pytest.fixture
def book(unified: Callable[[str], Path]) -> Path:
    return unified(ROWS)


def id_of(book: Path, address: str) -> str:
    with SQLiteStore(book) as store:
        return find_contacts(store, address)[0].contact_id


def test_an_export_is_json_and_proved(call: Call, book: Path) -> None:
    done = call("privacy", "export", book, "--email", "ANA@x.es")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert (told["held"], told["contact_id"]) == (True, id_of(book, "ana@x.es"))
    assert told["proof"] in done.err
    with SQLiteStore(book, readonly=True) as store:
        assert verify(store.entries(), store.ledger_head()).ok
        assert any(entry.event_id == told["proof"] for entry in store.entries())
    assert "zoe" not in done.out.casefold()


def test_a_page_and_a_folder_are_written(call: Call, book: Path, tmp_path: Path) -> None:
    said = tmp_path / "said.toml"
    said.write_text('"Your rights" = "You may complain to the authority."\n', "utf-8")
    ana = id_of(book, "ana@x.es")
    done = call("privacy", "export", book, ana, "--html", tmp_path / "ana.html", "-o", tmp_path / "ana", "--statement", said)
    assert (done.code, done.out) == (0, "")
    page = (tmp_path / "ana.html").read_text("utf-8")
    assert "You may complain to the authority." in page
    assert (tmp_path / "ana" / "access.html").read_text("utf-8") == page
    assert json.loads((tmp_path / "ana" / "access.json").read_text("utf-8"))["contact_id"] == ana
    assert "may speak of other people" in done.err


def test_one_person_is_named_and_found_exactly(call: Call, book: Path) -> None:
    assert call("privacy", "export", book).code == 2
    assert call("privacy", "export", book, id_of(book, "ana@x.es"), "--email", "ana@x.es").code == 2
    shared = call("privacy", "export", book, "--phone", "600 111 222", "--region", "ES")
    assert shared.code != 0
    assert id_of(book, "zoe@x.es") in shared.err
    nobody = call("privacy", "export", book, "--email", "an@x.es")
    assert (nobody.code != 0, "Nobody holds" in nobody.err) == (True, True)
    assert call("privacy", "export", book, "--email", "600111222").code != 0


def test_what_cannot_be_read_or_written_is_refused_before_the_proof(call: Call, book: Path, tmp_path: Path) -> None:
    ana = id_of(book, "ana@x.es")
    bad = tmp_path / "bad.toml"
    bad.write_text("a = 1\n", "utf-8")
    for more in (
        ["--statement", bad],
        ["--statement", tmp_path / "none.toml"],
        ["--html", book],
        ["--html", tmp_path / "no" / "x.html"],
    ):
        assert call("privacy", "export", book, ana, *more).code != 0
    with SQLiteStore(book, readonly=True) as store:
        assert not [entry for entry in store.entries() if entry.kind == "event"]


def test_of_an_erased_person_nothing_is_exported(call: Call, book: Path) -> None:
    ana = id_of(book, "ana@x.es")
    assert call("privacy", "erase", book, ana, "--reason", "request", "--yes").code == 0
    done = call("privacy", "export", book, ana)
    assert done.code == 0, done.err
    assert json.loads(done.out)["held"] is False
    assert "the person was erased" in done.err
    nobody = call("privacy", "export", book, "019f1af9-b400-7708-9871-081bf9502cb8")
    assert nobody.code != 0


def test_with_others_is_for_ones_own_eyes(call: Call, book: Path) -> None:
    with SQLiteStore(book) as store:
        store.log(
            [(id_of(book, "zoe@x.es"), '{"name":"contact.split","contact_id":"z","detail":{"records":"hubspot:1 hubspot:2"}}')]
        )
    ana = id_of(book, "ana@x.es")
    assert "hubspot:2" not in call("privacy", "export", book, ana).out
    assert "hubspot:2" in call("privacy", "export", book, ana, "--with-others").out


def test_a_file_is_no_folder(call: Call, book: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("mine", "utf-8")
    for place in (tmp_path / "list.txt", tmp_path / "list.txt" / "deep"):
        outcome = call("privacy", "export", book, "--email", "ana@x.es", "-o", place)
        assert (outcome.code, "is no folder" in outcome.err) == (2, True)
    assert (tmp_path / "list.txt").read_text("utf-8") == "mine"
