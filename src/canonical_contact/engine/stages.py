"""What the workers do: prepare raw records, fold contacts. Text goes in and out, so that little crosses between processes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from canonical_contact.errors import Problem
from canonical_contact.match.features import features, features_to_text
from canonical_contact.model import SCHEMA_VERSION, Activity, ConsentEvent, RawRecord, SourceRecord, Suppression, digest
from canonical_contact.ports import ContactRow, EventRow, RecordRow

if TYPE_CHECKING:
    from canonical_contact.merge import Survivorship
    from canonical_contact.normalize import Profile

__all__ = ["Fold", "FoldJob", "Prepare", "Prepared", "event_row"]

_VERSION, _FIRST_VERSION = (f'"schema_version":"{version}"' for version in (SCHEMA_VERSION, "1.0"))
EXAMPLES = 3  # problems of a kind that are kept with their text


class Prepared(NamedTuple):
    """A chunk of records in canonical form, as rows for the store."""

    rows: list[RecordRow]
    events: list[list[EventRow]]
    held: list[tuple[str, ...]]
    seen: list[float]
    problems: dict[str, int]
    examples: dict[str, list[Problem]]


class Prepare:
    """Normalises raw records: one chunk of (raw record, key, record id) into rows.

    Args:
        region: ISO 3166-1 alpha-2 of national numbers whose record names no country.
        recorded_at: when the ledger learns of the events.
        profile: the rules; None for the default.
        skew: how far a time may lie ahead of `recorded_at`, in seconds; a record that was changed later than that counts as undated.
    """

    def __init__(self, region: str, recorded_at: datetime, profile: Profile | None = None, *, skew: float = 86_400.0) -> None:
        self._region, self._recorded_at, self._profile, self._skew = region, recorded_at, profile, skew

    def __call__(self, chunk: Sequence[tuple[RawRecord, str, str]], /) -> Prepared:
        """Prepare one chunk."""
        from canonical_contact.consent import events_of, holds_of
        from canonical_contact.merge import last_changed, without_times_ahead
        from canonical_contact.normalize import loose_phones
        from canonical_contact.normalize.profiled import ProfiledNormalizer
        from canonical_contact.schema import to_json

        if not hasattr(self, "_normalizer"):
            self._normalizer = ProfiledNormalizer(self._region, self._profile)  # its memo lives as long as the stage
        made = Prepared([], [], [], [], {}, {})
        counts = Counter[str]()
        for raw, key, record_id in chunk:
            record = without_times_ahead(self._normalizer.record(raw, key, record_id), self._recorded_at, self._skew)
            for problem in record.problems:
                counts[problem.code] += 1
                if counts[problem.code] <= EXAMPLES:
                    made.examples.setdefault(problem.code, []).append(problem)
            traits = features(record.card, key, record.system, same_as=record.same_as, loose=loose_phones(record.problems))
            holds = holds_of(record)
            text = json.dumps([to_json(hold) for hold in holds]) if holds else ""
            made.rows.append(
                RecordRow(key, record.digest, record.system, record.label, to_json(record), features_to_text(traits), text)
            )
            made.events.append([event_row(event) for event in events_of(record, self._recorded_at)])
            made.held.append(tuple(hold.endpoint for hold in holds if hold.endpoint))
            made.seen.append(last_changed(record))
        made.problems.update(counts)
        return made

    def __getstate__(self) -> dict[str, object]:
        """A task crosses to the workers without its memo."""
        return {name: getattr(self, name) for name in ("_region", "_recorded_at", "_profile", "_skew")}


def event_row(event: ConsentEvent) -> EventRow:
    """Make the row of a consent event."""
    from canonical_contact.consent import blocks_endpoint
    from canonical_contact.schema import to_json

    return EventRow(
        event.event_id,
        event.record,
        event.channel.value,
        event.endpoint,
        blocks_endpoint(event),
        to_json(event),
    )


class FoldJob(NamedTuple):
    """What one contact is folded from; documents as JSON."""

    contact_id: str
    aliases: tuple[str, ...]
    records: list[str]
    events: list[str]
    foreign: list[str]
    holds: list[str]
    activities: list[str]


class Fold:
    """Folds contacts: a chunk of jobs into rows for the store.

    Args:
        policy: which value survives in each field.
    """

    def __init__(self, policy: Survivorship) -> None:
        self._policy = policy

    def __call__(self, chunk: Sequence[FoldJob], /) -> list[ContactRow]:
        """Fold one chunk."""
        return [self._fold(job) for job in chunk]

    def _fold(self, job: FoldJob) -> ContactRow:
        from canonical_contact.consent import consent_column
        from canonical_contact.merge import fold
        from canonical_contact.schema import from_json, to_json

        records = [from_json(SourceRecord, text) for text in job.records]
        contact = fold(
            records,
            contact_id=job.contact_id,
            aliases=job.aliases,
            events=[from_json(ConsentEvent, text) for text in job.events],
            foreign=[from_json(ConsentEvent, text) for text in job.foreign],
            holds=[from_json(Suppression, text) for text in job.holds],
            activities=[from_json(Activity, text) for text in job.activities],
            policy=self._policy,
        )
        document = to_json(contact)
        endpoints = dict.fromkeys(
            (
                *(("email", email.key or email.address) for email in contact.emails),
                *(("phone", name) for phone in contact.phones for name in (phone.dialled, phone.number)),
            )
        )
        content = document.replace(_VERSION, _FIRST_VERSION, 1)  # a later version changes no contact that has nothing new in it
        members = tuple(record.key for record in records)
        return ContactRow(job.contact_id, document, digest(content), members, tuple(endpoints), consent=consent_column(contact))
