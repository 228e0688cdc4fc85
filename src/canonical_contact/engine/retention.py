"""Sweep a store by retention rules: list who is due and why, and do what the rules say, with a proof in the ledger.

Nobody becomes contactable by it: who is erased leaves tombstones and blocks behind, who is archived is blocked, and dropping activities
touches no consent.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from attrs import frozen

from canonical_contact.consent.legacy import engages
from canonical_contact.engine._proving import proof_row
from canonical_contact.engine.erasing import erase_all
from canonical_contact.engine.folding import fold_contacts
from canonical_contact.engine.local import chunked
from canonical_contact.engine.reading import Progress
from canonical_contact.engine.stages import event_row
from canonical_contact.model import (
    ANY_PURPOSE,
    Channel,
    ConsentEvent,
    ConsentState,
    Event,
    EventName,
    EventType,
    SuppressionKind,
    digest,
)
from canonical_contact.model.moment import in_utc
from canonical_contact.ports import ContactRow, ContactStore
from canonical_contact.privacy.retention import (
    Due,
    RetentionAction,
    RetentionFacts,
    RetentionRules,
    RetentionStart,
    due,
    proof_until,
)

__all__ = ["Sweep", "due_contacts", "sweep_retention"]

_CHUNK: Final = 500  # contacts whose events are read together
_BATCH: Final = 1_000  # contacts that are dealt with in one transaction; each erasing batch reads all match features once
_REASON: Final = "retention"
_YES: Final = frozenset({EventType.OPT_IN, EventType.CONFIRM, EventType.IMPLY, EventType.RENEW})
_FACTS: Final = frozenset({"lead_created", "deal_won", "churned", "verification", "nps_score"})
_NO: Final = frozenset({ConsentState.WITHDRAWN, ConsentState.DENIED})
_OPEN: Final = frozenset({ConsentState.GRANTED, ConsentState.IMPLIED})


@frozen
class Sweep:
    """What a sweep found, and what it did.

    Args:
        at: the time that it asked about.
        dry_run: whether it only listed.
        rules: version of the rules, or their hash where they bear none.
        contacts: how many people were looked at.
        due: what nothing holds back; after a sweep that was no dry run: what was done.
        held: what is due and held back, with the reason.
        review: what a person has to decide.
        erased: how many people were erased.
        archived: how many were archived and blocked.
        dropped: how many activities were deleted.
        proofs: ids of the proofs in the ledger; none where nothing was done.
    """

    at: datetime
    dry_run: bool
    rules: str
    contacts: int
    due: tuple[Due, ...] = ()
    held: tuple[Due, ...] = ()
    review: tuple[Due, ...] = ()
    erased: int = 0
    archived: int = 0
    dropped: int = 0
    proofs: tuple[str, ...] = ()


def sweep_retention(
    store: ContactStore,
    rules: RetentionRules,
    *,
    at: datetime,
    dry_run: bool = True,
    key: bytes | None = None,
    progress: Progress | None = None,
) -> Sweep:
    r"""List who is due by the rules, and do what they say where `dry_run` is False.

    The store is streamed; memory grows with those who are due. Each batch is one transaction, in which it is asked again whether
    everybody is still due, so a sweep that breaks off is taken up by the next one. A second sweep at the same time does nothing.

    Args:
        store: where the contacts live.
        rules: from `privacy.retention.parse_rules`.
        at: the time, with a time zone.
        dry_run: list only; the default.
        key: the privacy key, where the host keeps it.
        progress: told how far it is.

    Raises:
        InputError: the time has no zone.
        ConfigError: the host keeps the privacy key and did not give it, or gave another.

    >>> from canonical_contact.privacy.retention import parse_rules
    >>> from canonical_contact.store import MemoryStore
    >>> rules = parse_rules('[[rule]]\nname="old"\nkeep="P3Y"\nfrom="created"\nthen="erase"')
    >>> sweep_retention(MemoryStore(), rules, at=datetime(2026, 7, 1, tzinfo=UTC)).due
    ()
    """
    moment = in_utc(at)
    count = store.counts()["contacts"]
    found = list(due_contacts(store, rules, at=moment, progress=progress))
    held = tuple(one for one in found if one.held)
    review = tuple(one for one in found if not one.held and one.then is RetentionAction.REVIEW)
    ready = _to_do(found)
    name = rules.version or rules.digest
    if dry_run:
        return Sweep(moment, True, name, count, tuple(ready), held, review)
    work = _Work(store, rules, moment, key)
    ids = list(dict.fromkeys(one.contact_id for one in ready))
    if progress is not None:
        progress.stage("sweeping", len(ids))
    for batch in chunked(ids, _BATCH):
        work.batch(batch)
        if progress is not None:
            progress.advance(len(batch))
    return Sweep(
        moment, False, name, count, tuple(work.done), held, review,
        work.erased, work.archived, work.dropped, tuple(work.proofs),
    )  # fmt: skip


def due_contacts(store: ContactStore, rules: RetentionRules, *, at: datetime, progress: Progress | None = None) -> Iterator[Due]:
    """Stream who is due by the rules, with what holds them back, in the order of their ids and in constant memory.

    Args:
        store: where the contacts live.
        rules: the rules.
        at: the time, with a time zone.
        progress: told how far it is.

    >>> from canonical_contact.privacy.retention import RetentionRules
    >>> from canonical_contact.store import MemoryStore
    >>> list(due_contacts(MemoryStore(), RetentionRules(()), at=datetime(2026, 7, 1, tzinfo=UTC)))
    []
    """
    if progress is not None:
        progress.stage("looking for what is due", store.counts()["contacts"])
    for rows in chunked(store.contacts(), _CHUNK):
        for facts in _facts(store, rows, rules):
            yield from due(rules, facts, at)
        if progress is not None:
            progress.advance(len(rows))


def _facts(store: ContactStore, rows: Sequence[ContactRow], rules: RetentionRules) -> Iterator[RetentionFacts]:
    """Gather what the rules need to know of some contacts, with one look-up for all of them."""
    keys = sorted({key for row in rows for key in row.members})
    events: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in store.events(keys):
        events[event.record].append(json.loads(event.document))
    activities: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for activity in store.activities(keys):
        activities[activity.record].append(json.loads(activity.document))
    for row in rows:
        own = [event for key in row.members for event in events[key]]
        acts = [one for key in row.members for one in activities[key]]
        yield _facts_of(store, row, own, acts, rules)


def _facts_of(
    store: ContactStore,
    row: ContactRow,
    events: Iterable[Mapping[str, Any]],
    activities: Sequence[Mapping[str, Any]],
    rules: RetentionRules,
) -> RetentionFacts:
    document = json.loads(row.document)
    states = document.get("consent", ())
    yes: dict[str, datetime] = {}
    proofs: list[datetime | None] = []
    present: set[tuple[str, str]] = set()  # (rule, record) of the blocks by which the person is archived
    for event in events:
        since = _time(event.get("effective_at")) or _time(event.get("recorded_at"))
        purpose = str(event.get("purpose", "marketing"))
        said_yes = event.get("type") in _YES
        if said_yes and since:
            yes[purpose] = max(since, yes.get(purpose, since))
        if event.get("method") == _REASON and event.get("type") == EventType.SUPPRESS:
            present.add((str(event.get("source", "")), str(event.get("record"))))
        proof = event.get("proof") or {}
        proofs.append(
            proof_until(
                retain_until=_time(proof.get("retain_until")),
                regime=str(proof.get("regime", "")),
                since=since,
                keep=rules.proof_keep if said_yes else "",
            )
        )
    refused = _refused(states)
    own = [at for one in activities if _is_own(one) and (at := _time(one.get("at")))]
    times = [at for one in _droppable(activities) if (at := _time(one.get("at")))]
    names = {rule.name for rule in rules.rules}
    return RetentionFacts(
        row.contact_id,
        created=_time(document.get("created_at")) or _first(store, row.contact_id),
        stage=str((document.get("lifecycle") or {}).get("stage", "")),
        purposes=frozenset(str(state["purpose"]) for state in states),
        last_activity=max(own, default=None),
        oldest_activity=min(times, default=None),
        last_consent=yes,
        withdrawn=refused,
        legal_hold=any(block.get("kind") == SuppressionKind.LEGAL_HOLD for block in document.get("suppressions", ())),
        proof_until=max(filter(None, proofs), default=None),
        archived=frozenset(name for name in names if all((name, key) in present for key in row.members)),
    )


def _is_own(activity: Mapping[str, Any]) -> bool:
    return engages(str(activity.get("kind", "")), str(activity.get("direction", "")))


def _droppable(activities: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The activities that may go without changing what the person is, or since when they are silent.

    What makes somebody a customer, what checked an address and an answer to a survey are facts of the contact, and the person's own last
    act is what other rules count from: without it they would come too early.
    """
    held = list(activities)
    last = max((str(one.get("at", "")) for one in held if _is_own(one)), default=None)
    return [one for one in held if one.get("kind") not in _FACTS and not (_is_own(one) and str(one.get("at", "")) == last)]


