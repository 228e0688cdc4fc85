"""Contacts as vCard and jCard: what the files look like, how they are read in little memory, and what is told."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from canonical_contact.errors import Problem
from canonical_contact.formats import Limits
from canonical_contact.formats.exchange import read_contacts, write_contacts
from canonical_contact.formats.vcard.properties import Property
from canonical_contact.formats.vcard.write import card_bytes
from canonical_contact.model import Contact, EmailAddress, Name


def people(count: int) -> Iterator[Contact]:
    for number in range(count):
        yield Contact(
            contact_id=f"urn:x:{number}",
            name=Name(given="Zoë", surname=f"Löw {number}", full=f"Zoë Löw {number}"),
            emails=(EmailAddress(f"zoe{number}@example.org", pref=1),),
            notes=("x" * 300,),
        )


@pytest.mark.parametrize("format_name", ["vcard", "jcard"])
def test_thousands_of_contacts_take_no_more_memory_than_one(format_name: str, tmp_path: Path) -> None:
    path = tmp_path / "people"
    write_contacts(people(10), path, format=format_name)
    list(read_contacts(path, format=format_name))
    tracemalloc.start()
    losses = write_contacts(people(2000), path, format=format_name)
    count = sum(1 for _ in read_contacts(path, format=format_name))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (losses.contacts, count) == (2000, 2000)
    assert path.stat().st_size > 1_000_000
    assert peak < 4_000_000


def test_a_file_of_jcards() -> None:
    for count, lines, rows in ((0, False, 2), (1, False, 3), (3, False, 5), (0, True, 0), (3, True, 3)):
        stream = io.BytesIO()
        write_contacts(people(count), stream, format="jcard", lines=lines)
        text = stream.getvalue().decode()
        assert len(text.splitlines()) == rows or count == 0
        if not lines:
            assert len(json.loads(text)) == count
        stream.seek(0)
        assert list(read_contacts(stream, format="jcard")) == list(people(count))


def test_a_single_jcard() -> None:
    stream = io.BytesIO()
    write_contacts(people(1), stream, format="jcard")
    (card,) = json.loads(stream.getvalue())
    assert list(read_contacts(io.BytesIO(json.dumps(card).encode()), format="jcard")) == list(people(1))


def test_what_is_no_jcard_is_told() -> None:
    problems: list[Problem] = []
    data = b'[["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "A"], ["n"], 7]], {"a": 1}, ["vcard"], "x"]'
    (contact,) = read_contacts(io.BytesIO(data), format="jcard", tell=problems.append)
    assert contact.name is not None
    assert contact.name.full == "A"
    codes = [problem.code for problem in problems if problem.code.startswith("jcard.")]
    assert codes == ["jcard.property_unreadable"] * 2 + ["jcard.not_a_card"] * 3


def test_the_limits_can_be_set() -> None:
    problems: list[Problem] = []
    data = b"BEGIN:VCARD\nVERSION:4.0\nUID:1\nFN:A\nNOTE:" + b"x" * 300 + b"\nEND:VCARD\n"
    (contact,) = read_contacts(io.BytesIO(data), format="vcard", tell=problems.append, limits=Limits(line_bytes=100))
    assert contact.notes == ()
    assert [problem.code for problem in problems] == ["vcard.line_too_long"]


@pytest.mark.parametrize(
    ("bomb", "code"),
    [
        (["tel", {f"x{number}": "1" for number in range(100_000)}, "text", "1"], "vcard.too_many_parameters"),
        (["tel", {"x": ["1"] * 100_000}, "text", "1"], "vcard.too_many_parameters"),
        (["photo", {}, "uri", "data:image/png;base64," + "QUJD" * 1_000_000], "vcard.binary_left_out"),
    ],
    ids=["parameters", "values of a parameter", "base64"],
)
def test_what_is_too_much_in_a_jcard_is_refused_as_in_a_card(bomb: list[Any], code: str) -> None:
    problems: list[Problem] = []
    card = ["vcard", [["version", {}, "text", "4.0"], ["uid", {}, "text", "1"], bomb, ["note", {}, "text", "here"]]]
    (contact,) = read_contacts(io.BytesIO(json.dumps(card).encode()), format="jcard", tell=problems.append)
    assert (contact.notes, contact.phones, dict(contact.extensions)) == (("here",), (), {})
    assert [(problem.code, problem.path) for problem in problems] == [(code, "$[1][2]")]
    assert len(problems[0].raw) <= 200


def test_the_encoding_can_be_stated() -> None:
    data = "BEGIN:VCARD\nVERSION:3.0\nUID:1\nFN:Łukasz\nEND:VCARD\n".encode("cp1250")
    (contact,) = read_contacts(io.BytesIO(data), format="vcard", encoding="cp1250")
    assert contact.name is not None
    assert contact.name.full == "Łukasz"


def test_an_empty_card_is_told_and_left_out() -> None:
    problems: list[Problem] = []
    assert list(read_contacts(io.BytesIO(b"BEGIN:VCARD\nEND:VCARD\n"), format="vcard", tell=problems.append)) == []
    assert [problem.code for problem in problems] == ["vcard.empty"]


@pytest.mark.parametrize(
    ("one", "code", "written"),
    [
        (Property("X-A", "a\x00b"), "loss.characters", b"X-A:a\xef\xbf\xbdb"),
        (Property("X-A", "a\r\nb"), "loss.characters", b"X-A:a\\nb"),
        (Property("X-A", "a\rb"), "loss.characters", b"X-A:a\\nb"),
        (Property("X-A", "1", {"X-B": ("a\rb",)}), "loss.characters", b"X-A;X-B=a^nb:1"),
        (Property("X-A", "1", {"X B": ("a",)}), "loss.no_place", b"X-A:1"),
        (Property("X A", "1"), "loss.no_place", b""),
        (Property("X-A", "1", {}, "a b"), "loss.no_place", b""),
        (Property("X-A", "\ud800"), "loss.characters", b"X-A:\xef\xbf\xbd"),
    ],
)
def test_what_no_card_can_hold(one: Property, code: str, written: bytes) -> None:
    lost: list[str] = []
    data = card_bytes([one], lambda _, code, __: lost.append(code))
    assert lost == [code]
    assert data.split(b"\r\n")[2:-2] == ([written] if written else [])


def test_version_begin_and_end_are_written_once() -> None:
    data = card_bytes(
        [Property("VERSION", "3.0"), Property("BEGIN", "VCARD"), Property("FN", "A"), Property("END", "VCARD")], print
    )
    assert data == b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:A\r\nEND:VCARD\r\n"
