"""`convert`: contacts from one format to another, as they are, one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import click

from canonical_contact.cli._exchange import chosen, csv_options, format_name, report, write
from canonical_contact.cli._exit import Exit
from canonical_contact.cli._options import as_json
from canonical_contact.cli._output import check_writable, note, tell_problems
from canonical_contact.cli._progress import Bar, progress
from canonical_contact.errors import Problem
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
) -> int:
    """Write the contacts of IN to OUT in another format; nothing is normalised, joined or stored.

    What OUT cannot carry is told. To read a system's export, with all that is wrong in it, use unify or normalize.
    """
    if output == "-":
        raise click.UsageError("Name a file to write to.")
    name, given = format_name(to or "", output), format_name(from_ or "", source)
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
            problems.append(problem)

    try:
        with progress(output=output) as bar:
            losses = write(_followed(read_contacts(source, format=given, tell=tell), bar), output, name, **options)
    except FileNotFoundError as error:
        if error.filename != source:
            raise
        note(f"error: {source}: There is no such file.")
        return Exit.NOTHING_READ
    tell_problems(problems, counts)
    report(losses, output, kept=kept, json_=json_, more={"problems": dict(sorted(counts.items()))})
    return Exit.DONE if losses.contacts or not counts else Exit.NOTHING_READ


def _followed(contacts: Iterator[Contact], bar: Bar) -> Iterator[Contact]:
    bar.stage("converting", None)
    for contact in contacts:
        bar.advance(1)
        yield contact
