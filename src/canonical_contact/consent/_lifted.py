"""For which questions a block no longer counts: the person confirmed that one purpose after it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from canonical_contact.model import ANY_PURPOSE, ConsentEvent, Suppression

__all__ = ["ends_block", "in_both", "is_lifted", "lifted_by", "word_of"]

_OF: Final = "@"  # between a purpose and a brand; a purpose that holds it itself is never lifted, lest it be taken for another's


def word_of(purpose: str, controller: str) -> str:
    """Write a purpose as `lifted_for` does; empty where a block is lifted for none such.

    >>> word_of("newsletter", ""), word_of("newsletter", "brand-a"), word_of("any", "brand-a")
    ('newsletter', 'newsletter@brand-a', '')
    """
    if purpose == ANY_PURPOSE or _OF in purpose or not purpose:
        return ""
    return f"{purpose}{_OF}{controller}" if controller else purpose


def ends_block(event: ConsentEvent) -> bool:
    """Tell whether an `unsuppress` ends its block for every question, as a host's hand does."""
    return event.purpose == ANY_PURPOSE and not event.controller


def lifted_by(block: Suppression, event: ConsentEvent) -> tuple[str, ...]:
    """List what a block is lifted for after an `unsuppress` of one purpose."""
    return tuple(sorted({*block.lifted_for, word_of(event.purpose, event.controller)} - {""}))


def in_both(blocks: Iterable[Suppression]) -> tuple[str, ...]:
    """List what all of some blocks are lifted for."""
    first, *others = (set(block.lifted_for) for block in blocks)
    return tuple(sorted(first.intersection(*others)))


def is_lifted(block: Suppression, purpose: str, controller: str | None) -> bool:
    """Tell whether a block does not count for a question; one about no brand is the house's.

    >>> from canonical_contact.model import Channel, SuppressionKind
    >>> block = Suppression(SuppressionKind.GLOBAL_OPT_OUT, Channel.EMAIL, lifted_for=("newsletter@brand-a",))
    >>> is_lifted(block, "newsletter", "brand-a"), is_lifted(block, "newsletter", None), is_lifted(block, "events", "brand-a")
    (True, False, False)
    """
    word = word_of(purpose, controller or "") if block.lifted_for else ""
    return bool(word) and word in block.lifted_for
