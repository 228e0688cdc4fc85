"""A mapping, bound to one header: what to do with each column is decided once, so that a row costs only its filled cells."""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from collections.abc import Sequence

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._beside import BESIDE
from canonical_contact.formats._consent import BoundRule
from canonical_contact.formats._fold import fold_header
from canonical_contact.formats._mapping import Column, ConsentRule, Mapping
from canonical_contact.formats._match import Names, group_column
from canonical_contact.formats._paths import MAIN, parse_path
from canonical_contact.formats._presets import Presets

__all__ = ["Plan", "column_names", "id18"]

_COLUMN_SHAPES = 8192  # so many patterns of filled cells share their table of columns
_NUMBERED = re.compile(r"(\w+)\[((?:\w+ )?)n\](.*)\Z")
_DATES = re.compile(r"(?:\A|[._])(?:birthday|date|at)\Z")
_BARE_SCANS = ("name.full", "name.given", "name.surname")  # people write DO NOT CALL behind a name
_LABELLED = ("emails", "phones", "addresses")


def _changes(column: Column) -> bool:
    """Whether the text of a cell is not taken as it is."""
    return bool(column.flag or column.remove or column.empty or column.needs or column.value)


class _Slot:
    """A column's place in a list: its group, its part, and what is done to the text."""

    __slots__ = ("column", "group", "part", "special")

    def __init__(self, column: Column, group: int, part: str) -> None:
        self.column, self.group, self.part = column, group, part
        self.special = bool(column.join or column.also or column.system or _changes(column))


class _Group:
    """One group of a list, such as the second phone: its list and what is constant in it."""

    __slots__ = ("constants", "list", "main", "split")

    def __init__(self, name: str) -> None:
        self.list, self.main = name, MAIN.get(name, frozenset({""}))
        self.constants: dict[str, str] = {}
        self.split: re.Pattern[str] | None = None


