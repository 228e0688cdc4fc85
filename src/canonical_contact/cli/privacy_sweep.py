"""`privacy sweep`: who is kept too long by the rules of the house, and what they say is to be done."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import click

from canonical_contact.cli._options import MOMENT, as_json, confirmed, existing_store, now, stored
from canonical_contact.cli._output import note, print_json, to_terminal
from canonical_contact.cli._privacy_key import key_option, read_key_file
from canonical_contact.cli._reading import read_small

if TYPE_CHECKING:
    from canonical_contact.privacy.retention import Due

__all__ = ["sweep"]


@click.command(name="sweep")
@stored
@click.option("--rules", required=True, metavar="FILE", help="The rules (TOML); docs/retention.md has some to begin with.")
@click.option(
    "--dry-run/--apply", default=True, show_default=True, help="List only, or do what the rules say. Erasing cannot be undone."
)
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="Who is due at a time; default: now. With --dry-run only.")
@click.option("--yes", is_flag=True, help="With --apply: do not ask; needed where nobody can be asked.")
@key_option
@as_json
def sweep(
    *, store: str, rules: str, dry_run: bool, at: datetime | None, yes: bool, key_file: str | None, json_: bool
) -> None:  # fmt: skip
    """List who is due by the rules of retention, what is held back and why; with --apply erase, archive and drop what is due.

    The rules are yours; those that ship as examples are engineering defaults and not legal advice.
    """
    from canonical_contact.engine.retention import sweep_retention
    from canonical_contact.privacy.retention import parse_rules

    if at is not None and not dry_run:
        raise click.UsageError("What is done is done now; use --at with --dry-run only.")
    asked = not dry_run and not yes
    if asked and not sys.stdin.isatty():
        raise click.UsageError("What the rules erase cannot be had back and nobody can be asked here; add --yes.")
    read = parse_rules(read_small(rules, "rules", hint="Name a TOML file in UTF-8; see docs/retention.md."), source=rules)
    key = read_key_file(key_file)
    moment = at or now()
    with existing_store(store, writable=not dry_run) as opened:
        if asked and (told := _acts(sweep_retention(opened, read, at=moment).due)):
            confirmed(f"Do what the rules say ({told}) for good?")
        done = sweep_retention(opened, read, at=moment, dry_run=dry_run, key=key)
    if json_:
        print_json(done)
        return
    _print("Due" if dry_run else "Done", done.due)
    _print("Held back", done.held)
    _print("For a person to decide", done.review)
    acts = _acts(done.due) or "nobody"
    held, review = _people(done.held), _people(done.review)
    note(
        f"looked at {done.contacts:,} contacts: {'due' if dry_run else 'done'}: {acts}; {held:,} held back, {review:,} to decide"
    )
    if not dry_run:
        note(f"erased {done.erased:,} people, archived {done.archived:,}, dropped {done.dropped:,} activities")
    elif done.due:
        note("nothing was changed; do it with --apply")


def _people(entries: Iterable[Due]) -> int:
    return len({one.contact_id for one in entries})


def _acts(entries: Iterable[Due]) -> str:
    """Say for each act how many people it is about."""
    from canonical_contact.privacy.retention import RetentionAction

    held = list(entries)
    counts = {act: _people(one for one in held if one.then is act) for act in RetentionAction}
    return ", ".join(
        f"{act.replace('_', ' ')} {count:,} {'person' if count == 1 else 'people'}" for act, count in counts.items() if count
    )


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
