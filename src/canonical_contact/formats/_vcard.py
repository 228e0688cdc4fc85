"""vCard text to properties: versions 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350) as phones and programs write them, broken ones too.

Parsers that hold to the standard give up on such cards; here every line is read for itself, and what cannot be read becomes a problem.
"""

from __future__ import annotations

import codecs
import quopri
import re
from collections.abc import Iterator

from attrs import field, frozen

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._lines import LongLine, chunks
from canonical_contact.formats._progress import Progress
from canonical_contact.formats._rows import nul_problem
from canonical_contact.formats._source import Source
from canonical_contact.formats._text import decode

__all__ = ["Card", "Property", "cards", "split_unescaped", "unescape"]

_BEGIN = re.compile(rb"\s*BEGIN\s*:\s*VCARD\s*\Z", re.IGNORECASE)
_END = re.compile(rb"\s*END\s*:\s*VCARD\s*\Z", re.IGNORECASE)
_NAME = re.compile(rb"\s*(?:[\w-]+\.)?[A-Za-z][\w-]*[;:]")
_SOFT = re.compile(rb"[;:]?ENCODING=QUOTED-PRINTABLE|;QUOTED-PRINTABLE", re.IGNORECASE)
_PARAM = re.compile(r';((?:"[^"]*"|[^";:])*)')
_QUOTED_HEAD = re.compile(r'((?:"[^"]*"|[^":])*):')
_HEAD_MEMO = 4096
_PAIR = re.compile(r"\\(.)", re.DOTALL)
_BARE = {"QUOTED-PRINTABLE": "ENCODING", "BASE64": "ENCODING", "B": "ENCODING", "8BIT": "ENCODING", "7BIT": "ENCODING"}
_BINARY = ("BASE64", "B")


@frozen
class Property:
    """One property of a card.

    Args:
        name: in capitals, such as `TEL`.
        value: decoded from its transfer encoding, still with its escapes.
        params: parameters by name in capitals; bare ones of version 2.1 are under TYPE.
        group: such as `item1`.
        left: what stands left of the colon, as written.
        line: where it starts.
        size: length of a base64 value that was left out.
    """

    name: str
    value: str
    params: dict[str, tuple[str, ...]] = field(factory=dict)
    group: str = ""
    left: str = ""
    line: int = 0
    size: int = 0

    @property
    def types(self) -> tuple[str, ...]:
        """Its types in lower case."""
        return self.params.get("TYPE", ())


@frozen
class Card:
    """One card: where it starts, its properties, and what was wrong with it."""

    line: int
    properties: tuple[Property, ...]
    problems: tuple[Problem, ...] = ()


def unescape(text: str) -> str:
    r"""Resolve backslash escapes: `\n` is a line end, any other sign stands for itself.

    >>> unescape(r"Main St. 1\nBonn\, Germany")
    'Main St. 1\nBonn, Germany'
    """
    return _PAIR.sub(lambda match: "\n" if match[1] in "nN" else match[1], text) if "\\" in text else text


def split_unescaped(text: str, separator: str) -> list[str]:
    r"""Split at a separator that no backslash stands before; the parts are unescaped.

    >>> split_unescaped(r"Meyer\; Sons;Sales", ";")
    ['Meyer; Sons', 'Sales']
    """
    if "\\" not in text:
        return text.split(separator)
    marked = re.sub(r"\\(.)|" + re.escape(separator), lambda match: match[0] if match[1] else "\x1a", text, flags=re.DOTALL)
    return [unescape(part) for part in marked.split("\x1a")]


