"""`consent`: the ledger on the command line; each command is imported when it is asked for."""

from __future__ import annotations

import click

from canonical_contact.cli._group import LazyGroup

__all__ = ["command"]

# name → (module:attribute, what the list of commands says)
COMMANDS = {
    "show": ("_consent_show:show", "Show a contact's consent: states, events with their proofs, blocks."),
    "record": ("_consent_record:record", "Record what somebody said: a sign-up, a confirmation, a withdrawal …"),
    "overrides": ("_consent_overrides:overrides", "Show what the house changes in the rules that ship, or put it on record."),
    "verify": ("_consent_verify:verify", "Check the chain of the whole ledger."),
    "export": ("_consent_ledger:export", "Write the events of the ledger as JSON lines, or consent receipts."),
    "import": (
        "_consent_ledger:import_",
        "Read events or receipts that were exported, others' receipts, or a list of stop requests.",
    ),
}


class _Group(LazyGroup):
    table = COMMANDS


@click.group(name="consent", cls=_Group)
def command() -> None:
    """Show, record, check, export and import what people allowed and refused, with its proofs."""
