"""Properties of a vCard 4.0 as jCard (RFC 7095) and back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, Final

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._json_stream import documents
from canonical_contact.formats._lines import Limits
from canonical_contact.formats.vcard._jcard_times import basic, extended
from canonical_contact.formats.vcard.kinds import LISTS, STRUCTURED, default_kind
from canonical_contact.formats.vcard.properties import Property, components, escape, join_list, split_list, unescape
from canonical_contact.formats.vcard.wire import EXCHANGE

__all__ = ["from_jcard", "read_jcards", "to_jcard"]

_TOKEN: Final = re.compile(r"[A-Za-z0-9-]+\Z")
_TIMES: Final = frozenset({"date", "time", "date-time", "date-and-or-time", "timestamp", "utc-offset"})
_WHOLE: Final = re.compile(r"(?:0|-?[1-9]\d{0,15})\Z")
_DECIMAL: Final = re.compile(r"-?\d{1,15}\.\d{1,15}\Z")
_SILENT: Final = frozenset({"VERSION", "BEGIN", "END"})
_OVER: Final = {
    "vcard.binary_left_out": "holds more than {limits.binary_chars:,} characters of base64 (a photo, sound or key)",
    "vcard.too_many_parameters": "has more than {limits.parameters} parameters",
}


def to_jcard(properties: Iterable[Property]) -> list[Any]:
    """Put the properties of one card into the arrays of jCard.

    Args:
        properties: in the form of version 4.0.

    >>> to_jcard([Property("N", "Doe;John,Philip;;;"), Property("BDAY", "--0415"), Property("X-SHOE", "43", {}, "item1")])
    ['vcard', [['version', {}, 'text', '4.0'], ['n', {}, 'text', ['Doe', ['John', 'Philip'], '', '', '']], ['bday', {}, 'date-and-or-time', '--04-15'], ['x-shoe', {'group': 'item1'}, 'unknown', '43']]]
    """
    return ["vcard", [["version", {}, "text", "4.0"], *[_array(one) for one in properties if one.name not in _SILENT]]]


def from_jcard(card: object, tell: Callable[[Problem], None], *, limits: Limits = EXCHANGE) -> list[Property]:
    """Read the properties of one jCard.

    Args:
        card: as JSON has it: `["vcard", [...]]`.
        tell: called with what is no property, or one that is over a limit.
        limits: how much a property may hold.

    Returns:
        Properties without the version; none where it is no jCard, which is told.

    >>> from_jcard(["vcard", [["n", {}, "text", ["Doe", ["John", "Philip"], "", "", ""]], ["tel", {"type": "home"}, "uri", "tel:1"]]], print)
    [Property(name='N', value='Doe;John,Philip;;;', params={}, group=''), Property(name='TEL', value='tel:1', params={'TYPE': ('home',), 'VALUE': ('uri',)}, group='')]
    """
    if not (isinstance(card, list) and len(card) > 1 and _is(card[0], "vcard") and isinstance(card[1], list)):
        tell(
            Problem(
                "jcard.not_a_card",
                "$",
                _raw(card),
                'A jCard is an array of the word "vcard" and of its properties; it was left out.',
            )
        )
        return []
    found: list[Property] = []
    for place, plain in enumerate(card[1]):
        one = _property(plain)
        if one is not None and (code := _over(one, limits)):
            hint = f"The property {_OVER[code].format(limits=limits)} and was left out."
            severity = Severity.INFO if code == "vcard.binary_left_out" else Severity.WARNING
            tell(Problem(code, f"$[1][{place}]", f"{one.name}:{one.value[:100]}", hint, severity))
        elif one is None:
            hint = "A property is an array of a name, parameters, a type and at least one value; it was left out."
            tell(Problem("jcard.property_unreadable", f"$[1][{place}]", _raw(plain), hint))
        elif one.name not in _SILENT:
            found.append(one)
    return found


def read_jcards(stream: BinaryIO, tell: Callable[[Problem], None], *, limits: Limits = EXCHANGE) -> Iterator[list[Property]]:
    """Read jCards one by one: a single one, one after the other, a line each, or an array of them.

    Args:
        stream: is read once, block by block.
        tell: called with what could not be read.
        limits: how much a property may hold.
    """
    begun = False  # a jCard that stands alone is an array at the top, and comes in pieces
    for one in documents(stream, tell, repeated=True):
        if _is(one, "vcard"):
            begun = True
            continue
        card = ["vcard", one] if begun else one
        begun = False
        if properties := from_jcard(card, tell, limits=limits):
            yield properties


def _over(one: Property, limits: Limits) -> str:
    """Say which limit a property is over: the code of its Problem."""
    if len(one.value) > limits.binary_chars and one.value[:5].casefold() == "data:":
        return "vcard.binary_left_out"
    many = len(one.params) > limits.parameters or any(len(texts) > limits.parameters for texts in one.params.values())
    return "vcard.too_many_parameters" if many else ""


def _is(value: object, word: str) -> bool:
    return isinstance(value, str) and value.casefold() == word


def _raw(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)[:200]
    except (TypeError, ValueError, RecursionError):
        return ""


# --- properties to arrays ----------------------------------------------------------------------------------------------------------


def _array(one: Property) -> list[Any]:
    name, params = one.name, {}
    kind = default_kind(name)
    for key, texts in one.params.items():
        if key == "VALUE" and len(texts) == 1 and texts[0]:
            kind = texts[0].casefold()
        elif texts:
            params[key.lower()] = texts[0] if len(texts) == 1 else list(texts)
    if one.group:
        params["group"] = one.group
    values = _values(name, one.value, kind)
    if values is None:  # not of its kind: as it is, with the type that says so
        kind, values = "unknown", [one.value]
        if "VALUE" in one.params:
            params["value"] = one.params["VALUE"][0]
    return [name.lower(), params, kind, *values]


def _values(name: str, value: str, kind: str) -> list[Any] | None:
    if kind == "text":
        if name in STRUCTURED:
            parts: list[Any] = [items[0] if len(items) == 1 else items for items in components(value)]
            return [parts[0] if len(parts) == 1 and isinstance(parts[0], str) else parts]
        if name in LISTS:
            return [unescape(item) for item in split_list(value)]
        return [unescape(value)]
    if kind in _TIMES:
        found = extended(value, kind)
        return None if found is None else [found]
    if kind == "boolean":
        return [value.casefold() == "true"] if value.casefold() in ("true", "false") else None
    if kind == "integer":
        items = value.split(",")
        return [int(item) for item in items] if all(map(_WHOLE.match, items)) else None
    if kind == "float":
        numbers = [float(item) for item in value.split(",") if _DECIMAL.match(item)]
        return numbers if ",".join(map(repr, numbers)) == value and numbers else None
    return [value]


# --- arrays to properties ----------------------------------------------------------------------------------------------------------


def _property(plain: object) -> Property | None:
    if not isinstance(plain, list) or len(plain) < 4:
        return None
    name, given, kind, *values = plain
    if not (
        isinstance(name, str) and _TOKEN.match(name) and isinstance(given, dict) and isinstance(kind, str) and _TOKEN.match(kind)
    ):
        return None
    name, kind = name.upper(), kind.casefold()
    params: dict[str, tuple[str, ...]] = {}
    group = ""
    for key, one in given.items():
        texts = tuple([text for text in map(_plain, one if isinstance(one, list) else [one]) if text is not None])
        key = key.upper()
        if key == "GROUP":
            group = texts[0].casefold() if texts and _TOKEN.match(texts[0]) else ""
        elif _TOKEN.match(key) and texts:
            if key == "TYPE":
                texts = tuple([item.strip() for text in texts for item in text.casefold().split(",") if item.strip()])
            params[key] = texts
    value = _value(kind, values)
    if value is None:
        return None
    if kind not in ("unknown", default_kind(name)):
        params["VALUE"] = (kind,)
    return Property(name, value, params, group)


def _plain(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else None


def _value(kind: str, values: list[Any]) -> str | None:
    texts = []
    for value in values:
        if isinstance(value, list):  # a structured value
            parts = []
            for part in value:
                items = [_plain(item) for item in (part if isinstance(part, list) else [part])]
                if any(item is None for item in items):
                    return None
                parts.append(join_list([item for item in items if item is not None]))
            texts.append(";".join(parts))
            continue
        text = _plain(value)
        if text is None:
            return None
        texts.append(escape(text) if kind == "text" else basic(text, kind) if kind in _TIMES else text)
    return ",".join(texts)
