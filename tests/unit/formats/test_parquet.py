"""Parquet: one Arrow schema for each version, files of other programs, files that are none, and what happens without pyarrow."""

from __future__ import annotations

import io
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from canonical_contact.errors import MissingExtraError, NotFoundError, Problem
from canonical_contact.formats._parquet import arrow_schema
from canonical_contact.formats._shapes import contact_shape, shape_text
from canonical_contact.formats.exchange import read_contacts, write_contacts
from canonical_contact.model import (
    SCHEMA_VERSION,
    Channel,
    Contact,
    EmailAddress,
    Interaction,
    InteractionKind,
    Lifecycle,
    LifecycleStage,
    Name,
)
from canonical_contact.schema import published_versions

AT = datetime(2026, 7, 1, 12, 30, 15, 250, tzinfo=UTC)
ANA = Contact(
    contact_id="019f",
    name=Name(given="Ana", surname="Núñez"),
    emails=(EmailAddress("ana@example.org", contexts=("work",)), EmailAddress("a@example.org", pref=1)),
    lifecycle=Lifecycle(LifecycleStage.LEAD),
    preferred_channels=(Channel.EMAIL, Channel.SMS),
    interactions=(Interaction(InteractionKind.EMAIL, AT, "inbound", ref="<1@x>"),),
    extensions={"hubspot.Shoe size": "38"},
    updated_at=AT,
    score=1.5,
)
BOB = Contact(contact_id="01a0")


def written(*people: Contact, **options: int) -> bytes:
    stream = io.BytesIO()
    assert write_contacts(people, stream, format="parquet", **options).exact
    return stream.getvalue()


def read(data: bytes) -> tuple[list[Contact], list[Problem]]:
    problems: list[Problem] = []
    return list(read_contacts(io.BytesIO(data), format="parquet", tell=problems.append)), problems


def as_file(table: Any) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()


@pytest.mark.parametrize("version", published_versions())
def test_the_schema_of_a_version_is_the_one_that_was_published(version: str) -> None:
    text = (files("canonical_contact.formats") / "data" / f"arrow-{version}.txt").read_text(encoding="utf-8")
    assert shape_text(contact_shape(version)) + "\n" == text
    assert [
        line for one in arrow_schema(version) for line in lines(one.name, one.type, nullable=one.nullable)
    ] == text.splitlines()


def lines(name: str, kind: Any, *, nullable: bool, indent: str = "") -> Iterator[str]:
    """Write a field as the published file does, from pyarrow's own types."""
    mark = "?" if nullable else ""
    item = kind.value_type if pa.types.is_list(kind) else kind
    word = "struct" if pa.types.is_struct(item) else "map<string, string>" if pa.types.is_map(item) else str(item)
    yield f"{indent}{name}: {f'list<{word}>' if item is not kind else word}{mark}"
    if pa.types.is_struct(item):
        for one in item:
            yield from lines(one.name, one.type, nullable=one.nullable, indent=indent + "    ")


def test_the_file_says_which_version_it_is() -> None:
    schema = pq.read_schema(io.BytesIO(written(ANA)))
    assert schema.metadata[b"canonical_contact.schema_version"] == SCHEMA_VERSION.encode()
    assert schema.equals(arrow_schema())
    with pytest.raises(NotFoundError):
        arrow_schema("0.9")


def test_other_programs_find_columns_with_types() -> None:
    table = pq.read_table(io.BytesIO(written(ANA, BOB)))
    assert table.column("emails").to_pylist()[0][0]["address"] == "ana@example.org"
    assert table.column("updated_at").to_pylist() == [AT, None]
    assert table.column("name").to_pylist()[1] is None
    assert table.column("extensions").to_pylist() == [[("hubspot.Shoe size", "38")], []]


def test_rows_are_written_in_groups_and_the_stream_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    with path.open("wb") as stream:
        write_contacts([ANA, BOB] * 5, stream, format="parquet", rows=4)
        assert not stream.closed
    assert pq.ParquetFile(path).metadata.num_row_groups == 3
    assert list(read_contacts(path)) == [ANA, BOB] * 5
    assert list(read_contacts(path, rows=3)) == [ANA, BOB] * 5


def test_no_contacts_make_a_file_without_rows() -> None:
    assert read(written()) == ([], [])


def test_only_one_group_is_in_memory(tmp_path: Path) -> None:
    people = (Contact(contact_id=str(number), notes=(f"{number:05}" * 1_000,)) for number in range(1_000))  # 5 MB of notes
    with (tmp_path / "many.parquet").open("wb") as stream:
        write_contacts([BOB], stream, format="parquet")
        tracemalloc.start()
        write_contacts(people, stream, format="parquet", rows=50)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 2 << 20


