"""Fold what changed into golden contacts: clusters with new records, events, members, or a new block on an endpoint that they share."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain

from canonical_contact.engine._reach import asked_of as _asked
from canonical_contact.engine._reach import names_of as _names
from canonical_contact.engine.local import Executor, chunked
from canonical_contact.engine.matching import Identified
from canonical_contact.engine.reading import Intake, NoProgress, Progress
from canonical_contact.engine.stages import Fold, FoldJob
from canonical_contact.engine.surviving import keep_survivorship, saved_survivorship
from canonical_contact.identity import Assignment
from canonical_contact.match.features import Features, features_from_text
from canonical_contact.merge import Survivorship
from canonical_contact.model import Event, EventName
from canonical_contact.ports import ContactRow, ContactStore, EventRow, Written

__all__ = ["FOLD_VERSION", "fold_all", "fold_contacts", "fold_rows", "holders_of"]

FOLD_VERSION = "fold/8"  # when the way contacts are folded changes, every stored one is folded again
CHUNK = 250  # contacts that cross to a worker together
_SETTING = "fold.version"
_FEW = 2_000  # records of which every name is looked for among the blocks


def fold_all(
    store: ContactStore,
    executor: Executor,
    intake: Intake,
    found: Identified,
    *,
    at: datetime,
    run: str,
    progress: Progress,
    policy: Survivorship | None = None,
) -> Written:
    """Write the golden contact of every cluster that may have changed.

    Args:
        store: inside of a run.
        executor: where folding runs.
        intake: what was read.
        found: clusters and ids.
        at: the run's start, the time of the events.
        run: the run's id.
        progress: told how far it is.
        policy: which value survives, from now on in this store; None: by the one that it has. Another one folds every contact anew.

    Returns:
        Contacts that are new, changed, and the same.
    """
    if policy is not None:
        keep_survivorship(store, policy)
    version = f"{FOLD_VERSION} {saved_survivorship(store).mark}"
    everything = store.setting(_SETTING) != version
    ids = found.assignment.ids
    blocking = {name for endpoint in intake.blocking for name in _names(endpoint)}
    dirty = [place for place in range(len(ids)) if everything or _may_have_changed(place, intake, blocking, found)]
    progress.stage("fold", len(dirty))
    done = _fold(store, executor, found, dirty, at=at, run=run, progress=progress)
    store.put_setting(_SETTING, version)
    return done._replace(same=done.same + len(ids) - len(dirty))


def fold_contacts(
    store: ContactStore, contact_ids: Sequence[str], *, at: datetime, run: str = "live", joining: Mapping[str, str] | None = None
) -> Written:
    """Fold given contacts again, with the members that they have.

    Args:
        store: inside of a run or transaction.
        contact_ids: present ids; unknown ones are left out.
        at: the time of the events.
        run: the run's id, or what stands for it.
        joining: contact id → key of a record that becomes its member.

    Returns:
        Contacts that are changed, and the same.

    >>> from canonical_contact.store import MemoryStore
    >>> from datetime import UTC
    >>> fold_contacts(MemoryStore(), [], at=datetime(2026, 7, 1, tzinfo=UTC))
    Written(new=0, changed=0, same=0)
    """
    rows = [row for contact_id in dict.fromkeys(contact_ids) if (row := store.contact(contact_id)) is not None and row.members]
    if not rows:
        return Written(0, 0, 0)
    more = joining or {}
    clusters = tuple(tuple(sorted({*row.members, *([more[row.contact_id]] if row.contact_id in more else ())})) for row in rows)
    records = {row.key: features_from_text(row.features) for row in store.records([key for keys in clusters for key in keys])}
    known = {key: row.contact_id for row, keys in zip(rows, clusters, strict=True) for key in keys}
    found = Identified(clusters, Assignment(tuple(row.contact_id for row in rows)), records, known, 0, 0, 0, ())
    return _fold(store, Executor(1), found, range(len(rows)), at=at, run=run, progress=NoProgress())


def fold_rows(
    store: ContactStore,
    clusters: Mapping[str, Sequence[str]],
    aliases: Mapping[str, Sequence[str]],
    *,
    executor: Executor | None = None,
    events: Sequence[EventRow] = (),
) -> Iterator[ContactRow]:
    """Fold given records into given contacts, and write nothing: what they would be.

    Args:
        store: where the records live.
        clusters: contact id → keys of its records, ascending.
        aliases: contact id → the retired ids that lead to it.
        executor: where folding runs; None for this process.
        events: consent events that the store does not have yet.

    Returns:
        The contacts, in the order of `clusters`.

    >>> from canonical_contact.store import MemoryStore
    >>> list(fold_rows(MemoryStore(), {}, {}))
    []
    """
    records = {
        row.key: features_from_text(row.features) for row in store.records([key for keys in clusters.values() for key in keys])
    }
    home = {key: contact_id for contact_id, keys in clusters.items() for key in keys}
    found = Identified(tuple(map(tuple, clusters.values())), Assignment(tuple(clusters)), records, home, 0, 0, 0, ())
    led = {contact_id: tuple(sorted(aliases.get(contact_id, ()))) for contact_id in clusters}
    jobs = _jobs(store, found, range(len(clusters)), led, _blocks(store, records, events), more=events)
    for rows in (executor or Executor(1)).run(Fold(saved_survivorship(store)), chunked(jobs, CHUNK)):
        yield from rows


def holders_of(store: ContactStore, endpoints: Sequence[str]) -> list[str]:
    """List the contacts that a block on one of some endpoints reaches.

    Args:
        store: where the contacts live.
        endpoints: addresses or match keys, numbers in E.164, or their last digits behind `~`.

    Returns:
        Their ids, ascending. Addresses are looked up; for numbers the match features are read through, since a number may be kept in part.

    >>> from canonical_contact.store import MemoryStore
    >>> holders_of(MemoryStore(), ["ana@example.org", "+493012345678"])
    []
    """
    names = {name for endpoint in endpoints for name in _names(endpoint) if name}
    found = {row.contact_id for name in names if "@" in name for row in store.find("email", name)}
    if any("@" not in name for name in names):
        keys = {key for key, text in store.features() if not names.isdisjoint(_asked(features_from_text(text)))}
        found |= {contact_id for key, contact_id in store.members() if key in keys} if keys else set()
    return sorted(found)


def _fold(
    store: ContactStore,
    executor: Executor,
    found: Identified,
    dirty: Sequence[int],
    *,
    at: datetime,
    run: str,
    progress: Progress,
) -> Written:
    """Fold the clusters at some places and write their contacts."""
    aliases = _aliases(store, found, dirty)
    store.retire(found.assignment.retired)
    blocks = _blocks(store, found.features)
    created = found.assignment.new
    new = changed = same = 0
    for rows in executor.run(Fold(saved_survivorship(store)), chunked(_jobs(store, found, dirty, aliases, blocks), CHUNK)):
        as_before = {row.contact_id for row in rows if row.contact_id not in created and _is_stored(store, row)}
        done = store.put_contacts(rows)
        new, changed, same = new + done.new, changed + done.changed, same + done.same
        store.log(_events([row for row in rows if row.contact_id not in as_before], found, at, run))
        progress.advance(len(rows))
    return Written(new, changed, same)


def _is_stored(store: ContactStore, row: ContactRow) -> bool:
    old = store.contact(row.contact_id)
    return old is not None and old.contact_id == row.contact_id and old.digest == row.digest


def _may_have_changed(place: int, intake: Intake, blocking: set[str], found: Identified) -> bool:
    keys, contact_id = found.clusters[place], found.assignment.ids[place]
    if contact_id in found.assignment.new or contact_id in found.assignment.split:
        return True
    for key in keys:
        if found.known.get(key) != contact_id or key in intake.fresh or key in intake.touched:
            return True
    return bool(blocking) and any(not blocking.isdisjoint(_asked(found.features[key])) for key in keys)


def _aliases(store: ContactStore, found: Identified, dirty: Sequence[int]) -> dict[str, tuple[str, ...]]:
    """Every id that leads to a contact: those that led there, the ones retired now, and those that led to these."""
    led: dict[str, list[str]] = defaultdict(list)
    for retired, elected in found.assignment.retired:
        led[elected] += [retired, *_stored_aliases(store, retired)]
    wanted = {found.assignment.ids[place] for place in dirty} - found.assignment.new
    return {contact_id: tuple(sorted({*led[contact_id], *_stored_aliases(store, contact_id)})) for contact_id in sorted(wanted)}


def _stored_aliases(store: ContactStore, contact_id: str) -> list[str]:
    row = store.contact(contact_id)
    return list(json.loads(row.document).get("aliases", ())) if row else []


def _blocks(
    store: ContactStore, records: dict[str, Features], more: Sequence[EventRow] = ()
) -> dict[str, list[tuple[str, str, bool]]]:
    """Endpoint → (record, document, is a hold) of every block on it, where a record other than the one it came with has it now.

    The record that it came with may have given the endpoint up since; who holds it now is blocked all the same.
    """
    more = [event for event in more if event.blocking]
    blocked: set[str] | None = None  # of few records every name is looked for; of many only those that a block has
    if len(records) > _FEW:
        blocked = {name for event in chain(store.events(blocking=True), more) for name in _names(event.endpoint)}
        blocked |= {name for _, texts in store.holds() for text in json.loads(texts) for name in _names(_endpoint(text))}
    holders: dict[str, set[str]] = defaultdict(set)
    for key, record in records.items():
        for name in _asked(record):
            if blocked is None or name in blocked:
                holders[name].add(key)
    blocks: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)

    def add(key: str, endpoint: str, document: str, *, hold: bool) -> None:
        for name in _names(endpoint):
            if name in holders and holders[name] != {key}:
                blocks[name].append((key, document, hold))

    for event in chain(store.events(blocking=True), more):
        add(event.record, event.endpoint, event.document, hold=False)
    for key, texts in store.holds():
        for text in json.loads(texts):
            add(key, _endpoint(text), text, hold=True)
    return blocks


def _endpoint(hold: str) -> str:
    """The endpoint of a provisional block; empty where it is about the person."""
    return str(json.loads(hold).get("endpoint", ""))


def _jobs(
    store: ContactStore,
    found: Identified,
    dirty: Sequence[int],
    aliases: dict[str, tuple[str, ...]],
    blocks: dict[str, list[tuple[str, str, bool]]],
    *,
    more: Sequence[EventRow] = (),
) -> Iterator[FoldJob]:
    for places in chunked(dirty, CHUNK):
        keys = [key for place in places for key in found.clusters[place]]
        documents = {row.key: row.document for row in store.records(keys)}
        events, activities = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
        for event in chain(store.events(keys), more):
            events[event.record].append(event.document)
        for activity in store.activities(keys):
            activities[activity.record].append(activity.document)
        for place in places:
            members = found.clusters[place]
            inside = set(members)
            names = dict.fromkeys(name for key in members for name in _asked(found.features[key]))
            foreign = [block for name in names for block in blocks.get(name, ()) if block[0] not in inside]
            contact_id = found.assignment.ids[place]
            yield FoldJob(
                contact_id,
                aliases.get(contact_id, ()),
                [documents[key] for key in members],
                [text for key in members for text in events[key]],
                list(dict.fromkeys(text for _, text, hold in foreign if not hold)),
                list(dict.fromkeys(text for _, text, hold in foreign if hold)),
                [text for key in members for text in activities[key]],
            )


def _events(rows: Sequence[ContactRow], found: Identified, at: datetime, run: str) -> Iterator[tuple[str, str]]:
    """What happened to the contacts that were written."""
    from canonical_contact.schema import to_json

    retired = defaultdict[str, list[str]](list)
    for old, elected in found.assignment.retired:
        retired[elected].append(old)
    for row in rows:
        detail = {"records": " ".join(row.members)}
        if row.contact_id in found.assignment.new:
            name = EventName.CONTACT_CREATED
        elif row.contact_id in retired:
            name, detail["retired"] = EventName.CONTACT_MERGED, " ".join(retired[row.contact_id])
        elif row.contact_id in found.assignment.split:
            name = EventName.CONTACT_SPLIT
        else:
            name = EventName.CONTACT_CHANGED
        if of := _came_from(row, found) - {row.contact_id, *retired[row.contact_id]}:
            detail["of"] = " ".join(sorted(of))
        yield row.contact_id, to_json(Event(name, row.contact_id, at, run, detail))


def _came_from(row: ContactRow, found: Identified) -> set[str]:
    """The contacts that had the records before."""
    return {found.known[key] for key in row.members if key in found.known}
