"""`privacy erase`: take a person out of a store for good."""

from __future__ import annotations

import sys

import click

from canonical_contact.cli._options import as_json, confirmed, existing_store, now, stored_contact
from canonical_contact.cli._output import note, print_json
from canonical_contact.cli._privacy_key import key_option, read_key_file

__all__ = ["erase"]


@click.command(name="erase")
@stored_contact()
@click.option(
    "--reason", required=True, metavar="CODE", help="Why: request, retention, authority … It is written into the proof."
)
@click.option("--actor", default="subject", show_default=True, metavar="NAME", help="Who asked for it; a role, not a name.")
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can be asked.")
@key_option
@as_json
def erase(*, store: str, contact: str, reason: str, actor: str, yes: bool, key_file: str | None, json_: bool) -> None:
    """Erase a person: records, consent, activities, verdicts, ids and log are gone for good, and imports leave the person out.

    What is left are hashes under a secret key, and a proof without personal data in the ledger. It cannot be undone.
    """
    from canonical_contact.engine.erasing import erase as erase_contact

    key = read_key_file(key_file)
    with existing_store(store, writable=True) as opened:
        if not yes:
            row = opened.contact(contact)
            if not sys.stdin.isatty():
                raise click.UsageError("Erasing cannot be undone and nobody can be asked here; add --yes.")
            if row is not None:
                number = len(row.members)
                confirmed(f"Erase this contact with {number:,} {'record' if number == 1 else 'records'} for good?")
        done = erase_contact(opened, contact, at=now(), actor=actor, reason=reason, key=key)
    if json_:
        print_json(done)
        return
    if not done.new:
        note(f"erased before, at {done.at.isoformat()}")
        return
    note(f"erased: {done.records:,} records, {done.events:,} consent events, {done.activities:,} activities; proof {done.proof}")
    if done.blocks:
        note(f"{done.blocks:,} blocks on shared endpoints were kept for those who share them")
    for contact_id in done.sharing:
        note(f"note: {contact_id} holds an endpoint of this person, too; see whether it is the same person")
