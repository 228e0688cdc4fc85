"""Read files into a store: every row becomes a source record under a lasting key, with its consent events and activities."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from attrs import Factory, define

from canonical_contact.engine.carrying import carry
from canonical_contact.engine.local import Executor, chunked
from canonical_contact.engine.stages import EXAMPLES, Prepare, Prepared, event_row
from canonical_contact.errors import Problem
from canonical_contact.model import Activity, RawRecord, digest, record_key
from canonical_contact.ports import ActivityRow, ContactStore, EventRow, RecordRow, Written

if TYPE_CHECKING:
    from canonical_contact.formats import Reading, Source
    from canonical_contact.model import ConsentEvent

__all__ = ["FileOutcome", "Intake", "Progress", "read_all"]

CHUNK = 500  # records that cross to a worker together
BATCH = 4_000  # records that are written together


class Progress(Protocol):
    """Told how far a run is; `cli` draws it."""

    def stage(self, name: str, total: int | None) -> None:
        """A stage begins; `total` is None where nobody knows."""
        ...

    def advance(self, n: int) -> None:
        """So much more is done."""
        ...


@define
class FileOutcome:
    """What came of one file."""

    path: str
    system: str
    preset: str
    rows: int = 0
    skipped: str = ""
    problems: tuple[Problem, ...] = ()


@define
class Intake:
    """What was read: what is new, and what a report tells of it."""

    files: list[FileOutcome] = Factory(list)
    read: list[tuple[str, str, str]] = Factory(list)  # (system, label, key) of each record, in reading order
    records: Written = Factory(lambda: Written(0, 0, 0))
    fresh: set[str] = Factory(set)  # keys that are new or changed
    touched: set[str] = Factory(set)  # keys with new events or activities
    blocking: set[str] = Factory(set)  # endpoints with new blocks
    problems: Counter[str] = Factory(Counter)
    examples: dict[str, list[Problem]] = Factory(dict)

    def note(self, problem: Problem) -> None:
        """Count a problem and keep the first few of a kind with their text."""
        self.problems[problem.code] += 1
        kept = self.examples.setdefault(problem.code, [])
        if len(kept) < EXAMPLES:
            kept.append(problem)


def read_all(
    sources: Sequence[Source],
    store: ContactStore,
    executor: Executor,
    *,
    region: str,
    recorded_at: datetime,
    progress: Progress,
) -> Intake:
    """Read recognised files into the store, records first and then what hangs on them.

    Args:
        sources: what `formats.discover` found.
        store: inside of a run.
        executor: where normalising runs.
        region: default region of national phone numbers.
        recorded_at: the run's start.
        progress: told how far it is.

    Returns:
        What was read and what is new.
    """
    intake = Intake()
    known = store.record_digests()
    best: dict[str, tuple[float, str]] = {}
    rows: list[RecordRow] = []
    pending: list[EventRow] = []
    prepare = Prepare(region, recorded_at)
    progress.stage("read and normalise", None)
    new = changed = 0
    held_before = dict(store.holds())
    holding: dict[str, dict[str, str]] = {}  # key → digest → holds of the rows with provisional blocks
    twice: set[str] = set()
    readings: dict[str, Reading] = {}
    stored: dict[str, float] = {}  # when the versions that are there were last changed, of keys that come with another one

    def write() -> None:
        nonlocal new, changed
        done = store.put_records(rows)
        store.put_events(pending)
        new, changed = new + done.new, changed + done.changed
        rows.clear()
        pending.clear()

    for made in executor.run(prepare, chunked(_identified(sources, intake, readings), CHUNK)):
        _count(made, intake)
        changed_rows = (row.key for row in made.rows if known.get(row.key, row.digest) != row.digest)
        stored |= _times(store, [key for key in changed_rows if key not in stored and key not in intake.fresh])
        for row, events, held, seen in zip(made.rows, made.events, made.held, made.seen, strict=True):
            if events and known.get(row.key) != row.digest:  # the events of a version that is there are there
                pending += events
                intake.touched.add(row.key)
                intake.blocking.update(event.endpoint for event in events if event.blocking and event.endpoint)
            if row.holds:
                holding.setdefault(row.key, {})[row.digest] = row.holds
            rank = (seen, row.digest)
            if row.key in best:
                if best[row.key][1] != row.digest:
                    intake.note(_twice(row))
                    twice.add(row.key)
                if rank <= best[row.key]:
                    continue  # the same row again, or an older state of it; what it says of consent is in the ledger
            best[row.key] = rank
            if known.get(row.key) == row.digest or -1.0 < seen < stored.get(row.key, seen):
                if row.holds and known.get(row.key) != row.digest:
                    _hold([row.holds], store, intake, recorded_at)
                continue  # as it is stored, or by its own date an older state of what is stored
            known[row.key] = row.digest
            if row.key in held_before or (row.key in intake.fresh and row.key in holding):
                write()
                reading = readings[json.loads(row.document)["file"]]
                row, more = carry(row, store.record_versions(row.key), reading, recorded_at)
                pending += more
                intake.touched.add(row.key)
                intake.blocking.update(event.endpoint for event in more if event.blocking)
            intake.fresh.add(row.key)
            intake.blocking.update(held, _endpoints(held_before.get(row.key, "[]")))  # blocks that begin, and those that may end
            rows.append(row)
        if len(rows) + len(pending) >= BATCH:
            write()
        progress.advance(len(made.rows))
    write()
    for key in sorted(twice & holding.keys()):
        _hold([holds for mark, holds in holding[key].items() if mark != best[key][1]], store, intake, recorded_at)
    _follow(intake.fresh & (twice | stored.keys()), store, intake, recorded_at)
    intake.records = Written(new, changed, len(best) - len(intake.fresh))
    _activities(sources, store, intake)
    return intake


def _times(store: ContactStore, keys: Sequence[str]) -> dict[str, float]:
    """When the stored versions of records were last changed by their sources, -1 where they do not say."""
    found: dict[str, float] = {}
    for row in store.records(keys):
        text = json.loads(row.document).get("observed_at")
        found[row.key] = datetime.fromisoformat(text).timestamp() if text else -1.0
    return found


def _hold(lost: Sequence[str], store: ContactStore, intake: Intake, recorded_at: datetime) -> None:
    """Keep the provisional blocks of a row that did not become its record's version."""
    from canonical_contact.consent import event_of
    from canonical_contact.model import Suppression
    from canonical_contact.schema import from_json

    events = [event_of(from_json(Suppression, text), recorded_at) for holds in lost for text in json.loads(holds)]
    _add(events, store, intake)


