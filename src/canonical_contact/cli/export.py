"""`export`: golden contacts as CSV for people, as JSON Lines for programs."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

import click
from attrs import evolve

from canonical_contact.cli._columns import CONTACT, row_of_contact
from canonical_contact.cli._options import as_json, existing_store, store_option
from canonical_contact.cli._output import check_writable, note, print_json, write_csv, writing
from canonical_contact.cli._progress import Bar, progress
from canonical_contact.model import Contact
from canonical_contact.ports import ContactStore

__all__ = ["command"]


@click.command(name="export")
@store_option
@click.option(
    "-o", "--output", required=True, metavar="FILE", help="Where to write: .csv, or .jsonl for whole documents; - for CSV."
)
@as_json
def command(store: str, output: str, json_: bool) -> None:
    """Write golden contacts: .csv has one flat row each, .jsonl the whole document on a line each.

    In CSV a cell that a spreadsheet would run as a formula gets an apostrophe before it, phone numbers too since they begin
    with a plus; docs/cli.md says how to take it away again. Several values in one cell are joined by a semicolon.
    """
    ending = Path(output).suffix.lower()
    if output == "-" and json_:
        raise click.UsageError("With --json standard output is taken; name a file instead of -.")
    if output != "-" and ending not in (".csv", ".jsonl", ".ndjson"):
        raise click.UsageError(f"{output} ends in neither .csv nor .jsonl.")
    check_writable(output, store=store)
    with existing_store(store) as opened, progress(output=output) as bar, closing(_contacts(opened, bar)) as contacts:
        if output == "-" or ending == ".csv":
            number = write_csv(output, CONTACT, map(row_of_contact, contacts))
        else:
            number = _lines(output, contacts)
    if json_:
        print_json({"contacts": number, "output": output})
    else:
        note(f"{number:,} contacts written to {output}")


def _contacts(store: ContactStore, bar: Bar) -> Generator[Contact, None, None]:
    from canonical_contact.schema import from_json

    bar.stage("writing", None)
    for row in store.contacts():
        bar.advance(1)
        yield evolve(from_json(Contact, row.document), revision=row.revision)


def _lines(output: str, contacts: Iterator[Contact]) -> int:
    from canonical_contact.schema import to_json

    number = 0
    with writing(output) as stream:
        for contact in contacts:
            stream.write(to_json(contact) + "\n")
            number += 1
    return number
