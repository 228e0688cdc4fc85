"""READ FIRST: the whole way of the data, stage by stage.

    discover    which of the given files are contacts, and in whose format           formats
    read        rows and cards, streaming, each with its file, line and raw text     formats
    normalise   canonical values, or problems that keep the raw text                 normalize
    consent     what each record shows about consent becomes events of the ledger    consent
    match       candidate pairs, verdicts, a review list for people                  match
    identify    clusters that hold no contradiction, ids that last                   identity
    fold        one golden contact from all records of a cluster, consent joined     merge
    store       all of it in one transaction: a run is there whole, or not at all    store

`unify` is that job. Each stage is a function of its package and can be used alone; `engine` runs them over chunks on several cores.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from attrs import asdict, evolve, frozen

from canonical_contact.engine import Executor
from canonical_contact.engine._forgetting import LAST_RUN
from canonical_contact.engine.folding import fold_all
from canonical_contact.engine.matching import Identified, identify
from canonical_contact.engine.parting import take_refusals_along
from canonical_contact.engine.reading import FileOutcome, Intake, NoProgress, Progress, read_all
from canonical_contact.engine.surviving import saved_survivorship
from canonical_contact.errors import InputError, NothingReadError, Problem
from canonical_contact.formats import discover
from canonical_contact.match.blocks import BlockReport
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.merge import Survivorship
from canonical_contact.normalize.profile import Profile
from canonical_contact.ports import ContactStore, RunInfo, Written

__all__ = ["LAST_RUN", "FileOutcome", "Progress", "StageTime", "UnifyResult", "summary", "unify"]


@frozen
class StageTime:
    """What a stage took.

    Args:
        name: the stage.
        seconds: wall time.
        peak_mb: the largest memory of this process up to its end, in MB; workers are not counted.
    """

    name: str
    seconds: float
    peak_mb: float


@frozen
class UnifyResult:
    """What a run of the main job did.

    Args:
        run: its id and start.
        files: what came of each file.
        records: source records that are new, changed, and the same.
        contacts: golden contacts that are new, changed, and the same.
        pairs: pairs that were compared.
        matched: pairs that are joined, over all runs.
        review: pairs that wait for a person, over all runs.
        retired: ids that were retired by this run.
        problems: code → how often, over the rows that were read.
        examples: code → the first few, with their text.
        stages: time and memory by stage.
        links: (system, label, contact id) of each record that was read, in reading order.
        blocking: what each blocking key gave in this run, and how many pairs its cap left out.
    """

    run: RunInfo
    files: tuple[FileOutcome, ...]
    records: Written
    contacts: Written
    pairs: int
    matched: int
    review: int
    retired: int
    problems: Mapping[str, int]
    examples: Mapping[str, tuple[Problem, ...]]
    stages: tuple[StageTime, ...]
    links: tuple[tuple[str, str, str], ...]
    blocking: tuple[BlockReport, ...] = ()


def unify(
    paths: Iterable[str | Path],
    store: ContactStore,
    *,
    systems: Mapping[str, str | Path] | Iterable[tuple[str, str | Path]] | None = None,
    mapping: Path | None = None,
    region: str = "",
    now: datetime | None = None,
    workers: int = 1,
    wait: float = 60.0,
    refit: bool = False,
    policy: MatchPolicy | None = None,
    progress: Progress | None = None,
    own: Iterable[str] = (),
    profile: Profile | None = None,
    key: bytes | None = None,
    survivorship: Survivorship | None = None,
) -> UnifyResult:
    r"""Turn exports of several systems into golden contacts in a store: the main job.

    Args:
        paths: files and folders; a folder means its recognised files.
        store: where the contacts live; running again on the same exports changes nothing.
        systems: name → file, or pairs of them: names that file's system, and adds the file.
        mapping: a mapping in TOML for files that no preset knows.
        region: ISO 3166-1 alpha-2 of national phone numbers in records that name no country.
        now: the time of the run, with a time zone; the clock's if None.
        workers: processes; with more than one, a script guards its entry with `if __name__ == "__main__":`.
        wait: seconds to wait while another run holds the store.
        refit: learn the match weights anew instead of using those that the store holds.
        policy: rules and thresholds of matching for the pairs of this run; the shipped ones if None. With `refit` all pairs are judged by it.
        progress: told how far it is.
        own: our own addresses and domains (`acme.example`): who writes from them is no contact, and messages get a direction.
        profile: the rules to normalise with; None for the default.
        key: the privacy key, where the host keeps it; people who were erased are left out, and counted as `privacy.erased`.
        survivorship: which value survives in each field. The store keeps it, and every later fold goes by it; None: the one that the store
            has, at first the shipped one. Another one folds all contacts anew.

    Returns:
        What was read, joined and written, with the contact id of every record that was read.

    Raises:
        NothingReadError: no file could be read; it says why for each.
        InputError: `now` has no time zone, or the store itself is among the files.
        StoreBusyError: another run held the store for longer than `wait`.
        ConfigError: people were erased with a privacy key that the host keeps, and it was not given, or another was.

    >>> from tempfile import TemporaryDirectory
    >>> from canonical_contact.store import MemoryStore
    >>> with TemporaryDirectory() as folder:
    ...     sheet = Path(folder, "team.csv")
    ...     size = sheet.write_text("First name,Last name,E-mail\nAna,Gil,ana@x.es\nAna,Gil,Ana@X.es\n")
    ...     result = unify([sheet], MemoryStore(), now=datetime(2026, 7, 1, tzinfo=UTC))
    >>> result.records.new, result.contacts.new
    (2, 1)
    """
    now = now or datetime.now(UTC)
    if now.tzinfo is None:
        raise InputError("The time of a run needs a time zone.", path="now", hint="Use datetime.now(UTC).")
    paths, held = list(paths), {Path(file).resolve() for file in getattr(store, "files", ())}
    if any(Path(path).resolve() in held for path in paths):
        raise InputError(
            "The store itself is among the files to read.", path="paths", hint="Name the exports, and the store apart."
        )
    seen = _Stages(progress or NoProgress())
    sources = discover(paths, systems=systems or {}, mapping=mapping, own=own)
    if all(source.problem for source in sources):
        raise NothingReadError(source.problem for source in sources if source.problem)
    executor = Executor(workers)
    with store.run(now, wait=wait, on_wait=lambda: seen.stage("wait for another run", None)) as run:
        at = run.started_at
        surviving = survivorship or saved_survivorship(store)
        intake = read_all(
            sources, store, executor, region=region, recorded_at=at, progress=seen, profile=profile, key=key, skew=surviving.skew
        )
        found = identify(
            store, fresh=intake.fresh, started_at=at, workers=executor.workers, refit=refit, policy=policy, progress=seen
        )
        take_refusals_along(store, intake, found, started_at=at)
        contacts = fold_all(store, executor, intake, found, at=at, run=run.run_id, progress=seen, policy=survivorship)
        seen.end()
        result = _result(run, intake, contacts, found, seen.done)
        store.put_setting(LAST_RUN, json.dumps(summary(result), ensure_ascii=False))
        seen.stage("store", None)
    seen.end()
    return evolve(result, stages=tuple(seen.done))


def summary(result: UnifyResult) -> dict[str, Any]:
    """What a run did, in the plain values of JSON and without the links; the store keeps it for reports.

    Args:
        result: of `unify`.
    """

    def plain(_owner: object, _field: object, value: object) -> object:
        if isinstance(value, tuple) and hasattr(value, "_asdict"):
            value = {name: plain(None, None, part) for name, part in value._asdict().items()}
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return str(value) if isinstance(value, Enum) else value

    return asdict(result, filter=lambda field, _: field.name != "links", value_serializer=plain)


def _result(run: RunInfo, intake: Intake, contacts: Written, found: Identified, stages: Iterable[StageTime]) -> UnifyResult:
    by_key = {key: contact for keys, contact in zip(found.clusters, found.assignment.ids, strict=True) for key in keys}
    return UnifyResult(
        run=run,
        files=tuple(intake.files),
        records=intake.records,
        contacts=contacts,
        pairs=found.pairs,
        matched=found.matched,
        review=found.review,
        retired=len(found.assignment.retired),
        problems=dict(sorted(intake.problems.items())),
        examples={code: tuple(examples) for code, examples in sorted(intake.examples.items())},
        stages=tuple(stages),
        links=tuple((system, label, by_key[key]) for system, label, key in intake.read),
        blocking=found.blocking,
    )


class _Stages:
    """Passes progress on and measures each stage."""

    def __init__(self, progress: Progress) -> None:
        self.done: list[StageTime] = []
        self._progress, self._name, self._since = progress, "discover", time.perf_counter()

    def stage(self, name: str, total: int | None) -> None:
        self.end()
        self._name, self._since = name, time.perf_counter()
        self._progress.stage(name, total)

    def advance(self, n: int) -> None:
        self._progress.advance(n)

    def end(self) -> None:
        if not self._name:
            return
        self.done.append(StageTime(self._name, round(time.perf_counter() - self._since, 3), round(_peak(), 1)))
        self._name = ""


def _peak() -> float:
    """The largest memory of this process so far, in MB."""
    try:
        import resource
    except ImportError:  # Windows does not tell
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
