"""What a row does not carry: it is read back as the preset reads it, and compared with the contact value by value.

So the loss report does not depend on anybody's list of what a target can hold, and nothing is lost in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from canonical_contact.formats._lines import Limits
from canonical_contact.formats._loss import Loss
from canonical_contact.formats._mapping import Mapping as Preset
from canonical_contact.formats._plan import Plan, column_names
from canonical_contact.formats._presets import Presets
from canonical_contact.formats._progress import Progress
from canonical_contact.formats._rows import Row as ReadRow
from canonical_contact.formats._source import Layout, Source, SourceKind
from canonical_contact.formats._table import Records
from canonical_contact.formats._write_row import Row
from canonical_contact.model import Card, Contact, SourceRecord

__all__ = ["ReadBack", "losses_of"]

# What a normaliser makes by itself: a contact that lacks it has lost nothing when it comes back with it.
_DERIVED = frozenset({"key", "role", "country_code", "line_type", "service", "full"})
_FORGET = 10_000
# Of an entry of a list: what tells it from the others; the rest of an address moves with it.
_NAMES: dict[str, tuple[str, ...]] = {
    "emails": ("address",),
    "phones": ("number", "extension"),
    "organizations": ("name",),
    "online_services": ("uri",),
    "anniversaries": ("date",),
}
_HINTS = {
    "loss.no_place": "The file has no field for it.",
    "loss.too_many": "The file has no more places for it.",
    "loss.form": "It is written, and reads back in another form.",
    "loss.characters": "The file's encoding lacks some of its characters.",
}
# Where a value of a card is written: path in the card → raw path.
_RAW = {"name.phonetic_given": "name.phonetic.given", "name.phonetic_given2": "name.phonetic.given2", "name.phonetic_surname": "name.phonetic.surname",
        "name.phonetic_system": "name.phonetic.system", "name.generation": "name.suffix", "name.credential": "name.suffix"}  # fmt: skip


class ReadBack:
    """Reads rows before they are written, as the file will be read.

    Args:
        preset: the preset of the file.
        file: its name; Mailchimp's names tell the status.
        presets: the tables of the run.
    """

    def __init__(self, preset: Preset, file: str, presets: Presets) -> None:
        from canonical_contact.normalize import Normalizer

        self._preset, self._file, self._presets = preset, file, presets
        self._make, self._normalizer, self._rows = Normalizer, Normalizer(), 0
        self._records: Records | None = None
        self._width = 0

    def record(self, columns: Collection[str], cells: list[str]) -> SourceRecord:
        """Read one row.

        Args:
            columns: all columns so far; there may be more of them with each call.
            cells: the texts of the row, one for each column.
        """
        if self._records is None or len(columns) != self._width:
            self._width, names = len(columns), tuple(columns)
            source = Source(
                Path(self._file), self._file, SourceKind.CONTACTS, self._preset.name, self._preset.name, mapping=self._preset,
                layout=Layout("utf-8", delimiter=",", header=names), presets=self._presets,
            )  # fmt: skip
            plan = Plan(self._preset, names, column_names(names), self._preset.name, self._presets)
            self._records = Records(source, plan, Progress(self._file, self._presets, Limits()))
        self._rows += 1
        if self._rows % _FORGET == 0:  # what it remembers would grow with the contacts
            self._normalizer = self._make()
        raw = self._records.record(ReadRow(cells, 2), 1)
        return self._normalizer.record(raw, f"{self._preset.name}:1", "1")


def losses_of(contact: Contact, record: SourceRecord, row: Row, kinds: frozenset[str], altered: frozenset[str]) -> Iterator[Loss]:
    """Compare a contact with what its row says.

    Args:
        contact: what was to be written.
        record: the row as it reads back.
        row: where each value was written.
        kinds: the lists that the file has places for.
        altered: columns whose text the encoding changed.
    """
    compare = _Comparison(contact.contact_id, row, kinds, altered)
    for one in attrs.fields(Card):
        want, got = getattr(contact, one.name), getattr(record.card, one.name)
        if want == got:
            continue
        if isinstance(want, tuple):
            yield from compare.lists(one.name, want, got)
        elif isinstance(want, Mapping):
            yield from compare.tables(one.name, want, got)
        elif attrs.has(type(want if want is not None else got)):
            yield from compare.objects(one.name, want, got)
        else:
            yield from compare.values(one.name, want, got, one.default)
    if contact.updated_at != record.observed_at:
        yield from compare.values("updated_at", contact.updated_at, record.observed_at, None)


class _Comparison:
    def __init__(self, contact_id: str, row: Row, kinds: frozenset[str], altered: frozenset[str]) -> None:
        self._id, self._row, self._kinds, self._altered = contact_id, row, kinds, altered

    def _loss(self, path: str, value: object, code: str, hint: str = "", *, where: str = "") -> Loss:
        told = self._row.codes.get(where or path)
        columns = self._row.places.get(where or path, ())
        if told is not None and code in ("loss.no_place", "loss.too_many"):
            code, hint = told
        elif any(column in self._altered for column in columns):
            code, hint = "loss.characters", ""
        return Loss(self._id, f"$.{path}", _shown(value), code, hint or _HINTS[code])

    def values(self, path: str, want: object, got: object, default: object, *, where: str = "") -> Iterator[Loss]:
        """Compare single values."""
        if want == got:
            return
        if want == default or want is None:
            if path.rpartition(".")[2] not in _DERIVED:
                yield self._loss(path, got, "loss.form", "It comes back with a value that it did not have.", where=where)
            return
        where = where or (path if path in self._row.places else _RAW.get(path, path))
        written = where in self._row.places and (got != default or where == path or where in _RAW.values())
        yield self._loss(path, want, "loss.form" if written else "loss.no_place", where=where)

    def objects(self, path: str, want: Any, got: Any, *, where: str = "") -> Iterator[Loss]:  # noqa: ANN401
        """Compare values part by part."""
        if want is None:
            yield self._loss(path, got, "loss.form", "It comes back with a value that it did not have.", where=where)
            return
        for one in attrs.fields(type(want)):
            mine = getattr(want, one.name)
            default = one.default if one.default is not attrs.NOTHING else ""
            his = default if got is None else getattr(got, one.name)
            if mine == his or (path == "lifecycle" and one.name == "history" and _untold(mine)):
                continue
            yield from self.values(f"{path}.{one.name}", mine, his, default, where=where)

    def tables(self, path: str, want: Mapping[str, str], got: Mapping[str, str]) -> Iterator[Loss]:
        """Compare values by names."""
        for name, text in want.items():
            if got.get(name) != text:
                yield self._loss(f"{path}.{name}", text, "loss.form" if f"{path}.{name}" in self._row.places else "loss.no_place")
        for name, text in got.items():
            column = name.partition(".")[2]
            if name not in want and column not in self._row.refusals and column not in self._row.said:
                yield self._loss(f"{path}.{name}", text, "loss.form", "It comes back with a value that it did not have.")

    def lists(self, path: str, want: tuple[Any, ...], got: tuple[Any, ...]) -> Iterator[Loss]:
        """Compare entries, whatever their order; then the order."""
        rest = list(enumerate(got))
        pairs: list[tuple[int, int]] = []
        for place, entry in enumerate(want):
            index = self._partner(path, entry, [one for _, one in rest])
            where = f"{path}[{place}]"
            if index is None:
                code = "loss.form" if where in self._row.places else "loss.too_many" if path in self._kinds else "loss.no_place"
                yield self._loss(where, entry, code)
                continue
            pairs.append((place, rest[index][0]))
            found = rest.pop(index)[1]
            if found != entry:
                yield from self.objects(where, entry, found, where=where)
        for _, entry in rest:
            yield self._loss(path, entry, "loss.form", "It comes back with a value that it did not have.")
        if [one for _, one in pairs] != sorted(one for _, one in pairs):
            yield self._loss(path, [_shown(one) for one in want], "loss.form", "Their order is another.")

    @staticmethod
    def _partner(path: str, entry: object, rest: Sequence[Any]) -> int | None:
        if entry in rest:
            return rest.index(entry)
        names = _NAMES.get(path)
        if names:
            wanted = [getattr(entry, name) for name in names]
            return next((place for place, one in enumerate(rest) if [getattr(one, name) for name in names] == wanted), None)
        if path == "addresses":
            alike = [(_alike(entry, one), -place) for place, one in enumerate(rest)]
            best = max(alike, default=(0, 0))
            return -best[1] if best[0] else None
        return None


def _alike(one: object, other: object) -> int:
    """Count the parts that two addresses have in common."""
    parts = ("full", "street", "locality", "postcode", "po_box", "region", "extended", "country_code", "country")
    return sum(bool(getattr(one, part)) and getattr(one, part) == getattr(other, part) for part in parts)


def _untold(history: Sequence[Any]) -> bool:
    """Whether a lifecycle's history holds no more than its stage."""
    return all(step.at is None and not step.reason for step in history)


def _shown(value: Any) -> str:  # noqa: ANN401  what a card holds
    if attrs.has(type(value)):
        fields = ((one.name, getattr(value, one.name), one.default) for one in attrs.fields(type(value)))
        return " ".join(f"{name}={_shown(part)}" for name, part, default in fields if part != default)
    if isinstance(value, (tuple, list)):
        return ", ".join(map(_shown, value))
    return str(value)
