"""How the file of a system is written: its header, and which place in a contact each column holds.

Which value a column is, is said once, by the preset that reads it. What reading leaves open (the order of the columns, which of several
names is written, words for yes) stands in data/write_*.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as Table
from importlib import resources
from typing import Any

from attrs import field, frozen

from canonical_contact.errors import InputError
from canonical_contact.formats._fold import fold_header
from canonical_contact.formats._mapping import Column, Mapping
from canonical_contact.formats._paths import parse_path
from canonical_contact.formats._presets import Presets

__all__ = ["Slot", "WriteSpec", "load_spec"]

_GROUPS_AT_MOST = 100  # so many phones of one contact get columns of their own


@frozen
class Slot:
    """A place for one entry of a list, such as the second phone.

    Args:
        list: the list's name in raw paths.
        parts: part of the entry → columns that hold it; several where a text is divided among them.
        label: the label that entries read from it get; it has none of its own in the file.
        split: what divides several entries in the cell; it holds one where it is empty.
        value: the one value that it says yes to.
        constants: further parts that entries read from it get.
    """

    list: str
    parts: Table[str, tuple[str, ...]]
    label: str = ""
    split: str = ""
    value: str = ""
    constants: Table[str, str] = field(factory=dict)

    @property
    def main(self) -> str:
        """The column that an entry cannot do without."""
        return next(iter(self.parts.values()))[0]


@frozen(kw_only=True)
class WriteSpec:
    """The file of one system.

    Args:
        name: the preset's name.
        mapping: the preset that reads it.
        header: columns that are always there.
        more: columns that are there where a contact has something for them.
        groups: numbered columns, list by list.
        id: the column of the system's own id.
        scalars: column → raw paths that it holds, in order.
        slots: list → its places, in the order in which they are read.
        opt_out: channel → the column that says no to it.
        bounce: state of an address → columns and texts that say so.
        required: column → the text that stands for nothing.
        patterns: column → what its texts must be like.
        words: raw path → our word → the system's.
        statuses: for a system with a file for each status: further columns of each, and before which column they stand.
        consent: for such a system: what the status says → columns that say it, too.
        needs: a contact without an entry in this list is left out.
        time: `iso`, or `plain` for 2026-07-01 12:00:00.
        birthday: `iso`, or `month/day`.
        own: where the values of the system's own columns go that the schema has no field for: `columns`, or `custom` fields.
        quoted: columns whose several entries stand in quotes.
        label_words: our words in labels → the system's.
    """

    name: str
    mapping: Mapping
    header: tuple[str, ...]
    more: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    id: str = ""
    scalars: Table[str, tuple[str, ...]] = field(factory=dict)
    slots: Table[str, tuple[Slot, ...]] = field(factory=dict)
    opt_out: Table[str, str] = field(factory=dict)
    bounce: Table[str, Table[str, str]] = field(factory=dict)
    required: Table[str, str] = field(factory=dict)
    patterns: Table[str, re.Pattern[str]] = field(factory=dict)
    words: Table[str, Table[str, str]] = field(factory=dict)
    statuses: Table[str, tuple[str, ...]] = field(factory=dict)
    consent: Table[str, Table[str, str]] = field(factory=dict)
    needs: str = ""
    time: str = "iso"
    birthday: str = "iso"
    own: str = "columns"
    quoted: frozenset[str] = frozenset()
    label_words: Table[str, str] = field(factory=dict)

    @property
    def columns(self) -> frozenset[str]:
        """Every column that it knows by name, folded."""
        return frozenset(map(fold_header, (*self.header, *self.more, *(name for one in self.statuses.values() for name in one))))

    def status_header(self, status: str) -> tuple[str, ...]:
        """Give the columns of a file of that status."""
        return self.statuses[status] if status else self.header


def load_spec(name: str, presets: Presets, style: str = "") -> WriteSpec:
    """Read how the file of a system is written.

    Args:
        name: the preset's name.
        presets: the tables of the run.
        style: one of the file's other headers, such as `new` for Outlook.

    Raises:
        InputError: there is no such style.
    """
    mapping = presets.get(name)
    assert mapping is not None
    text = (resources.files("canonical_contact.formats") / "data" / f"write_{name}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    if style and style != "classic":
        if style not in data.get("styles", {}):
            known = ", ".join(("classic", *data.get("styles", ())))
            raise InputError(f"{name} has no style {style!r}.", code="input.option", path="style", hint=f"Styles: {known}.")
        data |= data["styles"][style]
    header, more = tuple(data["header"]), tuple(data["more"])
    groups = tuple(tuple(group) for group in data.get("groups", ()))
    statuses = {status: _status_header(header, one) for status, one in data.get("status", {}).items()}
    scalars, slots = _places(mapping, [*header, *more], groups, data)
    return WriteSpec(
        name=name,
        mapping=mapping,
        header=header,
        more=more,
        groups=groups,
        id=data["id"],
        scalars=scalars,
        slots=slots,
        statuses=statuses,
        patterns={column: re.compile(pattern) for column, pattern in data.get("patterns", {}).items()},
        quoted=frozenset(data.get("quoted", ())),
        **{key: data[key] for key in _PLAIN if key in data},
    )


_PLAIN = ("opt_out", "bounce", "required", "words", "consent", "needs", "time", "birthday", "own", "label_words")


def _status_header(header: tuple[str, ...], status: dict[str, Any]) -> tuple[str, ...]:
    place = header.index(status["before"]) if status else len(header)
    return (*header[:place], *status.get("columns", ()), *header[place:])


def _places(
    mapping: Mapping, columns: list[str], groups: tuple[tuple[str, ...], ...], data: dict[str, Any]
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[Slot, ...]]]:
    """Sort the columns into single values and places of lists, in the order in which the preset reads them."""
    known = {fold_header(name): (place, column) for place, (name, column) in enumerate(mapping.columns.items())}
    cells: dict[str, list[str]] = data.get("cells", {})
    scalars: dict[str, tuple[str, ...]] = {}
    lists: dict[tuple[str, str], list[tuple[str, Column, str]]] = {}
    found = [
        (known[fold_header(name)], name) for name in columns if fold_header(name) in known and name not in data.get("unused", ())
    ]
    for (_, column), name in sorted(found, key=lambda one: one[0][0]):
        kind, group, part = parse_path(column.path) or ("", "", "")
        if kind:
            lists.setdefault((kind, group or f"#{name}"), []).append((name, column, part))
        elif part not in ("extensions", "deleted"):
            scalars[name] = tuple(cells.get(name, (part,)))
    slots: dict[str, list[Slot]] = {}
    for (kind, group), members in lists.items():
        if kind != "same_as" and not any(
            part in ("bounced", "bounced_at", "verified_at", "status") for _, _, part in members[:1]
        ):
            slots.setdefault(kind, []).append(_slot(mapping, kind, group, members))
    for names in groups:
        for number in range(1, _GROUPS_AT_MOST + 1):
            parts = {}
            for name in names:
                kind, _, part = parse_path(mapping.groups[name].path) or ("", "", "")
                parts[part] = (name.replace("{n}", str(number)),)
            main = {"custom": "value"}.get(kind) or next(part for part in parts if part != "label")
            ordered = {main: parts.pop(main), **parts}
            slots.setdefault(kind, []).append(Slot(kind, ordered))
    return scalars, {
        kind: (*(one for one in places if not one.split), *(one for one in places if one.split)) for kind, places in slots.items()
    }


def _slot(mapping: Mapping, kind: str, group: str, members: list[tuple[str, Column, str]]) -> Slot:
    parts: dict[str, tuple[str, ...]] = {}
    label = split = value = ""
    constants: dict[str, str] = {}
    for name, column, part in members:
        if part in ("bounced", "bounced_at", "verified_at", "status"):
            continue
        parts[part] = (*parts.get(part, ()), name)
        label, value = column.label or label, (column.value if column.flag else "") or value
        split = column.split[0] if column.split else split
        if column.system:
            constants["system"] = mapping.name if column.system == "self" else column.system
    for path, text in mapping.constants.items():
        listed, place, part = parse_path(path) or ("", "", "")
        if listed == kind and place == group:
            constants[part] = text
    return Slot(kind, parts, constants.pop("label", label), split, value, constants)
