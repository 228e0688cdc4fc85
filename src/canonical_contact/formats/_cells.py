"""Cells that no spreadsheet runs as a formula, and the way back: the one place for it, for writers and readers."""

from __future__ import annotations

import re

__all__ = ["restore", "safe"]

# What starts a formula in a spreadsheet, also after spaces and characters without width, with the full-width forms that some of them
# read alike; apostrophes before it are part of the pattern, so that a text that has some already gets one more and the way back is exact.
_RUNS = re.compile(r"'*[\s\u200b-\u200f\u2060\ufeff]*[=+\-@\t\r\n＝＋－＠]")


def safe(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run; `restore` takes it away again.

    Numbers in E.164 begin with a plus and get it too: a spreadsheet would also drop their plus.

    >>> safe("=1+1"), safe("+493012345678"), safe("Ana"), safe("'=1")
    ("'=1+1", "'+493012345678", 'Ana', "''=1")
    """
    return f"'{text}" if _RUNS.match(text) else text


def restore(cell: str) -> str:
    """Take away the apostrophe that `safe` put before a cell.

    >>> restore(safe("+493012345678"))
    '+493012345678'
    """
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell
