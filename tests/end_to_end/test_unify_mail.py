"""A mailbox goes into the same contacts as the exports: timelines, refusals, and nobody of us among the customers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact.consent import may_contact
from canonical_contact.model import Contact, InteractionKind
from canonical_contact.pipeline import UnifyResult, unify
from canonical_contact.store import MemoryStore, iter_contacts

NOW = datetime(2026, 8, 1, tzinfo=UTC)
LINE = "From - Wed Jul  1 12:30:00 2026\n"
HELLO = "From: Ana Gil <Ana@x.example>\nTo: Bob <bob@acme.example>\nMessage-ID: <1@x>\nDate: Wed, 1 Jul 2026 14:30:00 +0200\nSubject: Hello\n\nHello Bob\n\n"
ANSWER = "From: Bob <bob@acme.example>\nTo: ana@x.example, jim@y.example\nMessage-ID: <2@x>\nDate: Thu, 2 Jul 2026 09:00:00 +0200\nSubject: Re: Hello\n\nHello\n\n"
STOP = "From: ana@x.example\nTo: news@acme.example\nMessage-ID: <3@x>\nDate: Fri, 3 Jul 2026 09:00:00 +0200\nSubject: unsubscribe\n\n\n"
SHEET = "id,First name,Last name,E-mail,Newsletter\n1,Ana,Gil,ana@x.example,yes\n"


class World:
    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder, MemoryStore()

    def run(self, *files: str) -> UnifyResult:
        return unify([self.folder / name for name in files], self.store, now=NOW, own=["acme.example"])

    def contact(self, key: str) -> Contact:
        return next(one for one in iter_contacts(self.store) if key in {source.key for source in one.sources})


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "crm.csv").write_text(SHEET)
    (tmp_path / "inbox.mbox").write_text(LINE + HELLO + LINE + STOP)
    (tmp_path / "sent.mbox").write_text(LINE + ANSWER + LINE + HELLO)
    return World(tmp_path)


def test_messages_stand_on_the_timeline_of_the_contact_with_their_ids(world: World) -> None:
    result = world.run("crm.csv", "inbox.mbox", "sent.mbox")
    ana = world.contact("crm:1")
    assert {source.key for source in ana.sources} == {"crm:1", "mail:ana@x.example"}
    assert [(one.kind, one.at.day, one.direction, one.agent, one.source, one.ref) for one in ana.interactions] == [
        (InteractionKind.EMAIL, 1, "inbound", "bob@acme.example", "mail:ana@x.example", "<1@x>"),
        (InteractionKind.EMAIL, 2, "outbound", "bob@acme.example", "mail:ana@x.example", "<2@x>"),
        (InteractionKind.EMAIL, 3, "inbound", "news@acme.example", "mail:ana@x.example", "<3@x>"),
    ]
    assert [one.ref for one in world.contact("mail:jim@y.example").interactions] == ["<2@x>"]
    assert [(Path(file.path).name, file.preset, file.rows) for file in result.files] == [
        ("crm.csv", "sheet", 1),
        ("inbox.mbox and 1 more", "mail", 2),
        ("inbox.mbox and 1 more", "activities", 5),
    ]
    assert result.problems == {"consent.note_reads_as_stop": 1, "mail.own_left_out": 1}


def test_nobody_of_us_becomes_a_contact(world: World) -> None:
    world.run("inbox.mbox", "sent.mbox")
    assert {email.address for one in iter_contacts(world.store) for email in one.emails} == {"ana@x.example", "jim@y.example"}


def test_a_refusal_by_mail_blocks_the_contact_of_the_export(world: World) -> None:
    world.run("crm.csv")
    before = may_contact(world.contact("crm:1"), "email", at=NOW)
    world.run("inbox.mbox")
    answer = may_contact(world.contact("crm:1"), "email", at=NOW)
    assert not answer.allowed
    assert "withdrawn" in answer.reasons
    assert "withdrawn" not in before.reasons


def test_reading_a_mailbox_again_changes_nothing_and_one_more_message_adds_one(world: World) -> None:
    world.run("crm.csv", "inbox.mbox", "sent.mbox")
    again = world.run("inbox.mbox")
    assert (again.records.new, again.records.changed, again.contacts.changed) == (0, 0, 0)
    with (world.folder / "inbox.mbox").open("a") as stream:
        stream.write(LINE + HELLO.replace("<1@x>", "<4@x>").replace("1 Jul", "5 Jul"))
    more = world.run("inbox.mbox")
    assert (more.records.new, more.records.changed, more.contacts.changed) == (0, 1, 1)
    assert [one.ref for one in world.contact("crm:1").interactions] == ["<1@x>", "<2@x>", "<3@x>", "<4@x>"]


def test_single_messages_of_a_folder_are_one_source(world: World) -> None:
    folder = world.folder / "messages"
    folder.mkdir()
    for number, text in enumerate((HELLO, ANSWER, STOP)):
        (folder / f"{number}.eml").write_text(text)
    result = world.run("messages")
    assert [(Path(file.path).name, file.preset, file.rows) for file in result.files] == [
        ("0.eml and 2 more", "mail", 2),
        ("0.eml and 2 more", "activities", 4),
    ]
    assert {Path(source.file).name for one in iter_contacts(world.store) for source in one.sources} == {"0.eml", "1.eml"}
    assert [one.ref for one in world.contact("mail:ana@x.example").interactions] == ["<1@x>", "<2@x>", "<3@x>"]
