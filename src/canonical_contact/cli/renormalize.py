"""`renormalize`: the records of a store once more, by the rules of today."""

from __future__ import annotations

import os
from datetime import datetime

import click

from canonical_contact.cli._options import MOMENT, as_json, existing_store, now, profile_option, read_profile, switches
from canonical_contact.cli._output import note, plain, print_json
from canonical_contact.cli._progress import progress

__all__ = ["command"]


@click.command(name="renormalize")
@click.option("--store", required=True, metavar="FILE", help="The store: one SQLite file.")
@profile_option
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--workers", type=click.IntRange(1), default=None, metavar="N", help="Processes to work with; default: all cores.")
@click.option("--wait", type=click.FloatRange(0), default=60.0, show_default=True, help="Seconds to wait for another run.")
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="The time of the run (ISO 8601); default: now.")
@as_json
def command(
    *, store: str, profile: str | None, dry_run: bool, workers: int | None, wait: float, at: datetime | None, json_: bool
) -> None:
    """Normalise again what older rules have made, from what the store keeps; no file is read.

    Consent stays as it is. A record whose new form would free somebody of a block is left alone, and so is one that needs its file;
    both are counted.
    """
    rules = read_profile(profile)
    switches()
    from canonical_contact.engine.renormalize import REASONS, renormalize

    with existing_store(store, writable=True) as opened, progress() as bar:
        result = renormalize(
            opened,
            profile=rules,
            now=at or now(),
            workers=workers or os.cpu_count() or 1,
            wait=wait,
            dry_run=dry_run,
            progress=bar,
        )
    if json_:
        print_json(plain(result))
        return
    would = "would be changed" if dry_run else "changed"
    note(f"{result.looked_at:,} records, {result.stale:,} of other rules; {result.records.changed:,} {would}")
    note(f"contacts: {result.contacts.new:,} new, {result.contacts.changed:,} {would}")
    for rule, count in result.rules.items():
        note(f"  {rule}: {count:,} values")
    for reason, count in result.kept.items():
        note(f"{count:,} records stay as they are. {REASONS[reason]}")
