"""vCard text to cards: versions 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350) as phones and programs write them, broken ones too.

Parsers that hold to the standard give up on such cards; here every line is read for itself, and what cannot be read becomes a problem.
One parser for two users: the reader of records, and the exchange of contacts. A card that has nothing unusual is unfolded and decoded
at once; any other is read line by line, so that a problem names its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final, NamedTuple, cast

from attrs import evolve

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._lines import Limits, LongLine, block_chunks
from canonical_contact.formats._rows import nul_problem
from canonical_contact.formats._text import SAMPLE_BYTES, decode, detect_encoding, file_blocks
from canonical_contact.formats.vcard._head import Head, Heads, TooManyParametersError, quoted_printable, split_line

__all__ = ["EXCHANGE", "Card", "Line", "cards", "open_cards"]

EXCHANGE: Final = Limits(line_bytes=4 << 20, binary_chars=3 << 20)
_DEPTH: Final = 4  # so many cards may be within each other
_PROBLEMS: Final = 100  # so many problems of one card are told, the others are counted
_WIDE: Final = ("utf-16", "utf-32")

_BORDER = re.compile(rb"\n([ \t]*)(?:\xef\xbb\xbf[ \t]*)?(BEGIN|END)[ \t]*:[ \t]*VCARD[ \t]*(?=\n|\Z)", re.IGNORECASE)
_AGENT = re.compile(rb"(?:\n|\A)[ \t]*(?:[\w-]+\.)?AGENT[ \t]*(?:;[^\n:]*)?:[ \t]*\n*\Z", re.IGNORECASE)
_LONE_CR = re.compile(rb"(?<==)\r|\r(?=[ \t\r]|(?:[\w-]+\.)?[A-Za-z][\w-]*[;:])")
_GAP: Final = b"\x1a"  # stands for a line that was too long, so that what follows does not join the line before
_NAME = re.compile(rb"\s*(?:[\w-]+\.)?[A-Za-z][\w-]*[;:]")
_SOFT = re.compile(rb"[;:]?ENCODING=QUOTED-PRINTABLE|;QUOTED-PRINTABLE", re.IGNORECASE)
_FOLD = re.compile(rb"\r?\n[ \t]")


class Line(NamedTuple):
    """One property as it stands in a card.

    Args:
        head: what stands left of the colon.
        value: decoded from its transfer encoding, still with its escapes; base64 stays as it is.
        size: length of a base64 value that was left out.
    """

    head: Head
    value: str
    size: int = 0

    @property
    def name(self) -> str:
        """In capitals, such as `TEL`."""
        return self.head.name

    @property
    def params(self) -> dict[str, tuple[str, ...]]:
        """Parameters by name in capitals; bare ones of version 2.1 are under TYPE, in small letters."""
        return self.head.params

    @property
    def group(self) -> str:
        """Such as `item1`."""
        return self.head.group

    @property
    def left(self) -> str:
        """What stands left of the colon, as written."""
        return self.head.left

    @property
    def types(self) -> tuple[str, ...]:
        """Its types in small letters."""
        return self.head.params.get("TYPE", ())


class Card(NamedTuple):
    """One card: where it starts, its properties, and what was wrong with it."""

    line: int
    properties: tuple[Line, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def version(self) -> str:
        """The version that it states; empty where it states none."""
        return next((one.value.strip() for one in self.properties if one.name == "VERSION"), "")


def cards(
    chunks: Iterable[bytes | LongLine], encoding: str, limits: Limits, tell: Callable[[Problem], None], *, agents: bool = False
) -> Iterator[Card]:
    """Read cards one by one; memory and time are bounded by the limits, and nothing raises.

    Args:
        chunks: bytes of whole lines, see `block_chunks`.
        encoding: of the text; wide encodings come recoded to UTF-8.
        limits: how much may be in memory at once.
        tell: called with what is wrong outside of cards.
        agents: keep a card that stands within another one (`AGENT` of version 2.1) as the escaped text of that property; else it is
            left out.
    """
    encoding = "utf-8" if encoding.startswith(_WIDE) else encoding
    reader = _Reader(encoding, limits)
    card: _Open | None = None
    number, garbage = 1, False  # the line that comes next
    for chunk in chunks:
        if isinstance(chunk, LongLine):
            (tell if card is None else card.gap)(_long_line(chunk, number))
            number += 1
            continue
        data = _line_ends(chunk)
        place = 0
        for border in _BORDER.finditer(data):
            start, end = border.span()
            if card is not None and border[1] and not card.indented:
                continue  # a folded line that happens to say so
            inner = data[place:start]
            if card is None:
                garbage = _outside(inner, number, encoding, garbage, tell)
            else:
                card.add(number, inner)
            number += inner.count(b"\n")
            begins = border[2][:1] in b"Bb"
            if card is None:
                pass
            elif begins and card.in_agent():
                card.deeper(number)
            elif begins:
                card.problems.append(_fault("vcard.end_missing", "The next card begins before this one ends.", number))
                yield reader.card(card)
                card = None
            elif card.depth:
                card.higher()
            else:
                yield reader.card(card)
                card = None
                begins = False
            if card is None and begins:
                card, garbage = _Open(number, bool(border[1]), limits, agents=agents), False
            number += 1
            place = end
        rest = data[place:]
        if card is None:
            garbage = _outside(rest, number, encoding, garbage, tell)
        else:
            card.add(number, rest)
        number += rest.count(b"\n")
    if card is not None:
        card.problems.append(_fault("vcard.end_missing", "The file ends before the card does.", card.line))
        yield reader.card(card)


def open_cards(
    stream: BinaryIO, tell: Callable[[Problem], None], *, limits: Limits = EXCHANGE, encoding: str = "", agents: bool = True
) -> Iterator[Card]:
    r"""Read the cards of a binary stream one by one; its encoding and line ends are told from its beginning.

    Args:
        stream: is read once, block by block.
        tell: called with what is wrong outside of cards.
        limits: how much may be in memory at once.
        encoding: a codec's name where it is known.
        agents: see `cards`.

    >>> import io
    >>> (card,) = open_cards(io.BytesIO(b"BEGIN:VCARD\nVERSION:2.1\nTEL;HOME:1\nEND:VCARD"), print)
    >>> card.version, [(one.name, one.types, one.value) for one in card.properties][1]
    ('2.1', ('TEL', ('home',), '1'))
    """
    sample = b""
    while len(sample) < SAMPLE_BYTES and (block := stream.read(SAMPLE_BYTES - len(sample))):
        sample += block
    # Some phones fold inside a character; joined lines show what encoding it is.
    found, start = detect_encoding(_FOLD.sub(b"", sample), whole=len(sample) < SAMPLE_BYTES)
    encoding = encoding or found
    line_end = b"\r" if b"\r" in sample and b"\n" not in sample else b"\n"
    size = max(4, min(limits.block_bytes, limits.line_bytes) & ~3)
    blocks = file_blocks(cast(BinaryIO, _Again(sample[start:], stream)), encoding, size)
    return cards(block_chunks(blocks, line_end, limits), encoding, limits, tell, agents=agents)


class _Again:
    """A stream whose beginning was read already."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head, self._stream = head, stream

    def read(self, size: int) -> bytes:
        """Read so many bytes at most."""
        if not self._head:
            return self._stream.read(size)
        block, self._head = self._head[:size], self._head[size:]
        return block


