"""Lists of addresses as mailers write them, not as they should (RFC 5322, section 3.4; RFC 2047), in time that grows with their length only.

The standard library's own reader joins lists in a way that takes minutes for one long group, and drops a whole field for one odd name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from typing import Final, NamedTuple

from canonical_contact.formats._text import decode

__all__ = ["Mailbox", "addresses", "decode_words"]

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+(")?|[<>(),;:]|[^"<>(),;:]+', re.DOTALL)
_BARE: Final = re.compile(r"[<>(),;:]|[^<>(),;:]+")
_ADDRESS: Final = re.compile(r'(?:"[^"\r\n]{1,128}"|[^\s@"<>(),;:\\\x00-\x1f]{1,250})@[^\s@"<>(),;:\\\x00-\x20]{1,253}\Z')
_SPACE: Final = re.compile(r"[\s\x00-\x1f\x7f]+")
_QUOTED: Final = re.compile(r"\\(.)", re.DOTALL)
_NOT_TEXT: Final = (
    "punycode",
    "idna",
    "unicode_escape",
    "unicode-escape",
    "raw_unicode_escape",
    "raw-unicode-escape",
    "undefined",
)
_ENTRY_CHARS: Final = 100
_WORD_CHARS: Final = 2_000
_NAME_WORDS: Final = 3  # a surname before a comma that nobody quoted has no more words


class Mailbox(NamedTuple):
    """One entry of a list.

    Args:
        name: the display name, empty where there is none.
        address: the address as written, empty where it could not be read.
        raw: the entry as it was read.
    """

    name: str
    address: str
    raw: str


def decode_words(text: str) -> str:
    """Decode the encoded words of a header; what cannot be decoded stays as it is, and so does what is very long.

    >>> decode_words("=?utf-8?q?N=C3=BA=C3=B1ez?= & =?iso-8859-1?b?Wm/r?="), decode_words("=?utf-8?b?!?=")
    ('Núñez & Zoë', '=?utf-8?b?!?=')
    """
    if "=?" not in text or len(text) > _WORD_CHARS:
        return text
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    done = "".join(
        part if isinstance(part, str) else _in_charset(part, charset or "raw-unicode-escape", own=charset is None)
        for part, charset in parts
    )
    return done or text  # broken base64 decodes to nothing


def _in_charset(data: bytes, charset: str, *, own: bool) -> str:
    if not own and charset.casefold() in _NOT_TEXT:
        return decode(data, "utf-8")[0]
    try:
        return data.decode(charset)
    except (LookupError, ValueError):
        return decode(data, "utf-8")[0]


def addresses(text: str, limit: int) -> tuple[list[Mailbox], bool]:
    """Read a list of addresses.

    Commas, semicolons and group names divide; a comma inside a name that nobody quoted (`Doe, Jane <j@x.org>`) does not.

    Args:
        text: the field's text, unfolded.
        limit: so many entries are read.

    Returns:
        The entries, and whether there are more.

    >>> addresses('"Doe, Jane" <jane@x.org>, Doe, Jim <jim@x.org>, team: a@x.org (Ana);', 9)[0][2]
    Mailbox(name='Ana', address='a@x.org', raw='a@x.org (Ana)')
    >>> [one.name for one in addresses('"Doe, Jane" <jane@x.org>, Doe, Jim <jim@x.org>', 9)[0]]
    ['Doe, Jane', 'Doe, Jim']
    """
    found: list[Mailbox] = []
    before = ""  # a part without an address: the first half of a name?
    whole = text[: limit * _ENTRY_CHARS]
    for number, entry in enumerate(_entries(whole)):
        if len(found) >= limit or number > 4 * limit:
            return found, True
        name, address, in_brackets, raw = entry.read()
        if not address:
            if before:
                found.append(Mailbox("", "", before))
            before = raw if not in_brackets and len(raw.split()) <= _NAME_WORDS else ""
            if not before and raw:
                found.append(Mailbox("", "", raw))
            continue
        if before and in_brackets and name:
            name, raw = f"{_name(before, address)}, {name}", f"{before}, {raw}"
        elif before:
            found.append(Mailbox("", "", before))
        before = ""
        found.append(Mailbox(name, address, raw))
    if before:
        found.append(Mailbox("", "", before))
    return found, len(whole) < len(text)


class _Entry:
    """One entry of a list while it is put together."""

    def __init__(self, start: int) -> None:
        self.start, self.raw = start, ""
        self.words: list[str] = []  # as written
        self.name: list[str] = []  # without quotes
        self.comment: list[str] = []
        self.brackets: list[str] | None = None
        self.closed_at = 0  # so many words stand before the brackets end
        self.has_sign = False

    def add(self, part: str, *, quoted: bool) -> None:
        self.words.append(part)
        self.name.append(_QUOTED.sub(r"\1", part[1:-1]) if quoted else part)
        self.has_sign = self.has_sign or "@" in part

    def read(self) -> tuple[str, str, bool, str]:
        """Name, address, whether it stands in brackets, and all of it as written."""
        comment = "".join(self.comment)
        if self.brackets is not None:
            address = _address(_SPACE.sub("", "".join(self.brackets)))
            return _name("".join(self.name), address) or _name(comment, address), address, True, self.raw
        words = "".join(self.words).strip()
        address = _address(words)
        if not address and (parts := words.split()) and sum("@" in one for one in parts) == 1:
            place = next(number for number, one in enumerate(parts) if "@" in one)
            address = _address(parts[place])
            comment = " ".join((*parts[:place], *parts[place + 1 :])) or comment
        return _name(comment, address), address, False, self.raw


def _entries(text: str) -> Iterator[_Entry]:
    """Divide a list into its entries."""
    entry, depth, inside = _Entry(0), 0, False
    for part, start, end, quoted in _tokens(text):
        divides = part in (",", ";") or (part == "<" and entry.brackets is not None)
        if depth:
            depth += (part == "(") - (part == ")")
            entry.comment.append(part if depth else "")
        elif divides:
            entry.raw = _raw(text, entry.start, start)
            done, entry, inside = entry, _Entry(end), part == "<"
            if inside:  # somebody forgot the comma: what stands behind the first address is the second one's name
                entry.start, entry.brackets, entry.name = start, [], done.name[done.closed_at :]
                del done.name[done.closed_at :]
            yield done
        elif inside:
            inside = part != ">"
            if inside and entry.brackets is not None:
                entry.brackets.append(part)
            entry.closed_at = len(entry.name)
        elif part == "(":
            depth = 1
        elif part == "<":
            inside, entry.brackets = True, []
        elif part == ":" and not entry.has_sign:
            entry = _Entry(end)  # what stands before is the name of a group, or `mailto`
        elif part != ">":
            entry.add(part, quoted=quoted)
    entry.raw = _raw(text, entry.start, len(text))
    yield entry


def _tokens(text: str) -> Iterator[tuple[str, int, int, bool]]:
    """Quoted texts, signs and what is between them; a quote that nobody closes is a letter, and so are those after it."""
    for match in _TOKEN.finditer(text):
        if match[0][0] == '"' and not match[1]:
            for bare in _BARE.finditer(text, match.start() + 1):
                yield bare[0], bare.start(), bare.end(), False
            return
        yield match[0], match.start(), match.end(), match[1] is not None


def _raw(text: str, start: int, end: int) -> str:
    return _SPACE.sub(" ", text[start : min(end, start + 1000)]).strip()


def _address(text: str) -> str:
    if ":" in text:
        text = text.rpartition(":")[2]  # a route, or mailto
    text = text.strip("'. ")
    return text if _ADDRESS.match(text) else ""


def _name(text: str, address: str) -> str:
    """Clean a display name; one that only repeats the address is none."""
    text = _SPACE.sub(" ", decode_words(text.strip())).strip(" \"'")
    return "" if text.casefold() == address.casefold() else text
