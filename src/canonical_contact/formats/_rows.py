"""Rows of a delimited file: the csv module where the quoting is sound, a tolerant reading of the one row where it is not."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import NamedTuple

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._lines import Limits, LineFeeder

__all__ = ["Row", "nul_problem", "rows", "split_row"]

# So many lines are looked at for the end of a quote that is out of order; a file full of them must not cost lines × lines.
_REPAIR_LINES = 50
_RUN = re.compile('"+')


class Row(NamedTuple):
    """One logical row: its cells, the line at which it starts, and what was wrong with it."""

    cells: list[str]
    line: int
    problems: tuple[Problem, ...] = ()


class Split(NamedTuple):
    """A row that was split: its cells, whether every quote was closed, and whether none stood inside a cell undoubled."""

    cells: list[str]
    closed: bool
    sound: bool


def rows(feeder: LineFeeder, delimiter: str, width: int, limits: Limits) -> Iterator[Row]:
    """Read rows; whatever the quoting is like, the next row starts at a line of its own and is read.

    Args:
        feeder: gives the lines.
        delimiter: one character.
        width: how many cells a row should have; it decides whether a quote was left open.
        limits: how much a row may hold.
    """
    reader = csv.reader(feeder, delimiter=delimiter, strict=True)
    while True:
        problems: tuple[Problem, ...] = ()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, LineFeeder.TooMuchError) as error:
            if not feeder.pending:
                continue
            cells, problems = _repair(feeder, delimiter, width, too_long="field larger" in str(error))
        else:
            if len(feeder.pending) > 1 and len(cells) != width:
                first = split_row(feeder.pending[0], delimiter, literal=True).cells
                if len(first) == width:  # a quote was left open, and swallowed the rows that follow
                    feeder.keep_first()
                    cells, problems = first, (_broken_quote(feeder),)
        line = feeder.start
        if len(feeder.pending) > 1 or len(feeder.pending[0]) > limits.cell_chars:
            cells, cut = _cut(cells, limits.cell_chars, line)
            problems += cut
        if feeder.recoded:
            problems += _recoded(feeder)
        if feeder.nuls:
            problems += _nuls(feeder)
        feeder.next_row()
        yield Row(cells, line, problems)


def nul_problem(text: str, line: int) -> Problem:
    """Tell NUL characters in a row or a card's line."""
    hint = (
        "The row holds NUL characters; they were left out, and the raw text keeps them. Export the file again if values are cut."
    )
    return Problem("row.nul_characters", raw=text[:200], hint=hint, line=line)


def split_row(text: str, delimiter: str, *, literal: bool = False) -> Split:
    r"""Split a row whose quoting may be broken: a quote that is not followed by a delimiter or a line end is text.

    Args:
        text: the row, with its line ends.
        delimiter: one character.
        literal: read a quote that is never closed as text, too.

    >>> split_row('1,"say "hi" twice",x\n', ",")
    Split(cells=['1', 'say "hi" twice', 'x'], closed=True, sound=False)
    """
    cells: list[str] = []
    position, end, closed, sound = 0, len(text), True, True
    last = end  # where the last quote stands that may close a cell; known when one was looked for in vain
    while True:
        after = -1
        if text.startswith('"', position):
            if position < last or _closes_itself(text, position, delimiter):
                cell, after, strays = _quoted(text, position + 1, delimiter)
                sound = sound and not strays
            if after < 0 and not literal:
                return Split([*cells, cell], closed=False, sound=sound)
            if after < 0 and closed:
                last = _last_close(text, delimiter)
            closed = closed and after >= 0
        if after < 0:
            after = text.find(delimiter, position)
            after = end if after < 0 else after
            cell = text[position:after]
            if after == end:
                cell = cell.rstrip("\r\n")
        cells.append(cell)
        if not text.startswith(delimiter, after):
            return Split(cells, closed, sound)
        position = after + 1


def _quoted(text: str, position: int, delimiter: str) -> tuple[str, int, int]:
    """Read a quoted cell from behind its quote: text, end (-1: it is never closed), and how many quotes stand in it undoubled."""
    parts: list[str] = []
    strays = 0
    ends = (delimiter, "\n", "\r")
    while (quote := text.find('"', position)) >= 0:
        if text.startswith('"', quote + 1):
            parts.append(text[position : quote + 1])
            position = quote + 2
        elif quote + 1 == len(text) or text.startswith(ends, quote + 1):
            return "".join(parts) + text[position:quote], quote + 1, strays
        else:
            strays += 1
            parts.append(text[position : quote + 1])
            position = quote + 1
    return "".join(parts) + text[position:], -1, strays