class _Open:
    """The text of a card that has begun; lines of cards within it are told apart from its own."""

    def __init__(self, line: int, indented: bool, limits: Limits, *, agents: bool) -> None:
        self.line, self.indented, self.depth = line, indented, 0
        self.parts: list[tuple[int, bytes]] = []  # number of the first line, and lines that begin with their line ends
        self.problems: list[Problem] = []
        self.gaps = False
        self._room, self._lines, self._limits = limits.row_chars, limits.card_lines, limits
        self._agents, self._agent, self._told, self._tail = agents, list[bytes](), False, b""

    def add(self, number: int, text: bytes) -> None:
        """Take lines in, as far as there is room."""
        self._tail = (self._tail + text[-300:])[-300:]
        if self.depth:
            if self._agents and self.depth <= _DEPTH:
                self._agent.append(self._cut(number, text))
        elif text and (text := self._cut(number, text)):
            self.parts.append((number, text))

    def _cut(self, number: int, text: bytes) -> bytes:
        if len(text) > self._room:
            end = text.rfind(b"\n", 0, self._room + 1) if self._room else 0
            self._full(number, text, max(0, end), f"{self._limits.row_chars:,} bytes")
            text = text[: max(0, end)]
            self._room = 0
        self._room -= len(text)
        lines = text.count(b"\n")
        if lines > self._lines:
            end = 0
            for _ in range(self._lines + 1):
                end = text.find(b"\n", end) + 1
            self._full(number, text, end - 1, f"{self._limits.card_lines:,} lines")
            text, lines, self._room = text[: end - 1], self._lines, 0
        self._lines -= lines
        return text

    def _full(self, number: int, text: bytes, end: int, limit: str) -> None:
        if not self._told:
            self._told = True
            hint = f"The card has more than {limit}; the rest was left out."
            self.problems.append(_fault("vcard.too_long", hint, number + text.count(b"\n", 0, end)))

    def gap(self, problem: Problem) -> None:
        """Note a line that was too long."""
        self.problems.append(problem)
        if not self.depth:
            self.parts.append((problem.line, b"\n" + _GAP))
            self.gaps = True
        self._tail = b""

    def in_agent(self) -> bool:
        """Whether a card that begins here is one within this one: the line before is that of an agent."""
        return _AGENT.search(self._tail) is not None

    def deeper(self, number: int) -> None:
        """Begin a card within this one."""
        self.depth += 1
        self._tail = b""
        if self.depth == _DEPTH + 1:
            hint = f"More than {_DEPTH} cards are within each other; those inside were left out."
            self.problems.append(_fault("vcard.too_deep", hint, number))
        elif self._agents and self.depth <= _DEPTH:
            self._agent.append(b"\nBEGIN:VCARD")

    def higher(self) -> None:
        """End a card within this one; the outermost becomes the text of its property, as version 3.0 writes it."""
        self._tail = b""
        if self._agents and self.depth <= _DEPTH:
            self._agent.append(b"\nEND:VCARD")
        self.depth -= 1
        if not self.depth and self._agents and self.parts:
            text = b"".join(self._agent)[1:]
            for sign in (b"\\", b",", b";"):
                text = text.replace(sign, b"\\" + sign)
            start, lines = self.parts[-1]
            self.parts[-1] = (start, lines.rstrip(b"\n \t") + text.replace(b"\n", b"\\n"))
            self._agent.clear()


