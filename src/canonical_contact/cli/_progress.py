"""Progress of long work: a line that moves on a terminal, and nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as RichBars
    from rich.progress import TaskID

__all__ = ["Bar", "progress"]


class Bar:
    """Follows the stages of a run; `canonical_contact.pipeline.Progress` in rich's clothes.

    Args:
        bars: rich's display; None shows nothing.
    """

    def __init__(self, bars: RichBars | None = None) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage; `total` is the number of steps, None where it is not known."""
        if self._bars is None:
            return
        self._close()
        self._task = self._bars.add_task(name, total=total)

    def advance(self, n: int) -> None:
        """Tell that `n` more steps are done."""
        if self._bars is not None and self._task is not None:
            self._bars.advance(self._task, n)

    def _close(self) -> None:
        if self._bars is None or self._task is None:
            return
        done = next((task.completed for task in self._bars.tasks if task.id == self._task), 0)
        self._bars.update(self._task, total=max(done, 1), completed=max(done, 1))
        self._bars.stop_task(self._task)


@contextmanager
def progress(*, output: str | None = "", shown: bool | None = None) -> Iterator[Bar]:
    """Show progress on standard error while the block runs.

    Args:
        output: where the command writes meanwhile; None and `-` are standard output, which may end on the same
            terminal, where a line that moves would spoil it.
        shown: whether to show it; by default only where standard error is a terminal and the rows go into a file.
    """
    if shown is None:
        shown = sys.stderr.isatty() and output not in (None, "-")
    if not shown:
        yield Bar()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichBars

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # Standard output is the caller's: rich would send it where the bars are.
    with RichBars(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as bars:
        yield Bar(bars)
