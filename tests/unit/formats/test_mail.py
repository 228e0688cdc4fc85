"""E-mail messages: who becomes a record, what becomes an interaction, what blocks, and what strangers may write into a header."""

from __future__ import annotations

import io
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact.formats.mail import MailLimits, MailReading, read_messages
from canonical_contact.formats.mail._addresses import addresses, decode_words
from canonical_contact.formats.mail._mbox import Messages
from canonical_contact.formats.mail._message import sent_at
from canonical_contact.model import Activity, EvidenceKind, RawRecord

DATE = "Date: Wed, 1 Jul 2026 14:30:00 +0200"
AT = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
OWN = ("acme.example",)
Read = Callable[..., MailReading]


@pytest.fixture
def mail(tmp_path: Path) -> Read:
    """Read messages: one text a message; several make an mbox."""

    def read(
        *messages: str | bytes, own: tuple[str, ...] = OWN, lists: bool = False, limits: MailLimits | None = None
    ) -> MailReading:
        parts = [one.encode() if isinstance(one, str) else one for one in messages]
        path = tmp_path / ("one.eml" if len(parts) == 1 else "many.mbox")
        between = b"From x@y.org Wed Jul  1 12:30:00 2026\n"
        path.write_bytes(parts[0] if len(parts) == 1 else b"".join(between + one + b"\n\n" for one in parts))
        return read_messages(path, own=own, lists=lists, limits=limits)

    return read


def people(reading: MailReading) -> dict[str, RawRecord]:
    return {one.record_id: one for one in reading}


def talks(reading: MailReading) -> list[tuple[str, str, str]]:
    return [(one.record, one.direction, one.agent) for one in reading.activities() if isinstance(one, Activity)]


def codes(reading: MailReading) -> list[str]:
    list(reading)
    return [one.code for one in reading.problems]


def test_everybody_who_takes_part_is_a_record_but_for_ourselves(mail: Read) -> None:
    reading = mail(
        f'From: =?utf-8?q?Ana_N=C3=BA=C3=B1ez?= <Ana@X.es>\nTo: Bob <bob@acme.example>, jim@y.org\nCc: "Doe, Jane" <jane@z.org>\n'
        f"Bcc: kim@mail.acme.example\nReply-To: ana@private.example\nMessage-ID: <1@x.es>\n{DATE}\nSubject: Hello\n\nbody of the message"
    )
    found = people(reading)
    assert {key: one.values.get("name.full", "") for key, one in found.items()} == {
        "ana@x.es": "Ana Núñez", "ana@private.example": "", "jim@y.org": "", "jane@z.org": "Doe, Jane",
    }  # fmt: skip
    assert found["ana@x.es"].values == {
        "emails[0].address": "Ana@X.es", "name.full": "Ana Núñez", "source_channel": "email", "updated_at": "2026-07-01T12:30:00+00:00",
    }  # fmt: skip
    assert (found["ana@x.es"].system, found["ana@x.es"].line) == ("mail", 1)
    assert "body of the message" not in repr(list(found.values()))
    assert codes(reading) == ["mail.own_left_out"]


def test_a_message_is_an_interaction_of_everybody_outside(mail: Read) -> None:
    inbound = f"From: ana@x.es\nTo: bob@acme.example, jim@y.org\nMessage-ID: <1@x.es>\n{DATE}\n\n"
    outbound = f"From: Bob <bob@acme.example>\nTo: ana@x.es\nCc: bob2@acme.example, jim@y.org\nMessage-ID: <2@x.es>\n{DATE}\n\n"
    inside = f"From: bob@acme.example\nTo: kim@acme.example\n{DATE}\n\n"
    assert talks(mail(inbound, outbound, inside)) == [
        ("mail:ana@x.es", "inbound", "bob@acme.example"),
        ("mail:jim@y.org", "", "bob@acme.example"),
        ("mail:ana@x.es", "outbound", "bob@acme.example"),
        ("mail:jim@y.org", "outbound", "bob@acme.example"),
    ]
    first = next(iter(mail(inbound).activities()))
    assert first == Activity("mail:ana@x.es", "interaction", AT, "bob@acme.example", "email", "inbound", ref="<1@x.es>")


