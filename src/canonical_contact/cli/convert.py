"""`convert`: contacts from one format to another, as they are, one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import click
from attrs import evolve

from canonical_contact.cli._exchange import chosen, csv_options, format_name, report, write
from canonical_contact.cli._options import as_json
from canonical_contact.cli._output import check_writable, tell_problems
from canonical_contact.cli._progress import Bar, progress
from canonical_contact.errors import InputError, Problem
from canonical_contact.formats.exchange import FORMATS, read_contacts
from canonical_contact.model import Contact

__all__ = ["command"]

_READ = tuple(name for name, one in FORMATS.items() if one.reads)
_KEPT = 5  # so many problems of one kind are kept


@click.command(name="convert")
@click.argument("source", metavar="IN")
@click.argument("output", metavar="OUT")
@click.option("--from", "from_", type=click.Choice(_READ), default=None, help="The format of IN, where the ending does not tell.")
@click.option("--to", type=click.Choice(tuple(FORMATS)), default=None, help="The format of OUT, where the ending does not tell.")
@click.option("--losses", "kept", metavar="FILE", help="Where to write what the format could not carry (JSON, with the values).")
@csv_options
@as_json
def command(
    *,
    source: str,
    output: str,
    from_: str | None,
    to: str | None,
    kept: str | None,
    version: str | None,
    phones: str | None,
    encoding: str | None,
    style: str | None,
    status: str | None,
    json_: bool,
) -> None:
    """Write the contacts of IN to OUT in another format; nothing is normalised, joined or stored.

    What OUT cannot carry is told. To read a system's export, with all that is wrong in it, use unify or normalize.
    """
    if output == "-":
        raise click.UsageError("Name a file to write to.")
    if not from_ and source.casefold().endswith((".csv", ".tsv")):
        raise click.UsageError(f"{source} is a table; unify and normalize read it. Is it something else, say what with --from.")
    name, given = format_name(to or "", output, option="--to"), format_name(from_ or "", source, option="--from", names=_READ)
    if not FORMATS[given].reads:
        raise click.UsageError(f"{given} is only written here; read such a file with unify or normalize.")
    options = chosen(name, version=version, phones=phones, encoding=encoding, style=style, status=status)
    if name == "mailchimp" and not status:
        raise click.UsageError("Mailchimp's import asks for the status of the whole file; give --status.")
    check_writable(output, kept, read=(source,))
    problems: list[Problem] = []
    counts: Counter[str] = Counter()

    def tell(problem: Problem) -> None:
        counts[problem.code] += 1
        if counts[problem.code] <= _KEPT:
            problems.append(evolve(problem, file=problem.file or source))

    try:
        with progress(output=output) as bar:
            losses = write(_followed(read_contacts(source, format=given, tell=tell), source, bar), output, name, **options)
    except OSError as error:
        if error.filename != source:
            raise
        raise InputError(f"{source}: {error.strerror}.", path=source, hint="Name a file of contacts.") from None
    finally:
        tell_problems(problems, counts)
    report(losses, output, kept=kept, json_=json_, more={"problems": dict(sorted(counts.items()))})


def _followed(contacts: Iterator[Contact], source: str, bar: Bar) -> Iterator[Contact]:
    """Pass contacts on; where there is none the output must stay what it was."""
    bar.stage("converting", None)
    contact = None
    for contact in contacts:
        bar.advance(1)
        yield contact
    if contact is None:
        hint = "Name a file of contacts, and its format with --from."
        raise InputError(f"{source} holds no contact that can be read.", path=source, hint=hint)