def _last_close(text: str, delimiter: str) -> int:
    """Tell where the last run of quotes begins that closes a cell: an odd one before a delimiter or a line end."""
    last = -1
    for match in _RUN.finditer(text):
        start, after = match.span()
        if (after - start) % 2 and (after == len(text) or text[after] in (delimiter, "\n", "\r")):
            last = start
    return last


def _closes_itself(text: str, position: int, delimiter: str) -> bool:
    """Whether the quotes at the beginning of a cell close it as well, as in `""`."""
    match = _RUN.match(text, position)
    assert match is not None
    after = match.end()
    return (after - position) % 2 == 0 and (after == len(text) or text[after] in (delimiter, "\n", "\r"))


def _repair(feeder: LineFeeder, delimiter: str, width: int, *, too_long: bool) -> tuple[list[str], tuple[Problem, ...]]:
    """Read the row that the csv module gave up on: as its first line alone, or over lines where that fits the header better."""
    if too_long:  # the quoting may be sound; the cell is cut and told later
        whole = _whole(feeder, delimiter, 1 << 30)  # the feeder has its own limit
        if whole is not None and whole.sound and len(whole.cells) == width:
            return whole.cells, ()
    first, closed, sound = split_row(feeder.pending[0], delimiter, literal=True)
    if closed:
        feeder.keep_first()
        return first, () if sound else (_quotes(feeder),)
    if len(first) != width and feeder.repairs_left > 0:
        whole = _whole(feeder, delimiter)
        if whole is not None and len(whole.cells) == width:
            return whole.cells, (_quotes(feeder),)
        feeder.repairs_left -= 1
    feeder.keep_first()
    return first, (_broken_quote(feeder),)


def _whole(feeder: LineFeeder, delimiter: str, lines: int = _REPAIR_LINES) -> Split | None:
    """Read on until the open quote is closed; None where a limit or the end of the file comes first."""
    text = "".join(feeder.pending)
    split = split_row(text, delimiter)
    while not split.closed:
        feeder.repair_chars -= len(text)
        if len(feeder.pending) > lines or feeder.repair_chars < 0:
            return None
        try:
            line = next(feeder)
        except (StopIteration, LineFeeder.TooMuchError):
            return None
        if line.count('"') % 2:  # an even number cannot close what is open
            text = "".join(feeder.pending)
            split = split_row(text, delimiter)
    return split


def _cut(cells: list[str], limit: int, line: int) -> tuple[list[str], tuple[Problem, ...]]:
    problems: tuple[Problem, ...] = ()
    for index, cell in enumerate(cells):
        if len(cell) > limit:
            cells[index] = cell[:limit]
            hint = f"The cell has {len(cell):,} characters; the first {limit:,} are kept."
            problems += (Problem("row.cell_too_long", raw=cell[:200], hint=hint, column=f"column {index + 1}", line=line),)
    return cells, problems


def _quotes(feeder: LineFeeder) -> Problem:
    hint = 'A quote inside a quoted cell must be doubled (""); it was read as text.'
    return Problem("row.quote_inside_cell", raw=feeder.pending[0][:200], hint=hint, severity=Severity.INFO, line=feeder.start)


def _broken_quote(feeder: LineFeeder) -> Problem:
    hint = "A quote opens and is never closed; it was read as text, and the next line as the next row. Check the row."
    return Problem("row.quote_not_closed", raw=feeder.pending[0][:200], hint=hint, line=feeder.start)


def _nuls(feeder: LineFeeder) -> tuple[Problem, ...]:
    lines = [number for number in range(feeder.start, feeder.line + 1) if number in feeder.nuls]
    feeder.nuls.difference_update(lines)
    return (nul_problem("".join(feeder.pending), lines[0]),) if lines else ()


def _recoded(feeder: LineFeeder) -> tuple[Problem, ...]:
    lines = [number for number in range(feeder.start, feeder.line + 1) if number in feeder.recoded]
    if not lines:
        return ()
    feeder.recoded.difference_update(lines)
    hint = "The row holds bytes of another encoding than the file; they were read as Windows-1252. Check its letters."
    text = "".join(feeder.pending)
    odd = next((position for position, char in enumerate(text) if not char.isascii()), 0)
    return (Problem("row.mixed_encoding", raw=text[max(0, odd - 20) : odd + 40], hint=hint, line=lines[0]),)
