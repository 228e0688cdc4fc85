"""The rows of a sheet that people have filled in, whatever a spreadsheet made of its separators."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from canonical_contact.errors import Problem, Severity

__all__ = ["sheet_rows"]

_DELIMITERS = ",;\t"  # a spreadsheet saves with the list separator of its language


def sheet_rows(lines: Iterable[str], file: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Stream the rows of a sheet with their lines; one that is no CSV becomes a problem.

    Args:
        lines: of the file, as an open file gives them; separated by comma, semicolon or tab.
        file: named in problems.
        problems: where they go.

    >>> list(sheet_rows(["a;b", "1;2"], "sheet.csv", []))
    [(1, ['a', 'b']), (2, ['1', '2'])]
    """
    source = iter(lines)
    first = next(source, "").removeprefix("\ufeff")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(_chain(first, source), delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            hint = f"The row is no CSV: {error}."
            problems.append(Problem("label.row_unreadable", hint=hint, severity=Severity.ERROR, file=file, line=reader.line_num))
            continue
        yield reader.line_num, row


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest
