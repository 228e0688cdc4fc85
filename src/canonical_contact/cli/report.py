"""`report`: the health report of a store, without a run."""

from __future__ import annotations

from datetime import datetime

import click

from canonical_contact.cli._options import MOMENT, as_json, existing_store, now, regime, store_option
from canonical_contact.cli._output import check_writable, note, print_json, writing
from canonical_contact.cli._progress import progress

__all__ = ["command"]


@click.command(name="report")
@store_option
@click.option("-o", "--output", metavar="FILE", help="Where to write: .html, or .txt; default: text to standard output.")
@click.option("--as-of", type=MOMENT, default=None, metavar="TIME", help="The time that it holds for; default: now.")
@regime
@as_json
def command(store: str, output: str | None, as_of: datetime | None, regime: str, json_: bool) -> None:
    """Write what the store holds and how healthy it is, as one HTML page or as text."""
    from canonical_contact.report import gather, require, to_html, to_text

    check_writable(output, store=store)
    page = output is not None and output.lower().endswith((".html", ".htm"))
    if page:
        require()
    with existing_store(store) as opened, progress() as bar:
        bar.stage("gathering", None)
        gathered = gather(opened, as_of=as_of or now(), regime=regime)
    if output is not None or not json_:
        with writing(output) as stream:
            stream.write(to_html(gathered) if page else to_text(gathered))
    if json_:
        print_json(gathered)
    elif output not in (None, "-"):
        note(f"report written to {output}")
