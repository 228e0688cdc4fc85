"""What each column of a table is for matching: a plan to print, to write as a mapping, and to read back from one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from attrs import evolve, frozen

from canonical_contact.formats import Column
from canonical_contact.formats import Mapping as FileMapping
from canonical_contact.formats._fold import fold_header, plain
from canonical_contact.formats._match import Names, group_column

__all__ = ["ColumnPlan", "Role", "TablePlan", "as_evidence", "overridden", "paired", "stem_of"]

_UNSURE: Final = 0.6
_NEAR: Final = 0.35  # an alternative that is less sure by no more than this is named
_INDEX: Final = re.compile(r"\[[^\[\]]*\]")
# What a record's features hold; of every other path the kind of extension that it takes part as, or nothing: it is about the record.
_FIELDS: Final = frozenset(
    {
        *(
            "name.full",
            "name.given",
            "name.given2",
            "name.surname",
            "name.surname2",
            "name.suffix",
            "name.generation",
            "name.title",
        ),
        *("name.phonetic.given", "name.phonetic.surname", "name.credential", "nicknames", "emails.address", "phones.number"),
        *(
            "addresses.full",
            "addresses.street",
            "addresses.po_box",
            "addresses.locality",
            "addresses.region",
            "addresses.postcode",
        ),
        *("addresses.country", "organizations.name", "birthday", "same_as"),
    }
)
_KINDS: Final = {
    "gender": "category",
    "titles": "text",
    "roles": "text",
    "online_services.uri": "id",
    "online_services.user": "id",
    "addresses.extended": "text",
    "preferred_languages": "category",
    "organizations.units": "text",
    "anniversaries.date": "date",
    "external_ids.id": "id",
}


# What many people share, and what says no more than a name does.
_SHARED: Final = frozenset({"nicknames", "addresses.locality", "addresses.region", "addresses.country"})
_NAMES_ONLY: Final = (
    "Names alone are not evidence enough: two {} may share one, so pairs are asked about and not merged. "
    "A column of e-mail addresses, phone numbers, {}street addresses or ids would tell."
)


class Role(StrEnum):
    """What a column is for matching."""

    FIELD = "field"  # a canonical field
    EXTENSION = "extension"  # evidence without a canonical field
    ID = "id"  # the record's own id
    SYSTEM = "system"  # the system that the record is of
    IGNORED = "ignored"


@frozen
class ColumnPlan:
    """One column.

    Args:
        name: the column.
        role: what it is for matching.
        path: for a field: a raw path (docs/mapping.md).
        kind: for an extension: how two of its values are compared, a word of `EXTENSION_KINDS`.
        reason: why, in one line.
        confidence: 0 to 1.
        alternatives: what it may be instead, with how sure that is.
        label: the label that its values get.
        join: columns of one path are joined with this.
        split: what divides several values in a cell.
        order: of a column of days: `ymd`, `dmy` or `mdy`.
        pad: a postcode of fewer digits has lost zeros: so many it has; 0 for any other.
        empty: texts that mean that a cell is empty, folded.
        remove: a text that is taken out of the cells.
        about: for an extension: the canonical path, or the words of its name, that tell what it is about, whatever it is called.
        called: for an extension: what its evidence is called; empty: as the column.
        national: for an extension: whether a person has one of it for life, so that two that differ are two people.
    """

    name: str
    role: Role
    path: str = ""
    kind: str = ""
    reason: str = ""
    confidence: float = 1.0
    alternatives: tuple[tuple[str, float], ...] = ()
    label: str = ""
    join: str = ""
    split: tuple[str, ...] = ()
    order: str = ""
    pad: int = 0
    empty: tuple[str, ...] = ()
    remove: str = ""
    about: str = ""
    called: str = ""
    national: bool = False

    @property
    def evidence(self) -> str:
        """What the evidence of an extension is called."""
        return self.called or self.name

    @property
    def what(self) -> str:
        """Its role in a few words."""
        words = {
            Role.FIELD: self.path,
            Role.EXTENSION: f"extension ({self.kind})",
            Role.ID: "record id",
            Role.SYSTEM: "source system",
        }
        return words.get(self.role, "ignored")

    @property
    def ambiguous(self) -> bool:
        """Whether it may well be something else."""
        return self.confidence < _UNSURE or bool(self.alternatives)


@frozen
class TablePlan:
    """What each column of a table is for matching.

    Args:
        table: what the table is called.
        columns: one plan for each column, in the table's order.
        subject: `person`, or `organization` where the rows are firms.
        rows: how many rows were looked at for what cells look like.
        headless: whether the table has no names of columns.
        date_order: how days are meant that no column tells, where the caller says so.
    """

    table: str
    columns: tuple[ColumnPlan, ...]
    subject: str = "person"
    rows: int = 0
    headless: bool = False
    date_order: str = ""

    @property
    def id_column(self) -> str:
        """The column of the record's own id; empty: rows are numbered."""
        return next((one.name for one in self.columns if one.role is Role.ID), "")

    @property
    def system_column(self) -> str:
        """The column of the record's system; empty where there is none."""
        return next((one.name for one in self.columns if one.role is Role.SYSTEM), "")

    @property
    def kinds(self) -> dict[str, str]:
        """Name of each extension → its kind."""
        return {one.evidence: one.kind for one in self.columns if one.role is Role.EXTENSION}

    @property
    def national_ids(self) -> tuple[str, ...]:
        """Names of the extensions of which a person has one for life."""
        return tuple(one.evidence for one in self.columns if one.role is Role.EXTENSION and one.national and one.kind == "id")

    @property
    def fields(self) -> dict[str, tuple[ColumnPlan, ...]]:
        """Path of each canonical field → the columns that it is made of."""
        found: dict[str, list[ColumnPlan]] = {}
        for one in self.columns:
            if one.role is Role.FIELD:
                found.setdefault(one.path, []).append(one)
        return {path: tuple(columns) for path, columns in found.items()}

    @property
    def names_only(self) -> bool:
        """Whether nothing but names, and the towns of their owners, tells who somebody is."""
        stems = {stem_of(path) for path in self.fields} - _SHARED
        if self.kinds or not stems:
            return False
        if self.subject == "organization":
            stems -= {"organizations.name"}
        return all(stem.startswith("name.") for stem in stems)

    @property
    def advice(self) -> str:
        """What the table lacks, so that nothing of it can be merged; empty where it lacks nothing."""
        if not self.names_only:
            return ""
        words = ("organisations", "") if self.subject == "organization" else ("people", "birthdays, employers, ")
        return _NAMES_ONLY.format(*words)

    def lines(self) -> list[str]:
        """Tell the plan, a line a column; what may be something else is marked with a question mark, and what is lacking comes last.

        >>> print(*TablePlan("t", (ColumnPlan("dob", Role.FIELD, "birthday", reason="the name is known", confidence=0.95),)).lines(), sep=chr(10))
        t: a table of people.
          dob  birthday  0.95  the name is known
        """
        width = max((len(_shown(one.name)) for one in self.columns), default=0)
        wide = max((len(one.what) for one in self.columns), default=0)
        about = "organisations" if self.subject == "organization" else "people"
        head = f"{self.table}: a table of {about}" + (", without names of columns." if self.headless else ".")
        return [head, *(self._line(one, width, wide) for one in self.columns), *filter(None, [self.advice])]

    @staticmethod
    def _line(one: ColumnPlan, width: int, wide: int) -> str:
        other = ", ".join(f"{what} ({sure:.2f})" for what, sure in one.alternatives)
        doubt = f"  ? or {other}" if other else "  ? unsure" if one.ambiguous else ""
        return f"  {_shown(one.name):{width}}  {one.what:{wide}}  {one.confidence:.2f}  {one.reason}{doubt}"

    def to_toml(self) -> str:
        r"""Write the plan as a mapping, to be edited; `recognise(..., mapping=load_mapping(path))` follows it.

        >>> print(TablePlan("t", (ColumnPlan("dob", Role.FIELD, "birthday", reason="the name is known"),)).to_toml().splitlines()[-1])
        "dob" = "birthday"
        """
        made = [
            f"# {_shown(self.lines()[0])}",
            "# Above a column: how sure it is, why, and what it may be instead. docs/tables.md",
        ]
        by_role = {role: [one for one in self.columns if one.role is role] for role in Role}
        for role, key in ((Role.ID, "id"), (Role.SYSTEM, "system_column")):
            for one in by_role[role]:
                made += [_comment(one), f"{key} = {_quoted(one.name)}"]
        if self.date_order:
            made.append(f"date_order = {_quoted(self.date_order)}")
        for role, title in ((Role.IGNORED, ""), (Role.EXTENSION, "[extensions]"), (Role.FIELD, "[columns]")):
            if not by_role[role]:
                continue
            made.append("")
            if role is Role.IGNORED:
                names = ", ".join(_quoted(one.name) for one in by_role[role])
                made += ["[others]", *map(_comment, by_role[role]), f"ignore = [{names}]"]
                continue
            made.append(title)
            for one in by_role[role]:
                made += [_comment(one), f"{_quoted(one.name)} = {_value(one)}"]
        return "\n".join(made) + "\n"