def cards(source: Source, progress: Progress) -> Iterator[Card]:
    """Read the cards of a file one by one."""
    limits, layout = progress.limits, source.layout
    assert layout is not None
    encoding = "utf-8" if layout.encoding.startswith(("utf-16", "utf-32")) else layout.encoding
    heads = _Heads()
    lines: list[tuple[int, bytes]] = []
    problems: list[Problem] = []
    start, size, depth, garbage = 0, 0, 0, False
    for number, line in _lines(source, progress, problems):
        border = line.rstrip()[-5:].upper() == b"VCARD"
        if border and _BEGIN.match(line):
            if start and lines and lines[-1][1].strip().upper() == b"AGENT:":
                depth += 1  # a card within a card; it is not a record of this file
                continue
            if start:
                problems.append(_fault("vcard.end_missing", "The next card begins before this one ends.", number))
                yield Card(start, *_properties(heads, lines, encoding, problems, limits.binary_chars))
            start, lines, size, depth, garbage = number, [], 0, 0, False
            problems.clear()
        elif depth:
            depth -= border and _END.match(line) is not None
        elif border and _END.match(line):
            if start:
                yield Card(start, *_properties(heads, lines, encoding, problems, limits.binary_chars))
                lines, start = [], 0
                problems.clear()
        elif start:
            size += len(line)
            if size <= limits.row_chars:
                lines.append((number, line))
            elif size - len(line) <= limits.row_chars:
                problems.append(
                    _fault("vcard.too_long", f"The card has more than {limits.row_chars:,} bytes; the rest was left out.", number)
                )
        elif line.strip() and not garbage:
            garbage = True
            hint = "The text stands outside of any card and was left out."
            raw = decode(line[:200], encoding)[0]
            progress.tell(Problem("vcard.text_outside", raw=raw, hint=hint, line=number))
    if start:
        problems.append(_fault("vcard.end_missing", "The file ends before the card does.", start))
        yield Card(start, *_properties(heads, lines, encoding, problems, limits.binary_chars))


def _lines(source: Source, progress: Progress, problems: list[Problem]) -> Iterator[tuple[int, bytes]]:
    layout = source.layout
    assert layout is not None
    number = 0
    for chunk in chunks(source.path, layout.encoding, layout.start, layout.line_end, progress.limits):
        if isinstance(chunk, LongLine):
            number += 1
            hint = f"The line has {chunk.size:,} bytes and was left out."
            problems.append(
                Problem("vcard.line_too_long", raw=chunk.head[:200].decode("utf-8", "replace"), hint=hint, line=number)
            )
            progress.bytes_read += chunk.size
            continue
        progress.bytes_read += len(chunk)
        parts = chunk.split(layout.line_end)
        if not parts[-1]:
            parts.pop()
        for part in parts:
            number += 1
            yield number, part.rstrip(b"\r\n")


def _fault(code: str, hint: str, line: int, raw: str = "", severity: Severity = Severity.WARNING) -> Problem:
    return Problem(code, raw=raw[:200], hint=hint, line=line, severity=severity)


def _properties(
    heads: _Heads, lines: list[tuple[int, bytes]], encoding: str, problems: list[Problem], binary_chars: int
) -> tuple[tuple[Property, ...], tuple[Problem, ...]]:
    """Unfold lines and read each property; what cannot be read is told."""
    found: list[Property] = []
    for number, data in _unfold(lines):
        text, recoded = decode(data, encoding)
        if recoded:
            hint = "The line holds bytes of another encoding than the file; they were read as Windows-1252. Check its letters."
            problems.append(_fault("row.mixed_encoding", hint, number, text))
        if "\0" in text:
            problems.append(nul_problem(text, number))
        one = heads.property(text, data, number, encoding)
        if one is None:
            problems.append(_fault("vcard.line_unreadable", "The line has no name and colon; it was left out.", number, text))
        elif _binary(one):
            size = len(one.value)
            if size > binary_chars:
                hint = f"{size:,} characters of base64 (a photo, sound or key) are not kept."
                problems.append(_fault("vcard.binary_left_out", hint, number, one.left, Severity.INFO))
                one = Property(one.name, "", one.params, one.group, one.left, number, size)
            found.append(one)
        else:
            found.append(one)
    return tuple(found), tuple(problems)


