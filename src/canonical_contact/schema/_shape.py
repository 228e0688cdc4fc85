"""What a version has that the one before it lacks, read from the two published schemas; how it is taken out of a document and put back.

Values come out as entries: pointer → value. A pointer names an item of a list by what the item is (a hash of the address of an e-mail) and
not by its number, so that a host of the older version may edit, move and remove items meanwhile; a value goes back to its own item or to none.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from canonical_contact.errors import ConfigError
from canonical_contact.model.ids import digest

__all__ = ["Document", "Entries", "Part", "Shape", "compact", "difference", "fingerprint", "give", "path_of", "take"]

Document = dict[str, Any]
Entries = dict[str, Any]  # pointer → value
StandIns = Mapping[str, Mapping[str, str]]  # field → new word → the word of the older version that stands for it
_NONE: Final[StandIns] = MappingProxyType({})


class Shape(NamedTuple):
    """What the newer version of a class has that the older one lacks."""

    new: frozenset[str]
    words: Mapping[str, frozenset[str]]  # field → words that are new in its closed list
    parts: tuple[Part, ...]
    stand_ins: StandIns = _NONE  # of required fields, which cannot be left out


class Part(NamedTuple):
    """A field of a class whose own class has something new."""

    name: str
    shape: Shape
    many: bool
    identity: tuple[str, ...]  # the fields that tell which item it is; empty for a single object that needs none


def difference(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    name: str,
    identities: Mapping[str, tuple[str, ...]],
    *,
    stand_ins: StandIns = _NONE,
    above: tuple[str, ...] = (),
) -> Shape:
    """Compare a class in two published schemas.

    Args:
        old: the JSON Schema of the older version.
        new: of the newer one.
        name: the class.
        identities: class → fields that tell its items apart; without an entry those that are required.
        stand_ins: `Class.field` → new word → older word, for required fields whose closed list has got words. The older word must block
            where the new one does.
        above: the classes around this one.

    Raises:
        ConfigError: a required field has a new word, and `stand_ins` does not say what the older version reads instead.
    """
    before, after = _definition(old, name), _definition(new, name)
    words: dict[str, frozenset[str]] = {}
    parts: list[Part] = []
    instead: dict[str, Mapping[str, str]] = {}
    for field, schema in after["properties"].items():
        target, many = _target(schema)
        if field not in before["properties"] or target is None or target not in old["$defs"] or target in above:
            continue
        if "enum" in new["$defs"][target]:
            more = frozenset(new["$defs"][target]["enum"]) - frozenset(old["$defs"][target]["enum"])
            if more and field in before.get("required", ()):
                known = frozenset(old["$defs"][target]["enum"])
                instead[field] = _stand_in(f"{name}.{field}", more, known, stand_ins)
            if more:
                words[field] = more
            continue
        if "properties" not in new["$defs"][target]:
            continue
        shape = difference(old, new, target, identities, stand_ins=stand_ins, above=(*above, name))
        if shape.new or shape.words or shape.parts:
            own = _definition(old, target)
            identity = identities.get(target, tuple(own.get("required", own["properties"])) if many else ())
            parts.append(Part(field, shape, many, identity))
    return Shape(frozenset(after["properties"]) - frozenset(before["properties"]), words, tuple(parts), instead)


def _stand_in(field: str, more: frozenset[str], known: frozenset[str], stand_ins: StandIns) -> Mapping[str, str]:
    table = stand_ins.get(field, {})
    missing = sorted(word for word in more if table.get(word) not in known)
    if missing:
        raise ConfigError(
            f"{field} is required and has new words: {', '.join(missing)}.",
            path=field,
            hint="Let the step's stand_ins say which word of the older version is read instead of each.",
        )
    return table


def _definition(schema: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = schema if schema["title"] == name else schema["$defs"][name]
    return found


def _target(schema: Mapping[str, Any]) -> tuple[str | None, bool]:
    items = schema.get("items")
    reference = (schema if items is None else items).get("$ref")
    return reference and reference.rpartition("/")[2], items is not None


def take(value: Document, shape: Shape, at: str, entries: Entries) -> Document:
    """Give an object without what the older version lacks, and add that to `entries`; nothing given is changed."""
    rest = value
    if not shape.new.isdisjoint(value) or shape.words:
        taken = [name for name in value if name in shape.new or _has_word(value[name], shape.words.get(name))]
        if taken:
            rest = {name: inner for name, inner in value.items() if name not in taken}
            entries.update((f"{at}/{name}", value[name]) for name in taken)
            rest.update((name, _instead(value[name], shape.stand_ins[name])) for name in taken if name in shape.stand_ins)
    for part in shape.parts:
        inner = value.get(part.name)
        older: Any = inner
        if part.many and isinstance(inner, list):
            older = _take_items(inner, part, f"{at}/{part.name}", entries)
        elif isinstance(inner, dict) and not part.many:
            own: Entries = {}
            older = take(inner, part.shape, "", own)
            if own:
                start = f"{at}/{part.name}" + (f"/={fingerprint(older, part.identity)}" if part.identity else "")
                entries.update((start + pointer, found) for pointer, found in own.items())
        if older is not inner:
            rest = dict(value) if rest is value else rest
            rest[part.name] = older
    return rest


def _take_items(items: list[Any], part: Part, at: str, entries: Entries) -> list[Any]:
    older = items
    taken: dict[int, Entries] = {}
    for place, item in enumerate(items):
        if not isinstance(item, dict):
            continue
        own: Entries = {}
        rest = take(item, part.shape, "", own)
        if own:
            taken[place] = own
            older = list(items) if older is items else older
            older[place] = rest
    if taken:
        names = _names(older, part.identity)
        for place, own in taken.items():
            entries.update((f"{at}/{names[place]}{pointer}", found) for pointer, found in own.items())
    return older


def give(value: Document, shape: Shape, entries: Entries) -> tuple[Document, Entries]:
    """Put values back into an object.

    Returns:
        A new object, and the entries that have no home in it.
    """
    used: set[str] = set()
    wanted = [(tuple(pointer.split("/")[1:]), pointer) for pointer in entries]
    newer = _fill(value, shape, wanted, entries, used) if wanted else value
    return newer, {pointer: found for pointer, found in entries.items() if pointer not in used}


def _fill(
    value: Document, shape: Shape, wanted: Sequence[tuple[tuple[str, ...], str]], entries: Entries, used: set[str]
) -> Document:
    newer = value
    groups: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for steps, pointer in wanted:
        if len(steps) == 1:
            if (steps[0] in shape.new or steps[0] in shape.words) and _is_free(
                value, steps[0], entries[pointer], shape.stand_ins
            ):
                newer = dict(value) if newer is value else newer
                newer[steps[0]] = entries[pointer]
                used.add(pointer)
        elif steps:
            groups.setdefault(steps[0], []).append((steps[1:], pointer))
    for part in shape.parts:
        inner, group = value.get(part.name), groups.get(part.name)
        if group is None:
            continue
        filled: Any = inner
        if part.many and isinstance(inner, list):
            filled = _fill_items(inner, part, group, entries, used)
        elif isinstance(inner, dict) and not part.many:
            if part.identity:
                name = f"={fingerprint(inner, part.identity)}"
                group = [(steps[1:], pointer) for steps, pointer in group if steps[0] == name]
            filled = _fill(inner, part.shape, group, entries, used)
        if filled is not inner:
            newer = dict(value) if newer is value else newer
            newer[part.name] = filled
    return newer


def _fill_items(
    items: list[Any], part: Part, group: Sequence[tuple[tuple[str, ...], str]], entries: Entries, used: set[str]
) -> list[Any]:
    homes = {name: place for place, name in enumerate(_names(items, part.identity))}
    by_item: dict[int, list[tuple[tuple[str, ...], str]]] = {}
    for steps, pointer in group:
        place = homes.get(steps[0])
        if place is not None and isinstance(items[place], dict):
            by_item.setdefault(place, []).append((steps[1:], pointer))
    newer = items
    for place, own in by_item.items():
        filled = _fill(items[place], part.shape, own, entries, used)
        if filled is not items[place]:
            newer = list(items) if newer is items else newer
            newer[place] = filled
    return newer


def _names(items: Sequence[Any], identity: tuple[str, ...]) -> list[str]:
    """Name the items of a list by what they are; of equal ones also by their order and number, so that none is taken for another."""
    texts = [fingerprint(item, identity) if isinstance(item, dict) else "" for item in items]
    if len(set(texts)) == len(texts):
        return texts
    totals = Counter(texts)
    seen = Counter[str]()
    names = []
    for text in texts:
        seen[text] += 1
        names.append(text if totals[text] == 1 else digest(text, str(seen[text]), str(totals[text]), size=8))
    return names


def fingerprint(item: object, identity: tuple[str, ...] = ()) -> str:
    """Name a value by its content, without giving it away: a parked text must not keep an address that its contact no longer has."""
    if isinstance(item, dict) and identity:
        item = [item.get(field) or None for field in identity]
    return digest(compact(item), size=8)


def _has_word(value: object, words: frozenset[str] | None) -> bool:
    if not words:
        return False
    return any(isinstance(one, str) and one in words for one in (value if isinstance(value, list) else [value]))


def _instead(value: object, table: Mapping[str, str]) -> object:
    if isinstance(value, list):
        return [_instead(one, table) for one in value]
    return table.get(value, value) if isinstance(value, str) else value


def _is_free(value: Document, field: str, parked: object, stand_ins: StandIns) -> bool:
    """Whether a parked value may go back: nothing stands there, or what was put there for it; a host's own change stays."""
    if field not in value:
        return True
    return field in stand_ins and bool(value[field] == _instead(parked, stand_ins[field]))


def path_of(pointer: str) -> str:
    """Name the place of a parked value without the item: `$.emails[].status`.

    >>> path_of("/emails/0123456789abcdef/status"), path_of("/name/=0123456789abcdef/phonetic_system")
    ('$.emails[].status', '$.name.phonetic_system')
    """
    path = "$"
    for step in pointer.split("/")[1:]:
        if len(step) == 16 and all(letter in "0123456789abcdef" for letter in step):
            path += "[]"
        elif step and not step.startswith("="):
            path += f".{step}"
    return path


def compact(value: object) -> str:
    """Write a value in the one form that it has: the same value gives the same text."""
    return _encode(value)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
