"""`pin`: choose, list and release from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from canonical_contact import SQLiteStore
from canonical_contact.cli._exit import Exit
from canonical_contact.store import iter_contacts
from command_line import Call

ROWS = "Record ID,First Name,Last Name,Email,Gender,Last Modified Date\n1,Ana,Gil,ana@x.example,f,2026-05-01\n"


@pytest.fixture
def path(unified: Callable[[str], Path]) -> Path:
    return unified(ROWS)


def gender(path: Path) -> str:
    store = SQLiteStore(path)
    try:
        (contact,) = iter_contacts(store)
        return contact.gender
    finally:
        store.close()


def test_a_value_is_pinned_listed_and_released(call: Call, path: Path) -> None:
    who = ("pin", "ana@x.example")
    done = call(*who, "gender", "x", "--store", path, "--by", "kim", "--why", "she said so")
    assert (done.code, done.out, done.err, gender(path)) == (0, "", "pinned: gender\n", "x")
    assert call(*who, "gender", "x", "--store", path).err == "gender: nothing to do\n"
    listed = call(*who, "--store", path)
    assert listed.out.startswith("gender: x  by kim, ")
    assert listed.out.endswith(", she said so\n")
    (told,) = json.loads(call(*who, "--store", path, "--json").out)["pins"]
    assert (told["path"], told["value"], told["record"]) == ("gender", "x", "host:gender@hubspot:1")
    released = call(*who, "gender", "--release", "--store", path, "--json")
    assert json.loads(released.out)["records"] == ["host:gender@hubspot:1"]
    assert (gender(path), call(*who, "--store", path).out) == ("f", "")
    assert call(*who, "gender", "--release", "--store", path).err == "gender: nothing to do\n"


def test_a_field_is_pinned_to_nothing(call: Call, path: Path) -> None:
    assert call("pin", "ana@x.example", "gender", "", "--store", path).code == 0
    assert gender(path) == ""
    assert call("pin", "ana@x.example", "--store", path).out.startswith("gender: (nothing)")


def test_what_cannot_be_is_refused(call: Call, path: Path) -> None:
    for arguments in (("gender",), ("--release",), ("gender", "x", "--release")):
        assert call("pin", "ana@x.example", *arguments, "--store", path).code == Exit.USAGE
    done = call("pin", "ana@x.example", "consent", "yes", "--store", path)
    assert done.code != 0
    assert "is not pinned" in done.err
    assert call("pin", "nobody@x.example", "gender", "x", "--store", path).code == Exit.NOT_FOUND
