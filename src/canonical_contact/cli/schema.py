"""`schema`: the published contract on the command line; each command is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

import click

__all__ = ["command"]

# name → (module, what the list of commands says); the command is the attribute of that name
COMMANDS = {
    "show": ("_schema_show", "Show the versions, a document or a field."),
    "export": ("_schema_show", "Write the JSON Schema or the dictionary of a version."),
    "check": ("_schema_check", "Tell whether a change between two schemas breaks anyone."),
    "diff": ("_schema_check", "List what changed between two schemas."),
    "migrate": ("_schema_migrate", "Bring documents to another version."),
}


class _Group(click.Group):
    """A group whose commands are modules beside this one."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"canonical_contact.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(name="schema", cls=_Group)
def command() -> None:
    """Show, export and compare the versions of the published schema, and bring documents from one to another."""
