"""Read files into a store: every row becomes a source record under a lasting key, with its consent events and activities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from attrs import Factory, define, evolve

from canonical_contact.engine.gate import open_gate
from canonical_contact.engine.layouts import keep_layouts, layout_of
from canonical_contact.engine.local import Executor, chunked
from canonical_contact.engine.stages import EXAMPLES, Prepare, Prepared
from canonical_contact.engine.versions import Versions
from canonical_contact.errors import Problem
from canonical_contact.model import RawRecord, digest, record_key
from canonical_contact.normalize.profile import Profile
from canonical_contact.ports import ActivityRow, ContactStore, Written

if TYPE_CHECKING:
    from canonical_contact.formats import Reading, Source

__all__ = ["FileOutcome", "Intake", "NoProgress", "Progress", "read_all"]

CHUNK = 500  # records that cross to a worker together
BATCH = 4_000  # activities that are written together
_NAMED_BY = "1.0"  # the id of an activity is the hash of its document in this version: a later one makes no old event a new one


class Progress(Protocol):
    """Told how far a run is; `cli` draws it."""

    def stage(self, name: str, total: int | None) -> None:
        """A stage begins; `total` is None where nobody knows."""
        ...

    def advance(self, n: int) -> None:
        """So much more is done."""
        ...


class NoProgress:
    """Progress that nobody looks at."""

    def stage(self, name: str, total: int | None) -> None:
        """Say nothing."""

    def advance(self, n: int) -> None:
        """Say nothing."""


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
    before: dict[str, str] = Factory(dict)  # key → digest of the version that a changed record had
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
    profile: Profile | None = None,
    key: bytes | None = None,
    skew: float = 86_400.0,
) -> Intake:
    """Read recognised files into the store, records first and then what hangs on them.

    Args:
        sources: what `formats.discover` found.
        store: inside of a run.
        executor: where normalising runs.
        region: default region of national phone numbers.
        recorded_at: the run's start.
        progress: told how far it is.
        profile: the rules to normalise with; None for the default.
        key: the privacy key, where the host keeps it: people who were erased are left out, and counted.
        skew: how far ahead a record's time of change may lie, in seconds.

    Returns:
        What was read and what is new.

    Raises:
        ConfigError: people were erased with a key that the host keeps, and it was not given.
    """
    gate = open_gate(store, key, at=recorded_at)
    intake = Intake()
    readings: dict[str, Reading] = {}
    versions = Versions(store, intake, readings, recorded_at)
    progress.stage("read and normalise", None)
    prepare = Prepare(region, recorded_at, profile, skew=skew)
    for made in executor.run(prepare, chunked(_identified(sources, intake, readings), CHUNK)):
        rows = len(made.rows)
        if gate:
            made = gate.sift(made, intake)
        _count(made, intake)
        versions.take(made)
        progress.advance(rows)
    versions.finish(gate.refused if gate else frozenset())
    outside = gate.close(intake) if gate else set[str]()
    rules = (profile or Profile()).version
    keep_layouts(store, filter(None, (layout_of(reading, region, rules) for reading in dict.fromkeys(readings.values()))))
    _activities(sources, store, intake, lambda record: record in outside or bool(gate and gate.knows(record)))
    if outside:
        intake.read = [one for one in intake.read if one[2] not in outside]
    return intake


def _count(made: Prepared, intake: Intake) -> None:
    intake.problems.update(made.problems)
    for code, examples in made.examples.items():
        kept = intake.examples.setdefault(code, [])
        kept += examples[: EXAMPLES - len(kept)]


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
        readings.update((str(part), reading) for part in source.parts)
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


def _activities(sources: Sequence[Source], store: ContactStore, intake: Intake, is_erased: Callable[[str], bool]) -> None:
    """Hang events and interactions on their records; a row number is resolved to the key that its row got.

    What bears an id of its own, such as an e-mail, is one activity however often it is read; rows without one are counted.
    """
    from canonical_contact.formats import read_activities
    from canonical_contact.schema import to_json

    by_label: Mapping[str, str] = {record_key(system, label): key for system, label, key in intake.read}
    for source in sources:
        if not source.has_activities:
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
                activity = evolve(item, record=by_label.get(item.record, item.record))
                if is_erased(activity.record):
                    continue
                name = digest(to_json(evolve(activity, schema_version=_NAMED_BY)))
                if not activity.ref:
                    equal[name] += 1
                document = to_json(activity)
                batch.append(ActivityRow(f"{name}-{equal[name] or 1}", activity.record, activity.kind, document))
            _hang(batch, store, intake)
        outcome.problems = tuple(problems)


def _hang(batch: Iterable[ActivityRow], store: ContactStore, intake: Intake) -> None:
    rows = list({row.activity_id: row for row in batch}.values())
    known = {row.activity_id for row in store.activities({row.record for row in rows})}
    fresh = [row for row in rows if row.activity_id not in known]
    store.put_activities(fresh)
    intake.touched.update(row.record for row in fresh)
