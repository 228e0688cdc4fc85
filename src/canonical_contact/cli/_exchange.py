"""What `export` and `convert` share: the choice of a format, and what was not carried."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from canonical_contact.cli._output import note, plain, print_json, writing, writing_bytes
from canonical_contact.formats import LossReport
from canonical_contact.formats.exchange import FORMATS, format_of, write_contacts
from canonical_contact.model import Contact

__all__ = ["chosen", "csv_options", "format_name", "report", "write"]

F = TypeVar("F", bound=Callable[..., Any])

_CSV_MODULE = "_csv_write"
_STATUSES = ("subscribed", "unsubscribed", "cleaned", "nonsubscribed")
_SHOWN = 5  # so many kinds of losses stand in the line for a person


def csv_options(function: F) -> F:
    """Add the options of the CSV formats."""
    for option in (
        click.option(
            "--version", default=None, metavar="X.Y", help="The schema version of .jsonl and .parquet; default: the present one."
        ),
        click.option(
            "--phones", type=click.Choice(("brackets", "zeros")), default=None, help="CSV of a system: (+49) 30… or 004930…"
        ),
        click.option(
            "--encoding", type=click.Choice(("utf-8", "utf-8-sig", "cp1252")), default=None, help="CSV of a system: its encoding."
        ),
        click.option(
            "--style", type=click.Choice(("classic", "new")), default=None, help="outlook: the header, of which Outlook."
        ),
        click.option(
            "--status", type=click.Choice(_STATUSES), default=None, help="mailchimp: which of its files; a folder gets all."
        ),
    ):
        function = option(function)
    return function


def format_name(name: str, path: str, *, option: str = "--format", names: Iterable[str] = FORMATS) -> str:
    """Find the format by its name or by the ending of a file.

    Args:
        name: what the user said; empty: the ending tells.
        path: the file.
        option: how the user can say it.
        names: what can be said.

    Raises:
        click.UsageError: neither names one.
    """
    if name:
        return name
    try:
        return format_of(path)
    except ValueError:
        raise click.UsageError(f"The ending of {path} names no format; say which with {option}: {', '.join(names)}.") from None


def chosen(name: str, **given: str | None) -> dict[str, Any]:
    """Collect the options that a format was given; one that it does not have is wrong usage."""
    options = {key: value for key, value in given.items() if value is not None}
    module = FORMATS[name].module
    known = (
        ("status", "style", "encoding", "phones")
        if module == _CSV_MODULE
        else ("version",)
        if module in ("_jsonl", "_parquet")
        else ()
    )
    for key in options:
        if key not in known or (key == "status" and name != "mailchimp") or (key == "style" and name != "outlook"):
            raise click.UsageError(f"The format {name} has no option --{key}.")
    return options


def write(contacts: Iterable[Contact], output: str, name: str, **options: Any) -> LossReport:  # noqa: ANN401
    """Write contacts; a file appears whole or not at all. A folder is for a format with several files."""
    if output != "-" and Path(output).is_dir():
        return write_contacts(contacts, output, format=name, **options)
    with writing_bytes(output) as stream:
        return write_contacts(contacts, stream, format=name, **options)


def report(losses: LossReport, output: str, *, kept: str | None, json_: bool, more: dict[str, object] | None = None) -> None:
    """Say how many contacts were written, who was left out and what was not carried.

    Args:
        losses: of the writing.
        output: where they were written.
        kept: a file for the losses with their values.
        json_: write one JSON document to standard output.
        more: further entries of that document.
    """
    if kept:
        import json

        with writing(kept) as stream:
            stream.write(json.dumps(plain(losses.to_dict(values=True)), ensure_ascii=False, indent=2) + "\n")
    if json_:
        print_json({**losses.to_dict(), "output": output, **(more or {})})
        return
    said = [f"{losses.contacts:,} contacts written to {output}"]
    if losses.left_out:
        said.append("left out: " + ", ".join(f"{reason} {count:,}" for reason, count in losses.left_out.most_common()))
    kinds = [f"{path} {count:,} ({code.removeprefix('loss.')})" for (path, code), count in losses.counts.items()]
    if kinds:
        rest = f" and {len(kinds) - _SHOWN} more kinds" if len(kinds) > _SHOWN else ""
        hint = "" if kept else "; --losses FILE lists them"
        said.append("not carried: " + ", ".join(kinds[:_SHOWN]) + rest + hint)
    note("; ".join(said))
