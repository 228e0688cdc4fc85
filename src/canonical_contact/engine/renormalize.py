"""Normalise the records of a store again by the rules of today, from what the store keeps of them; nobody's block gets lost by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from attrs import evolve, field, frozen

from canonical_contact.engine.folding import fold_all
from canonical_contact.engine.layouts import Layout, again, keep_layouts, layouts
from canonical_contact.engine.local import Executor, chunked
from canonical_contact.engine.matching import identify
from canonical_contact.engine.parting import repeat_refusals
from canonical_contact.engine.reading import Intake, Progress
from canonical_contact.engine.stages import Prepare
from canonical_contact.engine.surviving import saved_survivorship
from canonical_contact.engine.unblocked import blocked_records, unblocked
from canonical_contact.engine.versions import Versions
from canonical_contact.model import RawRecord, SourceRecord
from canonical_contact.normalize.profile import Profile, stale
from canonical_contact.normalize.profiled import digest_of
from canonical_contact.ports import ContactStore, RunInfo, Written

if TYPE_CHECKING:
    from canonical_contact.formats import Again, Reading

__all__ = ["REASONS", "Renormalized", "renormalize"]

CHUNK = 500  # records that cross to a worker together
ROUNDS = 4  # so often is it tried without those that would lose a block
# Why a record of older rules stays as it is → what helps.
REASONS: Mapping[str, str] = {
    "file_needed": "The store does not hold how its file was read: unify the file again.",
    "format": "Records of messages and of cards in JSON are made from their files only: unify them again.",
    "would_unblock": "By the rules of today a block would no longer reach the person: look at it, then unify the file again.",
}

_NOTHING = Written(0, 0, 0)


@frozen
class Renormalized:
    """What came of it.

    Args:
        looked_at: records of imports in the store.
        stale: those that the rules of today may make another way.
        records: source records that are changed, and the same.
        contacts: golden contacts that are new, changed, and the same.
        kept: reason (see `REASONS`) → how many stale records stay as they are.
        rules: how often each rule was found under a claim that another rule makes today.
        problems: code → how often, over the records that were normalised again.
        dry_run: whether nothing was written.
    """

    looked_at: int = 0
    stale: int = 0
    records: Written = _NOTHING
    contacts: Written = _NOTHING
    kept: Mapping[str, int] = field(factory=dict)
    rules: Mapping[str, int] = field(factory=dict)
    problems: Mapping[str, int] = field(factory=dict)
    dry_run: bool = False


class _Look(NamedTuple):
    """What is stale in a store."""

    looked_at: int
    keys: dict[str, list[str]]  # region → keys of records that can be made again
    kept: Counter[str]
    rules: Counter[str]
    used: list[Layout]


class _TriedError(Exception):
    """Rolls a trial back."""


def renormalize(
    store: ContactStore,
    *,
    profile: Profile | None = None,
    region: str | None = None,
    now: datetime,
    workers: int = 1,
    wait: float = 60.0,
    dry_run: bool = False,
    progress: Progress,
) -> Renormalized:
    """Normalise again what older rules have made; where all is of today's rules, nothing is written.

    A record is made again from the cells that the store keeps, by the mapping that its file was read with; it becomes a new version of
    the record, and the contacts it belongs to are folded anew. Consent events stay, and a record stays as it is where the new form
    would free somebody of a block. Where a contact falls apart, a part says again what only a permission of all lifted.

    Args:
        store: where the contacts live.
        profile: the rules; None for the default.
        region: ISO 3166-1 alpha-2 of national numbers; None: that of the run that read the record.
        now: the time of the run, with a time zone.
        workers: processes.
        wait: seconds to wait while another run holds the store.
        dry_run: find out what would change, and write nothing.
        progress: told how far it is.

    Raises:
        StoreBusyError: another run held the store for longer than `wait`.
    """
    profile = profile or Profile()
    work = _Work(store, profile, region, Executor(workers), progress)
    look = work.look()
    result = Renormalized(
        look.looked_at,
        look.kept.total() + sum(map(len, look.keys.values())),
        kept=dict(sorted(look.kept.items())),
        rules=dict(sorted(look.rules.items())),
        dry_run=dry_run,
    )
    if not look.keys:
        return result
    held = set[str]()
    for number in range(ROUNDS + 1):
        if number == ROUNDS:
            held = {key for keys in look.keys.values() for key in keys}
        elif number == ROUNDS - 1:
            held |= work.blockers()
        try:
            return work.write(look, held, result, now=now, wait=wait)
        except _LostError as lost:
            held |= lost.keys
        except _TriedError as tried:
            return tried.args[0]  # type: ignore[no-any-return]
    return result


class _LostError(Exception):
    """Somebody would be free of a block; rolls the run back."""

    def __init__(self, keys: set[str]) -> None:
        super().__init__("a block would be lost")
        self.keys = keys


class _Work:
    """One renormalising."""

    def __init__(self, store: ContactStore, profile: Profile, region: str | None, executor: Executor, progress: Progress) -> None:
        from canonical_contact.formats import Presets

        self._store, self._profile, self._executor, self._progress = store, profile, executor, progress
        self._region = None if region is None else region.upper()
        self._layouts = layouts(store)
        self._presets = Presets()
        self._makers: dict[Layout, Again | None] = {}

    def look(self) -> _Look:
        """Find the stale records; nothing is written."""
        from canonical_contact.schema import from_json

        self._progress.stage("look", None)
        look = _Look(0, {}, Counter(), Counter(), [])
        used: dict[Layout, None] = {}
        count = 0
        for rows in chunked(self._store.records(), CHUNK):
            for row in rows:
                record = from_json(SourceRecord, row.document)
                if not record.file:
                    continue  # a host's own statement
                count += 1
                claims = stale(record, self._profile)
                found = self._made(record)
                if found is None:
                    if claims:
                        look.kept["format" if record.file not in self._layouts and _is_other(record) else "file_needed"] += 1
                else:
                    raw, layout = found
                    if digest_of(raw, self._profile.version, self._region_of(layout)) == record.digest:
                        continue
                    look.keys.setdefault(self._region_of(layout), []).append(record.key)
                    used[
                        evolve(
                            layout, label=raw.preset or layout.label, rules=self._profile.version, region=self._region_of(layout)
                        )
                    ] = None
                look.rules.update(claim.rule for claim in claims)
            self._progress.advance(len(rows))
        return look._replace(looked_at=count, used=list(used))

    def _region_of(self, layout: Layout) -> str:
        return layout.region if self._region is None else self._region

    def _made(self, record: SourceRecord) -> tuple[RawRecord, Layout] | None:
        """Make a raw record again, by the layout that gives what was read then: the digest tells."""
        row = int(record.label) if record.label.isascii() and record.label.isdecimal() and len(record.label) < 12 else 0
        for layout in self._layouts.get(record.file, ()):
            if layout.system != record.system:
                continue
            maker = self._maker(layout)
            raw = maker and maker.record(record.raw, row, record.line, record.problems)
            if not raw or (raw.record_id or str(row)) != record.label or (raw.record_id and raw.record_id != record.record_id):
                continue
            moved = raw.preset != layout.label and layout.preset != "vcard"  # the mapping that ships is another one today
            if moved or digest_of(raw, layout.rules, layout.region.upper()) == record.digest:
                return raw, layout
        return None

    def _maker(self, layout: Layout) -> Again | None:
        if layout not in self._makers:
            self._makers[layout] = again(layout, self._presets)
        return self._makers[layout]

    def blockers(self) -> set[str]:
        """The records that block somebody."""
        return {event.record for event in self._store.events(blocking=True)} | {key for key, _ in self._store.holds()}

    def write(self, look: _Look, held: set[str], result: Renormalized, *, now: datetime, wait: float) -> Renormalized:
        """Write the new versions and the contacts that they change, in one run; a trial is rolled back."""
        with self._opened(now, wait, dry=result.dry_run) as run:
            at, name = (now, "trial") if run is None else (run.started_at, run.run_id)
            before = blocked_records(self._store, at)
            intake = Intake()
            versions = Versions(self._store, intake, _Readings(self), at)
            self._progress.stage("normalise", sum(map(len, look.keys.values())))
            for region in sorted(look.keys):
                task = Prepare(region, at, self._profile, skew=saved_survivorship(self._store).skew)
                for made in self._executor.run(task, chunked(self._again(look.keys[region], held), CHUNK)):
                    intake.problems.update(made.problems)
                    versions.take(made)
                    self._progress.advance(len(made.rows))
            versions.finish()
            keep_layouts(self._store, look.used)
            found = identify(
                self._store, fresh=intake.fresh, started_at=at, workers=self._executor.workers, progress=self._progress
            )
            repeat_refusals(self._store, intake, found, started_at=at)
            contacts = fold_all(self._store, self._executor, intake, found, at=at, run=name, progress=self._progress)
            if lost := unblocked(self._store, before, at):
                raise _LostError(lost)
            kept = Counter(result.kept)
            if count := sum(key in held for keys in look.keys.values() for key in keys):
                kept["would_unblock"] += count
            result = evolve(
                result,
                records=intake.records,
                contacts=contacts,
                kept=dict(sorted(kept.items())),
                problems=dict(sorted(intake.problems.items())),
            )
            if result.dry_run:
                raise _TriedError(result)
        return result

    def _opened(self, now: datetime, wait: float, *, dry: bool) -> AbstractContextManager[RunInfo | None]:
        return self._store.transaction() if dry else self._store.run(now, wait=wait)

    def _again(self, keys: Sequence[str], held: set[str]) -> Iterator[tuple[RawRecord, str, str]]:
        from canonical_contact.schema import from_json

        for some in chunked((key for key in keys if key not in held), CHUNK):
            for row in list(self._store.records(some)):
                record = from_json(SourceRecord, row.document)
                found = self._made(record)
                if found is not None:
                    yield found[0], record.key, record.record_id

    def reading(self, file: str) -> Reading:
        """Give what judges the older evidence of a file's records."""
        for layout in self._layouts[file]:
            if maker := self._maker(layout):
                return maker.reading()
        raise KeyError(file)


class _Readings(Mapping[str, "Reading"]):
    """The readings of the files by name."""

    def __init__(self, work: _Work) -> None:
        self._work = work

    def __getitem__(self, file: str) -> Reading:
        return self._work.reading(file)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _is_other(record: SourceRecord) -> bool:
    """Whether a record comes of a message or of a card in JSON."""
    from canonical_contact.formats._source import JSON_ENDINGS, MESSAGE_ENDINGS

    return record.file.casefold().endswith((*JSON_ENDINGS, *MESSAGE_ENDINGS))
