"""`consent overrides`: the house's changes of the rules that ship, shown or put on record."""

from __future__ import annotations

from datetime import datetime

import click

from canonical_contact.cli._options import MOMENT, as_json, existing_store, now, store_option
from canonical_contact.cli._output import note, plain, print_json
from canonical_contact.cli._reading import read_small

__all__ = ["overrides"]


@click.command(name="overrides")
@click.argument("file", required=False, metavar="[FILE]")
@store_option
@click.option("--end", is_flag=True, help="Put the rules that ship in force again.")
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="When it is done; default: now.")
@as_json
def overrides(*, file: str | None, store: str, end: bool, at: datetime | None, json_: bool) -> None:
    """Put the overrides of FILE (TOML) in force for a store and on record in its ledger; without FILE show those in force.

    Every question to the store is decided by them from then on, and each answer names them in its regime, such as
    can_spam/2026.1+acme-3. The form of the file is on docs/consent.md. Not legal advice.
    """
    from canonical_contact.store.rules import OVERRIDES, put_overrides

    if file is not None and end:
        raise click.UsageError("Give a file, or --end.")
    if file is None and not end:
        with existing_store(store) as opened:
            text = opened.setting(OVERRIDES) or ""
        if json_:
            print_json({"overrides": text})
        else:
            click.echo(text or "None: the rules that ship are in force.")
        return
    text = "" if file is None else read_small(file, "overrides", hint="Name a TOML file in UTF-8; see docs/consent.md.")
    with existing_store(store, writable=True) as opened:
        events = put_overrides(opened, text, at=at or now())
    if json_:
        print_json({"events": [plain(event) for event in events], "new": bool(events)})
    else:
        note(f"{len(events)} changes put on record" if events else "Nothing to do: this is in force already")
