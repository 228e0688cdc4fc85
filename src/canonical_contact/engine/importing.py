"""Take events of another ledger of ours into a store: those that it would have taken itself, and of nobody who was erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from canonical_contact.engine._writing import Recorded, write
from canonical_contact.engine.gate import open_gate
from canonical_contact.model import ConsentEvent
from canonical_contact.model.moment import in_utc
from canonical_contact.ports import ContactStore

__all__ = ["import_events"]


def import_events(store: ContactStore, events: Sequence[ConsentEvent], *, at: datetime, key: bytes | None = None) -> Recorded:
    """Put events of another ledger of ours into this one, as they are, and fold whom they are about.

    Events about people who were erased stay outside; what they block on an endpoint that others hold is kept for these.

    Args:
        store: where the contacts live.
        events: the events; an id that is known is not written again, and an event of a record that is not here waits for it.
        at: the time of the import, with a time zone.
        key: the privacy key, where the host keeps it.

    Raises:
        ConfigError: people were erased with a key that the host keeps, and it was not given.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> import_events(MemoryStore(), [], at=datetime(2026, 7, 1, tzinfo=UTC)).new
    False
    """
    moment = in_utc(at)
    with store.transaction():
        known = {row.event_id for row in store.events(sorted({event.record for event in events}))}
        fresh = [event for event in events if event.event_id not in known]
        if not fresh:
            return Recorded((), tuple(events), new=False)
        gate = open_gate(store, key, at=moment)
        taken = gate.take_events(fresh) if gate else fresh
        kept = [*taken, *(gate.finish() if gate else ())]
        records = {event.record for event in kept}
        ids = sorted({contact_id for record, contact_id in store.members() if record in records})
        names = {event.event_id for event in fresh} - {event.event_id for event in taken}
        there = tuple(event for event in events if event.event_id not in names)
        return Recorded(
            tuple(ids), there, folded=write(store, kept, ids, moment) if kept else 0, new=bool(kept), left_out=len(names)
        )