def test_without_own_addresses_all_are_contacts_and_nothing_has_a_direction(mail: Read) -> None:
    reading = mail(f"From: ana@x.es\nTo: bob@acme.example\n{DATE}\n\n", own=())
    assert set(people(reading)) == {"ana@x.es", "bob@acme.example"}
    assert talks(reading) == [("mail:ana@x.es", "", ""), ("mail:bob@acme.example", "", "")]


def test_one_record_for_an_address_with_the_latest_date_and_its_own_name(mail: Read) -> None:
    other = "From: bob@acme.example\nTo: Annie <ANA@x.es>\nDate: Thu, 2 Jul 2026 08:00:00 -0000\n\n"
    self_ = f"From: Ana Gil <ana@x.es>\nTo: bob@acme.example\n{DATE}\n\n"
    (ana,) = mail(other, other, self_)
    assert ana.values["name.full"] == "Ana Gil"
    assert ana.values["extensions.other_names"] == "Annie"
    assert ana.values["updated_at"] == "2026-07-02T08:00:00+00:00"
    assert ana.raw == {"Address": "ANA@x.es", "Name": "Ana Gil", "Other names": "Annie", "Date": ana.values["updated_at"]}


def test_people_are_held_in_bounded_number_and_come_again(mail: Read) -> None:
    messages = [f"From: p{number}@x.es\nTo: bob@acme.example\n{DATE}\n\n" for number in (1, 2, 3, 1)]
    assert [one.record_id for one in mail(*messages, limits=MailLimits(people=2))] == ["p1@x.es", "p2@x.es", "p3@x.es", "p1@x.es"]


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("undisclosed-recipients:;", {}),
        ("team: a@x.org (Ana), b@x.org;, C <c@x.org>", {"a@x.org": "Ana", "b@x.org": "", "c@x.org": "C"}),
        ('"ana@x.org" <ana@x.org>', {"ana@x.org": ""}),
        ("Doe, Jane <jane@x.org>; jim@x.org", {"jane@x.org": "Doe, Jane", "jim@x.org": ""}),
        ('"Ana <ana@x.org>, bob@x.org', {"ana@x.org": "Ana", "bob@x.org": ""}),
        ("Ana ana@x.org", {"ana@x.org": "Ana"}),
        ("<mailto:ana@x.org>", {"ana@x.org": ""}),
        ("A <a@x.org> B <b@x.org>", {"a@x.org": "A", "b@x.org": "B"}),
        ("<a@x.org", {"a@x.org": ""}),
        ('"john doe"@x.org', {'"john doe"@x.org': ""}),
        ('"=?utf-8?B?w5x=?= =?utf-8?B?bGkg?=" <u@x.de>', {"u@x.de": "Üli"}),
        ("=?no-such-charset?q?Zo=EB?= <z@x.de>", {"z@x.de": "Zoë"}),
        ("m@münchen.example", {"m@münchen.example": ""}),
        ("a@x.org,\r\n\tb@x.org", {"a@x.org": "", "b@x.org": ""}),
    ],
)
def test_addresses_as_mailers_write_them(mail: Read, field: str, found: dict[str, str]) -> None:
    reading = mail(f"From: bob@acme.example\nTo: {field}\n{DATE}\n\n")
    assert {key: one.values.get("name.full", "") for key, one in people(reading).items()} == found
    assert set(codes(reading)) == {"mail.own_left_out"}


@pytest.mark.parametrize("field", ["/O=EXCH/CN=ANA", "root", "ana at x.org", "a@b@c", "ana@", "@x.org", "a@x.org b@x.org"])
def test_what_is_no_address_is_told(mail: Read, field: str) -> None:
    reading = mail(f"From: bob@acme.example\nTo: {field}\n{DATE}\n\n")
    assert list(reading) == []
    first = reading.problems[0]
    assert (first.code, first.raw, first.column, first.line) == ("mail.address_unreadable", field, "to", 1)


