"""`may-contact`: the consent question, asked for every contact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime

import click

from canonical_contact.cli._options import CHANNELS, MOMENT, as_json, existing_store, now, regime, store_option
from canonical_contact.cli._output import check_writable, note, print_json, write_csv
from canonical_contact.cli._progress import Bar, progress
from canonical_contact.model import Contact, Permission
from canonical_contact.ports import ContactStore

__all__ = ["command"]

HEADER = ("contact_id", "channel", "purpose", "allowed", "reasons", "until")


@click.command(name="may-contact")
@store_option
@click.option("--channel", required=True, type=click.Choice(CHANNELS), help="The channel; voice stands for both voices.")
@click.option("--purpose", required=True, metavar="NAME", help="The purpose, such as marketing.")
@regime
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="The time that is asked about; default: now.")
@click.option("-o", "--output", metavar="FILE", help="Where to write (CSV); default: standard output.")
@as_json
def command(*, store: str, channel: str, purpose: str, regime: str, at: datetime | None, output: str | None, json_: bool) -> None:
    """Ask for every contact whether they may be contacted, and why.

    Writes contact_id,channel,purpose,allowed,reasons,until: allowed is true or false, several reasons are joined by a
    semicolon with the deciding one first, and until is when the answer ends by itself.
    """
    check_writable(output, store=store)
    moment = at or now()
    counts: Counter[bool] = Counter()
    with (
        existing_store(store) as opened,
        progress(output=None if json_ else output) as bar,
        closing(_answers(opened, channel, purpose, regime=regime, at=moment, counts=counts, bar=bar)) as answers,
    ):
        if json_ and output is None:
            print_json(
                {"at": moment, "regime": regime, "answers": [_entry(contact_id, answer) for contact_id, answer in answers]}
            )
            return
        write_csv(output, HEADER, (_row(contact_id, channel, purpose, answer) for contact_id, answer in answers))
    if json_ and output != "-":
        print_json({"at": moment, "regime": regime, "allowed": counts[True], "denied": counts[False], "output": output})
    else:
        note(f"{channel} for {purpose}: {counts[True]:,} allowed, {counts[False]:,} denied")


def _answers(
    store: ContactStore, channel: str, purpose: str, *, regime: str, at: datetime, counts: Counter[bool], bar: Bar
) -> Generator[tuple[str, Permission], None, None]:
    from canonical_contact.consent import may_contact
    from canonical_contact.schema import from_json

    bar.stage("asking", None)
    for row in store.contacts():
        answer = may_contact(from_json(Contact, row.document), channel, purpose, at=at, regime=regime)
        counts[answer.allowed] += 1
        bar.advance(1)
        yield row.contact_id, answer


def _row(contact_id: str, channel: str, purpose: str, answer: Permission) -> tuple[str, ...]:
    until = "" if answer.until is None else answer.until.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return contact_id, channel, purpose, "true" if answer.allowed else "false", ";".join(answer.reasons), until


def _entry(contact_id: str, answer: Permission) -> dict[str, object]:
    return {"contact_id": contact_id, "allowed": answer.allowed, "reasons": answer.reasons, "until": answer.until} | {
        "regime": answer.regime,
        "endpoint": answer.endpoint,
        "remedy": answer.remedy,
        "events": answer.events,
    }
