"""Event exports: rows that hang on a record of another file."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from canonical_contact.errors import Problem
from canonical_contact.formats._fold import fold_header
from canonical_contact.formats._plan import id18
from canonical_contact.formats._progress import Progress
from canonical_contact.formats._source import Source
from canonical_contact.formats._table import table_rows
from canonical_contact.formats._times import sign_time
from canonical_contact.model import Activity, record_key

__all__ = ["activity_rows"]

_SALESFORCE = ("salesforce_contact", "salesforce_lead")


def activity_rows(source: Source, progress: Progress) -> Iterator[Activity | Problem]:
    """Read the rows of an events or interactions file."""
    layout = source.layout
    assert layout is not None
    places = {fold_header(name): index for index, name in enumerate(layout.header)}
    names = ("system", "record_id", "event", "kind", "at", "agent", "value", "direction")
    indexes = [places.get(name, -1) for name in names]
    for row, _ in table_rows(source, progress):
        cells = row.cells
        texts = [cells[index].strip() if 0 <= index < len(cells) else "" for index in indexes]
        system, record_id, event, kind, at_text, agent, value, direction = texts
        at = sign_time(at_text)
        for problem in row.problems:
            yield evolve(problem, file=source.name)
        if not system or not record_id or not (event or kind) or at is None:
            what = (
                "has no time that can be read" if system and record_id and (event or kind) else "lacks its system, record or kind"
            )
            hint = f"The row {what}; it was left out. Times are ISO 8601."
            yield Problem(
                "activity.row_unreadable", raw=layout.delimiter.join(cells)[:200], hint=hint, file=source.name, line=row.line
            )
            continue
        key = record_key(system, id18(record_id) if system in _SALESFORCE else record_id)
        if event:
            yield Activity(key, event, at, agent, value, direction)
        else:
            yield Activity(key, "interaction", at, agent, kind.casefold(), direction)
