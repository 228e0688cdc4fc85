"""`schema`: the published contract on the command line; each command is imported when it is asked for."""

from __future__ import annotations

import click

from canonical_contact.cli._group import LazyGroup

__all__ = ["command"]

# name → (module:attribute, what the list of commands says)
COMMANDS = {
    "show": ("_schema_show:show", "Show the versions, a document or a field."),
    "export": ("_schema_show:export", "Write the JSON Schema or the dictionary of a version."),
    "check": ("_schema_check:check", "Tell whether a change between two schemas breaks anyone."),
    "diff": ("_schema_check:diff", "List what changed between two schemas."),
    "migrate": ("_schema_migrate:migrate", "Bring documents to another version."),
}


class _Group(LazyGroup):
    table = COMMANDS


@click.group(name="schema", cls=_Group)
def command() -> None:
    """Show, export and compare the versions of the published schema, and bring documents from one to another."""