def test_a_display_name_that_is_another_address_is_no_name(mail: Read) -> None:
    (one,) = mail(f'From: "ceo@bank.example" <thief@evil.example>\nTo: bob@acme.example\n{DATE}\n\n')
    assert "name.full" not in one.values
    assert [(problem.code, problem.raw) for problem in one.problems] == [("mail.name_is_address", "ceo@bank.example")]


def test_raw_bytes_in_a_header_are_read_and_told(mail: Read) -> None:
    reading = mail(b"From: Zo\xeb <zoe@x.org>\nTo: bob@acme.example\n" + DATE.encode() + b"\n\n")
    assert people(reading)["zoe@x.org"].values["name.full"] == "Zoë"
    assert codes(reading) == ["mail.encoding", "mail.own_left_out"]
    (utf8,) = mail("From: Zoë <zoe@x.org>\nTo: bob@acme.example\n\n")
    assert utf8.values["name.full"] == "Zoë"


@pytest.mark.parametrize(
    ("date", "received", "at", "odd"),
    [
        ("Wed, 1 Jul 2026 14:30:00 +0200 (CEST)", "", AT, False),
        ("Wed, 1 Jul 2026 12:30:00 GMT", "", AT, False),
        ("Wed, 1 Jul 2026 12:30:00 -0000", "", AT, False),
        ("Wed, 1 Jul 2026 12:30:00", "", None, True),
        ("Wed, 1 Jul 2026 12:30:00", "by mx; Wed, 1 Jul 2026 12:30:00 +0000", AT, True),
        ("Wed, 1 Jul 2099 12:30:00 +0000", "by mx; Wed, 1 Jul 2026 12:30:00 +0000", AT, True),
        ("Fri, 31 Dec 9999 23:30:00 -0200", "", None, True),
        ("yesterday", "", None, True),
        ("99999999999999999999", "", None, True),
        ("", "", None, True),
    ],
)
def test_the_date_of_a_message(date: str, received: str, at: datetime | None, odd: bool) -> None:
    assert sent_at(date, received) == (at, odd)


def test_a_message_without_a_date_is_told_and_no_interaction(mail: Read) -> None:
    (problem,) = mail("From: ana@x.es\nTo: bob@acme.example\nDate: soon\n\n").activities()
    assert (getattr(problem, "code", ""), getattr(problem, "raw", "")) == ("mail.date_unreadable", "soon")


@pytest.mark.parametrize("header", ["List-Id: <l.example>", "Precedence: bulk", "List-Unsubscribe: <https://l.example/u>"])
def test_mailing_lists_are_left_out_and_counted_unless_asked_for(mail: Read, header: str) -> None:
    message = f"From: Jim <jim@y.org>\nTo: list@l.example\n{header}\n{DATE}\nSubject: news\n\n"
    reading = mail(message)
    assert (list(reading), talks(reading), codes(reading)) == ([], [], ["mail.list_left_out"])
    assert set(people(mail(message, lists=True))) == {"jim@y.org", "list@l.example"}
    ours = f"From: news@acme.example\nTo: ana@x.es\n{header}\n{DATE}\nSubject: please do not unsubscribe\n\n"
    assert talks(mail(ours)) == [("mail:ana@x.es", "outbound", "news@acme.example")]
    assert not people(mail(ours))["ana@x.es"].evidence


@pytest.mark.parametrize("header", ["Auto-Submitted: auto-replied", "X-Autoreply: yes", "Return-Path: <>"])
def test_an_automatic_answer_is_no_interaction(mail: Read, header: str) -> None:
    reading = mail(f"From: Ana <ana@x.es>\nTo: bob@acme.example\n{header}\n{DATE}\nSubject: Out of office\n\n")
    assert set(people(reading)) == {"ana@x.es"}
    assert [getattr(one, "code", "") for one in reading.activities()] == ["mail.automatic"]


