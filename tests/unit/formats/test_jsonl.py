"""JSON Lines: what is passed over, what is told, and how much may be in memory."""

from __future__ import annotations

import io
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from canonical_contact.errors import NotFoundError, Problem
from canonical_contact.formats.exchange import read_contacts, write_contacts
from canonical_contact.model import Contact, ContactKind, EmailAddress, Name
from canonical_contact.schema import published_schema

ANA = Contact(contact_id="019f", name=Name(given="Ana", surname="Núñez"), emails=(EmailAddress("ana@example.org"),))


def read(data: bytes, **options: int) -> tuple[list[Contact], list[Problem]]:
    problems: list[Problem] = []
    return list(read_contacts(io.BytesIO(data), format="jsonl", tell=problems.append, **options)), problems


def line(contact: Contact = ANA) -> bytes:
    stream = io.BytesIO()
    write_contacts([contact], stream, format="jsonl")
    return stream.getvalue()


def test_the_ending_of_the_name_tells_the_format(tmp_path: Path) -> None:
    path = tmp_path / "people.jsonl"
    assert write_contacts([ANA, ANA], path).contacts == 2
    assert path.read_text(encoding="utf-8").startswith('{"contact_id":"019f","schema_version":')
    assert list(read_contacts(path)) == [ANA, ANA]


def test_mark_blank_lines_and_windows_line_ends_are_passed_over() -> None:
    data = b"\xef\xbb\xbf" + line().replace(b"\n", b"\r\n") + b"\r\n  \n" + line().rstrip(b"\n")
    assert read(data) == ([ANA, ANA], [])


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        (b'{"contact_id": "1", "emails": [{"address": 7}]}', "$.emails[0].address"),
        (b'{"name": {}}', "$.contact_id"),
        (b"[1, 2]", "$"),
        (b'{"contact_id": "1"', "$"),
        (b"[" * 200_000, "$"),
        (b'{"contact_id":"1","score":' + b"9" * 5000 + b"}", "$"),
        (b'{"contact_id":"1","score":NaN}', "$"),
    ],
)
def test_a_line_that_is_no_contact_is_told_with_its_place(broken: bytes, path: str) -> None:
    found, problems = read(line() + broken + b"\n" + line())
    assert found == [ANA, ANA]
    assert [(one.code, one.path, one.line) for one in problems] == [("jsonl.line_unreadable", path, 2)]
    assert problems[0].raw == broken.decode()[:200]


def test_bytes_that_are_no_utf_8_are_told() -> None:
    found, problems = read(b'{"contact_id":"Zo\xeb"}\n' + line())
    assert found == [ANA]
    assert [(one.code, one.line) for one in problems] == [("jsonl.encoding", 1)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_another_encoding_is_told_once(encoding: str) -> None:
    found, problems = read(line().decode().encode(encoding) * 5)
    assert (found, [one.code for one in problems]) == ([], ["jsonl.encoding"])


def test_a_line_over_the_limit_is_left_out_and_the_next_is_read() -> None:
    long = line(Contact(contact_id="1", notes=("x" * 1000,)))
    found, problems = read(line() + long + line(), line_bytes=500)
    assert found == [ANA, ANA]
    assert [(one.code, one.line, len(one.raw)) for one in problems] == [("jsonl.line_too_long", 2, 200)]
    assert read(long.rstrip(b"\n"), line_bytes=500)[1][0].code == "jsonl.line_too_long"


def test_an_endless_line_is_never_in_memory() -> None:
    data = io.BytesIO(b"x" * (8 << 20))
    tracemalloc.start()
    problems: list[Problem] = []
    assert list(read_contacts(data, format="jsonl", tell=problems.append, line_bytes=1 << 16)) == []
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()
    assert [one.code for one in problems] == ["jsonl.line_too_long"]


def test_a_contact_that_json_has_no_words_for_is_left_out_and_told() -> None:
    stream = io.BytesIO()
    losses = write_contacts([ANA, Contact(contact_id="2", score=float("nan")), ANA], stream, format="jsonl")
    assert (losses.contacts, losses.exact, dict(losses.left_out)) == (2, False, {"input.not_json": 1})
    assert [(one.contact_id, one.path, one.code) for one in losses] == [("2", "$", "loss.form")]


def test_lone_surrogates_and_line_separators_are_carried() -> None:
    odd = Contact(contact_id="3", notes=("a\u2028b\x85c\nd", "\ud800"), created_at=datetime(2026, 7, 1, 1, 2, 3, 4, tzinfo=UTC))
    assert read(line(odd)) == ([odd], [])


def test_a_pinned_version_is_written_as_it_was_published_and_says_what_it_parks() -> None:
    stream = io.BytesIO()
    person = Contact(contact_id="4", kind=ContactKind.ORG, tags=("a",))
    losses = write_contacts([ANA, person], stream, format="jsonl", version="1.0")
    documents = [json.loads(line) for line in stream.getvalue().splitlines()]
    validator = Draft202012Validator(published_schema("1.0"))
    assert [list(validator.iter_errors(document)) for document in documents] == [[], []]
    assert [(one.contact_id, one.path, one.code) for one in losses] == [("4", "$.kind", "loss.no_place")]
    assert read(stream.getvalue()) == ([ANA, person], [])


def test_a_version_that_was_never_published_is_the_callers_mistake() -> None:
    with pytest.raises(NotFoundError):
        write_contacts([ANA], io.BytesIO(), format="jsonl", version="0.9")
