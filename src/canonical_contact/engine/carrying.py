"""What looks like an opt-out outlives the version of a record that showed it, until a mapping says what its column means."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from attrs import evolve

from canonical_contact.engine.stages import event_row
from canonical_contact.ports import EventRow, RecordRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from canonical_contact.formats import Reading
    from canonical_contact.model import ConsentEvent, Suppression

__all__ = ["carry"]

_PASSING = ("row_shifted", "free_text_note")


def carry(
    row: RecordRow, versions: Iterable[RecordRow], reading: Reading, recorded_at: datetime
) -> tuple[RecordRow, list[EventRow]]:
    """Hand the provisional blocks of a record's versions on to the one that replaces them.

    A row with too many cells blocks no longer than it has them, and a note no longer than it stands: who changed it has read it.

    Args:
        row: the version that is written now.
        versions: those that were there before it.
        reading: the file that `row` came from, whose mapping is asked anew what the older cells mean.
        recorded_at: the run's start.

    Returns:
        The row with what is still open in its evidence, and with the blocks on endpoints that it no longer has; and the events of cells
        that turn out to be refusals.
    """
    from canonical_contact.consent import events_of, holds_of
    from canonical_contact.model import EvidenceKind, SourceRecord
    from canonical_contact.schema import from_json, to_json

    unmapped, against = EvidenceKind.UNMAPPED_OPT_OUT, (EvidenceKind.OPT_OUT, EvidenceKind.COMPLAINT, EvidenceKind.BOUNCE)
    record = from_json(SourceRecord, row.document)
    evidence = list(record.evidence)
    past: dict[str, Suppression] = {}
    events: dict[str, ConsentEvent] = {}
    for version in versions:
        old = from_json(SourceRecord, version.document)
        shown = [one for one in old.evidence if one.kind is unmapped and one.reason not in _PASSING]
        judged = [found for one in shown for found in reading.judge_again(one)]
        still = tuple(one for one in judged if one.kind is unmapped)
        evidence += [one for one in still if one not in evidence]
        past |= {hold.event_id: hold for hold in holds_of(evolve(old, evidence=still))}
        refusing = tuple(one for one in judged if one.kind in against)
        events |= {event.event_id: event for event in events_of(evolve(old, evidence=refusing), recorded_at)}
    if past:
        record = evolve(record, evidence=tuple(evidence))
        holds = past | {hold.event_id: hold for hold in holds_of(record)}
        row = row._replace(document=to_json(record), holds=json.dumps([to_json(holds[name]) for name in sorted(holds)]))
    return row, [event_row(event) for event in events.values()]