@pytest.mark.parametrize(
    ("subject", "channel"),
    [
        ("STOP", "email"),
        ("unsubscribe", "email"),
        ("Re: AW: Newsletter abmelden!", "email"),
        ("=?utf-8?q?D=C3=A9sinscription?=", "email"),
        ("Fwd: please remove me from your mailing list", "email"),
        ("Bitte nicht mehr anrufen", "voice"),
        ("baja", "email"),
    ],
)
def test_a_subject_that_asks_to_stop_blocks(mail: Read, subject: str, channel: str) -> None:
    reading = mail(f"From: Ana <ana@x.es>\nTo: news@acme.example, jim@y.org\n{DATE}\nSubject: {subject}\n\n")
    found = people(reading)
    assert [(one.kind, one.channel, one.at, one.reason) for one in found["ana@x.es"].evidence] == [
        (EvidenceKind.OPT_OUT, channel, AT, "mail_subject")
    ]
    assert [one.code for one in found["ana@x.es"].problems] == ["consent.note_reads_as_stop"]
    assert not found["jim@y.org"].evidence


def test_a_mailbox_for_leaving_blocks_and_so_does_a_refusal_by_way_of_a_list(mail: Read) -> None:
    for box in ("unsubscribe@acme.example", "unsub-8f3a@news.acme.example", "leave+token@acme.example"):
        found = people(mail(f"From: ana@x.es\nTo: <{box}>\n{DATE}\nAuto-Submitted: auto-generated\nSubject: \n\n"))
        assert [(one.kind, one.raw) for one in found["ana@x.es"].evidence] == [(EvidenceKind.OPT_OUT, box)]
    listed = mail(
        f"From: ana@x.es\nTo: news@acme.example, jim@y.org\nList-Id: <news.acme.example>\n{DATE}\nSubject: unsubscribe\n\n"
    )
    assert [(key, bool(one.evidence)) for key, one in people(listed).items()] == [("ana@x.es", True)]


def test_a_plain_subject_and_our_own_words_block_nobody(mail: Read) -> None:
    for sender, subject in (("ana@x.es", "Bus stop plan"), ("ana@x.es", "The end"), ("bob@acme.example", "unsubscribe")):
        found = people(mail(f"From: {sender}\nTo: bob@acme.example, jim@y.org\n{DATE}\nSubject: {subject}\n\n"))
        assert not any(one.evidence for one in found.values())


REPORT = """From: MAILER-DAEMON@acme.example
To: bob@acme.example
Date: Wed, 1 Jul 2026 14:30:00 +0200
Content-Type: multipart/report; report-type={kind};
 boundary="b"

--b

Sorry, gone@wrong.example did not work.

--b
Content-Type: message/{kind}

{fields}

--b--
"""


def bounce(status: str, action: str = "failed") -> str:
    fields = f"Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; Gone@Y.org\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp;\n 550 no"
    return REPORT.format(kind="delivery-status", fields=fields)


def test_a_report_that_an_address_does_not_work_blocks_it(mail: Read) -> None:
    reading = mail(bounce("5.1.1"))
    (gone,) = reading
    assert (gone.record_id, [(one.kind, one.channel, one.raw) for one in gone.evidence]) == (
        "gone@y.org",
        [(EvidenceKind.BOUNCE, "email", "Status: 5.1.1 smtp; 550 no")],
    )
    assert [one.code for one in gone.problems] == ["mail.reported"]
    assert talks(reading) == []


@pytest.mark.parametrize(
    ("status", "action"), [("4.4.1", "failed"), ("5.2.2", "failed"), ("5.7.1", "failed"), ("5.1.1", "delayed"), ("", "failed")]
)
def test_a_report_of_a_passing_fault_blocks_nothing(mail: Read, status: str, action: str) -> None:
    reading = mail(bounce(status, action))
    assert (list(reading), codes(reading)) == ([], ["mail.bounce_passing"])


def test_a_complaint_that_a_provider_reports_blocks(mail: Read) -> None:
    fields = "Feedback-Type: abuse\nOriginal-Rcpt-To: <ana@x.es>\nVersion: 1"
    (ana,) = mail(REPORT.format(kind="feedback-report", fields=fields))
    assert (ana.record_id, [one.kind for one in ana.evidence]) == ("ana@x.es", [EvidenceKind.COMPLAINT])


