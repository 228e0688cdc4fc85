"""`show`: one contact with its sources, winning and losing values, and consent with its reasons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import click
from attrs import evolve

from canonical_contact.cli._options import MOMENT, as_json, existing_store, now, regime, region_option, store_option
from canonical_contact.cli._output import plain, print_json, to_terminal
from canonical_contact.errors import NotFoundError
from canonical_contact.kpi import reaches
from canonical_contact.model import (
    Channel,
    Contact,
    ContactKind,
    EmailStatus,
    NpsAnswer,
    Owner,
    OwnerRole,
    Permission,
    Revenue,
)
from canonical_contact.ports import ContactRow, ContactStore
from canonical_contact.store.rules import rules_of
from canonical_contact.store.view import was_erased

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["command", "find_contacts", "nobody"]

CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.VOICE_LIVE, Channel.VOICE_AUTOMATED, Channel.POST)


@click.command(name="show")
@click.argument("who", metavar="CONTACT_ID|EMAIL|PHONE")
@store_option
@region_option
@click.option("--purpose", default="marketing", show_default=True, metavar="NAME", help="The purpose that consent is shown for.")
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="The time that consent is shown for; default: now.")
@regime
@as_json
def command(*, who: str, store: str, region: str, purpose: str, at: datetime | None, regime: str, json_: bool) -> None:
    """Show what is known of one person: by contact id (also a retired one), e-mail address or phone number."""
    from canonical_contact.consent import may_contact
    from canonical_contact.schema import from_json

    moment = at or now()
    with existing_store(store) as opened:
        rows = find_contacts(opened, who, region)
        contacts = [evolve(from_json(Contact, row.document), revision=row.revision) for row in rows]
        rules = rules_of(opened, regime)
    if not contacts:
        raise nobody()
    told = [
        (contact, {channel: may_contact(contact, channel, purpose, at=moment, regime=rules) for channel in CHANNELS})
        for contact in contacts
    ]
    if json_:
        print_json([{"contact": plain(contact), "may_contact": plain(answers)} for contact, answers in told])
        return
    console = to_terminal()
    for place, (contact, answers) in enumerate(told):
        if place:
            console.rule(style="dim")
        _show(console, contact, answers, purpose)


def nobody(path: str = "who") -> NotFoundError:
    """Make the error that every command has for an id, address or number that no contact has."""
    return NotFoundError(
        "No contact has that id, address or number.",
        path=path,
        hint="Give the id from links.csv, a whole address, or a number with its country code.",
    )


def find_contacts(store: ContactStore, who: str, region: str) -> list[ContactRow]:
    """Find the contacts that an id, an address or a number names.

    Args:
        store: where the contacts live.
        who: the text.
        region: ISO 3166-1 alpha-2 of a national number.

    Raises:
        ErasedError: the contact of that id was erased.
    """
    text = who.strip()
    try:
        UUID(text)
    except ValueError:
        pass
    else:
        row = store.contact(text.lower())
        if row is None and (erased := was_erased(store, text.lower())):
            raise erased
        return [] if row is None else [row]
    found: dict[str, ContactRow] = {}
    for kind, key in _keys(text, region):
        found |= {row.contact_id: row for row in store.find(kind, key)}
    return [found[contact_id] for contact_id in sorted(found)]


def _keys(text: str, region: str) -> Iterator[tuple[str, str]]:
    from canonical_contact import normalize

    if "@" in text:
        email = normalize.email(text)
        yield from (("email", key) for key in email.keys)
        if email.value is not None:
            yield "email", email.value.key or email.value.address
    else:
        phone = normalize.phone(text, region=region)
        if phone.value is not None:
            yield "phone", phone.value.number


def _show(console: Console, contact: Contact, answers: dict[Channel, Permission], purpose: str) -> None:
    from rich.text import Text

    name = contact.name.display if contact.name else "(no name)"
    console.print(Text(name, style="bold"))
    console.print(Text(f"{contact.contact_id}  revision {contact.revision}", style="dim"))
    if contact.aliases:
        console.print(Text(f"formerly {', '.join(contact.aliases)}", style="dim"))
    for title, table in (
        ("", _facts(contact)),
        (f"May we contact them for {purpose}?", _consent(contact, answers)),
        ("Sources", _sources(contact)),
        ("Values, and why each won or lost", _claims(contact)),
    ):
        if table.row_count:
            console.print()
            if title:
                console.print(Text(title, style="bold"))
            console.print(table)


def _grid(*titles: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim", show_header=bool(titles))
    for title in titles:
        table.add_column(title, overflow="fold")
    return table


def _add(table: Table, *cells: str, style: str = "") -> None:
    from rich.text import Text

    table.add_row(*(Text(" ".join(cell.split())) for cell in cells), style=style)  # Text: data is never read as markup


def _facts(contact: Contact) -> Table:
    from canonical_contact.report.words import CHANNELS as CHANNEL_NAMES

    table = _grid()
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for email in contact.emails:
        words = email.contexts if email.status is EmailStatus.UNKNOWN else (*email.contexts, email.status)
        _add(table, "e-mail", " ".join((email.address, *_notes(words, email.label, email.verification.status))))
    for phone in contact.phones:
        extension = f" ext. {phone.extension}" if phone.extension else ""
        notes = _notes((*phone.contexts, *phone.features), phone.label, phone.verification.status)
        _add(table, "phone", " ".join((phone.number + extension, *notes)))
    for place in contact.addresses:
        parts = (
            place.street,
            place.extended,
            place.po_box,
            f"{place.postcode} {place.locality}",
            place.region,
            place.country_code,
        )
        _add(table, "address", place.full or ", ".join(part for part in map(str.strip, parts) if part))
    for organization in contact.organizations:
        _add(table, "organisation", ", ".join((organization.name, *organization.units)))
    pairs = (
        ("kind", "" if contact.kind is ContactKind.INDIVIDUAL else contact.kind),
        ("title", "; ".join(contact.titles)),
        ("role", "; ".join(contact.roles)),
        ("pronouns", ", ".join(filter(None, (*contact.pronouns, contact.grammatical_gender)))),
        ("birthday", contact.birthday),
        ("anniversary", ", ".join(f"{day.kind or day.label} {day.date}".strip() for day in contact.anniversaries)),
        ("languages", ", ".join(contact.preferred_languages)),
        ("stage", contact.lifecycle.stage.value if contact.lifecycle else ""),
        ("owner", ", ".join(_owner(owner) for owner in contact.owners)),
        ("prefers", ", ".join(CHANNEL_NAMES[channel] for channel in contact.preferred_channels)),
        ("forbids", ", ".join(restriction.replace("_", " ") for restriction in contact.restrictions)),
        ("other ids", ", ".join(f"{one.system}:{one.id}" if one.system else one.id for one in contact.external_ids)),
        ("score", "" if contact.score is None else f"{contact.score:g}"),
        ("recommends", ", ".join(_answer(answer) for answer in contact.nps)),
        ("bought", _bought(contact.revenue) if contact.revenue else ""),
        ("deleted", "at every source" if contact.deleted else ""),
        ("came by", contact.source_channel),
        ("tags", ", ".join(contact.tags)),
    )
    for word, value in pairs:
        if value:
            _add(table, word, value)
    return table


def _owner(owner: Owner) -> str:
    return owner.who if owner.role is OwnerRole.RECORD else f"{owner.who} ({owner.role.replace('_', ' ')})"


def _answer(answer: NpsAnswer) -> str:
    return f"{answer.score} of 10" + (f" ({answer.at.date().isoformat()})" if answer.at else "")


def _bought(revenue: Revenue) -> str:
    def amount(value: float) -> str:
        return f"{value:,.2f} {revenue.currency}".strip()

    parts = [
        "" if revenue.total is None else amount(revenue.total),
        "" if revenue.deals is None else f"{revenue.deals} deals",
        f"first {revenue.first_deal_at.date().isoformat()}" if revenue.first_deal_at else "",
        f"last {revenue.last_deal_at.date().isoformat()}" if revenue.last_deal_at else "",
        "" if revenue.last_deal_amount is None else f"last {amount(revenue.last_deal_amount)}",
    ]
    return ", ".join(filter(None, parts))


def _notes(words: tuple[str, ...], label: str, status: str) -> tuple[str, ...]:
    told = [*words, *([label] if label else []), *([] if status == "unverified" else [status])]
    return (f"({', '.join(told)})",) if told else ()


def _consent(contact: Contact, answers: dict[Channel, Permission]) -> Table:
    from canonical_contact.report.words import CHANNELS as NAMES

    table = _grid("Channel", "Answer", "Reasons", "Until", "Rules")
    for channel, answer in answers.items():
        if not reaches(contact, channel) and not any(entry.channel is channel for entry in contact.consent):
            continue
        until = "" if answer.until is None else answer.until.date().isoformat()
        word, style = ("yes", "green") if answer.allowed else ("no", "red")
        _add(table, NAMES[channel], word, ", ".join(answer.reasons), until, answer.regime, style=style)
    return table


def _sources(contact: Contact) -> Table:
    table = _grid("Source", "Record", "File", "Changed")
    for source in contact.sources:
        place = f"{source.file}:{source.line}" if source.line else source.file
        changed = "" if source.observed_at is None else source.observed_at.date().isoformat()
        _add(table, source.system, source.label or source.record_id, place, changed)
    return table


def _claims(contact: Contact) -> Table:
    table = _grid("", "Value of", "Value", "Source", "Observed", "Reason")
    for claim in sorted(contact.claims, key=lambda claim: (claim.path, not claim.won, claim.source)):
        observed = "" if claim.observed_at is None else claim.observed_at.date().isoformat()
        style = "" if claim.won else "dim"
        cells = (claim.path.removeprefix("$."), claim.value, claim.source, observed, claim.reason)
        _add(table, "won" if claim.won else "lost", *cells, style=style)
    return table
