"""Messages that ask to stop, in the forms that servers, forms and other languages give them."""

from __future__ import annotations

from pathlib import Path

import pytest

from canonical_contact.formats.mail import read_messages
from canonical_contact.model import EvidenceKind

DATE = "Date: Wed, 1 Jul 2026 14:30:00 +0200"
REPORT = """From: fbl@isp.example
To: abuse@acme.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1

--b
Content-Type: message/rfc822

From: news@acme.example
{to}Subject: offer

--b--
"""


def _refusals(folder: Path, text: str) -> dict[str, list[EvidenceKind]]:
    (folder / "one.eml").write_text(text, encoding="utf-8")
    return {
        one.record_id: [shown.kind for shown in one.evidence] for one in read_messages(folder / "one.eml", own=["acme.example"])
    }


@pytest.mark.parametrize(
    "subject",
    ["[EXTERNAL] STOP", "[acme-news] Re: unsubscribe", "回复：退订", "Отписаться", "Odhlásit", "leiratkozás", "配信停止", "Not interested",
     "Bitte nehmen Sie mich aus dem Verteiler"],
)  # fmt: skip
def test_a_subject_of_other_languages_and_with_marks_of_servers_blocks(tmp_path: Path, subject: str) -> None:
    found = _refusals(tmp_path, f"From: ana@x.es\nTo: news@acme.example\n{DATE}\nSubject: {subject}\n\n")
    assert found == {"ana@x.es": [EvidenceKind.OPT_OUT]}


@pytest.mark.parametrize("field", ["Delivered-To", "X-Original-To", "Envelope-To"])
def test_a_mailbox_for_leaving_that_only_the_server_names_blocks(tmp_path: Path, field: str) -> None:
    text = f"From: ana@x.es\nTo: news@acme.example\n{field}: <unsubscribe+17@acme.example>\n{DATE}\nSubject: hello\n\n"
    assert _refusals(tmp_path, text) == {"ana@x.es": [EvidenceKind.OPT_OUT]}


def test_where_the_sender_gets_answers_is_blocked_with_the_sender(tmp_path: Path) -> None:
    text = f"From: ana@x.es\nReply-To: ana@private.example\nTo: news@acme.example\n{DATE}\nSubject: STOP\n\n"
    assert _refusals(tmp_path, text) == {"ana@x.es": [EvidenceKind.OPT_OUT], "ana@private.example": [EvidenceKind.OPT_OUT]}


def test_who_asks_by_a_form_of_ours_is_blocked(tmp_path: Path) -> None:
    text = f"From: form@acme.example\nReply-To: ana@x.es\nTo: news@acme.example\n{DATE}\nSubject: Unsubscribe\n\n"
    assert _refusals(tmp_path, text) == {"ana@x.es": [EvidenceKind.OPT_OUT]}


def test_a_complaint_that_names_nobody_is_of_whom_the_message_went_to(tmp_path: Path) -> None:
    assert _refusals(tmp_path, REPORT.format(to="To: Ana <ana@x.es>\n")) == {"ana@x.es": [EvidenceKind.COMPLAINT]}


def test_a_complaint_that_names_nobody_at_all_is_told(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_text(REPORT.format(to=""))
    reading = read_messages(tmp_path / "one.eml", own=["acme.example"])
    assert list(reading) == []
    assert "mail.address_unreadable" in [one.code for one in reading.problems]


def test_of_two_refusals_the_one_without_a_date_counts(tmp_path: Path) -> None:
    for number, date in enumerate((DATE, "Date: one day")):
        (tmp_path / f"{number}.eml").write_text(f"From: ana@x.es\nTo: news@acme.example\n{date}\nSubject: STOP\n\n")
    ((shown,),) = [one.evidence for one in read_messages(tmp_path, own=["acme.example"])]
    assert shown.at is None