def _line_ends(chunk: bytes) -> bytes:
    """Bring line ends into one form, and each before its line instead of behind it."""
    if b"\r" in chunk:
        if b"\r\r\n" in chunk:
            chunk = chunk.replace(b"\r\r\n", b"\n")
        chunk = chunk.replace(b"\r\n", b"\n")
        if b"\r" in chunk:  # the only line end of the file, a line end of another program, or one within a text
            if b"\n" in chunk:
                chunk = _LONE_CR.sub(b"\n", chunk).replace(b"\r", b"\\n")
            else:
                chunk = chunk.replace(b"\r", b"\n")
    return b"\n" + chunk.removesuffix(b"\n")


def _outside(text: bytes, number: int, encoding: str, garbage: bool, tell: Callable[[Problem], None]) -> bool:
    """Tell text outside of cards, once before each card."""
    plain = text.strip()
    if plain and not garbage:
        hint = "The text stands outside of any card and was left out."
        line = number + text[: text.index(plain[:1])].count(b"\n") - 1
        raw = decode(plain[:200].partition(b"\n")[0], encoding)[0]
        tell(Problem("vcard.text_outside", raw=raw, hint=hint, line=line))
    return garbage or bool(plain)


def _fault(code: str, hint: str, line: int, raw: str = "", severity: Severity = Severity.WARNING) -> Problem:
    return Problem(code, raw=raw[:200], hint=hint, line=line, severity=severity)


def _long_line(chunk: LongLine, number: int) -> Problem:
    raw = chunk.head[:200].decode("utf-8", "replace")
    return _fault("vcard.line_too_long", f"The line has {chunk.size:,} bytes and was left out.", number, raw)


