"""What a message says about consent: a subject that asks to stop, a mailbox for leaving, a report of a bounce or a complaint."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any, Final

from attrs import evolve

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._consent import note_evidence
from canonical_contact.formats._fold import plain
from canonical_contact.formats._notes import NoteScanner
from canonical_contact.formats.mail._addresses import Mailbox, addresses
from canonical_contact.formats.mail._message import Message
from canonical_contact.model import ConsentEvidence, EvidenceKind

__all__ = ["Signs"]

_LINE: Final = re.compile(r"^([A-Za-z-]{1,60})[ \t]*:[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
_WORDS: Final = re.compile(r"[-_.+=]+")


class Signs:
    """The tables of data/messages.toml, and the phrases of notes."""

    def __init__(self, notes: NoteScanner) -> None:
        text = (files("canonical_contact.formats") / "data" / "messages.toml").read_text(encoding="utf-8")
        data: dict[str, Any] = tomllib.loads(text)
        self._notes = notes
        self._stops = frozenset(map(plain, data["stops"]))
        self._mailboxes = frozenset(data["stop_mailboxes"])
        self._robots = frozenset(data["robots"])
        self._passing = tuple(data["passing"])
        replies = "|".join(data["replies"])  # and marks that servers put before a subject, such as [EXTERNAL]
        self._reply = re.compile(rf"\A\s*(?:(?:\[[^\[\]]{{1,40}}\]|(?:{replies})\s*(?:\[\d+\])?\s*[:：])\s*)+", re.IGNORECASE)

    def is_robot(self, address: str) -> bool:
        """Tell the address of a mail server's own program."""
        return address.rpartition("@")[0].casefold() in self._robots

    def stop(self, message: Message, recipients: Iterable[str]) -> tuple[list[ConsentEvidence], list[Problem]]:
        """Look whether the sender asks to be left alone, by the subject or by the mailbox that was written to."""
        subject = self._reply.sub("", message.subject)
        evidence, problems = note_evidence(self._notes, subject, "", "Subject")
        if plain(subject) in self._stops:
            evidence = [one for one in evidence if one.channel != "email"]
            evidence.append(ConsentEvidence(EvidenceKind.OPT_OUT, "email", raw=subject[:200]))
        if not evidence and (box := next((one for one in recipients if self._is_stop_mailbox(one)), "")):
            evidence = [ConsentEvidence(EvidenceKind.OPT_OUT, "email", raw=box[:200])]
        if evidence and not problems:
            hint = "The message reads as a wish to be left alone (email) and blocks; a person should look at it."
            problems = [Problem("consent.note_reads_as_stop", "", evidence[0].raw, hint, Severity.INFO, "Subject")]
        shown = [evolve(one, at=message.at, column="Subject", reason="mail_subject") for one in evidence]
        return shown, [evolve(one, line=message.line) for one in problems]

    def _is_stop_mailbox(self, address: str) -> bool:
        local = address.rpartition("@")[0].casefold()
        return local in self._mailboxes or _WORDS.split(local, maxsplit=1)[0] in self._mailboxes

    def report(self, message: Message, body: str) -> list[tuple[Mailbox, ConsentEvidence]]:
        """Read who a report is about: the addresses that do not work (RFC 3464), or who complained (RFC 5965)."""
        found: list[tuple[Mailbox, ConsentEvidence]] = []
        unnamed: ConsentEvidence | None = None  # a complaint that does not say whose it is; the message that it is about does
        for block in body.replace("\r\n", "\n").split("\n\n"):
            fields = {match[1].casefold(): " ".join(match[2].split()) for match in _LINE.finditer(block)}
            if message.report == "delivery-status":
                status, action = fields.get("status", ""), fields.get("action", "").casefold()
                who = fields.get("final-recipient", "") or fields.get("original-recipient", "")
                if not who or action in ("delayed", "delivered", "relayed", "expanded"):
                    continue
                if status[:2] != "5." or status.startswith(self._passing):
                    continue
                raw = f"Status: {status} {fields.get('diagnostic-code', '')}".strip()[:200]
                shown = ConsentEvidence(
                    EvidenceKind.BOUNCE, "email", "any", message.at, raw, "Final-Recipient", reason="hard_bounce"
                )
            elif fields.get("feedback-type", "").casefold() in ("abuse", "fraud", "opt-out", "opt-out-list"):
                who = fields.get("original-rcpt-to", "") or fields.get("removal-recipient", "")
                raw = f"Feedback-Type: {fields['feedback-type']}"[:200]
                shown = ConsentEvidence(EvidenceKind.COMPLAINT, "email", "any", message.at, raw, "Original-Rcpt-To")
                unnamed = None if who else shown
            elif unnamed is not None and fields.get("to"):
                who, shown, unnamed = fields["to"], evolve(unnamed, column="To"), None
            else:
                continue
            found += [
                (one, shown) for one in addresses(who if shown.column == "To" else who.rpartition(";")[2], 10)[0] if one.address
            ]
        return found
