"""The group `privacy`: erasing on the command line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from canonical_contact.store import SQLiteStore, find_contacts
from command_line import Call

ROWS = (
    "Record ID,First Name,Last Name,Email,Mobile Phone Number,Unsubscribed from all email,Last Modified Date\n"
    "1,Ana,Gil,ana@x.es,+34600111222,true,2026-05-01\n2,Zoe,Sol,zoe@x.es,+34600111222,false,2026-05-02\n"
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def book(unified: Callable[[str], Path]) -> Path:
    return unified(ROWS)


def id_of(book: Path, address: str) -> str:
    with SQLiteStore(book) as store:
        return find_contacts(store, address)[0].contact_id


def test_erasing_needs_a_yes(call: Call, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = id_of(book, "ana@x.es")
    refused = call("privacy", "erase", book, ana, "--reason", "request")
    assert refused.code == 2
    assert "--yes" in refused.err
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert call("privacy", "erase", book, ana, "--reason", "request").code == 130
    assert id_of(book, "ana@x.es") == ana
    assert call("privacy", "erase", book, ana, "--yes").code == 2  # a reason is needed


def test_a_person_is_erased_and_left_out_of_what_is_read_again(call: Call, book: Path, tmp_path: Path) -> None:
    ana, zoe = id_of(book, "ana@x.es"), id_of(book, "zoe@x.es")
    done = call("privacy", "erase", book, ana, "--reason", "request", "--yes", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert (told["contact_id"], told["records"], told["new"], told["sharing"]) == (ana, 1, True, [zoe])
    again = call("privacy", "erase", book, ana, "--reason", "request", "--yes")
    assert (again.code, "erased before" in again.err) == (0, True)
    read = call("unify", tmp_path / "hubspot.csv", "--store", book, "--links", tmp_path / "links.csv")
    assert read.code == 0, read.err
    assert "erased" in read.out + read.err
    assert "ana@x.es" not in read.out + read.err
    assert (tmp_path / "links.csv").read_text().count("\n") == 2
    assert call("consent", "verify", "--store", book).code == 0
    shown = call("show", ana, "--store", book)
    assert (shown.code, "was erased" in shown.err) == (5, True)
    assert call("privacy", "erase", book, "nobody", "--reason", "request", "--yes").code == 5
    assert b"ana@x.es" not in book.read_bytes()


def test_erasing_says_what_it_did(call: Call, book: Path) -> None:
    done = call("privacy", "erase", book, id_of(book, "ana@x.es"), "--reason", "request", "--yes")
    assert done.code == 0, done.err
    assert done.err.startswith("erased: 1 records,")
    assert "holds an endpoint of this person, too" in done.err
    assert done.out == ""


def test_the_key_may_lie_in_a_file(call: Call, book: Path, tmp_path: Path) -> None:
    key, wrong = tmp_path / "key", tmp_path / "wrong"
    key.write_bytes(bytes(range(32)))
    wrong.write_bytes(b"x" * 32)
    words = ("privacy", "erase", book, id_of(book, "ana@x.es"), "--reason", "request", "--yes")
    assert call(*words, "--key-file", tmp_path / "none").code == 2
    assert call(*words, "--key-file", key).code == 0
    for more in ((), ("--key-file", wrong)):
        refused = call("unify", tmp_path / "hubspot.csv", "--store", book, *more)
        assert refused.code == 2
        assert "key" in refused.err
    assert call("unify", tmp_path / "hubspot.csv", "--store", book, "--key-file", key).code == 0


def test_an_old_ledger_leaves_the_erased_out(call: Call, book: Path, tmp_path: Path) -> None:
    assert call("consent", "export", "--store", book, "-o", tmp_path / "old.jsonl").code == 0
    assert call("privacy", "erase", book, id_of(book, "ana@x.es"), "--reason", "request", "--yes").code == 0
    done = call("consent", "import", tmp_path / "old.jsonl", "--store", book, "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["left_out"] > 0
    assert told["new"] == 0


def test_what_is_wrong_is_put_right_and_stays_so(call: Call, book: Path, tmp_path: Path) -> None:
    ana = id_of(book, "ana@x.es")
    words = ("privacy", "rectify", book, ana, "--set", "name.surname=Right", "--set", "emails[0].address=new@x.es")
    done = call(*words, "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["fields"] == ["name", "emails"]
    assert told["values"]["emails"] == {"before": ["ana@x.es"], "now": ["new@x.es"]}
    again = call(*words)
    assert (again.code, again.err) == (0, "right already: name, emails\n")
    assert call("unify", tmp_path / "hubspot.csv", "--store", book).code == 0
    assert id_of(book, "new@x.es") == ana
    assert "Right" in call("show", ana, "--store", book).out
    for wrong, code in (("name.surname", 2), ("consent.email=yes", 2), ("emails[0].address=x", 2)):
        assert call("privacy", "rectify", book, ana, "--set", wrong).code == code
    assert "consent record" in call("privacy", "rectify", book, ana, "--set", "consent.email=yes").err
    assert "--region" in call("privacy", "rectify", book, ana, "--set", "phones[0].number=x").err
    listed = call("privacy", "rectify", book, ana, "--set", "emails[0].address=a@x.es", "--set", "emails[1].address=b@x.es")
    assert "emails: new@x.es → a@x.es; b@x.es" in listed.err


@pytest.mark.parametrize(
    "words", [("erase", "--reason", "request", "--yes"), ("rectify", "--set", "name.surname=Right"), ("export",)]
)
def test_a_store_may_be_named_as_in_other_commands(call: Call, book: Path, words: tuple[str, ...]) -> None:
    ana = id_of(book, "ana@x.es")
    act, *more = words
    for wrong in ((), (ana,), (book,), ("--store", book), (book, ana, "--store", book)):  # no store, nobody, two stores
        assert call("privacy", act, *wrong, *more).code == 2
    done = call("privacy", act, ana, "--store", book, *more)
    assert done.code == 0, done.err
    assert call("privacy", act, "--store", book, "nobody", *more).code == 5