def test_times_in_other_zones_and_texts_that_utf_8_lacks_are_told_or_carried() -> None:
    zone = timezone(timedelta(hours=2))
    stream = io.BytesIO()
    edge = datetime.max.replace(tzinfo=timezone(timedelta(hours=-5)))
    people = [
        Contact(contact_id="1", created_at=AT.astimezone(zone)),
        Contact(contact_id="2", created_at=edge, revision=1 << 70, notes=("a\udc80",)),
    ]
    losses = write_contacts(people, stream, format="parquet")
    assert sorted((one.contact_id, one.path, one.code) for one in losses) == [
        ("2", "$.created_at", "loss.form"),
        ("2", "$.notes[0]", "loss.characters"),
        ("2", "$.revision", "loss.form"),
    ]
    found, problems = read(stream.getvalue())
    assert (found[0], problems) == (people[0], [])
    assert (found[1].notes, found[1].revision, found[1].created_at) == (
        ("a\ufffd",),
        (1 << 63) - 1,
        datetime.max.replace(tzinfo=UTC),
    )


def test_a_file_that_another_program_rewrote_is_read() -> None:
    table = pq.read_table(io.BytesIO(written(ANA, BOB)))
    changed = pa.table(
        {
            "contact_id": table["contact_id"].cast(pa.large_string()),
            "name": table["name"],
            "tags": table["tags"].cast(pa.large_list(pa.large_string())),
            "updated_at": table["updated_at"].cast(pa.timestamp("ns", "UTC")),
            "created_at": pa.array([AT.replace(tzinfo=None), None], pa.timestamp("ms")),
            "score": pa.array([1, None], pa.int32()),
            "notes": pa.array([["a"], None], pa.list_(pa.string())),
            "kind": table["kind"].dictionary_encode(),
            "segment": ["A", "B"],
        }
    )
    found, problems = read(as_file(changed))
    assert [(one.contact_id, one.name, one.score, one.notes, one.updated_at) for one in found] == [
        ("019f", ANA.name, 1.0, ("a",), AT),
        ("01a0", None, None, (), None),
    ]
    assert found[0].created_at == AT.replace(microsecond=0)
    assert [(one.code, one.column) for one in problems] == [("parquet.column_unknown", "segment")]


@pytest.mark.parametrize(
    "columns",
    [
        {"id": [1], "name": ["Ana"]},
        {"contact_id": ["1"], "name": ["Ana"]},
        {"contact_id": [1]},
        {"contact_id": ["1"], "emails": [["a@example.org"]]},
    ],
)
def test_a_file_with_other_columns_is_told(columns: dict[str, list[object]]) -> None:
    found, problems = read(as_file(pa.table(columns)))
    assert (found, [one.code for one in problems]) == ([], ["parquet.not_contacts"])


@pytest.mark.parametrize("data", [b"", b"PAR1", b"name;email\nAna;a@example.org\n", b"PAR1" + b"\xff" * 100 + b"PAR1"])
def test_a_file_that_is_no_parquet_is_told(data: bytes) -> None:
    found, problems = read(data)
    assert (found, [one.code for one in problems]) == ([], ["parquet.unreadable"])


def test_a_row_that_does_not_fit_costs_itself_only() -> None:
    table = pa.table({"contact_id": ["1", None, "3", "4"], "kind": ["individual", "org", "robot", "org"]})
    found, problems = read(as_file(table))
    assert [one.contact_id for one in found] == ["1", "4"]
    assert [(one.code, one.line) for one in problems] == [("parquet.row_unreadable", 2), ("parquet.row_unreadable", 3)]


def test_without_pyarrow_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for call in (lambda: write_contacts([ANA], io.BytesIO(), format="parquet"), lambda: read(b""), arrow_schema):
        with pytest.raises(MissingExtraError, match=r"pip install 'canonical-contact\[batch\]'"):
            call()


def test_a_pinned_version_has_the_columns_that_were_published_and_says_what_it_parks() -> None:
    stream = io.BytesIO()
    losses = write_contacts([ANA, BOB], stream, format="parquet", version="1.0")
    schema = pq.read_schema(io.BytesIO(stream.getvalue()))
    assert schema.equals(arrow_schema("1.0"))
    assert schema.metadata[b"canonical_contact.schema_version"] == b"1.0"
    assert {one.path for one in losses} == {"$.interactions[].ref", "$.preferred_channels", "$.score"}
    assert (losses.contacts, read(stream.getvalue())) == (2, ([ANA, BOB], []))


def test_a_pinned_version_tells_a_loss_once_where_a_text_is_mended_too() -> None:
    stream = io.BytesIO()
    people = [Contact(contact_id="1", score=2.0), Contact(contact_id="2", notes=("\udc80",))]
    losses = write_contacts(people, stream, format="parquet", version="1.0")
    assert sorted((one.path, one.code) for one in losses) == [("$.notes[0]", "loss.characters"), ("$.score", "loss.no_place")]
    with pytest.raises(NotFoundError):
        write_contacts(people, io.BytesIO(), format="parquet", version="0.9")
