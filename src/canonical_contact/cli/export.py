"""`export`: golden contacts in the formats of the world, and mailing lists of those who may be contacted."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import evolve

from canonical_contact.cli._columns import CONTACT, row_of_contact
from canonical_contact.cli._exchange import chosen, csv_options, format_name, report, write
from canonical_contact.cli._options import CHANNELS, MOMENT, as_json, existing_store, now, regime, store_option
from canonical_contact.cli._output import check_writable, write_csv
from canonical_contact.cli._progress import Bar, progress
from canonical_contact.formats import LossReport, MailingList
from canonical_contact.formats.exchange import FORMATS
from canonical_contact.model import Contact, Permission
from canonical_contact.ports import ContactStore
from canonical_contact.store.rules import rules_of

if TYPE_CHECKING:
    from canonical_contact.consent.regimes import Regime, Regimes

__all__ = ["command"]

_FLAT = "csv"  # one row for people, with columns of our own
Allow = Callable[[Contact, str], Permission]


@click.command(name="export")
@store_option
@click.option(
    "-o", "--output", required=True, metavar="FILE", help="Where to write; its ending tells the format. - for flat CSV."
)
@click.option(
    "--format", "format_", type=click.Choice((_FLAT, *FORMATS)), default=None, help="The format, where the ending does not tell."
)
@click.option("--losses", "kept", metavar="FILE", help="Where to write what the format could not carry (JSON, with the values).")
@click.option("--mailing-list", is_flag=True, help="Only those who may be contacted, and only the endpoints that may be used.")
@click.option("--channel", type=click.Choice(CHANNELS), default=None, help="Of the mailing list.")
@click.option("--purpose", metavar="NAME", default=None, help="Of the mailing list, such as marketing.")
@regime
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="The time that is asked about; default: now.")
@csv_options
@as_json
def command(
    *,
    store: str,
    output: str,
    format_: str | None,
    kept: str | None,
    mailing_list: bool,
    channel: str | None,
    purpose: str | None,
    regime: str,
    at: datetime | None,
    version: str | None,
    phones: str | None,
    encoding: str | None,
    style: str | None,
    status: str | None,
    json_: bool,
) -> None:
    """Write golden contacts: as the CSV file that another system imports, as vCard, jCard, JSContact, JSON Lines or Parquet.

    A name that ends in .csv gives one flat row for each contact unless --format names a system. What a format cannot carry is told.
    No cell of a CSV file is a formula; docs/csv.md says how phone numbers are written. With --mailing-list a file holds only those
    whom the rules let you contact.
    """
    if output == "-" and json_:
        raise click.UsageError("With --json standard output is taken; name a file instead of -.")
    name = format_ or (_FLAT if output == "-" or Path(output).suffix.lower() == ".csv" else format_name("", output))
    given = {"version": version, "phones": phones, "encoding": encoding, "style": style, "status": status}
    options = chosen(name, **given) if name != _FLAT else _none(given)
    _check_list(name, channel, purpose, mailing_list=mailing_list)
    folder = name == "mailchimp" and Path(output).is_dir()
    check_writable(None if folder else output, kept, store=store)
    if name == "mailchimp" and not (folder or status or mailing_list):
        raise click.UsageError("Mailchimp's import asks for the status of the whole file: name a folder, or give --status.")
    moment = at or now()
    with existing_store(store) as opened, progress(output=output) as bar, closing(_contacts(opened, bar)) as contacts:
        allow = _allow(channel or "", purpose or "", rules_of(opened, regime), moment) if mailing_list else None
        if name == _FLAT:
            losses = _flat(output, contacts, allow, channel or "")
        else:
            if FORMATS[name].module == "_csv_write":
                options["at"] = moment
                if allow is not None:
                    options |= {"allow": allow, "channel": channel}
            losses = write(contacts, output, name, **options)
    report(losses, output, kept=kept, json_=json_)


def _none(given: dict[str, str | None]) -> dict[str, object]:
    if wrong := next((key for key, value in given.items() if value is not None), None):
        raise click.UsageError(f"Flat CSV has no option --{wrong}; name a system with --format.")
    return {}


def _check_list(name: str, channel: str | None, purpose: str | None, *, mailing_list: bool) -> None:
    if not mailing_list:
        if channel or purpose:
            raise click.UsageError("--channel and --purpose belong to --mailing-list.")
        return
    if not (channel and purpose):
        raise click.UsageError("A mailing list needs --channel and --purpose.")
    if name != _FLAT and FORMATS[name].module != "_csv_write":
        raise click.UsageError(f"A mailing list is a CSV file; {name} holds whole contacts.")


def _allow(channel: str, purpose: str, regime: Regime | Regimes, at: datetime) -> Allow:
    from canonical_contact.consent import may_contact

    def allow(contact: Contact, endpoint: str) -> Permission:
        return may_contact(contact, channel, purpose, at=at, regime=regime, endpoint=endpoint or None)

    return allow


def _flat(output: str, contacts: Iterator[Contact], allow: Allow | None, channel: str) -> LossReport:
    losses = LossReport(_FLAT)
    if allow is not None:
        contacts = MailingList(allow, channel).of(contacts, losses)
    losses.contacts = write_csv(output, CONTACT, map(row_of_contact, contacts))
    return losses


def _contacts(store: ContactStore, bar: Bar) -> Generator[Contact, None, None]:
    from canonical_contact.schema import from_json

    bar.stage("writing", None)
    for row in store.contacts():
        bar.advance(1)
        yield evolve(from_json(Contact, row.document), revision=row.revision)
