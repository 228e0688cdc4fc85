"""One self-contained page: no script, no network, light and dark, on screen and on paper."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from canonical_contact.consent import REASONS
from canonical_contact.errors import MissingExtraError
from canonical_contact.kpi import DEFINITIONS, Kpi
from canonical_contact.report import words
from canonical_contact.report._charts import bars
from canonical_contact.report._page import shipped, template_of
from canonical_contact.report.records import Report

__all__ = ["require", "to_html"]

_NEEDED = ("jinja2", "leather")
_BARS = 12  # bars in one chart; the table beside it has the rest


def require() -> None:
    """Make sure that a report can be made, before any work starts.

    Raises:
        MissingExtraError: the extra [report] is not installed.
    """
    if any(find_spec(name) is None for name in _NEEDED):
        raise MissingExtraError("The HTML report", "report")


def to_html(report: Report) -> str:
    """Show a report as one HTML page that needs nothing else.

    Args:
        report: what `gather` returned.

    Returns:
        the page; all that comes from data is escaped, and it can be encoded as UTF-8.

    Raises:
        MissingExtraError: the extra [report] is not installed.
    """
    require()
    from markupsafe import Markup

    filters: dict[str, Callable[..., Any]] = {
        "amount": words.amount,
        "duration": words.duration,
        "figure": words.figure,
        "interval": words.interval,
        "moment": words.moment,
        "percent": words.percent,
        "channel": lambda name: words.CHANNELS.get(name, name),
    }
    base = _folder(report)
    filters["short"] = lambda path: path.removeprefix(base) if base else path
    return template_of("report.html.j2", filters).render(
        r=report,
        base=base,
        style=Markup(shipped("report.css")),  # noqa: S704  our own file
        charts={name: Markup(chart) for name, chart in _charts(report).items()},  # noqa: S704  an XML writer escaped it
        figures=_by_definition(report.kpis),
        definitions=DEFINITIONS,
        reasons=REASONS,
        matrix=_matrix(report),
        rate=next((kpi for kpi in report.kpis if kpi.name == "duplicate_rate"), None),
        problems=sum(kind.count for kind in report.problems),
    )


def _folder(report: Report) -> str:
    """The folder that all files lie in, with the separator at its end; empty where there is none worth saying once."""
    if len(report.files) < 2:
        return ""
    paths = [file.path for file in report.files]
    base = _parent(paths[0])
    while base and not all(path.startswith(base) for path in paths):
        base = _parent(base[:-1])
    return base


def _parent(path: str) -> str:
    return path[: max(path.rfind("/"), path.rfind("\\")) + 1]


def _charts(report: Report) -> dict[str, str]:
    sizes = [("1 record" if size == 1 else f"{size} records", float(number)) for size, number in _grouped(report.cluster_sizes)]
    consent = [
        (words.CHANNELS.get(line.channel, line.channel), line.allowed / line.reachable)
        for line in report.consent
        if line.reachable
    ]
    problems = [(kind.code, float(kind.count)) for kind in report.problems[:_BARS]]
    systems = [(line.system, float(line.records)) for line in report.systems[:_BARS]]
    stages = [(stage, float(number)) for stage, number in report.lifecycle]
    return {
        "systems": bars("systems", "Records by source", systems),
        "problems": bars("problems", "Problems by kind", problems),
        "sizes": bars("sizes", "Contacts by number of records", sizes),
        "consent": bars("consent", "Share of reachable contacts who may be sent marketing, by channel", consent, share=True),
        "lifecycle": bars("lifecycle", "Contacts by stage", stages),
    }


def _grouped(sizes: tuple[tuple[int, int], ...]) -> list[tuple[int | str, int]]:
    """Leave sizes to eight apart and put the rest together, so that one giant does not make the chart endless."""
    near: list[tuple[int | str, int]] = [(size, number) for size, number in sizes if size <= 8]
    far = sum(number for size, number in sizes if size > 8)
    return [*near, ("9 or more", far)] if far else near


def _by_definition(kpis: tuple[Kpi, ...]) -> list[tuple[str, list[Kpi]]]:
    grouped: dict[str, list[Kpi]] = {name: [] for name in DEFINITIONS}
    for kpi in kpis:
        grouped[kpi.name].append(kpi)
    return [(name, found) for name, found in grouped.items() if found]


def _matrix(report: Report) -> list[tuple[str, list[tuple[int, float]]]]:
    """Contacts shared by each two sources, with the share of the smaller source that it is (for the shade of the cell)."""
    names = [line.system for line in report.systems[:_BARS]]
    held = {line.system: line.contacts for line in report.systems}
    shared = {frozenset((entry.left, entry.right)): entry.contacts for entry in report.overlaps}
    rows = []
    for row in names:
        cells = []
        for column in names:
            number = held[row] if row == column else shared.get(frozenset((row, column)), 0)
            smaller = min(held[row], held[column])
            cells.append((number, number / smaller if smaller and row != column else -1.0))
        rows.append((row, cells))
    return rows
