"""Cards of version 2.1 and 3.0 in the form of version 4.0 (RFC 6350, appendix A); those of 4.0 as they are, but for slips.

Nothing is taken out that says something: what version 4.0 has no property for keeps its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import quote

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats.vcard._head import Head
from canonical_contact.formats.vcard._old_values import DATES, base64_uri, basic_time, geo_uri, is_base64, media_type, utc_offset
from canonical_contact.formats.vcard.kinds import LISTS, STRUCTURED, default_kind
from canonical_contact.formats.vcard.properties import Property, components, escape, join_components, split_list, unescape
from canonical_contact.formats.vcard.wire import Card, Line

__all__ = ["Upgrade"]

_MEMO: Final = 4096
_BROKEN: Final = "\0"  # marks a value that is not what it says; no parameter is called so
_CONTROL: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_NOT_TOKEN: Final = re.compile(r"[^A-Za-z0-9-]+")
_LABEL_ESCAPE: Final = re.compile(r"\\([nN\\,;])")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_OLD_TEXTS: Final = frozenset({"MAILER", "CLASS", "NAME", "PROFILE", "SORT-STRING", "LABEL"})
_MAYBE_BINARY: Final = frozenset({"PHOTO", "LOGO", "SOUND", "KEY"})
_VALUES: Final = {
    "url": "uri", "cid": "uri", "content-id": "uri", "inline": "", "binary": "", "phone-number": "", "vcard": "", "date": "", "date-time": "",
}  # fmt: skip
_NO_KIND_OF_ADDRESS: Final = frozenset({"pref", "postal", "parcel", "dom", "intl"})


class _Plan(NamedTuple):
    """What becomes of a property with a certain head."""

    name: str
    params: dict[str, tuple[str, ...]]
    group: str
    change: Callable[[str, _Plan], Property | None] | None  # None: the value stays as it is
    head: Head
    kind: str


class Upgrade:
    r"""Brings the cards of one file into the form of version 4.0.

    >>> import io
    >>> from canonical_contact.formats.vcard.wire import open_cards
    >>> text = b"BEGIN:VCARD\nVERSION:2.1\nN:Lopez;Ana\nTEL;CELL;PREF:1\nBDAY:1990-01-02\nEND:VCARD"
    >>> upgrade = Upgrade()
    >>> for card in open_cards(io.BytesIO(text), print):
    ...     for one in upgrade.properties(card, print):
    ...         print(one.name, dict(one.params), one.value)
    Problem(code='vcard.name_missing', ...)
    FN {'DERIVED': ('true',)} Ana Lopez
    N {} Lopez;Ana
    TEL {'TYPE': ('cell',), 'PREF': ('1',)} 1
    BDAY {} 19900102
    """

    def __init__(self) -> None:
        self._memos: dict[str, dict[str, _Plan]] = {"4.0": {}, "3.0": {}, "2.1": {}}

    def properties(self, card: Card, tell: Callable[[Problem], None]) -> list[Property]:
        """Give the properties of a card, without BEGIN, END and VERSION.

        Args:
            card: as it was read.
            tell: called with what could not be read.

        Returns:
            Its properties; none where there is nothing in it.
        """
        if not card.properties:
            tell(Problem("vcard.empty", hint="There is nothing in the card; it was left out.", line=card.line))
            return []
        version = card.version
        if not version:
            hint = "The card does not state its version; it was read all the same."
            tell(Problem("vcard.version_missing", hint=hint, severity=Severity.INFO, line=card.line))
        memo = self._memos.get(version)
        if memo is None:
            version, memo = "3.0", self._memos["3.0"]
        found: list[Property] = []
        named = False
        later: dict[str, list[tuple[Line, _Plan]]] = {}
        for line in card.properties:
            head, value, _ = line
            if not value.isprintable() and _CONTROL.search(value):
                value = self._clean(value, head, card, tell)
            plan = memo.get(head[3])
            if plan is None:
                plan = _plan(head, version)
                if len(memo) < _MEMO and len(head.left) < 200:
                    memo[head.left] = plan
            name, change = plan.name, plan.change
            if change is None:
                found.append(Property(name, value, plan.params, plan.group))
            elif change is _later:
                later.setdefault(name, []).append((Line(head, value), plan))
            elif (one := change(value, plan)) is not None:
                if one.params.get(_BROKEN):
                    one = _broken(one, card, tell)
                if not line.size:
                    found.append(one)
            named = named or name == "FN"
        for name, lines in later.items():
            _LATER[name](found, lines)
        if not named:
            hint = "The card has no formatted name; it was made of what else the card says."
            tell(Problem("vcard.name_missing", hint=hint, severity=Severity.INFO, line=card.line))
            found.insert(0, Property("FN", _derived(found), {"DERIVED": ("true",)}))
        return found

    @staticmethod
    def _clean(value: str, head: Head, card: Card, tell: Callable[[Problem], None]) -> str:
        """No value of version 4.0 holds control characters; the vertical tab of old programs was a line end."""
        hint = "The value holds control characters; they were read as U+FFFD, a vertical tab as a line end."
        tell(
            Problem(
                "vcard.control_characters", raw=value[:200], hint=hint, severity=Severity.INFO, line=card.line, column=head.name
            )
        )
        return _CONTROL.sub("\ufffd", value.replace("\x0b", "\\n"))


def _broken(one: Property, card: Card, tell: Callable[[Problem], None]) -> Property:
    hint = "The value says that it is base64 and is not; it was kept as text."
    tell(Problem("vcard.base64_invalid", raw=one.value[:200], hint=hint, line=card.line, column=one.name))
    return Property(one.name, one.value, {key: texts for key, texts in one.params.items() if key != _BROKEN}, one.group)


def _plan(head: Head, version: str) -> _Plan:
    """Read a head; parameters of old versions take their form of version 4.0."""
    name = _token(head.name)
    old = version != "4.0"
    params: dict[str, tuple[str, ...]] = {}
    kind = ""
    for key, texts in head.params.items():
        key = _token(key)
        if not all(map(str.isprintable, texts)):  # a line end is one of RFC 6868
            texts = tuple([_CONTROL.sub(lambda match: "\n" if match[0] == "\n" else "\ufffd", text) for text in texts])
        if key == "TYPE":
            types = list(
                dict.fromkeys(one for one in texts if one != "pref" and (one != "internet" or not old or name != "EMAIL"))
            )
            if head.encoding == "b" or (old and name in _MAYBE_BINARY):
                types = [one for one in types if not media_type([one])]
            if types:
                params["TYPE"] = tuple(types)
            if "pref" in texts and "PREF" not in head.params:
                params["PREF"] = ("1",)
        elif key == "VALUE":
            kind = texts[0].casefold()
            kind = _VALUES.get(kind, kind) if old else kind
        elif key == "LABEL":  # the one parameter whose line ends and commas are escaped as those of values
            params[key] = tuple([_LABEL_ESCAPE.sub(_plain, text) for text in texts])
        elif key not in ("CHARSET", "ENCODING"):
            params[key] = (*params.get(key, ()), *texts)
    usual = default_kind(name)
    if kind and (kind != usual or not old):
        params["VALUE"] = (kind,)
    change = _change(name, kind or usual, head, version) if name not in ("VERSION", "BEGIN", "END") else _nothing
    group = _NOT_TOKEN.sub("-", head.group)
    return _Plan(name, params, group, change, head, kind or usual)


def _token(name: str) -> str:
    """Bring a name that version 4.0 does not allow into its form; it becomes no other property's."""
    clean = _NOT_TOKEN.sub("-", name)
    return clean if clean == name and name else f"X-{clean.removeprefix('X-')}"


