"""Law: whatever bytes stand in messages, reading them gives records, activities and problems, in any block size the same."""

from __future__ import annotations

import tempfile
from datetime import UTC
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.errors import Problem
from canonical_contact.formats import Presets, discover, read, read_activities
from canonical_contact.formats.mail import MailLimits, read_messages
from canonical_contact.model import Activity, RawRecord
from canonical_contact.normalize import Normalizer

PRESETS = Presets()
PIECES = st.sampled_from([
    b"From x@y.org Wed Jul  1 12:30:00 2026\n", b"From: ", b"To: ", b"Cc:", b"Date: Wed, 1 Jul 2026 14:30:00 +0200\n", b"Date: Mon, 99 Foo 9999 99:99:99 +9999\n",
    b"Subject: unsubscribe\n", b"Message-ID: <1@x>\n", b"List-Id: <l>\n", b"Received: x; Wed, 1 Jul 2026 14:30:00 +0200\n", b"Content-Type: multipart/report; report-type=delivery-status\n",
    b"Final-Recipient: rfc822; a@x.org\n", b"Status: 5.1.1\n", b"Auto-Submitted: auto-replied\n", b"Ana <ana@x.org>", b"a@b", b",", b";", b":", b"<", b">", b"(", b")", b'"', b"\\", b"@", b"=?utf-8?q?=C3=BC?=", b"=?utf-8?b?w7w?=",
    b"=?", b"?=", b"\n", b"\n\n", b"\r\n", b"\r", b"\n ", b"\0", b"\xff", b"\xc3\xbc", b"x" * 70, b" ",
])  # fmt: skip
CONTENT = st.lists(PIECES, max_size=50).map(b"".join) | st.binary(max_size=200)
SMALL = MailLimits(header_bytes=400, report_bytes=200, recipients=5, people=3, names=2, block_bytes=64)


@given(CONTENT, st.sampled_from(["x.mbox", "x.eml", "x.txt"]))
def test_reading(content: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        for source in discover([path], presets=PRESETS, own=["y.org"]):
            assert all(isinstance(one, RawRecord) for one in read(source))
            if source.has_activities:
                assert all(isinstance(one, (Activity, Problem)) for one in read_activities(source))
        found = [(list(one), list(one.activities())) for one in (read_messages(path), read_messages(path, limits=SMALL))]
    for records, activities in found:
        for record in records:
            Normalizer().record(record, f"mail:{record.record_id}", record.record_id)
        keys = {f"mail:{record.record_id}" for record in records}
        for one in activities:
            assert isinstance(one, Problem) or (one.at.tzinfo is UTC and one.record in keys)


@given(CONTENT, st.integers(1, 300))
def test_the_size_of_blocks_makes_no_difference(content: bytes, size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.mbox"
        path.write_bytes(b"From x@y.org Wed Jul  1 12:30:00 2026\n" + content)
        whole, small = read_messages(path), read_messages(path, limits=MailLimits(block_bytes=size))
        assert list(whole) == list(small)
        assert list(whole.activities()) == list(small.activities())
        assert whole.problems == small.problems
