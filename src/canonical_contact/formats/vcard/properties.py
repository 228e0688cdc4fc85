"""A property of a vCard 4.0 (RFC 6350), between the wire, jCard and JSContact, and the escapes of its value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

__all__ = ["Property", "components", "escape", "join_components", "join_list", "split_list", "unescape"]

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SPECIAL = re.compile(r"([\\;,])")
_MARKS = {sign: re.compile(rf"\\.|{sign}", re.DOTALL) for sign in ",;"}


@frozen
class Property:
    r"""One property in the form of version 4.0.

    Args:
        name: in capitals, such as `TEL`.
        value: as on an unfolded line: escapes of text values still stand (`\,` `\;` `\n` `\\`).
        params: names in capitals, values without quotes and without the escapes of RFC 6868; `TYPE` in small letters.
        group: such as `item1`; empty for none.
    """

    name: str
    value: str
    params: Mapping[str, tuple[str, ...]] = field(factory=dict)
    group: str = ""


def unescape(text: str) -> str:
    r"""Take the escapes out of one text value.

    >>> unescape(r"Bonn\, Weg 1\nHof")
    'Bonn, Weg 1\nHof'
    """
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], text) if "\\" in text else text


def escape(text: str) -> str:
    r"""Put escapes into a text value, so that it can stand in a list or in a structured value.

    >>> escape("Bonn, Weg 1\nHof")
    'Bonn\\, Weg 1\\nHof'
    """
    if text.isalnum():
        return text
    if "," in text or ";" in text or "\\" in text:
        text = _SPECIAL.sub(r"\\\1", text)
    return text.replace("\n", "\\n") if "\n" in text else text


def split_list(value: str, separator: str = ",") -> list[str]:
    r"""Take a list apart at separators that are not escaped; the items keep their escapes.

    >>> split_list(r"a\,b,c")
    ['a\\,b', 'c']
    """
    if "\\" not in value:
        return value.split(separator)
    items, start = [], 0
    for match in _MARKS[separator].finditer(value):
        if match[0] == separator:
            items.append(value[start : match.start()])
            start = match.end()
    items.append(value[start:])
    return items


def components(value: str) -> list[list[str]]:
    r"""Take a structured value apart: fields at `;`, each a list at `,`, without escapes.

    >>> components(r"Doe;John,Philip;;Dr.;")
    [['Doe'], ['John', 'Philip'], [''], ['Dr.'], ['']]
    """
    if "\\" not in value:
        return [part.split(",") for part in value.split(";")]
    return [[unescape(item) for item in split_list(part, ",")] for part in split_list(value, ";")]


def join_list(items: Iterable[str]) -> str:
    """Put texts together with `,`, escaped."""
    return ",".join([escape(item) for item in items])


def join_components(parts: Sequence[Sequence[str]]) -> str:
    """Put a structured value together, escaped."""
    return ";".join([escape(part[0]) if len(part) == 1 else join_list(part) for part in parts])