def _change(name: str, kind: str, head: Head, version: str) -> Callable[[str, _Plan], Property | None] | None:
    if head.encoding == "b":
        return _binary
    if version == "4.0":
        return None
    if name in _LATER:
        return _later
    if name in DATES:
        return _omitted_year if "X-APPLE-OMIT-YEAR" in head.params else _time
    if name in ("TZ", "GEO"):
        return _zone if name == "TZ" else _place
    if name in _MAYBE_BINARY:
        return _maybe_binary
    if name in STRUCTURED:
        return _lists if name == "N" and version != "2.1" else _fields
    if name in LISTS:
        return _items
    if kind == "uri":
        return _own_id if name == "UID" else _uri
    return _text if kind == "text" or name in _OLD_TEXTS else None


def _plain(match: re.Match[str]) -> str:
    return "\n" if match[1] in "nN" else match[1]


def _nothing(_: str, __: _Plan) -> None:
    return None


def _later(_: str, __: _Plan) -> None:
    """Mark what needs the other properties of its card."""
    raise AssertionError


def _as_text(value: str, plan: _Plan) -> Property:
    params = {key: texts for key, texts in plan.params.items() if key != "VALUE"} | {"VALUE": ("text",)}
    return Property(plan.name, escape(unescape(value)), params, plan.group)


