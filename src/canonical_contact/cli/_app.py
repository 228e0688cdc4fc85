"""The program: its commands, and one line and an exit code for every error."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click

from canonical_contact.cli._exit import MEANINGS, Exit, exit_of
from canonical_contact.cli._group import LazyGroup
from canonical_contact.errors import ContactError, InputError

__all__ = ["app", "run"]

# name → (module, what the list of commands says)
COMMANDS = {
    "unify": ("unify", "Turn exports into golden contacts in a store."),
    "may-contact": ("may_contact", "Ask for every contact whether they may be contacted."),
    "consent": ("consent", "Show, record, check, export and import consent."),
    "privacy": ("privacy", "Answer a person's rights: export, correct, erase; keep no longer than needed."),
    "legacy": ("legacy", "Sort old contacts, ask again, suppress who does not answer."),
    "dedupe": ("dedupe", "Find the duplicates in any table of people or organisations."),
    "link": ("link", "Find the rows of two tables that are the same."),
    "review": ("review", "Answer what the matcher leaves to people, and teach it."),
    "explain": ("explain", "Say why two records are, or are not, one person."),
    "evaluate": ("evaluate", "Measure how right the matching is, by the truth or by a round of labelling."),
    "merge": ("merge", "Make contacts one that are one person; a plan first."),
    "unmerge": ("unmerge", "Take a contact apart that is several people; a plan first."),
    "judge": ("judge", "Say of two records whether they are one person, or take that back."),
    "pin": ("pin", "Choose a value of a contact that stands before any policy."),
    "normalize": ("normalize", "Write a file's values in canonical form."),
    "show": ("show", "Show a contact with its sources, values and consent."),
    "export": ("export", "Write golden contacts in any format, or a mailing list of those who may be contacted."),
    "convert": ("convert", "Bring contacts from one format to another, and say what got lost."),
    "map": ("map", "Propose a mapping for a file that no preset knows."),
    "kpi": ("kpi", "Show the figures, with what they count."),
    "report": ("report", "Write the health report of a store."),
    "renormalize": ("renormalize", "Normalise a store's records again by the rules of today."),
    "schema": ("schema", "Show, export, compare and migrate the versions of the schema."),
}


class _Group(LazyGroup):
    table = COMMANDS

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(int(code)), text) for code, text in MEANINGS.items()])


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="canonical-contact", prog_name="canonical-contact")
def app() -> None:
    """One truth for contacts kept in many systems.

    Reads exports, joins what speaks of one person, keeps every consent and every source, and answers whom you may contact.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and answer every error with one line and an exit code.

    Args:
        arguments: what follows the program's name; without it those of the process.

    Returns:
        the exit code.
    """
    for stream in (sys.stdout, sys.stderr):  # names of all scripts must not stop a command on a terminal that lacks them
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        if "_CANONICAL_CONTACT_COMPLETE" in os.environ:  # a shell asks for completions
            app.main(args=arguments, prog_name="canonical-contact")
        # Not app.main: it would answer a closed pipe and an interrupt by itself, with codes that mean something else here.
        with app.make_context("canonical-contact", list(sys.argv[1:] if arguments is None else arguments)) as context:
            code = app.invoke(context)
            sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        _usage(error)
        return Exit.USAGE
    except (ContactError, OSError, KeyboardInterrupt, click.Abort) as error:
        return _fail(error)
    except Exception:  # noqa: BLE001  the last line of defence: say that it is ours, and keep code 1 for its meaning
        traceback.print_exc()
        click.echo("error: This is a fault of canonical-contact, not yours. Please report it with the lines above.", err=True)
        return Exit.FAULT
    return int(code or 0)


def _usage(error: click.ClickException) -> None:
    context = getattr(error, "ctx", None)
    said = error.format_message()
    if said.startswith("Usage:"):  # the program was called without a command: its help
        error.show()
        return
    click.echo(f"error: {' '.join(said.split())} See {context.command_path if context else 'canonical-contact'} --help", err=True)


def _fail(error: BaseException) -> Exit:
    if isinstance(error, OSError) and (unread := _unread(error)):
        error = unread
    code = Exit.INTERRUPTED if isinstance(error, click.Abort) else exit_of(error)
    if code is Exit.PIPE:
        # The interpreter flushes on its way out and would complain; give it somewhere to write to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    elif code is Exit.INTERRUPTED:
        click.echo("stopped", err=True)
    elif isinstance(error, ContactError):
        for problem in getattr(error, "problems", ()):
            click.echo(f"not read: {problem.file}: {' '.join(problem.hint.split())}", err=True)
        click.echo(f"error: {' '.join(str(error).split())}", err=True)
    elif isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        remedy = ". Name another place, or allow writing there." if isinstance(error, PermissionError) else ""
        click.echo(f"error: {place}{error.strerror or error}{remedy}", err=True)
    return code


def _unread(error: OSError) -> InputError | None:
    """Tell whether a file could not be read, where the system says no more than that a path cannot be used."""
    path = error.filename
    if isinstance(error, IsADirectoryError):
        return InputError(f"{path} is a folder and cannot be read.", path=str(path), hint="Name a file in it.")
    if isinstance(error, PermissionError) and path and os.access(path, os.F_OK) and not os.access(path, os.R_OK):
        return InputError(f"{path} cannot be read.", path=str(path), hint="Allow reading it, or name another file.")
    return None
