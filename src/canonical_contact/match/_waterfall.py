"""A waterfall of weights as text: bars that begin where the one before them ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

__all__ = ["waterfall_lines"]

# full, left half, right half, axis; for what speaks for and against
_BLOCKS = {False: (tuple("█▌▐│"), tuple("▒▒▒│")), True: (tuple("###|"), tuple("---|"))}


def waterfall_lines(steps: Sequence[tuple[str, float, float]], *, ascii_only: bool = False, width: int = 40) -> Iterator[str]:
    """Draw steps, one a line.

    Args:
        steps: label, bits and where the bar begins.
        ascii_only: draw with plain characters.
        width: columns that the bars may take.

    >>> for line in waterfall_lines([("prior", -2.0, 0.0), ("email same", 6.0, -2.0)], ascii_only=True, width=12):
    ...     print(line)
    prior        -2.00  ----|
    email same   +6.00  ############
    """
    edges = [edge for _, bits, start in steps for edge in (start, start + bits)]
    low, high = min(0.0, *edges), max(0.0, *edges)
    unit = 2 * width / ((high - low) or 1.0)  # a column has two halves
    labels = max(len(label) for label, _, _ in steps)
    axis = min(round(-low * unit) // 2, width - 1)
    for label, bits, start in steps:
        first, last = sorted((round((start - low) * unit), round((start + bits - low) * unit)))
        full, half_left, half_right, line = _BLOCKS[ascii_only][bits < 0]
        cells = [
            full if first <= 2 * at and 2 * at + 2 <= last
            else half_left if first <= 2 * at < last
            else half_right if first < 2 * at + 2 <= last
            else line if at == axis
            else " "
            for at in range(width)
        ]  # fmt: skip
        yield f"{label:{labels}}  {round(bits, 2) or 0.0:+6.2f}  {''.join(cells)}".rstrip()