def _text(value: str, plan: _Plan) -> Property:
    if "\\" in value or "," in value or ";" in value:
        value = escape(unescape(value))
    return Property(plan.name, value, plan.params, plan.group)


def _fields(value: str, plan: _Plan) -> Property:
    """A structured value in whose fields a comma is a comma."""
    if "\\" in value or "," in value:
        value = ";".join([escape(unescape(part)) for part in split_list(value, ";")])
    return Property(plan.name, value, plan.params, plan.group)


def _lists(value: str, plan: _Plan) -> Property:
    if "\\" in value:
        value = join_components(components(value))
    return Property(plan.name, value, plan.params, plan.group)


def _items(value: str, plan: _Plan) -> Property:
    if "\\" in value or ";" in value:
        separator = ";" if ";" in value and "," not in value else ","
        value = ",".join([escape(unescape(item)) for item in split_list(value, separator)])
    return Property(plan.name, value, plan.params, plan.group)


def _uri(value: str, plan: _Plan) -> Property | None:
    value = unescape(value).strip().replace("\n", "")
    return Property(plan.name, value, plan.params, plan.group) if value else None


def _own_id(value: str, plan: _Plan) -> Property | None:
    value = value.strip()
    return _uri(value, plan) if _SCHEME.match(value) or not value else _as_text(value, plan)


def _binary(value: str, plan: _Plan) -> Property | None:
    uri = base64_uri(value, media_type(plan.head.params.get("TYPE", ())))
    if uri is None:
        return Property(plan.name, escape(unescape(value)), {**plan.params, "VALUE": ("text",), _BROKEN: ("1",)}, plan.group)
    params = plan.params if default_kind(plan.name) == "uri" else {**plan.params, "VALUE": ("uri",)}
    return Property(plan.name, uri, params, plan.group)


def _maybe_binary(value: str, plan: _Plan) -> Property | None:
    text = unescape(value).strip()
    if plan.kind != "text" and is_base64(text):
        return _binary(text, plan)
    if _SCHEME.match(text) and "\n" not in text:
        return _uri(text, plan)
    return _as_text(value, plan) if text.strip(";") else None


def _time(value: str, plan: _Plan) -> Property | None:
    found = basic_time(value.strip())
    if found is not None:
        return Property(plan.name, found, {key: texts for key, texts in plan.params.items() if key != "VALUE"}, plan.group)
    return _as_text(value, plan) if value.strip() else None


def _omitted_year(value: str, plan: _Plan) -> Property | None:
    """Apple writes a year of its own where none is known."""
    year = plan.params.get("X-APPLE-OMIT-YEAR", ("",))[0]
    if year and value.startswith(year):
        plan = plan._replace(params={key: texts for key, texts in plan.params.items() if key != "X-APPLE-OMIT-YEAR"})
        value = "--" + value[len(year) :].lstrip("-")
    return _time(value, plan)


