"""The page of an evaluation: its option, and writing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from canonical_contact.cli._output import writing

__all__ = ["EDGES", "page_option", "write_page"]

F = TypeVar("F", bound=Callable[..., Any])

EDGES = (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999)  # of bins of scores: most lie near 0 and 1


def page_option(text: str) -> Callable[[F], F]:
    """Add `--page`; what it needs is looked for before the work."""
    return click.option("--page", metavar="OUT", callback=_page, help=text)


def _page(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        from canonical_contact.report import require

        require()
    return value


def write_page(path: str, **parts: Any) -> None:  # noqa: ANN401  of `report.evaluation_page.evaluation_html`
    """Write the page with what there is of it."""
    from canonical_contact.report.evaluation_page import evaluation_html

    with writing(path) as stream:
        stream.write(evaluation_html(**parts))