def _comment(one: ColumnPlan) -> str:
    other = "; or " + ", ".join(f"{what} ({sure:.2f})" for what, sure in one.alternatives) if one.alternatives else ""
    name = f"{_shown(one.name)}: " if one.role is Role.IGNORED else ""
    return f"# {name}{one.confidence:.2f}; {one.reason}{other}"


def _value(one: ColumnPlan) -> str:
    if one.role is Role.EXTENSION:
        return _quoted(one.kind)
    more = {"label": one.label, "join": one.join, "remove": one.remove}
    parts = [f"{key} = {_quoted(text)}" for key, text in more.items() if text]
    parts += [
        f"{key} = [{', '.join(map(_quoted, texts))}]" for key, texts in (("split", one.split), ("empty", one.empty)) if texts
    ]
    return f"{{ path = {_quoted(one.path)}, {', '.join(parts)} }}" if parts else _quoted(one.path)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


# -- paths and mappings ------------------------------------------------------------------------------------------------------------------


def stem_of(path: str) -> str:
    """A raw path without which one of a list it is.

    >>> stem_of("addresses[home].street"), stem_of("emails[].address")
    ('addresses.street', 'emails.address')
    """
    return _INDEX.sub("", path)


def as_evidence(one: ColumnPlan) -> ColumnPlan:
    """Turn a column of a canonical path that no feature holds into an extension, or leave it out."""
    stem = stem_of(one.path)
    if stem in _FIELDS or stem.startswith("addresses.part."):
        return one
    if kind := _KINDS.get(stem):
        return evolve(one, role=Role.EXTENSION, path="", kind=kind, about=stem)
    return evolve(one, role=Role.IGNORED, path="", reason=f"{one.reason}: it tells of the record and not who it is")


