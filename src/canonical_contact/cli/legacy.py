"""`legacy`: the programme for old contacts on the command line; each command is imported when it is asked for."""

from __future__ import annotations

import click

from canonical_contact.cli._group import LazyGroup

__all__ = ["command"]

# name → (module:attribute, what the list of commands says)
COMMANDS = {
    "plan": ("_legacy_plan:plan", "Sort all contacts into keep, re_permission, suppress and archive; writes nothing."),
    "start": ("_legacy_campaign:start", "Ask those of the plan: record the requests and write the list to send to."),
    "outcome": ("_legacy_campaign:outcome", "Count what the people of a campaign answered."),
    "close": ("_legacy_campaign:close", "Suppress at the deadline who did not answer."),
}


class _Group(LazyGroup):
    table = COMMANDS


@click.group(name="legacy", cls=_Group)
def command() -> None:
    """Old contacts: whom to keep, to ask again, to suppress and to archive; a campaign, its outcome and its end."""
