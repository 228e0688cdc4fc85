"""Names and addresses in components (RFC 9553, section 2.2.1 and 2.5.1) to and from the fields of N and ADR (RFC 9555, RFC 9554)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from canonical_contact.formats.jscontact._words import (
    ADDRESS_ORDER,
    ADDRESS_SLOTS,
    EXTENDED_SLOTS,
    NAME_KINDS,
    NAME_SLOTS,
    STREET_SLOTS,
    UNCLEAN,
)
from canonical_contact.formats.vcard.properties import components, escape, join_components, split_list, unescape

__all__ = [
    "address_fields",
    "address_lines",
    "address_parts",
    "clean_parts",
    "name_fields",
    "name_parts",
    "phonetics",
    "put_phonetics",
    "spoken",
]

Json = dict[str, Any]
_NAME_PLACE: Final = {kind: place for place, kind in enumerate(NAME_SLOTS)}
_ADDRESS_PLACE: Final = {kind: place for place, kind in enumerate(ADDRESS_SLOTS) if kind}
_CLASSIC: Final = {"name": 2, "apartment": 1, "postOfficeBox": 0, "locality": 3, "region": 4, "postcode": 5, "country": 6}
_CLASSIC_ORDER: Final = tuple((_CLASSIC[kind], kind) for kind in ADDRESS_ORDER if kind in _CLASSIC)
_FULL_ORDER: Final = tuple((_ADDRESS_PLACE[kind], kind) for kind in ADDRESS_ORDER if kind != "separator")
_NO_LINES: Final[Mapping[str, str]] = MappingProxyType({})
_LINES: Final = ((1, "extended", EXTENDED_SLOTS), (2, "street", STREET_SLOTS))
_FINER: Final = {"name": STREET_SLOTS, "apartment": EXTENDED_SLOTS}
_NAME_ORDER: Final = tuple(_NAME_PLACE[kind] for kind in NAME_KINDS)


def clean_parts(parts: object, kinds: Iterable[str]) -> list[Json] | None:
    """Check that components can be written: known kinds, texts without control characters, none empty; None otherwise."""
    if not isinstance(parts, list) or not parts:
        return None
    for part in parts:
        if not isinstance(part, dict):
            return None
        kind, value = part.get("kind"), part.get("value")
        if type(kind) is not str or kind not in kinds or type(value) is not str or not value or UNCLEAN.search(value):
            return None
    return parts


def spoken(holder: Mapping[str, Any], parts: Sequence[Json], order: Sequence[str] = ()) -> str:
    """Put components on one line: in their order with their separators, else in `order` with spaces."""
    if holder.get("isOrdered") is not True:
        return " ".join([part["value"] for kind in order for part in parts if part["kind"] == kind])
    default = holder.get("defaultSeparator")
    between = default if isinstance(default, str) else " "
    text, after = "", True
    for part in parts:
        if part["kind"] == "separator":
            text, after = text + part["value"], True
        else:
            text, after = text + ("" if after else between) + part["value"], False
    return text


# --- names -------------------------------------------------------------------------------------------------------------------------------
def name_fields(name: Mapping[str, Any], parts: Sequence[Json]) -> tuple[str, str]:
    """Make the value of N, and its JSCOMPS where the components are in order.

    The second surname and the generation stand twice: once in their own field, once where older programs look for them.

    >>> name_fields({"isOrdered": True}, [{"kind": "given", "value": "Jane"}, {"kind": "surname", "value": "Doe"}])
    ('Doe;Jane;;;;;', ';1;0')
    """
    slots: list[list[str]] = [[], [], [], [], [], [], []]
    for part in parts:
        if part["kind"] != "separator":
            slots[_NAME_PLACE[part["kind"]]].append(part["value"])
    shown = list(slots)
    if slots[5]:
        shown[0] = slots[0] + slots[5]
    if slots[6]:
        shown[4] = slots[6] + slots[4]
    order = _order(name, parts, _NAME_PLACE, {4: len(slots[6])}) if name.get("isOrdered") is True else ""
    return join_components([slot or ("",) for slot in shown]), order


def name_parts(value: str, order: str) -> tuple[list[Json], Json]:
    """Read the value of N; what stands twice is taken once.

    Returns:
        The components, and `isOrdered` and `defaultSeparator` where they have an order.

    >>> name_parts("Doe;Jane;;;Jr.,PhD;;Jr.", "")[0][2:]
    [{'kind': 'generation', 'value': 'Jr.'}, {'kind': 'credential', 'value': 'PhD'}]
    """
    slots = _slots(value, 7)
    if order:
        found = _ordered(slots, order, NAME_SLOTS, {0: 5, 4: 6})
        if found is not None:
            return found
    for place, twice in ((0, 5), (4, 6)):
        for text in slots[twice]:
            if text in slots[place]:
                slots[place].remove(text)
    return [{"kind": NAME_SLOTS[place], "value": text} for place in _NAME_ORDER for text in slots[place] if text], {}


def phonetics(parts: Sequence[Json]) -> str:
    """Make the value of the N that tells how each component is read."""
    slots: list[list[str]] = [[], [], [], [], [], [], []]
    for part in parts:
        if part["kind"] != "separator":
            slots[_NAME_PLACE[part["kind"]]].append(part.get("phonetic", ""))
    return join_components([slot or ("",) for slot in slots])


def put_phonetics(parts: Sequence[Json], value: str) -> bool:
    """Put readings to components that stand in the same places; False where they do not fit."""
    slots = _slots(value, 7)
    counts = [0] * 7
    pairs: list[tuple[Json, str]] = []
    for part in parts:
        if part["kind"] == "separator":
            continue
        place = _NAME_PLACE[part["kind"]]
        texts = slots[place]
        if counts[place] < len(texts):
            pairs.append((part, texts[counts[place]]))
        counts[place] += 1
    if any(len([text for text in slot if text]) and len(slot) > count for slot, count in zip(slots, counts, strict=True)):
        return False
    for part, text in pairs:
        if text:
            part["phonetic"] = text
    return True


# --- addresses ---------------------------------------------------------------------------------------------------------------------------
def address_fields(address: Mapping[str, Any], parts: Sequence[Json], lines: Mapping[str, str] = _NO_LINES) -> tuple[str, str]:
    """Make the value of ADR, and its JSCOMPS where the components are in order.

    Args:
        address: what tells the order of the components.
        parts: the components.
        lines: `street` and `extended`, where they are not made of the components.

    >>> address_fields({}, [{"kind": "name", "value": "Weg 1"}, {"kind": "locality", "value": "Bonn"}])
    (';;Weg 1;Bonn;;;', '')
    """
    ordered = address.get("isOrdered") is True
    if not ordered and not lines and all(part["kind"] in _CLASSIC for part in parts):
        simple: list[list[str]] = [[], [], [], [], [], [], []]
        for part in parts:
            simple[_CLASSIC[part["kind"]]].append(part["value"])
        return join_components([slot or ("",) for slot in simple]), ""
    slots: list[list[str]] = [[] for _ in ADDRESS_SLOTS]
    for part in parts:
        if part["kind"] != "separator":
            slots[_ADDRESS_PLACE[part["kind"]]].append(part["value"])
    for place, line, others in _LINES:
        text = lines.get(line) or spoken(
            address, _between(parts, {ADDRESS_SLOTS[other] for other in others}), [ADDRESS_SLOTS[other] for other in others]
        )
        if text:
            slots[place] = [text]
    order = _order(address, parts, _ADDRESS_PLACE, {}) if ordered else ""
    return join_components([slot or ("",) for slot in slots]), order


def address_parts(value: str, order: str) -> tuple[list[Json], Json]:
    r"""Read the value of ADR; see `name_parts`.

    >>> address_parts(";;54321 Oak St;Reston;;;;;;;54321;Oak St", "s,\\, ;10;s, ;11;3")[1]
    {'isOrdered': True, 'defaultSeparator': ', '}
    """
    slots = _slots(value, 18)
    if order:
        put = _ordered(slots, order, ADDRESS_SLOTS, {1: 1, 2: 2})
        if put is not None:
            return put
    order_of = _FULL_ORDER if any(text for slot in slots[7:] for text in slot) else _CLASSIC_ORDER
    found: list[Json] = []
    for place, kind in order_of:
        texts = slots[place]
        if order_of is _FULL_ORDER and kind in ("name", "apartment") and not any(slots[other][0] for other in _FINER[kind]):
            texts = slots[_CLASSIC[kind]]  # none of the finer fields says what the older one says
        found += [{"kind": kind, "value": text} for text in texts if text]
    return found, {}


def address_lines(value: str, address: Mapping[str, Any], parts: Sequence[Json]) -> dict[str, str]:
    r"""Tell what the older fields of ADR, `street` and `extended`, say otherwise than they would be made of the finer ones.

    >>> address_lines(r";;Oak St 5\, rear;;;;;;;;5;Oak St", {}, [{"kind": "number", "value": "5"}, {"kind": "name", "value": "Oak St"}])
    {'street': 'Oak St 5, rear'}
    """
    slots = _slots(value, 18)
    if not any(text for slot in slots[7:] for text in slot):
        return {}
    made = _slots(address_fields(address, parts)[0], 18)
    found: dict[str, str] = {}
    for place, line, others in _LINES:
        text = ", ".join(filter(None, slots[place]))
        if text and slots[place] != made[place] and any(text for other in others for text in slots[other]):
            found[line] = text
    return found


def _between(parts: Sequence[Json], kinds: Iterable[str]) -> list[Json]:
    """The components of some kinds, with the separators that stand between two of them."""
    found: list[Json] = []
    waiting: list[Json] = []
    for part in parts:
        if part["kind"] == "separator":
            waiting.append(part)
        elif part["kind"] in kinds:
            if found:
                found += waiting
            found.append(part)
            waiting = []
        else:
            waiting = []
    return found


# --- both --------------------------------------------------------------------------------------------------------------------------------
def _slots(value: str, count: int) -> list[list[str]]:
    slots = components(value)[:count]
    return slots + [[""] for _ in range(count - len(slots))]


def _order(holder: Mapping[str, Any], parts: Sequence[Json], places: Mapping[str, int], start: Mapping[int, int]) -> str:
    default = holder.get("defaultSeparator")
    entries = [f"s,{escape(default)}" if isinstance(default, str) else ""]
    counts = dict(start)
    for part in parts:
        if part["kind"] == "separator":
            entries.append(f"s,{escape(part['value'])}")
            continue
        place = places[part["kind"]]
        count = counts.get(place, 0)
        counts[place] = count + 1
        entries.append(f"{place},{count}" if count else str(place))
    return ";".join(entries)


def _ordered(
    slots: Sequence[Sequence[str]], order: str, kinds: Sequence[str], twice: Mapping[int, int]
) -> tuple[list[Json], Json] | None:
    """Put the components in the order that JSCOMPS tells; None where it does not fit or leaves one out."""
    first, *entries = split_list(order, ";")
    head = split_list(first, ",")
    if first and (len(head) != 2 or head[0] != "s"):
        return None
    parts: list[Json] = []
    used: set[tuple[int, int]] = set()
    for entry in entries:
        place, *rest = split_list(entry, ",")
        if place == "s" and len(rest) == 1:
            parts.append({"kind": "separator", "value": unescape(rest[0])})
            continue
        index = rest[0] if rest else "0"
        if (
            len(rest) > 1
            or not (place + index).isascii()
            or not (place.isdecimal() and index.isdecimal() and len(place + index) < 9)
        ):
            return None
        spot = (int(place), int(index))
        if spot[0] >= len(slots) or spot[1] >= len(slots[spot[0]]) or not kinds[spot[0]]:
            return None
        used.add(spot)
        parts.append({"kind": kinds[spot[0]], "value": slots[spot[0]][spot[1]]})
    for at, slot in enumerate(slots):
        other = twice.get(at)
        for number, text in enumerate(slot):
            if text and (at, number) not in used and (other is None or (other != at and text not in slots[other])):
                return None
    return (
        (parts, {"isOrdered": True, "defaultSeparator": unescape(head[1])} if first else {"isOrdered": True}) if parts else None
    )
