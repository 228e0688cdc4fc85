"""The header of a message: who took part, when, and what kind of message it is. The body is not read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from attrs import frozen

from canonical_contact.formats._text import decode
from canonical_contact.formats.mail._addresses import Mailbox, addresses, decode_words
from canonical_contact.formats.mail._limits import MailLimits
from canonical_contact.formats.mail._mbox import Header

__all__ = ["ROLES", "Message", "looks_like_message", "read_message", "sent_at"]

ROLES: Final = ("from", "sender", "reply-to", "to", "cc", "bcc")
_DELIVERED: Final = ("delivered-to", "x-original-to", "envelope-to")  # what servers add
_FIELD: Final = re.compile(r"^([!-9;-~]{1,80})[ \t]*:(.*(?:\n[ \t].*)*)", re.MULTILINE)
_FOLD: Final = re.compile(r"\r?\n(?=[ \t])")
_WANTED: Final = frozenset({
    *ROLES, "date", "received", "message-id", "subject", "list-id", "list-post", "list-unsubscribe", "precedence", "auto-submitted",
    "content-type", "return-path", "x-autoreply", *_DELIVERED,
})  # fmt: skip
_KNOWN: Final = _WANTED | {
    "mime-version",
    "delivered-to",
    "x-mailer",
    "user-agent",
    "dkim-signature",
    "in-reply-to",
    "references",
}
_REF_CHARS: Final = 500
_SUBJECT_CHARS: Final = 1_000
_LATE: Final = timedelta(days=1)


@frozen
class Message:
    """What the header of a message says.

    Args:
        line: the line of the file at which the message starts.
        people: the addresses of each field that names people, as (field, entry).
        at: when it was sent (UTC); None where that cannot be read.
        date: the text of the date, where it is not what `at` says.
        ref: the Message-ID with its brackets.
        subject: the subject.
        from_list: whether a list or a bulk mailer sent it (RFC 2919, RFC 2369).
        automatic: whether a program answered (RFC 3834).
        report: the kind of report that it is (RFC 6522): `delivery-status`, `feedback-report`, or empty.
        cut: whether a field had more addresses than are read, or the header more bytes.
        recoded: whether bytes of it were no UTF-8.
        delivered: the mailboxes that servers say it was put into.
    """

    line: int
    people: tuple[tuple[str, Mailbox], ...] = ()
    at: datetime | None = None
    date: str = ""
    ref: str = ""
    subject: str = ""
    from_list: bool = False
    automatic: bool = False
    report: str = ""
    cut: bool = False
    recoded: bool = False
    delivered: tuple[str, ...] = ()


def looks_like_message(data: bytes, *, named: bool) -> bool:
    """Tell whether a file is a message by its first lines.

    Args:
        data: the head of the file.
        named: whether its name says so; one field that messages have is enough then.
    """
    head = decode(data[: 1 << 14], "utf-8")[0].replace("\r\n", "\n").lstrip("\ufeff").partition("\n\n")[0]
    first = head.partition("\n")[0]
    if not _FIELD.match(first):
        return False
    fields = {match[1].casefold() for match in _FIELD.finditer(head)} & _KNOWN
    return bool(fields) if named else len(fields) >= 3 and bool(fields & {"from", "date", "received", "message-id"})


def read_message(header: Header, limits: MailLimits) -> Message:
    """Read one header; nothing in it raises."""
    text, recoded = decode(header.data, "utf-8")
    fields: dict[str, list[str]] = {}
    for match in _FIELD.finditer(text):
        name = match[1].casefold()
        if name in _WANTED and (name != "received" or name not in fields):  # the first one is that of the last server
            fields.setdefault(name, []).append(_FOLD.sub("", match[2]).strip())
    people: list[tuple[str, Mailbox]] = []
    cut = header.cut
    for role in ROLES:
        if role in fields:
            found, more = addresses(", ".join(fields[role]), limits.recipients)
            people += [(role, one) for one in found]
            cut = cut or more

    def first(name: str) -> str:
        return next(iter(fields.get(name, ())), "")

    at, odd = sent_at(first("date"), first("received"))
    kind = first("content-type").casefold()
    automatic = first("auto-submitted").casefold().partition(";")[0].strip()
    precedence = first("precedence").casefold()
    return Message(
        line=header.line,
        people=tuple(people),
        at=at,
        date=first("date")[:200] if odd else "",
        ref=first("message-id")[:_REF_CHARS],
        subject=" ".join(decode_words(first("subject")[:_SUBJECT_CHARS]).split()),
        from_list=precedence in ("list", "bulk", "junk")
        or not fields.keys().isdisjoint(("list-id", "list-post", "list-unsubscribe")),
        automatic=automatic not in ("", "no")
        or precedence == "auto_reply"
        or "x-autoreply" in fields
        or first("return-path").strip() == "<>",
        report=next((one for one in ("delivery-status", "feedback-report") if one in kind), "")
        if "multipart/report" in kind
        else "",
        cut=cut,
        recoded=recoded,
        delivered=tuple([one.strip("<> ") for name in _DELIVERED for one in fields.get(name, ())][:10]),
    )


def sent_at(date: str, received: str = "") -> tuple[datetime | None, bool]:
    """Tell when a message was sent: its own date, where that can be; else when the last server got it.

    Args:
        date: the field `Date`.
        received: the first field `Received`.

    Returns:
        The time in UTC, and whether it is not what the date says: it lacks its zone, cannot be read, or is later than the arrival.

    >>> sent_at("Wed, 1 Jul 2026 14:30:00 +0200")[0].isoformat()
    '2026-07-01T12:30:00+00:00'
    >>> sent_at("Wed, 1 Jul 2026 14:30:00")
    (None, True)
    """
    at, arrived = _time(date), _time(received.rpartition(";")[2])
    if at is None or (arrived is not None and at - arrived > _LATE):
        return arrived, True
    return at, False


def _time(text: str) -> datetime | None:
    text = text.strip()[:100]
    try:
        at = parsedate_to_datetime(text)
        if at.tzinfo is None:
            return at.replace(tzinfo=UTC) if "-0000" in text else None  # RFC 5322: UTC, from an unknown zone
        return at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
