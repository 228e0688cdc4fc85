"""Messages of a stream one by one: the header of each, in constant memory, however long the bodies are (RFC 4155, RFC 5322)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from attrs import frozen

from canonical_contact.formats.mail._limits import MailLimits

__all__ = ["Header", "Messages", "starts_mbox"]

# The line between two messages names a sender, a weekday and a time, and a header follows. All writers do so, and hardly any body
# does: those that quote lines with ">" in bodies quote this one, those that do not state the length of the body.
_LINE: Final = rb"From [^\r\n]{0,400}(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? [^\r\n]{0,80}\d:\d\d[^\r\n]{0,100}\r?\n"
_BETWEEN: Final = re.compile(rb"\n" + _LINE + rb"(?=[!-9;-~]{1,80}[ \t]*:|>From )")
_FIRST: Final = re.compile(_LINE)
_END: Final = re.compile(rb"\n\r?\n")
_REACH: Final = 1200  # longer than what `_BETWEEN` looks at


def starts_mbox(data: bytes) -> bool:
    r"""Tell whether a file is one of several messages by how it begins.

    >>> starts_mbox(b"From ana@example.org Wed Jul  1 12:30:00 2026\nSubject: x\n"), starts_mbox(b"From: ana@example.org\n")
    (True, False)
    """
    return _FIRST.match(data) is not None


@frozen
class Header:
    """The header of one message.

    Args:
        data: its bytes, with the line ends of the file.
        line: the line of the file at which the message starts, from 1.
        cut: whether it is longer than the limit.
    """

    data: bytes
    line: int
    cut: bool = False


class Messages:
    """The messages of a file.

    Attributes:
        bytes_read: how far the file was read.
    """

    def __init__(self, stream: BinaryIO, limits: MailLimits) -> None:
        self._stream, self._limits = stream, limits
        self._data, self._at, self._line, self._many = b"", 0, 1, False
        self.bytes_read = 0

    def __iter__(self) -> Iterator[Header]:
        """Give the header of one message after the other; the stream is read once."""
        while len(self._data) < _REACH and self._more():
            pass
        self._data = self._data.removeprefix(b"\xef\xbb\xbf")
        first = _FIRST.match(self._data)
        self._many = first is not None
        if first is not None:
            self._go(first.end())
        there = bool(self._data)
        while there:
            yield self._header()
            there = self._many and self._next()

    def peek(self) -> bytes:
        """Give the beginning of the body of the message whose header was given last."""
        size = self._limits.report_bytes
        while len(self._data) - self._at < size + _REACH and self._more():
            pass
        data = self._data[self._at : self._at + size]
        end = _BETWEEN.search(b"\n" + data) if self._many else None
        return data[: end.start()] if end is not None else data

    def _more(self) -> bool:
        """Read on; what was used is let go of."""
        block = self._stream.read(self._limits.block_bytes)
        self.bytes_read += len(block)
        self._data, self._at = self._data[self._at :] + block, 0
        return bool(block)

    def _go(self, place: int) -> None:
        self._line += self._data.count(b"\n", self._at, place)
        self._at = place

    def _header(self) -> Header:
        line, limit = self._line, self._limits.header_bytes
        while (end := _END.search(self._data, self._at)) is None and len(self._data) - self._at <= limit and self._more():
            pass
        stop = len(self._data) if end is None else end.start() + 1
        if self._many and b"\nFrom " in self._data[self._at : stop] and (next_one := _BETWEEN.search(self._data, self._at, stop)):
            stop, end = next_one.start() + 1, None  # a message that has no body, nor the blank line before it
        cut = stop - self._at > limit
        stop = min(stop, self._at + limit)
        header = Header(self._data[self._at : stop], line, cut)
        self._go(stop if cut or end is None else end.end())
        return header

    def _next(self) -> bool:
        """Go to the header of the next message; False where there is none."""
        self._at = max(0, self._at - 1)  # the line end before a body that is empty
        self._line -= self._data.count(b"\n", self._at, self._at + 1)
        while (found := _BETWEEN.search(self._data, self._at)) is None:
            self._go(max(self._at, len(self._data) - _REACH))
            if not self._more():
                return False
        self._go(found.end())
        return True
