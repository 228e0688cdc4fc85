"""Keys of headers to raw paths, and back."""

from __future__ import annotations

from typing import NamedTuple

from canonical_contact.formats._paths import SCALARS, parse_path
from canonical_contact.formats._sheet import TARGETS

__all__ = ["Key", "column_of_key", "group_label", "key_of_path", "path_of_key", "single"]


class Key(NamedTuple):
    """What a column may hold: a key of the synonyms, a label, and for an address which one."""

    stem: str
    label: str = ""
    group: str = ""


# key → raw path; `address.…` and scalars are made from the key itself
_LISTS = {
    **TARGETS,
    "roles": "roles[]",
    "pronouns": "pronouns[]",
    "anniversary": "anniversaries[].date",
}
_BACK = {parse_path(path): key for key, path in _LISTS.items() if parse_path(path)}
_MANY = frozenset(
    {"email", "phone", "url", "titles", "notes", "tags", "nicknames", "language", "roles", "pronouns", "anniversary"}
)
_LABEL_OF_GROUP = {"home": "home", "work": "work", "other": "other"}


def path_of_key(key: Key) -> str:
    """The raw path that a key stands for; empty where the schema has no place for it."""
    if key.stem.startswith("address."):
        part = key.stem.removeprefix("address.").replace("house", "street")
        return f"addresses[{key.group or '0'}].{part}"
    if key.stem == "name.particle":
        return "name.surname"
    stem, _, part = key.stem.partition(".")
    if part == "label" and stem in _LISTS:
        return f"{_LISTS[stem].partition('[')[0]}[{key.group}].label"
    if key.group and stem in _LISTS:
        return _LISTS[stem].replace("[]", f"[{key.group}]")
    if key.stem in _LISTS:
        return _LISTS[key.stem]
    return key.stem if key.stem in SCALARS else ""


def column_of_key(key: Key, split: str, *, shared: bool) -> dict[str, str]:
    """A column's table in a mapping: path and, where there is one, label, split, and join where another column has the same path."""
    table = {"path": path_of_key(key)}
    if key.label:
        table["label"] = key.label
    if shared and key.stem in ("address.street", "address.house", "name.surname", "name.particle"):
        table["join"] = " "
    if split:
        table["split"] = split
    return table


def single(key: Key) -> bool:
    """Whether only one column of a file can hold it."""
    return key.stem not in _MANY or bool(key.group)


def group_label(group: str) -> str:
    """The label of an address that is known by the word before its columns."""
    return _LABEL_OF_GROUP.get(group, "")


def key_of_path(path: str, label: str = "") -> Key | None:
    """The key of a preset's column; None where there is none for it."""
    found = parse_path(path)
    if found is None or path == "extensions":
        return None
    name, group, part = found
    if not name:
        return Key(path)
    if name == "addresses" and part in ("street", "extended", "po_box", "locality", "region", "postcode", "country", "full"):
        return Key(f"address.{part}", "", {"business": "work", "0": ""}.get(group, group))
    stem = next((key for parsed, key in _BACK.items() if parsed is not None and (parsed[0], parsed[2]) == (name, part)), "")
    return Key(stem, label if stem in ("email", "phone", "url") else "") if stem else None
