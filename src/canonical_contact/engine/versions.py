"""Which row becomes a record's version, and what its other rows say that must not be lost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from canonical_contact.engine._clearing import with_cleared
from canonical_contact.engine.carrying import carry
from canonical_contact.engine.local import chunked
from canonical_contact.engine.stages import Prepared, event_row
from canonical_contact.errors import Problem
from canonical_contact.merge import AHEAD
from canonical_contact.ports import ContactStore, EventRow, RecordRow, Written

if TYPE_CHECKING:
    from canonical_contact.engine.reading import Intake
    from canonical_contact.formats import Reading
    from canonical_contact.model import ConsentEvent

__all__ = ["Versions"]

BATCH = 4_000  # rows that are written together
CHUNK = 500  # records whose events are read together


class _Offer(NamedTuple):
    """A row that may become its record's version."""

    row: RecordRow
    held: tuple[str, ...]  # endpoints with provisional blocks
    seen: float  # when its source last changed it; -1 where it does not say

    @property
    def rank(self) -> tuple[float, str]:
        """The later state counts; of two without a date the hash decides, so that the order of rows does not."""
        return self.seen, self.row.digest


class Versions:
    """Takes prepared rows and writes the versions of records, with the consent events of every row.

    One id may come in several rows, of one file or of several: the latest state becomes the version, older ones are kept as versions
    before it, and a row that the store has seen already changes nothing.

    Args:
        store: inside of a run.
        intake: told what is new.
        readings: the files by name, whose mappings judge older rows again.
        recorded_at: the run's start.
    """

    def __init__(self, store: ContactStore, intake: Intake, readings: Mapping[str, Reading], recorded_at: datetime) -> None:
        self._store, self._intake, self._readings, self._recorded_at = store, intake, readings, recorded_at
        self._known = store.record_digests()  # key → digest of the present version
        self._held_before = dict(store.holds())
        self._best: dict[str, tuple[float, str]] = {}  # key → rank of the best row of this run
        self._stored: dict[str, float] = {}  # key → when the version that was there was last changed, where another row comes
        self._holding: dict[str, dict[str, str]] = {}  # key → digest → provisional blocks of its rows
        self._twice: set[str] = set()
        self._rows: list[RecordRow] = []
        self._events: list[EventRow] = []
        self._older: list[RecordRow] = []  # rows that are older than their record's version
        self._headers: dict[str, Mapping[str, str]] = {}  # file → raw path → column
        self._waiting: dict[str, _Offer] = {}  # undated rows that were a version once: an older state, or a value set back?
        self._new = self._changed = 0

    def take(self, made: Prepared) -> None:
        """Take one chunk."""
        known, fresh = self._known, self._intake.fresh
        changed = (row.key for row in made.rows if known.get(row.key, row.digest) != row.digest)
        self._stored |= _times(self._store, [key for key in changed if key not in self._stored and key not in fresh])
        for row, events, held, seen in zip(made.rows, made.events, made.held, made.seen, strict=True):
            if known.get(row.key) != row.digest:  # the events of a version that is there are there
                self._say(events)
            if row.holds:
                self._holding.setdefault(row.key, {})[row.digest] = row.holds
            self._offer(_Offer(row, held, seen))
        if len(self._rows) + len(self._events) + len(self._older) >= BATCH:
            self._write()

    def finish(self, refused: AbstractSet[str] = frozenset()) -> None:
        """Decide what was left open, and write the rest.

        Args:
            refused: keys of records that got refusals of rows which were not taken.
        """
        for key, offer in sorted(self._waiting.items()):
            if self._best[key] == offer.rank:
                self._accept(offer)  # nothing later came, so a value was set back
        self._write()
        for key in sorted(self._twice & self._holding.keys()):
            self._hold([holds for mark, holds in self._holding[key].items() if mark != self._best[key][1]])
        self._follow(self._intake.fresh & (self._twice | self._stored.keys()) | refused)
        self._intake.records = Written(self._new, self._changed, len(self._best) - len(self._intake.fresh))

    def _offer(self, offer: _Offer) -> None:
        row, seen, best = offer.row, offer.seen, self._best.get(offer.row.key)
        present = self._known.get(row.key) == row.digest
        if best is not None:
            if best[1] != row.digest:
                self._intake.note(_twice(row))
                self._twice.add(row.key)
            if offer.rank <= best:
                if not present:
                    self._older.append(row)
                return
        self._best[row.key] = offer.rank
        if present:
            return
        if -1.0 < seen < self._stored.get(row.key, seen):  # by its own date an older state of what is stored
            self._older.append(row)
            self._hold([row.holds] if row.holds else [])
        elif seen < 0 and row.key in self._stored and row.digest in _digests(self._store, row.key):
            self._waiting[row.key] = offer
        else:
            self._accept(offer)

    def _accept(self, offer: _Offer) -> None:
        row, intake = offer.row, self._intake
        if row.key in self._known and row.key not in intake.fresh:
            intake.before[row.key] = self._known[row.key]
        self._known[row.key] = row.digest
        if row.key in self._held_before or (row.key in intake.fresh and row.key in self._holding):
            self._write()
            reading = self._readings[json.loads(row.document)["file"]]
            row, more = carry(row, self._store.record_versions(row.key), reading, self._recorded_at)
            self._say(more)
        intake.fresh.add(row.key)
        # blocks that begin, and those that may end
        intake.blocking.update(offer.held, _endpoints(self._held_before.get(row.key, "[]")))
        self._rows.append(row)

    def _write(self) -> None:
        done = self._store.put_records(self._with_cleared())
        self._store.put_events(self._events)
        self._new, self._changed = self._new + done.new, self._changed + done.changed
        older, self._rows, self._events, self._older = self._older, [], [], []
        for row in older:
            versions = list(self._store.record_versions(row.key))
            if all(version.digest != row.digest for version in versions):
                present = with_cleared(versions[-1], [*versions[:-1], row], self._columns, self._judged(row.key, versions[:-1]))
                self._store.put_records([row, present])  # behind the version that stands
                if present != versions[-1]:
                    self._intake.touched.add(row.key)

    def _with_cleared(self) -> list[RecordRow]:
        """The rows with what each says to be no more, against the versions before it."""
        rows: list[RecordRow] = []
        earlier: dict[str, list[RecordRow]] = {}
        for row in self._rows:
            if row.key in self._stored or row.key in self._twice:
                before = earlier.setdefault(row.key, list(self._store.record_versions(row.key)))
                row = with_cleared(row, before, self._columns, self._judged(row.key, before))
                before.append(row)
            rows.append(row)
        return rows

    def _judged(self, key: str, versions: Sequence[RecordRow]) -> int:
        """Tell how many versions of a record are from earlier runs."""
        before = self._intake.before.get(key)
        if before is None:
            return 0 if key in self._intake.fresh else len(versions)
        return max((place for place, version in enumerate(versions, 1) if version.digest == before), default=0)

    def _columns(self, file: str) -> Mapping[str, str]:
        """The raw paths and columns of a file; none where it is not read by this run."""
        if file not in self._headers:
            reading = self._readings.get(file)
            self._headers[file] = reading.columns() if reading else {}
        return self._headers[file]

    def _say(self, events: Sequence[EventRow]) -> None:
        self._events += events
        self._intake.touched.update(event.record for event in events)
        self._intake.blocking.update(event.endpoint for event in events if event.blocking and event.endpoint)

    def _hold(self, lost: Sequence[str]) -> None:
        """Keep the provisional blocks of a row that did not become its record's version."""
        from canonical_contact.consent import event_of
        from canonical_contact.model import Suppression
        from canonical_contact.schema import from_json

        self._add([event_of(from_json(Suppression, text), self._recorded_at) for holds in lost for text in json.loads(holds)])

    def _follow(self, keys: set[str]) -> None:
        """Refusals follow their record to the endpoints that another version of it brought."""
        from canonical_contact.consent import follow
        from canonical_contact.engine._blocks import streams_in
        from canonical_contact.model import SourceRecord
        from canonical_contact.schema import from_json

        for chunk in chunked(sorted(keys), CHUNK):
            events = streams_in(self._store.events(chunk))
            for record in self._store.records(sorted(events)):
                self._add(follow(from_json(SourceRecord, record.document), events[record.key], self._recorded_at))

    def _add(self, events: Sequence[ConsentEvent]) -> None:
        self._store.put_events([event_row(event) for event in events])
        self._intake.touched.update(event.record for event in events)
        self._intake.blocking.update(event.endpoint for event in events if event.endpoint)


def _times(store: ContactStore, keys: Sequence[str]) -> dict[str, float]:
    """When the stored versions of records were last changed by their sources, -1 where they do not say."""
    found: dict[str, float] = {}
    for row in store.records(keys):
        told = json.loads(row.document)
        text = told.get("observed_at")
        ahead = any(problem.get("code") == AHEAD for problem in told.get("problems", ()))
        found[row.key] = datetime.fromisoformat(text).timestamp() if text and not ahead else -1.0
    return found


def _digests(store: ContactStore, key: str) -> set[str]:
    return {version.digest for version in store.record_versions(key)}


def _endpoints(holds: str) -> Iterator[str]:
    return (endpoint for text in json.loads(holds) if (endpoint := json.loads(text).get("endpoint")))


def _twice(row: RecordRow) -> Problem:
    return Problem(
        "record.id_twice", path="$.record_id", raw=row.label, hint="Two different rows bear one id; the later state was taken."
    )
