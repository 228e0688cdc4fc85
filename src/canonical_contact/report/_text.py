"""The report for a terminal or a log: the same facts on plain lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from canonical_contact.kpi import DEFINITIONS
from canonical_contact.report import words
from canonical_contact.report.records import Report

__all__ = ["to_text"]


def to_text(report: Report) -> str:
    """Show a report as plain text, at most about 100 columns wide where the data allows it.

    Args:
        report: what `gather` returned.

    Returns:
        lines that end with a line feed; control characters in data are made visible.
    """
    return "\n".join(words.shown(line).replace("\u202f", " ").rstrip() for line in _lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"Contact report as of {words.moment(report.as_of)}"
    yield f"{words.amount(report.records)} records, {words.amount(report.contacts)} contacts, {words.amount(report.waiting)} pairs to review"
    if report.files:
        yield from _part("Read", [(file.path, file.system, words.amount(file.rows)) for file in report.files if not file.skipped])
        yield from _part("Not read", [(file.path, file.skipped) for file in report.files if file.skipped])
    yield from _part("Problems", [(kind.code, words.amount(kind.count), _example(kind.examples)) for kind in report.problems])
    yield from _part(
        "Sources: records, contacts, known only here",
        [(line.system, *map(words.amount, (line.records, line.contacts, line.only_here))) for line in report.systems],
    )
    yield from _part(
        "Contacts by number of records", [(str(size), words.amount(number)) for size, number in report.cluster_sizes]
    )
    yield from _part(
        "Most records",
        [(words.amount(line.records), line.name or "(no name)", ", ".join(line.names[1:4])) for line in report.largest],
    )
    yield from _part(
        "Consent for marketing: channel, with an endpoint, allowed, denied by first reason",
        [
            (
                words.CHANNELS.get(line.channel, line.channel),
                words.amount(line.reachable),
                words.amount(line.allowed),
                ", ".join(f"{reason} {words.amount(number)}" for reason, number in line.denied),
            )
            for line in report.consent
        ],
    )
    yield from _part(
        "Denied, and worth a look",
        [
            (words.CHANNELS.get(line.channel, line.channel), words.amount(number), what)
            for line in report.consent
            for number, what in (
                (line.lifted_later, "a later confirmed opt-in would lift the block under another policy"),
                (line.shared_only, "only share an endpoint that somebody else closed"),
            )
            if number
        ],
    )
    yield from _part(
        "Figures",
        [
            (
                DEFINITIONS[kpi.name].title,
                words.CHANNELS.get(kpi.scope, kpi.scope) if kpi.scope else "",
                words.figure(kpi),
                words.interval(kpi),
                f"{words.amount(kpi.numerator)} of {words.amount(kpi.denominator)}",
            )
            for kpi in report.kpis
        ],
    )
    yield from _part("Stages", [(stage, words.amount(number)) for stage, number in report.lifecycle])


def _example(problems: Sequence[object]) -> str:
    raw = next((str(getattr(problem, "raw", "")) for problem in problems), "")
    return f"such as {raw[:60]!r}" if raw else ""


def _part(title: str, rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    table = [tuple(" ".join(cell.split()) for cell in row) for row in rows]
    if not table:
        return
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    yield ""
    yield title
    for row in table:
        cells = (cell.rjust(width) if cell[:1].isdigit() else cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  " + "  ".join(cells)
