"""Cells that no spreadsheet runs as a formula, and the way back."""

from __future__ import annotations

__all__ = ["restore", "safe"]

# What starts a formula in a spreadsheet, with the full-width forms that some of them read alike.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def _runs(text: str) -> bool:
    return text.startswith(_STARTS) or text.lstrip().startswith(_STARTS)


def safe(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run; `restore` takes it away again.

    Numbers in E.164 begin with a plus and get it too: a spreadsheet would also drop their plus. A text that already bears
    apostrophes before such a start gets one more, so that the way back is exact.

    >>> safe("=1+1"), safe("+493012345678"), safe("Ana"), safe("'=1")
    ("'=1+1", "'+493012345678", 'Ana', "''=1")
    """
    return f"'{text}" if _runs(text.lstrip("'")) else text


def restore(cell: str) -> str:
    """Take away the apostrophe that `safe` put before a cell.

    >>> restore(safe("+493012345678"))
    '+493012345678'
    """
    return cell[1:] if cell.startswith("'") and _runs(cell.lstrip("'")) else cell
