"""`evaluate`: how right the matching is; each command is imported when it is asked for."""

from __future__ import annotations

import click

from canonical_contact.cli._group import LazyGroup

__all__ = ["command"]

# name → (module:attribute, what the list of commands says)
COMMANDS = {
    "truth": ("_evaluate_truth:truth", "Measure against a column that says who is who."),
    "round": ("_evaluate_round:round_", "Draw pairs for people to judge, where no truth is known."),
    "labels": ("_evaluate_labels:labels", "Estimate from what people said about a round."),
}


class _Group(LazyGroup):
    table = COMMANDS


@click.group(name="evaluate", cls=_Group)
def command() -> None:
    """Measure how right the matching of a table is, by a column with the truth, or by pairs that people judge."""
