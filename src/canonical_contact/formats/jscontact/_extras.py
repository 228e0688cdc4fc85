"""What a foreign card carries and the model has no field for: kept in the contact's extensions, and put back on writing.

- `jscontact./emails/e1/foo` holds the JSON text of what stands at that pointer (RFC 6901); an empty text: nothing stands there;
- `jscontact.ids.emails` holds the ids of a map, where they are not those that are made here;
- `vcard.X-FOO;TYPE=home` holds the value of a property of a vCard that JSContact has no word for (`vCardProps`, RFC 9555).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from canonical_contact.formats.jscontact._jcard import jcard_of, property_of
from canonical_contact.formats.jscontact._values import Json, json_text, names_of, token, untyped
from canonical_contact.formats.vcard.properties import Property

__all__ = ["IDS", "JSCONTACT", "VCARD", "is_extra", "keep_ids", "keep_properties", "left_over", "put_back", "stated_ids"]

JSCONTACT: Final = "jscontact."
VCARD: Final = "vcard."
IDS: Final = "jscontact.ids."
_PLAIN_PARAM: Final = re.compile(r'[^\x00-\x1f\x7f",;:=()]+\Z')
_HEAD: Final = re.compile(
    r'(?:([A-Za-z0-9-]+)\.)?([A-Z0-9-]+)((?:;[A-Z0-9-]+=[^\x00-\x1f\x7f",;:=()]+(?:,[^\x00-\x1f\x7f",;:=()]+)*)*)(?: \([0-9]+\))?\Z'
)
_MISSING: Final = object()
_DEPTH: Final = 64
_TELLING: Final = ("isOrdered", "user")  # what must not be said where it was not


def is_extra(key: str) -> bool:
    """Whether an extension is one of these."""
    return key.startswith(("jscontact./", IDS, VCARD))


# --- reading -----------------------------------------------------------------------------------------------------------------------------
def left_over(extras: dict[str, str], pointer: str, original: Mapping[str, Any], written: Mapping[str, Any]) -> None:
    """Keep what a value would not be written with again."""
    for name, value in original.items():
        if name != "@type" and written.get(name, _MISSING) != value:
            bare = untyped(name, value)
            if bare is value or written.get(name, _MISSING) != bare:
                extras[f"{JSCONTACT}{pointer}/{token(name)}"] = json_text(bare)
    for name in _TELLING:
        if name in written and name not in original:
            extras[f"{JSCONTACT}{pointer}/{name}"] = ""


def keep_ids(extras: dict[str, str], name: str, ids: Iterable[str]) -> None:
    """Keep the ids of a map."""
    extras[f"{IDS}{name}"] = json_text(list(ids))


def keep_properties(extras: dict[str, str], plain: Iterable[object]) -> list[object]:
    """Keep properties of a vCard under readable keys; gives those that have none."""
    rest: list[object] = []
    counts: dict[str, int] = {}  # so that thousands of one name take no more than their number
    for one in plain:
        made = property_of(one)
        key = _key(made) if made is not None else ""
        if made is None or not key:
            rest.append(one if made is None else jcard_of(made))
            continue
        place, count = key, counts.get(key, 1)
        while place in extras:
            count += 1
            place = f"{key} ({count})"
        counts[key] = count
        extras[place] = made.value
    return rest


def _key(one: Property) -> str:
    head = f"{one.group}.{one.name}" if one.group else one.name
    for name, values in one.params.items():
        if not all(_PLAIN_PARAM.match(value) for value in values):
            return ""
        head += f";{name}={','.join(values)}"
    return f"{VCARD}{head}" if _HEAD.match(head) else ""


# --- writing -----------------------------------------------------------------------------------------------------------------------------
def stated_ids(extensions: Mapping[str, str]) -> dict[str, list[str]]:
    """Read the ids that extensions state for maps; what is no list of texts is passed over."""
    found: dict[str, list[str]] = {}
    for key, text in extensions.items():
        if key.startswith(IDS):
            try:
                ids = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if isinstance(ids, list) and all(type(one) is str for one in ids):
                found[key[len(IDS) :]] = ids
    return found


def put_back(card: Json, extensions: Mapping[str, str]) -> None:
    """Put kept values back to where they stood; what has no place there any more is passed over."""
    kept: list[Any] = []
    for key, text in extensions.items():
        if key.startswith("jscontact./"):
            _put(card, names_of(key[len(JSCONTACT) + 1 :]), text)
        elif key.startswith(VCARD):
            match = _HEAD.match(key[len(VCARD) :])
            if match is not None:
                params = {
                    name: tuple(values.split(",")) for name, _, values in (one.partition("=") for one in match[3].split(";")[1:])
                }
                kept.append(jcard_of(Property(match[2], text, params, match[1] or "")))
    if kept:
        others = card.get("vCardProps")
        card["vCardProps"] = [*(others if isinstance(others, list) else ()), *kept]


def _put(card: Json, names: list[str], text: str) -> None:
    try:
        value = json.loads(text) if text else _MISSING
    except (ValueError, RecursionError):
        return
    if len(names) > _DEPTH:
        return
    holder: Any = card
    for place, name in enumerate(names[:-1]):
        # A map whose entries could not be read is not there; one entry of it that is gone stays so.
        holder = holder.setdefault(name, {}) if place == 0 or (place == 1 and name == "pronouns") else holder.get(name)
        if not isinstance(holder, dict):
            return
    if value is _MISSING:
        holder.pop(names[-1], None)
    else:
        holder[names[-1]] = value
