"""What stands left of a property's colon: name, group and parameters. A file has few of them, so each is read once."""

from __future__ import annotations

import codecs
import quopri
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from canonical_contact.formats._text import decode

__all__ = ["Head", "Heads", "TooManyParametersError", "quoted_printable", "split_line"]

_MEMO: Final = 4096
_MEMO_CHARS: Final = 200  # a longer head holds somebody's text and does not come again
_BARE: Final = {
    "QUOTED-PRINTABLE": "ENCODING", "BASE64": "ENCODING", "B": "ENCODING", "8BIT": "ENCODING", "7BIT": "ENCODING",
    "URL": "VALUE", "CID": "VALUE", "CONTENT-ID": "VALUE", "INLINE": "VALUE",
}  # fmt: skip
_TOKEN: Final = re.compile(r"[\w-]+\Z")
_CHARSET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_:.+-]{1,30}\Z")
# Python knows these, too: they are no charsets of a text, take time without bounds, or make halves of characters.
_NO_CHARSETS: Final = frozenset(
    {"idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape", "undefined", "utf-7"}
)
_CARET: Final = re.compile(r"\^([n'^])")
_CARETS: Final = {"n": "\n", "'": '"', "^": "^"}
# A part is made of runs without quotes and of quoted texts, so that a long one takes few steps.
_PART: Final = {sign: re.compile(rf'[^"{sign}]*(?:"[^"]*"[^"{sign}]*)*') for sign in ";,"}


class TooManyParametersError(Exception):
    """A property has so many parameters that it is no card's."""


class Head(NamedTuple):
    """What stands left of a colon.

    Args:
        name: of the property, in capitals.
        params: names in capitals, values without quotes and without the escapes of RFC 6868; TYPE in small letters.
        group: such as `item1`; empty for none.
        left: as written.
        encoding: `q` for quoted-printable, `b` for base64, else empty.
    """

    name: str
    params: dict[str, tuple[str, ...]] = {}  # noqa: RUF012  never changed
    group: str = ""
    left: str = ""
    encoding: str = ""


class Heads:
    """Reads heads and remembers them for one file.

    Args:
        parameters: so many parameters, and values of them, may a property have.
    """

    def __init__(self, parameters: int) -> None:
        self.memo: dict[str, Head] = {}
        self._limit = parameters

    def read(self, left: str) -> Head | None:
        """Take a head apart; None where it has no name.

        Raises:
            TooManyParametersError: there are more than may be.
        """
        if (known := self.memo.get(left)) is not None:
            return known
        most = self._limit
        if len(left) > most and (left.count(";") + left.count(",") > most or left.count('"') > 2 * most):
            raise TooManyParametersError
        head = _head(left)
        # A head with an open quote looks like the beginning of another one.
        if head is not None and len(left) <= _MEMO_CHARS and len(self.memo) < _MEMO and left.count('"') % 2 == 0:
            self.memo[left] = head
        return head


def split_line(line: str) -> tuple[str, str] | None:
    """Divide an unfolded line at its colon; one within quotes does not count, unless the quote is never closed.

    >>> split_line('ADR;LABEL="Weg 1: Hof":;;Weg 1'), split_line('TEL;X="1:2')
    (('ADR;LABEL="Weg 1: Hof"', ';;Weg 1'), ('TEL;X="1', '2'))
    """
    first = colon = line.find(":")
    if colon < 0:
        return None
    place = 0
    while True:
        quote = line.find('"', place)
        if quote < 0 or quote > colon:
            break
        place = line.find('"', quote + 1) + 1
        if place and colon < place:
            colon = line.find(":", place)
        if not place or colon < 0:
            colon = first
            break
    return line[:colon], line[colon + 1 :]


def _split(text: str, sign: str) -> Iterable[str]:
    """Divide at a sign that does not stand within quotes; behind a quote that is never closed everything is one part."""
    if '"' not in text:
        return text.split(sign)
    parts: list[str] = []
    place = 0
    while True:
        match = _PART[sign].match(text, place)
        assert match is not None
        end = match.end()
        if end < len(text) and text[end] == '"':
            return [*parts, text[place:].replace('"', "")]
        parts.append(text[place:end])
        if end >= len(text):
            return parts
        place = end + 1


def _head(left: str) -> Head | None:
    """Read it; a parameter without a name is a type, an encoding or a kind of value (version 2.1)."""
    name, _, rest = left.strip().partition(";")
    parts = _split(rest, ";") if rest else ()
    group, dot, bare = name.rpartition(".")
    bare = bare.strip()
    if not _TOKEN.match(bare):
        return None
    params: dict[str, list[str]] = {}
    for part in parts:
        key, equals, text = part.partition("=")
        key = key.strip().upper()
        if not equals:
            if not key:
                continue
            key, text = _BARE.get(key, "TYPE"), part
        values = params.setdefault(key, [])
        for item in _split(text, ","):
            value = item.strip()
            if '"' in value:
                value = value[1:-1] if value[0] == value[-1] == '"' and value.count('"') == 2 else value.replace('"', "")
            if "^" in value:
                value = _CARET.sub(lambda match: _CARETS[match[1]], value)
            if key == "TYPE":  # a quoted list of types is a list all the same
                values += filter(None, map(str.strip, value.casefold().split(",")))
            else:
                values.append(value)
    encodings = {one.upper() for one in params.get("ENCODING", ())}
    encoding = "q" if "QUOTED-PRINTABLE" in encodings else "b" if encodings & {"BASE64", "B"} else ""
    frozen = {key: tuple(values) for key, values in params.items() if values}
    return Head(bare.upper(), frozen, group.strip().casefold() if dot else "", left.strip(), encoding)


def quoted_printable(data: bytes, charset: str, encoding: str) -> str:
    r"""Decode quoted-printable; its line ends become escapes, as in later versions.

    >>> quoted_printable(b"L=F6w=0D=0AUlm", "ISO-8859-1", "utf-8")
    'Löw\\nUlm'
    """
    plain = quopri.decodestring(data)
    try:
        text = plain.decode(_codec(charset) if charset else "utf-8")
    except (LookupError, ValueError):
        text = decode(plain, "utf-8" if encoding.startswith("utf") else encoding)[0]
    return text.replace("\r\n", "\\n").replace("\r", "\\n").replace("\n", "\\n")


def _codec(charset: str) -> str:
    if not _CHARSET.match(charset) or (name := codecs.lookup(charset).name) in _NO_CHARSETS:
        raise LookupError
    return name
