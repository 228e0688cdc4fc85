"""A property of a vCard in its form in jCard (RFC 7095), as `vCardProps` holds it (RFC 9555, section 2.17.1)."""

from __future__ import annotations

import re
from typing import Any, Final

from canonical_contact.formats.jscontact._words import UNCLEAN
from canonical_contact.formats.vcard.properties import Property, join_list, split_list, unescape

__all__ = ["fits", "is_token", "jcard_of", "property_of"]

_WORD: Final = re.compile(r"[A-Za-z0-9-]+\Z")
_TEXTS: Final = frozenset(
    {"FN", "N", "NICKNAME", "GENDER", "ADR", "CATEGORIES", "NOTE", "TITLE", "ROLE", "ORG", "KIND", "PRODID"}
)


def is_token(text: object) -> bool:
    """Whether it can name a property or a parameter, or be a word among its values."""
    return type(text) is str and _WORD.match(text) is not None


def fits(text: str) -> bool:
    """Whether a parameter can hold it."""
    return UNCLEAN.search(text) is None


def jcard_of(one: Property) -> list[Any]:
    """Write a property in its form in jCard (RFC 7095), as `vCardProps` holds it.

    >>> jcard_of(Property("X-FOO", "a,b", {"PREF": ("1",)}, "item2"))
    ['x-foo', {'pref': '1', 'group': 'item2'}, 'unknown', 'a,b']
    """
    params: dict[str, Any] = {}
    kind = "text" if one.name in _TEXTS else "unknown"
    for name, values in one.params.items():
        if name == "VALUE" and len(values) == 1 and _WORD.match(values[0]) and values[0].lower() != "unknown":
            kind = values[0].lower()
        else:
            params[name.lower()] = values[0] if len(values) == 1 else list(values)
    if one.group:
        params["group"] = one.group
    if kind not in ("text", "language-tag"):
        return [one.name.lower(), params, kind, one.value]
    fields = split_list(one.value, ";")
    if len(fields) > 1:
        inner = [[unescape(item) for item in split_list(field, ",")] for field in fields]
        return [one.name.lower(), params, kind, [items[0] if len(items) == 1 else items for items in inner]]
    return [one.name.lower(), params, kind, *[unescape(item) for item in split_list(one.value, ",")]]


def property_of(plain: object) -> Property | None:
    """Make a property of its form in jCard (RFC 7095), as `vCardProps` holds it; None where it has no such form.

    >>> property_of(["x-foo", {"group": "item2", "pref": "1"}, "unknown", "bar"])
    Property(name='X-FOO', value='bar', params={'PREF': ('1',)}, group='item2')
    """
    if not isinstance(plain, list) or len(plain) < 4 or not isinstance(plain[1], dict):
        return None
    name, given, kind, *values = plain
    if type(name) is not str or not is_token(name) or type(kind) is not str or not is_token(kind):
        return None
    kind = kind.lower()  # as a line of a vCard is read
    params: dict[str, tuple[str, ...]] = {}
    for key, one in given.items():
        texts = tuple(one) if isinstance(one, list) else (one,)
        texts = tuple([str(text) if type(text) is int else text for text in texts])
        if not is_token(key) or not texts or not all(type(text) is str and fits(text) for text in texts):
            return None
        params[key.upper()] = texts
    if "VALUE" in params:
        params["VALUE"] = tuple([text.lower() for text in params["VALUE"]])
    group = tuple([text.lower() for text in params.pop("GROUP", ("",))])
    if len(group) > 1 or (group[0] and not is_token(group[0])):
        return None
    if kind == "unknown":
        if len(values) > 1 or type(values[0]) is not str or UNCLEAN.search(values[0]) or "\n" in values[0]:
            return None
        return Property(name.upper(), values[0], params, group[0])
    if kind != "text" or name.upper() not in _TEXTS:
        params["VALUE"] = (kind,)
    plain_text = kind in ("text", "language-tag")
    texts_out: list[str] = []
    for value in values:
        inner = value if isinstance(value, list) else [value]
        fields: list[str] = []
        for field in inner:
            items = field if isinstance(field, list) else [field]
            if not all(type(item) is str and not UNCLEAN.search(item) for item in items):
                return None
            fields.append(join_list(items) if plain_text else ",".join(items))
        if isinstance(value, list) and len(inner) < 2:
            return None
        texts_out.append(";".join(fields))
    value_out = ",".join(texts_out)
    return None if "\n" in value_out else Property(name.upper(), value_out, params, group[0])
