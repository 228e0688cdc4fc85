"""Law: contacts that are written as Parquet are read back equal, and what UTF-8 or 64 bits cannot hold is told; broken files never raise."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from canonical_contact.errors import Problem
from canonical_contact.formats.exchange import read_contacts, write_contacts
from canonical_contact.model import Claim, Contact, EmailAddress, EmailStatus, Name
from property_strategies import contacts, values

SMALL = io.BytesIO()
write_contacts(
    [Contact(contact_id="019f", name=Name(given="Ana"), updated_at=datetime(2026, 7, 1, tzinfo=UTC), tags=("a", "b"))] * 3,
    SMALL,
    format="parquet",
)


def read(data: bytes) -> tuple[list[Contact], list[Problem]]:
    problems: list[Problem] = []
    return list(read_contacts(io.BytesIO(data), format="parquet", tell=problems.append)), problems


@given(st.lists(contacts, max_size=3))
def test_round_trip(people: list[Contact]) -> None:
    stream = io.BytesIO()
    losses = write_contacts(people, stream, format="parquet", rows=2)
    assert (losses.exact, losses.contacts) == (True, len(people))
    assert read(stream.getvalue()) == (people, [])


@given(contacts, st.lists(values(Claim), max_size=2), st.text(st.characters(categories=["Cs", "Lu"]), min_size=1, max_size=4))
def test_what_utf_8_cannot_hold_is_told_and_the_rest_is_carried(person: Contact, claims: list[Claim], text: str) -> None:
    import attrs

    odd = attrs.evolve(person, name=Name(full=text), claims=tuple(claims), extensions={text: "1", "plain": text})
    stream = io.BytesIO()
    losses = write_contacts([odd], stream, format="parquet")
    (found,), problems = read(stream.getvalue())
    whole = text.encode(errors="ignore").decode() == text
    assert losses.exact == whole
    assert {one.code for one in losses} <= {"loss.characters"}
    assert attrs.evolve(found, name=odd.name, extensions=odd.extensions) == odd
    assert len(found.extensions) == len(odd.extensions)
    assert not problems


@given(st.integers(0, len(SMALL.getvalue()) - 1), st.binary(min_size=1, max_size=8))
def test_broken_bytes_never_raise(place: int, noise: bytes) -> None:
    data = SMALL.getvalue()
    found, _ = read(data[:place] + noise + data[place + len(noise) :])
    assert all(isinstance(one, Contact) for one in found)
    assert [problem.code for problem in read(data[:place])[1]] == ["parquet.unreadable"]


@given(contacts)
@example(Contact(contact_id="", emails=(EmailAddress("", status=EmailStatus.BOUNCED),)))
def test_by_way_of_schema_1_0(person: Contact) -> None:
    stream = io.BytesIO()
    losses = write_contacts([person], stream, format="parquet", version="1.0")
    stream.seek(0)
    problems: list[Problem] = []
    assert list(read_contacts(stream, format="parquet", tell=problems.append)) == [person]
    assert {one.code for one in losses} <= {"loss.no_place"}
    assert not problems
