"""Two passes over messages: one for the people, one for the interactions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from attrs import evolve, frozen

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._notes import NoteScanner
from canonical_contact.formats._text import decode
from canonical_contact.formats.mail._addresses import Mailbox
from canonical_contact.formats.mail._limits import MailLimits
from canonical_contact.formats.mail._mbox import Messages
from canonical_contact.formats.mail._message import Message, read_message
from canonical_contact.formats.mail._people import Own, People, Person, folded
from canonical_contact.formats.mail._signs import Signs
from canonical_contact.model import Activity, ConsentEvidence, RawRecord, record_key

__all__ = ["Mail"]

_Tell = Callable[[Problem], None]
# What is told of all messages together, once: code → what is said of so many.
_COUNTED = {
    "mail.list_left_out": "messages came from mailing lists or bulk mailers; who takes part in them was left out.",
    "mail.own_left_out": "addresses are our own and became no contacts.",
    "mail.automatic": "messages were written by programs; they are no interactions.",
    "mail.bounce_passing": "reports say that a message could not be delivered for now; they block nothing.",
}


@frozen
class Mail:
    """Files of messages, and how they are read.

    Args:
        paths: the files, each with one message or with many.
        system: the source's name in links.csv.
        name: how the caller named them together.
        own: our own addresses and domains.
        lists: whether mailing lists and bulk mailers are read like people's messages.
        limits: how much may be in memory at once.
        notes: the phrases that read as a wish to be left alone.
    """

    paths: Sequence[Path]
    system: str
    name: str
    own: Own
    lists: bool
    limits: MailLimits
    notes: NoteScanner

    def records(self, tell: _Tell, advance: Callable[[int], None]) -> Iterator[RawRecord]:
        """Give the people that the messages name.

        Args:
            tell: called with what could not be read.
            advance: called with the bytes that were read so far.
        """
        people, signs, counts = People(self.limits, self.system), Signs(self.notes), Counter[str]()
        ours: set[str] = set()
        for message, file, reader in self._messages(tell, advance):
            self._tell_faults(message, file, tell)
            boxes = [(role, box) for role, box in message.people if box.address]
            if message.report:
                reported = signs.report(message, decode(reader.peek(), "utf-8")[0])
                counts["mail.bounce_passing"] += not reported and message.report == "delivery-status"
                if not reported and message.report == "feedback-report":
                    hint = (
                        "A complaint names nobody, or is none; it blocks nothing. Look whom the message went to that it is about."
                    )
                    tell(Problem("mail.address_unreadable", "", message.subject[:200], hint, file=file, line=message.line))
                for box, sign in reported:
                    if folded(box.address) not in self.own:
                        self._report(people.meet(box, file, message.line), sign, message, file)
                continue
            senders = {folded(box.address) for role, box in boxes if role in ("from", "sender")}
            shown = self._shown(message, boxes, senders, signs)
            skipped = message.from_list and not self.lists and not self._from_us(senders)
            counts["mail.list_left_out"] += skipped
            for role, box in boxes:
                address = folded(box.address)
                if address in self.own:
                    ours.add(address)
                elif not signs.is_robot(address) and (not skipped or (shown and role == "from")):
                    person = people.meet(box, file, message.line)
                    person.call(box.name, message.at, self.limits.names, themselves=role == "from")
                    if shown and role in ("from", "reply-to"):
                        evidence, problems = shown
                        person.show(evidence, [evolve(one, file=file) for one in problems])
            yield from people.crowded_out()
        counts["mail.own_left_out"] = len(ours)
        yield from people.all()
        self._tell_counts(counts, tell)

    def activities(self, tell: _Tell) -> Iterator[Activity | Problem]:
        """Give one interaction for each person who took part in a message."""
        signs, counts = Signs(self.notes), Counter[str]()
        for message, file, _ in self._messages(_pass_over, lambda _: None):
            boxes = [(role, folded(box.address)) for role, box in message.people if box.address]
            senders = {address for role, address in boxes if role in ("from", "sender")}
            by_us = self._from_us(senders)
            if message.automatic or message.report:
                counts["mail.automatic"] += 1
                continue
            if message.from_list and not self.lists and not by_us:
                continue
            if message.date or message.at is None:
                found = "the time of its arrival was taken" if message.at else "it is no interaction"
                hint = f"The date of the message lacks its zone, is later than its arrival, or cannot be read; {found}."
                yield Problem("mail.date_unreadable", "$.at", message.date, hint, file=file, line=message.line)
            if message.at is None:
                continue
            ours = [address for role, address in boxes if address in self.own and (role in ("from", "sender")) == by_us]
            for address in dict.fromkeys(address for role, address in boxes if role not in ("sender", "reply-to")):
                if address in self.own or signs.is_robot(address):
                    continue
                direction = "" if not self.own else "outbound" if by_us else "inbound" if address in senders else ""
                agent = ours[0] if ours else ""
                key = record_key(self.system, address)
                yield Activity(key, "interaction", message.at, agent, "email", direction, ref=message.ref)
        self._tell_counts(counts, tell)

    def _messages(self, tell: _Tell, advance: Callable[[int], None]) -> Iterator[tuple[Message, str, Messages]]:
        before = 0
        for path in self.paths:
            file = str(path) if len(self.paths) > 1 else self.name
            try:
                with path.open("rb") as stream:
                    reader = Messages(stream, self.limits)
                    for header in reader:
                        advance(before + reader.bytes_read)
                        yield read_message(header, self.limits), file, reader
                    before += reader.bytes_read
            except OSError as error:
                hint = f"Reading stopped: {error.strerror or 'the system gives no reason'}. The messages before it were read."
                tell(Problem("file.reading_stopped", hint=hint, severity=Severity.ERROR, file=file))

    def _from_us(self, senders: set[str]) -> bool:
        return any(address in self.own for address in senders)

    def _shown(
        self, message: Message, boxes: Sequence[tuple[str, Mailbox]], senders: set[str], signs: Signs
    ) -> tuple[list[ConsentEvidence], list[Problem]] | None:
        """What the sender says about consent; what we write ourselves says nothing, unless a form of ours writes for somebody else.

        A program's message may say it, too: mail programs write one where a person presses "unsubscribe".
        """
        if self._from_us(senders) and all(folded(box.address) in self.own for role, box in boxes if role == "reply-to"):
            return None
        recipients = [box.address for role, box in boxes if role in ("to", "cc", "bcc")]
        evidence, problems = signs.stop(message, (*recipients, *message.delivered))
        return (evidence, problems) if evidence else None

    def _report(self, person: Person, sign: ConsentEvidence, message: Message, file: str) -> None:
        person.call("", message.at, self.limits.names, themselves=False)
        hint = "A report says that the address does not work, or that its owner complained; it blocks."
        problem = Problem("mail.reported", "$.emails[0]", sign.raw, hint, Severity.INFO, file=file, line=message.line)
        person.show([sign], [problem])

    def _tell_faults(self, message: Message, file: str, tell: _Tell) -> None:
        for role, box in message.people:
            if not box.address:
                hint = "It is no e-mail address; it was left out."
                tell(Problem("mail.address_unreadable", "", box.raw[:200], hint, column=role, file=file, line=message.line))
        if message.cut:
            hint = f"The header is longer than is read, or has more than {self.limits.recipients:,} addresses; the rest was left out."
            tell(Problem("mail.header_too_long", hint=hint, file=file, line=message.line))
        if message.recoded:
            hint = "The header holds bytes that are no UTF-8; they were read as Windows-1252. Check its names."
            tell(Problem("mail.encoding", hint=hint, severity=Severity.INFO, file=file, line=message.line))

    def _tell_counts(self, counts: Counter[str], tell: _Tell) -> None:
        for code, words in _COUNTED.items():
            if counts[code]:
                tell(Problem(code, hint=f"{counts[code]:,} {words}", severity=Severity.INFO, file=self.name))


def _pass_over(_: Problem) -> None:
    return
