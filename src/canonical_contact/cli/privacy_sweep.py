"""`privacy sweep`: who is kept too long by the rules of the house, and what they say is to be done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from canonical_contact.cli._options import MOMENT, as_json, existing_store, now, stored
from canonical_contact.cli._output import note, print_json, to_terminal
from canonical_contact.cli._privacy_key import key_option, read_key_file
from canonical_contact.errors import ConfigError

if TYPE_CHECKING:
    from canonical_contact.privacy.retention import Due, RetentionRules

__all__ = ["sweep"]


@click.command(name="sweep")
@stored
@click.option("--rules", required=True, metavar="FILE", help="The rules (TOML); docs/retention.md has some to begin with.")
@click.option(
    "--dry-run/--apply", default=True, show_default=True, help="List only, or do what the rules say. Erasing cannot be undone."
)
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="Who is due at a time; default: now. With --dry-run only.")
@key_option
@as_json
def sweep(*, store: str, rules: str, dry_run: bool, at: datetime | None, key_file: str | None, json_: bool) -> None:
    """List who is due by the rules of retention, what is held back and why; with --apply erase, archive and drop what is due.

    The rules are yours; those that ship as examples are engineering defaults and not legal advice.
    """
    from canonical_contact.engine.retention import sweep_retention

    if at is not None and not dry_run:
        raise click.UsageError("What is done is done now; use --at with --dry-run only.")
    read = _read(rules)
    key = read_key_file(key_file)
    with existing_store(store, writable=not dry_run) as opened:
        done = sweep_retention(opened, read, at=at or now(), dry_run=dry_run, key=key)
    if json_:
        print_json(done)
        return
    _print("Due" if dry_run else "Done", done.due)
    _print("Held back", done.held)
    _print("For a person to decide", done.review)
    note(f"looked at {done.contacts:,} contacts: {len(done.due):,} {'due' if dry_run else 'done'}, {len(done.held):,} held back, "
         f"{len(done.review):,} to decide")  # fmt: skip
    if not dry_run:
        note(f"erased {done.erased:,} people, archived {done.archived:,}, dropped {done.dropped:,} activities")
    elif done.due:
        note("nothing was changed; do it with --apply")


def _read(path: str) -> RetentionRules:
    """Read the rules.

    Raises:
        ConfigError: the file cannot be read or is faulty.
    """
    from canonical_contact.privacy.retention import parse_rules

    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"The rules {path} cannot be read.", path=path, hint="Name a TOML file in UTF-8.") from None
    return parse_rules(text, source=path)


def _print(title: str, entries: Iterable[Due]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("contact", "rule", "then", "over since", "held by", "why", title=title, title_justify="left")
    for one in entries:
        over = "" if one.until is None else one.until.date().isoformat()
        held = ", ".join(one.held) + (f" until {one.held_until.date().isoformat()}" if one.held_until else "")
        table.add_row(*map(Text, (one.contact_id, one.rule, one.then.replace("_", " "), over, held, one.reason)))
    if table.row_count:
        to_terminal().print(table)
