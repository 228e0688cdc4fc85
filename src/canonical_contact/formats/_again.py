"""A record read once more, from the cells that a store keeps of it instead of from its file."""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from pathlib import Path

from attrs import evolve

from canonical_contact.errors import Problem
from canonical_contact.formats._lines import Limits
from canonical_contact.formats._mapping import Mapping
from canonical_contact.formats._presets import Presets
from canonical_contact.formats._progress import Progress
from canonical_contact.formats._read import Reading
from canonical_contact.formats._rows import Row
from canonical_contact.formats._source import Layout, Source, SourceKind
from canonical_contact.model import RawRecord

__all__ = ["Again"]

_BEHIND = re.compile(r"column_(\d{1,5})\Z")
_COUNTED = re.compile(r" \(\d{1,6}\)\Z")
# Problems of the row itself, which the cells no longer show, and of the time at which it was read.
_OF_ROWS = ("row.", "vcard.", "record.changed_ahead")


class Again:
    """Makes the raw records of one file again.

    Args:
        file: the file, as the caller named it then.
        system: the source's name.
        preset: the preset's name.
        header: the names of the columns, for a table.
        mapping: how they are read; None for cards.
        presets: the tables of the run.
    """

    def __init__(
        self, file: str, system: str, preset: str, *, header: tuple[str, ...], mapping: Mapping | None, presets: Presets
    ) -> None:
        self.source = Source(
            Path(file), file, SourceKind.CONTACTS, system, preset, mapping=mapping, layout=Layout("utf-8", header=header), presets=presets
        )  # fmt: skip
        self._progress = Progress(file, presets, Limits())
        self._cards = preset == "vcard"
        if mapping is not None:
            from canonical_contact.formats._table import Records, bind

            self._plan = bind(self.source, mapping, self._progress)
            self._records = Records(self.source, self._plan, self._progress)
            self._places = {name: index for index, name in enumerate(self._plan.names)}

    def reading(self) -> Reading:
        """Give what judges older evidence by the mapping; it is not for reading rows."""
        return Reading(self.source, self._progress.presets, self._progress.limits)

    def record(self, cells: Table[str, str], row: int, line: int, problems: tuple[Problem, ...]) -> RawRecord | None:
        """Make a record of its cells.

        Args:
            cells: every non-empty cell under its column's name, in the order in which they were read.
            row: its number.
            line: the line at which it started.
            problems: those that the record had; the ones of the row itself are kept.

        Returns:
            The record; None where the cells are not of this file.
        """
        own = tuple(problem for problem in problems if problem.code.startswith(_OF_ROWS))
        made = self._card(cells, row, line) if self._cards else self._row(cells, row, line)
        if made is None:
            return None
        there = {problem.code for problem in made.problems}
        return evolve(made, problems=(*made.problems, *(problem for problem in own if problem.code not in there)))

    def _row(self, cells: Table[str, str], row: int, line: int) -> RawRecord | None:
        texts = [""] * len(self._places)
        for name, text in cells.items():
            place = self._places.get(name)
            if place is None:
                found = _BEHIND.match(name)
                if found is None or int(found[1]) <= len(self._places):
                    return None
                place = int(found[1]) - 1
                texts += [""] * (place + 1 - len(texts))
            texts[place] = text
        return self._records.record(Row(texts, line), row)

    def _card(self, cells: Table[str, str], row: int, line: int) -> RawRecord | None:
        from canonical_contact.formats._cards import record_of_card
        from canonical_contact.formats.vcard._head import Heads, TooManyParametersError
        from canonical_contact.formats.vcard.wire import Card, Line

        heads = Heads(self._progress.limits.parameters)
        lines: list[Line] = []
        for name, text in cells.items():
            try:
                head = heads.read(_COUNTED.sub("", name))
            except TooManyParametersError:
                return None
            if head is None:
                return None
            lines.append(Line(head, text))
        return record_of_card(Card(line, tuple(lines)), self.source, self._progress, row)