class _Reader:
    """Reads the lines of cards of one file."""

    def __init__(self, encoding: str, limits: Limits) -> None:
        self._encoding, self._limits = encoding, limits
        self._heads = Heads(limits.parameters)

    def card(self, card: _Open) -> Card:
        """Read one card."""
        lines = None
        if not card.gaps and len(card.parts) <= 1:
            lines = self._at_once(card.parts[0][1] if card.parts else b"")
        elif not card.gaps:
            lines = self._at_once(b"".join([text for _, text in card.parts]))
        if lines is None:
            lines = self._by_line(card)
        problems = card.problems
        if len(problems) > _PROBLEMS:
            more = evolve(problems[_PROBLEMS], hint=f"The card has {len(problems) - _PROBLEMS:,} more problems.", raw="")
            problems = [*problems[:_PROBLEMS], more]
        return Card(card.line, tuple(lines), tuple(problems))

    def _at_once(self, data: bytes) -> list[Line] | None:
        """Read a card in which nothing is unusual; None for any other."""
        if b"\n " in data or b"\n\t" in data:
            if data[1:2] in b" \t" or b"\n\n " in data or b"\n\n\t" in data:
                return None
            data = data.replace(b"\n ", b"").replace(b"\n\t", b"")
        try:
            text = data.decode(self._encoding)
        except UnicodeError:
            return None
        if "\0" in text:
            return None
        known, most = self._heads.memo.get, self._limits.binary_chars
        found = []
        for line in text.split("\n"):
            left, _, value = line.partition(":")
            head = known(left)
            if head is None:
                if not line:
                    continue
                divided = split_line(line)
                try:
                    if divided is None or (head := self._heads.read(divided[0])) is None:
                        return None
                except TooManyParametersError:
                    return None
                value = divided[1]
            if head.encoding:
                if head.encoding == "b" or value.endswith("="):
                    return None
                value = quoted_printable(value.encode(self._encoding), head.params.get("CHARSET", ("",))[0], self._encoding)
            elif len(value) > most:
                return None
            found.append(Line(head, value))
        return found

    def _by_line(self, card: _Open) -> list[Line]:
        """Read a card line by line; what cannot be read is told."""
        found = []
        for number, data in _unfold(card.parts):
            if card.gaps and data.startswith(_GAP):
                continue
            text, recoded = decode(data, self._encoding)
            if recoded:
                hint = (
                    "The line holds bytes of another encoding than the file; they were read as Windows-1252. Check its letters."
                )
                card.problems.append(_fault("row.mixed_encoding", hint, number, text))
            if "\0" in text:
                card.problems.append(nul_problem(text, number))
            divided = split_line(text)
            try:
                head = self._heads.read(divided[0]) if divided else None
            except TooManyParametersError:
                hint = f"The property has more than {self._limits.parameters} parameters and was left out."
                card.problems.append(_fault("vcard.too_many_parameters", hint, number, text))
                continue
            if head is None or divided is None:
                hint = "The line has no name and colon; it was left out."
                card.problems.append(_fault("vcard.line_unreadable", hint, number, text))
                continue
            value, size = divided[1], 0
            if head.encoding == "q":
                value = quoted_printable(data.partition(b":")[2], head.params.get("CHARSET", ("",))[0], self._encoding)
            elif len(value) > self._limits.binary_chars and (head.encoding == "b" or value[:5].casefold() == "data:"):
                size = len(value)
                hint = f"{size:,} characters of base64 (a photo, sound or key) are not kept."
                card.problems.append(_fault("vcard.binary_left_out", hint, number, head.left, Severity.INFO))
                value = ""
            found.append(Line(head, value, size))
        return found


def _unfold(parts: list[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Join folded lines, soft breaks of quoted-printable, and base64 that is not indented."""
    number, joined, soft, base64 = 0, [b""], False, False
    for first, text in parts:
        for line_number, line in enumerate(text.split(b"\n")[1:], first):
            if soft:
                # Outlook folds with "=" alone; others indent the next line as well.
                joined[-1] = joined[-1][:-1]
                indented = line[:1] in (b" ", b"\t") and not line.endswith(b"=") and _NAME.match(line) is None
                joined.append(line.lstrip(b" \t") if indented else line)
            elif line[:1] in (b" ", b"\t"):
                joined.append(line[1:] if not base64 else line.strip())
            elif base64 and line and _NAME.match(line) is None and line != _GAP:
                joined.append(line.strip())
            elif not line.strip():
                base64 = False
                continue
            else:
                if any(joined):
                    yield number, b"".join(joined)
                number, joined = line_number, [line]
                head = line.partition(b":")[0]
                upper = head.upper()
                base64 = b"BASE64" in upper or b"ENCODING=B" in upper
                soft = line.endswith(b"=") and _SOFT.search(head) is not None
                continue
            soft = soft and line.endswith(b"=")
    if any(joined):
        yield number, b"".join(joined)
