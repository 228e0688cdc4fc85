"""Which columns of each preset fill a raw path: the presets' tables turned round, for the dictionary of the schema."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import resources

from canonical_contact.formats._mapping import Mapping
from canonical_contact.formats._presets import PRESET_NAMES, Presets
from canonical_contact.formats._sheet import column_of

__all__ = ["preset_columns"]

_PLACE = re.compile(r"\[[^][]*\]")
_OTHER = {"surname": "name.surname", "given": "name.given", "house": "address.house", "street": "address.street"}


def preset_columns(presets: Presets | None = None) -> dict[str, dict[str, tuple[str, ...]]]:
    """List the columns of each preset by the raw path that they fill.

    Args:
        presets: those of a run; without it the shipped ones.

    Returns:
        preset → raw path with `[]` for the place → columns in the order of the preset; `id` and `consent` stand for the columns of the
        record's id and of consent. The preset `sheet` has the headers that are known in ten languages, in their folded form.

    >>> preset_columns()["hubspot"]["emails[].address"][0]
    'Email'
    """
    known = presets or Presets()
    tables = {mapping.name: _turned(_of_mapping(mapping)) for mapping in known.mappings}
    names = [name for name in PRESET_NAMES if name in tables]
    names += [name for name in tables if name not in names]
    return {name: tables[name] for name in names} | {"sheet": _turned(_of_sheet())}


def _of_mapping(mapping: Mapping) -> Iterator[tuple[str, str]]:
    yield from (("id", name) for name in mapping.id)
    for name, column in (*mapping.columns.items(), *mapping.groups.items()):
        yield column.path, name
        yield from ((path, name) for path in column.also)
    yield from (("consent", name) for name, rule in mapping.consent.items() if rule.says != "nothing")


def _of_sheet() -> Iterator[tuple[str, str]]:
    text = (resources.files("canonical_contact.formats") / "presets" / "sheet.toml").read_text(encoding="utf-8")
    for table in tomllib.loads(text).values():
        if not isinstance(table, dict):
            continue
        for header, key in table.get("columns", {}).items():
            first, _, second = key.partition("|")
            for one in filter(None, (first, _OTHER.get(second, second))):
                yield ("id" if one == "id" else column_of(one).path), header
        yield from (("consent", header) for headers in table.values() if isinstance(headers, list) for header in headers)


def _turned(pairs: Iterator[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for path, name in pairs:
        found.setdefault(_PLACE.sub("[]", path), {})[name] = None
    return {path: tuple(names) for path, names in found.items()}
