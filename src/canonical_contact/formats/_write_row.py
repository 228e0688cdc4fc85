"""One contact as the cells of a row: every value goes to the place that fits it best, and it is noted where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from canonical_contact.formats._fold import fold_header
from canonical_contact.formats._match import Names, group_column
from canonical_contact.formats._plan import column_names
from canonical_contact.formats._write_consent import Stand, opt_out_columns
from canonical_contact.formats._write_spec import Slot, WriteSpec
from canonical_contact.formats._write_values import ENTRIES, SCALARS, Words
from canonical_contact.model import Channel, Contact, EmailStatus

__all__ = ["Row", "RowWriter"]

_LABELLED = frozenset({"emails", "phones", "addresses"})
_APART = frozenset({"fax", "pager"})  # a machine's number never stands where a person's is looked for, nor the reverse
_OWN_COLUMNS = 500  # so many columns of a system's own come back; a file with more cannot be looked at


@frozen
class Row:
    """The cells of one contact.

    Args:
        cells: column → text.
        places: path of a value, such as `emails[0]` → the columns that it stands in.
        codes: path of a value that is not written, or not as it is → code and hint of its loss.
        refusals: column that says no → the channels that it stands for.
        said: further columns that say what the consent is, such as its times.
    """

    cells: dict[str, str] = field(factory=dict)
    places: dict[str, list[str]] = field(factory=dict)
    codes: dict[str, tuple[str, str]] = field(factory=dict)
    refusals: dict[str, tuple[Channel, ...]] = field(factory=dict)
    said: set[str] = field(factory=set)

    def put(self, path: str, column: str, text: str) -> None:
        """Write a text into a column for a value."""
        self.cells[column] = text
        self.places.setdefault(path, []).append(column)


class RowWriter:
    """Makes the rows of one file.

    Args:
        spec: how the file is written.
        words: the forms of its texts.
    """

    def __init__(self, spec: WriteSpec, words: Words) -> None:
        from canonical_contact.normalize._labels import read_label
        from canonical_contact.normalize._service import read_service

        self._spec, self._words = spec, words
        self._read_label, self._read_service = read_label, read_service
        self._labels = {slot.label: read_label(slot.label) for slots in spec.slots.values() for slot in slots}
        self._foreign: Names[bool] = Names.of((*spec.mapping.columns, *spec.mapping.consent, *spec.mapping.id), value=True)
        self._getters = [
            (column, [(path, SCALARS[path]) for path in paths if path in SCALARS]) for column, paths in spec.scalars.items()
        ]
        self._own: dict[str, str] = {}  # folded → the column of a system's own, as it was first met
        self._refused: dict[str, bool] = {}

    def row(self, contact: Contact, stand: Stand) -> Row:
        """Make the cells of a contact."""
        row = Row()
        self._scalars(contact, row)
        for kind, slots in self._spec.slots.items():
            if kind != "custom" and (entries := getattr(contact, kind)):
                self._list(kind, entries, slots, row, stand)
        row.refusals.update(opt_out_columns(stand, self._spec.opt_out))
        for column in row.refusals:  # before anything that could take their places
            if column in self._spec.opt_out.values() or self._spec.own != "custom":
                row.cells[column] = "true"
            else:
                self._custom(row, column, "true")
        self._own_values(contact, row)
        for column, text in self._spec.required.items():
            if row.cells and column not in row.cells:
                row.cells[column] = text
        if self._spec.id and (own := self._record_id(contact)):
            row.cells[self._spec.id] = own
        return row

    # -- single values ---------------------------------------------------------------------------------------------------------

    def _scalars(self, contact: Contact, row: Row) -> None:
        words = self._words
        for column, getters in self._getters:
            texts = [(path, text) for path, get in getters if (text := get(contact, words))]
            if not texts:
                continue
            text = " ".join([text for _, text in texts])
            if not self._takes(column, text):
                for path, _ in texts:
                    row.codes[path] = ("loss.no_place", f"The column {column} takes no such value.")
                continue
            for path, _ in texts:
                row.put(path, column, text)

    def _takes(self, column: str, text: str) -> bool:
        pattern = self._spec.patterns.get(column)
        return pattern is None or pattern.fullmatch(text) is not None

    def _record_id(self, contact: Contact) -> str:
        """The id by which the target knows the contact; where it was fingerprinted here, it is none."""
        return next(
            (
                one.record_id
                for one in contact.sources
                if one.system == self._spec.name and one.record_id == one.label and self._takes(self._spec.id, one.record_id)
            ),
            "",
        )

    # -- lists -------------------------------------------------------------------------------------------------------------------

    def _list(self, kind: str, entries: Sequence[Any], slots: Sequence[Slot], row: Row, stand: Stand) -> None:
        free = list(slots)
        if kind == "emails":  # the best stand first, whatever their labels
            for one in self._emails(entries, free, row, stand):
                self._fill(kind, [one], free, row)
        else:
            self._fill(kind, list(enumerate(entries)), free, row)

    def _fill(self, kind: str, waiting: list[tuple[int, Any]], free: list[Slot], row: Row) -> None:
        """Give every entry the place that fits it best; what fits exactly goes first."""
        for least in (5, 4, 3, 2, 1):
            left = []
            for place, entry in waiting:
                slot = next((one for one in free if self._fit(kind, entry, one) >= least), None)
                if slot is None or not self._put(kind, f"{kind}[{place}]", entry, slot, row):
                    left.append((place, entry))
                elif not slot.split:
                    free.remove(slot)
            waiting = left
            if not waiting:
                return
        for place, _ in waiting:
            row.codes.setdefault(f"{kind}[{place}]", ("loss.too_many", "The file has no more places for it."))

    def _emails(self, entries: Sequence[Any], free: list[Slot], row: Row, stand: Stand) -> list[tuple[int, Any]]:
        """Write the first address into the first place, and leave out those that must not be used and cannot be marked."""
        usable = []
        for place, entry in enumerate(entries):
            broken = stand.bounced.get(place)
            if broken is None or (place == 0 and self._bounce(broken[0])):
                usable.append((place, entry))
            else:
                row.codes[f"emails[{place}]"] = ("loss.blocked", "Nothing can be delivered to it, and the file cannot say so.")
        if usable and self._put("emails", f"emails[{usable[0][0]}]", usable[0][1], free[0], row):
            place, _ = usable.pop(0)
            if place == 0 and 0 in stand.bounced:
                status, since = stand.bounced[0]
                told = {
                    column: text.replace("{at}", self._words.time(since))
                    for column, text in self._bounce(status).items()
                    if since or "{at}" not in text
                }
                row.cells.update(told)
            if not free[0].split:
                free.pop(0)
        return usable

    def _bounce(self, status: EmailStatus) -> Mapping[str, str]:
        return self._spec.bounce.get(status.value) or self._spec.bounce.get("bounced") or {}

    def _fit(self, kind: str, entry: Any, slot: Slot) -> int:  # noqa: ANN401  an entry of any list
        """Tell how well an entry fits a place: 5 it reads back as it is, down to 1 it is better than nothing, and 0 never."""
        if slot.value:
            return 5 if str(entry) == slot.value else 0
        if "label" in slot.parts:
            return 5
        if kind == "online_services":
            found = self._read_service(entry.uri, slot.label)
            if slot.label and entry.service == slot.label:
                return 5
            return 5 if (found.service, slot.label) == (entry.service, entry.label) else 0 if slot.label else 3
        if kind == "anniversaries":
            return 5 if entry.kind == slot.constants.get("kind", entry.kind) else 0
        if kind == "external_ids":
            return 5 if entry.system == slot.constants.get("system") else 0
        if kind not in _LABELLED:
            return 5
        label = self._labels[slot.label]
        features = set(getattr(entry, "features", ()))
        if _APART & features != _APART & set(label.features):
            return 0
        stated = {*entry.contexts, *features, *filter(None, (entry.label,))}
        held = {*label.contexts, *label.features, *filter(None, (label.text,))}
        if stated == held:
            return 5
        if held < stated:
            return 4
        if label.features == ("mobile",) and getattr(entry, "line_type", "") == "mobile" and not entry.contexts:
            return 3
        return 2 if not entry.contexts or not label.contexts else 1

    def _put(self, kind: str, path: str, entry: Any, slot: Slot, row: Row) -> bool:  # noqa: ANN401
        """Write an entry into a place; False where nothing of it could be written."""
        if slot.value:
            row.put(path, slot.main, "true")
            return True
        texts = ENTRIES[kind](entry, self._words)
        if kind == "addresses":
            texts = _merged(texts, slot)
        written = False
        for part, columns in slot.parts.items():
            text = texts.get(part, "").strip("\0")
            if not text.strip() or not self._takes(columns[0], text):
                continue
            if slot.split:
                self._join(path, columns[0], text, slot.split, row)
            elif len(columns) == 1:
                row.put(path, columns[0], text)
            else:
                lines = text.split("\n")
                lines = [*lines[: len(columns) - 1], " ".join(lines[len(columns) - 1 :])]
                for column, line in zip(columns, lines, strict=False):
                    row.put(path, column, line)
            written = written or part not in ("label", "type", "kind")
        if written or not any(texts.get(part) for part in slot.parts):
            return written
        for columns in slot.parts.values():
            for column in columns:
                row.cells.pop(column, None)
        row.places.pop(path, None)
        row.codes[path] = ("loss.no_place", f"The column {slot.main} takes no such value.")
        return False

    def _join(self, path: str, column: str, text: str, split: str, row: Row) -> None:
        """Add an entry to a cell of several; what divides them cannot stand in one."""
        text = " ".join(text.replace(split.strip() or split, " ").split())
        if not text:
            return
        if column in self._spec.quoted:
            text = '"' + text.strip('"') + '"'
        row.put(path, column, f"{row.cells[column]}{split}{text}" if column in row.cells else text)

    # -- columns of the system's own -------------------------------------------------------------------------------------------------

    def _own_values(self, contact: Contact, row: Row) -> None:
        """Give values of the system that the schema has no field for their columns back."""
        prefix = f"{self._spec.name}."
        for key, text in contact.extensions.items():
            name = key.removeprefix(prefix)
            if name == key or not text.strip():
                continue
            column = self._own_column(name)
            if column:
                if column not in row.cells:
                    row.put(f"extensions.{key}", column, text)
            elif self._spec.own == "custom" and name.strip() and self._custom(row, name, text):
                row.places[f"extensions.{key}"] = [name]

    def _own_column(self, name: str) -> str:
        """The column of that name; empty where there is none that would be read back as it is."""
        folded = fold_header(name)
        known = self._own.get(folded)
        if known is None:
            fixed = next((one for one in (*self._spec.header, *self._spec.more) if one == name), "")
            fits = (
                self._spec.own == "columns"
                and column_names([name]) == [name]
                and folded not in self._spec.columns
                and len(self._own) < _OWN_COLUMNS
                and len(name) < 200
                and not any(char in name for char in "\r\n@")
            )
            taken = self._foreign.get(folded) or group_column(self._spec.mapping.groups, folded) is not None
            if taken and not (fixed and name in self._extension_columns()):
                fixed, fits = "", False
            known = fixed or (name if fits else "")
            if len(self._own) < 10 * _OWN_COLUMNS:
                self._own[folded] = known
        return known if known == name else ""

    def _extension_columns(self) -> frozenset[str]:
        return frozenset(name for name, column in self._spec.mapping.columns.items() if column.path == "extensions")

    def _custom(self, row: Row, label: str, text: str) -> bool:
        """Write a value with its name into the next pair of custom columns."""
        for slot in self._spec.slots.get("custom", ()):
            if slot.main not in row.cells:
                row.cells[slot.parts["label"][0]], row.cells[slot.main] = label, text
                return True
        return False


def _merged(texts: dict[str, str], slot: Slot) -> dict[str, str]:
    """Bring an address into the columns that there are: what has none goes to the street, or all of it into one text."""
    parts = ("street", "extended", "po_box", "locality", "region", "postcode", "country")
    texts = dict(texts)
    if "street" not in slot.parts:
        whole = "  ".join(" ".join(texts[part].split()) for part in parts if texts[part].strip())
        return {**texts, "full": whole or texts["full"]}
    if any(texts[part] for part in parts):
        lines = [texts["street"]]
        lines += [texts["extended"]] if "extended" not in slot.parts else []
        lines += [f"PO Box {texts['po_box']}"] if texts["po_box"] and "po_box" not in slot.parts else []
        texts["street"] = "\n".join(filter(None, lines))
        if "full" in slot.parts and texts["full"]:
            texts["full"] = ""
    elif "full" not in slot.parts:
        texts["street"] = texts["full"]
    return texts