def _zone(value: str, plan: _Plan) -> Property | None:
    offset = utc_offset(value.strip()) if plan.kind != "uri" else None
    if offset is None:
        return _text(value, plan) if value.strip() else None
    return Property(plan.name, offset, {**plan.params, "VALUE": ("utc-offset",)}, plan.group)


def _place(value: str, plan: _Plan) -> Property | None:
    uri = geo_uri(unescape(value).strip())
    if uri is not None:
        return Property(plan.name, uri, plan.params, plan.group)
    return _as_text(value, plan) if value.strip(" ;,") else None


# --- what needs the other properties of its card -----------------------------------------------------------------------------------


def _labels(found: list[Property], lines: list[tuple[Line, _Plan]]) -> None:
    """The text of an address belongs to the address of the same group and kind (RFC 6350, section 6.3.1)."""
    free: dict[tuple[str, frozenset[str]], list[int]] = {}
    for place in range(len(found) - 1, -1, -1):
        one = found[place]
        if one.name == "ADR" and "LABEL" not in one.params:
            free.setdefault((one.group, frozenset(one.params.get("TYPE", ())) - _NO_KIND_OF_ADDRESS), []).append(place)
    for line, plan in lines:
        text = unescape(line.value)
        if not text.strip():
            continue
        if places := free.get((plan.group, frozenset(line.types) - _NO_KIND_OF_ADDRESS)):
            place = places.pop()
            one = found[place]
            found[place] = Property("ADR", one.value, {**one.params, "LABEL": (text,)}, one.group)
        else:
            found.append(Property("ADR", ";;;;;;", {**plan.params, "LABEL": (text,)}, plan.group))


def _sort_strings(found: list[Property], lines: list[tuple[Line, _Plan]]) -> None:
    """The first one belongs to the name, else to the organisation."""
    texts = [(unescape(line.value), plan) for line, plan in lines if line.value.strip()]
    for text, plan in texts[:1]:
        places = [
            place for name in ("N", "ORG") for place, one in enumerate(found) if one.name == name and "SORT-AS" not in one.params
        ]
        if places:
            one = found[places[0]]
            found[places[0]] = Property(one.name, one.value, {**one.params, "SORT-AS": (text,)}, one.group)
        else:
            found.append(Property("N", ";;;;", {"SORT-AS": (text,)}, plan.group))
    found += [Property("SORT-STRING", escape(text), plan.params, plan.group) for text, plan in texts[1:]]


def _agents(found: list[Property], lines: list[tuple[Line, _Plan]]) -> None:
    """Persons who act for the contact: relations, whose cards travel within the URI."""
    for line, plan in lines:
        text = unescape(line.value).strip()
        params = {key: texts for key, texts in plan.params.items() if key not in ("TYPE", "VALUE")} | {"TYPE": ("agent",)}
        if text[:11].upper() == "BEGIN:VCARD":
            uri = f"data:text/vcard;charset=utf-8,{quote(text.replace(chr(10), chr(13) + chr(10)))}"
            found.append(Property("RELATED", uri, params, plan.group))
        elif _SCHEME.match(text) and plan.kind != "text":
            found.append(Property("RELATED", text, params, plan.group))
        elif text:
            found.append(Property("RELATED", escape(text), {**params, "VALUE": ("text",)}, plan.group))


_LATER: Final = {"LABEL": _labels, "SORT-STRING": _sort_strings, "AGENT": _agents}


def _derived(found: list[Property]) -> str:
    """Make a formatted name: of the name's parts in their order, else of the organisation, a nickname, an address or a number."""
    for name in ("N", "ORG", "NICKNAME", "EMAIL", "TEL"):
        for one in found:
            if one.name != name:
                continue
            parts = [" ".join(filter(None, map(str.strip, part))) for part in components(one.value)]
            if name == "N":
                parts = [parts[place] for place in (3, 1, 2, 0, 4) if place < len(parts)]
            text = " ".join(filter(None, parts)) if name == "N" else parts[0]
            if text.strip():
                return escape(text)
    return ""
