"""Properties to the bytes of a vCard 4.0 (RFC 6350): quoting, the escapes of RFC 6868, folding, and no sign that it forbids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from canonical_contact.formats.vcard.properties import Property

__all__ = ["card_bytes"]

_WIDTH: Final = 75
_BEGIN: Final = b"BEGIN:VCARD\r\nVERSION:4.0\r\n"
_END: Final = b"END:VCARD\r\n"
_TOKEN: Final = re.compile(r"[A-Za-z0-9-]+\Z")
# Not in any value: control characters but for the tab, and halves of surrogate pairs, which UTF-8 cannot carry.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_BREAK: Final = re.compile(r"\r\n?|\n")
_BREAK_HALF: Final = re.compile(r"\r(?:\\[nN]|\n)?|\n")  # `escape` has made the line feed behind it an escape
_TO_QUOTE: Final = re.compile(r"[;:,]")
_CARET: Final = {"^": "^^", "\n": "^n", '"': "^'"}
_CARETS: Final = re.compile(r'[\^\n"]')
_BACKSLASH: Final = re.compile(r"\\(?=[nN\\,;])")
_RESERVED: Final = frozenset({"BEGIN", "END", "VERSION"})


def card_bytes(properties: Iterable[Property], lose: Callable[[Property, str, str], None]) -> bytes:
    r"""Write one card; VERSION is put first, whatever is among the properties.

    Args:
        properties: in the form of version 4.0.
        lose: called with a property, a code and a hint where something of it cannot be carried: `loss.characters` (control characters
            were replaced by U+FFFD, line ends by `\n`), `loss.no_place` (it or a parameter of it has a name that no card can hold).

    Returns:
        The card, with CRLF behind each line, none of which is longer than 75 octets.

    >>> card_bytes([Property("TEL", "1", {"TYPE": ("home", "voice")}, "item1")], print)
    b'BEGIN:VCARD\r\nVERSION:4.0\r\nitem1.TEL;TYPE=home,voice:1\r\nEND:VCARD\r\n'
    """
    lines = []
    for one in properties:
        name, value = one.name, one.value
        if name in _RESERVED or not _TOKEN.match(name) or (one.group and not _TOKEN.match(one.group)):
            if name not in _RESERVED:
                lose(one, "loss.no_place", "The name of a property or group is of letters, digits and hyphens.")
            continue
        head = f"{one.group}.{name}" if one.group else name
        if one.params:
            head += _params(one, lose)
        line = f"{head}:{value}"
        if not line.isprintable() and _FORBIDDEN.search(line):
            lose(one, "loss.characters", "A card holds no control characters; line ends are written as \\n, others as U+FFFD.")
            line = _FORBIDDEN.sub("\ufffd", head) + ":" + _FORBIDDEN.sub("\ufffd", _BREAK_HALF.sub(r"\\n", value))
        if len(line) <= _WIDTH and (line.isascii() or len(line.encode()) <= _WIDTH):
            lines.append(line.encode())
        else:
            lines.append(_fold(line.encode()))
    lines.append(b"")
    return _BEGIN + b"\r\n".join(lines) + _END


def _params(one: Property, lose: Callable[[Property, str, str], None]) -> str:
    text = ""
    for key, values in one.params.items():
        if not values:
            continue
        if not _TOKEN.match(key):
            lose(one, "loss.no_place", "The name of a parameter is of letters, digits and hyphens.")
            continue
        written = []
        for value in values:
            if not value.isalnum():
                if key == "LABEL":
                    value = _BACKSLASH.sub(r"\\\\", value)
                if "\r" in value:
                    lose(one, "loss.characters", "A parameter holds no carriage returns; a line feed stands for it.")
                    value = _BREAK.sub("\n", value)
                quoted = value != value.strip() or _TO_QUOTE.search(value) is not None
                value = _CARETS.sub(lambda match: _CARET[match[0]], value)
                if quoted:
                    value = f'"{value}"'
            written.append(value)
        text += f";{key}={','.join(written)}"
    return text


def _fold(data: bytes) -> bytes:
    """Break a line so that none is longer than 75 octets, and none within a character."""
    parts, start, width, size = [], 0, _WIDTH, len(data)
    while size - start > width:
        end = start + width
        while data[end] & 0xC0 == 0x80:
            end -= 1
        parts.append(data[start:end])
        start, width = end, _WIDTH - 1
    parts.append(data[start:])
    return b"\r\n ".join(parts)
