"""Which column of a mapping a column of a file is: by exact name, by a name with a `*`, by a numbered group."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Table
from typing import Generic, TypeVar

from canonical_contact.formats._fold import fold_header
from canonical_contact.formats._mapping import Column, Mapping

__all__ = ["Names", "group_column", "header_match"]

T = TypeVar("T")


class Names(Generic[T]):
    """A table by column names, some with a `*` for anything."""

    def __init__(self, table: Table[str, T]) -> None:
        self._exact: dict[str, T] = {}
        self._open: list[tuple[str, str, T]] = []
        for name, value in table.items():
            before, star, after = fold_header(name.replace("*", "\x1a")).partition("\x1a")
            if star:
                # "Opted out of email: *" keeps the space before its star.
                self._open.append((before, after, value))
            else:
                self._exact.setdefault(before, value)

    @classmethod
    def of(cls, names: Iterable[str], value: T) -> Names[T]:
        """Make a table with one value for all names."""
        return cls(dict.fromkeys(names, value))

    def get(self, folded: str) -> T | None:
        """Find the entry for a folded column name: the exact one first."""
        found = self._exact.get(folded)
        if found is not None:
            return found
        for before, after, value in self._open:
            if len(folded) > len(before) + len(after) and folded.startswith(before) and folded.endswith(after):
                return value
        return None


def group_column(groups: Table[str, Column], folded: str) -> tuple[Column, int] | None:
    """Find the numbered group that a folded column name belongs to, and its number."""
    number = re.search(r"\d+", folded)
    if number is None:
        return None
    template = f"{folded[: number.start()]}{{n}}{folded[number.end() :]}"
    column = next((column for name, column in groups.items() if fold_header(name) == template), None)
    return (column, int(number[0][:6])) if column is not None else None


def header_match(mapping: Mapping, header: Sequence[str]) -> int:
    """Count the columns of a header that a mapping knows."""
    names: Names[bool] = Names.of((*mapping.columns, *mapping.consent, *mapping.known, *mapping.ignore, *mapping.id), value=True)
    folded = [fold_header(name) for name in header]
    return sum(bool(names.get(name)) or group_column(mapping.groups, name) is not None for name in folded if name)