def test_a_body_is_not_taken_for_a_message() -> None:
    body = b"From here on\nFrom: nobody\n>From x Wed Jul  1 12:30:00 2026\nFrom x Wed Jul  1 12:30:00 2026\nno header\n"
    data = b"From a@x Wed Jul  1 12:30:00 2026\nA: 1\n\n" + body + b"\nFrom - Thu Jul  2 12:30:00 2026\r\nB: 2\r\n\r\n"
    found = [(one.data, one.line) for one in Messages(io.BytesIO(data), MailLimits())]
    assert found == [(b"A: 1\n", 2), (b"B: 2\r\n", 11)]


@pytest.mark.parametrize("size", [1, 7, 64, 1 << 20])
def test_where_blocks_end_makes_no_difference(size: int) -> None:
    one = b"From a@x.org Wed Jul  1 12:30:00 2026\nFrom: a@x.org\nTo: b@x.org\n\nbody\nbody\n\n"
    reader = Messages(io.BytesIO(one * 50), MailLimits(block_bytes=size))
    found = [(header.data, header.line, reader.peek()) for header in reader]
    assert found == [(b"From: a@x.org\nTo: b@x.org\n", 2 + 7 * number, b"body\nbody\n\n") for number in range(50)]


class Endless(io.RawIOBase):
    """A mailbox of many messages with long bodies that is never in memory."""

    def __init__(self, count: int) -> None:
        self._head = b"From a@x.org Wed Jul  1 12:30:00 2026\nFrom: a@x.org\nTo: b@x.org\n\n"
        self._left, self._body = count, b"x" * 99 + b"\n"

    def read(self, size: int = -1) -> bytes:
        if not self._left:
            return b""
        self._left -= 1
        return self._head + self._body * (size // 100) + b"\n"


def test_a_mailbox_of_any_size_is_read_in_constant_memory() -> None:
    limits = MailLimits(block_bytes=1 << 16)
    tracemalloc.start()
    found = list(Messages(Endless(300), limits))  # type: ignore[arg-type]  # all that is asked of it is read()
    assert len(found) == 300
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


def test_a_header_over_the_limit_is_cut_and_told(mail: Read) -> None:
    reading = mail(f"From: ana@x.es\nX-Long: {'x' * 5000}\nTo: jim@y.org\n\n", limits=MailLimits(header_bytes=1000))
    assert set(people(reading)) == {"ana@x.es"}
    assert codes(reading) == ["mail.header_too_long"]


def test_recipients_over_the_limit_are_left_out_and_told(mail: Read) -> None:
    many = ", ".join(f"p{number}@x.es" for number in range(20))
    reading = mail(f"From: bob@acme.example\nTo: {many}\n{DATE}\n\n", limits=MailLimits(recipients=5))
    assert (len(people(reading)), codes(reading)) == (5, ["mail.header_too_long", "mail.own_left_out"])


@pytest.mark.parametrize(
    "field",
    ['"' * 99_999, "(" * 99_999, "<" * 99_999, '"\\"' * 33_333, "a:" * 50_000, "g:" + "a@b," * 25_000, "@" + ":a" * 50_000, "," * 99_999, "<a@b>" * 20_000,
     "=?" * 50_000, "=?utf-8?q?a?= " * 7_000, " " * 99_999, "=?punycode?b?" + "QUFB" * 25_000 + "?= <a@b>", "\r\n " * 33_000],
)  # fmt: skip
def test_no_header_takes_long(field: str) -> None:
    began = time.perf_counter()
    addresses(field, 1_000)
    decode_words(field)
    assert time.perf_counter() - began < 1


def test_a_folder_of_messages_is_read_together(tmp_path: Path) -> None:
    for number, date in enumerate((1, 3, 2)):
        (tmp_path / f"{number}.eml").write_text(f"From: ana@x.es\nTo: bob@acme.example\nDate: {date} Jul 2026 08:00:00 +0000\n\n")
    reading = read_messages(tmp_path, own=OWN)
    assert people(reading)["ana@x.es"].values["updated_at"] == "2026-07-03T08:00:00+00:00"
    assert len(talks(reading)) == 3


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    reading = read_messages(tmp_path / "no.mbox")
    assert (list(reading), codes(reading)) == ([], ["file.reading_stopped"])
