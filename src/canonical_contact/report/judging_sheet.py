"""The sheet of a round of labelling: pairs side by side, for people to judge, without the score that would lead them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping

from canonical_contact.formats._cells import safe
from canonical_contact.match.evaluate import Round

__all__ = ["judging_sheet", "judging_sheet_rows"]


def judging_sheet_rows(drawn: Round, values: Callable[[str], Mapping[str, str]]) -> Iterator[list[str]]:
    """Lay out a round for people: the header, then one row for each pair.

    Args:
        drawn: the round.
        values: what a record says, field → text, in the order of the columns.

    Yields:
        cells: `pair` (its number), `left` and `right` (the records' keys), `verdict` (empty, for match, no_match or unsure), then each
        field of both records. Neither the score nor the stratum is shown, and the order of rows says nothing about them.
    """
    sides = [(dict(values(entry.left)), dict(values(entry.right))) for entry in drawn.pairs]
    fields = list(dict.fromkeys(name for both in sides for side in both for name in side))
    yield ["pair", "left", "right", "verdict", *(f"{side}_{name}" for name in fields for side in ("left", "right"))]
    for entry, both in zip(drawn.pairs, sides, strict=True):
        yield [entry.pair, entry.left, entry.right, "", *(side.get(name, "") for name in fields for side in both)]


def judging_sheet(drawn: Round, values: Callable[[str], Mapping[str, str]]) -> str:
    """Write a round as CSV for people to fill in; `read_labels` reads it back.

    Args:
        drawn: the round.
        values: what a record says, field → text.

    Returns:
        CSV (RFC 4180 with line feeds) with the columns of `judging_sheet_rows`; no cell is one that a spreadsheet would run.

    >>> from canonical_contact.match.evaluate import sample_round
    >>> people = {"crm:1": {"name": "Ana Müller"}, "mail:7": {"name": "Anna Mueller"}}
    >>> drawn = sample_round([("crm:1", "mail:7", 0.7)], 1, seed=1, match_at=0.9)
    >>> print(judging_sheet(drawn, people.__getitem__), end="")
    pair,left,right,verdict,left_name,right_name
    r...-1,crm:1,mail:7,,Ana Müller,Anna Mueller
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for row in judging_sheet_rows(drawn, values):
        writer.writerow([safe(cell) for cell in row])
    return stream.getvalue()