def _binary(one: Property) -> bool:
    encodings = one.params.get("ENCODING")
    return (encodings is not None and any(kind.upper() in _BINARY for kind in encodings)) or one.value[:5].casefold() == "data:"


def _unfold(lines: list[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Join folded lines, soft breaks of quoted-printable, and base64 that is not indented."""
    number, parts, soft, base64 = 0, [b""], False, False
    for line_number, line in lines:
        if soft:
            # Outlook folds with "=" alone; others indent the next line as well.
            parts[-1] = parts[-1][:-1]
            parts.append(
                line.lstrip(b" \t")
                if line[:1] in (b" ", b"\t") and not line.endswith(b"=") and _NAME.match(line) is None
                else line
            )
        elif line[:1] in (b" ", b"\t"):
            parts.append(line[1:] if not base64 else line.strip())
        elif base64 and line and _NAME.match(line) is None:
            parts.append(line.strip())
        elif not line.strip():
            base64 = False
            continue
        else:
            if any(parts):
                yield number, b"".join(parts)
            number, parts = line_number, [line]
            head = line.partition(b":")[0].upper()
            base64 = b"BASE64" in head or b"ENCODING=B" in head
            soft = False
            quoted = _SOFT.search(line.partition(b":")[0]) is not None
            soft = quoted and line.endswith(b"=")
            continue
        soft = soft and line.endswith(b"=")
    if any(parts):
        yield number, b"".join(parts)


class _Heads:
    """Reads what stands left of a colon; a file has few of them, so each is read once."""

    def __init__(self) -> None:
        self._memo: dict[str, tuple[str, str, dict[str, tuple[str, ...]]] | None] = {}

    def property(self, text: str, data: bytes, line: int, encoding: str) -> Property | None:
        """Read one unfolded line; None where it has no name and colon."""
        left, colon, value = text.partition(":")
        if not colon:
            return None
        if '"' in left and (quoted := _QUOTED_HEAD.match(text)):
            left, value = quoted[1], text[quoted.end() :]
        if left in self._memo:
            head = self._memo[left]
        else:
            head = _head(left)
            if len(self._memo) < _HEAD_MEMO:
                self._memo[left] = head
        if head is None:
            return None
        name, group, params = head
        if "ENCODING" in params and any(one.upper() == "QUOTED-PRINTABLE" for one in params["ENCODING"]):
            value = _quoted_printable(data.partition(b":")[2], next(iter(params.get("CHARSET", ())), ""), encoding)
        return Property(name, value, params, group, left.strip(), line)


def _head(left: str) -> tuple[str, str, dict[str, tuple[str, ...]]] | None:
    """Take group, name and parameters apart; a parameter without a name is a type, or an encoding (version 2.1)."""
    name, _, rest = left.strip().partition(";")
    group, dot, bare = name.rpartition(".")
    if not re.fullmatch(r"[\w-]+", bare.strip()):
        return None
    params: dict[str, list[str]] = {}
    for match in _PARAM.finditer(f";{rest}" if rest else ""):
        key, equals, texts = match[1].partition("=")
        if not equals:
            key, texts = _BARE.get(key.strip().upper(), "TYPE"), key
        key = key.strip().upper()
        for one in filter(None, map(str.strip, texts.replace('"', "").split(","))):
            params.setdefault(key, []).append(one.casefold() if key == "TYPE" else one)
    return bare.strip().upper(), group.strip().casefold() if dot else "", {key: tuple(texts) for key, texts in params.items()}


def _quoted_printable(data: bytes, charset: str, encoding: str) -> str:
    """Decode quoted-printable; its line ends become escapes, as in later versions."""
    plain = quopri.decodestring(data)
    try:
        codec = codecs.lookup(charset).name if charset else "utf-8"
        text = plain.decode(codec)
    except (LookupError, UnicodeError):
        text = decode(plain, "utf-8" if encoding.startswith("utf") else encoding)[0]
    return text.replace("\r\n", "\\n").replace("\r", "\\n").replace("\n", "\\n")
