"""`kpi`: the figures of a store, with what they count."""

from __future__ import annotations

from datetime import datetime

import click

from canonical_contact.cli._options import MOMENT, as_json, existing_store, now, regime, store_option
from canonical_contact.cli._output import plain, print_json, to_terminal
from canonical_contact.cli._progress import progress
from canonical_contact.kpi import DEFINITIONS, Kpi

__all__ = ["command"]


@click.command(name="kpi")
@store_option
@click.option("--as-of", type=MOMENT, default=None, metavar="TIME", help="The time that the figures hold for; default: now.")
@regime
@as_json
def command(store: str, as_of: datetime | None, regime: str, json_: bool) -> None:
    """Show verification, duplicates, consent and latency, each with what it counts and what it leaves out."""
    from canonical_contact.report import gather

    with existing_store(store) as opened, progress() as bar:
        bar.stage("measuring", None)
        kpis = gather(opened, as_of=as_of or now(), regime=regime).kpis
    if json_:
        print_json([plain(kpi) | {"definition": plain(DEFINITIONS[kpi.name])} for kpi in kpis])
    else:
        _show(kpis)


def _show(kpis: tuple[Kpi, ...]) -> None:
    from rich.table import Table

    from canonical_contact.report.words import CHANNELS, figure, interval

    table = Table(box=None, pad_edge=False, header_style="dim", title=None)
    for title in ("Figure", "For"):
        table.add_column(title)
    for title in ("Value", "95 % range", "Counted"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("Left out", overflow="fold")
    for kpi in kpis:
        left_out = ", ".join(f"{reason} {number:,}" for reason, number in kpi.excluded.items())
        scope = CHANNELS.get(kpi.scope, kpi.scope) if kpi.scope else ""
        counted = f"{kpi.numerator:,} of {kpi.denominator:,}"
        table.add_row(DEFINITIONS[kpi.name].title, scope, figure(kpi), interval(kpi), counted, left_out)
    to_terminal().print(table)