def _refused(states: Iterable[Mapping[str, Any]]) -> dict[str, datetime]:
    """Purpose → the time of the last no, where no yes for the purpose stands on any channel."""
    held = list(states)
    open_ = {str(state["purpose"]) for state in held if state.get("state") in _OPEN}
    found: dict[str, datetime] = {}
    for state in held:
        purpose, since = str(state["purpose"]), _time(state.get("effective_at"))
        if state.get("state") in _NO and since and purpose not in open_ and not (purpose == ANY_PURPOSE and open_):
            found[purpose] = max(since, found.get(purpose, since))
    return found


def _first(store: ContactStore, contact_id: str) -> datetime | None:
    """When the store first wrote of a contact."""
    first = next(iter(store.history(contact_id)), None)
    return _time(json.loads(first).get("at")) if first else None


def _time(text: object) -> datetime | None:
    if not isinstance(text, str) or not text:
        return None
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _to_do(found: Iterable[Due]) -> list[Due]:
    """Choose what nothing holds back and needs no person; of somebody who is erased only that, by the first rule that says so."""
    ready = [one for one in found if not one.held and one.then is not RetentionAction.REVIEW]
    gone = {one.contact_id: one for one in reversed(ready) if one.then is RetentionAction.ERASE}
    return [one for one in ready if gone.get(one.contact_id, one) is one]