def _follow(keys: set[str], store: ContactStore, intake: Intake, recorded_at: datetime) -> None:
    """Refusals follow their record to the endpoints that another version of it brought."""
    from canonical_contact.consent import follow
    from canonical_contact.model import ConsentEvent, SourceRecord
    from canonical_contact.schema import from_json

    for chunk in chunked(sorted(keys), CHUNK):
        events: dict[str, list[ConsentEvent]] = {}
        for row in store.events(chunk):
            events.setdefault(row.record, []).append(from_json(ConsentEvent, row.document))
        for record in store.records(sorted(events)):
            _add(follow(from_json(SourceRecord, record.document), events[record.key], recorded_at), store, intake)


def _add(events: Sequence[ConsentEvent], store: ContactStore, intake: Intake) -> None:
    store.put_events([event_row(event) for event in events])
    intake.touched.update(event.record for event in events)
    intake.blocking.update(event.endpoint for event in events if event.endpoint)


def _endpoints(holds: str) -> Iterator[str]:
    return (endpoint for text in json.loads(holds) if (endpoint := json.loads(text).get("endpoint")))


def _count(made: Prepared, intake: Intake) -> None:
    intake.problems.update(made.problems)
    for code, examples in made.examples.items():
        kept = intake.examples.setdefault(code, [])
        kept += examples[: EXAMPLES - len(kept)]


def _twice(row: RecordRow) -> Problem:
    return Problem(
        "record.id_twice", path="$.record_id", raw=row.label, hint="Two different rows bear one id; the later state was taken."
    )


def _identified(sources: Sequence[Source], intake: Intake, readings: dict[str, Reading]) -> Iterator[tuple[RawRecord, str, str]]:
    """Give every row its lasting key: the source's own id, else a fingerprint of the content and a count of equal rows."""
    from canonical_contact.formats import SourceKind, read

    equal = Counter[str]()
    for source in sources:
        if source.kind == SourceKind.ACTIVITIES:
            continue
        outcome = FileOutcome(source.name, source.system, source.preset or "")
        if source.problem:
            outcome.skipped, outcome.problems = source.problem.hint, (source.problem,)
            intake.files.append(outcome)
            intake.note(source.problem)
            continue
        reading = readings[source.name] = read(source)
        intake.files.append(outcome)
        for raw in reading:
            outcome.rows += 1
            record_id, label = raw.record_id, raw.record_id or str(raw.row)
            if not record_id:
                fingerprint = digest(raw.system, *(text for cell in sorted(raw.raw.items()) for text in cell), size=10)
                equal[raw.system + fingerprint] += 1
                record_id = f"~{fingerprint}-{equal[raw.system + fingerprint]}"
            key = record_key(raw.system, record_id)
            intake.read.append((raw.system, label, key))
            yield raw, key, record_id
        outcome.problems = tuple(reading.problems)
        for problem in outcome.problems:
            intake.note(problem)


def _activities(sources: Sequence[Source], store: ContactStore, intake: Intake) -> None:
    """Hang events and interactions on their records; a row number is resolved to the key that its row got."""
    from canonical_contact.formats import SourceKind, read_activities
    from canonical_contact.schema import to_json

    by_label: Mapping[str, str] = {record_key(system, label): key for system, label, key in intake.read}
    for source in sources:
        if source.kind != SourceKind.ACTIVITIES:
            continue
        outcome = FileOutcome(source.name, source.system, "activities")
        intake.files.append(outcome)
        equal = Counter[str]()
        problems: list[Problem] = []
        for chunk in chunked(read_activities(source), BATCH):
            batch: list[ActivityRow] = []
            for item in chunk:
                if isinstance(item, Problem):
                    intake.note(item)
                    problems.append(item)
                    continue
                outcome.rows += 1
                activity = Activity(
                    by_label.get(item.record, item.record), item.kind, item.at, item.agent, item.value, item.direction
                )
                document = to_json(activity)
                name = digest(document)
                equal[name] += 1
                batch.append(ActivityRow(f"{name}-{equal[name]}", activity.record, activity.kind, document))
            _hang(batch, store, intake)
        outcome.problems = tuple(problems)


def _hang(batch: Iterable[ActivityRow], store: ContactStore, intake: Intake) -> None:
    rows = list(batch)
    known = {row.activity_id for row in store.activities({row.record for row in rows})}
    fresh = [row for row in rows if row.activity_id not in known]
    store.put_activities(fresh)
    intake.touched.update(row.record for row in fresh)