def overridden(names: Sequence[str], mapping: FileMapping) -> dict[str, ColumnPlan]:
    """Read what a mapping says of the columns of a table: name → its plan, for those that it names.

    Columns about consent tell nothing of who somebody is, and of a column's keys `path`, `label`, `split`, `join`, `empty` and `remove`
    count.
    """
    reason = "the mapping says so"
    columns, consent = Names(mapping.columns), Names(mapping.consent)
    ignore = Names.of((*mapping.ignore, *mapping.known), value=True)
    extensions: Mapping[str, str] = {fold_header(name): kind for name, kind in mapping.extensions.items()}
    ids = [fold_header(name) for name in mapping.id]
    folded = [fold_header(name) for name in names]
    own_id = next((name for name in ids if name in folded), "")
    found: dict[str, ColumnPlan] = {}
    for name, key in zip(names, folded, strict=True):
        if key == own_id and own_id:
            found[name] = ColumnPlan(name, Role.ID, reason=reason)
        elif mapping.system_column and key == fold_header(mapping.system_column):
            found[name] = ColumnPlan(name, Role.SYSTEM, reason=reason)
        elif key in extensions:
            order = mapping.date_order if extensions[key] == "date" else ""
            found[name] = ColumnPlan(name, Role.EXTENSION, kind=extensions[key], reason=reason, order=order)
        elif column := columns.get(key):
            found[name] = _mapped(name, column.path, column, mapping, reason)
        elif grouped := group_column(mapping.groups, key):
            found[name] = _mapped(name, grouped[0].path.replace("[n]", f"[{grouped[1]}]"), grouped[0], mapping, reason)
        elif consent.get(key) is not None:
            found[name] = ColumnPlan(name, Role.IGNORED, reason=f"{reason}: it is about consent")
        elif ignore.get(key):
            found[name] = ColumnPlan(name, Role.IGNORED, reason=reason)
    return found


