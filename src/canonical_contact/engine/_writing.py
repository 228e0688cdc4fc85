"""What every live act ends with: its events are put into the ledger, and whom they are about is folded."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from attrs import frozen

from canonical_contact.engine.folding import fold_contacts, holders_of
from canonical_contact.engine.stages import event_row
from canonical_contact.errors import InputError, Problem
from canonical_contact.model import ConsentEvent, ConsentRecord
from canonical_contact.ports import ContactStore

__all__ = ["Recorded", "purpose_of", "put", "settle", "word", "write"]

Word = TypeVar("Word", bound=StrEnum)


@frozen
class Recorded:
    """What came of a live act.

    Args:
        contact_ids: the contacts that it is about; others that share a blocked endpoint are folded again, too.
        events: the events of the act in the ledger, those of its couplings included; all there already where `new` is False.
        record: the joined state of the key afterwards; None for a suppression.
        folded: how many contacts have changed.
        new: whether anything was written; False where the same call was made before.
        left_out: events that were not taken, since they are about people who were erased.
        problems: events of an import that were not taken for another reason.
        added: how many of the events of an import are new.
    """

    contact_ids: tuple[str, ...]
    events: tuple[ConsentEvent, ...] = ()
    record: ConsentRecord | None = None
    folded: int = 0
    new: bool = True
    left_out: int = 0
    problems: tuple[Problem, ...] = ()
    added: int = 0


def write(store: ContactStore, events: Sequence[ConsentEvent], contact_ids: Iterable[str], at: datetime) -> int:
    store.put_events([event_row(event) for event in events])
    return settle(store, events, contact_ids, at)


def settle(store: ContactStore, events: Sequence[ConsentEvent], contact_ids: Iterable[str], at: datetime) -> int:
    """Fold whom events that are written are about, and who shares an endpoint that they block; count who changed."""
    from canonical_contact.consent import blocks_endpoint

    shared = holders_of(store, sorted({event.endpoint for event in events if blocks_endpoint(event)}))
    done = fold_contacts(store, sorted({*contact_ids, *shared}), at=at)
    return done.new + done.changed


def put(store: ContactStore, events: list[ConsentEvent], contact_ids: list[str], at: datetime) -> Recorded:
    """Write suppressions, unless they are all there."""
    known = {row.event_id for row in store.events(sorted({event.record for event in events}))}
    if all(event.event_id in known for event in events):
        return Recorded(tuple(contact_ids), tuple(events), new=False)
    return Recorded(tuple(contact_ids), tuple(events), folded=write(store, events, contact_ids, at))


def word(kind: builtins.type[Word], value: str, path: str) -> Word:
    try:
        return kind(value)
    except ValueError:
        raise InputError(f"There is no {path} of that name.", path=path, hint=f"Known: {', '.join(kind)}.") from None


def purpose_of(text: str) -> str:
    """Strip a purpose; an empty one is a slip, and a refusal of it would refuse nothing."""
    purpose = text.strip()
    if not purpose:
        raise InputError(
            "An act about consent needs a purpose.", path="purpose", hint="Name one, such as marketing, or any for all."
        )
    return purpose
