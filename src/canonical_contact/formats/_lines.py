"""Lines of a file in constant memory: a line over the limit is left out and told, never loaded."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from attrs import frozen

from canonical_contact.formats._text import decode, file_blocks

__all__ = ["Limits", "LineFeeder", "LongLine", "block_chunks", "chunks"]

_WIDE_PREFIX = ("utf-16", "utf-32")


@frozen
class Limits:
    """How much of a file may be in memory at once.

    Args:
        line_bytes: a longer physical line is left out.
        row_chars: a longer logical row counts as a broken quote.
        row_lines: so does a quoted cell over more lines.
        cell_chars: a longer cell is cut (the csv module's own limit).
        binary_chars: a longer base64 property of a card is left out.
        block_bytes: what is read at once.
        samples: so many problems of one kind are kept for a file, the others are counted.
        card_lines: so many lines of a card are read.
        parameters: a property of a card with more parameters is left out.
    """

    line_bytes: int = 1 << 20
    row_chars: int = 10 << 20
    row_lines: int = 1000
    cell_chars: int = 131_072
    binary_chars: int = 8192
    block_bytes: int = 1 << 18
    samples: int = 100
    card_lines: int = 20_000
    parameters: int = 200


class LongLine(NamedTuple):
    """A line that was left out: its size in bytes and its beginning."""

    size: int
    head: bytes


def chunks(path: Path, encoding: str, start: int, line_end: bytes, limits: Limits) -> Iterator[bytes | LongLine]:
    """Read a file as byte strings of whole lines; a line over the limit comes as a `LongLine` in its place."""
    with path.open("rb") as stream:
        stream.seek(start)
        size = max(2, min(limits.block_bytes, limits.line_bytes) & ~3)
        yield from block_chunks(file_blocks(stream, encoding, size), line_end, limits)


def block_chunks(blocks: Iterable[bytes], line_end: bytes, limits: Limits) -> Iterator[bytes | LongLine]:
    """Cut blocks of a stream into byte strings of whole lines, as `chunks` does with a file."""
    limit = limits.line_bytes
    rest, lost, head = b"", 0, b""
    for block in blocks:
        if lost:  # inside a line that is left out
            end = block.find(line_end)
            if end < 0:
                lost += len(block)
                continue
            yield LongLine(lost + end, head)
            block, lost = block[end + 1 :], 0
        data = rest + block
        end = data.rfind(line_end) + 1
        whole, rest = data[:end], data[end:]
        if len(whole) > limit:
            yield from _apart(whole, line_end, limit)
        elif whole:
            yield whole
        if len(rest) > limit:
            lost, head, rest = len(rest), rest[:400], b""
    if lost:
        yield LongLine(lost, head)
    elif rest:
        yield rest


def _apart(data: bytes, line_end: bytes, limit: int) -> Iterator[bytes | LongLine]:
    """Give the lines of a block one by one, those over the limit as what they are."""
    position = 0
    while position < len(data):
        end = data.find(line_end, position) + 1 or len(data)
        yield data[position:end] if end - position <= limit else LongLine(end - position, data[position : position + 400])
        position = end


class LineFeeder:
    """Gives text lines to a csv reader one by one and remembers those of the present row, so that they can be given again.

    Attributes:
        line: number of the line that was given last, from 1.
        pending: the lines of the present row.
        recoded: numbers of the lines that held bytes of another encoding.
        nuls: numbers of the lines that held NUL characters.
        repairs_left: how often more may be tried for a broken row in vain; a file that is broken throughout must not take for ever.
        repair_chars: how many characters may be read again for that.
        long_lines: the lines that were left out, as (number, what it was); the reader of rows takes them out.
    """

    class TooMuchError(Exception):
        """The row passes a limit: most likely a quote that nobody closed."""

    def __init__(self, path: Path, encoding: str, start: int, line_end: bytes, limits: Limits) -> None:
        self._chunks = chunks(path, encoding, start, line_end, limits)
        self._encoding = "utf-8" if encoding.startswith(_WIDE_PREFIX) else encoding
        self._line_end = line_end.decode()
        self._limits = limits
        self._lines: Iterator[str] = iter(())
        self._again: list[str] = []  # reversed: the next one is the last
        self._size = 0
        self._read = 0
        self.bytes_read = start
        self.line = 0
        self.pending: list[str] = []
        self.repairs_left = 100
        self.repair_chars = 4 << 20
        self.recoded: set[int] = set()
        self.nuls: set[int] = set()
        self.long_lines: list[tuple[int, LongLine]] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.pending) >= self._limits.row_lines or self._size > self._limits.row_chars:
            raise LineFeeder.TooMuchError
        if self._again:
            text = self._again.pop()
            self.line += 1
        else:
            while (line := next(self._lines, None)) is None:
                self._next_chunk()
            text = line
            self._read += 1
            self.line = self._read
        self.pending.append(text)
        self._size += len(text)
        return text

    def _next_chunk(self) -> None:
        chunk = next(self._chunks)  # ends the iteration at the end of the file
        if isinstance(chunk, LongLine):
            self._read += 1
            self.bytes_read += chunk.size
            self.long_lines.append((self._read, chunk))
            return
        self.bytes_read += len(chunk)
        text, recoded = decode(chunk, self._encoding)
        if recoded:
            # Only now is it worth to look which of the lines it is.
            parts = chunk.split(self._line_end.encode())
            self.recoded.update(number for number, part in enumerate(parts, self._read + 1) if decode(part, self._encoding)[1])
        if b"\0" in chunk:
            parts = chunk.split(self._line_end.encode())
            self.nuls.update(number for number, part in enumerate(parts, self._read + 1) if b"\0" in part)
        self._lines = iter(io.StringIO(text, newline=self._line_end))

    @property
    def start(self) -> int:
        """The line at which the present row starts."""
        return self.line - len(self.pending) + 1

    def next_row(self) -> None:
        """Forget the lines of the row that is done."""
        self.pending.clear()
        self._size = 0

    def keep_first(self, count: int = 1) -> None:
        """Take all but the first lines of the present row back; they are given again."""
        back = self.pending[count:]
        self._again.extend(reversed(back))
        self.line -= len(back)
        del self.pending[count:]
