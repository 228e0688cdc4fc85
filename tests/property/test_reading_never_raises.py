"""Law: whatever bytes a file holds, looking at it and reading it gives records and problems, and never an exception."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.errors import Problem
from canonical_contact.formats import Limits, Presets, SourceKind, discover, mapping_from_toml, read, read_activities
from canonical_contact.model import Activity, RawRecord

PRESETS = Presets()
SMALL = Limits(line_bytes=200, row_chars=400, row_lines=6, cell_chars=50, binary_chars=40, block_bytes=64)
CSV_HEADS = st.sampled_from([
    b"", b"\xef\xbb\xbf", b"\xff\xfe", b"Vorname;Nachname;E-Mail;Newsletter;Bemerkung\n", b"Email,Name,Opt out,Phone\r\n",
    b"Record ID,Email,Lifecycle Stage,Unsubscribed from all email,Message\n", b'"Id","LastName","MailingStreet","Email"\n',
    b"First Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Custom Field 1 - Label,Custom Field 1 - Value\n", b"Email Address,LEID,EUID,TAGS,UNSUB_TIME\n",
    b"system,record_id,event,at,agent,value\n",
])  # fmt: skip
PIECES = st.sampled_from(
    [
        b'"',
        b",",
        b";",
        b"\n",
        b"\r\n",
        b"\r",
        b"\t",
        b"\0",
        b"\xff",
        b"\xe9",
        "ë".encode(),
        b"a@example.org",
        b"true",
        b"keine Werbung",
        b"x" * 60,
        b"=",
        b" ",
        b'""',
    ]
)
CSV_BODY = st.lists(PIECES, max_size=40).map(b"".join) | st.binary(max_size=200)
CARD_PIECES = st.sampled_from(
    [b"BEGIN:VCARD\n", b"END:VCARD\n", b"VERSION:2.1\n", b"FN:", b"N:", b"TEL;", b"TYPE=", b'"', b"ENCODING=QUOTED-PRINTABLE:", b"=C3=\n", b"=0D=0A", b"\n ", b"\n", b":", b";",
     b"\\", b"\\n", b"item1.", b"X-ABLabel:", b"PHOTO;BASE64:\n", b"AGENT:\n", b"\xc3", b"\0", b"ADR:", b"BDAY;X-APPLE-OMIT-YEAR=1604:1604-", b"x" * 70]
)  # fmt: skip
CARDS = st.lists(CARD_PIECES, max_size=40).map(b"".join) | st.binary(max_size=200).map(lambda data: b"BEGIN:VCARD\n" + data)


def check(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        (source,) = discover([path], presets=PRESETS)
        reading = read(source, limits=SMALL)
        records = list(reading)
        assert all(isinstance(record, RawRecord) for record in records)
        assert all(isinstance(problem, Problem) for problem in reading.problems)
        assert records or reading.problems or source.kind is SourceKind.ACTIVITIES
        rows = [record.row for record in records]
        assert rows == sorted(set(rows))
        if source.kind is SourceKind.ACTIVITIES:
            assert all(isinstance(one, (Activity, Problem)) for one in read_activities(source, limits=SMALL))


@given(head=CSV_HEADS, body=CSV_BODY)
def test_as_a_table(head: bytes, body: bytes) -> None:
    check("subscribed.csv", head + body)


@given(content=CARDS)
def test_as_cards(content: bytes) -> None:
    check("a.vcf", content)


@given(body=CSV_BODY)
def test_with_a_mapping(body: bytes) -> None:
    mapping = mapping_from_toml(
        '[columns]\nA = { path = "tags[]", split = "x" }\nB = "name.full"\n[consent.C]\nsays = "opt_in"\nat = "B"'
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(b"A,B,C\n" + body)
        assert all(isinstance(record, RawRecord) for record in read(path, mapping=mapping, presets=PRESETS, limits=SMALL))