class Plan:
    """Reads the cells of one file's rows.

    Args:
        mapping: how the columns are read.
        header: the names of the columns as they stand in the file, made unique by `column_names`.
        system: the system's name.
        presets: the word lists.
    """

    def __init__(self, mapping: Mapping, header: Sequence[str], names: Sequence[str], system: str, presets: Presets) -> None:
        self.mapping, self.names, self.system = mapping, tuple(names), system
        self.folded = [fold_header(name) for name in header]
        self.notes = presets.notes
        self._vocabulary = presets.vocabulary
        self._empty = frozenset(text.casefold() for text in mapping.empty)
        self._labels = {fold_header(key): value for key, value in mapping.labels.items()}
        self._groups: list[_Group] = []
        self._ops: list[str | _Slot | None] = [None] * len(names)
        self._special: dict[int, Column] = {}
        self._paths: dict[tuple[str, str], list[str]] = {}
        self._label_memo: dict[str, tuple[str, bool]] = {}
        self._shapes: dict[tuple[int, ...], dict[str, str]] = {}
        self.rules: list[BoundRule] = []
        self.scans: list[tuple[int, str]] = []
        self.unmapped: list[Problem] = []
        self.custom: list[tuple[int, int]] = []  # the columns of a name and of a value that stand in the row itself
        self.suspects = presets.suspects
        self._ids: dict[str, str] = {}
        self.id_index = self._id_index()
        self._bind()

    # -- once for a file ------------------------------------------------------------------------------------------------

    def _id_index(self) -> int:
        wanted = [fold_header(name) for name in self.mapping.id]
        return next((self.folded.index(name) for name in wanted if name in self.folded), -1)

    def _bind(self) -> None:
        mapping = self.mapping
        columns, rules = Names(mapping.columns), Names(mapping.consent)
        known: Names[bool] = Names.of((*mapping.known, *mapping.id), value=True)
        ignored: Names[bool] = Names.of(mapping.ignore, value=True)
        order: dict[tuple[str, str], list[tuple[int, Column, str]]] = {}
        rank = {id(column): place for place, column in enumerate((*mapping.columns.values(), *mapping.groups.values()))}
        found: list[tuple[tuple[int, int, int], int, Column]] = []
        for index, folded in enumerate(self.folded):
            column, number = columns.get(folded), 0
            if column is None and (numbered := group_column(mapping.groups, folded)) is not None:
                column, number = numbered
            rule = rules.get(folded)
            if rule is not None:
                self.rules.append(BoundRule(rule, index, self.names[index], self._vocabulary))
            if index == self.id_index or ignored.get(folded):
                continue
            if column is not None:
                found.append(((number, rank.get(id(column), 0), index), index, column))
            elif rule is None:
                self._unmapped(index, known=bool(known.get(folded)))
        for (number, _, _), index, column in sorted(found, key=lambda one: one[0]):
            self._place(index, column, number, order)
        # A column with several values comes last in its list, so that the places behind it are its own.
        for slots in sorted(order.values(), key=lambda slots: any(column.split for _, column, _ in slots)):
            self._group(slots)

    def _place(
        self, index: int, column: Column, number: int, order: dict[tuple[str, str], list[tuple[int, Column, str]]]
    ) -> None:
        path = column.path
        if number and (match := _NUMBERED.match(path)):
            path = f"{match[1]}[{match[2]}{number}]{match[3]}"
        name, group, part = parse_path(path) or ("", "", "extensions")
        if not name:
            self._ops[index] = f"extensions.{self.names[index]}" if part == "extensions" else part
            if column.join or column.also or _changes(column):
                self._special[index] = column
            if part in _BARE_SCANS:
                self.scans.append((index, part))
            return
        if name in ("notes", "tags") or (name in _LABELLED and part == "label"):
            self.scans.append((index, name if part != "label" else part))
        elif (beside := f"{name}[].{part}") in BESIDE:
            self.scans.append((index, beside))
        order.setdefault((name, group or f"#{index}"), []).append((index, column, part))

    def _group(self, slots: list[tuple[int, Column, str]]) -> None:
        first = parse_path(slots[0][1].path) or ("", "", "")
        number, group = len(self._groups), _Group(first[0])
        self._groups.append(group)
        if first[0] == "custom":
            parts = {part: index for index, _, part in slots}
            if "label" in parts and "value" in parts:
                self.custom.append((parts["label"], parts["value"]))
        for index, column, part in slots:
            self._ops[index] = _Slot(column, number, part)
            if column.label:
                group.constants["label"] = column.label
            if column.system and first[0] == "external_ids":
                group.constants["system"] = self.system if column.system == "self" else column.system
            if column.split:
                group.split = re.compile("|".join(re.escape(text.strip() or text) for text in column.split))
        for path, value in self.mapping.constants.items():
            name, key, part = parse_path(path) or ("", "", "")
            if name == first[0] and key and key == first[1]:
                group.constants[part] = value

    def _unmapped(self, index: int, *, known: bool) -> None:
        name = self.names[index]
        self._ops[index] = f"extensions.{name}"
        if known or not self.folded[index]:
            return
        suspect = self.suspects.look(name)
        if suspect is None:
            self.scans.append((index, ""))
            return
        self.rules.append(BoundRule(ConsentRule(suspect.says, suspect.channel, "any"), index, name, self._vocabulary))
        hint = (
            f"The column looks like consent and no mapping knows it; what it seems to say blocks ({suspect.channel}) until it is mapped: "
            f'[consent."{name}"] says = "opt_out" (or "opt_in", "nothing"), channel = "{suspect.channel}".'
        )
        self.unmapped.append(Problem("consent.unmapped_column", hint=hint, column=name))

    def date_columns(self) -> list[int]:
        """List the columns that hold dates: those that go to a date, and those that tell since when a consent is."""
        found = [
            index
            for index, op in enumerate(self._ops)
            if op is not None
            and _DATES.search(op if isinstance(op, str) else op.part)
            and op != f"extensions.{self.names[index]}"
        ]
        named = {fold_header(name) for bound in self.rules for name in (bound.rule.at, bound.rule.started_at) if name}
        return sorted({*found, *(index for index, name in enumerate(self.folded) if name in named)})

    # -- for each row ---------------------------------------------------------------------------------------------------

    def columns(self, present: Sequence[tuple[int, str]]) -> Table[str, str]:
        """Tell from which column each raw path of a row comes; rows with the same filled cells share the table."""
        shape = tuple([index for index, _ in present])
        found = self._shapes.get(shape)
        if found is None:
            found = self.values([(index, self.names[index]) for index in shape], None)
            if len(self._shapes) < _COLUMN_SHAPES:
                self._shapes[shape] = found
        return found

    def values(self, present: Sequence[tuple[int, str]], problems: list[Problem] | None) -> dict[str, str]:
        """Put the filled cells of a row under their raw paths.

        Args:
            present: (index of the column, text) of every filled cell.
            problems: gets what is found wrong; None to put the columns' names instead of texts.
        """
        values: dict[str, str] = {}
        groups: dict[int, dict[str, str]] = {}
        ops, special, naming = self._ops, self._special, problems is None
        for index, text in present:
            op = ops[index]
            if op is None:
                continue
            if type(op) is str:
                if index in special and not naming:
                    if text := self._special_text(special[index], text, present):
                        self._put_special(index, op, text, values)
                elif not self._empty or naming or text.strip().casefold() not in self._empty:
                    values[op if op not in values else f"extensions.{self.names[index]}"] = text
                continue
            assert isinstance(op, _Slot)
            if not naming:
                if self._empty and text.strip().casefold() in self._empty:
                    continue
                if op.special and not (text := self._special_text(op.column, text, present)):
                    continue
            group = groups.get(op.group)
            if group is None:
                group = groups[op.group] = {}
            if op.part not in group:
                group[op.part] = text
            elif op.column.join and not naming:
                group[op.part] += op.column.join + text
            elif not naming:
                values[f"extensions.{self.names[index]}"] = text
            if op.special and op.column.also and not naming:
                for path, value in op.column.also.items():
                    group.setdefault((parse_path(path) or ("", "", ""))[2], value)
        if groups:
            self._lists(values, groups, problems)
        if not naming:
            if self.mapping.zone:
                values["zone"] = self.mapping.zone
            if self.mapping.date_order:
                values["date_order"] = self.mapping.date_order
        return values

    def _lists(self, values: dict[str, str], groups: dict[int, dict[str, str]], problems: list[Problem] | None) -> None:
        counts: dict[str, int] = {}
        naming = problems is None
        for number in sorted(groups):
            parts, group = groups[number], self._groups[number]
            name = group.list
            if group.main.isdisjoint(parts):
                continue  # a label without a value; it stays in the raw record
            if name == "custom":
                if not naming:
                    label = parts.get("label", "").strip() or "Custom Field"
                    values[label if (label := f"extensions.{label}") not in values else f"{label} ({number})"] = parts["value"]
                continue
            if name == "emails" and not naming and self._exchange(values, parts, problems):
                continue
            count = counts.get(name, 0)
            pieces = self._pieces(group, parts, naming=naming)
            for piece in pieces:
                for part, text in piece.items():
                    if part != "type":
                        values[self._path(name, part, count)] = text
                for part, text in group.constants.items():
                    if part not in piece and not naming:
                        values[self._path(name, part, count)] = text
                count += 1
            counts[name] = count

    def _pieces(self, group: _Group, parts: dict[str, str], *, naming: bool) -> list[dict[str, str]]:
        """Divide a cell with several values; bring labels to their form."""
        if group.split is not None:
            ((part, text),) = list(parts.items())[:1]
            if naming:
                return [{part: text}] * 10
            prefix = self.mapping.primary_prefix
            texts = [one.strip().strip('"').removeprefix(prefix) for one in group.split.split(text)]
            return [{part: one} for one in texts if one and not one.isspace()]
        label = parts.get("label")
        if label is None or naming:
            return [parts]
        found = self._label_memo.get(label)
        if found is None:
            found = self._label(label)
            if len(self._label_memo) < _COLUMN_SHAPES:
                self._label_memo[label] = found
        parts["label"] = found[0]
        if found[1] and "pref" not in parts and group.list in ("emails", "phones"):
            parts["pref"] = "1"
        if not found[0]:
            del parts["label"]
        return [parts]

    def _label(self, label: str) -> tuple[str, bool]:
        text, prefix = label.strip(), self.mapping.primary_prefix
        primary = bool(prefix) and (text.startswith(prefix) or text == prefix.strip())
        folded = fold_header(text.removeprefix(prefix.strip()) if primary else text)
        return self._labels.get(folded, folded), primary

    def _path(self, name: str, part: str, count: int) -> str:
        known = self._paths.get((name, part))
        if known is None:
            known = self._paths[name, part] = []
        while len(known) <= count:
            known.append(f"{name}[{len(known)}].{part}" if part else f"{name}[{len(known)}]")
        return known[count]

    def _exchange(self, values: dict[str, str], parts: dict[str, str], problems: list[Problem] | None) -> bool:
        """Take an Exchange directory name out of the e-mails: nothing can be sent to it from outside."""
        address = parts.get("address", "")
        if parts.get("type", "").strip().upper() != "EX" and address.lstrip()[:3].casefold() != "/o=":
            return False
        if "@" in address:
            return False
        values.setdefault("extensions.exchange_address", address)
        if problems is not None:
            hint = "It is a name in an Exchange directory, not an e-mail address; it is kept aside."
            problems.append(Problem("email.exchange_name", "$.emails", address[:200], hint, Severity.INFO))
        return True

    def _put_special(self, index: int, path: str, text: str, values: dict[str, str]) -> None:
        if path not in values:
            values[path] = text
        elif self._special[index].join:
            values[path] += self._special[index].join + text
        else:
            values[f"extensions.{self.names[index]}"] = text

    def _special_text(self, column: Column, text: str, present: Sequence[tuple[int, str]]) -> str:
        """Do what a column asks for; empty text means that there is nothing."""
        bare = text.strip()
        if column.empty and bare.casefold() in (one.casefold() for one in column.empty):
            return ""
        if self._empty and bare.casefold() in self._empty:
            return ""
        if column.flag and not self._vocabulary.says_yes(bare):
            return text if column.value and not self._vocabulary.says_no(bare) else ""
        if column.needs and not any(self.folded[index] == fold_header(column.needs) for index, _ in present):
            return ""
        if column.remove:
            text = " ".join(text.replace(column.remove, " ").split(" ")).strip() if column.remove in text else text
        if column.system:
            text = id18(bare) if self.mapping.id_form == "salesforce" else bare
            if not column.path.startswith("external_ids["):
                text = f"{self.system if column.system == 'self' else column.system}:{text}"
        return column.value or text

    def record_id(self, cells: Sequence[str]) -> str:
        """The row's own id; empty where the file has none."""
        if self.id_index < 0 or self.id_index >= len(cells):
            return ""
        text = cells[self.id_index].strip()
        return id18(text) if self.mapping.id_form == "salesforce" else text


def column_names(header: Sequence[str]) -> list[str]:
    """Name every column once: blank names get their number, repeated ones a count.

    >>> column_names(["Phone", "", "Phone"])
    ['Phone', 'column_2', 'Phone (2)']
    """
    names: dict[str, None] = {}  # a set that keeps its order
    counts: dict[str, int] = {}
    for number, text in enumerate(header, 1):
        name = base = text.replace("\ufeff", "").replace("\0", "").strip() or f"column_{number}"
        while name in names:
            counts[base] = counts.get(base, 1) + 1
            name = f"{base} ({counts[base]})"
        names[name] = None
    return list(names)


def id18(text: str) -> str:
    """Bring a Salesforce id of 15 characters to its form of 18, where case does not matter; other texts stay as they are.

    >>> id18("0035g000002iJH7")
    '0035g000002iJH7AAM'
    """
    if len(text) != 15 or not (text.isascii() and text.isalnum()):
        return text
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    marks = (sum(char.isupper() << place for place, char in enumerate(text[start : start + 5])) for start in (0, 5, 10))
    return text + "".join(letters[mark] for mark in marks)
