"""Law: contacts that are written as JSON Lines are read back equal, and nothing is lost; whatever else a file holds never raises."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.errors import Problem
from canonical_contact.formats._loss import LossReport
from canonical_contact.formats.exchange import read_contacts, write_contacts
from canonical_contact.model import Contact
from property_strategies import contacts


def written(people: list[Contact]) -> tuple[bytes, LossReport]:
    stream = io.BytesIO()
    losses = write_contacts(people, stream, format="jsonl")
    return stream.getvalue(), losses


@given(st.lists(contacts, max_size=3))
def test_round_trip(people: list[Contact]) -> None:
    data, losses = written(people)
    problems: list[Problem] = []
    assert list(read_contacts(io.BytesIO(data), format="jsonl", tell=problems.append)) == people
    assert (losses.exact, losses.contacts, problems) == (True, len(people), [])
    assert data.count(b"\n") == len(people)


@given(contacts, st.binary(max_size=200).filter(lambda data: b"\n" not in data))
def test_a_broken_line_costs_itself_only(person: Contact, noise: bytes) -> None:
    data, _ = written([person])
    problems: list[Problem] = []
    found = list(read_contacts(io.BytesIO(data + noise + b"\n" + data), format="jsonl", tell=problems.append))
    assert found == [person, person]
    assert all(problem.line == 2 for problem in problems)
    assert len(problems) <= 1


@given(contacts)
def test_by_way_of_schema_1_0(person: Contact) -> None:
    stream = io.BytesIO()
    losses = write_contacts([person], stream, format="jsonl", version="1.0")
    stream.seek(0)
    problems: list[Problem] = []
    assert list(read_contacts(stream, format="jsonl", tell=problems.append)) == [person]
    assert {one.code for one in losses} <= {"loss.no_place"}
    assert not problems
