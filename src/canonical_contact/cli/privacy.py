"""`privacy`: the rights of a person on the command line; each command is imported when it is asked for."""

from __future__ import annotations

import click

from canonical_contact.cli._group import LazyGroup

__all__ = ["command"]

# name → (module:attribute, what the list of commands says)
COMMANDS = {
    "erase": ("_privacy_erase:erase", "Erase a person for good; imports leave them out from then on."),
    "rectify": ("_privacy_rectify:rectify", "Put right what is wrong about a person, against all later imports."),
    "export": ("privacy_export:export", "Export everything that is held about a person, as JSON and as a page."),
    "sweep": ("privacy_sweep:sweep", "List who is kept too long by your rules, or do what the rules say."),
}


class _Group(LazyGroup):
    table = COMMANDS


@click.group(name="privacy", cls=_Group)
def command() -> None:
    """Answer a person's rights: what is held, what is wrong, what must go, and what is kept too long."""