class _Work:
    """The acts of one sweep, and what they came to."""

    def __init__(self, store: ContactStore, rules: RetentionRules, at: datetime, key: bytes | None) -> None:
        self._store, self._rules, self._at, self._key = store, rules, at, key
        self._by_name = {rule.name: rule for rule in rules.rules}
        self.done: list[Due] = []
        self.proofs: list[str] = []
        self.erased = self.archived = self.dropped = 0

    def batch(self, ids: Sequence[str]) -> None:
        """Deal with some contacts in one transaction, and prove it in there."""
        store = self._store
        with store.transaction():
            rows = [row for one in ids if (row := store.contact(one)) is not None and row.contact_id == one]
            by_id = {row.contact_id: row for row in rows}
            ready = _to_do(one for facts in _facts(store, rows, self._rules) for one in due(self._rules, facts, self._at))
            gone = {one.contact_id: one for one in ready if one.then is RetentionAction.ERASE}
            rest = [one for one in ready if one.contact_id not in gone]
            acts: Counter[str] = Counter()
            archived: set[str] = set()
            changed: list[str] = []
            done: list[Due] = []
            for one in rest:
                row = by_id[one.contact_id]
                count = self._archive(row, one) if one.then is RetentionAction.ARCHIVE_SUPPRESS else self._drop(row, one)
                if count:
                    done.append(one)
                    changed.append(one.contact_id)
                    if one.then is RetentionAction.ARCHIVE_SUPPRESS:
                        archived.add(one.contact_id)  # by two rules: one person all the same
                        acts["archived"] = len(archived)
                    else:
                        acts["activities"] += count
                    store.log([(one.contact_id, self._logged(one, count))])
            fold_contacts(store, changed, at=self._at, run=_REASON)
            if gone:
                for each in erase_all(store, gone, at=self._at, actor="system", reason=_REASON, key=self._key):
                    if each.new:
                        acts["erased"] += 1
                done += gone.values()
            if acts:
                self.proofs.append(self._prove(acts, done))
        self.done += done
        self.erased += acts["erased"]
        self.archived += acts["archived"]
        self.dropped += acts["activities"]

    def _archive(self, row: ContactRow, one: Due) -> int:
        """Block a person on every channel, as a person of us does; it stays until one of us lifts it."""
        made = [
            ConsentEvent(
                digest(_REASON, one.rule, key, channel), EventType.SUPPRESS, channel, purpose=ANY_PURPOSE, record=key,
                effective_at=self._at, recorded_at=self._at, actor="system", method=_REASON, source=one.rule, reason=_REASON,
                suppression=SuppressionKind.MANUAL,
            )
            for key in row.members
            for channel in Channel
        ]  # fmt: skip
        return self._store.put_events(map(event_row, made)).new

    def _drop(self, row: ContactRow, one: Due) -> int:
        from canonical_contact.consent.regimes import later

        rule = self._by_name[one.rule]
        each = rule.start is RetentionStart.LAST_ACTIVITY  # by its own time
        held = [
            {**json.loads(activity.document), "activity_id": activity.activity_id}
            for activity in self._store.activities(sorted(row.members))
        ]
        names = [
            str(activity["activity_id"])
            for activity in _droppable(held)
            if not each or ((at := _time(activity.get("at"))) and later(at, rule.keep) <= self._at)
        ]
        return self._store.drop_activities(names) if names else 0

    def _logged(self, one: Due, count: int) -> str:
        from canonical_contact.schema import to_json

        detail = {"act": "retention_swept", "rule": one.rule, "then": one.then.value, "rows": str(count)}
        return to_json(Event(EventName.CONTACT_CHANGED, one.contact_id, self._at, _REASON, detail))

    def _prove(self, acts: Mapping[str, int], done: Sequence[Due]) -> str:
        """Prove a batch: how much of what by which rules; it names nobody."""
        detail = {"act": "retention_swept", "actor": "system", "rules": self._rules.version or self._rules.digest}
        detail |= {"rules_hash": self._rules.digest, "by": " ".join(sorted({one.rule for one in done}))}
        detail |= {name: str(number) for name, number in sorted(acts.items())}
        proof = digest("retention_swept", self._at.isoformat(), self._rules.digest, self._store.ledger_head().hash)
        self._store.put_proofs([proof_row(proof, detail, at=self._at)])
        return proof
