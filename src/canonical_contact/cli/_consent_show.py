"""`consent show`: what a contact allowed and refused, by which events, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from canonical_contact.cli._options import MOMENT, as_json, existing_store, region_option, store_option
from canonical_contact.cli._output import plain, print_json, to_terminal
from canonical_contact.cli.show import find_contacts, nobody
from canonical_contact.model import ConsentEvent, Contact

if TYPE_CHECKING:
    from canonical_contact.consent import Folded

__all__ = ["show"]


@click.command(name="show")
@click.argument("who", metavar="CONTACT_ID|EMAIL|PHONE")
@store_option
@region_option
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="The state at a time, by all that is known today.")
@click.option("--known-at", type=MOMENT, default=None, metavar="TIME", help="What was known at a time; with --at, of that time.")
@as_json
def show(*, who: str, store: str, region: str, at: datetime | None, known_at: datetime | None, json_: bool) -> None:
    """Show the states of each key, the events that they stand on with their proofs, and the blocks with the record that says so."""
    from canonical_contact.consent import Folded
    from canonical_contact.engine.history import consent_at
    from canonical_contact.schema import from_json

    told: list[tuple[Contact, Folded, Sequence[ConsentEvent]]] = []
    with existing_store(store) as opened:
        for row in find_contacts(opened, who, region):
            contact = from_json(Contact, row.document)
            then = consent_at(opened, row.contact_id, at=at, known_at=known_at)
            now = Folded(contact.consent, contact.suppressions)
            told.append((contact, now if at is None and known_at is None else then.consent, then.events))
    if not told:
        raise nobody()
    if json_:
        print_json([_entry(*one) for one in told])
        return
    for one in told:
        _print(*one)


def _entry(contact: Contact, state: Folded, events: Sequence[ConsentEvent]) -> dict[str, Any]:
    return {
        "contact_id": contact.contact_id,
        "states": plain(state.records),
        "suppressions": plain(state.suppressions),
        "events": plain(events),
    }


def _print(contact: Contact, state: Folded, events: Sequence[ConsentEvent]) -> None:
    from rich.table import Table
    from rich.text import Text

    console = to_terminal()
    console.print(Text(f"{contact.name.display if contact.name else '(no name)'}  {contact.contact_id}", style="bold"))
    states = Table("channel", "purpose", "endpoint", "state", "since", "until", "reason", title="States", title_justify="left")
    for record in state.records:
        behind = f"{record.state} ({record.resume_state} behind it)" if record.resume_state else str(record.state)
        held = f"{behind}, {record.strength}" if record.strength else behind
        until = record.confirm_by or record.expires_at
        cells = (record.channel, record.purpose, record.endpoint, held, _day(record.effective_at), _day(until), record.reason)
        states.add_row(*map(_safe, cells))
    blocks = Table("channel", "endpoint", "kind", "since", "who says so", title="Blocks", title_justify="left")
    for block in state.suppressions:
        said = f"{block.record} (another contact)" if block.reason == "shared_endpoint" else block.record
        kind = f"{block.kind} (not for {', '.join(block.lifted_for)})" if block.lifted_for else str(block.kind)
        blocks.add_row(*map(_safe, (block.channel, block.endpoint, kind, _day(block.since), said)))
    acts = Table(
        "when",
        "event",
        "channel",
        "purpose",
        "endpoint",
        "actor",
        "method",
        "record",
        "proof",
        title="Events",
        title_justify="left",
    )
    for event in events:
        what = f"{event.type} {event.suppression}" if event.suppression else str(event.type)
        act = (
            _day(event.effective_at),
            what,
            event.channel,
            event.purpose,
            event.endpoint,
            event.actor,
            event.method,
            event.record,
        )
        acts.add_row(*map(_safe, (*act, _proof(event))))
    for table in (states, blocks, acts):
        if table.row_count:
            console.print(table)
    if not events and not state.suppressions:
        console.print("Nothing is on record: nobody asked.")


def _safe(cell: object) -> str:
    """Show a cell as it is: no markup, and nothing that moves the cursor."""
    from rich.markup import escape

    return escape("".join(char if char.isprintable() else "�" for char in str(cell)))


def _day(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _proof(event: ConsentEvent) -> str:
    proof = event.proof
    if proof is None:
        return event.source
    notice = f"{proof.notice_id} {proof.notice_version}".strip()
    return ", ".join(filter(None, (event.source, notice, proof.regime, " ".join(proof.evidence_refs))))