def _mapped(name: str, path: str, column: Column, mapping: FileMapping, reason: str) -> ColumnPlan:
    if path == "extensions":
        return ColumnPlan(name, Role.EXTENSION, kind="", reason=reason)  # its kind is told from its values
    made = ColumnPlan(
        name, Role.FIELD, path, reason=reason, label=column.label, join=column.join, split=column.split, remove=column.remove,
        empty=tuple(text.casefold() for text in (*column.empty, *mapping.empty)),
        order=mapping.date_order if path == "birthday" else "",
    )  # fmt: skip
    return as_evidence(made)


def paired(left: TablePlan, right: TablePlan) -> tuple[TablePlan, TablePlan]:
    """Give the extensions of two tables that are to be linked one name and one kind; what only one has is no evidence.

    Columns of one name belong together, whatever its case and accents; else those that are about one thing (`Sex` and `gender`).

    Args:
        left: the plan of one table, whose names and kinds hold.
        right: that of the other.

    >>> one = TablePlan("a", (ColumnPlan("Sex", Role.EXTENSION, kind="category", about="gender"),))
    >>> other = TablePlan("b", (ColumnPlan("gender", Role.EXTENSION, kind="category", about="gender"), ColumnPlan("job", Role.EXTENSION)))
    >>> [plan.kinds for plan in paired(one, other)]
    [{'Sex': 'category'}, {'Sex': 'category'}]
    """
    ours = [one for one in left.columns if one.role is Role.EXTENSION]
    theirs = [one for one in right.columns if one.role is Role.EXTENSION]
    partners: dict[str, ColumnPlan] = {}  # of a column of the right table
    taken: set[str] = set()
    for key in (_folded_name, _about):
        for one in ours:
            for other in theirs:
                if one.name not in taken and other.name not in partners and key(one) and key(one) == key(other):
                    partners[other.name] = one
                    taken.add(one.name)
    alone = "the other table has none like it"
    lefts = [
        evolve(one, role=Role.IGNORED, kind="", reason=f"{one.reason}; {alone}")
        if one.role is Role.EXTENSION and one.name not in taken
        else one
        for one in left.columns
    ]
    rights = []
    for one in right.columns:
        if one.role is Role.EXTENSION:
            partner = partners.get(one.name)
            one = (
                evolve(one, role=Role.IGNORED, kind="", reason=f"{one.reason}; {alone}")
                if partner is None
                else evolve(one, kind=partner.kind, called=partner.evidence)
            )
        rights.append(one)
    return evolve(left, columns=tuple(lefts)), evolve(right, columns=tuple(rights))


def _folded_name(one: ColumnPlan) -> str:
    return plain(one.name) or one.name


def _about(one: ColumnPlan) -> str:
    return one.about
